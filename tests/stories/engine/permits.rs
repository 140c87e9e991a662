//! A permit ends: a process that stood still between the intent and the act sends nothing any more.

use super::{RESET, Scene, comes_to, entries, intents, plans, votes};
use engine::port::Clock;
use engine::{Entry, Outcome};
use interlock::approval::State;
use std::time::Duration;
use story::crash::{Deed, Point, Points, Settled};

/// So much time passes right before the first act: how many acts came, under which intents, and what is noted of the first.
async fn stood_still(span: Duration) -> (usize, Outcome) {
    let scene = Scene::new();
    let clock = scene.clock.clone();
    let stands: Deed = Box::new(move || {
        let clock = clock.clone();
        Box::pin(async move { clock.sleep(span).await })
    });
    let settled = Settled::honest(scene.clock.clone(), Points::at(Point::before("act", 1), stands));
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
    assert_eq!(stood_still(Duration::from_millis(7_900)).await, (1, Outcome::Done));
    assert_eq!(stood_still(Duration::from_secs(8)).await, (2, Outcome::NotApplied));
}
