//! Changes of whole topics and groups: what they plan and what they refuse, on a small cluster.

mod controls;
mod creation;
mod deletion;
mod partitions;
mod settings;

pub(super) use controls::{goes_on, is_unmade, nobody_is_asked};

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
            cordoned: false,
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

const RETENTION: (&str, Option<&str>) = ("retention.ms", Some("7d"));
