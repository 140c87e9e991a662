//! What keeps an approved plan from starting is told in its thread.

use discord_model::{Fault, On};
use interlock::approval::State;
use interlock::cluster::kafka::{Committed, Right};
use interlock::id::{GroupId, TopicName};
use simulated::{GroupSpec, Member, Trouble};
use std::time::{Duration, Instant};
use story::discord_house::{CLUSTER, DiscordStory, Posted, SOON, TOPIC, wait_until};

const MEMBER: &str = "/guilds/{guild_id}/members/{user_id}";

fn live() -> GroupId {
    "billing-live".parse().unwrap()
}

/// A group with a member at work, and alice's plan to reset it once it has stopped.
async fn asked() -> (DiscordStory, Posted) {
    let story = DiscordStory::begin().await;
    let topic: TopicName = TOPIC.parse().unwrap();
    let spec = GroupSpec::new(live()).reading(topic.clone(), 3_600).committed(topic, 0, Committed::plain(50));
    story.kafka().add_group(&spec).unwrap();
    story.kafka().join(&live(), Member::new("live-1", "/10.0.9.1")).unwrap();
    let line = format!("/reset-offset cluster:{CLUSTER} group:{} topic:{TOPIC} to:earliest wait-for-stop:6h", live());
    let posted = story.asks("alice", &line).await;
    (story, posted)
}

async fn approved(story: &DiscordStory, posted: &Posted) {
    story.reacts("bob", &posted.card, "✅").await;
    posted.card.becomes("1 of 2: bob", SOON).await;
    story.reacts("dora", &posted.card, "✅").await;
}

/// Approved, and it does not start as long as the cluster is away.
async fn queued() -> (DiscordStory, Posted) {
    let (story, posted) = asked().await;
    story.kafka().trouble(Some(Trouble::Down)).unwrap();
    approved(&story, &posted).await;
    story.becomes(&posted.id, State::Queued).await;
    posted.card.thread().unwrap().wait_for_text("cannot be looked at", SOON).await;
    story.all_is_told().await;
    let message = "/channels/{channel_id}/messages/{message_id}";
    let answered = |method: &str| {
        story.discord.requests().iter().filter(|one| one.is(method, message) && one.status == Some(200)).count()
    };
    // After each edit, each of the two votes and the opening of the thread.
    wait_until("all looks", || answered("GET") >= answered("PATCH") + 3).await;
    (story, posted)
}

fn looked_up(story: &DiscordStory, who: &str) -> On {
    On::path("GET", MEMBER).about("user_id", story.user(who).id())
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
