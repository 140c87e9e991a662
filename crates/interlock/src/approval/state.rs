//! The life of an operation: the whole transition table, as data.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! keyed {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $key)] $variant,)* }

        impl $name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stored key, also the key of its sentences.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self { $(Self::$variant => $key,)* }
            }

            /// The one of this key.
            #[must_use]
            pub fn from_key(key: &str) -> Option<Self> {
                match key { $($key => Some(Self::$variant),)* _ => None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.key())
            }
        }
    };
}

keyed! {
    /// Where an operation stands.
    State {
        /// A plan is posted; people vote.
        AwaitingApproval = "awaiting-approval",
        /// Approved; waits for its holds or for a worker.
        Queued = "queued",
        /// A worker carries it out.
        Running = "running",
        /// A step waits for a condition; nothing is being changed.
        Waiting = "waiting",
        /// Asked to pause; goes on to the next safe point.
        Pausing = "pausing",
        /// Stands at a safe point until somebody resumes it.
        Paused = "paused",
        /// Asked to stop; goes on to the next safe point and puts back what was for the run only.
        Stopping = "stopping",
        /// Ended before its last step, at a safe point.
        Stopped = "stopped",
        /// Every step done and verified.
        Succeeded = "succeeded",
        /// It may not go on, and something was changed: by the steps before, or by a part of the step it stands at.
        Failed = "failed",
        /// What is true of the cluster is not what anybody planned; a person must decide.
        Stuck = "stuck",
        /// Vetoed.
        Rejected = "rejected",
        /// Not approved in time.
        Expired = "expired",
        /// Taken back by the requester.
        Cancelled = "cancelled",
        /// Re-planning found a check that forbids it.
        Refused = "refused",
        /// Given up by two people with `/unlock`.
        Abandoned = "abandoned",
    }
}

keyed! {
    /// What happens to an operation.
    Event {
        /// Enough seats are filled.
        Approve = "approve",
        /// A veto that counts.
        Veto = "veto",
        /// The requester takes it back.
        Cancel = "cancel",
        /// Its time is over.
        Expire = "expire",
        /// A vote was withdrawn, a policy became stricter or the plan is stale: a new revision asks again.
        AskAgain = "ask-again",
        /// Re-planning was refused.
        Refuse = "refuse",
        /// Its holds are taken and the start is journalled.
        Start = "start",
        /// A step begins to wait.
        Wait = "wait",
        /// What it waited for is there.
        Wake = "wake",
        /// Somebody, or a guard, asks for a pause.
        Pause = "pause",
        /// A safe point is reached.
        SafePoint = "safe-point",
        /// Somebody with the right lets it go on.
        Resume = "resume",
        /// Somebody asks it to stop.
        Stop = "stop",
        /// The last step is done and verified.
        Finish = "finish",
        /// It may not go on, and something was changed before.
        Fail = "fail",
        /// The world is neither as before nor as planned.
        Lose = "lose",
        /// Two people give it up.
        Abandon = "abandon",
    }
}

/// The event is not possible in the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{event} is not possible while {state}")]
pub struct Illegal {
    /// The state.
    pub state: State,
    /// The event.
    pub event: Event,
}

/// Every transition there is. What is not here is illegal.
pub const TABLE: &[(State, Event, State)] = &[
    (State::AwaitingApproval, Event::Approve, State::Queued),
    (State::AwaitingApproval, Event::Veto, State::Rejected),
    (State::AwaitingApproval, Event::Cancel, State::Cancelled),
    (State::AwaitingApproval, Event::Expire, State::Expired),
    (State::AwaitingApproval, Event::AskAgain, State::AwaitingApproval),
    (State::AwaitingApproval, Event::Refuse, State::Refused),
    (State::Queued, Event::Start, State::Running),
    (State::Queued, Event::AskAgain, State::AwaitingApproval),
    (State::Queued, Event::Refuse, State::Refused),
    (State::Queued, Event::Veto, State::Rejected),
    (State::Queued, Event::Cancel, State::Cancelled),
    (State::Queued, Event::Expire, State::Expired),
    (State::Running, Event::Wait, State::Waiting),
    (State::Running, Event::Pause, State::Pausing),
    (State::Running, Event::Stop, State::Stopping),
    (State::Running, Event::Finish, State::Succeeded),
    (State::Running, Event::Fail, State::Failed),
    (State::Running, Event::Lose, State::Stuck),
    (State::Waiting, Event::Wake, State::Running),
    (State::Waiting, Event::Pause, State::Pausing),
    (State::Waiting, Event::Stop, State::Stopping),
    (State::Waiting, Event::Fail, State::Failed),
    (State::Waiting, Event::Lose, State::Stuck),
    (State::Pausing, Event::SafePoint, State::Paused),
    (State::Pausing, Event::Resume, State::Running),
    (State::Pausing, Event::Stop, State::Stopping),
    (State::Pausing, Event::Lose, State::Stuck),
    (State::Paused, Event::Resume, State::Running),
    (State::Paused, Event::Stop, State::Stopping),
    (State::Stopping, Event::SafePoint, State::Stopped),
    (State::Stopping, Event::Fail, State::Failed),
    (State::Stopping, Event::Lose, State::Stuck),
    (State::Failed, Event::Abandon, State::Abandoned),
    (State::Stuck, Event::Abandon, State::Abandoned),
];

