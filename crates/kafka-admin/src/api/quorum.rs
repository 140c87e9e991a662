//! The controller quorum, and brokers that leave for good.

use std::collections::BTreeMap;

use kafka_protocol::messages::describe_quorum_request::{PartitionData, TopicData};
use kafka_protocol::messages::describe_quorum_response::{Node, ReplicaState};
use kafka_protocol::messages::{BrokerId, DescribeQuorumRequest, TopicName, UnregisterBrokerRequest};
use kafka_protocol::protocol::StrBytes;

use super::{said, unanswered};
use crate::client::Client;
use crate::code::ErrorCode;
use crate::config::{HostPort, Peers};
use crate::error::{Error, Result};
use crate::route::Route;
use crate::types::broker_id;
use crate::wire::call::Call;

/// The topic that the controllers replicate, always with one partition.
const METADATA_TOPIC: &str = "__cluster_metadata";

/// The controller quorum (KRaft).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quorum {
    /// The active controller, if any.
    pub leader: Option<i32>,
    /// How often it changed.
    pub epoch: i32,
    /// Up to where the metadata log is committed.
    pub high_watermark: i64,
    /// Who votes.
    pub voters: Vec<QuorumReplica>,
    /// Who follows without a vote: the brokers.
    pub observers: Vec<QuorumReplica>,
    /// Where the voters listen; empty before Kafka 3.9 (KIP-853).
    pub nodes: Vec<ControllerNode>,
}

/// A controller as the quorum knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ControllerNode {
    /// Its node id.
    pub id: i32,
    /// Its listeners, by name. They need not be reachable from here.
    pub listeners: BTreeMap<String, HostPort>,
}

/// A node that replicates the metadata log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QuorumReplica {
    /// Its node id.
    pub id: i32,
    /// Up to where it has the log, as far as the leader knows.
    pub log_end_offset: Option<i64>,
    /// When it fetched last, in milliseconds since 1970 by the leader's clock.
    pub last_fetch_ms: Option<i64>,
    /// When it had everything last, in milliseconds since 1970 by the leader's clock.
    pub last_caught_up_ms: Option<i64>,
}

impl Client {
    /// The controller quorum (DescribeQuorum (55), KIP-595); clusters on ZooKeeper do not have one.
    ///
    /// # Errors
    /// As every call, see [`Error`].
    pub async fn describe_quorum(&self) -> Result<Quorum> {
        let api = DescribeQuorumRequest::API.name;
        // Brokers hand it on; among controllers only the active one knows.
        let route = match self.config().peers {
            Peers::Brokers => Route::Any,
            Peers::Controllers => Route::Controller,
        };
        let answer = self
            .ask(
                &route,
                self.until(),
                |_| {
                    let topic = TopicData::default()
                        .with_topic_name(TopicName(StrBytes::from_static_str(METADATA_TOPIC)))
                        .with_partitions(vec![PartitionData::default()]);
                    Ok(DescribeQuorumRequest::default().with_topics(vec![topic]))
                },
                |answer| ErrorCode::of(answer.error_code),
            )
            .await?;
        Error::check(api, answer.error_code, said(answer.error_message))?;
        let nodes = answer.nodes.into_iter().map(node).collect();
        let topic = answer.topics.into_iter().find(|topic| topic.topic_name.as_str() == METADATA_TOPIC);
        let partition = topic.and_then(|topic| topic.partitions.into_iter().find(|one| one.partition_index == 0));
        let partition = partition.ok_or_else(|| unanswered(api, &METADATA_TOPIC))?;
        Error::check(api, partition.error_code, said(partition.error_message))?;
        if partition.current_voters.is_empty() {
            return Err(unanswered(api, &"any voter"));
        }
        let replicas = |all: &[ReplicaState]| all.iter().map(replica).collect();
        Ok(Quorum {
            leader: broker_id(partition.leader_id.0),
            epoch: partition.leader_epoch,
            high_watermark: partition.high_watermark,
            voters: replicas(&partition.current_voters),
            observers: replicas(&partition.observers),
            nodes,
        })
    }

    /// Takes a broker that is gone for good out of the cluster's list (UnregisterBroker, KRaft).
    /// The controller does not check whether it is dead or whether it holds replicas.
    ///
    /// # Errors
    /// BROKER_ID_NOT_REGISTERED; as every call, see [`Error`].
    pub async fn unregister_broker(&self, id: i32) -> Result<()> {
        let answer = self
            .ask(
                &Route::Controller,
                self.until(),
                |_| Ok(UnregisterBrokerRequest::default().with_broker_id(BrokerId(id))),
                |answer| ErrorCode::of(answer.error_code),
            )
            .await?;
        let message = said(answer.error_message);
        Error::check(UnregisterBrokerRequest::API.name, answer.error_code, message)
    }
}

fn node(found: Node) -> ControllerNode {
    let listeners = found.listeners.into_iter().map(|listener| {
        let at = HostPort { host: listener.host.to_string(), port: listener.port };
        (listener.name.to_string(), at)
    });
    ControllerNode { id: found.node_id.0, listeners: listeners.collect() }
}

fn replica(state: &ReplicaState) -> QuorumReplica {
    let known = |value: i64| (value >= 0).then_some(value);
    QuorumReplica {
        id: state.replica_id.0,
        log_end_offset: known(state.log_end_offset),
        last_fetch_ms: known(state.last_fetch_timestamp),
        last_caught_up_ms: known(state.last_caught_up_timestamp),
    }
}
