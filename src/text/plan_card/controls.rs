//! Buttons and reactions, as the state allows them.

use super::{CardView, ways};
use crate::text::card::Button;
use interlock::approval::State;

/// [Details] always, [My vote] and [Reject…] while votes are taken, and [Change] of what is no way back; and [Approve…] where a
/// reaction is not enough, on exactly this plan.
pub(super) fn buttons(view: &CardView<'_>) -> Vec<Button> {
    let plan = view.plan.plan();
    let button = |id: String, label: &str| Button { id, label: view.locale.text(label), danger: false };
    let details = button(format!("details:{}", plan.operation), "button-details");
    if !view.state.is_open_to_votes() || plan.votes.is_empty() {
        return vec![details];
    }
    let exactly = |does: &str| format!("{does}:{}:{}", plan.operation, view.plan.digest());
    let confirm = plan.name_to_type().map(|_| button(exactly("confirm"), "button-confirm"));
    let change = plan.reverses.is_none().then(|| button(exactly("change"), "button-change"));
    let my_vote = button(format!("myvote:{}:{}", plan.operation, plan.revision), "button-my-vote");
    let reject = Button { danger: true, ..button(exactly("reject"), "button-reject") };
    [details, my_vote].into_iter().chain(change).chain(confirm).chain([reject]).collect()
}

/// Votes while they are taken, controls while it runs, the way back once it ended.
pub(super) fn reactions(view: &CardView<'_>) -> Vec<&'static str> {
    match view.state {
        State::AwaitingApproval | State::Queued => vec!["✅", "❌"],
        State::Running | State::Waiting | State::Pausing | State::Paused => vec!["🛑", "⏸️", "▶️"],
        _ if ways::may_go_back(view) => vec!["↩️"],
        _ => Vec::new(),
    }
}
