//! Through the controllers' own listeners: the cluster, the quorum, and brokers that are dead.

use super::{RATES, changes, cluster, of_brokers, of_controllers, set};
use crate::lab::MoveCluster;
use kafka_admin::{Client, ConfigOp, ConfigResource, Error, ErrorCode};
use std::time::Duration;

const DEAD: ConfigResource = ConfigResource::Broker(4);

async fn alter(client: &Client, op: ConfigOp) -> Result<(), Error> {
    let changes = changes(DEAD, &[(RATES[0], op.clone()), (RATES[1], op)]);
    client.incremental_alter_configs(&changes, false).await.remove(&DEAD).unwrap()
}

async fn dead_broker() -> MoveCluster {
    let cluster = cluster().await;
    cluster.kill_broker(4).await;
    cluster.until_dead(4).await;
    cluster
}

#[tokio::test]
async fn the_controllers_say_who_they_are_and_brokers_where_they_listen() {
    let cluster = cluster().await;
    let (brokers, controllers) = (of_brokers(&cluster).await, of_controllers(&cluster).await);
    let (by_brokers, by_controllers) =
        (brokers.describe_cluster().await.unwrap(), controllers.describe_cluster().await.unwrap());
    assert_eq!(by_brokers.id, by_controllers.id);
    let ids = |found: &kafka_admin::Cluster| found.brokers.iter().map(|one| one.id).collect::<Vec<_>>();
    assert_eq!((ids(&by_brokers), ids(&by_controllers)), (vec![1, 2, 3, 4], vec![1, 2, 3]));
    assert_eq!(by_controllers.controller, Some(cluster.active_controller().await));
    let racks: Vec<_> = by_brokers.brokers.iter().map(|broker| broker.rack.clone().unwrap()).collect();
    assert_eq!(racks, ["r1", "r2", "r3", "r4"]);
    for client in [&brokers, &controllers] {
        let quorum = client.describe_quorum().await.unwrap();
        assert_eq!(quorum.leader, by_controllers.controller);
        let listening: Vec<String> = quorum.nodes.iter().map(|node| node.listeners["CONTROLLER"].to_string()).collect();
        assert_eq!(listening.join(","), cluster.controllers());
    }
    let unknown = controllers.topics(&["t".to_owned()]).await;
    assert!(matches!(unknown, Err(Error::Unsupported { .. })), "{unknown:?}");
}

#[tokio::test]
async fn a_dead_broker_is_known_and_its_throttle_goes_through_the_controllers_only() {
    let cluster = dead_broker().await;
    let brokers = of_brokers(&cluster).await;
    let seen = brokers.describe_cluster().await.unwrap();
    assert_eq!(seen.fenced.unwrap().iter().map(|one| one.id).collect::<Vec<_>>(), [4]);
    assert_eq!(seen.brokers.len(), 3);

    let by_itself = alter(&brokers.within(Duration::from_secs(3)), set("1000")).await.unwrap_err();
    assert!(by_itself.is_known_not_applied(), "{by_itself}");
    let controllers = of_controllers(&cluster).await;
    alter(&controllers, set("1000")).await.unwrap();
    let read = controllers.describe_configs(&[DEAD], None).await.remove(&DEAD).unwrap();
    assert_eq!(read.unwrap_err().code(), Some(ErrorCode::INVALID_REQUEST));

    cluster.start_broker(4).await;
    cluster.whole().await;
    let rates = cluster.judge().configs("broker", "4").await.unwrap();
    assert_eq!(RATES.map(|key| rates[key].as_str()), ["1000", "1000"]);
    alter(&controllers, ConfigOp::Delete).await.unwrap();
    super::until(async || cluster.judge().configs("broker", "4").await.unwrap().is_empty()).await;
}

#[tokio::test]
async fn a_broker_that_never_was_is_refused_by_the_controllers() {
    let cluster = cluster().await;
    let nobody = ConfigResource::Broker(99);
    let changes = changes(nobody.clone(), &[(RATES[0], set("1"))]);
    let refused = of_controllers(&cluster).await.incremental_alter_configs(&changes, false).await;
    assert_eq!(refused[&nobody].clone().unwrap_err().code(), Some(ErrorCode::BROKER_ID_NOT_REGISTERED));
}

#[tokio::test]
async fn another_controller_is_found_when_the_active_one_dies() {
    let cluster = cluster().await;
    let controllers = of_controllers(&cluster).await;
    alter(&controllers, set("1000")).await.unwrap();
    let killed = cluster.change_controller().await;
    alter(&controllers, set("2000")).await.unwrap();
    // Brokers learn of it a moment later.
    super::until(async || cluster.judge().configs("broker", "4").await.unwrap()[RATES[0]] == "2000").await;
    assert_ne!(controllers.describe_cluster().await.unwrap().controller, Some(killed));
}
