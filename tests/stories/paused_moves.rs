//! ⏸️ while a move runs on the simulated fleet: what is on the move goes on slowly and is watched, and nothing else begins.

use super::throttle::{MIB, moving, scene, until_all_are};
use interlock::approval::State;
use interlock::cluster::kafka::{KafkaAnswer, KafkaQuery};
use interlock::cluster::{Answer, Query, Section};
use interlock::id::OperationId;
use interlock::plan::{Action, KafkaAction, ReplicaMove, Work};
use signalbox::desk::Done;
use simulated::SimulatedKafka;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use story::Story;

/// Two topics at a rate at which a batch of them takes a moment, also when it is slowed down.
const QUICK: &str = "/scale-out cluster:orders-kafka brokers:4 topics:refunds,products throttle:1GiB";

async fn says(story: &Story, who: &str, line: String) -> &'static str {
    match story.person(who).runs(&line).await {
        Done::Controlled { what, .. } => what,
        other => panic!("{line}: {other:?}"),
    }
}

async fn moves(story: &Story, id: &OperationId) -> Vec<ReplicaMove> {
    let plan = story.plan(id).await;
    let of = |work: &Work| match work {
        Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => moves.clone(),
        _ => Vec::new(),
    };
    plan.plan().steps.iter().flat_map(|step| of(&step.work)).collect()
}

async fn on_the_move(kafka: &SimulatedKafka) -> usize {
    use engine::port::Observe;
    let query = Query::Kafka(KafkaQuery::Reassignments);
    let sections = kafka.observe(&BTreeSet::from([query.clone()])).await;
    match sections.get(&query) {
        Section::Seen(seen) => match &seen.value {
            Answer::Kafka(KafkaAnswer::Reassignments(all)) => all.len(),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

/// The two topics are approved by two people, and the first batch is on the move.
async fn quick(story: &Story) -> OperationId {
    let id = story.person("alice").plans(QUICK).await;
    for who in ["bob", "carol"] {
        story.person(who).approves(&id).await;
    }
    story.becomes(&id, State::Waiting).await;
    id
}

async fn until_stalled(story: &Story, id: &OperationId) {
    let began = Instant::now();
    while !story.operation(id).await.memory.stalled {
        assert!(began.elapsed() < Duration::from_secs(120), "it goes on without room");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn what_is_on_the_move_goes_on_at_the_slowest_rate_and_as_planned_after_a_resume() {
    let (story, kafka) = scene().await;
    let id = moving(&story).await;
    until_all_are(&kafka, 4 * MIB).await;
    assert_eq!(says(&story, "alice", format!("/pause operation:{id} reason:\"writes are slow\"")).await, "pause-asked");
    until_all_are(&kafka, 4 * MIB / 10).await;
    assert_eq!(story.operation(&id).await.state, State::Pausing, "it pauses when that has arrived");
    assert!(on_the_move(&kafka).await > 0);
    assert_eq!(says(&story, "alice", format!("/resume operation:{id} reason:calm")).await, "resumed");
    until_all_are(&kafka, 4 * MIB).await;
    story.becomes(&id, State::Waiting).await;
    story.person("alice").runs(&format!("/stop operation:{id} reason:enough")).await;
    story.becomes(&id, State::Stopped).await;
}

#[tokio::test]
async fn it_is_watched_while_it_pauses() {
    let (story, kafka) = scene().await;
    let id = moving(&story).await;
    says(&story, "alice", format!("/pause operation:{id} reason:lunch")).await;
    until_all_are(&kafka, 4 * MIB / 10).await;
    let one = moves(&story, &id).await[0].clone();
    let other: Vec<i32> = one.from.0.iter().copied().take(2).chain([4]).collect();
    assert_ne!(other, one.to.0, "somewhere else");
    kafka.foreign_reassign(&one.topic, one.partition, &other).expect("an override");
    let stuck = story.becomes(&id, State::Stuck).await;
    assert_eq!(stuck.why.id, "move-overridden");
}

#[tokio::test]
async fn when_it_has_arrived_nothing_else_begins_until_somebody_resumes() {
    let (story, kafka) = scene().await;
    let id = quick(&story).await;
    says(&story, "alice", format!("/pause operation:{id} reason:lunch")).await;
    story.becomes(&id, State::Paused).await;
    assert_eq!(on_the_move(&kafka).await, 0);
    let intents = story.audit(&id).await.into_iter().filter(|what| what == "intent").count();
    story.house().engine().work().await.expect("a turn");
    let later = story.audit(&id).await.into_iter().filter(|what| what == "intent").count();
    assert_eq!((story.operation(&id).await.state, later), (State::Paused, intents));
    says(&story, "alice", format!("/resume operation:{id} reason:back")).await;
    story.becomes(&id, State::Succeeded).await;
}

/// The room that the first look found is gone when a later batch is to begin.
#[tokio::test]
async fn a_batch_waits_for_room_and_begins_by_itself_once_there_is_some() {
    let (story, kafka) = scene().await;
    let id = quick(&story).await;
    kafka.set_disk(4, 1).expect("a disk");
    until_stalled(&story, &id).await;
    assert_eq!(on_the_move(&kafka).await, 0, "what was on the move has arrived");
    let intents = async || story.audit(&id).await.into_iter().filter(|what| what == "intent").count();
    let before = intents().await;
    story.house().engine().work().await.expect("a turn");
    assert_eq!((story.operation(&id).await.state, intents().await), (State::Waiting, before), "nothing begins");
    kafka.set_disk(4, 1 << 44).expect("a disk");
    story.becomes(&id, State::Succeeded).await;
    assert!(intents().await > before);
}

/// It was paused for hours: what the next batch needs is looked at before it begins, though nothing was on the move.
#[tokio::test]
async fn after_a_resume_the_next_batch_waits_for_room_too() {
    let (story, kafka) = scene().await;
    let id = quick(&story).await;
    says(&story, "alice", format!("/pause operation:{id} reason:lunch")).await;
    story.becomes(&id, State::Paused).await;
    kafka.set_disk(4, 1).expect("a disk");
    let intents = async || story.audit(&id).await.into_iter().filter(|what| what == "intent").count();
    let before = intents().await;
    says(&story, "alice", format!("/resume operation:{id} reason:back")).await;
    until_stalled(&story, &id).await;
    assert_eq!((intents().await, on_the_move(&kafka).await), (before, 0), "nothing begins");
    kafka.set_disk(4, 1 << 44).expect("a disk");
    story.becomes(&id, State::Succeeded).await;
}
