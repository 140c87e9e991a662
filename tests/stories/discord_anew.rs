//! Asked again: the cluster changed after the approval, or somebody laid hands on the card.

use discord_model::Message;
use interlock::approval::State;
use story::discord_house::{DiscordStory, Posted, SOON};

/// Approval is given while the cluster cannot be looked at; meanwhile another tool moves the group.
async fn stale() -> (DiscordStory, Posted, Message) {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.kafka().trouble(Some(simulated::Trouble::Down)).unwrap();
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Queued).await;
    story.kafka().trouble(None).unwrap();
    story.another_tool_commits(7);
    let newer = story.card(&posted.id, 2).await;
    (story, posted, newer)
}

#[tokio::test]
async fn a_stale_plan_gets_a_new_card_and_the_old_one_says_what_differs() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    // The other tool is there between the approval and the last look: nothing is looked at before.
    story.another_tool_commits(7);
    story.reacts("bob", &posted.card, "✅").await;
    let newer = story.card(&posted.id, 2).await;
    newer.until(|seen| seen.reacted("❌").len() == 1, SOON).await;
    let old = posted.card.becomes("Replaced by a newer plan", SOON).await;
    assert!(old.text.contains("votes on this one count for nothing"), "{}", old.text);
    assert!(old.text.contains("60") && old.text.contains('7'), "what differs: {}", old.text);
    assert!(old.buttons().is_empty(), "nothing to press on a plan that is no more");
    let waiting = newer.becomes("Waiting for approval", SOON).await;
    assert!(waiting.text.contains("(0 so far)"), "votes do not carry over: {}", waiting.text);
    assert_ne!(old.file("plan.json").unwrap().bytes, waiting.file("plan.json").unwrap().bytes);
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));

    // A vote on the old card is one on nothing.
    story.reacts("carol", &posted.card, "✅").await;
    story.reacts("alice", &newer, "✅").await;
    newer.becomes("not counted: alice (asked for it)", SOON).await;
    let still = newer.look();
    assert!(!still.text.contains("carol"), "{}", still.text);
    assert_eq!(story.operation(&posted.id).await.state, State::AwaitingApproval);

    story.reacts("bob", &newer, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.committed().await, [0, 0, 0]);
    newer.becomes("Done", SOON).await;
    assert!(posted.card.look().text.contains("Replaced"), "the old card stays what it was");
    let told = story.thread_of(&posted.card).await;
    assert!(told.iter().any(|one| one.text.contains("no longer as it was")), "{told:#?}");
    story.direct_messages_are_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn while_the_cluster_is_down_an_approved_plan_waits() {
    let (story, posted, newer) = stale().await;
    newer.becomes("Waiting for approval", SOON).await;
    assert_eq!(story.operation(&posted.id).await.revision, 2);
    story.thread_of(&posted.card).await;
    story.ops.bot_messages().iter().for_each(Message::read);
    story.discord.assert_clean();
}

/// Who asked is gone when the plan turns out to be stale: it is not asked for again in that name, and it is said why.
#[tokio::test]
async fn a_stale_plan_of_somebody_who_left_is_not_asked_for_again() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.another_tool_commits(7);
    story.user("alice").leaves();
    story.reacts("bob", &posted.card, "✅").await;
    let ended = story.becomes(&posted.id, State::Refused).await;
    assert_eq!((ended.why.id.as_str(), ended.revision), ("requester-not-a-member", 1));
    posted.card.becomes("no longer a member", SOON).await;
    let told = story.thread_of(&posted.card).await;
    let called = told.iter().filter(|one| one.text.contains("no longer a member"));
    assert!(called.clone().count() > 0 && called.clone().any(|one| !one.silent), "{told:#?}");
    assert_eq!((story.acts(), story.committed().await[0]), (0, 7), "what the other tool did stays");
    story.all_is_told().await;
    story.ops.bot_messages().iter().for_each(Message::read);
    story.discord.assert_clean();
}

/// What somebody with power over the channel does to a card.
type Deed = fn(&Message);

/// It is asked again on a card that is as it was sent; on it the approval counts.
async fn asked_again_after(deed: Deed, why: &str) {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    // A look that is under way would count the vote on what the card was, and the card would be drawn over what was done to it.
    story.cards_are_read_anew().await;
    story.is_quiet().await;
    deed(&posted.card);
    if !posted.card.is_deleted() {
        story.reacts("bob", &posted.card, "✅").await;
    }
    let newer = story.card(&posted.id, 2).await;
    assert_ne!(newer.id(), posted.card.id());
    newer.until(|seen| seen.reacted("❌").len() == 1, SOON).await;
    let operation = story.operation(&posted.id).await;
    assert_eq!((operation.state, operation.why.id.as_str()), (State::AwaitingApproval, why));
    assert_eq!(story.acts(), 0, "nothing was done by a card that was tampered with");
    story.reacts("carol", &newer, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    newer.becomes("Done", SOON).await;
    story.all_is_told().await;
    story.ops.bot_messages().iter().for_each(Message::read);
    if let Some(thread) = posted.card.thread() {
        let told: Vec<_> = thread.bot_messages().iter().map(Message::look).collect();
        assert!(told.iter().any(|one| one.text.contains("so it is posted again")), "{told:#?}");
        assert!(told.iter().all(|one| !one.text.contains("stale-card")), "in words: {told:#?}");
        thread.bot_messages().iter().for_each(Message::read);
    }
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_deleted_card_is_posted_again() {
    asked_again_after(Message::deletes, "card-gone").await;
}

#[tokio::test]
async fn a_card_without_its_embeds_is_posted_again() {
    asked_again_after(Message::loses_embeds, "card-altered").await;
}

#[tokio::test]
async fn a_card_that_says_something_else_is_posted_again() {
    asked_again_after(|card| card.is_forged("Waiting for approval: something harmless", Vec::new()), "card-altered")
        .await;
}

#[tokio::test]
async fn a_deleted_thread_does_not_keep_anything_from_being_told() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    posted.card.thread().unwrap().deletes();
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    story.all_is_told().await;
    let answers: Vec<_> = story.ops.bot_messages().iter().map(Message::look).collect();
    let replies: Vec<_> = answers.iter().filter(|one| one.reply_to == Some(posted.card.id())).collect();
    assert!(replies.iter().any(|one| one.text.contains("Succeeded")), "{answers:#?}");
    posted.card.becomes("Done", SOON).await;
    story.discord.assert_clean();
}
