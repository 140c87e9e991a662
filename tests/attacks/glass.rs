//! `/break-glass` skips seats for who is on call, on exactly this plan, and nothing else; and its review is closed by nobody who
//! had a hand in it.

use crate::stories::at_the_machine::{at_the_console, with_a_console};
use interlock::approval::State;
use interlock::id::OperationId;
use interlock::policy::Role;
use signalbox::desk::Done;
use simulated::Trouble;
use std::time::Duration;
use story::discord_house::{DiscordStory, GROUP, Posted, SOON, chat_role, operation_in, reset};

async fn breaking(story: &DiscordStory, id: &OperationId) -> String {
    format!("/break-glass operation:{id} digest:{} reason:\"payments stand still\"", story.plan(id).await.digest())
}

/// The private answer to a command.
async fn says(story: &DiscordStory, who: &str, line: &str) -> String {
    let answer = story.user(who).runs(&story.ops, line).await;
    assert!(answer.is_private(), "{line}");
    answer.text()
}

async fn breaks(story: &DiscordStory, id: &OperationId) -> String {
    let line = breaking(story, id).await;
    says(story, "olga", &format!("{line} confirm:{GROUP}")).await
}

async fn nothing_came_of_it(story: &DiscordStory, id: &OperationId) {
    story.all_is_told().await;
    assert_eq!((story.operation(id).await.state, story.acts()), (State::AwaitingApproval, 0));
    assert!(story.house().rooms().store.broken_glass(id).await.unwrap().is_empty());
}

async fn is_clean(story: &DiscordStory) {
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn nobody_else_breaks_the_glass() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let line = format!("{} confirm:{GROUP}", breaking(&story, &posted.id).await);
    for who in ["alice", "bob", "carol", "dora", "vic", "mallory"] {
        let said = says(&story, who, &line).await;
        assert!(!said.contains("You broke the glass"), "{who}: {said}");
        nothing_came_of_it(&story, &posted.id).await;
    }
    assert!(breaks(&story, &posted.id).await.contains("You broke the glass"), "who is on call does");
    story.becomes(&posted.id, State::Succeeded).await;
    is_clean(&story).await;
}

#[tokio::test]
async fn the_name_is_typed_byte_for_byte_and_on_exactly_this_plan() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let bare = format!("/break-glass operation:{} reason:\"payments stand still\"", posted.id);
    let line = breaking(&story, &posted.id).await;
    for unnamed in [bare.clone(), format!("{bare} confirm:{GROUP}"), line.clone()] {
        let shown = says(&story, "olga", &unnamed).await;
        assert!(shown.contains("You would break the glass on this plan"), "{unnamed}: {shown}");
        nothing_came_of_it(&story, &posted.id).await;
    }
    for name in
        ["Billing-eu", "billing-eu ", "billing\u{2010}eu", "b\u{456}lling-eu", "billing-e", "billing", "orders-eu"]
    {
        let said = says(&story, "olga", &format!("{line} confirm:\"{name}\"")).await;
        assert!(said.contains("is not the name"), "{name:?}: {said}");
        nothing_came_of_it(&story, &posted.id).await;
    }
    let digest = story.plan(&posted.id).await.digest().to_string();
    let other = line.replace(&digest, &"0".repeat(64));
    let said = says(&story, "olga", &format!("{other} confirm:{GROUP}")).await;
    assert!(said.contains("another plan"), "{said}");
    let prefix = line.replace(&digest, &digest[..12]);
    let said = says(&story, "olga", &format!("{prefix} confirm:{GROUP}")).await;
    assert!(!said.contains("You broke"), "{said}");
    let empty = line.replace("payments stand still", "  ");
    let said = says(&story, "olga", &format!("{empty} confirm:{GROUP}")).await;
    assert!(!said.contains("You broke"), "{said}");
    nothing_came_of_it(&story, &posted.id).await;
    is_clean(&story).await;
}

#[tokio::test]
async fn what_is_planned_anew_has_a_glass_of_its_own() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.kafka().trouble(Some(Trouble::Down)).unwrap();
    assert!(breaks(&story, &posted.id).await.contains("You broke the glass"));
    story.becomes(&posted.id, State::Queued).await;
    story.another_tool_commits(7);
    story.kafka().trouble(None).unwrap();
    let asked = story.becomes(&posted.id, State::AwaitingApproval).await;
    assert_eq!(asked.revision, 2, "what was approved is no longer so");
    story.card(&posted.id, 2).await;
    story.all_is_told().await;
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));
    // Its review is open all the same.
    let closed = says(&story, "bob", &format!("/break-glass operation:{} review:\"in vain\"", posted.id)).await;
    assert!(closed.contains("is closed"), "{closed}");
    is_clean(&story).await;
}

#[tokio::test]
async fn a_veto_stays_a_veto() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.kafka().trouble(Some(Trouble::Down)).unwrap();
    breaks(&story, &posted.id).await;
    story.becomes(&posted.id, State::Queued).await;
    story.reacts("carol", &posted.card, "❌").await;
    story.becomes(&posted.id, State::Rejected).await;
    story.kafka().trouble(None).unwrap();
    let said = breaks(&story, &posted.id).await;
    assert!(said.contains("closed"), "{said}");
    assert_eq!(story.acts(), 0);
    is_clean(&story).await;
}

