//! The judge against the real lab.

use super::{Acl, Bulk, Commit, Committed, MemberSpec, Point, Protocol, Record, Resource};
use super::{Identity, KafkaJudge, TopicPartition, TopicSpec};
use crate::lab::{KafkaTools, Lab, Listener};
use std::time::{Duration, Instant};

const T0: i64 = 1_700_000_000_000;

async fn lab() -> (&'static Lab, KafkaJudge) {
    let lab = Lab::get().unwrap();
    (lab, lab.kafka().await.unwrap())
}

async fn topic(kafka: &KafkaJudge, name: &str, partitions: i32) {
    let spec = TopicSpec::new(name, partitions, 1);
    kafka.create_topic(spec).await.unwrap();
}

async fn fill(kafka: &KafkaJudge, topic: &str, partitions: Vec<i32>, count: u32) {
    let bulk =
        Bulk { topic: topic.to_owned(), partitions, count, first_timestamp: T0, step_ms: 1_000, value_bytes: 10 };
    kafka.produce_many(bulk).await.unwrap();
}

/// Waits until a group has this many members.
async fn becomes(kafka: &KafkaJudge, group: &str, members: usize) {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let view = kafka.group(group).await.unwrap();
        if view.members.len() == members {
            return;
        }
        assert!(Instant::now() < deadline, "{view:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn topics_records_and_points_in_a_log() {
    let (lab, kafka) = lab().await;
    let name = lab.unique("judge-log");
    let spec = TopicSpec::new(&name, 2, 3).config("retention.ms", "86400000000");
    let created = kafka.create_topic(spec).await.unwrap();
    assert_eq!(created.partitions.len(), 2);
    assert_eq!(created.partitions[0].replicas.len(), 3);

    let record = |timestamp, value: &str| Record {
        partition: 0,
        timestamp: Some(timestamp),
        key: Some("k".into()),
        value: Some(value.into()),
    };
    let records = [record(T0, "a"), record(T0 + 10, "b"), record(T0 + 20, "c")];
    assert_eq!(kafka.produce(&name, &records).await.unwrap(), [0, 1, 2]);

    let at = async |point| {
        let offsets = kafka.offsets(&name, point).await.unwrap();
        offsets.iter().map(|found| found.offset).collect::<Vec<_>>()
    };
    assert_eq!(at(Point::Latest).await, [3, 0]);
    assert_eq!(at(Point::Time(T0 + 5)).await, [1, -1]);
    assert_eq!(at(Point::Time(T0 + 21)).await, [-1, -1]);
    let partition = TopicPartition::new(&name, 0);
    assert_eq!(kafka.delete_records(&partition, 2).await.unwrap(), 2);
    assert_eq!(at(Point::Earliest).await, [2, 0]);

    let configs = kafka.configs("topic", &name).await.unwrap();
    assert_eq!(configs["retention.ms"], "86400000000");
    kafka.delete_topic(&name).await.unwrap();
    let gone = kafka.delete_topic(&name).await.unwrap_err();
    assert!(gone.is("UnknownTopicOrPartitionException"), "{gone}");
}

#[tokio::test]
async fn committed_offsets_with_epoch_and_metadata() {
    let (lab, kafka) = lab().await;
    let (name, group) = (lab.unique("judge-commit"), lab.unique("group"));
    topic(&kafka, &name, 3).await;
    assert_eq!(kafka.committed(&group).await.unwrap(), []);

    let saved = [
        Committed { leader_epoch: Some(0), metadata: "from a story".into(), ..Committed::new(&name, 0, 7) },
        Committed::new(&name, 2, 9),
    ];
    kafka.alter_offsets(&group, &saved).await.unwrap();
    assert_eq!(kafka.committed(&group).await.unwrap(), saved);
    assert!(kafka.groups().await.unwrap().contains(&group));

    let partition = TopicPartition::new(&name, 2);
    kafka.delete_offsets(&group, &[partition]).await.unwrap();
    assert_eq!(kafka.committed(&group).await.unwrap(), saved[..1]);

    let tools = KafkaTools::new(lab);
    let arguments = ["--describe", "--offsets", "--group", &group];
    let output = tools.consumer_groups(&arguments).await.unwrap();
    assert!(output.success, "{output:?}");
    let line = output.stdout.lines().find(|line| line.contains(&name));
    let words: Vec<&str> = line.unwrap().split_whitespace().collect();
    assert_eq!(words[..4], [group.as_str(), &name, "0", "7"]);
    kafka.delete_group(&group).await.unwrap();
}

async fn a_member_decides_to_the_record(protocol: Protocol) {
    let (lab, kafka) = lab().await;
    let (name, group) = (lab.unique("judge-member"), lab.unique("group"));
    topic(&kafka, &name, 1).await;
    fill(&kafka, &name, vec![0], 20).await;

    let spec =
        MemberSpec::new(&group, &name).protocol(protocol).client_id("reader").static_id("reader-1").reads_only(0);
    let spec = spec.session_timeout_ms(10_000);
    let member = kafka.start_member(spec).await.unwrap();
    let view = kafka.group(&group).await.unwrap();
    assert_eq!(view.state, "Stable");
    let wanted = match protocol {
        Protocol::Classic => "classic",
        Protocol::Consumer => "consumer",
    };
    assert_eq!(view.protocol, wanted);
    assert_eq!(view.members[0].client_id, "reader");
    assert_eq!(view.members[0].instance_id.as_deref(), Some("reader-1"));
    assert_eq!(view.members[0].assigned, [TopicPartition::new(&name, 0)]);

    let status = member.consume(7).await.unwrap();
    assert_eq!((status.consumed, status.positions[0].offset), (7, 7));
    assert_eq!(kafka.committed(&group).await.unwrap(), []);
    member.commit().await.unwrap();
    assert_eq!(kafka.committed(&group).await.unwrap()[0].offset, 7);

    let refused = kafka.alter_offsets(&group, &[Committed::new(&name, 0, 1)]).await.unwrap_err();
    assert!(refused.is("UnknownMemberIdException"), "{refused}");

    member.stop().await.unwrap();
    becomes(&kafka, &group, 0).await;
    assert_eq!(kafka.group(&group).await.unwrap().state, "Empty");
}

#[tokio::test]
async fn a_classic_member_decides_to_the_record() {
    a_member_decides_to_the_record(Protocol::Classic).await;
}

#[tokio::test]
async fn a_consumer_protocol_member_decides_to_the_record() {
    a_member_decides_to_the_record(Protocol::Consumer).await;
}

#[tokio::test]
async fn who_vanishes_stays_a_member_until_the_session_ends() {
    let (lab, kafka) = lab().await;
    let (name, group) = (lab.unique("judge-vanish"), lab.unique("group"));
    topic(&kafka, &name, 1).await;
    fill(&kafka, &name, vec![0], 5).await;
    let spec = MemberSpec::new(&group, &name).commit(Commit::EachPoll).session_timeout_ms(15_000);
    let member = kafka.start_member(spec).await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(120);
    while kafka.committed(&group).await.unwrap().is_empty() {
        assert!(Instant::now() < deadline, "nothing committed");
    }
    member.vanish().await.unwrap();
    assert_eq!(kafka.group(&group).await.unwrap().members.len(), 1);
    becomes(&kafka, &group, 0).await;
    assert_eq!(kafka.committed(&group).await.unwrap()[0].offset, 5);
}

#[tokio::test]
async fn replicas_move() {
    let (lab, kafka) = lab().await;
    let name = lab.unique("judge-move");
    let spec = TopicSpec::new(&name, 1, 1).on(vec![vec![1]]);
    kafka.create_topic(spec).await.unwrap();
    let partition = TopicPartition::new(&name, 0);
    kafka.reassign(&partition, Some(&[2, 3])).await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(120);
    while kafka.topic(&name).await.unwrap().partitions[0].replicas != [2, 3] {
        assert!(Instant::now() < deadline, "the move does not end");
    }
    let moves = kafka.reassignments().await.unwrap();
    assert!(moves.iter().all(|one| one.topic != name));
    let nothing = kafka.reassign(&partition, None).await.unwrap_err();
    assert!(nothing.is("NoReassignmentInProgressException"), "{nothing}");
}

#[tokio::test]
async fn clusters_differ_and_rights_can_be_given() {
    let (lab, kafka) = lab().await;
    let secure = lab.secure().await.unwrap();
    let main = kafka.cluster().await.unwrap();
    assert_eq!(main.brokers, [1, 2, 3]);
    assert_ne!(main.cluster_id, secure.cluster().await.unwrap().cluster_id);

    let user = lab.unique("user");
    secure.set_scram(&user, "SCRAM-SHA-512", lab.password()).await.unwrap();
    let acls = [Acl::on_cluster(&user, "Describe"), Acl::allow(&user, "Read", Resource::Group, "team-").prefixed()];
    secure.create_acls(&acls).await.unwrap();
    assert_eq!(secure.delete_acls(&acls[..1]).await.unwrap(), 1);
    assert_eq!(secure.delete_acls_of(&user).await.unwrap(), 1);
}

#[tokio::test]
async fn every_listener_knows_who_asks_and_gives_no_right_by_itself() {
    let lab = Lab::get().unwrap();
    let superuser = lab.secure().await.unwrap();
    let name = lab.unique("judge-right");
    topic(&superuser, &name, 1).await;
    let ways = [
        (Listener::Sasl, Identity::Sasl("PLAIN", "p8")),
        (Listener::Sasl, Identity::Sasl("SCRAM-SHA-256", "p8")),
        (Listener::SaslTls, Identity::Sasl("PLAIN", "p8")),
        (Listener::SaslTls, Identity::Sasl("SCRAM-SHA-512", "p8")),
        (Listener::Tls, Identity::Certificate("bot")),
    ];
    for (listener, identity) in ways {
        let user = match identity {
            Identity::Sasl(_, user) | Identity::Certificate(user) => user,
        };
        let asks = lab.secure_as(listener, identity).await.unwrap();
        let refused = asks.topic(&name).await.unwrap_err();
        assert!(refused.is("TopicAuthorizationException"), "{refused}");
        let right = [Acl::allow(user, "Describe", Resource::Topic, &name)];
        superuser.create_acls(&right).await.unwrap();
        assert_eq!(asks.topic(&name).await.unwrap().topic, name);
        assert_eq!(superuser.delete_acls(&right).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn an_unknown_operation_is_an_error() {
    let (_, kafka) = lab().await;
    let error = kafka.ask::<serde_json::Value>("no_such", serde_json::json!({})).await.unwrap_err();
    assert!(error.is("IllegalArgumentException"), "{error}");
}
