//! Plans: what is going to be done, under which conditions, and how it is taken back. Immutable once sealed.

mod action;
mod capture;
mod check;
mod closing;
mod condition;
mod confirmation;
mod difference;
mod expectation;
mod failing;
mod hold;
mod kafka_action;
mod last_look;
mod layout_action;
mod layout_expectation;
mod layout_probe;
#[cfg(test)]
mod layout_tests;
mod log_dirs;
mod members;
mod milestones;
mod moving;
mod next_batch;
mod next_look;
mod outline;
mod probe;
mod put_back;
mod queues_action;
mod reverse;
mod rocketmq_action;
mod rocketmq_expectation;
mod rocketmq_group;
mod rocketmq_holding;
mod rocketmq_probe;
mod rocketmq_rule;
#[cfg(test)]
mod rocketmq_tests;
mod rocketmq_topic;
#[cfg(test)]
mod rocketmq_topic_tests;
mod row;
mod rule;
mod seal;
mod seed_rule;
mod seeds_kept;
#[cfg(test)]
mod seeds_kept_tests;
mod silent;
mod standing;
mod step;
#[cfg(test)]
mod tests;
mod topic_action;
mod topic_expectation;
mod topic_gone;
mod topic_probe;
#[cfg(test)]
mod topic_tests;

pub use action::Action;
pub use check::{Check, Level, Mistake};
pub use closing::{ClosedMemory, Closing, ClosingAt, KnownReader, ROUTE_POLL, Stood, steer, still_drained};
pub use condition::{Awaited, CANNOT_LOOK, Condition, Later, Looked, Memory, Pace, look};
pub use difference::{Difference, differences};
pub use expectation::{
    Assigned, ConfigExpected, Expectation, Held, LEFT_THE_LOG, OffsetExpected, OffsetInLog, RoomExpected, evaluate,
};
pub use failing::{Calls, Failing};
pub use hold::{Aspect, Hold, Sharing, Thing};
pub use kafka_action::{KafkaAction, OffsetMove, OffsetRemoval};
pub use last_look::{LastLook, all_moves, last_look, last_look_queries};
pub use layout_action::{ConfigChange, ConfigOn, ListRemoval, PreferredLeader, ReplicaMove, list_entries};
pub use layout_probe::BROKER_DEAD;
pub use log_dirs::{Copy as LogDirCopy, TooSmall, choose as choose_log_dirs, too_small};
pub(crate) use members::{client_ids, client_places, member_facts};
pub use milestones::{Milestones, milestones};
pub use moving::{
    Moving, Throttle, Turned, Unwinding, Wanted, later_query, left_later, outlook, regulate, unwind, unwind_queries,
};
pub use next_batch::NextBatch;
pub use next_look::next_look;
pub use outline::Outline;
pub use probe::{Probe, probe};
pub use put_back::{Adopted, Ours, Owed, put_back_on, put_back_only, still_set};
pub use queues_action::{OpenAt, QueuesChange, Seed};
pub use reverse::{Done, ReverseImpossible, inverse, reverse};
pub use rocketmq_action::{QueueMove, RocketmqAction};
pub(crate) use rocketmq_expectation::shown;
pub use rocketmq_expectation::{QueueOffset, QueuesAt, RocketmqExpectation};
pub use rocketmq_group::{ForgottenGroup, GroupPlace};
pub use rocketmq_holding::Holding;
pub(crate) use rocketmq_rule::QueueLogs;
pub use rocketmq_rule::{QueueRule, QueuesOf, ResetBy};
pub use rocketmq_topic::{QueueEnd, TopicChange, TopicPlace, TopicShape};
pub use rule::{Captured, Edge, Expansion, Log, OffsetRule, OffsetTarget, Resolved, Rule, expand, targets_in_log};
pub use seal::{Digest, FORMAT, NotReadable, Sealed};
pub use seed_rule::SeedRule;
pub use seeds_kept::SeedsKept;
pub use silent::{forgotten, is_silent_master};
pub use standing::{PermAt, Standing};
pub use step::{Capture, Step, Undo, Wait, Work};
pub use topic_action::{GoneGroup, GoneTopic, MorePartitions, NewTopic};
pub use topic_gone::Absence;
pub(crate) use topic_probe::other_layout;

use crate::cluster::rocketmq::Queues;
use crate::cluster::{ClusterKind, Query, Tier};
use crate::command::Arguments;
use crate::facts::Facts;
use crate::id::{ClusterName, OperationId, PersonId};
use crate::principal::{Account, Place};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a change does to the world; with the tier it decides how many seats must be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Nothing can be lost and nothing is slower for it.
    Safe,
    /// Can be taken back exactly.
    Reversible,
    /// Cannot be taken back.
    Irreversible,
}

