//! Changes of whole topics and groups: what they plan, what they refuse, and each guard's negative control.

use super::world::{NOW, check, cluster, count, member, text, whole};
use crate::changes::{self, Context, Guard, Guards, Rollback};
use crate::cluster::kafka::{
    Broker, BrokerDirs, Committed, CommittedOffset, ConfigEntry, Group, GroupKind, GroupState, KafkaAnswer,
    KafkaCluster, KafkaQuery, LogDir, LogRange, Member, OffsetAt, Partition, Reader, Right, StoredReplica, Topic,
    TopicOverview,
};
use crate::cluster::{Answer, Failure, FailureKind, Query, Section, Sections, Seen};
use crate::command::{Arguments, Value};
use crate::facts::Fact;
use crate::id::{GroupId, OperationId, TopicName};
use crate::plan::{
    Action, Aspect, Check, Done, Draft, Effect, Expectation, Hold, KafkaAction, Level, Mistake, OffsetMove, Plan,
    Planning, Row, Scope, Sharing, Thing, Undo, Work,
};
use std::collections::{BTreeMap, BTreeSet};

const ALL: [Right; 7] = [
    Right::Describe,
    Right::Read,
    Right::Create,
    Right::Delete,
    Right::Alter,
    Right::DescribeConfigs,
    Right::AlterConfigs,
];

/// Three brokers in three racks, and the topic "orders" of four partitions with 100 records each.
#[derive(Clone)]
struct World {
    brokers: Vec<Broker>,
    partitions: i32,
    replicas: Vec<i32>,
    there: bool,
    id: &'static str,
    config: Vec<ConfigEntry>,
    ends: Vec<i64>,
    /// The first offset of each partition that is at or after any time asked for.
    at: Option<i64>,
    group: Option<Group>,
    commits: Vec<CommittedOffset>,
    others: Vec<&'static str>,
    rights: BTreeSet<Right>,
    failing: Option<KafkaQuery>,
    held: Vec<(Hold, OperationId)>,
    guards: Guards,
}

fn name(text: &str) -> TopicName {
    text.parse().unwrap()
}

fn billing() -> GroupId {
    "billing".parse().unwrap()
}

fn entry(key: &str, value: &str) -> ConfigEntry {
    ConfigEntry { key: key.to_owned(), value: Some(value.to_owned()) }
}

fn reading(client: &str, topic: &str) -> Member {
    Member { assigned: Some([(name(topic), vec![0])].into()), ..member(client, None) }
}

impl World {
    fn new() -> Self {
        let group = Group {
            kind: GroupKind::Classic,
            state: GroupState::Empty,
            protocol_type: "consumer".to_owned(),
            members: Vec::new(),
            rights: Some(ALL.into()),
        };
        Self {
            brokers: (1..=3).map(|id| Broker { id, rack: Some(format!("r{id}")) }).collect(),
            partitions: 4,
            replicas: vec![1, 2, 3],
            there: true,
            id: "id-1",
            config: Vec::new(),
            ends: vec![100; 4],
            at: None,
            group: Some(group),
            commits: Vec::new(),
            others: vec!["payments"],
            rights: ALL.into(),
            failing: None,
            held: Vec::new(),
            guards: Guards::all(),
        }
    }

    /// Without the topic.
    fn empty() -> Self {
        Self { there: false, ..Self::new() }
    }

    fn at_work(mut self) -> Self {
        let group = self.group.as_mut().unwrap();
        (group.state, group.members) = (GroupState::Stable, vec![reading("billing-1", "orders")]);
        self
    }

    fn committed(mut self, offset: i64) -> Self {
        let one = |partition| CommittedOffset {
            topic: name("orders"),
            partition,
            committed: Committed { offset, leader_epoch: Some(3), metadata: "m".to_owned() },
        };
        self.commits = (0..4).map(one).collect();
        self
    }

    fn topic(&self) -> Option<Topic> {
        let partition = |partition| Partition {
            partition,
            leader: Some(1),
            replicas: self.replicas.clone(),
            isr: self.replicas.clone(),
        };
        self.there.then(|| Topic {
            id: self.id.to_owned(),
            internal: false,
            partitions: (0..self.partitions).map(partition).collect(),
            rights: Some(self.rights.clone()),
        })
    }

