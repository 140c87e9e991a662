//! Cards drawn anew: never taken for somebody else's doing, not at the cost of a look-up for each voter, and with patience.

use discord_model::{Fault, Message, On, Request};
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::plan::Effect;
use interlock::policy::Role;
use std::time::{Duration, Instant};
use story::discord_house::{DiscordStory, SOON, chat_role, wait_until};

const MESSAGE: &str = "/channels/{channel_id}/messages/{message_id}";
const MEMBER: &str = "/guilds/{guild_id}/members/{user_id}";

async fn two_approvers() -> DiscordStory {
    let story = DiscordStory::begin_with(|policy, _| {
        policy.seats.demand(Tier::Production, Effect::Reversible, 2).unwrap();
    });
    story.await
}

fn count(story: &DiscordStory, method: &str, template: &str) -> usize {
    story.discord.requests().iter().filter(|one| one.is(method, template)).count()
}

/// Time goes on until the card says something.
async fn drawn_in_time(story: &DiscordStory, card: &Message, text: &str) {
    wait_until(text, || {
        story.time_passes(Duration::from_secs(1));
        card.text().contains(text)
    })
    .await;
}

/// We read what we know of a card; then it is drawn anew; then we read what it says. Nobody altered anything.
#[tokio::test]
async fn a_card_that_we_draw_ourselves_between_two_looks_is_not_altered() {
    let story = two_approvers().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    let before = story.discord.requests().len();
    // The look at the card is answered later, when what we know of it is long read.
    let look = On::path("GET", MESSAGE);
    story.discord.holds(look.clone());
    story.reacts("alice", &posted.card, "✅").await;
    let held = |one: &Request| one.is("GET", MESSAGE) && one.status.is_none();
    wait_until("the look", || story.discord.requests()[before..].iter().any(held)).await;
    let digest = story.plan(&posted.id).await.digest();
    let approve = format!("/approve operation:{} digest:{digest}", posted.id);
    let asked = story.user("bob").starts(&story.ops, &approve);
    posted.card.becomes("1 of 2: bob", SOON).await;
    let looked = |one: &Request| one.is("GET", MESSAGE) && one.status == Some(200);
    let requests = story.discord.requests()[before..].to_vec();
    assert!(!requests.iter().any(looked), "the card was drawn while the look was under way");
    story.discord.lets_go(&look);
    assert!(asked.answer().await.unwrap().text().contains("counts"));
    posted.card.becomes("not counted: alice (asked for it)", SOON).await;
    let operation = story.operation(&posted.id).await;
    assert_eq!((operation.revision, operation.state), (1, State::AwaitingApproval), "{:?}", operation.why);
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// An edit whose answer is lost may come to pass: also what it would say is ours.
#[tokio::test]
async fn a_card_whose_edit_was_not_acknowledged_is_not_altered() {
    let story = two_approvers().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    // The first edit is applied and its answer lost; those that follow are not applied at all.
    story.discord.fails_once(On::path("PATCH", MESSAGE), Fault::AnswerLost);
    story.discord.fails_always(On::path("PATCH", MESSAGE), Fault::Status(502));
    story.reacts("alice", &posted.card, "✅").await;
    posted.card.becomes("not counted: alice (asked for it)", SOON).await;
    let edits = count(&story, "PATCH", MESSAGE);
    story.reacts("vic", &posted.card, "✅").await;
    wait_until("another edit", || {
        story.time_passes(Duration::from_secs(5));
        count(&story, "PATCH", MESSAGE) > edits
    })
    .await;
    // Read while the card says what the first edit made of it, and the next one is under way.
    story.cards_are_read_anew().await;
    let operation = story.operation(&posted.id).await;
    assert_eq!((operation.revision, operation.state), (1, State::AwaitingApproval), "{:?}", operation.why);
    story.discord.works_again();
    drawn_in_time(&story, &posted.card, "vic (is no approver here)").await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_card_that_cannot_be_drawn_is_tried_again_after_growing_pauses() {
    let story = two_approvers().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    let before = story.discord.requests().len();
    story.discord.fails_always(On::path("PATCH", MESSAGE), Fault::Status(502));
    story.reacts("bob", &posted.card, "✅").await;
    let edits = || -> Vec<i64> {
        let requests = story.discord.requests();
        requests[before..].iter().filter(|one| one.is("PATCH", MESSAGE)).map(|one| one.at_ms).collect()
    };
    for tries in 1..=6 {
        wait_until("the edit", || {
            // Time goes on in small steps: it is the pause that decides when the next edit comes.
            story.time_passes(Duration::from_millis(100));
            edits().len() >= tries
        })
        .await;
    }
    let gaps: Vec<i64> = edits().windows(2).take(5).map(|pair| pair[1] - pair[0]).collect();
    for (gap, pause) in gaps.iter().zip([1_000, 2_000, 4_000, 8_000, 16_000]) {
        assert!(*gap >= pause, "{gaps:?}");
    }
    story.discord.works_again();
    drawn_in_time(&story, &posted.card, "1 of 2: bob").await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// So many look-ups more may come of a crowd whose look-ups are good for half a minute, on a machine that takes longer.
fn grown_old(began: Instant) -> usize {
    103 * usize::try_from(began.elapsed().as_secs() / 30).unwrap()
}

/// A hundred and one people without a right to it react before the approver does.
#[tokio::test]
async fn a_crowd_is_looked_up_once_and_not_at_each_drawing() {
    let story = two_approvers().await;
    let posted = story.reset().await;
    story.all_is_told().await;
    story.discord.gateway().holds_events();
    for number in 0..101 {
        story.reacts(&format!("crowd-{number:03}"), &posted.card, "✅").await;
    }
    story.discord.gateway().releases(discord_model::gateway::Release::Never);
    // Lists of people are ordered by their ids: she comes after all of them, on the second page.
    let zoe = story.user("zoe").with_role(chat_role(&story.discord, Role::Approver));
    let (before, began) = (count(&story, "GET", MEMBER), Instant::now());
    zoe.reacts(&posted.card, "✅").await;
    let seen = posted.card.becomes("1 of 2", SOON).await;
    assert!(seen.text.contains("and 95 more"), "{}", seen.text);
    story.all_is_told().await;
    let looked_up = count(&story, "GET", MEMBER) - before;
    // A look at the card that is under way when zoe comes may have found her a moment before.
    let most = 103 + grown_old(began);
    assert!((102..=most).contains(&looked_up), "{looked_up}: each of them once, for counting and drawing together");

    // What one person does costs one look-up, however many others stand there and however often it is drawn.
    for _ in 0..3 {
        story.reacts("alice", &posted.card, "✅").await;
        posted.card.becomes("and 96 more", SOON).await;
        story.user("alice").unreacts(&posted.card, "✅").await;
        posted.card.becomes("and 95 more", SOON).await;
    }
    let more = count(&story, "GET", MEMBER) - before - looked_up;
    let most = 2 * 6 + grown_old(began);
    assert!((1..=most).contains(&more), "{more} look-ups for six reactions of one person");

    // Before it starts everybody who counts is looked up again, whatever was known a moment ago.
    let before = count(&story, "GET", MEMBER);
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    let looked_up = count(&story, "GET", MEMBER) - before;
    assert!(looked_up >= 2 * 103, "{looked_up} look-ups for the decision and before the start");
    story.everything_is_read().await;
    story.discord.assert_clean();
}
