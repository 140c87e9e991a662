//! Looks: each query by itself, several at a time.

use super::failure::failure;
use super::sampler::Sampler;
use super::{observe_layout as layout, read, readers};
use crate::backend::each::each;
use engine::port::Clock;
use interlock::cluster::kafka::{Group, GroupKind, KafkaAnswer, KafkaQuery, LogRange, OffsetAt};
use interlock::cluster::{Answer, Failure, FailureKind, Query, Sections};
use interlock::id::{GroupId, TopicName};
use interlock::time::Millis;
use kafka_admin::{
    Client, ConfigResource, ConfigSource, Error, ErrorCode, ListedOffset, OffsetQuery, OffsetSpec, TopicPartition,
};
use std::collections::BTreeSet;
use std::time::Duration;

/// What a look is made with.
pub(super) struct Sight<'a> {
    pub(super) client: &'a Client,
    pub(super) controllers: Option<&'a Client>,
    pub(super) clock: &'a dyn Clock,
    pub(super) sampler: &'a Sampler,
    /// Between two looks that belong together.
    pub(super) gap: Duration,
}

pub(super) async fn all(sight: &Sight<'_>, queries: &BTreeSet<Query>) -> Sections {
    let one = async |query| match query {
        Query::Kafka(wanted) => ask(sight, &wanted).await.map(Answer::Kafka),
        Query::Rocketmq(_) => Err(Failure::of_another_kind()),
    };
    each(sight.clock, queries, one).await
}

async fn ask(sight: &Sight<'_>, query: &KafkaQuery) -> Result<KafkaAnswer, Failure> {
    let client = sight.client;
    match query {
        KafkaQuery::Cluster => cluster(client).await,
        KafkaQuery::Topics => topics(client).await,
        KafkaQuery::Topic(name) => topic(client, name).await,
        KafkaQuery::TopicConfig(name) => topic_config(client, name).await,
        KafkaQuery::Groups => groups(client).await,
        KafkaQuery::Group(id) => group(client, id).await,
        KafkaQuery::Committed(id) => committed(client, id).await,
        KafkaQuery::LogRanges(name) => log_ranges(client, name).await,
        KafkaQuery::OffsetsAt(name, at) => offsets_at(client, name, *at).await,
        KafkaQuery::Layout => layout::layout(sight).await,
        KafkaQuery::LogDirs => layout::log_dirs(sight).await,
        KafkaQuery::Copies(of) => layout::copies(sight, of).await,
        KafkaQuery::Reassignments => layout::reassignments(sight).await,
        KafkaQuery::BrokerConfig(id) => layout::broker_config(sight, *id).await,
        KafkaQuery::Replication => layout::replication(sight).await,
        KafkaQuery::Rates => layout::rates(sight).await,
        KafkaQuery::Readers(name) => readers::readers(client, name).await,
        KafkaQuery::AllReaders => readers::all(client).await,
    }
}

async fn cluster(client: &Client) -> Result<KafkaAnswer, Failure> {
    let seen = client.describe_cluster().await.map_err(|error| failure(&error))?;
    read::cluster(seen).map(KafkaAnswer::Cluster)
}

async fn topics(client: &Client) -> Result<KafkaAnswer, Failure> {
    let seen = client.all_topics().await.map_err(|error| failure(&error))?;
    Ok(KafkaAnswer::Topics(
        seen.into_values().filter_map(Result::ok).filter_map(|topic| read::overview(&topic)).collect(),
    ))
}

async fn one_topic(client: &Client, name: &TopicName) -> Result<Option<kafka_admin::Topic>, Failure> {
    let mut seen = client.topics(&[name.to_string()]).await.map_err(|error| failure(&error))?;
    match seen.remove(name.as_str()) {
        Some(Ok(topic)) => Ok(Some(topic)),
        Some(Err(error)) if error.code() == Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION) => Ok(None),
        Some(Err(error)) => Err(failure(&error)),
        None => Err(unanswered()),
    }
}

pub(super) fn unanswered() -> Failure {
    Failure { kind: FailureKind::Garbage, said: "the answer leaves out what was asked".to_owned() }
}

async fn topic(client: &Client, name: &TopicName) -> Result<KafkaAnswer, Failure> {
    let seen = one_topic(client, name).await?;
    seen.map(read::topic).transpose().map(KafkaAnswer::Topic)
}

