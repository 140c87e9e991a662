//! Whose approval counts, on what, and when.

use engine::port::Journal;
use engine::{Actor, Changes, Transition, Transitioned, Why};
use interlock::approval::{Event, State};
use interlock::cluster::Tier;
use interlock::id::PersonId;
use interlock::plan::Effect;
use interlock::policy::Role;
use interlock::principal::Account;
use signalbox::desk::Done;
use simulated::{Trouble, demo};
use std::time::Duration;
use story::discord_house::{DiscordStory, Posted, SOON, chat_role, reset};

/// The reset of another group, on the other cluster.
async fn another(story: &DiscordStory) -> Posted {
    let line = format!("/reset-offset cluster:{} group:billing topic:orders to:earliest", demo::STAGING);
    story.asks("alice", &line).await
}

async fn two_approvers() -> DiscordStory {
    let story = DiscordStory::begin_with(|policy, _| {
        policy.seats.demand(Tier::Production, Effect::Reversible, 2).unwrap();
    });
    story.await
}

/// Every message was looked at, by whoever wants to know.
async fn read_all(story: &DiscordStory) {
    story.everything_is_read().await;
}

/// 1: an approval counts for the card it stands on, not for the oldest one that waits.
#[tokio::test]
async fn an_approval_is_for_its_own_card() {
    let story = DiscordStory::begin().await;
    let (first, second) = (story.reset().await, another(&story).await);
    story.reacts("bob", &second.card, "✅").await;
    story.becomes(&second.id, State::Succeeded).await;
    assert_eq!(story.operation(&first.id).await.state, State::AwaitingApproval);
    assert!(first.card.look().text.contains("(0 so far)"), "{}", first.card.text());
    // Nor does the digest of one plan approve the other operation.
    let digest = story.plan(&second.id).await.digest();
    let line = format!("/approve operation:{} digest:{digest}", first.id);
    let answer = story.user("carol").runs(&story.ops, &line).await;
    assert!(answer.text().contains("another plan"), "{}", answer.text());
    assert_eq!((story.operation(&first.id).await.state, story.acts()), (State::AwaitingApproval, 0));
    read_all(&story).await;
    story.discord.assert_clean();
}

async fn rewritten(story: &DiscordStory, posted: &Posted) {
    let pool = sqlx::SqlitePool::connect(&story.store_address()).await.unwrap();
    let changed = sqlx::query("UPDATE plans SET bytes = replace(bytes, 'earliest', 'latest') WHERE operation = ?")
        .bind(posted.id.as_str())
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(changed.rows_affected(), 1);
    pool.close().await;
}

/// 2: what runs is what was approved, byte for byte: a plan that was altered in the store is carried out by nobody's vote.
#[tokio::test]
async fn a_plan_that_was_altered_after_its_approval_is_not_carried_out() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.kafka().trouble(Some(Trouble::Down)).unwrap();
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Queued).await;
    rewritten(&story, &posted).await;
    story.kafka().trouble(None).unwrap();
    let ended = story.becomes(&posted.id, State::Refused).await;
    assert_eq!((ended.why.id.as_str(), story.acts()), ("plan-unreadable", 0));
    assert_eq!(story.committed().await, [60, 60, 60]);
    // Whoever looks at the card sees it, and those in the thread are called.
    posted.card.becomes("is not the one that was posted here", SOON).await;
    let told = story.thread_of(&posted.card).await;
    let called = told.iter().filter(|one| one.text.contains("is not the one that was posted here"));
    assert_eq!(called.filter(|one| !one.silent).count(), 1, "{told:#?}");
    read_all(&story).await;
    story.discord.assert_clean();
}

/// 2, before the approval: the vote on it counts for nothing, and ends it: nobody can approve what nobody was shown.
#[tokio::test]
async fn a_plan_that_was_altered_before_its_approval_cannot_be_approved() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let digest = story.plan(&posted.id).await.digest();
    rewritten(&story, &posted).await;
    story.reacts("bob", &posted.card, "✅").await;
    let line = format!("/approve operation:{} digest:{digest}", posted.id);
    let answer = story.user("carol").runs(&story.ops, &line).await;
    assert!(answer.is_private() && answer.text().contains("was altered"), "{}", answer.text());
    let seen = posted.card.becomes("Votes on it count for nothing", SOON).await;
    assert!(seen.buttons().is_empty(), "nothing to press on it");
    let ended = story.operation(&posted.id).await;
    assert_eq!((ended.state, ended.why.id.as_str()), (State::Refused, "plan-unreadable"));
    let told = story.thread_of(&posted.card).await;
    let called = told.iter().filter(|one| one.text.contains("is not the one that was posted here"));
    assert_eq!(called.filter(|one| !one.silent).count(), 1, "{told:#?}");
    assert_eq!((story.acts(), story.committed().await), (0, vec![60, 60, 60]));
    read_all(&story).await;
    story.discord.assert_clean();
}