/// What becomes of holds that a way back took over from the operation it takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TakenOver {
    /// They are not taken over yet, or no more.
    None,
    /// The way back has them.
    Kept,
    /// They go back to the operation it takes back, if that one keeps holds.
    HandedBack,
    /// They end: what they guarded is as before, or people gave it up.
    Released,
}

/// The state after an event.
///
/// # Errors
/// If the table has no such transition.
pub fn next(state: State, event: Event) -> Result<State, Illegal> {
    TABLE
        .iter()
        .find(|(from, on, _)| *from == state && *on == event)
        .map(|(_, _, to)| *to)
        .ok_or(Illegal { state, event })
}

impl State {
    /// Whether a worker has something to do: queued, running, waiting, or on the way to a safe point.
    #[must_use]
    pub fn is_workable(self) -> bool {
        matches!(self, Self::Queued | Self::Running | Self::Waiting | Self::Pausing | Self::Stopping)
    }

    /// Whether it was started and has not ended.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Running | Self::Waiting | Self::Pausing | Self::Paused | Self::Stopping)
    }

    /// Whether its throttle may be turned: it goes on, or may go on again.
    #[must_use]
    pub fn takes_a_throttle(self) -> bool {
        self.is_under_way() && self != Self::Stopping
    }

    /// Whether votes are taken.
    #[must_use]
    pub fn is_open_to_votes(self) -> bool {
        matches!(self, Self::AwaitingApproval | Self::Queued)
    }

    /// Whether nothing follows by itself.
    #[must_use]
    pub fn has_ended(self) -> bool {
        !self.is_workable() && !matches!(self, Self::AwaitingApproval | Self::Paused)
    }

    /// Whether holds are kept. Failed and stuck keep them until a rollback takes them over or `/unlock` gives them up.
    #[must_use]
    pub fn keeps_holds(self) -> bool {
        self.is_under_way() || matches!(self, Self::Failed | Self::Stuck)
    }

    /// What becomes of the holds that a way back took over. It stopped half way: what it wanted to take back is still as it
    /// was left, and nobody else may come between until people have decided.
    #[must_use]
    pub fn taken_over(self) -> TakenOver {
        match self {
            Self::Running | Self::Waiting | Self::Pausing | Self::Paused | Self::Stopping => TakenOver::Kept,
            Self::Failed | Self::Stuck => TakenOver::Kept,
            Self::Stopped => TakenOver::HandedBack,
            Self::Succeeded | Self::Abandoned => TakenOver::Released,
            Self::AwaitingApproval | Self::Queued => TakenOver::None,
            Self::Rejected | Self::Expired | Self::Cancelled | Self::Refused => TakenOver::None,
        }
    }

    /// Whether it stands in the line for what it wants to hold: approved, and not started yet.
    #[must_use]
    pub fn stands_in_line(self) -> bool {
        self == Self::Queued
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_pair_has_one_outcome_at_most() {
        let mut pairs = BTreeSet::new();
        for (from, on, _) in TABLE {
            assert!(pairs.insert((*from, *on)), "{from} on {on} stands twice");
        }
    }

    #[test]
    fn every_pair_outside_of_the_table_is_illegal() {
        let pairs = State::ALL.iter().flat_map(|state| Event::ALL.iter().map(move |event| (*state, *event)));
        let legal = pairs.filter(|(state, event)| next(*state, *event).is_ok()).count();
        assert_eq!(legal, TABLE.len());
    }

    #[test]
    fn what_has_ended_only_can_be_abandoned() {
        for (from, on, _) in TABLE.iter().filter(|(from, ..)| from.has_ended()) {
            assert!(matches!((from, on), (State::Failed | State::Stuck, Event::Abandon)), "{from} on {on}");
        }
    }

    #[test]
    fn a_veto_ends_only_what_has_not_begun() {
        for (from, _, to) in TABLE.iter().filter(|(_, on, _)| *on == Event::Veto) {
            assert!(from.is_open_to_votes() && *to == State::Rejected);
        }
    }

    #[test]
    fn what_is_taken_over_is_kept_as_long_as_holds_are() {
        for state in State::ALL {
            assert_eq!(state.taken_over() == TakenOver::Kept, state.keeps_holds(), "{state}");
        }
    }

    #[test]
    fn every_state_can_be_reached() {
        let reached: BTreeSet<State> = TABLE.iter().map(|(_, _, to)| *to).chain([State::AwaitingApproval]).collect();
        assert_eq!(reached, State::ALL.iter().copied().collect());
    }

    #[test]
    fn keys_read_back() {
        for state in State::ALL {
            assert_eq!(State::from_key(state.key()), Some(*state));
        }
        for event in Event::ALL {
            assert_eq!(Event::from_key(event.key()), Some(*event));
        }
    }
}
