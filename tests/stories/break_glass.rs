//! `/break-glass` on Discord: it goes on without the votes that are missing, whoever was skipped is called once, and a review is
//! open until somebody else closes it; also from the machine of the bot while Discord is away.

use super::at_the_machine::{at_the_console, with_a_console};
use discord_model::{Fault, Id, On, Seen};
use interlock::approval::State;
use interlock::cluster::kafka::Committed;
use interlock::id::{GroupId, TopicName};
use interlock::policy::{Grantee, Role};
use signalbox::desk::Done;
use simulated::{GroupSpec, Member};
use std::collections::BTreeSet;
use std::time::Duration;
use story::discord_house::{CLUSTER, DiscordStory, GROUP, Posted, SOON, TOPIC, chat_role, wait_until};

const HOUR: Duration = Duration::from_secs(3_600);
const OPEN: &str = "nobody has reviewed that";
const BUSY: &str = "billing-busy";

async fn says(story: &DiscordStory, who: &str, line: &str) -> String {
    let answer = story.user(who).runs(&story.ops, line).await;
    assert!(answer.is_private(), "{line}");
    answer.text()
}

async fn breaking(story: &DiscordStory, posted: &Posted) -> String {
    let plan = story.plan(&posted.id).await;
    let (digest, name) = (plan.digest(), plan.plan().name_to_repeat());
    format!("/break-glass operation:{} digest:{digest} reason:\"payments stand still\" confirm:{name}", posted.id)
}

async fn breaks(story: &DiscordStory, posted: &Posted) {
    let line = breaking(story, posted).await;
    let said = says(story, "olga", &line).await;
    assert!(said.contains("You broke the glass"), "{said}");
}

/// Which roles were rung in the thread of a card, message by message.
async fn rung(story: &DiscordStory, posted: &Posted) -> Vec<Vec<Id>> {
    let told = story.thread_of(&posted.card).await;
    told.into_iter().map(|one| one.notified_roles).filter(|roles| !roles.is_empty()).collect()
}

async fn told(story: &DiscordStory, posted: &Posted, part: &str) -> usize {
    story.thread_of(&posted.card).await.iter().filter(|one| one.text.contains(part) && !one.silent).count()
}

