//! `/throttle` while a move runs on the simulated fleet: within the approved bounds, at once, and put back at the end.

use interlock::approval::State;
use interlock::cluster::kafka::{FOLLOWER_RATE, KafkaAnswer, KafkaQuery};
use interlock::cluster::{Answer, Query, Section};
use interlock::id::{ClusterName, OperationId};
use signalbox::desk::Done;
use simulated::SimulatedKafka;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use story::Story;

/// The whole of `payments` is some 25 GB: it does not end by itself while a story lasts.
const SLOW: &str = "/scale-out cluster:orders-kafka brokers:4 topics:payments throttle:4MiB";
pub(super) const MIB: u64 = 1 << 20;

pub(super) async fn scene() -> (Story, SimulatedKafka) {
    let (story, fleet) = Story::on_simulated().await;
    let name: ClusterName = simulated::demo::PRODUCTION.parse().expect("a cluster's name");
    let kafka = fleet.kafka(&name);
    kafka.add_broker(4, Some("az-d")).expect("a new broker");
    (story, kafka)
}

/// What followers may copy, by broker.
pub(super) async fn rates(kafka: &SimulatedKafka) -> BTreeSet<Option<String>> {
    use engine::port::Observe;
    let query = Query::Kafka(KafkaQuery::Replication);
    let sections = kafka.observe(&BTreeSet::from([query.clone()])).await;
    let Section::Seen(seen) = sections.get(&query) else { panic!("not seen") };
    let Answer::Kafka(KafkaAnswer::Replication(found)) = &seen.value else { panic!("another answer") };
    found.brokers.iter().map(|one| one.follower_rate.clone()).collect()
}

pub(super) async fn until_all_are(kafka: &SimulatedKafka, rate: u64) {
    let (began, wanted) = (Instant::now(), BTreeSet::from([Some(rate.to_string())]));
    loop {
        let found = rates(kafka).await;
        if found == wanted {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{FOLLOWER_RATE} is {found:?}, not {rate}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub(super) async fn moving(story: &Story) -> OperationId {
    let id = story.person("alice").plans(SLOW).await;
    for who in ["bob", "carol"] {
        story.person(who).approves(&id).await;
    }
    story.becomes(&id, State::Waiting).await;
    id
}

async fn turns(story: &Story, who: &str, id: &OperationId, rate: &str) -> Done {
    story.person(who).runs(&format!("/throttle operation:{id} rate:{rate} reason:because")).await
}

fn mistake(done: &Done) -> &str {
    match done {
        Done::Mistake(mistake) => &mistake.id,
        other => panic!("no mistake: {other:?}"),
    }
}

#[tokio::test]
async fn a_running_move_is_turned_down_and_up_and_all_of_it_is_put_back() {
    let (story, kafka) = scene().await;
    let id = moving(&story).await;
    until_all_are(&kafka, 4 * MIB).await;
    for (rate, set) in [("2MiB", 2 * MIB), ("16MiB", 16 * MIB), ("4MiB", 4 * MIB)] {
        let told = turns(&story, "alice", &id, rate).await;
        assert!(matches!(told, Done::Controlled { what: "throttle-asked", .. }), "{told:?}");
        until_all_are(&kafka, set).await;
    }
    let audited = story.audit(&id).await.into_iter().filter(|what| what == "throttle-asked").count();
    assert_eq!(audited, 3);
    story.person("alice").runs(&format!("/stop operation:{id} reason:enough")).await;
    story.becomes(&id, State::Stopped).await;
    assert_eq!(rates(&kafka).await, BTreeSet::from([None]), "absent before, absent again");
}

#[tokio::test]
async fn what_was_asked_for_holds_for_the_way_it_ends_too() {
    let (story, kafka) = scene().await;
    kafka.set_broker_config(1, FOLLOWER_RATE, Some("12345")).expect("a foreign rate");
    let id = moving(&story).await;
    turns(&story, "alice", &id, "3MiB").await;
    until_all_are(&kafka, 3 * MIB).await;
    story.person("alice").runs(&format!("/stop operation:{id} reason:enough")).await;
    story.becomes(&id, State::Stopped).await;
    let back = BTreeSet::from([None, Some("12345".to_owned())]);
    assert_eq!(rates(&kafka).await, back, "the earlier value, though the throttle was turned meanwhile");
}

#[tokio::test]
async fn zero_tens_and_rates_outside_of_the_bounds_are_refused() {
    let (story, kafka) = scene().await;
    let id = moving(&story).await;
    until_all_are(&kafka, 4 * MIB).await;
    for (rate, why) in [
        ("0MiB", "rate-of-zero"),
        ("2MB", "rate-in-decimal"),
        ("2", "not-a-rate"),
        ("17MiB", "throttle-out-of-bounds"),
        ("100KiB", "throttle-out-of-bounds"),
    ] {
        assert_eq!(mistake(&turns(&story, "alice", &id, rate).await), why, "{rate}");
    }
    // More comes in than the rate leaves room for: the move would never end.
    let payments = "payments".parse().expect("a topic's name");
    kafka.set_rate(&payments, 84 * 3_600 * 1_000).expect("a busy hour");
    let done = turns(&story, "alice", &id, "1MiB").await;
    let Done::Refused(checks) = &done else { panic!("{done:?}") };
    assert!(checks.iter().any(|one| one.blocks() && one.id == "throttle-below-inflow"), "{checks:?}");
    assert_eq!(rates(&kafka).await, BTreeSet::from([Some((4 * MIB).to_string())]), "nothing of it was set");
    assert!(!story.audit(&id).await.contains(&"throttle-asked".to_owned()));
}

#[tokio::test]
async fn only_operators_turn_it_and_only_while_it_runs() {
    let (story, _kafka) = scene().await;
    let waiting = story.person("alice").plans(SLOW).await;
    assert_eq!(mistake(&turns(&story, "alice", &waiting, "2MiB").await), "not-possible-now");
    for who in ["bob", "carol"] {
        story.person(who).approves(&waiting).await;
    }
    story.becomes(&waiting, State::Waiting).await;
    for who in ["bob", "vic"] {
        let done = turns(&story, who, &waiting, "2MiB").await;
        assert!(matches!(done, Done::Denied(_)), "{who}: {done:?}");
    }
    story.person("alice").runs(&format!("/stop operation:{waiting} reason:enough")).await;
    story.becomes(&waiting, State::Stopped).await;
    assert_eq!(mistake(&turns(&story, "alice", &waiting, "2MiB").await), "not-possible-now");
    let reset = "/reset-offset cluster:orders-kafka group:billing to:earliest wait-for-stop:30m";
    let reset = story.person("alice").plans(reset).await;
    for who in ["bob", "dora"] {
        story.person(who).approves(&reset).await;
    }
    story.becomes(&reset, State::Waiting).await;
    assert_eq!(mistake(&turns(&story, "alice", &reset, "2MiB").await), "no-throttle-to-turn");
}
