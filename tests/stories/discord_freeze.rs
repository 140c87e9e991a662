//! A freeze on Discord: the card says what it waits for, the thread is told once, and it starts by itself when that is over.

use interlock::approval::State;
use interlock::time::Millis;
use std::time::{Duration, Instant};
use story::discord_house::{CLUSTER, DiscordStory, Posted, SOON};

async fn says(story: &DiscordStory, who: &str, line: &str) -> String {
    let answer = story.user(who).runs(&story.ops, line).await;
    assert!(answer.is_private(), "{line}");
    answer.text()
}

/// A worker has looked whether it may start, and said when it looks next.
async fn is_looked_at(story: &DiscordStory, posted: &Posted, after: Millis) {
    let began = Instant::now();
    while story.operation(&posted.id).await.next_at < after {
        assert!(began.elapsed() < SOON, "nobody looked whether it may start");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn is_clean(story: &DiscordStory) {
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn the_card_names_the_freeze_and_it_starts_when_that_is_over() {
    let mut story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let said = says(&story, "alice", &format!("/freeze cluster:{CLUSTER} for:2h reason:\"black friday\"")).await;
    for part in ["Frozen", "alice", "black friday", "/unfreeze cluster:"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    posted.card.becomes("Does not start before this is over", SOON).await;
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Queued).await;
    let thread = posted.card.thread().unwrap();
    thread.wait_for_text("is frozen until", SOON).await;
    // That it was told is kept.
    let began = Instant::now();
    while story.operation(&posted.id).await.memory.frozen.is_none() {
        assert!(began.elapsed() < SOON, "it is not kept");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    story.dies().await;
    story.is_born().await;
    let before = story.operation(&posted.id).await.next_at;
    story.time_passes(Duration::from_secs(5_400));
    is_looked_at(&story, &posted, before.plus(Duration::from_secs(5_400))).await;
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::Queued, 0));
    story.time_passes(Duration::from_secs(1_900));
    story.becomes(&posted.id, State::Succeeded).await;
    let told = story.thread_of(&posted.card).await;
    assert_eq!(told.iter().filter(|one| one.text.contains("is frozen until")).count(), 1, "{told:#?}");
    is_clean(&story).await;
}

#[tokio::test]
async fn without_a_freeze_the_same_starts_at_once_and_a_lifted_one_stops_nothing() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert!(says(&story, "bob", "/freeze tier:production for:3d reason:\"year end\"").await.contains("Frozen"));
    let second = story.asks("alice", &story::discord_house::reset("latest")).await;
    second.card.becomes("every cluster of Production frozen until", SOON).await;
    story.reacts("bob", &second.card, "✅").await;
    story.becomes(&second.id, State::Queued).await;
    for who in ["alice", "vic", "mallory"] {
        let refused = says(&story, who, "/unfreeze tier:production reason:\"now\"").await;
        assert!(refused.contains("approver"), "{who}: {refused}");
    }
    // The way back of the first one goes past it.
    let back = story.asks("alice", &format!("/rollback operation:{}", posted.id)).await;
    assert!(!back.card.text().contains("frozen"), "{}", back.card.text());
    story.reacts("alice", &back.card, "✅").await;
    story.becomes(&back.id, State::Succeeded).await;
    assert_eq!(story.operation(&second.id).await.state, State::Queued);
    assert!(says(&story, "carol", "/unfreeze tier:production reason:\"a fix\"").await.contains("Lifted"));
    // What it was planned for has changed by the way back: it is asked for anew.
    story.becomes(&second.id, State::AwaitingApproval).await;
    is_clean(&story).await;
}
