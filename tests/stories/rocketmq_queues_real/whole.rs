//! Whole topics and groups at two masters, who is connected, and a master that takes no writes: every master and every NameServer
//! is told, and tells.

use super::scene::{Bot, Scene, both};
use interlock::approval::State;
use interlock::changes::Guards;
use interlock::id::OperationId;
use interlock::looks::{Cell, LookAnswer, Report};
use serde_json::Value;
use signalbox::desk::Done;
use story::lab::rocketmq::own::BROKERS;
use story::lab::rocketmq::raw::Route;
use story::lab::rocketmq::{Line, at_both, raw};

async fn succeeds(bot: &Bot, line: &str) -> OperationId {
    let id = bot.begins(line).await;
    bot.comes_to(&id, State::Succeeded).await;
    id
}

async fn report(bot: &Bot, line: &str) -> Report {
    match bot.looks(line).await {
        Done::Looked(answer) => match *answer {
            LookAnswer::Report(report) => report,
            other => panic!("no report: {other:?}"),
        },
        other => panic!("{line}: {other:?}"),
    }
}

/// The permission of a topic at both masters.
fn perms(scene: &Scene, topic: &str) -> [i64; 2] {
    BROKERS.map(|broker| {
        let body: Value = serde_json::from_str(&scene.tells(broker, raw::TOPICS, &[], "").text()).unwrap();
        body["topicConfigTable"][topic]["perm"].as_i64().unwrap()
    })
}

fn have_group(scene: &Scene, group: &str) -> [bool; 2] {
    BROKERS.map(|broker| {
        let body: Value = serde_json::from_str(&scene.tells(broker, raw::GROUPS, &[], "").text()).unwrap();
        body["subscriptionGroupTable"].get(group).is_some()
    })
}

/// A master's own permission changes what routes tell, and nothing else.
async fn takes_no_writes(scene: &Scene, bot: &Bot, topic: &str) {
    let permits = |perm: &str| scene.tells(BROKERS[1], raw::CONFIGURE, &[], &format!("brokerPermission={perm}\n"));
    permits("4");
    let is_told = async || {
        let found = report(bot, "/health").await;
        let of = |name: &str| {
            found.lines.iter().any(|line| line.id == "write-off" && line.facts.get("broker") == Some(&name.into()))
        };
        of(BROKERS[1]) && !of(BROKERS[0])
    };
    scene.until("it is told", is_told).await;
    let sent =
        scene.sends_raw((BROKERS[1], topic, 0), &raw::Message { key: "all the same", ..raw::Message::default() });
    assert_eq!(sent.code, 0, "it goes on accepting: {}", sent.remark);
    permits("6");
    scene.until("it is told no longer", async || !is_told().await).await;
}

async fn story(line: Line) {
    let scene = Scene::on(line).await;
    let bot = scene.bot(Guards::all()).await;
    let mut applications = scene.applications().await;
    let (topic, group) = (scene.unique("whole"), scene.unique("whole-readers"));
    let written = scene.topic("written", 1).await;
    let java = scene.group("java", (&written, 0..1));

    succeeds(&bot, &format!("/topic-create topic:{topic} partitions:3")).await;
    assert_eq!(scene.routes(&topic), vec![both((3, 3)); 2]);
    succeeds(&bot, &format!("/group-create group:{group}")).await;
    assert_eq!(have_group(&scene, &group), [true; 2], "{}", line.version());
    let altered = succeeds(&bot, &format!("/topic-alter topic:{topic} perm:read-only")).await;
    assert_eq!(perms(&scene, &topic), [4; 2]);
    bot.takes_back(&altered).await;
    assert_eq!(perms(&scene, &topic), [6; 2]);

    applications.join(&java, &written).await.unwrap();
    let version = Cell::name(format!("JAVA {}", line.version()));
    scene
        .until("Java's client with its version", async || {
            let found = report(&bot, &format!("/who group:{java}")).await;
            found.tables.iter().flat_map(|table| &table.rows).any(|row| row.contains(&version))
        })
        .await;
    applications.leave(&java).await.unwrap();

    takes_no_writes(&scene, &bot, &written).await;
    for (broker, offset) in BROKERS.into_iter().zip([3, 4]) {
        scene.commits(&group, (broker, &topic, 1), offset);
    }
    let deleted = succeeds(&bot, &format!("/group-delete group:{group}")).await;
    assert_eq!(have_group(&scene, &group), [false; 2]);
    bot.takes_back(&deleted).await;
    assert_eq!(have_group(&scene, &group), [true; 2]);
    let stored = BROKERS.map(|broker| scene.stored(&group, (broker, &topic, 1)));
    let on_disk = BROKERS.map(|broker| scene.on_disk(&group, (broker, &topic, 1)));
    assert_eq!((stored, on_disk), ([Some(3), Some(4)], [Some(3), Some(4)]), "and both masters have written them");
    succeeds(&bot, &format!("/topic-delete topic:{topic}")).await;
    assert_eq!(scene.routes(&topic), vec![Route::new(); 2]);
}

#[test]
fn whole_topics_and_groups_are_made_and_deleted_at_every_master() {
    at_both(story);
}
