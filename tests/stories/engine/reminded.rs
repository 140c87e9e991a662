//! Those who can still fill a seat are reminded once, when half of a plan's time is over.

use super::{RESET, Scene, comes_to, ends, lives_until, now, plans, says, tells, votes, works};
use crate::stories::crash::database;
use interlock::approval::State;
use interlock::cluster::kafka::Committed;
use signalbox::house::House;
use signalbox::store::audit::{AuditFilter, AuditPage};
use std::time::Duration;
use story::crash::{GROUP, Ground, Rules, TOPIC, ask};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
/// As often as the votes are read, and then some.
const SLACK: Duration = Duration::from_secs(4 * 60);
const REMINDER: &str = "Half of the time is over";

fn two() -> Rules {
    Rules { approvers: Some(2), ..Rules::default() }
}

/// How often it is recorded that somebody was reminded.
async fn recorded(house: &House) -> usize {
    let filter = AuditFilter { what: Some("reminded".to_owned()), ..AuditFilter::default() };
    let page = AuditPage { before: None, limit: 100 };
    house.rooms().store.audit_search(&filter, page).await.expect("the store answers").len()
}

#[tokio::test]
async fn what_lacks_a_vote_is_reminded_of_once_also_over_a_restart() {
    let scene = Scene::new();
    let house = scene.house_under(two()).await;
    let id = plans(&house, RESET).await;
    votes(&house, "bob", &id).await;
    lives_until(&scene, &house, HOUR * 4 - MINUTE).await;
    assert_eq!((scene.told(REMINDER), recorded(&house).await), (0, 0));
    lives_until(&scene, &house, HOUR * 4 + MINUTE).await;
    tells(&house).await;
    assert_eq!((scene.told(REMINDER), recorded(&house).await), (1, 1));
    ends(house).await;
    let house = scene.house_under(two()).await;
    lives_until(&scene, &house, HOUR * 8 - MINUTE * 2).await;
    assert_eq!(now(&house, &id).await.state, State::AwaitingApproval);
    assert_eq!((scene.told(REMINDER), recorded(&house).await), (1, 1));
}

/// The same plan with every seat filled, and with nobody but its own requester missing.
#[tokio::test]
async fn nobody_is_reminded_of_what_waits_for_no_vote_of_others() {
    let scene = Scene::new();
    let house = scene.house_under(two()).await;
    ask(&house, "alice", "/freeze cluster:orders-kafka for:9h reason:\"black friday\"").await;
    let id = plans(&house, RESET).await;
    for who in ["bob", "carol"] {
        votes(&house, who, &id).await;
    }
    lives_until(&scene, &house, HOUR * 6).await;
    assert_eq!((now(&house, &id).await.state, scene.told(REMINDER)), (State::Queued, 0));
    let scene = Scene::new();
    let house = scene.house().await;
    let first = plans(&house, RESET).await;
    votes(&house, "bob", &first).await;
    comes_to(&house, &first, State::Succeeded).await;
    let back = plans(&house, &format!("/rollback operation:{first}")).await;
    lives_until(&scene, &house, HOUR * 6).await;
    assert_eq!((now(&house, &back).await.state, scene.told(REMINDER)), (State::AwaitingApproval, 0));
}

/// Approved in time, and a vote is withdrawn after the half: what was not said then is said when it is to start.
#[tokio::test]
async fn a_vote_that_is_taken_back_after_the_half_brings_the_reminder() {
    let scene = Scene::new();
    let house = scene.house_under(two()).await;
    ask(&house, "alice", "/freeze cluster:orders-kafka for:5h reason:\"black friday\"").await;
    let id = plans(&house, RESET).await;
    for who in ["bob", "carol"] {
        votes(&house, who, &id).await;
    }
    lives_until(&scene, &house, HOUR * 5 - HOUR / 2).await;
    assert_eq!((now(&house, &id).await.state, scene.told(REMINDER)), (State::Queued, 0));
    let digest = now(&house, &id).await.digest;
    says(&house, "bob", &format!("/approve operation:{id} digest:{digest} withdraw:true")).await;
    lives_until(&scene, &house, HOUR * 6).await;
    assert_eq!((now(&house, &id).await.state, scene.told(REMINDER)), (State::AwaitingApproval, 1));
}

#[tokio::test]
async fn while_the_votes_cannot_be_read_nobody_is_reminded_and_the_half_moves_with_the_end() {
    let scene = Scene::new();
    let house = scene.house().await;
    plans(&house, RESET).await;
    lives_until(&scene, &house, HOUR * 3).await;
    scene.ground.chat_is_down(true);
    lives_until(&scene, &house, HOUR * 6).await;
    scene.ground.chat_is_down(false);
    lives_until(&scene, &house, HOUR * 7 - MINUTE).await;
    assert_eq!((scene.told(REMINDER), recorded(&house).await), (0, 0), "an hour of its half is left");
    lives_until(&scene, &house, HOUR * 7 + SLACK).await;
    tells(&house).await;
    assert_eq!((scene.told(REMINDER), recorded(&house).await), (1, 1));
}

#[tokio::test]
async fn a_new_revision_is_reminded_of_in_its_own_time() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, RESET).await;
    lives_until(&scene, &house, HOUR * 5).await;
    assert_eq!(scene.told(REMINDER), 1);
    let to = Committed::plain(77);
    scene.kafka.foreign_commit(&GROUP.parse().unwrap(), &TOPIC.parse().unwrap(), 1, to).unwrap();
    votes(&house, "bob", &id).await;
    lives_until(&scene, &house, HOUR * 5 + SLACK).await;
    let again = now(&house, &id).await;
    assert_eq!((again.state, again.revision), (State::AwaitingApproval, 2));
    lives_until(&scene, &house, HOUR * 9 - MINUTE).await;
    assert_eq!(scene.told(REMINDER), 1);
    lives_until(&scene, &house, HOUR * 9 + SLACK).await;
    tells(&house).await;
    assert_eq!((scene.told(REMINDER), recorded(&house).await), (2, 2));
}

#[tokio::test]
async fn two_processes_remind_once() {
    let scene = Scene::on(Ground::new().with_database(database().await));
    let (one, other) = (scene.house().await, scene.house().await);
    let id = plans(&one, RESET).await;
    lives_until(&scene, &one, HOUR * 4 - MINUTE).await;
    assert_eq!(scene.told(REMINDER), 0);
    scene.passes(MINUTE).await;
    tokio::join!(works(&one), works(&other));
    for house in [&one, &other] {
        works(house).await;
        tells(house).await;
    }
    assert_eq!(now(&one, &id).await.state, State::AwaitingApproval);
    assert_eq!((scene.told(REMINDER), recorded(&one).await), (1, 1));
}
