//! Steering by command: veto, stop, pause, resume, unlock, and who may not.

use interlock::approval::State;
use interlock::cluster::kafka::Committed;
use interlock::facts::Fact;
use interlock::id::{ClusterName, OperationId};
use interlock::looks::LookAnswer;
use signalbox::desk::Done;
use simulated::{Interference, SimulatedKafka};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::time::{Duration, Instant};
use story::Story;

const STOPPED: &str = "/reset-offset cluster:orders-kafka group:nightly-report to:earliest";
const WAITING: &str = "/reset-offset cluster:orders-kafka group:billing to:earliest wait-for-stop:30m";

async fn story() -> (Story, SimulatedKafka) {
    let (story, fleet) = Story::on_simulated().await;
    let name: ClusterName = simulated::demo::PRODUCTION.parse().expect("a cluster's name");
    (story, fleet.kafka(&name))
}

/// Waits until the card is posted: only then votes are taken.
async fn voting(story: &Story, id: &OperationId) {
    let began = Instant::now();
    while !story.house().rooms().store.voting_open(id).await.expect("the store answers") {
        assert!(began.elapsed() < Duration::from_secs(120), "the card of {id} was never posted");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The operation waits for the members of a group to stop.
async fn waiting(story: &Story) -> OperationId {
    let id = story.person("alice").plans(WAITING).await;
    for name in ["bob", "dora"] {
        let told = story.person(name).approves(&id).await;
        assert_eq!(done(&told), "vote-counted", "{name}");
    }
    story.becomes(&id, State::Waiting).await;
    id
}

async fn says(story: &Story, who: &str, (command, id): (&str, &OperationId)) -> Done {
    story.person(who).runs(&format!("{command} operation:{id} reason:because")).await
}

fn denied(done: &Done) -> &'static str {
    match done {
        Done::Denied(denied) => denied.id,
        other => panic!("not denied: {other:?}"),
    }
}

fn done(told: &Done) -> &'static str {
    match told {
        Done::Controlled { what, .. } => what,
        other => panic!("nothing was controlled: {other:?}"),
    }
}

#[tokio::test]
async fn a_veto_is_final_and_the_requesters_own_cancels() {
    let (story, kafka) = story().await;
    let id = story.person("alice").plans(STOPPED).await;
    voting(&story, &id).await;
    assert_eq!(denied(&says(&story, "vic", ("/reject", &id)).await), "no-right");
    assert_eq!(done(&says(&story, "carol", ("/reject", &id)).await), "vetoed");
    story.becomes(&id, State::Rejected).await;
    let digest = story.plan(&id).await.digest();
    let late = story.person("bob").runs(&format!("/approve operation:{id} digest:{digest}")).await;
    assert!(matches!(&late, Done::Mistake(mistake) if mistake.id == "voting-closed"), "{late:?}");

    let own = story.person("alice").plans(STOPPED).await;
    assert_eq!(done(&says(&story, "alice", ("/reject", &own)).await), "cancelled");
    story.becomes(&own, State::Cancelled).await;
    assert!(kafka.acts().expect("the broker's books").is_empty(), "nothing was changed");
}

#[tokio::test]
async fn an_approval_needs_the_whole_digest_and_can_be_taken_back() {
    let (story, _kafka) = story().await;
    let id = story.person("alice").plans(WAITING).await;
    voting(&story, &id).await;
    let bob = story.person("bob");
    let asked_back = bob.runs(&format!("/approve operation:{id}")).await;
    let digest = story.plan(&id).await.digest();
    assert!(matches!(&asked_back, Done::AskedBack(plan) if plan.digest() == digest), "{asked_back:?}");
    let short = &digest.to_string()[..12];
    let cut = bob.runs(&format!("/approve operation:{id} digest:{short}")).await;
    assert!(matches!(&cut, Done::Mistake(mistake) if mistake.id == "digest-not-whole"), "{cut:?}");
    let other = "0".repeat(64);
    let foreign = bob.runs(&format!("/approve operation:{id} digest:{other}")).await;
    assert!(matches!(&foreign, Done::Mistake(mistake) if mistake.id == "another-plan"), "{foreign:?}");
    assert_eq!(done(&bob.approves(&id).await), "vote-counted");
    assert_eq!(done(&bob.runs(&format!("/approve operation:{id} withdraw:true")).await), "vote-withdrawn");
    // The owner's vote alone is not enough; with bob's it would have been.
    assert_eq!(done(&story.person("dora").approves(&id).await), "vote-counted");
    assert_eq!(story.operation(&id).await.state, State::AwaitingApproval);
}

