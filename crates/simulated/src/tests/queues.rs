//! Queues of a RocketMQ topic that are closed: what a wait sees of them, look by look, with the clock moved by hand.

use super::{NOON, name, ready};
use crate::{Fleet, HandClock, RocketmqGroupSpec, RocketmqSpec, RocketmqTopicSpec, SimulatedRocketmq};
use engine::port::{Clock, Observe};
use interlock::cluster::rocketmq::Perm;
use interlock::cluster::{Looker, Query};
use interlock::id::{BrokerName, GroupId, TopicName};
use interlock::plan::{Awaited, Closing, ClosingAt, Condition, Looked, Memory, Pace, look, steer};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);
const LOOK: Duration = Duration::from_secs(15);

struct Wait {
    clock: HandClock,
    shop: SimulatedRocketmq,
    condition: Condition,
    memory: Memory,
    told: usize,
}

fn orders() -> TopicName {
    name("orders")
}

fn broker(letter: char) -> BrokerName {
    name(&format!("broker-{letter}"))
}

fn closing(waived: &[&str]) -> Closing {
    let at = |letter| ClosingAt { broker: broker(letter), keeps: 4, had: 8 };
    let waived: BTreeSet<GroupId> = waived.iter().map(|group| name(group)).collect();
    let queues = vec![at('a'), at('b')];
    Closing { topic: orders(), queues, waived, readers: Vec::new(), looks: 3, interval_ms: 15_000 }
}

impl Wait {
    /// Eight queues at each of two masters, the last four written no more; one group at work, and one that is away.
    fn new(condition: Condition, open: (u32, u32)) -> Self {
        let clock = HandClock::at(NOON);
        let fleet = Fleet::new(Arc::new(clock.clone()), 7);
        let spec = RocketmqSpec {
            cluster: "Lab".to_owned(),
            version: "5.5.0".to_owned(),
            name_servers: 2,
            brokers: vec![(broker('a'), 0), (broker('b'), 0)],
            up_for: HOUR,
        };
        let shop = fleet.add_rocketmq(&name("lab"), &spec).unwrap();
        shop.add_topic(&RocketmqTopicSpec::new(orders(), 8).written(36_000, HOUR)).unwrap();
        let reads = |rate| vec![(orders(), rate)];
        shop.add_group(&RocketmqGroupSpec::stopped(name("billing"), reads(0), HOUR / 2)).unwrap();
        let mail = RocketmqGroupSpec::stopped(name("mail"), reads(9_000_000), HOUR / 2);
        shop.add_group(&mail.client("mail-1", "10.0.3.1", "5.5.0")).unwrap();
        let wait = Self { clock, shop, condition, memory: Memory::default(), told: 0 };
        wait.opens(open);
        wait
    }

    fn opens(&self, (read, write): (u32, u32)) {
        for letter in ['a', 'b'] {
            self.shop.update_topic((&broker(letter), 0), &orders(), (read, write, Perm::READ_WRITE)).unwrap();
        }
    }

    fn returns(&self) {
        self.shop.clients_return(&name("billing"), &orders(), 9_000_000).unwrap();
    }

    fn condition_queries(&self) -> BTreeSet<Query> {
        Awaited { condition: &self.condition, actions: &[] }.queries()
    }

    /// Time passes, then it is looked at once.
    fn after(&mut self, span: Duration) -> Looked {
        self.clock.advance(span);
        let awaited = Awaited { condition: &self.condition, actions: &[] };
        let sections = ready(self.shop.observe(&awaited.queries()));
        let pace = Pace { now: self.clock.now(), interval: LOOK };
        let (memory, looked) = look(awaited, &self.memory, &sections, pace);
        let told = |memory: &Memory| memory.closed.as_ref().and_then(|closed| closed.told);
        self.told += usize::from(told(&memory) != told(&self.memory));
        self.memory = memory;
        looked
    }

    fn id_after(&mut self, span: Duration) -> &'static str {
        match self.after(span) {
            Looked::Met => "met",
            Looked::NotYet { id, .. }
            | Looked::Impossible { id, .. }
            | Looked::Unsafe { id, .. }
            | Looked::Foreign { id, .. } => id,
        }
    }

    /// How many looks it takes until it finds this.
    fn until(&mut self, id: &str) -> usize {
        let mut seen = Vec::new();
        for number in 1..=200 {
            seen.push(self.id_after(LOOK));
            if seen.last() == Some(&id) {
                return number;
            }
        }
        seen.dedup();
        panic!("never {id}: {seen:?}");
    }
}

fn drains(waived: &[&str]) -> Wait {
    Wait::new(Condition::RocketmqDrained(closing(waived)), (8, 4))
}

#[test]
fn the_clock_alone_never_drains_what_a_group_has_not_read() {
    let mut wait = drains(&[]);
    for _ in 0..20 {
        assert_eq!(wait.id_after(HOUR * 6), "queues-unread");
        assert_eq!(wait.id_after(LOOK), "queues-unread");
    }
    assert_eq!(wait.told, 5, "five days, a line a day");
    let Looked::NotYet { facts, .. } = wait.after(LOOK) else { panic!() };
    assert_eq!(facts.get("groups"), Some(&vec!["billing".to_owned()].into()));
    wait.returns();
    wait.until("met");
}

