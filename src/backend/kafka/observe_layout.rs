//! Looks at where data lies: disks, moves, and the settings that steer them.

use super::failure::failure;
use super::observe::{Sight, unanswered};
use super::read;
use super::sampler::{self, Logs};
use futures_util::StreamExt;
use interlock::cluster::kafka::{
    BrokerDirs, BrokerReplication, Controllers, CopiesOf, FOLLOWER_LIST, FOLLOWER_RATE, KafkaAnswer, LEADER_LIST,
    LEADER_RATE, NamedTopic, Replication, Silence, TopicReplication,
};
use interlock::cluster::{Failure, FailureKind};
use interlock::id::TopicName;
use kafka_admin::{ConfigEntry, ConfigResource, ConfigSource, ListedOffset, OffsetSpec, PerPartition, TopicPartition};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

const MIN_ISR: &str = "min.insync.replicas";
/// KIP-1066, from Kafka 4.3 on: paths, or [`ALL_DIRS`].
const CORDONED: &str = "cordoned.log.dirs";
const ALL_DIRS: &str = "*";
/// How many topics are asked for their settings at once.
const TOPICS: usize = 200;
const AT_ONCE: usize = 4;

pub(super) async fn layout(sight: &Sight<'_>) -> Result<KafkaAnswer, Failure> {
    let seen = sight.client.all_topics().await.map_err(|error| failure(&error))?;
    let mut all = Vec::new();
    for (name, topic) in seen {
        // One that is being deleted answers with an error, and is on its way out of every layout.
        let (Ok(name), Ok(topic)) = (name.parse::<TopicName>(), topic) else { continue };
        all.push(NamedTopic { name, topic: read::topic(topic)? });
    }
    all.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(KafkaAnswer::Layout(all))
}

pub(super) async fn log_dirs(sight: &Sight<'_>) -> Result<KafkaAnswer, Failure> {
    let mut all = dirs(sight).await?;
    mark_cordoned(sight, &mut all).await;
    Ok(KafkaAnswer::LogDirs(all))
}

/// Which directories brokers put nothing new into. Brokers from before 4.3 know no such setting; where we may not see settings
/// nothing is marked, and a broker that was given one picks another.
async fn mark_cordoned(sight: &Sight<'_>, all: &mut [BrokerDirs]) {
    let resources: Vec<ConfigResource> = all.iter().map(|one| ConfigResource::Broker(one.broker)).collect();
    let seen = sight.client.describe_configs(&resources, Some(&[CORDONED.to_owned()])).await;
    for one in all {
        let Some(Ok(entries)) = seen.get(&ConfigResource::Broker(one.broker)) else { continue };
        let set = entries.iter().find(|entry| entry.name == CORDONED).and_then(|entry| entry.value.as_deref());
        let paths: Vec<&str> = set.unwrap_or_default().split(',').map(str::trim).collect();
        for dir in one.dirs.iter_mut().flatten() {
            dir.cordoned = paths.iter().any(|path| *path == ALL_DIRS || *path == dir.path);
        }
    }
}

pub(super) async fn copies(sight: &Sight<'_>, of: &CopiesOf) -> Result<KafkaAnswer, Failure> {
    let alive = alive(sight).await?;
    let brokers: Vec<i32> = alive.into_iter().filter(|id| of.brokers.contains(id)).collect();
    let named = of.partitions.iter().flat_map(|(topic, numbers)| numbers.iter().map(move |number| (topic, *number)));
    let named: Vec<_> = named.map(|(topic, number)| TopicPartition::new(topic.as_str(), number)).collect();
    let seen = sight.client.describe_replicas(&brokers, &named).await;
    read_dirs(seen).map(KafkaAnswer::Copies)
}

async fn dirs(sight: &Sight<'_>) -> Result<Vec<BrokerDirs>, Failure> {
    read_dirs(sight.client.describe_log_dirs(None).await.map_err(|error| failure(&error))?)
}

