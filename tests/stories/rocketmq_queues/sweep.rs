//! Death at every write of the journal and every act, before and after it took effect: the ends are the same.

use super::scene::{LOOK, Scene, broker, group, now, topic, turn};
use interlock::approval::State;
use interlock::changes::{Guard, Guards};
use interlock::cluster::rocketmq::Perm;
use interlock::id::OperationId;
use signalbox::desk::Done;
use signalbox::house::House;
use signalbox::store::{Filter, Page};
use std::sync::Arc;
use std::time::Duration;
use story::crash::{Deed, Ending, Point, Points, ask, vanish};
use tokio::sync::Notify;

const EXPAND: &str = "/expand-partitions cluster:lab-rocketmq topic:orders to:12 reason:growth";
const SHRINK: &str = "/shrink-partitions cluster:lab-rocketmq topic:orders to:4 reason:idle";
const MOST_TURNS: usize = 200;
/// In twelve queues at two brokers.
const ALL_OFFSETS: usize = 24;

/// What is asked for, on brokers of which version, and whether it is taken back at the end: a shrinking is stopped for that while
/// the group is away.
#[derive(Debug, Clone, Copy)]
struct Course {
    line: &'static str,
    version: &'static str,
    back: bool,
    /// Whether brokers forget once what groups were given, while it is watched.
    forgets: bool,
}

impl Course {
    fn of(line: &'static str) -> Self {
        Self { line, version: "5.5.0", back: false, forgets: false }
    }

    fn closes(self) -> bool {
        self.line == SHRINK && !self.back
    }
}

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
struct End {
    /// The states of the operations, the latest first.
    states: Vec<State>,
    queues: Vec<String>,
    lost: bool,
    past_read: bool,
    holds: usize,
    /// The queues in which the group that is away has an offset, where brokers forgot some.
    offsets: usize,
}

/// The operations there are, oldest first.
async fn operations(house: &House) -> Vec<OperationId> {
    let page = Page { before: None, limit: 50 };
    let all = house.rooms().store.operations(&Filter::default(), page).await.unwrap();
    all.into_iter().rev().map(|one| one.operation.id).collect()
}

/// The so-manyth operation; it is asked for where it is not there yet.
async fn asked(house: &House, number: usize, line: &str) -> OperationId {
    if let Some(found) = operations(house).await.into_iter().nth(number) {
        return found;
    }
    match ask(house, "alice", line).await {
        Done::Planned { operation, .. } => operation,
        other => panic!("{line}: {other:?}"),
    }
}

/// People and time, from wherever it is.
async fn play(scene: &Scene, house: &House, course: Course) {
    let first = asked(house, 0, course.line).await;
    runs(scene, house, (&first, course)).await;
    if course.back {
        let back = asked(house, 1, &format!("/rollback operation:{first}")).await;
        runs(scene, house, (&back, Course { line: "", ..course })).await;
    }
    for _ in 0..4 {
        turn(house, &first, LOOK).await;
    }
}

/// To its end: the group returns while queues are drained, or it is stopped there; and days pass once nobody reads them.
async fn runs(scene: &Scene, house: &House, (id, course): (&OperationId, Course)) {
    let mut returned = false;
    for number in 0..MOST_TURNS {
        let operation = now(house, id).await;
        if operation.state.has_ended() {
            return;
        }
        let queues = scene.queues().await;
        if course.closes() && !returned && number > 10 {
            scene.shop.clients_return(&group("billing"), &topic(), 9_000_000).unwrap();
            returned = true;
        } else if course.line == SHRINK && course.back && operation.state == State::Waiting && queues == ["8/4", "8/4"]
        {
            // A process that comes after may find it stopping already.
            ask(house, "alice", &format!("/stop operation:{id} reason:because")).await;
        }
        let are_given = async || Ending::stands(&scene.shop, "billing").await.len() == ALL_OFFSETS;
        if course.forgets && operation.state == State::Waiting && are_given().await && scene.forgets_once() {
            scene.shop.forget_offsets(&group("billing"), &topic(), 8).unwrap();
        }
        let span = if queues == ["4/4", "4/4"] && number % 4 == 0 { Duration::from_secs(20 * 3_600) } else { LOOK };
        turn(house, id, span).await;
    }
}

async fn end(scene: &Scene, house: &House, course: Course) -> End {
    let page = Page { before: None, limit: 50 };
    let all = house.rooms().store.operations(&Filter::default(), page).await.unwrap();
    let holds = house.rooms().store.holds(&super::scene::CLUSTER.parse().unwrap()).await.unwrap();
    End {
        states: all.into_iter().map(|one| one.operation.state).collect(),
        queues: scene.queues().await,
        lost: course.closes() && scene.unread_closed("billing").await > 0,
        past_read: scene.shop.past_read().unwrap(),
        holds: holds.len(),
        offsets: if course.forgets { Ending::stands(&scene.shop, "billing").await.len() } else { 0 },
    }
}

/// One life in a runtime of its own; none if it died.
fn live(scene: &Scene, course: Course, points: &Arc<Points>, dead: &Arc<Notify>) -> Option<End> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let house = scene.house_with(points.clone()).await;
        tokio::select! {
            biased;
            () = dead.notified() => return None,
            () = play(scene, &house, course) => {}
        }
        let end = end(scene, &house, course).await;
        house.rooms().store.close().await;
        Some(end)
    })
}

/// What a life called in which nobody died; it ended so.
fn undisturbed(course: Course, wanted: &End) -> Arc<Points> {
    let points = Points::none();
    let end = live(&Scene::without_slaves_of(course.version), course, &points, &Arc::default());
    assert_eq!(end.as_ref(), Some(wanted), "{course:?}");
    points
}

