//! What people do. A script looks at what is there before each step, so that the next process takes up where one died.

use super::ground::CHANNEL;
use crate::people;
use engine::Operation;
use engine::port::Journal;
use interlock::approval::State;
use interlock::command::parse_line;
use interlock::id::OperationId;
use interlock::principal::{Place, Principal};
use signalbox::desk::{Done, Incoming};
use signalbox::house::House;
use signalbox::store::{Filter, Page};
use std::collections::BTreeSet;
use std::time::Duration;

/// A change that is asked for, approved, carried out, and perhaps taken back.
#[derive(Debug, Clone)]
pub struct Script {
    /// What alice types.
    pub line: String,
    /// Whether she takes it back at the end.
    pub back: bool,
}

/// How long people have patience: turns of two seconds.
#[derive(Debug, Clone, Copy)]
pub struct Turns(pub u32);

const TURN: Duration = Duration::from_secs(2);
/// Who tries to approve, in this order.
const VOTERS: [&str; 4] = ["alice", "bob", "carol", "dora"];

/// Somebody types a command in the channel.
///
/// # Panics
/// If the line cannot be taken apart.
pub async fn ask(house: &House, who: &str, line: &str) -> Done {
    let rooms = house.rooms();
    let parsed = parse_line(&rooms.catalogue, line).unwrap_or_else(|mistake| panic!("{line}: {mistake:?}"));
    let account = people::account(who);
    let person = rooms.policy.people.person(account);
    let (guild, channel) = CHANNEL;
    let incoming = Incoming {
        command: parsed.command,
        options: parsed.options,
        principal: Principal { account, person, chat_roles: BTreeSet::new() },
        place: Place::Discord { guild, channel, thread: None },
        locale: "en-US".to_owned(),
        at: rooms.clock.now(),
    };
    house.desk().handle(incoming).await.done
}

/// Lets the house work and people vote until an operation has ended, stands still, or nobody has patience any more. One
/// thing after the other: the engine, then the delivery, then two seconds pass.
///
/// # Panics
/// If the store fails.
pub async fn act_on(house: &House, id: &OperationId, turns: Turns) -> Operation {
    for _ in 0..turns.0 {
        deliver(house).await;
        let operation = read(house, id).await;
        if operation.state.has_ended() || operation.state == State::Paused {
            break;
        }
        if operation.state == State::AwaitingApproval {
            vote(house, &operation).await;
        }
        house.engine().work().await.expect("the store answers");
        deliver(house).await;
        house.rooms().clock.sleep(TURN).await;
    }
    // What is due a little later is told, too.
    for _ in 0..4 {
        deliver(house).await;
        house.rooms().clock.sleep(TURN).await;
    }
    read(house, id).await
}

async fn deliver(house: &House) {
    house.delivery().once().await.expect("the store answers");
}

async fn read(house: &House, id: &OperationId) -> Operation {
    house.rooms().store.operation(id).await.expect("the store answers").expect("it is there")
}

async fn vote(house: &House, operation: &Operation) {
    let store = &house.rooms().store;
    for who in VOTERS {
        let open = store.voting_open(&operation.id).await.expect("the store answers");
        let now = read(house, &operation.id).await;
        if open && now.state == State::AwaitingApproval {
            ask(house, who, &format!("/approve operation:{} digest:{}", operation.id, now.digest)).await;
        }
    }
}

impl Script {
    /// Asks for this and leaves it.
    #[must_use]
    pub fn of(line: &str) -> Self {
        Self { line: line.to_owned(), back: false }
    }

    /// And takes it back.
    #[must_use]
    pub fn and_back(mut self) -> Self {
        self.back = true;
        self
    }

    /// Plays it to the end, from wherever it is.
    ///
    /// # Panics
    /// If what is typed makes no plan, or the store fails.
    pub async fn play(&self, house: &House) {
        let first = match find(house, None).await {
            Some(id) => id,
            None => plans(house, &self.line).await,
        };
        act_on(house, &first, Turns(400)).await;
        if !self.back {
            return;
        }
        let back = match find(house, Some(&first)).await {
            Some(id) => id,
            None => plans(house, &format!("/rollback operation:{first}")).await,
        };
        act_on(house, &back, Turns(400)).await;
    }
}

async fn plans(house: &House, line: &str) -> OperationId {
    match ask(house, "alice", line).await {
        Done::Planned { operation, .. } => operation,
        other => panic!("{line}: {other:?}"),
    }
}

async fn find(house: &House, reverses: Option<&OperationId>) -> Option<OperationId> {
    let page = Page { before: None, limit: 50 };
    let all = house.rooms().store.operations(&Filter::default(), page).await.expect("the store answers");
    all.into_iter().find(|one| one.operation.reverses.as_ref() == reverses).map(|one| one.operation.id)
}
