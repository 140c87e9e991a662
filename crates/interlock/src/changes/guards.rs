//! Which guards are on. All of them, always; a story takes one away to show that it is this one that holds.

use super::Stop;
use crate::plan::{Check, Draft, Expectation, Level, Planning, RocketmqExpectation, Step, Undo};
use std::collections::BTreeSet;

/// One reason why a change does not go on, or not without somebody more: a check that can block, ask for consent or for
/// ordinary seats, or an expectation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guard {
    /// What could not be looked at is not taken for "nothing there".
    CannotVerify,
    /// The cluster behind the address is the one that was planned for.
    ClusterIs,
    /// The topics are the ones that were planned for.
    TopicIs,
    /// The group has no members.
    GroupInactive,
    /// The group is of a kind whose offsets can be committed.
    GroupKind,
    /// The owner agrees that the group will be stopped.
    GroupWillStop,
    /// The commits are those that the plan shows.
    CommittedAre,
    /// Targets lie within the log; the broker itself accepts any.
    TargetInLog,
    /// A time after the last record leads to the log's end: the broker answers it with -1, which is no offset.
    AfterLastRecord,
    /// Every partition of the plan has a leader.
    PartitionOffline,
    /// Our principal has every right that a step needs.
    MissingRight,
    /// One operation changes a bounded number of partitions.
    TooManyPartitions,
    /// Nobody else works on the same thing.
    HeldByOther,
    /// A way back over values that moved on is not covered by the first approval.
    ValuesMovedOn,
    /// The partitions that move have the replicas that the plan shows.
    AssignedAre,
    /// No partition is on the move already, ours or anybody's.
    NothingMoves,
    /// The brokers that get replicas are alive and in their racks.
    BrokersAlive,
    /// Moves are called off only while every replica from before is alive: else they could be without a leader.
    OldReplicasAlive,
    /// The settings that are changed for the run are those that are put back.
    SettingsAre,
    /// The disks have room for the copies.
    Room,
    /// Racks are known of all brokers or of none.
    RacksWhole,
    /// The partitions that move have enough replicas in sync.
    UnderMinIsr,
    /// The throttle leaves room for what comes in; else a move never ends.
    ThrottleAboveInflow,
    /// One operation moves a bounded number of replicas.
    TooManyMoves,
    /// What is RocketMQ's own is left to it.
    NotTheSystems,
    /// The group's offsets are at the brokers, not with its clients.
    NotBroadcast,
    /// What 4.9 cannot tell clients that are connected is not tried.
    ClientsCanBeTold,
    /// RocketMQ looks after its own topics by itself.
    SystemTopic,
    /// The order of queues is kept elsewhere, and is not changed here.
    OrderedTopic,
    /// Every NameServer tells clients what the masters have, and nothing is written that nobody reads.
    RoutesAgree,
    /// The topic has the queues at the masters that the plan shows.
    QueuesAre,
    /// A group that is at work is not given up.
    GroupAtWork,
    /// The owner agrees that a group is given up.
    GroupGivenUp,
    /// Queues are read before they are written.
    ReadBeforeWrite,
    /// A group that was away gets everything from queues that are opened.
    QueuesSeeded,
    /// What groups were given is on the disks of brokers before anything is written: one that dies forgets the rest.
    SeedsKept,
    /// Queues are read until nobody has to read them any more.
    QueuesDrained,
    /// What comes into queues that are closed is read after all.
    ClosedWatched,
    /// No topic of the new name is there.
    TopicExists,
    /// No topic is there whose name looks the same in metrics.
    NameCollides,
    /// There are as many live brokers as a partition gets replicas.
    TooFewBrokers,
    /// One operation makes a bounded number of partitions.
    TooManyNewPartitions,
    /// A topic can be written to: it has as many replicas as must be in sync.
    MinIsrFits,
    /// Owners agree that keys go to other partitions.
    KeysMove,
    /// Owners agree that old values of moved keys stay in a compacted topic.
    Compacted,
    /// Owners of groups agree that consumers may miss the first records of new partitions.
    GroupsAtWork,
    /// Nobody reads what is deleted.
    ClientsConnected,
    /// Nobody writes to what is deleted.
    TopicWritten,
    /// Owners agree that records go which they have not read.
    UnreadRecordsGo,
    /// Owners agree that another rule decides what is kept.
    CleanupChanges,
    /// What is taken back by deleting it is empty.
    TopicEmpty,
    /// What is taken back by deleting it is as it was made.
    TopicAsMade,
    /// There is no such group yet.
    GroupExists,
    /// What is taken back by deleting it has not been used.
    GroupUnused,
    /// Owners agree that clients at work get errors.
    ClientsCutOff,
    /// Every broker is known to every NameServer: clients hear of what is done at it.
    Registered,
}

