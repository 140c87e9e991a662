//! Cards as text for a terminal.

use super::card::{Block, Card, Line, Span, Tone};
use super::foreign::shown;
use super::numbers::utc;
use super::table::draw;
use super::width::wrap;
use interlock::principal::Account;

const NARROWEST: usize = 30;
const WIDEST: usize = 120;

/// How a card is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drawing {
    /// The columns of the terminal; used between 30 and 120.
    pub width: usize,
    /// Whether colours and emphasis may be used (ANSI); without, the text is plain.
    pub colour: bool,
}

/// A card as lines of text, each ended by a line feed, none wider than asked. Nothing from outside reaches the terminal as a
/// control character.
#[must_use]
pub fn console(card: &Card, drawing: Drawing) -> String {
    let width = drawing.width.clamp(NARROWEST, WIDEST);
    let inked = Drawing { width, ..drawing };
    let mut out: Vec<String> = Vec::new();
    for line in &card.headline {
        out.extend(lines(line, width, inked));
    }
    let mut body: Vec<(char, String)> = Vec::new();
    for block in &card.body {
        body.extend(of_block(block, inked).into_iter().map(|line| ('│', line)));
    }
    if let Some(footer) = &card.footer {
        body.extend(lines(footer, width - 2, inked).into_iter().map(|line| ('│', line)));
    }
    if let Some(last) = body.last_mut() {
        last.0 = '└';
    }
    out.extend(
        body.into_iter().map(|(bar, line)| format!("{} {line}", paint(&bar.to_string(), card.tone, drawing.colour))),
    );
    out.extend(controls(card, width));
    let mut text = out.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n");
    text.push('\n');
    text
}

fn of_block(block: &Block, drawing: Drawing) -> Vec<String> {
    let width = drawing.width - 2;
    match block {
        Block::Line(line) => lines(line, width, drawing),
        Block::Heading(line) => {
            let strong = Line(vec![Span::Strong(line.plain_text())]);
            lines(&strong, width, drawing)
        }
        Block::Table(table) => {
            let mut drawn: Vec<String> = draw(table, width).iter().map(|line| printable(line)).collect();
            drawn.extend(table.more.iter().flat_map(|more| lines(more, width, drawing)));
            drawn
        }
        Block::More { rest, .. } => rest.iter().flat_map(|block| of_block(block, drawing)).collect(),
    }
}

/// Emphasis is put on whole lines of the wrapped text only where all of a line is emphasized; else it would cost columns.
fn lines(line: &Line, width: usize, drawing: Drawing) -> Vec<String> {
    let text: String = line.0.iter().map(span).collect();
    let strong = line.0.first().and_then(|first| match first {
        Span::Strong(text) => Some(text.clone()),
        _ => None,
    });
    let mut wrapped = wrap(&text, width);
    if let (true, Some(strong), Some(first)) = (drawing.colour, strong, wrapped.first_mut())
        && let Some(rest) = first.strip_prefix(strong.as_str())
    {
        *first = format!("\u{1b}[1m{strong}\u{1b}[0m{rest}");
    }
    wrapped
}

fn span(span: &Span) -> String {
    match span {
        Span::Plain(text) | Span::Strong(text) | Span::Foreign(text) | Span::Code(text) => printable(text),
        Span::Account(id) => Account::Discord(*id).to_string(),
        Span::Time(at) | Span::Deadline(at) => utc(*at),
    }
}

/// Also what a caller forgot to make showable: no control character reaches a terminal.
fn printable(text: &str) -> String {
    shown(text, usize::MAX)
}

fn controls(card: &Card, width: usize) -> Vec<String> {
    let buttons: Vec<String> = card.buttons.iter().map(|button| format!("[{}]", printable(&button.label))).collect();
    let reactions = card.reactions.iter().map(|emoji| (*emoji).to_owned());
    let files: Vec<String> = card.files.iter().map(|file| printable(&file.name)).collect();
    let first = buttons.into_iter().chain(reactions).collect::<Vec<_>>().join(" ");
    [first, files.join(" · ")].into_iter().filter(|line| !line.is_empty()).flat_map(|line| wrap(&line, width)).collect()
}

fn paint(text: &str, tone: Tone, colour: bool) -> String {
    let code = match tone {
        Tone::Neutral => return text.to_owned(),
        Tone::Waiting => 34,
        Tone::Running => 36,
        Tone::Good => 32,
        Tone::Warning => 33,
        Tone::Bad => 31,
    };
    if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
}
