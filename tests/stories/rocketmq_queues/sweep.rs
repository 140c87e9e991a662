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
use story::crash::{Deed, Point, Points, ask, vanish};
use tokio::sync::Notify;

const EXPAND: &str = "/expand-partitions cluster:lab-rocketmq topic:orders to:12 reason:growth";
const SHRINK: &str = "/shrink-partitions cluster:lab-rocketmq topic:orders to:4 reason:idle";
const MOST_TURNS: usize = 200;

/// How a run ended.
#[derive(Debug, PartialEq, Eq)]
struct End {
    states: Vec<State>,
    queues: Vec<String>,
    lost: bool,
    past_read: bool,
    holds: usize,
}

async fn asked(house: &House, line: &str) -> OperationId {
    let page = Page { before: None, limit: 50 };
    let all = house.rooms().store.operations(&Filter::default(), page).await.unwrap();
    if let Some(found) = all.into_iter().next() {
        return found.operation.id;
    }
    match ask(house, "alice", line).await {
        Done::Planned { operation, .. } => operation,
        other => panic!("{line}: {other:?}"),
    }
}

/// People and time, from wherever it is: the group returns while queues are drained, and days pass once nobody reads them.
async fn play(scene: &Scene, house: &House, line: &str) {
    let id = asked(house, line).await;
    let mut returned = false;
    for number in 0..MOST_TURNS {
        let operation = now(house, &id).await;
        if operation.state.has_ended() {
            break;
        }
        if line == SHRINK && !returned && number > 10 {
            scene.shop.clients_return(&group("billing"), &topic(), 9_000_000).unwrap();
            returned = true;
        }
        let closed = scene.queues().await == ["4/4", "4/4"];
        let span = if closed && number % 4 == 0 { Duration::from_secs(20 * 3_600) } else { LOOK };
        turn(house, &id, span).await;
    }
    for _ in 0..4 {
        turn(house, &id, LOOK).await;
    }
}

async fn end(scene: &Scene, house: &House, line: &str) -> End {
    let page = Page { before: None, limit: 50 };
    let all = house.rooms().store.operations(&Filter::default(), page).await.unwrap();
    let holds = house.rooms().store.holds(&super::scene::CLUSTER.parse().unwrap()).await.unwrap();
    End {
        states: all.into_iter().map(|one| one.operation.state).collect(),
        queues: scene.queues().await,
        lost: line == SHRINK && scene.unread_closed("billing").await > 0,
        past_read: scene.shop.past_read().unwrap(),
        holds: holds.len(),
    }
}

/// One life in a runtime of its own; none if it died.
fn live(scene: &Scene, line: &str, points: &Arc<Points>, dead: &Arc<Notify>) -> Option<End> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let house = scene.house_with(points.clone()).await;
        tokio::select! {
            biased;
            () = dead.notified() => return None,
            () = play(scene, &house, line) => {}
        }
        let end = end(scene, &house, line).await;
        house.rooms().store.close().await;
        Some(end)
    })
}

fn sweeps(line: &str, queues: &str) {
    let scene = Scene::without_slaves();
    let points = Points::none();
    let undisturbed = live(&scene, line, &points, &Arc::default()).unwrap();
    let wanted = End {
        states: vec![State::Succeeded],
        queues: vec![queues.to_owned(); 2],
        lost: false,
        past_read: false,
        holds: 0,
    };
    assert_eq!(undisturbed, wanted);
    let kinds = ["journal", "act"];
    let all = kinds.iter().flat_map(|kind| {
        (1..=points.count(kind)).flat_map(|number| [Point::before(kind, number), Point::after(kind, number)])
    });
    for point in all {
        let scene = Scene::without_slaves();
        let dead = Arc::new(Notify::new());
        let killed = live(&scene, line, &Points::at(point.clone(), vanish(&dead)), &dead);
        assert_eq!(killed, None, "{point} was never reached");
        let end = live(&scene, line, &Points::none(), &Arc::default()).unwrap();
        assert_eq!(end, wanted, "killed {point}");
    }
}

#[test]
fn an_expansion_ends_the_same_wherever_it_is_killed() {
    sweeps(EXPAND, "12/12");
}

#[test]
fn a_shrinking_ends_the_same_wherever_it_is_killed() {
    sweeps(SHRINK, "4/4");
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
    assert_eq!(live(&scene, SHRINK, &Points::at(Point::before("rocketmq-set-queues", 2), killed), &dead), None);
    scene.clock.advance(Duration::from_secs(24 * 3_600));
    for letter in ['a', 'b'] {
        scene.shop.send(&topic(), &broker(letter), 7, 5).unwrap();
    }
    live(&scene, SHRINK, &Points::none(), &Arc::default()).unwrap()
}

#[test]
fn killed_between_two_masters_and_left_for_a_day_nothing_is_lost() {
    let end = killed_between_masters(Guards::all());
    let queues = vec!["4/4".to_owned(); 2];
    assert_eq!((&end.states[..], &end.queues, end.lost, end.holds), (&[State::Succeeded][..], &queues, false, 0));
    let unwatched = killed_between_masters(Guards::all().without(Guard::ClosedWatched));
    assert!(unwatched.lost, "what came into the closed queues is read by nobody: {unwatched:?}");
}
