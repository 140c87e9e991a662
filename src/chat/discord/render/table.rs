//! Tables as blocks of fixed width.

use super::super::limits::{TABLE_ROWS, TABLE_WIDTH};
use super::escape;
use super::line::{Markup, plain};
use crate::text::Table;

const GAP: usize = 1;
const NARROWEST: usize = 3;

/// The table for a phone; `cut` when rows or cells had to be shortened.
pub(super) fn block(table: &Table) -> Markup {
    let shown = &table.rows[..table.rows.len().min(TABLE_ROWS)];
    let left_out = table.rows.len() - shown.len();
    let mut rows = cells(&table.head, shown);
    let mut widths = widths(&rows);
    let cut = narrow(&mut widths);
    for row in &mut rows {
        for (cell, most) in row.iter_mut().zip(&widths) {
            shorten(cell, *most);
        }
    }
    let lines: Vec<String> = rows.iter().map(|row| aligned(row, &widths)).collect();
    let mut text = format!("```\n{}\n```", lines.join("\n"));
    if left_out > 0 {
        text.push_str(&format!("+ {left_out}"));
    }
    Markup { text, cut: cut || left_out > 0 }
}

/// The whole table for an attachment.
pub(super) fn text(table: &Table) -> String {
    let rows = cells(&table.head, &table.rows);
    let widths = widths(&rows);
    let mut lines: Vec<String> = rows.iter().map(|row| aligned(row, &widths)).collect();
    lines.extend(table.more.as_ref().map(plain));
    lines.join("\n")
}

fn cells(head: &[String], rows: &[Vec<String>]) -> Vec<Vec<String>> {
    let head = (!head.iter().all(String::is_empty)).then_some(head);
    let rows = head.into_iter().chain(rows.iter().map(Vec::as_slice));
    rows.map(|row| row.iter().map(|cell| escape::cell(cell)).collect()).collect()
}

/// Columns that a text takes: letters of East Asian scripts and pictures take two.
fn width(text: &str) -> usize {
    text.chars().map(|character| if ('\u{1100}'..).contains(&character) && !is_arrow(character) { 2 } else { 1 }).sum()
}

fn is_arrow(character: char) -> bool {
    ('\u{2000}'..='\u{2bff}').contains(&character)
}

fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    (0..columns)
        .map(|at| rows.iter().filter_map(|row| row.get(at)).map(|cell| width(cell)).max().unwrap_or(0))
        .collect()
}

/// Takes from the widest column until the table fits; whether anything was taken.
fn narrow(widths: &mut [usize]) -> bool {
    let mut narrowed = false;
    loop {
        let total = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        let widest = widths.iter_mut().max_by_key(|width| **width).filter(|width| **width > NARROWEST);
        match widest {
            Some(widest) if total > TABLE_WIDTH => *widest -= 1,
            _ => return narrowed,
        }
        narrowed = true;
    }
}

fn shorten(cell: &mut String, most: usize) {
    if width(cell) <= most {
        return;
    }
    while width(cell) + 1 > most && cell.pop().is_some() {}
    cell.push('…');
}

/// The first column to the left, the others to the right.
fn aligned(row: &[String], widths: &[usize]) -> String {
    let padded = row.iter().zip(widths).enumerate().map(|(at, (cell, wide))| {
        let space = " ".repeat(wide.saturating_sub(width(cell)));
        if at == 0 { format!("{cell}{space}") } else { format!("{space}{cell}") }
    });
    padded.collect::<Vec<_>>().join(" ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        let owned = |row: &[&str]| row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        Table { head: owned(rows[0]), rows: rows[1..].iter().map(|row| owned(row)).collect(), more: None }
    }

    #[test]
    fn columns_line_up() {
        let shown = block(&table(&[&["", "replicas", "lead"], &["b1", "184→138", "62→46"], &["b12", "0→138", "0→46"]]));
        assert_eq!(shown.text, "```\n    replicas  lead\nb1   184→138 62→46\nb12    0→138  0→46\n```");
        assert!(!shown.cut);
    }

    #[test]
    fn a_table_too_wide_or_high_is_shortened_visibly_and_marked() {
        let long = "x".repeat(60);
        let shown = block(&table(&[&["group", "lag"], &[&long, "12"]]));
        assert!(shown.cut);
        assert!(shown.text.lines().all(|line| line.chars().count() <= TABLE_WIDTH), "{}", shown.text);
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
