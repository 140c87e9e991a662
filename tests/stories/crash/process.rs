//! Real processes: aborted, killed and stopped by the system.

use super::sweep::{MOVE, RESET};
use engine::port::{Beat, Clock, Journal, Observe};
use interlock::approval::State;
use interlock::cluster::rocketmq::RocketmqQuery;
use interlock::cluster::{Look, Looker, Query};
use interlock::id::{BrokerName, TopicName};
use simulated::SimulatedRocketmq;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use story::crash::{
    Config, Crashable, Effect, Ending, Fault, FileClock, Ground, Lie, Lives, Point, ROCKETMQS, STOPPED, Script,
};
use story::lab::Lab;

fn config(ground: &Ground, holder: &str) -> Config {
    Config {
        folder: ground.folder().to_owned(),
        database: ground.database().to_owned(),
        holder: holder.to_owned(),
        line: RESET.to_owned(),
        back: false,
        fault: None,
        lie: None,
    }
}

async fn ending(ground: &Ground, clock: FileClock) -> Ending {
    let clock = Arc::new(clock);
    Ending::read(&ground.store(clock.clone()).await, ground, clock).await
}

fn undisturbed() -> Ending {
    Lives::of(Script::of(RESET)).undisturbed().ending
}

#[tokio::test]
async fn a_process_that_aborts_is_followed_by_one_that_ends_it() {
    let undisturbed = std::thread::spawn(undisturbed).join().unwrap();
    for point in [
        Point::after("create", 1),
        Point::before("start", 1),
        Point::after("write intent", 1),
        Point::after("act", 1),
        Point::before("write outcome", 1),
        Point::after("finish", 1),
        Point::after("send", 2),
    ] {
        let ground = Ground::new();
        let clock = FileClock::create(&ground.clock_file(), ground.start());
        let dying = Config { fault: Some((point.clone(), Effect::Abort)), ..config(&ground, "first") };
        let (ended, status) = Crashable::start(&dying).ends();
        assert!(!ended && !status.success(), "{point}: {status}");
        let (ended, status) = Crashable::start(&config(&ground, "second")).ends();
        assert!(ended && status.success(), "{point}: {status}");
        let ending = ending(&ground, clock).await;
        assert_eq!((ending.faults(), ending.differs(&undisturbed)), (vec![], vec![]), "{point}");
    }
}

#[tokio::test]
async fn a_process_killed_inside_an_act_is_followed_by_one_that_probes() {
    let undisturbed = std::thread::spawn(undisturbed).join().unwrap();
    for point in [Point::before("act", 1), Point::after("act", 1)] {
        let ground = Ground::new();
        let clock = FileClock::create(&ground.clock_file(), ground.start());
        let standing = Config { fault: Some((point.clone(), Effect::Stand)), ..config(&ground, "first") };
        let mut first = Crashable::start(&standing);
        first.stands();
        first.signal("KILL");
        let (ended, status) = first.ends();
        assert!(!ended && !status.success(), "{point}: {status}");
        let (ended, _) = Crashable::start(&config(&ground, "second")).ends();
        assert!(ended, "{point}");
        let ending = ending(&ground, clock).await;
        assert_eq!((ending.faults(), ending.differs(&undisturbed)), (vec![], vec![]), "{point}");
    }
}

const CLOSES: &str = "/shrink-partitions cluster:shop-rocketmq topic:coupons to:1 reason:idle";

/// The open queues of the topic at each master, and what the stopped group has not read in the second of them.
async fn closes_as(rocketmq: &SimulatedRocketmq) -> (Vec<(u32, u32)>, i64) {
    let topic: TopicName = "coupons".parse().unwrap();
    let asked = [
        RocketmqQuery::Topic(topic.clone()),
        RocketmqQuery::Ranges(topic.clone(), 2),
        RocketmqQuery::Readers(topic.clone()),
    ];
    let queries: BTreeSet<Query> = asked.map(Query::Rocketmq).into();
    let sections = rocketmq.observe(&queries).await;
    let mut looker = Looker::new(&sections);
    let Look::Seen(Some(found)) = looker.rocketmq_topic(&topic) else { panic!("no topic") };
    let Look::Seen(ranges) = looker.rocketmq_ranges(&topic, 2) else { panic!("no queues") };
    let Look::Seen(readers) = looker.rocketmq_readers(&topic) else { panic!("no readers") };
    let reader = readers.seen.iter().find(|reader| reader.group.as_str() == STOPPED).expect("the group");
    let closed = ranges.seen.iter().filter(|range| range.queue == 1);
    let unread = closed.map(|range| range.end - reader.offset(&range.broker, range.queue).unwrap_or(range.start));
    (found.settings().map(|at| (at.read, at.write)).collect(), unread.sum())
}

