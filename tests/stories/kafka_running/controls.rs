//! Each way in which people steer a reset on real Kafka, with Kafka's own word on what was changed: nothing, or exactly what
//! was done until then.

use super::{Scene, api};
use interlock::approval::{Event, State};
use interlock::id::OperationId;
use signalbox::desk::Done;
use story::made;

async fn says(scene: &Scene, who: &str, (command, id): (&str, &OperationId)) -> &'static str {
    let line = format!("{command} operation:{id} reason:because");
    match scene.house.story.person(who).runs(&line).await {
        Done::Controlled { what, .. } => what,
        other => panic!("{who}: {line}: {other:?}"),
    }
}

/// Nothing was sent, and everything stands as it did, epoch and metadata too.
async fn nothing_changed(scene: &Scene, id: &OperationId) {
    assert_eq!(scene.house.committed(&scene.place).await, scene.before);
    assert!(scene.changes().is_empty(), "{:?}", scene.changes());
    assert_eq!(scene.house.intents(id).await, 0);
    scene.house.story.audit(id).await;
}

async fn posted(scene: &Scene) -> OperationId {
    let id = scene.house.story.person("alice").plans(&scene.place.reset("earliest")).await;
    let store = &scene.house.story.house().rooms().store;
    let began = std::time::Instant::now();
    while !store.voting_open(&id).await.unwrap() {
        assert!(began.elapsed() < super::LIMIT, "the card was never posted");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    id
}

/// What the log tells of a plan that somebody said no to while it waited for approval.
async fn turned_down(scene: &Scene, who: &str, (state, done): (State, &str)) -> Vec<String> {
    let id = posted(scene).await;
    assert_eq!(says(scene, who, ("/reject", &id)).await, done);
    scene.house.story.becomes(&id, state).await;
    nothing_changed(scene, &id).await;
    scene.house.story.audit(&id).await
}

#[tokio::test]
async fn a_veto_and_the_requesters_own_change_nothing() {
    let scene = Scene::new().await;
    let vetoed = turned_down(&scene, "carol", (State::Rejected, "vetoed")).await;
    made(&vetoed, &[(State::AwaitingApproval, Event::Veto)]);
    let cancelled = turned_down(&scene, "alice", (State::Cancelled, "cancelled")).await;
    made(&cancelled, &[(State::AwaitingApproval, Event::Cancel)]);
}

#[tokio::test]
async fn a_wait_that_is_paused_goes_on_when_it_is_resumed() {
    let scene = Scene::new().await;
    let (id, member) = scene.waiting("latest").await;
    assert_eq!(says(&scene, "bob", ("/pause", &id)).await, "pause-asked");
    scene.house.story.becomes(&id, State::Paused).await;
    // What was waited for comes true meanwhile, and it stays paused.
    member.stop().await.unwrap();
    nothing_changed(&scene, &id).await;
    assert_eq!(scene.house.story.operation(&id).await.state, State::Paused);
    assert_eq!(says(&scene, "alice", ("/resume", &id)).await, "resumed");
    scene.house.story.becomes(&id, State::Succeeded).await;
    scene.stands([30, 30, 30]).await;
    assert_eq!(scene.changes(), [api::OFFSET_COMMIT]);
    let told = scene.house.story.audit(&id).await;
    made(
        &told,
        &[
            (State::AwaitingApproval, Event::Approve),
            (State::Queued, Event::Start),
            (State::Running, Event::Wait),
            (State::Waiting, Event::Pause),
            (State::Paused, Event::Resume),
            (State::Waiting, Event::Wake),
            (State::Running, Event::Finish),
        ],
    );
}

#[tokio::test]
async fn a_wait_that_is_stopped_changes_nothing() {
    let scene = Scene::new().await;
    let (id, member) = scene.waiting("latest").await;
    assert_eq!(says(&scene, "alice", ("/stop", &id)).await, "stop-asked");
    scene.comes_to(&id, State::Stopped, "stop-asked").await;
    nothing_changed(&scene, &id).await;
    made(&scene.house.story.audit(&id).await, &[(State::Waiting, Event::Stop)]);
    member.stop().await.unwrap();
}

#[tokio::test]
async fn a_pause_under_an_act_waits_for_the_act_and_keeps_the_end_for_later() {
    let scene = Scene::new().await;
    let (id, hold) = scene.applied().await;
    assert_eq!(says(&scene, "bob", ("/pause", &id)).await, "pause-asked");
    assert_eq!(scene.house.story.operation(&id).await.state, State::Pausing, "the act is under way");
    hold.release();
    scene.house.story.becomes(&id, State::Paused).await;
    scene.stands([0, 0, 0]).await;
    assert_eq!(says(&scene, "alice", ("/resume", &id)).await, "resumed");
    scene.house.story.becomes(&id, State::Succeeded).await;
    scene.stands([0, 0, 0]).await;
    assert_eq!(scene.changes(), [api::OFFSET_COMMIT], "once");
    made(&scene.house.story.audit(&id).await, &[(State::Running, Event::Pause), (State::Pausing, Event::SafePoint)]);
}

#[tokio::test]
async fn a_stop_under_an_act_leaves_what_the_act_did_and_the_way_back() {
    let scene = Scene::new().await;
    let (id, hold) = scene.applied().await;
    assert_eq!(says(&scene, "carol", ("/stop", &id)).await, "stop-asked");
    assert_eq!(scene.house.story.operation(&id).await.state, State::Stopping);
    hold.release();
    scene.comes_to(&id, State::Stopped, "stop-asked").await;
    scene.stands([0, 0, 0]).await;
    assert_eq!(scene.changes(), [api::OFFSET_COMMIT], "exactly what was under way");
    made(&scene.house.story.audit(&id).await, &[(State::Running, Event::Stop), (State::Stopping, Event::SafePoint)]);
    scene.house.taken_back(&id).await;
    assert_eq!(scene.house.committed(&scene.place).await, scene.before);
}
