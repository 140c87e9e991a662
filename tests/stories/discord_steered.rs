//! Reactions and commands at an awkward moment: while it starts, too early, or by somebody who cannot be looked up. Nothing is
//! swallowed, and the thread hears what had no effect.

use discord_model::gateway::Release;
use discord_model::{Fault, On, Request};
use interlock::approval::State;
use interlock::cluster::kafka::Right;
use simulated::{Leave, Member, Trouble};
use std::time::{Duration, Instant};
use story::discord_house::{DiscordStory, Posted, SOON, TOPIC, live, wait_until};

const REACTIONS: &str = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}";
/// Three emojis, each in two lists.
const LISTS: usize = 6;
const MEMBER: &str = "/guilds/{guild_id}/members/{user_id}";

/// It waits for its group to stop.
async fn waiting() -> (DiscordStory, Posted) {
    let story = DiscordStory::begin().await;
    let posted = story.waits().await;
    (story, posted)
}

/// Approved, and it does not start as long as the cluster is away.
async fn queued() -> (DiscordStory, Posted) {
    let story = DiscordStory::begin().await;
    let posted = story.asks_to_wait().await;
    story.kafka().trouble(Some(Trouble::Down)).unwrap();
    story.both_approve(&posted).await;
    story.becomes(&posted.id, State::Queued).await;
    posted.card.thread().unwrap().wait_for_text("cannot be looked at", SOON).await;
    story.all_is_told().await;
    // The next round of looks is a minute away: what is read from here on is read by the start.
    story.cards_are_read_anew().await;
    story.is_quiet().await;
    (story, posted)
}

fn looked_up(story: &DiscordStory, who: &str) -> On {
    On::path("GET", MEMBER).about("user_id", &story.user(who).id())
}

fn reactions_read(story: &DiscordStory) -> usize {
    let lists = |one: &&Request| one.is("GET", REACTIONS) && one.status == Some(200);
    story.discord.requests().iter().filter(lists).count()
}

async fn is_held(story: &DiscordStory, who: &str) {
    let id = story.user(who).id().to_string();
    let held = |one: &Request| {
        one.is("GET", MEMBER) && one.parameters.get("user_id") == Some(&id) && one.status.is_none() && !one.applied
    };
    story.discord.wait_for_request(held, SOON).await;
}

/// The last look at the votes is under way: what stands on the card has been read, and bob is being looked up. Somebody else's
/// look-ups take longer still.
async fn starting(story: &DiscordStory, late: &str) {
    for who in ["bob", late] {
        story.discord.holds(looked_up(story, who));
    }
    let before = reactions_read(story);
    story.kafka().trouble(None).unwrap();
    wait_until("the card is read", || reactions_read(story) >= before + LISTS).await;
    is_held(story, "bob").await;
}

async fn starts(story: &DiscordStory, posted: &Posted) {
    story.discord.lets_go(&looked_up(story, "bob"));
    story.becomes(&posted.id, State::Waiting).await;
}

async fn is_clean(story: &DiscordStory) {
    story.everything_is_read().await;
    story.discord.assert_clean();
}

async fn is_told(story: &DiscordStory, posted: &Posted, said: &str) -> usize {
    let told = story.thread_of(&posted.card).await;
    let found = told.iter().filter(|one| one.text.contains(said)).count();
    assert!(found > 0, "{said} is not told: {told:#?}");
    found
}

