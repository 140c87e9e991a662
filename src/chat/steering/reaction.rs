//! A control reaction of somebody, and when it is done with.

use crate::desk::{Denied, Done, STOP, Tapped};
use crate::store::Edge;
use engine::Operation;
use engine::control::Control;
use interlock::approval::{NotCounted, State};
use interlock::principal::{Account, Principal};

/// Pauses what runs.
pub(super) const PAUSE: &str = "⏸️";
/// Goes on with what is paused.
const RESUME: &str = "▶️";
/// Asks for the way back.
pub(super) const ROLLBACK: &str = "↩️";

/// The reactions by which a running operation is steered, in the order they are seeded.
pub(in crate::chat) const CONTROLS: [&str; 4] = [STOP, PAUSE, RESUME, ROLLBACK];

/// What a control reaction asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    Control(Control),
    Rollback,
}

/// A reaction of somebody, its emoji without variation selectors.
pub(super) struct Reaction {
    pub(super) asking: Asking,
    pub(super) account: Account,
    pub(super) edge: Edge,
}

impl Reaction {
    /// None if it is no control.
    pub(super) fn of(account: Account, edge: Edge) -> Option<Self> {
        Some(Self { asking: control_of(&edge.emoji)?, account, edge })
    }

    /// The same with whoever put it there, as they were looked up.
    pub(super) fn by(&self, who: Result<Principal, NotCounted>) -> Tapped<'_> {
        let control = CONTROLS.into_iter().find(|control| plain(control) == self.edge.emoji);
        Tapped { account: self.account, who, emoji: control.unwrap_or(&self.edge.emoji) }
    }

    pub(super) fn held(&self) -> Edge {
        held(&self.edge)
    }
}

/// Stands in the place of a 🛑 that the operation was paused for, because who put it there could not be looked up. The 🛑
/// itself stays open until they can be.
pub(super) fn held(edge: &Edge) -> Edge {
    Edge { emoji: held_emoji(&edge.emoji), ..edge.clone() }
}

pub(super) fn held_emoji(emoji: &str) -> String {
    format!("{emoji} held")
}

pub(super) fn stands_unverified(operation: &Operation) -> bool {
    matches!(operation.state, State::Pausing | State::Paused) && operation.why.id == "stop-unverified"
}

/// Whether an edge is done with: it took effect, or it never will as it stands. A 🛑 is open as long as what it was put on
/// could still go on.
pub(super) fn is_answered(control: Control, steered: &Result<Box<Operation>, Done>, now: Option<State>) -> bool {
    match steered {
        Err(Done::Denied(Denied { id, .. })) => *id != "cannot-verify",
        _ if control == Control::Stop => now.is_none_or(|state| state.has_ended() || state == State::Stopping),
        Ok(_) => true,
        Err(Done::Mistake(mistake)) => mistake.id == "not-possible-now",
        Err(_) => false,
    }
}

fn control_of(emoji: &str) -> Option<Asking> {
    let control = CONTROLS.into_iter().find(|control| plain(control) == emoji)?;
    Some(match control {
        STOP => Asking::Control(Control::Stop),
        PAUSE => Asking::Control(Control::Pause),
        RESUME => Asking::Control(Control::Resume),
        _ => Asking::Rollback,
    })
}

/// Whether an emoji without variation selectors is one of the controls.
pub(in crate::chat) fn is_control(emoji: &str) -> bool {
    control_of(emoji).is_some()
}

/// Without variation selectors.
pub(in crate::chat) fn plain(emoji: &str) -> String {
    emoji.chars().filter(|character| *character != '\u{fe0f}').collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use interlock::facts::Facts;
    use interlock::plan::Mistake;

    #[test]
    fn each_control_is_known_with_and_without_the_sign_for_a_picture() {
        for (emoji, asking) in [
            ("🛑", Asking::Control(Control::Stop)),
            ("⏸️", Asking::Control(Control::Pause)),
            ("⏸", Asking::Control(Control::Pause)),
            ("▶️", Asking::Control(Control::Resume)),
            ("↩", Asking::Rollback),
        ] {
            assert!(control_of(&plain(emoji)) == Some(asking), "{emoji}");
        }
        assert!(control_of("✅").is_none());
        assert!(control_of("").is_none());
    }

    const RUNS: Option<State> = Some(State::Running);

    fn denied(id: &'static str) -> Result<Box<Operation>, Done> {
        Err(Done::Denied(Denied { id, needs: None }))
    }

    fn not_now() -> Result<Box<Operation>, Done> {
        Err(Done::Mistake(Mistake::new("not-possible-now", Facts::none())))
    }

    #[test]
    fn what_failed_can_be_asked_again_and_what_was_answered_cannot() {
        let unread = || Err(Done::Failed { id: "chat-unreachable".to_owned(), said: String::new() });
        for control in [Control::Pause, Control::Stop] {
            assert!(is_answered(control, &denied("no-role"), RUNS));
            assert!(!is_answered(control, &denied("cannot-verify"), RUNS));
            assert!(!is_answered(control, &Err(Done::Bug), RUNS));
            assert!(!is_answered(control, &unread(), RUNS));
        }
        assert!(is_answered(Control::Pause, &not_now(), RUNS));
    }

    #[test]
    fn a_stop_is_open_until_what_it_was_put_on_cannot_go_on() {
        for state in State::ALL.iter().copied() {
            let ends = state.has_ended() || state == State::Stopping;
            assert_eq!(is_answered(Control::Stop, &not_now(), Some(state)), ends, "{state}");
        }
        assert!(is_answered(Control::Stop, &not_now(), None), "it is gone");
    }
}
