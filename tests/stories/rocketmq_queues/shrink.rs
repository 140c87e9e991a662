//! Fewer queues: days of waiting for whoever has not read, what comes late, and who meddles meanwhile.

use super::scene::{HOUR, LOOK, Scene, becomes, broker, group, now, passes, plans, says, topic, until, waits_in};
use engine::port::Journal;
use interlock::approval::State;
use interlock::changes::{Guard, Guards};
use interlock::cluster::rocketmq::Perm;
use interlock::plan::Seat;
use signalbox::desk::Done;
use signalbox::house::House;
use std::time::Duration;

const SHRINK: &str = "/shrink-partitions cluster:lab-rocketmq topic:orders to:4 reason:idle";
const WAIVED: &str = "/shrink-partitions cluster:lab-rocketmq topic:orders to:4 waive:billing reason:idle";
/// The step in which the closed queues are drained.
const DRAINS: u32 = 2;
/// The step in which they are no longer read, and watched.
const WATCHES: u32 = 3;

async fn draining(scene: &Scene, line: &str) -> (House, interlock::id::OperationId) {
    let house = scene.house().await;
    let id = plans(&house, line).await;
    waits_in(&house, &id, DRAINS).await;
    assert_eq!(scene.queues().await, ["8/4", "8/4"]);
    (house, id)
}

/// The group that was away comes back and reads.
fn returns(scene: &Scene) {
    scene.shop.clients_return(&group("billing"), &topic(), 9_000_000).unwrap();
}

#[tokio::test]
async fn it_waits_for_a_group_that_is_away_and_the_clock_alone_never_ends_it() {
    let scene = Scene::new();
    let (house, id) = draining(&scene, SHRINK).await;
    // Five days, far beyond the 72 hours that messages are kept, though the group's messages are still there.
    for _ in 0..20 {
        passes(&house, &id, 1, HOUR * 6).await;
        passes(&house, &id, 4, LOOK).await;
    }
    assert_eq!((now(&house, &id).await.state, scene.queues().await), (State::Waiting, vec!["8/4".to_owned(); 2]));
    let told = scene.told("are not read yet by billing");
    assert!((5..=7).contains(&told), "one line a day: {told}");
    returns(&scene);
    passes(&house, &id, 10, LOOK).await;
    waits_in(&house, &id, WATCHES).await;
    assert_eq!((scene.queues().await, scene.unread_closed("billing").await), (vec!["4/4".to_owned(); 2], 0));
}

#[tokio::test]
async fn nothing_is_lost_and_it_ends_after_messages_are_kept_no_longer() {
    let scene = Scene::new();
    let (house, id) = draining(&scene, SHRINK).await;
    returns(&scene);
    waits_in(&house, &id, WATCHES).await;
    passes(&house, &id, 11, HOUR * 6).await;
    assert_eq!(now(&house, &id).await.state, State::Waiting, "66 hours are no 72");
    passes(&house, &id, 2, HOUR * 6).await;
    becomes(&house, &id, State::Succeeded).await;
    assert_eq!(scene.queues().await, ["4/4", "4/4"]);
}

/// Whether the closed queues hold messages that the group has not read when it ends, or after ten minutes.
async fn lost(guards: Guards) -> bool {
    let scene = Scene::under(guards);
    let house = scene.house().await;
    let id = plans(&house, SHRINK).await;
    until(&house, &id, "closed", async |operation| {
        operation.state.has_ended() || operation.created_at.0 + 600_000 < scene.now().0
    })
    .await;
    scene.queues().await == ["4/4", "4/4"] && scene.unread_closed("billing").await > 0
}

/// Without it watching alone still finds that something is unread, and has it read; without both it is lost.
#[tokio::test]
async fn without_the_drain_rule_what_is_unread_is_closed_away() {
    let undrained = Guards::all().without(Guard::QueuesDrained);
    assert!(!lost(Guards::all()).await);
    assert!(!lost(undrained.clone()).await);
    assert!(lost(undrained.without(Guard::ClosedWatched)).await);
}

