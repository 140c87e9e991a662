//! Whole topics and groups on the simulated fleet, through the desk: made, altered, expanded, deleted, taken back, refused.

use engine::port::{Journal, Observe};
use interlock::approval::State;
use interlock::changes::{Guard, Guards};
use interlock::cluster::kafka::{CommittedOffset, ConfigEntry, KafkaAnswer, KafkaQuery, Right, Topic};
use interlock::cluster::{Answer, Query, Section};
use interlock::id::{ClusterName, OperationId, TopicName};
use interlock::plan::{Check, Seat};
use signalbox::desk::Done;
use simulated::{ActFault, Leave, SimulatedKafka, TopicSpec};
use std::collections::BTreeSet;
use story::Story;

const EXPAND: &str = "/expand-partitions cluster:orders-kafka topic:refunds to:5 reason:more";
const CREATE: &str =
    "/topic-create cluster:orders-kafka topic:orders-eu partitions:6 replicas:3 config:\"retention.ms=7d\"";

async fn scene() -> (Story, SimulatedKafka) {
    scene_under(Guards::all()).await
}

async fn scene_under(guards: Guards) -> (Story, SimulatedKafka) {
    let (story, fleet) = Story::on_simulated_under(guards).await;
    let name: ClusterName = simulated::demo::PRODUCTION.parse().expect("a cluster's name");
    (story, fleet.kafka(&name))
}

fn name(text: &str) -> TopicName {
    text.parse().expect("a topic's name")
}

