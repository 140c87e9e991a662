//! The throttle of a move: which settings are made, and what is put back.

use super::{Seen, Wanted};
use crate::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE, LEADER_LIST, LEADER_RATE};
use crate::id::TopicName;
use crate::plan::{Action, ConfigChange, ConfigOn, KafkaAction, ListRemoval, ReplicaMove, list_entries};
use std::collections::{BTreeMap, BTreeSet};

/// What other operations may have left behind, by setting: where one of their values is found, it is not taken for what has to
/// be put back.
#[derive(Debug, Clone, Default)]
pub(in crate::changes) struct Earlier(BTreeMap<(ConfigOn, String), Left>);

/// One setting that may have been left.
#[derive(Debug, Clone, Default)]
struct Left {
    values: BTreeSet<String>,
    before: Option<String>,
}

impl Earlier {
    /// What puts a setting back, and the values that may stand there until then.
    pub(in crate::changes) fn add(&mut self, put_back: &ConfigChange, values: &BTreeSet<String>) {
        let left = self.0.entry((put_back.on.clone(), put_back.key.clone())).or_default();
        left.before.clone_from(&put_back.to);
        left.values.extend(values.iter().cloned());
    }

    /// What a setting is put back to: what was found, or what stood there before that was left behind.
    fn to(&self, one: &ConfigChange) -> Option<String> {
        if !self.left(&one.on, &one.key, one.from.as_deref()) {
            return one.from.clone();
        }
        self.0.get(&(one.on.clone(), one.key.clone())).and_then(|left| left.before.clone())
    }

    /// Whether a value is one that was left behind.
    pub(super) fn left(&self, on: &ConfigOn, key: &str, value: Option<&str>) -> bool {
        let left = self.0.get(&(on.clone(), key.to_owned()));
        value.is_some_and(|value| left.is_some_and(|left| left.values.contains(value)))
    }
}

/// The settings of a run.
pub(super) struct Settings {
    /// The rates of the brokers.
    pub(super) rates: Vec<ConfigChange>,
    /// The lists of the topics.
    pub(super) lists: Vec<ConfigChange>,
    /// What puts all of it back: lists first, for without them the rates have no effect; then each rate of each broker by
    /// itself, so that one that is dead keeps no other waiting, and what somebody else set keeps nothing of ours there.
    pub(super) restore: Vec<Action>,
}

/// Every broker that a move names.
pub(super) fn brokers(moves: &[ReplicaMove]) -> BTreeSet<i32> {
    moves
        .iter()
        .filter(|one| !one.adding().is_empty())
        .flat_map(|one| one.starts().chain([&one.to]).flat_map(|replicas| &replicas.0))
        .copied()
        .collect()
}

pub(super) fn settings(wanted: &Wanted, seen: &Seen<'_>) -> Settings {
    let rates = rates(wanted, seen);
    let (lists, removals) = lists(wanted, seen);
    let mut restore = Vec::new();
    if !removals.is_empty() {
        restore.push(Action::Kafka(KafkaAction::TakeFromLists { lists: removals }));
    }
    let alone = |one: &ConfigChange| KafkaAction::SetConfigs { changes: vec![put_back(one, &wanted.earlier)] };
    restore.extend(rates.iter().map(alone).map(Action::Kafka));
    Settings { rates, lists, restore }
}

fn put_back(one: &ConfigChange, earlier: &Earlier) -> ConfigChange {
    ConfigChange { to: earlier.to(one), ..one.reversed() }
}

fn rates(wanted: &Wanted, seen: &Seen<'_>) -> Vec<ConfigChange> {
    let mut changes = Vec::new();
    for id in seen.throttled(&wanted.moves) {
        let found = seen.replication.brokers.iter().find(|one| one.id == id);
        let standing = [
            (LEADER_RATE, found.and_then(|one| one.leader_rate.clone())),
            (FOLLOWER_RATE, found.and_then(|one| one.follower_rate.clone())),
        ];
        for (key, from) in standing {
            let to = Some(wanted.throttle.to_string());
            changes.push(ConfigChange { on: ConfigOn::Broker(id), key: key.to_owned(), from, to });
        }
    }
    changes
}

fn lists(wanted: &Wanted, seen: &Seen<'_>) -> (Vec<ConfigChange>, Vec<ListRemoval>) {
    let mut ours: BTreeMap<(&TopicName, &str), BTreeSet<(i32, i32)>> = BTreeMap::new();
    for one in wanted.moves.iter().filter(|one| !one.adding().is_empty()) {
        let leaders = one.starts().flat_map(|from| &from.0).map(|id| (one.partition, *id));
        ours.entry((&one.topic, LEADER_LIST)).or_default().extend(leaders);
        let followers = one.adding().into_iter().map(|id| (one.partition, id));
        ours.entry((&one.topic, FOLLOWER_LIST)).or_default().extend(followers);
    }
    let (mut changes, mut removals) = (Vec::new(), Vec::new());
    for ((topic, key), pairs) in ours {
        let standing = seen
            .settings(topic)
            .and_then(|one| if key == LEADER_LIST { one.leaders.as_ref() } else { one.followers.as_ref() });
        let there: Vec<&str> = standing.map(|value| list_entries(value)).unwrap_or_default();
        let entries: Vec<String> = pairs.into_iter().map(|(partition, id)| format!("{partition}:{id}")).collect();
        // Ours is only what was not there; a list of everything names ours already.
        let entries: Vec<String> =
            entries.into_iter().filter(|one| !there.contains(&one.as_str()) && !there.contains(&"*")).collect();
        if entries.is_empty() {
            continue;
        }
        let merged: Vec<&str> = there.iter().copied().chain(entries.iter().map(String::as_str)).collect();
        let (on, from, to) = (ConfigOn::Topic(topic.clone()), standing.cloned(), Some(merged.join(",")));
        changes.push(ConfigChange { on, key: key.to_owned(), from, to });
        let stood_before = standing.is_some();
        removals.push(ListRemoval { topic: topic.clone(), key: key.to_owned(), entries, stood_before });
    }
    (changes, removals)
}
