//! A small model of a Kafka cluster that answers queries and takes actions.

use crate::changes::{self, Context, Guards, Rollback};
use crate::cluster::kafka::{
    Broker, Committed, CommittedOffset, Group, GroupKind, GroupState, KafkaAnswer, KafkaCluster, KafkaQuery, LogRange,
    Member, OffsetAt, Partition, Right, Topic,
};
use crate::cluster::{Answer, Cluster, ClusterKind, Failure, FailureKind, Mode, Query, Section, Sections, Seen, Tier};
use crate::command::{Arguments, Value};
use crate::facts::{Fact, Facts};
use crate::id::{GroupId, OperationId, TopicName};
use crate::plan::{
    Action, Check, Done, Draft, Effect, Hold, KafkaAction, Level, Mistake, OffsetTarget, Plan, Planning, Requester,
    Scope, Seat,
};
use crate::principal::{Account, Place};
use crate::time::Millis;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

pub(super) const NOW: Millis = Millis(1_795_402_000_000);
pub(super) const AT: Millis = Millis(1_795_394_800_000);

pub(super) fn topic(name: &str) -> TopicName {
    name.parse().unwrap()
}

pub(super) fn group(name: &str) -> GroupId {
    name.parse().unwrap()
}

/// A partition: first offset, next offset, the first offset at [`AT`], whether it has a leader.
#[derive(Debug, Clone, Copy)]
pub(super) struct Log {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) at: Option<i64>,
    pub(super) online: bool,
}

pub(super) fn log(start: i64, end: i64) -> Log {
    Log { start, end, at: None, online: true }
}

#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) id: String,
    pub(super) topics: BTreeMap<TopicName, (Topic, Vec<Log>)>,
    pub(super) group: Option<Group>,
    pub(super) committed: BTreeMap<(TopicName, i32), Committed>,
    pub(super) failing: BTreeMap<Query, FailureKind>,
    pub(super) held: Vec<(Hold, OperationId)>,
    pub(super) earlier: Option<Sections>,
    pub(super) guards: Guards,
}

pub(super) fn rights() -> BTreeSet<Right> {
    [Right::Describe, Right::Read, Right::Delete].into()
}

pub(super) fn member(client: &str, instance: Option<&str>) -> Member {
    Member {
        member_id: format!("{client}-1"),
        instance_id: instance.map(str::to_owned),
        client_id: client.to_owned(),
        host: "10.1.2.3".to_owned(),
        assigned: Some(BTreeMap::new()),
    }
}

impl World {
    /// The group "billing" without members, and the topic "orders" with these logs.
    pub(super) fn of(logs: &[Log]) -> Self {
        let group = Group {
            kind: GroupKind::Classic,
            state: GroupState::Empty,
            protocol_type: "consumer".to_owned(),
            members: Vec::new(),
            rights: Some(rights()),
        };
        let world = Self {
            id: "lkc-1".to_owned(),
            topics: BTreeMap::new(),
            group: Some(group),
            committed: BTreeMap::new(),
            failing: BTreeMap::new(),
            held: Vec::new(),
            earlier: None,
            guards: Guards::all(),
        };
        world.and("orders", logs)
    }

    pub(super) fn and(mut self, name: &str, logs: &[Log]) -> Self {
        let partitions = (0..)
            .zip(logs)
            .map(|(partition, log)| Partition {
                partition,
                leader: log.online.then_some(1),
                replicas: vec![1],
                isr: vec![1],
            })
            .collect();
        let made = Topic { id: format!("id-of-{name}"), internal: false, partitions, rights: Some(rights()) };
        self.topics.insert(topic(name), (made, logs.to_vec()));
        self
    }

    pub(super) fn committed(mut self, name: &str, offsets: &[Option<i64>]) -> Self {
        for (partition, offset) in (0..).zip(offsets) {
            if let Some(offset) = offset {
                let committed = Committed { offset: *offset, leader_epoch: Some(7), metadata: format!("m{offset}") };
                self.committed.insert((topic(name), partition), committed);
            }
        }
        self
    }

    pub(super) fn members(mut self, members: Vec<Member>) -> Self {
        let group = self.group.as_mut().unwrap();
        group.state = if members.is_empty() { GroupState::Empty } else { GroupState::Stable };
        group.members = members;
        self
    }