#[tokio::test]
async fn it_goes_on_without_votes_and_whoever_was_skipped_is_called_once() {
    let mut story = DiscordStory::begin_with(|_, discord| {
        discord.guild().role_is_mentionable(chat_role(discord, Role::Approver), true);
    })
    .await;
    let posted = story.reset().await;
    let shown = says(&story, "olga", &format!("/break-glass operation:{} reason:urgent", posted.id)).await;
    for part in ["You would break the glass", "digest:", "confirm:"] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    breaks(&story, &posted).await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.committed().await, [0, 0, 0]);
    posted.card.becomes("Glass broken by olga", SOON).await;
    posted.card.becomes("Nobody has reviewed that yet", SOON).await;
    let approvers = chat_role(&story.discord, Role::Approver);
    assert_eq!(rung(&story, &posted).await, [[approvers]], "those who could have voted");
    let thread = story.thread_of(&posted.card).await;
    let skipped = thread.iter().find(|one| !one.notified_roles.is_empty()).expect("what they read");
    for part in ["olga broke the glass", "payments stand still"] {
        assert!(skipped.text.contains(part), "{part}: {}", skipped.text);
    }

    story.time_passes(HOUR);
    posted.card.thread().expect("the thread").wait_for_text(OPEN, SOON).await;
    story.all_is_told().await;
    story.dies().await;
    story.is_born().await;
    story.time_passes(HOUR * 23);
    story.is_quiet().await;
    assert_eq!(told(&story, &posted, OPEN).await, 1, "after an hour, once over a restart");
    story.time_passes(HOUR);
    wait_until("the next day's", || {
        let all = posted.card.thread().map_or_else(Vec::new, |thread| thread.bot_messages());
        all.iter().filter(|one| one.look().text.contains(OPEN)).count() == 2
    })
    .await;
    let closed = says(&story, "bob", &format!("/break-glass operation:{} review:\"it was right\"", posted.id)).await;
    assert!(closed.contains("is closed"), "{closed}");
    posted.card.becomes("Reviewed by bob", SOON).await;
    story.time_passes(HOUR * 72);
    story.all_is_told().await;
    assert_eq!((told(&story, &posted, OPEN).await, rung(&story, &posted).await.len()), (2, 1));
    let audit = story.audit(&posted.id).await;
    for what in ["glass-broken", "approve", "start", "review-open", "review-closed"] {
        assert!(audit.iter().any(|one| one == what), "{what} is not in {audit:?}");
    }
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// Who was granted a seat as a person is rung by their own account, if the seat was empty: not who asked for the plan nor who broke
/// its glass, though they may approve others, and nobody of a seat that was filled.
#[tokio::test]
async fn persons_who_could_have_filled_an_empty_seat_are_called_and_nobody_else() {
    for (voter, skipped) in [(None, &["bob", "carol", "dora"][..]), (Some("bob"), &["dora"][..])] {
        let story = DiscordStory::begin_with(|policy, _| {
            let persons = ["alice", "bob", "carol", "olga"].map(|who| Grantee::Person(who.parse().unwrap()));
            for grant in policy.grants.0.iter_mut().filter(|grant| grant.role == Role::Approver) {
                grant.to = persons.clone().into();
            }
        })
        .await;
        is_busy(&story);
        let posted = story.asks("alice", &busy("earliest")).await;
        if let Some(voter) = voter {
            story.reacts(voter, &posted.card, "✅").await;
            posted.card.becomes("1 of 2", SOON).await;
        }
        breaks(&story, &posted).await;
        story.becomes(&posted.id, State::Waiting).await;
        let told = story.thread_of(&posted.card).await;
        let told: Vec<_> = told.iter().filter(|one| one.text.contains("were skipped: olga broke the glass")).collect();
        let called: Vec<BTreeSet<Id>> = told.iter().map(|one| one.notified_users.iter().copied().collect()).collect();
        let wanted: BTreeSet<Id> = skipped.iter().map(|who| story.user(who).id()).collect();
        assert_eq!(called, [wanted], "{voter:?}: once, in {told:#?}");
        assert_eq!(rung(&story, &posted).await, Vec::<Vec<Id>>::new(), "no role");
        story.everything_is_read().await;
        story.discord.assert_clean();
    }
}