/// The role is lent for the command and gone before the start.
#[tokio::test]
async fn a_role_that_is_gone_before_the_start_breaks_nothing() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let role = chat_role(&story.discord, Role::OnCall);
    story.user("mallory").gets_role(role);
    story.kafka().trouble(Some(Trouble::Down)).unwrap();
    let line = format!("{} confirm:{GROUP}", breaking(&story, &posted.id).await);
    assert!(says(&story, "mallory", &line).await.contains("You broke the glass"));
    story.becomes(&posted.id, State::Queued).await;
    story.user("mallory").loses_role(role);
    story.kafka().trouble(None).unwrap();
    let asked = story.becomes(&posted.id, State::AwaitingApproval).await;
    assert_eq!((asked.why.id.as_str(), story.acts()), ("glass-lapsed", 0));
    is_clean(&story).await;
}

/// A check that blocks is no seat: there is no plan whose glass could be broken.
#[tokio::test]
async fn what_is_refused_stays_refused() {
    let story = DiscordStory::begin().await;
    story.kafka().join(&GROUP.parse().unwrap(), simulated::Member::new("eu-1", "/10.0.9.1")).unwrap();
    let refused = says(&story, "olga", &reset("earliest")).await;
    assert!(refused.contains("group-inactive"), "{refused}");
    let page = signalbox::store::Page { before: None, limit: 10 };
    let all = story.house().rooms().store.operations(&signalbox::store::Filter::default(), page).await.unwrap();
    assert_eq!(all.len(), 0);
    is_clean(&story).await;
}

async fn reviews(story: &DiscordStory, who: &str, posted: &Posted) -> String {
    says(story, who, &format!("/break-glass operation:{} review:\"it was right\"", posted.id)).await
}

async fn is_open(story: &DiscordStory, id: &OperationId) -> bool {
    let all = story.house().rooms().store.broken_glass(id).await.unwrap();
    all.iter().any(|glass| glass.review.is_none())
}

/// 30: neither who asked nor who broke it, by any account, closes the review; nor who has no say.
#[tokio::test]
async fn a_review_is_closed_by_somebody_else() {
    let story = DiscordStory::begin_set(with_a_console).await;
    let posted = story.reset().await;
    breaks(&story, &posted.id).await;
    story.becomes(&posted.id, State::Succeeded).await;
    for who in ["alice", "olga"] {
        let said = reviews(&story, who, &posted).await;
        assert!(said.contains("closed by somebody else"), "{who}: {said}");
    }
    let line = format!("/break-glass operation:{} review:\"it was right\"", posted.id);
    for who in ["alice", "olga"] {
        let done = at_the_console(&story, who, &line).await;
        assert!(matches!(&done, Done::Denied(denied) if denied.id == "not-your-review"), "{who}: {done:?}");
    }
    for who in ["vic", "mallory"] {
        reviews(&story, who, &posted).await;
    }
    for both in [format!("{line} reason:both"), format!("/break-glass operation:{}", posted.id)] {
        says(&story, "bob", &both).await;
    }
    says(&story, "bob", &line.replace("it was right", "  ")).await;
    assert!(is_open(&story, &posted.id).await);
    assert!(reviews(&story, "bob", &posted).await.contains("is closed"));
    assert!(!is_open(&story, &posted.id).await);
    posted.card.becomes("Reviewed by bob", SOON).await;
    assert!(reviews(&story, "carol", &posted).await.contains("No review is open"));
    is_clean(&story).await;
}

/// 30: who is on call and asked for it reviews none of it, and whoever else is on call does.
#[tokio::test]
async fn who_asked_and_broke_it_is_one_person_and_no_reviewer() {
    let story = DiscordStory::begin().await;
    story.user("mallory").gets_role(chat_role(&story.discord, Role::OnCall));
    let posted = story.asks("olga", &reset("earliest")).await;
    let line = format!("{} confirm:{GROUP}", breaking(&story, &posted.id).await);
    assert!(says(&story, "mallory", &line).await.contains("You broke the glass"));
    story.becomes(&posted.id, State::Succeeded).await;
    for who in ["olga", "mallory"] {
        reviews(&story, who, &posted).await;
        assert!(is_open(&story, &posted.id).await, "{who}");
    }
    reviews(&story, "dora", &posted).await;
    assert!(is_open(&story, &posted.id).await, "no seat was hers");
    reviews(&story, "carol", &posted).await;
    assert!(!is_open(&story, &posted.id).await);
    is_clean(&story).await;
}

/// A way back needs nobody else: there is nothing to skip, and no review to be had for nothing.
#[tokio::test]
async fn what_only_has_to_be_confirmed_has_no_glass() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    let answer = says(&story, "olga", &format!("/rollback operation:{}", posted.id)).await;
    let back = operation_in(&answer.replace(posted.id.as_str(), ""));
    story.card(&back, 1).await;
    let said = breaks(&story, &back).await;
    assert!(said.contains("No vote is missing here"), "{said}");
    story.time_passes(Duration::from_secs(2));
    assert!(story.house().rooms().store.broken_glass(&back).await.unwrap().is_empty());
    is_clean(&story).await;
}
