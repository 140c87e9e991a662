//! A cluster that is only observed: whoever asks for a change gets the plan and how to do it by hand, and nothing can be started.

use interlock::cluster::Mode;
use story::discord_house::{CLUSTER, DiscordStory, GROUP, TOPIC};

/// What must be tried by hand, in the words of Kafka's own tools.
const CHANGES: [(&str, &str); 2] = [
    ("/reset-offset cluster:CLUSTER group:GROUP topic:TOPIC to:earliest", "kafka-consumer-groups"),
    ("/scale-out cluster:CLUSTER brokers:4 topics:orders throttle:100MiB reason:growth", "kafka-reassign-partitions"),
];

fn line(change: &str) -> String {
    change.replace("CLUSTER", CLUSTER).replace("GROUP", GROUP).replace("TOPIC", TOPIC)
}

async fn story(mode: Mode) -> DiscordStory {
    let story = DiscordStory::begin_with(|policy, _| {
        policy.clusters.get_mut(&CLUSTER.parse().unwrap()).unwrap().mode = mode;
    })
    .await;
    story.kafka().add_broker(4, Some("az-d")).unwrap();
    story
}

#[tokio::test]
async fn a_change_on_an_observed_cluster_is_a_plan_to_be_done_by_hand() {
    let story = story(Mode::Observe).await;
    let thread_count = story.ops.threads().len();
    for (change, tool) in CHANGES {
        for dry in ["", " dry-run:true"] {
            let answer = story.user("alice").runs(&story.ops, &format!("{}{dry}", line(change))).await;
            let seen = answer.look();
            assert!(seen.private && seen.text.contains("Nothing was stored"), "{change}: {}", seen.text);
            assert!(seen.buttons().is_empty(), "nothing to press on it");
            let words = |name: &str| {
                let file = seen.file(name).unwrap_or_else(|| panic!("{change}: no {name}"));
                String::from_utf8(file.bytes.to_vec()).unwrap()
            };
            assert!(words("by-hand.md").contains(tool), "{}", words("by-hand.md"));
            let digest = interlock::plan::Digest::of(&seen.file("plan.json").unwrap().bytes);
            assert!(words("plan.txt").starts_with(&format!("plan {digest}")));
            // The operation that the plan names is nobody's.
            let plan: serde_json::Value = serde_json::from_str(&words("plan.json")).unwrap();
            let id = plan["operation"].as_str().unwrap();
            for line in [format!("/approve operation:{id} digest:{digest}"), format!("/status operation:{id}")] {
                let refused = story.user("bob").runs(&story.ops, &line).await;
                assert!(refused.is_private() && refused.text().contains("no operation"), "{}", refused.text());
            }
        }
    }
    story.all_is_told().await;
    assert_eq!(story.ops.threads().len(), thread_count, "no card, no thread");
    assert!(story.ops.bot_messages().iter().all(|one| one.peek().private), "nothing for everybody");
    assert_eq!(story.house().rooms().store.open_operations().await.unwrap(), 0);
    assert_eq!((story.acts(), story.committed().await), (0, vec![60, 60, 60]));
    // It is looked at like every other, and says what it is.
    let clusters = story.user("vic").runs(&story.ops, "/clusters").await;
    assert!(clusters.text().contains("look only"), "{}", clusters.text());
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// The same lines where changes are made are plans that wait for votes.
#[tokio::test]
async fn the_same_changes_elsewhere_are_posted() {
    let story = story(Mode::Change).await;
    for (change, _) in CHANGES {
        story.asks("alice", &line(change)).await;
    }
    assert_eq!(story.house().rooms().store.open_operations().await.unwrap(), 2);
    story.everything_is_read().await;
    story.discord.assert_clean();
}
