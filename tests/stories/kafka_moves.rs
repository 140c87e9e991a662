//! `/scale-out` on four real brokers in four racks while records flow, judged by Kafka's own tools and by who reads.

mod busiest;
mod by_hand;
mod cancelled;
mod died;
mod endings;
mod foreign;
mod interference;
mod isr;
mod journal;
mod late;
mod lists;
mod log_dirs;
mod offline;
mod owed;
mod refused;
pub(super) mod scene;
mod steered;
mod stopped;
mod wildcard;

use interlock::approval::State;
use interlock::cluster::kafka::{FOLLOWER_LIST, LEADER_RATE};
use interlock::facts::Fact;
use interlock::plan::Level;
pub(super) use scene::moves as moves_of;
use scene::{TOPIC, approved, assignment, at, batches, becomes, filled, moves, scale_out, throttles};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use story::kafka_house::{KafkaPlot, check, lab};
use story::lab::MoveCluster;
use story::lab::judge::TopicPartition;
use story::traffic::{Load, Reader, Verdict, judge};

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
    assert_eq!(check(&plan.plan().checks, "left-over-throttle").level, Level::Warn, "somebody else's is named");
    for who in ["bob", "carol"] {
        house.story.person(who).approves(&id).await;
    }
    becomes(&house, &id, State::Waiting).await;
    let began = Instant::now();
    let listed = tools.reassign_partitions(&["--list"]).await.expect("Kafka's tool").stdout;
    assert!(listed.contains(TOPIC) && listed.contains("adding: 4"), "Kafka's tool sees it: {listed}");
    let set = throttles(&cluster).await;
    assert!(set[FOLLOWER_LIST].starts_with("99:99,"), "ours are added to what stood there: {set:?}");
    assert_eq!(
        set[&format!("2 {LEADER_RATE}")],
        (190 << 10).to_string(),
        "an earlier rate gives way for so long: {set:?}"
    );
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
    let completed = verified.stdout.matches(" is completed.").count();
    assert_eq!(completed, planned.len(), "Kafka's tool says it of each: {}", verified.stdout);

    let back = house.story.person("alice").plans(&format!("/rollback operation:{id} throttle:760KiB")).await;
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

/// What Kafka's AdminClient finds of a partition on a broker's disks, in bytes.
async fn stored(cluster: &MoveCluster, broker: i32, partition: i32) -> i64 {
    let dirs = cluster.judge().log_dirs(&[broker]).await.expect("its disks");
    dirs.iter().find_map(|dir| dir.replica(&at(partition))).map_or(0, |replica| replica.bytes)
}

#[tokio::test]
async fn a_stop_with_one_batch_done_and_one_half_copied_leaves_the_saved_order() {
    let cluster = MoveCluster::alone(lab()).await;
    filled(&cluster).await;
    let first = assignment(&cluster).await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let id = approved(&house, &scale_out("150KiB")).await;
    let batches = batches(house.story.plan(&id).await.plan());
    let planned = batches.concat();
    let arrived = |now: &BTreeMap<i32, Vec<i32>>| batches[0].iter().all(|one| now[&one.partition] == one.to.0);
    let began = Instant::now();
    loop {
        let now = assignment(&cluster).await;
        let under_way = cluster.judge().reassignments().await.expect("the moves");
        if let Some(one) = under_way.first().filter(|_| arrived(&now)) {
            let (copied, whole) = (stored(&cluster, 4, one.partition).await, now[&one.partition].clone());
            let whole = whole.into_iter().find(|id| first[&one.partition].contains(id)).expect("an old replica");
            if copied > 0 && copied < stored(&cluster, whole, one.partition).await {
                break;
            }
        }
        assert!(began.elapsed() < Duration::from_secs(300), "one batch was never done and one half copied");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    house.story.person("alice").runs(&format!("/stop operation:{id} reason:because")).await;
    becomes(&house, &id, State::Stopped).await;
    cluster.whole().await;
    let now = assignment(&cluster).await;
    assert!(arrived(&now), "a finished batch stays");
    let done = planned.iter().filter(|one| now[&one.partition] == one.to.0).count();
    assert!(done < planned.len(), "something was in flight");
    for (partition, replicas) in &now {
        let moved = planned.iter().any(|one| one.partition == *partition && one.to.0 == *replicas);
        assert!(moved || *replicas == first[partition], "{partition}: {replicas:?}");
    }
    assert_eq!(throttles(&cluster).await, BTreeMap::new());
    let back = house.story.person("alice").plans(&format!("/rollback operation:{id} throttle:600KiB")).await;
    house.story.person("alice").approves(&back).await;
    becomes(&house, &back, State::Succeeded).await;
    assert_eq!(assignment(&cluster).await, first, "order included");
}
