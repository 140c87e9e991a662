//! What people do to a move on its way, as Kafka's AdminClient sees it on the broker that gets replicas.

use super::scene::{becomes, small, throttles, under_way, unthrottled, until};
use interlock::approval::State;
use interlock::cluster::kafka::{FOLLOWER_RATE, LEADER_RATE};
use signalbox::desk::Done;
use story::kafka_house::{KafkaPlot, lab};
use story::lab::MoveCluster;

/// Half of what was planned, and the slowest that the plan allows.
const ASKED: &str = "3072";
const SLOWEST: &str = "614";

#[tokio::test]
async fn it_is_turned_paused_and_resumed_and_nothing_of_it_stays() {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let (id, _) = under_way(&house).await;
    let says = async |line: &str| match house.story.person("alice").runs(line).await {
        Done::Controlled { what, .. } => what,
        other => panic!("{line}: {other:?}"),
    };
    let stands = async |value: &str| {
        let set = cluster.judge().configs("broker", "4").await.expect("its settings");
        [FOLLOWER_RATE, LEADER_RATE].iter().all(|key| set.get(*key).is_some_and(|found| found == value))
    };
    assert_eq!(says(&format!("/throttle operation:{id} rate:3KiB reason:morning")).await, "throttle-asked");
    until("it is as slow as was asked", async || stands(ASKED).await).await;
    assert_eq!(says(&format!("/pause operation:{id} reason:\"writes are slow\"")).await, "pause-asked");
    until("what is on the move is as slow as can be", async || stands(SLOWEST).await).await;
    assert_eq!(house.story.operation(&id).await.state, State::Pausing, "it pauses when that has arrived");
    assert_eq!(cluster.judge().reassignments().await.expect("the moves").len(), 1);
    assert_eq!(says(&format!("/resume operation:{id} reason:calm")).await, "resumed");
    until("it goes on as was asked", async || stands(ASKED).await).await;
    unthrottled(&cluster).await;
    becomes(&house, &id, State::Succeeded).await;
    cluster.whole().await;
    assert!(throttles(&cluster).await.is_empty());
}
