//! A freeze stops starts and nothing else, survives restarts, and ends by the clock.

use super::{RESET, Scene, comes_to, ends, now, plans, says, tells, votes, works};
use engine::Operation;
use interlock::approval::State;
use interlock::cluster::kafka::Committed;
use interlock::id::OperationId;
use interlock::looks::LookAnswer;
use signalbox::desk::Done;
use signalbox::house::House;
use signalbox::store::audit::{AuditFilter, AuditPage};
use std::time::Duration;
use story::crash::{GROUP, TOPIC, ask};

const HOUR: Duration = Duration::from_secs(3_600);
const MINUTE: Duration = Duration::from_secs(60);
const WAITING: &str =
    "/reset-offset cluster:orders-kafka group:billing-live to:shift:-5 wait-for-stop:2h reason:replay";

async fn freezes(house: &House, what: &str) {
    let line = format!("/freeze {what} reason:\"black friday\"");
    let done = ask(house, "alice", &line).await;
    assert!(matches!(done, Done::Frozen(_)), "{line}: {done:?}");
}

/// Approved by bob, and looked at a few times.
async fn is_approved(scene: &Scene, house: &House, id: &OperationId) -> Operation {
    votes(house, "bob", id).await;
    looks(scene, house).await;
    now(house, id).await
}

async fn looks(scene: &Scene, house: &House) {
    for _ in 0..5 {
        works(house).await;
        tells(house).await;
        scene.passes(MINUTE).await;
    }
}

fn acts(scene: &Scene) -> usize {
    scene.kafka.acts().unwrap().len()
}

async fn logged(house: &House) -> Vec<String> {
    let page = AuditPage { before: None, limit: 400 };
    let all = house.rooms().store.audit_search(&AuditFilter::default(), page).await.expect("the store answers");
    all.into_iter().rev().map(|one| one.record.what).filter(|what| what.starts_with("freeze-")).collect()
}

#[tokio::test]
async fn nothing_starts_while_it_is_frozen_and_it_starts_by_itself_when_that_is_over() {
    let scene = Scene::new();
    let house = scene.house().await;
    freezes(&house, "cluster:orders-kafka for:2h").await;
    let id = plans(&house, RESET).await;
    assert_eq!(is_approved(&scene, &house, &id).await.state, State::Queued, "planned and voted on");
    assert_eq!((scene.told("orders-kafka is frozen until"), acts(&scene)), (1, 0), "told once");
    ends(house).await;
    let house = scene.house().await;
    for _ in 0..20 {
        looks(&scene, &house).await;
    }
    assert_eq!((now(&house, &id).await.state, scene.told("is frozen until"), acts(&scene)), (State::Queued, 1, 0));
    assert_eq!(logged(&house).await, ["freeze-set"]);
    scene.passes(HOUR / 2).await;
    comes_to(&house, &id, State::Succeeded).await;
    assert_eq!(logged(&house).await, ["freeze-set", "freeze-ended"]);
}

#[tokio::test]
async fn without_the_freeze_the_same_starts_at_once() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, RESET).await;
    assert_ne!(is_approved(&scene, &house, &id).await.state, State::Queued);
    comes_to(&house, &id, State::Succeeded).await;
}

#[tokio::test]
async fn each_freeze_of_the_cluster_and_of_its_tier_counts() {
    let scene = Scene::new();
    let house = scene.house().await;
    for what in ["cluster:orders-kafka for:30m", "tier:production for:1h", "cluster:orders-kafka for:90m"] {
        freezes(&house, what).await;
    }
    freezes(&house, "tier:staging for:30d").await;
    let seen = ask(&house, "vic", "/health cluster:shop-rocketmq").await;
    let Done::Looked(seen) = seen else { panic!("{seen:?}") };
    let LookAnswer::Report(told) = *seen else { panic!("no report") };
    let told: Vec<_> = told.lines.iter().filter(|line| line.id.starts_with("frozen")).map(|line| &line.id).collect();
    assert_eq!(told, ["frozen-tier"], "a cluster of the other kind, of the same tier");
    let id = plans(&house, RESET).await;
    assert_eq!(is_approved(&scene, &house, &id).await.state, State::Queued);
    for _ in 0..2 {
        scene.passes(HOUR / 2).await;
        looks(&scene, &house).await;
        assert_eq!((now(&house, &id).await.state, acts(&scene)), (State::Queued, 0));
    }
    let done = ask(&house, "bob", "/unfreeze cluster:orders-kafka reason:\"over early\"").await;
    let Done::Unfrozen { still, .. } = done else { panic!("{done:?}") };
    assert_eq!(still, [], "the others have ended, and the last one is lifted");
    comes_to(&house, &id, State::Succeeded).await;
    let told =
        ["freeze-set", "freeze-set", "freeze-set", "freeze-set", "freeze-ended", "freeze-ended", "freeze-lifted"];
    assert_eq!(logged(&house).await, told);
}

