//! A move planned on a snapshot of the real cluster.

use super::super::command_line::Home;
use super::super::offline::{opened, plans, taken};
use super::scene::{at, moves, scale_out, small};
use interlock::plan::{Plan, ReplicaMove};
use signalbox::desk::Done;
use std::collections::BTreeMap;
use story::kafka_house::{CLUSTER, KafkaPlot, lab};
use story::lab::MoveCluster;
use tempfile::TempDir;

/// Without the log directories: which of two has more room changes with every byte that anybody writes there.
fn placed(plan: &Plan) -> Vec<ReplicaMove> {
    moves(plan).into_iter().map(|one| ReplicaMove { dirs: BTreeMap::new(), ..one }).collect()
}

#[tokio::test]
async fn a_move_on_a_snapshot_of_real_kafka_is_the_one_that_the_bot_planned() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let line = scale_out("1MiB");
    let Done::DryRun(bot) = house.story.person("alice").runs(&format!("{line} dry-run:true")).await else {
        panic!("it is not planned")
    };
    let bootstrap: Vec<&str> = cluster.bootstrap().split(',').collect();
    let home = Home::new(&format!(
        "[[cluster]]\nname = \"{CLUSTER}\"\nkind = \"kafka\"\ntier = \"production\"\nbootstrap = {bootstrap:?}\n"
    ));
    let folder = TempDir::new().unwrap();
    let file = taken(&home, &folder, (CLUSTER, &line)).await;

    // The cluster goes on, the snapshot does not.
    let planned = placed(bot.plan());
    let one = planned.first().expect("a move");
    let other: Vec<i32> = one.from.0.iter().copied().rev().collect();
    cluster.judge().reassign(&at(one.partition), Some(&other)).await.expect("another order");
    let plan = opened(&plans(&home, &line, &file, true).await.unwrap());
    assert_eq!((placed(&plan), &plan.identity), (planned, &bot.plan().identity));
    assert_eq!(plan.impact.facts.get("bound"), bot.plan().impact.facts.get("bound"));
}
