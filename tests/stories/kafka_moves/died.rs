//! Brokers that die while replicas move.

use super::scene::{
    TOPIC, approved, assignment, becomes, filled, moves, scale_out, small, throttles, under_way, until,
};
use interlock::approval::State;
use std::collections::BTreeMap;
use story::kafka_house::{KafkaPlot, lab};
use story::lab::MoveCluster;
use story::traffic::{Load, Reader, Verdict, judge};

/// The target dies and comes back, then the active controller, which leads some of what moves. Nobody who writes or reads
/// loses anything, and the moves end as planned.
#[tokio::test]
async fn the_target_and_the_controller_die_while_it_runs_and_nothing_is_lost() {
    let cluster = MoveCluster::alone(lab()).await;
    let filled = filled(&cluster).await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let reader = Reader::start(cluster.bootstrap(), TOPIC);
    let traffic = Load::named("live").per_second(20).record_bytes(500).start(cluster.bootstrap(), TOPIC);
    traffic.flows(20).await;
    let id = approved(&house, &scale_out("600KiB")).await;
    let planned = moves(house.story.plan(&id).await.plan());
    becomes(&house, &id, State::Waiting).await;
    cluster.kill_broker(4).await;
    cluster.until_dead(4).await;
    cluster.start_broker(4).await;
    let killed = cluster.change_controller().await;
    cluster.until_dead(killed).await;
    cluster.start_broker(killed).await;
    becomes(&house, &id, State::Succeeded).await;
    cluster.whole().await;
    let after = assignment(&cluster).await;
    for one in &planned {
        assert_eq!(after[&one.partition], one.to.0, "replicas equal the plan, in order");
    }
    assert_eq!(throttles(&cluster).await, BTreeMap::new());
    let sent = filled.and(&traffic.stop().await);
    assert_eq!(sent.unacknowledged(), 0);
    assert_eq!(judge(&sent, &reader.finish().await), Verdict::default());
}

/// Called off, the partition would be without a leader if the copy were all that is left; so it goes on until the replica
/// from before is back.
#[tokio::test]
async fn a_move_is_not_called_off_while_a_replica_from_before_is_dead() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let first = assignment(&cluster).await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let (id, one) = under_way(&house).await;
    let dead = *one.from.0.last().expect("a replica");
    cluster.kill_broker(dead).await;
    cluster.until_dead(dead).await;
    house.story.person("alice").runs(&format!("/stop operation:{id} reason:because")).await;
    becomes(&house, &id, State::Stopping).await;
    until("it has looked what can be turned round", async || {
        let seen = house.story.operation(&id).await;
        seen.next_at > seen.updated_at
    })
    .await;
    let listed = cluster.judge().reassignments().await.expect("the moves");
    assert_eq!(listed.len(), 1, "{listed:?}");
    assert_eq!(house.story.operation(&id).await.state, State::Stopping);
    cluster.start_broker(dead).await;
    becomes(&house, &id, State::Stopped).await;
    cluster.whole().await;
    assert_eq!(assignment(&cluster).await, first, "order included");
    assert_eq!(throttles(&cluster).await, BTreeMap::new());
}
