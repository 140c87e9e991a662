//! Where things are told: in the thread, else in answers to the card, else to the operators; in the language of the channel;
//! and where nothing can be told, the console is the way in.

use discord_model::{Channel, Fault, On, permissions};
use interlock::approval::State;
use interlock::id::{OperationId, PersonId};
use interlock::policy::{Grant, Grantee, Policy, Reach, Role};
use interlock::principal::{Account, Place};
use signalbox::desk::{Done, Times};
use signalbox::text::Locale;
use std::time::Duration;
use story::discord_house::{CLUSTER, DiscordStory, GROUP, SOON, TOPIC, operation_in, reset};

const POST: &str = "/channels/{channel_id}/messages";
const THREADS: &str = "/channels/{channel_id}/messages/{message_id}/threads";
/// bob, at the machine of the bot.
const BOB: u32 = 502;
/// Somebody else there.
const NOBODY: u32 = 503;

/// bob may approve as a person, wherever he speaks; operators are told in a channel of their own. Nobody owns anything, so
/// that nothing waits until owners have been told.
fn console_and_bridge(policy: &mut Policy, times: &mut Times, discord: &discord_model::Discord) {
    let bob: PersonId = "bob".parse().unwrap();
    policy.people.add(&bob, Account::System(BOB)).unwrap();
    policy.owners.0.clear();
    let to = [Grantee::Person(bob)].into();
    policy.grants.0.push(Grant { role: Role::Approver, to, reach: Reach::everywhere() });
    let channel = discord.channel("bridge").id().get();
    times.operators = Some(Place::Discord { guild: discord.guild().id().get(), channel, thread: None });
}

fn bot_may_not_post(story: &DiscordStory, channel: &Channel) {
    channel.overwrites_member(story.discord.bot_id(), 0, permissions::SEND_MESSAGES);
}

async fn asked(story: &DiscordStory) -> OperationId {
    let answer = story.user("alice").runs(&story.ops, &reset("earliest")).await;
    operation_in(&answer.text())
}

async fn bob_approves(story: &DiscordStory, id: &OperationId) {
    let line = format!("/approve operation:{id} digest:{}", story.plan(id).await.digest());
    let nobody = story.at_the_console(NOBODY, &line).await.done;
    assert!(matches!(nobody, Done::Denied(_)), "{nobody:?}");
    assert_eq!(story.operation(id).await.state, State::AwaitingApproval);
    let done = story.at_the_console(BOB, &line).await.done;
    assert!(matches!(done, Done::Controlled { what: "vote-counted", .. }), "{done:?}");
}

#[tokio::test]
async fn what_cannot_be_posted_is_told_to_the_operators_and_approved_in_the_console() {
    let story = DiscordStory::begin_set(console_and_bridge).await;
    let bridge = story.discord.channel("bridge");
    bot_may_not_post(&story, &story.ops);
    let id = asked(&story).await;
    let told = bridge.wait_for_text("could not be posted", SOON).await;
    let seen = told.look();
    assert!(seen.text.contains(id.as_str()) && seen.text.contains("Waiting for approval"), "{}", seen.text);
    assert!(!seen.silent && seen.text.contains("/approve in the console"), "{}", seen.text);
    assert!(story.audit(&id).await.iter().any(|what| what == "undeliverable"));

    bob_approves(&story, &id).await;
    story.becomes(&id, State::Succeeded).await;
    assert_eq!(story.committed().await, [0, 0, 0]);
    story.everything_is_read().await;
    let told: Vec<_> = bridge.bot_messages().iter().map(|one| one.look().text).collect();
    assert!(told.iter().any(|text| text.contains("could not be told") && text.contains("Succeeded")), "{told:#?}");
    assert!(story.ops.bot_messages().iter().all(|one| one.peek().private));
    story.discord.assert_clean();
}

