//! What is approved is the one card that we posted, and on it the one plan that counts.

use discord_model::{Fault, Message, On};
use interlock::approval::State;
use serde_json::json;
use std::time::Duration;
use story::discord_house::{DiscordStory, SOON, operation_in, reset};

const POST: &str = "/channels/{channel_id}/messages";

/// 1, 2, 20: a webhook under our name with all that our card says and its marker, copies of it here and elsewhere, an answer to
/// it: none of them is taken for the card, and ✅ on them is nothing.
#[tokio::test]
async fn what_looks_like_our_card_is_not_our_card() {
    let story = DiscordStory::begin().await;
    // What came of the posting is not known, and somebody is faster than the second attempt.
    story.discord.fails_once(On::path("POST", POST).containing("Waiting for approval"), Fault::Status(500));
    let answer = story.user("alice").runs(&story.ops, &reset("earliest")).await;
    let id = operation_in(&answer.text());
    let lost = story.discord.wait_for_request(|one| one.is("POST", POST) && one.status == Some(500), SOON).await;
    let (content, embeds) = (lost.body["content"].as_str().unwrap(), lost.body["embeds"].as_array().unwrap());
    let forged = story.ops.webhook_posts("signalbox", content, embeds.clone());
    // Long enough for the marker to be looked for.
    story.time_passes(Duration::from_secs(900));
    let card = story.card(&id, 1).await;
    assert_ne!(card.id(), forged.id(), "it is not taken for the one that was lost");
    let bot = story.discord.bot_id();
    card.until(|seen| seen.reacted("❌") == [bot], SOON).await;

    let (alice, bob, mallory) = (story.user("alice"), story.user("bob"), story.user("mallory"));
    let abroad = story.discord.new_guild("abroad");
    [&alice, &bob, &mallory].into_iter().for_each(|who| who.joins(&abroad));
    let away = mallory.reposts(&card, &abroad.text_channel("ops")).await;
    let fakes = [
        forged,
        mallory.reposts(&card, &story.ops).await,
        mallory.reposts(&card, &story.discord.channel("lounge")).await,
        mallory.replies(&card, &card.look().content).await,
        away.clone(),
    ];
    for fake in &fakes {
        bob.reacts(fake, "✅").await;
    }
    let details = format!("details:{id}");
    let pressed = alice.forges_click(&away, &details).answer().await.unwrap();
    assert!(pressed.is_private() && pressed.text().contains("this server"), "{}", pressed.text());
    // What comes behind all of them has been counted.
    story.reacts("vic", &card, "✅").await;
    let seen = card.becomes("vic (is no approver here)", SOON).await;
    assert!(seen.text.contains("(0 so far)") && !seen.text.contains("bob"), "{}", seen.text);
    assert_eq!((story.operation(&id).await.state, story.acts()), (State::AwaitingApproval, 0));
    let asked_of = |fake: &Message| {
        let fake = fake.id().to_string();
        let requests = story.discord.requests();
        requests.iter().filter(|one| one.parameters.get("message_id") == Some(&fake)).count()
    };
    assert!(fakes.iter().all(|fake| asked_of(fake) == 0), "nothing is done with any of them");
    story.reacts("bob", &card, "✅").await;
    story.becomes(&id, State::Succeeded).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// 23: neither what the card shows of a digest, nor all but its end, nor one that begins alike, nor that of an older plan.
#[tokio::test]
async fn only_the_whole_digest_of_the_plan_that_counts_approves() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    let old = story.plan(&posted.id).await.digest();
    // Another tool is there between the approval and the last look.
    story.another_tool_commits(7);
    story.reacts("bob", &posted.card, "✅").await;
    let newer = story.card(&posted.id, 2).await;
    let bot = story.discord.bot_id();
    newer.until(|seen| seen.reacted("❌") == [bot], SOON).await;
    let digest = story.plan(&posted.id).await.digest();
    assert_ne!(digest, old);
    let whole = digest.to_string();
    let approves = |digest: &str| {
        let options = json!([
            {"name": "operation", "type": 3, "value": posted.id.as_str()}, {"name": "digest", "type": 3, "value": digest},
        ]);
        story.user("carol").forces(&story.ops, "approve", &options)
    };
    for (typed, said) in [
        (digest.short(), "only the beginning of a digest"),
        (whole[..12].to_owned(), "only the beginning of a digest"),
        (whole[..63].to_owned(), "only the beginning of a digest"),
        (format!("{}{}", &whole[..12], "0".repeat(52)), "another plan"),
        (old.to_string(), "another plan"),
        (format!("{whole}00"), "is not a digest"),
        (format!(" {whole}"), "is not a digest"),
    ] {
        let answer = approves(&typed).answer().await.unwrap();
        assert!(answer.is_private() && answer.text().contains(said), "{typed:?}: {}", answer.text());
    }
    // An old button of the old card, by somebody without a role.
    let details = format!("details:{}", posted.id);
    let pressed = story.user("mallory").forges_click(&posted.card, &details).answer().await.unwrap();
    assert!(pressed.is_private() && pressed.text().contains("no role"), "{}", pressed.text());
    story.all_is_told().await;
    assert!(newer.text().contains("(0 so far)"), "{}", newer.text());
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::AwaitingApproval, 0));
    let answer = approves(&whole).answer().await.unwrap();
    assert!(answer.is_private() && answer.text().contains("counts"), "{}", answer.text());
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.committed().await, [0, 0, 0]);
    story.everything_is_read().await;
    story.discord.assert_clean();
}
