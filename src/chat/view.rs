//! What a card shows of an operation, gathered from the store.

use crate::desk::Rooms;
use crate::store::StoreError;
use crate::text::{CardView, Mention, Newer, Progress};
use engine::port::{Journal, JournalError};
use engine::{History, Operation};
use interlock::approval::{State, Tally};
use interlock::id::{OperationId, PersonId};
use interlock::plan::{Sealed, Seat, Work};
use interlock::policy::Grantee;
use interlock::principal::Account;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that a card of an operation is made of.
pub(super) struct Gathered {
    pub(super) operation: Operation,
    pub(super) plan: Sealed,
    tally: Tally,
    seats: Vec<Seat>,
    names: BTreeMap<PersonId, String>,
    progress: Option<Progress>,
    history: History,
    mentions: Vec<Mention>,
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
        let mentions = owners(rooms, &plan);
        Ok(Self { operation, plan, tally, seats, names: BTreeMap::new(), progress, history, mentions })
    }

    /// The view for a card; `calling` says whether it calls the owners.
    pub(super) fn view<'a>(&'a self, rooms: &Rooms, newer: Option<Newer<'a>>, calling: bool) -> CardView<'a> {
        CardView {
            plan: &self.plan,
            state: self.operation.state,
            why: &self.operation.why,
            tally: &self.tally,
            seats: &self.seats,
            names: &self.names,
            progress: self.progress,
            history: &self.history,
            expires_at: self.operation.expires_at,
            newer,
            mentions: if calling { &self.mentions } else { &[] },
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

/// The owners of what a plan affects, as the chat can call them.
fn owners(rooms: &Rooms, plan: &Sealed) -> Vec<Mention> {
    let mut mentions: BTreeSet<Mention> = BTreeSet::new();
    for owner in rooms.owners(plan.plan()) {
        match owner {
            Grantee::ChatRole(role) => {
                mentions.insert(Mention::Role(role.0));
            }
            Grantee::Account(account) => mentions.extend(user(account)),
            Grantee::Person(person) => mentions.extend(rooms.policy.people.accounts(&person).filter_map(user)),
        }
    }
    mentions.into_iter().collect()
}

fn user(account: Account) -> Option<Mention> {
    match account {
        Account::Discord(id) => Some(Mention::User(id)),
        Account::System(_) | Account::Persona(_) => None,
    }
}
