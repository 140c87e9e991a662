//! Tables as blocks of fixed width.

use super::escape;
use super::line::{Markup, plain};
use crate::text::Table;
use crate::text::table::{MOST_COLUMNS, MOST_ROWS, draw};

/// The table for a phone; `cut` when rows or cells had to be shortened.
pub(super) fn block(table: &Table) -> Markup {
    let literal = literal(table, MOST_ROWS);
    let lines = draw(&literal, MOST_COLUMNS);
    let left_out = table.rows.len() - literal.rows.len();
    let mut text = format!("```\n{}\n```", lines.join("\n"));
    if left_out > 0 {
        text.push_str(&format!("+ {left_out}"));
    }
    let narrowed = lines != draw(&literal, usize::MAX);
    Markup { text, cut: narrowed || left_out > 0 }
}

/// The whole table for an attachment.
pub(super) fn text(table: &Table) -> String {
    let mut lines = draw(&literal(table, usize::MAX), usize::MAX);
    lines.extend(table.more.as_ref().map(plain));
    lines.join("\n")
}

/// The first rows, with cells that cannot end a block.
fn literal(table: &Table, rows: usize) -> Table {
    let row = |row: &Vec<String>| row.iter().map(|cell| escape::cell(cell)).collect();
    Table { head: row(&table.head), rows: table.rows.iter().take(rows).map(row).collect(), more: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        let owned = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        Table { head: owned(rows[0]), rows: rows[1..].iter().map(|row| owned(row)).collect(), more: None }
    }

    #[test]
    fn a_table_that_fits_is_whole() {
        let shown = block(&table(&[&["p", "lag"], &["0", "12"]]));
        assert_eq!((shown.text.as_str(), shown.cut), ("```\np lag\n0  12\n```", false));
    }

    #[test]
    fn a_table_too_wide_or_high_is_shortened_visibly_and_marked() {
        let long = "x".repeat(60);
        let shown = block(&table(&[&["group", "lag"], &[&long, "12"]]));
        assert!(shown.cut);
        assert!(shown.text.lines().all(|line| line.chars().count() <= MOST_COLUMNS), "{}", shown.text);
        assert!(shown.text.contains('…') && shown.text.contains("12"));
        let rows: Vec<&[&str]> = (0..9).map(|_| ["a", "1"].as_slice()).collect();
        let shown = block(&table(&rows));
        assert!(shown.cut && shown.text.ends_with("```+ 2"));
        assert_eq!(text(&table(&rows)).lines().count(), 9);
    }

    #[test]
    fn no_cell_ends_the_block() {
        let shown = block(&table(&[&["a"], &["```"]]));
        assert_eq!(shown.text.matches("```").count(), 2);
    }
}
