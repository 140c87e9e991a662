//! What `/scale-out` is refused for on the simulated fleet; each time the same line goes once the cause is gone.

use super::scale_out::scene_under;
use super::throttle::{rates, scene};
use interlock::approval::State;
use interlock::changes::{Guard, Guards};
use interlock::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE, KafkaAnswer, KafkaQuery};
use interlock::cluster::{Answer, Query, Section};
use interlock::command::parse_line;
use interlock::facts::Fact;
use interlock::id::TopicName;
use signalbox::desk::Done;
use simulated::SimulatedKafka;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use story::Story;

const LINE: &str = "/scale-out cluster:orders-kafka brokers:4 topics:refunds,products throttle:1GiB";

/// What a dry run is refused for, or the mistake that it is; nothing if it is planned.
async fn refused(story: &Story, line: &str) -> Vec<String> {
    match story.person("alice").runs(&format!("{line} dry-run:true")).await {
        Done::Refused(checks) => checks.into_iter().filter(|one| one.blocks()).map(|one| one.id).collect(),
        Done::Mistake(mistake) => vec![mistake.id],
        Done::DryRun(_) => Vec::new(),
        other => panic!("{line}: {other:?}"),
    }
}

async fn alive(kafka: &SimulatedKafka) -> Vec<i32> {
    use engine::port::Observe;
    let query = Query::Kafka(KafkaQuery::Cluster);
    let sections = kafka.observe(&BTreeSet::from([query.clone()])).await;
    let Section::Seen(seen) = sections.get(&query) else { panic!("not seen") };
    let Answer::Kafka(KafkaAnswer::Cluster(found)) = &seen.value else { panic!("another answer") };
    found.brokers.iter().map(|one| one.id).collect()
}

/// The others see a broker dead after a while.
async fn dies(kafka: &SimulatedKafka, broker: i32) {
    kafka.kill_broker(broker).expect("a broker");
    let began = Instant::now();
    while alive(kafka).await.contains(&broker) {
        assert!(began.elapsed() < Duration::from_secs(120), "it lives on");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn brokers_that_can_take_nothing_are_named_and_what_can_be_mended_goes_afterwards() {
    let (story, kafka) = scene().await;
    assert_eq!(refused(&story, LINE).await, [""; 0]);
    assert_eq!(refused(&story, &LINE.replace("brokers:4", "brokers:4,77")).await, ["targets-not-alive"]);
    assert_eq!(refused(&story, &LINE.replace("brokers:4", "brokers:1")).await, ["brokers-have-their-share"]);
    dies(&kafka, 4).await;
    assert_eq!(refused(&story, LINE).await, ["targets-not-alive"]);
    kafka.start_broker(4).expect("a broker");
    assert_eq!(refused(&story, LINE).await, [""; 0]);
    kafka.set_disk(4, 1).expect("a disk");
    assert_eq!(refused(&story, LINE).await, ["disk-too-small"]);
    kafka.set_disk(4, 1 << 44).expect("a disk");
    assert_eq!(refused(&story, LINE).await, [""; 0]);
    // One that has no rack, however little it has to do with it.
    kafka.add_broker(5, None).expect("a broker");
    assert_eq!(refused(&story, LINE).await, ["racks-on-some"]);
    dies(&kafka, 5).await;
    assert_eq!(refused(&story, LINE).await, [""; 0]);
}

#[tokio::test]
async fn throttles_that_are_none_and_topics_that_are_gone_are_named() {
    let (story, kafka) = scene().await;
    for (throttle, why) in
        [("50MB", "rate-in-decimal"), ("0MiB", "rate-of-zero"), ("0", "not-a-rate"), ("1B", "throttle-below-inflow")]
    {
        assert_eq!(refused(&story, &LINE.replace("1GiB", throttle)).await, [why], "{throttle}");
    }
    assert_eq!(refused(&story, LINE).await, [""; 0]);
    kafka.delete_topic(&"refunds".parse().expect("a topic's name")).expect("it is there");
    assert_eq!(refused(&story, LINE).await, ["unknown-topic"]);
    assert_eq!(refused(&story, &LINE.replace("refunds,", "")).await, [""; 0]);
}

/// Somebody else's is under way when the last vote comes in: it is made anew, which cannot be done now, and nothing is begun.
#[tokio::test]
async fn a_foreign_reassignment_that_is_under_way_at_the_start_ends_it_before_the_first_step() {
    let (story, kafka) = scene().await;
    let id = story.person("alice").plans(LINE).await;
    story.person("bob").approves(&id).await;
    let payments: TopicName = "payments".parse().expect("a topic's name");
    kafka.set_topic_config(&payments, FOLLOWER_LIST, Some("0:4")).expect("a list");
    kafka.set_broker_config(4, FOLLOWER_RATE, Some("1")).expect("a rate");
    kafka.foreign_reassign(&payments, 0, &[4, 2, 3]).expect("a foreign move");
    story.person("carol").approves(&id).await;
    let ended = story.becomes(&id, State::Refused).await;
    assert_eq!(ended.why.id, "reassignment-under-way");
    assert_eq!(ended.why.facts.get("checks"), Some(&Fact::from(vec!["reassignment-under-way".to_owned()])));
    assert!(!story.audit(&id).await.contains(&"intent".to_owned()), "nothing was begun");
    assert_eq!(rates(&kafka).await, BTreeSet::from([None, Some("1".to_owned())]), "what others set stands");
}

/// Control: Kafka lets everybody override a move that is under way.
#[tokio::test]
async fn without_its_guard_a_plan_is_made_over_a_foreign_move() {
    let without = Guards::all().without(Guard::NothingMoves);
    for (guards, found) in [(Guards::all(), vec!["reassignment-under-way"]), (without, vec![])] {
        let (story, kafka) = scene_under(guards).await;
        let payments: TopicName = "payments".parse().expect("a topic's name");
        kafka.set_topic_config(&payments, FOLLOWER_LIST, Some("0:4")).expect("a list");
        kafka.set_broker_config(4, FOLLOWER_RATE, Some("1")).expect("a rate");
        kafka.foreign_reassign(&payments, 0, &[4, 2, 3]).expect("a foreign move");
        assert_eq!(refused(&story, LINE).await, found);
    }
}

#[tokio::test]
async fn topics_are_typed_by_pattern_or_all_and_what_is_not_built_is_refused() {
    let (story, _) = scene().await;
    for topics in ["all", "refunds,prod*", "busiest:1"] {
        let line = LINE.replace("refunds,products", topics);
        assert_eq!(refused(&story, &line).await, [""; 0], "{topics}");
    }
    assert_eq!(refused(&story, &LINE.replace("refunds,products", "nothing*")).await, ["unknown-topic"]);
    let unbuilt = parse_line(&story.house().rooms().catalogue, &format!("{LINE} emergency-retention:6h"));
    assert_eq!(unbuilt.expect_err("not built").id, "not-built-yet");
}
