//! Approved but busy: first come, first served.

use super::{RESET, Scene, begins, comes_to, now, plans, votes, works};
use engine::Entry;
use engine::port::Journal;
use interlock::approval::State;
use interlock::id::OperationId;
use signalbox::house::House;
use simulated::ActFault;

const WAITING: &str =
    "/reset-offset cluster:orders-kafka group:billing-live to:shift:-5 wait-for-stop:10m reason:replay";
async fn approved(house: &House, id: &OperationId) {
    for who in ["bob", "dora"] {
        votes(house, who, id).await;
    }
    assert_eq!(now(house, id).await.state, State::Queued);
}

async fn has_started(house: &House, id: &OperationId) -> bool {
    let entries = house.rooms().store.entries(id).await.expect("the store answers");
    entries.iter().any(|entry| matches!(entry, Entry::Started(_)))
}

#[tokio::test]
async fn operations_start_in_the_order_of_their_approval_and_others_pass() {
    let scene = Scene::new();
    let house = scene.house().await;
    let holder = plans(&house, WAITING).await;
    let (asked_first, asked_second) = (plans(&house, WAITING).await, plans(&house, WAITING).await);
    let elsewhere = plans(&house, RESET).await;
    approved(&house, &holder).await;
    works(&house).await;
    assert!(has_started(&house, &holder).await);
    // The one that was asked for last is approved first.
    approved(&house, &asked_second).await;
    works(&house).await;
    approved(&house, &asked_first).await;
    votes(&house, "bob", &elsewhere).await;
    comes_to(&house, &elsewhere, State::Succeeded).await;
    assert!(!now(&house, &holder).await.state.has_ended(), "what does not conflict passes");
    comes_to(&house, &holder, State::Succeeded).await;
    for _ in 0..60 {
        if has_started(&house, &asked_second).await {
            break;
        }
        works(&house).await;
        assert!(!has_started(&house, &asked_first).await, "it overtook the one that was approved before it");
        house.rooms().clock.sleep(std::time::Duration::from_secs(1)).await;
    }
    assert!(has_started(&house, &asked_second).await && !has_started(&house, &asked_first).await);
    comes_to(&house, &asked_second, State::Succeeded).await;
    comes_to(&house, &asked_first, State::Succeeded).await;
}

#[tokio::test]
async fn what_became_stale_while_it_waited_for_its_turn_is_asked_again_not_refused() {
    let scene = Scene::new();
    let house = scene.house().await;
    let (holder, queued) = (plans(&house, RESET).await, plans(&house, &RESET.replace("earliest", "latest")).await);
    // The holder is at work for a while: it waits for what may still come of its first act.
    scene.kafka.fail_next_act(ActFault::RequestLost).unwrap();
    votes(&house, "bob", &holder).await;
    begins(&house).await;
    votes(&house, "bob", &queued).await;
    works(&house).await;
    assert_eq!(now(&house, &holder).await.state, State::Running);
    assert_eq!(now(&house, &queued).await.state, State::Queued);
    comes_to(&house, &holder, State::Succeeded).await;
    let asked = comes_to(&house, &queued, State::AwaitingApproval).await;
    assert_eq!((asked.why.id.as_str(), asked.revision), ("offsets-changed", 2));
    votes(&house, "bob", &queued).await;
    comes_to(&house, &queued, State::Succeeded).await;
}
