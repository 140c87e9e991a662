//! Discord is away, or half of it is: votes count once and as they stand, and what cannot be read is not taken for nothing.

use discord_model::gateway::Release;
use discord_model::{Fault, Message, On};
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::plan::Effect;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use story::discord_house::{DiscordStory, SOON, operation_in, reset, wait_until};

const REACTIONS: &str = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}";
const MEMBER: &str = "/guilds/{guild_id}/members/{user_id}";
const GATEWAY: &str = "/gateway/bot";
/// How long connections are closed one after the other.
const STORM: Duration = Duration::from_secs(5);
/// What is posted, seeded, opened and drawn.
const WRITES: [(&str, &str); 4] = [
    ("POST", "/channels/{channel_id}/messages"),
    ("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me"),
    ("POST", "/channels/{channel_id}/messages/{message_id}/threads"),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"),
];

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

async fn two_approvers() -> DiscordStory {
    DiscordStory::begin_with(|policy, _| {
        policy.seats.demand(Tier::Production, Effect::Reversible, 2).unwrap();
    })
    .await
}

fn asked(story: &DiscordStory, method: &str, template: &str) -> usize {
    story.discord.requests().iter().filter(|one| one.is(method, template)).count()
}

/// The gateway closes one connection after the other, by codes that let it be resumed and by some that do not. Between them
/// approvals come and go.
#[tokio::test]
async fn a_storm_of_closes_loses_no_vote_and_spends_few_identifies() {
    let story = two_approvers().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    let gateway = story.discord.gateway();
    let (bob, carol) = (story.user("bob"), story.user("carol"));
    let before = asked(&story, "GET", GATEWAY);
    let codes = [4_000, 4_009, 4_007, 4_000];
    for (at, code) in codes.into_iter().enumerate() {
        gateway.closes(code);
        gateway.is(|sessions| sessions.iter().all(|one| !one.connected), SOON).await;
        // Nobody is told of these. carol's last word is yes, bob's is no.
        if at % 2 == 0 {
            carol.unreacts(&posted.card, "✅").await;
            bob.reacts(&posted.card, "✅").await;
        } else {
            bob.unreacts(&posted.card, "✅").await;
            carol.reacts(&posted.card, "✅").await;
        }
        gateway.is(|sessions| sessions.iter().any(|one| one.connected), SOON).await;
    }
    story.cards_are_read_anew().await;
    let seen = posted.card.becomes("1 of 2: carol", SOON).await;
    assert!(!seen.text.contains("bob"), "{}", seen.text);
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));
    let most = u32::try_from(codes.len()).unwrap() + 1;
    assert!(gateway.identifies() <= most, "{} identifies", gateway.identifies());
    let attempts = asked(&story, "GET", GATEWAY) - before;
    assert!(attempts <= 3 * codes.len(), "{attempts} attempts to connect");
    bob.reacts(&posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    posted.card.becomes("Done", SOON).await;
    let starts = story.audit(&posted.id).await.into_iter().filter(|what| what == "start").count();
    assert_eq!((starts, story.acts()), (1, 1));
    nothing_is_posted_twice(&story, &posted.card).await;
    story.discord.assert_clean();
}

