//! Resets on RocketMQ, planned against a model of one broker, and taken back.

use super::world::{AT, NOW, With, asked, check, count, group, ids, text, topic, whole};
use crate::changes::{self, Context, Guard, Guards, Rollback};
use crate::cluster::rocketmq::{
    BrokerSet, Client, CommittedOffset, FromMasters, Group, GroupAt, MASTER, Model, NameServer, NameServerSeen,
    OffsetAt, Perm, Process, ProcessSeen, QueueRange, RocketmqAnswer, RocketmqCluster, RocketmqQuery, Said,
    SilentBroker, Topic, TopicAt, TopicKind,
};
use crate::cluster::{Answer, Cluster, ClusterKind, Failure, FailureKind, Query, Section, Sections, Seen};
use crate::command::{Arguments, Value};
use crate::id::{BrokerName, GroupId};
use crate::plan::{
    Action, Captured, Check, Condition, Done, Draft, Effect, Expansion, Expectation, Held, Level, OffsetTarget, Plan,
    Planning, QueueMove, QueueOffset, RocketmqAction, Row, Rule, Step, Work, evaluate, expand, reverse,
};
use crate::time::Millis;
use std::collections::{BTreeMap, BTreeSet};

/// Where a queue begins, ends, and stood at [`AT`].
type Log = (i64, i64, i64);

/// The group "billing", and the topic "orders" at one broker.
#[derive(Clone)]
pub(super) struct World {
    version: &'static str,
    kind: TopicKind,
    read: u32,
    write: u32,
    queues: Vec<Log>,
    offsets: BTreeMap<u32, i64>,
    clients: usize,
    model: Model,
    there: bool,
    silent_name_server: bool,
    silent_master: bool,
    pub(super) guards: Guards,
}

fn broker() -> BrokerName {
    "broker-a".parse().unwrap()
}

fn silent() -> Failure {
    Failure { kind: FailureKind::TimedOut, said: "no".to_owned() }
}

impl World {
    pub(super) fn of(version: &'static str, queues: &[Log], offsets: &[Option<i64>]) -> Self {
        let count = u32::try_from(queues.len()).unwrap();
        let offsets = (0..).zip(offsets).filter_map(|(queue, offset)| Some((queue, (*offset)?)));
        Self {
            version,
            kind: TopicKind::Ordinary,
            read: count,
            write: count,
            queues: queues.to_vec(),
            offsets: offsets.collect(),
            clients: 0,
            model: Model::Clustering,
            there: true,
            silent_name_server: false,
            silent_master: false,
            guards: Guards::all(),
        }
    }

    fn online(mut self) -> Self {
        self.clients = 2;
        self
    }

    fn master(&self) -> Process {
        let resets_offsets = self.version.starts_with('5');
        let seen = ProcessSeen { version: self.version.to_owned(), resets_offsets, ..ProcessSeen::default() };
        Process { id: MASTER, address: "10.1.2.3:10911".to_owned(), said: Said::Answer(seen) }
    }

    fn cluster(&self) -> RocketmqCluster {
        let seen = || Said::Answer(NameServerSeen { version: self.version.to_owned(), registered: Vec::new() });
        let server = |number: u32, dead: bool| NameServer {
            address: format!("10.1.2.{number}:9876"),
            said: if dead { Said::Silent(silent()) } else { seen() },
        };
        RocketmqCluster {
            name: "shop".to_owned(),
            name_servers: vec![server(1, false), server(2, self.silent_name_server)],
            brokers: vec![BrokerSet { name: broker(), processes: vec![self.master()] }],
        }
    }

    fn topic(&self) -> Topic {
        let at =
            TopicAt { broker: broker(), read: self.read, write: self.write, perm: Perm::READ_WRITE, ordered: false };
        let said = if self.silent_master { Said::Silent(silent()) } else { Said::Answer(Some(at)) };
        Topic { kind: self.kind, at: vec![(broker(), said)], routes: Vec::new() }
    }