/// A broker that does not let us is a failure of the look; one that does not answer is not.
fn read_dirs(seen: BTreeMap<i32, kafka_admin::Result<Vec<kafka_admin::LogDir>>>) -> Result<Vec<BrokerDirs>, Failure> {
    let mut all = Vec::with_capacity(seen.len());
    for (broker, dirs) in seen {
        let dirs = match dirs {
            Ok(dirs) => Some(dirs.into_iter().map(read::log_dir).collect()),
            Err(error) => match failure(&error) {
                denied if denied.kind == FailureKind::Denied => return Err(denied),
                _ => None,
            },
        };
        all.push(BrokerDirs { broker, dirs });
    }
    Ok(all)
}

/// From earlier looks where there are some; where none is of the last minutes, from two of now as well.
pub(super) async fn rates(sight: &Sight<'_>) -> Result<KafkaAnswer, Failure> {
    let (from, mut logs) = logs(sight).await?;
    let mut earlier: Vec<_> = sight.sampler.earlier(from).into_iter().collect();
    sight.sampler.note(from, logs.clone());
    if let Some(lately) = sight.sampler.lately(from) {
        earlier.push(lately);
    } else {
        sight.clock.sleep(sight.gap).await;
        let (to, second) = self::logs(sight).await?;
        let span = to.saturating_sub(from);
        earlier.iter_mut().for_each(|(age, _)| *age += span);
        earlier.push((span, std::mem::replace(&mut logs, second)));
    }
    Ok(KafkaAnswer::Rates(sampler::since(&earlier, &logs)))
}

/// Sizes and ends of all logs, with the time of the ends. A partition that has no leader says nothing of its ends.
async fn logs(sight: &Sight<'_>) -> Result<(Duration, Arc<Logs>), Failure> {
    let mut logs = sampler::sizes(&dirs(sight).await?);
    let partitions: Vec<_> = logs.keys().map(|(topic, number)| TopicPartition::new(topic.as_str(), *number)).collect();
    let at = sight.clock.monotonic();
    let (starts, ends) = tokio::join!(
        sight.client.list_same_offset(&partitions, OffsetSpec::Earliest),
        sight.client.list_same_offset(&partitions, OffsetSpec::Latest),
    );
    let (starts, ends) = (starts.map_err(|error| failure(&error))?, ends.map_err(|error| failure(&error))?);
    for (log, at) in logs.values_mut().zip(&partitions) {
        log.range = offset(&starts, at).zip(offset(&ends, at));
    }
    Ok((at, Arc::new(logs)))
}

fn offset(listed: &PerPartition<ListedOffset>, at: &TopicPartition) -> Option<i64> {
    listed.get(at)?.as_ref().ok()?.offset
}

pub(super) async fn reassignments(sight: &Sight<'_>) -> Result<KafkaAnswer, Failure> {
    let seen = sight.client.list_partition_reassignments(None).await.map_err(|error| failure(&error))?;
    Ok(KafkaAnswer::Reassignments(seen.iter().filter_map(|(at, moving)| read::reassignment(at, moving)).collect()))
}

pub(super) async fn broker_config(sight: &Sight<'_>, id: i32) -> Result<KafkaAnswer, Failure> {
    if !alive(sight).await?.contains(&id) {
        return Ok(KafkaAnswer::BrokerConfig(None));
    }
    let resource = ConfigResource::Broker(id);
    let mut seen = sight.client.describe_configs(std::slice::from_ref(&resource), None).await;
    let entries = seen.remove(&resource).ok_or_else(unanswered)?.map_err(|error| failure(&error))?;
    let own = entries.into_iter().filter(|entry| entry.source == ConfigSource::DynamicBroker);
    Ok(KafkaAnswer::BrokerConfig(Some(own.map(read::config_entry).collect())))
}

async fn alive(sight: &Sight<'_>) -> Result<Vec<i32>, Failure> {
    let cluster = sight.client.describe_cluster().await.map_err(|error| failure(&error))?;
    Ok(cluster.brokers.into_iter().map(|broker| broker.id).collect())
}

