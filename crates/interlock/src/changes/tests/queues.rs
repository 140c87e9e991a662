//! Opening and closing queues against a model of a RocketMQ cluster, and the negative controls of their guards.

use super::world::{NOW, whole};
use crate::changes::{Context, Guard, Guards, Rollback, plan, plan_rollback};
use crate::cluster::rocketmq::{
    BrokerSet, FromMasters, MASTER, Perm, Process, ProcessSeen, QueueRange, Reader, RocketmqAnswer, RocketmqCluster,
    RocketmqQuery, Route, RouteQueues, Said, StoredOffset, Topic, TopicAt, TopicKind,
};
use crate::cluster::{Answer, Cluster, ClusterKind, Failure, FailureKind, Mode, Query, Section, Sections, Seen, Tier};
use crate::command::{Arguments, Value};
use crate::id::{BrokerName, TopicName};
use crate::plan::{
    Action, Condition, Done, Draft, Expectation, Held, Level, Planning, RocketmqAction, Rule, Work, evaluate,
};
use std::collections::BTreeSet;

#[derive(Clone)]
pub(super) struct World {
    pub(super) guards: Guards,
    kind: TopicKind,
    ordered: bool,
    /// At each master queues to read and to write.
    at: Vec<(BrokerName, u32, u32)>,
    routed: Vec<(BrokerName, u32, u32)>,
    /// What routes permit.
    routed_perm: Perm,
    /// What the brokers themselves permit.
    perm: Perm,
    silent: bool,
    name: String,
    online: bool,
    version: &'static str,
}

fn broker(name: &str) -> BrokerName {
    name.parse().unwrap()
}

fn orders() -> TopicName {
    "orders".parse().unwrap()
}

impl World {
    pub(super) fn new() -> Self {
        let at = vec![(broker("broker-a"), 8, 8), (broker("broker-b"), 8, 8)];
        Self {
            guards: Guards::all(),
            kind: TopicKind::Ordinary,
            ordered: false,
            routed: at.clone(),
            routed_perm: Perm::READ_WRITE,
            perm: Perm::READ_WRITE,
            at,
            silent: false,
            name: "Lab".to_owned(),
            online: false,
            version: "4.9.7",
        }
    }

    fn answer(&self, query: &RocketmqQuery) -> RocketmqAnswer {
        match query {
            RocketmqQuery::Cluster => RocketmqAnswer::Cluster(RocketmqCluster {
                name: self.name.clone(),
                name_servers: Vec::new(),
                brokers: self
                    .at
                    .iter()
                    .map(|(name, ..)| BrokerSet { name: name.clone(), processes: vec![self.master()] })
                    .collect(),
            }),
            RocketmqQuery::Topic(_) => RocketmqAnswer::Topic(Some(self.topic())),
            RocketmqQuery::Readers(_) => RocketmqAnswer::Readers(FromMasters::whole(vec![self.reader()])),
            RocketmqQuery::Groups => RocketmqAnswer::Groups(FromMasters::whole(Vec::new())),
            RocketmqQuery::Ranges(_, _) => RocketmqAnswer::Ranges(FromMasters::whole(self.ranges())),
            other => panic!("{other:?}"),
        }
    }

    fn master(&self) -> Process {
        let (version, perm) = (self.version.to_owned(), Some(self.perm));
        let said = Said::Answer(ProcessSeen { version, perm, ..ProcessSeen::default() });
        Process { id: MASTER, address: "10.0.0.1:10911".to_owned(), said }
    }

    fn topic(&self) -> Topic {
        let at = |(name, read, write): &(BrokerName, u32, u32)| {
            let (broker, perm) = (name.clone(), Perm::READ_WRITE);
            let here = TopicAt { broker, read: *read, write: *write, perm, ordered: self.ordered };
            let failure = Failure { kind: FailureKind::Unreachable, said: "gone".to_owned() };
            let is_silent = self.silent && name.as_str() == "broker-b";
            (name.clone(), if is_silent { Said::Silent(failure) } else { Said::Answer(Some(here)) })
        };
        let queues = self.routed.iter().map(|(broker, read, write)| RouteQueues {
            broker: broker.clone(),
            read: *read,
            write: *write,
            perm: self.routed_perm,
        });
        let route = Route { queues: queues.collect(), order: None };
        let routes = vec![("ns-1".to_owned(), Said::Answer(Some(route)))];
        Topic { kind: self.kind, at: self.at.iter().map(at).collect(), routes }
    }

