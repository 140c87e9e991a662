//! Pieces of text as rows that are no wider than their room.

use crate::emoji;
use crate::faces::{Faces, Glyph};
use crate::inline::{Look, Run, Style};
use std::borrow::Cow;
use std::collections::BTreeSet;
use unicode_linebreak::{BreakOpportunity, linebreaks};

/// What is drawn for a character.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape {
    /// From a face.
    Glyph(Glyph),
    /// By ourselves.
    Emoji(char),
    /// A box: nobody has it.
    Missing(char),
    /// Nothing.
    Nothing,
}

/// A character in its row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letter {
    pub(crate) one: char,
    pub(crate) style: Style,
    pub(crate) shape: Shape,
    pub(crate) size: f32,
    /// From the left edge of its row.
    pub(crate) x: f32,
    pub(crate) advance: f32,
}

/// A row of letters.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row(pub(crate) Vec<Letter>);

impl Row {
    /// How wide it is, without the spaces at its end.
    pub(crate) fn width(&self) -> f32 {
        self.0.iter().rev().find(|letter| letter.one != ' ').map_or(0.0, |letter| letter.x + letter.advance)
    }

    fn add(&mut self, letters: &[Letter]) {
        for letter in letters {
            let x = self.0.last().map_or(0.0, |last| last.x + last.advance);
            self.0.push(Letter { x, ..*letter });
        }
    }
}

/// Emoji are so much wider than the text's size.
const EMOJI: f32 = 1.25;
/// No character: room between a ground and the words on it. Lines break beside it as beside a letter.
const PADDING: char = '\u{fdd0}';
/// How much room that is.
const PADDED: f32 = 3.0;
/// Code within a line is so much smaller than the text around it.
const INLINE_CODE: f32 = 0.875;

/// How large text is set.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// The side of a letter's square.
    pub(crate) size: f32,
    /// The height of a line.
    pub(crate) line: f32,
    /// Whether all of it is a block of code.
    pub(crate) is_block: bool,
}

impl Setting {
    pub(crate) fn text((size, line): (f32, f32)) -> Self {
        Self { size, line, is_block: false }
    }

    fn of(self, style: Style) -> f32 {
        if style.code && !self.is_block { self.size * INLINE_CODE } else { self.size }
    }
}

/// The letters of a text of that size, one after the other, each where nothing stands before it.
fn letters(runs: &[Run], setting: Setting, faces: &Faces) -> Vec<Letter> {
    let mut letters = Vec::new();
    for run in runs {
        let size = setting.of(run.style);
        for one in shown(run, setting).chars() {
            let (shape, advance) = shape(one, run.style, size, faces);
            letters.push(Letter { one, style: run.style, shape, size, x: 0.0, advance });
        }
    }
    letters
}

/// What a run is set as: with room at both ends if it has a ground of its own.
fn shown(run: &Run, setting: Setting) -> Cow<'_, str> {
    if has_ground(run.style, setting) {
        Cow::Owned(format!("{PADDING}{}{PADDING}", run.text))
    } else {
        Cow::Borrowed(&run.text)
    }
}

/// Whether it stands on a ground of its own: code within a line, mentions, instants.
pub(crate) fn has_ground(style: Style, setting: Setting) -> bool {
    (style.code && !setting.is_block) || matches!(style.look, Look::Mention | Look::Stamp)
}

fn shape(one: char, style: Style, size: f32, faces: &Faces) -> (Shape, f32) {
    if one == PADDING {
        return (Shape::Nothing, PADDED);
    }
    if is_invisible(one) {
        return (Shape::Nothing, 0.0);
    }
    if emoji::is_drawn(one) {
        return (Shape::Emoji(one), size * EMOJI);
    }
    match faces.glyph(style, one) {
        // Half of the spaces of the world have no outline; their width is what counts.
        Some(glyph) => (Shape::Glyph(glyph), faces.advance(glyph, size)),
        None => (Shape::Missing(one), size),
    }
}

