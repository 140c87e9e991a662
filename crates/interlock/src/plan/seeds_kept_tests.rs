use super::seeds_kept::SeedsKept;
use super::{Action, Awaited, Condition, Looked, Memory, Pace, RocketmqAction, Seed, look};
use crate::cluster::rocketmq::{
    BrokerSet, FromMasters, GroupOverview, MASTER, Process, ProcessSeen, Reader, RocketmqAnswer, RocketmqCluster,
    RocketmqQuery, Said, SilentBroker, StoredOffset,
};
use crate::cluster::{Answer, Failure, FailureKind, Query, Section, Sections, Seen};
use crate::time::Millis;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(5);

fn seed(queue: u32) -> Seed {
    Seed { group: "billing".parse().unwrap(), broker: "broker-a".parse().unwrap(), queue, offset: 3 }
}

fn cluster(version: &str, flush_ms: Option<u64>) -> RocketmqCluster {
    let seen = ProcessSeen { version: version.to_owned(), offset_flush_ms: flush_ms, ..ProcessSeen::default() };
    let process = Process { id: MASTER, address: "10.0.0.1:10911".to_owned(), said: Said::Answer(seen) };
    let broker = BrokerSet { name: "broker-a".parse().unwrap(), processes: vec![process] };
    RocketmqCluster { name: "Lab".to_owned(), name_servers: Vec::new(), brokers: vec![broker] }
}

/// One step over two groups of offsets, looked at every five seconds.
struct Watch {
    condition: Condition,
    kept: SeedsKept,
    actions: Vec<Action>,
    memory: Memory,
    now: Millis,
    version: &'static str,
    known: bool,
}

impl Watch {
    fn new() -> Self {
        let topic: crate::id::TopicName = "orders".parse().unwrap();
        let kept = SeedsKept::of(&cluster("4.9.7", None));
        let action = |seeds| Action::Rocketmq(RocketmqAction::SeedOffsets { topic: topic.clone(), seeds });
        Self {
            condition: Condition::RocketmqSeedsKept(kept.clone()),
            kept,
            actions: vec![action(vec![seed(8), seed(9)]), action(vec![seed(10)])],
            memory: Memory::default(),
            now: Millis(0),
            version: "4.9.7",
            known: true,
        }
    }

    fn sections(&self, readers: FromMasters<Vec<Reader>>) -> Sections {
        let mut sections = Sections::empty();
        let broker = || "broker-a".parse().unwrap();
        let known = GroupOverview { id: "billing".parse().unwrap(), system: false, brokers: vec![broker()] };
        let groups = FromMasters::whole(if self.known { vec![known] } else { Vec::new() });
        for (query, answer) in [
            (RocketmqQuery::Cluster, RocketmqAnswer::Cluster(cluster(self.version, None))),
            (RocketmqQuery::Groups, RocketmqAnswer::Groups(groups)),
            (RocketmqQuery::Readers("orders".parse().unwrap()), RocketmqAnswer::Readers(readers)),
        ] {
            let seen = Seen { from: Millis(0), to: Millis(0), value: Answer::Rocketmq(answer) };
            sections.put(Query::Rocketmq(query), Section::Seen(seen));
        }
        sections
    }

    fn there(&self, queues: &[u32]) -> Sections {
        let broker: crate::id::BrokerName = "broker-a".parse().unwrap();
        let offsets = queues.iter().map(|queue| StoredOffset { broker: broker.clone(), queue: *queue, offset: 3 });
        let offsets = offsets.collect();
        let reader = Reader { group: "billing".parse().unwrap(), online: false, broadcasts: false, offsets };
        self.sections(FromMasters::whole(vec![reader]))
    }

    fn look(&mut self, sections: &Sections) -> Looked {
        let awaited = Awaited { condition: &self.condition, actions: &self.actions };
        assert_eq!(sections.missing(&awaited.queries()), [].into(), "and it looks at nothing else");
        let pace = Pace { now: self.now, interval: EVERY };
        let (memory, looked) = look(awaited, &self.memory, sections, pace);
        self.memory = serde_json::from_str(&serde_json::to_string(&memory).unwrap()).unwrap();
        self.now = self.now.plus(EVERY);
        looked
    }

