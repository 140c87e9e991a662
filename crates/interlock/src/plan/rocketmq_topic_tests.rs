//! What masters and `NameServers` show of whole topics and groups of RocketMQ, and what is made of it.

use super::{
    Absence, Action, Awaited, Condition, Expectation, ForgottenGroup, GroupPlace, Held, Looked, Memory, Pace, Probe,
    QueueEnd, RocketmqAction, RocketmqExpectation, Seed, TopicChange, TopicPlace, TopicShape, evaluate, inverse, look,
    probe,
};
use crate::cluster::rocketmq::{
    BrokerSet, CommittedOffset, FromMasters, Group, GroupAt, GroupSettings, MASTER, Perm, Process, ProcessSeen,
    QueueRange, Queues, RocketmqAnswer, RocketmqCluster, RocketmqQuery, Route, RouteQueues, Said, Topic, TopicAt,
    TopicKind,
};
use crate::cluster::{Answer, Failure, FailureKind, Query, Section, Sections, Seen};
use crate::id::{BrokerName, GroupId, TopicName};
use crate::time::Millis;
use std::time::Duration;

fn orders() -> TopicName {
    "orders".parse().unwrap()
}

fn billing() -> GroupId {
    "billing".parse().unwrap()
}

fn broker(letter: &str) -> BrokerName {
    format!("broker-{letter}").parse().unwrap()
}

fn away() -> Failure {
    Failure { kind: FailureKind::Unreachable, said: "gone".to_owned() }
}

fn shape(perm: Perm) -> TopicShape {
    TopicShape { queues: Queues::both(4), perm }
}

/// Two masters.
#[derive(Clone, Default)]
struct World {
    /// What they have of the topic.
    topic: [Option<TopicShape>; 2],
    /// What the two `NameServers` tell of it; none if one is silent.
    routes: [Option<bool>; 2],
    dead: bool,
    settings: [Option<String>; 2],
    offsets: Vec<CommittedOffset>,
}

impl World {
    fn with(topic: [Option<TopicShape>; 2], routes: [Option<bool>; 2]) -> Self {
        Self { topic, routes, ..Self::default() }
    }

    fn sections(&self) -> Sections {
        let mut sections = Sections::empty();
        let all = [
            (RocketmqQuery::Cluster, RocketmqAnswer::Cluster(self.cluster())),
            (RocketmqQuery::Topic(orders()), RocketmqAnswer::Topic(self.topic())),
            (RocketmqQuery::Group(billing()), RocketmqAnswer::Group(self.group())),
            (RocketmqQuery::Committed(billing()), RocketmqAnswer::Committed(FromMasters::whole(self.offsets.clone()))),
            (RocketmqQuery::Ranges(orders(), 0), RocketmqAnswer::Ranges(FromMasters::whole(self.ranges()))),
        ];
        for (query, answer) in all {
            let seen = Seen { from: Millis(0), to: Millis(0), value: Answer::Rocketmq(answer) };
            sections.put(Query::Rocketmq(query), Section::Seen(seen));
        }
        sections
    }

    fn cluster(&self) -> RocketmqCluster {
        let set = |letter: &str| {
            let is_dead = self.dead && letter == "b";
            let said = if is_dead { Said::Silent(away()) } else { Said::Answer(ProcessSeen::default()) };
            let master = Process { id: MASTER, address: String::new(), said };
            BrokerSet { name: broker(letter), processes: vec![master] }
        };
        RocketmqCluster { name: "Lab".to_owned(), name_servers: Vec::new(), brokers: vec![set("a"), set("b")] }
    }

