//! Tables in a fixed-width face.

use super::card::Table;
use super::width::{columns, fit};

/// Most rows a table on a card has.
pub const MOST_ROWS: usize = 6;
/// Most columns of a table on a card.
pub const MOST_COLUMNS: usize = 30;

/// The lines of a table, each at most `most` columns wide: numbers to the right, words to the left, one space between. The
/// widest column of words gives way where it does not fit.
#[must_use]
pub fn draw(table: &Table, most: usize) -> Vec<String> {
    let count = table.head.len();
    let cell = |row: &[String], column: usize| row.get(column).cloned().unwrap_or_default();
    let all = || std::iter::once(&table.head).chain(&table.rows);
    let mut widths: Vec<usize> =
        (0..count).map(|column| all().map(|row| columns(&cell(row, column))).max().unwrap_or(0)).collect();
    let right: Vec<bool> = (0..count).map(|column| is_numeric(table, column)).collect();
    shrink(&mut widths, &right, most);
    all()
        .map(|row| {
            let cells = (0..count).map(|column| pad(&cell(row, column), widths[column], right[column]));
            fit(cells.collect::<Vec<_>>().join(" ").trim_end(), most)
        })
        .collect()
}

fn is_numeric(table: &Table, column: usize) -> bool {
    let looks_numeric = |text: &str| {
        ["", "none", "?"].contains(&text)
            || text.chars().all(|character| character.is_ascii_digit() || "+-,.BkKMGTPE→*%- ".contains(character))
    };
    !table.rows.is_empty() && table.rows.iter().all(|row| row.get(column).is_none_or(|cell| looks_numeric(cell)))
}

fn shrink(widths: &mut [usize], right: &[bool], most: usize) {
    const NARROWEST: usize = 4;
    loop {
        let total = widths.iter().sum::<usize>() + widths.len().saturating_sub(1);
        if total <= most {
            return;
        }
        let words = (0..widths.len()).filter(|column| !right[*column] && widths[*column] > NARROWEST);
        let Some(widest) = words.max_by_key(|column| widths[*column]) else { return };
        widths[widest] -= (total - most).min(widths[widest] - NARROWEST).max(1);
    }
}

fn pad(text: &str, width: usize, right: bool) -> String {
    let text = fit(text, width);
    let space = " ".repeat(width.saturating_sub(columns(&text)));
    if right { format!("{space}{text}") } else { format!("{text}{space}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(head: &[&str], rows: &[&[&str]]) -> Table {
        let own = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect();
        Table { head: own(head), rows: rows.iter().map(|row| own(row)).collect(), more: None }
    }

    #[test]
    fn numbers_stand_to_the_right() {
        let lines = draw(&table(&["p", "lag"], &[&["0", "1"], &["10", "20000"]]), 30);
        assert_eq!(lines, [" p   lag", " 0     1", "10 20000"]);
    }

    #[test]
    fn amounts_of_data_are_numbers() {
        let lines = draw(&table(&["", "data"], &[&["b1", "0B→1.2T"], &["b2", "144G→1023M"]]), 30);
        assert_eq!(lines, ["         data", "b1    0B→1.2T", "b2 144G→1023M"]);
    }

    #[test]
    fn words_give_way() {
        let lines = draw(&table(&["topic", "lag"], &[&["a-very-long-topic-name-of-somebody", "123456"]]), 20);
        assert!(lines.iter().all(|line| columns(line) <= 20), "{lines:?}");
        assert!(lines[1].ends_with("123456"), "{lines:?}");
    }
}
