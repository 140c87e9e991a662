//! What people do. A script looks at what is there before each step, so that the next process takes up where one died.

use super::ground::CHANNEL;
use crate::people;
use engine::Operation;
use engine::port::{Journal, Observe};
use interlock::approval::State;
use interlock::cluster::kafka::{Controllers, KafkaQuery};
use interlock::cluster::{Look, Looker, Query};
use interlock::id::OperationId;
use interlock::principal::Place;
use signalbox::desk::Done;
use signalbox::house::House;
use signalbox::store::{Filter, Page};
use simulated::SimulatedKafka;
use std::collections::BTreeSet;
use std::time::Duration;

/// A change that is asked for, approved, carried out, and perhaps taken back.
#[derive(Debug, Clone)]
pub struct Script {
    /// What alice types.
    pub line: String,
    /// Whether she takes it back at the end.
    pub back: bool,
    /// Whether olga breaks its glass before anybody votes.
    pub by_glass: bool,
    /// What happens while replicas move; that it does is its opening.
    pub meanwhile: Option<Meanwhile>,
}

/// What happens while replicas move onto broker 4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meanwhile {
    /// The broker dies; alice stops the move, and the broker returns after the end.
    Dies,
    /// She types this of the operation, such as `/throttle rate:1MiB`; what is paused then she lets go on.
    Typed(&'static str),
}

/// How long people have patience: turns of two seconds.
#[derive(Debug, Clone, Copy)]
pub struct Turns(pub u32);

const TURN: Duration = Duration::from_secs(2);
/// After so many turns a script has lost its patience with the house.
const MOST_TURNS: u32 = 400;
/// Who tries to approve, in this order.
const VOTERS: [&str; 4] = ["alice", "bob", "carol", "dora"];

/// Somebody types a command in the channel.
///
/// # Panics
/// If the line cannot be taken apart.
pub async fn ask(house: &House, who: &str, line: &str) -> Done {
    let (guild, channel) = CHANNEL;
    let incoming = people::typed(house.rooms(), who, line, Place::Discord { guild, channel, thread: None });
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
        turn(house, id).await;
    }
    // What is due a little later is told, too.
    for _ in 0..4 {
        deliver(house).await;
        house.rooms().clock.sleep(TURN).await;
    }
    read(house, id).await
}

async fn turn(house: &House, id: &OperationId) {
    deliver(house).await;
    let operation = read(house, id).await;
    if operation.state == State::AwaitingApproval {
        vote(house, &operation).await;
    }
    house.engine().work().await.expect("the store answers");
    deliver(house).await;
    house.rooms().clock.sleep(TURN).await;
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
            ask(house, who, &people::approval_of(house.rooms(), &now).await).await;
        }
    }
}

impl Script {
    /// Asks for this and leaves it.
    #[must_use]
    pub fn of(line: &str) -> Self {
        Self { line: line.to_owned(), back: false, by_glass: false, meanwhile: None }
    }

    /// And takes it back.
    #[must_use]
    pub fn and_back(mut self) -> Self {
        self.back = true;
        self
    }

    /// And olga breaks its glass before anybody votes.
    #[must_use]
    pub fn by_glass(mut self) -> Self {
        self.by_glass = true;
        self
    }

    /// And broker 4 dies meanwhile.
    #[must_use]
    pub fn and_dies(mut self) -> Self {
        self.meanwhile = Some(Meanwhile::Dies);
        self
    }

    /// And alice types this of it meanwhile.
    #[must_use]
    pub fn and_types(mut self, line: &'static str) -> Self {
        self.meanwhile = Some(Meanwhile::Typed(line));
        self
    }

