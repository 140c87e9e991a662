//! What stands on a card counts, whoever was away when it was put there: votes and 🛑 ⏸️ are found again; ▶️ acts only when it
//! comes; and each reaction is acted on once.

use discord_model::gateway::Release;
use interlock::approval::State;
use story::discord_house::{DiscordStory, Posted, SOON};

/// A reset waits for its group to stop.
async fn waiting() -> (DiscordStory, Posted) {
    let story = DiscordStory::begin().await;
    let posted = story.waits().await;
    (story, posted)
}

/// Something happens in the chat, and the bot is never told.
async fn unseen(story: &DiscordStory, happens: impl AsyncFnOnce()) {
    story.discord.gateway().holds_events();
    happens().await;
    story.discord.gateway().releases(Release::Never);
}

/// Everything that the bot was told of the card so far has been looked at to its end, and the next round of looks is a minute
/// away.
async fn settles(story: &DiscordStory) {
    story.all_is_told().await;
    story.cards_are_read_anew().await;
    story.is_quiet().await;
}

async fn is_still(story: &DiscordStory, posted: &Posted, state: State) {
    story.all_is_told().await;
    assert_eq!(story.operation(&posted.id).await.state, state);
}

#[tokio::test]
async fn a_vote_whose_event_was_lost_is_found_by_the_timer() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    settles(&story).await;
    unseen(&story, async || story.reacts("bob", &posted.card, "✅").await).await;
    is_still(&story, &posted, State::AwaitingApproval).await;
    story.time_passes(std::time::Duration::from_secs(61));
    story.becomes(&posted.id, State::Succeeded).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_stop_before_the_start_that_was_missed_is_a_veto() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    unseen(&story, async || {
        // mallory may not stop anything; her reaction changes nothing, before the start or after it.
        story.reacts("mallory", &posted.card, "🛑").await;
        story.reacts("carol", &posted.card, "🛑").await;
    })
    .await;
    // The very next look at the votes sees it, before any timer does.
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Rejected).await;
    posted.card.becomes("Vetoed by carol", SOON).await;
    assert_eq!(story.acts(), 0);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_stop_that_was_pressed_while_the_bot_was_down_is_heard() {
    let (mut story, posted) = waiting().await;
    story.all_is_told().await;
    story.dies().await;
    story.reacts("mallory", &posted.card, "🛑").await;
    story.reacts("carol", &posted.card, "🛑").await;
    story.is_born().await;
    story.becomes(&posted.id, State::Stopped).await;
    posted.card.becomes("Stopped by carol", SOON).await;
    assert_eq!(story.acts(), 0);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_stop_whose_event_was_lost_is_found_by_the_timer() {
    let (story, posted) = waiting().await;
    settles(&story).await;
    unseen(&story, async || story.reacts("carol", &posted.card, "🛑").await).await;
    is_still(&story, &posted, State::Waiting).await;
    story.time_passes(std::time::Duration::from_secs(61));
    story.becomes(&posted.id, State::Stopped).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_pause_beside_a_resume_stays_paused_and_is_acted_on_once() {
    let (mut story, posted) = waiting().await;
    story.all_is_told().await;
    story.dies().await;
    story.reacts("bob", &posted.card, "⏸️").await;
    story.reacts("alice", &posted.card, "▶️").await;
    story.is_born().await;
    story.becomes(&posted.id, State::Paused).await;
    story.cards_are_read_anew().await;
    is_still(&story, &posted, State::Paused).await;
    // ▶️ acts when it comes; the ⏸️ that still stands there has been acted on.
    story.user("alice").unreacts(&posted.card, "▶️").await;
    story.reacts("alice", &posted.card, "▶️").await;
    story.becomes(&posted.id, State::Waiting).await;
    story.cards_are_read_anew().await;
    is_still(&story, &posted, State::Waiting).await;
    let pauses = story.audit(&posted.id).await.into_iter().filter(|what| what == "pause").count();
    assert_eq!(pauses, 1);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_pause_of_somebody_else_while_it_is_paused_is_no_second_one() {
    let (story, posted) = waiting().await;
    story.reacts("bob", &posted.card, "⏸️").await;
    story.becomes(&posted.id, State::Paused).await;
    story.reacts("carol", &posted.card, "⏸️").await;
    story.cards_are_read_anew().await;
    story.reacts("alice", &posted.card, "▶️").await;
    story.becomes(&posted.id, State::Waiting).await;
    story.cards_are_read_anew().await;
    is_still(&story, &posted, State::Waiting).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// bob has paused it and alice has let it go on; his ⏸️ still stands there, and has been acted on.
async fn resumed() -> (DiscordStory, Posted) {
    let (story, posted) = waiting().await;
    story.reacts("bob", &posted.card, "⏸️").await;
    story.becomes(&posted.id, State::Paused).await;
    story.reacts("alice", &posted.card, "▶️").await;
    story.becomes(&posted.id, State::Waiting).await;
    (story, posted)
}

#[tokio::test]
async fn an_event_that_comes_again_is_not_acted_on_again() {
    let (story, posted) = resumed().await;
    let events = story.discord.gateway();
    events.dispatches(
        "MESSAGE_REACTION_ADD",
        serde_json::json!({
            "user_id": story.user("bob").id().to_string(), "channel_id": story.ops.id().to_string(),
            "message_id": posted.card.id().to_string(), "guild_id": story.discord.guild().id().to_string(),
            "emoji": {"id": null, "name": "⏸️"}, "burst": false, "type": 0,
        }),
    );
    // The vote behind it is handled after it.
    story.reacts("vic", &posted.card, "⏸️").await;
    story.cards_are_read_anew().await;
    is_still(&story, &posted, State::Waiting).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// Somebody with power over the channel takes reactions off.
type Deed = fn(&discord_model::Message);

async fn a_pause_counts_again_after(deed: Deed, down: bool) {
    let (mut story, posted) = resumed().await;
    story.all_is_told().await;
    if down {
        story.dies().await;
        deed(&posted.card);
        story.is_born().await;
        story.cards_are_read_anew().await;
    } else {
        deed(&posted.card);
    }
    story.reacts("bob", &posted.card, "⏸️").await;
    story.becomes(&posted.id, State::Paused).await;
    let pauses = story.audit(&posted.id).await.into_iter().filter(|what| what == "pause").count();
    assert_eq!(pauses, 2);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_pause_counts_again_after_all_reactions_were_cleared() {
    a_pause_counts_again_after(discord_model::Message::loses_reactions, false).await;
}

#[tokio::test]
async fn a_pause_counts_again_after_its_emoji_was_cleared() {
    a_pause_counts_again_after(|card| card.loses_emoji("⏸️"), false).await;
}

#[tokio::test]
async fn a_pause_counts_again_after_it_was_cleared_while_the_bot_was_down() {
    a_pause_counts_again_after(discord_model::Message::loses_reactions, true).await;
}
