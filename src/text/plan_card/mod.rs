//! The card of a plan, from waiting for approval to its end.

pub(super) mod body;
mod brokers;
mod controls;
mod glass;
pub(super) mod head;
pub(super) mod offsets;
mod queues;
pub(super) mod topics;
pub(super) mod votes;
pub(super) mod ways;

use super::bounds::bounded;
use super::card::{Block, Card, CardFile, Line, Mention, Tone};
use super::locale::{Args, Locale};
use super::{by_hand, picture, plan_text, reassignment};
use engine::{History, Why};
use interlock::approval::{BrokenGlass, State, Tally};
use interlock::freeze::Freeze;
use interlock::id::{OperationId, PersonId};
use interlock::plan::{Difference, Owed, Plan, Sealed, Seat};
use interlock::time::Millis;

/// Everything a plan's card is made of.
#[derive(Debug, Clone, Copy)]
pub struct CardView<'a> {
    /// The plan, with the bytes that are approved.
    pub plan: &'a Sealed,
    /// Where the operation stands.
    pub state: State,
    /// How it came there.
    pub why: &'a Why,
    /// How the vote stands.
    pub tally: &'a Tally,
    /// The seats that must be filled: the plan's, or more where the settings became stricter since.
    pub seats: &'a [Seat],
    /// How far it is, once it has started.
    pub progress: Option<Progress>,
    /// What is still to be put back, though it has ended.
    pub owed: &'a [Owed],
    /// What its journal says.
    pub history: &'a History,
    /// When it expires unless it has started.
    pub expires_at: Millis,
    /// The plan that took this one's place, if one did.
    pub newer: Option<Newer<'a>>,
    /// The owners of what it changes.
    pub owners: Owners,
    /// Who vetoed it for a reason, and the reason in their words.
    pub vetoed_because: &'a [(PersonId, String)],
    /// The freeze that its start waits for, while it has not started.
    pub frozen: Option<&'a Freeze>,
    /// The glass of the last plan of its operation that was broken.
    pub glass: Option<&'a BrokenGlass>,
    /// The operation that keeps it from starting although its glass is broken: that one is at work on the same thing.
    pub behind: Option<&'a OperationId>,
    /// Who is called by the card.
    pub mentions: &'a [Mention],
    /// The language of the place.
    pub locale: Locale,
}

/// The owners of what a plan changes: people and roles, as the settings name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Owners {
    /// How many there are.
    pub all: usize,
    /// How many of them have been called by a message that was delivered; none as long as it has not started.
    pub told: Option<usize>,
}

/// How far an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The number of the step it is at, from 1.
    pub step: u32,
    /// How many things of that step are done.
    pub done: usize,
    /// How many there are in it; 0 where that is not known.
    pub total: usize,
}

/// The plan that took a card's place.
#[derive(Debug, Clone, Copy)]
pub struct Newer<'a> {
    /// Its revision.
    pub revision: u32,
    /// What differs.
    pub differences: &'a [Difference],
}

/// The card as it is now.
#[must_use]
pub fn plan_card(view: &CardView<'_>) -> Card {
    if let Some(newer) = view.newer {
        return superseded(view, newer);
    }
    let plan = view.plan.plan();
    let mut body = ways::blocks(view);
    body.extend(asked_again(view).map(Block::Line));
    // Of what is queued it is in the headline, where votes are asked for before.
    body.extend(head::frozen(view).filter(|_| view.state == State::AwaitingApproval).map(Block::Line));
    if view.state.has_ended() {
        body.extend(body::of_ended(view, ways::may_have_changed(view)));
    } else {
        body.extend(body::blocks(plan, view.owners, view.locale));
    }
    bounded(Card {
        headline: head::lines(view),
        mentions: view.mentions.to_vec(),
        tone: ways::tone(view.state),
        body,
        footer: Some(votes::footer(view)),
        buttons: controls::buttons(view),
        reactions: controls::reactions(view),
        files: files(view.plan, view.history, view.locale),
        is_bare: false,
        whole: None,
    })
}

/// Who reads what is voted here, where more people do than when it was asked for first.
fn asked_again(view: &CardView<'_>) -> Option<Line> {
    const OPENED: &str = "channel-opened";
    let is_opened = view.state == State::AwaitingApproval && view.why.id == OPENED;
    is_opened.then(|| head::because(view)).flatten()
}

/// What is attached to every card of a plan: its words, its bytes, and how to do it by hand; of moves also Kafka's own files
/// and a picture.
pub(super) fn files(plan: &Sealed, history: &History, locale: Locale) -> Vec<CardFile> {
    let mut files = vec![
        file("plan.txt", plan_text::plan_text(plan)),
        file("plan.json", plan.bytes().to_owned()),
        by_hand_file(plan.plan(), history),
    ];
    if reassignment::moves_replicas(plan.plan()) {
        files.push(file("reassignment.json", reassignment::forward(plan.plan())));
        files.push(file("rollback.json", reassignment::back(plan.plan())));
    }
    if let Some((bytes, alt)) = picture::picture(plan.plan(), locale) {
        files.push(CardFile { name: "before-after.png".to_owned(), bytes, alt: Some(alt) });
    }
    files
}

/// How to go on by hand from where a plan stands.
pub(super) fn by_hand_file(plan: &Plan, history: &History) -> CardFile {
    file("by-hand.md", by_hand::by_hand(plan, history))
}

fn file(name: &str, text: String) -> CardFile {
    CardFile { name: name.to_owned(), bytes: text.into_bytes(), alt: None }
}

fn superseded(view: &CardView<'_>, newer: Newer<'_>) -> Card {
    const MOST: usize = 6;
    let (plan, locale) = (view.plan.plan(), view.locale);
    let state = Line::plain(locale.text("state-superseded")).strong();
    let first = locale.say("card-headline", &Args::new().line("state", state).line("what", head::what(plan, locale)));
    let args = Args::new().number("revision", i64::from(newer.revision));
    let second = locale.say("card-superseded", &args);
    let mut body: Vec<Block> = newer.differences.iter().take(MOST).map(|one| difference(one, locale)).collect();
    let more = newer.differences.len().saturating_sub(MOST);
    if more > 0 {
        body.push(Block::Line(locale.say("card-more-differences", &Args::new().count("more", more))));
    }
    bounded(Card {
        headline: vec![first, second, head::ids(view)],
        tone: Tone::Neutral,
        body,
        files: files(view.plan, view.history, view.locale),
        ..Card::default()
    })
}

fn difference(one: &Difference, locale: Locale) -> Block {
    let side = |text: &str| match text {
        "" => Line::plain(locale.text("nothing")),
        text => Line::foreign(text, 80),
    };
    let args =
        Args::new().foreign("what", &one.what, 80).line("before", side(&one.before)).line("after", side(&one.after));
    Block::Line(locale.say("card-difference", &args))
}
