//! What looks show of real brokers when all is well: each number is the one that Kafka's own AdminClient tells.

use interlock::cluster::kafka::GroupState;
use interlock::facts::Fact;
use interlock::looks::{Cell, Counts, Grade, LookAnswer, Report, TopicLag};
use signalbox::desk::Done;
use std::collections::BTreeMap;
use story::kafka_house::{CLUSTER, KafkaHouse, KafkaPlot, Place, lab};
use story::lab::MoveCluster;
use story::lab::judge::{Bulk, Committed, MemberSpec, OffsetAt, Point, TopicSpec, TopicView};

const FIRST: i64 = 1_732_089_600_000;
/// Records in each partition.
const RECORDS: [u32; 4] = [40, 25, 0, 7];
/// What was removed at the beginning of the first partition.
const CUT: i64 = 5;

/// Four brokers that nobody else uses, with one topic of three replicas and a group at work that has read a part of it.
struct Scene {
    cluster: MoveCluster,
    house: KafkaHouse,
    place: Place,
}

async fn scene() -> Scene {
    let cluster = MoveCluster::alone(lab()).await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let place = Place::unique();
    let on = [[1, 2, 3], [2, 3, 4], [3, 4, 1], [4, 1, 2]].map(|ring| ring.to_vec());
    let spec = TopicSpec::new(&place.topic, 4, 3).on(on.into()).config("min.insync.replicas", "2");
    cluster.judge().create_topic(spec).await.unwrap();
    for (partition, count) in (0..).zip(RECORDS).filter(|(_, count)| *count > 0) {
        let (topic, partitions) = (place.topic.clone(), vec![partition]);
        let bulk = Bulk { topic, partitions, count, first_timestamp: FIRST, step_ms: 60_000, value_bytes: 16 };
        cluster.judge().produce_many(bulk).await.unwrap();
    }
    cluster.judge().delete_records(&place.partition(0), CUT).await.unwrap();
    // One partition is read to its end, one in part, two not at all.
    house.commits(&place, &[place.commit(0, 12), place.commit(3, 7)]).await;
    cluster.whole().await;
    Scene { cluster, house, place }
}

impl Scene {
    async fn looks(&self, line: &str) -> LookAnswer {
        match self.house.story.person("vic").runs(&format!("{line} cluster:{CLUSTER}")).await {
            Done::Looked(answer) => *answer,
            other => panic!("{line}: {other:?}"),
        }
    }

    async fn topic(&self) -> TopicView {
        self.cluster.judge().topic(&self.place.topic).await.unwrap()
    }

    async fn ends(&self, point: Point) -> Vec<i64> {
        let offsets = self.cluster.judge().offsets(&self.place.topic, point).await.unwrap();
        offsets.into_iter().map(|OffsetAt { offset, .. }| offset).collect()
    }

    /// Where the group stands, and its lag, by Kafka's word alone.
    async fn lag(&self) -> BTreeMap<i32, (i64, i64)> {
        let ends = self.ends(Point::Latest).await;
        let committed = self.house.committed(&self.place).await;
        let lag =
            |one: Committed| (one.partition, (one.offset, ends[usize::try_from(one.partition).unwrap()] - one.offset));
        committed.into_iter().map(lag).collect()
    }
}