#[tokio::test]
async fn what_is_written_late_is_waited_for_before_reading_ends() {
    let scene = Scene::new();
    let (house, id) = draining(&scene, SHRINK).await;
    returns(&scene);
    // A delayed message and one of a transaction are still to come, and somebody names a closed queue.
    let at = |queue| (&*TOPIC, &*BROKER, queue);
    scene.shop.comes_due(at(7), (1, Duration::from_secs(300)), false).unwrap();
    scene.shop.comes_due(at(6), (1, Duration::from_secs(120)), true).unwrap();
    passes(&house, &id, 40, LOOK).await;
    scene.shop.send(&topic(), &broker('b'), 5, 3).unwrap();
    passes(&house, &id, 16, LOOK).await;
    assert_eq!(scene.queues().await, ["8/4", "8/4"], "what is kept back has not come yet");
    waits_in(&house, &id, WATCHES).await;
    assert_eq!(scene.unread_closed("billing").await, 0);
}

static TOPIC: std::sync::LazyLock<interlock::id::TopicName> = std::sync::LazyLock::new(topic);
static BROKER: std::sync::LazyLock<interlock::id::BrokerName> = std::sync::LazyLock::new(|| broker('a'));

/// A stale producer writes to a queue that is read no more.
async fn closed_and_written(guards: Guards) -> (Scene, House, interlock::id::OperationId) {
    let scene = Scene::under(guards);
    let (house, id) = draining(&scene, SHRINK).await;
    returns(&scene);
    until(&house, &id, "closed", async |_| scene.queues().await == ["4/4", "4/4"]).await;
    passes(&house, &id, 3, LOOK).await;
    scene.shop.send(&topic(), &broker('b'), 7, 5).unwrap();
    (scene, house, id)
}

#[tokio::test]
async fn what_comes_into_closed_queues_is_read_after_all() {
    let (scene, house, id) = closed_and_written(Guards::all()).await;
    until(&house, &id, "read again", async |_| scene.queues().await == ["8/4", "8/4"]).await;
    until(&house, &id, "closed again", async |_| scene.queues().await == ["4/4", "4/4"]).await;
    assert_eq!(scene.unread_closed("billing").await, 0, "it was read");
    assert_eq!((scene.told("they are read again"), scene.told("are closed again")), (1, 1));
    passes(&house, &id, 13, HOUR * 6).await;
    becomes(&house, &id, State::Succeeded).await;
}

#[tokio::test]
async fn without_watching_what_comes_late_stays_unread() {
    let (scene, house, id) = closed_and_written(Guards::all().without(Guard::ClosedWatched)).await;
    passes(&house, &id, 20, LOOK).await;
    assert_eq!(now(&house, &id).await.state, State::Succeeded);
    assert_eq!((scene.queues().await, scene.unread_closed("billing").await), (vec!["4/4".to_owned(); 2], 5));
}

#[tokio::test]
async fn a_dead_group_is_given_up_by_name_and_by_its_owner_only() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, WAIVED).await;
    let operation = now(&house, &id).await;
    let plan = house.rooms().store.plan(&operation).await.unwrap();
    let owners = plan.plan().votes.iter().filter(|seat| matches!(seat, Seat::Owner { .. })).count();
    assert_eq!(owners, 1, "{:?}", plan.plan().votes);
    waits_in(&house, &id, DRAINS).await;
    passes(&house, &id, 8, HOUR * 8).await;
    assert_eq!(scene.queues().await, ["8/4", "8/4"], "its messages are still kept");
    passes(&house, &id, 2, HOUR * 8).await;
    waits_in(&house, &id, WATCHES).await;
    assert_eq!(scene.queues().await, ["4/4", "4/4"]);
}

#[tokio::test]
async fn a_group_at_work_or_unknown_is_not_given_up() {
    let scene = Scene::new();
    let house = scene.house().await;
    let line = |waive: &str| format!("/shrink-partitions cluster:lab-rocketmq topic:orders to:4 waive:{waive}");
    let Done::Refused(refusal) = says(&house, "alice", &line("mail")).await else { panic!() };
    assert!(format!("{refusal:?}").contains("given-up-group-online"), "{refusal:?}");
    let Done::Mistake(mistake) = says(&house, "alice", &line("nobody")).await else { panic!() };
    assert_eq!(mistake.id, "unknown-group");
}

