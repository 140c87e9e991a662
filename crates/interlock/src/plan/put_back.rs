//! Settings that are put back: what an operation owes to a broker, who adopts that, and from which values it counts.

use super::action::Action;
use super::kafka_action::KafkaAction;
use super::layout_action::{ConfigChange, ConfigOn};
use super::layout_probe::setting;
use crate::cluster::{Looker, Sections};
use crate::id::OperationId;
use crate::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The throttle of a broker that was dead when its operation ended: put back when it returns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owed {
    /// The broker.
    pub broker: i32,
    /// When people are called if it is not back by then.
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
    /// Every value that it may have left on them.
    pub left: BTreeSet<String>,
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