    fn group(&self) -> Group {
        let client = |number: usize| Client {
            group: group("billing"),
            id: format!("client-{number}"),
            host: "10.1.2.3".to_owned(),
            language: "JAVA".to_owned(),
            version: self.version.to_owned(),
            brokers: vec![broker()],
        };
        Group {
            system: false,
            at: vec![GroupAt { broker: broker(), settings: None, whole: String::new() }],
            clients: (1..=self.clients).map(client).collect(),
            subscriptions: Vec::new(),
            model: (self.clients > 0).then_some(self.model),
            silent: Vec::new(),
        }
    }

    fn told<T>(&self, seen: Vec<T>) -> FromMasters<Vec<T>> {
        let silent = SilentBroker { broker: broker(), why: silent() };
        if self.silent_master {
            FromMasters { seen: Vec::new(), silent: vec![silent] }
        } else {
            FromMasters::whole(seen)
        }
    }

    fn numbered(&self) -> impl Iterator<Item = (u32, &Log)> {
        (0_u32..).zip(&self.queues)
    }

    fn answer(&self, query: &RocketmqQuery) -> RocketmqAnswer {
        match query {
            RocketmqQuery::Cluster => RocketmqAnswer::Cluster(self.cluster()),
            RocketmqQuery::Topic(name) if *name == topic("orders") => RocketmqAnswer::Topic(Some(self.topic())),
            RocketmqQuery::Topic(_) => RocketmqAnswer::Topic(None),
            RocketmqQuery::Group(_) => RocketmqAnswer::Group(self.there.then(|| self.group())),
            RocketmqQuery::Committed(_) => {
                let one = |(queue, offset): (&u32, &i64)| CommittedOffset {
                    topic: topic("orders"),
                    broker: broker(),
                    queue: *queue,
                    offset: *offset,
                };
                RocketmqAnswer::Committed(self.told(self.offsets.iter().map(one).collect()))
            }
            RocketmqQuery::Ranges(..) => {
                let one = |(queue, (start, end, _)): (u32, &Log)| QueueRange {
                    broker: broker(),
                    queue,
                    start: *start,
                    end: *end,
                };
                RocketmqAnswer::Ranges(self.told(self.numbered().map(one).collect()))
            }
            RocketmqQuery::OffsetsAt(_, at) => {
                assert_eq!(*at, AT);
                let one = |(queue, (.., at)): (u32, &Log)| OffsetAt { broker: broker(), queue, offset: *at };
                RocketmqAnswer::OffsetsAt(self.told(self.numbered().map(one).collect()))
            }
            other => panic!("no planner needs {other:?}"),
        }
    }

    pub(super) fn observe(&self, queries: &BTreeSet<Query>) -> Sections {
        let mut sections = Sections::empty();
        for query in queries {
            let Query::Rocketmq(asked) = query else { panic!("{query:?}") };
            let value = Answer::Rocketmq(self.answer(asked));
            sections.put(query.clone(), Section::Seen(Seen { from: NOW, to: NOW, value }));
        }
        sections
    }