#[tokio::test]
async fn a_wait_is_paused_resumed_and_stopped() {
    let (story, kafka) = story().await;
    let id = waiting(&story).await;
    // alice asked for it; what runs is no question of who may let it go on.
    let not_paused = says(&story, "alice", ("/resume", &id)).await;
    assert!(matches!(&not_paused, Done::Mistake(mistake) if mistake.id == "nothing-to-resume"), "{not_paused:?}");
    assert_eq!(denied(&story.person("vic").runs(&format!("/pause operation:{id}")).await), "no-role");
    assert_eq!(done(&says(&story, "bob", ("/pause", &id)).await), "pause-asked");
    story.becomes(&id, State::Paused).await;
    let twice = says(&story, "bob", ("/pause", &id)).await;
    assert!(matches!(&twice, Done::Mistake(mistake) if mistake.id == "not-possible-now"), "{twice:?}");
    assert_eq!(denied(&says(&story, "bob", ("/resume", &id)).await), "no-role");
    assert_eq!(done(&says(&story, "alice", ("/resume", &id)).await), "resumed");
    story.becomes(&id, State::Waiting).await;
    assert_eq!(denied(&says(&story, "vic", ("/stop", &id)).await), "no-role");
    assert_eq!(done(&says(&story, "alice", ("/stop", &id)).await), "stop-asked");
    story.becomes(&id, State::Stopped).await;
    assert!(kafka.acts().expect("the broker's books").is_empty(), "nothing was changed");
    let told = story.audit(&id).await;
    for what in ["pause", "resume", "stop", "safe-point"] {
        assert!(told.iter().any(|one| one == what), "{what} is missing in {told:?}");
    }
}

/// An operation that nobody can go on with: somebody else committed in the moment of its act.
async fn stuck(story: &Story, kafka: &SimulatedKafka) -> OperationId {
    let id = story.person("alice").plans(STOPPED).await;
    let [group, topic] = ["nightly-report", "orders"];
    let foreign =
        Interference::Commit(group.parse().expect("a group"), topic.parse().expect("a topic"), 3, Committed::plain(7));
    kafka.after_next_act(foreign).expect("somebody else");
    story.person("bob").approves(&id).await;
    story.becomes(&id, State::Stuck).await;
    id
}

#[tokio::test]
async fn a_stuck_operation_is_given_up_by_two_people() {
    let (story, kafka) = story().await;
    let early = story.person("alice").plans(WAITING).await;
    let too_early = says(&story, "alice", ("/unlock", &early)).await;
    assert!(matches!(&too_early, Done::Mistake(mistake) if mistake.id == "not-possible-now"), "{too_early:?}");
    let id = stuck(&story, &kafka).await;

    let held = story.person("alice").runs(STOPPED).await;
    let Done::Refused(checks) = &held else { panic!("what is stuck keeps its holds: {held:?}") };
    let by_whom = checks.iter().find(|check| check.id == "held-by-other").expect("the holder is named");
    assert_eq!(by_whom.facts.get("ended"), Some(&Fact::from("stuck")), "waiting for its end would be for ever");
    assert_eq!(denied(&says(&story, "bob", ("/unlock", &id)).await), "no-role");
    assert_eq!(done(&says(&story, "alice", ("/unlock", &id)).await), "unlock-first");
    assert_eq!(done(&says(&story, "alice", ("/unlock", &id)).await), "unlock-first", "one person twice is one person");
    assert_eq!(story.operation(&id).await.state, State::Stuck);
    assert_eq!(done(&says(&story, "olga", ("/unlock", &id)).await), "unlocked");
    story.becomes(&id, State::Abandoned).await;
    story.person("alice").plans(STOPPED).await;
    assert_eq!(kafka.acts().expect("the broker's books").len(), 1, "it was tried once");
}

/// Somebody laid hands on the stored plan of what is stuck: it is listed as such, and two people still give it up.
#[tokio::test]
async fn what_is_stuck_is_given_up_although_its_plan_cannot_be_read() {
    let (story, kafka) = story().await;
    let id = stuck(&story, &kafka).await;
    let mut store = SqliteConnectOptions::new().filename(story.database()).connect().await.expect("the file opens");
    let alters = "UPDATE plans SET bytes = replace(bytes, 'earliest', 'latest'), outline = 'none' WHERE operation = ?";
    let altered = sqlx::query(alters).bind(id.as_str()).execute(&mut store).await.expect("it is written");
    assert_eq!(altered.rows_affected(), 1);
    store.close().await.expect("it closes");

    let Done::Looked(answer) = story.person("vic").runs("/operations").await else { panic!("no list") };
    let LookAnswer::Operations(list) = *answer else { panic!("no list") };
    let lines: Vec<_> = list.others.iter().map(|line| (&line.operation, line.state, line.is_readable)).collect();
    assert_eq!(lines, [(&id, State::Stuck, false)]);
    let status = story.person("alice").runs(&format!("/status operation:{id}")).await;
    assert!(matches!(&status, Done::Failed { id, .. } if id == "store-damaged"), "{status:?}");

    for (who, why) in [("vic", "no-role"), ("bob", "no-role")] {
        assert_eq!(denied(&says(&story, who, ("/unlock", &id)).await), why, "{who}");
    }
    assert_eq!(done(&says(&story, "alice", ("/unlock", &id)).await), "unlock-first");
    assert_eq!(story.operation(&id).await.state, State::Stuck);
    assert_eq!(done(&says(&story, "olga", ("/unlock", &id)).await), "unlocked");
    story.becomes(&id, State::Abandoned).await;
    story.person("alice").plans(STOPPED).await;
}
