//! Several topics: names, patterns with `*`, `all`, `busiest:N`.

use super::parse::given;
use crate::id::TopicName;
use crate::plan::Mistake;
use std::collections::BTreeSet;

/// The most words one list has.
pub(crate) const MOST_WORDS: usize = 50;
/// The most topics that `busiest` means.
const MOST_BUSIEST: u32 = 1_000;
/// What stands before the number of busiest topics.
pub(crate) const BUSIEST: &str = "busiest:";

/// Reads a list: words with commas between them, each once; sorted. Whether there are such topics is the planner's question.
///
/// # Errors
/// `not-topics`.
pub(crate) fn parse(text: &str) -> Result<Vec<String>, Mistake> {
    let words: BTreeSet<&str> = text.split(',').map(|word| word.trim_matches(' ')).collect();
    if words.len() > MOST_WORDS || !words.iter().all(|word| is_word(word)) {
        return Err(Mistake::new("not-topics", given(text)));
    }
    Ok(words.into_iter().map(str::to_owned).collect())
}

fn is_word(word: &str) -> bool {
    if let Some(number) = word.strip_prefix(BUSIEST) {
        // Only as it would be written, so that it is read again as the same.
        return number
            .parse::<u32>()
            .is_ok_and(|count| (1..=MOST_BUSIEST).contains(&count) && number == count.to_string());
    }
    word.replace('*', "x").parse::<TopicName>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_patterns_and_the_busiest() {
        assert_eq!(parse("pay*, orders,orders"), Ok(vec!["orders".to_owned(), "pay*".to_owned()]));
        assert_eq!(parse("busiest:5"), Ok(vec!["busiest:5".to_owned()]));
        assert_eq!(parse("*"), Ok(vec!["*".to_owned()]));
    }

    #[test]
    fn refuses_the_rest() {
        for text in
            ["", "a,", "a b", "<@&1>", "busiest:0", "busiest:", "busiest:01", "busiest:x", "busiest:9999", "оrders"]
        {
            assert_eq!(parse(text).map_err(|mistake| mistake.id), Err("not-topics".to_owned()), "{text:?}");
        }
        let many: Vec<String> = (0..51).map(|number| format!("t{number}")).collect();
        assert!(parse(&many.join(",")).is_err());
    }
}
