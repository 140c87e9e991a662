//! Both kinds of clusters side by side, on the simulated fleet: the same commands, each kind's own answers, and clear words
//! where a command is not for a kind.

use interlock::cluster::{ClusterKind, Tier};
use interlock::command::{Asked, ParseContext, RawValue, View, complete};
use interlock::looks::{Cell, Counts, LookAnswer, Report};
use interlock::policy::Policy;
use interlock::principal::Principal;
use jiff::tz::TimeZone;
use signalbox::clock::SystemClock;
use signalbox::desk::Done;
use signalbox::text::{Locale, answer};
use simulated::SimulatedRocketmq;
use simulated::demo::{PRODUCTION, ROCKETMQ};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use story::{Setting, Story};

fn kinds(policy: &mut Policy) {
    if let Some(cluster) = policy.clusters.get_mut(&ROCKETMQ.parse().unwrap()) {
        cluster.kind = ClusterKind::Rocketmq;
    }
}

async fn both() -> (Story, SimulatedRocketmq) {
    let clock = Arc::new(SystemClock::new());
    let fleet = simulated::demo(clock.clone()).unwrap();
    let setting = Setting { rules: kinds, ..Setting::default() };
    let clusters = [(PRODUCTION, Tier::Production), (ROCKETMQ, Tier::Production)];
    let story = Story::set(setting, &clusters, fleet.clusters().unwrap(), clock).await;
    story.house().desk().refresh_directory().await;
    (story, fleet.rocketmq(&ROCKETMQ.parse().unwrap()))
}

fn report(done: Done) -> Report {
    match done {
        Done::Looked(answer) => match *answer {
            LookAnswer::Report(report) => report,
            other => panic!("no report: {other:?}"),
        },
        other => panic!("no look: {other:?}"),
    }
}

fn names(report: &Report, table: usize) -> Vec<String> {
    let first = |row: &Vec<Cell>| match &row[0] {
        Cell::Name(name) => name.clone(),
        Cell::Number(number) => number.to_string(),
        other => panic!("no name: {other:?}"),
    };
    report.tables[table].rows.iter().map(first).collect()
}

#[tokio::test]
async fn the_new_looks_work_on_both_kinds() {
    let (story, _) = both().await;
    let vic = story.person("vic");
    let at = |line: &str, cluster: &str| format!("{line} cluster:{cluster}");
    for line in ["/route topic:orders", "/who group:billing", "/who topic:orders", "/broker broker:1", "/hot", "/skew"]
    {
        let seen = report(vic.runs(&at(line, PRODUCTION)).await);
        assert!(!seen.tables[0].rows.is_empty(), "{line}: {seen:?}");
    }
    for line in ["/route topic:carts", "/who group:warehouse", "/who topic:carts", "/who broker:broker-a"] {
        let seen = report(vic.runs(&at(line, ROCKETMQ)).await);
        assert!(!seen.tables[0].rows.is_empty(), "{line}: {seen:?}");
    }
    assert_eq!(names(&report(vic.runs(&at("/skew", PRODUCTION)).await), 0), ["1", "2", "3"]);
    assert_eq!(names(&report(vic.runs(&at("/skew", ROCKETMQ)).await), 0), ["broker-a", "broker-b"]);
    assert_eq!(names(&report(vic.runs(&at("/hot", ROCKETMQ)).await), 0)[0], "carts");
    assert_eq!(names(&report(vic.runs(&at("/hot", PRODUCTION)).await), 0)[0], "clicks");
    let clients = names(&report(vic.runs(&at("/who group:billing", PRODUCTION)).await), 0);
    assert_eq!(clients.len(), 3, "{clients:?}");
    let broker = report(vic.runs(&at("/broker broker:broker-b", ROCKETMQ)).await);
    assert_eq!(broker.tables[0].rows.len(), 2, "a master and a slave");
}

#[tokio::test]
async fn clusters_are_counted_by_their_kind() {
    let (story, shop) = both().await;
    let vic = story.person("vic");
    let counts = async || {
        let Done::Looked(answer) = vic.runs("/clusters").await else { panic!("no look") };
        let LookAnswer::Clusters(seen) = *answer else { panic!("no clusters") };
        seen.clusters.iter().map(|one| *one.counts.known().unwrap()).collect::<Vec<_>>()
    };
    let seen = counts().await;
    assert!(matches!(seen[0], Counts::Kafka(counts) if counts.brokers == 3));
    assert!(matches!(seen[1], Counts::Rocketmq(counts) if counts.brokers == 2 && counts.topics == 4));
    assert!(seen.iter().all(Counts::is_well));
    shop.name_server_dies(0, true).unwrap();
    shop.process_dies(&"broker-a".parse().unwrap(), 0, true).unwrap();
    assert!(matches!(counts().await[1], Counts::Rocketmq(counts) if counts.without_master == 1 && counts.silent == 1));
}

