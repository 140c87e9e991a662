//! Every card within what a chat takes, whatever stood in it, and what has no room there beside it. Chats escape, so there is
//! room left for that.

use super::card::{Block, Card, Line, MORE, Span, Whole};
use super::table::MOST_COLUMNS;

/// Most characters of a line of the headline: five of them stay under 2,000.
const HEADLINE: usize = 360;
/// Most characters of a line of the body.
const BODY: usize = 300;
/// Most characters of the body: an embed's description takes 4,096.
const WHOLE_BODY: usize = 3_900;

/// The card with lines cut that are too long, and without the end of a body that is too long. What is cut says where the rest is,
/// and all of the card goes along; on a bare card, to which nothing is attached, it only says that there is a rest.
pub(super) fn bounded(card: Card) -> Card {
    let ends = Ends(if card.is_bare { "" } else { MORE.trim_start_matches(Ends::MARK) });
    let headline: Vec<Line> = card.headline.iter().map(|line| ends.cut(line, HEADLINE)).collect();
    let body = ends.cut_body(&card.body);
    let footer = card.footer.as_ref().map(|line| ends.cut(line, 2 * BODY));
    let is_cut = headline != card.headline || body != card.body || footer != card.footer;
    let whole = match card.whole {
        None if is_cut => {
            Some(Box::new(Whole { headline: card.headline, body: opened(card.body), footer: card.footer }))
        }
        known => known,
    };
    Card { headline, body, footer, whole, ..card }
}

