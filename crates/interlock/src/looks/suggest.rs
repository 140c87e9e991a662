//! "Did you mean …?" for names that do not exist.

use super::{Asked, Looking};
use crate::cluster::{ClusterKind, Failure, Look, Looker};
use crate::command::did_you_mean;
use crate::facts::Facts;
use crate::id::{BrokerName, GroupId, TopicName};
use crate::plan::Mistake;

/// The mistake of naming a topic that is not there, with the topics in scope that look like it.
pub(super) fn unknown_topic(asked: &Asked<'_>, topic: &TopicName) -> Looking {
    let mut looker = Looker::new(asked.sections);
    let known: Known<'_, TopicName> = match asked.cluster.kind {
        ClusterKind::Kafka => known(looker.kafka_topics(), |all| all.iter().map(|topic| &topic.name).collect()),
        ClusterKind::Rocketmq => {
            known(looker.rocketmq_topics(), |all| all.seen.iter().map(|topic| &topic.name).collect())
        }
    };
    let suggestions = match known {
        None => return Looking::Need(looker.needed()),
        Some(Err(_)) => Vec::new(),
        Some(Ok(names)) => {
            let names = names.into_iter().filter(|name| (asked.visible.topic)(name));
            did_you_mean(topic.as_str(), names.map(TopicName::as_str))
        }
    };
    mistake(asked, "unknown-topic", topic.as_str(), suggestions)
}

/// The mistake of naming a group that is not there, with the groups in scope that look like it.
pub(super) fn unknown_group(asked: &Asked<'_>, group: &GroupId) -> Looking {
    let mut looker = Looker::new(asked.sections);
    let known: Known<'_, GroupId> = match asked.cluster.kind {
        ClusterKind::Kafka => known(looker.kafka_groups(), |all| all.iter().map(|group| &group.id).collect()),
        ClusterKind::Rocketmq => {
            known(looker.rocketmq_groups(), |all| all.seen.iter().map(|group| &group.id).collect())
        }
    };
    let suggestions = match known {
        None => return Looking::Need(looker.needed()),
        Some(Err(_)) => Vec::new(),
        Some(Ok(names)) => {
            let names = names.into_iter().filter(|id| (asked.visible.group)(id));
            did_you_mean(group.as_str(), names.map(GroupId::as_str))
        }
    };
    mistake(asked, "unknown-group", group.as_str(), suggestions)
}

/// The mistake of naming a broker that is not there, with those that are there and look like it.
pub(super) fn unknown_broker<'n>(
    asked: &Asked<'_>,
    broker: &BrokerName,
    known: impl Iterator<Item = &'n str>,
) -> Looking {
    mistake(asked, "unknown-broker", broker.as_str(), did_you_mean(broker.as_str(), known))
}

/// The names that are there; none while they have to be asked first.
type Known<'a, N> = Option<Result<Vec<&'a N>, &'a Failure>>;

fn known<'a, T: ?Sized, N>(look: Look<'a, T>, names: impl FnOnce(&'a T) -> Vec<&'a N>) -> Known<'a, N> {
    match look {
        Look::Ask => None,
        Look::Failed(failure) => Some(Err(failure)),
        Look::Seen(all) => Some(Ok(names(all))),
    }
}

fn mistake(asked: &Asked<'_>, id: &str, name: &str, suggestions: Vec<String>) -> Looking {
    let facts = Facts::none().with("name", name).with("cluster", asked.cluster.name.as_str());
    let facts = if suggestions.is_empty() { facts } else { facts.with("suggestions", suggestions) };
    Looking::Mistake(Mistake::new(id, facts))
}
