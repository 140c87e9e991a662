//! The program itself, stopped by the system inside of an act of several calls.

use super::super::kafka_stopped::{Acts, Two};
use super::scene::{assignment, scale_out, small, throttles};
use std::collections::BTreeMap;
use story::kafka_house::{lab, proxy};
use story::lab::MoveCluster;
use story::lab::proxy::api;

/// Setting the throttle asks first who is alive. The process is stopped there; when it goes on the answer has come, but its
/// time is over, and another process has long set the throttle, moved everything and put the throttle back.
#[tokio::test]
async fn a_process_that_is_stopped_between_two_calls_of_an_act_does_not_make_the_second() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let two =
        Two::behind_proxy(proxy().move_bootstrap().expect("it listens"), cluster.controllers(), Acts::Short).await;
    let line = format!("{} reason:test", scale_out("1MiB"));
    let acting = two.acting(&line, api::DESCRIBE_CLUSTER).await;
    let sent = two.stopped_and_continued(acting).await;
    let settings = sent.iter().filter(|one| one.api == api::INCREMENTAL_ALTER_CONFIGS).count();
    assert!(settings > 0, "the second process sets the throttle: {sent:?}");
    assert_eq!(throttles(&cluster).await, BTreeMap::new(), "and nobody leaves one behind");
    let moved = assignment(&cluster).await;
    assert!(moved.values().any(|replicas| replicas.contains(&4)), "{moved:?}");
}
