//! `/scale-out` on the simulated fleet: a new, empty broker gets its share while records come in.

use interlock::approval::State;
use interlock::changes::{Guard, Guards};
use interlock::cluster::kafka::{
    Controllers, FOLLOWER_LIST, FOLLOWER_RATE, KafkaAnswer, KafkaQuery, LEADER_LIST, LEADER_RATE,
};
use interlock::cluster::{Answer, Query, Section};
use interlock::facts::Fact;
use interlock::id::{ClusterName, OperationId, TopicName};
use interlock::looks::{LookAnswer, Obligation};
use interlock::plan::{Action, KafkaAction, ReplicaMove, Thing, Work};
use signalbox::desk::Done;
use simulated::{Interference, SimulatedKafka};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use story::Story;

const QUICK: &str = "/scale-out cluster:orders-kafka brokers:4 topics:refunds,products throttle:1GiB";
/// The whole of `payments` is some 25 GB: at this throttle it takes days.
const SLOW: &str = "/scale-out cluster:orders-kafka brokers:4 topics:payments throttle:1MiB";

async fn scene() -> (Story, SimulatedKafka) {
    scene_under(Guards::all()).await
}

pub(super) async fn scene_under(guards: Guards) -> (Story, SimulatedKafka) {
    let (story, fleet) = Story::on_simulated_under(guards).await;
    let name: ClusterName = simulated::demo::PRODUCTION.parse().expect("a cluster's name");
    let kafka = fleet.kafka(&name);
    kafka.add_broker(4, Some("az-d")).expect("a new broker");
    (story, kafka)
}

async fn look(kafka: &SimulatedKafka, query: KafkaQuery) -> KafkaAnswer {
    use engine::port::Observe;
    let query = Query::Kafka(query);
    let sections = kafka.observe(&BTreeSet::from([query.clone()])).await;
    match sections.get(&query) {
        Section::Seen(seen) => {
            let Answer::Kafka(answer) = seen.value.clone() else { panic!("another answer") };
            answer
        }
        other => panic!("{other:?}"),
    }
}

async fn replicas(kafka: &SimulatedKafka, name: &TopicName) -> Vec<Vec<i32>> {
    match look(kafka, KafkaQuery::Topic(name.clone())).await {
        KafkaAnswer::Topic(Some(topic)) => topic.partitions.into_iter().map(|one| one.replicas).collect(),
        other => panic!("{other:?}"),
    }
}

/// Every setting that throttles, on all brokers and topics.
async fn throttles(kafka: &SimulatedKafka) -> Vec<String> {
    let KafkaAnswer::Replication(found) = look(kafka, KafkaQuery::Replication).await else { panic!() };
    let brokers = found.brokers.iter().flat_map(|one| {
        let of = |key: &str, value: &Option<String>| value.as_ref().map(|value| format!("{} {key} {value}", one.id));
        [of(LEADER_RATE, &one.leader_rate), of(FOLLOWER_RATE, &one.follower_rate)]
    });
    let topics = found.topics.iter().flat_map(|one| {
        let of = |key: &str, value: &Option<String>| value.as_ref().map(|value| format!("{} {key} {value}", one.name));
        [of(LEADER_LIST, &one.leaders), of(FOLLOWER_LIST, &one.followers)]
    });
    brokers.chain(topics).flatten().collect()
}

async fn under_way(kafka: &SimulatedKafka) -> usize {
    match look(kafka, KafkaQuery::Reassignments).await {
        KafkaAnswer::Reassignments(all) => all.len(),
        other => panic!("{other:?}"),
    }
}

async fn alive(kafka: &SimulatedKafka, broker: i32) -> bool {
    match look(kafka, KafkaQuery::Cluster).await {
        KafkaAnswer::Cluster(found) => found.brokers.iter().any(|one| one.id == broker),
        other => panic!("{other:?}"),
    }
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < Duration::from_secs(120), "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn approved(story: &Story, line: &str) -> OperationId {
    let id = story.person("alice").plans(line).await;
    for who in ["bob", "carol"] {
        story.person(who).approves(&id).await;
    }
    id
}

async fn planned(story: &Story, id: &OperationId) -> Vec<ReplicaMove> {
    let plan = story.plan(id).await;
    let of = |work: &Work| match work {
        Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => moves.clone(),
        _ => Vec::new(),
    };
    plan.plan().steps.iter().flat_map(|step| of(&step.work)).collect()
}

