//! What acts on the layout do to a cluster. The controller believes everybody: targets that are dead, moves that override
//! each other and settings that mean nothing are all answered with success.

use super::act::because;
use super::fault::failed;
use super::look::topic_denied;
use super::look_layout::cluster_denied;
use super::{BrokerState, Kafka, Topic};
use engine::port::{Acted, Reason};
use interlock::cluster::FailureKind;
use interlock::cluster::kafka::{Controllers, Right};
use interlock::id::TopicName;
use interlock::plan::{ConfigChange, ConfigOn, ListRemoval, PreferredLeader, ReplicaMove, list_entries};
use interlock::time::Millis;

impl Kafka {
    pub(super) fn reassign(&mut self, moves: &[ReplicaMove]) -> Acted {
        if !self.access.cluster.contains(&Right::Alter) {
            return Acted::NotApplied(because("missing-right", cluster_denied()));
        }
        for one in moves {
            if let Err(reason) = self.give_dirs(one) {
                return Acted::NotApplied(reason);
            }
        }
        one_by_one(moves, |one| self.reassign_one(&one.topic, one.partition, &one.to.0))
    }

    /// A broker keeps each replica in the directory that it was given for it; others where it has the fewest.
    fn give_dirs(&mut self, one: &ReplicaMove) -> Result<(), Reason> {
        for broker in one.adding() {
            let is_dead = self.brokers.iter().any(|found| found.id == broker && found.dead_since.is_some());
            if is_dead && one.dirs.contains_key(&broker) {
                return Err(because("", failed(FailureKind::Unreachable, "connection refused")));
            }
            let dir = match one.dirs.get(&broker) {
                Some(path) => self.dir_named(broker, path).ok_or_else(no_such_dir)?,
                None => self.dir_with_fewest(broker),
            };
            self.placed(&one.topic, one.partition)?.dirs.insert(broker, dir);
        }
        Ok(())
    }

    fn dir_named(&self, broker: i32, path: &str) -> Option<usize> {
        let broker = self.brokers.iter().find(|one| one.id == broker)?;
        broker.dirs().position(|(found, _)| found == path)
    }

    fn dir_with_fewest(&self, broker: i32) -> usize {
        let count = self.brokers.iter().find(|one| one.id == broker).map_or(1, |one| one.disks.len());
        if count < 2 {
            return 0;
        }
        let all = || self.topics.values().flat_map(|topic| &topic.partitions);
        // Copies on their way count where they lie.
        let here =
            |one: &&super::topic::TopicPartition| one.dirs.contains_key(&broker) || one.replicas.contains(&broker);
        let holds = |dir: &usize| {
            all().filter(here).filter(|one| one.dirs.get(&broker).copied().unwrap_or_default() == *dir).count()
        };
        (0..count).min_by_key(holds).unwrap_or_default()
    }

    pub(super) fn call_off(&mut self, moves: &[ReplicaMove]) -> Acted {
        if !self.access.cluster.contains(&Right::Alter) {
            return Acted::NotApplied(because("missing-right", cluster_denied()));
        }
        one_by_one(moves, |one| {
            self.placed(&one.topic, one.partition)?.cancel();
            Ok(())
        })
    }

    pub(super) fn reassign_one(&mut self, topic: &TopicName, partition: i32, target: &[i32]) -> Result<(), Reason> {
        if target.iter().any(|id| !self.brokers.iter().any(|broker| broker.id == *id)) {
            let said = "39 INVALID_REPLICA_ASSIGNMENT: The manual partition assignment includes a broker that is not registered.";
            return Err(because("", failed(FailureKind::Refused, said)));
        }
        self.placed(topic, partition)?.send(target);
        Ok(())
    }

    fn placed(&mut self, topic: &TopicName, partition: i32) -> Result<&mut super::topic::TopicPartition, Reason> {
        let found = self.topics.get_mut(topic).and_then(|topic| topic.partition_mut(partition));
        found.ok_or_else(unknown)
    }

