//! The program itself, stopped by the system (SIGSTOP) between two calls of one act, while another process takes over.

use super::super::kafka_stopped::{Acting, Acts, Two};
use super::scene::{assignment, scale_out, small, throttles};
use engine::Outcome;
use std::collections::BTreeMap;
use story::kafka_house::{lab, proxy};
use story::lab::MoveCluster;
use story::lab::proxy::{Recorded, api};

/// A small move by the program. Its first act, setting the throttle, is of two calls: it asks which brokers live, then it
/// sets. It is stopped or not where it waits for the answer to the first one. What came of each act.
async fn moved(acts: Acts, goes_on: impl AsyncFn(&Two, Acting) -> Vec<Recorded>) -> Vec<Outcome> {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let bootstrap = proxy().move_bootstrap().expect("it listens");
    let two = Two::behind_proxy(bootstrap, cluster.controllers(), acts).await;
    let acting = two.acting(&format!("{} reason:test", scale_out("1MiB")), api::DESCRIBE_CLUSTER).await;
    let id = acting.id.clone();
    let sent = goes_on(&two, acting).await;
    let first = sent.first().map(|one| one.api);
    assert_eq!(first, Some(api::INCREMENTAL_ALTER_CONFIGS), "the throttle comes before the move");
    assert!(sent.iter().any(|one| one.api == api::ALTER_PARTITION_REASSIGNMENTS));
    let replicas = assignment(&cluster).await;
    assert!(replicas.values().any(|replicas| replicas.contains(&4)), "it moved: {replicas:?}");
    assert_eq!(throttles(&cluster).await, BTreeMap::new(), "no throttle is left behind");
    two.outcomes(&id).await
}

/// When it goes on the answer has come, but its time is over; another process has set the throttle meanwhile, moved
/// everything, and put the throttle back.
#[tokio::test]
async fn a_process_that_is_stopped_between_two_calls_of_an_act_does_not_make_the_second() {
    let outcomes = moved(Acts::Short, Two::stopped_and_continued).await;
    assert_eq!(outcomes.first(), Some(&Outcome::NotApplied), "{outcomes:?}");
}

/// Control: one that goes on in time makes it.
#[tokio::test]
async fn a_process_that_goes_on_in_time_makes_the_second_call_of_its_act() {
    let outcomes = moved(Acts::Long, Two::stopped_and_continued_in_time).await;
    assert_eq!(outcomes.first(), Some(&Outcome::Done), "{outcomes:?}");
}