async fn look(kafka: &SimulatedKafka, query: KafkaQuery) -> KafkaAnswer {
    let query = Query::Kafka(query);
    let sections = kafka.observe(&BTreeSet::from([query.clone()])).await;
    match sections.get(&query) {
        Section::Seen(seen) => match seen.value.clone() {
            Answer::Kafka(answer) => answer,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

async fn topic(kafka: &SimulatedKafka, text: &str) -> Option<Topic> {
    match look(kafka, KafkaQuery::Topic(name(text))).await {
        KafkaAnswer::Topic(topic) => topic,
        other => panic!("{other:?}"),
    }
}

async fn config(kafka: &SimulatedKafka, text: &str) -> Vec<ConfigEntry> {
    match look(kafka, KafkaQuery::TopicConfig(name(text))).await {
        KafkaAnswer::TopicConfig(config) => config,
        other => panic!("{other:?}"),
    }
}

async fn committed(kafka: &SimulatedKafka, group: &str) -> Vec<CommittedOffset> {
    match look(kafka, KafkaQuery::Committed(group.parse().expect("a group"))).await {
        KafkaAnswer::Committed(committed) => committed,
        other => panic!("{other:?}"),
    }
}

async fn approved(story: &Story, line: &str, by: &[&str]) -> OperationId {
    let id = story.person("alice").plans(line).await;
    for who in by {
        story.person(who).approves(&id).await;
    }
    id
}

async fn refused(story: &Story, line: &str) -> Vec<Check> {
    match story.person("alice").runs(line).await {
        Done::Refused(refusal) => refusal.checks,
        other => panic!("{line} leads to {other:?}"),
    }
}

fn blocks(checks: &[Check]) -> Vec<&str> {
    checks.iter().filter(|check| check.blocks()).map(|check| check.id.as_str()).collect()
}

async fn approvers(story: &Story, id: &OperationId) -> usize {
    story.plan(id).await.plan().votes.iter().filter(|seat| **seat == Seat::Approver).count()
}

/// A topic that nobody uses, with a few records.
fn idle(kafka: &SimulatedKafka) {
    kafka.add_topic(&TopicSpec::new(name("idle"), 2)).expect("a topic");
}

#[tokio::test]
async fn a_topic_gets_more_partitions_for_good() {
    let (story, kafka) = scene().await;
    let before = topic(&kafka, "refunds").await.expect("the topic");
    // Two for what cannot be taken back in production, and one more because nobody owns it and its keys move.
    let id = story.person("alice").plans(EXPAND).await;
    assert_eq!(approvers(&story, &id).await, 3);
    for who in ["bob", "carol"] {
        story.person(who).approves(&id).await;
    }
    assert_eq!(topic(&kafka, "refunds").await, Some(before.clone()), "two are not enough");
    story.person("alice").runs(&format!("/reject operation:{id} reason:enough")).await;
    story.becomes(&id, State::Cancelled).await;
    let said = format!("{EXPAND} keyed:false");
    let id = approved(&story, &said, &["bob", "carol"]).await;
    story.becomes(&id, State::Succeeded).await;
    let after = topic(&kafka, "refunds").await.expect("the topic");
    assert_eq!((after.partitions.len(), after.id), (5, before.id));
    let back = refused(&story, &format!("/rollback operation:{id}")).await;
    assert_eq!(blocks(&back), ["irreversible"]);
    assert_eq!(
        blocks(&refused(&story, "/shrink-partitions cluster:orders-kafka topic:refunds to:3").await),
        ["shrink-not-possible"]
    );
    story.audit(&id).await;
}

#[tokio::test]
async fn a_topic_that_was_expanded_by_somebody_else_makes_the_plan_stale() {
    let (story, kafka) = scene().await;
    let line = format!("{EXPAND} keyed:false");
    let id = story.person("alice").plans(&line).await;
    story.person("bob").approves(&id).await;
    kafka.add_partitions(&name("refunds"), 1).expect("somebody else");
    story.person("carol").approves(&id).await;
    let began = std::time::Instant::now();
    while story.operation(&id).await.revision == 1 {
        assert!(began.elapsed() < std::time::Duration::from_secs(120), "it is never asked anew");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(topic(&kafka, "refunds").await.expect("the topic").partitions.len(), 4, "nothing was done");
}

#[tokio::test]
async fn a_lost_answer_and_a_lost_request_are_settled_by_looking() {
    for (fault, sent) in [(ActFault::AnswerLost, 1), (ActFault::RequestLost, 2)] {
        let (story, kafka) = scene().await;
        kafka.fail_next_act(fault).expect("a fault");
        let id = approved(&story, &format!("{EXPAND} keyed:false"), &["bob", "carol"]).await;
        story.becomes(&id, State::Succeeded).await;
        assert_eq!(topic(&kafka, "refunds").await.expect("the topic").partitions.len(), 5);
        let entries = story.house().rooms().store.entries(&id).await.expect("the journal");
        let intents = entries.iter().filter(|entry| matches!(entry, engine::Entry::Intent { .. })).count();
        assert_eq!(intents, sent, "{fault:?}: one intent an act");
    }
}

#[tokio::test]
async fn a_topic_is_made_and_goes_again_while_it_is_empty() {
    let (story, kafka) = scene().await;
    let id = approved(&story, CREATE, &["bob"]).await;
    story.becomes(&id, State::Succeeded).await;
    let made = topic(&kafka, "orders-eu").await.expect("the topic");
    assert_eq!((made.partitions.len(), made.partitions[0].replicas.len()), (6, 3));
    let wanted = ConfigEntry { key: "retention.ms".to_owned(), value: Some("604800000".to_owned()) };
    assert_eq!(config(&kafka, "orders-eu").await, [wanted]);

    kafka.produce(&name("orders-eu"), 2, 7).expect("records");
    let rollback = format!("/rollback operation:{id}");
    assert_eq!(blocks(&refused(&story, &rollback).await), ["topic-not-empty"]);
    // Without the guard it would go with the records in it.
    let (other, kafka) = scene_under(Guards::all().without(Guard::TopicEmpty)).await;
    let id = approved(&other, CREATE, &["bob"]).await;
    other.becomes(&id, State::Succeeded).await;
    kafka.produce(&name("orders-eu"), 2, 7).expect("records");
    let back = other.person("alice").plans(&format!("/rollback operation:{id}")).await;
    other.person("alice").approves(&back).await;
    other.becomes(&back, State::Succeeded).await;
    assert_eq!(topic(&kafka, "orders-eu").await, None);
}

#[tokio::test]
async fn an_empty_topic_is_taken_back_by_whoever_made_it() {
    let (story, kafka) = scene().await;
    let id = approved(&story, CREATE, &["bob"]).await;
    story.becomes(&id, State::Succeeded).await;
    let back = story.person("alice").plans(&format!("/rollback operation:{id}")).await;
    story.person("alice").approves(&back).await;
    story.becomes(&back, State::Succeeded).await;
    assert_eq!(topic(&kafka, "orders-eu").await, None);
    story.audit(&back).await;
}

#[tokio::test]
async fn what_a_new_topic_may_not_be_is_named() {
    let (story, kafka) = scene().await;
    let create = |topic: &str, replicas: u32, config: &str| {
        format!("/topic-create cluster:orders-kafka topic:{topic} partitions:4 replicas:{replicas}{config}")
    };
    kafka.add_topic(&TopicSpec::new(name("pay.ments"), 1)).expect("a topic");
    for (line, id) in [
        (create("orders", 3, ""), "topic-exists"),
        (create("__mine", 3, ""), "system-topic"),
        (create("pay_ments", 3, ""), "name-collides"),
        (create("fresh", 4, ""), "too-few-brokers"),
        (create("fresh", 2, " config:\"min.insync.replicas=3\""), "min-isr-above-replicas"),
    ] {
        assert_eq!(blocks(&refused(&story, &line).await), [id], "{line}");
    }
    for (line, id) in [
        (create("..", 3, ""), "not-a-topic-name"),
        (create("a|b", 3, ""), "not-a-topic-name"),
        (create("fresh", 3, " config:\"nope=1\""), "setting-not-allowed"),
        (create("fresh", 3, " config:\"retention.ms=10MB\""), "setting-value"),
        (create("fresh", 3, " config:nonsense"), "not-settings"),
        (create("fresh", 0, ""), "not-a-count"),
    ] {
        match story.person("alice").runs(&line).await {
            Done::Mistake(mistake) => assert_eq!(mistake.id, id, "{line}"),
            other => panic!("{line} leads to {other:?}"),
        }
    }
    kafka.revoke_on_cluster(Right::Create).expect("a right");
    assert_eq!(blocks(&refused(&story, &create("fresh", 3, "")).await), ["missing-right"]);
    assert_eq!(kafka.acts().expect("the broker's books"), [], "nothing was tried");
}

#[tokio::test]
async fn settings_are_altered_and_put_back_to_absent() {
    let (story, kafka) = scene().await;
    let before = config(&kafka, "audit").await;
    let line = "/topic-alter cluster:orders-kafka topic:audit config:\"retention.ms=60d max.message.bytes=2MiB\"";
    let id = approved(&story, line, &["bob"]).await;
    story.becomes(&id, State::Succeeded).await;
    let after = config(&kafka, "audit").await;
    let value = |key: &str| after.iter().find(|entry| entry.key == key).and_then(|entry| entry.value.clone());
    assert_eq!(value("retention.ms"), Some("5184000000".to_owned()));
    assert_eq!(value("max.message.bytes"), Some("2097152".to_owned()));
    assert_eq!(value("min.insync.replicas"), Some("2".to_owned()), "others stay");
    let back = story.person("alice").plans(&format!("/rollback operation:{id}")).await;
    story.person("alice").approves(&back).await;
    story.becomes(&back, State::Succeeded).await;
    let sorted = |mut all: Vec<ConfigEntry>| {
        all.sort_by(|one, other| one.key.cmp(&other.key));
        all
    };
    assert_eq!(sorted(config(&kafka, "audit").await), sorted(before));
}

#[tokio::test]
async fn a_shorter_retention_asks_who_has_not_read() {
    let (story, _kafka) = scene().await;
    // nightly-report stopped two days ago; nobody owns it, so there is one approver more.
    let line = "/topic-alter cluster:orders-kafka topic:refunds config:\"retention.ms=1h\"";
    let id = story.person("alice").plans(line).await;
    let plan = story.plan(&id).await;
    let found = plan.plan().checks.iter().find(|check| check.id == "unread-records-expire").expect("the check");
    assert!(found.facts.get("unread").is_some() && plan.plan().effect == interlock::plan::Effect::Irreversible);
    assert_eq!(approvers(&story, &id).await, 3);
}

#[tokio::test]
async fn a_deletion_needs_two_and_nobody_at_work() {
    let (story, kafka) = scene().await;
    let delete = |topic: &str| format!("/topic-delete cluster:orders-kafka topic:{topic} reason:replaced");
    let checks = refused(&story, &delete("payments")).await;
    assert_eq!(blocks(&checks), ["clients-connected", "topic-written-lately"]);
    assert_eq!(blocks(&refused(&story, &delete("__consumer_offsets")).await), ["system-topic"]);
    idle(&kafka);
    let id = story.person("alice").plans(&delete("idle")).await;
    assert_eq!(approvers(&story, &id).await, 2);
    story.person("bob").approves(&id).await;
    assert!(topic(&kafka, "idle").await.is_some(), "one is not enough");
    story.person("carol").approves(&id).await;
    story.becomes(&id, State::Succeeded).await;
    assert_eq!(topic(&kafka, "idle").await, None);
    assert_eq!(blocks(&refused(&story, &format!("/rollback operation:{id}")).await), ["irreversible"]);
}

#[tokio::test]
async fn a_topic_that_is_written_to_or_made_again_is_not_deleted() {
    let (story, kafka) = scene().await;
    for again in [false, true] {
        idle(&kafka);
        let id = story.person("alice").plans("/topic-delete cluster:orders-kafka topic:idle").await;
        story.person("bob").approves(&id).await;
        if again {
            kafka.recreate_topic(&name("idle")).expect("somebody else");
        } else {
            kafka.produce(&name("idle"), 0, 3).expect("records");
        }
        story.person("carol").approves(&id).await;
        let began = std::time::Instant::now();
        loop {
            let seen = story.operation(&id).await;
            if seen.revision > 1 || seen.state == State::Refused {
                break;
            }
            assert!(began.elapsed() < std::time::Duration::from_secs(120), "{seen:?}");
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert!(topic(&kafka, "idle").await.is_some(), "what was approved is another thing");
        story.person("alice").runs(&format!("/reject operation:{id} reason:enough")).await;
        kafka.delete_topic(&name("idle")).expect("the topic");
    }
}

#[tokio::test]
async fn a_stopped_group_is_deleted_and_gets_its_offsets_back() {
    let (story, kafka) = scene().await;
    let before = committed(&kafka, "audit-archive").await;
    assert!(before.iter().any(|one| !one.committed.metadata.is_empty()));
    let checks = refused(&story, "/group-delete cluster:orders-kafka group:billing").await;
    assert_eq!(blocks(&checks), ["group-inactive"]);
    let id = approved(&story, "/group-delete cluster:orders-kafka group:audit-archive", &["bob", "carol"]).await;
    assert_eq!(approvers(&story, &id).await, 2);
    story.becomes(&id, State::Succeeded).await;
    assert_eq!(committed(&kafka, "audit-archive").await, []);
    let back = story.person("alice").plans(&format!("/rollback operation:{id}")).await;
    story.person("alice").approves(&back).await;
    story.becomes(&back, State::Succeeded).await;
    assert_eq!(committed(&kafka, "audit-archive").await, before, "epoch and metadata too");
    let none = refused(&story, "/group-create cluster:orders-kafka group:billing-eu").await;
    assert_eq!(blocks(&none), ["groups-make-themselves"]);
}

#[tokio::test]
async fn a_topic_is_free_for_one_change_at_a_time() {
    let (story, kafka) = scene().await;
    kafka.stop_group(&"billing".parse().expect("a group"), Leave::InOrder, None).expect("a group");
    let waits = "/reset-offset cluster:orders-kafka group:fraud topic:payments to:earliest wait-for-stop:30m";
    let id = approved(&story, waits, &["bob", "carol"]).await;
    story.becomes(&id, State::Waiting).await;
    let checks = refused(&story, "/topic-delete cluster:orders-kafka topic:payments").await;
    assert!(blocks(&checks).contains(&"held-by-other"), "{checks:?}");
}
