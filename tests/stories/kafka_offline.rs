//! `signalbox snapshot` of a real cluster, and the planner on it when that cluster has gone on.

use super::command_line::Home;
use super::offline::{opened, plans, taken};
use signalbox::desk::Done;
use story::kafka_house::{CLUSTER, KafkaPlot, Place, lab, planned};
use tempfile::TempDir;

const FIRST: i64 = 1_732_089_600_000;

fn home() -> Home {
    let bootstrap: Vec<&str> = lab().kafka_bootstrap().split(',').collect();
    Home::new(&format!(
        "[[cluster]]\nname = \"{CLUSTER}\"\nkind = \"kafka\"\ntier = \"production\"\nbootstrap = {bootstrap:?}\n"
    ))
}

#[tokio::test]
async fn a_plan_on_a_snapshot_of_real_kafka_is_the_one_that_the_bot_made() {
    let house = KafkaPlot::direct().await.build().await;
    let (place, home, folder) = (Place::unique(), home(), TempDir::new().unwrap());
    house.topic(&place, &[100, 50, 0], FIRST).await;
    let mut first = place.commit(0, 40);
    first.leader_epoch = Some(0);
    first.metadata = "checkpoint 7".to_owned();
    house.commits(&place, &[first, place.commit(1, 12)]).await;
    let before = house.committed(&place).await;
    let mut made = Vec::new();
    for to in ["earliest", "2024-11-20T08:05:00Z", "shift:-5"] {
        let line = place.reset(to);
        let Done::DryRun(plan) = house.story.person("alice").runs(&format!("{line} dry-run:true")).await else {
            panic!("{line} is not planned")
        };
        made.push((taken(&home, &folder, (CLUSTER, &line)).await, line, plan));
    }
    assert_eq!(house.committed(&place).await, before, "a snapshot touches nothing");

    house.commits(&place, &[place.commit(0, 99), place.commit(2, 0)]).await;
    for (file, line, bot) in made {
        let plan = opened(&plans(&home, &line, &file, true).await.unwrap());
        assert!(!planned(&plan).is_empty(), "{line}");
        assert_eq!((&plan.steps, &plan.identity), (&bot.plan().steps, &bot.plan().identity), "{line}");
        assert_eq!((&plan.expectations, &plan.impact), (&bot.plan().expectations, &bot.plan().impact), "{line}");
    }
    assert_eq!(house.committed(&place).await.len(), 3, "nor does a plan on it");
}
