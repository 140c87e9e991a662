//! What the stories of moves begin with and look at.

use interlock::approval::State;
use interlock::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE, LEADER_LIST, LEADER_RATE};
use interlock::id::OperationId;
use interlock::looks::{LookAnswer, Obligation};
use interlock::plan::{Action, KafkaAction, Plan, ReplicaMove, Work};
use signalbox::desk::Done;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use story::kafka_house::{CLUSTER, KafkaHouse};
use story::lab::MoveCluster;
use story::lab::judge::{TopicPartition, TopicSpec};
use story::traffic::{Load, Sent};

pub(super) const TOPIC: &str = "moved";

pub(super) fn at(partition: i32) -> TopicPartition {
    TopicPartition { topic: TOPIC.to_owned(), partition }
}

/// Six partitions on brokers 1 to 3, each with some megabytes.
pub(super) async fn filled(cluster: &MoveCluster) -> Sent {
    filled_with(cluster, 2_400).await
}

/// The same with so many records of ten kilobytes.
pub(super) async fn filled_with(cluster: &MoveCluster, records: u64) -> Sent {
    let rings = [[1, 2, 3], [2, 3, 1], [3, 1, 2]];
    let on = rings.iter().cycle().take(6).map(|ring| ring.to_vec()).collect();
    let spec = TopicSpec::new(TOPIC, 6, 3).on(on).config("min.insync.replicas", "1");
    cluster.judge().create_topic(spec).await.expect("a topic");
    cluster.in_sync(TOPIC).await;
    Load::named("fill").keys(48).record_bytes(10_000).write(cluster.bootstrap(), TOPIC, records).await
}

pub(super) async fn assignment(cluster: &MoveCluster) -> BTreeMap<i32, Vec<i32>> {
    cluster.caught_up().await;
    let seen = cluster.judge().topic(TOPIC).await.expect("the topic");
    seen.partitions.into_iter().map(|one| (one.partition, one.replicas)).collect()
}

/// Everything that throttles, as Kafka's AdminClient sees it, on the thing itself.
pub(super) async fn throttles(cluster: &MoveCluster) -> BTreeMap<String, String> {
    cluster.caught_up().await;
    let mut found = BTreeMap::new();
    for id in MoveCluster::BROKERS {
        let configs = cluster.judge().configs("broker", &id.to_string()).await.expect("its settings");
        let rates = configs.into_iter().filter(|(key, _)| [LEADER_RATE, FOLLOWER_RATE].contains(&key.as_str()));
        found.extend(rates.map(|(key, value)| (format!("{id} {key}"), value)));
    }
    let configs = cluster.judge().configs("topic", TOPIC).await.expect("its settings");
    found.extend(configs.into_iter().filter(|(key, _)| [LEADER_LIST, FOLLOWER_LIST].contains(&key.as_str())));
    found
}

pub(in super::super) fn moves(plan: &Plan) -> Vec<ReplicaMove> {
    batches(plan).concat()
}

pub(super) fn batches(plan: &Plan) -> Vec<Vec<ReplicaMove>> {
    let of = |work: &Work| match work {
        Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => Some(moves.clone()),
        _ => None,
    };
    plan.steps.iter().filter_map(|step| of(&step.work)).collect()
}

pub(in super::super) async fn approved(house: &KafkaHouse, line: &str) -> OperationId {
    let id = house.story.person("alice").plans(line).await;
    for who in ["bob", "carol"] {
        house.story.person(who).approves(&id).await;
    }
    id
}

/// Longer than the stories' own patience: real bytes are copied.
pub(in super::super) async fn becomes(house: &KafkaHouse, id: &OperationId, state: State) {
    let began = Instant::now();
    loop {
        let seen = house.story.operation(id).await;
        if seen.state == state {
            return;
        }
        let ended = seen.state.has_ended() || matches!(seen.state, State::Failed | State::Stuck);
        assert!(!ended, "{:?} because of {:?}", seen.state, seen.why);
        assert!(began.elapsed() < Duration::from_secs(600), "still {:?}: {:?}", seen.state, seen.why);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

pub(super) fn scale_out(throttle: &str) -> String {
    format!("/scale-out cluster:{CLUSTER} brokers:4 topics:{TOPIC} throttle:{throttle}")
}

/// Three partitions of about a megabyte, each on two or three of the brokers 1 to 3; writes need so many in sync.
pub(super) async fn small(cluster: &MoveCluster, replicas: usize, min_isr: &str) {
    let rings = [[1, 2, 3], [2, 3, 1], [3, 1, 2]];
    let on = rings.iter().map(|ring| ring[..replicas].to_vec()).collect();
    let spec = TopicSpec::new(TOPIC, 3, 3).on(on).config("min.insync.replicas", min_isr);
    cluster.judge().create_topic(spec).await.expect("a topic");
    cluster.in_sync(TOPIC).await;
    Load::named("fill").keys(48).record_bytes(10_000).write(cluster.bootstrap(), TOPIC, 300).await;
}

/// A move of the small topic is under way; left alone, it would take longer than brokers of a busy machine need to die and to
/// come back.
pub(super) async fn under_way(house: &KafkaHouse) -> (OperationId, ReplicaMove) {
    let id = approved(house, &scale_out("6KiB")).await;
    becomes(house, &id, State::Waiting).await;
    let first = moves(house.story.plan(&id).await.plan())[0].clone();
    (id, first)
}

/// From now on the moves go as fast as they can, by somebody else's hand.
pub(super) async fn unthrottled(cluster: &MoveCluster) {
    for key in [FOLLOWER_LIST, LEADER_LIST] {
        cluster.judge().set_config(("topic", TOPIC), key, None).await.expect("a setting");
    }
}

/// What `/health` says is owed.
pub(super) async fn obligations(house: &KafkaHouse) -> Vec<Obligation> {
    match house.story.person("alice").runs(&format!("/health cluster:{CLUSTER}")).await {
        Done::Looked(answer) => match *answer {
            LookAnswer::Health(health) => health.obligations,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// Looks again and again until it is so.
pub(in super::super) async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < Duration::from_secs(300), "never: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