/// How much of a cluster a change concerns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// One consumer group.
    Group,
    /// One topic.
    Topic,
    /// One broker.
    Broker,
    /// The cluster as a whole: raises reversible to irreversible when seats are counted.
    Cluster,
}

/// A plan: everything that is approved, and nothing that is not. Its stored bytes are hashed; see [`Sealed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The number of this format, [`FORMAT`].
    pub format: u32,
    /// The operation this plan belongs to.
    pub operation: OperationId,
    /// Counts the plans of one operation, from 1.
    pub revision: u32,
    /// The command that was asked for.
    pub command: String,
    /// Its arguments as they were read: what a new plan is made from when this one is stale.
    pub request: Arguments,
    /// Its arguments, resolved: patterns as names, times as instants, in the catalogue's canonical writing.
    pub arguments: BTreeMap<String, String>,
    /// Who asked for it, and everybody else who counts as a requester (who changed it, wrote the runbook, set the schedule).
    /// The last one asks for it as it is now.
    pub requesters: Vec<Requester>,
    /// Where it was asked for.
    pub place: Place,
    /// Why, in the requester's words; may be empty where the settings allow it.
    pub reason: String,
    /// A ticket in some other system; may be empty.
    pub ticket: String,
    /// The operation that this one takes back, if it is a rollback.
    pub reverses: Option<OperationId>,
    /// Whether it is a way back that the approval of the operation it takes back covers, so that a confirmation is enough.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub covered: bool,
    /// The cluster's name in the settings.
    pub cluster: ClusterName,
    /// Its kind.
    pub kind: ClusterKind,
    /// Its tier when the plan was made.
    pub tier: Tier,
    /// The cluster's own identity: Kafka's cluster id.
    pub identity: String,
    /// When the plan was made.
    pub made_at: Millis,
    /// When it expires unless approved.
    pub expires_at: Millis,
    /// What it does to the world.
    pub effect: Effect,
    /// How much of the cluster it concerns.
    pub scope: Scope,
    /// What it has to itself while it runs.
    pub holds: Vec<Hold>,
    /// What was checked, passed ones too.
    pub checks: Vec<Check>,
    /// What must be true of the cluster when it starts.
    pub expectations: Vec<Expectation>,
    /// What is done, in this order.
    pub steps: Vec<Step>,
    /// What is put back at the end however it ends: earlier values of what was changed for the run only.
    pub restore: Vec<Action>,
    /// What others owe and this one puts back in their stead: part of what is put back at the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adopts: Vec<Adopted>,
    /// Who and what is affected, in numbers.
    pub impact: Impact,
    /// What it will take.
    pub estimate: Estimate,
    /// Which seats must be filled.
    pub votes: Vec<Seat>,
}

/// Who counts as having asked for a plan; none of them fills a seat of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    /// The account.
    pub account: Account,
    /// The human behind it.
    pub person: PersonId,
}

/// Who and what a plan affects. Counts, groups and client ids; never hosts or addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Impact {
    /// What goes wrong in the worst case: a key for the first line of the card, with its facts.
    pub worst_case: String,
    /// The topics concerned.
    pub topics: Vec<String>,
    /// The consumer groups concerned.
    pub groups: Vec<String>,
    /// Client ids that were seen at work on them.
    pub clients: Vec<String>,
    /// Numbers for the card: messages replayed or skipped, lag before and after, …
    pub facts: Facts,
    /// The table on the card: one row a thing changed; the columns by the row's kind.
    pub rows: Vec<Row>,
    /// What the application has to do, as keys of sentences; empty if nothing.
    pub needs_from_application: Vec<String>,
}

