//! What cannot be undone is approved by typing the name of what it changes.

use super::{Effect, Plan};
use crate::command::Value;

/// The options that name what a plan changes, most telling first: a group's offsets are reset in a topic.
const NAMING: [&str; 2] = ["group", "topic"];

impl Plan {
    /// The name that everybody types who approves this plan. None if it can be undone.
    #[must_use]
    pub fn name_to_type(&self) -> Option<&str> {
        if self.effect != Effect::Irreversible {
            return None;
        }
        let named = |option: &&str| match self.request.0.get(*option) {
            Some(Value::Group(group)) => Some(group.as_str()),
            Some(Value::Topic(topic)) => Some(topic.as_str()),
            _ => None,
        };
        Some(NAMING.iter().find_map(named).unwrap_or(self.cluster.as_str()))
    }
}