impl Guard {
    /// Every guard.
    pub const ALL: [Self; 56] = [
        Self::CannotVerify,
        Self::ClusterIs,
        Self::TopicIs,
        Self::GroupInactive,
        Self::GroupKind,
        Self::GroupWillStop,
        Self::CommittedAre,
        Self::TargetInLog,
        Self::AfterLastRecord,
        Self::PartitionOffline,
        Self::MissingRight,
        Self::TooManyPartitions,
        Self::HeldByOther,
        Self::ValuesMovedOn,
        Self::AssignedAre,
        Self::NothingMoves,
        Self::BrokersAlive,
        Self::OldReplicasAlive,
        Self::SettingsAre,
        Self::Room,
        Self::RacksWhole,
        Self::UnderMinIsr,
        Self::ThrottleAboveInflow,
        Self::TooManyMoves,
        Self::NotTheSystems,
        Self::NotBroadcast,
        Self::ClientsCanBeTold,
        Self::SystemTopic,
        Self::OrderedTopic,
        Self::RoutesAgree,
        Self::QueuesAre,
        Self::GroupAtWork,
        Self::GroupGivenUp,
        Self::ReadBeforeWrite,
        Self::QueuesSeeded,
        Self::SeedsKept,
        Self::QueuesDrained,
        Self::ClosedWatched,
        Self::TopicExists,
        Self::NameCollides,
        Self::TooFewBrokers,
        Self::TooManyNewPartitions,
        Self::MinIsrFits,
        Self::KeysMove,
        Self::Compacted,
        Self::GroupsAtWork,
        Self::ClientsConnected,
        Self::TopicWritten,
        Self::UnreadRecordsGo,
        Self::CleanupChanges,
        Self::TopicEmpty,
        Self::TopicAsMade,
        Self::GroupExists,
        Self::GroupUnused,
        Self::ClientsCutOff,
        Self::Registered,
    ];

    /// The guard behind a finding of this id; none if it only informs.
    #[must_use]
    pub fn of_check(id: &str) -> Option<Self> {
        Some(match id {
            "cannot-verify" => Self::CannotVerify,
            "cluster-changed" => Self::ClusterIs,
            "topic-gone" | "topic-recreated" => Self::TopicIs,
            "group-inactive" => Self::GroupInactive,
            "group-kind-not-supported" => Self::GroupKind,
            "group-will-stop" => Self::GroupWillStop,
            "target-clamped" => Self::TargetInLog,
            "time-after-last-record" => Self::AfterLastRecord,
            "partition-offline" => Self::PartitionOffline,
            "missing-right" => Self::MissingRight,
            "too-many-partitions" => Self::TooManyPartitions,
            "held-by-other" => Self::HeldByOther,
            "values-moved-on"
            | "replicas-moved-on"
            | "queues-moved-on"
            | "settings-moved-on"
            | "topics-left-out"
            | "throttle-above-first" => Self::ValuesMovedOn,
            "reassignment-under-way" => Self::NothingMoves,
            "cannot-call-off" => Self::OldReplicasAlive,
            "targets-not-alive" => Self::BrokersAlive,
            "racks-on-some" => Self::RacksWhole,
            "under-min-isr" => Self::UnderMinIsr,
            "disk-too-small" | "log-dir-too-small" => Self::Room,
            "throttle-below-inflow" => Self::ThrottleAboveInflow,
            "too-many-moves" => Self::TooManyMoves,
            "system-name" => Self::NotTheSystems,
            "group-broadcasts" => Self::NotBroadcast,
            "group-must-stop" => Self::ClientsCanBeTold,
            "system-topic" | "not-an-ordinary-topic" => Self::SystemTopic,
            "ordered-topic" => Self::OrderedTopic,
            "routes-differ" | "writes-past-reads" => Self::RoutesAgree,
            "given-up-group-online" => Self::GroupAtWork,
            "group-given-up" => Self::GroupGivenUp,
            "topic-exists" => Self::TopicExists,
            "name-collides" => Self::NameCollides,
            "too-few-brokers" => Self::TooFewBrokers,
            "too-many-new-partitions" => Self::TooManyNewPartitions,
            "min-isr-above-replicas" => Self::MinIsrFits,
            "keys-move" => Self::KeysMove,
            "compacted-topic" => Self::Compacted,
            "groups-at-work" => Self::GroupsAtWork,
            "clients-connected" => Self::ClientsConnected,
            "topic-written-lately" => Self::TopicWritten,
            "cleanup-changes" => Self::CleanupChanges,
            "topic-not-empty" => Self::TopicEmpty,
            "topic-not-as-made" => Self::TopicAsMade,
            "group-exists" => Self::GroupExists,
            "group-was-used" => Self::GroupUnused,
            "group-has-clients" => Self::GroupInactive,
            "readers-cut-off" | "writers-cut-off" => Self::ClientsCutOff,
            "broker-not-registered" => Self::Registered,
            "unread-records-go" | "unread-records-expire" => Self::UnreadRecordsGo,
            _ => return None,
        })
    }

