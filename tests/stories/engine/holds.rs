//! What a failed or stuck operation holds, and a way back that stops half way.

use super::{RESET, Scene, comes_to, meddles, now, plans, votes};
use interlock::approval::State;
use interlock::cluster::kafka::Committed;
use interlock::id::OperationId;
use signalbox::desk::Done;
use signalbox::house::House;
use simulated::{Interference, Member};
use story::crash::{CLUSTER, GROUP, Point, Points, Settled, TOPIC, ask};

async fn holders(house: &House) -> Vec<OperationId> {
    let held = house.rooms().store.holds(&CLUSTER.parse().unwrap()).await.expect("the store answers");
    let mut who: Vec<OperationId> = held.into_iter().map(|one| one.operation).collect();
    who.dedup();
    who
}

async fn approved(house: &House, id: &OperationId) {
    for who in ["bob", "dora", "carol", "alice"] {
        if now(house, id).await.state == State::AwaitingApproval {
            let digest = now(house, id).await.digest;
            ask(house, who, &format!("/approve operation:{id} digest:{digest}")).await;
        }
    }
}

#[tokio::test]
async fn a_way_back_that_stops_half_way_hands_the_holds_back() {
    let scene = Scene::new();
    let joins = meddles(&scene.kafka, |kafka| {
        kafka.join_before_next_act(&GROUP.parse().unwrap(), Member::new("late-1", "/10.0.0.9")).unwrap();
    });
    let settled = Settled::honest(scene.clock.clone(), Points::at(Point::after("write intent", 2), joins));
    let house = scene.ground.house(settled).await;
    let first = plans(&house, RESET).await;
    let foreign = Interference::Commit(GROUP.parse().unwrap(), TOPIC.parse().unwrap(), 3, Committed::plain(7));
    scene.kafka.after_next_act(foreign).unwrap();
    votes(&house, "bob", &first).await;
    comes_to(&house, &first, State::Stuck).await;
    assert_eq!(holders(&house).await, std::slice::from_ref(&first));

    let back = plans(&house, &format!("/rollback operation:{first}")).await;
    approved(&house, &back).await;
    let started = comes_to(&house, &back, State::Stopped).await;
    assert_eq!(started.why.id, "group-has-members", "it began, and nothing was applied");
    assert_eq!(now(&house, &first).await.state, State::Stuck);
    assert_eq!(holders(&house).await, std::slice::from_ref(&first), "they are the first operation's again");
    let refused = ask(&house, "alice", RESET).await;
    assert!(
        matches!(&refused, Done::Refused(checks) if checks.iter().any(|check| check.id == "held-by-other")),
        "nobody comes between: {refused:?}"
    );

    scene.kafka.stop_group(&GROUP.parse().unwrap(), simulated::Leave::InOrder, None).unwrap();
    let again = plans(&house, &format!("/rollback operation:{first}")).await;
    approved(&house, &again).await;
    comes_to(&house, &again, State::Succeeded).await;
    assert_eq!(holders(&house).await, [], "what they guarded is as before");
}
