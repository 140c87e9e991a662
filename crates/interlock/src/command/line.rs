//! A command as one line: `/lag group:billing topic:"two words"`.

use super::catalogue::{Catalogue, Command};
use super::option_type::OptionType;
use super::parse::{cut, given, known};
use super::raw::RawValue;
use crate::facts::Facts;
use crate::plan::Mistake;
use std::collections::BTreeMap;

/// The longest line, in characters.
const LONGEST_LINE: usize = 8_000;

/// A line, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The command's name, which the catalogue has.
    pub command: String,
    /// Its options, which the command has; values not yet read.
    pub options: BTreeMap<String, RawValue>,
}

/// Takes a line apart: a slash, the command, then `name:value` separated by spaces. A value with spaces stands in double
/// quotes, in which `\"` and `\\` stand for themselves. Nothing is guessed.
///
/// # Errors
/// Mistakes carry the fact `column`, counted in characters from 1.
pub fn parse_line(catalogue: &Catalogue, line: &str) -> Result<Line, Mistake> {
    if line.chars().count() > LONGEST_LINE {
        return Err(Mistake::new("line-too-long", given(line).with("most", LONGEST_LINE)));
    }
    let mut words = Words { line, at: 0 };
    let Some(first) = words.next_word()? else { return Err(words.mistake("empty-line", 0, Facts::none())) };
    let Some(name) = first.text.strip_prefix('/') else {
        return Err(words.mistake("no-slash", first.start, given(&first.text)));
    };
    let command = catalogue.find(name).map_err(|mistake| words.placed(mistake, first.start))?;
    let mut options = BTreeMap::new();
    while let Some(word) = words.next_word()? {
        let (name, value) = option(command, &word).map_err(|mistake| words.placed(mistake, word.start))?;
        if options.insert(name.clone(), value).is_some() {
            return Err(words.mistake("repeated-option", word.start, Facts::none().with("option", name)));
        }
    }
    Ok(Line { command: command.name.clone(), options })
}

/// A command as one line, its options in the catalogue's order: [`parse_line`] takes it apart again. A value that no chat can
/// hand over in words is left out.
#[must_use]
pub fn write_line(command: &Command, options: &BTreeMap<String, RawValue>) -> String {
    let mut line = format!("/{}", command.name);
    for option in &command.options {
        if let Some(value) = options.get(&option.name).and_then(typed) {
            line.push_str(&format!(" {}:{value}", option.name));
        }
    }
    line
}

fn typed(value: &RawValue) -> Option<String> {
    match value {
        RawValue::Text(text) => Some(quoted(text)),
        RawValue::Integer(number) => Some(number.to_string()),
        RawValue::Flag(flag) => Some(flag.to_string()),
        RawValue::Unreadable => None,
    }
}