    /// It has read everything but what is in the last queue.
    fn reader(&self) -> Reader {
        let offsets = (0..7).map(|queue| StoredOffset { broker: broker("broker-a"), queue, offset: 10 });
        Reader { group: "billing".parse().unwrap(), online: self.online, broadcasts: false, offsets: offsets.collect() }
    }

    fn ranges(&self) -> Vec<QueueRange> {
        (0..8).map(|queue| QueueRange { broker: broker("broker-a"), queue, start: 0, end: 10 }).collect()
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

    pub(super) fn asks(&self, line: (&str, u32, &str)) -> Planning {
        let (command, to, waive) = line;
        let mut arguments = Arguments::default();
        arguments.0.insert("topic".to_owned(), Value::Topic(orders()));
        arguments.0.insert("to".to_owned(), Value::Text(to.to_string()));
        if !waive.is_empty() {
            arguments.0.insert("waive".to_owned(), Value::Text(waive.to_owned()));
        }
        self.rounds(|sections, context| plan(command, &arguments, sections, context).unwrap())
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
            match ask(&sections, &context) {
                Planning::Need(queries) => sections.merge(self.seen(&queries)),
                other => return other,
            }
        }
        panic!("too many rounds")
    }

    /// The way back of a plan, of which these steps happened.
    fn back(&self, draft: &Draft, steps: &[u32]) -> Vec<String> {
        match self.asks_back(draft, steps) {
            Planning::Plan(draft) => told(&draft),
            other => panic!("{other:?}"),
        }
    }

    fn asks_back(&self, draft: &Draft, steps: &[u32]) -> Planning {
        let happened = draft.steps.iter().filter(|step| steps.contains(&step.number));
        let done = happened.map(|step| match &step.work {
            Work::Act(action) => Done { step: step.number, actions: vec![action.clone()] },
            other => panic!("{other:?}"),
        });
        let (plan, done): (_, Vec<Done>) = (whole(draft.clone(), Arguments::default()), done.collect());
        let rollback = Rollback::plain(&plan, &done);
        self.rounds(|sections, context| plan_rollback(&rollback, sections, context))
    }

    /// Every master has these queues, and routes tell it.
    fn with(mut self, (read, write): (u32, u32)) -> Self {
        self.at.iter_mut().for_each(|at| (at.1, at.2) = (read, write));
        self.routed = self.at.clone();
        self
    }

    fn draft(&self, line: (&str, u32, &str)) -> Draft {
        match self.asks(line) {
            Planning::Plan(draft) => *draft,
            other => panic!("{other:?}"),
        }
    }
}

const EXPAND: (&str, u32, &str) = ("expand-partitions", 12, "");
const SHRINK: (&str, u32, &str) = ("shrink-partitions", 4, "");

