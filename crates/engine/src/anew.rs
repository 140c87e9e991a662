//! A plan that is no longer the right one, that somebody changes, or whose card is not what was sent: made anew, and asked for
//! anew.

use crate::change::Move;
use crate::inner::Inner;
use crate::notice::{Notice, Seeded, alert, milestone};
use crate::operation::{Operation, Revision, Transitioned};
use crate::port::{JournalError, Replanned};
use crate::record::Actor;
use crate::worker::Engine;
use interlock::approval::Event;
use interlock::changes::HELD;
use interlock::facts::Facts;
use interlock::id::{PersonId, RequestId};
use interlock::plan::{Check, Sealed};
use interlock::principal::Account;

/// How often a change is written again because the operation went on in the same moment.
const MOST_RACES: usize = 8;

/// Somebody changes a plan.
#[derive(Debug, Clone)]
pub struct Changed {
    /// The plan that takes the place of the one that counts.
    pub plan: Sealed,
    /// The command as it was typed for it, as one line.
    pub typed: String,
    /// Who, and by which account.
    pub person: PersonId,
    /// See [`Changed::person`].
    pub account: Account,
    /// The request.
    pub request: RequestId,
}

/// What comes of planning anew.
pub(crate) enum Anew {
    /// It is asked for again. The worker's token is for who writes it.
    Ask(Box<Revision>),
    /// It cannot go on.
    Refuse(Box<Move>),
    /// That cannot be told now: the key of a sentence about what it waits for.
    Later(&'static str),
}

/// How it is told that a plan is asked for again.
pub(crate) type Tell = fn(&str, Facts) -> Notice;

impl Inner {
    pub(crate) async fn anew(&self, operation: &Operation, plan: &Sealed, because: (&str, Facts), tell: Tell) -> Anew {
        let (id, facts) = because;
        if operation.replanned >= self.pace.replans {
            let refuse = Move::new(Event::Refuse).because("replanned-too-often", facts.clone());
            return Anew::Refuse(Box::new(refuse.telling(alert("replanned-too-often", facts))));
        }
        match self.ports.planner.plan_again(operation, plan).await {
            Replanned::Plan(new) => {
                let wanted = Move::new(Event::AskAgain).because(id, facts.clone());
                let told = tell(&format!("stale-{id}"), facts);
                Anew::Ask(Box::new(self.revision(operation, *new, (wanted, told))))
            }
            Replanned::Refused(checks) if is_only_busy(&checks) => Anew::Later("anew-held"),
            Replanned::Refused(checks) => {
                let blocks: Vec<String> =
                    checks.iter().filter(|check| check.blocks()).map(|check| check.id.clone()).collect();
                refuse(id, facts.with("checks", blocks))
            }
            Replanned::Mistake(mistake) => refuse(id, facts.with("mistake", mistake.id)),
            Replanned::Denied(denied) => refuse(denied, facts),
            Replanned::Later(id) => Anew::Later(id),
        }
    }

    /// A new plan in the place of the one that counts, told by its card; votes on it are asked for anew.
    fn revision(&self, operation: &Operation, plan: Sealed, (wanted, told): (Move, Notice)) -> Revision {
        let told =
            vec![told, Notice::PostCard { revision: plan.plan().revision }, Notice::Seed { reactions: Seeded::Votes }];
        let transition = wanted.telling(told).of(operation, self, Actor::Engine);
        Revision { transition, plan, typed: None, by_itself: true }
    }

    fn changed(&self, operation: &Operation, changed: &Changed) -> Revision {
        let facts = Facts::none().with("by", changed.person.as_str());
        let wanted = Move::new(Event::AskAgain).because("changed", facts.clone());
        let told = milestone("changed", facts);
        let mut revision = self.revision(operation, changed.plan.clone(), (wanted, told));
        for record in &mut revision.transition.records {
            record.actor = Actor::Person { account: changed.account, person: changed.person.clone() };
            record.request = Some(changed.request.clone());
            record.digest = Some(changed.plan.digest());
        }
        Revision { typed: Some(changed.typed.clone()), by_itself: false, ..revision }
    }
}

impl Engine {
    /// Puts a changed plan in the place of the one that counts, and asks for votes on it. What happened to the operation
    /// meanwhile does not matter as long as people still vote on the plan that was changed; else it is `Lost`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn change(&self, operation: &Operation, changed: &Changed) -> Result<Transitioned, JournalError> {
        let inner = self.inner();
        let mut now = operation.clone();
        for _ in 0..MOST_RACES {
            if now.digest != operation.digest || !now.state.is_open_to_votes() {
                break;
            }
            match inner.ports.journal.revise(&inner.changed(&now, changed)).await? {
                Transitioned::Lost => {}
                done => return Ok(done),
            }
            match inner.ports.journal.operation(&operation.id).await? {
                Some(found) => now = found,
                None => break,
            }
        }
        Ok(Transitioned::Lost)
    }
}

/// What another operation holds is waited for.
fn is_only_busy(checks: &[Check]) -> bool {
    checks.iter().filter(|check| check.blocks()).all(|check| check.id == HELD)
}

fn refuse(id: &str, facts: Facts) -> Anew {
    let refuse = Move::new(Event::Refuse).because(id, facts.clone());
    Anew::Refuse(Box::new(refuse.telling(alert("refused-anew", facts))))
}
