//! How offsets on RocketMQ are judged: after an act, and while they must stay.

use super::{
    Action, Awaited, Condition, Holding, Looked, Memory, Pace, Probe, QueueMove, RocketmqAction, is_silent_master,
    look, probe,
};
use crate::cluster::rocketmq::{
    BrokerSet, Client, CommittedOffset, FromMasters, Group, RocketmqAnswer, RocketmqCluster, RocketmqQuery,
    SilentBroker,
};
use crate::cluster::{Answer, Failure, FailureKind, Query, Section, Sections, Seen};
use crate::id::{BrokerName, GroupId};
use crate::time::Millis;
use std::time::Duration;

const NOW: Millis = Millis(1_795_402_000_000);

fn group() -> GroupId {
    "billing".parse().unwrap()
}

fn broker() -> BrokerName {
    "broker-a".parse().unwrap()
}

fn moved(queue: u32, from: Option<i64>, to: i64) -> QueueMove {
    QueueMove { topic: "orders".parse().unwrap(), broker: broker(), queue, from, to, end: 1_000 }
}

fn set(moves: Vec<QueueMove>, running: bool) -> Action {
    Action::Rocketmq(RocketmqAction::SetOffsets { group: group(), moves, running })
}

fn seen(answer: RocketmqAnswer) -> Section<Answer> {
    Section::Seen(Seen { from: NOW, to: NOW, value: Answer::Rocketmq(answer) })
}

/// The offsets of queues 0, 1, …, and whether a client is connected.
fn sections(offsets: &[Option<i64>], online: bool) -> Sections {
    let one = |(queue, offset): (u32, &Option<i64>)| {
        let (topic, broker) = ("orders".parse().unwrap(), broker());
        Some(CommittedOffset { topic, broker, queue, offset: (*offset)? })
    };
    let committed = (0_u32..).zip(offsets).filter_map(one).collect();
    let client = Client {
        group: group(),
        id: "client-1".to_owned(),
        host: String::new(),
        language: String::new(),
        version: String::new(),
        brokers: vec![broker()],
    };
    let (clients, model) = (if online { vec![client] } else { Vec::new() }, None);
    let (at, subscriptions, silent) = (Vec::new(), Vec::new(), Vec::new());
    let known = Group { system: false, at, clients, subscriptions, model, silent };
    let mut sections = Sections::empty();
    let master = BrokerSet { name: broker(), processes: Vec::new() };
    let cluster = RocketmqCluster { name: "Lab".to_owned(), name_servers: Vec::new(), brokers: vec![master] };
    sections.put(Query::Rocketmq(RocketmqQuery::Cluster), seen(RocketmqAnswer::Cluster(cluster)));
    let committed = RocketmqAnswer::Committed(FromMasters::whole(committed));
    sections.put(Query::Rocketmq(RocketmqQuery::Committed(group())), seen(committed));
    sections.put(Query::Rocketmq(RocketmqQuery::Group(group())), seen(RocketmqAnswer::Group(Some(known))));
    sections
}

fn probed(one: QueueMove, running: bool, found: Option<i64>) -> Probe {
    probe(&set(vec![one], running), &sections(&[found], running))
}

#[test]
fn of_a_stopped_group_only_the_exact_offset_counts() {
    for (from, to) in [(Some(60), 40), (Some(40), 60), (None, 40), (Some(60), 0)] {
        assert_eq!(probed(moved(0, from, to), false, Some(to)), Probe::Done);
        assert_eq!(probed(moved(0, from, to), false, from), Probe::NotYet);
        assert!(matches!(probed(moved(0, from, to), false, Some(50)), Probe::Foreign(_)), "{from:?} {to}");
    }
    assert!(matches!(probed(moved(0, Some(60), 40), false, None), Probe::Foreign(_)), "its offset is gone");
}

