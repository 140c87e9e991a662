//! Whole topics and groups on RocketMQ: what is planned, what is refused, the ways back, and the negative controls of the guards.

use super::world::{NOW, whole};
use crate::changes::{Context, Guard, Guards, Rollback, plan, plan_rollback};
use crate::cluster::rocketmq::{
    BrokerSet, Client, CommittedOffset, FromMasters, Group, GroupAt, GroupSettings, MASTER, Model, NameServer,
    NameServerSeen, OffsetAt, Perm, Process, ProcessSeen, QueueRange, Queues, Reader, Registered, RocketmqAnswer,
    RocketmqCluster, RocketmqQuery, Route, RouteQueues, Said, StoredOffset, Topic, TopicAt, TopicKind,
};
use crate::cluster::{Answer, Cluster, ClusterKind, Failure, FailureKind, Mode, Query, Section, Sections, Seen, Tier};
use crate::command::{Arguments, Value};
use crate::id::{BrokerName, GroupId, TopicName};
use crate::plan::{
    Action, Aspect, Check, Condition, Done, Draft, Effect, Level, Planning, RocketmqAction, Scope, Thing, Undo, Work,
};
use std::collections::BTreeSet;

const PLAIN: &str = "{\"retryMaxTimes\":16}";

#[derive(Clone)]
pub(super) struct World {
    guards: Guards,
    version: &'static str,
    /// `brokerPermission` of broker-b.
    perm: Perm,
    /// The topic at each master: queues and permission.
    at: [Option<(u32, Perm)>; 2],
    /// What routes tell may be done; none where a `NameServer` knows no route.
    routed: Option<Perm>,
    ordered: bool,
    ends: i64,
    /// Messages of the last minutes.
    lately: i64,
    reader: bool,
    online: bool,
    settings: [Option<&'static str>; 2],
    offsets: Vec<CommittedOffset>,
    dead_master: bool,
    dead_name_server: bool,
    stranger: bool,
}

fn brokers() -> [BrokerName; 2] {
    ["broker-a", "broker-b"].map(|name| name.parse().unwrap())
}

fn orders() -> TopicName {
    "orders".parse().unwrap()
}

fn billing() -> GroupId {
    "billing".parse().unwrap()
}

fn away() -> Failure {
    Failure { kind: FailureKind::Unreachable, said: "gone".to_owned() }
}

impl World {
    /// A topic that nobody reads or writes any more, with a message in each queue, and a stopped group.
    fn new() -> Self {
        let offset = CommittedOffset { topic: orders(), broker: brokers()[0].clone(), queue: 1, offset: 1 };
        Self {
            guards: Guards::all(),
            version: "5.5.0",
            perm: Perm::READ_WRITE,
            at: [Some((4, Perm::READ_WRITE)); 2],
            routed: Some(Perm::READ_WRITE),
            ordered: false,
            ends: 1,
            lately: 0,
            reader: true,
            online: false,
            settings: [Some(PLAIN); 2],
            offsets: vec![offset],
            dead_master: false,
            dead_name_server: false,
            stranger: false,
        }
    }

    /// Without the topic and the group.
    fn empty() -> Self {
        let none = Self { at: [None, None], routed: None, ends: 0, settings: [None, None], ..Self::new() };
        Self { offsets: Vec::new(), reader: false, ..none }
    }

    fn answer(&self, query: &RocketmqQuery) -> RocketmqAnswer {
        match query {
            RocketmqQuery::Cluster => RocketmqAnswer::Cluster(self.cluster()),
            RocketmqQuery::Topic(_) => RocketmqAnswer::Topic(self.topic()),
            RocketmqQuery::Readers(_) => RocketmqAnswer::Readers(FromMasters::whole(self.readers())),
            RocketmqQuery::Ranges(..) => RocketmqAnswer::Ranges(FromMasters::whole(self.ranges())),
            RocketmqQuery::OffsetsAt(..) => RocketmqAnswer::OffsetsAt(FromMasters::whole(self.lately())),
            RocketmqQuery::Group(_) => RocketmqAnswer::Group(self.group()),
            RocketmqQuery::Committed(_) => RocketmqAnswer::Committed(FromMasters::whole(self.offsets.clone())),
            other => panic!("{other:?}"),
        }
    }

