//! Names that look like others, and texts that try to call people: byte for byte, and as text.

use discord_model::{Message, Seen};
use interlock::approval::State;
use interlock::cluster::kafka::Committed;
use interlock::id::{GroupId, OperationId, TopicName};
use interlock::policy::Role;
use serde_json::{Value, json};
use simulated::GroupSpec;
use story::crash::Ending;
use story::discord_house::{CLUSTER, DiscordStory, GROUP, SOON, TOPIC, chat_role, live, operation_in, wait_until};

/// They look like the group of the stories, with what is shown in the place of what cannot be seen.
const TWINS: [(&str, &str); 6] = [
    ("bi11ing-eu", "bi11ing-eu"),
    ("bill\u{456}ng-eu", "u{456}"),
    ("billing\u{200b}-eu", "u{200b}"),
    ("billing\u{202e}-eu", "u{202e}"),
    ("billing-e\u{301}u", "u{301}"),
    ("billing-eu ", "u{20}"),
];

fn text(name: &str, value: &str) -> Value {
    json!({"name": name, "type": 3, "value": value})
}

/// A reset of this group to the earliest offsets, as a client sends it that takes anything.
fn reset_of(group: &str) -> Value {
    json!([text("cluster", CLUSTER), text("group", group), text("topic", TOPIC), text("to", "earliest")])
}

async fn card_of(story: &DiscordStory, id: &OperationId) -> Message {
    let card = story.card(id, 1).await;
    let bot = story.discord.bot_id();
    card.until(|seen| seen.reacted("❌") == [bot], SOON).await;
    card
}