/// Killed by the system while it waits until closed queues are drained; nobody watches them then, and a stale producer writes to
/// one. The next process waits on for the group that is away, and closes them once it has read that, too.
#[tokio::test]
async fn a_process_killed_while_queues_are_drained_is_followed_by_one_that_waits_on() {
    let ground = Ground::new();
    let clock = FileClock::create(&ground.clock_file(), ground.start());
    let rocketmq = ground.rocketmq(ROCKETMQS[0].0, Arc::new(clock.clone()));
    let brokers: [BrokerName; 2] = ["broker-a", "broker-b"].map(|name| name.parse().unwrap());
    for broker in &brokers {
        rocketmq.update_broker_config(broker, "fileReservedTime", "0").unwrap();
    }
    let asked = |holder| Config { line: CLOSES.to_owned(), ..config(&ground, holder) };
    // More looks than setting the queues takes.
    let standing = Config { fault: Some((Point::after("remember", 10), Effect::Stand)), ..asked("first") };
    let mut first = Crashable::start(&standing);
    first.stands();
    first.signal("KILL");
    let (ended, status) = first.ends();
    assert!(!ended && !status.success(), "{status}");
    let (queues, unread) = closes_as(&rocketmq).await;
    assert_eq!(queues, [(2, 1), (2, 1)], "it was killed in the wait");
    assert!(unread > 0, "the group is away");

    clock.sleep(Duration::from_secs(3_600)).await;
    let topic: TopicName = "coupons".parse().unwrap();
    rocketmq.send(&topic, &brokers[1], 1, 5).unwrap();
    rocketmq.clients_return(&STOPPED.parse().unwrap(), &topic, 9_000_000).unwrap();
    let (ended, status) = Crashable::start(&asked("second")).ends();
    assert!(ended && status.success(), "{status}");
    assert_eq!(closes_as(&rocketmq).await, (vec![(1, 1), (1, 1)], 0), "closed, and nothing in them is unread");
    let ending = ending(&ground, clock).await;
    assert_eq!((ending.operations[0].state, ending.faults()), (State::Succeeded, vec![]));
}

/// Told to end in the middle of its work, a process gives its lease back, and the next one goes on at once. One that is
/// killed does not, and the next one waits until no act of it can be on its way any more.
#[tokio::test]
async fn a_process_that_is_told_to_end_gives_its_lease_back() {
    let pace = engine::Pace::default();
    for (signal, gives_back) in [("TERM", true), ("KILL", false)] {
        let ground = Ground::new();
        let clock = FileClock::create(&ground.clock_file(), ground.start());
        let standing = Config { fault: Some((Point::after("start", 1), Effect::Stand)), ..config(&ground, "first") };
        let mut first = Crashable::start(&standing);
        first.stands();
        first.signal(signal);
        if gives_back {
            first.goes_on();
            first.lets_go();
        } else {
            first.ends();
        }
        let holder = lease(&ground, &clock).await.holder;
        assert_eq!(holder, if gives_back { "" } else { "first" }, "{signal}");
        let began = clock.monotonic();
        let (ended, _) = Crashable::start(&config(&ground, "second")).ends();
        assert!(ended, "{signal}");
        let took = clock.monotonic().saturating_sub(began);
        assert_eq!(took < pace.lease + pace.act_deadline, gives_back, "{signal}: {took:?}");
        let ending = ending(&ground, clock).await;
        assert_eq!((ending.operations[0].state, ending.faults()), (State::Succeeded, vec![]), "{signal}");
    }
}

/// The lease on the one operation there is.
async fn lease(ground: &Ground, clock: &FileClock) -> Beat {
    let store = ground.store(Arc::new(clock.clone())).await;
    let page = signalbox::store::Page { before: None, limit: 1 };
    let id = store.operations(&Default::default(), page).await.unwrap().remove(0).operation.id;
    let lease = store.lease(&id).await.unwrap().unwrap();
    store.close().await;
    lease
}

/// A schema of its own on the lab's PostgreSQL: two processes at once need a store that more than one can own.
pub(crate) async fn database() -> String {
    let lab = Lab::get().unwrap();
    let name = lab.unique("crash").replace('-', "_");
    let admin = sqlx::PgPool::connect(lab.postgres_url()).await.unwrap();
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE SCHEMA {name}"))).execute(&admin).await.unwrap();
    format!("{}?options[search_path]={name}", lab.postgres_url())
}

