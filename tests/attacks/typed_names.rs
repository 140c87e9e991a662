//! What cannot be undone is approved by people who have typed the name of what it changes, on exactly this plan.

use discord_model::{Message, Modal};
use interlock::approval::State;
use interlock::id::{OperationId, TopicName};
use interlock::plan::Effect;
use serde_json::{Value, json};
use story::discord_house::{CLUSTER, DiscordStory, Posted, SOON, old_topic};

const REFUNDS: &str = "refunds-eu";

/// A topic that nobody owns, and alice's plan to give it more partitions: that is never taken back.
async fn expansion(story: &DiscordStory) -> Posted {
    let topic: TopicName = REFUNDS.parse().unwrap();
    story.kafka().add_topic(&old_topic(&topic, 3)).unwrap();
    let line = format!("/expand-partitions cluster:{CLUSTER} topic:{REFUNDS} to:5 keyed:false reason:growth");
    let posted = story.asks("alice", &line).await;
    let plan = story.plan(&posted.id).await;
    assert_eq!((plan.plan().effect, plan.plan().votes.len()), (Effect::Irreversible, 2));
    posted
}

async fn form_of(story: &DiscordStory, who: &str, card: &Message) -> Modal {
    story.user(who).presses(card, "Approve…").await.modal()
}

/// The private answer to a name typed into a form.
async fn types(story: &DiscordStory, who: &str, form: &Modal, name: &str) -> String {
    let answer = story.user(who).submits(form, &[("text", name)]).await;
    assert!(answer.is_private());
    answer.text()
}

async fn approve_line(story: &DiscordStory, id: &OperationId) -> String {
    format!("/approve operation:{id} digest:{}", story.plan(id).await.digest())
}

async fn waits(story: &DiscordStory, id: &OperationId) {
    story.all_is_told().await;
    assert_eq!((story.operation(id).await.state, story.acts()), (State::AwaitingApproval, 0));
}

async fn is_clean(story: &DiscordStory) {
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// ✅ is not enough and says what is missing; with the name it counts, from the form and from the command. Of what can be
/// undone ✅ is enough.
#[tokio::test]
async fn a_reaction_alone_approves_nothing_that_cannot_be_undone() {
    let story = DiscordStory::begin().await;
    let posted = expansion(&story).await;
    for who in ["bob", "carol"] {
        story.reacts(who, &posted.card, "✅").await;
    }
    let untyped = |seen: &discord_model::Seen| seen.text.matches("has not typed the name yet").count();
    posted.card.until(|seen| untyped(seen) == 2 && seen.text.contains("(0 so far)"), SOON).await;
    waits(&story, &posted.id).await;

    let form = form_of(&story, "bob", &posted.card).await;
    let said = types(&story, "bob", &form, REFUNDS).await;
    assert!(said.contains("counts"), "{said}");
    let seen = posted.card.until(|seen| seen.text.contains("1 of 2: bob"), SOON).await;
    assert_eq!(untyped(&seen), 1, "carol is still to type it: {}", seen.text);
    waits(&story, &posted.id).await;

    let line = approve_line(&story, &posted.id).await;
    let asked_back = story.user("carol").runs(&story.ops, &line).await;
    assert!(asked_back.is_private() && asked_back.text().contains("cannot be undone"), "{}", asked_back.text());
    waits(&story, &posted.id).await;
    let counted = story.user("carol").runs(&story.ops, &format!("{line} confirm:{REFUNDS}")).await;
    assert!(counted.text().contains("counts"), "{}", counted.text());
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.acts(), 1);

    let undone = story.reset().await;
    assert!(!undone.card.look().buttons().iter().any(|button| button.label == "Approve…"));
    story.reacts("bob", &undone.card, "✅").await;
    story.becomes(&undone.id, State::Succeeded).await;
    is_clean(&story).await;
}

