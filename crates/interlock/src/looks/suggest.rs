//! "Did you mean …?" for names that do not exist.

use super::{Asked, Looking};
use crate::cluster::{Look, Looker};
use crate::command::did_you_mean;
use crate::facts::Facts;
use crate::id::{GroupId, TopicName};
use crate::plan::Mistake;

/// The mistake of naming a topic that is not there, with the topics in scope that look like it.
pub(super) fn unknown_topic(asked: &Asked<'_>, topic: &TopicName) -> Looking {
    let mut looker = Looker::new(asked.sections);
    let suggestions = match looker.kafka_topics() {
        Look::Ask => return Looking::Need(looker.needed()),
        Look::Failed(_) => Vec::new(),
        Look::Seen(topics) => {
            let names = topics.iter().map(|topic| &topic.name).filter(|name| (asked.visible.topic)(name));
            did_you_mean(topic.as_str(), names.map(TopicName::as_str))
        }
    };
    mistake(asked, "unknown-topic", topic.as_str(), suggestions)
}

/// The mistake of naming a group that is not there, with the groups in scope that look like it.
pub(super) fn unknown_group(asked: &Asked<'_>, group: &GroupId) -> Looking {
    let mut looker = Looker::new(asked.sections);
    let suggestions = match looker.kafka_groups() {
        Look::Ask => return Looking::Need(looker.needed()),
        Look::Failed(_) => Vec::new(),
        Look::Seen(groups) => {
            let names = groups.iter().map(|group| &group.id).filter(|id| (asked.visible.group)(id));
            did_you_mean(group.as_str(), names.map(GroupId::as_str))
        }
    };
    mistake(asked, "unknown-group", group.as_str(), suggestions)
}

fn mistake(asked: &Asked<'_>, id: &str, name: &str, suggestions: Vec<String>) -> Looking {
    let facts = Facts::none().with("name", name).with("cluster", asked.cluster.name.as_str());
    let facts = if suggestions.is_empty() { facts } else { facts.with("suggestions", suggestions) };
    Looking::Mistake(Mistake::new(id, facts))
}