    fn dirs(&self) -> Vec<BrokerDirs> {
        let replica = |partition| StoredReplica { topic: name("orders"), partition, bytes: 1_000, future: false };
        let dir = LogDir {
            path: "/data".to_owned(),
            failed: false,
            total_bytes: Some(1 << 40),
            usable_bytes: Some(1 << 40),
            replicas: (0..self.partitions).map(replica).collect(),
        };
        self.brokers.iter().map(|broker| BrokerDirs { broker: broker.id, dirs: Some(vec![dir.clone()]) }).collect()
    }

    fn answer(&self, query: &KafkaQuery) -> KafkaAnswer {
        let ranges = || (0..).zip(&self.ends).map(|(partition, end)| LogRange { partition, start: 0, end: *end });
        let overview = |name: &str| TopicOverview {
            name: self::name(name),
            internal: false,
            partitions: 1,
            replicas: 1,
            under_replicated: 0,
            offline: 0,
        };
        match query {
            KafkaQuery::Cluster => KafkaAnswer::Cluster(KafkaCluster {
                id: "lkc-1".to_owned(),
                controller: Some(1),
                brokers: self.brokers.clone(),
                rights: Some(self.rights.clone()),
            }),
            KafkaQuery::Topic(_) => KafkaAnswer::Topic(self.topic()),
            KafkaQuery::Topics => KafkaAnswer::Topics(self.others.iter().map(|name| overview(name)).collect()),
            KafkaQuery::TopicConfig(_) => KafkaAnswer::TopicConfig(self.config.clone()),
            KafkaQuery::LogRanges(_) => KafkaAnswer::LogRanges(ranges().collect()),
            KafkaQuery::OffsetsAt(..) => KafkaAnswer::OffsetsAt(
                ranges().map(|range| OffsetAt { partition: range.partition, offset: self.at }).collect(),
            ),
            KafkaQuery::LogDirs => KafkaAnswer::LogDirs(self.dirs()),
            KafkaQuery::Readers(topic) => {
                let reader = Reader::of(topic, &billing(), self.group.as_ref(), &self.commits);
                KafkaAnswer::Readers(reader.into_iter().collect())
            }
            KafkaQuery::Group(_) => KafkaAnswer::Group(self.group.clone()),
            KafkaQuery::Committed(_) => KafkaAnswer::Committed(self.commits.clone()),
            other => panic!("no change of topics needs {other:?}"),
        }
    }