#[test]
fn a_group_at_work_may_have_gone_on_from_either_place() {
    let back = || moved(0, Some(60), 40);
    let forward = || moved(0, Some(40), 60);
    for (one, found, wanted) in [
        (back(), 40, Probe::Done),
        (back(), 59, Probe::Done),
        (back(), 60, Probe::NotYet),
        (forward(), 60, Probe::Done),
        (forward(), 75, Probe::Done),
        (forward(), 40, Probe::NotYet),
        (forward(), 59, Probe::NotYet),
        (moved(0, None, 40), 41, Probe::Done),
        (moved(0, None, 40), 3, Probe::NotYet),
    ] {
        assert_eq!(probed(one.clone(), true, Some(found)), wanted, "{one:?} at {found}");
    }
    for one in [back(), forward()] {
        assert!(matches!(probed(one.clone(), true, Some(39)), Probe::Foreign(_)), "{one:?}");
    }
}

/// Who was set back at work and reads fast stands where it stood before anybody looks; who was never set back, too.
#[test]
fn past_where_it_stood_or_at_the_end_only_the_answer_tells() {
    let back = || moved(0, Some(60), 40);
    let at_the_end = || moved(0, Some(1_000), 40);
    for (one, found) in [(back(), 61), (back(), 1_004), (at_the_end(), 1_000), (at_the_end(), 1_001)] {
        let Probe::Overtaken(facts) = probed(one.clone(), true, Some(found)) else { panic!("{one:?} at {found}") };
        assert_eq!(facts.get("count"), Some(&1_i64.into()));
        assert!(
            !matches!(probed(one, false, Some(found)), Probe::Overtaken(_) | Probe::Done),
            "of a stopped one it is"
        );
    }
    // What is short of that was not overtaken, and one queue of that kind is enough.
    assert_eq!(probed(moved(0, Some(999), 40), true, Some(999)), Probe::NotYet);
    assert_eq!(probed(moved(0, Some(40), 60), true, Some(40)), Probe::NotYet);
    let both = set(vec![back(), moved(1, Some(1_000), 40)], true);
    assert_eq!(probe(&both, &sections(&[Some(60), Some(1_000)], true)), Probe::NotYet);
}

#[test]
fn some_of_it_is_partly_and_a_silent_master_tells_nothing() {
    let both = set(vec![moved(0, Some(60), 40), moved(1, Some(60), 40)], false);
    assert_eq!(probe(&both, &sections(&[Some(40), Some(60)], false)), Probe::Partly);
    assert_eq!(probe(&both, &sections(&[Some(40), Some(40)], false)), Probe::Done);
    assert!(matches!(probe(&both, &Sections::empty()), Probe::CannotTell(_)));
    let why = Failure { kind: FailureKind::TimedOut, said: "no".to_owned() };
    let silent = FromMasters { seen: Vec::new(), silent: vec![SilentBroker { broker: broker(), why }] };
    let mut sections = sections(&[], false);
    sections.put(Query::Rocketmq(RocketmqQuery::Committed(group())), seen(RocketmqAnswer::Committed(silent)));
    assert!(matches!(probe(&both, &sections), Probe::CannotTell(_)));
}

/// Its offsets are not "none": they would look as if somebody had taken them away.
#[test]
fn of_a_master_that_the_name_servers_forgot_nothing_is_told() {
    let elsewhere = QueueMove { broker: "broker-b".parse().unwrap(), ..moved(1, Some(60), 40) };
    let both = set(vec![moved(0, Some(60), 40), elsewhere], false);
    let Probe::CannotTell(facts) = probe(&both, &sections(&[Some(40)], false)) else { panic!() };
    assert!(is_silent_master(&facts) && facts.get("master") == Some(&"broker-b".into()), "{facts:?}");
}

/// Looks every two seconds; what each saw.
struct Watch {
    condition: Condition,
    actions: Vec<Action>,
    memory: Memory,
    now: Millis,
}

impl Watch {
    fn over(one: QueueMove) -> Self {
        let holding = Holding { group: group(), looks: 3, interval_ms: 2_000, deadline_ms: 20_000 };
        let actions = vec![set(vec![one], true)];
        Self { condition: Condition::RocketmqOffsetsHold(holding), actions, memory: Memory::default(), now: NOW }
    }