pub(super) async fn replication(sight: &Sight<'_>) -> Result<KafkaAnswer, Failure> {
    let names = sight.client.list_topics().await.map_err(|error| failure(&error))?;
    let names: Vec<String> = names.into_iter().map(|topic| topic.name).collect();
    let batches: Vec<Vec<String>> = names.chunks(TOPICS).map(<[String]>::to_vec).collect();
    let asked = futures_util::stream::iter(batches).map(|batch| async move { topics_of(sight, &batch).await });
    let batches: Vec<_> = asked.buffered(AT_ONCE).collect().await;
    let mut topics = Vec::new();
    for batch in batches {
        topics.extend(batch?);
    }
    let mut brokers = Vec::new();
    let ids = alive(sight).await?;
    let resources: Vec<ConfigResource> = ids.iter().copied().map(ConfigResource::Broker).collect();
    let keys = [LEADER_RATE, FOLLOWER_RATE].map(str::to_owned);
    let mut seen = sight.client.describe_configs(&resources, Some(&keys)).await;
    for id in ids {
        let entries = seen.remove(&ConfigResource::Broker(id)).ok_or_else(unanswered)?;
        let entries = entries.map_err(|error| failure(&error))?;
        let [leader_rate, follower_rate] = [LEADER_RATE, FOLLOWER_RATE].map(|key| own(&entries, key));
        brokers.push(BrokerReplication { id, leader_rate, follower_rate });
    }
    let controllers = controllers(sight).await;
    Ok(KafkaAnswer::Replication(Replication { topics, brokers, controllers }))
}

/// Whether the controllers answer, and are those of this cluster.
async fn controllers(sight: &Sight<'_>) -> Controllers {
    let Some(controllers) = sight.controllers else { return Controllers::NotGiven };
    match (controllers.describe_cluster().await, sight.client.describe_cluster().await) {
        (Err(error), _) | (_, Err(error)) => Controllers::Silent(Silence::Failed(failure(&error))),
        (Ok(theirs), Ok(ours)) if theirs.id != ours.id => {
            let (found, expected) = (theirs.id.unwrap_or_default(), ours.id.unwrap_or_default());
            Controllers::Silent(Silence::OtherCluster { found, expected })
        }
        _ => Controllers::Answer,
    }
}

async fn topics_of(sight: &Sight<'_>, names: &[String]) -> Result<Vec<TopicReplication>, Failure> {
    let resources: Vec<ConfigResource> = names.iter().cloned().map(ConfigResource::Topic).collect();
    let keys = [MIN_ISR, LEADER_LIST, FOLLOWER_LIST].map(str::to_owned);
    let mut seen: BTreeMap<_, _> = sight.client.describe_configs(&resources, Some(&keys)).await;
    let mut topics = Vec::with_capacity(names.len());
    for name in names {
        let answer = seen.remove(&ConfigResource::Topic(name.clone())).ok_or_else(unanswered)?;
        let entries = match answer {
            Ok(entries) => entries,
            // Deleted since it was listed.
            Err(error) if error.code() == Some(kafka_admin::ErrorCode::UNKNOWN_TOPIC_OR_PARTITION) => continue,
            Err(error) => match failure(&error) {
                // Which rights we have on a topic is told with the layout; one we may not look at can be left alone.
                denied if denied.kind == FailureKind::Denied => continue,
                other => return Err(other),
            },
        };
        let Ok(name) = name.parse() else { continue };
        let counts = entries.iter().find(|entry| entry.name == MIN_ISR).and_then(|entry| entry.value.as_deref());
        topics.push(TopicReplication {
            name,
            min_isr: counts.and_then(|value| value.parse().ok()).unwrap_or(1),
            leaders: own(&entries, LEADER_LIST),
            followers: own(&entries, FOLLOWER_LIST),
        });
    }
    Ok(topics)
}

/// A setting as it was made on the thing itself.
fn own(entries: &[ConfigEntry], key: &str) -> Option<String> {
    let made = |entry: &&ConfigEntry| {
        entry.name == key && matches!(entry.source, ConfigSource::Topic | ConfigSource::DynamicBroker)
    };
    entries.iter().find(made)?.value.clone()
}
