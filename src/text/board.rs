//! The board of a channel, and what is left of one that is no longer kept.

use super::answers::operations::line;
use super::bounds::bounded;
use super::card::{Block, Card, Line, Tone};
use super::freezes;
use super::locale::{Args, Locale};
use super::sentence::names;
use interlock::looks::{Board, OperationLine};
use interlock::time::Millis;

/// How many operations of one kind are named: with the longest names, too, nothing of a board is cut off.
const MOST: usize = 3;
/// How many freezes are named.
const MOST_FREEZES: usize = 2;

/// What is open, as it was at this time. Without a time it is what two boards are compared by.
#[must_use]
pub fn board(board: &Board, at: Option<Millis>, locale: Locale) -> Card {
    let mut body = section("board-to-decide", &board.to_decide, locale);
    body.extend(section("board-to-approve", &board.to_approve, locale));
    body.extend(section("board-under-way", &board.under_way, locale));
    let lists = [&board.to_decide, &board.to_approve, &board.under_way];
    let left_out = lists.iter().map(|list| list.len().saturating_sub(MOST)).sum::<usize>();
    body.extend((left_out > 0).then(|| more(left_out, locale)));
    body.extend(board.freezes.iter().take(MOST_FREEZES).map(|one| Block::Line(freezes::line(one, locale))));
    let others = board.freezes.len().saturating_sub(MOST_FREEZES);
    body.extend((others > 0).then(|| Block::Line(locale.say("freezes-more", &Args::new().count("more", others)))));
    body.extend(board.is_cut.then(|| Block::Line(locale.say("board-cut", &Args::new()))));
    body.extend(at.map(|at| Block::Line(locale.say("board-as-of", &Args::new().time("at", at)))));
    let clusters: Vec<String> = board.clusters.iter().map(ToString::to_string).collect();
    let headline =
        vec![locale.say("board", &Args::new().line("clusters", names(locale, &clusters))), counts(board, locale)];
    bounded(Card { headline, tone: tone(board), body, ..Card::default() })
}

/// What takes the place of a board that the settings no longer want.
#[must_use]
pub fn board_ended(locale: Locale) -> Card {
    Card { headline: vec![locale.say("board-ended", &Args::new())], ..Card::default() }
}

fn section(heading: &str, lines: &[OperationLine], locale: Locale) -> Vec<Block> {
    if lines.is_empty() {
        return Vec::new();
    }
    let heading = Block::Heading(Line::plain(locale.text(heading)));
    std::iter::once(heading).chain(lines.iter().take(MOST).map(|one| Block::Line(line(one, locale)))).collect()
}

fn more(left_out: usize, locale: Locale) -> Block {
    Block::Line(locale.say("operations-more", &Args::new().count("more", left_out)))
}

fn counts(board: &Board, locale: Locale) -> Line {
    let all = board.to_decide.len() + board.to_approve.len() + board.under_way.len();
    if all == 0 {
        return locale.say("board-empty", &Args::new());
    }
    let args = Args::new()
        .count("decide", board.to_decide.len())
        .count("approve", board.to_approve.len())
        .count("going", board.under_way.len());
    locale.say("board-counts", &args)
}

fn tone(board: &Board) -> Tone {
    match (board.to_decide.is_empty(), board.to_approve.is_empty(), board.under_way.is_empty()) {
        (false, _, _) => Tone::Warning,
        (true, false, _) => Tone::Waiting,
        (true, true, false) => Tone::Running,
        (true, true, true) => Tone::Neutral,
    }
}