/// What came of a process that was stopped in the middle of this, another one that took over, and the first one continued;
/// and the token that the first one held when it was stopped.
async fn stopped_and_continued(line: &str, point: Point) -> (Ending, i64) {
    let ground = Ground::new().with_database(database().await);
    let clock = FileClock::create(&ground.clock_file(), ground.start());
    let asked = |holder| Config { line: line.to_owned(), ..config(&ground, holder) };
    let first = stopped(asked("first"), point);
    let held = lease(&ground, &clock).await.token.0;
    let (ended, _) = Crashable::start(&asked("second")).ends();
    assert!(ended, "the second process ends the operation");
    continued(first);
    (ending(&ground, clock).await, held)
}

/// A process that was stopped by the system at a point. What lets it go on from there waits for it.
fn stopped(config: Config, point: Point) -> Crashable {
    let mut first = Crashable::start(&Config { fault: Some((point, Effect::Stand)), ..config });
    first.stands();
    first.signal("STOP");
    first.goes_on();
    first
}

fn continued(first: Crashable) {
    first.signal("CONT");
    let (ended, status) = first.ends();
    assert!(ended && status.success(), "the first one ends in peace: {status}");
}

fn tokens(ending: &Ending) -> Vec<i64> {
    ending.acts.iter().filter_map(|act| act.permit.as_ref()).map(|permit| permit.token).collect()
}

#[tokio::test]
async fn a_stopped_process_starts_no_act_after_another_took_over() {
    let undisturbed = std::thread::spawn(undisturbed).join().unwrap();
    for point in [Point::before("write intent", 1), Point::after("write intent", 1)] {
        let (ending, held) = stopped_and_continued(RESET, point.clone()).await;
        let tokens = tokens(&ending);
        assert!(tokens.len() == 1 && tokens[0] > held, "{point}: only the second worker's act: {tokens:?}, {held}");
        assert_eq!(ending.operations[0].state, State::Succeeded);
        assert_eq!((ending.faults(), ending.differs(&undisturbed)), (vec![], vec![]), "{point}");
    }
}

/// Stopped by the system right before and after a batch of moves is begun.
#[tokio::test]
async fn a_stopped_process_moves_nothing_after_another_took_over() {
    let alone = || Lives::of(Script::of(MOVE)).undisturbed().ending;
    let undisturbed = std::thread::spawn(alone).join().unwrap();
    for (point, acts) in [(Point::after("write intent", 3), 2), (Point::after("act", 3), 3)] {
        let (ending, held) = stopped_and_continued(MOVE, point.clone()).await;
        let tokens = tokens(&ending);
        let first = tokens.iter().filter(|token| **token <= held).count();
        assert!(tokens.is_sorted() && first == acts, "{point}: {tokens:?}, {held}");
        assert_eq!(ending.operations[0].state, State::Succeeded);
        assert_eq!((ending.faults(), ending.differs(&undisturbed)), (vec![], vec![]), "{point}");
    }
}

/// Without the wait for lease and act deadline the first process rightly trusts its lease when it goes on.
#[tokio::test]
async fn without_waiting_for_the_lease_the_stopped_process_acts_again() {
    let ground = Ground::new().with_database(database().await);
    let clock = FileClock::create(&ground.clock_file(), ground.start());
    let first = stopped(config(&ground, "first"), Point::after("write intent", 1));
    let held = lease(&ground, &clock).await.token.0;
    let hasty = Config {
        lie: Some(Lie::LeasesLookFree),
        fault: Some((Point::after("finish", 1), Effect::Stand)),
        ..config(&ground, "second")
    };
    let mut second = Crashable::start(&hasty);
    second.stands();
    continued(first);
    second.goes_on();
    assert!(second.ends().0);
    let ending = ending(&ground, clock).await;
    assert_eq!(tokens(&ending), [held + 1, held], "the first worker's act came after the second one's");
    assert!(ending.faults().iter().any(|fault| matches!(fault, Fault::AppliedTwice(_))), "{:?}", ending.faults());
}

#[test]
fn the_clock_of_the_file_goes_on_for_everybody() {
    let ground = Ground::new();
    let clock = FileClock::create(&ground.clock_file(), ground.start());
    let other = FileClock::open(&ground.clock_file());
    clock.advance(Duration::from_secs(23));
    assert_eq!(other.monotonic(), Duration::from_secs(23));
    assert_eq!(other.now(), ground.start().plus(Duration::from_secs(23)));
}
