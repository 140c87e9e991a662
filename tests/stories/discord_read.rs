//! How cards are read anew: with no more requests than it takes, several at a time, and whole where that decides something.

use discord_model::gateway::Release;
use discord_model::{Fault, On, Request};
use interlock::approval::State;
use std::time::{Duration, Instant};
use story::discord_house::{DiscordStory, Posted, SOON, reset, wait_until};

const MESSAGE: &str = "/channels/{channel_id}/messages/{message_id}";
const REACTIONS: &str = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}";
/// Longer than it takes to read a card once.
const LATE: Duration = Duration::from_secs(5);
/// A request that is not answered is given up after ten seconds.
const GIVEN_UP_MS: i64 = 9_000;

/// The lists under an emoji that were asked for since so many requests.
fn lists(story: &DiscordStory, emoji: &str, since: usize) -> usize {
    let under = |one: &&Request| one.parameters.get("emoji_name").is_some_and(|given| given == emoji);
    story.discord.requests()[since..].iter().filter(|one| one.is("GET", REACTIONS)).filter(under).count()
}

/// When a card was first looked at since so many requests, in milliseconds.
fn looked_at(story: &DiscordStory, posted: &Posted, since: usize) -> i64 {
    let id = posted.card.id().to_string();
    let about = |one: &&Request| one.is("GET", MESSAGE) && one.parameters.get("message_id") == Some(&id);
    story.discord.requests()[since..].iter().find(about).expect("a look").at_ms
}

/// vic has no vote, so that nothing is decided; under ✅ there is he and the bot, under ❌ the bot alone, under 🛑 nobody.
#[tokio::test]
async fn only_lists_with_somebody_in_them_are_asked_for_while_nothing_is_decided() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    story.cards_are_read_anew().await;
    story.is_quiet().await;
    let since = story.discord.requests().len();
    story.reacts("vic", &posted.card, "✅").await;
    posted.card.becomes("not counted: vic", SOON).await;
    story.all_is_told().await;
    story.is_quiet().await;
    let ordinary = |one: &&Request| one.is("GET", REACTIONS) && one.query.get("type").is_some_and(|kind| kind == "0");
    let requests = story.discord.requests();
    let asked = requests[since..].iter().filter(ordinary).count();
    assert!(asked > 0);
    assert_eq!((lists(&story, "✅", since), lists(&story, "❌", since), lists(&story, "🛑", since)), (asked, 0, 0));
    // bob's approval decides: everything is read.
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert!(lists(&story, "❌", since) > 0 && lists(&story, "🛑", since) > 0);
    posted.card.becomes("Done", SOON).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// The message shows no veto. While the approvals are read carol puts hers there, of which the bot is never told.
#[tokio::test]
async fn a_veto_that_comes_after_the_look_at_the_message_is_found_before_anything_is_approved() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    story.cards_are_read_anew().await;
    story.is_quiet().await;
    let since = story.discord.requests().len();
    let approvals = On::path("GET", REACTIONS).about("emoji_name", &"✅");
    story.discord.holds(approvals.clone());
    story.reacts("bob", &posted.card, "✅").await;
    wait_until("the look at the approvals", || lists(&story, "✅", since) > 0).await;
    story.discord.gateway().holds_events();
    story.reacts("carol", &posted.card, "❌").await;
    story.discord.gateway().releases(Release::Never);
    assert_eq!(lists(&story, "❌", since), 0, "the message showed nobody there");
    story.discord.lets_go(&approvals);
    story.becomes(&posted.id, State::Rejected).await;
    let audit = story.audit(&posted.id).await;
    assert!(!audit.iter().any(|what| what == "approve"), "{audit:?}");
    posted.card.becomes("Vetoed by carol", SOON).await;
    assert_eq!(story.acts(), 0);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// A list that was made before vic took his ✅ off comes in only after somebody has read that it is off.
#[tokio::test]
async fn a_list_that_comes_late_brings_no_vote_back() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.reacts("vic", &posted.card, "✅").await;
    posted.card.becomes("not counted: vic", SOON).await;
    story.all_is_told().await;
    story.cards_are_read_anew().await;
    story.is_quiet().await;
    let since = story.discord.requests().len();
    let approvals = On::path("GET", REACTIONS).about("emoji_name", &"✅");
    story.discord.fails_once(approvals, Fault::Slow(LATE));
    story.time_passes(Duration::from_secs(61));
    wait_until("the list is asked for", || lists(&story, "✅", since) > 0).await;
    story.user("vic").unreacts(&posted.card, "✅").await;
    let began = Instant::now();
    while votes(&story, &posted).await > 0 {
        assert!(began.elapsed() < SOON, "it is read that he took it off");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    story.is_quiet().await;
    assert_eq!(votes(&story, &posted).await, 0, "he took it off");
    story.everything_is_read().await;
    assert!(!posted.card.text().contains("vic"), "{}", posted.card.text());
    story.discord.assert_clean();
}

async fn votes(story: &DiscordStory, posted: &Posted) -> usize {
    let digest = story.plan(&posted.id).await.digest();
    story.house().rooms().store.votes(&posted.id, digest).await.expect("the votes").len()
}

/// One card cannot be read for a while. After a reconnect the others are read all the same, within the rate limits.
#[tokio::test]
async fn after_a_reconnect_no_card_waits_for_another_one() {
    let story = DiscordStory::begin_limited().await;
    let mut posted: Vec<Posted> = Vec::new();
    for to in ["earliest", "latest", "offset:7"] {
        posted.push(story.asks("alice", &reset(to)).await);
    }
    story.all_is_told().await;
    story.cards_are_read_anew().await;
    story.is_quiet().await;
    let look = On::path("GET", MESSAGE).about("message_id", &posted[0].card.id());
    story.discord.holds(look.clone());
    let gateway = story.discord.gateway();
    gateway.goes_down();
    gateway.is(|sessions| sessions.iter().all(|one| !one.connected), SOON).await;
    // Only the reconnect tells of these: the next round over all cards is a minute away.
    for one in &posted[1..] {
        one.card.has_reactors("✅", &[story.user("vic").id()]);
    }
    let since = story.discord.requests().len();
    gateway.comes_back();
    for one in &posted[1..] {
        one.card.becomes("not counted: vic", SOON).await;
    }
    let first = looked_at(&story, &posted[0], since);
    for one in &posted[1..] {
        let later = looked_at(&story, one, since) - first;
        assert!(later < GIVEN_UP_MS, "{later} ms: the look that is held was waited for");
    }
    story.discord.lets_go(&look);
    story.everything_is_read().await;
    story.discord.assert_clean();
}
