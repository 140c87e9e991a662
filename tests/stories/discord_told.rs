//! Who approves in vain is told so alone: once for each plan, where they are somebody to us, and where they take direct messages.

use discord_model::gateway::Release;
use discord_model::{Fault, Message, On, Request, Seen};
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::plan::Effect;
use interlock::policy::Role;
use signalbox::text::Locale;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use story::discord_house::{DiscordStory, Posted, SOON, chat_role, wait_until};

const POST: &str = "/channels/{channel_id}/messages";
const OPEN: &str = "/users/@me/channels";
const MEMBER: &str = "/guilds/{guild_id}/members/{user_id}";
const IN_VAIN: &str = "Your ✅ does not count";

async fn two_approvers() -> DiscordStory {
    DiscordStory::begin_with(|policy, _| {
        policy.seats.demand(Tier::Production, Effect::Reversible, 2).unwrap();
    })
    .await
}

/// What somebody was told alone so far.
fn told(story: &DiscordStory, who: &str) -> Vec<Seen> {
    story.user(who).direct_messages().bot_messages().iter().map(Message::look).collect()
}

async fn is_told(story: &DiscordStory, who: &str) -> Seen {
    story.user(who).direct_messages().wait_for_text(IN_VAIN, SOON).await.look()
}

/// The votes were counted again since, and what is to be told was told.
async fn counted_again(story: &DiscordStory) {
    story.cards_are_read_anew().await;
    story.all_is_told().await;
}

async fn bob_approves(story: &DiscordStory, posted: &Posted) {
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    posted.card.becomes("Done", SOON).await;
}

async fn is_clean(story: &DiscordStory) {
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn who_asked_and_approves_is_told_once_whatever_comes() {
    let mut story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.reacts("alice", &posted.card, "✅").await;
    let seen = is_told(&story, "alice").await;
    let digest = story.plan(&posted.id).await.digest().short();
    let (guild, channel, card) = (story.discord.guild().id(), story.ops.id(), posted.card.id());
    let link = format!("https://discord.com/channels/{guild}/{channel}/{card}");
    for part in ["(asked for it)", "billing-eu", posted.id.as_str(), digest.as_str(), link.as_str(), "somebody else"] {
        assert!(seen.text.contains(part), "{part}: {}", seen.text);
    }
    assert!(!seen.silent && seen.notified_users.is_empty() && seen.buttons().is_empty());

    let alice = story.user("alice");
    alice.unreacts(&posted.card, "✅").await;
    counted_again(&story).await;
    alice.reacts(&posted.card, "✅").await;
    counted_again(&story).await;
    story.dies().await;
    story.is_born().await;
    counted_again(&story).await;
    assert_eq!(told(&story, "alice").len(), 1, "she has been told");
    bob_approves(&story, &posted).await;
    is_clean(&story).await;
    assert!(told(&story, "bob").is_empty(), "his counts");
}

#[tokio::test]
async fn each_plan_of_an_operation_is_told_of() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.reacts("alice", &posted.card, "✅").await;
    is_told(&story, "alice").await;
    story.another_tool_commits(7);
    story.reacts("bob", &posted.card, "✅").await;
    let newer = story.card(&posted.id, 2).await;
    newer.until(|seen| seen.reacted("❌").len() == 1, SOON).await;
    story.reacts("alice", &newer, "✅").await;
    let card = format!("/{}", newer.id());
    story.user("alice").direct_messages().wait_for_text(&card, SOON).await;
    counted_again(&story).await;
    assert_eq!(told(&story, "alice").len(), 2);
    bob_approves(&story, &Posted { card: newer, ..posted }).await;
    is_clean(&story).await;
}

