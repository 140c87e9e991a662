//! What a line still needs.

use super::line_words::words;
use interlock::command::{Catalogue, OptionType};

/// The required options that a line has not got, as they are written: `group:<group>`. None if it needs nothing, or stands
/// in the middle of a word.
pub(super) fn needed(catalogue: &Catalogue, line: &str) -> Option<String> {
    let found = words(line);
    let (name, rest) = found.split_first()?;
    let command = catalogue.get(name.text.strip_prefix('/')?)?;
    let in_option = rest.last().is_some_and(|word| word.open);
    if in_option {
        return None;
    }
    let given: Vec<&str> = rest.iter().filter_map(|word| word.option().map(|(name, _)| name)).collect();
    let missing = command.options.iter().filter(|option| option.required && !given.contains(&option.name.as_str()));
    let missing: Vec<String> = missing
        .map(|option| match option.of_type {
            OptionType::Choice => format!("{}:{}", option.name, option.choices.join("|")),
            of_type => format!("{}:<{}>", option.name, of_type.key()),
        })
        .collect();
    if missing.is_empty() {
        return None;
    }
    let space = if line.ends_with(' ') { "" } else { " " };
    Some(format!("{space}{}", missing.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn required_options_are_hinted_at() {
        let catalogue = Catalogue::built_in().unwrap();
        let of = |line: &str| needed(&catalogue, line);
        assert_eq!(of("/lag"), Some(" group:<group>".to_owned()));
        assert_eq!(of("/lag cluster:x "), Some("group:<group>".to_owned()));
        assert_eq!(of("/lag cluster:x"), None, "somebody types there");
        assert_eq!(of("/lag group:x "), None);
        assert_eq!(of("/la"), None);
        assert_eq!(of(""), None);
        assert_eq!(of("lag"), None);
    }
}
