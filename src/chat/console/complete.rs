//! What may stand where the cursor is.

use super::line_words::{Word, words};
use crate::chat::Suggested;
use crate::text::foreign::shown;
use interlock::command::{Catalogue, Command, OptionType};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// No more are offered at once.
pub(super) const MOST_OFFERS: usize = 50;

/// A text that may replace a part of the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Offer {
    /// What stands in the line when it is taken.
    pub(super) value: String,
    /// What is shown of it.
    pub(super) label: String,
    /// What it is for; may be empty.
    pub(super) note: String,
    /// What it replaces: from here, in bytes,
    pub(super) start: usize,
    /// to here.
    pub(super) end: usize,
    /// Whether a space follows.
    pub(super) space: bool,
}

/// The part of the line that is being typed, up to the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    /// What it says; of an option, its value.
    pub(super) text: String,
    /// Where its word begins, in bytes.
    pub(super) start: usize,
    /// The cursor.
    pub(super) end: usize,
}

impl Typed {
    fn offer(&self, value: String, note: &str, space: bool) -> Offer {
        Offer { label: value.clone(), value, note: note.to_owned(), start: self.start, end: self.end, space }
    }
}

/// What is being typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Something nobody can help with.
    Nothing,
    /// The command, with its slash.
    Command(Typed),
    /// The name of an option.
    Option {
        /// The command.
        command: String,
        /// The name so far.
        typed: Typed,
        /// The other options.
        given: BTreeMap<String, String>,
    },
    /// The value of an option.
    Value {
        /// The command.
        command: String,
        /// The option.
        option: String,
        /// The value so far.
        typed: Typed,
        /// The other options.
        given: BTreeMap<String, String>,
    },
}

/// What is being typed at the cursor, in bytes.
pub(super) fn wanted(line: &str, cursor: usize) -> Wanted {
    let (Some(head), Some(tail)) = (line.get(..cursor), line.get(cursor..)) else { return Wanted::Nothing };
    let mut before = words(head);
    let current = before.pop_if(|word| word.open).unwrap_or_else(|| Word {
        start: cursor,
        text: String::new(),
        colon: None,
        open: true,
    });
    let Some(command) = before.first() else {
        return command_or_nothing(current, cursor);
    };
    let Some(command) = command.text.strip_prefix('/').map(str::to_owned) else { return Wanted::Nothing };
    // What follows the cursor without a space belongs to the word that is being typed.
    let skipped = usize::from(!tail.starts_with(' '));
    let after = words(tail).into_iter().skip(skipped);
    let given = before.iter().skip(1).cloned().chain(after);
    let given =
        given.filter_map(|word| word.option().map(|(name, value)| (name.to_owned(), value.to_owned()))).collect();
    match current.option() {
        Some((option, value)) => Wanted::Value {
            command,
            option: option.to_owned(),
            typed: Typed { text: value.to_owned(), start: current.start, end: cursor },
            given,
        },
        None => {
            Wanted::Option { command, typed: Typed { text: current.text, start: current.start, end: cursor }, given }
        }
    }
}

fn command_or_nothing(current: Word, cursor: usize) -> Wanted {
    if current.text.is_empty() || current.text.starts_with('/') {
        return Wanted::Command(Typed { text: current.text, start: current.start, end: cursor });
    }
    Wanted::Nothing
}

/// Commands that begin as typed.
pub(super) fn command_offers(catalogue: &Catalogue, typed: &Typed, locale: &str) -> Vec<Offer> {
    let named = catalogue.iter().map(|command| (format!("/{}", command.name), command.description.get(locale)));
    named.filter(|(name, _)| name.starts_with(&typed.text)).map(|(name, note)| typed.offer(name, note, true)).collect()
}

/// Options that begin as typed and are not there yet, required ones first.
pub(super) fn option_offers(
    command: &Command,
    typed: &Typed,
    given: &BTreeMap<String, String>,
    locale: &str,
) -> Vec<Offer> {
    let left = command.options.iter().filter(|option| !given.contains_key(&option.name));
    let fits = left.filter(|option| option.name.starts_with(&typed.text));
    fits.map(|option| {
        let note = option.description.get(locale);
        match option.of_type {
            OptionType::Flag => typed.offer(format!("{}:true", option.name), note, true),
            _ => typed.offer(format!("{}:", option.name), note, false),
        }
    })
    .collect()
}