/// The same of what goes on: it is told now and then only.
async fn progress_is_told(story: &DiscordStory, posted: &Posted, said: &str) {
    let began = Instant::now();
    while !story.thread_of(&posted.card).await.iter().any(|one| one.text.contains(said)) {
        assert!(began.elapsed() < SOON, "{said} is not told");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn is_told_soon(posted: &Posted, said: &str) {
    posted.card.thread().unwrap().wait_for_text(said, SOON).await;
}

async fn a_stop_while_it_starts_is_heard(who: &str) {
    let (story, posted) = queued().await;
    starting(&story, who).await;
    story.reacts(who, &posted.card, "🛑").await;
    is_held(&story, who).await;
    starts(&story, &posted).await;
    story.discord.lets_go(&looked_up(&story, who));
    story.becomes(&posted.id, State::Stopped).await;
    posted.card.becomes(&format!("Stopped by {who}"), SOON).await;
    assert_eq!(story.acts(), 0);
    is_clean(&story).await;
}

#[tokio::test]
async fn an_approvers_stop_while_it_starts_is_heard() {
    a_stop_while_it_starts_is_heard("carol").await;
}

#[tokio::test]
async fn the_requesters_stop_while_it_starts_is_heard() {
    a_stop_while_it_starts_is_heard("alice").await;
}

/// Whoever changes the plan while the votes on it are read a last time is before its start: what was approved does not begin.
#[tokio::test]
async fn a_change_while_it_starts_is_heard() {
    let (story, posted) = queued().await;
    let form = story.user("alice").presses(&posted.card, "Change").await.modal();
    starting(&story, "carol").await;
    let line = form.fields[0].value.replace("to:earliest", "to:latest");
    let answer = story.user("alice").submits(&form, &[("text", &line)]).await;
    assert!(answer.text().contains("planned as you changed it"), "{}", answer.text());
    story.discord.lets_go(&looked_up(&story, "bob"));
    story.discord.lets_go(&looked_up(&story, "carol"));
    let newer = story.card(&posted.id, 2).await;
    newer.until(|seen| !seen.reacted("❌").is_empty(), SOON).await;
    story.all_is_told().await;
    let now = story.operation(&posted.id).await;
    assert_eq!((now.state, now.revision, story.acts()), (State::AwaitingApproval, 2, 0));
    assert!(newer.text().contains("(0 so far)"), "{}", newer.text());
    is_clean(&story).await;
}

/// carol's veto is stored while the votes are read a last time, and comes too late to be one.
#[tokio::test]
async fn a_stop_by_command_while_it_starts_is_heard() {
    let (story, posted) = queued().await;
    starting(&story, "carol").await;
    let line = format!("/stop operation:{} reason:\"wrong group\"", posted.id);
    let meanwhile = async {
        let began = Instant::now();
        let store = &story.house().rooms().store;
        let digest = story.operation(&posted.id).await.digest;
        while !store.votes(&posted.id, digest).await.unwrap().iter().any(|vote| vote.person.as_str() == "carol") {
            assert!(began.elapsed() < SOON, "no veto is stored");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        starts(&story, &posted).await;
        story.discord.lets_go(&looked_up(&story, "carol"));
    };
    let carol = story.user("carol");
    let (answer, ()) = tokio::join!(carol.runs(&story.ops, &line), meanwhile);
    assert!(answer.text().contains("stops at the next safe point"), "{}", answer.text());
    story.becomes(&posted.id, State::Stopped).await;
    posted.card.becomes("Stopped by carol: wrong group", SOON).await;
    is_clean(&story).await;
}

/// carol's roles cannot be looked up: it stands still as by a guard, her 🛑 stays open, and stops it once they can be.
#[tokio::test]
async fn a_stop_that_cannot_be_verified_pauses_and_stays_open() {
    let (story, posted) = waiting().await;
    story.discord.fails_always(looked_up(&story, "carol"), Fault::Status(503));
    story.reacts("carol", &posted.card, "🛑").await;
    let paused = story.becomes(&posted.id, State::Paused).await;
    assert_eq!(paused.why.id, "stop-unverified");
    posted.card.becomes("carol asks for a stop, and their roles cannot be looked up now", SOON).await;
    let told = posted.card.thread().unwrap().wait_for_text("carol asks for a stop", SOON).await.look();
    assert!(!told.silent, "people are called: {}", told.text);
    let resume = format!("/resume operation:{}", posted.id);
    let own = story.user("alice").runs(&story.ops, &resume).await;
    assert!(own.text().contains("another person"), "who asked lets it not go on alone: {}", own.text());
    story.reacts("alice", &posted.card, "▶️").await;
    is_told_soon(&posted, "▶ by alice had no effect: this needs another person than whoever asked for it").await;
    let other = story.user("olga").runs(&story.ops, &resume).await;
    assert!(other.text().contains("goes on"), "{}", other.text());
    story.cards_are_read_anew().await;
    story.all_is_told().await;
    let state = story.operation(&posted.id).await.state;
    assert_eq!(state, State::Waiting, "olga knew of the 🛑; it does not pause again as long as nothing else is known");
    story.discord.works_again();
    story.cards_are_read_anew().await;
    story.becomes(&posted.id, State::Stopped).await;
    posted.card.becomes("Stopped by carol", SOON).await;
    assert_eq!(story.acts(), 0);
    is_clean(&story).await;
}

/// Taken off and put there again it is another one.
#[tokio::test]
async fn a_second_stop_that_cannot_be_verified_pauses_again() {
    let (story, posted) = waiting().await;
    story.discord.fails_always(looked_up(&story, "carol"), Fault::Status(503));
    for _ in 0..2 {
        story.reacts("carol", &posted.card, "🛑").await;
        story.becomes(&posted.id, State::Paused).await;
        story.user("olga").runs(&story.ops, &format!("/resume operation:{}", posted.id)).await.message().read();
        story.becomes(&posted.id, State::Waiting).await;
        story.user("carol").unreacts(&posted.card, "🛑").await;
    }
    story.discord.works_again();
    story.cards_are_read_anew().await;
    assert_eq!(story.operation(&posted.id).await.state, State::Waiting, "it is gone");
    is_clean(&story).await;
}

/// mallory's could not be looked up either, and she turns out to have no right to it.
#[tokio::test]
async fn a_stop_without_a_right_to_it_ends_with_that() {
    let (story, posted) = waiting().await;
    story.discord.fails_always(looked_up(&story, "mallory"), Fault::Status(503));
    story.reacts("mallory", &posted.card, "🛑").await;
    story.becomes(&posted.id, State::Paused).await;
    story.discord.works_again();
    story.cards_are_read_anew().await;
    is_told_soon(&posted, "🛑 by mallory had no effect: they have no role for it").await;
    assert_eq!(story.operation(&posted.id).await.state, State::Paused, "who may let it go on decides");
    let answer = story.user("olga").runs(&story.ops, &format!("/resume operation:{}", posted.id)).await;
    assert!(answer.text().contains("goes on"), "{}", answer.text());
    story.cards_are_read_anew().await;
    assert_eq!(story.operation(&posted.id).await.state, State::Waiting);
    is_clean(&story).await;
}

/// alice taps ↩️ while it runs; once it has ended she taps it again, though the bot never saw it taken off.
#[tokio::test]
async fn a_way_back_that_is_asked_for_too_early_is_answered_and_not_used_up() {
    let (story, posted) = waiting().await;
    story.reacts("alice", &posted.card, "↩️").await;
    is_told_soon(&posted, "↩ by alice had no effect: not now, it is: Waiting").await;
    story.reacts("vic", &posted.card, "↩️").await;
    is_told_soon(&posted, "↩ by vic had no effect: they have no role for it").await;
    story.kafka().stop_group(&live(), Leave::InOrder, None).unwrap();
    story.becomes(&posted.id, State::Succeeded).await;
    posted.card.becomes("Done", SOON).await;
    taps_unseen(&story, &posted, || drop(story.kafka().join(&live(), Member::new("live-1", "/10.0.9.1")).unwrap()))
        .await;
    is_told_soon(&posted, "↩ by alice had no effect: consumer group billing-live still has 1 member (live-1)").await;
    assert_eq!(is_told(&story, &posted, "↩ by alice had no effect").await, 2, "the group has a member again");
    let asked = story.user("alice").runs(&story.ops, &format!("/rollback operation:{}", posted.id)).await;
    assert!(asked.text().contains("live-1/10.0.9.1"), "{}", asked.text());
    let thread = story.thread_of(&posted.card).await;
    assert!(thread.iter().all(|one| !one.text.contains("10.0.9.1")), "hosts are for who asks alone: {thread:#?}");
    story.kafka().stop_group(&live(), Leave::InOrder, None).unwrap();
    taps_unseen(&story, &posted, || story.kafka().trouble(Some(Trouble::Down)).unwrap()).await;
    is_told_soon(&posted, "↩ by alice had no effect: the cluster cannot be looked at").await;
    taps_unseen(&story, &posted, || story.kafka().trouble(None).unwrap()).await;
    let back = story.ops.wait_for_text("take back", SOON).await;
    back.until(|seen| seen.reacted("❌").len() == 1, SOON).await;
    is_clean(&story).await;
}

/// alice takes her ↩️ off, which the bot does not see; something happens; and she puts it there again.
async fn taps_unseen(story: &DiscordStory, posted: &Posted, happens: impl FnOnce()) {
    story.discord.gateway().holds_events();
    story.user("alice").unreacts(&posted.card, "↩️").await;
    story.discord.gateway().releases(Release::Never);
    happens();
    story.reacts("alice", &posted.card, "↩️").await;
}

/// It does not start as long as Discord does not answer this, and the thread says why.
async fn what_keeps_it_is_told(what: impl FnOnce(&DiscordStory) -> On, said: &str) {
    let (story, posted) = queued().await;
    let what = what(&story);
    story.discord.fails_always(what, Fault::Status(503));
    story.kafka().trouble(None).unwrap();
    progress_is_told(&story, &posted, said).await;
    assert_eq!(story.operation(&posted.id).await.state, State::Queued);
    story.discord.works_again();
    story.becomes(&posted.id, State::Waiting).await;
    is_clean(&story).await;
}

#[tokio::test]
async fn that_the_votes_cannot_be_read_before_the_start_is_told() {
    let card = |_: &DiscordStory| On::path("GET", "/channels/{channel_id}/messages/{message_id}");
    what_keeps_it_is_told(card, "The votes cannot be read now; it waits").await;
}

#[tokio::test]
async fn that_a_voter_cannot_be_looked_up_before_the_start_is_told() {
    let said = "Somebody’s roles cannot be looked up now; it waits";
    what_keeps_it_is_told(|story| looked_up(story, "bob"), said).await;
}

/// Approved, and its plan is no longer the right one once the cluster is seen again.
async fn stale() -> (DiscordStory, Posted) {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.kafka().trouble(Some(Trouble::Down)).unwrap();
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Queued).await;
    is_told_soon(&posted, "cannot be looked at").await;
    (story, posted)
}

#[tokio::test]
async fn a_plan_that_cannot_be_made_anew_now_is_told_of() {
    let (story, posted) = stale().await;
    story.discord.fails_always(looked_up(&story, "alice"), Fault::Status(503));
    story.another_tool_commits(70);
    story.kafka().trouble(None).unwrap();
    progress_is_told(
        &story,
        &posted,
        "has to be made anew, and the roles of whoever asked for it cannot be looked up now",
    )
    .await;
    assert_eq!(story.operation(&posted.id).await.state, State::Queued);
    story.discord.works_again();
    story.card(&posted.id, 2).await;
    is_clean(&story).await;
}

/// That the cluster says no is no outage: it does not wait for its plan to expire.
#[tokio::test]
async fn a_plan_that_cannot_be_made_anew_for_want_of_a_right_ends() {
    let (story, posted) = stale().await;
    story.another_tool_commits(70);
    story.kafka().revoke_on_topic(&TOPIC.parse().unwrap(), Right::Describe).unwrap();
    story.kafka().trouble(None).unwrap();
    story.becomes(&posted.id, State::Refused).await;
    is_told(&story, &posted, "missing-right").await;
    assert_eq!(story.acts(), 0);
    is_clean(&story).await;
}
