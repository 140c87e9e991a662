//! What is said once an operation has ended or needs a person: what is true now, what I will not do, the choices.

use super::{CardView, head};
use crate::text::card::{Block, Line, Tone};
use crate::text::kinds::{self, family};
use crate::text::locale::Args;
use crate::text::reassignment::moves_replicas;
use crate::text::sentence::{NAME, WORDS};
use interlock::approval::State;

/// How many reasons of vetoes are shown.
const MOST_REASONS: usize = 3;

/// What is said where only the offsets of a group are in question.
const RECORDS_SAFE: &str = "ended-records-safe";

pub(in crate::text) fn blocks(view: &CardView<'_>) -> Vec<Block> {
    let plan = view.plan.plan();
    let troubled = matches!(view.state, State::Failed | State::Stuck);
    let safe = troubled && head::changes_offsets_only(plan);
    let lines = [
        safe.then(|| view.locale.text(&format!("{RECORDS_SAFE}{}", kinds::on(plan)))),
        (troubled && moves_replicas(plan)).then(|| view.locale.text("ended-replicas-safe")),
        next(view).map(|key| next_step(view, key)),
        (may_go_back(view)).then(|| view.locale.text("ended-way-back")),
    ];
    let lines = lines.into_iter().flatten().map(|text| Block::Line(Line::plain(text)));
    lines.chain(reasons(view)).chain(super::glass::blocks(view)).collect()
}

/// Why those vetoed it whose veto counts.
fn reasons(view: &CardView<'_>) -> impl Iterator<Item = Block> {
    let counted = view.vetoed_because.iter().filter(|(person, _)| view.tally.vetoes.contains(person));
    counted.take(MOST_REASONS).map(|(person, reason)| {
        let who = Line::person(person.as_str(), NAME / 2);
        let args = Args::new().line("who", who).foreign("reason", reason, WORDS);
        Block::Line(view.locale.say("ended-vetoed-because", &args))
    })
}

/// The next step in the words of the plan's kind where there are some of their own.
fn next_step(view: &CardView<'_>, key: &str) -> String {
    let own = family(view.plan.plan()).map(|family| view.locale.try_say(&format!("{key}-{family}"), &Args::new()));
    own.flatten().map_or_else(|| view.locale.text(key), |line| line.plain_text())
}

fn next(view: &CardView<'_>) -> Option<&'static str> {
    match view.state {
        State::Succeeded => Some("ended-not-checked"),
        State::Failed => Some("ended-failed"),
        State::Stuck => Some("ended-stuck"),
        State::Abandoned => Some("ended-abandoned"),
        _ => None,
    }
}

/// Whether the operation got far enough to have changed something.
pub(super) fn may_have_changed(view: &CardView<'_>) -> bool {
    let began =
        matches!(view.state, State::Succeeded | State::Stopped | State::Failed | State::Stuck | State::Abandoned);
    began && head::may_have_changed(view)
}

/// Whether the way back may be asked for: something was changed, and it can be taken back.
pub(super) fn may_go_back(view: &CardView<'_>) -> bool {
    may_have_changed(view) && view.state != State::Abandoned && head::has_way_back(view.plan.plan())
}

/// Who approved it.
pub(in crate::text) fn approved(view: &CardView<'_>) -> Option<Block> {
    if view.tally.filled() == 0 {
        return None;
    }
    let who = super::votes::people(view.tally.seats.iter().flatten(), view.locale);
    Some(Block::Line(view.locale.say("ended-approved-by", &Args::new().line("who", who))))
}

/// The state as a colour.
pub(in crate::text) fn tone(state: State) -> Tone {
    match state {
        State::AwaitingApproval | State::Queued => Tone::Waiting,
        State::Running | State::Waiting | State::Pausing | State::Stopping => Tone::Running,
        State::Paused | State::Stopped | State::Expired | State::Abandoned => Tone::Warning,
        State::Succeeded => Tone::Good,
        State::Failed | State::Stuck => Tone::Bad,
        State::Rejected | State::Cancelled | State::Refused => Tone::Neutral,
    }
}
