//! The throttle of a running move is turned, and something goes wrong within that turn.

use super::owing::{approved, dies, rates};
use super::{Scene, comes_to, now, says, works};
use interlock::approval::State;
use interlock::cluster::kafka::{FOLLOWER_RATE, LEADER_RATE};
use interlock::id::OperationId;
use signalbox::house::House;
use simulated::ActFault;
use std::collections::BTreeMap;
use std::time::Duration;

const MIB: u64 = 1 << 20;
const MOVE: &str = "/scale-out cluster:orders-kafka brokers:4 topics:orders throttle:1MiB reason:growth";

fn both(rate: u64) -> String {
    format!("{rate}/{rate}")
}

/// A move whose throttle somebody asked to be doubled, and whose request for that was lost on the way.
async fn turning(scene: &Scene) -> (House, OperationId) {
    let house = scene.house().await;
    let id = approved(&house, MOVE).await;
    comes_to(&house, &id, State::Waiting).await;
    works(&house).await;
    assert_eq!(rates(&scene.kafka).await, (1..=4).map(|id| (id, both(MIB))).collect());
    says(&house, "alice", &format!("/throttle operation:{id} rate:2MiB")).await;
    scene.kafka.fail_next_act(ActFault::RequestLost).unwrap();
    let before = super::intents(&house, &id).await;
    for _ in 0..60 {
        if super::intents(&house, &id).await > before {
            return (house, id);
        }
        works(&house).await;
        scene.passes(Duration::from_secs(1)).await;
    }
    panic!("it was never turned");
}

/// The turn took effect on one broker only when it is stopped: the others stand at the rate from before the turn, and that is
/// the run's own, too.
#[tokio::test]
async fn a_turn_that_was_broken_off_is_put_back_on_all_brokers() {
    let scene = Scene::new();
    scene.kafka.set_broker_config(2, FOLLOWER_RATE, Some("777")).unwrap();
    let (house, id) = turning(&scene).await;
    for key in [LEADER_RATE, FOLLOWER_RATE] {
        scene.kafka.set_broker_config(1, key, Some(&(2 * MIB).to_string())).unwrap();
    }
    says(&house, "alice", &format!("/stop operation:{id} reason:enough")).await;
    comes_to(&house, &id, State::Stopped).await;
    assert_eq!(rates(&scene.kafka).await, BTreeMap::from([(2, "-/777".to_owned())]));
}

/// What somebody else made of one of them meanwhile is still theirs.
#[tokio::test]
async fn what_somebody_else_set_within_a_turn_is_left_to_them() {
    let scene = Scene::new();
    let (house, id) = turning(&scene).await;
    scene.kafka.set_broker_config(1, FOLLOWER_RATE, Some("31")).unwrap();
    says(&house, "alice", &format!("/stop operation:{id} reason:enough")).await;
    comes_to(&house, &id, State::Stopped).await;
    assert_eq!(
        rates(&scene.kafka).await,
        BTreeMap::from([(1, "-/31".to_owned())]),
        "nothing else is kept, on no broker"
    );
}

/// A broker dies within a turn: the turn is not waited for until that one returns.
#[tokio::test]
async fn a_broker_that_dies_within_a_turn_keeps_no_other_waiting() {
    let scene = Scene::new();
    let (house, id) = turning(&scene).await;
    dies(&scene, 4).await;
    let turned: BTreeMap<i32, String> = (1..=3).map(|id| (id, both(2 * MIB))).collect();
    for _ in 0..120 {
        if rates(&scene.kafka).await == turned {
            break;
        }
        works(&house).await;
        scene.passes(Duration::from_secs(1)).await;
    }
    assert_eq!(rates(&scene.kafka).await, turned, "those that are alive");
    assert_eq!(now(&house, &id).await.state, State::Waiting);
    scene.kafka.start_broker(4).unwrap();
    for _ in 0..120 {
        if rates(&scene.kafka).await.get(&4) == Some(&both(2 * MIB)) {
            break;
        }
        works(&house).await;
        scene.passes(Duration::from_secs(1)).await;
    }
    assert_eq!(rates(&scene.kafka).await.get(&4), Some(&both(2 * MIB)), "once it is back");
    says(&house, "alice", &format!("/stop operation:{id} reason:enough")).await;
    comes_to(&house, &id, State::Stopped).await;
    assert_eq!(rates(&scene.kafka).await, BTreeMap::new());
}