    /// As the backend has it: nothing at all where nobody who answers knows it.
    fn topic(&self) -> Option<Topic> {
        let at = |(letter, shape): (&str, &Option<TopicShape>)| {
            let here = shape.map(|shape| TopicAt {
                broker: broker(letter),
                read: shape.queues.read,
                write: shape.queues.write,
                perm: shape.perm,
                ordered: false,
            });
            let is_dead = self.dead && letter == "b";
            (broker(letter), if is_dead { Said::Silent(away()) } else { Said::Answer(here) })
        };
        let queues = RouteQueues { broker: broker("a"), read: 4, write: 4, perm: Perm::READ_WRITE };
        let route = |(number, told): (i32, &Option<bool>)| {
            let route = Route { queues: vec![queues.clone()], order: None };
            let said = told.map_or(Said::Silent(away()), |told| Said::Answer(told.then_some(route)));
            (format!("ns-{number}"), said)
        };
        let known = self.topic.iter().any(Option::is_some) || self.routes.contains(&Some(true));
        known.then(|| Topic {
            kind: TopicKind::Ordinary,
            at: ["a", "b"].into_iter().zip(&self.topic).map(at).collect(),
            routes: (1..).zip(&self.routes).map(route).collect(),
        })
    }

    fn group(&self) -> Option<Group> {
        let at = |(letter, whole): (&str, &Option<String>)| GroupAt {
            broker: broker(letter),
            settings: whole.as_ref().map(|_| GroupSettings { consume: true, broadcast: false, retry_max: 16 }),
            whole: whole.clone().unwrap_or_default(),
        };
        self.settings.iter().any(Option::is_some).then(|| Group {
            system: false,
            at: ["a", "b"].into_iter().zip(&self.settings).map(at).collect(),
            clients: Vec::new(),
            subscriptions: Vec::new(),
            model: None,
            silent: Vec::new(),
        })
    }

    fn ranges(&self) -> Vec<QueueRange> {
        let there = ["a", "b"].into_iter().zip(&self.topic).filter(|(_, shape)| shape.is_some());
        there.map(|(letter, _)| QueueRange { broker: broker(letter), queue: 0, start: 0, end: 7 }).collect()
    }

    fn probe(&self, action: &RocketmqAction) -> Probe {
        probe(&Action::Rocketmq(action.clone()), &self.sections())
    }
}

fn set(from: Option<TopicShape>, to: TopicShape) -> RocketmqAction {
    let place = |letter: &str| TopicChange { broker: broker(letter), from, to };
    RocketmqAction::SetTopic { topic: orders(), places: vec![place("a"), place("b")] }
}

fn delete() -> RocketmqAction {
    let place = |letter: &str| TopicPlace { broker: broker(letter), shape: shape(Perm::READ_WRITE) };
    RocketmqAction::DeleteTopic { topic: orders(), cluster: "Lab".to_owned(), at: vec![place("a"), place("b")] }
}

const TOLD: [Option<bool>; 2] = [Some(true), Some(true)];
const FORGOTTEN: [Option<bool>; 2] = [Some(false), Some(false)];

#[test]
fn a_topic_is_made_where_every_master_has_it() {
    let whole = shape(Perm::READ_WRITE);
    let make = set(None, whole);
    assert_eq!(World::with([None, None], FORGOTTEN).probe(&make), Probe::NotYet);
    assert_eq!(World::with([Some(whole), None], TOLD).probe(&make), Probe::Partly);
    assert_eq!(World::with([Some(whole), Some(whole)], TOLD).probe(&make), Probe::Done);
    let other = Some(TopicShape { queues: Queues::both(8), ..whole });
    assert!(matches!(World::with([other, None], TOLD).probe(&make), Probe::Foreign(_)));
    let dead = World { dead: true, ..World::with([None, None], FORGOTTEN) };
    assert!(matches!(dead.probe(&make), Probe::CannotTell(_)), "a dead master is not one that has nothing");
}

#[test]
fn what_may_be_done_is_set_back() {
    let (wide, narrow) = (shape(Perm::READ_WRITE), shape(Perm::READ));
    let narrows = set(Some(wide), narrow);
    assert_eq!(World::with([Some(narrow), Some(wide)], TOLD).probe(&narrows), Probe::Partly);
    assert_eq!(World::with([Some(narrow), Some(narrow)], TOLD).probe(&narrows), Probe::Done);
    assert!(matches!(World::with([None, Some(wide)], TOLD).probe(&narrows), Probe::Foreign(_)));
    let [Action::Rocketmq(back)] = &inverse(&Action::Rocketmq(narrows))[..] else { panic!() };
    assert_eq!(World::with([Some(wide), Some(wide)], TOLD).probe(back), Probe::Done);
    assert_eq!(inverse(&Action::Rocketmq(set(None, wide))), [], "what is made is deleted, not set");
}

