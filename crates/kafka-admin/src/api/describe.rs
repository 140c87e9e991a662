//! What a group looks like inside.

use std::collections::{BTreeMap, HashMap};

use bytes::Bytes;
use kafka_protocol::messages::consumer_group_describe_response as modern;
use kafka_protocol::messages::describe_groups_response as classic;
use kafka_protocol::messages::{
    ConsumerGroupDescribeRequest, ConsumerProtocolAssignment, DescribeGroupsRequest, GroupId,
};
use tokio::time::Instant;

use super::groups::{GroupKind, GroupState, each_failed};
use super::{said, text, unanswered};
use crate::client::Client;
use crate::code::ErrorCode;
use crate::error::{Error, Result};
use crate::route::Route;
use crate::types::{Authorized, authorized};
use crate::wire::call::Call;
use crate::wire::codec::decode_versioned;
use crate::wire::shapes::CONSUMER_ASSIGNMENT;

/// A group with its members.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Group {
    /// Its id.
    pub id: String,
    /// Which protocol its members speak.
    pub kind: GroupKind,
    /// Its state; [`GroupState::Dead`] for a group that does not exist.
    pub state: GroupState,
    /// `consumer`, `connect`, …; empty for a group that only stores offsets.
    pub protocol_type: String,
    /// The assignor in use.
    pub assignor: String,
    /// The consumer protocol's group epoch.
    pub epoch: Option<i32>,
    /// Its members.
    pub members: Vec<Member>,
    /// What the principal may do to it, where the broker says.
    pub authorized: Option<Authorized>,
    /// The broker that coordinates it.
    pub coordinator: i32,
}

/// A member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member {
    /// The id the coordinator knows it by.
    pub id: String,
    /// Set for a static member, which keeps its place until its session times out.
    pub instance_id: Option<String>,
    /// How the client calls itself.
    pub client_id: String,
    /// The host it connects from, as the broker writes it (often with a leading `/`).
    pub client_host: String,
    /// The partitions assigned to it, by topic; `None` when its assignment cannot be read.
    pub assignment: Option<BTreeMap<String, Vec<i32>>>,
    /// The topics it subscribed to by name; consumer protocol only.
    pub subscribed: Vec<String>,
    /// Its epoch; consumer protocol only.
    pub epoch: Option<i32>,
}

impl Client {
    /// Describes groups of the consumer protocol (ConsumerGroupDescribe) and classic ones
    /// (DescribeGroups). A group that does not exist is [`GroupState::Dead`] on every version
    /// of Kafka. A share or streams group, which neither call describes, is an error, never "dead".
    ///
    /// # Errors
    /// Each group has its own result.
    pub async fn describe_groups(&self, groups: &[String]) -> BTreeMap<String, Result<Group>> {
        let deadline = self.until();
        self.per_coordinator(groups, deadline, |client, broker, batch| async move {
            client.describe_at(broker, batch, deadline).await
        })
        .await
    }

    async fn describe_at(&self, broker: i32, groups: Vec<String>, deadline: Instant) -> Vec<(String, Result<Group>)> {
        let mut described = Vec::new();
        let mut rest = groups;
        match self.modern(broker, &rest, deadline).await {
            Ok(answers) => {
                // Not known to the consumer protocol: perhaps to the classic one.
                let other = [ErrorCode::GROUP_ID_NOT_FOUND, ErrorCode::UNSUPPORTED_VERSION];
                let is_other = |result: &Result<Group>| match result {
                    Err(error) => error.code().is_some_and(|code| other.contains(&code)),
                    Ok(_) => false,
                };
                let mut answers: HashMap<_, _> = answers.into_iter().collect();
                // One that the answer leaves out is of no known protocol: the classic one may call it dead.
                let mut others = Vec::new();
                for group in rest {
                    match answers.remove(&group) {
                        Some(result) if is_other(&result) => others.push(group),
                        Some(result) => described.push((group, result)),
                        None => {
                            let error = unanswered(ConsumerGroupDescribeRequest::API.name, &group);
                            described.push((group, Err(error)));
                        }
                    }
                }
                rest = others;
            }
            Err(Error::Unsupported { .. }) => {}
            Err(error) => return each_failed(rest, &error),
        }
        if rest.is_empty() {
            return described;
        }
        match self.classic(broker, &rest, deadline).await {
            Ok(answers) => described.extend(answers),
            Err(error) => described.extend(each_failed(rest, &error)),
        }
        described
    }

    async fn modern(&self, broker: i32, groups: &[String], deadline: Instant) -> Result<Vec<(String, Result<Group>)>> {
        let answer = self
            .ask(
                &Route::Broker(broker),
                deadline,
                |_| {
                    Ok(ConsumerGroupDescribeRequest::default()
                        .with_group_ids(ids(groups))
                        .with_include_authorized_operations(true))
                },
                |_| None,
            )
            .await?;
        Ok(answer.groups.into_iter().map(|group| (group.group_id.to_string(), read_modern(group, broker))).collect())
    }

    async fn classic(&self, broker: i32, groups: &[String], deadline: Instant) -> Result<Vec<(String, Result<Group>)>> {
        let answer = self
            .ask(
                &Route::Broker(broker),
                deadline,
                |version| {
                    Ok(DescribeGroupsRequest::default()
                        .with_groups(ids(groups))
                        .with_include_authorized_operations(version >= 3))
                },
                |_| None,
            )
            .await?;
        Ok(answer.groups.into_iter().map(|group| (group.group_id.to_string(), read_classic(group, broker))).collect())
    }
}

