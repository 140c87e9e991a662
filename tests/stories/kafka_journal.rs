//! Each kind of action that a reset can hold (those of a move: `kafka_moves/journal.rs`), on real Kafka × what can happen
//! between the intent and its outcome. The end is the same, and the proxy has seen each action once for each intent.

use interlock::approval::State;
use interlock::id::OperationId;
use std::time::{Duration, Instant};
use story::kafka_house::{KafkaHouse, KafkaPlot, Place, proxy};
use story::lab::judge::Committed;
use story::lab::proxy::{Fate, Fault, Rule, api};

const FIRST: i64 = 1_732_089_600_000;
const LIMIT: Duration = Duration::from_secs(120);

/// The two kinds of action that a reset can hold.
#[derive(Clone, Copy, Debug)]
enum Kind {
    /// The reset itself.
    Commit,
    /// The way back of a commit where there was none.
    Delete,
}

/// What happens to the first request.
#[derive(Clone, Copy, Debug)]
enum Point {
    /// It is lost on its way.
    RequestLost,
    /// It is applied, its answer is lost.
    AnswerLost,
    /// The process ends after the intent; the request never leaves.
    EndsBeforeApplied,
    /// The process ends after the act, before the outcome is written.
    EndsAfterApplied,
}

struct Scene {
    house: KafkaHouse,
    place: Place,
    before: Vec<Committed>,
    /// Awaits its approval.
    id: OperationId,
    approver: &'static str,
    expected: Vec<Committed>,
}

/// An operation of the kind that waits for approval, behind the proxy.
async fn scene(kind: Kind) -> Scene {
    let mut plot = KafkaPlot::proxied().await;
    // Long enough that an act which nobody disturbs is in time on a busy machine.
    plot.acts_within(Duration::from_secs(8));
    let house = plot.build().await;
    let place = Place::unique();
    house.topic(&place, &[10, 10], FIRST).await;
    house.commits(&place, &[place.commit(0, 4)]).await;
    let saved = house.committed(&place).await;
    let reset = house.story.person("alice").plans(&place.reset("latest partitions:1")).await;
    let set = vec![saved[0].clone(), place.commit(1, 10)];
    let (id, approver, before, expected) = match kind {
        Kind::Commit => (reset, "bob", saved, set),
        Kind::Delete => {
            house.approved(&reset).await;
            let back = house.story.person("alice").plans(&format!("/rollback operation:{reset}")).await;
            proxy().forget(&house.client_id);
            (back, "alice", house.committed(&place).await, saved)
        }
    };
    Scene { house, place, before, id, approver, expected }
}

async fn survives(kind: Kind, point: Point) {
    let Scene { mut house, place, before, id, approver, expected } = scene(kind).await;
    let request = match kind {
        Kind::Commit => api::OFFSET_COMMIT,
        Kind::Delete => api::OFFSET_DELETE,
    };
    let fault = match point {
        Point::RequestLost => Fault::DropRequest,
        Point::AnswerLost => Fault::LoseAnswer,
        Point::EndsBeforeApplied => Fault::HoldRequest,
        Point::EndsAfterApplied => Fault::HoldAnswer,
    };
    let armed = proxy().arm(Rule::next(&house.client_id, request, fault));
    house.story.person(approver).approves(&id).await;
    assert!(armed.meets(1, LIMIT).await, "{kind:?} {point:?}: the request never came");
    match point {
        Point::RequestLost | Point::AnswerLost => {}
        Point::EndsBeforeApplied => {
            assert_eq!(house.committed(&place).await, before, "it is held");
            house = reborn(house);
        }
        Point::EndsAfterApplied => {
            until(&house, &place, &expected).await;
            house = reborn(house);
        }
    }
    house.story.becomes(&id, State::Succeeded).await;
    assert_eq!(house.committed(&place).await, expected, "{kind:?} {point:?}");
    let sent: Vec<_> = proxy().changes(&house.client_id).iter().map(|one| (one.api, one.fate)).collect();
    let seen = match point {
        Point::RequestLost => vec![(request, Fate::Dropped), (request, Fate::Answered)],
        Point::AnswerLost => vec![(request, Fate::AnswerLost)],
        Point::EndsBeforeApplied => vec![(request, Fate::Sent), (request, Fate::Answered)],
        Point::EndsAfterApplied => vec![(request, Fate::Sent)],
    };
    assert_eq!(sent, seen, "{kind:?} {point:?}");
    assert_eq!(house.intents(&id).await, sent.len(), "{kind:?} {point:?}: once an intent");
    house.story.audit(&id).await;
    // A client that ends resets its connections: what was held at the proxy dies with them.
    armed.disarm();
    assert_eq!(house.committed(&place).await, expected, "{kind:?} {point:?}: afterwards");
}

fn reborn(house: KafkaHouse) -> KafkaHouse {
    let KafkaHouse { story, judge, client_id, turn } = house;
    let story = story.reborn();
    KafkaHouse { story, judge, client_id, turn }
}

async fn until(house: &KafkaHouse, place: &Place, expected: &[Committed]) {
    let began = Instant::now();
    while house.committed(place).await != expected {
        assert!(began.elapsed() < LIMIT, "it is not applied");
    }
}

#[tokio::test]
async fn a_commit_whose_request_is_lost_is_sent_again() {
    survives(Kind::Commit, Point::RequestLost).await;
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_not_sent_again() {
    survives(Kind::Commit, Point::AnswerLost).await;
}

#[tokio::test]
async fn a_commit_that_was_only_intended_is_sent_by_the_next_process() {
    survives(Kind::Commit, Point::EndsBeforeApplied).await;
}

#[tokio::test]
async fn a_commit_that_was_applied_is_recognized_by_the_next_process() {
    survives(Kind::Commit, Point::EndsAfterApplied).await;
}

#[tokio::test]
async fn a_removal_whose_request_is_lost_is_sent_again() {
    survives(Kind::Delete, Point::RequestLost).await;
}

#[tokio::test]
async fn a_removal_whose_answer_is_lost_is_not_sent_again() {
    survives(Kind::Delete, Point::AnswerLost).await;
}

#[tokio::test]
async fn a_removal_that_was_only_intended_is_sent_by_the_next_process() {
    survives(Kind::Delete, Point::EndsBeforeApplied).await;
}

#[tokio::test]
async fn a_removal_that_was_applied_is_recognized_by_the_next_process() {
    survives(Kind::Delete, Point::EndsAfterApplied).await;
}