/// Whatever is opened is closed at once, for some seconds: each attempt waits longer than the one before it.
#[tokio::test]
async fn in_a_storm_of_closes_attempts_become_rare() {
    let story = two_approvers().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    let gateway = story.discord.gateway();
    let (before, began) = (asked(&story, "GET", GATEWAY), Instant::now());
    while began.elapsed() < STORM {
        if gateway.sessions().iter().any(|one| one.connected) {
            gateway.closes(4_000);
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // At least half a second, one and two lie between them; without a pause there are several a second.
    let attempts = asked(&story, "GET", GATEWAY) - before;
    assert!((1..=7).contains(&attempts), "{attempts} attempts to connect");
    story.reacts("carol", &posted.card, "✅").await;
    gateway.is(|sessions| sessions.iter().any(|one| one.connected), SOON).await;
    posted.card.becomes("1 of 2: carol", SOON).await;
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.acts(), 1);
    nothing_is_posted_twice(&story, &posted.card).await;
    story.discord.assert_clean();
}

/// The day's identifies are almost spent: the bot stays away from the gateway, and reads what stands on its cards all the same.
#[tokio::test]
async fn while_few_identifies_are_left_votes_are_read_without_the_gateway() {
    let mut story = two_approvers().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    let gateway = story.discord.gateway();
    gateway.has_identifies_left(6);
    let before = asked(&story, "GET", GATEWAY);
    // The first attempt finds how few are left.
    gateway.closes(4_000);
    wait_until("a look at what is left", || asked(&story, "GET", GATEWAY) > before).await;
    gateway.is(|sessions| sessions.iter().any(|one| one.connected), SOON).await;
    let spent = gateway.identifies();
    gateway.invalidates_sessions(false);
    gateway.closes(4_000);
    gateway.is(|sessions| sessions.iter().all(|one| !one.connected), SOON).await;
    story.reacts("bob", &posted.card, "✅").await;
    story.cards_are_read_anew().await;
    posted.card.becomes("1 of 2: bob", SOON).await;
    story.user("bob").unreacts(&posted.card, "✅").await;
    story.reacts("carol", &posted.card, "✅").await;
    story.cards_are_read_anew().await;
    let seen = posted.card.becomes("1 of 2: carol", SOON).await;
    assert!(!seen.text.contains("bob"), "{}", seen.text);
    story.reacts("bob", &posted.card, "✅").await;
    story.time_passes(Duration::from_secs(61));
    story.becomes(&posted.id, State::Succeeded).await;
    posted.card.becomes("Done", SOON).await;
    assert!(gateway.identifies() <= spent + 1, "{} identifies of {spent}", gateway.identifies());
    assert!(gateway.sessions().iter().all(|one| !one.connected), "it stays away");

    // The next day.
    gateway.has_identifies_left(1_000);
    story.dies().await;
    story.is_born().await;
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::Succeeded, 1));
    assert!(posted.card.text().contains("Done"), "{}", posted.card.text());
    nothing_is_posted_twice(&story, &posted.card).await;
    story.discord.assert_clean();
}

/// Time goes on until something is true.
async fn in_time(story: &DiscordStory, what: &str, is: impl Fn() -> bool) {
    wait_until(what, || {
        story.time_passes(Duration::from_secs(1));
        is()
    })
    .await;
}

/// Whatever is answered to what is posted, seeded, opened and drawn, once each: there is one card with one thread, and in the end
/// it says what is true.
#[tokio::test]
async fn what_is_written_while_discord_fails_is_there_once_and_true_in_the_end() {
    let retry_after = Duration::from_millis(100);
    for fault in [
        Fault::RateLimited { retry_after, global: false },
        Fault::RateLimited { retry_after, global: true },
        Fault::Status(500),
        Fault::Unreachable,
        Fault::NoAnswer,
        Fault::AnswerLost,
        Fault::HalfAnswer,
    ] {
        // Nobody owns anything: time goes on fast here, and owners are waited for.
        let story = DiscordStory::begin_with(|policy, _| policy.owners.0.clear()).await;
        for (method, template) in WRITES {
            story.discord.fails_once(On::path(method, template), fault);
        }
        let answer = story.user("alice").runs(&story.ops, &reset("earliest")).await;
        let id = operation_in(&answer.text());
        let cards = || -> Vec<Message> {
            story.ops.bot_messages().into_iter().filter(|one| one.peek().file("plan.json").is_some()).collect()
        };
        let bot = story.discord.bot_id();
        in_time(&story, "the card, its votes and its thread", || {
            let is_whole = |card: &Message| card.peek().reacted("❌") == [bot] && card.thread().is_some();
            cards().first().is_some_and(is_whole)
        })
        .await;
        let card = cards().remove(0);
        story.reacts("bob", &card, "✅").await;
        let ended = story.becomes(&id, State::Succeeded).await;
        in_time(&story, "its end", || card.text().contains("Done")).await;
        assert_eq!(story.discord.works_again(), 0, "{fault:?}: each was met");
        assert_eq!((ended.revision, story.acts()), (1, 1), "{fault:?}");
        story.all_is_told().await;
        assert_eq!((cards().len(), story.ops.threads().len()), (1, 1), "{fault:?}");
        let starts = story.audit(&id).await.into_iter().filter(|what| what == "start").count();
        assert_eq!(starts, 1, "{fault:?}");
        nothing_is_posted_twice(&story, &card).await;
        story.discord.assert_clean();
    }
}
