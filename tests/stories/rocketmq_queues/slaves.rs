//! Slaves that have other settings than their masters: looked at, named, and never written to.

use super::scene::{LOOK, Scene, broker, says, topic};
use interlock::cluster::rocketmq::Perm;
use interlock::facts::Fact;
use interlock::looks::{Grade, LookAnswer, Phrase, Report};
use signalbox::desk::Done;
use signalbox::house::House;
use std::time::Duration;

/// A slave of 5.x takes over its master's settings so often.
const SYNC: Duration = Duration::from_secs(60);

async fn looks(house: &House, line: &str) -> Report {
    match says(house, "alice", &format!("{line} cluster:lab-rocketmq")).await {
        Done::Looked(answer) => match *answer {
            LookAnswer::Report(report) => report,
            other => panic!("no report: {other:?}"),
        },
        other => panic!("{line}: {other:?}"),
    }
}

fn line<'r>(report: &'r Report, id: &str) -> Option<&'r Phrase> {
    report.lines.iter().find(|line| line.id == id)
}

#[tokio::test]
async fn what_is_set_at_a_slave_is_named_until_it_synchronizes() {
    let scene = Scene::new();
    let house = scene.house().await;
    assert!(line(&looks(&house, "/topic topic:orders").await, "copy-differs").is_none());
    scene.shop.update_topic((&broker('a'), 1), &topic(), (8, 2, Perm::READ_WRITE)).unwrap();
    assert_eq!(scene.queues().await, ["8/8", "8/8"], "the masters have what they had");

    let report = looks(&house, "/topic topic:orders").await;
    let told = &line(&report, "copy-differs").expect("the slave").facts;
    let told = ["broker", "process", "found", "expected"].map(|fact| told.get(fact).cloned());
    let wanted = [Fact::from("broker-a"), Fact::Count(1), Fact::from("8/2 RW-"), Fact::from("8/8 RW-")];
    assert_eq!(told, wanted.map(Some));
    let health = looks(&house, "/health").await;
    let topics = line(&health, "copies-differ").and_then(|line| line.facts.get("topics")).cloned();
    assert_eq!(topics, Some(Fact::from(vec!["orders".to_owned()])));
    assert_eq!(health.grade, Some(Grade::Healthy), "it may only be late");

    scene.clock.advance(SYNC);
    assert!(line(&looks(&house, "/topic topic:orders").await, "copy-differs").is_none());
    assert!(line(&looks(&house, "/health").await, "copies-differ").is_none());
}

/// A slave that is gone has nothing to be compared.
#[tokio::test]
async fn a_slave_that_is_gone_is_not_compared() {
    let scene = Scene::new();
    let house = scene.house().await;
    scene.shop.update_topic((&broker('a'), 1), &topic(), (8, 2, Perm::READ_WRITE)).unwrap();
    scene.shop.process_dies(&broker('a'), 1, true).unwrap();
    scene.clock.advance(LOOK);
    let report = looks(&house, "/topic topic:orders").await;
    assert!(report.lines.iter().all(|line| !line.id.starts_with("copy")), "{:?}", report.lines);
}