#[tokio::test]
async fn what_is_for_one_kind_only_is_refused_by_name_on_the_other() {
    let (story, _) = both().await;
    let alice = story.person("alice");
    for (line, id) in [
        ("/scale-out brokers:4 topics:carts throttle:50MiB cluster:shop-rocketmq", "not-for-kind"),
        ("/reset-offset group:warehouse to:earliest wait-for-stop:30m cluster:shop-rocketmq", "option-not-for-kind"),
        (
            "/reset-offset group:newcomers topic:carts to:earliest new-group:true cluster:shop-rocketmq",
            "option-not-for-kind",
        ),
        ("/who broker:1 cluster:orders-kafka", "not-told-by-kind"),
        ("/topic topic:%RETRY%billing cluster:orders-kafka", "not-a-topic-name"),
        ("/reset-offset group:billing topic:a|b to:earliest cluster:orders-kafka", "not-a-topic-name"),
        ("/who cluster:orders-kafka", "one-of-these"),
        ("/broker broker:9 cluster:orders-kafka", "unknown-broker"),
        ("/broker broker:broker-x cluster:shop-rocketmq", "unknown-broker"),
    ] {
        let Done::Mistake(mistake) = alice.runs(line).await else { panic!("{line} is no mistake") };
        assert_eq!(mistake.id, id, "{line}");
    }
}

/// Names come from others: every character that RocketMQ forbids is a mistake of the person, never a failure.
#[tokio::test]
async fn every_forbidden_character_is_a_mistake() {
    let (story, _) = both().await;
    let vic = story.person("vic");
    let forbidden = (' '..='\x7f').filter(|c| !(c.is_ascii_alphanumeric() || "%|-_.".contains(*c)));
    for character in forbidden.chain(['é', '東', '\u{202e}']) {
        // In quotes, where those that quote and escape are escaped.
        let escape = if ['"', '\\'].contains(&character) { "\\" } else { "" };
        let line = format!("/topic topic:\"a{escape}{character}b\" cluster:{ROCKETMQ}");
        let done = vic.runs(&line).await;
        assert!(matches!(&done, Done::Mistake(mistake) if mistake.id == "not-a-topic-name"), "{line}: {done:?}");
    }
    // Names with a point are Kafka's.
    for legal in ["%", "|", "-", "_", "."] {
        let done = vic.runs(&format!("/topic topic:a{legal}b cluster:{ROCKETMQ}")).await;
        assert!(matches!(&done, Done::Mistake(mistake) if mistake.id == "unknown-topic"), "{legal}: {done:?}");
    }
    let long = format!("/topic topic:{} cluster:{ROCKETMQ}", "x".repeat(128));
    assert!(matches!(vic.runs(&long).await, Done::Mistake(mistake) if mistake.id == "not-a-topic-name"));
}

/// Every answer is written out in both languages: no key without words is left in it.
#[tokio::test]
async fn answers_are_told_in_both_languages() {
    let (story, shop) = both().await;
    shop.wipe_write_perm(1, &"broker-b".parse().unwrap()).unwrap();
    shop.disk_fills(&"broker-a".parse().unwrap(), 0, 92).unwrap();
    shop.slave_falls_behind(&"broker-b".parse().unwrap(), 1, 1 << 30).unwrap();
    let vic = story.person("vic");
    for line in [
        "/health",
        "/topic topic:carts",
        "/route topic:carts",
        "/group group:warehouse",
        "/group group:coupon-audit",
        "/lag group:couriers topic:deliveries",
        "/who group:warehouse",
        "/who topic:carts",
        "/broker broker:broker-a",
        "/hot",
        "/skew",
    ] {
        let asked = vic.asks(&format!("{line} cluster:{ROCKETMQ}")).await;
        for locale in Locale::ALL {
            let card = format!("{:?}", answer(&asked, locale));
            for family in ["look-", "table-", "cell-", "measure-", "topic-kind-"] {
                assert!(!card.contains(&format!("\"{family}")), "{line}: {card}");
            }
            assert!(!card.contains("Code(\"look"), "{line}: {card}");
        }
    }
    let card = format!("{:?}", answer(&vic.asks(&format!("/health cluster:{ROCKETMQ}")).await, Locale::EnUs));
    for words in ["Broken", "DIFFERENT routes", "92", "1.0 GiB"] {
        assert!(card.contains(words), "{words} in {card}");
    }
}

/// Names of RocketMQ are offered while somebody types, from memory.
#[tokio::test]
async fn names_are_completed_from_memory() {
    let (story, shop) = both().await;
    shop.set_trouble(Some(simulated::Trouble::Down)).unwrap();
    let rooms = story.house().rooms();
    let account = story::people::account("vic");
    let person = rooms.policy.people.person(account);
    let sight = rooms.policy.sight(&Principal { account, person, chat_roles: BTreeSet::new() });
    let directory = rooms.directory();
    let context = ParseContext {
        now: interlock::time::Millis(0),
        zone: &TimeZone::UTC,
        view: View { directory: &directory, sight: &sight, here: None },
    };
    let others: BTreeMap<String, RawValue> = [("cluster".to_owned(), RawValue::from(ROCKETMQ))].into();
    for (command, option, prefix, wanted) in [
        ("route", "topic", "car", "carts"),
        ("who", "group", "ware", "warehouse"),
        ("broker", "broker", "b", "broker-a"),
        ("topic", "topic", "%RETRY", "%RETRY%couriers"),
    ] {
        let asked = Asked { command, option, prefix, others: &others };
        let offered = complete(&rooms.catalogue, &asked, &context);
        assert!(offered.iter().any(|one| one.value == wanted), "{command} {option}: {offered:?}");
    }
}
