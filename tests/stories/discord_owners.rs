//! Owners are told in Discord before anything of theirs is changed, also of what is asked in the console.

use super::at_the_machine::{at_the_console, with_a_console};
use discord_model::{Channel, Fault, Message, On, Request, Seen};
use interlock::approval::State;
use interlock::id::OperationId;
use interlock::policy::Grantee;
use interlock::principal::{Account, ChatRole};
use signalbox::desk::Done;
use simulated::Trouble;
use std::time::Duration;
use story::discord_house::{DiscordStory, SOON, reset, wait_until};

const POST: &str = "/channels/{channel_id}/messages";
const BEFORE: &str = "It begins now";
/// What owners are told at the beginning meets this fault.
fn owners_hear_nothing(story: &DiscordStory, fault: Fault) {
    story.discord.fails_always(On::path("POST", POST).containing(BEFORE), fault);
}

/// How often it was tried to tell the owners, and what came of it was this.
fn tries(story: &DiscordStory, status: Option<u16>) -> usize {
    let tried = |one: &&Request| one.is("POST", POST) && one.status == status && one.body.to_string().contains(BEFORE);
    story.discord.requests().iter().filter(tried).count()
}

async fn is_tried_again(story: &DiscordStory, status: Option<u16>) {
    let before = tries(story, status);
    wait_until("another attempt", || tries(story, status) > before).await;
}

async fn nothing_is_done(story: &DiscordStory, id: &OperationId) {
    assert_eq!((story.acts(), story.intents(id).await), (0, 0));
    assert_eq!(story.committed().await, [60, 60, 60]);
}

/// What calls dora in a channel, oldest first.
fn calls(story: &DiscordStory, channel: &Channel) -> Vec<Seen> {
    let dora = story.user("dora").id();
    let mut seen: Vec<Seen> = channel.bot_messages().iter().map(Message::look).collect();
    seen.retain(|one| one.notified_users == [dora]);
    seen
}

