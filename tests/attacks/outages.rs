//! Discord is away, or half of it is: votes count once and as they stand, and what cannot be read is not taken for nothing.

use discord_model::gateway::Release;
use discord_model::{Fault, Message, On};
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::plan::Effect;
use std::collections::BTreeSet;
use std::time::Duration;
use story::discord_house::{DiscordStory, SOON, wait_until};

const REACTIONS: &str = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}";
const MEMBER: &str = "/guilds/{guild_id}/members/{user_id}";

/// The lists of people who react that were asked for, and came to this.
fn lists(story: &DiscordStory, status: Option<u16>) -> usize {
    story.discord.requests().iter().filter(|one| one.is("GET", REACTIONS) && one.status == status).count()
}

/// The gateway is gone for ten minutes. Meanwhile an approval comes and goes and another one comes, and who asks for them is
/// told to wait, in both ways, gets a 500, nothing, and half an answer.
#[tokio::test]
async fn votes_that_come_and_go_while_the_gateway_is_gone_count_once_and_as_they_stand() {
    let story = DiscordStory::begin_with(|policy, _| {
        policy.seats.demand(Tier::Production, Effect::Reversible, 2).unwrap();
    })
    .await;
    let posted = story.reset().await;
    story.all_is_told().await;
    let gateway = story.discord.gateway();
    gateway.goes_down();
    gateway.is(|sessions| sessions.iter().all(|one| !one.connected), SOON).await;
    let retry_after = Duration::from_millis(100);
    for fault in [
        Fault::RateLimited { retry_after, global: false },
        Fault::RateLimited { retry_after, global: true },
        Fault::Status(500),
        Fault::Unreachable,
        Fault::HalfAnswer,
    ] {
        story.discord.fails_once(On::path("GET", REACTIONS), fault);
    }
    story.reacts("bob", &posted.card, "✅").await;
    story.time_passes(Duration::from_secs(200));
    wait_until("the first three", || lists(&story, Some(500)) == 1).await;
    assert_eq!(lists(&story, Some(429)), 2);
    story.user("bob").unreacts(&posted.card, "✅").await;
    story.reacts("carol", &posted.card, "✅").await;
    story.time_passes(Duration::from_secs(200));
    wait_until("the fourth", || lists(&story, None) == 1).await;
    let answered = lists(&story, Some(200));
    story.time_passes(Duration::from_secs(200));
    wait_until("the fifth", || lists(&story, Some(200)) > answered).await;
    assert_eq!(story.discord.works_again(), 0, "each of them was met");
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));

    gateway.comes_back();
    // Attempts to connect have become rare meanwhile.
    gateway.is(|sessions| sessions.iter().any(|one| one.connected), SOON * 3).await;
    let seen = posted.card.becomes("1 of 2: carol", SOON).await;
    assert!(!seen.text.contains("bob"), "what was taken back is not there: {}", seen.text);
    assert_eq!(story.operation(&posted.id).await.state, State::AwaitingApproval);
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    posted.card.becomes("Done", SOON).await;
    let starts = story.audit(&posted.id).await.into_iter().filter(|what| what == "start").count();
    assert_eq!((starts, story.acts()), (1, 1));
    nothing_is_posted_twice(&story, &posted.card).await;
    story.discord.assert_clean();
}

async fn nothing_is_posted_twice(story: &DiscordStory, card: &Message) {
    story.everything_is_read().await;
    let (here, there) = (story.ops.bot_messages(), card.thread().expect("the thread").bot_messages());
    let mut markers = BTreeSet::new();
    for seen in here.iter().chain(&there).map(Message::look).filter(|one| !one.private) {
        let marker = seen.nonce.clone().unwrap_or_else(|| panic!("without a marker: {}", seen.text));
        assert!(markers.insert(marker), "posted twice: {}", seen.text);
    }
    assert!(markers.len() > 3, "{markers:?}");
}

