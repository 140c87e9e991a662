//! Acts on the layout: replicas, settings, leaders.

use super::act::{not_applied_or_unknown, reason, sum_up};
use engine::port::{Acted, Reason};
use futures_util::StreamExt;
use interlock::cluster::FailureKind;
use interlock::plan::{ConfigChange, ConfigOn, ListRemoval, PreferredLeader, ReplicaMove, list_entries};
use kafka_admin::{
    Client, ConfigChanges, ConfigOp, ConfigResource, ConfigSource, Election, Error, ErrorCode, TopicPartition,
};
use std::collections::{BTreeMap, BTreeSet};

/// So many brokers are told at once where copies go.
const AT_ONCE: usize = 32;

/// The directories first: a broker keeps in mind where a replica that it is yet to get will lie, until it restarts. What is
/// refused there changes nothing; a request whose answer is lost may still be on its way.
pub(super) async fn reassign(client: &Client, moves: &[ReplicaMove]) -> Acted {
    if let Some(error) = refused_dir(client, moves).await {
        return not_applied_or_unknown(&error);
    }
    let place = |one: &ReplicaMove| TopicPartition::new(one.topic.as_str(), one.partition);
    let targets: BTreeMap<_, _> = moves.iter().map(|one| (place(one), Some(one.to.0.clone()))).collect();
    sum_up(&client.alter_partition_reassignments(&targets).await)
}

/// Gives each copy its directory, at all brokers side by side: one that hangs must not take the time of the others.
async fn refused_dir(client: &Client, moves: &[ReplicaMove]) -> Option<Error> {
    let mut brokers: BTreeMap<i32, BTreeMap<TopicPartition, String>> = BTreeMap::new();
    for one in moves {
        for (broker, path) in &one.dirs {
            let at = TopicPartition::new(one.topic.as_str(), one.partition);
            brokers.entry(*broker).or_default().insert(at, path.clone());
        }
    }
    let asked = brokers.into_iter().map(|(broker, places)| async move {
        let results = client.alter_replica_log_dirs(broker, &places).await;
        results.into_values().filter_map(Result::err).find(|error| !leaves_it_to_the_broker(error))
    });
    let refused: Vec<Option<Error>> = futures_util::stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
    refused.into_iter().flatten().next()
}

/// A replica that is not there yet, which is kept in mind; a topic that this broker has not heard of yet, and a directory that was
/// cordoned since the last look: then it picks one as it always does.
fn leaves_it_to_the_broker(error: &Error) -> bool {
    matches!(
        error.code(),
        Some(
            ErrorCode::REPLICA_NOT_AVAILABLE
                | ErrorCode::UNKNOWN_TOPIC_OR_PARTITION
                | ErrorCode::INVALID_REPLICA_ASSIGNMENT
        )
    )
}

/// What is no longer on the move needs no calling off.
pub(super) async fn call_off(client: &Client, moves: &[ReplicaMove]) -> Acted {
    let place = |one: &ReplicaMove| TopicPartition::new(one.topic.as_str(), one.partition);
    let targets: BTreeMap<_, _> = moves.iter().map(|one| (place(one), None)).collect();
    let results = client.alter_partition_reassignments(&targets).await;
    let settled = |result: Result<(), Error>| match result {
        Err(error) if error.code() == Some(ErrorCode::NO_REASSIGNMENT_IN_PROGRESS) => Ok(()),
        other => other,
    };
    sum_up(&results.into_iter().map(|(at, result)| (at, settled(result))).collect::<BTreeMap<_, _>>())
}