    fn cluster(&self) -> RocketmqCluster {
        let set = |(number, name): (usize, BrokerName)| {
            let perm = Some(if number == 1 { self.perm } else { Perm::READ_WRITE });
            let seen = ProcessSeen { version: self.version.to_owned(), perm, ..ProcessSeen::default() };
            let is_dead = self.dead_master && number == 1;
            let said = if is_dead { Said::Silent(away()) } else { Said::Answer(seen) };
            BrokerSet { name, processes: vec![Process { id: MASTER, address: "10.0.0.1:10911".to_owned(), said }] }
        };
        let registered = |all: usize| {
            let one = |broker: BrokerName| Registered { broker, id: MASTER, address: String::new() };
            brokers().into_iter().take(all).map(one).collect()
        };
        let seen = |all| Said::Answer(NameServerSeen { version: self.version.to_owned(), registered: registered(all) });
        let second = if self.dead_name_server { Said::Silent(away()) } else { seen(2 - usize::from(self.stranger)) };
        let server = |(number, said)| NameServer { address: format!("ns-{number}"), said };
        RocketmqCluster {
            name: "Lab".to_owned(),
            name_servers: (1..).zip([seen(2), second]).map(server).collect(),
            brokers: brokers().into_iter().enumerate().map(set).collect(),
        }
    }

    fn topic(&self) -> Option<Topic> {
        let at = |(broker, here): (BrokerName, &Option<(u32, Perm)>)| {
            let here = here.map(|(queues, perm)| TopicAt {
                broker: broker.clone(),
                read: queues,
                write: queues,
                perm,
                ordered: self.ordered,
            });
            (broker, Said::Answer(here))
        };
        let queues = |perm: Perm| {
            let there = brokers().into_iter().zip(self.at).filter_map(|(broker, here)| Some((broker, here?.0)));
            there.map(move |(broker, count)| RouteQueues { broker, read: count, write: count, perm }).collect()
        };
        let route = self.routed.map(|perm| Route { queues: queues(perm), order: None });
        (self.at != [None, None] || route.is_some()).then(|| Topic {
            kind: TopicKind::Ordinary,
            at: brokers().into_iter().zip(&self.at).map(at).collect(),
            routes: vec![("ns-1".to_owned(), Said::Answer(route))],
        })
    }

    fn ranges(&self) -> Vec<QueueRange> {
        let each = brokers().into_iter().zip(self.at).filter_map(|(broker, here)| Some((broker, here?.0)));
        let queues = each.flat_map(|(broker, count)| (0..count).map(move |queue| (broker.clone(), queue)));
        queues.map(|(broker, queue)| QueueRange { broker, queue, start: 0, end: self.ends }).collect()
    }

    fn lately(&self) -> Vec<OffsetAt> {
        let at = |range: QueueRange| {
            let first = range.broker == brokers()[0] && range.queue == 0;
            let offset = if first { range.end - self.lately } else { range.end };
            OffsetAt { broker: range.broker, queue: range.queue, offset }
        };
        self.ranges().into_iter().map(at).collect()
    }

    fn readers(&self) -> Vec<Reader> {
        let stored =
            |one: &CommittedOffset| StoredOffset { broker: one.broker.clone(), queue: one.queue, offset: one.offset };
        let offsets = self.offsets.iter().map(stored).collect();
        let reader = Reader { group: billing(), online: self.online, broadcasts: false, offsets };
        if self.reader { vec![reader] } else { Vec::new() }
    }

    fn group(&self) -> Option<Group> {
        let at = |(broker, whole): (BrokerName, &Option<&str>)| GroupAt {
            broker,
            settings: whole.map(|_| GroupSettings { consume: true, broadcast: false, retry_max: 16 }),
            whole: whole.unwrap_or_default().to_owned(),
        };
        let client = || Client {
            group: billing(),
            id: "billing-1".to_owned(),
            host: "10.0.3.1".to_owned(),
            language: "JAVA".to_owned(),
            version: self.version.to_owned(),
            brokers: brokers().into(),
        };
        let there = self.online || self.settings != [None, None] || !self.offsets.is_empty();
        there.then(|| Group {
            system: false,
            at: brokers().into_iter().zip(&self.settings).map(at).collect(),
            clients: self.online.then(client).into_iter().collect(),
            subscriptions: Vec::new(),
            model: self.online.then_some(Model::Clustering),
            silent: Vec::new(),
        })
    }

