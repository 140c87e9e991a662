//! What acts on whole topics and groups do to a cluster.

use super::act::because;
use super::fault::failed;
use super::look::{group_denied, topic_denied};
use super::look_layout::cluster_denied;
use super::{Kafka, TopicSpec};
use crate::draw::Draw;
use engine::port::{Acted, Reason};
use interlock::cluster::FailureKind;
use interlock::cluster::kafka::Right;
use interlock::plan::{GoneGroup, GoneTopic, MorePartitions, NewTopic};
use interlock::time::Millis;

impl Kafka {
    /// The controller looks at the name, the number of brokers and the settings; that a topic can be written to it does not
    /// look at.
    pub(super) fn make_topic(&mut self, new: &NewTopic, draw: &mut Draw, now: Millis) -> Acted {
        let by_name = self.access.topics.allows(new.name.as_str(), Right::Create);
        if !self.access.cluster.contains(&Right::Create) || !by_name {
            return Acted::NotApplied(because("missing-right", cluster_denied()));
        }
        if self.topics.contains_key(&new.name) {
            return Acted::NotApplied(refused("topic-exists", "36 TOPIC_ALREADY_EXISTS: Topic already exists."));
        }
        let in_metrics = |name: &str| name.replace('.', "_");
        if self.topics.keys().any(|name| in_metrics(name.as_str()) == in_metrics(new.name.as_str())) {
            return Acted::NotApplied(refused("", "17 INVALID_TOPIC_EXCEPTION: the name collides with another one."));
        }
        let alive = self.brokers.iter().filter(|broker| !broker.is_fenced(now)).count();
        if alive < new.replicas as usize {
            return Acted::NotApplied(too_few_brokers());
        }
        let mut spec = TopicSpec::new(new.name.clone(), new.partitions);
        spec.replicas = new.replicas;
        spec.config = new.configs.clone().into_iter().collect();
        match self.create_topic(&spec, draw, now) {
            Ok(()) => Acted::Applied,
            Err(error) => Acted::NotApplied(refused("", &error.to_string())),
        }
    }

    pub(super) fn widen(&mut self, more: &MorePartitions, now: Millis) -> Acted {
        if !self.access.topics.allows(more.topic.as_str(), Right::Alter) {
            return Acted::NotApplied(because("missing-right", topic_denied()));
        }
        let alive = self.brokers.iter().filter(|broker| !broker.is_fenced(now)).count();
        let Some(topic) = self.topics.get_mut(&more.topic) else { return Acted::NotApplied(unknown_topic()) };
        if topic.partitions.len() >= more.to as usize {
            let said = "37 INVALID_PARTITIONS: Topic already has that many partitions, or more.";
            return Acted::NotApplied(refused("", said));
        }
        if topic.partitions.iter().any(|one| one.replicas.len() > alive) {
            return Acted::NotApplied(too_few_brokers());
        }
        let Some(last) = topic.partitions.last().cloned() else { return Acted::NotApplied(unknown_topic()) };
        let missing = more.to as usize - topic.partitions.len();
        topic.partitions.extend((last.number + 1..).take(missing).map(|number| last.beside(number, now)));
        Acted::Applied
    }

    /// By id: another topic of the same name stays.
    pub(super) fn unmake_topic(&mut self, gone: &GoneTopic, now: Millis) -> Acted {
        if !self.access.topics.allows(gone.topic.as_str(), Right::Delete) {
            return Acted::NotApplied(because("missing-right", topic_denied()));
        }
        if self.topics.get(&gone.topic).is_none_or(|topic| topic.id != gone.topic_id) {
            return Acted::NotApplied(refused(
                "topic-gone",
                "100 UNKNOWN_TOPIC_ID: This server does not host this topic ID.",
            ));
        }
        match self.delete_topic(&gone.topic, now) {
            Ok(_) => Acted::Applied,
            Err(error) => Acted::NotApplied(refused("", &error.to_string())),
        }
    }

    pub(super) fn unmake_group(&mut self, gone: &GoneGroup, now: Millis) -> Acted {
        if !self.access.groups.allows(gone.group.as_str(), Right::Delete) {
            return Acted::NotApplied(because("missing-right", group_denied()));
        }
        let Some(group) = self.groups.get(&gone.group) else {
            return Acted::NotApplied(refused("group-gone", "69 GROUP_ID_NOT_FOUND: The group id does not exist."));
        };
        if group.live(now).next().is_some() {
            return Acted::NotApplied(refused("group-has-members", "68 NON_EMPTY_GROUP: The group is not empty."));
        }
        self.groups.remove(&gone.group);
        Acted::Applied
    }
}

fn refused(id: &str, said: &str) -> Reason {
    because(id, failed(FailureKind::Refused, said))
}

fn unknown_topic() -> Reason {
    refused("topic-gone", "3 UNKNOWN_TOPIC_OR_PARTITION: This server does not host this topic-partition.")
}

fn too_few_brokers() -> Reason {
    let said = "38 INVALID_REPLICATION_FACTOR: Unable to replicate the partition: too few brokers are registered and unfenced.";
    refused("", said)
}