    fn id(&mut self, queues: &[u32]) -> &'static str {
        let sections = self.there(queues);
        match self.look(&sections) {
            Looked::Met => "met",
            Looked::NotYet { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }
}

const ALL: &[u32] = &[8, 9, 10];

#[test]
fn offsets_are_seen_until_brokers_have_them_on_their_disks() {
    let mut watch = Watch::new();
    assert_eq!([0; 4].map(|_| watch.id(ALL)), ["seeds-watched", "seeds-watched", "seeds-watched", "met"]);
    assert!(watch.kept.lasts_ms() >= 3 * 5_000, "three flushes begin meanwhile");
}

#[test]
fn what_a_broker_forgot_is_given_again_as_it_was_given_and_watched_anew() {
    let mut watch = Watch::new();
    assert_eq!([0; 2].map(|_| watch.id(ALL)), ["seeds-watched"; 2]);
    let sections = watch.there(&[9]);
    let looked = watch.look(&sections);
    assert!(matches!(looked, Looked::NotYet { id: "seeds-lost", .. }), "{looked:?}");
    let again = SeedsKept::again(&watch.actions, &looked, &sections);
    let told = |action: &Action| match action {
        Action::Rocketmq(RocketmqAction::SeedOffsets { seeds, .. }) => seeds.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(again.iter().map(told).collect::<Vec<_>>(), [vec![seed(8)], vec![seed(10)]]);
    assert_eq!([0; 4].map(|_| watch.id(ALL)), ["seeds-watched", "seeds-watched", "seeds-watched", "met"]);
    let looked = watch.look(&watch.there(ALL));
    assert!(SeedsKept::again(&watch.actions, &looked, &watch.there(&[])).is_empty(), "only after a look that says so");
}

#[test]
fn a_silent_master_says_neither() {
    let mut watch = Watch::new();
    watch.id(ALL);
    let why = Failure { kind: FailureKind::TimedOut, said: "no".to_owned() };
    let silent = SilentBroker { broker: "broker-a".parse().unwrap(), why };
    let sections = watch.sections(FromMasters { seen: Vec::new(), silent: vec![silent] });
    let looked = watch.look(&sections);
    assert!(matches!(looked, Looked::NotYet { id: "cannot-look", .. }) && watch.memory.streak == 0, "{looked:?}");
}

#[test]
fn a_group_that_is_deleted_meanwhile_gets_no_offsets_again() {
    for version in ["4.9.7", "5.5.0"] {
        let mut watch = Watch::new();
        watch.version = version;
        assert_eq!(watch.id(&[]), "seeds-lost", "it is still there");
        watch.known = false;
        assert_eq!(
            [0; 4].map(|_| watch.id(&[])),
            ["seeds-watched", "seeds-watched", "seeds-watched", "met"],
            "{version}"
        );
    }
    let mut left = Watch::new();
    left.known = false;
    assert_eq!(left.id(&[9]), "seeds-lost", "4.9 has offsets of groups that it does not have");
    left.version = "5.5.0";
    assert_eq!(left.id(&[9]), "seeds-watched", "and 5.x stores none for them");
}

#[test]
fn it_is_known_how_often_an_offset_was_given() {
    let watch = Watch::new();
    let [first, second] = [&watch.actions[..1], &watch.actions[1..]];
    assert_eq!(SeedsKept::given_by(&[first, first, second].concat(), first), 2);
    assert_eq!((SeedsKept::given_by(&[], first), SeedsKept::given_by(first, &[])), (0, 0));
}

#[test]
fn a_broker_that_writes_offsets_more_seldom_is_waited_for_longer() {
    let of = |flush_ms| SeedsKept::of(&cluster("4.9.7", flush_ms)).interval_ms;
    assert_eq!([None, Some(10), Some(60_000)].map(of), [5_000, 5_000, 60_000]);
}

#[test]
fn without_any_group_nothing_is_waited_for() {
    let mut watch = Watch::new();
    watch.actions.clear();
    assert_eq!(watch.id(&[]), "met");
}
