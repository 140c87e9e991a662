//! What every change of a RocketMQ group's offsets looks at and checks.

use super::part::Part;
use crate::cluster::rocketmq::{BrokerSet, CommittedOffset, FromMasters, Group, RocketmqCluster, Said, Topic};
use crate::cluster::{Failure, FailureKind, Look, Looker};
use crate::facts::Facts;
use crate::id::{BrokerName, ClusterName, GroupId, TopicName};
use crate::plan::{
    Check, Edge, Estimate, Expectation, Hold, Holding, Level, QueueOffset, QueuesAt, Resolved, RocketmqExpectation, Row,
};
use std::collections::BTreeMap;

/// The most queues that one operation sets: each is a call of its own, and all of them must be done within one act.
pub(super) const MOST_QUEUES: usize = 1_000;
/// Clients tell brokers every five seconds where they are; a little more than two such spans.
const HOLD_LOOKS: u32 = 7;
const HOLD_EVERY_MS: u64 = 2_000;
/// Longer than a client of either line needs to hold still, be assigned anew and read on.
const HOLD_DEADLINE_MS: u64 = 60_000;
/// What the calls take, in practice far less.
const CALLS_MS: u64 = 1_000;
/// For so long clients of 4.9 hold still before they read on.
const CLIENTS_MS: u64 = 15_000;

/// What every one of them stands on.
pub(super) struct Ground<'a> {
    pub(super) cluster: &'a RocketmqCluster,
    pub(super) group: Option<&'a Group>,
    pub(super) committed: &'a FromMasters<Vec<CommittedOffset>>,
}

impl Ground<'_> {
    /// Whether clients of the group are connected.
    pub(super) fn is_online(&self) -> bool {
        self.group.is_some_and(Group::is_online)
    }

    /// Where the group stands, by topic, broker and queue.
    pub(super) fn stands(&self) -> BTreeMap<(&TopicName, &BrokerName, u32), i64> {
        self.committed.seen.iter().map(|one| ((&one.topic, &one.broker, one.queue), one.offset)).collect()
    }

    /// Whether a broker sets offsets itself and hands them to clients, as those of 5.x do.
    pub(super) fn resets_itself(&self, broker: &BrokerName) -> bool {
        let master = self.cluster.broker(broker).and_then(|set| set.master());
        master.and_then(|master| master.said.answer()).is_some_and(|said| said.resets_offsets)
    }

    /// How many NameServers say nothing.
    pub(super) fn silent_name_servers(&self) -> usize {
        self.cluster.name_servers.iter().filter(|one| one.said.failure().is_some()).count()
    }
}

/// Cluster, group and offsets; none while something has to be asked first.
pub(super) fn look<'a>(looker: &mut Looker<'a>, group: &GroupId, failed: &mut Vec<Check>) -> Option<Ground<'a>> {
    let cluster = seen(looker.rocketmq_cluster(), (Part::Cluster, ""), failed);
    let of_group = seen(looker.rocketmq_group(group), (Part::Group, group.as_str()), failed);
    let committed = seen(looker.rocketmq_committed(group), (Part::CommittedOffsets, group.as_str()), failed);
    Some(Ground { cluster: cluster?, group: of_group?.as_ref(), committed: committed? })
}

/// Collects the seen value or a blocking check; none while it has to be asked.
pub(super) fn seen<'a, T: ?Sized>(
    look: Look<'a, T>,
    (part, name): (Part, &str),
    failed: &mut Vec<Check>,
) -> Option<&'a T> {
    match look {
        Look::Seen(value) => Some(value),
        Look::Ask => None,
        Look::Failed(failure) => {
            failed.push(cannot_verify(part, name, failure));
            None
        }
    }
}

/// Brokers whose master does not answer: what they have is not known, and they would not be changed.
pub(super) fn silent_masters(cluster: &RocketmqCluster) -> Vec<Check> {
    cluster.brokers.iter().filter_map(silent_master).collect()
}

fn silent_master(broker: &BrokerSet) -> Option<Check> {
    let none = || Failure { kind: FailureKind::Unreachable, said: "it has no master".to_owned() };
    let why = match broker.master().map(|master| &master.said) {
        Some(Said::Answer(_)) => return None,
        Some(Said::Silent(failure)) => failure.clone(),
        None => none(),
    };
    Some(cannot_verify(Part::Cluster, broker.name.as_str(), &why))
}

