//! A simulated RocketMQ behaves as the real one, traps included; and every look of the house can be made on it.

use super::{NOON, name, ready};
use crate::demo::{ROCKETMQ, demo};
use crate::{HandClock, SimulatedRocketmq, Trouble};
use engine::port::{Clock, Observe};
use interlock::cluster::rocketmq::{Perm, QueueRange, RocketmqQuery, TopicKind};
use interlock::cluster::{Cluster, ClusterKind, FailureKind, Looker, Mode, Query, Sections, Tier};
use interlock::command::{Arguments, Value};
use interlock::facts::Fact;
use interlock::id::{BrokerName, GroupId, TopicName};
use interlock::looks::{self, Asked, Cell, Grade, HEADS, LookAnswer, Looking, PHRASES, Phrase, Report, Visible, WORDS};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

struct Shop {
    clock: HandClock,
    cluster: SimulatedRocketmq,
}

fn shop() -> Shop {
    let clock = HandClock::at(NOON);
    let fleet = demo(Arc::new(clock.clone())).unwrap();
    Shop { clock, cluster: fleet.rocketmq(&name(ROCKETMQ)) }
}

fn broker(text: &str) -> BrokerName {
    text.parse().unwrap()
}

fn carts() -> TopicName {
    name("carts")
}

impl Shop {
    fn sections(&self, query: RocketmqQuery) -> Sections {
        ready(self.cluster.observe(&BTreeSet::from([Query::Rocketmq(query)])))
    }

    fn ranges(&self, topic: &TopicName) -> Vec<QueueRange> {
        let sections = self.sections(RocketmqQuery::Ranges(topic.clone(), 0));
        Looker::new(&sections).rocketmq_ranges(topic, 0).seen().unwrap().seen.clone()
    }

    fn at(&self, topic: &TopicName, at: &str) -> i64 {
        self.ranges(topic).iter().filter(|one| one.broker.as_str() == at).map(|one| one.end).sum()
    }

    fn offset(&self, group: &str) -> i64 {
        let group: GroupId = name(group);
        let sections = self.sections(RocketmqQuery::Committed(group.clone()));
        Looker::new(&sections).rocketmq_committed(&group).seen().unwrap().seen.iter().map(|one| one.offset).sum()
    }

    /// Rounds as the desk makes them.
    fn look(&self, command: &str, arguments: &[(&str, Value)]) -> Looking {
        let cluster = Cluster {
            name: name(ROCKETMQ),
            kind: ClusterKind::Rocketmq,
            tier: Tier::Production,
            domain: String::new(),
            mode: Mode::Change,
        };
        let arguments = Arguments(arguments.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect());
        let topic = |name: &TopicName| name.as_str() != "coupons";
        let group = |id: &GroupId| id.as_str() != "coupon-audit";
        let visible = Visible { topic: &topic, group: &group };
        let mut sections = Sections::empty();
        for _ in 0..6 {
            let asked = Asked {
                cluster: &cluster,
                sections: &sections,
                arguments: &arguments,
                visible,
                obligations: &[],
                freezes: &[],
            };
            match looks::look(command, &asked).unwrap() {
                Looking::Need(queries) => {
                    assert!(!sections.missing(&queries).is_empty(), "/{command} asks for what it has");
                    sections.merge(ready(self.cluster.observe(&queries)));
                }
                done => return done,
            }
        }
        panic!("/{command} is never satisfied")
    }

    fn report(&self, command: &str, arguments: &[(&str, Value)]) -> Report {
        match self.look(command, arguments) {
            Looking::Answer(answer) => match *answer {
                LookAnswer::Report(report) => report,
                other => panic!("/{command}: {other:?}"),
            },
            other => panic!("/{command}: {other:?}"),
        }
    }

    fn health(&self) -> Report {
        self.report("health", &[])
    }
}

fn topic(text: &str) -> (&'static str, Value) {
    ("topic", Value::Topic(name(text)))
}

fn group(text: &str) -> (&'static str, Value) {
    ("group", Value::Group(name(text)))
}

fn at_broker(text: &str) -> (&'static str, Value) {
    ("broker", Value::Broker(broker(text)))
}

fn found<'r>(report: &'r Report, id: &str) -> &'r Phrase {
    let found = report.lines.iter().find(|line| line.id == id);
    found.unwrap_or_else(|| panic!("no {id} in {:?}", report.lines))
}

