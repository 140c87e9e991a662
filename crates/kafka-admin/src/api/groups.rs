//! Groups: which there are, and their deletion.

use std::collections::{BTreeMap, BTreeSet};

use kafka_protocol::messages::list_groups_response::ListedGroup;
use kafka_protocol::messages::{DeleteGroupsRequest, GroupId, ListGroupsRequest};
use tokio::time::{Instant, sleep};

use super::{NAMES, text, unanswered};
use crate::ask::pause;
use crate::client::Client;
use crate::code::ErrorCode;
use crate::error::{Error, Result};
use crate::route::Route;
use crate::wire::call::{Call, Effect};

/// Which protocol a group's members speak.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum GroupKind {
    /// JoinGroup and SyncGroup; the only one before Kafka 3.7.
    Classic,
    /// The consumer rebalance protocol of KIP-848.
    Consumer,
    /// Share groups, KIP-932.
    Share,
    /// Streams groups, KIP-1071.
    Streams,
    /// A word this client does not know.
    Other(String),
}

impl GroupKind {
    fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "" => return None,
            "classic" => Self::Classic,
            "consumer" => Self::Consumer,
            "share" => Self::Share,
            "streams" => Self::Streams,
            _ => Self::Other(word.to_owned()),
        })
    }
}

/// The state of a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum GroupState {
    /// Has members, all with their assignment.
    Stable,
    /// Classic: members are joining.
    PreparingRebalance,
    /// Classic: the leader is assigning.
    CompletingRebalance,
    /// Consumer protocol: the coordinator is assigning.
    Assigning,
    /// Consumer protocol: members are taking their assignment over.
    Reconciling,
    /// No members; offsets may be there.
    Empty,
    /// No such group.
    Dead,
    /// A word this client does not know: not to be taken for empty.
    Other(String),
}

impl GroupState {
    pub(crate) fn of(word: &str) -> Self {
        match word {
            "Stable" => Self::Stable,
            "PreparingRebalance" => Self::PreparingRebalance,
            "CompletingRebalance" => Self::CompletingRebalance,
            "Assigning" => Self::Assigning,
            "Reconciling" => Self::Reconciling,
            "Empty" => Self::Empty,
            "Dead" => Self::Dead,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// A group in a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupListing {
    /// Its id.
    pub id: String,
    /// `consumer`, `connect`, …; empty for a group that only stores offsets.
    pub protocol_type: String,
    /// Its state, where the broker says (Kafka 2.6 and later).
    pub state: Option<GroupState>,
    /// Its kind, where the broker says (Kafka 3.8 and later).
    pub kind: Option<GroupKind>,
    /// The broker that listed it, which coordinates it.
    pub coordinator: i32,
}

/// The groups of a cluster, and which brokers could not be asked for theirs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GroupList {
    /// The groups, by id.
    pub groups: Vec<GroupListing>,
    /// Brokers whose groups are missing in the list, and why.
    pub missing: Vec<(i32, Error)>,
}

impl Client {
    /// The groups of all brokers that the principal may see (ListGroups).
    ///
    /// # Errors
    /// When the brokers cannot be found. A broker that does not answer is named in
    /// [`GroupList::missing`] instead.
    pub async fn list_groups(&self) -> Result<GroupList> {
        let deadline = self.until();
        let brokers = self.live_brokers(deadline).await?;
        let answers =
            self.side_by_side(brokers, move |client, broker| async move {
                (broker, client.groups_of(broker, deadline).await)
            })
            .await;
        let mut list = GroupList::default();
        for (broker, answer) in answers {
            match answer {
                Ok(groups) => list.groups.extend(groups),
                Err(error) => list.missing.push((broker, error)),
            }
        }
        list.groups.sort_by(|a, b| a.id.cmp(&b.id));
        // A group that moved in between is listed twice.
        list.groups.dedup_by(|a, b| a.id == b.id);
        list.missing.sort_by_key(|(broker, _)| *broker);
        Ok(list)
    }

    async fn groups_of(&self, broker: i32, deadline: Instant) -> Result<Vec<GroupListing>> {
        let answer = self
            .ask(
                &Route::Broker(broker),
                deadline,
                |_| Ok(ListGroupsRequest::default()),
                |answer| ErrorCode::of(answer.error_code),
            )
            .await?;
        Error::check(ListGroupsRequest::API.name, answer.error_code, None)?;
        let listing = |group: ListedGroup| GroupListing {
            id: group.group_id.to_string(),
            protocol_type: group.protocol_type.to_string(),
            state: Some(group.group_state.as_str()).filter(|word| !word.is_empty()).map(GroupState::of),
            kind: GroupKind::of(&group.group_type),
            coordinator: broker,
        };
        Ok(answer.groups.into_iter().map(listing).collect())
    }