    fn rounds(&self, ask: impl Fn(&Sections, &Context<'_>) -> Planning) -> Planning {
        let cluster = Cluster { kind: ClusterKind::Rocketmq, ..super::world::cluster() };
        let (held, owing, earlier, guards) = (&[], &[], None, &self.guards);
        let context = Context { now: NOW, cluster: &cluster, held, owing, earlier, guards };
        let mut sections = Sections::empty();
        for _ in 0..=6 {
            let planning = ask(&sections, &context);
            let Planning::Need(queries) = planning else { return planning };
            assert_eq!(sections.missing(&queries), queries, "nothing is asked twice, and nothing is not nothing");
            sections.merge(self.observe(&queries));
        }
        panic!("more than six rounds");
    }

    pub(super) fn planning(&self, arguments: &Arguments) -> Planning {
        self.rounds(|sections, context| changes::plan("reset-offset", arguments, sections, context).unwrap())
    }

    fn plan(&self, to: OffsetTarget) -> Draft {
        match self.planning(&asked(to)) {
            Planning::Plan(draft) => *draft,
            other => panic!("no plan: {other:?}"),
        }
    }

    fn refused(&self, to: OffsetTarget) -> Vec<Check> {
        match self.planning(&asked(to)) {
            Planning::Refused(checks) => checks,
            other => panic!("not refused: {other:?}"),
        }
    }

    fn mistake(&self, arguments: &Arguments) -> String {
        match self.planning(arguments) {
            Planning::Mistake(mistake) => mistake.id,
            other => panic!("no mistake: {other:?}"),
        }
    }

    fn back(&self, plan: &Plan, done: &[Done]) -> Planning {
        self.rounds(|sections, context| changes::plan_rollback(&Rollback::plain(plan, done), sections, context))
    }

    /// What the steps of a draft come to: capture, and the rule counted from that.
    fn actions(&self, draft: &Draft) -> (Captured, Vec<Action>) {
        let [Step { work: Work::Capture(capture), .. }, Step { work: Work::Rule(rule), .. }] = &draft.steps[..] else {
            panic!("{:?}", draft.steps)
        };
        let captured = capture.read(&self.observe(&capture.queries())).unwrap();
        let actions = self.expanded(rule, &captured);
        (captured, actions)
    }

    fn expanded(&self, rule: &Rule, captured: &Captured) -> Vec<Action> {
        let Expansion::Need(queries) = expand(rule, captured, &Sections::empty()) else { panic!("asks nothing") };
        match expand(rule, captured, &self.observe(&queries)) {
            Expansion::Actions(actions) => actions,
            other => panic!("{other:?}"),
        }
    }

    fn does(&mut self, actions: &[Action]) {
        for action in actions {
            let Action::Rocketmq(action) = action else { panic!("{action:?}") };
            self.offsets.extend(action.queue_moves().iter().map(|one| (one.queue, one.to)));
        }
    }
}

fn world(version: &'static str) -> World {
    World::of(version, &[(10, 100, 42), (0, 50, 20), (5, 5, 5)], &[Some(60), Some(7), Some(5)])
}

/// The world in which this guard refuses a reset to [`AT`], and who asks for what.
pub(super) fn refused_by(guard: Guard) -> (World, Arguments) {
    let mut world = world("5.5.0");
    match guard {
        Guard::NotTheSystems => world.kind = TopicKind::System,
        Guard::NotBroadcast => {
            world = world.online();
            world.model = Model::Broadcasting;
        }
        Guard::ClientsCanBeTold => {
            world = self::world("4.9.7").online();
            return (world, asked(OffsetTarget::Offset(20)));
        }
        other => panic!("{other:?} refuses no reset on RocketMQ"),
    }
    (world, asked(OffsetTarget::At(AT)))
}

fn moves(actions: &[Action]) -> Vec<(u32, Option<i64>, i64)> {
    let [Action::Rocketmq(action)] = actions else { panic!("{actions:?}") };
    action.queue_moves().iter().map(|one| (one.queue, one.from, one.to)).collect()
}

#[test]
fn offsets_before_are_captured_first_and_the_rule_counts_from_them() {
    for version in ["4.9.7", "5.5.0"] {
        let draft = world(version).plan(OffsetTarget::At(AT));
        assert!(matches!(draft.steps[0].work, Work::Capture(_)), "{:?}", draft.steps);
        assert!(matches!(draft.steps[1].done, Condition::RocketmqOffsetsHold(_)), "{:?}", draft.steps);
        let (captured, actions) = world(version).actions(&draft);
        let offsets: Vec<_> = captured.queues.iter().map(|one| one.offset).collect();
        assert_eq!(offsets, [Some(60), Some(7), Some(5)]);
        assert_eq!(moves(&actions), [(0, Some(60), 42), (1, Some(7), 20)], "back and forward; the empty queue stays");
        assert_eq!((count(&draft.impact.facts, "replayed"), count(&draft.impact.facts, "skipped")), (18, 13));
        assert_eq!(draft.effect, Effect::Reversible);
    }
}

#[test]
fn every_target_leads_into_the_queues() {
    for (target, wanted) in [
        (OffsetTarget::Earliest, vec![(0, Some(60), 10), (1, Some(7), 0)]),
        (OffsetTarget::Latest, vec![(0, Some(60), 100), (1, Some(7), 50)]),
        (OffsetTarget::Offset(20), vec![(0, Some(60), 20), (1, Some(7), 20)]),
        (OffsetTarget::Offset(1_000), vec![(0, Some(60), 100), (1, Some(7), 50)]),
        (OffsetTarget::Shift(-20), vec![(0, Some(60), 40), (1, Some(7), 0)]),
        (OffsetTarget::Shift(i64::MAX), vec![(0, Some(60), 100), (1, Some(7), 50)]),
    ] {
        let world = world("5.5.0");
        let draft = world.plan(target);
        assert_eq!(moves(&world.actions(&draft).1), wanted, "{target}");
        let clamped = draft.checks.iter().any(|one| one.id == "target-clamped");
        assert_eq!(clamped, matches!(target, OffsetTarget::Offset(_) | OffsetTarget::Shift(_)), "{target}");
    }
}

#[test]
fn clients_go_on_and_the_card_names_them() {
    let draft = world("5.5.0").online().plan(OffsetTarget::At(AT));
    let told = check(&draft.checks, "clients-go-on");
    assert_eq!((told.level, count(&told.facts, "count")), (Level::Warn, 2));
    assert_eq!(draft.impact.clients, ["client-1", "client-2"]);
    let (_, actions) = world("5.5.0").online().actions(&draft);
    assert!(
        matches!(&actions[..], [Action::Rocketmq(RocketmqAction::SetOffsets { running: true, .. })]),
        "{actions:?}"
    );
    // 4.9 can only tell its clients a time.
    let draft = world("4.9.7").online().plan(OffsetTarget::At(AT));
    let (_, actions) = world("4.9.7").online().actions(&draft);
    let [Action::Rocketmq(RocketmqAction::TellClients { at, .. })] = &actions[..] else { panic!("{actions:?}") };
    assert_eq!(*at, Some(Millis(AT.0 - 1)), "what lies nearest to the instant itself may be behind others of it");
    let draft = world("4.9.7").online().plan(OffsetTarget::Latest);
    let (_, actions) = world("4.9.7").online().actions(&draft);
    assert!(matches!(&actions[..], [Action::Rocketmq(RocketmqAction::TellClients { at: None, .. })]), "{actions:?}");
    let draft = world("4.9.7").online().plan(OffsetTarget::Earliest);
    let (_, actions) = world("4.9.7").online().actions(&draft);
    let first = Some(Millis(0));
    assert!(matches!(&actions[..], [Action::Rocketmq(RocketmqAction::TellClients { at, .. })] if *at == first));
}

#[test]
fn what_4_9_cannot_tell_its_clients_is_refused_with_the_reason() {
    let because = |world: &World, arguments: &Arguments| match world.planning(arguments) {
        Planning::Refused(checks) => text(&check(&checks, "group-must-stop").facts, "because").to_owned(),
        other => panic!("{other:?}"),
    };
    let old = || world("4.9.7").online();
    assert_eq!(because(&old(), &asked(OffsetTarget::Offset(20))), "target");
    assert_eq!(because(&old(), &asked(OffsetTarget::Shift(-1))), "target");
    let some = asked(OffsetTarget::At(AT)).with("partitions", Value::Partitions(vec![0]));
    assert_eq!(because(&old(), &some), "partitions");
    let mut without = old();
    without.offsets.remove(&1);
    assert_eq!(because(&without, &asked(OffsetTarget::At(AT))), "no-offset");
    let mut closed = old();
    closed.write = 2;
    assert_eq!(because(&closed, &asked(OffsetTarget::At(AT))), "closed-queues");
    // All of this is no matter where the brokers do it, or nobody is connected.
    for mut world in [world("5.5.0").online(), world("4.9.7")] {
        world.offsets.remove(&1);
        world.write = 2;
        assert!(matches!(world.planning(&asked(OffsetTarget::Offset(20))), Planning::Plan(_)));
    }
}

#[test]
fn a_group_that_never_committed_is_set_and_what_cannot_be_taken_back_is_counted() {
    let world = World::of("5.5.0", &[(10, 100, 42), (0, 50, 20)], &[None, Some(7)]);
    let draft = world.plan(OffsetTarget::At(AT));
    assert_eq!(draft.effect, Effect::Irreversible);
    assert_eq!(count(&check(&draft.checks, "no-offset-before").facts, "count"), 1);
    let (_, actions) = world.actions(&draft);
    assert_eq!(moves(&actions), [(0, None, 42), (1, Some(7), 20)]);
    let plan = whole(draft, asked(OffsetTarget::At(AT)));
    let back = reverse(&plan, &[Done { step: 2, actions }]).unwrap();
    assert_eq!(moves(&back), [(1, Some(20), 7)], "none cannot be given again");
}

#[test]
fn closed_queues_are_left_alone_and_told() {
    let mut world = world("5.5.0");
    (world.read, world.write) = (1, 1);
    let draft = world.plan(OffsetTarget::At(AT));
    assert_eq!(moves(&world.actions(&draft).1), [(0, Some(60), 42)]);
    assert_eq!(count(&check(&draft.checks, "closed-queues-left").facts, "count"), 1, "the empty one holds nothing");
}

#[test]
fn what_is_not_there_or_not_for_rocketmq_is_a_mistake() {
    let to = OffsetTarget::At(AT);
    for (option, value) in
        [("wait-for-stop", Value::Duration(std::time::Duration::from_secs(60))), ("new-group", Value::Flag(true))]
    {
        assert_eq!(world("5.5.0").mistake(&asked(to).with(option, value)), "option-not-for-kind");
    }
    assert_eq!(world("5.5.0").mistake(&asked(to).with("topic", Value::Topic(topic("carts")))), "unknown-topic");
    assert_eq!(world("5.5.0").mistake(&asked(to).with("partitions", Value::Partitions(vec![3]))), "unknown-partition");
    let mut nobody = world("5.5.0");
    (nobody.there, nobody.offsets) = (false, BTreeMap::new());
    assert_eq!(nobody.mistake(&asked(to)), "unknown-group");
    let mut new = world("5.5.0");
    new.offsets.clear();
    assert_eq!(new.mistake(&asked(to).without("topic")), "group-without-commits");
    assert_eq!(new.mistake(&asked(OffsetTarget::Shift(5))), "no-commit-to-shift");
    let mut there = world("5.5.0");
    there.offsets = [(0, 42), (1, 20), (2, 5)].into();
    assert_eq!(there.mistake(&asked(to)), "nothing-to-do");
}

#[test]
fn what_cannot_be_seen_refuses_and_a_dead_name_server_is_told() {
    let mut world = world("5.5.0");
    world.silent_name_server = true;
    let draft = world.plan(OffsetTarget::At(AT));
    assert_eq!(count(&check(&draft.checks, "name-servers-silent").facts, "count"), 1);
    world.silent_master = true;
    let checks = world.refused(OffsetTarget::At(AT));
    assert!(ids(&checks, Level::Block).contains(&"cannot-verify"), "{checks:?}");
}

#[test]
fn each_new_guard_refuses_alone() {
    for guard in [Guard::NotTheSystems, Guard::NotBroadcast, Guard::ClientsCanBeTold] {
        let (mut world, arguments) = refused_by(guard);
        for other in Guard::ALL.into_iter().filter(|other| *other != guard) {
            world.guards = Guards::all().without(other);
            assert!(matches!(world.planning(&arguments), Planning::Refused(_)), "{guard:?} without {other:?}");
        }
        world.guards = Guards::all().without(guard);
        assert!(matches!(world.planning(&arguments), Planning::Plan(_)), "{guard:?}");
    }
}

/// A plan expects the same cluster, queues, and whether clients are there: how it is done depends on that.
#[test]
fn another_world_makes_the_plan_stale() {
    let judged = |world: &World, draft: &Draft| -> Vec<&'static str> {
        let queries = draft.expectations.iter().flat_map(Expectation::queries).collect();
        let sections = world.observe(&queries);
        let broken = |one: &Expectation| match evaluate(one, &sections) {
            Held::Holds => None,
            Held::Broken { id, .. } => Some(id),
            Held::CannotTell(_) => Some("cannot-tell"),
        };
        draft.expectations.iter().filter_map(broken).collect()
    };
    let calm = world("4.9.7");
    let draft = calm.plan(OffsetTarget::At(AT));
    assert!(judged(&calm, &draft).is_empty());
    assert_eq!(judged(&calm.clone().online(), &draft), ["group-has-members"]);
    let mut wider = calm.clone();
    wider.read = 4;
    assert_eq!(judged(&wider, &draft), ["topic-queues-changed"]);
    let mut dead = calm.clone();
    dead.silent_master = true;
    assert!(judged(&dead, &draft).contains(&"cannot-tell"));
    // Offsets that move on are no reason: clients go on.
    let busy = calm.clone().online();
    let draft = busy.plan(OffsetTarget::At(AT));
    let mut later = busy;
    later.offsets.insert(0, 77);
    assert!(judged(&later, &draft).is_empty());
    assert_eq!(judged(&calm, &draft), ["group-has-no-clients"]);
    let draft = self::world("5.5.0").online().plan(OffsetTarget::At(AT));
    assert!(judged(&self::world("5.5.0"), &draft).is_empty(), "brokers of 5.x do it either way");
}