fn says(report: &Report, id: &str) -> bool {
    report.lines.iter().any(|line| line.id == id)
}

#[test]
fn every_look_is_answered_with_words_that_exist() {
    let shop = shop();
    let all: [(&str, &[(&str, Value)]); 13] = [
        ("health", &[]),
        ("topic", &[topic("carts")]),
        ("topic", &[topic("TBW102")]),
        ("route", &[topic("carts")]),
        ("group", &[group("warehouse")]),
        ("lag", &[group("couriers")]),
        ("lag", &[group("couriers"), topic("deliveries")]),
        ("who", &[group("warehouse")]),
        ("who", &[topic("carts")]),
        ("who", &[at_broker("broker-a")]),
        ("broker", &[at_broker("broker-b")]),
        ("hot", &[]),
        ("skew", &[]),
    ];
    for (command, arguments) in all {
        let report = shop.report(command, arguments);
        for phrase in std::iter::once(&report.headline).chain(&report.lines) {
            assert!(PHRASES.contains(&phrase.id.as_str()), "/{command}: {}", phrase.id);
        }
        for table in &report.tables {
            assert!(table.head.iter().all(|head| HEADS.contains(&head.as_str())), "/{command}: {:?}", table.head);
            for row in &table.rows {
                assert_eq!(row.len(), table.head.len(), "/{command}: {row:?}");
                let known = |cell: &Cell| !matches!(cell, Cell::Word(word) if !WORDS.contains(&word.as_str()));
                assert!(row.iter().all(known), "/{command}: {row:?}");
            }
        }
    }
}

#[test]
fn what_is_out_of_sight_or_not_there_is_a_mistake_with_near_names() {
    let shop = shop();
    for (command, arguments, id, near) in [
        ("topic", topic("cart"), "unknown-topic", Some("carts")),
        ("topic", topic("coupons"), "unknown-topic", None),
        ("route", topic("nothing"), "unknown-topic", None),
        ("group", group("warehose"), "unknown-group", Some("warehouse")),
        ("group", group("coupon-audit"), "unknown-group", None),
        ("broker", at_broker("broker-c"), "unknown-broker", Some("broker-a")),
        ("who", at_broker("nobody"), "unknown-broker", None),
    ] {
        let Looking::Mistake(mistake) = shop.look(command, &[arguments]) else { panic!("/{command} found it") };
        assert_eq!(mistake.id, id);
        let suggested = match mistake.facts.get("suggestions") {
            Some(Fact::Names(names)) => names.clone(),
            _ => Vec::new(),
        };
        assert_eq!(suggested.iter().any(|name| Some(name.as_str()) == near), near.is_some(), "{id}: {suggested:?}");
        assert!(!suggested.iter().any(|name| name == "coupons" || name == "coupon-audit"), "{suggested:?}");
    }
    for arguments in [vec![], vec![topic("carts"), group("warehouse")]] {
        let Looking::Mistake(mistake) = shop.look("who", &arguments) else { panic!("it is about one thing") };
        assert_eq!(mistake.id, "one-of-these");
    }
    let long: TopicName = "x".repeat(128).parse().unwrap();
    let Looking::Mistake(mistake) = shop.look("topic", &[("topic", Value::Topic(long))]) else { panic!() };
    assert_eq!(mistake.id, "not-a-topic-name");
}

#[test]
fn health_names_what_is_wrong_and_how_bad_it_is() {
    let shop = shop();
    assert_eq!(shop.health().grade, Some(Grade::Healthy), "{:?}", shop.health().lines);
    let a = broker("broker-a");
    shop.cluster.name_server_dies(1, true).unwrap();
    let health = shop.health();
    assert_eq!(health.grade, Some(Grade::Degraded));
    assert_eq!(found(&health, "name-server-silent").facts.get("address"), Some(&Fact::from("10.2.9.2:9876")));
    shop.cluster.name_server_dies(1, false).unwrap();

    shop.cluster.slave_falls_behind(&a, 1, 300 << 20).unwrap();
    assert_eq!(found(&shop.health(), "process-behind").facts.get("bytes"), Some(&Fact::Bytes(300 << 20)));
    shop.cluster.slave_falls_behind(&a, 1, 1 << 20).unwrap();
    assert_eq!(shop.health().grade, Some(Grade::Healthy), "what is read a moment apart differs a little");

    shop.cluster.disk_fills(&a, 0, 80).unwrap();
    assert!(says(&shop.health(), "disk-filling") && shop.health().grade == Some(Grade::Degraded));
    shop.cluster.disk_fills(&a, 0, 91).unwrap();
    assert!(says(&shop.health(), "disk-full") && shop.health().grade == Some(Grade::Broken));
    shop.cluster.disk_fills(&a, 0, 41).unwrap();

    shop.cluster.process_dies(&a, 0, true).unwrap();
    let health = shop.health();
    assert!(says(&health, "no-master") && health.grade == Some(Grade::Broken));
    assert_eq!(
        found(&health, "masters-not-seen").facts.get("brokers"),
        Some(&Fact::Names(vec!["broker-a".to_owned()]))
    );
}