/// How many replicas lie in each log directory of the new broker.
async fn dirs(kafka: &SimulatedKafka) -> Vec<usize> {
    let KafkaAnswer::LogDirs(found) = look(kafka, KafkaQuery::LogDirs).await else { panic!() };
    let broker = found.iter().find(|one| one.broker == 4).expect("the new broker");
    broker.dirs.iter().flatten().map(|dir| dir.replicas.len()).collect()
}

/// By itself the broker would put every other copy into the first one, which has no room.
#[tokio::test]
async fn copies_go_into_the_log_directory_that_has_room() {
    let (story, kafka) = scene().await;
    kafka.set_disks(4, &[1, 1 << 44]).expect("two disks");
    let id = approved(&story, QUICK).await;
    story.becomes(&id, State::Succeeded).await;
    let moved = planned(&story, &id).await.len();
    assert!(moved > 1);
    assert_eq!(dirs(&kafka).await, [0, moved]);

    let (story, kafka) = scene_under(Guards::all().without(Guard::Room)).await;
    kafka.set_disks(4, &[1 << 44, 1 << 44]).expect("two disks");
    let id = approved(&story, QUICK).await;
    story.becomes(&id, State::Succeeded).await;
    let found = dirs(&kafka).await;
    assert!(found.iter().all(|count| *count > 0), "control: with room in both, both are used: {found:?}");
}

/// A directory that fails after the plan was approved: nothing is moved into it.
#[tokio::test]
async fn a_plan_whose_log_directory_is_gone_does_not_start() {
    let (story, kafka) = scene().await;
    kafka.set_disks(4, &[1, 1 << 44]).expect("two disks");
    let id = story.person("alice").plans(QUICK).await;
    story.person("bob").approves(&id).await;
    kafka.set_disk(4, 1 << 44).expect("the first one only");
    story.person("carol").approves(&id).await;
    until("it is asked anew", async || story.operation(&id).await.revision == 2).await;
    let asked = story.operation(&id).await;
    assert_eq!((asked.state, asked.why.id.as_str()), (State::AwaitingApproval, "log-dir-too-full"));
    assert_eq!(dirs(&kafka).await, [0]);
}

fn names() -> [TopicName; 2] {
    ["refunds", "products"].map(|name| name.parse().expect("a topic's name"))
}

#[tokio::test]
async fn a_new_broker_gets_its_share_and_all_of_it_can_be_taken_back() {
    let (story, kafka) = scene().await;
    let [refunds, products] = names();
    kafka.set_topic_config(&refunds, FOLLOWER_LIST, Some("99:99")).expect("a foreign entry");
    kafka.set_broker_config(1, LEADER_RATE, Some("12345")).expect("a foreign rate");
    let foreign = throttles(&kafka).await;
    let before = [replicas(&kafka, &refunds).await, replicas(&kafka, &products).await];

    let id = approved(&story, QUICK).await;
    story.becomes(&id, State::Succeeded).await;
    let moves = planned(&story, &id).await;
    assert!(moves.len() > 3, "{moves:?}");
    for one in &moves {
        let found = replicas(&kafka, &one.topic).await;
        assert_eq!(found[usize::try_from(one.partition).expect("a partition")], one.to.0, "in order");
    }
    assert_eq!(throttles(&kafka).await, foreign, "each as it was found");

    let back = story.person("alice").plans(&format!("/rollback operation:{id}")).await;
    story.person("alice").approves(&back).await;
    story.becomes(&back, State::Succeeded).await;
    assert_eq!([replicas(&kafka, &refunds).await, replicas(&kafka, &products).await], before, "order included");
    assert_eq!(throttles(&kafka).await, foreign);
}