/// 3: what stands on the card when the bot comes back counts.
#[tokio::test]
async fn votes_that_were_cast_while_the_bot_was_down_are_counted() {
    let mut story = DiscordStory::begin().await;
    let (approved, vetoed) = (story.reset().await, another(&story).await);
    story.all_is_told().await;
    story.dies().await;
    story.reacts("bob", &approved.card, "✅").await;
    story.reacts("carol", &vetoed.card, "❌").await;
    story.is_born().await;
    story.becomes(&approved.id, State::Succeeded).await;
    story.becomes(&vetoed.id, State::Rejected).await;
    approved.card.becomes("Done", SOON).await;
    vetoed.card.becomes("Vetoed by carol", SOON).await;
    read_all(&story).await;
    story.discord.assert_clean();
}

/// 4: who has lost the role when it is decided has no vote, though the reaction still stands.
#[tokio::test]
async fn a_role_that_is_gone_at_the_decision_does_not_count() {
    let story = two_approvers().await;
    let posted = story.reset().await;
    story.reacts("bob", &posted.card, "✅").await;
    posted.card.becomes("1 of 2: bob", SOON).await;
    story.user("bob").loses_role(chat_role(&story.discord, Role::Approver));
    story.reacts("carol", &posted.card, "✅").await;
    let seen = posted.card.becomes("1 of 2: carol", SOON).await;
    assert!(seen.text.contains("bob (is no approver here)"), "{}", seen.text);
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));
    read_all(&story).await;
    story.discord.assert_clean();
}

/// 4, while nobody votes: who looks at the card does not see an approval that counts for nothing.
#[tokio::test]
async fn a_role_that_is_gone_while_nobody_votes_is_seen_on_the_card() {
    let story = two_approvers().await;
    let posted = story.reset().await;
    story.reacts("bob", &posted.card, "✅").await;
    posted.card.becomes("1 of 2: bob", SOON).await;
    story.user("bob").loses_role(chat_role(&story.discord, Role::Approver));
    story.cards_are_read_anew().await;
    let seen = posted.card.becomes("bob (is no approver here)", SOON).await;
    assert!(seen.text.contains("(0 so far)"), "{}", seen.text);
    read_all(&story).await;
    story.discord.assert_clean();
}

/// 4, while nobody is there: the card of a bot that comes back shows what votes are worth then.
#[tokio::test]
async fn a_role_that_is_gone_while_the_bot_is_away_is_seen_on_the_card() {
    let mut story = two_approvers().await;
    let posted = story.reset().await;
    story.reacts("bob", &posted.card, "✅").await;
    posted.card.becomes("1 of 2: bob", SOON).await;
    story.dies().await;
    story.user("bob").loses_role(chat_role(&story.discord, Role::Approver));
    story.is_born().await;
    let seen = posted.card.becomes("bob (is no approver here)", SOON).await;
    assert!(seen.text.contains("(0 so far)"), "{}", seen.text);
    read_all(&story).await;
    story.discord.assert_clean();
}

/// 4, between the approval and the run.
#[tokio::test]
async fn a_role_that_is_gone_before_the_start_asks_again() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.kafka().trouble(Some(Trouble::Down)).unwrap();
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Queued).await;
    story.user("bob").is_banned();
    story.kafka().trouble(None).unwrap();
    story.becomes(&posted.id, State::AwaitingApproval).await;
    let asks_again = |seen: &discord_model::Seen| {
        seen.text.contains("bob (is not a member now)") && seen.text.contains("(0 so far)")
    };
    posted.card.until(asks_again, SOON).await;
    assert_eq!(story.acts(), 0);
    story.reacts("carol", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    read_all(&story).await;
    story.discord.assert_clean();
}

/// 5: however many approve at once, and however often it is told, it runs once.
#[tokio::test]
async fn two_approvals_in_one_moment_are_one_execution() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let digest = story.plan(&posted.id).await.digest();
    let line = format!("/approve operation:{} digest:{digest}", posted.id);
    story.discord.gateway().holds_events();
    story.reacts("bob", &posted.card, "✅").await;
    story.reacts("carol", &posted.card, "✅").await;
    let asked: Vec<_> = ["bob", "carol", "bob"].map(|who| story.user(who).starts(&story.ops, &line)).into();
    story.discord.gateway().releases(discord_model::gateway::Release::Twice);
    for one in asked {
        assert!(one.answer().await.unwrap().is_private());
    }
    story.becomes(&posted.id, State::Succeeded).await;
    read_all(&story).await;
    assert_eq!(story.acts(), 1, "the cluster was asked once");
    let starts = story.audit(&posted.id).await.into_iter().filter(|what| what == "start").count();
    assert_eq!(starts, 1);
    story.discord.assert_clean();
}

