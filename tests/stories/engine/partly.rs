//! A step that the cluster did in part and refused for the rest.

use super::{RESET, Scene, comes_to, entries, plans, tells, votes};
use engine::port::Journal;
use engine::{Entry, History, Outcome};
use interlock::approval::State;
use interlock::cluster::kafka::{Committed, Right};
use interlock::facts::Fact;
use interlock::id::{GroupId, TopicName};
use signalbox::house::House;
use simulated::TopicSpec;
use story::crash::{Ending, GROUP, PaperChat};

const SECOND: &str = "payments";

/// The group has commits in a second topic, too.
fn reads_another_topic(scene: &Scene) -> TopicName {
    let second: TopicName = SECOND.parse().unwrap();
    scene.kafka.add_topic(&TopicSpec::new(second.clone(), 1)).unwrap();
    scene.kafka.produce(&second, 0, 50).unwrap();
    let group: GroupId = GROUP.parse().unwrap();
    scene.kafka.foreign_commit(&group, &second, 0, Committed::plain(20)).unwrap();
    second
}

async fn committed(scene: &Scene) -> Vec<(String, i32, i64)> {
    let found = Ending::committed(&scene.kafka, GROUP).await;
    found.iter().map(|one| (one.topic.to_string(), one.partition, one.committed.offset)).collect()
}

async fn outcomes(house: &House, id: &interlock::id::OperationId) -> Vec<(Outcome, Option<Fact>)> {
    let entries = entries(house, id).await;
    let outcome = |entry: &Entry| match entry {
        Entry::Outcome { outcome, facts, .. } => Some((*outcome, facts.get("failure").cloned())),
        _ => None,
    };
    entries.iter().filter_map(outcome).collect()
}

#[tokio::test]
async fn a_right_lost_on_one_of_two_topics_ends_it_at_once_and_nothing_is_called_lost() {
    let scene = Scene::new();
    let second = reads_another_topic(&scene);
    let house = scene.house().await;
    let id = plans(&house, RESET).await;
    let before = committed(&scene).await;
    scene.kafka.revoke_on_topic(&second, Right::Read).unwrap();
    votes(&house, "bob", &id).await;
    let failed = comes_to(&house, &id, State::Failed).await;
    tells(&house).await;
    assert_eq!(failed.why.id, "missing-right");
    assert_eq!(outcomes(&house, &id).await, [(Outcome::Partly, Some(Fact::from("denied")))], "tried once");
    assert_eq!(scene.kafka.acts().unwrap().len(), 1);
    let now = committed(&scene).await;
    assert!(now.contains(&(SECOND.to_owned(), 0, 20)), "the second topic is as before: {now:?}");
    assert!(now != before, "the first one is not");
    let plan = house.rooms().store.plan(&failed).await.unwrap();
    assert!(History::read(&entries(&house, &id).await).is_within_a_step(plan.plan()));
    let posted = PaperChat::posted(&scene.ground.chat_file()).join("\n");
    assert!(posted.contains("did a part of this step and refused the rest"), "{posted}");
    assert!(!posted.contains("answer was lost"), "{posted}");
}

/// The way back is of exactly what happened.
#[tokio::test]
async fn what_was_done_in_part_is_taken_back() {
    let scene = Scene::new();
    let second = reads_another_topic(&scene);
    let house = scene.house().await;
    let id = plans(&house, RESET).await;
    let before = committed(&scene).await;
    scene.kafka.revoke_on_topic(&second, Right::Read).unwrap();
    votes(&house, "bob", &id).await;
    comes_to(&house, &id, State::Failed).await;
    assert!(committed(&scene).await != before);
    scene.kafka.grant_on_topic(&second, Right::Read).unwrap();
    let back = plans(&house, &format!("/rollback operation:{id}")).await;
    votes(&house, "alice", &back).await;
    comes_to(&house, &back, State::Succeeded).await;
    assert_eq!(committed(&scene).await, before);
}