/// 24: a name that is not there is nobody's, however much it looks like one that is, which is offered; one that is there is
/// itself, and nothing is done to its twin.
#[tokio::test]
async fn a_name_that_looks_like_another_is_itself_or_nothing() {
    let story = DiscordStory::begin().await;
    let alice = story.user("alice");
    for (twin, _) in TWINS {
        let answer = alice.forces(&story.ops, "reset-offset", &reset_of(twin)).answer().await.unwrap();
        let seen = answer.look();
        assert!(seen.private && seen.text.contains("There is no consumer group"), "{twin:?}: {}", seen.text);
        assert!(seen.text.contains("Did you mean") && seen.text.contains(GROUP), "{twin:?}: {}", seen.text);
    }
    story.all_is_told().await;
    assert_eq!((story.ops.threads().len(), story.acts()), (0, 0), "nothing came of any of them");

    let topic: TopicName = TOPIC.parse().unwrap();
    for (done, (twin, shown)) in TWINS.into_iter().enumerate() {
        let spec = GroupSpec::new(twin.parse::<GroupId>().unwrap()).committed(topic.clone(), 0, Committed::plain(7));
        story.kafka().add_group(&spec).unwrap();
        let answer = alice.forces(&story.ops, "reset-offset", &reset_of(twin)).answer().await.unwrap();
        assert!(answer.text().contains("is posted"), "{twin:?}: {}", answer.text());
        let id = operation_in(&answer.text());
        let card = card_of(&story, &id).await;
        let seen = card.look();
        assert!(seen.text.contains(shown), "{twin:?} does not look like itself: {}", seen.text);
        story.reacts("bob", &card, "✅").await;
        story.becomes(&id, State::Succeeded).await;
        assert!(story.acts() > done, "{twin:?} was reset");
        assert_eq!(story.committed().await, [60, 60, 60], "{GROUP} is not {twin:?}");
    }
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// One name, with its accent in the letter and beside it.
const COMPOSED: &str = "billing-caf\u{e9}";
const DECOMPOSED: &str = "billing-cafe\u{301}";

fn has_committed(story: &DiscordStory, group: &str) {
    let spec = GroupSpec::new(group.parse::<GroupId>().unwrap());
    let spec = spec.committed(TOPIC.parse::<TopicName>().unwrap(), 0, Committed::plain(7));
    story.kafka().add_group(&spec).unwrap();
}

/// Where a group stands in the first partition.
async fn stands(story: &DiscordStory, group: &str) -> i64 {
    let committed = Ending::committed(&story.kafka(), group).await;
    committed.iter().find(|one| one.partition == 0).expect("the first partition").committed.offset
}

/// 24: names that differ in their normal form alone are two. While there is one of them the other one is nobody's; when there are
/// both, nothing that is done to one is done to the other, and no card of one looks like a card of the other.
#[tokio::test]
async fn names_of_two_normal_forms_are_two() {
    let story = DiscordStory::begin().await;
    let alice = story.user("alice");
    has_committed(&story, COMPOSED);
    story.house().desk().refresh_directory().await;
    let answer = alice.forces(&story.ops, "reset-offset", &reset_of(DECOMPOSED)).answer().await.unwrap();
    let seen = answer.look();
    assert!(seen.private && seen.text.contains("There is no consumer group"), "{}", seen.text);
    assert!(seen.text.contains("Did you mean") && seen.text.contains(COMPOSED), "{}", seen.text);
    has_committed(&story, DECOMPOSED);
    for (name, escaped, then) in [(COMPOSED, false, (0, 7)), (DECOMPOSED, true, (0, 0))] {
        let answer = alice.forces(&story.ops, "reset-offset", &reset_of(name)).answer().await.unwrap();
        assert!(answer.text().contains("is posted"), "{name:?}: {}", answer.text());
        let id = operation_in(&answer.text());
        let card = card_of(&story, &id).await;
        assert_eq!(card.text().contains("u{301}"), escaped, "{}", card.text());
        story.reacts("bob", &card, "✅").await;
        story.becomes(&id, State::Succeeded).await;
        assert_eq!((stands(&story, COMPOSED).await, stands(&story, DECOMPOSED).await), then, "{name:?}");
    }
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// Nobody is called but dora, by us, as an owner, and alice, who asked for it; and no mention is left of those that were tried.
fn calls_nobody_else(story: &DiscordStory, seen: &Seen, mentions: &[String]) {
    let ours = ["dora", "alice"].map(|who| story.user(who).id());
    assert!(!seen.notified_everyone && seen.notified_roles.is_empty(), "{}", seen.text);
    assert!(seen.notified_users.iter().all(|who| ours.contains(who)), "{}", seen.text);
    for mention in mentions {
        assert!(!seen.text.contains(mention), "{mention} is alive in: {}", seen.text);
    }
}

/// 25: mentions of people and roles that are there, in a reason, in the client id of a member, and in the reason of a stop, which
/// is told with a notification.
#[tokio::test]
async fn mentions_of_people_who_are_there_call_nobody() {
    let story = DiscordStory::begin().await;
    let (bob, carol) = (story.user("bob").id(), story.user("carol").id());
    let approvers = chat_role(&story.discord, Role::Approver);
    story.discord.guild().role_is_mentionable(approvers, true);
    // Names are cut at sixty characters: those that would ring stand first.
    let people = [format!("<@{bob}>"), format!("<@&{approvers}>"), format!("<@!{carol}>")];
    let mentions: Vec<String> = people.into_iter().chain(["@everyone", "@here"].map(str::to_owned)).collect();
    let hostile = mentions.join(" ");
    story.has_live(&[format!("live-1 {hostile}").as_str()]);
    let options = json!([
        text("cluster", CLUSTER),
        text("group", live().as_str()),
        text("topic", TOPIC),
        text("to", "earliest"),
        text("wait-for-stop", "6h"),
        text("reason", &hostile),
    ]);
    let answer = story.user("alice").forces(&story.ops, "reset-offset", &options).answer().await.unwrap();
    let id = operation_in(&answer.text());
    let card = card_of(&story, &id).await;
    story.reacts("bob", &card, "✅").await;
    card.becomes("1 of 2: bob", SOON).await;
    story.reacts("dora", &card, "✅").await;
    story.becomes(&id, State::Waiting).await;
    wait_until("the thread", || card.thread().is_some()).await;
    let thread = card.thread().unwrap();
    thread.wait_for_text("live-1", SOON).await;

    let stop = json!([text("operation", id.as_str()), text("reason", &hostile)]);
    let answer = story.user("carol").forces(&story.ops, "stop", &stop).answer().await.unwrap();
    assert!(answer.is_private() && answer.text().contains("safe point"), "{}", answer.text());
    story.becomes(&id, State::Stopped).await;
    card.becomes("Stopped by carol", SOON).await;
    story.everything_is_read().await;
    let (here, there) = (story.ops.bot_messages(), thread.bot_messages());
    for seen in here.iter().chain(&there).map(Message::look) {
        calls_nobody_else(&story, &seen, &mentions);
    }
    assert!(there.iter().any(|one| one.text().contains("Stopped by carol")), "it is told");
    assert_eq!(story.acts(), 0);
    story.discord.assert_clean();
}
