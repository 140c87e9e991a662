//! Moves by the thousand: a card that a phone shows, and files that hold all of it.

use discord_model::Seen;
use interlock::id::{ClusterName, TopicName};
use interlock::plan::{Digest, all_moves};
use simulated::TopicSpec;
use story::discord_house::{CLUSTER, DiscordStory};

/// What a phone shows of a line in a box before it breaks it.
const COLUMNS: usize = 30;

/// A topic of so many partitions on the three brokers, and a fourth, empty one.
async fn grown(topic: &str, partitions: u32) -> DiscordStory {
    let story = DiscordStory::begin().await;
    let kafka = story.fleet.kafka(&CLUSTER.parse::<ClusterName>().unwrap());
    kafka.add_topic(&TopicSpec::new(topic.parse::<TopicName>().unwrap(), partitions)).unwrap();
    kafka.add_broker(4, Some("az-d")).unwrap();
    story
}

/// The lines between fences: they are not wrapped, but cut or scrolled.
fn boxed(text: &str) -> Vec<&str> {
    text.split("```").skip(1).step_by(2).flat_map(str::lines).collect()
}

fn is_read_on_a_phone(seen: &Seen) {
    let lines = boxed(&seen.text);
    assert!(!lines.is_empty(), "there is a table: {}", seen.text);
    for line in lines {
        assert!(line.chars().count() <= COLUMNS, "{line:?}");
    }
    assert!(seen.text.lines().count() < 60, "some screens, not a hundred: {}", seen.text);
}

#[tokio::test]
async fn a_plan_of_a_thousand_moves_is_a_card_for_a_phone_and_whole_in_its_files() {
    let story = grown("wide", 1_400).await;
    let posted =
        story.asks("alice", &format!("/scale-out cluster:{CLUSTER} brokers:4 topics:wide throttle:10MiB")).await;
    let seen = posted.card.look();
    let sealed = story.plan(&posted.id).await;
    let moves = all_moves(sealed.plan());
    assert_eq!(moves.len(), 1_050);
    is_read_on_a_phone(&seen);
    assert!(seen.text.contains("1,050") || seen.text.contains("1050"), "{}", seen.text);
    let file = |name: &str| seen.file(name).unwrap_or_else(|| panic!("no {name}: {:?}", seen.files));
    assert_eq!(Digest::of(&file("plan.json").bytes), sealed.digest());
    let forward: serde_json::Value = serde_json::from_slice(&file("reassignment.json").bytes).unwrap();
    let listed = forward["partitions"].as_array().unwrap();
    assert_eq!(listed.len(), moves.len());
    let back: serde_json::Value = serde_json::from_slice(&file("rollback.json").bytes).unwrap();
    for one in &moves {
        let is_it = |found: &&serde_json::Value| found["partition"] == one.partition;
        for (file, replicas) in [(&forward, &one.to), (&back, &one.from)] {
            let found = file["partitions"].as_array().unwrap().iter().find(is_it);
            let found = found.unwrap_or_else(|| panic!("{one:?}"));
            assert_eq!(found["replicas"], serde_json::json!(replicas.0));
        }
    }
    assert!(String::from_utf8_lossy(&file("plan.txt").bytes).contains("wide"));
    story.everything_is_read().await;
    story.discord.assert_clean();
}
