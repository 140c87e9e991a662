//! Whether an action on a whole topic or group was done, from what the cluster shows.

use super::layout_probe::known;
use super::probe::Probe;
use super::topic_action::{GoneGroup, GoneTopic, MorePartitions, NewTopic};
use crate::cluster::Looker;
use crate::cluster::kafka::{GroupState, Topic};
use crate::facts::Facts;
use crate::id::TopicName;

fn of(topic: &TopicName) -> Facts {
    Facts::none().with("topic", topic.as_str())
}

/// Made: a topic of this name has this many partitions and replicas, and these settings. One that has others was made by
/// somebody else.
pub(super) fn created(new: &NewTopic, looker: &mut Looker<'_>) -> Probe {
    created_or(new, looker).unwrap_or_else(Probe::CannotTell)
}

fn created_or(new: &NewTopic, looker: &mut Looker<'_>) -> Result<Probe, Facts> {
    let Some(topic) = known(looker.kafka_topic(&new.name))? else { return Ok(Probe::NotYet) };
    if let Some(found) = other_layout(new, topic) {
        return Ok(Probe::Foreign(of(&new.name).with("found", found)));
    }
    if new.configs.is_empty() {
        return Ok(Probe::Done);
    }
    let entries = known(looker.kafka_topic_config(&new.name))?;
    for (key, value) in &new.configs {
        let found = entries.iter().find(|entry| entry.key == *key).and_then(|entry| entry.value.as_deref());
        if found != Some(value.as_str()) {
            return Ok(Probe::Foreign(of(&new.name).with("key", key.as_str()).with("found", found.unwrap_or("none"))));
        }
    }
    Ok(Probe::Done)
}

/// "4 partitions, 3 replicas" where that is not what was wanted.
pub(crate) fn other_layout(new: &NewTopic, topic: &Topic) -> Option<String> {
    let replicas = topic.partitions.iter().map(|one| one.replicas.len()).max().unwrap_or(0);
    let same = topic.partitions.len() == new.partitions as usize && replicas == new.replicas as usize;
    (!same).then(|| format!("{} x {replicas}", topic.partitions.len()))
}

pub(super) fn expanded(more: &MorePartitions, looker: &mut Looker<'_>) -> Probe {
    let found = match known(looker.kafka_topic(&more.topic)) {
        Ok(found) => found,
        Err(facts) => return Probe::CannotTell(facts),
    };
    match found {
        None => Probe::Foreign(of(&more.topic).with("found", "none")),
        Some(topic) if topic.id != more.topic_id => Probe::Foreign(of(&more.topic).with("found", topic.id.as_str())),
        Some(topic) if topic.partitions.len() == more.to as usize => Probe::Done,
        Some(topic) if topic.partitions.len() == more.from as usize => Probe::NotYet,
        Some(topic) => Probe::Foreign(of(&more.topic).with("found", topic.partitions.len().to_string())),
    }
}

/// A topic of another id is another topic: the one that was to go is gone.
pub(super) fn deleted(gone: &GoneTopic, looker: &mut Looker<'_>) -> Probe {
    match known(looker.kafka_topic(&gone.topic)) {
        Ok(Some(topic)) if topic.id == gone.topic_id => Probe::NotYet,
        Ok(_) => Probe::Done,
        Err(facts) => Probe::CannotTell(facts),
    }
}

/// A group that nobody has heard of is described like one that has died: what it has committed tells them apart. One that has
/// members is there; whether it is tried again, what the step needs decides.
pub(super) fn group_deleted(gone: &GoneGroup, looker: &mut Looker<'_>) -> Probe {
    let found = known(looker.kafka_group(&gone.group))
        .and_then(|group| known(looker.kafka_committed(&gone.group)).map(|committed| (group, committed)));
    let (group, committed) = match found {
        Ok(found) => found,
        Err(facts) => return Probe::CannotTell(facts),
    };
    let lives = group.as_ref().is_some_and(|group| group.state != GroupState::Dead);
    if lives || !committed.is_empty() { Probe::NotYet } else { Probe::Done }
}
