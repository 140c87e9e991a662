//! Others work on the same group, the same topic, behind the same address, while a reset is under way.

use super::{LIMIT, Scene, api, proxy};
use interlock::approval::{Event, State};
use interlock::id::OperationId;
use signalbox::desk::Done;
use story::kafka_house::{check, lab, refusal};
use story::lab::KafkaJudge;
use story::lab::judge::{Committed, TopicSpec};
use story::lab::proxy::Route;
use story::made;

/// A way back is two acts: one commits what stood there, one removes what did not. Between them another tool commits where
/// the second one would remove.
#[tokio::test]
async fn another_tool_between_two_acts_keeps_its_value() {
    let scene = Scene::new().await;
    let (house, place) = (&scene.house, &scene.place);
    let id = house.carried_out(&place.reset("earliest")).await;
    proxy().forget(&house.client_id);
    let back = house.story.person("alice").plans(&format!("/rollback operation:{id}")).await;
    let hold = scene.holds(api::OFFSET_COMMIT);
    house.story.person("alice").approves(&back).await;
    assert!(hold.meets(1, LIMIT).await, "the first act never came");
    scene.stands([10, 12, 0]).await;
    house.commits(place, &[place.commit(2, 5)]).await;
    hold.release();
    scene.comes_to(&back, State::Failed, "offsets-changed").await;
    scene.stands([10, 12, 5]).await;
    assert_eq!(scene.changes(), [api::OFFSET_COMMIT], "the first act was done, the second was not begun");
    given_up(&scene, &back).await;
    scene.stands([10, 12, 5]).await;
    assert_eq!(scene.changes(), [api::OFFSET_COMMIT], "giving it up touches nothing");
    made(&house.story.audit(&back).await, &[(State::Running, Event::Fail), (State::Failed, Event::Abandon)]);
}

/// What is stuck or has failed keeps its group until two people give it up; then the group is free.
async fn given_up(scene: &Scene, id: &OperationId) {
    let story = &scene.house.story;
    let held = refusal(story.person("alice").runs(&scene.place.reset("latest")).await);
    assert!(check(&held, "held-by-other").blocks(), "{held:?}");
    for (who, what) in [("alice", "unlock-first"), ("alice", "unlock-first"), ("olga", "unlocked")] {
        match story.person(who).runs(&format!("/unlock operation:{id} reason:looked-at")).await {
            Done::Controlled { what: done, .. } => assert_eq!(done, what, "{who}"),
            other => panic!("{who}: {other:?}"),
        }
    }
    story.becomes(id, State::Abandoned).await;
    story.audit(id).await;
    let Done::DryRun(_) = story.person("alice").runs(&format!("{} dry-run:true", scene.place.reset("latest"))).await
    else {
        panic!("the group is still held")
    };
}

/// The group has stopped and its commits were captured; before ours another tool commits.
async fn between_capture_and_commit(disturbed: bool) -> Scene {
    let scene = Scene::new().await;
    let (house, place) = (&scene.house, &scene.place);
    let (id, member) = scene.waiting("earliest").await;
    let hold = scene.holds(api::OFFSET_FETCH);
    member.stop().await.unwrap();
    assert!(hold.answered(1, LIMIT).await, "nothing was captured");
    if disturbed {
        house.commits(place, &[place.commit(1, 20)]).await;
    }
    hold.release();
    if disturbed {
        scene.comes_to(&id, State::Stopped, "offsets-changed").await;
    } else {
        house.story.becomes(&id, State::Succeeded).await;
    }
    scene
}

#[tokio::test]
async fn another_tool_between_the_capture_and_the_commit_stops_it() {
    let scene = between_capture_and_commit(true).await;
    scene.stands([10, 20]).await;
    assert!(scene.changes().is_empty(), "nothing was sent");
}

/// The same hold without the other tool: it is the other tool that stops it.
#[tokio::test]
async fn what_was_captured_and_not_disturbed_is_committed() {
    let scene = between_capture_and_commit(false).await;
    scene.stands([0, 0, 0]).await;
    assert_eq!(scene.changes(), [api::OFFSET_COMMIT]);
}

