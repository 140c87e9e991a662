//! Topics that are chosen by what comes into them, judged by Kafka's own client.

use super::scene::{TOPIC, approved, assignment, becomes, moves};
use interlock::approval::State;
use std::collections::{BTreeMap, BTreeSet};
use story::kafka_house::{CLUSTER, KafkaPlot, lab};
use story::lab::MoveCluster;
use story::lab::judge::{Point, TopicSpec};
use story::traffic::Load;

async fn topic(cluster: &MoveCluster, name: &str, on: &[&[i32]]) {
    let partitions = i32::try_from(on.len()).expect("few");
    let replicas = i16::try_from(on[0].len()).expect("few");
    let on = on.iter().map(|replicas| replicas.to_vec()).collect();
    let spec = TopicSpec::new(name, partitions, replicas).on(on).config("min.insync.replicas", "1");
    cluster.judge().create_topic(spec).await.expect("a topic");
    cluster.in_sync(name).await;
}

/// Of three topics the two that most comes into are moved; AdminClient's ends of their logs say which these are.
#[tokio::test]
async fn the_busiest_topics_are_those_that_most_comes_into() {
    const TOPICS: [(&str, u32, usize); 3] = [(TOPIC, 20, 4_000), ("second", 20, 1_500), ("calm", 10, 100)];
    let cluster = MoveCluster::alone(lab()).await;
    let mut loads = Vec::new();
    for (name, per_second, bytes) in TOPICS {
        topic(&cluster, name, &[&[1, 2, 3], &[2, 3, 1], &[3, 1, 2]]).await;
        let load = Load::named(name).per_second(per_second).record_bytes(bytes).start(cluster.bootstrap(), name);
        load.flows(20).await;
        loads.push(load);
    }
    let ends = async || {
        let mut ends = BTreeMap::new();
        for (name, _, bytes) in TOPICS {
            let seen = cluster.judge().offsets(name, Point::Latest).await.expect("the ends");
            let records: i64 = seen.iter().map(|one| one.offset).sum();
            ends.insert(name, records * i64::try_from(bytes).expect("small"));
        }
        ends
    };
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let before = ends().await;
    let line = format!("/scale-out cluster:{CLUSTER} brokers:4 topics:busiest:2 throttle:20MiB");
    let id = approved(&house, &line).await;
    let after = ends().await;
    let mut grown: Vec<(i64, &str)> = TOPICS.map(|(name, ..)| (after[name] - before[name], name)).to_vec();
    grown.sort_unstable();
    let busiest: BTreeSet<&str> = grown[1..].iter().map(|(_, name)| *name).collect();
    let plan = house.story.plan(&id).await;
    let planned = moves(plan.plan());
    assert_eq!(planned.iter().map(|one| one.topic.as_str()).collect::<BTreeSet<_>>(), busiest, "{grown:?}");
    assert_eq!(plan.plan().arguments["topics"].split(',').collect::<BTreeSet<_>>(), busiest, "as names, not as a rule");
    becomes(&house, &id, State::Succeeded).await;
    let now = assignment(&cluster).await;
    for one in planned.iter().filter(|one| one.topic.as_str() == TOPIC) {
        assert_eq!(now[&one.partition], one.to.0);
    }
    for load in loads {
        assert_eq!(load.stop().await.unacknowledged(), 0);
    }
}
