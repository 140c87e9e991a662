//! A ❌ of somebody who decides nothing: it stops nobody, neither now nor later.

use super::at_the_machine::{at_the_console, with_a_console};
use discord_model::{Fault, Message, On};
use interlock::approval::State;
use interlock::policy::Role;
use signalbox::desk::Done;
use story::discord_house::{DiscordStory, Posted, SOON, chat_role};

const STRANGER: &str = "mallory";

/// A plan with the ❌ of somebody without any role, as the card says.
async fn vetoed_by_a_stranger() -> (DiscordStory, Posted) {
    let story = DiscordStory::begin_set(with_a_console).await;
    let posted = story.reset().await;
    story.reacts(STRANGER, &posted.card, "❌").await;
    story.cards_are_read_anew().await;
    let digest = story.plan(&posted.id).await.digest();
    let began = std::time::Instant::now();
    while story.house().rooms().store.powerless(&posted.id, digest).await.unwrap().is_empty() {
        assert!(began.elapsed() < SOON, "it is not known that this veto is worth nothing");
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(story.operation(&posted.id).await.state, State::AwaitingApproval);
    (story, posted)
}

#[tokio::test]
async fn what_was_taken_back_does_not_veto_when_its_caster_becomes_an_approver() {
    let (story, posted) = vetoed_by_a_stranger().await;
    story.user(STRANGER).unreacts(&posted.card, "❌").await;
    story.cards_are_read_anew().await;
    story.user(STRANGER).gets_role(chat_role(&story.discord, Role::Approver));
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn what_stands_vetoes_when_its_caster_becomes_an_approver() {
    let (story, posted) = vetoed_by_a_stranger().await;
    story.user(STRANGER).gets_role(chat_role(&story.discord, Role::Approver));
    story.reacts("bob", &posted.card, "✅").await;
    let ended = story.becomes(&posted.id, State::Rejected).await;
    assert_eq!((ended.state, story.acts()), (State::Rejected, 0));
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn while_discord_is_away_it_keeps_nobody_at_the_console_waiting() {
    let (story, posted) = vetoed_by_a_stranger().await;
    story.discord.fails_always(On::default(), Fault::Unreachable);
    let line = format!("/approve operation:{} digest:{}", posted.id, story.plan(&posted.id).await.digest());
    let done = at_the_console(&story, "bob", &line).await;
    assert!(matches!(done, Done::Controlled { what: "vote-counted", .. }), "{done:?}");
    // It goes on until the owners must hear of it.
    story.becomes(&posted.id, State::Running).await;
    story.discord.works_again();
    story.becomes(&posted.id, State::Succeeded).await;
    story.everything_is_read().await;
    story.ops.bot_messages().iter().for_each(Message::read);
    story.discord.assert_clean();
}