#[tokio::test]
async fn where_the_operators_cannot_be_told_either_it_is_recorded_once() {
    let story = DiscordStory::begin_set(console_and_bridge).await;
    for channel in [story.ops.clone(), story.discord.channel("bridge")] {
        bot_may_not_post(&story, &channel);
    }
    let id = asked(&story).await;
    story.all_is_told().await;
    let undeliverable = story.audit(&id).await.into_iter().filter(|what| what == "undeliverable").count();
    assert_eq!(undeliverable, 1, "what operators were to be told of it is not told of again");
    bob_approves(&story, &id).await;
    story.becomes(&id, State::Succeeded).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_card_that_waits_for_the_chat_is_approved_in_the_console_and_posted_later() {
    let story = DiscordStory::begin_set(console_and_bridge).await;
    story.discord.fails_always(On::path("POST", POST), Fault::Unreachable);
    let id = asked(&story).await;
    bob_approves(&story, &id).await;
    story.becomes(&id, State::Succeeded).await;
    story.discord.works_again();
    let card = story.card(&id, 1).await;
    let seen = card.becomes("Done", SOON).await;
    assert!(seen.text.contains("bob"), "{}", seen.text);
    story.everything_is_read().await;
    assert!(!card.look().reacted("✅").contains(&story.discord.bot_id()), "nothing is to be approved any more");
    let cards = story.ops.bot_messages().into_iter().filter(|one| one.peek().file("plan.json").is_some());
    assert_eq!(cards.count(), 1);
    story.discord.assert_clean();
}

/// Another tool is there after the approval, and the plan is asked anew.
async fn asked_anew(story: &DiscordStory, id: &OperationId, revision: u32) {
    story.another_tool_commits(i64::from(revision) + 5);
    bob_approves(story, id).await;
    let anew = async {
        while story.operation(id).await.revision < revision {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, anew).await.expect("it is asked anew");
    story.becomes(id, State::AwaitingApproval).await;
}

#[tokio::test]
async fn a_card_is_replaced_also_by_one_that_is_not_the_next() {
    let story = DiscordStory::begin_set(console_and_bridge).await;
    let posted = story.reset().await;
    story.all_is_told().await;
    story.discord.fails_always(On::path("POST", POST), Fault::Unreachable);
    asked_anew(&story, &posted.id, 2).await;
    asked_anew(&story, &posted.id, 3).await;
    story.discord.works_again();
    story.card(&posted.id, 3).await.becomes("Waiting for approval", SOON).await;
    let old = posted.card.becomes("Replaced by a newer plan", SOON).await;
    assert!(old.buttons().is_empty(), "nothing to press on a plan that is no more");
    let cards = story.ops.bot_messages().into_iter().filter(|one| one.peek().file("plan.json").is_some());
    assert_eq!(cards.count(), 2, "the second was never posted");
    story.everything_is_read().await;
    story.discord.assert_clean();
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|one| ('\u{4e00}'..='\u{9fff}').contains(&one))
}

#[tokio::test]
async fn cards_are_in_the_language_of_their_channel_and_answers_in_that_of_the_person() {
    let story = DiscordStory::begin_set(|policy, times, discord| {
        let zh = discord.channel("zh");
        times.languages.insert(zh.id().get(), Locale::ZhCn);
        policy.places.channels.values_mut().for_each(|channels| _ = channels.insert(zh.id().get()));
    });
    let story = story.await;
    let zh = story.discord.channel("zh");
    let answer = story.user("alice").runs(&zh, &reset("earliest")).await;
    assert!(answer.text().contains("is posted"), "{}", answer.text());
    let card = zh.wait_for(|seen| seen.file("plan.json").is_some(), SOON).await;
    assert!(is_chinese(&card.look().content), "{}", card.text());
    story.reacts("bob", &card, "✅").await;
    story.becomes(&operation_in(&answer.text()), State::Succeeded).await;
    let thread = card.thread().unwrap();
    story.all_is_told().await;
    for said in thread.bot_messages() {
        assert!(is_chinese(&said.look().content), "{}", said.text());
    }
    assert!(is_chinese(&card.look().content), "also when it is drawn anew");

    let line = format!("/reset-offset cluster:{CLUSTER} group:{GROUP} topic:{TOPIC} to:latest");
    let here = story.asks("alice", &line).await;
    assert!(!is_chinese(&here.card.look().content), "elsewhere it is the usual language");
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// Everything about an operation is told in answers to its card, and the record says why.
async fn told_in_answers(story: &DiscordStory, card: &discord_model::Message, id: &OperationId) {
    story.all_is_told().await;
    let said: Vec<_> = card.channel().bot_messages().iter().map(discord_model::Message::look).collect();
    let answers: Vec<_> = said.iter().filter(|one| one.reply_to == Some(card.id())).collect();
    for wanted in ["It has started", "Succeeded"] {
        assert!(answers.iter().any(|one| one.text.contains(wanted)), "{wanted}: {said:#?}");
    }
    let lost = story.audit(id).await.into_iter().filter(|what| what == "without-thread").count();
    assert_eq!(lost, 1, "recorded once");
}

#[tokio::test]
async fn a_locked_thread_is_left_for_answers_to_the_card() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    let thread = posted.card.thread().unwrap();
    thread.archives(true);
    thread.locks(true);
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    told_in_answers(&story, &posted.card, &posted.id).await;
    posted.card.becomes("Done", SOON).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_channel_that_takes_no_threads_gets_answers_to_the_card() {
    let story = DiscordStory::begin().await;
    story.ops.overwrites_member(story.discord.bot_id(), 0, permissions::CREATE_PUBLIC_THREADS);
    let id = asked(&story).await;
    let card = story.card(&id, 1).await;
    story.all_is_told().await;
    assert!(card.thread().is_none());
    story.reacts("bob", &card, "✅").await;
    story.becomes(&id, State::Succeeded).await;
    told_in_answers(&story, &card, &id).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn what_is_asked_in_a_thread_stays_in_it() {
    let story = DiscordStory::begin().await;
    let first = story.reset().await;
    let thread = first.card.thread().unwrap();
    let line = "/reset-offset cluster:staging-kafka group:billing topic:orders to:earliest";
    let answer = story.user("alice").runs(&thread, line).await;
    let id = operation_in(&answer.text());
    let card = thread.wait_for(|seen| seen.file("plan.json").is_some(), SOON).await;
    story.all_is_told().await;
    story.reacts("bob", &card, "✅").await;
    story.becomes(&id, State::Succeeded).await;
    story.all_is_told().await;
    let answers = thread.bot_messages().into_iter().filter(|one| one.look().reply_to == Some(card.id())).count();
    assert!(answers >= 2, "told beside the card");
    let threads = |one: &discord_model::Request| one.is("POST", THREADS);
    assert_eq!(story.discord.requests().iter().filter(|one| threads(one)).count(), 1, "no thread within a thread");
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_thread_whose_opening_was_not_acknowledged_is_opened_once() {
    let story = DiscordStory::begin().await;
    story.discord.fails_once(On::path("POST", THREADS), Fault::AnswerLost);
    let posted = story.reset().await;
    story.time_passes(Duration::from_secs(5));
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    let told = story.thread_of(&posted.card).await;
    assert!(told.iter().any(|one| one.text.contains("Succeeded")), "{told:#?}");
    assert_eq!(story.ops.threads().len(), 1);
    assert!(!story.audit(&posted.id).await.iter().any(|what| what == "without-thread"));
    story.everything_is_read().await;
    story.discord.assert_clean();
}
