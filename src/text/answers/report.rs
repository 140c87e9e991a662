//! Looks whose answers are findings and tables.

use super::sheet::{self, cell};
use crate::text::card::{Block, Card, CardFile, Line, Tone};
use crate::text::locale::Locale;
use crate::text::numbers;
use crate::text::sentence::{all_names, args, sentence};
use interlock::looks::{Cell, Grade, Phrase, Report, Sheet};

pub(super) fn report(seen: &Report, locale: Locale) -> Card {
    let mut body: Vec<Block> = seen.lines.iter().map(|line| found(line, locale)).collect();
    let mut files: Vec<CardFile> = Vec::new();
    for table in &seen.tables {
        let (block, file) = drawn(table, locale);
        body.extend(block);
        files.extend(file);
    }
    let tone = match seen.grade {
        None => Tone::Neutral,
        Some(Grade::Healthy) => Tone::Good,
        Some(Grade::Degraded) => Tone::Warning,
        Some(Grade::Broken) => Tone::Bad,
    };
    Card { headline: vec![headline(seen, locale)], tone, body, files, ..Card::default() }
}

fn headline(seen: &Report, locale: Locale) -> Line {
    let Some(grade) = seen.grade else { return said(&seen.headline, locale) };
    let word = match grade {
        Grade::Healthy => "health-healthy",
        Grade::Degraded => "health-degraded",
        Grade::Broken => "health-broken",
    };
    let args = args(locale, &seen.headline.facts).line("grade", Line::plain(locale.text(word)).strong());
    let headline = locale.try_say(&format!("look-{}", seen.headline.id), &args);
    headline.unwrap_or_else(|| said(&seen.headline, locale))
}

/// A finding; one that names only the first of many stands with all of them in the file.
fn found(phrase: &Phrase, locale: Locale) -> Block {
    let said = said(phrase, locale);
    let names = all_names(locale, &phrase.facts);
    if names.is_empty() {
        return Block::Line(said);
    }
    let rest = std::iter::once(said.clone()).chain(names).map(Block::Line).collect();
    Block::More { said, rest }
}

fn said(phrase: &Phrase, locale: Locale) -> Line {
    sentence(locale, &["look"], &phrase.id, &phrase.facts)
}

fn drawn(table: &Sheet, locale: Locale) -> (Option<Block>, Option<CardFile>) {
    let head: Vec<String> = table.head.iter().map(|key| format!("table-{key}")).collect();
    let file = format!("{}.txt", table.name);
    let rows = table.rows.iter().map(|row| row.iter().map(|one| shown(one, locale)).collect()).collect();
    sheet::Sheet { head: head.iter().map(String::as_str).collect(), rows, file: &file }.cut(locale)
}

fn shown(one: &Cell, locale: Locale) -> String {
    match one {
        Cell::Name(name) => cell(name),
        Cell::Number(number) => number.to_string(),
        Cell::Bytes(amount) => numbers::short_bytes(*amount),
        Cell::Percent(percent) => format!("{percent}%"),
        Cell::Word(key) => locale.text(&format!("cell-{key}")),
        Cell::Nothing => "-".to_owned(),
        Cell::Unknown => "?".to_owned(),
    }
}
