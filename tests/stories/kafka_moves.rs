//! `/scale-out` on four real brokers in four racks while records flow, judged by Kafka's own tools and by who reads.

use interlock::approval::State;
use interlock::cluster::kafka::{FOLLOWER_LIST, FOLLOWER_RATE, LEADER_LIST, LEADER_RATE};
use interlock::facts::Fact;
use interlock::id::OperationId;
use interlock::plan::{Action, KafkaAction, Plan, ReplicaMove, Work};
use signalbox::desk::Done;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use story::kafka_house::{CLUSTER, KafkaHouse, KafkaPlot, lab};
use story::lab::MoveCluster;
use story::lab::judge::{TopicPartition, TopicSpec};
use story::traffic::{Load, Reader, Verdict, judge};

const TOPIC: &str = "moved";

fn at(partition: i32) -> TopicPartition {
    TopicPartition { topic: TOPIC.to_owned(), partition }
}

/// Six partitions on brokers 1 to 3, each with some megabytes.
async fn filled(cluster: &MoveCluster) -> story::traffic::Sent {
    let rings = [[1, 2, 3], [2, 3, 1], [3, 1, 2]];
    let on = rings.iter().cycle().take(6).map(|ring| ring.to_vec()).collect();
    let spec = TopicSpec::new(TOPIC, 6, 3).on(on).config("min.insync.replicas", "1");
    cluster.judge().create_topic(spec).await.expect("a topic");
    cluster.in_sync(TOPIC).await;
    Load::named("fill").keys(48).record_bytes(10_000).write(cluster.bootstrap(), TOPIC, 2_400).await
}

async fn assignment(cluster: &MoveCluster) -> BTreeMap<i32, Vec<i32>> {
    let seen = cluster.judge().topic(TOPIC).await.expect("the topic");
    seen.partitions.into_iter().map(|one| (one.partition, one.replicas)).collect()
}