async fn approved_at_the_console(story: &DiscordStory) -> OperationId {
    let done = at_the_console(story, "alice", &reset("earliest")).await;
    let Done::Planned { operation: id, .. } = done else { panic!("{done:?}") };
    let began = std::time::Instant::now();
    while !story.house().rooms().store.voting_open(&id).await.unwrap() {
        assert!(began.elapsed() < SOON, "its card is not shown");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let line = format!("/approve operation:{id} digest:{}", story.plan(&id).await.digest());
    let done = at_the_console(story, "bob", &line).await;
    assert!(matches!(done, Done::Controlled { what: "vote-counted", .. }), "{done:?}");
    id
}

#[tokio::test]
async fn nothing_is_changed_while_discord_does_not_take_what_owners_are_told() {
    for (fault, status) in [(Fault::Status(502), Some(502)), (Fault::Unreachable, None)] {
        let story = DiscordStory::begin().await;
        let posted = story.reset().await;
        owners_hear_nothing(&story, fault);
        story.reacts("bob", &posted.card, "✅").await;
        is_tried_again(&story, status).await;
        assert_eq!(story.operation(&posted.id).await.state, State::Running);
        story.time_passes(Duration::from_secs(60));
        is_tried_again(&story, status).await;
        nothing_is_done(&story, &posted.id).await;
        assert_eq!(story.operation(&posted.id).await.state, State::Running);
        story.discord.works_again();
        story.time_passes(Duration::from_secs(5));
        story.becomes(&posted.id, State::Succeeded).await;
        story.everything_is_read().await;
        let told = calls(&story, &posted.card.thread().expect("the thread"));
        assert_eq!(told.len(), 2, "before and after: {told:#?}");
        assert!(told[0].text.contains(BEFORE), "{}", told[0].text);
        story.discord.assert_clean();
    }
}

#[tokio::test]
async fn after_two_minutes_it_stands_still_and_says_so() {
    let story = DiscordStory::begin_set(with_a_console).await;
    let posted = story.reset().await;
    owners_hear_nothing(&story, Fault::Status(502));
    story.reacts("bob", &posted.card, "✅").await;
    wait_until("an attempt", || tries(&story, Some(502)) > 0).await;
    story.time_passes(Duration::from_secs(125));
    let paused = story.becomes(&posted.id, State::Paused).await;
    assert_eq!(paused.why.id, "owners-not-told");
    nothing_is_done(&story, &posted.id).await;
    let thread = posted.card.thread().expect("the thread");
    let told = thread.wait_for_text("could not be told in time", SOON).await.look();
    assert!(!told.silent, "people are called: {}", told.text);
    posted.card.becomes("could not be told in time", SOON).await;
    posted.card.becomes("owners told: 0 of 1", SOON).await;
    let audit = story.audit(&posted.id).await;
    assert!(audit.iter().any(|what| what == "owners-not-told"), "{audit:?}");
    let resume = format!("/resume operation:{} reason:\"dora was called\"", posted.id);
    let own = at_the_console(&story, "alice", &resume).await;
    assert!(matches!(own, Done::Denied(_)), "who asked lets it not go on alone: {own:?}");
    nothing_is_done(&story, &posted.id).await;
    let done = at_the_console(&story, "olga", &resume).await;
    assert!(matches!(done, Done::Controlled { what: "resumed", .. }), "{done:?}");
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.committed().await, [0, 0, 0]);
    story.discord.works_again();
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn what_discord_forbids_to_tell_owners_is_told_to_the_operators_and_holds_it_back() {
    let story = DiscordStory::begin_set(with_a_console).await;
    let posted = story.reset().await;
    owners_hear_nothing(&story, Fault::Status(403));
    story.reacts("bob", &posted.card, "✅").await;
    let paused = story.becomes(&posted.id, State::Paused).await;
    assert_eq!(paused.why.id, "owners-not-told");
    nothing_is_done(&story, &posted.id).await;
    let bridge = story.discord.channel("bridge");
    let told = bridge.wait_for_text("could not be told in its own channel", SOON).await.look();
    assert!(told.text.contains(posted.id.as_str()) && !told.silent, "{}", told.text);
    let audit = story.audit(&posted.id).await;
    for what in ["undeliverable", "owners-not-told", "pause"] {
        assert!(audit.iter().any(|one| one == what), "{what} is not in {audit:?}");
    }
    story.discord.works_again();
    story.everything_is_read().await;
    bridge.bot_messages().iter().for_each(Message::read);
    story.discord.assert_clean();
}

#[tokio::test]
async fn what_is_asked_in_the_console_is_told_to_its_owners_in_the_clusters_channel() {
    let story = DiscordStory::begin_set(with_a_console).await;
    owners_hear_nothing(&story, Fault::Status(502));
    let id = approved_at_the_console(&story).await;
    wait_until("an attempt", || tries(&story, Some(502)) > 0).await;
    nothing_is_done(&story, &id).await;
    assert_eq!(story.operation(&id).await.state, State::Running);
    story.discord.works_again();
    story.time_passes(Duration::from_secs(5));
    story.becomes(&id, State::Succeeded).await;
    story.all_is_told().await;
    let told = calls(&story, &story.ops);
    assert_eq!(told.len(), 2, "{told:#?}");
    assert!(told[0].text.contains(BEFORE) && told[0].text.contains("alice"), "{}", told[0].text);
    assert!(told[1].text.contains("Done"), "{}", told[1].text);
    assert!(told.iter().all(|one| !one.silent));
    assert_eq!(story.ops.bot_messages().len(), 2, "its card is in the console");
    story.discord.assert_clean();
}

/// Where no channel may show the cluster, the operators' channel hears of it.
#[tokio::test]
async fn without_a_channel_of_the_cluster_owners_are_told_in_the_operators_channel() {
    let story = DiscordStory::begin_set(|policy, times, discord| {
        with_a_console(policy, times, discord);
        policy.places.channels.clear();
    })
    .await;
    let id = approved_at_the_console(&story).await;
    story.becomes(&id, State::Succeeded).await;
    story.all_is_told().await;
    assert_eq!(calls(&story, &story.discord.channel("bridge")).len(), 2);
    assert_eq!(story.ops.bot_messages().len(), 0);
    story.discord.assert_clean();
}

/// Which roles were rung in the thread of a reset that succeeded, and the plan's warning of owners whom nobody can call.
async fn rung(story: &DiscordStory) -> (Vec<Vec<discord_model::Id>>, bool, String) {
    let posted = story.reset().await;
    let warned = story.plan(&posted.id).await.plan().checks.iter().any(|check| check.id == "owners-not-callable");
    // The card tells of owners while it runs; each look and the act take so long that it is drawn meanwhile.
    story.kafka().trouble(Some(Trouble::Slow(1_500))).unwrap();
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    story.everything_is_read().await;
    let card = posted.card.history().into_iter().rfind(|said| said.contains("owners told")).expect("it was told");
    let thread = posted.card.thread().expect("the thread");
    let told = thread.bot_messages();
    let rung = told.iter().map(|one| one.look().notified_roles).filter(|roles| !roles.is_empty()).collect();
    (rung, warned, card)
}

#[tokio::test]
async fn owners_who_are_a_role_of_the_chat_are_called_by_it() {
    for mentionable in [true, false] {
        let mut owners = None;
        let story = DiscordStory::begin_set(|policy, _, discord| {
            let role = discord.guild().new_role("owners-of-orders", 0);
            discord.guild().role_is_mentionable(role, mentionable);
            policy.owners.0[0].to = [Grantee::ChatRole(ChatRole(role.get()))].into();
            owners = Some(role);
        })
        .await;
        let role = owners.unwrap();
        let calls = || story.house().rooms().calls(ChatRole(role.get()));
        if !mentionable {
            wait_until("what the role is worth is known", || !calls()).await;
        }
        let (rung, warned, card) = rung(&story).await;
        // Whoever may not be mentioned hears nothing, and is not said to have been told.
        let both_times = if mentionable { vec![vec![role]; 2] } else { Vec::new() };
        assert_eq!((rung, warned), (both_times, !mentionable), "{card}");
        let told = format!("owners told: {} of 1", u8::from(mentionable));
        assert!(card.contains(&told), "{card}");
        story.discord.guild().role_is_mentionable(role, true);
        story.time_passes(Duration::from_secs(61));
        wait_until("it is known anew", calls).await;
        story.discord.assert_clean();
    }
}

#[tokio::test]
async fn owners_without_an_account_in_the_chat_are_a_warning() {
    let story = DiscordStory::begin_set(|policy, _, _| {
        policy.owners.0[0].to = [Grantee::Account(Account::System(4_242))].into();
    })
    .await;
    let (rung, warned, card) = rung(&story).await;
    assert_eq!((rung, warned), (Vec::new(), true));
    assert!(card.contains("owners told: 0 of 1"), "{card}");
    story.discord.assert_clean();
}
