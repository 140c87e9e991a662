//! Who reads a topic: every group that reads it or has committed there.

use super::failure::failure;
use super::observe::unanswered;
use super::read;
use futures_util::StreamExt;
use interlock::cluster::kafka::{CommittedOffset, Group, GroupReads, KafkaAnswer, Reader};
use interlock::cluster::{Failure, FailureKind};
use interlock::id::{GroupId, TopicName};
use kafka_admin::{Client, ErrorCode, OffsetQuery};
use std::collections::BTreeMap;

/// So many groups are asked for their commits at a time.
const AT_ONCE: usize = 8;
/// So many groups at most; more would take longer than a look may.
const MOST: usize = 5_000;

pub(super) async fn readers(client: &Client, name: &TopicName) -> Result<KafkaAnswer, Failure> {
    let seen = seen(client).await?;
    let reader = |(id, (group, committed)): (&GroupId, &Seen)| Reader::of(name, id, group.as_ref(), committed);
    Ok(KafkaAnswer::Readers(seen.iter().filter_map(reader).collect()))
}

/// Every group with all that it reads.
pub(super) async fn all(client: &Client) -> Result<KafkaAnswer, Failure> {
    let seen = seen(client).await?;
    let reads = |(id, (group, committed)): (&GroupId, &Seen)| GroupReads::of(id, group.as_ref(), committed);
    Ok(KafkaAnswer::AllReaders(seen.iter().map(reads).collect()))
}

/// A group, if it can be described, and its commits.
type Seen = (Option<Group>, Vec<CommittedOffset>);

async fn seen(client: &Client) -> Result<BTreeMap<GroupId, Seen>, Failure> {
    let ids = ids(client).await?;
    let mut groups = described(client, &ids).await?;
    let asked = futures_util::stream::iter(ids).map(|id| async move {
        let committed = commits(client, &id).await;
        (id, committed)
    });
    let mut answers = asked.buffer_unordered(AT_ONCE);
    let mut seen = BTreeMap::new();
    while let Some((id, committed)) = answers.next().await {
        let group = groups.remove(&id).flatten();
        seen.insert(id, (group, committed?));
    }
    Ok(seen)
}

/// Half a list must not look like a whole one.
async fn ids(client: &Client) -> Result<Vec<GroupId>, Failure> {
    let list = client.list_groups().await.map_err(|error| failure(&error))?;
    if let Some((_, error)) = list.missing.first() {
        return Err(failure(error));
    }
    if list.groups.len() > MOST {
        let said = format!("{} groups are more than are asked at once ({MOST})", list.groups.len());
        return Err(Failure { kind: FailureKind::Refused, said });
    }
    Ok(list.groups.iter().filter_map(|group| group.id.parse().ok()).collect())
}

/// Groups of a kind that cannot be described, as share groups, are there without members that could be seen.
async fn described(client: &Client, ids: &[GroupId]) -> Result<BTreeMap<GroupId, Option<Group>>, Failure> {
    let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut seen = client.describe_groups(&names).await;
    let mut groups = BTreeMap::new();
    for id in ids {
        let group = match seen.remove(id.as_str()).ok_or_else(unanswered)? {
            Ok(group) => Some(read::group(group)),
            Err(error) if error.code() == Some(ErrorCode::GROUP_ID_NOT_FOUND) => None,
            Err(error) => return Err(failure(&error)),
        };
        groups.insert(id.clone(), group);
    }
    Ok(groups)
}

async fn commits(client: &Client, id: &GroupId) -> Result<Vec<CommittedOffset>, Failure> {
    let query = OffsetQuery { partitions: None, require_stable: false };
    let seen = client.fetch_offsets(id.as_str(), &query).await.map_err(|error| failure(&error))?;
    let mut found = Vec::new();
    for (at, committed) in seen {
        if let Some(committed) = committed.map_err(|error| failure(&error))? {
            found.extend(read::committed(&at, committed));
        }
    }
    found.sort();
    Ok(found)
}
