//! Behaviour of the fleet as its users see it.

mod acts;
mod demo;
mod faults;
mod file;
mod groups;
mod moves;
mod queues;
mod rocketmq;
mod rocketmq_topics;
mod topics;
mod whole_topics;

use crate::{Fleet, GroupSpec, HandClock, Member, SimulatedKafka, TopicSpec, per_second};
use engine::port::{Acted, Observe};
use interlock::cluster::kafka::{
    Committed, CommittedOffset, Group, KafkaAnswer, KafkaQuery, LogRange, OffsetAt, Topic,
};
use interlock::cluster::{Answer, Failure, Looker, Query, Section, Sections};
use interlock::id::{ClusterName, GroupId, NotAName, TopicName};
use interlock::plan::{Action, KafkaAction, OffsetMove, OffsetRemoval};
use interlock::time::Millis;
use std::collections::BTreeSet;
use std::future::Future;
use std::pin::pin;
use std::str::FromStr;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// 2024-09-14T12:00:00Z
const NOON: Millis = Millis(1_726_315_200_000);

/// A cluster with one busy topic of four partitions (the last one empty) and a clock.
struct Lab {
    clock: HandClock,
    fleet: Fleet,
    kafka: SimulatedKafka,
}

impl Lab {
    fn new() -> Self {
        let clock = HandClock::at(NOON);
        Self::on(Fleet::new(Arc::new(clock.clone()), 7), clock)
    }

    fn on(fleet: Fleet, clock: HandClock) -> Self {
        let kafka = fleet.add_kafka(&lab(), &[(1, Some("a")), (2, Some("b")), (3, Some("c"))]).unwrap();
        let mut spec = TopicSpec::new(orders(), 4).produced(per_second(300), Duration::from_secs(86_400));
        spec.weights = vec![100, 100, 100, 0];
        kafka.add_topic(&spec).unwrap();
        Self { clock, fleet, kafka }
    }

    /// Also with a group that stopped an hour ago, never committed in partition 2, and has read-in offsets elsewhere.
    fn with_stopped_group(self) -> Self {
        let mut spec = billing_spec().read_until(Duration::from_secs(3_600));
        spec.uncommitted = vec![(orders(), 2)];
        self.kafka.add_group(&spec).unwrap();
        self
    }

    /// Also with a group at work.
    fn with_working_group(self) -> Self {
        self.kafka.add_group(&billing_spec().read_until(Duration::from_secs(60))).unwrap();
        self.kafka.join(&billing(), Member::new("billing-1", "/10.0.0.1")).unwrap();
        self.clock.advance(Duration::from_secs(20));
        self
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    fn look(&self, query: KafkaQuery) -> Result<KafkaAnswer, Failure> {
        let query = Query::Kafka(query);
        match self.sections([query.clone()]).get(&query) {
            Section::Seen(seen) => {
                let Answer::Kafka(answer) = seen.value.clone() else { panic!("{:?}", seen.value) };
                Ok(answer)
            }
            Section::Failed(failure) => Err(failure.clone()),
            Section::NotAsked => panic!("a query was left out"),
        }
    }

    fn sections<const N: usize>(&self, queries: [Query; N]) -> Sections {
        ready(self.kafka.observe(&BTreeSet::from(queries)))
    }

    fn sections_for(&self, action: &Action) -> Sections {
        ready(self.kafka.observe(&action.read_back()))
    }

    fn topic(&self) -> Option<Topic> {
        let sections = self.sections([Query::Kafka(KafkaQuery::Topic(orders()))]);
        Looker::new(&sections).kafka_topic(&orders()).seen().unwrap().clone()
    }

    fn group(&self) -> Option<Group> {
        let sections = self.sections([Query::Kafka(KafkaQuery::Group(billing()))]);
        Looker::new(&sections).kafka_group(&billing()).seen().unwrap().clone()
    }

    fn committed(&self) -> Vec<CommittedOffset> {
        let sections = self.sections([Query::Kafka(KafkaQuery::Committed(billing()))]);
        Looker::new(&sections).kafka_committed(&billing()).seen().unwrap().clone()
    }

    fn committed_in(&self, partition: i32) -> Option<Committed> {
        self.committed().into_iter().find(|one| one.partition == partition).map(|one| one.committed)
    }

    fn ranges(&self) -> Vec<LogRange> {
        let sections = self.sections([Query::Kafka(KafkaQuery::LogRanges(orders()))]);
        Looker::new(&sections).kafka_log_ranges(&orders()).seen().unwrap().clone()
    }

    fn offsets_at(&self, at: Millis) -> Vec<OffsetAt> {
        let sections = self.sections([Query::Kafka(KafkaQuery::OffsetsAt(orders(), at))]);
        Looker::new(&sections).kafka_offsets_at(&orders(), at).seen().unwrap().clone()
    }

    /// A commit of these offsets, from what is committed now.
    fn commit(&self, to: &[(i32, i64)]) -> Action {
        let one = |(partition, offset): &(i32, i64)| OffsetMove {
            topic: orders(),
            partition: *partition,
            from: self.committed_in(*partition),
            to: Committed::plain(*offset),
        };
        Action::Kafka(KafkaAction::CommitOffsets { group: billing(), moves: to.iter().map(one).collect() })
    }

    fn delete(&self, partitions: &[i32]) -> Action {
        let one = |partition: &i32| OffsetRemoval {
            topic: orders(),
            partition: *partition,
            from: self.committed_in(*partition).unwrap_or(Committed::plain(0)),
        };
        Action::Kafka(KafkaAction::DeleteOffsets { group: billing(), removals: partitions.iter().map(one).collect() })
    }

    fn act(&self, action: &Action) -> Acted {
        ready(self.kafka.send(action, None))
    }
}

fn billing_spec() -> GroupSpec {
    GroupSpec::new(billing()).reading(orders(), per_second(150))
}

fn lab() -> ClusterName {
    name("lab")
}

fn orders() -> TopicName {
    name("orders")
}

fn billing() -> GroupId {
    name("billing")
}

fn name<T: FromStr<Err = NotAName>>(text: &str) -> T {
    text.parse().unwrap()
}

/// The output of a future that waits for nothing but the hand clock.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("it waits for something"),
    }
}

/// What an act came to, in short: the word and the id or kind of its reason.
fn short(acted: &Acted) -> (&'static str, String) {
    let of = |reason: &engine::port::Reason| {
        if reason.id.is_empty() { reason.kind.key().to_owned() } else { reason.id.clone() }
    };
    match acted {
        Acted::Applied => ("applied", String::new()),
        Acted::NotApplied(reason) => ("not applied", of(reason)),
        Acted::Partly(reason) => ("partly", of(reason)),
        Acted::Unknown(reason) => ("unknown", of(reason)),
    }
}
