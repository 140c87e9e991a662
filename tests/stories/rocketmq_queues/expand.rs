//! More queues: what a group that is away would miss, what routes would show, and whoever was interrupted.

use super::scene::{LOOK, Scene, becomes, broker, group, now, passes, plans, says, topic, until, waits_in};
use engine::port::Clock;
use interlock::approval::State;
use interlock::changes::{Guard, Guards};
use interlock::cluster::rocketmq::Perm;
use signalbox::desk::Done;
use simulated::RocketmqGroupSpec;
use std::time::Duration;
use story::crash::{Deed, Point, Points, ask};

const EXPAND: &str = "/expand-partitions cluster:lab-rocketmq topic:orders to:12 reason:growth";

/// Opens four more queues, writes to them, and lets the group come back: how many messages it never gets.
async fn skipped(guards: Guards) -> i64 {
    let scene = Scene::under(guards);
    let house = scene.house().await;
    let id = plans(&house, EXPAND).await;
    becomes(&house, &id, State::Succeeded).await;
    assert_eq!(scene.queues().await, ["12/12", "12/12"]);
    passes(&house, &id, 8, LOOK).await;
    for letter in ['a', 'b'] {
        scene.shop.send(&topic(), &broker(letter), 11, 20).unwrap();
    }
    scene.shop.clients_return(&group("billing"), &topic(), 9_000_000).unwrap()
}

#[tokio::test]
async fn a_group_that_was_away_gets_everything_from_new_queues() {
    assert_eq!(skipped(Guards::all()).await, 0);
    let lost = skipped(Guards::all().without(Guard::QueuesSeeded)).await;
    assert!(lost >= 40, "without an offset it begins behind the first messages: {lost}");
}

/// Brokers forget what they have not written to their disks, when one dies: while it is watched, or, where nobody watches,
/// right before the queues are written. How many messages the group never gets.
async fn skipped_after_a_death(guards: Guards) -> i64 {
    let is_kept = guards.has(Guard::SeedsKept);
    let scene = Scene::under(guards);
    let forget = {
        let shop = scene.shop.clone();
        move || shop.forget_offsets(&group("billing"), &topic(), 8).unwrap()
    };
    let dies: Deed = Box::new({
        let forget = forget.clone();
        move || {
            forget();
            Box::pin(std::future::ready(()))
        }
    });
    let house = match is_kept {
        true => scene.house().await,
        false => scene.house_with(Points::at(Point::before("rocketmq-set-queues", 2), dies)).await,
    };
    let id = plans(&house, EXPAND).await;
    if is_kept {
        waits_in(&house, &id, 2).await;
        // All but the last look are good, and it is watched anew after that.
        passes(&house, &id, 2, LOOK).await;
        forget();
        let forgotten = scene.clock.now();
        becomes(&house, &id, State::Succeeded).await;
        let passed = scene.clock.now().since(forgotten);
        assert!(passed >= Duration::from_secs(15), "three intervals in which brokers write offsets: {passed:?}");
    }
    becomes(&house, &id, State::Succeeded).await;
    assert_eq!(scene.told("are gone, as after the death of a master") > 0, is_kept);
    for letter in ['a', 'b'] {
        scene.shop.send(&topic(), &broker(letter), 11, 20).unwrap();
    }
    scene.shop.clients_return(&group("billing"), &topic(), 9_000_000).unwrap()
}

#[tokio::test]
async fn offsets_that_a_broker_forgot_are_given_again_before_anything_is_written() {
    assert_eq!(skipped_after_a_death(Guards::all()).await, 0);
    let lost = skipped_after_a_death(Guards::all().without(Guard::SeedsKept)).await;
    assert!(lost >= 40, "without an offset it begins behind the first messages: {lost}");
}

#[tokio::test]
async fn no_route_ever_has_more_to_write_than_to_read() {
    for (guards, harmed) in [(Guards::all(), false), (Guards::all().without(Guard::ReadBeforeWrite), true)] {
        let scene = Scene::under(guards);
        let house = scene.house().await;
        let id = plans(&house, EXPAND).await;
        until(&house, &id, "the end", async |operation| operation.state.has_ended() || scene.shop.past_read().unwrap())
            .await;
        assert_eq!(scene.shop.past_read().unwrap(), harmed);
    }
}

