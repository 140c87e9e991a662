//! A reminder on Discord: those whose approval is missing are called in the plan's thread, and nobody else.

use discord_model::Seen;
use interlock::approval::State;
use interlock::id::PersonId;
use interlock::policy::{Grantee, Role};
use std::time::Duration;
use story::discord_house::{CLUSTER, DiscordStory, Posted, SOON, chat_role};

const HALF: Duration = Duration::from_secs(4 * 3_600 + 60);
const REMINDER: &str = "Half of the time is over";

/// Each approver by name, alice among them, and so many of them needed.
async fn begins(approvers: usize) -> DiscordStory {
    DiscordStory::begin_with(|policy, _| {
        let person = |name: &str| Grantee::Person(name.parse::<PersonId>().expect("a person's name"));
        let grants = policy.grants.0.iter_mut().filter(|grant| grant.role == Role::Approver);
        grants.for_each(|grant| grant.to = ["alice", "bob", "carol", "olga"].map(person).into());
        let (tier, effect) = (interlock::cluster::Tier::Production, interlock::plan::Effect::Reversible);
        policy.seats.demand(tier, effect, approvers).expect("a number");
    })
    .await
}

/// What stands in the thread of a plan that reminds of it, once everything is told.
async fn reminders(story: &DiscordStory, posted: &Posted) -> Vec<Seen> {
    story.thread_of(&posted.card).await.into_iter().filter(|one| one.text.contains(REMINDER)).collect()
}

async fn is_reminded(posted: &Posted) -> Seen {
    let thread = posted.card.thread().expect("the thread");
    thread.wait_for_text(REMINDER, SOON).await.look()
}

async fn is_clean(story: &DiscordStory) {
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn exactly_those_who_have_not_voted_are_called_once() {
    let mut story = begins(2).await;
    let posted = story.reset().await;
    story.reacts("bob", &posted.card, "✅").await;
    posted.card.becomes("1 so far", SOON).await;
    story.time_passes(HALF);
    let seen = is_reminded(&posted).await;
    let mut called = ["carol", "olga"].map(|name| story.user(name).id());
    called.sort();
    let mut rung = seen.notified_users.clone();
    rung.sort();
    assert_eq!((rung, seen.notified_roles, seen.silent), (called.into(), Vec::new(), false), "{}", seen.text);
    for part in ["Needs 2 (1 so far)", "bob", posted.id.as_str()] {
        assert!(seen.text.contains(part), "{part}: {}", seen.text);
    }
    story.dies().await;
    story.is_born().await;
    story.time_passes(HALF / 4);
    story.cards_are_read_anew().await;
    story.reacts("carol", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    // A card of that age takes few edits in an hour.
    story.time_passes(HALF / 4);
    assert_eq!(reminders(&story, &posted).await.len(), 1);
    is_clean(&story).await;
}

#[tokio::test]
async fn a_role_is_called_where_the_settings_name_a_role_and_the_freeze_is_named() {
    let story = DiscordStory::begin().await;
    let approvers = chat_role(&story.discord, Role::Approver);
    story.discord.guild().role_is_mentionable(approvers, true);
    let posted = story.reset().await;
    let line = format!("/freeze cluster:{CLUSTER} for:6h reason:\"black friday\"");
    story.user("alice").runs(&story.ops, &line).await;
    posted.card.becomes("Does not start before this is over", SOON).await;
    story.time_passes(HALF);
    let seen = is_reminded(&posted).await;
    assert_eq!((seen.notified_users, seen.notified_roles), (Vec::new(), vec![approvers]), "{}", seen.text);
    for part in ["Does not start before this is over", "black friday"] {
        assert!(seen.text.contains(part), "{part}: {}", seen.text);
    }
    is_clean(&story).await;
}

#[tokio::test]
async fn who_has_enough_votes_is_not_reminded_of() {
    let story = begins(1).await;
    let posted = story.reset().await;
    let line = format!("/freeze cluster:{CLUSTER} for:6h reason:\"black friday\"");
    story.user("alice").runs(&story.ops, &line).await;
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Queued).await;
    story.time_passes(HALF);
    story.cards_are_read_anew().await;
    assert!(reminders(&story, &posted).await.is_empty());
    is_clean(&story).await;
}