#[tokio::test]
async fn strangers_are_told_nothing_and_whom_the_settings_know_is() {
    let story = two_approvers().await;
    story.user("zoe").gets_role(chat_role(&story.discord, Role::Viewer));
    let posted = story.reset().await;
    let strangers: Vec<String> = (0..9).map(|number| format!("passer-by-{number}")).collect();
    for who in strangers.iter().map(String::as_str).chain(["bob", "vic", "mallory", "zoe"]) {
        story.reacts(who, &posted.card, "✅").await;
    }
    // A person of the settings without any role, and somebody with a role whom they do not list.
    for who in ["vic", "mallory", "zoe"] {
        let seen = is_told(&story, who).await;
        assert!(seen.text.contains("(is no approver here)"), "{}", seen.text);
    }
    counted_again(&story).await;
    for who in strangers.iter().map(String::as_str).chain(["bob"]) {
        assert!(told(&story, who).is_empty(), "{who}");
    }
    let opened = story.discord.requests().into_iter().filter(|one| one.is("POST", OPEN));
    let with: BTreeSet<String> = opened.map(|one| one.body["recipient_id"].to_string()).collect();
    assert_eq!(with, ["vic", "mallory", "zoe"].map(|who| format!("\"{}\"", story.user(who).id())).into());
    is_clean(&story).await;
}

/// They are tried once. Nobody else is told of it, and the plan goes its way.
#[tokio::test]
async fn closed_direct_messages_harm_nothing() {
    let story = DiscordStory::begin().await;
    story.user("alice").closes_direct_messages(true);
    let posted = story.reset().await;
    story.reacts("alice", &posted.card, "✅").await;
    posted.card.becomes("not counted: alice (asked for it)", SOON).await;
    let is_refused = |one: &Request| one.is("POST", POST) && one.status == Some(403);
    story.discord.wait_for_request(is_refused, SOON).await;
    counted_again(&story).await;
    bob_approves(&story, &posted).await;
    is_clean(&story).await;
    let refused = story.discord.requests().iter().filter(|one| is_refused(one)).count();
    assert_eq!((refused, told(&story, "alice").len()), (1, 0));
    let audit = story.audit(&posted.id).await;
    assert!(!audit.iter().any(|what| what == "undeliverable"), "{audit:?}");
}

#[tokio::test]
async fn a_direct_message_whose_answer_was_lost_is_there_once() {
    for fault in [Fault::AnswerLost, Fault::HalfAnswer, Fault::Status(500)] {
        let story = DiscordStory::begin().await;
        let posted = story.reset().await;
        let direct = story.user("alice").direct_messages();
        story.discord.fails_once(On::path("POST", POST).about("channel_id", &direct.id()), fault);
        story.reacts("alice", &posted.card, "✅").await;
        let id = direct.id().to_string();
        let sent = || {
            let to_her = |one: &&Request| one.is("POST", POST) && one.parameters.get("channel_id") == Some(&id);
            story.discord.requests().iter().filter(to_her).count()
        };
        wait_until("another attempt", || sent() > 1).await;
        counted_again(&story).await;
        assert_eq!(told(&story, "alice").len(), 1, "{fault:?}");
        is_clean(&story).await;
    }
}

#[tokio::test]
async fn who_cannot_be_looked_up_is_told_nothing_until_they_can() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let look_up = On::path("GET", MEMBER).about("user_id", &story.user("vic").id());
    story.discord.fails_always(look_up, Fault::Status(503));
    story.reacts("vic", &posted.card, "✅").await;
    posted.card.becomes("vic (roles cannot be looked up)", SOON).await;
    counted_again(&story).await;
    assert!(told(&story, "vic").is_empty(), "it may count");
    story.discord.works_again();
    story.time_passes(Duration::from_secs(61));
    let seen = is_told(&story, "vic").await;
    assert!(seen.text.contains("(is no approver here)"), "{}", seen.text);
    is_clean(&story).await;
}

