//! What an operation owes to a broker that was dead at its end: looked for ever more seldom, given up by two people, adopted
//! by whoever sets the same throttle next, and left by who gives up what is stuck.

use super::{Scene, comes_to, ends, now, plans, says, tells, works};
use engine::Operation;
use engine::port::{Clock, Journal, Observe};
use interlock::approval::State;
use interlock::cluster::kafka::{Controllers, FOLLOWER_RATE, KafkaQuery, LEADER_RATE};
use interlock::cluster::{Look, Looker, Query};
use interlock::id::{OperationId, TopicName};
use interlock::plan::{ConfigOn, Level, Thing};
use signalbox::desk::Done;
use signalbox::house::House;
use simulated::SimulatedKafka;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use story::crash::{CLUSTER, Points, Settled, TOPIC, ask};

const MOVE: &str = "/scale-out cluster:orders-kafka brokers:4 topics:orders throttle:1MiB reason:growth";
const MINUTE: Duration = Duration::from_secs(60);

pub(super) async fn approved(house: &House, line: &str) -> OperationId {
    let id = plans(house, line).await;
    all_vote(house, &id).await;
    id
}

/// Whoever may, votes, until it suffices.
async fn all_vote(house: &House, id: &OperationId) {
    for who in ["alice", "bob", "carol", "dora"] {
        let operation = now(house, id).await;
        if operation.state == State::AwaitingApproval {
            ask(house, who, &format!("/approve operation:{id} digest:{}", operation.digest)).await;
        }
    }
}

/// The rates that stand on the brokers that are alive, `leader/follower`.
pub(super) async fn rates(kafka: &SimulatedKafka) -> BTreeMap<i32, String> {
    let sections = kafka.observe(&BTreeSet::from([Query::Kafka(KafkaQuery::Replication)])).await;
    let Look::Seen(found) = Looker::new(&sections).kafka_replication() else { panic!("the cluster answers") };
    let shown = |rate: &Option<String>| rate.clone().unwrap_or_else(|| "-".to_owned());
    let pair = |leader, follower| format!("{}/{}", shown(leader), shown(follower));
    let of = found.brokers.iter().map(|one| (one.id, pair(&one.leader_rate, &one.follower_rate)));
    of.filter(|(_, rates)| rates != "-/-").collect()
}

pub(super) async fn dies(scene: &Scene, broker: i32) {
    scene.kafka.kill_broker(broker).unwrap();
    loop {
        let sections = scene.kafka.observe(&BTreeSet::from([Query::Kafka(KafkaQuery::Cluster)])).await;
        let Look::Seen(found) = Looker::new(&sections).kafka_cluster() else { panic!("the cluster answers") };
        if !found.brokers.iter().any(|one| one.id == broker) {
            return;
        }
        scene.passes(Duration::from_secs(1)).await;
    }
}

pub(super) async fn held(house: &House) -> Vec<(OperationId, Thing)> {
    let held = house.rooms().store.holds(&CLUSTER.parse().unwrap()).await.unwrap();
    held.into_iter().map(|one| (one.operation, one.hold.thing)).collect()
}

/// The brokers to which it owes something.
fn owed(operation: &Operation) -> Vec<i32> {
    let broker = |on: &ConfigOn| if let ConfigOn::Broker(id) = on { Some(*id) } else { None };
    operation.memory.owed.iter().filter_map(|one| broker(&one.on)).collect()
}

async fn audited(house: &House, id: &OperationId) -> Vec<String> {
    use signalbox::store::audit::{AuditFilter, AuditPage};
    let filter = AuditFilter { operation: Some(id.clone()), ..AuditFilter::default() };
    let found = house.rooms().store.audit_search(&filter, AuditPage { before: None, limit: 200 }).await.unwrap();
    found.into_iter().rev().map(|entry| entry.record.what).collect()
}