/// What the steps set, in their order: read/write at the first master; and where groups get offsets.
fn told(draft: &Draft) -> Vec<String> {
    let one = |work: &Work| match work {
        Work::Act(Action::Rocketmq(RocketmqAction::SetQueues { places, .. })) => {
            format!("{} to {} at {}", places[0].from, places[0].to, places.len())
        }
        Work::Rule(Rule::RocketmqSeedOffsets(rule)) => format!("seed {} to {}", rule.queues[0].1, rule.queues[0].2),
        Work::Wait(wait) => match &wait.condition {
            Condition::RocketmqDrained(closing) => {
                format!("drain {} to {}", closing.queues[0].keeps, closing.queues[0].had)
            }
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    draft.steps.iter().map(|step| one(&step.work)).collect()
}

#[test]
fn reading_goes_up_first_and_down_last() {
    let world = World::new();
    assert_eq!(told(&world.draft(EXPAND)), ["8/8 to 12/8 at 2", "seed 8 to 12", "12/8 to 12/12 at 2"]);
    assert_eq!(told(&world.draft(SHRINK)), ["8/8 to 8/4 at 2", "drain 4 to 8", "8/4 to 4/4 at 2"]);
}

#[test]
fn halfway_it_goes_on_from_where_it_is() {
    let mut world = World::new();
    world.at[0].1 = 12;
    world.routed = world.at.clone();
    assert_eq!(told(&world.draft(EXPAND)), ["8/8 to 12/8 at 1", "seed 8 to 12", "12/8 to 12/12 at 2"]);
    let mut world = World::new();
    world.at.iter_mut().for_each(|at| at.2 = 4);
    world.routed = world.at.clone();
    assert_eq!(told(&world.draft(SHRINK)), ["drain 4 to 8", "8/4 to 4/4 at 2"]);
}

#[test]
fn what_was_opened_is_written_no_more_and_what_was_closed_is_read_first() {
    let (opened, closed) = (World::new().draft(EXPAND), World::new().draft(SHRINK));
    assert_eq!(World::new().with((12, 12)).back(&opened, &[1, 3]), ["12/12 to 12/8 at 2"]);
    assert_eq!(World::new().with((8, 4)).back(&closed, &[1]), ["8/4 to 8/8 at 2"]);
    // Who came while they were closed has no offset there.
    let opened_again = ["4/4 to 8/4 at 2", "seed 4 to 8", "8/4 to 8/8 at 2"];
    assert_eq!(World::new().with((4, 4)).back(&closed, &[1, 3]), opened_again);
    // One master came back with its old file.
    let mut world = World::new().with((8, 4));
    world.at[1].2 = 8;
    world.routed = world.at.clone();
    assert_eq!(world.back(&closed, &[1]), ["8/4 to 8/8 at 1"]);
}

#[test]
fn an_expansion_that_ended_before_it_wrote_is_told_so_and_closed_by_shrinking() {
    let opened = World::new().draft(EXPAND);
    let world = World::new().with((12, 8));
    let Planning::Mistake(mistake) = world.asks_back(&opened, &[1]) else { panic!() };
    assert_eq!((mistake.id.as_str(), mistake.facts.get("found")), ("queues-only-read", Some(&"12/8".into())));
    assert_eq!(mistake.facts.get("count"), Some(&8_i64.into()));
    // As it says:
    assert_eq!(told(&world.draft(("shrink-partitions", 8, ""))), ["drain 8 to 12", "12/8 to 8/8 at 2"]);
    let Planning::Mistake(mistake) = World::new().asks_back(&opened, &[]) else { panic!() };
    assert_eq!(mistake.id, "nothing-to-take-back");
}

#[test]
fn a_master_that_is_gone_is_not_left_out_of_the_way_back() {
    let closed = World::new().draft(SHRINK);
    let mut world = World::new().with((8, 4));
    world.at.truncate(1);
    let Planning::Refused(checks) = world.asks_back(&closed, &[1]) else { panic!() };
    assert_eq!(checks[0].id, "cannot-verify");
    assert_eq!(checks[0].facts.get("said"), Some(&"no NameServer knows broker-b".into()));
}

#[test]
fn what_is_read_already_is_written_in_part() {
    let world = World::new().with((12, 8));
    assert_eq!(told(&world.draft(("expand-partitions", 10, ""))), ["seed 8 to 10", "12/8 to 12/10 at 2"]);
}

#[test]
fn a_group_that_a_master_of_5_does_not_have_needs_its_owners_word() {
    let mut world = World::new();
    let level = |world: &World| {
        let draft = world.draft(EXPAND);
        draft.checks.into_iter().find(|check| check.id == "groups-not-at-master").map(|check| check.level)
    };
    assert_eq!(level(&world), None, "4.9 stores its offset all the same");
    world.version = "5.5.0";
    assert_eq!(level(&world), Some(Level::Consent));
}

#[test]
fn a_master_that_says_nothing_forbids_it() {
    let mut world = World::new();
    world.silent = true;
    let Planning::Refused(checks) = world.asks(EXPAND) else { panic!() };
    assert!(checks.iter().any(|check| check.id == "cannot-verify"), "{checks:?}");
}

/// Somebody wiped the write permission of the brokers at a NameServer (205): neither opened nor closed then. A broker that takes
/// no writes itself is another matter: routes have to tell it.
#[test]
fn a_route_that_permits_other_than_the_masters_forbids_it() {
    let blocks = |world: &World| match world.asks(EXPAND) {
        Planning::Refused(checks) => checks.into_iter().filter(|check| check.blocks()).map(|check| check.id).collect(),
        Planning::Plan(_) => Vec::new(),
        other => panic!("{other:?}"),
    };
    let world = |perm, routed_perm| World { perm, routed_perm, ..World::new() };
    assert_eq!(blocks(&world(Perm::READ_WRITE, Perm::READ_WRITE)), Vec::<String>::new());
    let wiped = world(Perm::READ_WRITE, Perm::READ);
    assert_eq!(blocks(&wiped), ["routes-differ"]);
    let Planning::Refused(checks) = wiped.asks(SHRINK) else { panic!() };
    let differ = checks.iter().find(|check| check.id == "routes-differ").expect("the finding");
    let told = ["expected", "found"].map(|fact| differ.facts.get(fact).cloned());
    assert_eq!(told, [Some("8/8 RW-".into()), Some("8/8 R--".into())]);
    for version in ["4.9.7", "5.5.0"] {
        assert_eq!(blocks(&World { version, ..world(Perm::READ, Perm::READ) }), Vec::<String>::new(), "{version}");
        assert_eq!(blocks(&World { version, ..world(Perm::READ, Perm::READ_WRITE) }), ["routes-differ"], "{version}");
    }
    let unguarded = World { guards: Guards::all().without(Guard::RoutesAgree), ..wiped };
    assert_eq!(blocks(&unguarded), Vec::<String>::new(), "without the guard it is planned");
}

fn refused_by(guard: Guard) -> (World, (&'static str, u32, &'static str)) {
    let mut world = World::new();
    let mut line = EXPAND;
    match guard {
        Guard::SystemTopic => world.kind = TopicKind::System,
        Guard::OrderedTopic => world.ordered = true,
        Guard::RoutesAgree => world.routed[1].2 = 4,
        Guard::GroupAtWork => {
            world.online = true;
            line = ("shrink-partitions", 4, "billing");
        }
        other => panic!("{other:?}"),
    }
    (world, line)
}

pub(super) fn a_topic_that_must_not_be_is_set(guard: Guard, guards: Guards) -> bool {
    let (mut world, line) = refused_by(guard);
    world.guards = guards;
    matches!(world.asks(line), Planning::Plan(_))
}

/// The queues are other ones when it starts.
pub(super) fn it_starts_on_other_queues(_: Guard, guards: Guards) -> bool {
    let mut world = World::new();
    world.guards = guards;
    let draft = world.draft(EXPAND);
    let starts = |world: &World| {
        let queries: BTreeSet<Query> = draft.expectations.iter().flat_map(Expectation::queries).collect();
        draft.expectations.iter().all(|one| evaluate(one, &world.seen(&queries)) == Held::Holds)
    };
    assert!(starts(&world), "as it was planned");
    world.at[1] = (broker("broker-b"), 16, 16);
    starts(&world)
}

pub(super) fn nobody_is_asked_for_a_group_that_is_given_up(_: Guard, guards: Guards) -> bool {
    let mut world = World::new();
    world.guards = guards;
    let draft = world.draft(("shrink-partitions", 4, "billing"));
    !draft.checks.iter().any(|check| check.level == Level::Consent)
}

pub(super) fn queues_are_written_that_nobody_reads(_: Guard, guards: Guards) -> bool {
    let mut world = World::new();
    world.guards = guards;
    let past = |work: &Work| match work {
        Work::Act(Action::Rocketmq(RocketmqAction::SetQueues { places, .. })) => {
            places.iter().any(|one| one.to.writes_past_reads())
        }
        _ => false,
    };
    world.draft(EXPAND).steps.iter().any(|step| past(&step.work))
}

pub(super) fn no_group_gets_an_offset(_: Guard, guards: Guards) -> bool {
    let mut world = World::new();
    world.guards = guards;
    !told(&world.draft(EXPAND)).iter().any(|step| step.starts_with("seed"))
}

pub(super) fn it_goes_on_before_offsets_are_on_disk(_: Guard, guards: Guards) -> bool {
    let mut world = World::new();
    world.guards = guards;
    !world.draft(EXPAND).steps.iter().any(|step| matches!(step.done, Condition::RocketmqSeedsKept(_)))
}

pub(super) fn nothing_is_waited_for(_: Guard, guards: Guards) -> bool {
    let mut world = World::new();
    world.guards = guards;
    !told(&world.draft(SHRINK)).iter().any(|step| step.starts_with("drain"))
}

pub(super) fn nobody_watches_closed_queues(_: Guard, guards: Guards) -> bool {
    let mut world = World::new();
    world.guards = guards;
    let draft = world.draft(SHRINK);
    !draft.steps.iter().any(|step| matches!(step.done, Condition::RocketmqStaysClosed(_)))
}
