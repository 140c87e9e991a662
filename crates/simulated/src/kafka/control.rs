//! The handles by which demo and tests give a cluster load and trouble.

use super::{
    ActFault, BrokerState, Group, GroupSpec, Interference, Kafka, Leave, Member, ReceivedAct, SimulatedKafka, Topic,
    TopicSpec, Trouble,
};
use crate::draw::Draw;
use crate::home::FleetError;
use engine::port::Acted;
use interlock::cluster::Failure;
use interlock::cluster::kafka::{Committed, Controllers, KafkaQuery, Right};
use interlock::id::{GroupId, TopicName};
use interlock::plan::{Action, KafkaAction, OffsetMove};
use interlock::time::Millis;

/// Each changes the cluster at the clock's instant. They fail if the cluster or the thing is not there (or is there
/// already), or if the fleet's file cannot be written.
#[expect(clippy::missing_errors_doc, reason = "the same for all of them, said once above")]
impl SimulatedKafka {
    /// Creates a topic.
    pub fn add_topic(&self, spec: &TopicSpec) -> Result<(), FleetError> {
        self.change(|kafka, draw, now| kafka.create_topic(spec, draw, now))
    }

    /// Deletes a topic, and with it what groups committed there.
    pub fn delete_topic(&self, name: &TopicName) -> Result<(), FleetError> {
        self.change(|kafka, _, now| kafka.delete_topic(name, now).map(drop))
    }

    /// Deletes a topic and makes it again: same name and load, another id, nothing in it.
    pub fn recreate_topic(&self, name: &TopicName) -> Result<(), FleetError> {
        self.change(|kafka, draw, now| {
            let mut topic = kafka.delete_topic(name, now)?;
            topic.begin_anew(draw, now);
            kafka.topics.insert(name.clone(), topic);
            Ok(())
        })
    }

    /// Adds empty partitions to a topic, as an administrator does.
    pub fn add_partitions(&self, name: &TopicName, count: u32) -> Result<(), FleetError> {
        self.change(|kafka, _, now| {
            let topic = kafka.topic_mut(name)?;
            let last = topic.partitions.last().ok_or_else(|| no_such("partition of", name))?.clone();
            for number in (last.number + 1..).take(count as usize) {
                topic.partitions.push(last.beside(number, now));
            }
            Ok(())
        })
    }

    /// From now on records come in at this rate per hour, in all partitions together.
    pub fn set_rate(&self, name: &TopicName, rate: u64) -> Result<(), FleetError> {
        self.change(|kafka, _, now| {
            kafka.topic_mut(name)?.set_rate(rate, now);
            Ok(())
        })
    }

    /// So many records come into one partition at once.
    pub fn produce(&self, name: &TopicName, partition: i32, records: u32) -> Result<(), FleetError> {
        self.change(|kafka, _, now| {
            let topic = kafka.topic_mut(name)?;
            topic.partition_mut(partition).ok_or_else(|| no_such("partition", partition))?.log.produce(records, now);
            Ok(())
        })
    }

    /// Removes a partition's records before an offset, as DeleteRecords does.
    pub fn delete_records(&self, name: &TopicName, partition: i32, before: i64) -> Result<(), FleetError> {
        self.change(|kafka, _, now| {
            kafka.settle_all(now);
            let topic = kafka.topic_mut(name)?;
            let found = topic.partition_mut(partition).ok_or_else(|| no_such("partition", partition))?;
            found.log.delete_before(before, now);
            Ok(())
        })
    }

    /// Makes a group, still without members.
    pub fn add_group(&self, spec: &GroupSpec) -> Result<(), FleetError> {
        self.change(|kafka, _, now| {
            if kafka.groups.contains_key(&spec.id) {
                return Err(FleetError::Exists(format!("group {}", spec.id)));
            }
            kafka.groups.insert(spec.id.clone(), Group::build(spec, &kafka.topics, now));
            Ok(())
        })
    }

    /// A member joins and works from now on; the answer is its member id. A group that does not exist is made.
    pub fn join(&self, group: &GroupId, member: Member) -> Result<String, FleetError> {
        self.change(|kafka, draw, now| Ok(kafka.join(group, member, draw, now)))
    }

    /// A member (by client, static or member id) stops, now or at an instant ahead.
    pub fn leave(&self, group: &GroupId, member: &str, how: Leave, at: Option<Millis>) -> Result<(), FleetError> {
        self.change(|kafka, _, now| {
            let found = kafka.groups.get_mut(group).ok_or_else(|| no_such("group", group))?;
            let mut working = found.members.iter_mut().filter(|one| one.is_working(now));
            let one = working.find(|one| one.is_named(member)).ok_or_else(|| no_such("member", member))?;
            one.left = Some((at.unwrap_or(now).max(now), how));
            Ok(())
        })
    }

