//! Tables of answers: six rows on the card, the whole in an attachment.

use crate::text::card::{Block, CardFile, Table};
use crate::text::foreign::shown;
use crate::text::locale::{Args, Locale};
use crate::text::table::{MOST_ROWS, draw};

/// A table as large as what was seen.
pub(super) struct Sheet<'a> {
    /// Keys of the column's heads.
    pub(super) head: Vec<&'a str>,
    /// Every row.
    pub(super) rows: Vec<Vec<String>>,
    /// The attachment's name, where there are more rows than a card shows.
    pub(super) file: &'a str,
}

impl Sheet<'_> {
    /// The block for the card, and the attachment if rows were left out.
    pub(super) fn cut(self, locale: Locale) -> (Option<Block>, Option<CardFile>) {
        if self.rows.is_empty() {
            return (None, None);
        }
        let head: Vec<String> = self.head.iter().map(|key| locale.text(key)).collect();
        let mut table = Table { head, rows: self.rows, more: None };
        let left_out = table.rows.len().saturating_sub(MOST_ROWS);
        if left_out == 0 {
            return (Some(Block::Table(table)), None);
        }
        let whole = draw(&table, usize::MAX).join("\n") + "\n";
        table.rows.truncate(MOST_ROWS);
        let args = Args::new().count("more", left_out).word("file", self.file);
        table.more = Some(locale.say("table-more-in", &args));
        let file = CardFile { name: self.file.to_owned(), bytes: whole.into_bytes(), alt: None };
        (Some(Block::Table(table)), Some(file))
    }
}

/// A name for a cell.
pub(super) fn cell(name: &str) -> String {
    shown(name, 249)
}

/// A number for a cell, "-" where there is none.
pub(super) fn number(number: Option<i64>) -> String {
    number.map_or_else(|| "-".to_owned(), |number| number.to_string())
}
