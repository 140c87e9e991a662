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
/// The word for all topics but Kafka's own.
pub(crate) const ALL: &str = "all";

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

/// Whether a word of a list of topics is the name of one: no pattern, nor the words for all and for the busiest.
#[must_use]
pub fn is_one_topic(word: &str) -> bool {
    word != ALL && word.parse::<TopicName>().is_ok()
}

/// Whether a word for several topics may mean one of this name. Which ones are the busiest is not known here.
pub(super) fn may_mean(word: &str, name: &str) -> bool {
    word == ALL || word.starts_with(BUSIEST) || star_matches(word, name)
}

/// `*` stands for any number of characters, everything else for itself.
pub(crate) fn star_matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name) in
            [("pay*", "payments"), ("*", "x"), ("a*b*c", "a-b-b-c"), ("*.dlq", "orders.dlq"), ("a*", "a")]
        {
            assert!(star_matches(pattern, name) && may_mean(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("pay*", "repay"), ("a*b*c", "a-c-b"), ("a*a", "a"), ("*.dlq", "orders.dlqs"), ("a", "ab")]
        {
            assert!(!star_matches(pattern, name) && !may_mean(pattern, name), "{pattern} {name}");
        }
        assert!(may_mean("all", "x") && may_mean("busiest:3", "x"));
        let one = ["orders", "all", "busiest:3", "orders*", ""].map(is_one_topic);
        assert_eq!(one, [true, false, false, false, false]);
    }

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
