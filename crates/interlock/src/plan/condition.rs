//! What a step waits for. Judged from looks, with a memory between them.

use super::action::Action;
use super::closing::{self, ClosedMemory, Closing};
use super::failing::Failing;
use super::last_look::LastLook;
use super::member_facts;
use super::moving::{self, Moving};
use super::put_back::Owed;
use super::queues_action;
use super::rocketmq_holding::Holding;
use super::seeds_kept::SeedsKept;
use super::standing::{self, Standing};
use super::topic_gone::{self, Absence};
use crate::cluster::kafka::KafkaQuery;
use crate::cluster::{Look, Looker, Query, Sections};
use crate::facts::Facts;
use crate::id::{FreezeId, GroupId, OperationId};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// A condition on the cluster that comes true by itself or by what people do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Every action of the step reads back as done; see [`super::probe`].
    ReadBack,
    /// The group has had no live member for this many looks in a row.
    KafkaGroupHasNoMembers {
        /// The group.
        group: GroupId,
        /// How many looks in a row; at least 1.
        looks: u32,
    },
    /// The partitions that the step moves have their replicas in order, all in sync.
    KafkaMoved(Moving),
    /// The queues that the step set on RocketMQ stand at the masters and in every route.
    RocketmqQueuesStand(Standing),
    /// The topic that the step deleted on RocketMQ stays gone, at the masters and in every route.
    RocketmqTopicGone(Absence),
    /// Everybody has read what closed queues hold, and nothing comes into them any more.
    RocketmqDrained(Closing),
    /// Nothing comes into queues that are no longer read, for as long as messages are kept.
    RocketmqStaysClosed(Closing),
    /// The offsets that the step gave to groups on RocketMQ are there, and on their brokers' disks.
    RocketmqSeedsKept(SeedsKept),
    /// The offsets that the step set on RocketMQ stay where they were set.
    RocketmqOffsetsHold(Holding),
}

/// A look is late, and not missed, for so long whatever its interval.
const LATE: Duration = Duration::from_secs(30);

/// The id of a look that saw nothing, because the cluster did not answer.
pub const CANNOT_LOOK: &str = "cannot-look";

/// A condition, and the actions of the step that it belongs to.
#[derive(Debug, Clone, Copy)]
pub struct Awaited<'a> {
    /// The condition.
    pub condition: &'a Condition,
    /// The step's actions, literal or expanded; empty for a step that only waits.
    pub actions: &'a [Action],
}

/// What a condition remembers between looks; stored in the journal, so that a wait of days survives a restart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Memory {
    /// How many looks in a row were good.
    #[serde(default)]
    pub streak: u32,
    /// When the last look was made; for a wait, when it had its answer.
    #[serde(default)]
    pub last_look: Option<Millis>,
    /// How many bytes were still to be copied then.
    #[serde(default)]
    pub left_bytes: Option<u64>,
    /// The least that it ever was.
    #[serde(default)]
    pub least_left: Option<u64>,
    /// Since when it has not become less.
    #[serde(default)]
    pub left_since: Option<Millis>,
    /// Whether that is so long that people were called.
    #[serde(default)]
    pub stalled: bool,
    /// What later batches have to copy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub later: Option<Later>,
    /// When it was looked at first, where it has a deadline of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<Millis>,
    /// What is known of queues that are being closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<ClosedMemory>,
    /// What the last looks before the end of moves found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastLook>,
    /// Looks that fail without a break.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing: Option<Failing>,
    /// The freeze that its people were told it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen: Option<FreezeId>,
    /// The operations that were at work on the same thing when its glass was broken, and were asked to pause.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub paused: BTreeSet<OperationId>,
    /// What is still to be put back after the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owed: Vec<Owed>,
}

impl Memory {
    /// What the next wait of the same operation remembers of this one: where closed queues stood, and who reads them. What comes
    /// into them between two waits is seen in the second.
    #[must_use]
    pub fn for_next_wait(self) -> Self {
        Self { closed: self.closed.map(ClosedMemory::for_next_wait), ..Self::default() }
    }
}

/// What later batches have to copy: not asked at each look, for there may be many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Later {
    /// The batch that they come after, as its step's number.
    pub step: u32,
    /// When it was asked.
    pub at: Millis,
    /// How many bytes; none if that could not be seen.
    pub left_bytes: Option<u64>,
}

/// What one look at a condition found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Looked {
    /// It is met.
    Met,
    /// Not yet: an id for the sentence and the evidence.
    NotYet {
        /// The id ("members-remain", "cannot-look").
        id: &'static str,
        /// The evidence.
        facts: Facts,
    },
    /// It can never be met.
    Impossible {
        /// The id.
        id: &'static str,
        /// The evidence.
        facts: Facts,
    },
    /// Going on is not safe: it stands still until a person has looked.
    Unsafe {
        /// The id.
        id: &'static str,
        /// The evidence.
        facts: Facts,
    },
    /// Somebody else was here: a person must decide.
    Foreign {
        /// The id.
        id: &'static str,
        /// The evidence.
        facts: Facts,
    },
}