#[tokio::test]
async fn a_stop_turns_round_what_is_in_flight_and_puts_the_throttle_back() {
    let (story, kafka) = scene().await;
    let payments: TopicName = "payments".parse().expect("a topic's name");
    let before = replicas(&kafka, &payments).await;
    let id = approved(&story, SLOW).await;
    story.becomes(&id, State::Waiting).await;
    assert_eq!(under_way(&kafka).await, 2, "the first batch");
    assert!(!throttles(&kafka).await.is_empty());
    story.person("alice").runs(&format!("/stop operation:{id} reason:because")).await;
    story.becomes(&id, State::Stopped).await;
    assert_eq!(under_way(&kafka).await, 0);
    assert_eq!(replicas(&kafka, &payments).await, before, "the saved order");
    assert_eq!(throttles(&kafka).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_is_in_flight_goes_on_where_an_old_replica_is_dead() {
    let (story, kafka) = scene().await;
    let id = approved(&story, SLOW).await;
    story.becomes(&id, State::Waiting).await;
    let moving = planned(&story, &id).await;
    let dead = *moving[0].from.0.last().expect("a replica");
    kafka.kill_broker(dead).expect("a broker");
    until("the others see it dead", || async { !alive(&kafka, dead).await }).await;
    story.person("alice").runs(&format!("/stop operation:{id} reason:because")).await;
    story.becomes(&id, State::Stopping).await;
    until("it has looked what can be turned round", || async {
        let seen = story.operation(&id).await;
        seen.next_at > seen.updated_at
    })
    .await;
    assert_eq!(under_way(&kafka).await, 2, "turned round it could be without a leader");
    kafka.start_broker(dead).expect("a broker");
    story.becomes(&id, State::Stopped).await;
    assert_eq!(under_way(&kafka).await, 0);
}

#[tokio::test]
async fn a_foreign_reassignment_refuses_makes_stale_or_sticks() {
    let (story, kafka) = scene().await;
    let payments: TopicName = "payments".parse().expect("a topic's name");
    // Before planning: refused.
    kafka.set_topic_config(&payments, FOLLOWER_LIST, Some("0:4")).expect("a list");
    kafka.set_broker_config(4, FOLLOWER_RATE, Some("1")).expect("a rate");
    let old = replicas(&kafka, &payments).await[0].clone();
    let target = [4, old[1], old[2]];
    kafka.foreign_reassign(&payments, 0, &target).expect("a foreign move");
    let done = story.person("alice").runs(QUICK).await;
    let Done::Refused(checks) = done else { panic!("{done:?}") };
    assert!(checks.iter().any(|one| one.blocks() && one.id == "reassignment-under-way"), "{checks:?}");
    kafka.foreign_cancel(&payments, 0).expect("called off");
    kafka.foreign_reassign(&payments, 0, &old).expect("its order");
    kafka.set_topic_config(&payments, FOLLOWER_LIST, None).expect("a list");
    kafka.set_broker_config(4, FOLLOWER_RATE, None).expect("a rate");

    // Between approval and execution: stale, asked anew.
    let id = story.person("alice").plans(QUICK).await;
    story.person("bob").approves(&id).await;
    let one = planned(&story, &id).await[0].clone();
    let there: Vec<i32> = one.from.0.iter().copied().rev().collect();
    kafka.foreign_reassign(&one.topic, one.partition, &there).expect("another order");
    story.person("carol").approves(&id).await;
    until("it is asked anew", || async { story.operation(&id).await.revision == 2 }).await;

    // Of a partition in flight: stuck, and named.
    let slow = approved(&story, SLOW).await;
    story.becomes(&slow, State::Waiting).await;
    let one = planned(&story, &slow).await[0].clone();
    let other: Vec<i32> = one.from.0.iter().copied().take(2).chain([4]).collect();
    assert_ne!(other, one.to.0, "somewhere else");
    kafka.foreign_reassign(&one.topic, one.partition, &other).expect("an override");
    let stuck = story.becomes(&slow, State::Stuck).await;
    assert_eq!(stuck.why.id, "move-overridden");
}

#[tokio::test]
async fn a_move_that_somebody_interferes_with_at_its_act_is_seen() {
    let (story, kafka) = scene().await;
    let id = story.person("alice").plans(SLOW).await;
    let one = planned(&story, &id).await[0].clone();
    let other: Vec<i32> = one.from.0.iter().copied().rev().collect();
    // The first act sets rates; the override comes right after it, before the batch is looked at for its own act.
    kafka.after_next_act(Interference::Reassign(one.topic.clone(), one.partition, other)).expect("somebody else");
    for who in ["bob", "carol"] {
        story.person(who).approves(&id).await;
    }
    let ended = story.becomes(&id, State::Failed).await;
    assert_eq!(ended.why.id, "assignment-changed");
    assert_eq!(throttles(&kafka).await, Vec::<String>::new(), "what was for the run only is put back all the same");
    let Done::Refused(checks) = story.person("alice").runs(SLOW).await else { panic!("it keeps its holds") };
    let by_whom = checks.iter().find(|check| check.id == "held-by-other").expect("the holder is named");
    assert_eq!(by_whom.facts.get("ended"), Some(&Fact::from("failed")));
}

async fn obligations(story: &Story) -> Vec<Obligation> {
    match story.person("alice").runs("/health cluster:orders-kafka").await {
        Done::Looked(answer) => match *answer {
            LookAnswer::Health(health) => health.obligations,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

async fn held(story: &Story) -> Vec<Thing> {
    let name: ClusterName = simulated::demo::PRODUCTION.parse().expect("a cluster's name");
    let held = story.house().rooms().store.holds(&name).await.expect("the store answers");
    held.into_iter().map(|one| one.hold.thing).collect()
}

/// A move onto broker 4 that was stopped while that one is dead.
async fn stopped_while_dead(controllers: Controllers) -> (Story, SimulatedKafka, OperationId) {
    let (story, kafka) = scene().await;
    kafka.set_controllers(controllers).expect("a cluster");
    let id = approved(&story, SLOW).await;
    story.becomes(&id, State::Waiting).await;
    kafka.kill_broker(4).expect("the target");
    until("the others see it dead", || async { !alive(&kafka, 4).await }).await;
    story.person("alice").runs(&format!("/stop operation:{id} reason:because")).await;
    story.becomes(&id, State::Stopped).await;
    let owed = obligations(&story).await;
    assert_eq!(owed.iter().map(|one| (&one.operation, one.thing.as_str())).collect::<Vec<_>>(), [(&id, "broker 4")]);
    assert_eq!(held(&story).await, [Thing::Broker("4".to_owned())], "the layout is free for others");
    (story, kafka, id)
}

#[tokio::test]
async fn a_dead_brokers_throttle_is_owed_until_it_returns_whoever_works_then() {
    let (story, kafka, id) = stopped_while_dead(Controllers::NotGiven).await;
    let story = story.reborn();
    assert_eq!(obligations(&story).await.len(), 1);
    kafka.start_broker(4).expect("it returns");
    assert_eq!(throttles(&kafka).await.len(), 2, "with what was set on it");
    until("it is put back", || async { obligations(&story).await.is_empty() }).await;
    assert_eq!(throttles(&kafka).await, Vec::<String>::new());
    assert_eq!(held(&story).await, []);
    let told = story.audit(&id).await;
    assert_eq!(told.last().map(String::as_str), Some("discharged"), "{told:?}");
}

#[tokio::test]
async fn through_the_controllers_a_dead_broker_returns_without_its_throttle() {
    let (story, kafka, _) = stopped_while_dead(Controllers::Answer).await;
    kafka.start_broker(4).expect("it returns");
    assert_eq!(throttles(&kafka).await, Vec::<String>::new());
    until("that is seen", || async { obligations(&story).await.is_empty() }).await;
}

#[tokio::test]
async fn what_somebody_else_made_of_an_owed_throttle_is_left_to_them() {
    let (story, kafka, id) = stopped_while_dead(Controllers::NotGiven).await;
    kafka.set_broker_config(4, FOLLOWER_RATE, Some("777")).expect("somebody else");
    kafka.start_broker(4).expect("it returns");
    until("it is settled", || async { obligations(&story).await.is_empty() }).await;
    assert!(throttles(&kafka).await.contains(&format!("4 {FOLLOWER_RATE} 777")), "it does not fight");
    assert_eq!(story.operation(&id).await.state, State::Stopped);
}

/// Another cluster has come behind the address while replicas move: nothing there is touched. Without the guard what was
/// for the run is put back on the wrong one.
#[tokio::test]
async fn another_cluster_behind_the_address_is_not_cleared() {
    for (guards, why, left) in
        [(Guards::all(), "cluster-changed", true), (Guards::all().without(Guard::ClusterIs), "topic-recreated", false)]
    {
        let (story, kafka) = scene_under(guards).await;
        let id = approved(&story, SLOW).await;
        story.becomes(&id, State::Waiting).await;
        let set = throttles(&kafka).await;
        kafka.replace().expect("another cluster");
        until("it ends", || async { matches!(story.operation(&id).await.state, State::Stuck | State::Failed) }).await;
        assert_eq!(story.operation(&id).await.why.id, why);
        assert_eq!(throttles(&kafka).await == set, left, "{why}");
    }
}
