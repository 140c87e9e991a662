//! The story's second change: a new broker gets its share, is sped up on the way, and all of it is taken back.

use super::told::{NotTold, Teller};
use engine::Operation;
use engine::port::{Boxed, Journal};
use interlock::approval::State;
use interlock::command::Value;
use interlock::plan::{Action, KafkaAction, Work};
use std::collections::BTreeMap;

/// The replicas of each partition, in their order.
pub type Replicas = BTreeMap<(String, i32), Vec<i32>>;

/// What throttles replicas: each setting in words, and its value.
pub type Throttles = BTreeMap<String, String>;

/// Tells how a cluster is really laid out.
pub trait Surveyor: Send + Sync {
    /// The replicas of these topics.
    fn replicas<'a>(&'a self, topics: &'a [&'a str]) -> Boxed<'a, Result<Replicas, String>>;

    /// Every setting that throttles replicas.
    fn throttles(&self) -> Boxed<'_, Result<Throttles, String>>;
}

/// A broker that is new and empty, and what it is to get.
pub struct Growth<'a> {
    /// The cluster, by name.
    pub cluster: &'a str,
    /// The broker.
    pub broker: i32,
    /// The topics whose replicas it gets a share of.
    pub topics: &'a [&'a str],
    /// The throttle, and the one it is turned to on the way, in bytes a second.
    pub throttle: (u64, u64),
    /// Who tells how the cluster is laid out.
    pub surveyor: &'a dyn Surveyor,
}

impl Teller<'_> {
    /// Plan, votes, moves, a turn of the throttle, the proof, the way back.
    pub(super) async fn grows(&mut self, growth: &Growth<'_>) -> Result<(), NotTold> {
        let before = self.surveyed(growth).await?;
        let quiet = growth.surveyor.throttles().await.map_err(NotTold::Breaks)?;
        self.says("5. A broker is new and empty. alice asks for its share; nothing is moved by asking.")?;
        let operation = self.asks_for_its_share(growth).await?;
        self.says("6. Again it takes bob and carol. Then the cluster copies, batch by batch, under the throttle.")?;
        self.approves("bob", &operation).await?;
        self.expects(&operation, State::AwaitingApproval).await?;
        let mut cards = self.listens();
        self.approves("carol", &operation).await?;
        self.becomes(&operation, State::Waiting).await?;
        self.turns(growth, &operation).await?;
        let done = self.becomes(&operation, State::Succeeded).await?;
        let told = self.shows_all(&mut cards).await?;
        for part in ["Batch 1 of", "have arrived", "The throttle is being set to"] {
            if !told.contains(part) {
                return Err(NotTold::Breaks(format!("the thread never said {part:?}")));
            }
        }

        self.says("7. The surveyor: does every replica stand where the plan says, and is no throttle left?")?;
        let planned = self.planned_moves(&done).await?;
        let after = self.surveyed(growth).await?;
        self.stands(&after, &planned, "the plan")?;
        self.left_nothing(growth, &quiet).await?;

        self.says("8. alice takes it back; the first approval covers it, she confirms.")?;
        let back = self.asks("alice", &format!("/rollback operation:{}", operation.id), "rollback").await?;
        self.approved_by("alice", &back).await?;
        let restored = self.surveyed(growth).await?;
        self.stands(&restored, &before, "what stood before")?;
        self.left_nothing(growth, &quiet).await
    }

    async fn asks_for_its_share(&mut self, growth: &Growth<'_>) -> Result<Operation, NotTold> {
        let line = format!(
            "/scale-out cluster:{} brokers:{} topics:{} throttle:{} reason:\"capacity for the demo\"",
            growth.cluster,
            growth.broker,
            growth.topics.join(","),
            Value::Rate(growth.throttle.0).canonical()
        );
        self.asks("alice", &line, "scale-out").await
    }

    /// The throttle is turned while it runs, and the brokers are asked whether it really is.
    async fn turns(&mut self, growth: &Growth<'_>, operation: &Operation) -> Result<(), NotTold> {
        let asked = growth.throttle.1;
        let line = format!("/throttle operation:{} rate:{}", operation.id, Value::Rate(asked).canonical());
        self.types_and_shows("alice", &line).await?;
        let began = std::time::Instant::now();
        loop {
            let now = growth.surveyor.throttles().await.map_err(NotTold::Breaks)?;
            if now.values().any(|value| *value == asked.to_string()) {
                let said: Vec<String> = now.iter().map(|(setting, value)| format!("{setting} is {value}")).collect();
                return self.says(&format!("   the brokers say: {}", said.join(", ")));
            }
            self.in_time(began, "the throttle is not turned")?;
            self.rests().await;
        }
    }

    async fn surveyed(&self, growth: &Growth<'_>) -> Result<Replicas, NotTold> {
        growth.surveyor.replicas(growth.topics).await.map_err(NotTold::Breaks)
    }

    async fn left_nothing(&mut self, growth: &Growth<'_>, quiet: &Throttles) -> Result<(), NotTold> {
        let now = growth.surveyor.throttles().await.map_err(NotTold::Breaks)?;
        if now == *quiet {
            return self.says("   Throttles are as they were before.");
        }
        Err(NotTold::Breaks(format!("throttles were {quiet:?} and are {now:?}")))
    }

    /// Where the sealed plan says replicas will stand.
    async fn planned_moves(&self, operation: &Operation) -> Result<Replicas, NotTold> {
        let plan = self.rooms().store.plan(operation).await?;
        let mut planned = Replicas::new();
        for step in &plan.plan().steps {
            if let Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) = &step.work {
                planned.extend(moves.iter().map(|one| ((one.topic.to_string(), one.partition), one.to.0.clone())));
            }
        }
        Ok(planned)
    }

    /// Every partition of `expected` stands so in `found`, in order.
    fn stands(&mut self, found: &Replicas, expected: &Replicas, whom: &str) -> Result<(), NotTold> {
        if expected.is_empty() {
            return Err(NotTold::Breaks("there are no replicas to compare".to_owned()));
        }
        for ((topic, partition), replicas) in expected {
            let there = found.get(&(topic.clone(), *partition));
            if there != Some(replicas) {
                return Err(NotTold::Breaks(format!(
                    "{topic} {partition} stands on {there:?}, on {replicas:?} by {whom}"
                )));
            }
        }
        self.says(&format!("   {} partitions stand as in {whom}, order included.", expected.len()))
    }
}