/// In quotes where it would not be one word else.
fn quoted(text: &str) -> String {
    if !text.contains([' ', '"']) {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn option(command: &Command, word: &Word) -> Result<(String, RawValue), Mistake> {
    let Some(colon) = word.colon else {
        return Err(Mistake::new("word-without-option", bare(command, &word.text)));
    };
    let (name, value) = (&word.text[..colon], &word.text[colon + 1..]);
    known(command, name)?;
    Ok((name.to_owned(), RawValue::Text(value.to_owned())))
}

/// For a word that stands alone: how it may have been meant.
fn bare(command: &Command, text: &str) -> Facts {
    let facts = given(text);
    let meant = match command.option(text) {
        Some(option) if option.of_type == OptionType::Flag => format!("{text}:true"),
        Some(_) => format!("{text}:"),
        None => match command.options.first() {
            Some(option) => format!("{}:{}", option.name, cut(text)),
            None => return facts,
        },
    };
    facts.with("did-you-mean", vec![meant])
}

/// A word without its quotes.
struct Word {
    text: String,
    /// Where in `text` the first colon outside of quotes stands.
    colon: Option<usize>,
    /// Where in the line the word begins, in bytes.
    start: usize,
}

struct Words<'l> {
    line: &'l str,
    at: usize,
}

impl Words<'_> {
    fn next_word(&mut self) -> Result<Option<Word>, Mistake> {
        let rest = &self.line[self.at..];
        let start = self.at + (rest.len() - rest.trim_start_matches(' ').len());
        if start == self.line.len() {
            return Ok(None);
        }
        let mut word = Word { text: String::new(), colon: None, start };
        let mut quoted_from = None;
        let mut characters = self.line[start..].char_indices();
        self.at = self.line.len();
        while let Some((offset, character)) = characters.next() {
            match (character, quoted_from) {
                ('"', None) => quoted_from = Some(start + offset),
                ('"', Some(_)) => quoted_from = None,
                ('\\', Some(_)) => match characters.next() {
                    Some((_, escaped @ ('"' | '\\'))) => word.text.push(escaped),
                    _ => return Err(self.mistake("unknown-escape", start + offset, Facts::none())),
                },
                (' ', None) => {
                    self.at = start + offset;
                    break;
                }
                (':', None) if word.colon.is_none() => {
                    word.colon = Some(word.text.len());
                    word.text.push(':');
                }
                (other, _) => word.text.push(other),
            }
        }
        match quoted_from {
            Some(at) => Err(self.mistake("open-quote", at, Facts::none())),
            None => Ok(Some(word)),
        }
    }

    fn mistake(&self, id: &str, at: usize, facts: Facts) -> Mistake {
        self.placed(Mistake::new(id, facts), at)
    }

    fn placed(&self, mut mistake: Mistake, at: usize) -> Mistake {
        let column = self.line.get(..at).unwrap_or(self.line).chars().count() + 1;
        mistake.facts = mistake.facts.with("column", column);
        mistake
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;

    fn read(line: &str) -> Result<Line, Mistake> {
        parse_line(&Catalogue::built_in().unwrap(), line)
    }

    #[test]
    fn takes_a_line_apart() {
        let line =
            read("  /reset-offset  group:billing to:2026-11-20T08:00:00Z reason:\"a \\\"b\\\" \\\\ c: d\" ").unwrap();
        assert_eq!(line.command, "reset-offset");
        let expected = [("group", "billing"), ("reason", "a \"b\" \\ c: d"), ("to", "2026-11-20T08:00:00Z")];
        assert_eq!(line.options, expected.map(|(name, value)| (name.to_owned(), value.into())).into());
    }

    #[test]
    fn what_is_written_as_a_line_is_taken_apart_as_it_was() {
        let catalogue = Catalogue::built_in().unwrap();
        let command = catalogue.get("reset-offset").unwrap();
        let options: BTreeMap<String, RawValue> = [
            ("to", RawValue::from("2026-11-20 08:00")),
            ("group", RawValue::from("a\\b")),
            ("reason", RawValue::from("a \"b\" \\ c:d")),
            ("ticket", RawValue::from("")),
            ("topic", RawValue::from("it\"s")),
            ("dry-run", RawValue::Flag(false)),
            ("partitions", RawValue::Integer(3)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        let line = write_line(command, &options);
        assert!(line.starts_with("/reset-offset group:a\\b to:\"2026-11-20 08:00\" "), "{line}");
        let as_text = |value: &RawValue| match value {
            RawValue::Text(text) => text.clone(),
            RawValue::Integer(number) => number.to_string(),
            RawValue::Flag(flag) => flag.to_string(),
            RawValue::Unreadable => panic!("nothing unreadable"),
        };
        let meant: BTreeMap<String, RawValue> =
            options.iter().map(|(name, value)| (name.clone(), RawValue::Text(as_text(value)))).collect();
        assert_eq!(read(&line).unwrap(), Line { command: "reset-offset".to_owned(), options: meant });
    }

    #[test]
    fn empty_values_are_values() {
        assert_eq!(read("/lag group:").unwrap().options["group"], RawValue::from(""));
        assert_eq!(read("/lag group:\"\"").unwrap().options["group"], RawValue::from(""));
    }

    #[test]
    fn mistakes_say_where() {
        for (line, id, column) in [
            ("", "empty-line", 1),
            ("   ", "empty-line", 1),
            ("lag group:x", "no-slash", 1),
            (" /lagg group:x", "unknown-command", 2),
            ("/lag billing", "word-without-option", 6),
            ("/lag gruop:x", "unknown-option", 6),
            ("/lag группа:x", "unknown-option", 6),
            ("/lag group:x group:y", "repeated-option", 14),
            ("/lag group:é topic:\"x", "open-quote", 20),
            ("/lag group:\"a\\n\"", "unknown-escape", 14),
            ("/reset-offset window:x", "not-built-yet", 15),
            ("/lag\ngroup:x", "unknown-command", 1),
        ] {
            let mistake = read(line).unwrap_err();
            assert_eq!(
                (mistake.id.as_str(), mistake.facts.get("column")),
                (id, Some(&Fact::Count(column))),
                "{line:?}"
            );
        }
        let offered = |line| read(line).unwrap_err().facts.get("did-you-mean").cloned();
        assert_eq!(offered("/lag gruop:x"), Some(vec!["group".to_owned()].into()));
        assert_eq!(offered("/status K7F3QD"), Some(vec!["operation:K7F3QD".to_owned()].into()));
        assert_eq!(offered("/approve operation:K7F3QD withdraw"), Some(vec!["withdraw:true".to_owned()].into()));
        assert_eq!(read(&"x".repeat(8_001)).unwrap_err().id, "line-too-long");
    }
}
