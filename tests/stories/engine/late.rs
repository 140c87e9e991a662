//! A request that waits inside of a slow server: its sender gave it up, and it comes to pass all the same.

use super::{RESET, Scene, begins, comes_to, intents, now, plans, says, tells, votes};
use interlock::approval::State;
use interlock::id::OperationId;
use interlock::plan::{Action, KafkaAction, Work};
use signalbox::house::House;
use simulated::ActFault;
use std::time::Duration;
use story::crash::{Lie, Points, Settled};

/// The answer never comes, and the request is carried out so long after it was sent.
async fn late(scene: &Scene, house: &House, after: Duration) -> OperationId {
    let id = plans(house, RESET).await;
    let operation = now(house, &id).await;
    let plan = engine::port::Journal::plan(&house.rooms().store, &operation).await.unwrap();
    let work = plan.plan().steps.iter().find_map(|step| match &step.work {
        Work::Act(Action::Kafka(KafkaAction::CommitOffsets { group, moves })) => Some((group.clone(), moves.clone())),
        _ => None,
    });
    let (group, moves) = work.expect("it commits");
    scene.kafka.fail_next_act(ActFault::RequestLost).unwrap();
    votes(house, "bob", &id).await;
    let kafka = scene.kafka.clone();
    scene.clock.after(after, move || {
        for one in &moves {
            kafka.foreign_commit(&group, &one.topic, one.partition, one.to.clone()).unwrap();
        }
    });
    id
}

fn lied_to(scene: &Scene) -> Settled {
    scene.settled().lied_to(Lie::IntentsLookOld)
}

/// Twice the act deadline is sixteen seconds.
const LATE: Duration = Duration::from_secs(12);

#[tokio::test]
async fn what_comes_to_pass_late_is_seen_and_not_sent_again() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = late(&scene, &house, LATE).await;
    comes_to(&house, &id, State::Succeeded).await;
    assert_eq!(intents(&house, &id).await, 1);
}

/// Who is asked may only be a moment behind who has answered: it is looked at again long before the wait is over.
#[tokio::test]
async fn what_shows_a_moment_later_is_seen_soon() {
    let scene = Scene::new();
    let house = scene.house().await;
    let began = engine::port::Clock::now(scene.clock.as_ref());
    let id = late(&scene, &house, Duration::from_secs(3)).await;
    let done = comes_to(&house, &id, State::Succeeded).await;
    assert_eq!(intents(&house, &id).await, 1);
    let took = done.updated_at.since(began);
    assert!(took < Duration::from_secs(8), "{took:?} by the clock of the story");
}

/// Stopped right after the answer was lost: how it ended, and whether something was changed in the end.
async fn stopped_at_once(scene: &Scene, house: &House) -> (i64, bool) {
    let before = scene.kafka.acts().unwrap().len();
    let id = late(scene, house, LATE).await;
    begins(house).await;
    assert_eq!(intents(house, &id).await, 1);
    says(house, "alice", &format!("/stop operation:{id} reason:because")).await;
    let stopped = comes_to(house, &id, State::Stopped).await;
    scene.passes(LATE).await;
    tells(house).await;
    assert_eq!(scene.kafka.acts().unwrap().len(), before, "the request never came as an act");
    let told = stopped.why.facts.get("changed").cloned();
    let Some(interlock::facts::Fact::Count(changed)) = told else { panic!("{told:?}") };
    let committed = story::crash::Ending::committed(&scene.kafka, story::crash::GROUP).await;
    (changed, committed.iter().any(|one| one.partition == 3))
}

#[tokio::test]
async fn a_stop_right_after_a_lost_answer_says_what_is_true_in_the_end() {
    let scene = Scene::new();
    let house = scene.house().await;
    let (said, changed) = stopped_at_once(&scene, &house).await;
    assert_eq!((said, changed), (1, true));

    let scene = Scene::new();
    let hasty = scene.ground.house(lied_to(&scene)).await;
    let (said, changed) = stopped_at_once(&scene, &hasty).await;
    assert_eq!((said, changed), (0, true), "without the wait it says that nothing was changed, and then it is");
}

/// What never comes to pass is not waited for longer than that.
#[tokio::test]
async fn what_was_lost_is_sent_again_after_the_wait() {
    let scene = Scene::new();
    let house = scene.ground.house(Settled::honest(scene.clock.clone(), Points::none())).await;
    let id = plans(&house, RESET).await;
    scene.kafka.fail_next_act(ActFault::RequestLost).unwrap();
    votes(&house, "bob", &id).await;
    let began = engine::port::Clock::now(scene.clock.as_ref());
    let done = comes_to(&house, &id, State::Succeeded).await;
    assert_eq!(intents(&house, &id).await, 2);
    let took = done.updated_at.since(began);
    assert!(took >= Duration::from_secs(16) && took < Duration::from_secs(30), "{took:?}");
}
