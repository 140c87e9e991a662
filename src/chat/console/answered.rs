//! An answer as a terminal gets it.

use super::typed::typed;
use crate::text::foreign::shown;
use crate::text::{Block, Card, Drawing, Line, Span, Tone, console};
use serde::{Deserialize, Serialize};

/// No answer is longer, in bytes.
const LONGEST_TEXT: usize = 256 * 1024;
/// No more files are sent with one card.
const MOST_FILES: usize = 4;
/// No more commands are taken out of one card.
const MOST_COMMANDS: usize = 20;

/// An answer as a terminal gets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Answered {
    /// The card as text.
    pub(super) text: String,
    /// False where something was refused or failed, or what was looked at is not well.
    pub(super) well: bool,
    /// Whole commands that stand in the card to be copied.
    pub(super) commands: Vec<String>,
    /// Its attachments, as far as they are text.
    pub(super) files: Vec<TextFile>,
}

/// An attachment that is text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TextFile {
    /// Its name.
    pub(super) name: String,
    /// What it says.
    pub(super) text: String,
}

impl Answered {
    /// A card, drawn.
    pub(super) fn of(card: &Card, drawing: Drawing) -> Self {
        let card = &typed(card);
        let text = cut(console(card, drawing));
        Self { text, well: is_well(card), commands: commands(card), files: files(card) }
    }
}

fn is_well(card: &Card) -> bool {
    !matches!(card.tone, Tone::Warning | Tone::Bad)
}

fn cut(mut text: String) -> String {
    if text.len() <= LONGEST_TEXT {
        return text;
    }
    text.truncate(text.floor_char_boundary(LONGEST_TEXT));
    text.push_str("…\n");
    text
}

/// Files that are too long to be read in a terminal are named on the card and not sent.
fn files(card: &Card) -> Vec<TextFile> {
    let short = card.files.iter().filter(|file| file.bytes.len() <= LONGEST_TEXT).take(MOST_FILES);
    let text = short.filter_map(|file| {
        let text = String::from_utf8(file.bytes.clone()).ok()?;
        Some(TextFile { name: shown(&file.name, 100), text })
    });
    text.collect()
}

/// What can be typed next, word for word: votes then name the very plan that was shown.
fn commands(card: &Card) -> Vec<String> {
    let body = card.body.iter().filter_map(|block| match block {
        Block::Line(line) | Block::Heading(line) => Some(line),
        Block::Table(_) | Block::More { .. } => None,
    });
    let lines = card.headline.iter().chain(body).chain(&card.footer);
    lines.flat_map(codes).filter(|code| is_command(code)).take(MOST_COMMANDS).map(str::to_owned).collect()
}

fn codes(line: &Line) -> impl Iterator<Item = &str> {
    line.0.iter().filter_map(|span| match span {
        Span::Code(text) => Some(text.as_str()),
        _ => None,
    })
}

/// A bare "/help" is no help to who can type.
fn is_command(code: &str) -> bool {
    code.starts_with('/') && code.contains(':') && !code.ends_with('…') && shown(code, usize::MAX) == code
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{CardFile, Whole};

    #[test]
    fn commands_to_copy_are_found() {
        let card = Card {
            headline: vec![Line::code("/approve operation:K7F3QD digest:abc"), Line::code("K7F3QD")],
            body: vec![Block::Line(Line::code("/help")), Block::Heading(Line::foreign("/stop operation:X", 60))],
            footer: Some(Line(vec![
                Span::Code("/x a:\u{1b}".to_owned()),
                Span::Code("/status operation:X".to_owned()),
            ])),
            ..Card::default()
        };
        let drawn = Answered::of(&card, Drawing { width: 80, colour: false });
        assert_eq!(drawn.commands, ["/approve operation:K7F3QD digest:abc", "/status operation:X"]);
        assert!(drawn.well && drawn.text.contains("K7F3QD"));
    }

    #[test]
    fn a_terminal_has_room_for_all_of_a_card() {
        let whole = Some(Box::new(Whole { headline: vec![Line::plain("all of it")], ..Whole::default() }));
        let card = Card { headline: vec![Line::plain("al… → more.txt")], whole, ..Card::default() };
        assert_eq!(Answered::of(&card, Drawing { width: 80, colour: false }).text, "all of it\n");
    }

    #[test]
    fn tones_say_whether_it_is_well() {
        for (tone, well) in [(Tone::Good, true), (Tone::Waiting, true), (Tone::Warning, false), (Tone::Bad, false)] {
            assert_eq!(is_well(&Card { tone, ..Card::default() }), well);
        }
    }

    #[test]
    fn files_that_are_text_come_along() {
        let file = |name: &str, bytes: Vec<u8>| CardFile { name: name.to_owned(), bytes, alt: None };
        let all = vec![
            file("plan.txt", b"whole".to_vec()),
            file("lag.png", vec![0xff, 0xd8]),
            file("long.txt", vec![b'x'; LONGEST_TEXT + 1]),
        ];
        let drawn = Answered::of(&Card { files: all, ..Card::default() }, Drawing { width: 80, colour: false });
        assert_eq!(drawn.files, [TextFile { name: "plan.txt".to_owned(), text: "whole".to_owned() }]);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let text = cut("é".repeat(LONGEST_TEXT));
        assert!(text.len() <= LONGEST_TEXT + 4 && text.ends_with("…\n"));
    }
}
