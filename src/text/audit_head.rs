//! The head of the audit log, as it is posted where nobody takes it back.

use super::bounds::bounded;
use super::card::{Block, Card, Line};
use super::locale::{Args, Locale};
use interlock::time::Millis;

/// A head of the audit log, as `signalbox audit verify` takes it: `SEQ:HASH`.
#[derive(Debug, Clone, Copy)]
pub struct HeadView<'a> {
    /// The head.
    pub head: &'a str,
    /// The one that was posted before it; empty if none was.
    pub before: &'a str,
    /// When it was the head.
    pub at: Millis,
}

/// What is posted of a head: what to type, what it is good for, and the one before it, so that one that was deleted is missed.
#[must_use]
pub fn audit_head(view: &HeadView<'_>, locale: Locale) -> Card {
    let entry = view.head.split(':').next().unwrap_or_default().to_owned();
    let command = Line::code(&format!("signalbox audit verify --head {}", view.head));
    let before = if view.before.is_empty() {
        locale.say("audit-posted-first", &Args::new())
    } else {
        locale.say("audit-posted-before", &Args::new().code("before", view.before))
    };
    bounded(Card {
        headline: vec![locale.say("audit-posted", &Args::new().word("entry", entry).time("at", view.at)), command],
        body: vec![Block::Line(locale.say("audit-posted-use", &Args::new())), Block::Line(before)],
        ..Card::default()
    })
}
