//! What a card shows of an operation, gathered from the store.

use crate::desk::Rooms;
use crate::store::StoreError;
use crate::text::{CardView, Mention, Newer, Owners, Progress};
use engine::port::{Heard, Journal, JournalError};
use engine::{Called, History, Notice, Operation};
use interlock::approval::{BrokenGlass, NotCounted, State, Tally, Uncounted};
use interlock::freeze::Freeze;
use interlock::id::{OperationId, PersonId};
use interlock::plan::{Digest, Sealed, Seat, Work};
use interlock::policy::Grantee;
use interlock::principal::Account;
use std::collections::BTreeSet;

/// Everything that a card of an operation is made of.
pub(super) struct Gathered {
    pub(super) operation: Operation,
    pub(super) plan: Sealed,
    tally: Tally,
    seats: Vec<Seat>,
    progress: Option<Progress>,
    history: History,
    owners: Owners,
    vetoed_because: Vec<(PersonId, String)>,
    frozen: Option<Freeze>,
    glass: Option<BrokenGlass>,
    behind: Option<OperationId>,
}

/// Why nothing could be gathered.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotGathered {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("there is no such operation")]
    Gone,
    /// The stored plan is not the one that was approved.
    #[error("the stored plan cannot be read")]
    Altered(Box<Operation>),
}

impl Gathered {
    /// Reads an operation as it is now.
    pub(super) async fn read(rooms: &Rooms, id: &OperationId) -> Result<Self, NotGathered> {
        let operation = rooms.store.operation(id).await?.ok_or(NotGathered::Gone)?;
        let plan = match rooms.store.plan(&operation).await {
            Err(JournalError::Damaged(_)) => return Err(NotGathered::Altered(Box::new(operation))),
            plan => plan?,
        };
        let history = History::read(&rooms.store.entries(id).await?);
        let (tally, seats) = rooms.stands_lately(&operation, &plan, &history).await?;
        let progress = progress(&operation, &plan, &history);
        let owners = told(rooms, &plan, &operation.id, &history).await?;
        let vetoed_because = match operation.state {
            State::Rejected => rooms.store.veto_reasons(&operation.id, plan.digest()).await?,
            _ => Vec::new(),
        };
        let frozen = if operation.state.is_open_to_votes() {
            let all = rooms.store.freezes(rooms.clock.now()).await?;
            rooms.frozen_by(plan.plan(), &all).cloned()
        } else {
            None
        };
        let glass = rooms.store.broken_glass(id).await?.pop();
        let behind = match operation.state {
            State::Queued if tally.skipped_by().is_some() => rooms.waits_for(plan.plan()).await?,
            _ => None,
        };
        Ok(Self { operation, plan, tally, seats, progress, history, owners, vetoed_because, frozen, glass, behind })
    }

    /// Whether this revision is the one that counts, and somebody's approval would still bring it further.
    pub(super) fn waits_for_somebody(&self, revision: u32) -> bool {
        let waits = self.operation.state == State::AwaitingApproval && self.operation.revision == revision;
        waits && !self.tally.free.is_empty()
    }

    /// Why no approval of somebody counts now, while people vote on the plan of this digest: for nothing, or because they cannot be
    /// looked up. None where one may.
    pub(super) fn why_unheard(&self, person: &PersonId, digest: Digest) -> Option<NotCounted> {
        if self.operation.state != State::AwaitingApproval || self.plan.digest() != digest {
            return None;
        }
        let unknown = Uncounted { person: person.clone(), why: NotCounted::CannotVerify };
        let cannot_verify = self.tally.uncounted.contains(&unknown).then_some(unknown.why);
        self.tally.unheard().get(person).copied().or(cannot_verify)
    }

    /// Whom a notice calls by name: the owners, who was skipped, those who can still fill an empty seat, or, where an
    /// alert says so, who asked for it.
    pub(super) fn called_by(&self, told: &Notice, rooms: &Rooms) -> Vec<Mention> {
        let plan = self.plan.plan();
        let all = match told {
            Notice::OwnersBefore | Notice::OwnersAfter => rooms.owners(plan),
            Notice::GlassBroken { skipped, .. } => skipped.iter().cloned().collect(),
            Notice::Reminder { .. } => rooms.policy.still_wanted(plan, &self.tally),
            Notice::Alert { calls: Called::Requesters, .. } => {
                plan.requesters.iter().map(|one| Grantee::Account(one.account)).collect()
            }
            _ => BTreeSet::new(),
        };
        let called: BTreeSet<Mention> = all.iter().flat_map(|one| called(rooms, one)).collect();
        called.into_iter().collect()
    }

    /// The view for a card that calls these.
    pub(super) fn view<'a>(&'a self, rooms: &Rooms, newer: Option<Newer<'a>>, mentions: &'a [Mention]) -> CardView<'a> {
        CardView {
            plan: &self.plan,
            state: self.operation.state,
            why: &self.operation.why,
            tally: &self.tally,
            seats: &self.seats,
            progress: self.progress,
            owed: &self.operation.memory.owed,
            history: &self.history,
            expires_at: self.operation.expires_at,
            newer,
            owners: self.owners,
            vetoed_because: &self.vetoed_because,
            frozen: self.frozen.as_ref(),
            glass: self.glass.as_ref(),
            behind: self.behind.as_ref(),
            mentions,
            locale: rooms.times.language(&self.operation.place),
        }
    }
}

fn progress(operation: &Operation, plan: &Sealed, history: &History) -> Option<Progress> {
    if !operation.state.is_under_way() && operation.state != State::Failed && operation.state != State::Stuck {
        return None;
    }
    let step = plan.plan().steps.iter().find(|step| !history.done.contains(&step.number))?;
    let total = match &step.work {
        Work::Act(action) => action.size(),
        Work::Rule(_) | Work::Wait(_) | Work::Capture(_) => 0,
    };
    Some(Progress { step: step.number, done: 0, total })
}

/// How many of the owners have been called. Whom the chat cannot call is never told. Where there is no place to call anybody,
/// a check of the plan has said so.
async fn told(rooms: &Rooms, plan: &Sealed, id: &OperationId, history: &History) -> Result<Owners, JournalError> {
    if rooms.owners_place(plan.plan()).is_none() {
        return Ok(Owners::default());
    }
    let owners = rooms.owners(plan.plan());
    let all = owners.len();
    if all == 0 || history.started.is_none() {
        return Ok(Owners { all, told: None });
    }
    let told = match rooms.store.owners_heard(id).await? {
        Heard::Told => owners.iter().filter(|owner| rooms.can_be_called(owner)).count(),
        Heard::NotYet { .. } | Heard::Failed(_) => 0,
    };
    Ok(Owners { all, told: Some(told) })
}

/// Somebody as a message of the chat names them; nobody where it cannot.
fn called(rooms: &Rooms, one: &Grantee) -> Vec<Mention> {
    match one {
        Grantee::ChatRole(role) => vec![Mention::Role(role.0)],
        Grantee::Account(account) => user(*account).into_iter().collect(),
        Grantee::Person(person) => rooms.policy.people.accounts(person).filter_map(user).collect(),
    }
}

fn user(account: Account) -> Option<Mention> {
    match account {
        Account::Discord(id) => Some(Mention::User(id)),
        Account::System(_) | Account::Persona(_) => None,
    }
}