    /// Plays it to the end, from wherever it is.
    ///
    /// # Panics
    /// If what is typed makes no plan, or the store or the cluster fails.
    pub async fn play(&self, house: &House, kafka: &SimulatedKafka) {
        let first = self.first(house).await;
        let dies = self.meanwhile == Some(Meanwhile::Dies);
        if dies && dies_under_way(house, kafka, &first).await {
            ask(house, "alice", &format!("/stop operation:{first} reason:dead")).await;
        }
        let seen = act_on(house, &first, Turns(MOST_TURNS)).await;
        if dies {
            returns(house, kafka, &first).await;
        } else if seen.state == State::Paused {
            ask(house, "alice", &format!("/resume operation:{first}")).await;
            act_on(house, &first, Turns(MOST_TURNS)).await;
        }
        if !self.back {
            return;
        }
        let back = match find(house, Some(&first)).await {
            Some(id) => id,
            None => plans(house, &format!("/rollback operation:{first}")).await,
        };
        act_on(house, &back, Turns(MOST_TURNS)).await;
    }

    /// Plays the first part of it: to the end of what is asked for first, or until something happens meanwhile.
    ///
    /// # Panics
    /// As [`Script::play`].
    pub async fn opens(&self, house: &House, kafka: &SimulatedKafka) {
        let first = self.first(house).await;
        match self.meanwhile {
            Some(Meanwhile::Dies) => {
                assert!(dies_under_way(house, kafka, &first).await, "replicas move, and the broker is dead");
            }
            Some(Meanwhile::Typed(line)) => {
                assert!(under_way(house, &first).await, "replicas move");
                ask(house, "alice", &format!("{line} operation:{first}")).await;
            }
            None => {
                act_on(house, &first, Turns(MOST_TURNS)).await;
            }
        }
    }

    async fn first(&self, house: &House) -> OperationId {
        let id = match find(house, None).await {
            Some(id) => id,
            None => plans(house, &self.line).await,
        };
        if self.by_glass {
            break_glass(house, &id).await;
        }
        id
    }
}

/// Once its card is there, olga breaks the glass.
async fn break_glass(house: &House, id: &OperationId) {
    deliver(house).await;
    let operation = read(house, id).await;
    if operation.state != State::AwaitingApproval {
        return;
    }
    let plan = house.rooms().store.plan(&operation).await.expect("the plan");
    let (digest, name) = (plan.digest(), plan.plan().name_to_repeat());
    ask(house, "olga", &format!("/break-glass operation:{id} digest:{digest} reason:urgent confirm:{name}")).await;
}

/// The broker that replicas move onto.
const TARGET: i32 = 4;

/// Until replicas move, then the target dies; whether they still move.
async fn dies_under_way(house: &House, kafka: &SimulatedKafka, id: &OperationId) -> bool {
    kafka.set_controllers(Controllers::NotGiven).expect("the cluster's file");
    if !under_way(house, id).await {
        return false;
    }
    if is_alive(kafka).await {
        kafka.kill_broker(TARGET).expect("a broker");
    }
    while is_alive(kafka).await {
        house.rooms().clock.sleep(TURN).await;
    }
    true
}

/// Until replicas move; whether they do.
async fn under_way(house: &House, id: &OperationId) -> bool {
    for _ in 0..MOST_TURNS {
        if !matches!(read(house, id).await.state, State::AwaitingApproval | State::Queued | State::Running) {
            break;
        }
        turn(house, id).await;
    }
    read(house, id).await.state == State::Waiting
}

/// Once it has ended the target returns, and is found.
async fn returns(house: &House, kafka: &SimulatedKafka, id: &OperationId) {
    if !is_alive(kafka).await {
        kafka.start_broker(TARGET).expect("a broker");
    }
    for _ in 0..MOST_TURNS {
        if !read(house, id).await.owes() {
            break;
        }
        turn(house, id).await;
    }
    deliver(house).await;
}

async fn is_alive(kafka: &SimulatedKafka) -> bool {
    let sections = kafka.observe(&BTreeSet::from([Query::Kafka(KafkaQuery::Cluster)])).await;
    match Looker::new(&sections).kafka_cluster() {
        Look::Seen(cluster) => cluster.brokers.iter().any(|broker| broker.id == TARGET),
        _ => panic!("the cluster does not answer"),
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
