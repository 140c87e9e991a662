//! Topics and groups that are made, widened and deleted: what is sent, how often, and what is said of answers that leave
//! something out.

use std::collections::BTreeMap;

use kafka_admin::{Error, ErrorCode, Layout, NewPartitions, NewTopic, TopicId};
use kafka_protocol::messages::create_partitions_response::CreatePartitionsTopicResult;
use kafka_protocol::messages::create_topics_response::CreatableTopicResult;
use kafka_protocol::messages::delete_topics_response::DeletableTopicResult;
use kafka_protocol::messages::{
    ApiKey, CreatePartitionsResponse, CreateTopicsResponse, DeleteTopicsResponse, TopicName,
};
use kafka_protocol::protocol::StrBytes;

use crate::client;
use crate::peer::{Peer, Reply, Seen, body, versions};

const ID: TopicId = TopicId([7; 16]);
const OTHER: TopicId = TopicId([8; 16]);

fn orders() -> TopicName {
    TopicName(StrBytes::from_static_str("orders"))
}

fn new() -> NewTopic {
    let layout = Layout::Counts { partitions: Some(4), replicas: Some(3) };
    NewTopic { name: "orders".to_owned(), layout, configs: BTreeMap::new() }
}

fn deleted(seen: &Seen, results: &[(TopicId, i16)]) -> Reply {
    let one = |(id, code): &(TopicId, i16)| {
        let result = DeletableTopicResult::default().with_error_code(*code);
        result.with_topic_id(id.0.to_vec().try_into().unwrap())
    };
    body(&DeleteTopicsResponse::default().with_responses(results.iter().map(one).collect()), seen.version)
}

#[tokio::test]
async fn topics_are_deleted_by_id_and_each_has_its_own_result() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::DeleteTopics => Some(deleted(seen, &[(OTHER, 100), (ID, 0)])),
        _ => None,
    })
    .await;
    let results = client(&peer).await.delete_topics_by_id(&[ID, OTHER]).await.unwrap();
    assert_eq!(results[&ID], Ok(()));
    let error = results[&OTHER].clone().unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::UNKNOWN_TOPIC_ID));
    assert!(error.is_known_not_applied());
    assert_eq!(peer.count(ApiKey::DeleteTopics), 1);
}

#[tokio::test]
async fn a_topic_that_the_answer_leaves_out_is_not_deleted_for_all_we_know() {
    for results in [&[][..], &[(OTHER, 0)], &[(TopicId([0; 16]), 0)]] {
        let peer = Peer::start(move |seen| match seen.key {
            ApiKey::DeleteTopics => Some(deleted(seen, results)),
            _ => None,
        })
        .await;
        let error = client(&peer).await.delete_topics_by_id(&[ID]).await.unwrap()[&ID].clone().unwrap_err();
        assert!(matches!(error, Error::Garbage { .. }), "{error}");
        assert!(!error.is_known_not_applied(), "what it did is not known");
    }
}

#[tokio::test]
async fn a_broker_that_knows_no_ids_deletes_nothing() {
    let peer = Peer::start(|seen| match seen.key {
        ApiKey::ApiVersions => Some(body(&versions(&[(ApiKey::DeleteTopics, Some((1, 5)))]), seen.version)),
        _ => None,
    })
    .await;
    let error = client(&peer).await.delete_topics_by_id(&[ID]).await.unwrap_err();
    assert!(matches!(error, Error::Unsupported { .. }) && error.is_known_not_applied(), "{error}");
    assert_eq!(peer.count(ApiKey::DeleteTopics), 0, "by its name it would be whatever topic has it");
}

#[tokio::test]
async fn a_lost_answer_to_any_of_them_is_unknown_and_never_sent_again() {
    for key in [ApiKey::CreateTopics, ApiKey::CreatePartitions, ApiKey::DeleteTopics, ApiKey::DeleteGroups] {
        let peer = Peer::start(move |seen| (seen.key == key).then_some(Reply::Close)).await;
        let client = client(&peer).await;
        let error = match key {
            ApiKey::CreateTopics => client.create_topics(&[new()], false).await["orders"].clone().unwrap_err(),
            ApiKey::CreatePartitions => {
                let wanted = BTreeMap::from([("orders".to_owned(), NewPartitions { count: 6, assigned: None })]);
                client.create_partitions(&wanted, false).await["orders"].clone().unwrap_err()
            }
            ApiKey::DeleteTopics => client.delete_topics_by_id(&[ID]).await.unwrap_err(),
            _ => client.delete_groups(&["g".to_owned()]).await["g"].clone().unwrap_err(),
        };
        assert!(!error.is_known_not_applied(), "{key:?}: {error}");
        assert_eq!(peer.count(key), 1, "{key:?}");
    }
}

#[tokio::test]
async fn refusals_of_the_controller_are_known_not_applied() {
    for (code, name) in [(36, "TOPIC_ALREADY_EXISTS"), (37, "INVALID_PARTITIONS"), (38, "INVALID_REPLICATION_FACTOR")] {
        let peer = Peer::start(move |seen| match seen.key {
            ApiKey::CreateTopics => {
                let result = CreatableTopicResult::default().with_name(orders()).with_error_code(code);
                Some(body(&CreateTopicsResponse::default().with_topics(vec![result]), seen.version))
            }
            ApiKey::CreatePartitions => {
                let result = CreatePartitionsTopicResult::default().with_name(orders()).with_error_code(code);
                Some(body(&CreatePartitionsResponse::default().with_results(vec![result]), seen.version))
            }
            _ => None,
        })
        .await;
        let client = client(&peer).await;
        let wanted = BTreeMap::from([("orders".to_owned(), NewPartitions { count: 6, assigned: None })]);
        let made = client.create_topics(&[new()], false).await["orders"].clone().unwrap_err();
        let wider = client.create_partitions(&wanted, false).await["orders"].clone().unwrap_err();
        for error in [made, wider] {
            assert!(error.is_known_not_applied(), "{error}");
            assert_eq!(error.code().map(ErrorCode::name), Some(name.to_owned()));
        }
    }
}
