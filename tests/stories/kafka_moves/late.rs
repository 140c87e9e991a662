//! An act of several calls that are answered slowly, each of them in time for itself.

use super::scene::{approved, becomes, scale_out, small};
use engine::Permit;
use engine::port::{Clock, Journal};
use engine::{Entry, Outcome};
use interlock::approval::State;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use story::kafka_house::{Beside, KafkaPlot, lab, proxy};
use story::lab::MoveCluster;
use story::lab::proxy::{Fault, Recorded, Rule, Times, api};

/// Waits until so much or less is left of a permit.
async fn until_left(permit: &Permit, clock: &dyn Clock, span: Duration) {
    while let Some(left) = permit.left(clock.monotonic()).filter(|left| *left > span) {
        clock.sleep(left.saturating_sub(span)).await;
    }
}

/// Setting the throttle asks first who is alive. That answer comes late, and so does the first one on each connection for
/// changes: the settings would be sent when the permit has ended.
#[tokio::test]
async fn the_last_call_of_an_act_is_not_sent_after_the_permit() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let mut plot = KafkaPlot::moving_proxied(&cluster).await;
    plot.acts_within(Duration::from_secs(4));
    let client_id = plot.client_id().to_owned();
    // What was sent until a while after the permit's end.
    let sent: Arc<Mutex<Option<Vec<Recorded>>>> = Arc::default();
    let (client, noted) = (client_id.clone(), sent.clone());
    let beside: Beside = Arc::new(move |permit, clock| {
        let (client, noted) = (client.clone(), noted.clone());
        let alive = proxy().arm(Rule::next(&client, api::DESCRIBE_CLUSTER, Fault::HoldAnswer));
        let greeted = Rule::next(&client, api::API_VERSIONS, Fault::HoldAnswer).times(Times::All);
        let greeted = proxy().arm(greeted);
        Box::pin(async move {
            until_left(permit, clock, Duration::from_secs(2)).await;
            alive.disarm();
            until_left(permit, clock, Duration::ZERO).await;
            greeted.disarm();
            // Longer than a call would have had for itself.
            clock.sleep(Duration::from_secs(4)).await;
            *noted.lock().unwrap() = Some(proxy().changes(&client));
        })
    });
    plot.beside_first("kafka-set-configs", beside);
    let house = plot.build().await;
    let id = approved(&house, &scale_out("1MiB")).await;
    becomes(&house, &id, State::Succeeded).await;
    assert_eq!(sent.lock().unwrap().take().expect("it was disturbed"), [], "nothing left after the permit's end");
    let entries = house.story.house().rooms().store.entries(&id).await.unwrap();
    let first = entries.iter().find_map(|entry| match entry {
        Entry::Outcome { attempt: 1, outcome, .. } => Some(*outcome),
        _ => None,
    });
    assert_eq!(first, Some(Outcome::NotApplied));
    assert!(!proxy().changes(&client_id).is_empty(), "the next attempt is sent");
}
