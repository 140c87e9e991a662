//! Topics that are chosen by what comes into them, judged by Kafka's own client.

use super::scene::{TOPIC, approved, assignment, becomes, moves, until};
use interlock::approval::State;
use interlock::looks::{Cell, LookAnswer};
use signalbox::desk::Done;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use story::kafka_house::{CLUSTER, KafkaHouse, KafkaPlot, lab};
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

/// The bytes a second that `/hot` says come into each topic.
async fn hot(house: &KafkaHouse) -> BTreeMap<String, u64> {
    let Done::Looked(answer) = house.story.person("alice").runs(&format!("/hot cluster:{CLUSTER}")).await else {
        panic!("no look")
    };
    let LookAnswer::Report(report) = *answer else { panic!("no report") };
    let of = |row: &Vec<Cell>| match &row[..] {
        [Cell::Name(topic), Cell::Bytes(rate), _] => (topic.clone(), *rate),
        other => panic!("{other:?}"),
    };
    report.tables[0].rows.iter().map(of).collect()
}

/// How many records a topic's log ever had and how many were removed from it, as Kafka's AdminClient says.
async fn ever_and_removed(cluster: &MoveCluster, name: &str) -> (i64, i64) {
    let sum = async |point| {
        let seen = cluster.judge().offsets(name, point).await.expect("the offsets");
        seen.iter().map(|one| one.offset).sum()
    };
    (sum(Point::Latest).await, sum(Point::Earliest).await)
}

/// Of two topics more comes into the one whose log stands still, for retention removes as much; the other one only grows.
#[tokio::test]
async fn a_topic_at_its_retention_limit_is_as_busy_as_its_producer() {
    const BYTES: i64 = 10_000;
    let cluster = MoveCluster::alone(lab()).await;
    let spec = |name| TopicSpec::new(name, 4, 1).on(vec![vec![1]; 4]).config("min.insync.replicas", "1");
    let full = spec(TOPIC).config("retention.bytes", "4194304").config("segment.bytes", "1048576");
    cluster.judge().create_topic(full).await.expect("a topic");
    cluster.judge().create_topic(spec("growing")).await.expect("a topic");
    let start = |name, per_second| {
        let load = Load::named(name).per_second(per_second).record_bytes(usize::try_from(BYTES).expect("small"));
        load.start(cluster.bootstrap(), name)
    };
    let loads = [start(TOPIC, 200), start("growing", 60)];
    until("retention keeps the log as large as it is", async || ever_and_removed(&cluster, TOPIC).await.1 > 400).await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    hot(&house).await;
    let (began, before) = (Instant::now(), ever_and_removed(&cluster, TOPIC).await);
    until("a look is old enough to be compared with", async || {
        ever_and_removed(&cluster, TOPIC).await.0 > before.0 + 200 * 25
    })
    .await;
    let (after, span) = (ever_and_removed(&cluster, TOPIC).await, began.elapsed());
    let rates = hot(&house).await;
    let (came_in, removed) = (after.0 - before.0, after.1 - before.1);
    assert!(removed * 10 > came_in * 6, "most of what came in was removed: {removed} of {came_in} records");
    let produced = f64::from(i32::try_from(came_in * BYTES).expect("some megabytes")) / span.as_secs_f64();
    let found = f64::from(u32::try_from(rates[TOPIC]).expect("some megabytes"));
    // Both windows have ends of their own, and a producer that was kept waiting catches up. By the growth of its log alone less
    // than 40% would be found, for at least 60% of what came in was removed.
    assert!((found / produced - 1.0).abs() < 0.5, "{found} bytes a second, and {produced} were produced");
    assert!(rates[TOPIC] > rates["growing"], "{rates:?}");
    let line = format!("/scale-out cluster:{CLUSTER} brokers:4 topics:busiest:1 throttle:20MiB");
    let id = house.story.person("alice").plans(&line).await;
    assert_eq!(house.story.plan(&id).await.plan().arguments["topics"], TOPIC);
    for load in loads {
        assert_eq!(load.stop().await.unacknowledged(), 0);
    }
}