    pub(super) fn failing(mut self, query: KafkaQuery, kind: FailureKind) -> Self {
        self.failing.insert(Query::Kafka(query), kind);
        self
    }

    pub(super) fn commits(&self) -> Vec<CommittedOffset> {
        let one = |((topic, partition), committed): (&(TopicName, i32), &Committed)| CommittedOffset {
            topic: topic.clone(),
            partition: *partition,
            committed: committed.clone(),
        };
        self.committed.iter().map(one).collect()
    }

    fn logs<'a>(&'a self, name: &TopicName) -> impl Iterator<Item = (i32, &'a Log)> {
        let logs = self.topics.get(name).map_or(&[][..], |(_, logs)| logs);
        (0..).zip(logs).filter(|(_, log)| log.online)
    }

    fn answer(&self, query: &KafkaQuery) -> KafkaAnswer {
        match query {
            KafkaQuery::Cluster => KafkaAnswer::Cluster(KafkaCluster {
                id: self.id.clone(),
                controller: Some(1),
                brokers: vec![Broker { id: 1, rack: None }],
                rights: None,
            }),
            KafkaQuery::Topic(name) => KafkaAnswer::Topic(self.topics.get(name).map(|(topic, _)| topic.clone())),
            KafkaQuery::Group(_) => KafkaAnswer::Group(self.group.clone()),
            KafkaQuery::Committed(_) => KafkaAnswer::Committed(self.commits()),
            KafkaQuery::LogRanges(name) => KafkaAnswer::LogRanges(
                self.logs(name)
                    .map(|(partition, log)| LogRange { partition, start: log.start, end: log.end })
                    .collect(),
            ),
            KafkaQuery::OffsetsAt(name, at) => {
                assert_eq!(*at, AT);
                KafkaAnswer::OffsetsAt(
                    self.logs(name).map(|(partition, log)| OffsetAt { partition, offset: log.at }).collect(),
                )
            }
            other => panic!("no planner needs {other:?}"),
        }
    }

    pub(super) fn observe(&self, queries: &BTreeSet<Query>) -> Sections {
        let mut sections = Sections::empty();
        for query in queries {
            let Query::Kafka(kafka) = query else { panic!("{query:?}") };
            let section = match self.failing.get(query) {
                Some(kind) => Section::Failed(Failure { kind: *kind, said: "no".to_owned() }),
                None => Section::Seen(Seen { from: NOW, to: NOW, value: Answer::Kafka(self.answer(kafka)) }),
            };
            sections.put(query.clone(), section);
        }
        sections
    }

    /// Everything that was asked, round by round, and what came of it.
    pub(super) fn rounds(&self, ask: impl Fn(&Sections, &Context<'_>) -> Planning) -> (Vec<BTreeSet<Query>>, Planning) {
        let cluster = cluster();
        let context = Context {
            now: NOW,
            cluster: &cluster,
            held: &self.held,
            owing: &[],
            earlier: self.earlier.as_ref(),
            guards: &self.guards,
        };
        let mut sections = Sections::empty();
        let mut rounds = Vec::new();
        for _ in 0..=6 {
            let planning = ask(&sections, &context);
            assert_eq!(planning, ask(&sections, &context), "the same sections give the same answer");
            let Planning::Need(queries) = planning else { return (rounds, planning) };
            assert!(!queries.is_empty(), "a planner that needs something says what");
            assert_eq!(sections.missing(&queries), queries, "nothing is asked twice");
            sections.merge(self.observe(&queries));
            rounds.push(queries);
        }
        panic!("more than six rounds: {rounds:?}");
    }

    pub(super) fn planning(&self, arguments: &Arguments) -> Planning {
        self.rounds(|sections, context| changes::plan("reset-offset", arguments, sections, context).unwrap()).1
    }

    pub(super) fn plan(&self, arguments: &Arguments) -> Draft {
        match self.planning(arguments) {
            Planning::Plan(draft) => *draft,
            other => panic!("no plan: {other:?}"),
        }
    }

    pub(super) fn refused(&self, arguments: &Arguments) -> Vec<Check> {
        match self.planning(arguments) {
            Planning::Refused(checks) => {
                assert!(checks.iter().any(Check::blocks), "{checks:?}");
                checks
            }
            other => panic!("not refused: {other:?}"),
        }
    }

    pub(super) fn mistake(&self, arguments: &Arguments) -> Mistake {
        match self.planning(arguments) {
            Planning::Mistake(mistake) => mistake,
            other => panic!("no mistake: {other:?}"),
        }
    }

    pub(super) fn back(&self, plan: &Plan, done: &[Done]) -> Planning {
        self.rounds(|sections, context| changes::plan_rollback(&Rollback::plain(plan, done), sections, context)).1
    }

    /// Does what an action says, as a broker does: whatever stood there before.
    pub(super) fn act(&mut self, action: &Action) {
        let Action::Kafka(action) = action else { panic!("{action:?}") };
        match action {
            KafkaAction::CommitOffsets { moves, .. } => {
                for one in moves {
                    self.committed.insert((one.topic.clone(), one.partition), one.to.clone());
                }
            }
            KafkaAction::DeleteOffsets { removals, .. } => {
                for one in removals {
                    self.committed.remove(&(one.topic.clone(), one.partition));
                }
            }
            other => panic!("no action on offsets: {other:?}"),
        }
    }
}