/// 5, one step earlier: a command that is delivered twice is one operation.
#[tokio::test]
async fn a_command_that_is_delivered_twice_is_one_operation() {
    let story = DiscordStory::begin().await;
    story.discord.gateway().holds_events();
    let asked = story.user("alice").starts(&story.ops, &reset("earliest"));
    story.discord.gateway().releases(discord_model::gateway::Release::Twice);
    let answer = asked.answer().await.unwrap();
    answer.asked().is_delivered_again();
    assert!(story.user("vic").runs(&story.ops, "/whoami").await.is_private());
    read_all(&story).await;
    assert_eq!(story.ops.threads().len(), 1);
    story.discord.assert_clean();
}

/// 6: an expired card says so, and whoever still tries is answered.
#[tokio::test]
async fn an_expired_card_looks_expired_and_everybody_is_answered() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.time_passes(Duration::from_secs(9 * 3_600));
    story.becomes(&posted.id, State::Expired).await;
    let seen = posted.card.becomes("Not approved in time", SOON).await;
    assert!(!seen.buttons().iter().any(|button| button.label == "My vote"), "{:?}", seen.buttons());
    story.reacts("bob", &posted.card, "✅").await;
    for (who, said) in [("bob", "closed"), ("vic", "no approver"), ("alice", "asked for it"), ("mallory", "no role")] {
        let digest = seen.file("plan.json").map(|file| interlock::plan::Digest::of(&file.bytes)).unwrap();
        let line = format!("/approve operation:{} digest:{digest}", posted.id);
        let answer = story.user(who).runs(&story.ops, &line).await;
        assert!(answer.is_private() && answer.text().contains(said), "{who}: {}", answer.text());
    }
    let pressed = story.user("mallory").presses(&posted.card, "Details").await;
    assert!(pressed.is_private() && pressed.text().contains("no role"), "{}", pressed.text());
    read_all(&story).await;
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::Expired, 0));
    story.discord.assert_clean();
}

/// 7: a request whose asker is not told is nobody's, not the system's.
#[tokio::test]
async fn without_an_asker_nothing_is_asked() {
    let story = DiscordStory::begin().await;
    for missing in ["member", "user"] {
        story.discord.gateway().alters("INTERACTION_CREATE", move |data| {
            if missing == "user" {
                data["member"].as_object_mut().unwrap().remove("user");
            }
            data.as_object_mut().unwrap().remove(missing);
        });
        let answer = story.user("alice").runs(&story.ops, &reset("earliest")).await;
        let seen = answer.look();
        assert!(seen.private && seen.text.contains(' '), "without {missing}: {}", seen.text);
    }
    story.discord.gateway().alters_nothing();
    read_all(&story).await;
    assert_eq!((story.ops.threads().len(), story.acts()), (0, 0));
    let open = story.house().rooms().store.open_operations().await.unwrap();
    assert_eq!(open, 0, "no operation was made for anybody");
    story.discord.assert_clean();
}

/// 8: the console is no way around: who asked in chat is the same person there, and who has no right there has none.
#[tokio::test]
async fn the_console_is_no_back_door() {
    let story = DiscordStory::begin_with(|policy, _| {
        let alice: PersonId = "alice".parse().unwrap();
        policy.people.add(&alice, Account::System(501)).unwrap();
        let alone = interlock::policy::Grantee::Account(Account::System(501));
        let reach = interlock::policy::Reach::everywhere();
        let role = Role::Approver;
        policy.grants.0.push(interlock::policy::Grant { role, to: [alone].into(), reach });
    });
    let story = story.await;
    let posted = story.reset().await;
    let digest = story.plan(&posted.id).await.digest();
    let line = format!("/approve operation:{} digest:{digest}", posted.id);
    for (uid, why) in [(501, "asked-for-it"), (502, "no-role")] {
        match story.at_the_console(uid, &line).await.done {
            Done::Denied(denied) => assert_eq!(denied.id, why, "{uid}"),
            other => panic!("{uid}: {other:?}"),
        }
    }
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));
    read_all(&story).await;
    story.discord.assert_clean();
}

/// 8: the engine itself reads the votes before it starts, whoever says that it is approved.
#[tokio::test]
async fn what_is_said_to_be_approved_is_not_carried_out_without_votes() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let operation = story.operation(&posted.id).await;
    let now = story.house().rooms().clock.now();
    let forged = Transition {
        operation: posted.id.clone(),
        from: operation.state,
        version: operation.version,
        event: Event::Approve,
        token: None,
        at: now,
        next_at: now,
        why: Why::default(),
        holds: Changes::None,
        freezes: engine::Freezes::Unasked,
        only_while: None,
        entry: None,
        records: vec![engine::Record {
            what: "approve".to_owned(),
            actor: Actor::Engine,
            operation: Some(posted.id.clone()),
            request: None,
            digest: None,
            facts: interlock::facts::Facts::none(),
        }],
        notices: Vec::new(),
    };
    let done = story.house().rooms().store.transition(&forged).await.unwrap();
    assert!(matches!(done, Transitioned::Done(_)), "{done:?}");
    let thread = posted.card.thread().unwrap();
    thread.wait_for_text("waits for votes again", SOON).await;
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));
    read_all(&story).await;
    story.discord.assert_clean();
}
