//! Acts: one admin call each, and what is known after it.

use super::failure::{kind, said};
use super::{act_layout as layout, act_topics as topics};
use engine::port::{Acted, Reason};
use interlock::cluster::FailureKind;
use interlock::cluster::kafka::Committed;
use interlock::plan::{KafkaAction, OffsetMove, OffsetRemoval};
use kafka_admin::{Client, Error, ErrorCode, TopicPartition};
use std::collections::BTreeMap;

pub(super) async fn act(client: &Client, controllers: Option<&Client>, action: &KafkaAction) -> Acted {
    match action {
        KafkaAction::CommitOffsets { group, moves } => {
            match client.commit_offsets(group.as_str(), &commits(moves)).await {
                Ok(results) => sum_up(&results),
                Err(error) => not_applied_or_unknown(&error),
            }
        }
        KafkaAction::DeleteOffsets { group, removals } => {
            sum_up(&client.delete_offsets(group.as_str(), &places(removals)).await)
        }
        KafkaAction::Reassign { moves } => layout::reassign(client, moves).await,
        KafkaAction::CallOff { moves } => layout::call_off(client, moves).await,
        KafkaAction::SetConfigs { changes } => layout::set_configs(client, controllers, changes).await,
        KafkaAction::TakeFromLists { lists } => layout::take_from_lists(client, lists).await,
        KafkaAction::ElectPreferred { partitions } => layout::elect_preferred(client, partitions).await,
        KafkaAction::CreateTopic(new) => topics::create(client, new).await,
        KafkaAction::CreatePartitions(more) => topics::expand(client, more).await,
        KafkaAction::DeleteTopic(gone) => topics::delete(client, gone).await,
        KafkaAction::DeleteGroup(gone) => topics::delete_group(client, gone).await,
    }
}

fn commits(moves: &[OffsetMove]) -> BTreeMap<TopicPartition, kafka_admin::Committed> {
    let commit = |to: &Committed| kafka_admin::Committed {
        offset: to.offset,
        leader_epoch: to.leader_epoch,
        metadata: to.metadata.clone(),
    };
    moves.iter().map(|one| (TopicPartition::new(one.topic.as_str(), one.partition), commit(&one.to))).collect()
}

fn places(removals: &[OffsetRemoval]) -> Vec<TopicPartition> {
    removals.iter().map(|one| TopicPartition::new(one.topic.as_str(), one.partition)).collect()
}

/// All of them well: applied. None, and that is certain: not applied. Anything between is settled by looking.
pub(super) fn sum_up<K>(results: &BTreeMap<K, Result<(), Error>>) -> Acted {
    let errors: Vec<&Error> = results.values().filter_map(|result| result.as_ref().err()).collect();
    let Some(first) = errors.first() else { return Acted::Applied };
    let nothing = errors.len() == results.len() && errors.iter().all(|error| error.is_known_not_applied());
    if nothing { Acted::NotApplied(reason(first)) } else { Acted::Unknown(reason(first)) }
}

pub(super) fn not_applied_or_unknown(error: &Error) -> Acted {
    if error.is_known_not_applied() { Acted::NotApplied(reason(error)) } else { Acted::Unknown(reason(error)) }
}

pub(super) fn reason(error: &Error) -> Reason {
    Reason { kind: kind(error), id: meaning(error).to_owned(), said: said(error) }
}

/// Refusals that trying again would not change.
fn meaning(error: &Error) -> &'static str {
    match error.code() {
        Some(ErrorCode::UNKNOWN_MEMBER_ID | ErrorCode::NON_EMPTY_GROUP) => "group-has-members",
        Some(ErrorCode::GROUP_SUBSCRIBED_TO_TOPIC) => "group-subscribed",
        Some(ErrorCode::UNKNOWN_TOPIC_OR_PARTITION | ErrorCode::UNKNOWN_TOPIC_ID) => "topic-gone",
        Some(ErrorCode::TOPIC_ALREADY_EXISTS) => "topic-exists",
        Some(ErrorCode::GROUP_ID_NOT_FOUND) => "group-gone",
        _ if kind(error) == FailureKind::Denied => "missing-right",
        _ => "",
    }
}
