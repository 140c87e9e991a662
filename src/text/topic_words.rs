//! Actions on whole topics and groups, and what is expected of them, in the words of `plan.txt`.

use super::foreign::shown;
use interlock::plan::{GoneGroup, GoneTopic, MorePartitions, NewTopic, Row};
use std::collections::BTreeMap;

/// Long enough for every name Kafka allows, escaped.
fn name(text: &str) -> String {
    shown(text, 3_000)
}

pub(super) fn create(new: &NewTopic) -> String {
    let configs: Vec<String> =
        new.configs.iter().map(|(key, value)| format!("{}={}", name(key), name(value))).collect();
    let configs = if configs.is_empty() { "no settings of its own".to_owned() } else { configs.join(", ") };
    format!(
        "make topic {} of {} partitions with {} replicas each, placed by the controller, with {configs}",
        new.name, new.partitions, new.replicas
    )
}

pub(super) fn expand(more: &MorePartitions) -> String {
    let id = name(&more.topic_id);
    format!("give topic {} (id {id}) {} partitions instead of {}", more.topic, more.to, more.from)
}

pub(super) fn delete(gone: &GoneTopic) -> String {
    let id = name(&gone.topic_id);
    format!("delete topic {} of {} partitions by its id {id}, with everything in it", gone.topic, gone.partitions)
}

pub(super) fn delete_group(gone: &GoneGroup) -> String {
    let one = |one: &interlock::cluster::kafka::CommittedOffset| {
        format!("{} {} at {}", one.topic, one.partition, one.committed.offset)
    };
    let commits: Vec<String> = gone.committed.iter().map(one).collect();
    let commits = if commits.is_empty() { "none".to_owned() } else { commits.join(", ") };
    format!("delete group {} with its commits: {commits}", name(gone.group.as_str()))
}

pub(super) fn ends(topic: &str, ends: &BTreeMap<i32, i64>) -> String {
    let each: Vec<String> = ends.iter().map(|(partition, end)| format!("{partition} at {end}")).collect();
    format!("nothing was written to {topic}; its logs end where they ended: {}", each.join(", "))
}

/// A row of the table of settings; none for a row of another kind.
pub(super) fn setting(row: &Row) -> Option<Vec<String>> {
    let Row::Setting { topic, key, from, to } = row else { return None };
    let value = |value: &Option<String>| value.as_deref().map_or_else(|| "default".to_owned(), name);
    Some(vec![name(topic), name(key), value(from), value(to)])
}

/// A row of the table of groups; none for a row of another kind.
pub(super) fn reader(row: &Row) -> Option<Vec<String>> {
    let Row::Reader { group, members, unread } = row else { return None };
    Some(vec![name(group), members.to_string(), unread.to_string()])
}
