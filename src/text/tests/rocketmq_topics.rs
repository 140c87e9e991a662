//! Plans that change whole topics and groups of RocketMQ: their cards, their words, and how to do them by hand.

use super::fixture::{Scene, reset};
use super::rules;
use crate::text::{Drawing, Locale, by_hand, console, plan_card, plan_text};
use engine::History;
use interlock::approval::State;
use interlock::cluster::ClusterKind;
use interlock::cluster::rocketmq::{CommittedOffset, Perm, Queues};
use interlock::facts::Facts;
use interlock::id::{BrokerName, GroupId, TopicName};
use interlock::plan::{
    Absence, Action, Check, Condition, Effect, Estimate, ForgottenGroup, GroupPlace, Impact, Level, Plan,
    RocketmqAction, Row, Scope, Step, TopicChange, TopicPlace, TopicShape, Undo, Work,
};

fn orders() -> TopicName {
    "orders".parse().unwrap()
}

fn billing() -> GroupId {
    "billing".parse().unwrap()
}

fn broker() -> BrokerName {
    "broker-a".parse().unwrap()
}

fn shape(perm: Perm) -> TopicShape {
    TopicShape { queues: Queues::both(8), perm }
}

fn plan(command: &str, action: RocketmqAction, (undo, worst): (Undo, &str)) -> Plan {
    let mut plan = reset(1);
    plan.command = command.to_owned();
    plan.kind = ClusterKind::Rocketmq;
    plan.scope = Scope::Topic;
    plan.effect = Effect::Reversible;
    plan.expectations.clear();
    plan.holds.clear();
    plan.checks = vec![Check::new(Level::Pass, "not-held", Facts::none())];
    let done = match &action {
        RocketmqAction::DeleteTopic { topic, .. } => {
            Condition::RocketmqTopicGone(Absence { topic: topic.clone(), looks: 2, interval_ms: 2_000 })
        }
        _ => Condition::ReadBack,
    };
    plan.steps = vec![Step { number: 1, work: Work::Act(Action::Rocketmq(action)), needs: Vec::new(), done, undo }];
    plan.estimate = Estimate { duration_ms: 4_000, way_back_ms: 4_000, changes: 2 };
    plan.impact = Impact {
        worst_case: worst.to_owned(),
        topics: vec!["orders".to_owned()],
        groups: vec!["billing".to_owned()],
        facts: Facts::none().with("masters", 2_i64).with("records", 1_234_567_i64),
        ..Impact::default()
    };
    plan
}

fn create() -> Plan {
    let places = vec![TopicChange { broker: broker(), from: None, to: shape(Perm::READ_WRITE) }];
    let undo = Undo::WhileEmpty { topic: orders() };
    let mut plan =
        plan("topic-create", RocketmqAction::SetTopic { topic: orders(), places }, (undo, "create-not-needed"));
    plan.impact.rows = vec![Row::Queues { broker: "broker-a".to_owned(), now: Queues::both(0), then: Queues::both(8) }];
    plan
}

fn alter() -> Plan {
    let places = vec![TopicChange { broker: broker(), from: Some(shape(Perm::READ_WRITE)), to: shape(Perm::READ) }];
    let undo = Undo::Inverse { needs: Vec::new() };
    let mut plan = plan("topic-alter", RocketmqAction::SetTopic { topic: orders(), places }, (undo, "perm-wrong"));
    let (from, to) = (Some("RW-".to_owned()), Some("R--".to_owned()));
    plan.impact.rows = vec![Row::Setting { topic: "orders".to_owned(), key: "broker-a".to_owned(), from, to }];
    plan
}

fn delete() -> Plan {
    let at = vec![TopicPlace { broker: broker(), shape: shape(Perm::READ_WRITE) }];
    let action = RocketmqAction::DeleteTopic { topic: orders(), cluster: "Lab".to_owned(), at };
    let lost = Facts::none().with("records", 1_234_567_i64);
    let mut plan = plan("topic-delete", action, (Undo::Irreversible { lost }, "delete-loses-records"));
    plan.effect = Effect::Irreversible;
    plan.impact.rows = vec![Row::Reader { group: "billing".to_owned(), members: 0, unread: 1_234_567 }];
    plan
}

