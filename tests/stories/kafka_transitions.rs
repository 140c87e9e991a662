//! Every way of the transition table, once on real Kafka. Those that other stories go are told there, by [`story::made`]; the
//! rest is here.

use super::kafka_interference::Scene as Asked;
use super::kafka_running::Scene as Running;
use interlock::approval::{Event, State, TABLE};
use interlock::id::OperationId;
use signalbox::desk::Done;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;
use story::discord_house::Posted;
use story::kafka_house::{KafkaHouse, KafkaPlot, Place, proxy};
use story::lab::judge::MemberSpec;
use story::made;

/// What no plan does on Kafka for longer than an instant: waiting after a change without anything to put back. A move of
/// nothing but the order is over before the next look.
const NOT_HERE: &[(State, Event)] = &[(State::Waiting, Event::Fail)];

fn sources(folder: &Path, all: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else {
            all.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

/// The ways that a source asserts to be gone: what stands in its calls of [`made`], and nothing else.
fn asserted(source: &str) -> String {
    let calls = source.match_indices("made(").filter(|(at, _)| {
        let before = source[..*at].chars().next_back();
        !before.is_some_and(|before| before.is_alphanumeric() || before == '_')
    });
    calls.map(|(at, _)| source[at..].split_once(");").map_or("", |(call, _)| call)).collect()
}

/// The stories on real Kafka assert the ways they went; here it is counted which ways that are.
#[test]
fn each_way_of_the_table_is_gone_on_real_kafka() {
    let stories = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories");
    let mut all = String::new();
    for entry in std::fs::read_dir(stories).unwrap() {
        let path = entry.unwrap().path();
        if !path.file_name().unwrap().to_string_lossy().starts_with("kafka_") {
            continue;
        }
        match path.is_dir() {
            true => sources(&path, &mut all),
            false => all.push_str(&std::fs::read_to_string(path).unwrap()),
        }
    }
    let asserted = asserted(&all);
    let gone = |state: &State, event: &Event| asserted.contains(&format!("(State::{state:?}, Event::{event:?})"));
    let missing: Vec<_> =
        TABLE.iter().filter(|(state, event, _)| !gone(state, event)).map(|(a, b, _)| (*a, *b)).collect();
    assert_eq!(missing, NOT_HERE);
}

#[test]
fn only_what_is_asserted_counts() {
    let source = "let way = (State::Expired, Event::Stop);\nis_made(&(State::Expired, Event::Wait));\n\
        made(&told, &[(State::Expired, Event::Start)]);\nlet other = (State::Expired, Event::Fail);";
    assert_eq!(asserted(source), "made(&told, &[(State::Expired, Event::Start)]");
}

async fn says(house: &KafkaHouse, who: &str, (command, id): (&str, &OperationId)) -> &'static str {
    let line = format!("{command} operation:{id} reason:because");
    match house.story.person(who).runs(&line).await {
        Done::Controlled { what, .. } => what,
        other => panic!("{who}: {line}: {other:?}"),
    }
}

/// Nothing was sent, and the group stands where it stood.
async fn untouched(scene: &Asked) {
    assert_eq!(proxy().changes(&scene.house.client_id), []);
    assert_eq!(scene.offsets().await, BTreeMap::from([(0, 10), (1, 12)]));
}

/// What the log tells of a plan that somebody said no to after its approval.
async fn turned_down(who: &str, state: State) -> Vec<String> {
    let scene = Asked::new().await;
    let hold = scene.approved_and_held().await;
    says(&scene.house, who, ("/reject", &scene.id)).await;
    scene.house.story.becomes(&scene.id, state).await;
    hold.disarm();
    untouched(&scene).await;
    scene.house.story.audit(&scene.id).await
}

#[tokio::test]
async fn a_no_after_the_approval_and_before_the_start() {
    made(&turned_down("carol", State::Rejected).await, &[(State::Queued, Event::Veto)]);
    made(&turned_down("alice", State::Cancelled).await, &[(State::Queued, Event::Cancel)]);
}

#[tokio::test]
async fn a_plan_that_nobody_approves_in_time() {
    let scene = Asked::of(|plot| plot.expires_after(Duration::from_secs(3))).await;
    scene.house.story.becomes(&scene.id, State::Expired).await;
    untouched(&scene).await;
    made(&scene.house.story.audit(&scene.id).await, &[(State::AwaitingApproval, Event::Expire)]);
}

#[tokio::test]
async fn an_approved_plan_that_does_not_start_in_time() {
    let scene = Asked::of(|plot| plot.expires_after(Duration::from_secs(60))).await;
    let hold = scene.approved_and_held().await;
    let clock = scene.house.story.house().rooms().clock.clone();
    let end = scene.house.story.operation(&scene.id).await.expires_at;
    clock.sleep(end.since(clock.now())).await;
    hold.disarm();
    scene.house.story.becomes(&scene.id, State::Expired).await;
    untouched(&scene).await;
    made(&scene.house.story.audit(&scene.id).await, &[(State::Queued, Event::Expire)]);
}

/// The commit is applied, its answer held, and the operation was asked to pause.
async fn pausing() -> (Running, OperationId, story::lab::proxy::RuleHandle) {
    let scene = Running::new().await;
    let (id, hold) = scene.applied().await;
    assert_eq!(says(&scene.house, "bob", ("/pause", &id)).await, "pause-asked");
    assert_eq!(scene.house.story.operation(&id).await.state, State::Pausing);
    (scene, id, hold)
}

#[tokio::test]
async fn a_pause_that_is_taken_back_before_it_takes_effect() {
    let (scene, id, hold) = pausing().await;
    assert_eq!(says(&scene.house, "alice", ("/resume", &id)).await, "resumed");
    hold.release();
    scene.house.story.becomes(&id, State::Succeeded).await;
    scene.stands([0, 0, 0]).await;
    assert_eq!(scene.changes().len(), 1);
    made(&scene.house.story.audit(&id).await, &[(State::Pausing, Event::Resume)]);
}

#[tokio::test]
async fn a_stop_before_a_pause_takes_effect() {
    let (scene, id, hold) = pausing().await;
    assert_eq!(says(&scene.house, "alice", ("/stop", &id)).await, "stop-asked");
    hold.release();
    scene.house.story.becomes(&id, State::Stopped).await;
    scene.stands([0, 0, 0]).await;
    made(&scene.house.story.audit(&id).await, &[(State::Pausing, Event::Stop)]);
}

/// Another tool sets something else before the answer of our commit is lost.
async fn loses(scene: &Running, id: &OperationId, hold: &story::lab::proxy::RuleHandle) {
    scene.house.commits(&scene.place, &[scene.place.commit(1, 17)]).await;
    proxy().cut(&scene.house.client_id);
    let stuck = scene.house.story.becomes(id, State::Stuck).await;
    assert_eq!(stuck.why.id, "foreign-value");
    hold.disarm();
    scene.stands([0, 17, 0]).await;
}

#[tokio::test]
async fn a_foreign_value_under_a_pause() {
    let (scene, id, hold) = pausing().await;
    loses(&scene, &id, &hold).await;
    made(&scene.house.story.audit(&id).await, &[(State::Pausing, Event::Lose)]);
}

#[tokio::test]
async fn a_foreign_value_under_a_stop() {
    let scene = Running::new().await;
    let (id, hold) = scene.applied().await;
    assert_eq!(says(&scene.house, "carol", ("/stop", &id)).await, "stop-asked");
    loses(&scene, &id, &hold).await;
    made(&scene.house.story.audit(&id).await, &[(State::Stopping, Event::Lose)]);
}

#[tokio::test]
async fn a_stop_of_what_is_paused() {
    let scene = Running::new().await;
    let (id, member) = scene.waiting("latest").await;
    assert_eq!(says(&scene.house, "bob", ("/pause", &id)).await, "pause-asked");
    scene.house.story.becomes(&id, State::Paused).await;
    assert_eq!(says(&scene.house, "alice", ("/stop", &id)).await, "stop-asked");
    scene.house.story.becomes(&id, State::Stopped).await;
    assert!(scene.changes().is_empty());
    made(&scene.house.story.audit(&id).await, &[(State::Paused, Event::Stop)]);
    member.stop().await.unwrap();
}

/// A plan is posted in the chat; its card is deleted, perhaps while the group is at work again.
async fn deleted(at_work: bool) -> (KafkaHouse<story::discord_house::DiscordStory>, Posted) {
    let house = KafkaPlot::direct().await.build_in_chat().await;
    let place = Place::unique();
    house.topic(&place, &[10, 10], 1_732_089_600_000).await;
    house.commits(&place, &[place.commit(0, 4), place.commit(1, 4)]).await;
    let posted = house.story.asks("alice", &place.reset("earliest")).await;
    let member = match at_work {
        true => Some(house.judge.start_member(MemberSpec::new(&place.group, &place.topic)).await.unwrap()),
        false => None,
    };
    posted.card.deletes();
    match member {
        Some(member) => {
            house.story.becomes(&posted.id, State::Refused).await;
            member.stop().await.unwrap();
        }
        None => {
            house.story.card(&posted.id, 2).await;
        }
    }
    (house, posted)
}

#[tokio::test]
async fn a_card_that_is_gone_is_asked_anew_or_not_at_all() {
    let (house, posted) = deleted(false).await;
    made(&house.story.audit(&posted.id).await, &[(State::AwaitingApproval, Event::AskAgain)]);
    drop(house);
    let (house, posted) = deleted(true).await;
    made(&house.story.audit(&posted.id).await, &[(State::AwaitingApproval, Event::Refuse)]);
}