fn ids(groups: &[String]) -> Vec<GroupId> {
    groups.iter().map(|group| GroupId(text(group))).collect()
}

fn read_modern(group: modern::DescribedGroup, coordinator: i32) -> Result<Group> {
    let api = ConsumerGroupDescribeRequest::API.name;
    Error::check(api, group.error_code, said(group.error_message))?;
    Ok(Group {
        id: group.group_id.to_string(),
        kind: GroupKind::Consumer,
        state: GroupState::of(&group.group_state),
        protocol_type: "consumer".to_owned(),
        assignor: group.assignor_name.to_string(),
        epoch: Some(group.group_epoch),
        members: group.members.into_iter().map(read_modern_member).collect(),
        authorized: authorized(group.authorized_operations),
        coordinator,
    })
}

fn read_modern_member(member: modern::Member) -> Member {
    let assigned = member.assignment.topic_partitions.into_iter();
    let assigned = assigned.map(|topic| (topic.topic_name.to_string(), topic.partitions));
    Member {
        id: member.member_id.to_string(),
        instance_id: said(member.instance_id),
        client_id: member.client_id.to_string(),
        client_host: member.client_host.to_string(),
        assignment: Some(by_topic(assigned)),
        subscribed: member.subscribed_topic_names.iter().map(|name| name.to_string()).collect(),
        epoch: Some(member.member_epoch),
    }
}

fn read_classic(group: classic::DescribedGroup, coordinator: i32) -> Result<Group> {
    let message = said(group.error_message);
    let code = ErrorCode::of(group.error_code);
    // Since version 6 "does not exist" is an error; so is "exists, but of another kind",
    // with the same code. Only words that say "not found" count as absent.
    let absent = code == Some(ErrorCode::GROUP_ID_NOT_FOUND)
        && message.as_deref().is_none_or(|said| said.ends_with("not found."));
    if let (Some(code), false) = (code, absent) {
        let api = DescribeGroupsRequest::API.name;
        return Err(Error::of_code(api, code, message));
    }
    let state = if absent { GroupState::Dead } else { GroupState::of(&group.group_state) };
    let consumers = group.protocol_type.as_str() == "consumer";
    let members = group.members.into_iter();
    Ok(Group {
        id: group.group_id.to_string(),
        kind: GroupKind::Classic,
        state,
        protocol_type: group.protocol_type.to_string(),
        assignor: group.protocol_data.to_string(),
        epoch: None,
        members: members.map(|member| read_classic_member(member, consumers)).collect(),
        authorized: authorized(group.authorized_operations),
        coordinator,
    })
}

fn read_classic_member(member: classic::DescribedGroupMember, consumers: bool) -> Member {
    Member {
        id: member.member_id.to_string(),
        instance_id: said(member.group_instance_id),
        client_id: member.client_id.to_string(),
        client_host: member.client_host.to_string(),
        assignment: consumers.then(|| read_assignment(&member.member_assignment)).flatten(),
        subscribed: Vec::new(),
        epoch: None,
    }
}

/// Members chose these bytes themselves: they are checked like everything from outside.
fn read_assignment(bytes: &Bytes) -> Option<BTreeMap<String, Vec<i32>>> {
    if bytes.is_empty() {
        return Some(BTreeMap::new());
    }
    let decoded: ConsumerProtocolAssignment = decode_versioned(&CONSUMER_ASSIGNMENT, bytes).ok()?;
    let topics = decoded.assigned_partitions.into_iter();
    Some(by_topic(topics.map(|topic| (topic.topic.to_string(), topic.partitions))))
}

/// Each name once, however many partitions it has: who chose the bytes also chose how long it is.
fn by_topic(topics: impl Iterator<Item = (String, Vec<i32>)>) -> BTreeMap<String, Vec<i32>> {
    let mut all: BTreeMap<String, Vec<i32>> = BTreeMap::new();
    for (name, partitions) in topics {
        all.entry(name).or_default().extend(partitions);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::BytesMut;
    use kafka_protocol::messages::TopicName;
    use kafka_protocol::messages::consumer_protocol_assignment::TopicPartition;
    use kafka_protocol::protocol::Encodable;

    fn member(assignment: Bytes) -> Member {
        read_classic_member(classic::DescribedGroupMember::default().with_member_assignment(assignment), true)
    }

    #[test]
    fn what_is_assigned_is_told_by_topic_and_what_cannot_be_read_is_not_nothing() {
        let of =
            |name, partitions| TopicPartition::default().with_topic(TopicName(text(name))).with_partitions(partitions);
        let assigned = vec![of("orders", vec![0, 2]), of("billing", vec![1]), of("orders", vec![5])];
        let assignment = ConsumerProtocolAssignment::default().with_assigned_partitions(assigned);
        let mut bytes = BytesMut::from(&[0, 3][..]);
        assignment.encode(&mut bytes, 3).unwrap();
        let read = member(bytes.clone().freeze()).assignment;
        let expected = [("billing".to_owned(), vec![1]), ("orders".to_owned(), vec![0, 2, 5])];
        assert_eq!(read, Some(expected.into()));
        assert_eq!(member(Bytes::new()).assignment, Some(BTreeMap::new()), "nothing is assigned");
        bytes.truncate(bytes.len() - 3);
        assert_eq!(member(bytes.freeze()).assignment, None);
    }
}