    /// The guard behind an expectation.
    #[must_use]
    pub fn of_expectation(expectation: &Expectation) -> Self {
        match expectation {
            Expectation::KafkaClusterIs { .. } => Self::ClusterIs,
            Expectation::KafkaTopicIs { .. } => Self::TopicIs,
            Expectation::KafkaGroupHasNoMembers { .. } => Self::GroupInactive,
            Expectation::KafkaCommittedAre { .. } => Self::CommittedAre,
            Expectation::KafkaOffsetsInLog { .. } => Self::TargetInLog,
            Expectation::KafkaAssignedAre { .. } => Self::AssignedAre,
            Expectation::KafkaNothingMoves | Expectation::KafkaOnlyTheseMove { .. } => Self::NothingMoves,
            Expectation::KafkaBrokersAlive { .. } => Self::BrokersAlive,
            Expectation::KafkaConfigsAre { .. } => Self::SettingsAre,
            Expectation::KafkaRoom { .. } => Self::Room,
            Expectation::Rocketmq(expectation) => match expectation {
                RocketmqExpectation::ClusterIs { .. } => Self::ClusterIs,
                RocketmqExpectation::TopicIs { .. } => Self::TopicIs,
                RocketmqExpectation::QueuesAre { .. } => Self::QueuesAre,
                RocketmqExpectation::GroupHasNoClients { .. } | RocketmqExpectation::GroupHasClients { .. } => {
                    Self::GroupInactive
                }
                RocketmqExpectation::OffsetsAre { .. } => Self::CommittedAre,
                RocketmqExpectation::TopicAbsent { .. } => Self::TopicExists,
                RocketmqExpectation::TopicSettingsAre { .. } | RocketmqExpectation::GroupIs { .. } => Self::SettingsAre,
                RocketmqExpectation::TopicUnused { .. } => Self::ClientsConnected,
                RocketmqExpectation::EndsAre { .. } => Self::TopicWritten,
                RocketmqExpectation::GroupAbsent { .. } => Self::GroupExists,
            },
            Expectation::KafkaTopicAbsent { .. } => Self::TopicExists,
            Expectation::KafkaLogEndsAre { .. } => Self::TopicWritten,
            Expectation::KafkaTopicUnused { .. } => Self::ClientsConnected,
        }
    }
}

/// The guards that are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guards(BTreeSet<Guard>);

impl Guards {
    /// All of them: what the program runs with. No setting shortens it.
    #[must_use]
    pub fn all() -> Self {
        Self(Guard::ALL.into())
    }

    /// All but one: the negative control of that one.
    #[must_use]
    pub fn without(mut self, guard: Guard) -> Self {
        self.0.remove(&guard);
        self
    }

    /// Whether a guard is on.
    #[must_use]
    pub fn has(&self, guard: Guard) -> bool {
        self.0.contains(&guard)
    }

    /// The findings whose guards are on. Passed checks guard nothing and stay.
    pub(super) fn findings(&self, mut checks: Vec<Check>) -> Vec<Check> {
        checks.retain(|check| check.level == Level::Pass || Guard::of_check(&check.id).is_none_or(|one| self.has(one)));
        checks
    }

    /// A look that found what it needs, or why planning ends; what is off ends nothing.
    pub(super) fn verdict(&self, checks: Vec<Check>) -> Result<Vec<Check>, Stop> {
        let checks = self.findings(checks);
        if checks.iter().any(Check::blocks) { Err(Stop::Refused(checks)) } else { Ok(checks) }
    }

    /// The plan with the expectations whose guards are on.
    pub(super) fn planned(&self, mut draft: Draft) -> Planning {
        self.retain(&mut draft.expectations);
        for Step { needs, undo, .. } in &mut draft.steps {
            self.retain(needs);
            if let Undo::Literal { needs, .. } | Undo::Inverse { needs } = undo {
                self.retain(needs);
            }
        }
        Planning::Plan(Box::new(draft))
    }

    fn retain(&self, expectations: &mut Vec<Expectation>) {
        expectations.retain(|one| self.has(Guard::of_expectation(one)));
    }
}