/// Everything that throttles, as Kafka's AdminClient sees it, on the thing itself.
async fn throttles(cluster: &MoveCluster) -> BTreeMap<String, String> {
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

fn moves(plan: &Plan) -> Vec<ReplicaMove> {
    let of = |work: &Work| match work {
        Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => moves.clone(),
        _ => Vec::new(),
    };
    plan.steps.iter().flat_map(|step| of(&step.work)).collect()
}

async fn approved(house: &KafkaHouse, line: &str) -> OperationId {
    let id = house.story.person("alice").plans(line).await;
    for who in ["bob", "carol"] {
        house.story.person(who).approves(&id).await;
    }
    id
}

/// Longer than the stories' own patience: real bytes are copied.
async fn becomes(house: &KafkaHouse, id: &OperationId, state: State) {
    let began = Instant::now();
    loop {
        let seen = house.story.operation(id).await;
        if seen.state == state {
            return;
        }
        let ended = seen.state.has_ended() || matches!(seen.state, State::Failed | State::Stuck);
        assert!(!ended, "{:?} because of {:?}", seen.state, seen.why);
        assert!(began.elapsed() < Duration::from_secs(300), "still {:?}: {:?}", seen.state, seen.why);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

fn scale_out(throttle: &str) -> String {
    format!("/scale-out cluster:{CLUSTER} brokers:4 topics:{TOPIC} throttle:{throttle}")
}

#[tokio::test]
async fn three_brokers_become_four_while_records_flow_and_all_of_it_is_taken_back() {
    let cluster = MoveCluster::alone(lab()).await;
    let filled = filled(&cluster).await;
    let tools = cluster.tools();
    let first = assignment(&cluster).await;
    // Earlier rates, a foreign entry, and keys that are not there.
    for (on, key, value) in [(("broker", "2"), LEADER_RATE, "777777777"), (("topic", TOPIC), FOLLOWER_LIST, "99:99")] {
        cluster.judge().set_config(on, key, Some(value)).await.expect("a setting");
    }
    let foreign = throttles(&cluster).await;
    assert_eq!(foreign.len(), 2);

    let house = KafkaPlot::moving(&cluster).await.build().await;
    let reader = Reader::start(cluster.bootstrap(), TOPIC);
    let traffic = Load::named("live").per_second(20).record_bytes(500).start(cluster.bootstrap(), TOPIC);
    traffic.flows(20).await;
    let id = house.story.person("alice").plans(&scale_out("190KiB")).await;
    let plan = house.story.plan(&id).await;
    let planned = moves(plan.plan());
    assert_eq!(plan.plan().impact.facts.get("moves"), plan.plan().impact.facts.get("bound"), "the fewest");
    let began = Instant::now();
    for who in ["bob", "carol"] {
        house.story.person(who).approves(&id).await;
    }
    becomes(&house, &id, State::Waiting).await;
    let listed = tools.reassign_partitions(&["--list"]).await.expect("Kafka's tool").stdout;
    assert!(listed.contains(TOPIC) && listed.contains("adding: 4"), "Kafka's tool sees it: {listed}");
    assert!(throttles(&cluster).await.len() > foreign.len());
    becomes(&house, &id, State::Succeeded).await;
    let took = began.elapsed();

    let (Some(Fact::Bytes(bytes)), Some(Fact::Bytes(inflow))) =
        (plan.plan().impact.facts.get("bytes"), plan.plan().impact.facts.get("inflow"))
    else {
        panic!("{:?}", plan.plan().impact)
    };
    let expected = *bytes as f64 / (190.0 * 1024.0 - *inflow as f64);
    println!("move: {bytes} bytes, inflow {inflow}/s, expected {expected:.1} s, took {took:?}");
    assert!(took >= Duration::from_secs(60), "{took:?}");
    let after = assignment(&cluster).await;
    for one in &planned {
        assert_eq!(after[&one.partition], one.to.0, "replicas equal the plan, in order");
    }
    let seen = cluster.judge().topic(TOPIC).await.expect("the topic");
    for one in &seen.partitions {
        assert_eq!(one.isr.len(), 3, "{one:?}");
        assert_eq!(one.leader, one.replicas[0], "{one:?}");
    }
    assert_eq!(throttles(&cluster).await, foreign, "each as it was before");
    let forward: Vec<(TopicPartition, Vec<i32>)> =
        planned.iter().map(|one| (at(one.partition), one.to.0.clone())).collect();
    let verified = tools.reassign(&["--verify", "--preserve-throttles"], &forward).await.expect("Kafka's tool");
    assert!(!verified.stdout.contains("still in progress"), "{}", verified.stdout);

    let back = house.story.person("alice").plans(&format!("/rollback operation:{id}")).await;
    house.story.person("alice").approves(&back).await;
    becomes(&house, &back, State::Succeeded).await;
    assert_eq!(assignment(&cluster).await, first, "order included");
    assert_eq!(throttles(&cluster).await, foreign);

    let sent = filled.and(&traffic.stop().await);
    assert_eq!(sent.unacknowledged(), 0);
    let mut read = reader.finish().await;
    assert_eq!(judge(&sent, &read), Verdict::default());
    let taken = read.remove(read.len() / 2);
    assert_eq!(judge(&sent, &read).gaps, [taken], "the judge sees one that is missing");
}

#[tokio::test]
async fn a_stop_with_one_batch_done_and_one_half_copied_leaves_the_saved_order() {
    let cluster = MoveCluster::alone(lab()).await;
    filled(&cluster).await;
    let first = assignment(&cluster).await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let id = approved(&house, &scale_out("300KiB")).await;
    let planned = moves(house.story.plan(&id).await.plan());
    let began = Instant::now();
    loop {
        let now = assignment(&cluster).await;
        let under_way = cluster.judge().reassignments().await.expect("the moves");
        if now[&planned[0].partition] == planned[0].to.0 && !under_way.is_empty() {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "one batch was never done");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    house.story.person("alice").runs(&format!("/stop operation:{id} reason:because")).await;
    becomes(&house, &id, State::Stopped).await;
    cluster.whole().await;
    let now = assignment(&cluster).await;
    assert_eq!(now[&planned[0].partition], planned[0].to.0, "a finished batch stays");
    let done = planned.iter().filter(|one| now[&one.partition] == one.to.0).count();
    assert!(done < planned.len(), "something was in flight");
    for (partition, replicas) in &now {
        let moved = planned.iter().any(|one| one.partition == *partition && one.to.0 == *replicas);
        assert!(moved || *replicas == first[partition], "{partition}: {replicas:?}");
    }
    assert_eq!(throttles(&cluster).await, BTreeMap::new());
    let back = house.story.person("alice").plans(&format!("/rollback operation:{id}")).await;
    house.story.person("alice").approves(&back).await;
    becomes(&house, &back, State::Succeeded).await;
    assert_eq!(assignment(&cluster).await, first, "order included");
}

#[tokio::test]
async fn a_foreign_reassignment_refuses_and_an_override_in_flight_is_named() {
    let cluster = MoveCluster::alone(lab()).await;
    filled(&cluster).await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let tools = cluster.tools();
    tools.reassign(&["--execute", "--throttle", "1000"], &[(at(0), vec![1, 2, 4])]).await.expect("Kafka's tool");
    let done = house.story.person("alice").runs(&scale_out("1MiB")).await;
    let Done::Refused(checks) = done else { panic!("{done:?}") };
    assert!(checks.iter().any(|one| one.blocks() && one.id == "reassignment-under-way"), "{checks:?}");
    cluster.judge().reassign(&at(0), None).await.expect("called off");
    for (on, key) in [(("topic", TOPIC), FOLLOWER_LIST), (("topic", TOPIC), LEADER_LIST)] {
        cluster.judge().set_config(on, key, None).await.expect("a setting");
    }

    let id = approved(&house, &scale_out("100KiB")).await;
    becomes(&house, &id, State::Waiting).await;
    let one = moves(house.story.plan(&id).await.plan())[0].clone();
    let other: Vec<i32> = one.from.0.iter().copied().rev().collect();
    cluster.judge().reassign(&at(one.partition), Some(&other)).await.expect("Kafka lets everybody override");
    becomes(&house, &id, State::Stuck).await;
    assert_eq!(house.story.operation(&id).await.why.id, "move-overridden");
}
