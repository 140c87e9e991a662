//! The engine's promises, on the simulated cluster, SQLite and a clock moved by hand.

mod ballots;
mod controls;
mod expiry;
mod frozen;
mod glass;
mod holds;
mod late;
mod line;
mod moved;
mod owed;
mod owing;
mod owners;
mod partly;
mod permits;
mod reminded;
mod replicas;
mod rules;
mod slots;
mod stricter;
mod turns;
mod unpaid;
mod waits;

use engine::Operation;
use engine::port::{Clock, Journal};
use interlock::approval::State;
use interlock::id::OperationId;
use signalbox::desk::Done;
use signalbox::house::House;
use simulated::{HandClock, SimulatedKafka};
use std::sync::Arc;
use std::time::Duration;
use story::crash::{Agenda, Deed, Ground, PaperChat, Points, Rules, Settled, ask};
use story::people::approval_of;

/// A reset of the group that is stopped.
const RESET: &str = "/reset-offset cluster:orders-kafka group:nightly-report to:earliest reason:replay";

/// Ground, and a clock on which things happen at their time.
struct Scene {
    ground: Ground,
    clock: Arc<Agenda>,
    kafka: SimulatedKafka,
}

impl Scene {
    fn new() -> Self {
        Self::on(Ground::new())
    }

    fn on(ground: Ground) -> Self {
        let clock = Arc::new(Agenda::on(HandClock::at(ground.start())));
        let kafka = ground.kafka(clock.clone());
        Self { ground, clock, kafka }
    }

    fn settled(&self) -> Settled {
        Settled::honest(self.clock.clone(), Points::none())
    }

    async fn house(&self) -> House {
        self.ground.house(self.settled()).await
    }

    async fn house_under(&self, rules: Rules) -> House {
        self.ground.house(self.settled().under(rules)).await
    }

    async fn passes(&self, span: Duration) {
        self.clock.sleep(span).await;
    }

    /// How often somebody was told this in the chat.
    fn told(&self, part: &str) -> usize {
        PaperChat::posted(&self.ground.chat_file()).iter().filter(|line| line.contains(part)).count()
    }
}

/// Time goes on, and the process with it, until so long after the beginning.
async fn lives_until(scene: &Scene, house: &House, until: Duration) {
    while scene.clock.now() < scene.ground.start().plus(until) {
        works(house).await;
        tells(house).await;
        scene.passes(Duration::from_secs(60)).await;
    }
    works(house).await;
}

/// A process ends and lets go of the store.
async fn ends(house: House) {
    house.rooms().store.close().await;
}

async fn plans(house: &House, line: &str) -> OperationId {
    let id = match ask(house, "alice", line).await {
        Done::Planned { operation, .. } => operation,
        other => panic!("{line}: {other:?}"),
    };
    tells(house).await;
    id
}

/// What is due is told: cards are posted, so that people can vote.
async fn tells(house: &House) {
    house.delivery().once().await.expect("the store answers");
}

async fn votes(house: &House, who: &str, id: &OperationId) -> &'static str {
    let line = approval_of(house.rooms(), &now(house, id).await).await;
    match ask(house, who, &line).await {
        Done::Controlled { what, .. } => what,
        other => panic!("{who} on {id}: {other:?}"),
    }
}

async fn says(house: &House, who: &str, line: &str) -> &'static str {
    match ask(house, who, line).await {
        Done::Controlled { what, .. } => what,
        other => panic!("{who}: {line}: {other:?}"),
    }
}

/// One look for work.
async fn works(house: &House) {
    house.engine().work().await.expect("the store answers");
}

/// What is approved starts, its owners are told, and it comes to its first act.
async fn begins(house: &House) {
    works(house).await;
    tells(house).await;
    house.rooms().clock.sleep(Duration::from_secs(1)).await;
    works(house).await;
}

/// Works until an operation is in a state.
async fn comes_to(house: &House, id: &OperationId, state: State) -> Operation {
    for _ in 0..200 {
        let operation = now(house, id).await;
        if operation.state == state {
            return operation;
        }
        assert!(!operation.state.has_ended(), "{id} is {} because {:?}, not {state}", operation.state, operation.why);
        works(house).await;
        tells(house).await;
        house.rooms().clock.sleep(Duration::from_secs(1)).await;
    }
    let operation = now(house, id).await;
    panic!("{id} is still {} because {:?}, not {state}", operation.state, operation.why)
}

async fn now(house: &House, id: &OperationId) -> Operation {
    house.rooms().store.operation(id).await.expect("the store answers").expect("it is there")
}

async fn entries(house: &House, id: &OperationId) -> Vec<engine::Entry> {
    house.rooms().store.entries(id).await.expect("the store answers")
}

async fn intents(house: &House, id: &OperationId) -> usize {
    entries(house, id).await.iter().filter(|entry| matches!(entry, engine::Entry::Intent { .. })).count()
}

/// Somebody does something to the cluster at a point.
fn meddles(kafka: &SimulatedKafka, meddle: impl Fn(&SimulatedKafka) + Send + Sync + 'static) -> Deed {
    let kafka = kafka.clone();
    Box::new(move || {
        meddle(&kafka);
        Box::pin(async {})
    })
}
