//! Who asks, or reacts, without end: what waits of one person has a limit, votes that wait are one, and nobody else is held up
//! by it.

use discord_model::{Message, On};
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::plan::Effect;
use interlock::policy::Role;
use interlock::time::Millis;
use signalbox::chat::{Door, MessageRef, Reacted};
use std::time::Duration;
use story::discord_house::{CLUSTER, DiscordStory, GROUP, SOON, TOPIC, chat_role, operation_in, reset, wait_until};

const MESSAGE: &str = "/channels/{channel_id}/messages/{message_id}";
const MEMBER: &str = "/guilds/{guild_id}/members/{user_id}";

const MOST: usize = 3;

async fn limited() -> DiscordStory {
    DiscordStory::begin_set(|_, times, _| times.open_plans = MOST).await
}

fn cards(story: &DiscordStory) -> usize {
    let is_card = |seen: &discord_model::Seen| !seen.private && seen.file("plan.json").is_some();
    story.ops.bot_messages().into_iter().filter(|one| is_card(&one.peek())).count()
}

/// 32: somebody who may ask does so without end. Plans beyond the limit are refused, in words, to them alone.
#[tokio::test]
async fn so_many_plans_of_one_person_wait_and_no_more() {
    let story = limited().await;
    // One that has run counts no more.
    let first = story.reset().await;
    story.reacts("bob", &first.card, "✅").await;
    story.becomes(&first.id, State::Succeeded).await;
    first.card.becomes("Done", SOON).await;

    let mut waiting = Vec::new();
    for to in ["latest", "offset:7", "offset:8"] {
        waiting.push(story.asks("alice", &reset(to)).await);
    }
    for (locale, said) in [("en-US", "3 plans of yours are waiting"), ("zh-CN", "您已有 3 个计划在等待")] {
        let refused = story.user("alice").speaking(locale).runs(&story.ops, &reset("offset:9")).await.look();
        assert!(refused.private && refused.text.contains(said), "{}", refused.text);
    }
    let alice = story.user("alice").speaking("en-US");
    let dry = alice.runs(&story.ops, &format!("{} dry-run:true", reset("offset:9"))).await.look();
    assert!(dry.text.contains("Dry run"), "what is not posted holds nobody up: {}", dry.text);
    story.all_is_told().await;
    assert_eq!(cards(&story), 1 + MOST);

    // The way back of what has run is not shut, but it is asked for once.
    let back = format!("/rollback operation:{}", first.id);
    let posted = alice.runs(&story.ops, &back).await.look();
    assert!(posted.text.contains("is posted"), "{}", posted.text);
    let again = alice.runs(&story.ops, &back).await.look();
    assert!(again.text.contains("plans of yours"), "{}", again.text);

    // Somebody else is not held up, and one that is taken back makes room for one.
    let zoe = story.user("zoe").with_role(chat_role(&story.discord, Role::Operator));
    let others = zoe.runs(&story.ops, &reset("offset:10")).await.look();
    assert!(others.text.contains("is posted"), "{}", others.text);
    for posted in &waiting[..2] {
        story.user("alice").runs(&story.ops, &format!("/stop operation:{}", posted.id)).await.message().read();
        story.becomes(&posted.id, State::Cancelled).await;
    }
    story.asks("alice", &reset("offset:11")).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// All at once: each of them finds the others, however fast they come.
#[tokio::test]
async fn a_burst_of_requests_leaves_no_more_plans_than_one_after_the_other() {
    let story = limited().await;
    let alice = story.user("alice");
    let line = |to: usize| format!("/reset-offset cluster:{CLUSTER} group:{GROUP} topic:{TOPIC} to:offset:{to}");
    let asked: Vec<_> = (1..=8).map(|to| alice.starts(&story.ops, &line(to))).collect();
    let mut said = Vec::new();
    for one in asked {
        said.push(one.answer().await.unwrap().look().text);
    }
    let posted: Vec<_> = said.iter().filter(|text| text.contains("is posted")).collect();
    let refused = said.iter().filter(|text| text.contains("3 plans of yours")).count();
    assert_eq!((posted.len(), refused), (MOST, said.len() - MOST), "{said:#?}");
    story.all_is_told().await;
    assert_eq!(cards(&story), MOST);
    for text in posted {
        assert_eq!(story.operation(&operation_in(text)).await.state, State::AwaitingApproval);
    }
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// Looks at a card since so many requests.
fn looks(story: &DiscordStory, card: &Message, since: usize) -> usize {
    let id = card.id().to_string();
    let requests = story.discord.requests();
    let of_card = |one: &&discord_model::Request| one.parameters.get("message_id") == Some(&id);
    requests[since..].iter().filter(of_card).filter(|one| one.is("GET", MESSAGE)).count()
}

/// A hundred people without any right approve, take it back, and approve again.
async fn passers_by_vote(story: &DiscordStory, card: &Message) {
    for number in 0..100 {
        let user = story.user(&format!("passer-by-{number}"));
        user.reacts(card, "✅").await;
        user.unreacts(card, "✅").await;
        user.reacts(card, "✅").await;
    }
}

/// 32: votes that flap while their card is being read. They are counted together, and no other card is read for it: three
/// hundred of them are more than may wait of one message.
#[tokio::test]
async fn a_flood_of_votes_is_counted_a_few_times_and_no_other_card_is_read_for_it() {
    let story = DiscordStory::begin_with(|policy, _| {
        policy.seats.demand(Tier::Production, Effect::Reversible, 2).unwrap();
    })
    .await;
    let flooded = story.reset().await;
    let other = story.asks("alice", &reset("latest")).await;
    story.all_is_told().await;
    story.is_quiet().await;
    // A round over all cards ends with this one, and the next one is a minute away.
    let before = looks(&story, &other.card, 0);
    story.time_passes(Duration::from_secs(61));
    wait_until("the end of a round", || looks(&story, &other.card, 0) > before).await;
    story.is_quiet().await;
    let since = story.discord.requests().len();
    let look = On::path("GET", MESSAGE).about("message_id", &flooded.card.id());
    story.discord.holds(look.clone());
    passers_by_vote(&story, &flooded.card).await;
    story.reacts("bob", &flooded.card, "✅").await;
    story.discord.lets_go(&look);
    flooded.card.becomes("1 of 2: bob", SOON).await;
    story.all_is_told().await;
    let (of_flooded, of_other) = (looks(&story, &flooded.card, since), looks(&story, &other.card, since));
    assert!((1..=10).contains(&of_flooded), "{of_flooded} looks for 301 reactions");
    assert_eq!(of_other, 0);
    story.reacts("carol", &flooded.card, "✅").await;
    story.becomes(&flooded.id, State::Succeeded).await;
    flooded.card.becomes("Done", SOON).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// 32: ↩️ acts only when it comes. It comes behind more votes than may wait, while somebody else's ↩️ is being looked at.
#[tokio::test]
async fn a_control_behind_a_flood_of_votes_is_not_lost() {
    let story = DiscordStory::begin().await;
    let posted = story.reset().await;
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    posted.card.becomes("Done", SOON).await;
    let last = story.asks("alice", &reset("latest")).await;
    story.all_is_told().await;
    story.is_quiet().await;
    let mallory = story.user("mallory");
    let look_up = On::path("GET", MEMBER).about("user_id", &mallory.id());
    story.discord.holds(look_up.clone());
    mallory.reacts(&posted.card, "↩️").await;
    let id = mallory.id().to_string();
    let of_mallory = |one: &discord_model::Request| one.is("GET", MEMBER) && one.parameters.get("user_id") == Some(&id);
    story.discord.wait_for_request(of_mallory, SOON).await;
    passers_by_vote(&story, &posted.card).await;
    story.reacts("alice", &posted.card, "↩️").await;
    // When this one has been read, those before it have come.
    let since = story.discord.requests().len();
    story.user("passer-by-0").reacts(&last.card, "✅").await;
    wait_until("the last vote", || looks(&story, &last.card, since) > 0).await;
    story.discord.lets_go(&look_up);
    wait_until("the way back", || cards(&story) == 3).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// A reaction on what is no card is looked for in the store once, and then known to be none of ours. A card that was just posted
/// is one.
#[tokio::test]
async fn reactions_on_other_messages_are_known_to_be_none_of_ours() {
    let story = DiscordStory::begin().await;
    let door = story.house().door();
    let channel = story.ops.id().get();
    let on = |message: &Message, emoji: &str| {
        let (message, emoji) = (MessageRef { channel, message: message.id().get() }, emoji.to_owned());
        Reacted { message, account: None, emoji, added: true, at: Millis(0) }
    };
    let said = story.user("vic").says(&story.ops, "lunch?").await;
    assert!(door.concerns(&on(&said, "✅")), "nobody has asked yet");
    story.reacts("vic", &said, "✅").await;
    wait_until("a look into the store", || !door.concerns(&on(&said, "✅"))).await;
    let posted = story.reset().await;
    for emoji in ["✅", "❌", "🛑", "⏸️", "▶️", "↩️", ""] {
        assert!(door.concerns(&on(&posted.card, emoji)), "{emoji}");
    }
    assert!(!door.concerns(&on(&posted.card, "👍")), "it says nothing on a card");
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Succeeded).await;
    posted.card.becomes("Done", SOON).await;
    story.everything_is_read().await;
    story.discord.assert_clean();
}