#[tokio::test]
async fn it_can_be_taken_back_and_what_was_written_is_still_read() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, EXPAND).await;
    becomes(&house, &id, State::Succeeded).await;
    let back = plans(&house, &format!("/rollback operation:{id}")).await;
    becomes(&house, &back, State::Succeeded).await;
    assert_eq!(scene.queues().await, ["12/8", "12/8"], "nobody writes to them, and they are still read");
}

#[tokio::test]
async fn whoever_was_interrupted_halfway_goes_on() {
    let scene = Scene::new();
    scene.shop.update_topic((&broker('a'), 0), &topic(), (12, 8, Perm::READ_WRITE)).unwrap();
    let house = scene.house().await;
    let id = plans(&house, EXPAND).await;
    becomes(&house, &id, State::Succeeded).await;
    assert_eq!(scene.queues().await, ["12/12", "12/12"]);
}

/// The second master is dead while groups get their offsets: it is waited for, named, and gets its queues when it is back.
#[tokio::test]
async fn a_master_that_dies_halfway_is_waited_for() {
    let scene = Scene::new();
    let house = scene.house_with(scene.master_dies_at(Point::after("write expanded", 1))).await;
    let id = plans(&house, EXPAND).await;
    until(&house, &id, "seeding", async |_| scene.told("broker-b does not answer") > 0).await;
    passes(&house, &id, 6, Duration::from_secs(60)).await;
    assert!(!now(&house, &id).await.state.has_ended(), "it is waited for");
    scene.master_returns();
    becomes(&house, &id, State::Succeeded).await;
    assert_eq!(scene.queues().await, ["12/12", "12/12"]);
}

/// After the way back of a shrinking, or an expansion after it, queues are written again that hold old messages: who came
/// meanwhile has no offset there.
async fn skipped_when_opened_again(guards: Guards) -> i64 {
    let scene = Scene::under(guards);
    let house = scene.house().await;
    scene.shop.clients_return(&group("billing"), &topic(), 9_000_000).unwrap();
    let shrink = plans(&house, "/shrink-partitions cluster:lab-rocketmq topic:orders to:4 reason:idle").await;
    until(&house, &shrink, "closed", async |_| scene.queues().await == ["4/4", "4/4"]).await;
    let reports = RocketmqGroupSpec::stopped(group("reports"), vec![(topic(), 0)], Duration::ZERO);
    scene.shop.add_group(&reports).unwrap();
    scene.shop.forget_offsets(&group("reports"), &topic(), 4).unwrap();
    says(&house, "alice", &format!("/stop operation:{shrink} reason:because")).await;
    becomes(&house, &shrink, State::Stopped).await;
    let back = plans(&house, &format!("/rollback operation:{shrink}")).await;
    becomes(&house, &back, State::Succeeded).await;
    assert_eq!(scene.queues().await, ["8/8", "8/8"]);
    for letter in ['a', 'b'] {
        scene.shop.send(&topic(), &broker(letter), 7, 20).unwrap();
    }
    scene.shop.clients_return(&group("reports"), &topic(), 9_000_000).unwrap()
}

#[tokio::test]
async fn queues_that_are_opened_again_are_read_by_who_came_meanwhile() {
    assert_eq!(skipped_when_opened_again(Guards::all()).await, 0);
    let lost = skipped_when_opened_again(Guards::all().without(Guard::QueuesSeeded)).await;
    assert!(lost >= 40, "without an offset it begins behind them: {lost}");
}

#[tokio::test]
async fn a_master_that_joins_meanwhile_is_named() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, EXPAND).await;
    waits_in(&house, &id, 1).await;
    scene.shop.master_joins(&broker('c'), &topic(), 4).unwrap();
    let stuck = becomes(&house, &id, State::Stuck).await;
    assert_eq!(stuck.why.id, "another-master");
    let facts = format!("{:?}", stuck.why.facts);
    assert!(facts.contains("broker-c") && facts.contains("4/4"), "{facts}");
}