#[test]
fn what_was_not_captured_is_out_of_bounds() {
    let world = world("5.5.0");
    let draft = world.plan(OffsetTarget::At(AT));
    let Work::Rule(rule) = &draft.steps[1].work else { panic!("{:?}", draft.steps) };
    let queue = |queue| QueueOffset { topic: topic("orders"), broker: broker(), queue, offset: Some(60) };
    let captured = Captured { offsets: Vec::new(), queues: vec![queue(0)] };
    let Expansion::Need(queries) = expand(rule, &captured, &Sections::empty()) else { panic!("asks nothing") };
    assert!(matches!(expand(rule, &captured, &world.observe(&queries)), Expansion::OutOfBounds(_)));
    let mut dead = world;
    dead.silent_master = true;
    assert!(matches!(expand(rule, &captured, &dead.observe(&queries)), Expansion::CannotTell(_)));
}

fn carried_out(version: &'static str) -> (World, Plan, Vec<Done>) {
    let mut world = world(version);
    let draft = world.plan(OffsetTarget::At(AT));
    let (_, actions) = world.actions(&draft);
    world.does(&actions);
    (world, whole(draft, asked(OffsetTarget::At(AT))), vec![Done { step: 2, actions }])
}

fn planned(planning: Planning) -> Draft {
    match planning {
        Planning::Plan(draft) => *draft,
        other => panic!("no plan: {other:?}"),
    }
}