/// Settings of a broker go to that broker. One that is dead cannot be asked; where they are given, its controllers are.
pub(super) async fn set_configs(client: &Client, controllers: Option<&Client>, changes: &[ConfigChange]) -> Acted {
    let mut wanted = ConfigChanges::new();
    for one in changes {
        let op = one.to.clone().map_or(ConfigOp::Delete, ConfigOp::Set);
        wanted.entry(resource(&one.on)).or_default().insert(one.key.clone(), op);
    }
    let Some(controllers) = controllers else {
        return sum_up(&client.incremental_alter_configs(&wanted, false).await);
    };
    let ours = match client.describe_cluster().await {
        Ok(cluster) => cluster,
        Err(error) => return Acted::NotApplied(reason(&error)),
    };
    let alive: BTreeSet<i32> = ours.brokers.iter().map(|broker| broker.id).collect();
    let is_dead = |at: &ConfigResource| matches!(at, ConfigResource::Broker(id) if !alive.contains(id));
    let (dead, living): (ConfigChanges, ConfigChanges) = wanted.into_iter().partition(|(at, _)| is_dead(at));
    if !dead.is_empty()
        && let Err(other) = are_of(controllers, ours.id.as_deref()).await
    {
        return Acted::NotApplied(other);
    }
    let mut results = client.incremental_alter_configs(&living, false).await;
    results.extend(controllers.incremental_alter_configs(&dead, false).await);
    sum_up(&results)
}

/// Broker numbers are the same everywhere: controllers of another cluster would take them for their own.
async fn are_of(controllers: &Client, ours: Option<&str>) -> Result<(), Reason> {
    let theirs = controllers.describe_cluster().await.map_err(|error| reason(&error))?.id;
    if theirs.is_some() && theirs.as_deref() == ours {
        return Ok(());
    }
    let said = format!("the controllers are of cluster {}", theirs.as_deref().unwrap_or("unknown"));
    Err(Reason { kind: FailureKind::Refused, id: String::new(), said })
}

fn resource(on: &ConfigOn) -> ConfigResource {
    match on {
        ConfigOn::Broker(id) => ConfigResource::Broker(*id),
        ConfigOn::Topic(name) => ConfigResource::Topic(name.to_string()),
    }
}

/// The controller takes entries from a list as it stands there at that moment, so what others add meanwhile stays. A list
/// that was not there before is removed with the last entry; between that look and the act lies a moment.
pub(super) async fn take_from_lists(client: &Client, lists: &[ListRemoval]) -> Acted {
    let topics: BTreeSet<&str> = lists.iter().map(|one| one.topic.as_str()).collect();
    let resources: Vec<_> = topics.into_iter().map(|name| ConfigResource::Topic(name.to_owned())).collect();
    let mut standing = BTreeMap::new();
    for (at, entries) in client.describe_configs(&resources, None).await {
        match entries {
            Ok(entries) => {
                standing.insert(at, entries);
            }
            // A topic that is gone has no list.
            Err(error) if error.code() == Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION) => {}
            Err(error) => return Acted::NotApplied(reason(&error)),
        }
    }
    let mut wanted = ConfigChanges::new();
    for one in lists {
        let at = ConfigResource::Topic(one.topic.to_string());
        let own = standing.get(&at).into_iter().flatten();
        let mut own = own.filter(|entry| entry.source == ConfigSource::Topic && entry.name == one.key);
        let Some(found) = own.next().and_then(|entry| entry.value.as_deref()) else { continue };
        wanted.entry(at).or_default().insert(one.key.clone(), taking(one, found));
    }
    if wanted.is_empty() { Acted::Applied } else { sum_up(&client.incremental_alter_configs(&wanted, false).await) }
}

fn taking(one: &ListRemoval, found: &str) -> ConfigOp {
    let others = list_entries(found).iter().any(|entry| !one.entries.iter().any(|ours| ours == entry));
    if others || one.stood_before { ConfigOp::Subtract(one.entries.join(",")) } else { ConfigOp::Delete }
}

pub(super) async fn elect_preferred(client: &Client, partitions: &[PreferredLeader]) -> Acted {
    let place = |one: &PreferredLeader| TopicPartition::new(one.topic.as_str(), one.partition);
    let places: Vec<_> = partitions.iter().map(place).collect();
    match client.elect_leaders(Election::Preferred, Some(&places)).await {
        Ok(results) => {
            let settled = |result: Result<(), Error>| match result {
                Err(error) if error.code() == Some(ErrorCode::ELECTION_NOT_NEEDED) => Ok(()),
                other => other,
            };
            sum_up(&results.into_iter().map(|(at, result)| (at, settled(result))).collect::<BTreeMap<_, _>>())
        }
        Err(error) => not_applied_or_unknown(&error),
    }
}