/// Values for an option. One that a terminal cannot show as it is, is not offered: nobody could check what stands there.
pub(super) fn value_offers(option: &str, typed: &Typed, suggested: Vec<Suggested>) -> Vec<Offer> {
    let showable = suggested.into_iter().filter(|one| shown(&one.value, usize::MAX) == one.value);
    showable
        .take(MOST_OFFERS)
        .map(|one| Offer {
            value: format!("{option}:{}", quoted(&one.value)),
            label: shown(&one.label, 100),
            note: String::new(),
            start: typed.start,
            end: typed.end,
            space: true,
        })
        .collect()
}

/// A value as it is written in a line.
fn quoted(value: &str) -> String {
    if !value.is_empty() && !value.contains([' ', '"']) {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use interlock::command::{RawValue, parse_line};

    fn at_end(line: &str) -> Wanted {
        wanted(line, line.len())
    }

    fn typed(text: &str, start: usize, end: usize) -> Typed {
        Typed { text: text.to_owned(), start, end }
    }

    #[test]
    fn the_word_at_the_cursor_says_what_is_wanted() {
        assert_eq!(at_end(""), Wanted::Command(typed("", 0, 0)));
        assert_eq!(at_end("  /la"), Wanted::Command(typed("/la", 2, 5)));
        assert_eq!(at_end("lag"), Wanted::Nothing);
        assert_eq!(at_end("lag x"), Wanted::Nothing);
        let given = BTreeMap::from([("cluster".to_owned(), "a b".to_owned())]);
        let option = Wanted::Option { command: "lag".to_owned(), typed: typed("gr", 19, 21), given: given.clone() };
        assert_eq!(at_end("/lag cluster:\"a b\" gr"), option);
        let value = |typed| Wanted::Value { command: "lag".to_owned(), option: "group".to_owned(), typed, given };
        assert_eq!(at_end("/lag cluster:\"a b\" group:\"bil"), value(typed("bil", 19, 29)));
    }

    #[test]
    fn options_after_the_cursor_are_given_too() {
        let line = "/lag group:b topic:t";
        let given = BTreeMap::from([("topic".to_owned(), "t".to_owned())]);
        let expected =
            |end| Wanted::Value { command: "lag".into(), option: "group".into(), typed: end, given: given.clone() };
        assert_eq!(wanted(line, 12), expected(typed("b", 5, 12)));
        assert_eq!(wanted(line, 11), expected(typed("", 5, 11)), "the rest of the word is no option");
        assert_eq!(wanted("/lag é", 6), Wanted::Nothing, "not between characters");
        assert_eq!(wanted("/lag", 99), Wanted::Nothing);
    }

    #[test]
    fn commands_and_options_are_offered() {
        let catalogue = Catalogue::built_in().unwrap();
        let offered = command_offers(&catalogue, &typed("/re", 0, 3), "en-US");
        let values: Vec<&str> = offered.iter().map(|one| one.value.as_str()).collect();
        assert_eq!(values, ["/reject", "/reset-offset", "/resume"]);
        assert!(offered.iter().all(|one| one.space && !one.note.is_empty()));
        let approve = catalogue.get("approve").unwrap();
        let given = BTreeMap::from([("operation".to_owned(), "K7F3QD".to_owned())]);
        let offered = option_offers(approve, &typed("", 9, 9), &given, "zh-CN");
        assert!(offered.iter().all(|one| one.value != "operation:"));
        assert!(offered.iter().any(|one| one.value == "withdraw:true" && one.space));
        assert!(offered.iter().any(|one| one.value == "digest:" && !one.space));
    }

    #[test]
    fn offered_values_read_back() {
        let catalogue = Catalogue::built_in().unwrap();
        for value in ["billing", "two words", "a\"b\\c d", "back\\slash", "a:b", ""] {
            let suggested = vec![Suggested { label: value.to_owned(), value: value.to_owned() }];
            let offered = value_offers("group", &typed("", 5, 5), suggested);
            let line = parse_line(&catalogue, &format!("/lag {}", offered[0].value)).unwrap();
            assert_eq!(line.options["group"], RawValue::from(value));
        }
        let hostile = ["a\u{1b}[2J", "x\u{202e}y", "a\nb", "\u{9b}31m"];
        let suggested = hostile.map(|value| Suggested { label: value.to_owned(), value: value.to_owned() });
        assert!(value_offers("group", &typed("", 5, 5), suggested.into()).is_empty());
    }
}
