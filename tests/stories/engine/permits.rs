//! A permit ends: a process that stood still between the intent and the act sends nothing any more.

use super::{RESET, Scene, comes_to, entries, intents, plans, votes};
use engine::port::Clock;
use engine::{Entry, Outcome};
use interlock::approval::State;
use std::time::Duration;
use story::crash::{Deed, Point, Points, Settled};

/// So much time passes at each of these points: how many acts came, under which intents, and what is noted of the first.
async fn stood_still(spans: &[(Point, Duration)]) -> (usize, Outcome) {
    let scene = Scene::new();
    let stands = |span: Duration| -> Deed {
        let clock = scene.clock.clone();
        Box::new(move || {
            let clock = clock.clone();
            Box::pin(async move { clock.sleep(span).await })
        })
    };
    let deeds = spans.iter().map(|(point, span)| (point.clone(), stands(*span))).collect();
    let settled = Settled::honest(scene.clock.clone(), Points::all(deeds));
    let house = scene.ground.house(settled).await;
    let id = plans(&house, RESET).await;
    votes(&house, "bob", &id).await;
    comes_to(&house, &id, State::Succeeded).await;
    assert_eq!(scene.kafka.acts().unwrap().len(), 1, "one act, whenever it was sent");
    let entries = entries(&house, &id).await;
    let outcome = entries.iter().find_map(|entry| match entry {
        Entry::Outcome { attempt: 1, outcome, .. } => Some(*outcome),
        _ => None,
    });
    (intents(&house, &id).await, outcome.expect("an outcome"))
}

#[tokio::test]
async fn after_its_end_nothing_is_sent_and_before_it_it_is() {
    let before_act = |span| [(Point::before("act", 1), span)];
    assert_eq!(stood_still(&before_act(Duration::from_millis(7_900))).await, (1, Outcome::Done));
    assert_eq!(stood_still(&before_act(Duration::from_secs(8))).await, (2, Outcome::NotApplied));
}

/// The lease has to be renewed for the act, and the process stands still within that: what it learned then is as old as its
/// question, and so is the permit.
#[tokio::test]
async fn a_permit_counts_from_before_the_look_at_the_lease() {
    let standing_still = |before_act| {
        [
            (Point::after("write intent", 1), Duration::from_secs(8)),
            (Point::after("renew lease", 1), Duration::from_millis(6_900)),
            (Point::before("act", 1), before_act),
        ]
    };
    assert_eq!(stood_still(&standing_still(Duration::from_secs(1))).await, (1, Outcome::Done));
    assert_eq!(stood_still(&standing_still(Duration::from_millis(1_200))).await, (2, Outcome::NotApplied));
}
