//! [Change]: the command as it was typed, in a form; what is sent with it is the next plan of the operation.

use discord_model::{Answer, Message, Modal};
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::plan::Effect;
use interlock::policy::{Policy, Role};
use story::discord_house::{CLUSTER, DiscordStory, GROUP, Posted, SOON, TOPIC, chat_role};

/// What alice typed, as the form shows it: in the order of the catalogue.
fn line(to: &str) -> String {
    format!("/reset-offset group:{GROUP} to:{to} cluster:{CLUSTER} topic:{TOPIC} reason:\"it was wrong\"")
}

fn two_approvers(policy: &mut Policy) {
    policy.seats.demand(Tier::Production, Effect::Reversible, 2).unwrap();
}

async fn form(story: &DiscordStory, who: &str, card: &Message) -> Modal {
    story.user(who).presses(card, "Change").await.modal()
}

async fn sends(story: &DiscordStory, who: &str, form: &Modal, line: &str) -> Answer {
    story.user(who).submits(form, &[("text", line)]).await
}

/// The card of a plan, once votes on it are taken and seeded.
async fn card(story: &DiscordStory, posted: &Posted, revision: u32) -> Message {
    let card = story.card(&posted.id, revision).await;
    let bot = story.discord.bot_id();
    card.until(|seen| seen.reacted("❌") == [bot], SOON).await;
    card
}

/// Somebody changes the plan of a card; the card of the next one.
async fn changes(story: &DiscordStory, who: &str, posted: &Posted, line: &str) -> Message {
    let revision = story.operation(&posted.id).await.revision;
    let form = form(story, who, &story.card(&posted.id, revision).await).await;
    let answer = sends(story, who, &form, line).await;
    assert!(answer.is_private() && answer.text().contains("planned as you changed it"), "{}", answer.text());
    card(story, posted, revision + 1).await
}

async fn is_clean(story: &DiscordStory) {
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_change_makes_the_next_plan_and_the_old_card_says_what_differs() {
    let story = DiscordStory::begin_with(|policy, _| two_approvers(policy)).await;
    let posted = story.reset().await;
    story.reacts("bob", &posted.card, "✅").await;
    posted.card.becomes("1 of 2: bob", SOON).await;
    let form = form(&story, "alice", &posted.card).await;
    assert_eq!(form.fields.iter().map(|field| field.value.as_str()).collect::<Vec<_>>(), [line("earliest")]);
    let newer = changes(&story, "alice", &posted, &line("latest").replace(" topic", "\n topic")).await;

    let old = posted.card.becomes("Replaced by a newer plan", SOON).await;
    assert!(old.text.contains("argument to: earliest → latest"), "{}", old.text);
    assert!(old.buttons().is_empty(), "nothing to press on a plan that is no more");
    let waiting = newer.becomes("Waiting for approval", SOON).await;
    assert!(waiting.text.contains("(0 so far)"), "votes do not carry over: {}", waiting.text);
    // What was typed last is what the next change begins with; what changes nothing is no change.
    let again = self::form(&story, "alice", &newer).await;
    assert_eq!(again.fields[0].value, line("latest"));
    let answer = story.user("alice").submits(&again, &[]).await;
    assert!(answer.is_private() && answer.text().contains("asks for already"), "{}", answer.text());
    // A form that was opened on the plan before changes nothing either.
    let late = sends(&story, "alice", &form, &line("now")).await;
    assert!(late.is_private() && late.text().contains("another plan"), "{}", late.text());

    story.reacts("bob", &newer, "✅").await;
    newer.becomes("1 of 2: bob", SOON).await;
    assert_eq!((story.operation(&posted.id).await.revision, story.acts()), (2, 0));
    story.reacts("carol", &newer, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.committed().await, [100, 100, 100]);
    let told = story.thread_of(&posted.card).await;
    assert_eq!(told.iter().filter(|one| one.text.contains("Changed by alice")).count(), 1, "{told:#?}");
    let audit = story.audit(&posted.id).await;
    assert_eq!(audit.iter().filter(|what| *what == "ask-again").count(), 1, "{audit:?}");
    is_clean(&story).await;
}

/// What is asked for as it is now is asked for by whoever changed it: when it has to be planned again, it is looked whether they
/// still may.
#[tokio::test]
async fn a_changed_plan_is_planned_again_for_whoever_changed_it() {
    let story = DiscordStory::begin().await;
    let operator = chat_role(&story.discord, Role::Operator);
    story.user("vic").gets_role(operator);
    let posted = story.reset().await;
    let newer = changes(&story, "vic", &posted, &line("latest")).await;
    assert!(newer.text().contains("Asked by alice, vic"), "{}", newer.text());
    story.user("vic").loses_role(operator);
    story.another_tool_commits(7);
    story.reacts("bob", &newer, "✅").await;
    let ended = story.becomes(&posted.id, State::Refused).await;
    assert_eq!((ended.why.id.as_str(), ended.revision, story.acts()), ("requester-without-right", 2, 0));
    is_clean(&story).await;
}

/// Approved, and nothing starts: who changes it now takes the approval away.
#[tokio::test]
async fn what_is_changed_while_it_waits_for_the_end_of_a_freeze_is_voted_on_anew() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let freeze = format!("/freeze cluster:{CLUSTER} for:2h reason:\"black friday\"");
    assert!(story.user("alice").runs(&story.ops, &freeze).await.text().contains("Frozen"));
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Queued).await;
    let newer = changes(&story, "alice", &posted, &line("latest")).await;
    newer.becomes("Does not start before this is over", SOON).await;
    assert_eq!(story.operation(&posted.id).await.state, State::AwaitingApproval);
    let lift = format!("/unfreeze cluster:{CLUSTER} reason:\"over\"");
    assert!(story.user("bob").runs(&story.ops, &lift).await.text().contains("Lifted"));
    newer.until(|seen| !seen.text.contains("Does not start before"), SOON).await;
    let now = story.operation(&posted.id).await;
    assert_eq!((now.state, now.revision, story.acts()), (State::AwaitingApproval, 2, 0));
    story.reacts("bob", &newer, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.committed().await, [100, 100, 100]);
    is_clean(&story).await;
}

