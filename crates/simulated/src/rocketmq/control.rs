//! What people, other tools and accidents do to a cluster. What a broker answers success to, is success here.

use super::topic::{QueueOffset, TopicHere, TopicState};
use super::{GroupState, Rocketmq, RocketmqGroupSpec, RocketmqTopicSpec, SimulatedRocketmq};
use crate::home::FleetError;
use crate::kafka::{ActFault, ReceivedAct, Trouble};
use interlock::cluster::rocketmq::{GroupSettings, MASTER, Perm, Queues};
use interlock::id::{BrokerName, GroupId, TopicName};
use interlock::time::Millis;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

impl SimulatedRocketmq {
    /// Makes a topic with its messages.
    ///
    /// # Errors
    /// If there is one of this name, or no such broker.
    pub fn add_topic(&self, spec: &RocketmqTopicSpec) -> Result<(), FleetError> {
        self.change(|cluster, now| cluster.add_topic(spec, now))
    }

    /// Makes a group as it stands.
    ///
    /// # Errors
    /// If there is one of this id, or no such topic.
    pub fn add_group(&self, spec: &RocketmqGroupSpec) -> Result<(), FleetError> {
        self.change(|cluster, now| cluster.add_group(spec, now))
    }

    /// A NameServer dies or comes back, by its number from 0.
    ///
    /// # Errors
    /// If there is none.
    pub fn name_server_dies(&self, number: usize, dead: bool) -> Result<(), FleetError> {
        self.change(|cluster, _| {
            cluster.name_server(number)?.dead = dead;
            Ok(())
        })
    }

    /// A broker no longer registers at a NameServer: it does not have that one's address.
    ///
    /// # Errors
    /// If there is no such NameServer.
    pub fn not_registered_at(&self, number: usize, broker: &BrokerName) -> Result<(), FleetError> {
        self.change(|cluster, _| {
            cluster.name_server(number)?.strangers.insert(broker.clone());
            Ok(())
        })
    }

    /// WIPE_WRITE_PERM_OF_BROKER (205) at one NameServer: the others go on telling the old route.
    ///
    /// # Errors
    /// If there is no such NameServer.
    pub fn wipe_write_perm(&self, number: usize, broker: &BrokerName) -> Result<(), FleetError> {
        self.change(|cluster, _| {
            cluster.name_server(number)?.wiped.insert(broker.clone());
            Ok(())
        })
    }

    /// A process dies or comes back.
    ///
    /// # Errors
    /// If there is none.
    pub fn process_dies(&self, broker: &BrokerName, id: u64, dead: bool) -> Result<(), FleetError> {
        self.change(|cluster, now| {
            cluster.process(broker, id)?.dead = dead;
            cluster.reroute(now);
            Ok(())
        })
    }

    /// A slave falls behind by so many bytes.
    ///
    /// # Errors
    /// If there is none.
    pub fn slave_falls_behind(&self, broker: &BrokerName, id: u64, bytes: u64) -> Result<(), FleetError> {
        self.change(|cluster, _| {
            cluster.process(broker, id)?.behind_bytes = bytes;
            Ok(())
        })
    }

    /// A disk fills up to so many percent.
    ///
    /// # Errors
    /// If there is no such process.
    pub fn disk_fills(&self, broker: &BrokerName, id: u64, percent: u32) -> Result<(), FleetError> {
        self.change(|cluster, _| {
            cluster.process(broker, id)?.disk_percent = percent;
            Ok(())
        })
    }

    /// UPDATE_BROKER_CONFIG (25): success, whatever the key and the value. What the broker does not know and what it cannot
    /// read changes nothing.
    ///
    /// # Errors
    /// If there is no such broker.
    pub fn update_broker_config(&self, broker: &BrokerName, key: &str, value: &str) -> Result<(), FleetError> {
        self.change(|cluster, now| {
            let state = cluster.brokers.get_mut(broker).ok_or_else(|| no_broker(broker))?;
            match (key, value.parse::<u32>()) {
                ("brokerPermission", Ok(perm)) => state.perm = Perm(perm),
                ("fileReservedTime", Ok(hours)) => state.kept_hours = hours,
                _ => return Ok(()),
            }
            cluster.reroute(now);
            Ok(())
        })
    }