/// One vote is there, and the other one is skipped: after the start it is still told which was which.
#[tokio::test]
async fn a_vote_that_is_there_is_told_beside_the_one_that_was_skipped() {
    let story = DiscordStory::begin().await;
    is_busy(&story);
    let posted = story.asks("alice", &busy("earliest")).await;
    story.reacts("bob", &posted.card, "✅").await;
    posted.card.becomes("1 of 2", SOON).await;
    breaks(&story, &posted).await;
    story.becomes(&posted.id, State::Waiting).await;
    let card = posted.card.becomes("Votes at the start: 1 of 2: bob", SOON).await;
    assert!(card.text.contains("missing votes skipped by olga"), "{}", card.text);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// A group is at work.
fn is_busy(story: &DiscordStory) {
    let (group, topic): (GroupId, TopicName) = (BUSY.parse().unwrap(), TOPIC.parse().unwrap());
    let spec = GroupSpec::new(group.clone()).committed(topic, 0, Committed::plain(50));
    story.kafka().add_group(&spec).unwrap();
    story.kafka().join(&group, Member::new("busy-1", "/10.0.9.1")).unwrap();
}

/// A reset of a group at work waits for it to stop.
async fn at_work(story: &DiscordStory) -> Posted {
    is_busy(story);
    let posted = story.asks("alice", &busy("earliest")).await;
    for who in ["bob", "dora"] {
        story.reacts(who, &posted.card, "✅").await;
    }
    story.becomes(&posted.id, State::Waiting).await;
    posted
}

fn busy(to: &str) -> String {
    format!("/reset-offset cluster:{CLUSTER} group:{BUSY} topic:{TOPIC} to:{to} wait-for-stop:6h")
}

#[tokio::test]
async fn who_is_at_work_there_pauses_first_and_the_card_says_who_is_waited_for() {
    let story = DiscordStory::begin().await;
    let first = at_work(&story).await;
    let refused = says(&story, "alice", &busy("latest")).await;
    assert!(refused.contains(first.id.as_str()) && refused.contains("held-by-other"), "{refused}");
    let second = story.asks("olga", &busy("latest")).await;
    second.card.becomes("pauses it first", SOON).await;
    breaks(&story, &second).await;
    story.becomes(&first.id, State::Paused).await;
    let called =
        first.card.thread().expect("its thread").wait_for_text("Paused because olga broke the glass", SOON).await;
    let called = called.look();
    assert!(!called.silent && called.text.contains(second.id.as_str()), "{}", called.text);
    assert!(called.text.contains("payments stand still"), "{}", called.text);
    let waits = second.card.becomes("it starts when operation", SOON).await;
    assert!(waits.text.contains(first.id.as_str()), "{}", waits.text);
    assert_eq!(story.operation(&second.id).await.state, State::Queued);
    let own = says(&story, "alice", &format!("/resume operation:{}", first.id)).await;
    assert!(own.contains("another person"), "{own}");
    says(&story, "alice", &format!("/stop operation:{}", first.id)).await;
    story.becomes(&first.id, State::Stopped).await;
    story.becomes(&second.id, State::Waiting).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// Nobody else decides whether it goes on; but whoever waits for that hears that nothing comes of what it pauses for.
#[tokio::test]
async fn who_pauses_for_a_plan_that_is_vetoed_is_told_and_hears_of_the_next_one() {
    let story = DiscordStory::begin().await;
    let first = at_work(&story).await;
    let second = story.asks("olga", &busy("latest")).await;
    breaks(&story, &second).await;
    story.becomes(&first.id, State::Paused).await;
    second.card.becomes("it starts when operation", SOON).await;
    story.reacts("bob", &second.card, "❌").await;
    story.becomes(&second.id, State::Rejected).await;
    let thread = first.card.thread().expect("its thread");
    let told = thread.wait_for_text("does not start as it was planned", SOON).await.look();
    assert!(!told.silent && told.text.contains(second.id.as_str()) && told.text.contains("Rejected"), "{}", told.text);
    assert_eq!(story.operation(&first.id).await.state, State::Paused);
    // It pauses already, and hears for what it does now.
    let third = story.asks("olga", &busy("latest")).await;
    breaks(&story, &third).await;
    let hears = |seen: &Seen| seen.text.contains("Paused because olga") && seen.text.contains(third.id.as_str());
    thread.wait_for(hears, SOON).await;
    assert_eq!(story.operation(&first.id).await.state, State::Paused);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// Nothing can be told, read or voted on there; the machine of the bot is.
#[tokio::test]
async fn from_the_machine_of_the_bot_it_works_while_discord_is_away() {
    let story = DiscordStory::begin_set(with_a_console).await;
    let posted = story.reset().await;
    story.all_is_told().await;
    story.discord.fails_always(On::any(), Fault::Unreachable);
    story.discord.gateway().goes_down();
    let digest = story.plan(&posted.id).await.digest();
    let line = format!("/break-glass operation:{} digest:{digest} reason:\"payments stand still\"", posted.id);
    let asked = at_the_console(&story, "olga", &line).await;
    assert!(matches!(asked, Done::GlassAskedBack(_)), "{asked:?}");
    let bob = at_the_console(&story, "bob", &format!("{line} confirm:{GROUP}")).await;
    assert!(matches!(&bob, Done::Denied(_)), "{bob:?}");
    let done = at_the_console(&story, "olga", &format!("{line} confirm:{GROUP}")).await;
    assert!(matches!(done, Done::Controlled { what: "glass-broken", .. }), "{done:?}");
    story.becomes(&posted.id, State::Running).await;
    // Its owners cannot be told; it does not wait for them longer than it must.
    story.time_passes(Duration::from_secs(125));
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.committed().await, [0, 0, 0]);
    story.discord.works_again();
    story.discord.gateway().comes_back();
    posted.card.becomes("Glass broken by olga", SOON * 3).await;
    let thread = posted.card.thread().expect("the thread");
    thread.wait_for_text("The glass was broken here, so I go on", SOON * 3).await;
    thread.wait_for_text("olga broke the glass", SOON * 3).await;
    let audit = story.audit(&posted.id).await;
    assert!(audit.iter().any(|what| what == "glass-broken"), "{audit:?}");
    story.everything_is_read().await;
    story.discord.assert_clean();
}