/// A move of which so many batches have arrived, stopped while broker 4 is dead; 777 stood there before.
async fn stopped_while_dead(scene: &Scene, house: &House, batches: usize) -> OperationId {
    scene.kafka.set_controllers(Controllers::NotGiven).unwrap();
    scene.kafka.set_broker_config(4, FOLLOWER_RATE, Some("777")).unwrap();
    let id = approved(house, MOVE).await;
    let arrived = async || {
        let entries = super::entries(house, &id).await;
        // The rates and the lists are steps, too.
        entries.iter().filter(|entry| matches!(entry, engine::Entry::StepDone { step } if *step > 2)).count()
    };
    while arrived().await < batches || now(house, &id).await.state != State::Waiting {
        assert!(!now(house, &id).await.state.has_ended(), "{:?}", now(house, &id).await.why);
        works(house).await;
        tells(house).await;
        scene.passes(Duration::from_secs(1)).await;
    }
    dies(scene, 4).await;
    says(house, "alice", &format!("/stop operation:{id} reason:dead")).await;
    comes_to(house, &id, State::Stopped).await;
    assert_eq!(owed(&now(house, &id).await), [4]);
    assert_eq!(held(house).await, [(id.clone(), Thing::Broker("4".to_owned()))]);
    id
}

async fn waits(scene: &Scene, house: &House, span: Duration) {
    let until = scene.clock.now().plus(span);
    while scene.clock.now() < until {
        works(house).await;
        scene.passes(Duration::from_secs(2)).await;
    }
}

#[tokio::test]
async fn who_stays_away_is_looked_for_ever_more_seldom_and_found_all_the_same() {
    let scene = Scene::new();
    let points = Points::none();
    let house = scene.ground.house(Settled::honest(scene.clock.clone(), points.clone())).await;
    let id = stopped_while_dead(&scene, &house, 0).await;
    let mut looks = Vec::new();
    for _ in 0..4 {
        let before = points.count("remember");
        waits(&scene, &house, MINUTE * 30).await;
        looks.push(points.count("remember") - before);
    }
    assert!(looks[0] < 60 && looks.is_sorted_by(|one, next| one >= next), "{looks:?}");
    assert_eq!(looks[3], 6, "every five minutes");
    scene.kafka.start_broker(4).unwrap();
    waits(&scene, &house, MINUTE * 6).await;
    assert_eq!(owed(&now(&house, &id).await), [0; 0]);
    assert_eq!(rates(&scene.kafka).await, BTreeMap::from([(4, "-/777".to_owned())]));
    assert_eq!(held(&house).await, []);
}

#[tokio::test]
async fn what_is_owed_to_a_broker_that_never_returns_is_given_up_by_two_people() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = stopped_while_dead(&scene, &house, 0).await;
    let unlock = format!("/unlock operation:{id} reason:scrapped");
    assert!(matches!(ask(&house, "bob", &unlock).await, Done::Denied(_)), "approvers do not");
    assert_eq!(says(&house, "alice", &unlock).await, "owed-first");
    assert_eq!(says(&house, "alice", &unlock).await, "owed-first", "one person twice is one person");
    waits(&scene, &house, MINUTE * 16).await;
    assert_eq!(says(&house, "olga", &unlock).await, "owed-first", "too late for the first one's word");
    assert_eq!(owed(&now(&house, &id).await), [4]);
    assert_eq!(says(&house, "alice", &unlock).await, "owed-given-up");
    let operation = now(&house, &id).await;
    assert_eq!((operation.state, owed(&operation)), (State::Stopped, vec![]));
    assert_eq!(held(&house).await, []);
    assert!(audited(&house, &id).await.contains(&"owed-given-up".to_owned()));
    // It is not looked for any more, and a third word finds nothing to give up.
    scene.kafka.start_broker(4).unwrap();
    waits(&scene, &house, MINUTE * 6).await;
    assert_eq!(rates(&scene.kafka).await, BTreeMap::from([(4, format!("{0}/{0}", 1 << 20))]));
    assert!(matches!(ask(&house, "olga", &unlock).await, Done::Mistake(_)));
    ends(house).await;
}