#[test]
fn closed_queues_must_stand_still_for_what_is_still_kept_back() {
    let mut wait = drains(&[]);
    wait.returns();
    let topic = orders();
    let a = broker('a');
    wait.shop.comes_due((&topic, &a, 7), (1, Duration::from_secs(600)), false).unwrap();
    wait.shop.comes_due((&topic, &a, 6), (1, Duration::from_secs(300)), true).unwrap();
    let looks = wait.until("met");
    assert!(LOOK * u32::try_from(looks).unwrap() > Duration::from_secs(600 + 60), "the delayed one came: {looks}");

    let mut sooner = drains(&[]);
    sooner.returns();
    assert!(sooner.until("met") < looks, "without them it need not wait so long");
}

#[test]
fn a_group_that_is_given_up_is_waited_for_until_its_messages_have_expired() {
    let mut wait = drains(&["billing"]);
    for _ in 0..11 {
        assert_eq!(wait.id_after(HOUR * 6), "queues-unread");
    }
    wait.clock.advance(HOUR * 13);
    wait.until("met");
}

#[test]
fn a_group_without_offsets_has_read_nothing() {
    let mut wait = drains(&[]);
    wait.returns();
    wait.shop.forget_offsets(&name("billing"), &orders(), 4).unwrap();
    assert!((0..40).all(|_| wait.id_after(LOOK) == "queues-unread"));
}

#[test]
fn whoever_meddles_is_named() {
    let mut wait = drains(&[]);
    wait.shop.process_dies(&broker('b'), 0, true).unwrap();
    assert_eq!(wait.id_after(LOOK), "master-silent");
    wait.shop.process_dies(&broker('b'), 0, false).unwrap();
    assert_eq!(wait.id_after(LOOK), "queues-unread");
    wait.shop.master_joins(&broker('c'), &orders(), 8).unwrap();
    assert_eq!(wait.id_after(LOOK), "another-master");
    let mut wait = drains(&[]);
    wait.shop.update_topic((&broker('b'), 0), &orders(), (8, 8, Perm::READ_WRITE)).unwrap();
    assert_eq!(wait.id_after(LOOK), "queues-changed");
}

#[test]
fn what_comes_into_closed_queues_gives_reading_back_and_is_closed_away_again() {
    let mut wait = drains(&[]);
    wait.returns();
    wait.until("met");
    wait.opens((4, 4));
    let closing = closing(&[]);
    (wait.condition, wait.memory) = (Condition::RocketmqStaysClosed(closing.clone()), Memory::default());
    assert_eq!(wait.id_after(LOOK), "closed-watched");
    wait.shop.send(&orders(), &broker('b'), 7, 5).unwrap();
    let written = wait.after(LOOK);
    let back = steer(&closing, &written).expect("reading is given back");
    assert!(
        back.iter().all(|one| one.to.to_string() == "8/4" && one.from.to_string() == "4/4"),
        "{written:?} {back:?}"
    );
    wait.opens((8, 4));
    wait.until("queues-close-again");
    wait.opens((4, 4));
    for _ in 0..11 {
        assert_eq!(wait.id_after(HOUR * 6), "closed-watched", "it is watched for as long as messages are kept");
    }
    wait.clock.advance(HOUR * 12);
    wait.until("met");
}

/// The brokers that the NameServers know, and whether a master of theirs is silent.
fn told(wait: &Wait) -> (Vec<String>, bool) {
    let queries = wait.condition_queries();
    let sections = ready(wait.shop.observe(&queries));
    let mut looker = Looker::new(&sections);
    let cluster = looker.rocketmq_cluster().seen().unwrap();
    let readers = looker.rocketmq_readers(&orders()).seen().unwrap();
    (cluster.brokers.iter().map(|one| one.name.to_string()).collect(), !readers.is_whole())
}

#[test]
fn a_master_without_slaves_is_forgotten_when_it_dies() {
    let wait = drains(&[]);
    assert_eq!(told(&wait), (vec!["broker-a".to_owned(), "broker-b".to_owned()], false));
    wait.shop.process_dies(&broker('b'), 0, true).unwrap();
    assert_eq!(told(&wait), (vec!["broker-a".to_owned()], false), "nobody says that it is silent");
    wait.shop.process_dies(&broker('b'), 0, false).unwrap();
    assert_eq!(told(&wait).0.len(), 2);
}

#[test]
fn clients_that_broadcast_and_are_gone_are_waited_for_by_time() {
    let mut wait = drains(&[]);
    wait.returns();
    let cache = RocketmqGroupSpec::stopped(name("cache"), vec![(orders(), 0)], Duration::ZERO);
    let cache = RocketmqGroupSpec { broadcasts: true, ..cache.client("cache-1", "10.0.3.9", "5.5.0") };
    wait.shop.add_group(&cache).unwrap();
    assert_eq!(wait.id_after(LOOK), "queues-unread");
    wait.shop.clients_leave(&name("cache")).unwrap();
    assert!((0..40).all(|_| wait.id_after(LOOK) == "queues-unread"), "they are restarted");
    wait.clock.advance(HOUR * 72);
    wait.until("met");
}