/// The approvals can be read and the vetoes cannot: nothing begins, and the veto that stands there is found.
#[tokio::test]
async fn vetoes_that_cannot_be_read_are_not_taken_for_none() {
    for fault in [
        Fault::Status(500),
        Fault::HalfAnswer,
        Fault::Unreachable,
        Fault::RateLimited { retry_after: Duration::from_secs(1), global: false },
    ] {
        let story = DiscordStory::begin().await;
        let posted = story.reset().await;
        story.all_is_told().await;
        story.discord.fails_always(On::path("GET", REACTIONS).about("emoji_name", &"❌"), fault);
        // The bot is never told of this one.
        story.discord.gateway().holds_events();
        story.reacts("carol", &posted.card, "❌").await;
        story.discord.gateway().releases(Release::Never);
        story.reacts("bob", &posted.card, "✅").await;
        let before = story.discord.requests().len();
        wait_until("the look at the vetoes", || {
            let requests = story.discord.requests();
            requests[before..].iter().any(|one| {
                one.is("GET", REACTIONS) && one.parameters.get("emoji_name").is_some_and(|emoji| emoji == "❌")
            })
        })
        .await;
        story.all_is_told().await;
        let now = (story.operation(&posted.id).await.state, story.acts());
        assert_eq!(now, (State::AwaitingApproval, 0), "{fault:?}");
        story.discord.works_again();
        story.time_passes(Duration::from_secs(61));
        story.becomes(&posted.id, State::Rejected).await;
        posted.card.becomes("Vetoed by carol", SOON).await;
        assert_eq!((story.acts(), story.committed().await), (0, vec![60, 60, 60]), "{fault:?}");
        story.everything_is_read().await;
        story.discord.assert_clean();
    }
}

/// The same while somebody approves by command in the chat, which is there: only at the bot's own machine commands alone
/// decide, while nothing of the chat can be read.
#[tokio::test]
async fn commands_in_the_chat_do_not_pass_by_vetoes_that_cannot_be_read() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    story.discord.fails_always(On::path("GET", REACTIONS).about("emoji_name", &"❌"), Fault::Status(500));
    story.discord.gateway().holds_events();
    story.reacts("carol", &posted.card, "❌").await;
    story.discord.gateway().releases(Release::Never);
    let digest = story.plan(&posted.id).await.digest();
    let line = format!("/approve operation:{} digest:{digest}", posted.id);
    let answer = story.user("bob").runs(&story.ops, &line).await;
    answer.message().read();
    let lists_of_no = |story: &DiscordStory| lists(story, Some(500));
    let before = lists_of_no(&story);
    story.time_passes(Duration::from_secs(61));
    wait_until("another look at the vetoes", || lists_of_no(&story) > before).await;
    story.all_is_told().await;
    let now = (story.operation(&posted.id).await.state, story.acts());
    assert_eq!(now, (State::AwaitingApproval, 0), "carol's veto stands there unread");
    story.discord.works_again();
    story.time_passes(Duration::from_secs(61));
    story.becomes(&posted.id, State::Rejected).await;
    assert_eq!(story.acts(), 0);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// 10: that something is gone, without a word of whom, takes no veto away.
#[tokio::test]
async fn an_answer_that_names_no_member_makes_no_veto_worthless() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    let carol = On::path("GET", MEMBER).about("user_id", &story.user("carol").id());
    story.discord.fails_always(carol, Fault::Status(404));
    story.reacts("carol", &posted.card, "❌").await;
    story.reacts("bob", &posted.card, "✅").await;
    story.cards_are_read_anew().await;
    let now = (story.operation(&posted.id).await.state, story.acts());
    assert_eq!(now, (State::AwaitingApproval, 0), "nobody knows what carol's veto is worth");
    story.discord.works_again();
    story.time_passes(Duration::from_secs(61));
    story.becomes(&posted.id, State::Rejected).await;
    assert_eq!(story.acts(), 0);
    story.everything_is_read().await;
    story.discord.assert_clean();
}