async fn made_again(scene: &Scene) {
    scene.house.judge.delete_topic(&scene.place.topic).await.unwrap();
    let began = std::time::Instant::now();
    // A deleted name can be taken again only when the deletion is through.
    while let Err(error) = scene.house.judge.create_topic(TopicSpec::new(&scene.place.topic, 3, 1)).await {
        assert!(began.elapsed() < LIMIT, "{error}");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_topic_made_again_while_its_group_is_waited_for_is_not_reset() {
    let scene = Scene::new().await;
    let (id, member) = scene.waiting("earliest").await;
    made_again(&scene).await;
    member.stop().await.unwrap();
    // Kafka has removed what was committed in the topic that is gone.
    scene.stands([]).await;
    let there = scene.place.commit(1, 3);
    scene.house.commits(&scene.place, std::slice::from_ref(&there)).await;
    scene.comes_to(&id, State::Stopped, "topic-recreated").await;
    assert_eq!(scene.house.committed(&scene.place).await, [there], "what is committed in the new topic stays");
    assert!(scene.changes().is_empty(), "{:?}", scene.changes());
}

#[tokio::test]
async fn a_topic_made_again_under_a_commit_is_left_to_people() {
    let scene = Scene::new().await;
    let (id, hold) = scene.applied().await;
    made_again(&scene).await;
    scene.stands([]).await;
    let there = scene.place.commit(0, 0);
    scene.house.commits(&scene.place, std::slice::from_ref(&there)).await;
    // What stands there looks like a part of what was approved.
    proxy().cut(&scene.house.client_id);
    hold.disarm();
    scene.comes_to(&id, State::Stuck, "topic-recreated").await;
    assert_eq!(scene.house.committed(&scene.place).await, [there], "nothing is added to it");
    assert_eq!(scene.changes(), [api::OFFSET_COMMIT]);
    given_up(&scene, &id).await;
    made(&scene.house.story.audit(&id).await, &[(State::Running, Event::Lose), (State::Stuck, Event::Abandon)]);
}

/// Another cluster with a topic and a group of the same names.
struct Other {
    judge: KafkaJudge,
    there: Vec<Committed>,
}

impl Other {
    async fn of(scene: &Scene) -> Self {
        let judge = lab().secure().await.unwrap();
        let place = &scene.place;
        judge.create_topic(TopicSpec::new(&place.topic, 3, 1)).await.unwrap();
        let there = vec![place.commit(0, 0), place.commit(1, 4)];
        judge.alter_offsets(&place.group, &there).await.unwrap();
        Self { judge, there }
    }

    async fn is_untouched(&self, scene: &Scene) {
        assert_eq!(self.judge.committed(&scene.place.group).await.unwrap(), self.there, "the other cluster's group");
    }
}

/// The commit is applied and its answer under way; then another cluster is behind the address.
async fn on_another_cluster(scene: &Scene) -> (OperationId, Other) {
    let other = Other::of(scene).await;
    let (id, hold) = scene.applied().await;
    proxy().route(&scene.house.client_id, Route::OtherCluster);
    hold.disarm();
    scene.comes_to(&id, State::Stuck, "cluster-changed").await;
    other.is_untouched(scene).await;
    scene.stands([0, 0, 0]).await;
    assert_eq!(scene.changes(), [api::OFFSET_COMMIT], "it is not tried there");
    (id, other)
}

#[tokio::test]
async fn on_another_cluster_it_is_stuck_and_taken_back_when_its_own_is_back() {
    let scene = Scene::new().await;
    let story = &scene.house.story;
    let (id, other) = on_another_cluster(&scene).await;
    // While the other one is there, no way back leads into it.
    let line = format!("/rollback operation:{id}");
    let refused = refusal(story.person("alice").runs(&line).await);
    assert!(check(&refused, "cluster-changed").blocks(), "{refused:?}");
    other.is_untouched(&scene).await;

    proxy().route(&scene.house.client_id, Route::Main);
    scene.house.taken_back(&id).await;
    assert_eq!(scene.house.committed(&scene.place).await, scene.before, "epoch, metadata and what was absent");
    other.is_untouched(&scene).await;
}

#[tokio::test]
async fn on_another_cluster_it_is_given_up_by_two_people() {
    let scene = Scene::new().await;
    let (id, other) = on_another_cluster(&scene).await;
    given_up(&scene, &id).await;
    other.is_untouched(&scene).await;
    scene.stands([0, 0, 0]).await;
    assert_eq!(scene.changes(), [api::OFFSET_COMMIT]);
}

/// The group is waited for; on the other cluster one of that name is there, stopped.
#[tokio::test]
async fn a_group_of_another_cluster_is_not_the_one_that_was_waited_for() {
    let scene = Scene::new().await;
    let (id, member) = scene.waiting("earliest").await;
    let other = Other::of(&scene).await;
    proxy().route(&scene.house.client_id, Route::OtherCluster);
    scene.comes_to(&id, State::Stopped, "cluster-changed").await;
    other.is_untouched(&scene).await;
    assert_eq!(scene.house.committed(&scene.place).await, scene.before);
    assert!(scene.changes().is_empty(), "{:?}", scene.changes());
    member.stop().await.unwrap();
}