#[tokio::test]
async fn a_group_that_never_committed_counts_as_having_read_nothing() {
    let scene = Scene::new();
    scene.shop.forget_offsets(&group("billing"), &topic(), 4).unwrap();
    let (house, id) = draining(&scene, SHRINK).await;
    passes(&house, &id, 40, LOOK).await;
    assert_eq!(scene.queues().await, ["8/4", "8/4"]);
    assert!(scene.told("are not read yet by billing") > 0);
}

/// Whoever sets other queues while closed ones are drained, or joins with them, is named; two people give the operation up, and
/// one that is planned anew takes in what stands there now.
#[tokio::test]
async fn whoever_meddles_is_named_and_it_is_planned_anew() {
    for (master, why) in [('b', "queues-changed"), ('c', "another-master")] {
        let scene = Scene::new();
        let (house, id) = draining(&scene, SHRINK).await;
        if master == 'c' {
            scene.shop.master_joins(&broker(master), &topic(), 8).unwrap();
        } else {
            scene.shop.update_topic((&broker(master), 0), &topic(), (8, 8, Perm::READ_WRITE)).unwrap();
        }
        let stuck = becomes(&house, &id, State::Stuck).await;
        assert_eq!(stuck.why.id, why);
        let facts = format!("{:?}", stuck.why.facts);
        assert!(facts.contains(broker(master).as_str()) && facts.contains("8/8"), "{facts}");
        for who in ["alice", "olga"] {
            says(&house, who, &format!("/unlock operation:{id} reason:anew")).await;
        }
        becomes(&house, &id, State::Abandoned).await;
        is_planned_anew(&scene, &house, master).await;
    }
}

/// A plan of the same as before closes the queues at every master there is, and nothing in them is left unread.
async fn is_planned_anew(scene: &Scene, house: &House, meddled: char) {
    let id = plans(house, SHRINK).await;
    let plan = house.rooms().store.plan(&now(house, &id).await).await.unwrap();
    let text = signalbox::text::plan_text(&plan);
    assert!(text.contains(&format!("broker-{meddled} from 8/8 to 8/4")), "{text}");
    waits_in(house, &id, DRAINS).await;
    assert!(scene.queues().await.iter().all(|queues| queues == "8/4"), "{:?}", scene.queues().await);
    returns(scene);
    // Whoever is at work learns of a new master, too.
    scene.shop.clients_return(&group("mail"), &topic(), 9_000_000).unwrap();
    waits_in(house, &id, WATCHES).await;
    passes(house, &id, 13, HOUR * 6).await;
    becomes(house, &id, State::Succeeded).await;
    let masters = if meddled == 'c' { 3 } else { 2 };
    assert_eq!((scene.queues().await, scene.unread_closed("billing").await), (vec!["4/4".to_owned(); masters], 0));
}

#[tokio::test]
async fn a_master_that_dies_and_returns_is_waited_for_and_with_its_old_file_named() {
    let scene = Scene::new();
    let (house, id) = draining(&scene, SHRINK).await;
    scene.shop.process_dies(&broker('b'), 0, true).unwrap();
    passes(&house, &id, 6, HOUR).await;
    assert_eq!(now(&house, &id).await.state, State::Waiting);
    assert!(scene.told("broker-b does not answer") > 0);
    scene.shop.update_topic((&broker('b'), 0), &topic(), (8, 8, Perm::READ_WRITE)).unwrap();
    scene.shop.process_dies(&broker('b'), 0, false).unwrap();
    let stuck = becomes(&house, &id, State::Stuck).await;
    assert_eq!(stuck.why.id, "queues-changed");
    let back = plans(&house, &format!("/rollback operation:{id}")).await;
    becomes(&house, &back, State::Succeeded).await;
    assert_eq!(scene.queues().await, ["8/8", "8/8"]);
}