#[tokio::test]
async fn what_is_read_since_an_earlier_expansion_can_be_written_in_part() {
    let scene = Scene::new();
    let house = scene.house().await;
    let first = plans(&house, EXPAND).await;
    becomes(&house, &first, State::Succeeded).await;
    let back = plans(&house, &format!("/rollback operation:{first}")).await;
    becomes(&house, &back, State::Succeeded).await;
    let id = plans(&house, "/expand-partitions cluster:lab-rocketmq topic:orders to:10 reason:growth").await;
    becomes(&house, &id, State::Succeeded).await;
    assert_eq!(scene.queues().await, ["12/10", "12/10"]);
}

/// It returns with its old file: that is neither as before nor as wanted, and a person decides.
#[tokio::test]
async fn a_master_that_returns_with_its_old_file_is_named() {
    let scene = Scene::new();
    let house = scene.house().await;
    let id = plans(&house, EXPAND).await;
    waits_in(&house, &id, 1).await;
    scene.shop.update_topic((&broker('b'), 0), &topic(), (8, 8, Perm::READ_WRITE)).unwrap();
    let stuck = becomes(&house, &id, State::Stuck).await;
    assert_eq!(stuck.why.id, "queues-changed");
    let facts = format!("{:?}", stuck.why.facts);
    assert!(facts.contains("broker-b") && facts.contains("8/8") && facts.contains("12/8"), "{facts}");
}

