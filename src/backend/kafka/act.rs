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

/// All of them well: applied. None, and that is certain: not applied. The rest refused, each with an answer: partly.
/// Anything between is settled by looking. The reason is one that stays, if there is one.
pub(super) fn sum_up<K>(results: &BTreeMap<K, Result<(), Error>>) -> Acted {
    let errors: Vec<&Error> = results.values().filter_map(|result| result.as_ref().err()).collect();
    let Some(first) = errors.first() else { return Acted::Applied };
    if let Some(open) = errors.iter().find(|error| !error.is_known_not_applied()) {
        return Acted::Unknown(reason(open));
    }
    let why = reason(errors.iter().find(|error| !meaning(error).is_empty()).unwrap_or(first));
    if errors.len() == results.len() {
        return Acted::NotApplied(why);
    }
    // Who could not be reached may be dead, and then nothing of it can be read back.
    let all_answered = !errors.iter().any(|error| matches!(error, Error::NotSent { .. }));
    if all_answered { Acted::Partly(why) } else { Acted::Unknown(why) }
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

#[cfg(test)]
mod tests {
    use super::*;
    use interlock::cluster::FailureKind::{Denied, Refused, TimedOut};
    use kafka_admin::Cause;

    fn broker(code: ErrorCode) -> Result<(), Error> {
        Err(Error::Broker { api: "OffsetCommit", code, message: None })
    }

    fn denied() -> Result<(), Error> {
        Err(Error::Authorization { api: "OffsetCommit", code: ErrorCode::TOPIC_AUTHORIZATION_FAILED, message: None })
    }

    fn lost() -> Result<(), Error> {
        Err(Error::UnknownOutcome { api: "OffsetCommit", broker: "b".to_owned(), cause: Cause::Deadline })
    }

    fn not_sent() -> Result<(), Error> {
        Err(Error::NotSent { api: "OffsetCommit", broker: "b".to_owned(), cause: Cause::Deadline })
    }

    /// In short: what came of it, and the reason's kind and meaning.
    fn sum(results: Vec<Result<(), Error>>) -> (&'static str, FailureKind, String) {
        match sum_up(&results.into_iter().enumerate().collect()) {
            Acted::Applied => ("applied", Refused, String::new()),
            Acted::NotApplied(reason) => ("not applied", reason.kind, reason.id),
            Acted::Partly(reason) => ("partly", reason.kind, reason.id),
            Acted::Unknown(reason) => ("unknown", reason.kind, reason.id),
        }
    }

    #[test]
    fn what_is_known_of_a_mix_is_not_called_lost() {
        let right = || "missing-right".to_owned();
        assert_eq!(sum(vec![Ok(()), denied()]), ("partly", Denied, right()));
        assert_eq!(sum(vec![denied(), denied()]), ("not applied", Denied, right()));
        assert_eq!(sum(vec![Ok(()), denied(), lost()]), ("unknown", TimedOut, String::new()));
        assert_eq!(sum(vec![Ok(()), not_sent()]), ("unknown", TimedOut, String::new()));
        assert_eq!(sum(vec![not_sent()]), ("not applied", TimedOut, String::new()));
    }

    #[test]
    fn a_refusal_that_stays_is_the_reason_whatever_comes_first() {
        let passing = || broker(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS);
        assert_eq!(sum(vec![passing(), denied()]), ("not applied", Denied, "missing-right".to_owned()));
        assert_eq!(sum(vec![Ok(()), passing()]), ("partly", Refused, String::new()));
    }
}
