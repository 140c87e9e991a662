//! A simulated RocketMQ cluster: what it is ([`Rocketmq`]), how it is looked at, how it is changed and made to misbehave.
//!
//! With the traps of the real one: servers check nothing and answer success; a change of permission reaches producers with
//! their next poll of the route, and a broker goes on taking what is sent to it; NameServers know nothing of each other.

mod act;
mod backend;
mod control;
mod lifecycle;
mod look;
mod queues;
mod slaves;
mod spec;
mod topic;

pub use backend::SimulatedRocketmq;
pub use spec::{ClientSpec, RocketmqGroupSpec, RocketmqSpec, RocketmqTopicSpec};

use crate::home::FleetError;
use crate::kafka::{ActFault, ReceivedAct, Trouble};
use interlock::cluster::rocketmq::{GroupSettings, MASTER, Perm, Route};
use interlock::id::{BrokerName, GroupId, TopicName};
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;
use topic::{QueueOffset, TopicState};

/// `pollNameServerInterval`: for so long clients go by the route they have.
pub(crate) const ROUTE_POLL: Duration = Duration::from_secs(30);
/// `persistConsumerOffsetInterval`: so often clients tell brokers how far they are.
const PERSIST: Duration = Duration::from_secs(5);
/// For so long a client of 4.9 holds still that was told to read on elsewhere (`MQClientInstance.resetOffset`).
const HOLDS_STILL: Duration = Duration::from_secs(10);

/// The state of a cluster.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Rocketmq {
    /// Its name at the brokers.
    name: String,
    /// What all its servers run ("5.5.0").
    version: String,
    started_at: Millis,
    name_servers: Vec<NameServerState>,
    brokers: BTreeMap<BrokerName, BrokerState>,
    topics: BTreeMap<TopicName, TopicState>,
    groups: BTreeMap<GroupId, GroupState>,
    trouble: Option<Trouble>,
    /// What happens to the acts that come next.
    faults: VecDeque<ActFault>,
    /// What was received, the latest last.
    acts: Vec<ReceivedAct>,
    /// What brokers keep back until it is due.
    held_back: Vec<queues::HeldBack>,
    /// How many acts, but for those that tell clients, are answered with success and forgotten.
    #[serde(default)]
    idle_acts: u32,
    /// Whether a route ever named more queues to write than to read.
    past_read: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct NameServerState {
    address: String,
    dead: bool,
    /// Brokers whose write permission was wiped here.
    wiped: BTreeSet<BrokerName>,
    /// Brokers that do not register here.
    strangers: BTreeSet<BrokerName>,
    /// Routes of topics that brokers have deleted and nobody has taken away here.
    #[serde(default)]
    left: BTreeMap<TopicName, Route>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct BrokerState {
    /// By id.
    processes: BTreeMap<u64, ProcessState>,
    perm: Perm,
    kept_hours: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct ProcessState {
    address: String,
    dead: bool,
    disk_percent: u32,
    /// How much of the master's log a slave lacks.
    behind_bytes: u64,
    /// Topics that were set at a slave itself.
    #[serde(default)]
    own_topics: BTreeMap<TopicName, slaves::OwnTopic>,
}

impl BrokerState {
    fn has_master(&self) -> bool {
        self.processes.get(&MASTER).is_some_and(|master| !master.dead)
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct GroupState {
    /// Its settings at each master that has it.
    at: BTreeMap<BrokerName, GroupSettings>,
    clients: Vec<ClientSpec>,
    /// How far it is, in each queue that it has an offset in.
    offsets: Vec<QueueOffset>,
    broadcasts: bool,
}

impl Rocketmq {
    pub(crate) fn build(spec: &RocketmqSpec, now: Millis) -> Result<Self, FleetError> {
        let mut brokers = BTreeMap::new();
        for (place, (name, slaves)) in spec.brokers.iter().enumerate() {
            let process = |id: u64| ProcessState {
                address: format!("10.2.{place}.{}:10911", id + 1),
                dead: false,
                disk_percent: 41,
                behind_bytes: 0,
                own_topics: BTreeMap::new(),
            };
            let processes = (0..=u64::from(*slaves)).map(|id| (id, process(id))).collect();
            let state = BrokerState { processes, perm: Perm::READ_WRITE, kept_hours: 72 };
            if brokers.insert(name.clone(), state).is_some() {
                return Err(FleetError::Exists(format!("broker {name}")));
            }
        }
        let server = |number: u32| NameServerState {
            address: format!("10.2.9.{}:9876", number + 1),
            dead: false,
            wiped: BTreeSet::new(),
            strangers: BTreeSet::new(),
            left: BTreeMap::new(),
        };
        let mut cluster = Self {
            name: spec.cluster.clone(),
            version: spec.version.clone(),
            started_at: now.minus(spec.up_for),
            name_servers: (0..spec.name_servers).map(server).collect(),
            brokers,
            topics: BTreeMap::new(),
            groups: BTreeMap::new(),
            trouble: None,
            held_back: Vec::new(),
            past_read: false,
            idle_acts: 0,
            faults: VecDeque::new(),
            acts: Vec::new(),
        };
        cluster.add_own_topics(now)?;
        Ok(cluster)
    }

    /// The topics every broker makes for itself.
    fn add_own_topics(&mut self, now: Millis) -> Result<(), FleetError> {
        let names: Vec<BrokerName> = self.brokers.keys().cloned().collect();
        let shared = ["TBW102", "SCHEDULE_TOPIC_XXXX", "RMQ_SYS_TRANS_HALF_TOPIC", self.name.as_str()];
        for topic in shared.map(str::to_owned) {
            self.topics.insert(topic.parse()?, TopicState::silent(&names, 1, now));
        }
        for broker in names {
            let topic = broker.as_str().parse()?;
            self.topics.insert(topic, TopicState::silent(std::slice::from_ref(&broker), 1, now));
        }
        Ok(())
    }
}
