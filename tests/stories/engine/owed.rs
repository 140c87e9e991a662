//! What is owed because its broker is dead, as time goes by.

use super::{Scene, comes_to, ends, now, plans, says, tells, votes, works};
use interlock::approval::State;
use interlock::cluster::kafka::Controllers;
use interlock::id::OperationId;
use signalbox::house::House;
use std::time::Duration;
use story::crash::PaperChat;

/// At this throttle it takes long enough to be stopped.
const MOVE: &str = "/scale-out cluster:orders-kafka brokers:4 topics:orders throttle:64KiB reason:more";
const HOUR: Duration = Duration::from_secs(3_600);

/// A move that was stopped while its target is dead.
async fn owing(scene: &Scene, house: &House) -> OperationId {
    scene.kafka.set_controllers(Controllers::NotGiven).unwrap();
    let id = plans(house, MOVE).await;
    for who in ["bob", "carol"] {
        votes(house, who, &id).await;
    }
    comes_to(house, &id, State::Waiting).await;
    scene.kafka.kill_broker(4).unwrap();
    scene.passes(Duration::from_secs(10)).await;
    says(house, "alice", &format!("/stop operation:{id} reason:because")).await;
    comes_to(house, &id, State::Stopped).await;
    assert!(now(house, &id).await.owes());
    id
}

/// How often people were called: what calls them begins with where the operation stands.
fn calls(scene: &Scene) -> usize {
    let posted = PaperChat::posted(&scene.ground.chat_file());
    posted.iter().filter(|line| line.starts_with("Stopped: ")).count()
}

async fn goes_by(scene: &Scene, house: &House, span: Duration) {
    for _ in 0..10 {
        scene.passes(span / 10).await;
        works(house).await;
        tells(house).await;
    }
}

#[tokio::test]
async fn people_are_called_once_when_a_broker_has_been_away_for_a_day() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = owing(&scene, &house).await;
    tells(&house).await;
    assert_eq!(calls(&scene), 1, "because it was stopped");
    goes_by(&scene, &house, HOUR * 23).await;
    assert_eq!(calls(&scene), 1, "not yet a day");
    goes_by(&scene, &house, HOUR * 2).await;
    assert_eq!(calls(&scene), 2);
    goes_by(&scene, &house, HOUR * 48).await;
    ends(house).await;
    let house = scene.house().await;
    goes_by(&scene, &house, HOUR * 24).await;
    assert_eq!(calls(&scene), 2, "once, also across a restart");
    scene.kafka.start_broker(4).unwrap();
    goes_by(&scene, &house, HOUR).await;
    assert!(!now(&house, &id).await.owes(), "it is put back when the broker returns");
}