    fn rounds(&self, ask: impl Fn(&Sections, &Context<'_>) -> Planning) -> Planning {
        let cluster = Cluster {
            name: "lab".parse().unwrap(),
            kind: ClusterKind::Rocketmq,
            tier: Tier::Production,
            domain: String::new(),
            mode: Mode::Change,
        };
        let context =
            Context { now: NOW, cluster: &cluster, held: &[], owing: &[], earlier: None, guards: &self.guards };
        let mut sections = Sections::empty();
        for _ in 0..=6 {
            let Planning::Need(queries) = ask(&sections, &context) else { return ask(&sections, &context) };
            sections.merge(self.seen(&queries));
        }
        panic!("too many rounds")
    }

    fn seen(&self, queries: &BTreeSet<Query>) -> Sections {
        let mut sections = Sections::empty();
        for query in queries {
            let Query::Rocketmq(asked) = query else { panic!("{query:?}") };
            let seen = Seen { from: NOW, to: NOW, value: Answer::Rocketmq(self.answer(asked)) };
            sections.put(query.clone(), Section::Seen(seen));
        }
        sections
    }

    fn asks(&self, (command, arguments): &Asked) -> Planning {
        self.rounds(|sections, context| plan(command, arguments, sections, context).unwrap())
    }

    fn plan(&self, asked: &Asked) -> Draft {
        match self.asks(asked) {
            Planning::Plan(draft) => *draft,
            other => panic!("{other:?}"),
        }
    }

    fn blocks(&self, asked: &Asked) -> Vec<String> {
        match self.asks(asked) {
            Planning::Refused(checks) => blocking(&checks),
            other => panic!("not refused: {other:?}"),
        }
    }

    fn mistake(&self, asked: &Asked) -> String {
        match self.asks(asked) {
            Planning::Mistake(mistake) => mistake.id,
            other => panic!("no mistake: {other:?}"),
        }
    }

    /// The way back of what was planned in another world, seen in this one.
    fn back(&self, (draft, asked): (Draft, &Asked)) -> Planning {
        let (command, arguments) = asked.clone();
        let scope = if command.starts_with("group") { Scope::Group } else { Scope::Topic };
        let plan = crate::plan::Plan {
            command: command.to_owned(),
            scope,
            kind: ClusterKind::Rocketmq,
            ..whole(draft, arguments)
        };
        let Work::Act(action) = &plan.steps[0].work else { panic!() };
        let done = [Done { step: 1, actions: vec![action.clone()] }];
        self.rounds(|sections, context| plan_rollback(&Rollback::plain(&plan, &done), sections, context))
    }
}

fn blocking(checks: &[Check]) -> Vec<String> {
    checks.iter().filter(|check| check.blocks()).map(|check| check.id.clone()).collect()
}

fn consents(draft: &Draft) -> Vec<&str> {
    draft.checks.iter().filter(|check| check.level == Level::Consent).map(|check| check.id.as_str()).collect()
}

type Asked = (&'static str, Arguments);

fn of(command: &'static str, options: &[(&str, Value)]) -> Asked {
    (command, Arguments(options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()))
}

fn topic() -> (&'static str, Value) {
    ("topic", Value::Topic(orders()))
}

fn perm(word: &str) -> (&'static str, Value) {
    ("perm", Value::Choice(word.to_owned()))
}

fn create(queues: u32) -> Asked {
    of("topic-create", &[topic(), ("partitions", Value::Count(queues))])
}

fn alter(word: &str) -> Asked {
    of("topic-alter", &[topic(), perm(word)])
}

fn delete() -> Asked {
    of("topic-delete", &[topic()])
}

fn group(command: &'static str, name: &str) -> Asked {
    of(command, &[("group", Value::Group(name.parse().unwrap()))])
}

fn action(draft: &Draft) -> &RocketmqAction {
    match &draft.steps[0].work {
        Work::Act(Action::Rocketmq(action)) => action,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_topic_is_made_at_every_master_and_watched_in_every_route() {
    let draft = World::empty().plan(&create(6));
    let RocketmqAction::SetTopic { places, .. } = action(&draft) else { panic!() };
    assert_eq!(places.iter().map(|one| one.broker.clone()).collect::<Vec<_>>(), brokers());
    assert!(places.iter().all(|one| one.from.is_none() && one.to.to_string() == "6/6 RW-"), "{places:?}");
    let Condition::RocketmqQueuesStand(standing) = &draft.steps[0].done else { panic!() };
    assert_eq!((standing.queues.len(), standing.perms.len(), standing.looks), (2, 2, 2));
    assert_eq!(draft.effect, Effect::Reversible);
    assert!(matches!(draft.steps[0].undo, Undo::WhileEmpty { .. }));
    assert_eq!((draft.holds[0].thing.clone(), draft.holds[0].aspect), (Thing::Topic("orders".into()), Aspect::Life));
    let readable = of("topic-create", &[topic(), ("partitions", Value::Count(1)), perm("read-only")]);
    let RocketmqAction::SetTopic { places, .. } = action(&World::empty().plan(&readable)).clone() else { panic!() };
    assert_eq!(places[0].to.to_string(), "1/1 R--");
}

#[test]
fn what_the_broker_would_take_is_refused_or_a_mistake() {
    let world = World::empty();
    assert_eq!(world.mistake(&create(0)), "not-a-queue-count");
    assert_eq!(world.mistake(&create(10_000)), "not-a-queue-count");
    world.plan(&create(1_024));
    let named = |name: &str| {
        of("topic-create", &[("topic", Value::Topic(name.parse().unwrap())), ("partitions", Value::Count(4))])
    };
    for name in ["broker-a", "Lab", "Lab_REPLY_TOPIC", "TBW102", "rmq_sys_x", "%RETRY%billing", "%DLQ%billing"] {
        assert_eq!(world.blocks(&named(name)), ["not-an-ordinary-topic"], "{name}");
    }
    assert_eq!(world.mistake(&named("orders.eu")), "not-a-topic-name");
    assert_eq!(world.mistake(&named(&"x".repeat(128))), "not-a-topic-name");
    let kafka = |option, value| of("topic-create", &[topic(), ("partitions", Value::Count(4)), (option, value)]);
    assert_eq!(world.mistake(&kafka("replicas", Value::Count(3))), "option-not-for-kind");
    assert_eq!(world.mistake(&of("topic-create", &[topic()])), "missing-option");
    assert_eq!(World::new().blocks(&create(4)), ["topic-exists"]);
    let route = World { routed: Some(Perm::READ_WRITE), ..World::empty() };
    assert_eq!(route.blocks(&create(4)), ["topic-exists"], "a route is left over");
    let dead = World { dead_master: true, ..World::empty() };
    assert_eq!(dead.blocks(&create(4)), ["cannot-verify"]);
    let stranger = World { stranger: true, ..World::empty() };
    assert_eq!(stranger.blocks(&create(4)), ["broker-not-registered"]);
    World { dead_name_server: true, ..World::empty() }.plan(&create(4));
}

#[test]
fn what_may_be_done_is_changed_with_the_consent_of_those_at_work() {
    let world = World::new();
    let draft = world.plan(&alter("read-only"));
    let RocketmqAction::SetTopic { places, .. } = action(&draft) else { panic!() };
    assert!(places.iter().all(|one| one.from.unwrap().queues == Queues::both(4) && one.to.to_string() == "4/4 R--"));
    assert_eq!(consents(&draft), Vec::<&str>::new());
    assert_eq!(world.mistake(&alter("read-write")), "settings-as-wanted");
    assert_eq!(world.mistake(&of("topic-alter", &[topic()])), "missing-option");
    assert_eq!(World::empty().mistake(&alter("read-only")), "unknown-topic");
    let busy = World { online: true, lately: 1, ..World::new() };
    assert_eq!(consents(&busy.plan(&alter("write-only"))), ["readers-cut-off"]);
    assert_eq!(consents(&busy.plan(&alter("read-only"))), ["writers-cut-off"]);
    let wiped = World { routed: Some(Perm::READ), ..World::new() };
    assert_eq!(wiped.blocks(&alter("read-only")), ["routes-differ"]);
    // The broker's own permission narrows what routes tell: 4.9 tells it in the topic's stead, 5.x what both permit.
    for (version, told) in [("4.9.7", Perm::READ), ("5.5.0", Perm(0))] {
        let narrowed = World { version, perm: Perm::READ, at: [Some((4, Perm::READ)); 2], ..World::new() };
        let narrowed = World { routed: Some(Perm::READ), ..narrowed };
        let Condition::RocketmqQueuesStand(standing) = &narrowed.plan(&alter("write-only")).steps[0].done else {
            panic!();
        };
        assert_eq!(standing.perms[1].routed, told, "{version}");
        assert_eq!(standing.perms[0].routed, Perm::WRITE, "{version}");
    }
}

#[test]
fn a_deletion_is_irreversible_and_nobody_may_be_at_work() {
    let world = World::new();
    let draft = world.plan(&delete());
    assert_eq!(draft.effect, Effect::Irreversible);
    assert_eq!(consents(&draft), ["unread-records-go"], "7 of 8 messages were not read");
    let Undo::Irreversible { lost } = &draft.steps[0].undo else { panic!() };
    assert_eq!(lost.get("records"), Some(&crate::facts::Fact::Count(8)));
    let RocketmqAction::DeleteTopic { cluster, at, .. } = action(&draft) else { panic!() };
    assert_eq!((cluster.as_str(), at.len()), ("Lab", 2));
    assert!(matches!(draft.steps[0].done, Condition::RocketmqTopicGone(_)));
    for (world, found) in [
        (World { online: true, ..World::new() }, "clients-connected"),
        (World { lately: 1, ..World::new() }, "topic-written-lately"),
        (World { ordered: true, ..World::new() }, "ordered-topic"),
        (World { dead_master: true, ..World::new() }, "cannot-verify"),
        (World { dead_name_server: true, ..World::new() }, "cannot-verify"),
    ] {
        assert_eq!(world.blocks(&delete()), [found]);
    }
    assert_eq!(World::empty().mistake(&delete()), "unknown-topic");
    assert!(
        matches!(World::empty().back((draft, &delete())), Planning::Refused(checks) if checks[0].id == "irreversible")
    );
}

#[test]
fn a_topic_that_was_made_goes_again_while_nobody_uses_it() {
    let made = || (World::empty().plan(&create(4)), create(4));
    let unused = World { ends: 0, reader: false, offsets: Vec::new(), ..World::new() };
    let back = |world: &World| {
        let (draft, asked) = made();
        world.back((draft, &asked))
    };
    let Planning::Plan(draft) = back(&unused) else { panic!("{:?}", back(&unused)) };
    assert!(matches!(action(&draft), RocketmqAction::DeleteTopic { .. }));
    assert_eq!(draft.effect, Effect::Reversible);
    let half = World { at: [Some((4, Perm::READ_WRITE)), None], ..unused.clone() };
    let Planning::Plan(draft) = back(&half) else { panic!() };
    let RocketmqAction::DeleteTopic { at, .. } = action(&draft) else { panic!() };
    assert_eq!(at.len(), 1, "what was made in part goes in part");
    for (world, found) in [
        (World { ends: 1, ..unused.clone() }, "topic-not-empty"),
        (World { at: [Some((8, Perm::READ_WRITE)); 2], ..unused.clone() }, "topic-not-as-made"),
        (World { reader: true, online: true, ..unused }, "clients-connected"),
    ] {
        let Planning::Refused(checks) = back(&world) else { panic!("{found}") };
        assert_eq!(blocking(&checks), [found]);
    }
    assert!(matches!(back(&World::empty()), Planning::Mistake(mistake) if mistake.id == "already-as-before"));
}

#[test]
fn what_may_be_done_goes_back_to_what_it_was_at_each_master() {
    let before = World { at: [Some((4, Perm::READ_WRITE)), Some((4, Perm::WRITE))], ..World::new() };
    let before = World { routed: None, guards: Guards::all().without(Guard::RoutesAgree), ..before };
    let draft = || before.plan(&alter("read-only"));
    let after = World { at: [Some((4, Perm::READ)); 2], routed: Some(Perm::READ), ..World::new() };
    let Planning::Plan(back) = after.back((draft(), &alter("read-only"))) else { panic!() };
    let RocketmqAction::SetTopic { places, .. } = action(&back) else { panic!() };
    assert_eq!(places.iter().map(|one| one.to.perm).collect::<Vec<_>>(), [Perm::READ_WRITE, Perm::WRITE]);
    assert!(back.checks.iter().any(|check| check.id == "values-as-left"));
    let moved = World { at: [Some((4, Perm(0))), Some((4, Perm::READ))], ..after.clone() };
    let moved = World { guards: Guards::all().without(Guard::RoutesAgree), ..moved };
    let Planning::Plan(back) = moved.back((draft(), &alter("read-only"))) else { panic!() };
    assert!(back.checks.iter().any(|check| check.id == "settings-moved-on"));
    let lost = World { at: [Some((4, Perm::READ)), None], ..after };
    let Planning::Refused(checks) = lost.back((draft(), &alter("read-only"))) else { panic!() };
    assert_eq!(blocking(&checks), ["cannot-verify"], "a master that lost it is not left out");
    let gone = World::empty().back((draft(), &alter("read-only")));
    assert!(matches!(gone, Planning::Refused(checks) if checks[0].id == "topic-gone"));
}

#[test]
fn a_group_is_made_at_every_master_and_goes_again_unused() {
    let asked = group("group-create", "billing");
    let draft = World::empty().plan(&asked);
    let RocketmqAction::MakeGroup { at, .. } = action(&draft) else { panic!() };
    assert_eq!(at.len(), 2);
    assert_eq!(World::new().blocks(&asked), ["group-exists"]);
    let half = World { settings: [None, Some(PLAIN)], offsets: Vec::new(), ..World::empty() };
    assert_eq!(half.blocks(&asked), ["group-exists"], "at one master only as well");
    let offsets = World { settings: [None, None], ..World::new() };
    assert_eq!(offsets.blocks(&asked), ["group-exists"], "4.9 keeps offsets of groups that it does not have");
    assert_eq!(World::empty().blocks(&group("group-create", "CID_RMQ_SYS_TRANS")), ["system-name"]);
    for name in ["a b", "a.b", "东", &"x".repeat(121)] {
        assert_eq!(World::empty().mistake(&group("group-create", name)), "not-a-group-name", "{name}");
    }
    let unused = World { offsets: Vec::new(), ..World::new() };
    let Planning::Plan(back) = unused.back((draft.clone(), &asked)) else { panic!() };
    assert!(matches!(action(&back), RocketmqAction::DeleteGroup(_)));
    for (world, found) in [(World::new(), "group-was-used"), (World { online: true, ..unused }, "group-has-clients")] {
        let Planning::Refused(checks) = world.back((draft.clone(), &asked)) else { panic!("{found}") };
        assert_eq!(blocking(&checks), [found]);
    }
    assert!(matches!(World::empty().back((draft, &asked)), Planning::Mistake(_)));
}

#[test]
fn a_group_is_deleted_with_its_offsets_and_made_again_with_both() {
    let asked = group("group-delete", "billing");
    let world = World { settings: [Some(PLAIN), None], ..World::new() };
    let draft = world.plan(&asked);
    let RocketmqAction::DeleteGroup(gone) = action(&draft) else { panic!() };
    assert_eq!((gone.at.len(), gone.offsets.len()), (2, 1), "every master is told");
    assert_eq!(World { online: true, ..World::new() }.blocks(&asked), ["group-has-clients"]);
    assert_eq!(World::empty().mistake(&asked), "unknown-group");
    assert_eq!(World { dead_master: true, ..World::new() }.blocks(&asked), ["cannot-verify"]);
    let Planning::Plan(back) = World::empty().back((draft.clone(), &asked)) else { panic!() };
    let RocketmqAction::MakeGroup { at, .. } = action(&back) else { panic!() };
    assert_eq!(at.iter().map(|place| place.settings.as_deref()).collect::<Vec<_>>(), [Some(PLAIN)]);
    let Work::Act(Action::Rocketmq(RocketmqAction::SeedOffsets { seeds, .. })) = &back.steps[1].work else { panic!() };
    assert_eq!((seeds.len(), seeds[0].queue, seeds[0].offset), (1, 1, 1));
    let again = World { settings: [None, Some(PLAIN)], ..World::empty() };
    let Planning::Refused(checks) = again.back((draft.clone(), &asked)) else { panic!() };
    assert_eq!(blocking(&checks), ["group-exists"], "somebody made it again");
    let half = World { settings: [Some(PLAIN), None], ..World::empty() };
    assert!(matches!(half.back((draft, &asked)), Planning::Plan(_)), "a way back that was interrupted goes on");
}

/// Whether the harm of a guard of whole topics and groups comes to pass.
pub(super) fn goes_on(guard: Guard, guards: Guards) -> bool {
    let (world, asked) = match guard {
        Guard::GroupExists => (World::new(), group("group-create", "billing")),
        Guard::Registered => (World { stranger: true, ..World::empty() }, create(4)),
        other => panic!("{other:?}"),
    };
    matches!(World { guards, ..world }.asks(&asked), Planning::Plan(_))
}

pub(super) fn a_used_group_is_unmade(_: Guard, guards: Guards) -> bool {
    let asked = group("group-create", "billing");
    let draft = World::empty().plan(&asked);
    matches!(World { guards, ..World::new() }.back((draft, &asked)), Planning::Plan(_))
}

pub(super) fn clients_are_cut_off_unasked(_: Guard, guards: Guards) -> bool {
    let busy = World { online: true, guards, ..World::new() };
    consents(&busy.plan(&alter("write-only"))).is_empty()
}
