//! Closed queues look by look: who reads them, what comes into them, and what is set by itself.

use super::{Closing, ClosingAt, KnownReader, steer, still_drained};
use crate::cluster::rocketmq::{
    BrokerSet, FromMasters, MASTER, Perm, Process, ProcessSeen, QueueRange, Reader, RocketmqAnswer, RocketmqCluster,
    RocketmqQuery, Route, RouteQueues, Said, StoredOffset, Topic, TopicAt, TopicKind,
};
use crate::cluster::{Answer, Query, Section, Sections, Seen};
use crate::id::{BrokerName, GroupId};
use crate::plan::{Awaited, Condition, Looked, Memory, Pace, look};
use crate::time::Millis;
use std::collections::BTreeMap;
use std::time::Duration;

const LOOK: Duration = Duration::from_secs(15);
const HOUR: Duration = Duration::from_secs(3_600);
const LETTERS: [char; 2] = ['a', 'b'];

fn broker(letter: char) -> BrokerName {
    format!("broker-{letter}").parse().unwrap()
}

fn group(name: &str) -> GroupId {
    name.parse().unwrap()
}

/// A group that has read everything that there was at first.
fn reader(name: &str) -> Reader {
    let offset = |letter, queue| StoredOffset { broker: broker(letter), queue, offset: 10 };
    let offsets = LETTERS.iter().flat_map(|letter| (0..8).map(move |queue| offset(*letter, queue)));
    Reader { group: group(name), online: false, broadcasts: false, offsets: offsets.collect() }
}

/// One without offsets, with a client that is connected.
fn connected(name: &str, broadcasts: bool) -> Reader {
    Reader { online: true, broadcasts, offsets: Vec::new(), ..reader(name) }
}

/// Eight queues at each of two masters with ten messages each, and the wait for the last four of them.
struct World {
    closing: Closing,
    /// Whether it waits until they are drained, or watches that they stay closed.
    drains: bool,
    open: BTreeMap<char, (u32, u32)>,
    ends: BTreeMap<(char, u32), i64>,
    readers: Vec<Reader>,
    /// How full the disk of each master is, in percent.
    disk: u32,
    now: Millis,
    memory: Memory,
}

impl World {
    fn draining() -> Self {
        let at = |letter| ClosingAt { broker: broker(letter), keeps: 4, had: 8 };
        let closing = Closing {
            topic: "orders".parse().unwrap(),
            queues: LETTERS.map(at).into(),
            waived: [].into(),
            readers: Vec::new(),
            looks: 3,
            interval_ms: 15_000,
        };
        Self {
            closing,
            drains: true,
            open: LETTERS.map(|letter| (letter, (8, 4))).into(),
            ends: LETTERS.iter().flat_map(|letter| (0..8).map(move |queue| ((*letter, queue), 10))).collect(),
            readers: vec![reader("mail")],
            disk: 41,
            now: Millis(1_790_000_000_000),
            memory: Memory::default(),
        }
    }

    /// Drained, closed and watched since.
    fn watching() -> Self {
        let mut world = Self::draining();
        world.until_met();
        world.closes();
        assert_eq!(world.look(LOOK), "closed-watched");
        world
    }

    fn closes(&mut self) {
        self.open = LETTERS.map(|letter| (letter, (4, 4))).into();
        self.drains = false;
        self.memory = self.memory.clone().for_next_wait();
    }

    fn answer(&self, query: &RocketmqQuery) -> RocketmqAnswer {
        match query {
            RocketmqQuery::Cluster => RocketmqAnswer::Cluster(RocketmqCluster {
                name: "Lab".to_owned(),
                name_servers: Vec::new(),
                brokers: LETTERS.map(|letter| master(letter, self.disk)).into(),
            }),
            RocketmqQuery::Topic(_) => RocketmqAnswer::Topic(Some(self.topic())),
            RocketmqQuery::Ranges(..) => {
                let range = |(&(letter, queue), &end): (&(char, u32), &i64)| QueueRange {
                    broker: broker(letter),
                    queue,
                    start: 0,
                    end,
                };
                RocketmqAnswer::Ranges(FromMasters::whole(self.ends.iter().map(range).collect()))
            }
            RocketmqQuery::Readers(_) => RocketmqAnswer::Readers(FromMasters::whole(self.readers.clone())),
            RocketmqQuery::Delays => RocketmqAnswer::Delays(FromMasters::whole(Vec::new())),
            other => panic!("{other:?}"),
        }
    }