impl Condition {
    /// The time between two looks where a step waits for this after its actions; none where reading back is all.
    #[must_use]
    pub fn interval(&self) -> Option<Duration> {
        match self {
            Self::KafkaMoved(moving) => Some(Duration::from_millis(moving.interval_ms)),
            Self::RocketmqOffsetsHold(holding) => Some(Duration::from_millis(holding.interval_ms)),
            Self::RocketmqSeedsKept(kept) => Some(Duration::from_millis(kept.interval_ms)),
            Self::RocketmqQueuesStand(standing) => Some(Duration::from_millis(standing.interval_ms)),
            Self::RocketmqStaysClosed(closing) => Some(Duration::from_millis(closing.interval_ms)),
            Self::RocketmqTopicGone(absence) => Some(Duration::from_millis(absence.interval_ms)),
            Self::ReadBack | Self::KafkaGroupHasNoMembers { .. } | Self::RocketmqDrained(_) => None,
        }
    }

    /// Whether it is about something that is on its way and cannot stand still in between. What is waited for otherwise can be
    /// left alone at any moment.
    #[must_use]
    pub fn is_of_moves(&self) -> bool {
        matches!(self, Self::KafkaMoved(_))
    }
}

impl Awaited<'_> {
    /// What has to be seen for a look.
    #[must_use]
    pub fn queries(&self) -> BTreeSet<Query> {
        match self.condition {
            Condition::ReadBack => BTreeSet::new(),
            Condition::KafkaGroupHasNoMembers { group, .. } => {
                BTreeSet::from([Query::Kafka(KafkaQuery::Group(group.clone()))])
            }
            Condition::KafkaMoved(moving) => moving.queries(&moving::moves_of(self.actions)),
            Condition::RocketmqOffsetsHold(holding) => holding.queries(),
            Condition::RocketmqSeedsKept(_) => SeedsKept::queries(self.actions),
            Condition::RocketmqQueuesStand(standing) => queues_action::of_topic(&standing.topic),
            Condition::RocketmqTopicGone(absence) => queues_action::of_topic(&absence.topic),
            Condition::RocketmqDrained(closing) | Condition::RocketmqStaysClosed(closing) => closing.queries(),
        }
    }
}

/// One look at a condition. A gap of more than three intervals, and more than half a minute, since the last look begins a streak
/// anew: looks that are close are late where many operations wait or brokers are slow, which is no outage. An outage is
/// `NotYet` with its reason, never `Met`, and ends a streak.
#[must_use]
pub fn look(awaited: Awaited<'_>, memory: &Memory, sections: &Sections, pace: Pace) -> (Memory, Looked) {
    match awaited.condition {
        Condition::ReadBack => (memory.clone(), Looked::Met),
        Condition::KafkaGroupHasNoMembers { group, looks } => no_members((group, *looks), memory, sections, pace),
        Condition::KafkaMoved(moving) => {
            moving::look(moving, &moving::moves_of(awaited.actions), memory, sections, pace)
        }
        Condition::RocketmqOffsetsHold(holding) => holding.look(awaited.actions, memory, sections, pace),
        Condition::RocketmqSeedsKept(kept) => kept.look(awaited.actions, memory, sections, pace),
        Condition::RocketmqQueuesStand(standing) => standing::look(standing, memory, sections, pace),
        Condition::RocketmqTopicGone(absence) => topic_gone::look(absence, memory, sections, pace),
        Condition::RocketmqDrained(closing) => closing::look_drained(closing, memory, sections, pace),
        Condition::RocketmqStaysClosed(closing) => closing::look_closed(closing, memory, sections, pace),
    }
}

/// When a look is made and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The time of this look.
    pub now: Millis,
    /// The time between two looks.
    pub interval: Duration,
}

fn no_members(wanted: (&GroupId, u32), memory: &Memory, sections: &Sections, pace: Pace) -> (Memory, Looked) {
    let (group, looks) = wanted;
    let broken = Memory { last_look: Some(pace.now), ..Memory::default() };
    let members = match Looker::new(sections).kafka_group(group) {
        Look::Seen(found) => found.as_ref().map_or(&[][..], |group| &group.members),
        Look::Failed(failure) => {
            let facts = Facts::none().with("failure", failure.kind.key()).with("said", failure.said.as_str());
            return (broken, Looked::NotYet { id: CANNOT_LOOK, facts });
        }
        Look::Ask => {
            return (broken, Looked::NotYet { id: CANNOT_LOOK, facts: Facts::none().with("failure", "not-asked") });
        }
    };
    if !members.is_empty() {
        return (broken, Looked::NotYet { id: "members-remain", facts: member_facts(group, members) });
    }
    let streak = if gap_too_long(memory, pace) { 1 } else { memory.streak.saturating_add(1) };
    let memory = Memory { streak, last_look: Some(pace.now), ..Memory::default() };
    if streak >= looks {
        return (memory, Looked::Met);
    }
    let facts =
        Facts::none().with("group", group.as_str()).with("streak", i64::from(streak)).with("wanted", i64::from(looks));
    (memory, Looked::NotYet { id: "watching-a-little-longer", facts })
}

pub(super) fn gap_too_long(memory: &Memory, pace: Pace) -> bool {
    memory.last_look.is_some_and(|last| pace.now.since(last) > (pace.interval * 3).max(LATE))
}
