//! A simulated Kafka cluster: what it is ([`Kafka`]), how it is looked at and changed, how it is made to misbehave.

mod act;
mod act_layout;
mod act_topics;
mod backend;
mod control;
mod fault;
mod group;
pub(crate) mod log;
mod look;
mod look_layout;
mod member;
mod moves;
mod rights;
mod topic;

pub use backend::{Deadlines, SimulatedKafka};
pub use fault::{ActFault, Interference, Trouble};
pub use group::{GroupSpec, ResetPolicy};
pub use member::{Leave, Member};
pub use topic::{TopicSpec, per_second};

use crate::draw::Draw;
use crate::home::FleetError;
use fault::Faults;
pub(crate) use fault::failed;
use group::{Group, Topics};
use interlock::cluster::kafka::Controllers;
use interlock::id::{GroupId, OperationId, TopicName};
use interlock::plan::Action;
use interlock::time::Millis;
use member::MemberState;
use rights::Access;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;
use topic::Topic;

/// `broker.session.timeout.ms`: for so long a dead broker still counts as alive.
const FENCED_AFTER: Duration = Duration::from_secs(9);
/// The topic that groups' commits live in.
const OFFSETS_TOPIC: &str = "__consumer_offsets";
/// `offsets.topic.num.partitions`
const OFFSETS_PARTITIONS: u32 = 50;
/// How long a record is. Logs count records; disks and moves count bytes.
const RECORD_BYTES: u64 = 512;
/// The size of a broker's disk, unless it is made another.
const DISK_BYTES: u64 = 1 << 40;
/// The first log directory of each broker.
const DATA: &str = "/var/lib/kafka";
/// So many received acts are remembered.
pub(crate) const MOST_ACTS: usize = 10_000;

/// An act that a broker received, whether or not its answer arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedAct {
    /// When.
    pub at: Millis,
    /// Under which permit; none for what another tool did.
    pub permit: Option<Shown>,
    /// What was asked.
    pub action: Action,
    /// Whether anything of it was applied.
    pub applied: bool,
}

/// What a permit says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// The operation.
    pub operation: OperationId,
    /// The worker's fencing token.
    pub token: i64,
    /// The journal place of the intent.
    pub intent: i64,
}

/// The state of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kafka {
    id: String,
    brokers: Vec<BrokerState>,
    topics: Topics,
    groups: BTreeMap<GroupId, Group>,
    access: Access,
    faults: Faults,
    acts: Vec<ReceivedAct>,
    /// Up to when moves have been reckoned.
    moved_at: Millis,
    /// Whether the controllers' own listeners can be reached.
    controllers: Controllers,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct BrokerState {
    id: i32,
    rack: Option<String>,
    dead_since: Option<Millis>,
    /// Settings made while it runs.
    config: BTreeMap<String, String>,
    /// The size of the disk of each log directory.
    disks: Vec<u64>,
}

impl BrokerState {
    fn new(id: i32, rack: Option<&str>) -> Self {
        let (rack, config) = (rack.map(str::to_owned), BTreeMap::new());
        Self { id, rack, dead_since: None, config, disks: vec![DISK_BYTES] }
    }

    /// Its log directories, in order.
    fn dirs(&self) -> impl Iterator<Item = (String, u64)> {
        let path = |nth: usize| if nth == 0 { DATA.to_owned() } else { format!("{DATA}-{}", nth + 1) };
        self.disks.iter().enumerate().map(move |(nth, bytes)| (path(nth), *bytes))
    }

    fn is_fenced(&self, now: Millis) -> bool {
        self.dead_since.is_some_and(|since| now >= since.plus(FENCED_AFTER))
    }
}