    /// All members at work stop, now or at an instant ahead.
    pub fn stop_group(&self, group: &GroupId, how: Leave, at: Option<Millis>) -> Result<(), FleetError> {
        self.change(|kafka, _, now| {
            let found = kafka.groups.get_mut(group).ok_or_else(|| no_such("group", group))?;
            for one in found.members.iter_mut().filter(|one| one.is_working(now)) {
                one.left = Some((at.unwrap_or(now).max(now), how));
            }
            Ok(())
        })
    }

    /// From now on the group reads at most so many records per hour in each partition of a topic.
    pub fn set_reading(&self, group: &GroupId, topic: &TopicName, rate: u64) -> Result<(), FleetError> {
        self.change(|kafka, _, now| {
            kafka.settle(group, now);
            let found = kafka.groups.get_mut(group).ok_or_else(|| no_such("group", group))?;
            found.reads.insert(topic.clone(), rate);
            Ok(())
        })
    }

    /// Another tool commits an offset in a group, as an administrator does; the broker refuses what it refuses to us.
    pub fn foreign_commit(
        &self,
        group: &GroupId,
        topic: &TopicName,
        partition: i32,
        to: Committed,
    ) -> Result<Acted, FleetError> {
        let moves = vec![OffsetMove { topic: topic.clone(), partition, from: None, to }];
        let action = Action::Kafka(KafkaAction::CommitOffsets { group: group.clone(), moves });
        self.change(|kafka, draw, now| Ok(kafka.perform(&action, draw, now)))
    }

    /// Sets or takes away what is wrong with the whole cluster.
    pub fn trouble(&self, trouble: Option<Trouble>) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.faults.trouble = trouble;
            Ok(())
        })
    }

    /// Something happens to the next act; several wait in line.
    pub fn fail_next_act(&self, fault: ActFault) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.faults.acts.push_back(fault);
            Ok(())
        })
    }

    /// One query fails until [`SimulatedKafka::heal_queries`].
    pub fn fail_query(&self, query: KafkaQuery, failure: Failure) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.faults.queries.push((query, failure));
            Ok(())
        })
    }

    /// No single query fails any more.
    pub fn heal_queries(&self) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.faults.queries.clear();
            Ok(())
        })
    }

    /// Somebody interferes after the next act has come in and before it is carried out.
    pub fn before_next_act(&self, event: Interference) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.faults.before.push(event);
            Ok(())
        })
    }

    /// A member joins between the last look and the next act.
    pub fn join_before_next_act(&self, group: &GroupId, member: Member) -> Result<(), FleetError> {
        self.before_next_act(Interference::Join(group.clone(), member))
    }

    /// Somebody interferes right after the next act.
    pub fn after_next_act(&self, event: Interference) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.faults.after.push(event);
            Ok(())
        })
    }

    /// Takes a right on the cluster from us.
    pub fn revoke_on_cluster(&self, right: Right) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.access.cluster.remove(&right);
            Ok(())
        })
    }

    /// Takes a right on a topic from us.
    pub fn revoke_on_topic(&self, name: &TopicName, right: Right) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.access.topics.revoke(name.as_str(), right);
            Ok(())
        })
    }

    /// Gives us a right on a topic.
    pub fn grant_on_topic(&self, name: &TopicName, right: Right) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.access.topics.grant(name.as_str(), right);
            Ok(())
        })
    }

    /// Takes a right on a group from us.
    pub fn revoke_on_group(&self, group: &GroupId, right: Right) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.access.groups.revoke(group.as_str(), right);
            Ok(())
        })
    }

    /// Whether the brokers tell what we may do; those before KIP-430 do not.
    pub fn tell_rights(&self, tells: bool) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.access.tells = tells;
            Ok(())
        })
    }

    /// Kills a broker. For nine seconds the others count it as alive; then its partitions get other leaders.
    pub fn kill_broker(&self, id: i32) -> Result<(), FleetError> {
        self.change(|kafka, _, now| kafka.kill_broker(id, now))
    }

    /// Starts a killed broker.
    pub fn start_broker(&self, id: i32) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.broker_mut(id)?.dead_since = None;
            Ok(())
        })
    }

    /// Whether the controllers' own listeners are given and answer; they take settings of brokers that are dead.
    pub fn set_controllers(&self, controllers: Controllers) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.controllers = controllers;
            Ok(())
        })
    }

    /// Adds a broker with nothing on it.
    pub fn add_broker(&self, id: i32, rack: Option<&str>) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            if kafka.brokers.iter().any(|broker| broker.id == id) {
                return Err(FleetError::Exists(format!("broker {id}")));
            }
            kafka.brokers.push(BrokerState::new(id, rack));
            kafka.brokers.sort_by_key(|broker| broker.id);
            Ok(())
        })
    }

    /// Gives a broker a disk of another size.
    pub fn set_disk(&self, id: i32, bytes: u64) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.broker_mut(id)?.disks = vec![bytes];
            Ok(())
        })
    }

    /// Gives a broker a log directory for each of these sizes. What it has so far lies in the first.
    pub fn set_disks(&self, id: i32, bytes: &[u64]) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.broker_mut(id)?.disks = bytes.to_vec();
            Ok(())
        })
    }

    /// Somebody else makes a setting on a broker, or takes it away.
    pub fn set_broker_config(&self, id: i32, key: &str, value: Option<&str>) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            let config = &mut kafka.broker_mut(id)?.config;
            match value {
                Some(value) => config.insert(key.to_owned(), value.to_owned()),
                None => config.remove(key),
            };
            Ok(())
        })
    }

    /// Somebody else makes a setting on a topic, or takes it away.
    pub fn set_topic_config(&self, name: &TopicName, key: &str, value: Option<&str>) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            kafka.topic_mut(name)?.set_config(key, value);
            Ok(())
        })
    }

    /// Another tool sends a partition to other replicas.
    pub fn foreign_reassign(&self, name: &TopicName, partition: i32, target: &[i32]) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            let sent = kafka.reassign_one(name, partition, target);
            sent.map_err(|reason| FleetError::NoSuch(reason.said))
        })
    }

    /// Another tool calls a move off.
    pub fn foreign_cancel(&self, name: &TopicName, partition: i32) -> Result<(), FleetError> {
        self.change(|kafka, _, _| {
            let topic = kafka.topic_mut(name)?;
            topic.partition_mut(partition).ok_or_else(|| no_such("partition", partition))?.cancel();
            Ok(())
        })
    }

    /// Puts another, freshly built cluster behind the name: other ids, the same topics with nothing in them, no groups. The
    /// log of received acts stays.
    pub fn replace(&self) -> Result<(), FleetError> {
        self.change(|kafka, draw, now| {
            kafka.id = draw.kafka_id();
            kafka.groups.clear();
            for topic in kafka.topics.values_mut() {
                topic.begin_anew(draw, now);
            }
            Ok(())
        })
    }

    /// The acts that came to the brokers, oldest first; what [`SimulatedKafka::foreign_commit`] does is not among them.
    pub fn acts(&self) -> Result<Vec<ReceivedAct>, FleetError> {
        self.read(|kafka, _| kafka.acts.clone())
    }
}