#[test]
fn routes_that_differ_between_name_servers_are_named() {
    let shop = shop();
    let b = broker("broker-b");
    shop.cluster.wipe_write_perm(1, &b).unwrap();
    let health = shop.health();
    let Some(Fact::Names(topics)) = found(&health, "routes-differ").facts.get("topics") else { panic!() };
    assert!(topics.contains(&"carts".to_owned()) && !topics.contains(&"coupons".to_owned()), "{topics:?}");
    assert!(says(&health, "routes-differ-unseen"));
    let route = shop.report("route", &[topic("carts")]);
    assert!(says(&route, "routes-differ"));
    let perms: Vec<&Cell> = route.tables[0].rows.iter().map(|row| &row[4]).collect();
    assert_eq!(perms, ["RW-", "RW-", "RW-", "R--"].map(Cell::name).iter().collect::<Vec<_>>());

    let shop = self::shop();
    shop.cluster.not_registered_at(0, &b).unwrap();
    let health = shop.health();
    assert_eq!(health.lines.iter().filter(|line| line.id == "not-registered").count(), 2, "master and slave");
}

/// brokerPermission 4: routes at once, producers with their next poll, and what is sent by name is taken all the same.
#[test]
fn a_broker_closed_for_writing_goes_on_taking_what_is_sent() {
    let shop = shop();
    let a = broker("broker-a");
    shop.cluster.update_broker_config(&a, "brokerPermission", "4").unwrap();
    assert!(says(&shop.health(), "write-off"));
    let route = shop.report("route", &[topic("carts")]);
    assert!(route.tables[0].rows.iter().any(|row| row[1] == Cell::name("broker-a") && row[4] == Cell::name("R--")));
    let (before, other) = (shop.at(&carts(), "broker-a"), shop.at(&carts(), "broker-b"));
    shop.clock.advance(Duration::from_secs(29));
    let polled = shop.at(&carts(), "broker-a");
    assert!(polled > before, "producers go by the route they have");
    shop.clock.advance(Duration::from_secs(2));
    let stopped = shop.at(&carts(), "broker-a");
    shop.clock.advance(Duration::from_secs(600));
    assert_eq!(shop.at(&carts(), "broker-a"), stopped);
    assert!(shop.at(&carts(), "broker-b") - other > 310 * 600, "all of it goes to the other one");
    shop.cluster.send(&carts(), &a, 3, 7).unwrap();
    assert_eq!(shop.at(&carts(), "broker-a"), stopped + 7);
}

#[test]
fn success_is_answered_for_nonsense() {
    let shop = shop();
    let a = broker("broker-a");
    for (key, value) in [("brokerPermission", "abc"), ("noSuchKey", "1"), ("fileReservedTime", "")] {
        shop.cluster.update_broker_config(&a, key, value).unwrap();
    }
    assert_eq!(shop.health().grade, Some(Grade::Healthy), "nothing of it changed anything");
    let returns: TopicName = name("returns");
    shop.cluster.update_topic((&a, 1), &returns, (16, 16, Perm(6))).unwrap();
    assert!(shop.ranges(&returns).iter().all(|one| one.queue < 4), "a slave of 5.x answers success and forgets");
    shop.cluster.update_topic((&a, 0), &returns, (4, 8, Perm(6))).unwrap();
    let past = shop.report("topic", &[topic("returns")]);
    assert_eq!(found(&past, "write-past-read").facts.get("where"), Some(&Fact::Names(vec!["broker-a".to_owned()])));
    assert!(says(&shop.health(), "write-past-read"));
    shop.cluster.update_topic((&a, 0), &returns, (0, 0, Perm(6))).unwrap();
    assert!(!shop.ranges(&returns).iter().any(|one| one.broker == a), "0 queues are stored, too");
}

