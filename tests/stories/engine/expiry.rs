//! The clock of expiry: it runs while the votes can be read, and stands still while they cannot.

use super::{RESET, Scene, comes_to, ends, lives_until, now, plans, votes, works};
use engine::port::Journal;
use interlock::approval::State;
use interlock::id::OperationId;
use interlock::time::Millis;
use signalbox::house::House;
use std::time::Duration;
use story::crash::ask;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
/// As often as the votes are read, and then some.
const SLACK: Duration = Duration::from_secs(4 * 60);

async fn posted(scene: &Scene, house: &House) -> OperationId {
    let id = plans(house, RESET).await;
    assert_eq!(now(house, &id).await.expires_at, scene.ground.start().plus(HOUR * 8));
    id
}

fn about(found: Millis, expected: Millis) -> bool {
    found >= expected && found <= expected.plus(SLACK)
}

#[tokio::test]
async fn without_an_outage_a_plan_ends_when_it_says() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = posted(&scene, &house).await;
    lives_until(&scene, &house, HOUR * 8 - MINUTE).await;
    assert_eq!(now(&house, &id).await.state, State::AwaitingApproval);
    assert_eq!(now(&house, &id).await.expires_at, scene.ground.start().plus(HOUR * 8), "nothing moved it");
    lives_until(&scene, &house, HOUR * 8 + MINUTE).await;
    assert_eq!(now(&house, &id).await.state, State::Expired);
}

#[tokio::test]
async fn an_outage_of_the_chat_moves_the_end_by_its_length() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = posted(&scene, &house).await;
    lives_until(&scene, &house, HOUR).await;
    scene.ground.chat_is_down(true);
    lives_until(&scene, &house, HOUR * 4).await;
    scene.ground.chat_is_down(false);
    lives_until(&scene, &house, HOUR * 4 + MINUTE).await;
    let moved = now(&house, &id).await.expires_at;
    assert!(about(moved, scene.ground.start().plus(HOUR * 11)), "{moved}");
    lives_until(&scene, &house, HOUR * 10 + HOUR / 2).await;
    assert_eq!(now(&house, &id).await.state, State::AwaitingApproval);
    lives_until(&scene, &house, HOUR * 11 + SLACK + MINUTE).await;
    assert_eq!(now(&house, &id).await.state, State::Expired);
}

/// Down before the end and beyond it: not expired while nobody can read, and not right after either.
#[tokio::test]
async fn an_outage_over_the_end_is_waited_for() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = posted(&scene, &house).await;
    lives_until(&scene, &house, HOUR * 7).await;
    scene.ground.chat_is_down(true);
    lives_until(&scene, &house, HOUR * 9).await;
    assert_eq!(now(&house, &id).await.state, State::AwaitingApproval);
    scene.ground.chat_is_down(false);
    lives_until(&scene, &house, HOUR * 9 + MINUTE).await;
    let operation = now(&house, &id).await;
    assert_eq!(operation.state, State::AwaitingApproval);
    assert!(about(operation.expires_at, scene.ground.start().plus(HOUR * 10)), "{}", operation.expires_at);
}

/// The outage begins, the process ends, another one begins, the outage ends: it is one outage.
#[tokio::test]
async fn an_outage_is_known_across_a_restart() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = posted(&scene, &house).await;
    lives_until(&scene, &house, HOUR).await;
    scene.ground.chat_is_down(true);
    lives_until(&scene, &house, HOUR * 2).await;
    ends(house).await;
    scene.passes(HOUR / 2).await;
    let house = scene.house().await;
    lives_until(&scene, &house, HOUR * 3).await;
    scene.ground.chat_is_down(false);
    lives_until(&scene, &house, HOUR * 3 + MINUTE).await;
    let moved = now(&house, &id).await.expires_at;
    assert!(about(moved, scene.ground.start().plus(HOUR * 10)), "{moved}");
}

#[tokio::test]
async fn a_bot_that_does_not_run_reads_no_votes_either() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = posted(&scene, &house).await;
    lives_until(&scene, &house, HOUR).await;
    ends(house).await;
    scene.passes(HOUR * 12).await;
    let house = scene.house().await;
    lives_until(&scene, &house, HOUR * 13 + MINUTE).await;
    let operation = now(&house, &id).await;
    assert_eq!(operation.state, State::AwaitingApproval);
    assert!(about(operation.expires_at, scene.ground.start().plus(HOUR * 20)), "{}", operation.expires_at);
    lives_until(&scene, &house, HOUR * 20 + SLACK + MINUTE).await;
    assert_eq!(now(&house, &id).await.state, State::Expired);
}

/// A reset that is done, and the plan of its way back, asked for so long after its end.
async fn way_back(scene: &Scene, house: &House, after: Duration) -> (OperationId, Millis) {
    let first = plans(house, RESET).await;
    votes(house, "bob", &first).await;
    let ended = comes_to(house, &first, State::Succeeded).await.updated_at;
    scene.passes(after).await;
    (plans(house, &format!("/rollback operation:{first}")).await, ended)
}

/// Its confirmation is covered by the first approval, which covers for a day and no longer.
#[tokio::test]
async fn a_covered_way_back_ends_with_its_cover() {
    let scene = Scene::new();
    let house = scene.house().await;
    let (early, ended) = way_back(&scene, &house, HOUR).await;
    let made = house.rooms().store.plan(&now(&house, &early).await).await.unwrap().plan().made_at;
    assert_eq!(now(&house, &early).await.expires_at, made.plus(HOUR * 8), "as any plan, within the day");
    scene.passes(HOUR * 21).await;
    let late = plans(&house, &format!("/rollback operation:{}", reversed(&house, &early).await)).await;
    assert_eq!(now(&house, &late).await.expires_at, ended.plus(HOUR * 24), "not six hours after the day");
    scene.passes(HOUR * 2 + MINUTE).await;
    let digest = now(&house, &late).await.digest;
    ask(&house, "alice", &format!("/approve operation:{late} digest:{digest}")).await;
    works(&house).await;
    works(&house).await;
    assert_eq!(now(&house, &late).await.state, State::Expired, "her confirmation counts for nothing after the day");
}

#[tokio::test]
async fn an_outage_gives_no_time_beyond_the_cover() {
    let scene = Scene::new();
    let house = scene.house().await;
    let (id, ended) = way_back(&scene, &house, HOUR * 15).await;
    let end = now(&house, &id).await.expires_at;
    assert!(end < ended.plus(HOUR * 24), "{end}");
    scene.ground.chat_is_down(true);
    lives_until(&scene, &house, HOUR * 18).await;
    scene.ground.chat_is_down(false);
    lives_until(&scene, &house, HOUR * 18 + MINUTE).await;
    assert_eq!(now(&house, &id).await.expires_at, ended.plus(HOUR * 24), "three hours were lost, one is given back");
}

async fn reversed(house: &House, id: &OperationId) -> OperationId {
    now(house, id).await.reverses.expect("it takes one back")
}