fn place(settings: Option<&str>) -> GroupPlace {
    GroupPlace { broker: broker(), settings: settings.map(str::to_owned) }
}

fn make_group() -> Plan {
    let undo = Undo::Inverse { needs: Vec::new() };
    let action = RocketmqAction::MakeGroup { group: billing(), at: vec![place(None)] };
    plan("group-create", action, (undo, "group-not-needed"))
}

fn delete_group() -> Plan {
    let offset = CommittedOffset { topic: orders(), broker: broker(), queue: 3, offset: 77 };
    let at = vec![place(Some("{\"retryMaxTimes\":3}"))];
    let gone = ForgottenGroup { group: billing(), at, offsets: vec![offset] };
    let undo = Undo::Inverse { needs: Vec::new() };
    let mut plan = plan("group-delete", RocketmqAction::DeleteGroup(gone), (undo, "group-forgets"));
    plan.scope = Scope::Group;
    plan
}

/// The way back of a group that was deleted.
fn made_again() -> Plan {
    let mut plan = make_group();
    plan.command = "rollback".to_owned();
    plan.reverses = Some("B7F3QD".parse().unwrap());
    plan.impact.worst_case = "group-made-again".to_owned();
    plan
}

fn all() -> [Plan; 6] {
    [create(), alter(), delete(), make_group(), delete_group(), made_again()]
}

#[test]
fn every_state_of_them_has_a_card_within_limits() {
    for plan in all() {
        for state in State::ALL {
            for locale in Locale::ALL {
                rules::check(&plan_card(&Scene::of(plan.clone()).at(*state).view(locale)));
            }
        }
    }
}

fn card(plan: Plan, locale: Locale) -> String {
    console(&plan_card(&Scene::of(plan).view(locale)), Drawing { width: 200, colour: false })
}

#[test]
fn cards_say_what_happens_at_how_many_masters_and_how_it_goes_back() {
    for (plan, english, chinese) in [
        (create(), &["make topic orders", "2 masters", "deleted again"][..], "2 个 master"),
        (alter(), &["what may be done", "R--", "can be put back"], "读写权限"),
        (delete(), &["IRREVERSIBLE", "1,234,567 messages", "Way back: none"], "不可恢复"),
        (make_group(), &["make group billing", "2 masters"], "创建消费组"),
        (delete_group(), &["delete group billing", "settings and offsets are kept"], "位点已保存"),
        (made_again(), &["take back B7F3QD: group billing"], "回滚"),
    ] {
        let command = plan.command.clone();
        let told = card(plan.clone(), Locale::EnUs);
        for words in english {
            assert!(told.contains(words), "{command}: {words} in\n{told}");
        }
        let told = card(plan, Locale::ZhCn);
        assert!(told.contains(chinese), "{command}: {chinese} in\n{told}");
    }
}

#[test]
fn plan_text_and_by_hand_name_each_call() {
    for (plan, words, command) in [
        (create(), "broker-a 8/8 RW-", "mqadmin updateTopic -n '<name servers>' -b '<master of broker-a>' -t orders"),
        (alter(), "from 8/8 RW- to 8/8 R--", "-r 8 -w 8 -p 4"),
        (delete(), "let every NameServer forget", "mqadmin deleteTopic -n '<name servers>' -c Lab -t orders"),
        (make_group(), "as mqadmin makes it", "mqadmin updateSubGroup"),
        (delete_group(), "orders broker-a 3 at 77", "mqadmin deleteSubGroup"),
    ] {
        let scene = Scene::of(plan.clone());
        let told = plan_text(&scene.plan);
        let flat = told.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(words), "{words} in\n{told}");
        let native = by_hand::by_hand(&plan, &History::default());
        assert!(native.contains(command), "{command} in\n{native}");
    }
    let back = by_hand::by_hand(&delete_group(), &History::default());
    assert!(back.contains("-q 3 -o 77"), "the offset is given back by hand, too\n{back}");
}
