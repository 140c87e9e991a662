//! Acts on whole topics and groups.

use super::act::{not_applied_or_unknown, sum_up};
use engine::port::{Acted, Reason};
use interlock::cluster::FailureKind;
use interlock::plan::{GoneGroup, GoneTopic, MorePartitions, NewTopic};
use kafka_admin::{Client, Layout, NewPartitions, TopicId};
use std::collections::BTreeMap;

/// The controller places the replicas.
pub(super) async fn create(client: &Client, new: &NewTopic) -> Acted {
    let (Ok(partitions), Ok(replicas)) = (i32::try_from(new.partitions), i16::try_from(new.replicas)) else {
        return Acted::NotApplied(too_many());
    };
    let layout = Layout::Counts { partitions: Some(partitions), replicas: Some(replicas) };
    let topic = kafka_admin::NewTopic { name: new.name.to_string(), layout, configs: new.configs.clone() };
    let results = client.create_topics(std::slice::from_ref(&topic), false).await;
    sum_up(&results.into_iter().map(|(name, made)| (name, made.map(drop))).collect::<BTreeMap<_, _>>())
}

pub(super) async fn expand(client: &Client, more: &MorePartitions) -> Acted {
    let Ok(count) = i32::try_from(more.to) else { return Acted::NotApplied(too_many()) };
    let wanted = BTreeMap::from([(more.topic.to_string(), NewPartitions { count, assigned: None })]);
    sum_up(&client.create_partitions(&wanted, false).await)
}

/// By id, so that another topic that has come to the name meanwhile stays.
pub(super) async fn delete(client: &Client, gone: &GoneTopic) -> Acted {
    let id: TopicId = match gone.topic_id.parse() {
        Ok(id) => id,
        Err(error) => return Acted::NotApplied(refused(&format!("the plan's topic id: {error}"))),
    };
    match client.delete_topics_by_id(&[id]).await {
        Ok(results) => sum_up(&results),
        Err(error) => not_applied_or_unknown(&error),
    }
}

pub(super) async fn delete_group(client: &Client, gone: &GoneGroup) -> Acted {
    let results = client.delete_groups(&[gone.group.to_string()]).await;
    match results.values().next() {
        Some(_) => sum_up(&results),
        None => Acted::Unknown(Reason { kind: FailureKind::Garbage, ..refused("the answer leaves the group out") }),
    }
}

fn too_many() -> Reason {
    refused("the number is larger than the protocol takes")
}

fn refused(said: &str) -> Reason {
    Reason { kind: FailureKind::Refused, id: String::new(), said: said.to_owned() }
}
