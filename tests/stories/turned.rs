//! A throttle that was turned while a move ran, when the move ends where nobody can put it back: its way back knows it.

use interlock::approval::State;
use interlock::cluster::kafka::{FOLLOWER_RATE, KafkaAnswer, KafkaQuery, LEADER_RATE};
use interlock::cluster::{Answer, Query, Section};
use interlock::id::{ClusterName, OperationId};
use interlock::plan::{Action, KafkaAction, ReplicaMove, Work};
use signalbox::desk::Done;
use simulated::SimulatedKafka;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use story::Story;

/// Does not end by itself while a story lasts.
const SLOW: &str = "/scale-out cluster:orders-kafka brokers:4 topics:payments throttle:4MiB";
/// Neither what was planned nor an edge of it.
const TURNED: &str = "3145728";

/// What followers may copy, by broker.
async fn rates(kafka: &SimulatedKafka) -> BTreeSet<Option<String>> {
    use engine::port::Observe;
    let query = Query::Kafka(KafkaQuery::Replication);
    let sections = kafka.observe(&BTreeSet::from([query.clone()])).await;
    let Section::Seen(seen) = sections.get(&query) else { panic!("not seen") };
    let Answer::Kafka(KafkaAnswer::Replication(found)) = &seen.value else { panic!("another answer") };
    found.brokers.iter().map(|one| one.follower_rate.clone()).collect()
}

async fn first_move(story: &Story, id: &OperationId) -> ReplicaMove {
    let plan = story.plan(id).await;
    let moves = plan.plan().steps.iter().find_map(|step| match &step.work {
        Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => moves.first().cloned(),
        _ => None,
    });
    moves.expect("it moves something")
}

/// Stuck with its throttle turned: somebody else sent a partition back.
async fn stuck(story: &Story, kafka: &SimulatedKafka) -> OperationId {
    let id = story.person("alice").plans(SLOW).await;
    for who in ["bob", "carol"] {
        story.person(who).approves(&id).await;
    }
    story.becomes(&id, State::Waiting).await;
    let told = story.person("alice").runs(&format!("/throttle operation:{id} rate:3MiB reason:because")).await;
    assert!(matches!(told, Done::Controlled { what: "throttle-asked", .. }), "{told:?}");
    let began = Instant::now();
    while rates(kafka).await != BTreeSet::from([Some(TURNED.to_owned())]) {
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}", rates(kafka).await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let one = first_move(story, &id).await;
    // Where it came from, in another order: nothing is to be copied, so nothing is under way any more.
    let elsewhere: Vec<i32> = one.from.0.iter().copied().rev().collect();
    kafka.foreign_reassign(&one.topic, one.partition, &elsewhere).expect("an override");
    story.becomes(&id, State::Stuck).await;
    id
}

#[tokio::test]
async fn the_way_back_takes_back_what_the_throttle_was_turned_to() {
    let (story, fleet) = Story::on_simulated().await;
    let name: ClusterName = simulated::demo::PRODUCTION.parse().expect("a cluster's name");
    let kafka = fleet.kafka(&name);
    kafka.add_broker(4, Some("az-d")).expect("a new broker");
    let id = stuck(&story, &kafka).await;
    let back = story.person("alice").plans(&format!("/rollback operation:{id}")).await;
    let plan = story.plan(&back).await;
    let changes = plan.plan().restore.iter().filter_map(|action| match action {
        Action::Kafka(KafkaAction::SetConfigs { changes }) => Some(changes),
        _ => None,
    });
    let rates: Vec<_> =
        changes.flatten().filter(|one| [FOLLOWER_RATE, LEADER_RATE].contains(&one.key.as_str())).collect();
    assert!(!rates.is_empty());
    let left: Vec<_> = rates.iter().filter(|one| one.to.is_some()).collect();
    assert!(left.is_empty(), "it would leave what was turned to, as if somebody else had set it: {left:?}");
}
