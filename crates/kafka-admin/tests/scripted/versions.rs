//! Negotiation with older and newer brokers.

use kafka_admin::{Error, GroupState};
use kafka_protocol::messages::describe_groups_response::DescribedGroup;
use kafka_protocol::messages::{ApiKey, ApiVersionsResponse, DescribeGroupsResponse, GroupId, OffsetDeleteResponse};
use kafka_protocol::protocol::StrBytes;

use crate::peer::{Peer, body, versions};
use crate::{at, client, committed, offsets};

#[tokio::test]
async fn a_broker_that_does_not_know_our_question_is_asked_in_version_0() {
    let peer = Peer::start(|seen| match seen.key {
        // Such a broker answers in version 0, whatever it was asked in.
        ApiKey::ApiVersions if seen.version > 0 => {
            let refusal = ApiVersionsResponse::default().with_error_code(35);
            Some(body(&refusal, 0))
        }
        ApiKey::ApiVersions => Some(body(&versions(&[]), 0)),
        ApiKey::OffsetCommit => Some(committed(seen, [0, 0])),
        _ => None,
    })
    .await;
    let results = client(&peer).await.commit_offsets("g", &offsets()).await.unwrap();
    assert!(results.values().all(Result::is_ok));
    // Twice on the connection for looks, twice on that for changes.
    assert_eq!((peer.connections(), peer.count(ApiKey::ApiVersions)), (2, 4));
}

#[tokio::test]
async fn the_highest_version_of_both_is_taken() {
    for (theirs, expected) in [((0, 8), 8), ((2, 99), 9)] {
        let peer = Peer::start(move |seen| match seen.key {
            ApiKey::ApiVersions => {
                let instead = [(ApiKey::OffsetCommit, Some(theirs))];
                Some(body(&versions(&instead), seen.version))
            }
            ApiKey::OffsetCommit if seen.version == expected => Some(committed(seen, [0, 0])),
            _ => None,
        })
        .await;
        let results = client(&peer).await.commit_offsets("g", &offsets()).await.unwrap();
        assert!(results.values().all(Result::is_ok), "{results:?}");
    }
}

#[tokio::test]
async fn an_api_the_broker_lacks_is_a_typed_error_and_never_sent() {
    for range in [None, Some((1, 3))] {
        let peer = Peer::start(move |seen| match seen.key {
            ApiKey::ApiVersions => {
                let instead = [(ApiKey::OffsetDelete, range)];
                Some(body(&versions(&instead), seen.version))
            }
            ApiKey::OffsetDelete => Some(body(&OffsetDeleteResponse::default(), 0)),
            _ => None,
        })
        .await;
        let client = client(&peer).await;
        let error = client.delete_offsets("g", &[at(0)]).await[&at(0)].clone().unwrap_err();
        assert!(matches!(error, Error::Unsupported { api: "OffsetDelete", .. }), "{error}");
        assert!(error.is_known_not_applied());
        assert_eq!(peer.count(ApiKey::OffsetDelete), 0);
        // The connection is still good: no third one beside that for looks and that for changes.
        client.delete_offsets("g", &[at(0)]).await[&at(0)].clone().unwrap_err();
        assert_eq!(peer.connections(), 2);
    }
}

/// Versions up to 5 say "Dead" without an error, version 6 says GROUP_ID_NOT_FOUND;
/// the same code with other words means a group of another kind.
#[tokio::test]
async fn a_group_that_does_not_exist_is_dead_in_every_version() {
    for (version, code, message) in
        [(5, 0, None), (6, 69, Some("Group g not found.")), (6, 69, Some("Group g is not a classic group."))]
    {
        let peer = Peer::start(move |seen| match seen.key {
            ApiKey::ApiVersions => {
                let instead = [(ApiKey::ConsumerGroupDescribe, None), (ApiKey::DescribeGroups, Some((0, version)))];
                Some(body(&versions(&instead), seen.version))
            }
            ApiKey::DescribeGroups => {
                let group = DescribedGroup::default()
                    .with_group_id(GroupId(StrBytes::from_static_str("g")))
                    .with_error_code(code)
                    .with_error_message(message.map(StrBytes::from_static_str))
                    .with_group_state(StrBytes::from_static_str("Dead"));
                let answer = DescribeGroupsResponse::default().with_groups(vec![group]);
                Some(body(&answer, seen.version))
            }
            _ => None,
        })
        .await;
        let mut groups = client(&peer).await.describe_groups(&["g".to_owned()]).await;
        let group = groups.remove("g").unwrap();
        if message.is_some_and(|said| said.contains("classic")) {
            assert!(group.is_err(), "{group:?}");
            continue;
        }
        assert_eq!(group.unwrap().state, GroupState::Dead);
    }
}