/// Broker 4 is back and its throttle not yet put back when somebody moves onto it again.
#[tokio::test]
async fn a_later_move_adopts_what_is_owed_and_puts_the_first_value_back() {
    let scene = Scene::new();
    let house = scene.house().await;
    let first = stopped_while_dead(&scene, &house, 0).await;
    waits(&scene, &house, MINUTE * 30).await;
    scene.kafka.start_broker(4).unwrap();
    let second = plans(&house, &MOVE.replace("1MiB", "50MiB")).await;
    let plan = house.rooms().store.plan(&now(&house, &second).await).await.unwrap();
    let check = plan.plan().checks.iter().find(|one| one.id == "owed-adopted").expect("it is named");
    assert_eq!((check.level, check.facts.get("operation")), (Level::Warn, Some(&first.as_str().into())));
    assert_eq!(owed(&now(&house, &first).await), [4], "until the second one starts");
    all_vote(&house, &second).await;
    comes_to(&house, &second, State::Waiting).await;
    assert_eq!(owed(&now(&house, &first).await), [0; 0]);
    assert_eq!(audited(&house, &first).await.last().map(String::as_str), Some("owed-adopted"));
    let all_set = |rate: u64| (1..=4).map(|id| (id, format!("{rate}/{rate}"))).collect::<BTreeMap<_, _>>();
    waits(&scene, &house, MINUTE).await;
    assert!([all_set(50 << 20), BTreeMap::from([(4, "-/777".to_owned())])].contains(&rates(&scene.kafka).await));
    comes_to(&house, &second, State::Succeeded).await;
    assert_eq!(rates(&scene.kafka).await, BTreeMap::from([(4, "-/777".to_owned())]), "not what the first one left");
    assert_eq!(held(&house).await, []);
}

/// The way back of a move whose target is dead: it owes instead.
#[tokio::test]
async fn the_way_back_takes_over_what_its_operation_owes() {
    let scene = Scene::new();
    let house = scene.house().await;
    let first = stopped_while_dead(&scene, &house, 1).await;
    let back = plans(&house, &format!("/rollback operation:{first}")).await;
    all_vote(&house, &back).await;
    comes_to(&house, &back, State::Succeeded).await;
    assert_eq!(owed(&now(&house, &first).await), [0; 0]);
    assert_eq!(owed(&now(&house, &back).await), [4]);
    assert_eq!(held(&house).await, [(back.clone(), Thing::Broker("4".to_owned()))], "the hold goes with it");
    scene.kafka.start_broker(4).unwrap();
    waits(&scene, &house, MINUTE * 6).await;
    assert_eq!(rates(&scene.kafka).await, BTreeMap::from([(4, "-/777".to_owned())]));
    assert_eq!((owed(&now(&house, &back).await), held(&house).await), (vec![], vec![]));
}

/// Somebody overrides a move in flight: it is stuck with its throttle set. Given up, it still puts that back.
#[tokio::test]
async fn what_is_given_up_still_puts_its_throttle_back() {
    let scene = Scene::new();
    let house = scene.house().await;
    scene.kafka.set_broker_config(1, LEADER_RATE, Some("31")).unwrap();
    let id = approved(&house, MOVE).await;
    comes_to(&house, &id, State::Waiting).await;
    let topic: TopicName = TOPIC.parse().unwrap();
    for partition in 0..4 {
        scene.kafka.foreign_reassign(&topic, partition, &[3, 1, 2]).unwrap();
    }
    let stuck = comes_to(&house, &id, State::Stuck).await;
    assert_eq!(rates(&scene.kafka).await.len(), 4, "{:?}", stuck.why);
    let unlock = format!("/unlock operation:{id} reason:checked");
    assert_eq!(says(&house, "alice", &unlock).await, "unlock-first");
    assert_eq!(says(&house, "olga", &unlock).await, "unlocked-owes");
    let given_up = now(&house, &id).await;
    assert_eq!((given_up.state, owed(&given_up)), (State::Abandoned, vec![1, 2, 3, 4]));
    // Both words are used up: what is owed takes two others.
    assert_eq!(says(&house, "olga", &unlock).await, "owed-first");
    works(&house).await;
    assert_eq!(rates(&scene.kafka).await, BTreeMap::from([(1, "31/-".to_owned())]));
    assert_eq!((owed(&now(&house, &id).await), held(&house).await), (vec![], vec![]));
}
