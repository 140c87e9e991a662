//! Somebody else is at work on the same cluster, or the cluster itself fails, at chosen moments of a run.

use super::sweep::{MOVE, RESET};
use engine::Operation;
use engine::port::Clock;
use interlock::approval::State;
use interlock::cluster::kafka::{Committed, CommittedOffset, Right};
use interlock::id::OperationId;
use signalbox::desk::Done;
use signalbox::house::House;
use simulated::{ActFault, HandClock, Member, SimulatedKafka, Trouble};
use std::sync::Arc;
use std::time::Duration;
use story::crash::{Agenda, Deed, Ending, GROUP, Ground, Point, Points, Settled, TOPIC, Turns, act_on, ask, vanish};
use tokio::sync::Notify;

type Meddle = fn(&SimulatedKafka);

struct Scene {
    ground: Ground,
    clock: Arc<Agenda>,
    kafka: SimulatedKafka,
    before: Vec<CommittedOffset>,
}

impl Scene {
    async fn new() -> Self {
        let ground = Ground::new();
        let clock = Arc::new(Agenda::on(HandClock::at(ground.start())));
        let kafka = ground.kafka(clock.clone());
        let before = Ending::committed(&kafka, GROUP).await;
        Self { ground, clock, kafka, before }
    }

    /// A house in which somebody meddles at a point.
    async fn house(&self, point: Point, meddle: Meddle) -> House {
        let kafka = self.kafka.clone();
        let deed: Deed = Box::new(move || {
            meddle(&kafka);
            Box::pin(async {})
        });
        self.ground.house(Settled::honest(self.clock.clone(), Points::at(point, deed))).await
    }

    async fn ending(&self, house: &House) -> Ending {
        let ending = Ending::read(&house.rooms().store, &self.ground, self.clock.clone()).await;
        assert_eq!(ending.faults(), []);
        ending
    }

    async fn now(&self) -> Vec<CommittedOffset> {
        Ending::committed(&self.kafka, GROUP).await
    }
}

async fn plans(house: &House) -> OperationId {
    asks(house, RESET).await
}

async fn asks(house: &House, line: &str) -> OperationId {
    match ask(house, "alice", line).await {
        Done::Planned { operation, .. } => operation,
        other => panic!("{other:?}"),
    }
}

fn foreign(kafka: &SimulatedKafka) {
    let to = Committed::plain(77);
    kafka.foreign_commit(&GROUP.parse().unwrap(), &TOPIC.parse().unwrap(), 1, to).unwrap();
}

/// Runs a change in which somebody meddles at a point: how the operation ended, and everything else.
async fn meddled(scene: &Scene, point: Point, meddle: Meddle) -> (Operation, Ending) {
    let house = scene.house(point, meddle).await;
    let id = plans(&house).await;
    let operation = act_on(&house, &id, Turns(200)).await;
    // What was to heal has healed when the end is looked at.
    scene.clock.sleep(Duration::from_secs(100)).await;
    (operation, scene.ending(&house).await)
}

#[tokio::test]
async fn a_commit_between_approval_and_start_asks_again_and_votes_do_not_carry() {
    let scene = Scene::new().await;
    let house = scene.house(Point::before("take lease", 1), foreign).await;
    let id = plans(&house).await;
    let operation = act_on(&house, &id, Turns(1)).await;
    assert_eq!((operation.state, operation.revision), (State::AwaitingApproval, 2), "{:?}", operation.why);
    assert_eq!(operation.why.id, "offsets-changed");
    let ending = scene.ending(&house).await;
    assert!(ending.acts.is_empty() && ending.holds.is_empty());
    house.engine().work().await.unwrap();
    let operation = act_on(&house, &id, Turns(0)).await;
    assert_eq!(operation.state, State::AwaitingApproval, "bob approved another plan");
    let operation = act_on(&house, &id, Turns(50)).await;
    assert_eq!(operation.state, State::Succeeded, "{:?}", operation.why);
    let told = &scene.ending(&house).await.audit[&id];
    assert_eq!(told.iter().filter(|what| *what == "approve").count(), 2);
}

#[tokio::test]
async fn another_topic_or_cluster_between_approval_and_start_changes_nothing() {
    let recreated: Meddle = |kafka| kafka.recreate_topic(&TOPIC.parse().unwrap()).unwrap();
    let replaced: Meddle = |kafka| kafka.replace().unwrap();
    for (meddle, why) in [(recreated, "topic-recreated"), (replaced, "cluster-changed")] {
        let scene = Scene::new().await;
        let (operation, ending) = meddled(&scene, Point::before("take lease", 1), meddle).await;
        assert_eq!(operation.why.id, why);
        assert_eq!(operation.state, State::Refused, "what was asked for makes no sense there: {:?}", operation.why);
        assert!(ending.acts.is_empty() && ending.holds.is_empty());
    }
}

#[tokio::test]
async fn another_topic_or_commit_after_the_start_stops_before_the_act() {
    let recreated: Meddle = |kafka| kafka.recreate_topic(&TOPIC.parse().unwrap()).unwrap();
    for (meddle, why) in [(recreated, "topic-recreated"), (foreign as Meddle, "offsets-changed")] {
        let scene = Scene::new().await;
        let (operation, ending) = meddled(&scene, Point::after("start", 1), meddle).await;
        assert_eq!((operation.state, operation.why.id.as_str()), (State::Stopped, why));
        assert!(ending.acts.is_empty() && ending.holds.is_empty());
    }
}