/// Another cluster answers at the address than the one that an operation was done to.
pub(super) fn same_cluster_check(first: &crate::plan::Plan, cluster: &RocketmqCluster) -> Option<Check> {
    let name = first.identity.split(':').next().unwrap_or_default();
    let facts = || Facts::none().with("expected", first.identity.as_str()).with("found", cluster.identity());
    (name != cluster.name).then(|| Check::new(Level::Block, "cluster-changed", facts()))
}

/// What cannot be verified is not done.
pub(super) fn cannot_verify(part: Part, name: &str, failure: &Failure) -> Check {
    let facts = Facts::none()
        .with("part", part.key())
        .with("name", name)
        .with("failure", failure.kind.key())
        .with("said", failure.said.as_str());
    Check::new(Level::Block, "cannot-verify", facts)
}

/// What a reset holds: the group's offsets to itself, each topic's offsets together with other resets.
pub(super) fn holds<'a>(
    cluster: &ClusterName,
    group: &GroupId,
    topics: impl Iterator<Item = &'a TopicName>,
) -> Vec<Hold> {
    super::kafka_offsets::holds(cluster, group, topics)
}

/// The cluster that was planned for: its name, and the brokers that the plan names.
pub(super) fn cluster_is<'b>(
    cluster: &RocketmqCluster,
    brokers: impl IntoIterator<Item = &'b BrokerName>,
) -> Expectation {
    let mut brokers: Vec<BrokerName> = brokers.into_iter().cloned().collect();
    brokers.sort();
    brokers.dedup();
    Expectation::Rocketmq(RocketmqExpectation::ClusterIs { name: cluster.name.clone(), brokers })
}

/// The topic with its queues, as an expectation.
pub(super) fn topic_is(name: &TopicName, topic: &Topic) -> Expectation {
    let at =
        topic.settings().map(|at| QueuesAt { broker: at.broker.clone(), read: at.read, write: at.write }).collect();
    Expectation::Rocketmq(RocketmqExpectation::TopicIs { topic: name.clone(), at })
}

/// What a wait for the offsets to stay asks for.
pub(super) fn holding(group: &GroupId) -> Holding {
    Holding { group: group.clone(), looks: HOLD_LOOKS, interval_ms: HOLD_EVERY_MS, deadline_ms: HOLD_DEADLINE_MS }
}

/// What it takes: the calls, the clients where they have to do it, and two spans in which offsets must stay.
pub(super) fn estimate(by_clients: bool, changes: usize) -> Estimate {
    let clients = if by_clients { CLIENTS_MS } else { 0 };
    let ms = CALLS_MS + clients + u64::from(HOLD_LOOKS) * HOLD_EVERY_MS;
    Estimate { duration_ms: ms, way_back_ms: ms, changes: u64::try_from(changes).unwrap_or(u64::MAX) }
}

/// One queue of a group's offsets: where it stands, and where it is to read on.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) topic: TopicName,
    pub(super) broker: BrokerName,
    pub(super) queue: u32,
    pub(super) from: Option<i64>,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) goal: Resolved,
}

impl Place {
    /// Where the group will read on; none if the queue is left alone.
    pub(super) fn to(&self) -> Option<i64> {
        match self.goal {
            Resolved::To { offset, .. } => Some(offset),
            Resolved::NothingToShift => None,
        }
    }

    /// How the target lies to the queue; none if it is left alone.
    pub(super) fn edge(&self) -> Option<Edge> {
        match self.goal {
            Resolved::To { edge, .. } => Some(edge),
            Resolved::NothingToShift => None,
        }
    }

    /// Whether anything is to be done here.
    pub(super) fn changes(&self) -> bool {
        self.to().is_some_and(|to| self.from != Some(to))
    }

    /// A queue as evidence, in the words that Kafka's partitions have.
    pub(super) fn facts(&self) -> Facts {
        let name = format!("{} ({})", self.topic, self.broker);
        Facts::none().with("topic", name).with("partition", i64::from(self.queue))
    }

    pub(super) fn offset(&self) -> QueueOffset {
        let (topic, broker) = (self.topic.clone(), self.broker.clone());
        QueueOffset { topic, broker, queue: self.queue, offset: self.from }
    }

    pub(super) fn row(&self) -> Row {
        Row::Queue {
            topic: self.topic.to_string(),
            broker: self.broker.to_string(),
            queue: self.queue,
            from: self.from,
            to: self.to().or(self.from),
            log_start: self.start,
            log_end: self.end,
            clamped: self.edge().is_some_and(|edge| edge != Edge::Inside),
        }
    }
}
