use super::*;
use crate::cluster::kafka::{
    Broker, BrokerDirs, Committed, CommittedOffset, ConfigEntry, Group, GroupKind, GroupOverview, GroupState,
    KafkaAnswer, KafkaCluster, KafkaQuery, LogDir, LogRange, Member, NamedTopic, Partition, PartitionRate, Rates,
    StoredReplica, Topic, TopicOverview,
};
use crate::cluster::{Answer, ClusterKind, FailureKind, Mode, Section, Seen, Tier};
use crate::command::Value;
use crate::time::Millis;

fn cluster() -> Cluster {
    Cluster {
        name: "lab".parse().unwrap(),
        kind: ClusterKind::Kafka,
        tier: Tier::Staging,
        domain: String::new(),
        mode: Mode::Change,
    }
}

fn put(sections: &mut Sections, query: KafkaQuery, answer: KafkaAnswer) {
    let seen = Seen { from: Millis(1), to: Millis(2), value: Answer::Kafka(answer) };
    sections.put(Query::Kafka(query), Section::Seen(seen));
}

fn fail(sections: &mut Sections, query: KafkaQuery) {
    let failure = Failure { kind: FailureKind::TimedOut, said: "no answer within 8 s".to_owned() };
    sections.put(Query::Kafka(query), Section::Failed(failure));
}

fn topic_name(name: &str) -> TopicName {
    name.parse().unwrap()
}

fn partition(number: i32, isr: &[i32]) -> Partition {
    Partition { partition: number, leader: isr.first().copied(), replicas: vec![1, 2, 3], isr: isr.to_vec() }
}

fn overview(name: &str, under_replicated: u32, offline: u32) -> TopicOverview {
    TopicOverview { name: topic_name(name), internal: false, partitions: 2, replicas: 3, under_replicated, offline }
}

fn committed(topic: &str, partition: i32, offset: i64) -> CommittedOffset {
    CommittedOffset { topic: topic_name(topic), partition, committed: Committed::plain(offset) }
}

/// A cluster as a backend would show it: every look is answered.
fn world() -> Sections {
    let mut sections = Sections::empty();
    let brokers = [1, 2, 3].map(|id| Broker { id, rack: None }).to_vec();
    let cluster = KafkaCluster { id: "id".to_owned(), controller: Some(1), brokers, rights: None };
    put(&mut sections, KafkaQuery::Cluster, KafkaAnswer::Cluster(cluster));
    let topics = vec![overview("orders", 1, 0), overview("payments", 0, 0), overview("secret-orders", 0, 0)];
    put(&mut sections, KafkaQuery::Topics, KafkaAnswer::Topics(topics));
    let orders = topic_name("orders");
    let topic = Topic {
        id: "t".to_owned(),
        internal: false,
        partitions: vec![partition(0, &[1, 2, 3]), partition(1, &[2])],
        rights: None,
    };
    put(&mut sections, KafkaQuery::Topic(orders.clone()), KafkaAnswer::Topic(Some(topic)));
    put(&mut sections, KafkaQuery::Topic(topic_name("ordres")), KafkaAnswer::Topic(None));
    let entry = ConfigEntry { key: "min.insync.replicas".to_owned(), value: Some("2".to_owned()) };
    put(&mut sections, KafkaQuery::TopicConfig(orders.clone()), KafkaAnswer::TopicConfig(vec![entry]));
    let ranges = vec![LogRange { partition: 0, start: 100, end: 1_000 }, LogRange { partition: 1, start: 0, end: 500 }];
    put(&mut sections, KafkaQuery::LogRanges(orders.clone()), KafkaAnswer::LogRanges(ranges));
    let groups = ["billing", "audit", "hidden"].map(|id| GroupOverview {
        id: id.parse().unwrap(),
        kind: GroupKind::Classic,
        state: GroupState::Stable,
    });
    put(&mut sections, KafkaQuery::Groups, KafkaAnswer::Groups(groups.to_vec()));
    let billing: GroupId = "billing".parse().unwrap();
    let member = Member {
        member_id: "m".to_owned(),
        instance_id: None,
        client_id: "billing-1".to_owned(),
        host: "10.0.3.7".to_owned(),
        assigned: Some([(orders, vec![0])].into()),
    };
    let group = Group {
        kind: GroupKind::Classic,
        state: GroupState::Stable,
        protocol_type: "consumer".to_owned(),
        members: vec![member],
        rights: None,
    };
    put(&mut sections, KafkaQuery::Group(billing.clone()), KafkaAnswer::Group(Some(group)));
    let offsets = vec![committed("orders", 0, 40)];
    put(&mut sections, KafkaQuery::Committed(billing), KafkaAnswer::Committed(offsets));
    let audit = "audit".parse().unwrap();
    put(&mut sections, KafkaQuery::Committed(audit), KafkaAnswer::Committed(vec![committed("payments", 0, 1)]));
    sections
}