/// One row of what changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Row {
    /// A group's committed offset in one partition.
    Offset {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// What is committed now; none if nothing is.
        from: Option<i64>,
        /// What will be committed; none if the commit is removed.
        to: Option<i64>,
        /// The log's first offset.
        log_start: i64,
        /// The log's end.
        log_end: i64,
        /// Whether the wanted target lay outside of the log and was moved to its edge.
        clamped: bool,
    },
    /// A group's offset in one queue of RocketMQ.
    Queue {
        /// The topic.
        topic: String,
        /// The broker.
        broker: String,
        /// The queue.
        queue: u32,
        /// Where the group stands; none if it has no offset there.
        from: Option<i64>,
        /// Where it will read on; none if it stays without an offset.
        to: Option<i64>,
        /// The first offset that can be read.
        log_start: i64,
        /// The offset that the next message gets.
        log_end: i64,
        /// Whether the wanted target lay outside of the queue and was moved to its edge.
        clamped: bool,
    },
    /// The open queues of a topic at one master of RocketMQ.
    Queues {
        /// The broker.
        broker: String,
        /// Now.
        now: Queues,
        /// At the end.
        then: Queues,
    },
    /// What a broker holds, before, while replicas are copied, and after.
    Broker {
        /// The broker.
        broker: i32,
        /// Its rack; empty if it has none.
        rack: String,
        /// Now.
        now: Load,
        /// At most, while the moves go on.
        during: Load,
        /// At the end.
        after: Load,
    },
    /// A setting of a topic.
    Setting {
        /// The topic.
        topic: String,
        /// The key.
        key: String,
        /// Its value before; none if it is not made.
        from: Option<String>,
        /// Its value after.
        to: Option<String>,
    },
    /// A group that reads a topic, or has read it.
    Reader {
        /// The group.
        group: String,
        /// How many of its members are at work there.
        members: u64,
        /// How many records of the topic it has not read.
        unread: u64,
    },
}

/// What a broker holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Load {
    /// Replicas.
    pub replicas: u64,
    /// Partitions whose preferred leader it is.
    pub leaders: u64,
    /// Bytes in its logs.
    pub bytes: u64,
}

/// What a plan will take, as far as it can be said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Estimate {
    /// How long the steps take, in milliseconds, without waiting for people or applications.
    pub duration_ms: u64,
    /// How long taking it back takes, in milliseconds.
    pub way_back_ms: u64,
    /// How many things are changed (partitions committed, replicas moved).
    pub changes: u64,
}

/// A seat that a person must fill by voting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seat {
    /// Anybody with the role approver in the plan's scope.
    Approver,
    /// An owner of these topics or groups, because a check demands consent or the application has to act.
    Owner {
        /// The topics and groups whose owners may fill it.
        of: Vec<String>,
        /// The check that demanded it.
        check: String,
    },
    /// The requester, who elsewhere never counts: confirms a plan that needs nobody else, or a way back whose approval the
    /// first operation already has. On-call may do it too.
    Confirmation {
        /// Who asked for what is confirmed: the requesters of a plan that needs nobody else, or of the first operation.
        by: Vec<PersonId>,
    },
}

impl Seat {
    /// Whether nobody else is needed for it.
    #[must_use]
    pub fn is_confirmation(&self) -> bool {
        matches!(self, Self::Confirmation { .. })
    }
}

/// What a planner hands to the desk: a plan without what only the desk knows (ids, who asked, times, votes).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The cluster's own identity.
    pub identity: String,
    /// The arguments as resolved.
    pub arguments: BTreeMap<String, String>,
    /// At least this effect; the catalogue's may be higher.
    pub effect: Effect,
    /// See [`Plan::holds`].
    pub holds: Vec<Hold>,
    /// See [`Plan::checks`]; none of them blocks.
    pub checks: Vec<Check>,
    /// See [`Plan::expectations`].
    pub expectations: Vec<Expectation>,
    /// See [`Plan::steps`].
    pub steps: Vec<Step>,
    /// See [`Plan::restore`].
    pub restore: Vec<Action>,
    /// See [`Plan::adopts`].
    pub adopts: Vec<Adopted>,
    /// See [`Plan::impact`].
    pub impact: Impact,
    /// See [`Plan::estimate`].
    pub estimate: Estimate,
}

/// What a planner says after one round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planning {
    /// It has to see more first.
    Need(BTreeSet<Query>),
    /// This is the plan.
    Plan(Box<Draft>),
    /// The person asked for something that makes no sense here.
    Mistake(Mistake),
    /// Checks forbid it; all findings, at least one of which blocks.
    Refused(Vec<Check>),
}

impl Planning {
    /// The same with findings that say of which kind the cluster is. What passed is the same on both.
    #[must_use]
    pub(crate) fn on(mut self, kind: ClusterKind) -> Self {
        if kind != ClusterKind::Rocketmq {
            return self;
        }
        let checks = match &mut self {
            Self::Need(_) => return self,
            Self::Mistake(mistake) => {
                mistake.facts = std::mem::take(&mut mistake.facts).of_rocketmq();
                return self;
            }
            Self::Plan(draft) => &mut draft.checks,
            Self::Refused(checks) => checks,
        };
        for check in checks.iter_mut().filter(|check| check.level != Level::Pass) {
            check.facts = std::mem::take(&mut check.facts).of_rocketmq();
        }
        self
    }
}
