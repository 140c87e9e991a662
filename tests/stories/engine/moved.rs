//! What becomes of moves at the end and at a stop: all of them are looked at once more, and what the cluster does not let us
//! turn round is never left with its throttle.

use super::owing::{approved, rates};
use super::{Scene, comes_to, entries, now, says, tells, works};
use engine::Entry;
use engine::port::{Clock, Journal, Observe};
use interlock::approval::State;
use interlock::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE, KafkaQuery, LEADER_LIST, LEADER_RATE, Right};
use interlock::cluster::{Look, Looker, Query};
use interlock::facts::Fact;
use interlock::id::{OperationId, TopicName};
use interlock::plan::{Action, KafkaAction, Level, ReplicaMove, Work, all_moves};
use signalbox::house::House;
use simulated::SimulatedKafka;
use std::collections::{BTreeMap, BTreeSet};
use story::crash::{Deed, PaperChat, Point, Points, Settled, TOPIC};

const MOVE: &str = "/scale-out cluster:orders-kafka brokers:4 topics:orders throttle:50MiB reason:growth";
const SLOW: &str = "/scale-out cluster:orders-kafka brokers:4 topics:orders throttle:64KiB reason:growth";

async fn moves(house: &House, id: &OperationId) -> Vec<ReplicaMove> {
    all_moves(house.rooms().store.plan(&now(house, id).await).await.unwrap().plan())
}

async fn replicas(kafka: &SimulatedKafka) -> Vec<Vec<i32>> {
    let topic: TopicName = TOPIC.parse().unwrap();
    let sections = kafka.observe(&BTreeSet::from([Query::Kafka(KafkaQuery::Topic(topic.clone()))])).await;
    let Look::Seen(Some(found)) = Looker::new(&sections).kafka_topic(&topic) else { panic!("it is there") };
    found.partitions.iter().map(|one| one.replicas.clone()).collect()
}

async fn under_way(kafka: &SimulatedKafka) -> usize {
    let sections = kafka.observe(&BTreeSet::from([Query::Kafka(KafkaQuery::Reassignments)])).await;
    let Look::Seen(found) = Looker::new(&sections).kafka_reassignments() else { panic!("it answers") };
    found.len()
}

/// The first batch has arrived and is moved on by somebody while later ones run: that is not what was approved.
#[tokio::test]
async fn what_was_moved_on_since_is_not_said_to_stand_as_planned() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = approved(&house, MOVE).await;
    let first = moves(&house, &id).await[0].clone();
    let arrived = async || {
        let entries = entries(&house, &id).await;
        entries.iter().any(|entry| matches!(entry, Entry::StepDone { step } if *step > 2))
    };
    while !arrived().await {
        works(&house).await;
        tells(&house).await;
        scene.passes(std::time::Duration::from_secs(1)).await;
    }
    assert!(!now(&house, &id).await.state.has_ended(), "there are later batches");
    let other: Vec<i32> = first.to.0.iter().rev().copied().collect();
    scene.kafka.foreign_reassign(&first.topic, first.partition, &other).unwrap();
    let failed = comes_to(&house, &id, State::Failed).await;
    assert_eq!(failed.why.id, "moved-since");
    let count = i64::try_from(moves(&house, &id).await.len()).unwrap();
    let of = |key| failed.why.facts.get(key).cloned();
    assert_eq!((of("verified"), of("count")), (Some(Fact::Count(count - 1)), Some(Fact::Count(count))));
    assert_eq!(of("partition"), Some(Fact::Count(i64::from(first.partition))));
    assert_eq!(rates(&scene.kafka).await, BTreeMap::new(), "what was for the run only is put back all the same");
}