fn arguments(pairs: &[(&str, Value)]) -> Arguments {
    Arguments(pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

/// Rounds as the desk makes them, out of a world; gives also how many there were.
fn run(command: &str, arguments: &Arguments, world: &Sections) -> (Looking, usize) {
    let cluster = cluster();
    let topic = |name: &TopicName| !name.as_str().starts_with("secret");
    let group = |id: &GroupId| id.as_str() != "hidden";
    let visible = Visible { topic: &topic, group: &group };
    let mut sections = Sections::empty();
    for round in 1..=6 {
        let asked =
            Asked { cluster: &cluster, sections: &sections, arguments, visible, obligations: &[], freezes: &[] };
        match look(command, &asked).unwrap() {
            Looking::Need(queries) => {
                assert!(!sections.missing(&queries).is_empty(), "{command} asks again for what it has");
                for query in queries {
                    let section = world.get(&query).clone();
                    assert_ne!(section, Section::NotAsked, "the world does not know {query:?}");
                    sections.put(query, section);
                }
            }
            done => return (done, round),
        }
    }
    panic!("{command} does not come to an end");
}

fn answered(looking: Looking) -> LookAnswer {
    match looking {
        Looking::Answer(answer) => *answer,
        other => panic!("{other:?}"),
    }
}

fn topic_option(name: &str) -> (&'static str, Value) {
    ("topic", Value::Topic(topic_name(name)))
}

fn group_option(name: &str) -> (&'static str, Value) {
    ("group", Value::Group(name.parse().unwrap()))
}

#[test]
fn health_counts_what_is_below_the_minimum() {
    let (looking, rounds) = run("health", &Arguments::default(), &world());
    let LookAnswer::Health(health) = answered(looking) else { panic!("not health") };
    assert_eq!((health.under_replicated, health.under_min_isr, health.grade), (1, 1, Grade::Broken));
    assert_eq!(rounds, 3);
}

#[test]
fn health_says_when_the_minimum_is_not_known() {
    let mut world = world();
    fail(&mut world, KafkaQuery::TopicConfig(topic_name("orders")));
    let LookAnswer::Health(health) = answered(run("health", &Arguments::default(), &world).0) else { panic!() };
    assert_eq!((health.under_min_isr, health.min_isr_unknown, health.grade), (0, 1, Grade::Degraded));
    assert!(!health.is_whole());
}

/// Twenty unhealthy topics are looked at in detail; of the others nobody can say that they are written to.
#[test]
fn health_of_which_not_everything_was_looked_at_is_not_whole() {
    let ill = |count: usize| {
        let mut world = world();
        let mut topics = Vec::new();
        for number in 0..count {
            let name = topic_name(&format!("t{number}"));
            topics.push(overview(name.as_str(), 1, 0));
            let seen = Topic {
                id: name.to_string(),
                internal: false,
                partitions: vec![partition(0, &[1, 2]), partition(1, &[1, 2, 3])],
                rights: None,
            };
            put(&mut world, KafkaQuery::Topic(name.clone()), KafkaAnswer::Topic(Some(seen)));
            let entry = ConfigEntry { key: "min.insync.replicas".to_owned(), value: Some("2".to_owned()) };
            put(&mut world, KafkaQuery::TopicConfig(name), KafkaAnswer::TopicConfig(vec![entry]));
        }
        put(&mut world, KafkaQuery::Topics, KafkaAnswer::Topics(topics));
        let LookAnswer::Health(health) = answered(run("health", &Arguments::default(), &world).0) else { panic!() };
        health
    };
    let (all, some) = (ill(20), ill(21));
    assert_eq!((all.grade, all.is_whole(), all.topics_left_out), (Grade::Degraded, true, 0));
    assert_eq!((some.grade, some.is_whole(), some.topics_left_out), (Grade::Degraded, false, 1));
}

#[test]
fn a_cluster_with_something_to_put_back_is_not_healthy() {
    let mut world = world();
    put(&mut world, KafkaQuery::Topics, KafkaAnswer::Topics(vec![overview("orders", 0, 0)]));
    let owed = Obligation {
        operation: "K7F3QD".parse().unwrap(),
        id: "broker-throttle".to_owned(),
        thing: "broker 4".to_owned(),
        due: Millis(9),
    };
    let (cluster, arguments) = (cluster(), Arguments::default());
    let nothing = Visible { topic: &|_| false, group: &|_| false };
    for (obligations, grade) in [(vec![owed], Grade::Degraded), (Vec::new(), Grade::Healthy)] {
        let asked = Asked {
            cluster: &cluster,
            sections: &world,
            arguments: &arguments,
            visible: nothing,
            obligations: &obligations,
            freezes: &[],
        };
        let LookAnswer::Health(health) = answered(look("health", &asked).unwrap()) else { panic!("not health") };
        assert_eq!((health.grade, health.obligations), (grade, obligations), "also where no topic is in scope");
    }
}

#[test]
fn a_topic_shows_leaders_and_ranges() {
    let LookAnswer::Topic(topic) = answered(run("topic", &arguments(&[topic_option("orders")]), &world()).0) else {
        panic!()
    };
    assert_eq!(topic.partitions[0].range, Some((100, 1_000)));
    assert_eq!(topic.partitions[1].isr, [2]);
}

#[test]
fn a_topic_is_shown_although_its_log_is_not_seen() {
    let mut world = world();
    fail(&mut world, KafkaQuery::LogRanges(topic_name("orders")));
    let LookAnswer::Topic(topic) = answered(run("topic", &arguments(&[topic_option("orders")]), &world).0) else {
        panic!()
    };
    assert!(topic.ranges_failed.is_some());
    assert_eq!(topic.partitions[0].range, None);
}

#[test]
fn an_unknown_topic_gives_near_ones_in_scope_only() {
    let mut world = world();
    put(&mut world, KafkaQuery::Topic(topic_name("secret-order")), KafkaAnswer::Topic(None));
    put(&mut world, KafkaQuery::LogRanges(topic_name("ordres")), KafkaAnswer::LogRanges(Vec::new()));
    put(&mut world, KafkaQuery::TopicConfig(topic_name("ordres")), KafkaAnswer::TopicConfig(Vec::new()));
    let (Looking::Mistake(mistake), _) = run("topic", &arguments(&[topic_option("ordres")]), &world) else { panic!() };
    assert_eq!(mistake.id, "unknown-topic");
    assert_eq!(mistake.facts.get("suggestions"), Some(&vec!["orders".to_owned()].into()));
}

#[test]
fn what_is_out_of_scope_looks_like_what_does_not_exist() {
    let (Looking::Mistake(mistake), _) = run("topic", &arguments(&[topic_option("secret-orders")]), &world()) else {
        panic!("shown")
    };
    assert_eq!(mistake.id, "unknown-topic");
    let (Looking::Mistake(mistake), _) = run("group", &arguments(&[group_option("hidden")]), &world()) else {
        panic!("shown")
    };
    assert_eq!(mistake.id, "unknown-group");
}

#[test]
fn lag_counts_a_commit_below_the_log_from_its_start() {
    let of = arguments(&[topic_option("orders"), group_option("billing")]);
    let LookAnswer::Lag(lag) = answered(run("lag", &of, &world()).0) else { panic!() };
    assert_eq!(lag.group.total, 900);
    assert_eq!(lag.group.partitions[1].committed, None);
    assert_eq!(lag.group.partitions[1].lag, None);
    let hidden = arguments(&[topic_option("orders"), group_option("hidden")]);
    let (Looking::Mistake(mistake), _) = run("lag", &hidden, &world()) else { panic!("shown") };
    assert_eq!(mistake.id, "unknown-group");
}

#[test]
fn a_group_shows_members_and_lag_by_topic() {
    let LookAnswer::Group(group) = answered(run("group", &arguments(&[group_option("billing")]), &world()).0) else {
        panic!()
    };
    assert_eq!((group.members[0].client_id.as_str(), group.members[0].assigned), ("billing-1", Some(1)));
    let lags = group.topics.known().unwrap();
    assert_eq!((lags[0].committed, lags[0].without_commit, lags[0].lag), (1, 1, Some(900)));
}

#[test]
fn a_look_that_cannot_see_fails() {
    let mut world = world();
    fail(&mut world, KafkaQuery::Group("billing".parse().unwrap()));
    let (looking, _) = run("group", &arguments(&[group_option("billing")]), &world);
    assert!(matches!(looking, Looking::Failed(failure) if failure.kind == FailureKind::TimedOut));
}

#[test]
fn a_missing_option_is_a_mistake() {
    let (Looking::Mistake(mistake), _) = run("lag", &Arguments::default(), &world()) else { panic!() };
    assert_eq!(mistake.id, "missing-option");
}

#[test]
fn clusters_keep_those_that_do_not_answer() {
    let mut down = Sections::empty();
    fail(&mut down, KafkaQuery::Cluster);
    let seen = |sections| clusters::SeenCluster { cluster: cluster(), sections, freezes: Vec::new() };
    let LookAnswer::Clusters(found) = clusters::answer(&[seen(world()), seen(down)]) else { panic!() };
    assert_eq!(
        found.clusters[0].counts.known(),
        Some(&Counts::Kafka(ClusterCounts { brokers: 3, topics: 3, offline: 0, under_replicated: 1 }))
    );
    assert!(found.clusters[1].counts.known().is_none());
}

/// The same world with what lies where and how much comes in.
fn laid_out() -> Sections {
    let mut world = world();
    let named = |name: &str, partitions: Vec<Partition>| NamedTopic {
        name: topic_name(name),
        topic: Topic { id: name.to_owned(), internal: false, partitions, rights: None },
    };
    let orders = named("orders", vec![partition(0, &[1, 2, 3]), partition(1, &[2])]);
    let secret = named("secret-orders", vec![partition(0, &[1, 2, 3])]);
    put(&mut world, KafkaQuery::Layout, KafkaAnswer::Layout(vec![orders, secret]));
    let stored = |topic: &str, bytes| StoredReplica { topic: topic_name(topic), partition: 0, bytes, future: false };
    let dir = |bytes| LogDir {
        path: "/data".to_owned(),
        failed: false,
        cordoned: false,
        total_bytes: Some(1_000),
        usable_bytes: Some(250),
        replicas: vec![stored("orders", bytes)],
    };
    let dirs = vec![
        BrokerDirs { broker: 1, dirs: Some(vec![dir(700)]) },
        BrokerDirs { broker: 2, dirs: Some(vec![dir(100)]) },
        BrokerDirs { broker: 3, dirs: None },
    ];
    put(&mut world, KafkaQuery::LogDirs, KafkaAnswer::LogDirs(dirs));
    let rate = |topic: &str, partition, bytes_per_second| PartitionRate {
        topic: topic_name(topic),
        partition,
        bytes_per_second,
    };
    let partitions =
        vec![rate("orders", 0, 20), rate("orders", 1, 30), rate("payments", 0, 0), rate("secret-orders", 0, 50)];
    put(&mut world, KafkaQuery::Rates, KafkaAnswer::Rates(Rates { window_ms: 30_000, partitions }));
    let throttle = ConfigEntry { key: "leader.replication.throttled.rate".to_owned(), value: Some("1".to_owned()) };
    put(&mut world, KafkaQuery::BrokerConfig(1), KafkaAnswer::BrokerConfig(Some(vec![throttle])));
    put(&mut world, KafkaQuery::Group("audit".parse().unwrap()), KafkaAnswer::Group(None));
    world
}

fn reported(command: &str, arguments: &Arguments) -> Report {
    match answered(run(command, arguments, &laid_out()).0) {
        LookAnswer::Report(report) => report,
        other => panic!("{other:?}"),
    }
}

fn broker_option(name: &str) -> (&'static str, Value) {
    ("broker", Value::Broker(name.parse().unwrap()))
}

#[test]
fn a_broker_is_told_with_disks_and_settings() {
    let report = reported("broker", &arguments(&[broker_option("1")]));
    let ids: Vec<&str> = report.lines.iter().map(|line| line.id.as_str()).collect();
    assert_eq!(ids, ["brokers-alive", "broker-is-controller", "broker-replicas", "broker-settings"]);
    let disk = [Cell::name("/data"), Cell::count(1), Cell::Bytes(700), Cell::Percent(75)];
    assert_eq!(report.tables[0].rows, [disk.to_vec()]);
    let (Looking::Mistake(mistake), _) = run("broker", &arguments(&[broker_option("7")]), &laid_out()) else {
        panic!()
    };
    assert_eq!(mistake.id, "unknown-broker");
}

#[test]
fn what_is_busiest_leaves_out_what_is_out_of_scope_but_counts_it() {
    let report = reported("hot", &Arguments::default());
    assert_eq!(report.tables[0].rows, [vec![Cell::name("orders"), Cell::Bytes(50), Cell::Percent(50)]]);
}

#[test]
fn skew_is_told_against_an_even_share() {
    let report = reported("skew", &Arguments::default());
    let of = |measure: &str| {
        let line = report.lines.iter().find(|line| line.facts.get("measure") == Some(&measure.into())).unwrap();
        (line.facts.get("broker").cloned(), line.facts.get("percent").cloned())
    };
    assert_eq!(of("leaders"), (Some("1".into()), Some(200_i64.into())), "two of three, where one would be even");
    assert_eq!(of("bytes"), (Some("1".into()), Some(175_i64.into())), "of those that told");
    assert_eq!(report.tables[0].rows[2][3], Cell::Unknown);
}

#[test]
fn routes_and_clients_of_a_topic() {
    let route = reported("route", &arguments(&[topic_option("orders")]));
    assert_eq!(route.tables[1].rows[1][1], Cell::Number(2));
    let who = reported("who", &arguments(&[topic_option("orders")]));
    assert_eq!(
        who.tables[0].rows,
        [vec![Cell::name("billing-1"), Cell::name("billing"), Cell::name("10.0.3.7"), Cell::count(1)]]
    );
    let (Looking::Mistake(mistake), _) = run("who", &arguments(&[broker_option("1")]), &laid_out()) else { panic!() };
    assert_eq!(mistake.id, "not-told-by-kind");
    let (Looking::Mistake(mistake), _) = run("who", &Arguments::default(), &laid_out()) else { panic!() };
    assert_eq!(mistake.id, "one-of-these");
}