/// What no client shows.
fn is_invisible(one: char) -> bool {
    one.is_control() || matches!(one, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

/// Which characters nobody has.
pub(crate) fn missing(rows: &[Row]) -> BTreeSet<char> {
    let letters = rows.iter().flat_map(|row| &row.0);
    let missing = letters.filter_map(|letter| match letter.shape {
        Shape::Missing(one) => Some(one),
        Shape::Glyph(_) | Shape::Emoji(_) | Shape::Nothing => None,
    });
    missing.collect()
}

/// A text in rows: broken where Unicode allows it, and within a word only where the word alone is wider than the room.
pub(crate) fn rows(runs: &[Run], setting: Setting, room: f32, faces: &Faces) -> Vec<Row> {
    let text: String = runs.iter().map(|run| shown(run, setting)).collect();
    let letters = letters(runs, setting, faces);
    let mut rows = vec![Row::default()];
    let (mut from, mut byte, mut next) = (0, 0, 0);
    for (end, opportunity) in linebreaks(&text) {
        while next < letters.len() && byte < end {
            byte += letters[next].one.len_utf8();
            next += 1;
        }
        set(&mut rows, &letters[from..next], room);
        from = next;
        if opportunity == BreakOpportunity::Mandatory && end < text.len() {
            rows.push(Row::default());
        }
    }
    rows
}

/// A row that is never broken.
pub(crate) fn one_row(runs: &[Run], setting: Setting, faces: &Faces) -> Row {
    let mut row = Row::default();
    row.add(&letters(runs, setting, faces));
    row
}

/// Sets what must not be broken into the last row, or into a new one.
fn set(rows: &mut Vec<Row>, word: &[Letter], room: f32) {
    let mut alone = Row::default();
    alone.add(word);
    let used = rows.last().and_then(|row| row.0.last()).map_or(0.0, |last| last.x + last.advance);
    if used > 0.0 && used + alone.width() > room {
        rows.push(Row::default());
    }
    if alone.width() <= room {
        if let Some(row) = rows.last_mut() {
            row.add(word);
        }
        return;
    }
    for letter in word {
        let used = rows.last().and_then(|row| row.0.last()).map_or(0.0, |last| last.x + last.advance);
        if used > 0.0 && used + letter.advance > room && letter.one != ' ' {
            rows.push(Row::default());
        }
        if let Some(row) = rows.last_mut() {
            row.add(&[*letter]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, room: f32) -> Vec<String> {
        let faces = Faces::installed().unwrap();
        let runs = [Run { text: text.to_owned(), style: Style::default() }];
        let rows = rows(&runs, Setting::text((16.0, 20.0)), room, &faces);
        assert!(rows.iter().all(|row| row.width() <= room), "{rows:?}");
        rows.iter().map(|row| row.0.iter().map(|letter| letter.one).collect()).collect()
    }

    #[test]
    fn text_breaks_at_words_and_chinese_between_characters_but_not_before_a_stop() {
        assert_eq!(texts("Waiting for approval", 120.0), ["Waiting for ", "approval"]);
        assert_eq!(texts("等待审批，好", 64.0), ["等待审", "批，好"]);
        assert_eq!(texts("a\nb", 64.0), ["a\n", "b"]);
    }

    #[test]
    fn a_word_that_is_wider_than_the_room_is_broken_and_nothing_is_lost() {
        let found = texts("an aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 100.0);
        assert!(found.len() > 2 && found[0] == "an ", "{found:?}");
        assert_eq!(found.concat(), "an aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    }

    #[test]
    fn what_nobody_has_is_found() {
        let faces = Faces::installed().unwrap();
        let runs = [Run { text: "a✅\u{fe0f}\u{200b}𐀀批".to_owned(), style: Style::default() }];
        assert_eq!(missing(&rows(&runs, Setting::text((16.0, 20.0)), 300.0, &faces)), ['𐀀'].into());
    }
}
