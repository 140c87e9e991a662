//! Plans that change whole topics and groups: their cards, their words, and how to do them by hand.

use super::fixture::{Scene, reset};
use super::rules;
use crate::text::{Drawing, Locale, by_hand, console, plan_card, plan_text};
use engine::History;
use interlock::approval::State;
use interlock::cluster::kafka::{Committed, CommittedOffset};
use interlock::facts::{Fact, Facts};
use interlock::id::TopicName;
use interlock::plan::{
    Action, Check, Condition, ConfigChange, ConfigOn, Effect, Estimate, Impact, KafkaAction, Level, MorePartitions,
    NewTopic, Plan, Row, Scope, Step, Undo, Work,
};
use interlock::plan::{GoneGroup, GoneTopic};
use std::collections::BTreeMap;

fn orders() -> TopicName {
    "orders".parse().unwrap()
}

fn plan(command: &str, action: KafkaAction, undo: Undo) -> Plan {
    let mut plan = reset(1);
    plan.command = command.to_owned();
    plan.scope = Scope::Topic;
    plan.effect = Effect::Irreversible;
    plan.arguments = BTreeMap::from([("topic".to_owned(), "orders".to_owned()), ("to".to_owned(), "24".to_owned())]);
    plan.expectations.clear();
    plan.holds.clear();
    plan.checks = vec![Check::new(Level::Pass, "not-held", Facts::none())];
    let work = Work::Act(Action::Kafka(action));
    plan.steps = vec![Step { number: 1, work, needs: Vec::new(), done: Condition::ReadBack, undo }];
    plan.estimate = Estimate { duration_ms: 1_000, way_back_ms: 1_000, changes: 12 };
    let reader = |group: &str| Row::Reader { group: group.to_owned(), members: 3, unread: 1_234_567 };
    plan.impact = Impact {
        topics: vec!["orders".to_owned()],
        groups: vec!["billing".to_owned()],
        facts: Facts::none()
            .with("from", 12_i64)
            .with("to", 24_i64)
            .with("records", 1_234_567_i64)
            .with("bytes", Fact::Bytes(3 << 30)),
        rows: vec![reader("billing"), reader("a-group-with-a-rather-long-name")],
        ..Impact::default()
    };
    plan
}

fn lost() -> Undo {
    Undo::Irreversible { lost: Facts::none().with("records", 1_234_567_i64) }
}

fn expand() -> Plan {
    let more = MorePartitions { topic: orders(), topic_id: "b8tRS7h4TJ2Vt43Dp85v2A".to_owned(), from: 12, to: 24 };
    let mut plan = plan("expand-partitions", KafkaAction::CreatePartitions(more), lost());
    plan.impact.worst_case = "expand-moves-keys".to_owned();
    plan
}

fn create() -> Plan {
    let configs = BTreeMap::from([("retention.ms".to_owned(), "604800000".to_owned())]);
    let new = NewTopic { name: orders(), partitions: 12, replicas: 3, configs };
    let undo = Undo::WhileEmpty { topic: orders() };
    let mut plan = plan("topic-create", KafkaAction::CreateTopic(new), undo);
    plan.effect = Effect::Reversible;
    plan.impact.worst_case = "create-not-needed".to_owned();
    plan.impact.groups.clear();
    plan.impact.rows = vec![setting("retention.ms", None, Some("604800000"))];
    plan
}

fn setting(key: &str, from: Option<&str>, to: Option<&str>) -> Row {
    let owned = |value: Option<&str>| value.map(str::to_owned);
    Row::Setting { topic: "orders".to_owned(), key: key.to_owned(), from: owned(from), to: owned(to) }
}

