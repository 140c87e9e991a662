//! Queues that are opened and closed, and what comes into them late.

use super::act::refused;
use super::topic::{QueueOffset, TopicHere};
use super::{GroupState, Rocketmq, SimulatedRocketmq};
use crate::home::FleetError;
use engine::port::{Acted, Reason};
use interlock::cluster::rocketmq::{Delay, Perm, Queues, Reader, StoredOffset};
use interlock::id::{BrokerName, GroupId, TopicName};
use interlock::plan::{QueuesChange, Seed};
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A message that a broker keeps back until it is due.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct HeldBack {
    broker: BrokerName,
    due: Millis,
    /// How long it is kept back in all.
    delay_ms: u64,
    /// Whether it is of a transaction that is not decided yet.
    half: bool,
}

impl SimulatedRocketmq {
    /// Messages that come due in a queue after so long, whether it is open then or not: delayed ones, or those of a
    /// transaction that is decided late.
    ///
    /// # Errors
    /// If there is no such queue.
    pub fn comes_due(
        &self,
        (topic, broker, queue): (&TopicName, &BrokerName, u32),
        (count, after): (u32, Duration),
        half: bool,
    ) -> Result<(), FleetError> {
        self.change(|cluster, now| {
            let here = cluster.topics.get_mut(topic).and_then(|state| state.at.get_mut(broker));
            let log = here.and_then(|here| here.queues.get_mut(queue as usize));
            let log = log.ok_or_else(|| FleetError::NoSuch(format!("queue {queue} of {topic} at {broker}")))?;
            let due = now.plus(after);
            log.produce(count, due);
            let delay_ms = u64::try_from(after.as_millis()).unwrap_or(u64::MAX);
            cluster.held_back.push(HeldBack { broker: broker.clone(), due, delay_ms, half });
            Ok(())
        })
    }

    /// The clients of a group come back and read everything that is open. Where the group has no offset, a broker whose log
    /// is long lets it begin at the end.
    ///
    /// Gives how many messages it never gets for that.
    ///
    /// # Errors
    /// If there is no such group or topic.
    pub fn clients_return(&self, group: &GroupId, topic: &TopicName, per_hour: u64) -> Result<i64, FleetError> {
        self.change(|cluster, now| cluster.clients_return((group, topic), per_hour, now))
    }

    /// A group is as if it had never committed in the queues from this one on.
    ///
    /// # Errors
    /// If there is no such group.
    pub fn forget_offsets(&self, group: &GroupId, topic: &TopicName, first: u32) -> Result<(), FleetError> {
        self.change(|cluster, _| {
            let state = cluster.groups.get_mut(group);
            let state = state.ok_or_else(|| FleetError::NoSuch(format!("group {group}")))?;
            state.offsets.retain(|one| one.topic != *topic || one.queue < first);
            Ok(())
        })
    }

    /// Whether a route ever named more queues to write than to read.
    ///
    /// # Errors
    /// If there is no such cluster.
    pub fn past_read(&self) -> Result<bool, FleetError> {
        self.change(|cluster, _| Ok(cluster.past_read))
    }

    /// A master that was not there before joins, with the topic as a copied file has it.
    ///
    /// # Errors
    /// If there is one of this name, or no such topic.
    pub fn master_joins(&self, name: &BrokerName, topic: &TopicName, queues: u32) -> Result<(), FleetError> {
        self.change(|cluster, now| {
            let like = cluster.brokers.values().next().cloned();
            let like = like.ok_or_else(|| FleetError::NoSuch("broker to copy".to_owned()))?;
            if cluster.brokers.insert(name.clone(), like).is_some() {
                return Err(FleetError::Exists(format!("broker {name}")));
            }
            cluster.set_queues(topic, name, (Queues::both(queues), Some(Perm::READ_WRITE)), now);
            Ok(())
        })
    }
}

impl Rocketmq {
    /// Sets the queues of a topic at a master. What is closed to readers keeps what it holds.
    pub(super) fn set_queues(
        &mut self,
        topic: &TopicName,
        broker: &BrokerName,
        (queues, perm): (Queues, Option<Perm>),
        now: Millis,
    ) {
        let state = self.topics.entry(topic.clone()).or_default();
        let here = state.at.entry(broker.clone()).or_insert_with(|| TopicHere::begun(0, 0, now, 0));
        (here.read, here.write) = (queues.read, queues.write);
        self.past_read |= queues.writes_past_reads();
        if let Some(perm) = perm {
            here.perm = perm;
        }
        here.grow(queues.read.max(queues.write), now);
        let here = here.clone();
        for group in self.groups.values_mut() {
            group.follows((topic, broker), &here, now);
        }
        self.reroute(now);
    }

    /// One master after the other; a master that has the queues already is left alone.
    pub(super) fn open_queues(&mut self, topic: &TopicName, places: &[QueuesChange], now: Millis) -> Acted {
        let mut begun = false;
        for one in places {
            if let Err(reason) = self.opens(topic, one) {
                return if begun { Acted::Unknown(reason) } else { Acted::NotApplied(reason) };
            }
            self.set_queues(topic, &one.broker, (one.to, None), now);
            begun = true;
        }
        Acted::Applied
    }

    fn opens(&self, topic: &TopicName, one: &QueuesChange) -> Result<(), Reason> {
        if !self.leads(&one.broker) {
            return Err(refused("", "it has no master"));
        }
        let here = self.topics.get(topic).and_then(|state| state.at.get(&one.broker));
        let here = here.ok_or_else(|| refused("topic-gone", "the master does not have it"))?;
        let found = Queues { read: here.read, write: here.write };
        if found == one.from || found == one.to {
            Ok(())
        } else {
            Err(refused("queues-changed", &format!("the master has {found}")))
        }
    }