    fn topic(&self) -> Topic {
        let at = |(letter, (read, write)): (&char, &(u32, u32))| {
            let perm = Perm::READ_WRITE;
            let here = TopicAt { broker: broker(*letter), read: *read, write: *write, perm, ordered: false };
            (here.broker.clone(), Said::Answer(Some(here)))
        };
        let routed = |(letter, (read, write)): (&char, &(u32, u32))| RouteQueues {
            broker: broker(*letter),
            read: *read,
            write: *write,
            perm: Perm::READ_WRITE,
        };
        let route = Route { queues: self.open.iter().map(routed).collect(), order: None };
        Topic {
            kind: TopicKind::Ordinary,
            at: self.open.iter().map(at).collect(),
            routes: vec![("ns-1".to_owned(), Said::Answer(Some(route)))],
        }
    }

    fn sections(&self) -> Sections {
        let mut sections = Sections::empty();
        for query in self.closing.queries() {
            let Query::Rocketmq(asked) = &query else { panic!("{query:?}") };
            let value = Answer::Rocketmq(self.answer(asked));
            sections.put(query.clone(), Section::Seen(Seen { from: self.now, to: self.now, value }));
        }
        sections
    }

    fn pace(&self) -> Pace {
        Pace { now: self.now, interval: LOOK }
    }

    fn looked(&mut self, after: Duration) -> Looked {
        self.now = self.now.plus(after);
        let closing = self.closing.clone();
        let condition =
            if self.drains { Condition::RocketmqDrained(closing) } else { Condition::RocketmqStaysClosed(closing) };
        let awaited = Awaited { condition: &condition, actions: &[] };
        let (memory, looked) = look(awaited, &self.memory, &self.sections(), self.pace());
        self.memory = memory;
        looked
    }

    /// Time passes, then it is looked at once.
    fn look(&mut self, after: Duration) -> &'static str {
        id(&self.looked(after))
    }

    fn until_met(&mut self) -> usize {
        (1..=40).find(|_| self.look(LOOK) == "met").expect("it is never met")
    }

    fn sends(&mut self, letter: char, queue: u32) {
        *self.ends.entry((letter, queue)).or_default() += 1;
    }
}

fn master(letter: char, disk: u32) -> BrokerSet {
    let seen = ProcessSeen { kept_hours: Some(72), disk_percent: Some(disk), ..ProcessSeen::default() };
    let said = Said::Answer(seen);
    let process = Process { id: MASTER, address: "10.0.0.1:10911".to_owned(), said };
    BrokerSet { name: broker(letter), processes: vec![process] }
}

fn id(looked: &Looked) -> &'static str {
    match looked {
        Looked::Met => "met",
        Looked::NotYet { id, .. }
        | Looked::Impossible { id, .. }
        | Looked::Unsafe { id, .. }
        | Looked::Foreign { id, .. } => id,
    }
}

#[test]
fn clients_that_broadcast_and_are_restarted_are_waited_for_by_time() {
    let mut world = World::draining();
    world.readers.push(connected("cache", true));
    assert_eq!(world.look(LOOK), "queues-unread");
    world.readers.pop();
    assert!((0..20).all(|_| world.look(LOOK) == "queues-unread"), "they come back any moment");
    assert_eq!(world.look(HOUR * 71), "queues-unread");
    world.now = world.now.plus(HOUR);
    world.until_met();
}

#[test]
fn a_group_that_never_committed_and_goes_is_waited_for_until_it_has_read() {
    let mut world = World::draining();
    world.readers.push(connected("billing", false));
    assert_eq!(world.look(LOOK), "queues-unread");
    world.readers.pop();
    assert!((0..20).all(|_| world.look(HOUR * 6) == "queues-unread"), "time alone says nothing of it");
    world.readers.push(reader("billing"));
    world.until_met();
}

#[test]
fn who_read_when_it_was_planned_is_waited_for_without_ever_being_seen_again() {
    let mut world = World::draining();
    world.closing.readers = vec![KnownReader::of(&connected("cache", true))];
    assert!((0..20).all(|_| world.look(LOOK) == "queues-unread"));
    world.now = world.now.plus(HOUR * 73);
    world.until_met();
}

#[test]
fn a_group_that_was_given_up_and_is_back_is_waited_for() {
    let mut world = World::draining();
    world.closing.waived = [group("billing")].into();
    world.readers.push(connected("billing", false));
    assert_eq!(world.look(HOUR), "queues-unread");
    assert_eq!(world.look(HOUR * 80), "queues-unread", "it reads, and its messages are still there");
    world.readers[1].online = false;
    world.until_met();
}

