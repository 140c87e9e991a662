//! Waiting for a group to stop, with its progress in the thread; stopped, paused and resumed by reactions and commands.

use discord_model::Seen;
use interlock::approval::State;
use interlock::cluster::kafka::Committed;
use interlock::id::{GroupId, OperationId, TopicName};
use simulated::{GroupSpec, Leave, Member};
use std::time::{Duration, Instant};
use story::discord_house::{CLUSTER, DiscordStory, Posted, SOON, TOPIC};

const GROUP: &str = "billing-live";

fn group() -> GroupId {
    GROUP.parse().unwrap()
}

/// A group with two members at work awaits its reset: bob and dora, who owns it, have approved.
async fn waiting() -> (DiscordStory, Posted) {
    let story = DiscordStory::begin().await;
    let topic: TopicName = TOPIC.parse().unwrap();
    let mut spec = GroupSpec::new(group()).reading(topic.clone(), 3_600);
    for partition in 0..3 {
        spec = spec.committed(topic.clone(), partition, Committed::plain(50));
    }
    story.kafka().add_group(&spec).unwrap();
    for (client, host) in [("live-1", "/10.0.9.1"), ("live-2", "/10.0.9.2")] {
        story.kafka().join(&group(), Member::new(client, host)).unwrap();
    }
    let line = format!("/reset-offset cluster:{CLUSTER} group:{GROUP} topic:{TOPIC} to:earliest wait-for-stop:30m");
    let posted = story.asks("alice", &line).await;
    posted.card.becomes("owners to be told before it begins: 1", SOON).await;
    story.reacts("bob", &posted.card, "✅").await;
    posted.card.becomes("1 of 2: bob", SOON).await;
    story.reacts("dora", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Waiting).await;
    (story, posted)
}

fn stops(story: &DiscordStory) {
    story.kafka().stop_group(&group(), Leave::InOrder, None).unwrap();
}

async fn succeeds(story: &DiscordStory, id: &OperationId) {
    story.becomes(id, State::Succeeded).await;
    story.all_is_told().await;
}

fn progress(told: &[Seen]) -> Vec<&Seen> {
    told.iter().filter(|one| one.text.contains("members at work") || one.text.contains("watch a little")).collect()
}

#[tokio::test]
async fn it_waits_until_the_group_has_stopped_and_tells_so_in_one_silent_message() {
    let (story, posted) = waiting().await;
    let thread = posted.card.thread().unwrap();
    let still = thread.wait_for_text("live-1", SOON).await;
    assert!(still.look().silent, "progress wakes nobody");
    posted.card.becomes("Waiting", SOON).await;
    posted.card.becomes("owners told: 1 of 1", SOON).await;
    assert_eq!(story.acts(), 0);
    stops(&story);
    succeeds(&story, &posted.id).await;
    let told = story.thread_of(&posted.card).await;
    let shown = progress(&told);
    assert!(shown.len() <= 1, "one message, edited: {shown:#?}");
    let edits = story
        .discord
        .requests()
        .into_iter()
        .filter(|one| one.method == "PATCH" && one.parameters.get("message_id") == Some(&still.id().to_string()));
    assert!(edits.count() <= 3, "edited when there is something new, not at every look");
    assert!(told.iter().any(|one| one.text.contains("wait is over")), "{told:#?}");
    let saved = told.iter().find(|one| one.text.contains("Step 2 is done")).expect("the capture is told");
    let by_hand = saved.files.iter().find(|file| file.name == "by-hand.md").expect("with what it found");
    let by_hand = String::from_utf8_lossy(&by_hand.bytes);
    let (_, undo) = by_hand.split_once("## Undo").expect("how it is undone");
    let saved = undo.lines().filter_map(|line| line.trim().strip_prefix("orders-eu,")?.split_once(','));
    let saved: Vec<(&str, i64)> = saved.map(|(partition, offset)| (partition, offset.parse().unwrap())).collect();
    assert_eq!(saved.iter().map(|(partition, _)| *partition).collect::<Vec<_>>(), ["0", "1", "2"], "{by_hand}");
    assert!(saved.iter().all(|(_, offset)| *offset >= 50), "where it stopped, not where it was set: {by_hand}");
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_stop_by_reaction_ends_the_wait_with_nothing_changed() {
    let (story, posted) = waiting().await;
    posted.card.until(|seen| !seen.reacted("🛑").is_empty(), SOON).await;
    // Somebody without the right to it first: nothing happens, and the one with the right is heard all the same.
    story.reacts("mallory", &posted.card, "🛑").await;
    story.reacts("carol", &posted.card, "🛑").await;
    story.becomes(&posted.id, State::Stopped).await;
    let seen = posted.card.becomes("before anything was changed", SOON).await;
    assert!(seen.text.contains("Stopped by carol"), "{}", seen.text);
    assert_eq!(story.acts(), 0);
    let began = Instant::now();
    while !story.audit(&posted.id).await.iter().any(|what| what == "denied") {
        assert!(began.elapsed() < SOON, "what had no effect is not in the log");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    story.thread_of(&posted.card).await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_stop_by_command_says_why_and_is_answered() {
    let (story, posted) = waiting().await;
    let line = format!("/stop operation:{} reason:\"wrong group\"", posted.id);
    let denied = story.user("vic").runs(&story.ops, &line).await;
    assert!(denied.is_private() && denied.text().contains("no role"), "{}", denied.text());
    assert_eq!(story.operation(&posted.id).await.state, State::Waiting);
    let answer = story.user("bob").runs(&story.ops, &line).await;
    assert!(answer.is_private() && answer.text().contains("stops at the next safe point"), "{}", answer.text());
    story.becomes(&posted.id, State::Stopped).await;
    posted.card.becomes("wrong group", SOON).await;
    let told = story.thread_of(&posted.card).await;
    assert!(told.iter().any(|one| one.text.contains("Stopped by bob: wrong group")), "{told:#?}");
    story.discord.assert_clean();
}

#[tokio::test]
async fn it_is_paused_and_resumed_by_reactions() {
    let (story, posted) = waiting().await;
    posted.card.until(|seen| !seen.reacted("▶️").is_empty(), SOON).await;
    story.reacts("bob", &posted.card, "⏸️").await;
    story.becomes(&posted.id, State::Paused).await;
    posted.card.becomes("Paused by bob", SOON).await;
    stops(&story);
    // Taking the pause off does not resume, nor does somebody who may not.
    story.user("bob").unreacts(&posted.card, "⏸️").await;
    story.reacts("vic", &posted.card, "▶️").await;
    story.all_is_told().await;
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::Paused, 0));
    story.reacts("alice", &posted.card, "▶️").await;
    succeeds(&story, &posted.id).await;
    posted.card.becomes("Done", SOON).await;
    story.thread_of(&posted.card).await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn it_is_paused_and_resumed_by_commands() {
    let (story, posted) = waiting().await;
    for (who, command, said) in [("bob", "pause", "pauses"), ("alice", "resume", "goes on")] {
        let answer = story.user(who).runs(&story.ops, &format!("/{command} operation:{}", posted.id)).await;
        assert!(answer.text().contains(said), "{}", answer.text());
        if command == "pause" {
            story.becomes(&posted.id, State::Paused).await;
        }
    }
    stops(&story);
    succeeds(&story, &posted.id).await;
    story.thread_of(&posted.card).await;
    story.discord.assert_clean();
}