    pub(super) fn seed_offsets(&mut self, topic: &TopicName, seeds: &[Seed], now: Millis) -> Acted {
        let mut begun = false;
        for one in seeds {
            if !self.leads(&one.broker) {
                let reason = refused("", "it has no master");
                return if begun { Acted::Unknown(reason) } else { Acted::NotApplied(reason) };
            }
            self.seed(topic, one, now);
            begun = true;
        }
        Acted::Applied
    }

    fn clients_return(
        &mut self,
        (group, topic): (&GroupId, &TopicName),
        per_hour: u64,
        now: Millis,
    ) -> Result<i64, FleetError> {
        let state = self.groups.get_mut(group).ok_or_else(|| FleetError::NoSuch(format!("group {group}")))?;
        let logs = self.topics.get(topic).ok_or_else(|| FleetError::NoSuch(format!("topic {topic}")))?;
        let mut skipped = 0;
        for (broker, here) in &logs.at {
            for (queue, log) in (0..here.read).zip(&here.queues) {
                let known = state
                    .offsets
                    .iter_mut()
                    .find(|one| one.queue == queue && one.broker == *broker && one.topic == *topic);
                if let Some(known) = known {
                    (known.offset, known.from, known.rate) = (known.committed(log, now), now, per_hour);
                    continue;
                }
                let offset = log.end(now);
                skipped += offset - log.start(now);
                let (topic, broker) = (topic.clone(), broker.clone());
                state.offsets.push(QueueOffset {
                    topic,
                    broker,
                    queue,
                    offset,
                    from: now,
                    rate: per_hour,
                    told: None,
                    pending: false,
                    closed_rate: 0,
                });
            }
        }
        let client = format!("{group}@returned");
        state.clients.push(super::ClientSpec {
            id: client,
            host: "10.0.9.1".to_owned(),
            version: self.version.clone(),
        });
        Ok(skipped)
    }

    /// UPDATE_CONSUMER_OFFSET (15), where nothing is stored.
    pub(super) fn seed(&mut self, topic: &TopicName, seed: &Seed, now: Millis) {
        let Some(state) = self.groups.get_mut(&seed.group) else { return };
        let is_there = |one: &QueueOffset| one.queue == seed.queue && one.broker == seed.broker && one.topic == *topic;
        if state.offsets.iter().any(is_there) {
            return;
        }
        state.offsets.push(QueueOffset {
            topic: topic.clone(),
            broker: seed.broker.clone(),
            queue: seed.queue,
            offset: seed.offset,
            from: now,
            rate: 0,
            told: None,
            pending: false,
            closed_rate: 0,
        });
    }

    pub(super) fn readers(&self, topic: &TopicName, now: Millis) -> Vec<Reader> {
        let reader = |(id, group): (&GroupId, &GroupState)| {
            let mut offsets: Vec<StoredOffset> = group
                .offsets
                .iter()
                .filter(|one| one.topic == *topic && self.leads(&one.broker))
                .filter_map(|one| {
                    let log = self.topics.get(topic)?.at.get(&one.broker)?.queues.get(one.queue as usize)?;
                    let offset = one.committed(log, now);
                    Some(StoredOffset { broker: one.broker.clone(), queue: one.queue, offset })
                })
                .collect();
            offsets.sort();
            let online = !group.clients.is_empty();
            let reads = !offsets.is_empty() || (online && group.broadcasts);
            let broadcasts = online && group.broadcasts;
            reads.then(|| Reader { group: id.clone(), online, broadcasts, offsets })
        };
        self.groups.iter().filter_map(reader).collect()
    }

    pub(super) fn delays(&self, now: Millis) -> Vec<Delay> {
        let longest = |broker: &BrokerName, half: bool| {
            let held = self.held_back.iter().filter(|one| one.broker == *broker && one.half == half && one.due > now);
            held.map(|one| one.delay_ms).max().unwrap_or(0)
        };
        let delay = |broker: &BrokerName| Delay {
            broker: broker.clone(),
            delayed_ms: longest(broker, false),
            half_ms: longest(broker, true),
        };
        self.brokers.keys().filter(|broker| self.leads(broker)).map(delay).collect()
    }
}

impl GroupState {
    /// Clients read what is open: what is closed stands still, and what is opened is read from its start if they are there
    /// while it is empty.
    fn follows(&mut self, (topic, broker): (&TopicName, &BrokerName), here: &TopicHere, now: Millis) {
        let mut rate = 0;
        for one in self.offsets.iter_mut().filter(|one| one.topic == *topic && one.broker == *broker) {
            let open = one.queue < here.read;
            let Some(log) = here.queues.get(one.queue as usize) else { continue };
            if !open && one.rate > 0 {
                (one.offset, one.from) = (one.committed(log, now), now);
                (one.closed_rate, one.rate) = (one.rate, 0);
            } else if open && one.closed_rate > 0 {
                (one.from, one.rate, one.closed_rate) = (now, one.closed_rate, 0);
            }
            rate = rate.max(one.rate);
        }
        if rate == 0 {
            return;
        }
        let known: Vec<u32> = self
            .offsets
            .iter()
            .filter(|one| one.topic == *topic && one.broker == *broker)
            .map(|one| one.queue)
            .collect();
        for queue in (0..here.read).filter(|queue| !known.contains(queue)) {
            let (topic, broker) = (topic.clone(), broker.clone());
            self.offsets.push(QueueOffset {
                topic,
                broker,
                queue,
                offset: 0,
                from: now,
                rate,
                told: None,
                pending: false,
                closed_rate: 0,
            });
        }
    }
}
