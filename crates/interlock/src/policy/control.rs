//! Who may act on an operation that is there.

use super::ballot::Voter;
use super::role::Role;
use super::rules::{Denied, Policy, names_of};
use crate::id::PersonId;
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
}

/// An operation, as far as rights depend on it.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// Its plan.
    pub plan: &'a Plan,
    /// Counts its plans.
    pub revision: u32,
    /// When it ended, if it has.
    pub ended_at: Option<Millis>,
    /// Whether a guard paused it, rather than a person.
    pub paused_by_guard: bool,
    /// Whether the way back only returns to saved values and its expectations hold.
    pub returns_only: bool,
    /// The first half of an `/unlock`.
    pub unlock: Option<&'a FirstUnlock>,
    /// The present.
    pub now: Millis,
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
    /// Do it.
    Now,
    /// The right to stop could not be verified: pause, and say so.
    PauseOnly,
    /// Take it back with this person's confirmation alone.
    Alone,
    /// Post the way back; ordinary seats decide.
    WithSeats,
    /// Note it, and wait for a second person.
    SecondNeeded,
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
            Control::Rollback => self.may_take_back(who, standing),
            Control::Unlock => self.may_unlock(who, standing),
            Control::Cancel if self.asked_for(standing.plan, who) => Ok(Right::Now),
            Control::Cancel => Err(Denied::because("not-yours")),
        }
    }

    fn may_make_safe(&self, who: &Principal, plan: &Plan) -> Result<Right, Denied> {
        if self.operates(who, plan) || !self.could_fill(who, plan).is_empty() {
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

    fn may_take_back(&self, who: &Principal, standing: &Standing<'_>) -> Result<Right, Denied> {
        self.operator(who, standing.plan)?;
        let in_window = standing.ended_at.is_some_and(|ended| standing.now.since(ended) <= UNDO_WINDOW);
        let on_call = self.has(who, Role::OnCall, (&standing.plan.cluster, &names_of(standing.plan)));
        let trusted = on_call || self.asked_for(standing.plan, who);
        if in_window && trusted && standing.returns_only { Ok(Right::Alone) } else { Ok(Right::WithSeats) }
    }

    fn may_unlock(&self, who: &Principal, standing: &Standing<'_>) -> Result<Right, Denied> {
        self.operator(who, standing.plan)?;
        match standing.unlock.filter(|first| first.stands(standing.revision, standing.now)) {
            Some(first) if first.person != who.person => Ok(Right::Now),
            _ => Ok(Right::SecondNeeded),
        }
    }
}