fn sorted(mut ids: Vec<i32>) -> Vec<i32> {
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn a_topic_is_shown_with_its_id_leaders_replicas_and_extent() {
    let scene = scene().await;
    let LookAnswer::Topic(shown) = scene.looks(&format!("/topic topic:{}", scene.place.topic)).await else { panic!() };
    let judged = scene.topic().await;
    let (starts, ends) = (scene.ends(Point::Earliest).await, scene.ends(Point::Latest).await);
    assert_eq!((starts[0], ends.as_slice()), (CUT, &RECORDS.map(i64::from)[..]));
    assert_eq!((shown.topic.as_str(), &shown.id), (judged.topic.as_str(), &judged.topic_id));
    assert_eq!(shown.partitions.len(), judged.partitions.len());
    for (one, seen) in shown.partitions.iter().zip(&judged.partitions) {
        assert_eq!((one.partition, one.leader), (seen.partition, Some(seen.leader)));
        assert_eq!((&one.replicas, sorted(one.isr.clone())), (&seen.replicas, sorted(seen.isr.clone())));
        let place = usize::try_from(one.partition).unwrap();
        assert_eq!(one.range, Some((starts[place], ends[place])));
    }
    let settings = shown.settings.known().expect("its settings");
    let settings: BTreeMap<String, String> =
        settings.iter().filter_map(|one| Some((one.key.clone(), one.value.clone()?))).collect();
    assert_eq!(settings, scene.cluster.judge().configs("topic", &scene.place.topic).await.unwrap());
}

#[tokio::test]
async fn a_group_at_work_is_shown_with_its_members_and_its_lag() {
    let scene = scene().await;
    let member = MemberSpec::new(&scene.place.group, &scene.place.topic).client_id("billing-worker-7").reads_only(0);
    let member = scene.cluster.judge().start_member(member).await.unwrap();
    let judged = scene.cluster.judge().group(&scene.place.group).await.unwrap();
    let LookAnswer::Group(shown) = scene.looks(&format!("/group group:{}", scene.place.group)).await else { panic!() };
    assert_eq!((judged.state.as_str(), shown.state), ("Stable", GroupState::Stable));
    let by_kafka: Vec<_> =
        judged.members.iter().map(|one| (one.client_id.as_str(), Some(one.assigned.len()))).collect();
    let by_us: Vec<_> = shown.members.iter().map(|one| (one.client_id.as_str(), one.assigned)).collect();
    assert_eq!(by_us, by_kafka);
    assert_eq!(by_us, [("billing-worker-7", Some(RECORDS.len()))]);
    let lag = scene.lag().await;
    let topics: &Vec<TopicLag> = shown.topics.known().expect("its topics");
    let line = &topics[0];
    assert_eq!((topics.len(), line.topic.as_str()), (1, scene.place.topic.as_str()));
    assert_eq!((line.committed, line.without_commit), (lag.len(), RECORDS.len() - lag.len()));
    assert_eq!(line.lag, Some(lag.values().map(|(_, lag)| lag).sum()));

    let line = format!("/lag group:{} topic:{}", scene.place.group, scene.place.topic);
    let LookAnswer::Lag(shown) = scene.looks(&line).await else { panic!() };
    let (starts, ends) = (scene.ends(Point::Earliest).await, scene.ends(Point::Latest).await);
    assert_eq!(shown.group.total, 28, "40 - 12 and 7 - 7");
    for one in &shown.group.partitions {
        let place = usize::try_from(one.partition).unwrap();
        assert_eq!((one.start, one.end), (starts[place], ends[place]));
        let judged = lag.get(&one.partition);
        assert_eq!((one.committed, one.lag), (judged.map(|one| one.0), judged.map(|one| one.1)), "{one:?}");
    }
    assert_eq!(shown.group.partitions.len(), RECORDS.len());
    member.stop().await.unwrap();
}

#[tokio::test]
async fn a_healthy_cluster_is_shown_with_its_brokers_and_counts() {
    let scene = scene().await;
    let LookAnswer::Health(shown) = scene.looks("/health").await else { panic!() };
    let judged = scene.cluster.judge().cluster().await.unwrap();
    assert_eq!(shown.grade, Grade::Healthy, "{shown:?}");
    assert_eq!(sorted(shown.brokers.clone()), judged.brokers);
    assert_eq!((shown.offline, shown.under_replicated, shown.under_min_isr, shown.min_isr_unknown), (0, 0, 0, 0));
    assert!(shown.topics.is_empty() && shown.obligations.is_empty(), "{shown:?}");
    let in_sync = scene.topic().await.partitions.iter().all(|one| one.isr.len() == one.replicas.len());
    assert!(in_sync, "and Kafka's own client says so, too");

    let done = scene.house.story.person("vic").runs("/clusters").await;
    let Done::Looked(answer) = done else { panic!("{done:?}") };
    let LookAnswer::Clusters(all) = *answer else { panic!() };
    let Counts::Kafka(counts) = all.clusters[0].counts.known().expect("its counts") else { panic!() };
    // Kafka's own topics are looked after by Kafka.
    let topics = scene.cluster.judge().topics().await.unwrap();
    let topics = topics.iter().filter(|name| !name.starts_with("__")).count();
    assert_eq!((counts.brokers, counts.topics), (judged.brokers.len() as u64, topics as u64));
    assert_eq!((counts.offline, counts.under_replicated), (0, 0));
}

impl Scene {
    async fn reports(&self, line: &str) -> Report {
        match self.looks(line).await {
            LookAnswer::Report(report) => report,
            other => panic!("{line}: {other:?}"),
        }
    }

    /// How many replicas of all topics a broker has, and how many partitions it leads, by Kafka's word alone.
    async fn load(&self, broker: i32) -> (i64, i64) {
        let (mut replicas, mut leads) = (0, 0);
        for topic in self.cluster.judge().topics().await.unwrap() {
            for one in self.cluster.judge().topic(&topic).await.unwrap().partitions {
                replicas += i64::from(one.replicas.contains(&broker));
                leads += i64::from(one.leader == broker);
            }
        }
        (replicas, leads)
    }
}

#[tokio::test]
async fn routes_clients_and_loads_are_as_kafka_tells() {
    let scene = scene().await;
    let (topic, group) = (&scene.place.topic, &scene.place.group);
    let route = scene.reports(&format!("/route topic:{topic}")).await;
    let written = |ids: &[i32]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let judged = scene.topic().await.partitions;
    assert_eq!(route.tables[1].rows.len(), judged.len());
    for (row, seen) in route.tables[1].rows.iter().zip(&judged) {
        let [partition, leader] = [seen.partition, seen.leader].map(|number| Cell::Number(i64::from(number)));
        assert_eq!(row[..3], [partition, leader, Cell::name(written(&seen.replicas))]);
    }

    let member = MemberSpec::new(group, topic).client_id("billing-worker-7").reads_only(0);
    let member = scene.cluster.judge().start_member(member).await.unwrap();
    for line in [format!("/who group:{group}"), format!("/who topic:{topic}")] {
        let rows = &scene.reports(&line).await.tables[0].rows;
        let all: Vec<_> = rows.iter().map(|row| (&row[0], &row[1], &row[3])).collect();
        let wanted = (&Cell::name("billing-worker-7"), &Cell::name(group), &Cell::count(RECORDS.len()));
        assert_eq!(all, [wanted], "{line}");
    }
    member.stop().await.unwrap();

    let skew = scene.reports("/skew").await;
    for id in scene.cluster.judge().cluster().await.unwrap().brokers {
        let (replicas, leads) = scene.load(id).await;
        let broker = scene.reports(&format!("/broker broker:{id}")).await;
        let told = broker.lines.iter().find(|line| line.id == "broker-replicas").expect("its replicas");
        let told = ["count", "leaders"].map(|fact| told.facts.get(fact).cloned());
        assert_eq!(told, [replicas, leads].map(|number| Some(Fact::Count(number))), "broker {id}");
        let row = skew.tables[0].rows.iter().find(|row| row[0] == Cell::name(id)).expect("the broker");
        assert_eq!(row[1..3], [Cell::Number(replicas), Cell::Number(leads)], "broker {id}");
    }

    let is_told = std::cell::Cell::new(false);
    let writes = async {
        while !is_told.get() {
            let (topic, partitions) = (topic.clone(), vec![1]);
            let bulk = Bulk { topic, partitions, count: 200, first_timestamp: FIRST, step_ms: 1, value_bytes: 1_000 };
            scene.cluster.judge().produce_many(bulk).await.unwrap();
        }
    };
    let looks = async {
        let hot = scene.reports("/hot").await;
        is_told.set(true);
        hot
    };
    let (hot, ()) = tokio::join!(looks, writes);
    let row = hot.tables[0].rows.iter().find(|row| row[0] == Cell::name(topic)).expect("it is written");
    assert!(matches!(row[1], Cell::Bytes(rate) if rate > 0), "{row:?}");
}

/// The same looks with a broker that is dead: the numbers are not those of a cluster that is always well.
#[tokio::test]
async fn a_dead_broker_is_missing_where_kafkas_own_client_misses_it() {
    let scene = scene().await;
    scene.cluster.kill_broker(4).await;
    scene.cluster.until_dead(4).await;
    let short = |view: &TopicView| view.partitions.iter().filter(|one| one.isr.len() < one.replicas.len()).count();
    let LookAnswer::Health(shown) = scene.looks("/health").await else { panic!() };
    assert_eq!(sorted(shown.brokers.clone()), scene.cluster.judge().cluster().await.unwrap().brokers);
    assert_ne!(shown.grade, Grade::Healthy, "{shown:?}");
    let of_ours = shown.topics.iter().find(|one| one.topic.as_str() == scene.place.topic).expect("the topic");
    assert_eq!(of_ours.under_replicated as usize, short(&scene.topic().await), "{of_ours:?}");
    assert_eq!(of_ours.under_min_isr, Some(0), "two of three are in sync");
    scene.cluster.start_broker(4).await;
}
