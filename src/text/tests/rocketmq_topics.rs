//! Plans of RocketMQ, above all those that change whole topics and groups: their cards, their words, and how to do them by hand.

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
    Absence, Action, Check, Closing, ClosingAt, Condition, Effect, Estimate, ForgottenGroup, GroupPlace, Impact, Level,
    Plan, QueuesChange, RocketmqAction, Row, Scope, Step, TopicChange, TopicPlace, TopicShape, Undo, Wait, Work,
};
use std::collections::BTreeSet;

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

pub(super) fn all() -> [Plan; 6] {
    [create(), alter(), delete(), make_group(), delete_group(), made_again()]
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

/// A reset of two topics or of one, back and forward, with a queue without an offset and a target that was moved.
fn reset_back(topics: [&str; 2]) -> Plan {
    let offset = |topic: &str, queue: u32, from: Option<i64>, to: i64| Row::Queue {
        topic: topic.to_owned(),
        broker: "broker-a".to_owned(),
        queue,
        from,
        to: Some(to),
        log_start: 0,
        log_end: 900,
        clamped: queue == 1,
    };
    let action = RocketmqAction::SetOffsets { group: billing(), moves: Vec::new(), running: false };
    let mut plan = plan("reset-offset", action, (Undo::Inverse { needs: Vec::new() }, "reset-replays-and-skips"));
    plan.scope = Scope::Group;
    plan.impact.facts = Facts::none().with("replayed", 30_i64).with("skipped", 5_i64);
    plan.impact.rows =
        vec![offset(topics[0], 0, Some(40), 10), offset(topics[0], 1, None, 5), offset(topics[1], 2, Some(5), 10)];
    plan
}

fn expand() -> Plan {
    let (now, then) = (Queues::both(4), Queues::both(8));
    let places = vec![QueuesChange { broker: broker(), from: now, to: then }];
    let undo = Undo::Inverse { needs: Vec::new() };
    let mut plan =
        plan("expand-partitions", RocketmqAction::SetQueues { topic: orders(), places }, (undo, "queues-opened"));
    plan.arguments.insert("to".to_owned(), "8".to_owned());
    plan.impact.facts = Facts::none().with("queues", 4_i64).with("masters", 1_i64);
    plan.impact.rows = vec![Row::Queues { broker: "broker-a".to_owned(), now, then }];
    plan
}

/// Half of the queues are written no more, are drained, and are read no more.
fn shrink() -> Plan {
    let (now, half, then) = (Queues::both(8), Queues { read: 8, write: 4 }, Queues::both(4));
    let set = |from: Queues, to: Queues| RocketmqAction::SetQueues {
        topic: orders(),
        places: vec![QueuesChange { broker: broker(), from, to }],
    };
    let closing = Closing {
        topic: orders(),
        queues: vec![ClosingAt { broker: broker(), keeps: 4, had: 8 }],
        waived: BTreeSet::new(),
        readers: Vec::new(),
        looks: 3,
        interval_ms: 15_000,
    };
    let back = || Undo::Inverse { needs: Vec::new() };
    let step = |number, work, done, undo| Step { number, work, needs: Vec::new(), done, undo };
    let drained = Condition::RocketmqDrained(closing.clone());
    let wait = Wait { condition: drained.clone(), interval_ms: 15_000, deadline_ms: 60 * 24 * 3_600_000 };
    let mut plan = plan("shrink-partitions", set(now, half), (back(), "queues-closed"));
    plan.arguments.insert("to".to_owned(), "4".to_owned());
    plan.steps.push(step(2, Work::Wait(wait), drained, Undo::Nothing));
    let closed = Condition::RocketmqStaysClosed(closing);
    plan.steps.push(step(3, Work::Act(Action::Rocketmq(set(half, then))), closed, back()));
    plan.impact.facts = Facts::none().with("queues", 4_i64).with("masters", 1_i64).with("unread", 1_234_i64);
    plan.impact.rows = vec![Row::Queues { broker: "broker-a".to_owned(), now, then }];
    plan
}

/// Plans that set offsets of queues, and how many queues there are.
pub(super) fn queues() -> [Plan; 3] {
    [reset_back(["orders", "carts"]), expand(), shrink()]
}

/// There are queues and messages on RocketMQ. A command is called as it is called.
#[test]
fn no_card_on_rocketmq_tells_of_partitions_or_records() {
    let resets = [reset_back(["orders", "orders"]), reset_back(["orders", "carts"])];
    let plans: Vec<Plan> = all().into_iter().chain(resets.clone()).chain([expand(), shrink()]).collect();
    for (plan, state) in plans.iter().flat_map(|plan| State::ALL.iter().map(move |state| (plan, *state))) {
        for locale in Locale::ALL {
            let view = Scene::of(plan.clone()).at(state);
            let told = console(&plan_card(&view.view(locale)), Drawing { width: 200, colour: false });
            let told = told.replace("expand-partitions", "").replace("shrink-partitions", "");
            let of_kafka =
                ["partition", "parts", "record", "Record", "分区"].into_iter().find(|word| told.contains(word));
            assert_eq!(of_kafka, None, "{} {state:?}:\n{told}", plan.command);
        }
    }
    for plan in &plans {
        // The names of facts are those of plan.json.
        let told = plan_text(&Scene::of(plan.clone()).plan);
        let told = told.replace("expand-partitions", "").replace("shrink-partitions", "");
        let told =
            ["records 1,234,567", "records: ", "partitions: "].iter().fold(told, |told, fact| told.replace(fact, ""));
        let of_kafka = ["partition", "record"].into_iter().find(|word| told.contains(word));
        assert_eq!(of_kafka, None, "{}:\n{told}", plan.command);
    }
    // On Kafka the same plan does.
    let mut on_kafka = resets[0].clone();
    on_kafka.kind = ClusterKind::Kafka;
    assert!(card(on_kafka, Locale::EnUs).contains("partition"));
    for (plan, words) in
        [(resets[0].clone(), "3 queues stand where the plan says"), (expand(), "the cluster shows what")]
    {
        let view = Scene::of(plan).at(State::Succeeded);
        let told = console(&plan_card(&view.view(Locale::EnUs)), Drawing { width: 200, colour: false });
        assert!(told.contains(words), "{words} in\n{told}");
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