#[test]
fn queues_that_are_closed_keep_what_they_hold() {
    let shop = shop();
    let a = broker("broker-a");
    shop.cluster.update_topic((&a, 0), &carts(), (8, 4, Perm(6))).unwrap();
    let seen = shop.report("topic", &[topic("carts")]);
    assert_eq!(found(&seen, "closed-queues-hold").facts.get("queues"), Some(&Fact::Count(4)));
    shop.cluster.update_topic((&a, 0), &carts(), (4, 4, Perm(6))).unwrap();
    let sections = shop.sections(RocketmqQuery::Ranges(carts(), 8));
    let all = Looker::new(&sections).rocketmq_ranges(&carts(), 8).seen().unwrap().seen.len();
    assert_eq!(all, 16, "those that nobody may read either are looked at where they are asked for");
    assert_eq!(shop.ranges(&carts()).len(), 12);
}

#[test]
fn groups_are_told_online_and_offline_and_how_far_they_are() {
    let shop = shop();
    let warehouse = shop.report("group", &[group("warehouse")]);
    assert_eq!(found(&warehouse, "group-online").facts.get("count"), Some(&Fact::Count(3)));
    assert!(warehouse.tables[0].rows.iter().any(|row| row[2] == Cell::name("JAVA 4.9.7")), "{:?}", warehouse.tables[0]);
    let before = shop.offset("warehouse");
    shop.clock.advance(Duration::from_secs(60));
    assert!(shop.offset("warehouse") > before, "it commits while it reads");
    shop.cluster.clients_leave(&name("warehouse")).unwrap();
    let stopped = shop.offset("warehouse");
    shop.clock.advance(Duration::from_secs(60));
    assert_eq!(shop.offset("warehouse"), stopped);
    assert!(says(&shop.report("group", &[group("warehouse")]), "group-offline"));

    // Since its clients are gone, what is written stays unread.
    let lag = shop.report("lag", &[group("warehouse"), topic("carts")]);
    let Some(Fact::Count(total)) = lag.headline.facts.get("lag") else { panic!("{:?}", lag.headline) };
    let rows: i64 = lag.tables[0].rows.iter().map(|row| if let Cell::Number(lag) = row[5] { lag } else { 0 }).sum();
    assert!(*total > 0 && *total == rows);
    let never = shop.report("lag", &[group("couriers"), topic("returns")]);
    assert_eq!(found(&never, "without-offset").facts.get("count"), Some(&Fact::Count(8)));
}

#[test]
fn what_is_down_or_slow_fails_with_why() {
    let shop = shop();
    shop.cluster.set_trouble(Some(Trouble::Down)).unwrap();
    let Looking::Failed(failure) = shop.look("health", &[]) else { panic!("it answered") };
    assert_eq!(failure.kind, FailureKind::Unreachable);
    shop.cluster.set_trouble(Some(Trouble::Slow(9_000))).unwrap();
    let began = shop.clock.now();
    let Looking::Failed(failure) = shop.look("hot", &[]) else { panic!("it answered") };
    assert_eq!((failure.kind, shop.clock.now().since(began)), (FailureKind::TimedOut, Duration::from_secs(8)));
    shop.cluster.set_trouble(None).unwrap();
    (0..2).for_each(|number| shop.cluster.name_server_dies(number, true).unwrap());
    assert!(matches!(shop.look("health", &[]), Looking::Failed(_)), "no NameServer is left");
}

#[test]
fn the_busiest_and_the_fullest_are_told() {
    let shop = shop();
    let hot = shop.report("hot", &[]);
    assert_eq!(hot.tables[0].rows[0][0], Cell::name("carts"));
    assert!(!hot.tables[0].rows.iter().any(|row| row[0] == Cell::name("coupons")), "out of sight");
    shop.cluster.update_broker_config(&broker("broker-a"), "brokerPermission", "4").unwrap();
    shop.clock.advance(Duration::from_secs(3_600));
    let skew = shop.report("skew", &[]);
    let most = skew.lines.iter().find(|line| line.facts.get("measure") == Some(&Fact::from("written"))).unwrap();
    assert_eq!(most.facts.get("broker"), Some(&Fact::from("broker-b")));
    let sections = shop.sections(RocketmqQuery::Topics);
    let topics = &Looker::new(&sections).rocketmq_topics().seen().unwrap().seen.clone();
    assert!(topics.iter().any(|one| one.name.as_str() == "%RETRY%warehouse" && one.kind == TopicKind::Retry));
}
