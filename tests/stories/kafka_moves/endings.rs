//! What is sent to real brokers towards the end of a move, a calling off or an election, × what can happen between the intent
//! and its outcome. The end is the same, and the proxy has seen nothing twice that was applied.

use super::scene::{TOPIC, assignment, becomes, scale_out, small, throttles, under_way};
use interlock::approval::State;
use interlock::id::OperationId;
use std::collections::BTreeMap;
use std::time::Duration;
use story::kafka_house::{KafkaHouse, KafkaPlot, lab, proxy};
use story::lab::MoveCluster;
use story::lab::judge::TopicSpec;
use story::lab::proxy::{Fault, Rule, RuleHandle, api};
use story::traffic::Load;

const LIMIT: Duration = Duration::from_secs(300);

/// What one request meets, and whether the process ends there and the next one goes on.
#[derive(Clone)]
struct Met {
    fault: Fault,
    reborn: bool,
}

/// Each with how often more the request is sent than without it.
fn all() -> [(Met, usize); 4] {
    let goes_on = |fault| Met { fault, reborn: false };
    let reborn = |fault| Met { fault, reborn: true };
    [
        (goes_on(Fault::DropRequest), 1),
        (goes_on(Fault::LoseAnswer), 0),
        (reborn(Fault::HoldRequest), 1),
        (reborn(Fault::HoldAnswer), 0),
    ]
}

async fn house(cluster: &MoveCluster) -> KafkaHouse {
    let mut plot = KafkaPlot::moving_proxied(cluster).await;
    plot.acts_within(Duration::from_secs(6));
    plot.build().await
}

/// The next request of a kind, and what it meets.
struct Armed<'a> {
    kind: i16,
    met: Option<(&'a Met, RuleHandle)>,
}

impl<'a> Armed<'a> {
    fn of(house: &KafkaHouse, kind: i16, met: Option<&'a Met>) -> Self {
        let arm = |met: &'a Met| (met, proxy().arm(Rule::next(&house.client_id, kind, met.fault.clone())));
        Self { kind, met: met.map(arm) }
    }
}

/// How often requests of that kind were sent until it is in this state.
async fn sent(house: KafkaHouse, (id, state): (&OperationId, State), armed: Armed<'_>) -> usize {
    let mut house = house;
    if let Some((met, rule)) = &armed.met {
        assert!(rule.meets(1, LIMIT).await, "the request never came");
        if met.reborn {
            let KafkaHouse { story, judge, client_id, turn } = house;
            house = KafkaHouse { story: story.reborn(), judge, client_id, turn };
        }
    }
    becomes(&house, id, state).await;
    house.story.audit(id).await;
    let sent = proxy().changes(&house.client_id).iter().filter(|one| one.api == armed.kind).count();
    if let Some((_, rule)) = armed.met {
        rule.disarm();
    }
    sent
}

/// A move under way is stopped.
async fn called_off(met: Option<&Met>) -> usize {
    let cluster = MoveCluster::alone(lab()).await;
    small(&cluster, 3, "1").await;
    let first = assignment(&cluster).await;
    let house = house(&cluster).await;
    let (id, _) = under_way(&house).await;
    let armed = Armed::of(&house, api::ALTER_PARTITION_REASSIGNMENTS, met);
    house.story.person("alice").runs(&format!("/stop operation:{id} reason:because")).await;
    let sent = sent(house, (&id, State::Stopped), armed).await;
    assert_eq!(cluster.judge().reassignments().await.expect("the moves"), []);
    assert_eq!(assignment(&cluster).await, first, "order included");
    assert_eq!(throttles(&cluster).await, BTreeMap::new());
    sent
}

/// Broker 1 leads every partition; in the end some have another first replica, and 1 is still among theirs: the controller
/// leaves it the lead until it is asked.
async fn elected(met: Option<&Met>) -> usize {
    let cluster = MoveCluster::alone(lab()).await;
    let spec = TopicSpec::new(TOPIC, 6, 3).on(vec![vec![1, 2, 3]; 6]).config("min.insync.replicas", "1");
    cluster.judge().create_topic(spec).await.expect("a topic");
    cluster.in_sync(TOPIC).await;
    Load::named("fill").keys(48).record_bytes(10_000).write(cluster.bootstrap(), TOPIC, 60).await;
    let house = house(&cluster).await;
    let id = house.story.person("alice").plans(&scale_out("20MiB")).await;
    house.story.person("bob").approves(&id).await;
    let armed = Armed::of(&house, api::ELECT_LEADERS, met);
    house.story.person("carol").approves(&id).await;
    let sent = sent(house, (&id, State::Succeeded), armed).await;
    // Whichever broker is asked.
    cluster.caught_up().await;
    let seen = cluster.judge().topic(TOPIC).await.expect("the topic");
    assert!(seen.partitions.iter().all(|one| one.leader == one.replicas[0]), "{seen:?}");
    assert!(seen.partitions.iter().any(|one| one.leader == 4 && one.replicas.contains(&1)), "{seen:?}");
    assert_eq!(throttles(&cluster).await, BTreeMap::new());
    sent
}

#[tokio::test]
async fn a_calling_off_that_is_lost_is_sent_again_and_one_that_was_applied_is_not() {
    let usual = called_off(None).await;
    assert_eq!(usual, 3, "begun, called off, and the saved order");
    for (met, more) in all() {
        assert_eq!(called_off(Some(&met)).await, usual + more, "{:?}", met.fault);
    }
}

#[tokio::test]
async fn an_election_that_is_lost_is_sent_again_and_one_that_was_applied_is_not() {
    assert_eq!(elected(None).await, 1);
    for (met, more) in all() {
        assert_eq!(elected(Some(&met)).await, 1 + more, "{:?}", met.fault);
    }
}