    pub(super) fn set_configs(&mut self, changes: &[ConfigChange], now: Millis) -> Acted {
        one_by_one(changes, |one| match &one.on {
            ConfigOn::Broker(id) => self.set_on_broker(*id, one, now),
            ConfigOn::Topic(name) => {
                let topic = self.configurable(name)?;
                topic.set_config(&one.key, one.to.as_deref());
                Ok(())
            }
        })
    }

    fn set_on_broker(&mut self, id: i32, one: &ConfigChange, now: Millis) -> Result<(), Reason> {
        if !self.access.cluster.contains(&Right::AlterConfigs) {
            return Err(because("missing-right", cluster_denied()));
        }
        let by_controllers = self.controllers == Controllers::Answer;
        let found = self.brokers.iter_mut().find(|broker| broker.id == id);
        let takes = |broker: &BrokerState| broker.dead_since.is_none() || by_controllers && broker.is_fenced(now);
        let Some(broker) = found.filter(|broker| takes(broker)) else {
            return Err(because("", failed(FailureKind::Unreachable, "connection refused")));
        };
        match &one.to {
            Some(value) => broker.config.insert(one.key.clone(), value.clone()),
            None => broker.config.remove(&one.key),
        };
        Ok(())
    }

    fn configurable(&mut self, name: &TopicName) -> Result<&mut Topic, Reason> {
        if !self.access.topics.allows(name.as_str(), Right::AlterConfigs) {
            return Err(because("missing-right", topic_denied()));
        }
        self.topics.get_mut(name).ok_or_else(unknown)
    }

    pub(super) fn take_from_lists(&mut self, lists: &[ListRemoval]) -> Acted {
        one_by_one(lists, |one| {
            let topic = self.configurable(&one.topic)?;
            let Some(found) = topic.config(&one.key).map(str::to_owned) else { return Ok(()) };
            let kept: Vec<&str> = list_entries(&found)
                .into_iter()
                .filter(|entry| !one.entries.iter().any(|ours| ours == entry))
                .collect();
            let value = kept.join(",");
            topic.set_config(&one.key, Some(value.as_str()).filter(|value| !value.is_empty() || one.stood_before));
            Ok(())
        })
    }

    pub(super) fn elect_preferred(&mut self, partitions: &[PreferredLeader], now: Millis) -> Acted {
        if !self.access.cluster.contains(&Right::Alter) {
            return Acted::NotApplied(because("missing-right", cluster_denied()));
        }
        one_by_one(partitions, |one| {
            let alive = self.is_alive(one.leader, now);
            let partition = self.placed(&one.topic, one.partition)?;
            if !alive || partition.replicas.first() != Some(&one.leader) {
                let said = "80 PREFERRED_LEADER_NOT_AVAILABLE: The preferred leader was not available.";
                return Err(because("", failed(FailureKind::Refused, said)));
            }
            partition.leader = None;
            Ok(())
        })
    }
}

/// Each by itself, as the controller does: all, none or some of them.
fn one_by_one<T>(all: &[T], mut act: impl FnMut(&T) -> Result<(), Reason>) -> Acted {
    let mut refused = None;
    let mut done = 0;
    for one in all {
        match act(one) {
            Ok(()) => done += 1,
            Err(reason) => {
                refused.get_or_insert(reason);
            }
        }
    }
    match refused {
        None => Acted::Applied,
        Some(reason) if done == 0 => Acted::NotApplied(reason),
        Some(reason) => Acted::Unknown(reason),
    }
}

fn no_such_dir() -> Reason {
    let said = "57 LOG_DIR_NOT_FOUND: The user-specified log directory is not found in the broker config.";
    because("", failed(FailureKind::Refused, said))
}

fn unknown() -> Reason {
    let said = "3 UNKNOWN_TOPIC_OR_PARTITION: This server does not host this topic-partition.";
    because("topic-gone", failed(FailureKind::Refused, said))
}