/// Dies at each of these calls, before and after it took effect, and ends the same.
fn sweeps(course: Course, wanted: &End, calls: impl Iterator<Item = (&'static str, u64)>) {
    for point in calls.flat_map(|(kind, number)| [Point::before(kind, number), Point::after(kind, number)]) {
        let scene = Scene::without_slaves_of(course.version);
        let dead = Arc::new(Notify::new());
        let killed = live(&scene, course, &Points::at(point.clone(), vanish(&dead)), &dead);
        assert_eq!(killed, None, "{course:?}: {point} was never reached");
        let end = live(&scene, course, &Points::none(), &Arc::default()).unwrap();
        assert_eq!(end, *wanted, "{course:?}: killed {point}");
    }
}

fn wanted(states: &[State], queues: &str) -> End {
    let queues = vec![queues.to_owned(); 2];
    End { states: states.to_vec(), queues, lost: false, past_read: false, holds: 0, offsets: 0 }
}

fn calls(points: &Points, kind: &'static str) -> impl Iterator<Item = (&'static str, u64)> {
    (1..=points.count(kind)).map(move |number| (kind, number))
}

/// What is written to the journal is the same for brokers of both versions: at 4.9.7 it dies at each act.
fn there(line: &'static str, queues: &str) {
    let (course, wanted) = (Course::of(line), wanted(&[State::Succeeded], queues));
    let points = undisturbed(course, &wanted);
    sweeps(course, &wanted, calls(&points, "journal").chain(calls(&points, "act")));
    let old = Course { version: "4.9.7", ..course };
    let points = undisturbed(old, &wanted);
    sweeps(old, &wanted, calls(&points, "act"));
}

/// The way back only: the way there is swept by itself. At 4.9.7 it dies at each act.
fn back(line: &'static str, states: [State; 2], queues: &str) {
    let course = Course { back: true, ..Course::of(line) };
    let wanted = wanted(&states, queues);
    let points = undisturbed(course, &wanted);
    let calls_of = |kind| calls(&points, kind).skip(points.count_before(kind, ("create", 2)));
    sweeps(course, &wanted, calls_of("journal").chain(calls_of("act")));
    let old = Course { version: "4.9.7", ..course };
    let points = undisturbed(old, &wanted);
    let there = points.count_before("act", ("create", 2));
    sweeps(old, &wanted, calls(&points, "act").skip(there));
}

#[test]
fn an_expansion_ends_the_same_wherever_it_is_killed() {
    there(EXPAND, "12/12");
}

#[test]
fn a_shrinking_ends_the_same_wherever_it_is_killed() {
    there(SHRINK, "4/4");
}

#[test]
fn the_way_back_of_an_expansion_ends_the_same_wherever_it_is_killed() {
    back(EXPAND, [State::Succeeded, State::Succeeded], "12/8");
}

#[test]
fn the_way_back_of_a_shrinking_ends_the_same_wherever_it_is_killed() {
    back(SHRINK, [State::Succeeded, State::Stopped], "8/8");
}

/// Brokers forget offsets while they are watched: it dies at each call from then on, up to those that open the queues for writing.
#[test]
fn offsets_that_are_given_again_are_there_wherever_it_is_killed() {
    let course = Course { forgets: true, ..Course::of(EXPAND) };
    let wanted = End { offsets: ALL_OFFSETS, ..wanted(&[State::Succeeded], "12/12") };
    let points = undisturbed(course, &wanted);
    assert_eq!(points.count("rocketmq-seed-offsets"), 2, "given, and given again");
    let between = |kind| {
        let before = |number| points.count_before(kind, number);
        let (first, last) = (before(("rocketmq-seed-offsets", 1)), before(("rocketmq-set-queues", 2)));
        calls(&points, kind).take(last).skip(first)
    };
    sweeps(course, &wanted, between("journal").chain(between("act")));
}

/// The first master no longer reads its closed queues, the second one still does: there the process is killed, and nobody looks for
/// a day, in which a stale producer writes to closed queues of both. Gives how it ended.
fn killed_between_masters(guards: Guards) -> End {
    let scene = Scene::under(guards);
    let dead = Arc::new(Notify::new());
    let (shop, vanishes) = (scene.shop.clone(), vanish(&dead));
    let killed: Deed = Box::new(move || {
        shop.update_topic((&broker('a'), 0), &topic(), (4, 4, Perm::READ_WRITE)).unwrap();
        vanishes()
    });
    assert_eq!(
        live(&scene, Course::of(SHRINK), &Points::at(Point::before("rocketmq-set-queues", 2), killed), &dead),
        None
    );
    scene.clock.advance(Duration::from_secs(24 * 3_600));
    for letter in ['a', 'b'] {
        scene.shop.send(&topic(), &broker(letter), 7, 5).unwrap();
    }
    live(&scene, Course::of(SHRINK), &Points::none(), &Arc::default()).unwrap()
}

#[test]
fn killed_between_two_masters_and_left_for_a_day_nothing_is_lost() {
    let end = killed_between_masters(Guards::all());
    let queues = vec!["4/4".to_owned(); 2];
    assert_eq!((&end.states[..], &end.queues, end.lost, end.holds), (&[State::Succeeded][..], &queues, false, 0));
    let unwatched = killed_between_masters(Guards::all().without(Guard::ClosedWatched));
    assert!(unwatched.lost, "what came into the closed queues is read by nobody: {unwatched:?}");
}
