//! A veto with a reason: typed into a form behind a button of the card, or with the command.

use discord_model::{Message, Modal, Seen};
use interlock::approval::State;
use interlock::facts::Fact;
use interlock::id::OperationId;
use signalbox::store::audit::{AuditFilter, AuditPage};
use story::discord_house::{DiscordStory, Posted, SOON};

const WHY: &str = "the deploy is **still** running @everyone";
/// A word of it.
const SHOWN: &str = "still";

async fn form(story: &DiscordStory, who: &str, posted: &Posted) -> Modal {
    story.user(who).presses(&posted.card, "Reject…").await.modal()
}

/// The reasons in the audit log of an operation.
async fn reasons(story: &DiscordStory, id: &OperationId) -> Vec<String> {
    let filter = AuditFilter { operation: Some(id.clone()), ..AuditFilter::default() };
    let store = &story.house().rooms().store;
    let found = store.audit_search(&filter, AuditPage { before: None, limit: 200 }).await.unwrap();
    let vetoes = found.into_iter().filter(|entry| entry.record.what == "vetoed");
    vetoes.filter_map(|entry| entry.record.facts.get("reason").map(shown)).collect()
}

fn shown(fact: &Fact) -> String {
    match fact {
        Fact::Text(text) => text.clone(),
        other => panic!("{other:?}"),
    }
}

fn says_why(seen: &Seen) -> bool {
    seen.text.contains("Vetoed by bob") && seen.text.contains(SHOWN)
}

#[tokio::test]
async fn a_reason_typed_into_the_form_is_on_the_card_and_in_the_audit_as_that_of_the_command_is() {
    for by_form in [true, false] {
        let story = DiscordStory::begin().await;
        let posted = story.reset().await;
        let said = if by_form {
            let form = form(&story, "bob", &posted).await;
            story.user("bob").submits(&form, &[("text", WHY)]).await
        } else {
            let options = serde_json::json!([
                {"name": "operation", "type": 3, "value": posted.id.as_str()},
                {"name": "reason", "type": 3, "value": WHY},
            ]);
            story.user("bob").forces(&story.ops, "reject", &options).answer().await.unwrap()
        };
        assert!(said.is_private() && said.text().contains("You vetoed"), "{}", said.text());
        story.becomes(&posted.id, State::Rejected).await;
        let seen = posted.card.until(says_why, SOON).await;
        assert!(!seen.text.contains("@everyone") && !seen.text.contains("**still**"), "literally: {}", seen.text);
        assert!(!seen.notified_everyone && seen.buttons().len() == 1, "{:?}", seen.buttons());
        assert_eq!((reasons(&story, &posted.id).await, story.acts()), (vec![WHY.to_owned()], 0));
        story.everything_is_read().await;
        story.discord.assert_clean();
    }
}

/// Whoever opened it saw another plan than the one that counts now.
#[tokio::test]
async fn a_form_that_was_opened_on_an_earlier_plan_vetoes_nothing() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let earlier = form(&story, "bob", &posted).await;
    story.cards_are_read_anew().await;
    story.is_quiet().await;
    posted.card.deletes();
    let newer = story.card(&posted.id, 2).await;
    newer.until(|seen| seen.reacted("❌").len() == 1, SOON).await;
    let answer = story.user("bob").submits(&earlier, &[("text", WHY)]).await;
    assert!(answer.is_private() && answer.text().contains("another plan"), "{}", answer.text());
    story.all_is_told().await;
    assert_eq!(story.operation(&posted.id).await.state, State::AwaitingApproval);
    let form = story.user("bob").presses(&newer, "Reject…").await.modal();
    story.user("bob").submits(&form, &[("text", WHY)]).await;
    story.becomes(&posted.id, State::Rejected).await;
    newer.until(says_why, SOON).await;
    story.all_is_told().await;
    // What stands in the thread of a card that is gone.
    posted.card.thread().unwrap().bot_messages().iter().for_each(Message::read);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_reaction_vetoes_without_a_reason() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.reacts("bob", &posted.card, "❌").await;
    story.becomes(&posted.id, State::Rejected).await;
    let seen = posted.card.becomes("Vetoed by bob", SOON).await;
    assert!(!seen.text.contains("bob: “"), "{}", seen.text);
    assert_eq!(reasons(&story, &posted.id).await, Vec::<String>::new());
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn the_form_is_worth_what_its_sender_is_and_only_while_votes_are_taken() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let late = form(&story, "bob", &posted).await;
    for (who, said) in [("mallory", "no role"), ("vic", "is no approver here")] {
        let form = form(&story, who, &posted).await;
        let answer = story.user(who).submits(&form, &[("text", WHY)]).await;
        assert!(answer.is_private() && answer.text().contains(said), "{who}: {}", answer.text());
    }
    story.all_is_told().await;
    assert_eq!(story.operation(&posted.id).await.state, State::AwaitingApproval);
    // Who asked for it takes it back.
    let form = form(&story, "alice", &posted).await;
    let answer = story.user("alice").submits(&form, &[("text", "not today")]).await;
    assert!(answer.is_private(), "{}", answer.text());
    story.becomes(&posted.id, State::Cancelled).await;
    let answer = story.user("bob").submits(&late, &[("text", WHY)]).await;
    assert!(answer.text().contains("closed"), "{}", answer.text());
    assert_eq!((reasons(&story, &posted.id).await, story.acts()), (Vec::new(), 0));
    story.everything_is_read().await;
    story.discord.assert_clean();
}