#[tokio::test]
async fn what_runs_goes_on_and_is_paused_resumed_and_stopped() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, WAITING).await;
    for who in ["bob", "dora"] {
        votes(&house, who, &id).await;
    }
    works(&house).await;
    assert_eq!(now(&house, &id).await.state, State::Waiting);
    freezes(&house, "tier:production for:30d").await;
    says(&house, "alice", &format!("/pause operation:{id}")).await;
    comes_to(&house, &id, State::Paused).await;
    says(&house, "alice", &format!("/resume operation:{id}")).await;
    comes_to(&house, &id, State::Succeeded).await;
    let second = plans(&house, &WAITING.replace("shift:-5", "earliest")).await;
    let queued = is_approved(&scene, &house, &second).await;
    assert_eq!(queued.state, State::Queued, "the next one does not start");
    says(&house, "alice", &format!("/stop operation:{second}")).await;
    assert_eq!(now(&house, &second).await.state, State::Cancelled);
}

/// What was done before is taken back while everything is frozen, though another change of the same waits in the line.
#[tokio::test]
async fn the_way_back_is_never_stopped() {
    let scene = Scene::new();
    let house = scene.house().await;
    let first = plans(&house, RESET).await;
    is_approved(&scene, &house, &first).await;
    comes_to(&house, &first, State::Succeeded).await;
    freezes(&house, "cluster:orders-kafka for:4h").await;
    freezes(&house, "tier:production for:4h").await;
    let next = plans(&house, &RESET.replace("earliest", "latest")).await;
    assert_eq!(is_approved(&scene, &house, &next).await.state, State::Queued);
    let back = plans(&house, &format!("/rollback operation:{first}")).await;
    votes(&house, "alice", &back).await;
    comes_to(&house, &back, State::Succeeded).await;
    assert_eq!(now(&house, &next).await.state, State::Queued, "and what is no way back still waits");
}

#[tokio::test]
async fn what_became_stale_meanwhile_is_planned_anew() {
    let scene = Scene::new();
    let house = scene.house().await;
    freezes(&house, "cluster:orders-kafka for:1h").await;
    let id = plans(&house, RESET).await;
    assert_eq!(is_approved(&scene, &house, &id).await.state, State::Queued);
    let (group, topic) = (GROUP.parse().unwrap(), TOPIC.parse().unwrap());
    scene.kafka.foreign_commit(&group, &topic, 0, Committed::plain(77)).unwrap();
    looks(&scene, &house).await;
    assert_eq!(now(&house, &id).await.revision, 1, "looked at when it may start, and not before");
    scene.passes(HOUR).await;
    let asked = comes_to(&house, &id, State::AwaitingApproval).await;
    assert_eq!((asked.why.id.as_str(), asked.revision), ("offsets-changed", 2));
    votes(&house, "bob", &id).await;
    comes_to(&house, &id, State::Succeeded).await;
}

#[tokio::test]
async fn an_approval_does_not_outlast_its_time() {
    let scene = Scene::new();
    let house = scene.house().await;
    freezes(&house, "cluster:orders-kafka for:10h").await;
    let id = plans(&house, RESET).await;
    is_approved(&scene, &house, &id).await;
    assert_eq!(scene.told("Its own time is over before that"), 1);
    for _ in 0..110 {
        looks(&scene, &house).await;
        if now(&house, &id).await.state == State::Expired {
            break;
        }
    }
    assert_eq!((now(&house, &id).await.state, acts(&scene)), (State::Expired, 0));
}

#[tokio::test]
async fn a_freeze_that_is_set_after_the_approval_is_told_and_lifted_at_once() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, RESET).await;
    votes(&house, "bob", &id).await;
    freezes(&house, "tier:production for:20d").await;
    looks(&scene, &house).await;
    assert_eq!((now(&house, &id).await.state, acts(&scene)), (State::Queued, 0));
    assert_eq!(scene.told("every cluster of Production is frozen until"), 1);
    let done = ask(&house, "bob", "/unfreeze tier:production reason:\"a fix has to go out\"").await;
    assert!(matches!(done, Done::Unfrozen { .. }), "{done:?}");
    works(&house).await;
    tells(&house).await;
    assert_eq!(now(&house, &id).await.state, State::Running);
    comes_to(&house, &id, State::Succeeded).await;
}