    fn look(&mut self, found: Option<i64>, online: bool) -> &'static str {
        let awaited = Awaited { condition: &self.condition, actions: &self.actions };
        let pace = Pace { now: self.now, interval: Duration::from_secs(2) };
        let (memory, looked) = look(awaited, &self.memory, &sections(&[found], online), pace);
        self.memory = serde_json::from_str(&serde_json::to_string(&memory).unwrap()).unwrap();
        self.now = self.now.plus(Duration::from_secs(2));
        match looked {
            Looked::Met => "met",
            Looked::NotYet { id, .. } | Looked::Foreign { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }
}

const SO_FAR: &str = "offsets-hold-so-far";

#[test]
fn offsets_that_stay_or_go_on_hold() {
    let mut stopped = Watch::over(moved(0, Some(60), 40));
    assert_eq!([0, 1, 2].map(|_| stopped.look(Some(40), false)), [SO_FAR, SO_FAR, "met"]);
    let mut going_on = Watch::over(moved(0, Some(60), 40));
    assert_eq!([45, 58, 61].map(|at| going_on.look(Some(at), true)), [SO_FAR, SO_FAR, "met"], "past where it stood");
    let mut forward = Watch::over(moved(0, Some(40), 60));
    assert_eq!([60, 61, 90].map(|at| forward.look(Some(at), true)), [SO_FAR, SO_FAR, "met"]);
}

/// A client that does not know of the reset commits where it was: the streak begins anew, and if it stays so, a person is
/// asked. A moment of it is nothing: clients of 5.x do so until they have been assigned anew.
#[test]
fn a_client_that_commits_its_old_offset_is_noticed() {
    for online in [false, true] {
        let mut watch = Watch::over(moved(0, Some(60), 40));
        assert_eq!([40, 40, 60].map(|at| watch.look(Some(at), online)), [SO_FAR, SO_FAR, "offset-elsewhere"]);
        assert_eq!([40, 40, 40].map(|at| watch.look(Some(at), online)), [SO_FAR, SO_FAR, "met"]);
        let mut stays = Watch::over(moved(0, Some(60), 40));
        stays.look(Some(40), online);
        let looks: Vec<_> = (0..10).map(|_| stays.look(Some(60), online)).collect();
        assert_eq!(looks[..9], ["offset-elsewhere"; 9]);
        assert_eq!(looks[9], "offset-came-back", "twenty seconds after the first look");
    }
}

/// Who has nothing left to read stands at the end again, having read all of it once more; but only who is connected reads.
#[test]
fn at_the_end_only_a_group_at_work_has_read_again() {
    let at_the_end = || moved(0, Some(1_000), 40);
    assert_eq!(Watch::over(at_the_end()).look(Some(1_000), true), SO_FAR);
    assert_eq!(Watch::over(at_the_end()).look(Some(1_000), false), "offset-elsewhere");
}

#[test]
fn looks_that_fail_or_are_far_apart_begin_a_streak_anew() {
    let mut watch = Watch::over(moved(0, Some(60), 40));
    watch.look(Some(40), false);
    watch.look(Some(40), false);
    watch.now = watch.now.plus(Duration::from_secs(20));
    assert_eq!(watch.look(Some(40), false), "met", "late is not missed");
    let mut watch = Watch::over(moved(0, Some(60), 40));
    watch.look(Some(40), false);
    watch.look(Some(40), false);
    watch.now = watch.now.plus(Duration::from_secs(31));
    assert_eq!([0, 1, 2].map(|_| watch.look(Some(40), false)), [SO_FAR, SO_FAR, "met"]);
    let mut watch = Watch::over(moved(0, Some(60), 40));
    watch.look(Some(40), false);
    let awaited = Awaited { condition: &watch.condition, actions: &watch.actions };
    let pace = Pace { now: watch.now, interval: Duration::from_secs(2) };
    let (memory, looked) = look(awaited, &watch.memory, &Sections::empty(), pace);
    assert!(matches!(looked, Looked::NotYet { id: "cannot-look", .. }) && memory.streak == 0, "{looked:?}");
}