impl Kafka {
    fn topic_mut(&mut self, name: &TopicName) -> Result<&mut Topic, FleetError> {
        self.topics.get_mut(name).ok_or_else(|| no_such("topic", name))
    }

    pub(super) fn delete_topic(&mut self, name: &TopicName, now: Millis) -> Result<Topic, FleetError> {
        self.settle_all(now);
        let topic = self.topics.remove(name).ok_or_else(|| no_such("topic", name))?;
        for group in self.groups.values_mut() {
            group.forget_topic(name);
        }
        Ok(topic)
    }

    /// Who led on the broker is followed by another with a higher epoch.
    fn kill_broker(&mut self, id: i32, now: Millis) -> Result<(), FleetError> {
        self.settle_all(now);
        let alive: Vec<i32> =
            self.brokers.iter().filter(|broker| !broker.is_fenced(now)).map(|broker| broker.id).collect();
        for partition in self.topics.values_mut().flat_map(|topic| &mut topic.partitions) {
            if partition.seen(|broker| alive.contains(&broker)).leader == Some(id) {
                partition.epoch = partition.epoch.saturating_add(1);
            }
        }
        self.broker_mut(id)?.dead_since = Some(now);
        Ok(())
    }

    fn broker_mut(&mut self, id: i32) -> Result<&mut BrokerState, FleetError> {
        self.brokers.iter_mut().find(|broker| broker.id == id).ok_or_else(|| no_such("broker", id))
    }
}

impl Topic {
    fn begin_anew(&mut self, draw: &mut Draw, now: Millis) {
        self.id = draw.kafka_id();
        for partition in &mut self.partitions {
            partition.log = partition.log.anew(now);
            partition.epoch = 0;
            partition.moving = None;
        }
    }
}

fn no_such(what: &str, which: impl std::fmt::Display) -> FleetError {
    FleetError::NoSuch(format!("{what} {which}"))
}
