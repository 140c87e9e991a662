//! What the engine does not go on with for ever: a cluster that changes faster than it is planned, and an act that is never
//! taken. People read why, and nothing stays held.

use discord_model::{Message, Seen};
use interlock::approval::State;
use interlock::facts::Fact;
use interlock::id::{ClusterName, OperationId};
use simulated::ActFault;
use std::time::{Duration, Instant};
use story::discord_house::{CLUSTER, DiscordStory, Posted, SOON, reset};

/// Nothing is held on the cluster of the stories.
async fn nothing_is_held(story: &DiscordStory) {
    let cluster: ClusterName = CLUSTER.parse().unwrap();
    let held = story.house().rooms().store.holds(&cluster).await.unwrap();
    assert!(held.is_empty(), "{held:?}");
    // And the group can be asked for again.
    story.asks("alice", &reset("latest")).await;
}

/// Who asked for it is called once by words like these; the owner, if told at all, by a message of her own.
fn called(story: &DiscordStory, told: &[Seen], words: &str) {
    let alice = story.user("alice").id();
    let calls = told.iter().filter(|one| one.text.contains(words) && !one.silent && one.notified_users == [alice]);
    assert_eq!(calls.count(), 1, "{words}: {told:#?}");
}

async fn approved(story: &DiscordStory, card: &Message) {
    let bot = story.discord.bot_id();
    card.until(|seen| seen.reacted("❌") == [bot], SOON).await;
    story.reacts("bob", card, "✅").await;
}

/// Each time that it is approved, another tool has been there again.
#[tokio::test]
async fn a_plan_that_is_stale_for_the_fourth_time_is_not_made_anew() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let mut card = posted.card.clone();
    for revision in 2..=4 {
        story.another_tool_commits(i64::from(revision));
        approved(&story, &card).await;
        card = story.card(&posted.id, revision).await;
    }
    story.another_tool_commits(9);
    approved(&story, &card).await;
    let ended = story.becomes(&posted.id, State::Refused).await;
    assert_eq!((ended.why.id.as_str(), ended.revision, ended.replanned), ("replanned-too-often", 4, 3));
    let seen = card.becomes("changes faster than it is planned", SOON).await;
    assert!(seen.text.contains("nothing was changed"), "{}", seen.text);
    called(&story, &story.thread_of(&posted.card).await, "changes faster than it is planned");
    assert_eq!((story.acts(), story.committed().await), (0, vec![9, 60, 60]), "the other tool's value stands");
    story.audit(&posted.id).await;
    nothing_is_held(&story).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// Time goes on until it comes to this.
async fn comes_to(story: &DiscordStory, id: &OperationId, state: State) -> engine::Operation {
    let began = Instant::now();
    loop {
        let operation = story.operation(id).await;
        if operation.state == state {
            return operation;
        }
        let in_time = began.elapsed() < SOON && !operation.state.has_ended();
        assert!(in_time, "{id} is {} because {:?}, not {state}", operation.state, operation.why);
        story.time_passes(Duration::from_millis(500));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// So many requests to act are lost on their way to the cluster.
async fn lost(times: usize) -> (DiscordStory, Posted) {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    for _ in 0..times {
        story.kafka().fail_next_act(ActFault::RequestLost).unwrap();
    }
    story.reacts("bob", &posted.card, "✅").await;
    (story, posted)
}

#[tokio::test]
async fn an_act_that_is_lost_three_times_is_not_sent_again() {
    let (story, posted) = lost(3).await;
    let ended = comes_to(&story, &posted.id, State::Stopped).await;
    assert_eq!(ended.why.id, "tried-too-often");
    assert_eq!(ended.why.facts.get("attempts"), Some(&Fact::Count(3)), "{:?}", ended.why);
    assert_eq!((story.intents(&posted.id).await, story.acts()), (3, 0));
    assert_eq!(story.committed().await, [60, 60, 60]);
    let seen = posted.card.becomes("did not take it, though I tried 3 times", SOON).await;
    for words in ["before anything was changed", "no answer within the deadline"] {
        assert!(seen.text.contains(words), "{words}: {}", seen.text);
    }
    called(&story, &story.thread_of(&posted.card).await, "did not take it, though I tried 3 times");
    story.audit(&posted.id).await;
    nothing_is_held(&story).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// One less, and it goes through.
#[tokio::test]
async fn an_act_that_is_lost_twice_is_sent_once_more() {
    let (story, posted) = lost(2).await;
    comes_to(&story, &posted.id, State::Succeeded).await;
    assert_eq!((story.intents(&posted.id).await, story.acts()), (3, 1));
    assert_eq!(story.committed().await, [0, 0, 0]);
    story.everything_is_read().await;
    story.discord.assert_clean();
}