/// The form was open while others approved.
#[tokio::test]
async fn what_has_started_is_not_changed() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let form = form(&story, "alice", &posted.card).await;
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    let answer = sends(&story, "alice", &form, &line("latest")).await;
    assert!(answer.is_private() && answer.text().contains("are closed"), "{}", answer.text());
    let done = posted.card.becomes("Done", SOON).await;
    assert!(done.buttons().iter().all(|button| button.label != "Change"), "{:?}", done.buttons());
    assert_eq!(story.operation(&posted.id).await.revision, 1);
    // A way back is planned from what it takes back: there is nothing in it to be typed otherwise.
    let back = story.asks("alice", &format!("/rollback operation:{}", posted.id)).await;
    assert!(back.card.look().buttons().iter().all(|button| button.label != "Change"));
    let forged = format!("change:{}:{}", back.id, story.plan(&back.id).await.digest());
    let answer = story.user("alice").forges_click(&back.card, &forged).answer().await.unwrap();
    assert!(answer.is_private() && answer.text().contains("is a way back"), "{}", answer.text());
    is_clean(&story).await;
}

#[tokio::test]
async fn a_command_that_fits_into_no_form_is_not_changed_in_one() {
    let story = DiscordStory::begin().await;
    let long = format!("\"2026-11-20 08:00{}UTC\"", " ".repeat(4_000));
    let posted = story.asks("alice", &line(&long)).await;
    let answer = story.user("alice").presses(&posted.card, "Change").await;
    assert!(answer.is_private() && answer.text().contains("does not fit into a form"), "{}", answer.text());
    is_clean(&story).await;
}

#[tokio::test]
async fn the_plan_of_one_operation_is_changed_so_often_and_no_more() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let mut newest = posted.card.clone();
    for change in 1..=20 {
        newest = changes(&story, "alice", &posted, &line(&format!("offset:{change}"))).await;
    }
    let answer = story.user("alice").presses(&newest, "Change").await;
    assert!(answer.is_private() && answer.text().contains("changed 20 times"), "{}", answer.text());
    is_clean(&story).await;
}