#[tokio::test]
async fn while_it_waits_a_reset_is_refused_and_it_can_be_undone() {
    let scene = Scene::new();
    let (house, id) = draining(&scene, SHRINK).await;
    let reset = "/reset-offset cluster:lab-rocketmq group:billing topic:orders to:earliest";
    let refused = says(&house, "alice", reset).await;
    let told = format!("{refused:?}");
    assert!(told.contains("held-by-other") && told.contains(id.as_str()), "{told}");
    says(&house, "alice", &format!("/stop operation:{id} reason:because")).await;
    becomes(&house, &id, State::Stopped).await;
    let back = plans(&house, &format!("/rollback operation:{id}")).await;
    becomes(&house, &back, State::Succeeded).await;
    assert_eq!(scene.queues().await, ["8/8", "8/8"]);
}

/// The process ends in the wait, and another one takes it up: where the queues stood is known.
#[tokio::test]
async fn a_restart_in_the_wait_changes_nothing() {
    let scene = Scene::new();
    let (house, id) = draining(&scene, SHRINK).await;
    passes(&house, &id, 4, LOOK).await;
    house.rooms().store.close().await;
    drop(house);
    passes_alone(&scene, HOUR * 24).await;
    let house = scene.house().await;
    returns(&scene);
    waits_in(&house, &id, WATCHES).await;
    assert_eq!(scene.queues().await, ["4/4", "4/4"]);
}

async fn passes_alone(scene: &Scene, span: Duration) {
    scene.clock.advance(span);
}

/// What a group gave up is a topic of its own: nobody reads it, and it keeps no queue open.
#[tokio::test]
async fn a_full_topic_of_dead_letters_is_waited_for_by_nobody() {
    let scene = Scene::new();
    let dead_letters: interlock::id::TopicName = "%DLQ%billing".parse().unwrap();
    scene.shop.add_topic(&simulated::RocketmqTopicSpec::new(dead_letters.clone(), 8)).unwrap();
    for queue in 0..8 {
        scene.shop.send(&dead_letters, &broker('b'), queue, 100_000).unwrap();
    }
    let (house, id) = draining(&scene, SHRINK).await;
    returns(&scene);
    waits_in(&house, &id, WATCHES).await;
    assert_eq!((scene.queues().await, scene.unread_closed("billing").await), (vec!["4/4".to_owned(); 2], 0));
    passes(&house, &id, 13, HOUR * 6).await;
    becomes(&house, &id, State::Succeeded).await;
    assert_eq!(scene.told("%DLQ%"), 0);
    // As many in a closed queue of the topic itself are waited for.
    let scene = Scene::new();
    let (house, id) = draining(&scene, SHRINK).await;
    scene.shop.send(&topic(), &broker('b'), 7, 100_000).unwrap();
    passes(&house, &id, 40, LOOK).await;
    assert_eq!(scene.queues().await, ["8/4", "8/4"]);
    assert!(scene.told("are not read yet by billing") > 0);
}

/// The disk of a master fills up while a group has not read: the plan warns of it, and it is told at once, not the next day.
#[tokio::test]
async fn a_disk_that_fills_up_while_something_is_unread_is_told() {
    let scene = Scene::new();
    let (house, id) = draining(&scene, SHRINK).await;
    passes(&house, &id, 4, LOOK).await;
    assert_eq!((scene.told("are not read yet by billing"), scene.told("% full")), (1, 0));
    scene.shop.disk_fills(&broker('b'), 0, 86).unwrap();
    passes(&house, &id, 4, LOOK).await;
    assert_eq!(scene.told("the disk of broker-b is 86 % full"), 1);
    assert_eq!(now(&house, &id).await.state, State::Waiting, "a warning, no more");
    let warned = async |scene: &Scene| {
        let house = scene.house().await;
        let plan = plans(&house, SHRINK).await;
        let plan = house.rooms().store.plan(&now(&house, &plan).await).await.unwrap();
        plan.plan().checks.iter().any(|check| check.id == "disk-filling")
    };
    assert!(!warned(&Scene::new()).await, "its disk is 41 % full");
    let scene = Scene::new();
    scene.shop.disk_fills(&broker('b'), 0, 75).unwrap();
    assert!(warned(&scene).await);
}
