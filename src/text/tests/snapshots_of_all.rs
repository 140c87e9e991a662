//! Of whole families of cards what people read: every plan that changes topics, groups or queues, every notice, and what looks
//! report. One snapshot for each family.

use super::fixture::{NOON, Scene, reset};
use super::{drawn, rocketmq_topics, rules, topics};
use crate::desk::{Answer, Done, Recorded};
use crate::text::{
    Card, Drawing, Locale, answer, console, notice, plan_card, undelivered, undelivered_alone, vocabulary as words,
};
use engine::Notice;
use interlock::approval::State;
use interlock::facts::{Fact, Facts};
use interlock::looks::{Cell, LookAnswer, Phrase, Report, Sheet};
use interlock::plan::Plan;
use std::time::Duration;

/// Several texts, each with a name, in all languages and these widths in one snapshot.
fn several(name: &str, widths: &[usize], cards: impl Fn(Locale) -> Vec<(String, Card)>) {
    let mut text = String::new();
    for locale in Locale::ALL {
        for (about, card) in cards(locale) {
            drawn::keep(&format!("{name}_{about}"), &card, locale);
            rules::check(&card, locale);
            for width in widths {
                let drawn = console(&card, Drawing { width: *width, colour: false });
                text.push_str(&format!("== {about} {} {width}\n{drawn}\n", locale.tag()));
            }
        }
    }
    insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../snapshots", omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// Each of these plans as it waits for votes, and once it has succeeded.
fn plans(name: &str, plans: &[Plan]) {
    several(name, &[60, 30], |locale| {
        let card = |scene: &Scene| {
            let about = format!("{}-{}", scene.plan.plan().command, scene.state.key());
            (about, plan_card(&scene.view(locale)))
        };
        let waiting = |plan: &Plan| card(&Scene::of(plan.clone()));
        let succeeded = |plan: &Plan| card(&Scene::of(plan.clone()).approved().at(State::Succeeded));
        plans.iter().flat_map(|plan| [waiting(plan), succeeded(plan)]).collect()
    });
}

#[test]
fn cards_of_topics() {
    plans("cards_of_topics", &topics::all());
}

#[test]
fn cards_of_rocketmq_topics() {
    plans("cards_of_rocketmq_topics", &rocketmq_topics::all());
}

#[test]
fn cards_of_queues() {
    plans("cards_of_queues", &rocketmq_topics::queues());
}

fn report(headline: Phrase, lines: Vec<Phrase>, tables: Vec<Sheet>) -> LookAnswer {
    LookAnswer::Report(Report {
        cluster: "logs-kafka".parse().unwrap(),
        grade: None,
        headline: headline.with("cluster", "logs-kafka"),
        lines,
        tables,
    })
}

fn who() -> LookAnswer {
    let client = |name: &str, host: &str, partitions| {
        vec![Cell::name(name), Cell::name("billing"), Cell::name(host), partitions]
    };
    let clients = [
        client("billing-1", "10.0.3.7", Cell::Number(2)),
        client("billing-2", "10.0.3.8", Cell::Number(4)),
        client("billing-with-a-rather-long-name", "10.0.3.9", Cell::Unknown),
    ];
    let lines = vec![
        Phrase::new("clients").with("count", 3_i64),
        Phrase::new("clients-unversioned"),
        Phrase::new("groups-left-out").with("count", 2_i64),
    ];
    let tables = vec![Sheet::new("clients", &["client", "group", "host", "partitions"]).rows(clients)];
    report(Phrase::new("who-headline").with("name", "orders"), lines, tables)
}

fn hot() -> LookAnswer {
    let busy = |topic: &str, rate, share| vec![Cell::name(topic), Cell::Bytes(rate), Cell::Percent(share)];
    let topics = [
        busy("orders", 61 << 20, 71),
        busy("payments-by-customer-and-day", 20 << 20, 23),
        busy("refunds", 512 << 10, 1),
    ];
    let lines = vec![Phrase::new("hot-window").with("window", Duration::from_secs(10))];
    report(Phrase::new("hot-headline"), lines, vec![Sheet::new("hot", &["topic", "per-second", "share"]).rows(topics)])
}

/// Nothing was written while it was measured.
fn hot_nothing() -> LookAnswer {
    let window = Phrase::new("hot-window").with("window", Duration::from_secs(10));
    let lines = vec![window, Phrase::new("nothing-measured")];
    report(Phrase::new("hot-headline"), lines, vec![Sheet::new("hot", &["topic", "per-second", "share"])])
}

fn skew() -> LookAnswer {
    let most = |measure: &str, broker: &str, percent: i64| {
        Phrase::new("skew-most").with("measure", measure).with("broker", broker).with("percent", percent)
    };
    let lines = vec![
        most("leaders", "1", 150),
        most("replicas", "2", 112),
        most("bytes", "1", 181),
        Phrase::new("broker-dead").with("broker", 3_i64),
    ];
    let broker =
        |id: i32, replicas, leaders, bytes| vec![Cell::name(id), Cell::Number(replicas), Cell::Number(leaders), bytes];
    let brokers = [
        broker(1, 36, 18, Cell::Bytes(144 << 30)),
        broker(2, 38, 6, Cell::Bytes(15 << 30)),
        broker(3, 34, 0, Cell::Unknown),
    ];
    report(
        Phrase::new("skew-headline"),
        lines,
        vec![Sheet::new("skew", &["broker", "replicas", "leaders", "bytes"]).rows(brokers)],
    )
}

/// With more partitions than a card shows, and one of them offline.
fn route() -> LookAnswer {
    let leaders = [vec![Cell::Number(1), Cell::Number(4)], vec![Cell::Number(2), Cell::Number(3)]];
    let partition = |number: i64| {
        let (leader, isr) = match number {
            5 => (Cell::Nothing, ""),
            _ => (Cell::Number(1 + number % 2), "1,2"),
        };
        vec![Cell::Number(number), leader, Cell::name("1,2,3"), Cell::name(isr)]
    };
    let tables = vec![
        Sheet::new("leaders", &["broker", "leaders"]).rows(leaders),
        Sheet::new("route", &["partition", "leader", "replicas", "isr"]).rows((0..8).map(partition)),
    ];
    let lines = vec![Phrase::new("offline-partitions").with("count", 1_i64)];
    report(Phrase::new("route-headline").with("topic", "orders"), lines, tables)
}

fn broker() -> LookAnswer {
    let lines = vec![
        Phrase::new("brokers-alive").with("rack", "az-1"),
        Phrase::new("broker-is-controller"),
        Phrase::new("broker-replicas").with("count", 36_i64).with("leaders", 12_i64),
        Phrase::new("offline-partitions").with("count", 1_i64),
        Phrase::new("broker-settings").with("count", 2_i64),
    ];
    let disk =
        |path: &str, replicas, bytes, share| vec![Cell::name(path), Cell::Number(replicas), Cell::Bytes(bytes), share];
    let disks = [
        disk("/var/lib/kafka/data-1", 20, 96 << 30, Cell::Percent(64)),
        disk("/var/lib/kafka/data-2", 16, 48 << 30, Cell::Unknown),
    ];
    let settings = [
        vec![Cell::name("leader.replication.throttled.rate"), Cell::name("104857600")],
        vec![Cell::name("sasl.jaas.config"), Cell::Unknown],
    ];
    let tables = vec![
        Sheet::new("disks", &["disk", "replicas", "bytes", "share"]).rows(disks),
        Sheet::new("settings", &["setting", "value"]).rows(settings),
    ];
    report(Phrase::new("broker-headline").with("broker", "1"), lines, tables)
}

/// It does not answer.
fn broker_dead() -> LookAnswer {
    let lines = vec![
        Phrase::new("broker-dead").with("broker", 3_i64),
        Phrase::new("broker-replicas").with("count", 34_i64).with("leaders", 0_i64),
        Phrase::new("silent-disks"),
    ];
    report(Phrase::new("broker-headline").with("broker", "3"), lines, Vec::new())
}

#[test]
fn reports() {
    several("reports", &[60, 30], |locale| {
        let shown = |(name, found): (&str, LookAnswer)| {
            let done = Done::Looked(Box::new(found));
            let reply = Answer { request: "M2WQ7A".parse().unwrap(), done, recorded: Recorded::Yes };
            (name.to_owned(), answer(&reply, locale))
        };
        let all = [
            ("who", who()),
            ("hot", hot()),
            ("hot-nothing", hot_nothing()),
            ("skew", skew()),
            ("route", route()),
            ("broker", broker()),
            ("broker-dead", broker_dead()),
        ];
        all.into_iter().map(shown).collect()
    });
}

/// Notices that call for somebody.
const ALERTS: [&str; 9] = [
    "glass-plan-gone",
    "not-turned-round",
    "owed-overdue",
    "owners-not-told-by-glass",
    "owners-not-told-goes-on",
    "refused-anew",
    "review-open",
    "still-cannot-look",
    "still-set",
];

/// Facts without which a notice has other words.
const WITHOUT: [(&str, &str); 11] = [
    ("frozen", "tier"),
    ("frozen-too-long", "tier"),
    ("not-turned-round", "said"),
    ("owed-unlock-asked", "reason"),
    ("owners-not-told-by-glass", "said"),
    ("owners-not-told-goes-on", "said"),
    ("refused-anew", "checks"),
    ("still-set", "failure"),
    ("throttle-asked", "reason"),
    ("unlock-asked", "reason"),
    ("wait-began", "until"),
];

/// Notices that have other words for one than for many.
const COUNTED: [&str; 3] = ["offsets-overtaken", "seeds-given-again", "turned-round"];

/// All that any notice names.
fn everything() -> Facts {
    let names = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    Facts::none()
        .with("at", NOON)
        .with("broker", 3_i64)
        .with("by", "bob")
        .with("channel", "1310000000000000001")
        .with("checks", names(&["group-inactive", "topic-recreated"]))
        .with("cluster", "logs-kafka")
        .with("count", 4_i64)
        .with("expires", NOON)
        .with("failure", "timed-out")
        .with("first", "bob")
        .with("found", "1048576")
        .with("group", "billing")
        .with("groups", names(&["billing", "refunds"]))
        .with("key", "follower.replication.throttled.rate")
        .with("master", "broker-a")
        .with("of", "broker 3")
        .with("operation", "ABCDEF")
        .with("partition", 3_i64)
        .with("rate", Fact::Bytes(60 << 20))
        .with("reason", "disks fill up")
        .with("review", "it was right; the runbook says so now")
        .with("said", "no answer within 8 s")
        .with("second", "carol")
        .with("state", "rejected")
        .with("step", 1_i64)
        .with("things", names(&["broker 3", "topic orders"]))
        .with("tier", "production")
        .with("topic", "orders")
        .with("until", NOON)
}

/// What a notice tells, in all its forms, each with a name.
fn told(id: &str) -> Vec<(String, Facts)> {
    let all = match id {
        "in-vain" => {
            let one = |because: &&str| {
                let facts = everything().with("control", "resume").with("because", *because);
                (format!("in-vain-{because}"), facts)
            };
            return words::IN_VAIN.iter().map(one).collect();
        }
        "offsets-overtaken" => everything().with("found", "1200500"),
        "queues-read-again-half" => everything().with("found", "8/4"),
        _ => everything(),
    };
    let mut told = vec![(id.to_owned(), all.clone())];
    for (_, left_out) in WITHOUT.iter().filter(|(of, _)| *of == id) {
        let mut fewer = all.clone();
        fewer.0.remove(*left_out);
        told.push((format!("{id}-without-{left_out}"), fewer));
    }
    if COUNTED.contains(&id) {
        told.push((format!("{id}-one"), all.with("count", 1_i64)));
    }
    told
}

/// As it is posted: in the operation's thread, or where operators read.
fn posted(id: &str, facts: Facts, scene: &Scene, locale: Locale) -> Card {
    let view = scene.view(locale);
    match id {
        "undelivered" | "undelivered-card" => undelivered(&view, id, &facts),
        "undelivered-board" | "undelivered-head" => undelivered_alone(id, &facts, locale),
        _ if ALERTS.contains(&id) => notice(&Notice::alert(id, facts), &view),
        _ => notice(&Notice::Milestone { id: id.to_owned(), facts }, &view),
    }
}

#[test]
fn all_notices() {
    let scene = Scene::of(reset(6)).approved().at(State::Running).at_step(1);
    several("all_notices", &[60], |locale| {
        let forms = |id: &&'static str| {
            let id = *id;
            told(id).into_iter().map(move |(about, facts)| (id, about, facts))
        };
        let card = |(id, about, facts): (&str, String, Facts)| (about, posted(id, facts, &scene, locale));
        words::NOTICES.iter().flat_map(forms).map(card).collect()
    });
}

#[test]
fn what_has_forms_of_its_own_is_a_notice() {
    let of_its_own = ALERTS.iter().chain(&COUNTED).chain(WITHOUT.iter().map(|(id, _)| id));
    let unknown: Vec<&&str> = of_its_own.filter(|id| !words::NOTICES.contains(id)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