#[test]
fn a_topic_is_gone_where_no_master_has_it_and_no_route_leads_there() {
    let whole = Some(shape(Perm::READ_WRITE));
    for (topic, routes, shown) in [
        ([whole, whole], TOLD, Probe::NotYet),
        ([None, whole], TOLD, Probe::Partly),
        ([None, None], TOLD, Probe::Partly),
        ([None, None], [Some(true), Some(false)], Probe::Partly),
        ([None, None], FORGOTTEN, Probe::Done),
    ] {
        assert_eq!(World::with(topic, routes).probe(&delete()), shown, "{topic:?} {routes:?}");
    }
    let dead = World { dead: true, ..World::with([None, whole], FORGOTTEN) };
    assert!(matches!(dead.probe(&delete()), Probe::CannotTell(_)), "it comes back with its file");
    let other = Some(shape(Perm::READ));
    assert!(matches!(World::with([other, None], TOLD).probe(&delete()), Probe::Foreign(_)));
}

#[test]
fn it_stays_gone_in_several_looks() {
    let absence = Absence { topic: orders(), looks: 2, interval_ms: 1_000 };
    let condition = Condition::RocketmqTopicGone(absence);
    let looked = |world: &World, memory: &Memory, now: i64| {
        let pace = Pace { now: Millis(now), interval: Duration::from_secs(1) };
        look(Awaited { condition: &condition, actions: &[] }, memory, &world.sections(), pace)
    };
    let gone = World::with([None, None], FORGOTTEN);
    let (memory, first) = looked(&gone, &Memory::default(), 0);
    assert!(matches!(first, Looked::NotYet { id: "topic-gone-watched", .. }));
    assert_eq!(looked(&gone, &memory, 1_000).1, Looked::Met);
    assert!(matches!(looked(&gone, &memory, 60_000).1, Looked::NotYet { .. }), "a gap begins anew");
    let back = World::with([None, None], [Some(false), Some(true)]);
    assert!(matches!(looked(&back, &memory, 1_000).1, Looked::Foreign { id: "route-left", .. }));
    let again = World::with([Some(shape(Perm::READ)), None], FORGOTTEN);
    assert!(matches!(looked(&again, &memory, 1_000).1, Looked::Foreign { id: "topic-recreated", .. }));
}

fn judged(world: &World, expectation: RocketmqExpectation) -> Held {
    evaluate(&Expectation::Rocketmq(expectation), &world.sections())
}

fn broken(held: &Held) -> Option<&'static str> {
    match held {
        Held::Broken { id, .. } => Some(id),
        _ => None,
    }
}

#[test]
fn what_was_approved_still_stands() {
    let whole = Some(shape(Perm::READ_WRITE));
    let world = World::with([whole, whole], TOLD);
    let place = |letter: &str| TopicPlace { broker: broker(letter), shape: shape(Perm::READ_WRITE) };
    let is = |at: Vec<TopicPlace>| RocketmqExpectation::TopicSettingsAre { topic: orders(), at };
    assert_eq!(judged(&world, is(vec![place("a"), place("b")])), Held::Holds);
    assert_eq!(broken(&judged(&world, is(vec![place("a")]))), Some("another-master"));
    let narrowed = World::with([whole, Some(shape(Perm::READ))], TOLD);
    assert_eq!(broken(&judged(&narrowed, is(vec![place("a"), place("b")]))), Some("topic-settings-changed"));
    let absent = || RocketmqExpectation::TopicAbsent { topic: orders() };
    assert_eq!(broken(&judged(&world, absent())), Some("topic-exists"));
    assert_eq!(broken(&judged(&World::with([None, None], TOLD), absent())), Some("topic-exists"), "a route is left");
    assert_eq!(judged(&World::with([None, None], FORGOTTEN), absent()), Held::Holds);
    let end = |letter: &str, end| QueueEnd { broker: broker(letter), queue: 0, end };
    let ends = |ends: Vec<QueueEnd>| RocketmqExpectation::EndsAre { topic: orders(), ends };
    assert_eq!(judged(&world, ends(vec![end("a", 7), end("b", 7)])), Held::Holds);
    assert_eq!(broken(&judged(&world, ends(vec![end("a", 7), end("b", 6)]))), Some("topic-written"));
    let half = World::with([None, whole], TOLD);
    assert_eq!(judged(&half, ends(vec![end("a", 7), end("b", 7)])), Held::Holds, "what is gone was not written to");
}