/// A ✅ that is gone before anybody could be told of it is told to nobody.
#[tokio::test]
async fn who_takes_it_off_before_they_are_told_is_told_nothing() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.discord.fails_always(On::path("POST", OPEN), Fault::Status(503));
    story.reacts("alice", &posted.card, "✅").await;
    posted.card.becomes("not counted: alice (asked for it)", SOON).await;
    story.discord.wait_for_request(|one| one.is("POST", OPEN) && one.status == Some(503), SOON).await;
    story.user("alice").unreacts(&posted.card, "✅").await;
    posted.card.until(|seen| !seen.text.contains("not counted"), SOON).await;
    story.discord.works_again();
    story.all_is_told().await;
    assert!(told(&story, "alice").is_empty());
    bob_approves(&story, &posted).await;
    is_clean(&story).await;
}

/// What could not be told waits for its time. What is being sent is taken for longer than that, and what nobody has taken yet is
/// due already.
async fn is_put_off(story: &DiscordStory) {
    let began = Instant::now();
    loop {
        let now = story.house().rooms().clock.now();
        let due = story.house().rooms().store.next_due().await.unwrap();
        if due.is_some_and(|due| due > now && due.since(now) <= Duration::from_secs(15)) {
            return;
        }
        assert!(began.elapsed() < SOON, "nothing is put off");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// While nothing can have been sent, nothing is given up: neither before the direct messages are open, nor where there are too
/// many.
#[tokio::test]
async fn who_could_not_be_told_for_longer_than_the_nonce_lives_is_told_then() {
    let too_many = Fault::RateLimited { retry_after: Duration::from_secs(1), global: false };
    for (to, fault) in [(OPEN, Fault::Status(503)), (POST, too_many)] {
        let story = DiscordStory::begin().await;
        let posted = story.reset().await;
        story.all_is_told().await;
        story.discord.fails_always(On::path("POST", to), fault);
        story.reacts("alice", &posted.card, "✅").await;
        let is_refused = |one: &&Request| one.is("POST", to) && one.status.is_some_and(|status| status >= 400);
        let failed = || story.discord.requests().iter().filter(is_refused).count();
        wait_until("an attempt", || failed() > 0).await;
        is_put_off(&story).await;
        let before = failed();
        story.time_passes(Duration::from_secs(130));
        wait_until("another attempt", || failed() > before).await;
        story.discord.works_again();
        story.all_is_told().await;
        assert_eq!(told(&story, "alice").len(), 1, "{fault:?}");
        bob_approves(&story, &posted).await;
        is_clean(&story).await;
    }
}

/// 32: also those whom the settings know are a crowd.
#[tokio::test]
async fn of_a_crowd_with_a_role_twenty_are_told() {
    let story = two_approvers().await;
    let (posted, viewer) = (story.reset().await, chat_role(&story.discord, Role::Viewer));
    let crowd: Vec<String> = (0..25).map(|number| format!("viewer-{number}")).collect();
    story.all_is_told().await;
    story.discord.gateway().holds_events();
    for who in &crowd {
        story.user(who).gets_role(viewer);
        story.reacts(who, &posted.card, "✅").await;
    }
    story.discord.gateway().releases(Release::Never);
    story.reacts("bob", &posted.card, "✅").await;
    let all = || crowd.iter().map(|who| told(&story, who).len()).sum::<usize>();
    wait_until("twenty messages", || all() == 20).await;
    counted_again(&story).await;
    assert_eq!(all(), 20);
    assert!(crowd.iter().all(|who| told(&story, who).len() <= 1));
    is_clean(&story).await;
}

#[tokio::test]
async fn each_is_told_in_their_own_language_or_in_that_of_the_place() {
    let story = DiscordStory::begin_set(|policy, times, discord| {
        times.languages.insert(discord.channel("ops").id().get(), Locale::ZhCn);
        policy.people.speaks(&"alice".parse().unwrap(), "en-US");
    })
    .await;
    let posted = story.reset().await;
    story.reacts("alice", &posted.card, "✅").await;
    story.reacts("vic", &posted.card, "✅").await;
    is_told(&story, "alice").await;
    let direct = story.user("vic").direct_messages();
    direct.wait_for_text("你的 ✅ 不计入（在此没有审批权）", SOON).await;
    is_clean(&story).await;
}