/// The right to call moves off is gone when it is stopped. They go on, throttled, and when they have arrived it has stopped.
#[tokio::test]
async fn a_stop_that_cannot_turn_round_ends_when_what_was_on_the_move_has_arrived() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = approved(&house, SLOW).await;
    comes_to(&house, &id, State::Waiting).await;
    let first = moves(&house, &id).await[0].clone();
    assert_eq!(under_way(&scene.kafka).await, 1);
    scene.kafka.revoke_on_cluster(Right::Alter).unwrap();
    says(&house, "alice", &format!("/stop operation:{id} reason:enough")).await;
    let intents = super::intents(&house, &id).await;
    for _ in 0..120 {
        works(&house).await;
        tells(&house).await;
        scene.passes(std::time::Duration::from_secs(1)).await;
    }
    assert_eq!(now(&house, &id).await.state, State::Stopping);
    let tried = super::intents(&house, &id).await - intents;
    assert!((4..12).contains(&tried), "{tried} times in two minutes: ever more seldom");
    assert_eq!((under_way(&scene.kafka).await, rates(&scene.kafka).await.len()), (1, 4), "its throttle still holds");
    let posted = PaperChat::posted(&scene.ground.chat_file());
    assert_eq!(
        posted.iter().filter(|line| line.starts_with("Stopping: ")).count(),
        1,
        "people are called once: {posted:?}"
    );
    for key in [LEADER_LIST, FOLLOWER_LIST] {
        scene.kafka.set_topic_config(&first.topic, key, None).unwrap();
    }
    let stopped = comes_to(&house, &id, State::Stopped).await;
    assert!(!stopped.owes(), "{:?}", stopped.memory.owed);
    let place = usize::try_from(first.partition).unwrap();
    assert_eq!(replicas(&scene.kafka).await[place], first.to.0, "it went on to its end");
    assert_eq!(rates(&scene.kafka).await, BTreeMap::new());
}

/// A run that somebody overrode is stuck with its throttle set. What is on the move to where it was planned to go is its own:
/// the way back calls it off, and brings everything back, order and earlier rates included.
#[tokio::test]
async fn the_way_back_of_what_is_stuck_calls_its_own_moves_off() {
    let scene = Scene::new();
    let house = scene.house().await;
    scene.kafka.set_broker_config(4, FOLLOWER_RATE, Some("777")).unwrap();
    let before = replicas(&scene.kafka).await;
    let id = approved(&house, SLOW).await;
    comes_to(&house, &id, State::Waiting).await;
    let first = moves(&house, &id).await[0].clone();
    let (one, other) = (first.from.0[0], first.from.0[1]);
    let mut elsewhere = [vec![4, one, other], vec![one, other, 4]].into_iter().filter(|target| *target != first.to.0);
    let elsewhere = elsewhere.next().expect("another order");
    scene.kafka.foreign_reassign(&first.topic, first.partition, &elsewhere).unwrap();
    comes_to(&house, &id, State::Stuck).await;
    let line = format!("/rollback operation:{id}");
    let foreign = super::ask(&house, "alice", &line).await;
    let signalbox::desk::Done::Refused(checks) = foreign else { panic!("{foreign:?}") };
    assert!(checks.iter().any(|one| one.blocks() && one.id == "reassignment-under-way"), "that is somebody else's");
    // They send it back to where it was planned to go.
    scene.kafka.foreign_reassign(&first.topic, first.partition, &first.to.0).unwrap();
    assert_eq!((under_way(&scene.kafka).await, rates(&scene.kafka).await.len()), (1, 4));
    let back = approved(&house, &line).await;
    let plan = house.rooms().store.plan(&now(&house, &back).await).await.unwrap();
    assert!(matches!(&plan.plan().steps[0].work, Work::Act(Action::Kafka(KafkaAction::CallOff { .. }))));
    assert!(plan.plan().checks.iter().any(|one| one.id == "moves-called-off" && one.level == Level::Warn));
    comes_to(&house, &back, State::Succeeded).await;
    assert_eq!((replicas(&scene.kafka).await, under_way(&scene.kafka).await), (before, 0));
    assert_eq!(rates(&scene.kafka).await, BTreeMap::from([(4, "-/777".to_owned())]), "{LEADER_RATE} too");
}