    /// Deletes groups with their offsets (DeleteGroups). NON_EMPTY_GROUP for one with members,
    /// GROUP_ID_NOT_FOUND for one that does not exist.
    ///
    /// # Errors
    /// Each group has its own result.
    pub async fn delete_groups(&self, groups: &[String]) -> BTreeMap<String, Result<()>> {
        let deadline = self.until();
        let client = self.on_way_of(Effect::Change);
        client
            .per_coordinator(groups, deadline, |client, broker, batch| async move {
                client.delete_at(broker, batch, deadline).await
            })
            .await
    }

    async fn delete_at(&self, broker: i32, groups: Vec<String>, deadline: Instant) -> Vec<(String, Result<()>)> {
        let api = DeleteGroupsRequest::API.name;
        let answer = self
            .ask(
                &Route::Broker(broker),
                deadline,
                |_| {
                    let names = groups.iter().map(|group| GroupId(text(group))).collect();
                    Ok(DeleteGroupsRequest::default().with_groups_names(names))
                },
                |_| None,
            )
            .await;
        match answer {
            Err(error) => each_failed(groups, &error),
            Ok(answer) => answer
                .results
                .into_iter()
                .map(|result| {
                    let outcome = Error::check(api, result.error_code, None);
                    (result.group_id.to_string(), outcome)
                })
                .collect(),
        }
    }

    /// Runs `work` at the coordinator of each group, several groups at a time; groups whose
    /// coordinator moved are looked for again, within the deadline and where that is safe.
    /// Only what was asked for is in the result, and all of it.
    pub(crate) async fn per_coordinator<R, W, F>(
        &self,
        groups: &[String],
        deadline: Instant,
        work: W,
    ) -> BTreeMap<String, Result<R>>
    where
        R: Send + 'static,
        W: Fn(Self, i32, Vec<String>) -> F,
        F: Future<Output = Vec<(String, Result<R>)>> + Send + 'static,
    {
        let mut done: BTreeMap<String, Result<R>> = BTreeMap::new();
        let asked: BTreeSet<&String> = groups.iter().collect();
        let mut pending: Vec<String> = asked.iter().copied().cloned().collect();
        for attempt in 1..=self.config().max_attempts.max(1) {
            let (batches, lost) = self.by_coordinator(&pending, deadline).await;
            done.extend(lost.into_iter().map(|(group, error)| (group, Err(error))));
            let answers = self.side_by_side(batches, |client, (broker, batch)| work(client, broker, batch)).await;
            done.extend(answers.into_iter().flatten().filter(|(group, _)| asked.contains(group)));
            for group in pending.iter().filter(|group| done.get(*group).is_some_and(is_elsewhere)) {
                self.book().forget_coordinator(group);
            }
            pending.retain(|group| match done.get(group) {
                Some(Err(Error::NotSent { cause, .. })) => cause.may_pass(attempt),
                Some(Err(error)) => error.code().is_some_and(|code| self.lane().is_repeated_after(code)),
                _ => false,
            });
            let pause = pause(attempt);
            if pending.is_empty() || Instant::now() + pause >= deadline {
                break;
            }
            sleep(pause).await;
            if Instant::now() >= deadline {
                break;
            }
        }
        for group in groups {
            done.entry(group.clone()).or_insert_with(|| Err(unanswered("the request", group)));
        }
        done
    }

    /// Groups in batches by coordinator, and those whose coordinator was not found.
    async fn by_coordinator(
        &self,
        groups: &[String],
        deadline: Instant,
    ) -> (Vec<(i32, Vec<String>)>, Vec<(String, Error)>) {
        let mut brokers: BTreeMap<i32, Vec<String>> = BTreeMap::new();
        let mut unknown = Vec::new();
        for group in groups {
            match self.book().coordinator(group) {
                Some(id) => brokers.entry(id).or_default().push(group.clone()),
                None => unknown.push(group.clone()),
            }
        }
        let mut lost = Vec::new();
        for (group, found) in self.find_coordinators(&unknown, deadline).await {
            match found {
                Ok(id) => brokers.entry(id).or_default().push(group),
                Err(error) => lost.push((group, error)),
            }
        }
        let in_batches = brokers.into_iter().flat_map(|(id, groups)| {
            let batches: Vec<_> = groups.chunks(NAMES).map(|batch| (id, batch.to_vec())).collect();
            batches
        });
        (in_batches.collect(), lost)
    }
}

/// Whether another broker may coordinate the group by now; one that cannot be reached is soon replaced.
fn is_elsewhere<R>(result: &Result<R>) -> bool {
    match result {
        Ok(_) => false,
        Err(Error::NotSent { cause, .. }) => !cause.stays(),
        Err(error) => error.code().is_some_and(ErrorCode::is_passing),
    }
}

/// The same failure for each group of a batch.
pub(crate) fn each_failed<R>(groups: Vec<String>, error: &Error) -> Vec<(String, Result<R>)> {
    groups.into_iter().map(|group| (group, Err(error.clone()))).collect()
}
