//! `/unlock`: two people give up what failed, is stuck, or is still owed.

use super::answer::Done;
use super::control::{changed_meanwhile, controlled, not_now};
use super::handle::{Ask, Desk, denied};
use super::operations::unknown;
use crate::store::{Unlock, UnlockAsked};
use engine::port::{Journal, JournalError};
use engine::{Actor, Notice, Operation, Transitioned};
use interlock::approval::{NotCounted, State};
use interlock::facts::Facts;
use interlock::id::PersonId;
use interlock::plan::{Mistake, Sealed};
use interlock::policy::{Control as Act, UNLOCK_WINDOW, Voter};
use interlock::principal::Principal;

impl Desk {
    /// The one way out of what is stuck; a plan that cannot be read must not close it.
    pub(super) async fn unlock(&self, ask: &Ask<'_>) -> Result<Done, Done> {
        let operation = &self.row_of(ask).await?;
        let plan = match self.rooms.store.plan(operation).await {
            Ok(plan) if self.sees(ask, plan.plan()) => Some(plan),
            Err(JournalError::Damaged(_)) if ask.sight.whole(&operation.cluster) => None,
            Ok(_) | Err(JournalError::Damaged(_)) => return Err(unknown(&operation.id)),
            Err(error) => return Err(error.into()),
        };
        let given_up = if matches!(operation.state, State::Failed | State::Stuck) {
            GivenUp::Operation
        } else if operation.owes() {
            GivenUp::Owed
        } else {
            return Err(not_now(operation));
        };
        let principal = &ask.request.principal;
        self.may_unlock(principal, (operation, plan.as_ref()))?;
        let reason = ask.arguments().text("reason").unwrap_or_default().to_owned();
        let asked = UnlockAsked {
            operation: operation.id.clone(),
            revision: operation.revision,
            person: principal.person.clone(),
            account: principal.account,
            request: ask.request.id.clone(),
            reason: reason.clone(),
            at: ask.request.asked_at,
            told: second_is_wanted(ask, operation, given_up),
        };
        let mut unlock = self.rooms.store.ask_unlock(&asked).await?;
        if let Unlock::Second { first, .. } = &unlock
            && !self.may_still_unlock(first, (operation, plan.as_ref())).await?
        {
            // That word counts for nothing any more, so this is the first one.
            self.rooms.store.unlock_lapsed(&operation.id, first).await?;
            unlock = self.rooms.store.ask_unlock(&asked).await?;
        }
        match unlock {
            Unlock::First { .. } => Ok(controlled(operation, given_up.first())),
            Unlock::Second { first, reason: first_reason } => {
                let facts = Facts::none()
                    .with("first", first.as_str())
                    .with("second", principal.person.as_str())
                    .with("reason", if first_reason.is_empty() { reason } else { first_reason });
                self.give_up(operation, given_up, (ask.actor(), facts)).await
            }
        }
    }

    fn may_unlock(&self, who: &Principal, of: (&Operation, Option<&Sealed>)) -> Result<(), Done> {
        match of {
            (operation, Some(plan)) => self.may(Voter::Member(who), Act::Unlock, (operation, plan)).map(drop),
            (operation, None) => self.rooms.policy.may_unlock_unread(who, &operation.cluster).map_err(denied),
        }
    }

    /// Whether who asked first has the right to it now, by any account.
    async fn may_still_unlock(&self, first: &PersonId, of: (&Operation, Option<&Sealed>)) -> Result<bool, Done> {
        let mut is_known = true;
        for account in self.rooms.policy.people.accounts_of(first) {
            match self.rooms.look_up(account).await {
                Ok(principal) if self.may_unlock(&principal, of).is_ok() => return Ok(true),
                Ok(_) | Err(NotCounted::NotAMember) => {}
                Err(_) => is_known = false,
            }
        }
        if is_known {
            return Ok(false);
        }
        Err(Done::Mistake(Mistake::new("first-not-verified", Facts::none().with("by", first.as_str()))))
    }

    async fn give_up(&self, operation: &Operation, what: GivenUp, by: (Actor, Facts)) -> Result<Done, Done> {
        let (actor, facts) = by;
        let given_up = match what {
            GivenUp::Owed => {
                self.engine.forgive(operation, actor, facts).await?.then(|| controlled(operation, "owed-given-up"))
            }
            GivenUp::Operation => match self.engine.abandon(operation, actor, facts).await? {
                Transitioned::Done(operation) if operation.owes() => Some(controlled(&operation, "unlocked-owes")),
                Transitioned::Done(operation) => Some(controlled(&operation, "unlocked")),
                _ => None,
            },
        };
        given_up.ok_or_else(|| changed_meanwhile(operation))
    }
}

/// What two people give up.
#[derive(Clone, Copy)]
enum GivenUp {
    /// An operation that failed or is stuck.
    Operation,
    /// What an operation that ended still owes.
    Owed,
}

impl GivenUp {
    fn first(self) -> &'static str {
        match self {
            Self::Operation => "unlock-first",
            Self::Owed => "owed-first",
        }
    }

    fn asked(self) -> &'static str {
        match self {
            Self::Operation => "unlock-asked",
            Self::Owed => "owed-unlock-asked",
        }
    }
}

/// What the thread hears of a first word: it takes a second person, and soon.
fn second_is_wanted(ask: &Ask<'_>, operation: &Operation, what: GivenUp) -> Notice {
    let facts = Facts::none()
        .with("by", ask.request.principal.person.as_str())
        .with("operation", operation.id.as_str())
        .with("until", ask.request.asked_at.plus(UNLOCK_WINDOW));
    let facts = match ask.arguments().text("reason") {
        Some(reason) => facts.with("reason", reason),
        None => facts,
    };
    Notice::Milestone { id: what.asked().to_owned(), facts }
}