/// A run that somebody overrode, and whose move they sent back to where it was planned to go: it is stuck, and that is its own.
async fn stuck_with_a_move_of_its_own(scene: &Scene, house: &House) -> (OperationId, ReplicaMove) {
    let id = approved(house, SLOW).await;
    comes_to(house, &id, State::Waiting).await;
    let first = moves(house, &id).await[0].clone();
    let elsewhere: Vec<i32> = first.to.0.iter().rev().copied().collect();
    scene.kafka.foreign_reassign(&first.topic, first.partition, &elsewhere).unwrap();
    comes_to(house, &id, State::Stuck).await;
    scene.kafka.foreign_reassign(&first.topic, first.partition, &first.to.0).unwrap();
    (id, first)
}

/// The way back has started and waits for the owners to hear of it; meanwhile the move that it was to call off arrives. What
/// has arrived is brought back from there, and nobody has to ask again.
#[tokio::test]
async fn what_arrives_between_the_start_of_its_way_back_and_the_call_off_is_brought_back() {
    let scene = Scene::new();
    let house = scene.house().await;
    let before = replicas(&scene.kafka).await;
    let (id, first) = stuck_with_a_move_of_its_own(&scene, &house).await;
    let back = approved(&house, &format!("/rollback operation:{id} throttle:50MiB")).await;
    works(&house).await;
    assert_eq!((now(&house, &back).await.state, super::intents(&house, &back).await), (State::Running, 0));
    for _ in 0..100 {
        if under_way(&scene.kafka).await == 0 {
            break;
        }
        scene.passes(std::time::Duration::from_secs(600)).await;
    }
    assert_eq!(replicas(&scene.kafka).await[usize::try_from(first.partition).unwrap()], first.to.0, "it has arrived");
    comes_to(&house, &back, State::Succeeded).await;
    assert_eq!((replicas(&scene.kafka).await, under_way(&scene.kafka).await), (before, 0));
    assert_eq!(rates(&scene.kafka).await, BTreeMap::new());
}

/// All batches have arrived, and a broker dies before it is said that all of them stand: that waits, people are called once
/// when it takes long, and it ends by itself when the broker is back.
#[tokio::test]
async fn it_does_not_end_while_a_replica_is_out_of_sync_and_people_are_called_once() {
    let scene = Scene::new();
    let (kafka, clock) = (scene.kafka.clone(), scene.clock.clone());
    let dies: Deed = Box::new(move || {
        kafka.kill_broker(4).unwrap();
        let clock = clock.clone();
        // So long the others count it as alive.
        Box::pin(async move { clock.sleep(std::time::Duration::from_secs(10)).await })
    });
    let settled = Settled::honest(scene.clock.clone(), Points::at(Point::after("write restored", 1), dies));
    let house = scene.ground.house(settled).await;
    let id = approved(&house, MOVE).await;
    let passes = async |seconds: u32| {
        for _ in 0..seconds {
            works(&house).await;
            tells(&house).await;
            scene.passes(std::time::Duration::from_secs(1)).await;
        }
    };
    let waits = async || now(&house, &id).await.memory.last;
    for _ in 0..300 {
        if waits().await.is_some() {
            break;
        }
        assert!(!now(&house, &id).await.state.has_ended(), "it has ended");
        passes(1).await;
    }
    let calls = || {
        let posted = PaperChat::posted(&scene.ground.chat_file());
        posted.iter().filter(|line| line.starts_with("Running: ")).count()
    };
    passes(60).await;
    let last = waits().await.expect("it waits");
    assert_eq!((now(&house, &id).await.state, last.called), (State::Running, false), "not yet for long");
    let before = calls();
    passes(90).await;
    assert!(waits().await.is_some_and(|last| last.called));
    assert_eq!((now(&house, &id).await.state, calls() - before), (State::Running, 1));
    passes(300).await;
    assert_eq!(calls() - before, 1, "once");
    scene.kafka.start_broker(4).unwrap();
    let done = comes_to(&house, &id, State::Succeeded).await;
    assert!(!done.owes(), "{:?}", done.memory.owed);
    assert_eq!(rates(&scene.kafka).await, BTreeMap::new());
}