/// 24: a name is typed byte for byte.
#[tokio::test]
async fn what_looks_like_the_name_is_not_the_name() {
    let story = DiscordStory::begin().await;
    let posted = expansion(&story).await;
    let form = form_of(&story, "bob", &posted.card).await;
    let line = approve_line(&story, &posted.id).await;
    let wrong =
        ["Refunds-eu", "refunds-eu ", " refunds-eu", "refunds-\u{435}u", "refunds\u{2011}eu", "refunds-eu\u{200b}"];
    for name in wrong.into_iter().chain([CLUSTER, "orders-eu", posted.id.as_str(), "yes"]) {
        let said = types(&story, "bob", &form, name).await;
        assert!(said.contains("is not the name"), "{name:?}: {said}");
        let said = story.user("bob").runs(&story.ops, &format!("{line} confirm:\"{name}\"")).await.text();
        assert!(said.contains("is not the name"), "{name:?}: {said}");
    }
    waits(&story, &posted.id).await;
    assert!(posted.card.text().contains("(0 so far)"), "{}", posted.card.text());
    types(&story, "bob", &form, REFUNDS).await;
    posted.card.becomes("1 of 2: bob", SOON).await;
    is_clean(&story).await;
}

/// 31: a form is worth what the person is who sends it, and only for the plan that counts.
#[tokio::test]
async fn a_form_of_somebody_else_or_of_another_plan_approves_nothing() {
    let story = DiscordStory::begin().await;
    let posted = expansion(&story).await;
    let other = story.reset().await;
    let form = form_of(&story, "bob", &posted.card).await;
    let data = |id: &str, rows: Value| json!({"custom_id": id, "components": rows});
    let field = json!({"type": 1, "components": [{"type": 4, "custom_id": "text", "value": REFUNDS}]});
    let whole = |id: &str| data(id, json!([field]));
    let digest = story.plan(&posted.id).await.digest();
    let of_other = story.plan(&other.id).await.digest();
    for (who, sent, said) in [
        ("mallory", whole(&form.custom_id), "no role"),
        ("alice", whole(&form.custom_id), "asked for"),
        ("vic", whole(&form.custom_id), "approve"),
        ("bob", whole(&format!("confirm:{}:{of_other}", posted.id)), "another plan"),
        ("bob", whole(&format!("confirm:{}:{digest}", other.id)), "another plan"),
        ("bob", whole(&format!("confirm:{}:{}", posted.id, &digest.to_string()[..12])), "button"),
        ("bob", whole(&format!("approve:{}:{digest}", posted.id)), "button"),
        ("bob", whole(&format!("details:{}", posted.id)), "button"),
        ("bob", data(&form.custom_id, json!([])), "cannot be undone"),
        ("bob", data(&form.custom_id, json!([field, field])), "cannot be undone"),
    ] {
        let answer = story.user(who).forges_submit(&form, sent.clone()).answer().await.unwrap();
        assert!(answer.is_private() && answer.text().contains(said), "{who} with {sent}: {}", answer.text());
    }
    waits(&story, &posted.id).await;
    assert_eq!(story.operation(&other.id).await.state, State::AwaitingApproval);
    assert!(posted.card.text().contains("(0 so far)"), "{}", posted.card.text());
    let answer = story.user("bob").forges_submit(&form, whole(&form.custom_id)).answer().await.unwrap();
    assert!(answer.text().contains("counts"), "{}", answer.text());
    is_clean(&story).await;
}

/// What was confirmed is taken back by command, as what was approved by one; a veto needs no name.
#[tokio::test]
async fn a_confirmed_approval_is_taken_back_and_a_veto_needs_no_name() {
    let story = DiscordStory::begin().await;
    let posted = expansion(&story).await;
    story.reacts("bob", &posted.card, "✅").await;
    let form = form_of(&story, "bob", &posted.card).await;
    types(&story, "bob", &form, REFUNDS).await;
    posted.card.becomes("1 of 2: bob", SOON).await;
    story.user("bob").unreacts(&posted.card, "✅").await;
    story.cards_are_read_anew().await;
    assert!(posted.card.text().contains("1 of 2: bob"), "what was typed stands: {}", posted.card.text());
    let answer = story.user("bob").runs(&story.ops, &format!("/approve operation:{} withdraw:true", posted.id)).await;
    assert!(answer.is_private());
    posted.card.becomes("(0 so far)", SOON).await;
    story.reacts("carol", &posted.card, "❌").await;
    story.becomes(&posted.id, State::Rejected).await;
    assert_eq!(story.acts(), 0);
    is_clean(&story).await;
}