#[tokio::test]
async fn bad_input_is_refused_by_name() {
    let scene = Scene::new();
    let house = scene.house().await;
    for (line, id) in [
        ("topic:orders to:0", "not-a-count"),
        ("topic:orders to:10000", "not-a-queue-count"),
        ("topic:orders to:many", "not-a-count"),
        ("topic:orders to:8", "queues-as-wanted"),
        ("topic:orders to:4", "queues-are-more"),
        ("topic:nothing to:4", "unknown-topic"),
    ] {
        let done = ask(&house, "alice", &format!("/expand-partitions cluster:lab-rocketmq {line}")).await;
        let Done::Mistake(mistake) = done else { panic!("{line}: {done:?}") };
        assert_eq!(mistake.id, id, "{line}");
    }
    for (line, id) in [
        ("topic:broker-a to:4", "not-an-ordinary-topic"),
        ("topic:Lab to:4", "not-an-ordinary-topic"),
        ("topic:SCHEDULE_TOPIC_XXXX to:4", "not-an-ordinary-topic"),
        ("topic:%RETRY%mail to:4", "not-an-ordinary-topic"),
    ] {
        let done = ask(&house, "alice", &format!("/expand-partitions cluster:lab-rocketmq {line}")).await;
        let Done::Refused(refusal) = done else { panic!("{line}: {done:?}") };
        assert!(format!("{refusal:?}").contains(id), "{line}: {refusal:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_seen_is_not_changed() {
    let scene = Scene::new();
    let house = scene.house().await;
    let refused = async |id: &str| {
        let done = ask(&house, "alice", EXPAND).await;
        let Done::Refused(refusal) = done else { panic!("{id}: {done:?}") };
        assert!(format!("{refusal:?}").contains(id), "{id}: {refusal:?}");
    };
    scene.shop.process_dies(&broker('b'), 0, true).unwrap();
    refused("cannot-verify").await;
    scene.shop.process_dies(&broker('b'), 0, false).unwrap();
    scene.shop.not_registered_at(1, &broker('b')).unwrap();
    refused("routes-differ").await;
}

/// Somebody wipes the write permission of a broker at one NameServer: clients of that one are kept away from queues that those of
/// the other write to.
#[tokio::test]
async fn a_name_server_that_permits_less_than_the_masters_is_noticed() {
    for line in [EXPAND, "/shrink-partitions cluster:lab-rocketmq topic:orders to:4 reason:idle"] {
        let scene = Scene::new();
        let house = scene.house().await;
        scene.shop.wipe_write_perm(1, &broker('b')).unwrap();
        let done = ask(&house, "alice", line).await;
        let Done::Refused(refusal) = done else { panic!("{line}: {done:?}") };
        let told = format!("{refusal:?}");
        assert!(told.contains("routes-differ") && told.contains("8/8 R--"), "{line}: {told}");
    }
}

/// It is read in twelve queues and written in eight when it fails, because somebody set other queues right before it was to write.
/// Nothing has to be taken back: that is said with what stands there and how to go on, and it goes on.
#[tokio::test]
async fn an_expansion_that_failed_after_reading_went_up_says_what_is_left_of_it() {
    let scene = Scene::new();
    let shop = scene.shop.clone();
    let meddles: Deed = Box::new(move || {
        shop.update_topic((&broker('a'), 0), &topic(), (12, 10, Perm::READ_WRITE)).unwrap();
        Box::pin(std::future::ready(()))
    });
    let house = scene.house_with(Points::at(Point::before("rocketmq-set-queues", 2), meddles)).await;
    let id = plans(&house, EXPAND).await;
    let failed = becomes(&house, &id, State::Failed).await;
    assert_eq!(failed.why.id, "queues-changed", "{:?}", failed.why);
    scene.shop.update_topic((&broker('a'), 0), &topic(), (12, 8, Perm::READ_WRITE)).unwrap();
    let Done::Mistake(mistake) = says(&house, "alice", &format!("/rollback operation:{id}")).await else { panic!() };
    assert_eq!(mistake.id, "queues-only-read");
    let facts = ["operation", "topic", "found", "count"].map(|name| format!("{:?}", mistake.facts.get(name).unwrap()));
    assert!(facts[0].contains(id.as_str()) && facts[1].contains("orders") && facts[2].contains("12/8"), "{facts:?}");
    assert_eq!(scene.queues().await, ["12/8", "12/8"]);
    // It holds the topic until two people give it up; then another one goes on from there.
    let Done::Refused(refusal) = says(&house, "alice", EXPAND).await else { panic!() };
    assert!(format!("{refusal:?}").contains("held-by-other"), "{refusal:?}");
    for who in ["alice", "olga"] {
        says(&house, who, &format!("/unlock operation:{id} reason:half")).await;
    }
    becomes(&house, &id, State::Abandoned).await;
    let on = plans(&house, EXPAND).await;
    becomes(&house, &on, State::Succeeded).await;
    assert_eq!(scene.queues().await, ["12/12", "12/12"]);
}

/// From one of its acts on so many are answered with success and forgotten: how an expansion ends then, and what it sent.
async fn ends_among_idle_masters(kind: &'static str, acts: u32) -> (Scene, State, Vec<&'static str>) {
    let scene = Scene::new();
    let shop = scene.shop.clone();
    let idles: Deed = Box::new(move || {
        shop.answers_success_and_does_nothing(acts).unwrap();
        Box::pin(std::future::ready(()))
    });
    let house = scene.house_with(Points::at(Point::before(kind, 1), idles)).await;
    let id = plans(&house, EXPAND).await;
    let ended = until(&house, &id, "the end", async |operation| operation.state.has_ended()).await;
    if ended.state != State::Succeeded {
        assert_eq!(ended.why.id, "tried-too-often", "{:?}", ended.why);
    }
    let sent = scene.shop.acts().unwrap().iter().map(|act| act.action.key()).collect();
    (scene, ended.state, sent)
}

#[tokio::test]
async fn success_that_changed_nothing_is_seen() {
    const SET: &str = "rocketmq-set-queues";
    const SEED: &str = "rocketmq-seed-offsets";
    for (kind, acts) in [(SET, [SET, SET, SEED, SET]), (SEED, [SET, SEED, SEED, SET])] {
        let (scene, state, sent) = ends_among_idle_masters(kind, 1).await;
        assert_eq!((state, &sent[..]), (State::Succeeded, &acts[..]), "it is sent again");
        assert_eq!(scene.queues().await, ["12/12", "12/12"]);
        for letter in ['a', 'b'] {
            scene.shop.send(&topic(), &broker(letter), 11, 20).unwrap();
        }
        assert_eq!(scene.shop.clients_return(&group("billing"), &topic(), 9_000_000).unwrap(), 0, "{kind}");
    }
    // Not more often than three times, and nothing is written where groups have no offset.
    let (scene, state, sent) = ends_among_idle_masters(SET, 100).await;
    assert_eq!((state, &sent[..], scene.queues().await), (State::Stopped, &[SET; 3][..], vec!["8/8".to_owned(); 2]));
    let (scene, state, sent) = ends_among_idle_masters(SEED, 100).await;
    assert_eq!((state, &sent[..]), (State::Failed, &[SET, SEED, SEED, SEED][..]));
    assert_eq!(scene.queues().await, ["12/8", "12/8"]);
}
