//! Every card within what a chat takes, whatever stood in it. Chats escape, so there is room left for that.

use super::card::{Block, Card, Line, Span};
use super::table::MOST_COLUMNS;

/// Most characters of a line of the headline: five of them stay under 2,000.
const HEADLINE: usize = 360;
/// Most characters of a line of the body.
const BODY: usize = 300;
/// Most characters of the body: an embed's description takes 4,096.
const WHOLE_BODY: usize = 3_900;

/// The card with lines cut that are too long, and without the end of a body that is too long.
pub(super) fn bounded(card: Card) -> Card {
    let mut room = WHOLE_BODY;
    let mut body = Vec::new();
    for block in card.body {
        let block = cut_block(block);
        let size = size(&block);
        if size > room {
            body.push(Block::Line(Line::plain("…")));
            break;
        }
        room -= size;
        body.push(block);
    }
    Card {
        headline: card.headline.into_iter().map(|line| cut(line, HEADLINE)).collect(),
        body,
        footer: card.footer.map(|line| cut(line, 2 * BODY)),
        ..card
    }
}

fn cut_block(block: Block) -> Block {
    match block {
        Block::Line(line) => Block::Line(cut(line, BODY)),
        Block::Heading(line) => Block::Heading(cut(line, BODY)),
        Block::Table(table) => Block::Table(table),
    }
}

fn size(block: &Block) -> usize {
    match block {
        Block::Line(line) | Block::Heading(line) => line.plain_text().chars().count() + 1,
        Block::Table(table) => (table.rows.len() + 2) * (MOST_COLUMNS + 1),
    }
}

fn cut(line: Line, most: usize) -> Line {
    let mut room = most;
    let mut spans = Vec::new();
    for span in line.0 {
        let length = Line(vec![span.clone()]).plain_text().chars().count();
        if length <= room {
            room -= length;
            spans.push(span);
            continue;
        }
        spans.extend(shorten(span, room));
        break;
    }
    Line(spans)
}

fn shorten(span: Span, most: usize) -> Option<Span> {
    let short = |text: &str| text.chars().take(most.saturating_sub(1)).chain(['…']).collect::<String>();
    match span {
        Span::Plain(text) => Some(Span::Plain(short(&text))),
        Span::Strong(text) => Some(Span::Strong(short(&text))),
        Span::Foreign(text) => Some(Span::Foreign(short(&text))),
        // Half a thing to copy, half an account or half an instant would be a wrong one.
        Span::Code(_) | Span::Account(_) | Span::Time(_) | Span::Deadline(_) => Some(Span::Plain("…".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_and_says_so() {
        let long = Line(vec![Span::Plain("a".repeat(350)), Span::Foreign("b".repeat(50))]);
        let card = bounded(Card { headline: vec![long], ..Card::default() });
        let text = card.headline[0].plain_text();
        assert_eq!(text.chars().count(), HEADLINE);
        assert!(text.ends_with('…'));
    }

    #[test]
    fn a_long_body_ends_early() {
        let line = || Block::Line(Line::plain("a".repeat(290)));
        let card = bounded(Card { body: (0..40).map(|_| line()).collect(), ..Card::default() });
        let whole: usize = card.body.iter().map(size).sum();
        assert!(whole <= WHOLE_BODY + 2);
        assert_eq!(card.body.last(), Some(&Block::Line(Line::plain("…"))));
    }
}