    /// UPDATE_AND_CREATE_TOPIC (17) at a process: success for 0 queues and for more to write than to read, too. A slave of
    /// 5.x answers success, and forgets it with its next synchronization.
    ///
    /// # Errors
    /// If there is no such process; at a slave of 4.9, as it refuses.
    pub fn update_topic(
        &self,
        at: (&BrokerName, u64),
        topic: &TopicName,
        (read, write, perm): (u32, u32, Perm),
    ) -> Result<(), FleetError> {
        let (broker, id) = at;
        self.change(|cluster, now| {
            let queues = Queues { read, write };
            if id != MASTER {
                return cluster.set_at_slave((broker, id), topic, (queues, perm), now);
            }
            cluster.process(broker, id)?;
            cluster.set_queues(topic, broker, (queues, Some(perm)), now);
            Ok(())
        })
    }

    /// Somebody sends to a queue by its number: the broker takes it, whatever its permission is and whether the queue is
    /// closed.
    ///
    /// # Errors
    /// If the topic is not there or never had such a queue.
    pub fn send(&self, topic: &TopicName, broker: &BrokerName, queue: u32, count: u32) -> Result<(), FleetError> {
        self.change(|cluster, now| {
            let here = cluster.topics.get_mut(topic).and_then(|state| state.at.get_mut(broker));
            let log = here.and_then(|here| here.queues.get_mut(queue as usize));
            let log = log.ok_or_else(|| FleetError::NoSuch(format!("queue {queue} of {topic} at {broker}")))?;
            log.produce(count, now);
            Ok(())
        })
    }

    /// All clients of a group go.
    ///
    /// # Errors
    /// If there is no such group.
    pub fn clients_leave(&self, group: &GroupId) -> Result<(), FleetError> {
        self.change(|cluster, now| {
            let Rocketmq { topics, groups, .. } = cluster;
            let state = groups.get_mut(group).ok_or_else(|| FleetError::NoSuch(format!("group {group}")))?;
            state.clients.clear();
            for one in &mut state.offsets {
                let Some(log) = topics.get(&one.topic).and_then(|topic| topic.at.get(&one.broker)) else { continue };
                let Some(log) = log.queues.get(one.queue as usize) else { continue };
                (one.offset, one.rate, one.told) = (one.committed(log, now), 0, None);
            }
            Ok(())
        })
    }

    /// UPDATE_CONSUMER_OFFSET (15) by another tool or a client: success, whatever the offset is, and while a reset waits to be
    /// fetched (5.x) success without anything done.
    ///
    /// # Errors
    /// If there is no such group or queue.
    pub fn commit(&self, group: &GroupId, at: (&TopicName, &BrokerName, u32), offset: i64) -> Result<(), FleetError> {
        self.change(|cluster, now| cluster.commit(group, at, offset, now))
    }

    /// The clients of a group fetch messages: from then on what they commit counts.
    ///
    /// # Errors
    /// If there is no such group.
    pub fn clients_fetch(&self, group: &GroupId) -> Result<(), FleetError> {
        self.change(|cluster, _| {
            let state = cluster.groups.get_mut(group).ok_or_else(|| FleetError::NoSuch(format!("group {group}")))?;
            state.offsets.iter_mut().for_each(|one| one.pending = false);
            Ok(())
        })
    }

    /// One act goes wrong; several of these follow one another.
    ///
    /// # Errors
    /// If there is no such cluster.
    pub fn fail_next_act(&self, fault: ActFault) -> Result<(), FleetError> {
        self.change(|cluster, _| {
            cluster.faults.push_back(fault);
            Ok(())
        })
    }

    /// Every act that was received, in order.
    ///
    /// # Errors
    /// If there is no such cluster.
    pub fn acts(&self) -> Result<Vec<ReceivedAct>, FleetError> {
        self.read(|cluster, _| cluster.acts.clone())
    }