impl Kafka {
    pub(crate) fn build(brokers: &[(i32, Option<&str>)], draw: &mut Draw, now: Millis) -> Result<Self, FleetError> {
        let mut brokers: Vec<BrokerState> = brokers.iter().map(|(id, rack)| BrokerState::new(*id, *rack)).collect();
        brokers.sort_by_key(|broker| broker.id);
        let mut kafka = Self {
            id: draw.kafka_id(),
            brokers,
            topics: Topics::new(),
            groups: BTreeMap::new(),
            access: Access::everything(),
            faults: Faults::default(),
            acts: Vec::new(),
            moved_at: now,
            controllers: Controllers::Answer,
        };
        let mut offsets = TopicSpec::new(OFFSETS_TOPIC.parse()?, OFFSETS_PARTITIONS);
        offsets.retention = None;
        offsets.config = vec![("cleanup.policy".to_owned(), "compact".to_owned())];
        kafka.create_topic(&offsets, draw, now)?;
        Ok(kafka)
    }

    fn create_topic(&mut self, spec: &TopicSpec, draw: &mut Draw, now: Millis) -> Result<(), FleetError> {
        if self.topics.contains_key(&spec.name) {
            return Err(FleetError::Exists(format!("topic {}", spec.name)));
        }
        let brokers: Vec<i32> = self.brokers.iter().map(|broker| broker.id).collect();
        let mut topic = Topic::build(spec, &brokers, draw, now);
        topic.internal = spec.name.as_str() == OFFSETS_TOPIC;
        self.topics.insert(spec.name.clone(), topic);
        Ok(())
    }

    fn is_alive(&self, broker: i32, now: Millis) -> bool {
        self.brokers.iter().any(|one| one.id == broker && !one.is_fenced(now))
    }

    /// Whether a broker answers; one that just died does not, though the others do not know it yet.
    fn answers(&self, broker: i32) -> bool {
        self.brokers.iter().any(|one| one.id == broker && one.dead_since.is_none())
    }

    /// The broker that coordinates a group: the leader of the group's partition of the offsets topic.
    fn coordinator(&self, group: &GroupId, now: Millis) -> Option<i32> {
        let partitions = i32::try_from(OFFSETS_PARTITIONS).unwrap_or(i32::MAX);
        let number = (java_hash(group.as_str()) & i32::MAX) % partitions;
        let topic = self.topics.iter().find(|(name, _)| name.as_str() == OFFSETS_TOPIC)?.1;
        topic.partition(number)?.seen(|broker| self.is_alive(broker, now)).leader
    }

    fn has_partition(&self, topic: &TopicName, partition: i32) -> bool {
        self.topics.get(topic).is_some_and(|topic| topic.partition(partition).is_some())
    }

    fn settle(&mut self, group: &GroupId, now: Millis) {
        if let Some(group) = self.groups.get_mut(group) {
            group.settle(&self.topics, now);
        }
    }

    fn settle_all(&mut self, now: Millis) {
        for group in self.groups.values_mut() {
            group.settle(&self.topics, now);
        }
    }

    /// A member joins; the coordinator makes a group that it does not know. The member id is the answer.
    fn join(&mut self, group: &GroupId, member: Member, draw: &mut Draw, now: Millis) -> String {
        use interlock::cluster::kafka::GroupKind;
        self.settle(group, now);
        let anew = || Group::build(&GroupSpec::new(group.clone()), &self.topics, now);
        let group = self.groups.entry(group.clone()).or_insert_with(anew);
        let member_id = match group.kind {
            GroupKind::Classic => format!("{}-{}", member.client_id, draw.java_id()),
            GroupKind::Consumer | GroupKind::Other => draw.kafka_id(),
        };
        if !member.alone {
            "consumer".clone_into(&mut group.protocol_type);
        }
        group.members.retain(|other| member.instance_id.is_none() || !other.is_instance(member.instance_id.as_deref()));
        group.members.push(MemberState::join(member_id.clone(), member, now));
        group.resume(&self.topics, now);
        member_id
    }
}

/// `String.hashCode()` of Java, by which groups are spread over the offsets topic.
fn java_hash(text: &str) -> i32 {
    text.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_spread_by_the_hash_of_java() {
        // "ab": 97 * 31 + 98; the long one overflows 32 bits.
        for (text, hash) in [("", 0), ("a", 97), ("ab", 3_105), ("polygenelubricants", i32::MIN)] {
            assert_eq!(java_hash(text), hash, "{text}");
        }
    }
}
