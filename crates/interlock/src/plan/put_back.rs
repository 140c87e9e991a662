//! Settings that are put back: what an operation owes, who adopts that, and from which values it counts.

use super::action::Action;
use super::kafka_action::KafkaAction;
use super::layout_action::{ConfigChange, ConfigOn};
use super::layout_probe::{is_taken, setting, stands};
use crate::cluster::{Looker, Sections};
use crate::id::{OperationId, TopicName};
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A part of an operation's throttle that could not be put back when it ended: a broker was dead, or the cluster did not take
/// it. It is put back as soon as that can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// What has it: a broker its rates, a topic its lists.
    #[serde(flatten)]
    pub on: ConfigOn,
    /// When people are called if it is not put back by then.
    pub due: Millis,
    /// Whether they were.
    #[serde(default)]
    pub called: bool,
}

/// What an operation that ended owes, and another one puts back in its stead: the first owes it no longer once the other has
/// started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adopted {
    /// The operation that owes it.
    pub operation: OperationId,
    /// The brokers.
    pub brokers: BTreeSet<i32>,
    /// The topics.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub topics: BTreeSet<TopicName>,
    /// Every value that it may have left on them.
    pub left: BTreeSet<String>,
}

impl Adopted {
    /// Whether this is put back by who adopts.
    #[must_use]
    pub fn has(&self, on: &ConfigOn) -> bool {
        match on {
            ConfigOn::Broker(id) => self.brokers.contains(id),
            ConfigOn::Topic(name) => self.topics.contains(name),
        }
    }

    /// All of it.
    #[must_use]
    pub fn things(&self) -> Vec<ConfigOn> {
        let brokers = self.brokers.iter().map(|id| ConfigOn::Broker(*id));
        brokers.chain(self.topics.iter().cloned().map(ConfigOn::Topic)).collect()
    }
}

/// What has the settings that an action puts back.
#[must_use]
pub fn put_back_on(action: &Action) -> BTreeSet<ConfigOn> {
    still_set(action, &Sections::empty())
}

/// The same, but for what is seen to stand as it is to.
#[must_use]
pub fn still_set(action: &Action, sections: &Sections) -> BTreeSet<ConfigOn> {
    let mut looker = Looker::new(sections);
    match action {
        Action::Kafka(KafkaAction::SetConfigs { changes }) => {
            changes.iter().filter(|one| !stands(one, &mut looker)).map(|one| one.on.clone()).collect()
        }
        Action::Kafka(KafkaAction::TakeFromLists { lists }) => {
            let left = lists.iter().filter(|one| !is_taken(one, &mut looker));
            left.map(|one| ConfigOn::Topic(one.topic.clone())).collect()
        }
        Action::Kafka(_) | Action::Rocketmq(_) => BTreeSet::new(),
    }
}

/// As much of an action as puts something back on these; none if that is nothing.
#[must_use]
pub fn put_back_only(action: &Action, on: &BTreeSet<ConfigOn>) -> Option<Action> {
    let only = match action {
        Action::Kafka(KafkaAction::SetConfigs { changes }) => {
            KafkaAction::SetConfigs { changes: changes.iter().filter(|one| on.contains(&one.on)).cloned().collect() }
        }
        Action::Kafka(KafkaAction::TakeFromLists { lists }) => KafkaAction::TakeFromLists {
            lists: lists.iter().filter(|one| on.contains(&ConfigOn::Topic(one.topic.clone()))).cloned().collect(),
        },
        Action::Kafka(_) | Action::Rocketmq(_) => return None,
    };
    Some(Action::Kafka(only)).filter(|only| only.size() > 0)
}

/// The values of an operation by setting: what it set for its run, what it was turned to since, what it took over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ours(BTreeMap<(ConfigOn, String), BTreeSet<String>>);

impl Ours {
    /// One more value of a setting; none is nobody's.
    pub fn add(&mut self, one: &ConfigChange, value: Option<&String>) {
        self.0.entry((one.on.clone(), one.key.clone())).or_default().extend(value.cloned());
    }

    fn has(&self, one: &ConfigChange, value: &str) -> bool {
        self.0.get(&(one.on.clone(), one.key.clone())).is_some_and(|values| values.contains(value))
    }

    /// The action, with each of its settings counting from the value that stands there where that is one of these: a run may
    /// have turned a throttle on some of its brokers only.
    #[must_use]
    pub fn counting(&self, action: &Action, sections: &Sections) -> Action {
        let Action::Kafka(KafkaAction::SetConfigs { changes }) = action else { return action.clone() };
        let mut looker = Looker::new(sections);
        let counting = |one: &ConfigChange| {
            let found = setting(&one.on, &one.key, &mut looker).ok().flatten().filter(|found| self.has(one, found));
            ConfigChange { from: found.map_or_else(|| one.from.clone(), |found| Some(found.to_owned())), ..one.clone() }
        };
        Action::Kafka(KafkaAction::SetConfigs { changes: changes.iter().map(counting).collect() })
    }
}