fn gone() -> ForgottenGroup {
    let place = |letter: &str, settings: Option<&str>| GroupPlace {
        broker: broker(letter),
        settings: settings.map(str::to_owned),
    };
    let offset = CommittedOffset { topic: orders(), broker: broker("b"), queue: 3, offset: 41 };
    ForgottenGroup { group: billing(), at: vec![place("a", Some("{1}")), place("b", None)], offsets: vec![offset] }
}

#[test]
fn a_group_is_gone_with_its_offsets_and_made_again_with_both() {
    let delete = RocketmqAction::DeleteGroup(gone());
    let stands = World { settings: [Some("{1}".to_owned()), None], offsets: gone().offsets, ..World::default() };
    assert_eq!(stands.probe(&delete), Probe::NotYet);
    let half = World { settings: [None, None], ..stands.clone() };
    assert_eq!(half.probe(&delete), Probe::Partly, "4.9 keeps offsets of groups that it does not have");
    assert_eq!(World::default().probe(&delete), Probe::Done);
    let dead = World { dead: true, ..World::default() };
    assert!(matches!(dead.probe(&delete), Probe::CannotTell(_)));

    let back = inverse(&Action::Rocketmq(delete));
    let [Action::Rocketmq(make), Action::Rocketmq(RocketmqAction::SeedOffsets { seeds, .. })] = &back[..] else {
        panic!("{back:?}");
    };
    assert_eq!(*seeds, [Seed { group: billing(), broker: broker("b"), queue: 3, offset: 41 }]);
    assert_eq!(World::default().probe(make), Probe::NotYet);
    assert_eq!(stands.probe(make), Probe::Done, "only where it was");
    let other = World { settings: [Some("{2}".to_owned()), None], ..World::default() };
    assert!(matches!(other.probe(make), Probe::Foreign(_)), "somebody else made it");
}

#[test]
fn a_group_that_is_made_is_deleted_again() {
    let at = ["a", "b"].map(|letter| GroupPlace { broker: broker(letter), settings: None }).to_vec();
    let make = RocketmqAction::MakeGroup { group: billing(), at: at.clone() };
    let plain = || Some("{}".to_owned());
    assert_eq!(World { settings: [plain(), None], ..World::default() }.probe(&make), Probe::Partly);
    assert_eq!(World { settings: [plain(), plain()], ..World::default() }.probe(&make), Probe::Done);
    let back = inverse(&Action::Rocketmq(make));
    let expected = ForgottenGroup { group: billing(), at, offsets: Vec::new() };
    assert_eq!(back, [Action::Rocketmq(RocketmqAction::DeleteGroup(expected))]);
    let absent = || RocketmqExpectation::GroupAbsent { group: billing() };
    assert_eq!(judged(&World::default(), absent()), Held::Holds);
    let there = World { settings: [None, plain()], ..World::default() };
    assert_eq!(broken(&judged(&there, absent())), Some("group-exists"));
    let is = |at: Vec<GroupPlace>| RocketmqExpectation::GroupIs { group: billing(), at };
    let with = |settings| vec![GroupPlace { broker: broker("b"), settings }];
    assert_eq!(judged(&there, is(with(plain()))), Held::Holds);
    assert_eq!(broken(&judged(&there, is(with(None)))), Some("group-changed"));
}