async fn topic_config(client: &Client, name: &TopicName) -> Result<KafkaAnswer, Failure> {
    let resource = ConfigResource::Topic(name.to_string());
    let mut seen = client.describe_configs(std::slice::from_ref(&resource), None).await;
    let entries = seen.remove(&resource).ok_or_else(unanswered)?.map_err(|error| failure(&error))?;
    let own = entries.into_iter().filter(|entry| entry.source == ConfigSource::Topic);
    Ok(KafkaAnswer::TopicConfig(own.map(read::config_entry).collect()))
}

async fn groups(client: &Client) -> Result<KafkaAnswer, Failure> {
    let list = client.list_groups().await.map_err(|error| failure(&error))?;
    // Half a list must not look like a whole one.
    if let Some((_, error)) = list.missing.first() {
        return Err(failure(error));
    }
    Ok(KafkaAnswer::Groups(list.groups.iter().filter_map(read::group_overview).collect()))
}

async fn group(client: &Client, id: &GroupId) -> Result<KafkaAnswer, Failure> {
    let mut seen = client.describe_groups(&[id.to_string()]).await;
    let group = match seen.remove(id.as_str()).ok_or_else(unanswered)? {
        Ok(group) => group,
        Err(error) if error.code() == Some(ErrorCode::GROUP_ID_NOT_FOUND) => {
            return Ok(KafkaAnswer::Group(listed_only(client, id).await?));
        }
        Err(error) => return Err(failure(&error)),
    };
    let known = group.state != kafka_admin::GroupState::Dead;
    Ok(KafkaAnswer::Group(known.then(|| read::group(group))))
}

/// A group of a kind that cannot be described, as a share group: the brokers answer GROUP_ID_NOT_FOUND. It stands in the list.
async fn listed_only(client: &Client, id: &GroupId) -> Result<Option<Group>, Failure> {
    let KafkaAnswer::Groups(all) = groups(client).await? else { return Ok(None) };
    let other = all.into_iter().find(|one| one.id == *id && one.kind == GroupKind::Other);
    Ok(other.map(|one| Group {
        kind: one.kind,
        state: one.state,
        protocol_type: String::new(),
        members: Vec::new(),
        rights: None,
    }))
}

async fn committed(client: &Client, id: &GroupId) -> Result<KafkaAnswer, Failure> {
    let query = OffsetQuery { partitions: None, require_stable: true };
    let seen = client.fetch_offsets(id.as_str(), &query).await.map_err(|error| failure(&error))?;
    let mut found = Vec::new();
    for (at, committed) in seen {
        if let Some(committed) = committed.map_err(|error| failure(&error))? {
            found.extend(read::committed(&at, committed));
        }
    }
    found.sort();
    Ok(KafkaAnswer::Committed(found))
}

async fn partitions_of(client: &Client, name: &TopicName) -> Result<Vec<TopicPartition>, Failure> {
    let topic = one_topic(client, name).await?;
    let with_leader =
        topic.into_iter().flat_map(|topic| topic.partitions).filter(|partition| partition.leader.is_some());
    Ok(with_leader.map(|partition| TopicPartition::new(name.as_str(), partition.id)).collect())
}

async fn listed(
    client: &Client,
    partitions: &[TopicPartition],
    spec: OffsetSpec,
) -> Result<Vec<(i32, ListedOffset)>, Failure> {
    let seen = client.list_same_offset(partitions, spec).await.map_err(|error| failure(&error))?;
    let one = |(at, listed): (TopicPartition, Result<ListedOffset, Error>)| {
        Ok((at.partition, listed.map_err(|error| failure(&error))?))
    };
    seen.into_iter().map(one).collect()
}

/// Partitions without a leader are left out: a plan that needs them says so.
async fn log_ranges(client: &Client, name: &TopicName) -> Result<KafkaAnswer, Failure> {
    let partitions = partitions_of(client, name).await?;
    let (starts, ends) = tokio::join!(
        listed(client, &partitions, OffsetSpec::Earliest),
        listed(client, &partitions, OffsetSpec::Latest),
    );
    let range = |((partition, start), (_, end)): ((i32, ListedOffset), (i32, ListedOffset))| {
        Some(LogRange { partition, start: start.offset?, end: end.offset? })
    };
    Ok(KafkaAnswer::LogRanges(starts?.into_iter().zip(ends?).filter_map(range).collect()))
}

async fn offsets_at(client: &Client, name: &TopicName, at: Millis) -> Result<KafkaAnswer, Failure> {
    let partitions = partitions_of(client, name).await?;
    let seen = listed(client, &partitions, OffsetSpec::At(at.0)).await?;
    Ok(KafkaAnswer::OffsetsAt(
        seen.into_iter().map(|(partition, listed)| OffsetAt { partition, offset: listed.offset }).collect(),
    ))
}
