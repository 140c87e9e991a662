//! The main job in chat, from the slash command to the way back, within Discord's limits.

use discord_model::{Message, Seen};
use interlock::approval::State;
use interlock::plan::Digest;
use interlock::policy::Role;
use story::discord_house::{DiscordStory, PARTITIONS, Posted, SOON, chat_role, operation_in, reset};

/// Without what differs from run to run: ids, digests, instants.
fn steady(text: &str, story: &Posted, digest: Digest) -> String {
    let mut text = text.replace(story.id.as_str(), "OPERAT").replace(&digest.short(), "the digest");
    while let Some(start) = text.find("<t:") {
        let end = start + text[start..].find('>').expect("an instant ends");
        text.replace_range(start..=end, "(an instant)");
    }
    text
}

/// The whole digest as the plan's text shows it, and the bytes that it is of.
fn attached(seen: &Seen) -> (String, Digest) {
    let text = seen.file("plan.txt").expect("the plan in words").text();
    let json = seen.file("plan.json").expect("the plan for machines");
    (text, Digest::of(&json.bytes))
}

#[tokio::test]
async fn a_reset_is_asked_for_approved_done_and_taken_back_in_chat() {
    let story = DiscordStory::begin_limited().await;
    let bot = story.discord.bot_id();
    let posted = story.reset().await;
    let card = &posted.card;

    // The card says what is approved, and its files are what is approved.
    let seen = card.look();
    let plan = story.plan(&posted.id).await;
    let (words, digest) = attached(&seen);
    assert_eq!(digest, plan.digest(), "the attachment is the plan");
    assert!(seen.content.contains(&digest.short()), "{}", seen.content);
    assert!(words.contains(&digest.to_string()), "{words}");
    assert!(seen.content.lines().count() <= 5, "{}", seen.content);
    assert!(!seen.silent && !seen.private);
    assert_eq!((seen.reacted("✅"), seen.reacted("❌")), (vec![bot], vec![bot]));
    insta::assert_snapshot!("discord_card_waiting", steady(&seen.text, &posted, digest));

    // Who asked for it does not count, and is told so where everybody sees it.
    story.reacts("alice", card, "✅").await;
    card.becomes("not counted: alice (asked for it)", SOON).await;
    assert_eq!(story.operation(&posted.id).await.state, State::AwaitingApproval);
    assert_eq!(story.acts(), 0);

    buttons_answer_privately(&story, &posted).await;

    story.reacts("bob", card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    assert_eq!(story.committed().await, vec![0; PARTITIONS.unsigned_abs() as usize]);
    let done = card.becomes("Done", SOON).await;
    assert!(done.text.contains("bob"), "{}", done.text);
    insta::assert_snapshot!("discord_card_succeeded", steady(&done.text, &posted, digest));
    let told = story.thread_of(card).await;
    owners_are_told(&story, &told);
    for control in ["🛑", "⏸️", "▶️", "↩️"] {
        assert!(card.look().reacted(control).contains(&bot), "{control} is not there to be tapped");
    }

    taken_back_by_reaction(&story, &posted).await;
    let audit = story.audit(&posted.id).await;
    for what in ["planned", "approve", "start", "finish"] {
        assert!(audit.iter().any(|one| one == what), "{what} is not in {audit:?}");
    }
    story.direct_messages_are_read().await;
    story.discord.assert_clean();
}

async fn buttons_answer_privately(story: &DiscordStory, posted: &Posted) {
    for (who, button) in [("vic", "Details"), ("alice", "My vote"), ("mallory", "Details")] {
        let answer = story.user(who).presses(&posted.card, button).await;
        assert!(answer.is_private(), "{who} pressed {button}");
        let names_it = answer.text().contains(posted.id.as_str());
        assert_eq!(names_it, who != "mallory", "{who} pressed {button}: {}", answer.text());
    }
}

/// dora owns the topic, and is called before and after; alice asked for it, and is called when it is done. Nobody else is, and
/// nothing else makes a sound.
fn owners_are_told(story: &DiscordStory, told: &[Seen]) {
    let [dora, alice] = ["dora", "alice"].map(|who| story.user(who).id());
    let calls: Vec<&Seen> = told.iter().filter(|one| one.notified_users == [dora]).collect();
    assert_eq!(calls.len(), 2, "{told:#?}");
    assert!(calls[1].text.contains("Done"), "{}", calls[1].text);
    let ends: Vec<&Seen> = told.iter().filter(|one| one.notified_users == [alice]).collect();
    assert!(ends.len() == 1 && ends[0].text.contains("Done"), "{told:#?}");
    let rung = |one: &Seen| one.notified_users == [dora] || one.notified_users == [alice];
    assert!(told.iter().all(|one| rung(one) || (one.notified_users.is_empty() && one.silent)), "{told:#?}");
    assert!(told.iter().all(|one| one.notified_roles.is_empty() && !one.notified_everyone));
}

/// alice taps ↩️; a plan of the way back is posted, which she confirms herself.
async fn taken_back_by_reaction(story: &DiscordStory, posted: &Posted) {
    story.reacts("alice", &posted.card, "↩️").await;
    let back = story.ops.wait_for_text("take back", SOON).await;
    let id = the_operation(&back);
    back.until(|seen| seen.reacted("❌").len() == 1, SOON).await;
    story.reacts("alice", &back, "✅").await;
    story.becomes(&id, State::Succeeded).await;
    assert_eq!(story.committed().await, vec![60; PARTITIONS.unsigned_abs() as usize]);
    back.becomes("Done", SOON).await;
    story.thread_of(&back).await;
}

fn the_operation(card: &Message) -> interlock::id::OperationId {
    let content = card.look().content;
    let line = content.lines().find(|line| line.starts_with("op ")).expect("the line of ids");
    operation_in(line)
}

#[tokio::test]
async fn a_veto_is_final_and_the_card_says_whose() {
    let story = DiscordStory::begin_limited().await;
    let posted = story.reset().await;
    story.reacts("bob", &posted.card, "❌").await;
    story.becomes(&posted.id, State::Rejected).await;
    let seen = posted.card.becomes("Vetoed by bob", SOON).await;
    assert!(seen.text.contains("nothing was changed"), "{}", seen.text);
    // Taking it back, or approving now, changes nothing.
    story.user("bob").unreacts(&posted.card, "❌").await;
    let answer = story.user("carol").runs(&story.ops, &format!("/approve operation:{}", posted.id)).await;
    assert!(answer.is_private());
    answer.message().read();
    assert_eq!(story.operation(&posted.id).await.state, State::Rejected);
    assert_eq!(story.acts(), 0);
    story.thread_of(&posted.card).await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn the_requester_takes_it_back_before_it_starts() {
    let story = DiscordStory::begin_limited().await;
    let posted = story.reset().await;
    let answer = story.user("alice").runs(&story.ops, &format!("/stop operation:{}", posted.id)).await;
    assert!(answer.text().contains("cancelled"), "{}", answer.text());
    posted.card.becomes("Taken back", SOON).await;
    assert_eq!((story.operation(&posted.id).await.state, story.acts()), (State::Cancelled, 0));
    story.thread_of(&posted.card).await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_dry_run_is_private_and_leaves_nothing() {
    let story = DiscordStory::begin_limited().await;
    let answer = story.user("alice").runs(&story.ops, &format!("{} dry-run:true", reset("earliest"))).await;
    assert!(answer.is_private());
    let seen = answer.look();
    assert!(seen.file("plan.json").is_some() && seen.text.contains("Nothing was stored"), "{}", seen.text);
    story.all_is_told().await;
    assert!(story.ops.threads().is_empty());
    assert!(story.ops.bot_messages().iter().all(|one| one.peek().private));
    story.discord.assert_clean();
}

/// Whom the settings do not list acts by a role all the same. The chat shows the name they have there, and calls nobody.
#[tokio::test]
async fn who_is_not_listed_is_shown_as_discord_names_them() {
    let story = DiscordStory::begin().await;
    let zoe = story.user("zoe");
    zoe.gets_role(chat_role(&story.discord, Role::Operator));
    let posted = story.asks("zoe", &reset("earliest")).await;
    story.reacts("zoe", &posted.card, "✅").await;
    let named = format!("<@{}>", zoe.id());
    let seen = posted.card.becomes(&format!("not counted: {named} (asked for it)"), SOON).await;
    assert!(seen.text.contains(&format!("Asked by {named}")), "{}", seen.text);
    assert!(!seen.text.contains("account:"), "{}", seen.text);
    assert!(!seen.notified_users.contains(&zoe.id()), "{:?}", seen.notified_users);
    let status = zoe.runs(&story.ops, &format!("/status operation:{}", posted.id)).await;
    assert!(status.text().contains(&named) && !status.text().contains("account:"), "{}", status.text());
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}