#[test]
fn the_way_back_leads_to_each_saved_offset() {
    for version in ["4.9.7", "5.5.0"] {
        let (mut world, plan, done) = carried_out(version);
        let draft = planned(world.back(&plan, &done));
        assert!(draft.checks.iter().any(|one| one.id == "values-as-left"), "{:?}", draft.checks);
        let [Step { work: Work::Act(action), .. }] = &draft.steps[..] else { panic!("{:?}", draft.steps) };
        assert_eq!(moves(std::slice::from_ref(action)), [(0, Some(42), 60), (1, Some(20), 7)]);
        world.does(std::slice::from_ref(action));
        assert_eq!(world.offsets, self::world(version).offsets);
        let again = world.back(&plan, &done);
        assert!(matches!(&again, Planning::Mistake(mistake) if mistake.id == "already-as-before"), "{again:?}");
    }
}

#[test]
fn the_way_back_of_a_group_that_went_on_asks_for_seats_or_for_a_stop() {
    let (mut world, plan, done) = carried_out("5.5.0");
    world.offsets.insert(0, 55);
    let draft = planned(world.back(&plan, &done));
    assert_eq!(text(&check(&draft.checks, "values-moved-on").facts, "found"), "55");
    let draft = planned(world.online().back(&plan, &done));
    check(&draft.checks, "clients-go-on");
    let (world, plan, done) = carried_out("4.9.7");
    let Planning::Refused(checks) = world.online().back(&plan, &done) else { panic!("not refused") };
    assert_eq!(text(&check(&checks, "group-must-stop").facts, "because"), "back");
}

