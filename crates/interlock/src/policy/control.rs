//! Who may act on an operation that is there.

use super::ballot::Voter;
use super::role::Role;
use super::rules::{Denied, Policy};
use crate::id::{ClusterName, PersonId};
use crate::plan::Plan;
use crate::principal::Principal;
use crate::time::Millis;
use std::time::Duration;

/// How long after an operation's end it can be taken back without new approvals.
pub const UNDO_WINDOW: Duration = Duration::from_secs(24 * 3_600);
/// How long an `/unlock` waits for the second person.
pub const UNLOCK_WINDOW: Duration = Duration::from_secs(15 * 60);

/// An act on an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Control {
    /// Stop at the next safe point.
    Stop,
    /// Stand still at the next safe point.
    Pause,
    /// Go on.
    Resume,
    /// Take it back.
    Rollback,
    /// Give it up.
    Unlock,
    /// Withdraw the request before it starts.
    Cancel,
    /// Turn its throttle within the bounds of its plan.
    Throttle,
}

/// An operation, as far as rights depend on it.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// Its plan.
    pub plan: &'a Plan,
    /// Whether a guard paused it, rather than a person.
    pub paused_by_guard: bool,
}

/// The first of two `/unlock`s.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstUnlock {
    /// Who.
    pub person: PersonId,
    /// On which revision.
    pub revision: u32,
    /// When.
    pub at: Millis,
}

impl FirstUnlock {
    /// Until when a second person may repeat it.
    #[must_use]
    pub fn until(&self) -> Millis {
        self.at.plus(UNLOCK_WINDOW)
    }

    /// Whether it still stands: on the same revision, and in time.
    #[must_use]
    pub fn stands(&self, revision: u32, now: Millis) -> bool {
        self.revision == revision && now <= self.until()
    }
}

/// What a principal may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Ask for it. Who confirms a way back stands in its plan's seats; that `/unlock` takes two is kept where it is noted.
    Now,
    /// The right to stop could not be verified: pause, and say so.
    PauseOnly,
}

impl Policy {
    /// Whether somebody may act on an operation. Whether the act is possible in the operation's state is the transition
    /// table's question.
    ///
    /// # Errors
    /// If not, and why.
    pub fn may_control(&self, voter: Voter<'_>, control: Control, standing: &Standing<'_>) -> Result<Right, Denied> {
        let who = match (voter, control) {
            (Voter::Member(who), _) => who,
            (Voter::NotAMember, _) => return Err(Denied::because("not-a-member")),
            // Making safe does not wait for a chat that is down.
            (Voter::CannotVerify, Control::Stop | Control::Pause) => return Ok(Right::PauseOnly),
            (Voter::CannotVerify, _) => return Err(Denied::because("cannot-verify")),
        };
        match control {
            Control::Stop | Control::Pause => self.may_make_safe(who, standing.plan),
            Control::Resume => self.may_resume(who, standing),
            Control::Rollback | Control::Unlock | Control::Throttle => {
                self.operator(who, standing.plan).map(|()| Right::Now)
            }
            Control::Cancel if self.asked_for(standing.plan, who) => Ok(Right::Now),
            Control::Cancel => Err(Denied::because("not-yours")),
        }
    }

    fn may_make_safe(&self, who: &Principal, plan: &Plan) -> Result<Right, Denied> {
        if self.operates(who, plan) || self.has_a_seat(who, plan) {
            return Ok(Right::Now);
        }
        Err(Denied::without(Role::Operator))
    }

    fn operator(&self, who: &Principal, plan: &Plan) -> Result<(), Denied> {
        if self.operates(who, plan) { Ok(()) } else { Err(Denied::without(Role::Operator)) }
    }

    fn may_resume(&self, who: &Principal, standing: &Standing<'_>) -> Result<Right, Denied> {
        self.operator(who, standing.plan)?;
        if standing.paused_by_guard && self.asked_for(standing.plan, who) {
            return Err(Denied::because("another-person"));
        }
        Ok(Right::Now)
    }

    /// Whether somebody may give up an operation of a cluster whose plan cannot be read: what it concerns is not known then, so
    /// only whoever operates everything there.
    ///
    /// # Errors
    /// `no-role`.
    pub fn may_unlock_unread(&self, who: &Principal, cluster: &ClusterName) -> Result<(), Denied> {
        if self.has_whole(who, Role::Operator, cluster) { Ok(()) } else { Err(Denied::without(Role::Operator)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_unlock_stands_for_its_revision_and_for_a_quarter_of_an_hour() {
        let at = Millis(1_795_402_000_000);
        let first = FirstUnlock { person: "alice".parse().unwrap(), revision: 1, at };
        assert!(first.stands(1, at) && first.stands(1, at.plus(UNLOCK_WINDOW)));
        assert!(!first.stands(1, at.plus(UNLOCK_WINDOW + Duration::from_millis(1))));
        assert!(!first.stands(2, at), "another plan");
    }
}