#[tokio::test]
async fn a_foreign_value_after_a_lost_request_is_stuck_and_named() {
    let scene = Scene::new().await;
    let (operation, ending) = meddled(&scene, Point::after("write intent", 1), |kafka| {
        kafka.fail_next_act(ActFault::RequestLost).unwrap();
        foreign(kafka);
    })
    .await;
    assert_eq!((operation.state, operation.why.id.as_str()), (State::Stuck, "foreign-value"));
    let facts = format!("{:?}", operation.why.facts);
    assert!(facts.contains(GROUP) && facts.contains(TOPIC) && facts.contains("77"), "{facts}");
    assert!(!ending.holds.is_empty(), "nobody else may go on there");
    assert!(ending.acts.is_empty());
}

#[tokio::test]
async fn another_cluster_after_the_intent_is_stuck() {
    let scene = Scene::new().await;
    let (operation, _) = meddled(&scene, Point::before("act", 1), |kafka| {
        kafka.fail_next_act(ActFault::RequestLost).unwrap();
        kafka.replace().unwrap();
    })
    .await;
    assert_eq!((operation.state, operation.why.id.as_str()), (State::Stuck, "cluster-changed"));
}

#[tokio::test]
async fn a_member_that_joins_or_a_right_that_goes_at_the_act_stops_with_nothing_changed() {
    let joins: Meddle =
        |kafka| kafka.join_before_next_act(&GROUP.parse().unwrap(), Member::new("late-1", "/10.0.0.9")).unwrap();
    let denied: Meddle = |kafka| kafka.revoke_on_group(&GROUP.parse().unwrap(), Right::Read).unwrap();
    for (meddle, why) in [(joins, "group-has-members"), (denied, "missing-right")] {
        let scene = Scene::new().await;
        let (operation, ending) = meddled(&scene, Point::after("write intent", 1), meddle).await;
        assert_eq!((operation.state, operation.why.id.as_str()), (State::Stopped, why));
        assert_eq!(ending.acts.iter().map(|act| act.applied).collect::<Vec<_>>(), [false]);
        assert!(ending.holds.is_empty());
        if why == "missing-right" {
            assert_eq!(scene.now().await, scene.before);
        }
    }
}

/// Down or slow from a point on, and well again after a minute and a half: it waits and goes on.
#[tokio::test]
async fn a_cluster_that_is_down_or_slow_is_waited_for_in_every_phase() {
    let down: Meddle = |kafka| kafka.trouble(Some(Trouble::Down)).unwrap();
    let slow: Meddle = |kafka| kafka.trouble(Some(Trouble::Slow(30_000))).unwrap();
    let phases = [
        Point::before("take lease", 1),
        Point::after("start", 1),
        Point::after("write intent", 1),
        Point::after("act", 1),
        Point::before("finish", 1),
    ];
    for meddle in [down, slow] {
        for point in &phases {
            let scene = Scene::new().await;
            let kafka = scene.kafka.clone();
            scene.clock.after(Duration::from_secs(90), move || kafka.trouble(None).unwrap());
            let (operation, ending) = meddled(&scene, point.clone(), meddle).await;
            assert_eq!(operation.state, State::Succeeded, "{point}: {:?}", operation.why);
            assert_eq!(ending.acts.iter().filter(|act| act.applied).count(), 1, "{point}");
            assert!(ending.holds.is_empty(), "{point}");
            assert_ne!(scene.now().await, scene.before, "{point}");
        }
    }
}

/// A turn of the throttle is written down and its process dies; the next one finds another cluster behind the address. What
/// was written down is not done to that one.
#[tokio::test]
async fn what_was_fixed_before_a_death_is_not_done_to_another_cluster() {
    let scene = Scene::new().await;
    let dead = Arc::new(Notify::new());
    let points = Points::at(Point::after("write added", 1), vanish(&dead));
    let first = scene.ground.house(Settled::honest(scene.clock.clone(), points)).await;
    let id = asks(&first, &MOVE.replace("100MiB", "1MiB")).await;
    let turned = async {
        let mut turns = 0;
        while act_on(&first, &id, Turns(1)).await.state != State::Waiting {
            turns += 1;
            assert!(turns < 200, "nothing moves");
        }
        ask(&first, "alice", &format!("/throttle rate:2MiB operation:{id}")).await;
        act_on(&first, &id, Turns(100)).await;
    };
    tokio::select! {
        biased;
        () = dead.notified() => {}
        () = turned => panic!("nothing was turned"),
    }
    first.rooms().store.close().await;
    drop(first);
    let acts = scene.kafka.acts().unwrap().len();
    scene.kafka.replace().unwrap();
    let next = scene.ground.house(Settled::honest(scene.clock.clone(), Points::none())).await;
    let operation = act_on(&next, &id, Turns(100)).await;
    assert_eq!((operation.state, operation.why.id.as_str()), (State::Stuck, "cluster-changed"));
    assert_eq!(scene.kafka.acts().unwrap().len(), acts, "nothing is set there");
}
