//! The client's answers as the model's values. A name the model cannot hold is a failure where it was asked for, and left
//! out of lists.

use interlock::cluster::kafka::{
    Broker, Committed, CommittedOffset, ConfigEntry, Group, GroupKind, GroupOverview, GroupState, KafkaCluster, LogDir,
    Member, Partition, Reassignment, Replicas, Right, Rights, StoredReplica, Topic, TopicOverview,
};
use interlock::cluster::{Failure, FailureKind};
use kafka_admin::{AclOperation, Authorized, TopicPartition};
use std::collections::BTreeMap;

fn garbage(said: &str) -> Failure {
    Failure { kind: FailureKind::Garbage, said: said.to_owned() }
}

pub(super) fn cluster(seen: kafka_admin::Cluster) -> Result<KafkaCluster, Failure> {
    let mut brokers: Vec<Broker> =
        seen.brokers.into_iter().map(|broker| Broker { id: broker.id, rack: broker.rack }).collect();
    brokers.sort_by_key(|broker| broker.id);
    Ok(KafkaCluster {
        id: seen.id.ok_or_else(|| garbage("the cluster does not say its id"))?,
        controller: seen.controller,
        brokers,
        rights: rights(seen.authorized),
    })
}

fn rights(told: Option<Authorized>) -> Rights {
    Some(told?.into_iter().filter_map(right).collect())
}

fn right(operation: AclOperation) -> Option<Right> {
    Some(match operation {
        AclOperation::Read => Right::Read,
        AclOperation::Write => Right::Write,
        AclOperation::Create => Right::Create,
        AclOperation::Delete => Right::Delete,
        AclOperation::Alter => Right::Alter,
        AclOperation::Describe => Right::Describe,
        AclOperation::ClusterAction => Right::ClusterAction,
        AclOperation::DescribeConfigs => Right::DescribeConfigs,
        AclOperation::AlterConfigs => Right::AlterConfigs,
        AclOperation::IdempotentWrite => Right::IdempotentWrite,
        _ => return None,
    })
}

pub(super) fn overview(topic: &kafka_admin::Topic) -> Option<TopicOverview> {
    let count = |which: &dyn Fn(&kafka_admin::Partition) -> bool| {
        u32::try_from(topic.partitions.iter().filter(|partition| which(partition)).count()).unwrap_or(u32::MAX)
    };
    let most = topic.partitions.iter().map(|partition| partition.replicas.len()).max().unwrap_or(0);
    Some(TopicOverview {
        name: topic.name.parse().ok()?,
        internal: topic.internal,
        partitions: count(&|_| true),
        replicas: u32::try_from(most).unwrap_or(u32::MAX),
        under_replicated: count(&|partition| partition.isr.len() < partition.replicas.len()),
        offline: count(&|partition| partition.leader.is_none()),
    })
}

/// A topic without an id (Kafka before 2.8) could be deleted and made again unseen; it is not changed.
pub(super) fn topic(topic: kafka_admin::Topic) -> Result<Topic, Failure> {
    let unsupported =
        || Failure { kind: FailureKind::Unsupported, said: "the cluster does not know topic ids".to_owned() };
    let partition = |partition: kafka_admin::Partition| Partition {
        partition: partition.id,
        leader: partition.leader,
        replicas: partition.replicas,
        isr: partition.isr,
    };
    let mut partitions: Vec<Partition> = topic.partitions.into_iter().map(partition).collect();
    partitions.sort_by_key(|partition| partition.partition);
    Ok(Topic {
        id: topic.id.ok_or_else(unsupported)?.to_string(),
        internal: topic.internal,
        partitions,
        rights: rights(topic.authorized),
    })
}

pub(super) fn config_entry(entry: kafka_admin::ConfigEntry) -> ConfigEntry {
    ConfigEntry { key: entry.name, value: entry.value }
}

pub(super) fn group_overview(listed: &kafka_admin::GroupListing) -> Option<GroupOverview> {
    Some(GroupOverview {
        id: listed.id.parse().ok()?,
        kind: listed.kind.as_ref().map_or(GroupKind::Classic, kind),
        state: listed.state.as_ref().map_or(GroupState::Unknown, state),
    })
}

fn kind(kind: &kafka_admin::GroupKind) -> GroupKind {
    match kind {
        kafka_admin::GroupKind::Classic => GroupKind::Classic,
        kafka_admin::GroupKind::Consumer => GroupKind::Consumer,
        _ => GroupKind::Other,
    }
}

fn state(state: &kafka_admin::GroupState) -> GroupState {
    match state {
        kafka_admin::GroupState::Stable => GroupState::Stable,
        kafka_admin::GroupState::Empty => GroupState::Empty,
        kafka_admin::GroupState::Dead => GroupState::Dead,
        kafka_admin::GroupState::PreparingRebalance
        | kafka_admin::GroupState::CompletingRebalance
        | kafka_admin::GroupState::Assigning
        | kafka_admin::GroupState::Reconciling => GroupState::Rebalancing,
        _ => GroupState::Unknown,
    }
}

pub(super) fn group(group: kafka_admin::Group) -> Group {
    let mut members: Vec<Member> = group.members.into_iter().map(member).collect();
    members.sort_by(|one, other| one.member_id.cmp(&other.member_id));
    Group {
        kind: kind(&group.kind),
        state: state(&group.state),
        protocol_type: group.protocol_type,
        members,
        rights: rights(group.authorized),
    }
}

fn member(member: kafka_admin::Member) -> Member {
    let named = |topics: BTreeMap<String, Vec<i32>>| {
        topics.into_iter().filter_map(|(topic, partitions)| Some((topic.parse().ok()?, partitions))).collect()
    };
    Member {
        member_id: member.id,
        instance_id: member.instance_id,
        client_id: member.client_id,
        host: member.client_host.trim_start_matches('/').to_owned(),
        assigned: member.assignment.map(named),
    }
}

pub(super) fn committed(at: &TopicPartition, committed: kafka_admin::Committed) -> Option<CommittedOffset> {
    Some(CommittedOffset {
        topic: at.topic.parse().ok()?,
        partition: at.partition,
        committed: Committed {
            offset: committed.offset,
            leader_epoch: committed.leader_epoch,
            metadata: committed.metadata,
        },
    })
}

pub(super) fn log_dir(dir: kafka_admin::LogDir) -> LogDir {
    let bytes = |bytes: i64| u64::try_from(bytes).unwrap_or(0);
    let mut replicas: Vec<StoredReplica> = dir
        .replicas
        .into_iter()
        .filter_map(|replica| {
            let topic = replica.at.topic.parse().ok()?;
            let (partition, future) = (replica.at.partition, replica.future);
            Some(StoredReplica { topic, partition, bytes: bytes(replica.bytes), future })
        })
        .collect();
    replicas.sort();
    LogDir {
        path: dir.path,
        failed: dir.error.is_some(),
        cordoned: false,
        total_bytes: dir.total_bytes.map(bytes),
        usable_bytes: dir.usable_bytes.map(bytes),
        replicas,
    }
}

pub(super) fn reassignment(at: &TopicPartition, moving: &kafka_admin::Reassignment) -> Option<Reassignment> {
    Some(Reassignment {
        topic: at.topic.parse().ok()?,
        partition: at.partition,
        replicas: Replicas(moving.replicas.clone()),
        adding: Replicas(moving.adding.clone()),
        removing: Replicas(moving.removing.clone()),
    })
}