pub(super) fn cluster() -> Cluster {
    Cluster {
        name: "lab".parse().unwrap(),
        kind: ClusterKind::Kafka,
        tier: Tier::Production,
        domain: String::new(),
        mode: Mode::Change,
    }
}

/// `/reset-offset group:billing topic:orders to:…`
pub(super) fn asked(to: OffsetTarget) -> Arguments {
    Arguments(BTreeMap::from([
        ("group".to_owned(), Value::Group(group("billing"))),
        ("topic".to_owned(), Value::Topic(topic("orders"))),
        ("to".to_owned(), Value::OffsetTarget(to)),
    ]))
}

pub(super) trait With: Sized {
    fn with(self, option: &str, value: Value) -> Self;
    fn without(self, option: &str) -> Self;
    fn waiting(self) -> Self {
        self.with("wait-for-stop", Value::Duration(Duration::from_secs(1_800)))
    }
}

impl With for Arguments {
    fn with(mut self, option: &str, value: Value) -> Self {
        self.0.insert(option.to_owned(), value);
        self
    }

    fn without(mut self, option: &str) -> Self {
        self.0.remove(option);
        self
    }
}

/// A whole plan of a draft, as the desk makes it.
pub(super) fn whole(draft: Draft, request: Arguments) -> Plan {
    Plan {
        format: crate::plan::FORMAT,
        operation: "K7F3QD".parse().unwrap(),
        revision: 1,
        command: "reset-offset".to_owned(),
        request,
        arguments: draft.arguments,
        requesters: vec![Requester { account: Account::Discord(1), person: "alice".parse().unwrap() }],
        place: Place::Discord { guild: 1, channel: 2, thread: None },
        reason: "replay after the bad deploy".to_owned(),
        ticket: "OPS-1182".to_owned(),
        reverses: None,
        covered: false,
        cluster: cluster().name,
        kind: ClusterKind::Kafka,
        tier: Tier::Production,
        identity: draft.identity,
        made_at: NOW,
        expires_at: NOW.plus(Duration::from_secs(3_600)),
        effect: Effect::Reversible,
        scope: Scope::Group,
        holds: draft.holds,
        checks: draft.checks,
        expectations: draft.expectations,
        steps: draft.steps,
        restore: draft.restore,
        adopts: draft.adopts,
        impact: draft.impact,
        estimate: draft.estimate,
        votes: vec![Seat::Approver],
    }
}

/// The check of an id; panics if there is none or more than one.
pub(super) fn check<'a>(checks: &'a [Check], id: &str) -> &'a Check {
    let found: Vec<_> = checks.iter().filter(|check| check.id == id).collect();
    assert_eq!(found.len(), 1, "{id} in {checks:?}");
    found[0]
}

pub(super) fn ids(checks: &[Check], level: Level) -> Vec<&str> {
    checks.iter().filter(|check| check.level == level).map(|check| check.id.as_str()).collect()
}

pub(super) fn count(facts: &Facts, name: &str) -> i64 {
    match facts.get(name) {
        Some(Fact::Count(count)) => *count,
        other => panic!("{name} is {other:?} in {facts:?}"),
    }
}

pub(super) fn text<'a>(facts: &'a Facts, name: &str) -> &'a str {
    match facts.get(name) {
        Some(Fact::Text(text)) => text,
        other => panic!("{name} is {other:?} in {facts:?}"),
    }
}