/// How what is cut ends: by a mark, and by where the rest is, if it is anywhere.
#[derive(Clone, Copy)]
struct Ends(&'static str);

impl Ends {
    const MARK: char = '…';

    fn cut_body(self, body: &[Block]) -> Vec<Block> {
        let blocks: Vec<Block> = body.iter().map(|block| self.cut_block(block)).collect();
        if blocks.iter().map(size).sum::<usize>() <= WHOLE_BODY {
            return blocks;
        }
        let last = Block::Line(Line::plain(format!("{}{}", Self::MARK, self.0)));
        let mut used = size(&last);
        let fits = |block: &Block| {
            used += size(block);
            used <= WHOLE_BODY
        };
        let mut fitted: Vec<Block> = blocks.into_iter().take_while(fits).collect();
        fitted.push(last);
        fitted
    }

    fn cut_block(self, block: &Block) -> Block {
        match block {
            Block::Line(line) => Block::Line(self.cut(line, BODY)),
            Block::Heading(line) => Block::Heading(self.cut(line, BODY)),
            Block::Table(table) => Block::Table(table.clone()),
            Block::More { said, .. } => Block::Line(self.cut(&self.led_on(said.clone()), BODY)),
        }
    }

    fn cut(self, line: &Line, most: usize) -> Line {
        if length(line) <= most {
            return line.clone();
        }
        let mut room = most - characters(self.0) - 1;
        let mut short = Line::default();
        for span in &line.0 {
            let length = length_of(span);
            if length > room {
                short.push(Self::shorten(span, room));
                break;
            }
            room -= length;
            short.push(span.clone());
        }
        self.led_on(short)
    }

    /// The line, and where the rest is.
    fn led_on(self, mut line: Line) -> Line {
        if !self.0.is_empty() {
            line.push(Span::Plain(self.0.to_owned()));
        }
        line
    }

    /// The beginning of a text, and the mark.
    fn shorten(span: &Span, most: usize) -> Span {
        let short = |text: &str| text.chars().take(most).chain([Self::MARK]).collect::<String>();
        match span {
            Span::Plain(text) => Span::Plain(short(text)),
            Span::Strong(text) => Span::Strong(short(text)),
            Span::Foreign(text) => Span::Foreign(short(text)),
            // Half a thing to copy, half an account or half an instant would be a wrong one.
            Span::Code(_) | Span::Account(_) | Span::Time(_) | Span::Deadline(_) => Span::Plain(Self::MARK.to_string()),
        }
    }
}

/// The blocks, each list with all that is in it.
fn opened(body: Vec<Block>) -> Vec<Block> {
    let open = |block| match block {
        Block::More { rest, .. } => rest,
        other => vec![other],
    };
    body.into_iter().flat_map(open).collect()
}

fn size(block: &Block) -> usize {
    match block {
        Block::Line(line) | Block::Heading(line) | Block::More { said: line, .. } => length(line) + 1,
        Block::Table(table) => (table.rows.len() + 2) * (MOST_COLUMNS + 1),
    }
}

fn length(line: &Line) -> usize {
    line.0.iter().map(length_of).sum()
}

fn length_of(span: &Span) -> usize {
    characters(&Line(vec![span.clone()]).plain_text())
}

fn characters(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::super::card::{MORE_FILE, Table};
    use super::*;

    fn line(length: usize) -> Block {
        Block::Line(Line::plain("a".repeat(length)))
    }

    #[test]
    fn a_long_line_is_cut_and_says_where_the_rest_is() {
        let long = Line(vec![Span::Plain("a".repeat(350)), Span::Foreign("b".repeat(50))]);
        let card = bounded(Card { headline: vec![long.clone()], ..Card::default() });
        let text = card.headline[0].plain_text();
        assert_eq!(text.chars().count(), HEADLINE);
        assert!(text.ends_with(MORE), "{text}");
        assert_eq!(card.uncut().headline, [long]);
    }

    #[test]
    fn a_long_body_ends_early_and_says_where_the_rest_is() {
        let body: Vec<Block> = (0..40).map(|_| line(290)).collect();
        let card = bounded(Card { body: body.clone(), ..Card::default() });
        let whole: usize = card.body.iter().map(size).sum();
        assert!(whole <= WHOLE_BODY, "{whole}");
        assert_eq!(card.body.last(), Some(&Block::Line(Line::plain(MORE))));
        assert_eq!(card.uncut().body, body);
    }

    /// Whatever is cut, in whatever part: all of it goes along, in its order.
    #[test]
    fn nothing_of_a_card_is_lost() {
        let code = Line(vec![Span::Plain("a".repeat(280)), Span::Code("c".repeat(50))]);
        let table = Table { head: vec!["t".to_owned()], rows: vec![vec!["r".to_owned()]; 6], more: None };
        let tables = (0..20).map(|_| Block::Table(table.clone()));
        let body: Vec<Block> = [line(301), Block::Heading(Line::foreign(&"h".repeat(400), 400)), Block::Line(code)]
            .into_iter()
            .chain(tables)
            .collect();
        let all = Card {
            headline: vec![Line::plain("x".repeat(361)), Line::plain("y")],
            body,
            footer: Some(Line::foreign(&"f".repeat(700), 700)),
            ..Card::default()
        };
        let card = bounded(all.clone());
        assert_eq!(card.uncut(), all);
        let lines = card.body[..3].iter().map(|block| match block {
            Block::Line(line) | Block::Heading(line) => line.clone(),
            other => panic!("{other:?}"),
        });
        let lines: Vec<Line> = lines.chain(card.headline[..1].to_vec()).chain(card.footer.clone()).collect();
        assert!(lines.iter().all(|line| line.plain_text().ends_with(MORE)), "{lines:?}");
        assert_eq!(bounded(card.clone()), card, "what was cut is not cut again");
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let all = Card {
            headline: vec![Line::plain("x".repeat(HEADLINE))],
            body: (0..13).map(|_| line(BODY - 1)).collect(),
            footer: Some(Line::plain("f".repeat(2 * BODY))),
            ..Card::default()
        };
        assert_eq!(bounded(all.clone()), all);
    }

    #[test]
    fn a_list_shows_how_many_more_there_are_and_all_of_them_go_along() {
        for said in [6, 295, 400] {
            let more = Block::More { said: Line::plain("+".repeat(said)), rest: vec![line(1), line(2)] };
            let card = bounded(Card { body: vec![line(3), more, line(4)], ..Card::default() });
            let Block::Line(shown) = &card.body[1] else { panic!("{card:?}") };
            let shown = shown.plain_text();
            assert!(shown.ends_with(MORE_FILE) && shown.chars().count() <= BODY, "{shown}");
            assert_eq!(card.uncut().body, [line(3), line(1), line(2), line(4)]);
        }
    }

    #[test]
    fn where_nothing_is_attached_no_file_is_named() {
        let more = Block::More { said: Line::plain("+ 1 more"), rest: vec![line(1)] };
        let body = std::iter::once(more).chain((0..40).map(|_| line(301))).collect();
        let headline = vec![Line::foreign(&"x".repeat(400), 400)];
        let card = bounded(Card { headline, body, is_bare: true, ..Card::default() });
        assert!(!format!("{:?} {:?}", card.headline, card.body).contains(MORE_FILE), "{card:?}");
        assert!(
            card.headline[0].plain_text().ends_with('…') && card.body.last() == Some(&Block::Line(Line::plain("…")))
        );
    }
}