#[test]
fn a_saved_offset_that_is_gone_is_the_first_that_is_there() {
    let (mut world, plan, done) = carried_out("5.5.0");
    world.queues[1] = (15, 50, 20);
    let draft = planned(world.back(&plan, &done));
    check(&draft.checks, "saved-offset-left-the-log");
    assert!(draft.impact.rows.iter().any(|row| matches!(row, Row::Queue { queue: 1, to: Some(15), .. })));
}

/// Left out, it would stay as it was set, and "rolled back" would be said.
#[test]
fn a_saved_offset_that_nobody_shows_forbids_the_way_back() {
    let elsewhere = |change: fn(&mut QueueMove)| {
        let (world, plan, mut done) = carried_out("5.5.0");
        for action in &mut done[0].actions {
            let Action::Rocketmq(RocketmqAction::SetOffsets { moves, .. }) = action else { panic!("{action:?}") };
            moves.iter_mut().take(1).for_each(change);
        }
        let Planning::Refused(checks) = world.back(&plan, &done) else { panic!("not refused") };
        text(&check(&checks, "cannot-verify").facts, "said").to_owned()
    };
    let said = elsewhere(|one| one.broker = "broker-b".parse().unwrap());
    assert_eq!(said, "no NameServer knows broker-b", "it died, and has no slaves");
    assert_eq!(elsewhere(|one| one.queue += 20), "broker-a has no queue 20 of orders");
}