    /// What is wrong with the cluster as a whole, until it is taken away again.
    ///
    /// # Errors
    /// If there is no such cluster.
    pub fn set_trouble(&self, trouble: Option<Trouble>) -> Result<(), FleetError> {
        self.change(|cluster, _| {
            cluster.trouble = trouble;
            Ok(())
        })
    }
}

fn no_broker(name: &BrokerName) -> FleetError {
    FleetError::NoSuch(format!("broker {name}"))
}

impl Rocketmq {
    fn name_server(&mut self, number: usize) -> Result<&mut super::NameServerState, FleetError> {
        self.name_servers.get_mut(number).ok_or_else(|| FleetError::NoSuch(format!("NameServer {number}")))
    }

    pub(super) fn process(&mut self, broker: &BrokerName, id: u64) -> Result<&mut super::ProcessState, FleetError> {
        let state = self.brokers.get_mut(broker).ok_or_else(|| no_broker(broker))?;
        state.processes.get_mut(&id).ok_or_else(|| FleetError::NoSuch(format!("process {id} of {broker}")))
    }

    /// Producers will learn of what changed.
    pub(super) fn reroute(&mut self, now: Millis) {
        let Self { topics, brokers, .. } = self;
        let open =
            |name: &BrokerName| brokers.get(name).is_some_and(|broker| broker.has_master() && broker.perm.may_write());
        topics.values_mut().for_each(|topic| topic.reroute(open, now));
    }

    fn add_topic(&mut self, spec: &RocketmqTopicSpec, now: Millis) -> Result<(), FleetError> {
        if self.topics.contains_key(&spec.name) {
            return Err(FleetError::Exists(format!("topic {}", spec.name)));
        }
        let all: Vec<BrokerName> = self.brokers.keys().cloned().collect();
        let brokers = if spec.brokers.is_empty() { all } else { spec.brokers.clone() };
        let queues = brokers.len() as u64 * u64::from(spec.queues);
        let each = spec.per_hour.checked_div(queues).unwrap_or(0);
        let mut state = TopicState { per_hour: spec.per_hour, ..TopicState::default() };
        for name in brokers {
            let kept = self.brokers.get(&name).ok_or_else(|| no_broker(&name))?.kept_hours;
            let kept = u64::from(kept) * 3_600_000;
            state.at.insert(name, TopicHere::begun(spec.queues, each, now.minus(spec.since), kept));
        }
        self.topics.insert(spec.name.clone(), state);
        Ok(())
    }

    fn add_group(&mut self, spec: &RocketmqGroupSpec, now: Millis) -> Result<(), FleetError> {
        if self.groups.contains_key(&spec.id) {
            return Err(FleetError::Exists(format!("group {}", spec.id)));
        }
        let from = now.minus(spec.read_until);
        let mut offsets = Vec::new();
        for (topic, rate) in &spec.topics {
            let state = self.topics.get(topic).ok_or_else(|| FleetError::NoSuch(format!("topic {topic}")))?;
            for (broker, here) in &state.at {
                for (queue, log) in (0..).zip(&here.queues) {
                    let rate = if spec.clients.is_empty() { 0 } else { *rate };
                    let (topic, broker) = (topic.clone(), broker.clone());
                    offsets.push(QueueOffset {
                        topic,
                        broker,
                        queue,
                        offset: log.end(from),
                        from,
                        rate,
                        told: None,
                        pending: false,
                        closed_rate: 0,
                    });
                }
            }
        }
        let settings = GroupSettings { consume: true, broadcast: spec.broadcasts, retry_max: 16 };
        let at = self.brokers.keys().map(|broker| (broker.clone(), settings)).collect();
        let offsets = if spec.broadcasts { Vec::new() } else { offsets };
        let (clients, broadcasts) = (spec.clients.clone(), spec.broadcasts);
        self.groups.insert(spec.id.clone(), GroupState { at, clients, offsets, broadcasts });
        let retry = format!("%RETRY%{}", spec.id);
        if let (false, Ok(retry)) = (spec.clients.is_empty(), retry.parse()) {
            let brokers: Vec<BrokerName> = self.brokers.keys().cloned().collect();
            self.topics.insert(retry, TopicState::silent(&brokers, 1, now.minus(HOUR)));
        }
        Ok(())
    }
}
