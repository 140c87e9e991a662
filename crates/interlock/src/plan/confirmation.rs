//! What cannot be undone is approved by typing the name of what it changes.

use super::{Effect, Plan};
use crate::command::Value;

/// The options that name what a plan changes, most telling first: a group's offsets are reset in a topic.
const NAMING: [&str; 2] = ["group", "topic"];

impl Plan {
    /// The name that everybody types who approves this plan. None if it can be undone.
    #[must_use]
    pub fn name_to_type(&self) -> Option<&str> {
        (self.effect == Effect::Irreversible).then(|| self.name_to_repeat())
    }

    /// The name of what this plan changes: whoever breaks its glass types it, whatever the effect.
    #[must_use]
    pub fn name_to_repeat(&self) -> &str {
        let named = |option: &&str| match self.request.0.get(*option) {
            Some(Value::Group(group)) => Some(group.as_str()),
            Some(Value::Topic(topic)) => Some(topic.as_str()),
            _ => None,
        };
        NAMING.iter().find_map(named).unwrap_or(self.cluster.as_str())
    }
}