fn alter() -> Plan {
    let change = |key: &str, from: Option<&str>, to: Option<&str>| ConfigChange {
        on: ConfigOn::Topic(orders()),
        key: key.to_owned(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
    };
    let changes = vec![change("retention.ms", Some("86400000"), None), change("min.insync.replicas", None, Some("2"))];
    let mut plan = plan("topic-alter", KafkaAction::SetConfigs { changes }, Undo::Inverse { needs: Vec::new() });
    plan.effect = Effect::Reversible;
    plan.impact.worst_case = "settings-wrong".to_owned();
    plan.impact.rows =
        vec![setting("retention.ms", Some("86400000"), None), setting("min.insync.replicas", None, Some("2"))];
    plan
}

pub(super) fn delete() -> Plan {
    let gone = GoneTopic { topic: orders(), topic_id: "b8tRS7h4TJ2Vt43Dp85v2A".to_owned(), partitions: 12 };
    let mut plan = plan("topic-delete", KafkaAction::DeleteTopic(gone), lost());
    plan.impact.worst_case = "delete-loses-records".to_owned();
    plan
}

fn delete_group() -> Plan {
    let commit = CommittedOffset { topic: orders(), partition: 3, committed: Committed::plain(77) };
    let gone = GoneGroup { group: "billing".parse().unwrap(), committed: vec![commit] };
    let mut plan = plan("group-delete", KafkaAction::DeleteGroup(gone), Undo::Inverse { needs: Vec::new() });
    plan.scope = Scope::Group;
    plan.effect = Effect::Reversible;
    plan.impact.worst_case = "group-forgets".to_owned();
    plan
}

pub(super) fn all() -> [Plan; 5] {
    [expand(), create(), alter(), delete(), delete_group()]
}

#[test]
fn every_state_of_them_has_a_card_within_limits() {
    for plan in all() {
        for state in State::ALL {
            for locale in Locale::ALL {
                rules::check(&plan_card(&Scene::of(plan.clone()).at(*state).view(locale)), locale);
            }
        }
    }
}

fn card(plan: Plan, locale: Locale) -> String {
    console(&plan_card(&Scene::of(plan).view(locale)), Drawing { width: 200, colour: false })
}

#[test]
fn what_cannot_be_taken_back_says_so_first_with_its_numbers() {
    let english = card(expand(), Locale::EnUs);
    let first = english.lines().next().unwrap();
    assert!(first.contains("IRREVERSIBLE") && first.contains("from 12 to 24"), "{english}");
    let first = card(expand(), Locale::ZhCn).lines().next().unwrap().to_owned();
    assert!(first.contains("不可恢复") && first.contains("12") && first.contains("24"), "{first}");
    let deleted = card(delete(), Locale::EnUs);
    assert!(deleted.lines().next().unwrap().contains("IRREVERSIBLE"), "{deleted}");
    for part in ["1,234,567 records", "3.0 GiB", "Way back: none", "billing"] {
        assert!(deleted.contains(part), "{part} in\n{deleted}");
    }
    let made = card(create(), Locale::EnUs);
    assert!(made.contains("as long as nobody has written to it") && !made.contains("IRREVERSIBLE"), "{made}");
    let altered = card(alter(), Locale::EnUs);
    assert!(altered.contains("2 settings") && altered.contains("default"), "{altered}");
}

#[test]
fn plan_text_and_by_hand_name_each_call() {
    for (plan, words, command) in [
        (expand(), "(id b8tRS7h4TJ2Vt43Dp85v2A) 24 partitions instead of 12", "--alter --topic orders --partitions 24"),
        (
            create(),
            "with retention.ms=604800000",
            "--partitions 12 --replication-factor 3 --config retention.ms=604800000",
        ),
        (alter(), "retention.ms", "--entity-type topics --entity-name orders --alter --delete-config retention.ms"),
        (delete(), "by its id b8tRS7h4TJ2Vt43Dp85v2A", "--delete --topic orders"),
        (delete_group(), "delete group billing with its commits: orders 3 at 77", "--delete --group billing"),
    ] {
        let text = plan_text(&Scene::of(plan.clone()).plan);
        let squeezed = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeezed.contains(words), "{words} in\n{text}");
        let hand = by_hand::by_hand(&plan, &History::default());
        assert!(hand.contains(command), "{command} in\n{hand}");
        let mut done = History::default();
        done.done.insert(1);
        assert!(by_hand::by_hand(&plan, &done).contains("Every step is done."), "{hand}");
    }
    assert!(by_hand::by_hand(&alter(), &History::default()).contains("retention.ms=[86400000]"), "the way back");
    assert!(by_hand::by_hand(&delete_group(), &History::default()).contains("orders,3,77"), "the way back");
}