#[test]
fn an_instant_behind_every_message_is_told_to_clients_of_4_9_as_the_end() {
    let mut world = world("4.9.7").online();
    world.queues.iter_mut().for_each(|(_, end, at)| *at = *end);
    let (_, actions) = world.actions(&world.plan(OffsetTarget::At(AT)));
    assert!(matches!(&actions[..], [Action::Rocketmq(RocketmqAction::TellClients { at: None, .. })]), "{actions:?}");
}

#[test]
fn that_4_9_finds_the_nearest_message_is_on_the_card() {
    let warned = |version| {
        let draft = world(version).plan(OffsetTarget::At(AT));
        draft.checks.iter().any(|check| check.id == "time-nearest-message")
    };
    assert_eq!((warned("4.9.7"), warned("5.5.0")), (true, false));
}

#[test]
fn another_cluster_is_not_written_to() {
    let (world, mut plan, done) = carried_out("5.5.0");
    let named = serde_json::to_string(&plan.expectations).unwrap().replace("\"shop\"", "\"mall\"");
    plan.expectations = serde_json::from_str(&named).unwrap();
    let Planning::Refused(checks) = world.back(&plan, &done) else { panic!("not refused") };
    check(&checks, "cluster-changed");
}

/// What a plan is made of is stored as it is written here.
#[test]
fn actions_are_stored_by_their_names() {
    let group: GroupId = group("billing");
    let one = QueueMove { topic: topic("orders"), broker: broker(), queue: 3, from: None, to: 7, end: 9 };
    let action = Action::Rocketmq(RocketmqAction::SetOffsets { group, moves: vec![one], running: false });
    let stored = serde_json::to_string(&action).unwrap();
    assert_eq!(
        stored,
        r#"{"rocketmq":{"set_offsets":{"group":"billing","moves":[{"topic":"orders","broker":"broker-a","queue":3,"from":null,"to":7,"end":9}],"running":false}}}"#
    );
    assert_eq!(serde_json::from_str::<Action>(&stored).unwrap(), action);
}
