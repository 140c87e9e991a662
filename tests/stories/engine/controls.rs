//! Without holds happens what they prevent. That what is held is waited for, and handed back, is in `line.rs` and `holds.rs`.

use super::{RESET, Scene, begins, comes_to, now, plans, votes};
use interlock::approval::State;
use interlock::cluster::kafka::Committed;
use signalbox::house::House;
use simulated::{ActFault, Interference};
use story::crash::{GROUP, Lie, TOPIC};

async fn house_without_holds(scene: &Scene) -> House {
    scene.ground.house(scene.settled().lied_to(Lie::HoldsLookFree)).await
}

/// What `line.rs` shows to wait for its turn does not wait, and the first one finds values that are not its own.
#[tokio::test]
async fn without_holds_two_resets_of_one_group_act_in_each_others_midst() {
    let scene = Scene::new();
    let house = house_without_holds(&scene).await;
    let (first, second) = (plans(&house, RESET).await, plans(&house, &RESET.replace("earliest", "latest")).await);
    // The first is at work for a while: it waits for what may still come of its first act.
    scene.kafka.fail_next_act(ActFault::RequestLost).unwrap();
    votes(&house, "bob", &first).await;
    begins(&house).await;
    votes(&house, "bob", &second).await;
    begins(&house).await;
    // Whose turn comes first is left to chance: it may have found out already.
    let at_work = now(&house, &first).await.state;
    assert!(matches!(at_work, State::Running | State::Stuck), "{at_work}");
    comes_to(&house, &second, State::Succeeded).await;
    let lost = comes_to(&house, &first, State::Stuck).await;
    assert_eq!(lost.why.id, "foreign-value", "{:?}", lost.why);
}

/// What `holds.rs` shows to be refused while a stuck operation holds its group is carried out on top of it.
#[tokio::test]
async fn without_holds_somebody_comes_between_a_stuck_operation_and_its_way_back() {
    let scene = Scene::new();
    let house = house_without_holds(&scene).await;
    let stuck = plans(&house, RESET).await;
    let foreign = Interference::Commit(GROUP.parse().unwrap(), TOPIC.parse().unwrap(), 3, Committed::plain(7));
    scene.kafka.after_next_act(foreign).unwrap();
    votes(&house, "bob", &stuck).await;
    comes_to(&house, &stuck, State::Stuck).await;
    let between = plans(&house, &RESET.replace("earliest", "latest")).await;
    votes(&house, "bob", &between).await;
    comes_to(&house, &between, State::Succeeded).await;
    assert_eq!(now(&house, &stuck).await.state, State::Stuck, "and nobody has looked after the first one");
}