#[test]
fn what_some_masters_read_and_others_do_not_is_read_again_everywhere() {
    let mut world = World::watching();
    assert!((0..5).all(|_| world.look(LOOK) == "closed-watched"));
    world.open.insert('b', (8, 4));
    let looked = world.looked(LOOK);
    let Looked::NotYet { id: "closed-queues-half-open", facts } = &looked else { panic!("{looked:?}") };
    assert_eq!(facts.get("master"), Some(&"broker-a".into()));
    let places = steer(&world.closing, &looked).expect("reading is given back");
    let told: Vec<String> = places.iter().map(|one| format!("{} {}", one.broker, one.to)).collect();
    assert_eq!(told, ["broker-a 8/4", "broker-b 8/4"]);
    // What a look remembers is stored only where nothing is set by itself.
    let mut world = World { memory: Memory { streak: 9, ..world.memory }, ..world };
    world.open.insert('a', (8, 4));
    let closes = |world: &mut World| {
        let looked = world.looked(LOOK);
        steer(&world.closing, &looked).is_some_and(|all| all.iter().all(|one| one.to.to_string() == "4/4"))
    };
    let looks = (1..=40).find(|_| closes(&mut world));
    assert!(looks >= Some(3), "they are drained anew: {looks:?}");
}

#[test]
fn who_comes_while_closed_queues_are_watched_opens_nothing() {
    let mut world = World::watching();
    let newcomer = Reader { offsets: Vec::new(), ..reader("reports") };
    world.readers.push(Reader { offsets: vec![StoredOffset { broker: broker('a'), queue: 0, offset: 3 }], ..newcomer });
    assert!((0..20).all(|_| world.look(HOUR) == "closed-watched"));
    // Nor is it waited for, gone as it is, when something else was read again.
    world.sends('b', 7);
    assert_eq!(world.look(LOOK), "closed-queues-written");
    world.open = LETTERS.map(|letter| (letter, (8, 4))).into();
    assert_eq!(world.look(LOOK), "queues-unread");
    world.readers[0].offsets.iter_mut().for_each(|one| one.offset = 11);
    assert!((0..40).any(|_| world.look(LOOK) == "queues-close-again"));
}

#[test]
fn who_read_before_and_lost_its_offsets_is_let_read_again() {
    let mut world = World::watching();
    world.readers[0].offsets.retain(|one| one.queue < 4);
    let looked = world.looked(LOOK);
    let Looked::NotYet { id: "closed-queues-not-read", facts } = &looked else { panic!("{looked:?}") };
    assert_eq!(facts.get("groups"), Some(&vec!["mail".to_owned()].into()));
    assert!(steer(&world.closing, &looked).is_some());
}

#[test]
fn what_comes_between_the_last_look_and_the_closing_is_seen_in_the_watch() {
    let mut world = World::draining();
    world.until_met();
    world.readers.clear();
    world.sends('b', 7);
    world.closes();
    assert_eq!(world.look(HOUR * 5), "closed-queues-written");
}

#[test]
fn disks_that_fill_up_are_told_while_something_is_unread() {
    let mut world = World::draining();
    world.readers.push(connected("billing", false));
    world.disk = 74;
    assert_eq!(world.look(LOOK), "queues-unread");
    world.disk = 75;
    let looked = world.looked(LOOK);
    let Looked::NotYet { id: "queues-unread-filling", facts } = &looked else { panic!("{looked:?}") };
    assert_eq!(facts.get("percent"), Some(&75_i64.into()));
    assert_eq!(facts.get("masters"), Some(&vec!["broker-a".to_owned(), "broker-b".to_owned()].into()));
    // It is something else than what was told, so it is told at once.
    let told = world.memory.closed.as_ref().map(|closed| closed.told_id.clone());
    assert_eq!(told.as_deref(), Some("queues-unread-filling"));
    world.readers[1] = reader("billing");
    world.until_met();
}

#[test]
fn right_before_reading_ends_it_is_looked_at_once_more() {
    let mut world = World::draining();
    world.until_met();
    let again = |world: &World| id(&still_drained(&world.closing, &world.memory, &world.sections(), world.pace()).1);
    world.now = world.now.plus(HOUR * 5);
    assert_eq!(again(&world), "met", "nothing happened");
    world.sends('b', 7);
    assert_eq!(again(&world), "queues-unread");
    world.readers[0].offsets.iter_mut().for_each(|one| one.offset = 11);
    assert_eq!(again(&world), "queues-not-still");
    world.closes();
    assert_eq!(again(&world), "met", "whether that was planned is told elsewhere");
}