    fn rounds(&self, plan: impl Fn(&Sections, &Context<'_>) -> Planning) -> Planning {
        let cluster = cluster();
        let context =
            Context { now: NOW, cluster: &cluster, held: &self.held, owing: &[], earlier: None, guards: &self.guards };
        let mut sections = Sections::empty();
        for _ in 0..6 {
            let Planning::Need(queries) = plan(&sections, &context) else { return plan(&sections, &context) };
            for query in queries {
                let Query::Kafka(asked) = &query else { panic!("{query:?}") };
                let section = if self.failing.as_ref() == Some(asked) {
                    Section::Failed(Failure { kind: FailureKind::Denied, said: "no".to_owned() })
                } else {
                    Section::Seen(Seen { from: NOW, to: NOW, value: Answer::Kafka(self.answer(asked)) })
                };
                sections.put(query, section);
            }
        }
        panic!("six rounds were not enough")
    }

    fn asks(&self, (command, arguments): &Asked) -> Planning {
        self.rounds(|sections, context| changes::plan(command, arguments, sections, context).unwrap())
    }

    fn plan(&self, asked: &Asked) -> Draft {
        match self.asks(asked) {
            Planning::Plan(draft) => *draft,
            other => panic!("{other:?}"),
        }
    }

    fn refused(&self, asked: &Asked) -> Vec<Check> {
        match self.asks(asked) {
            Planning::Refused(checks) => checks,
            other => panic!("not refused: {other:?}"),
        }
    }

    fn mistake(&self, asked: &Asked) -> Mistake {
        match self.asks(asked) {
            Planning::Mistake(mistake) => mistake,
            other => panic!("no mistake: {other:?}"),
        }
    }

    fn back(&self, plan: &Plan) -> Planning {
        let Work::Act(action) = &plan.steps[0].work else { panic!() };
        let done = [Done { step: 1, actions: vec![action.clone()] }];
        let rollback = Rollback::plain(plan, &done);
        self.rounds(|sections, context| changes::plan_rollback(&rollback, sections, context))
    }
}

type Asked = (&'static str, Arguments);

fn of(command: &'static str, options: &[(&str, Value)]) -> Asked {
    (command, Arguments(options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()))
}

fn orders() -> (&'static str, Value) {
    ("topic", Value::Topic(name("orders")))
}

fn expand(to: u32) -> Asked {
    of("expand-partitions", &[orders(), ("to", Value::Count(to))])
}

fn expand_unkeyed(to: u32) -> Asked {
    of("expand-partitions", &[orders(), ("to", Value::Count(to)), ("keyed", Value::Flag(false))])
}

fn create(partitions: u32, replicas: u32, config: &[(&str, &str)]) -> Asked {
    let settings = config.iter().map(|(key, value)| ((*key).to_owned(), Some((*value).to_owned()))).collect();
    let (partitions, replicas) = (Value::Count(partitions), Value::Count(replicas));
    let mut options = vec![orders(), ("partitions", partitions), ("replicas", replicas)];
    if !config.is_empty() {
        options.push(("config", Value::Settings(settings)));
    }
    of("topic-create", &options)
}

fn alter(config: &[(&str, Option<&str>)]) -> Asked {
    let settings = config.iter().map(|(key, value)| ((*key).to_owned(), value.map(str::to_owned))).collect();
    of("topic-alter", &[orders(), ("config", Value::Settings(settings))])
}

fn delete() -> Asked {
    of("topic-delete", &[orders()])
}

fn delete_group() -> Asked {
    of("group-delete", &[("group", Value::Group(billing()))])
}

fn levels(checks: &[Check], level: Level) -> Vec<&str> {
    checks.iter().filter(|check| check.level == level).map(|check| check.id.as_str()).collect()
}

fn stored(draft: Draft, (command, arguments): Asked) -> Plan {
    Plan { command: command.to_owned(), scope: Scope::Topic, ..whole(draft, arguments) }
}

fn action(draft: &Draft) -> &KafkaAction {
    match &draft.steps[0].work {
        Work::Act(Action::Kafka(action)) => action,
        other => panic!("{other:?}"),
    }
}

#[test]
fn more_partitions_are_irreversible_and_owners_are_asked() {
    let draft = World::new().plan(&expand(6));
    assert_eq!(draft.effect, Effect::Irreversible);
    let KafkaAction::CreatePartitions(more) = action(&draft) else { panic!("{:?}", draft.steps) };
    assert_eq!((more.from, more.to, more.topic_id.as_str()), (4, 6, "id-1"));
    let Undo::Irreversible { lost } = &draft.steps[0].undo else { panic!("{:?}", draft.steps) };
    assert_eq!((count(lost, "from"), count(lost, "to")), (4, 6));
    assert_eq!(levels(&draft.checks, Level::Consent), ["keys-move"]);
    assert_eq!(count(&draft.impact.facts, "added"), 2);
    let hold = &draft.holds[0];
    assert_eq!((hold.thing.clone(), hold.aspect), (Thing::Topic("orders".to_owned()), Aspect::Layout));
    // Whoever asks may say that keys do not matter; groups and compaction ask all the same.
    assert_eq!(levels(&World::new().plan(&expand_unkeyed(6)).checks, Level::Consent), Vec::<&str>::new());
    let mut world = World::new().at_work().committed(60);
    world.config = vec![entry("cleanup.policy", "compact,delete")];
    let draft = world.plan(&expand_unkeyed(6));
    assert_eq!(levels(&draft.checks, Level::Consent), ["compacted-topic", "groups-at-work"]);
    assert_eq!(check(&draft.checks, "groups-at-work").facts.get("groups"), Some(&vec!["billing".to_owned()].into()));
    assert_eq!((draft.impact.groups, draft.impact.clients), (vec!["billing".to_owned()], vec!["billing-1".to_owned()]));
    assert_eq!(draft.impact.rows, [Row::Reader { group: "billing".to_owned(), members: 1, unread: 0 }]);
}

#[test]
fn not_more_is_a_mistake_and_fewer_is_refused_with_the_way_around() {
    let world = World::new();
    assert_eq!(world.mistake(&expand(4)).id, "has-so-many-partitions");
    assert_eq!(world.mistake(&expand(3)).id, "not-more-partitions");
    assert_eq!(World::empty().mistake(&expand(6)).id, "unknown-topic");
    let shrink = |to| of("shrink-partitions", &[orders(), ("to", Value::Count(to))]);
    let checks = world.refused(&shrink(2));
    let found = check(&checks, "shrink-not-possible");
    assert_eq!((count(&found.facts, "from"), count(&found.facts, "to")), (4, 2));
    assert_eq!(world.mistake(&shrink(4)).id, "not-fewer-partitions");
    assert_eq!(World::empty().mistake(&shrink(2)).id, "unknown-topic");
    let none = of("group-create", &[("group", Value::Group(billing()))]);
    assert_eq!(levels(&world.refused(&none), Level::Block), ["groups-make-themselves"]);
}

/// A world that refuses for one reason alone, and what is asked of it.
fn refused_by(guard: Guard) -> (World, Asked) {
    let world = World::new();
    match guard {
        Guard::SystemTopic => {
            let mut asked = expand(6);
            asked.1.0.insert("topic".to_owned(), Value::Topic(name("__consumer_offsets")));
            (world, asked)
        }
        Guard::TooFewBrokers => (World { brokers: world.brokers[..2].to_vec(), ..World::empty() }, create(4, 3, &[])),
        Guard::TooManyNewPartitions => (world, expand(1_005)),
        Guard::RacksWhole => {
            let mut world = world;
            world.brokers[0].rack = None;
            (world, expand(6))
        }
        Guard::MissingRight => {
            let mut world = world;
            world.rights.remove(&Right::Alter);
            (world, expand(6))
        }
        Guard::HeldByOther => {
            let mut world = world;
            let (thing, aspect) = (Thing::Topic("orders".to_owned()), Aspect::Layout);
            let hold = Hold { cluster: cluster().name, thing, aspect, sharing: Sharing::Exclusive };
            world.held.push((hold, "BBBBBB".parse().unwrap()));
            (world, expand(6))
        }
        Guard::TopicExists => (world, create(4, 3, &[])),
        Guard::NameCollides => {
            let mut asked = create(4, 3, &[]);
            asked.1.0.insert("topic".to_owned(), Value::Topic(name("pay.ments")));
            (World { others: vec!["pay_ments"], ..World::empty() }, asked)
        }
        Guard::MinIsrFits => (World::empty(), create(4, 2, &[("min.insync.replicas", "3")])),
        Guard::ClientsConnected => (world.at_work(), delete()),
        Guard::TopicWritten => (World { at: Some(90), ..world }, delete()),
        Guard::GroupInactive => (world.at_work().committed(60), delete_group()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_its_guard_a_refused_change_would_go_on() {
    for guard in [
        Guard::SystemTopic,
        Guard::TooFewBrokers,
        Guard::TooManyNewPartitions,
        Guard::RacksWhole,
        Guard::MissingRight,
        Guard::HeldByOther,
        Guard::TopicExists,
        Guard::NameCollides,
        Guard::MinIsrFits,
        Guard::ClientsConnected,
        Guard::TopicWritten,
        Guard::GroupInactive,
    ] {
        let (mut world, asked) = refused_by(guard);
        let blocks = world.refused(&asked);
        let of: Vec<_> = blocks.iter().filter(|one| one.blocks()).filter_map(|one| Guard::of_check(&one.id)).collect();
        assert_eq!(of, [guard], "{blocks:?}");
        for other in Guard::ALL.into_iter().filter(|other| *other != guard) {
            world.guards = Guards::all().without(other);
            world.refused(&asked);
        }
        world.guards = Guards::all().without(guard);
        world.plan(&asked);
    }
}

/// A world in which owners are asked for one reason alone, and what is asked of it.
fn asking(guard: Guard) -> (World, Asked) {
    match guard {
        Guard::KeysMove => (World::new(), expand(6)),
        Guard::Compacted => {
            (World { config: vec![entry("cleanup.policy", "compact")], ..World::new() }, expand_unkeyed(6))
        }
        Guard::GroupsAtWork => (World::new().at_work(), expand_unkeyed(6)),
        Guard::UnreadRecordsGo => (World::new().committed(60), delete()),
        Guard::CleanupChanges => (World::new(), alter(&[("cleanup.policy", Some("compact"))])),
        other => panic!("{other:?}"),
    }
}

/// A topic that was made, and what has become of it since.
fn made_and(guard: Guard) -> World {
    let made = World { partitions: 6, replicas: vec![1, 2], ends: vec![0; 6], ..World::new() };
    match guard {
        Guard::TopicEmpty => World { ends: vec![0, 1, 0, 0, 0, 0], ..made },
        Guard::TopicAsMade => World { partitions: 7, ends: vec![0; 7], ..made },
        Guard::ClientsConnected => made.at_work(),
        _ => made,
    }
}

/// The harm of a change that should have been refused.
pub(super) fn goes_on(guard: Guard, guards: Guards) -> bool {
    let (world, asked) = refused_by(guard);
    matches!(World { guards, ..world }.asks(&asked), Planning::Plan(_))
}

/// The harm of owners who are not asked.
pub(super) fn nobody_is_asked(guard: Guard, guards: Guards) -> bool {
    let (world, asked) = asking(guard);
    levels(&World { guards, ..world }.plan(&asked).checks, Level::Consent).is_empty()
}

/// The harm of a way back that deletes what is in use.
pub(super) fn is_unmade(guard: Guard, guards: Guards) -> bool {
    let asked = create(6, 2, &[]);
    let plan = stored(World::empty().plan(&asked), asked);
    matches!(World { guards, ..made_and(guard) }.back(&plan), Planning::Plan(_))
}

const RETENTION: (&str, Option<&str>) = ("retention.ms", Some("7d"));

#[test]
fn without_its_guard_an_expectation_is_not_in_the_plan() {
    for (guard, world, asked) in [
        (Guard::TopicExists, World::empty(), create(4, 3, &[])),
        (Guard::TopicWritten, World::new(), delete()),
        (Guard::ClientsConnected, World::new(), delete()),
        (Guard::TopicIs, World::new(), expand(6)),
        (Guard::SettingsAre, World::new(), alter(&[RETENTION])),
    ] {
        let expected = |world: &World| {
            let draft = world.plan(&asked);
            let all = [&draft.expectations[..], &draft.steps[0].needs].concat();
            all.iter().filter(|one| Guard::of_expectation(one) == guard).count()
        };
        assert!(expected(&world) > 0, "{guard:?}");
        assert_eq!(expected(&World { guards: Guards::all().without(guard), ..world }), 0, "{guard:?}");
    }
}

#[test]
fn a_new_topic_is_literal_and_goes_again_while_it_is_empty() {
    let asked = create(6, 2, &[("retention.ms", "7d"), ("min.insync.replicas", "2")]);
    let draft = World::empty().plan(&asked);
    let KafkaAction::CreateTopic(new) = action(&draft) else { panic!("{:?}", draft.steps) };
    assert_eq!((new.partitions, new.replicas), (6, 2));
    let settings = BTreeMap::from([
        ("min.insync.replicas".to_owned(), "2".to_owned()),
        ("retention.ms".to_owned(), "604800000".to_owned()),
    ]);
    assert_eq!(new.configs, settings);
    assert_eq!(draft.arguments["config"], "min.insync.replicas=2 retention.ms=604800000");
    assert_eq!(draft.effect, Effect::Reversible);
    assert!(matches!(&draft.steps[0].undo, Undo::WhileEmpty { topic } if topic.as_str() == "orders"));
    assert!(draft.expectations.contains(&Expectation::KafkaTopicAbsent { topic: name("orders") }));

    let plan = stored(draft, asked);
    let made = made_and(Guard::ClusterIs);
    let Planning::Plan(back) = made.back(&plan) else { panic!("{:?}", made.back(&plan)) };
    let KafkaAction::DeleteTopic(gone) = action(&back) else { panic!("{:?}", back.steps) };
    assert_eq!((gone.topic_id.as_str(), gone.partitions), ("id-1", 6), "the id that it got");
    assert!(back.expectations.iter().any(|one| matches!(one, Expectation::KafkaLogEndsAre { .. })));

    for guard in [Guard::TopicEmpty, Guard::TopicAsMade, Guard::ClientsConnected] {
        let Planning::Refused(checks) = made_and(guard).back(&plan) else { panic!("{guard:?}") };
        let of: Vec<_> = checks.iter().filter(|one| one.blocks()).filter_map(|one| Guard::of_check(&one.id)).collect();
        assert_eq!(of, [guard]);
    }
    assert!(matches!(World::empty().back(&plan), Planning::Mistake(one) if one.id == "already-as-before"));
}

#[test]
fn names_numbers_and_settings_of_a_new_topic_are_looked_at() {
    let warned = |world: World, asked: Asked| levels(&world.plan(&asked).checks, Level::Warn).join(" ");
    assert_eq!(warned(World::empty(), create(4, 3, &[])), "");
    assert_eq!(warned(World::empty(), create(4, 1, &[])), "single-replica");
    let mut one_rack = World::empty();
    one_rack.brokers.iter_mut().for_each(|broker| broker.rack = Some("r1".to_owned()));
    assert_eq!(warned(one_rack, create(4, 2, &[])), "racks-too-few");
    let wrong = World::empty().mistake(&create(4, 3, &[("unclean.leader.election.enable", "true")]));
    assert_eq!(
        (wrong.id.as_str(), text(&wrong.facts, "key")),
        ("setting-not-allowed", "unclean.leader.election.enable")
    );
    assert_eq!(World::empty().mistake(&create(4, 3, &[("retention.ms", "soon")])).id, "setting-value");
}

#[test]
fn settings_are_set_one_by_one_and_go_back_to_absent() {
    let mut world = World::new();
    world.config = vec![entry("retention.ms", "172800000"), entry("max.message.bytes", "2048")];
    world.at = Some(0);
    let asked = alter(&[RETENTION, ("min.insync.replicas", Some("2")), ("max.message.bytes", Some("2048"))]);
    let draft = world.plan(&asked);
    let KafkaAction::SetConfigs { changes } = action(&draft) else { panic!("{:?}", draft.steps) };
    let shown: Vec<_> = changes.iter().map(|one| (one.key.as_str(), one.from.as_deref(), one.to.as_deref())).collect();
    assert_eq!(
        shown,
        [("min.insync.replicas", None, Some("2")), ("retention.ms", Some("172800000"), Some("604800000"))],
        "what stands there already is left alone"
    );
    assert_eq!(draft.effect, Effect::Reversible, "nothing is old enough to go");
    assert_eq!(world.mistake(&alter(&[("retention.ms", Some("172800000"))])).id, "settings-as-wanted");

    let plan = stored(draft, asked);
    let mut after = world.clone();
    after.config =
        vec![entry("retention.ms", "604800000"), entry("min.insync.replicas", "2"), entry("max.message.bytes", "2048")];
    let Planning::Plan(back) = after.back(&plan) else { panic!("{:?}", after.back(&plan)) };
    let KafkaAction::SetConfigs { changes } = action(&back) else { panic!("{:?}", back.steps) };
    let shown: Vec<_> = changes.iter().map(|one| (one.key.as_str(), one.to.as_deref())).collect();
    assert_eq!(shown, [("min.insync.replicas", None), ("retention.ms", Some("172800000"))], "absent is absent again");
    assert!(back.checks.iter().any(|one| one.id == "values-as-left"));
    assert!(matches!(world.back(&plan), Planning::Mistake(one) if one.id == "already-as-before"));

    // Somebody else was there: told, and not covered by the first approval.
    after.config[0] = entry("retention.ms", "1000000");
    let moved = |world: &World| match world.back(&plan) {
        Planning::Plan(draft) => draft.checks.iter().any(|one| one.id == "settings-moved-on"),
        other => panic!("{other:?}"),
    };
    assert!(moved(&after));
    assert!(!moved(&World { guards: Guards::all().without(Guard::ValuesMovedOn), ..after.clone() }));
    let another = World { id: "id-2", ..after.clone() };
    assert!(matches!(another.back(&plan), Planning::Refused(_)), "a topic made again is another topic");
    let gone = World { there: false, ..after };
    assert!(matches!(gone.back(&plan), Planning::Refused(checks) if checks.iter().any(|one| one.id == "topic-gone")));
}

#[test]
fn what_a_shorter_retention_lets_go_is_counted() {
    // 80 of 100 records of each partition are older; the group has read 60 of each.
    let world = World { at: Some(80), ..World::new().committed(60) };
    let draft = world.plan(&alter(&[RETENTION]));
    assert_eq!(draft.effect, Effect::Irreversible);
    let found = check(&draft.checks, "unread-records-expire");
    assert_eq!((count(&found.facts, "count"), count(&found.facts, "unread")), (320, 80));
    assert_eq!(found.facts.get("bytes"), Some(&Fact::Bytes(3_200)), "of one replica");
    let reader = Row::Reader { group: "billing".to_owned(), members: 0, unread: 80 };
    assert!(draft.impact.rows.contains(&reader), "{:?}", draft.impact.rows);
    assert_eq!(draft.impact.worst_case, "settings-lose-records");
    // Whoever has read them is not asked.
    let read = World { at: Some(80), ..World::new().committed(90) };
    assert_eq!(levels(&read.plan(&alter(&[RETENTION])).checks, Level::Warn), ["records-expire"]);
    // By size: what is over the limit, in proportion. 1 MiB is the least that is taken, and nothing is as large.
    let draft = world.plan(&alter(&[("retention.bytes", Some("1MiB"))]));
    assert_eq!((draft.effect, levels(&draft.checks, Level::Warn).len()), (Effect::Reversible, 0));
    // For ever keeps everything, and the default is not known.
    assert_eq!(world.plan(&alter(&[("retention.ms", Some("-1"))])).effect, Effect::Reversible);
    let draft = world.plan(&alter(&[("retention.ms", None), ("retention.bytes", Some("1MiB"))]));
    assert_eq!(draft.effect, Effect::Reversible, "it is the default already");
    let mut set = World::new();
    set.config = vec![entry("retention.ms", "172800000")];
    let draft = set.plan(&alter(&[("retention.ms", None)]));
    assert_eq!((draft.effect, levels(&draft.checks, Level::Consent)), (Effect::Irreversible, vec!["cleanup-changes"]));
}

#[test]
fn a_deletion_says_what_is_lost_and_deletes_by_id() {
    let draft = World::new().committed(60).plan(&delete());
    let KafkaAction::DeleteTopic(gone) = action(&draft) else { panic!("{:?}", draft.steps) };
    assert_eq!((gone.topic_id.as_str(), gone.partitions), ("id-1", 4));
    let Undo::Irreversible { lost } = &draft.steps[0].undo else { panic!("{:?}", draft.steps) };
    assert_eq!((count(lost, "records"), lost.get("bytes")), (400, Some(&Fact::Bytes(4_000))));
    assert_eq!(levels(&draft.checks, Level::Consent), ["unread-records-go"]);
    assert_eq!(count(&check(&draft.checks, "unread-records-go").facts, "count"), 160);
    assert_eq!(draft.impact.groups, ["billing"]);
    assert_eq!(draft.holds[0].aspect, Aspect::Life);
    let mut offline = World::new();
    offline.failing = Some(KafkaQuery::Readers(name("orders")));
    let checks = offline.refused(&delete());
    assert_eq!(levels(&checks, Level::Block), ["cannot-verify", "missing-right"], "who is not seen may be there");
}

#[test]
fn a_deleted_group_keeps_its_offsets_for_the_way_back() {
    let world = World::new().committed(60);
    let asked = delete_group();
    let draft = world.plan(&asked);
    let KafkaAction::DeleteGroup(gone) = action(&draft) else { panic!("{:?}", draft.steps) };
    assert_eq!(gone.committed, world.commits);
    assert_eq!(draft.effect, Effect::Reversible);
    assert_eq!(draft.impact.rows.len(), 4);
    let stands = |one: &&Expectation| matches!(one, Expectation::KafkaCommittedAre { .. });
    assert_eq!(draft.steps[0].needs.iter().filter(stands).count(), 1, "right before it");
    let plan = stored(draft, asked);
    let after = World { group: None, commits: Vec::new(), ..world.clone() };
    let Planning::Plan(back) = after.back(&plan) else { panic!("{:?}", after.back(&plan)) };
    let KafkaAction::CommitOffsets { moves, .. } = action(&back) else { panic!("{:?}", back.steps) };
    let expected: Vec<_> = world
        .commits
        .iter()
        .map(|one| OffsetMove {
            topic: one.topic.clone(),
            partition: one.partition,
            from: None,
            to: one.committed.clone(),
        })
        .collect();
    assert_eq!(*moves, expected, "epoch and metadata too");
    assert_eq!(after.mistake(&delete_group()).id, "unknown-group");
}
