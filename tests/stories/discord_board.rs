//! The board of a team's channel: one message, edited in place, that tells what is open on the clusters that may be shown there.

use crate::stories::crash::database;
use discord_model::{Channel, Discord, Fault, Message, On, Request, permissions};
use interlock::approval::State;
use interlock::principal::Place;
use signalbox::desk::Times;
use signalbox::text::Locale;
use simulated::demo;
use std::time::Duration;
use story::discord_house::{CLUSTER, DiscordStory, SOON, wait_until};

const POST: &str = "/channels/{channel_id}/messages";
const MESSAGE: &str = "/channels/{channel_id}/messages/{message_id}";
const BOARD: &str = "Open operations on";
const EMPTY: &str = "Nothing is open";
const ENDED: &str = "No board is kept here any more";
/// A little longer than the pause between two looks at a board.
const A_LOOK: Duration = Duration::from_secs(16);
/// The same of the looks at its message.
const A_READING: Duration = Duration::from_secs(61);
const HOUR: Duration = Duration::from_secs(3_600);

fn place(discord: &Discord, channel: &Channel) -> Place {
    Place::Discord { guild: discord.guild().id().get(), channel: channel.id().get(), thread: None }
}

fn has_a_board(times: &mut Times, discord: &Discord, channel: &str) {
    times.boards.insert(place(discord, &discord.channel(channel)));
}

async fn begins() -> DiscordStory {
    DiscordStory::begin_set(|_, times, discord| has_a_board(times, discord, "ops")).await
}

/// The boards that stand in a channel.
fn boards(channel: &Channel) -> Vec<Message> {
    let all = channel.bot_messages().into_iter();
    all.filter(|one| !one.is_deleted() && one.peek().text.contains(BOARD)).collect()
}

/// Time goes on, look by look, until the board says something.
async fn tells(story: &DiscordStory, board: &Message, text: &str) {
    wait_until(text, || {
        story.time_passes(Duration::from_secs(1));
        board.peek().text.contains(text)
    })
    .await;
}

async fn is_clean(story: &DiscordStory) {
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_board_is_posted_once_and_edited_in_place() {
    let mut story = begins().await;
    let board = story.ops.wait_for_text(EMPTY, SOON).await;
    assert!(board.look().silent && board.look().notified_users.is_empty());
    let posted = story.reset().await;
    let frozen = format!("/freeze cluster:{CLUSTER} for:2h reason:\"black friday\"");
    story.user("alice").runs(&story.ops, &frozen).await;
    tells(&story, &board, "Wait for votes").await;
    tells(&story, &board, "black friday").await;
    let seen = board.look().text;
    for part in [posted.id.as_str(), CLUSTER, "billing-eu", "alice", "wait for votes: 1"] {
        assert!(seen.contains(part), "{part}: {seen}");
    }
    story.dies().await;
    story.is_born().await;
    story.reacts("bob", &posted.card, "✅").await;
    story.becomes(&posted.id, State::Queued).await;
    tells(&story, &board, "under way: 1").await;
    let lift = format!("/unfreeze cluster:{CLUSTER} reason:\"over\"");
    story.user("bob").runs(&story.ops, &lift).await;
    story.becomes(&posted.id, State::Succeeded).await;
    tells(&story, &board, EMPTY).await;
    assert_eq!(boards(&story.ops).len(), 1);
    is_clean(&story).await;
}

/// Each channel tells of its own clusters, in its own language.
#[tokio::test]
async fn a_board_tells_of_no_cluster_that_may_not_be_shown_there() {
    let story = DiscordStory::begin_set(|policy, times, discord| {
        let staging = discord.channel("staging");
        policy.places.channels.insert(demo::STAGING.parse().unwrap(), [staging.id().get()].into());
        times.languages.insert(staging.id().get(), Locale::ZhCn);
        has_a_board(times, discord, "ops");
        has_a_board(times, discord, "staging");
    })
    .await;
    let staging = story.discord.channel("staging");
    let theirs = staging.wait_for_text("没有未结束的操作", SOON).await;
    let ours = story.ops.wait_for_text(EMPTY, SOON).await;
    let posted = story.reset().await;
    let frozen = format!("/freeze cluster:{CLUSTER} for:2h reason:\"black friday\"");
    story.user("alice").runs(&story.ops, &frozen).await;
    tells(&story, &ours, posted.id.as_str()).await;
    tells(&story, &ours, "black friday").await;
    assert!(ours.look().text.contains(CLUSTER) && !ours.look().text.contains(demo::STAGING));
    // One more look has been at all boards since.
    story.time_passes(A_LOOK);
    story.is_quiet().await;
    for said in theirs.history().into_iter().chain([theirs.look().text]) {
        assert!(said.contains(demo::STAGING), "{said}");
        assert!(![CLUSTER, posted.id.as_str(), "black friday"].iter().any(|part| said.contains(part)), "{said}");
    }
    theirs.read();
    is_clean(&story).await;
}

#[tokio::test]
async fn a_board_that_was_deleted_is_posted_anew_and_one_that_was_altered_is_put_right() {
    let story = begins().await;
    let board = story.ops.wait_for_text(EMPTY, SOON).await;
    board.read();
    board.deletes();
    story.time_passes(A_READING);
    let again = story.ops.wait_for(|seen| seen.id != board.id() && seen.text.contains(EMPTY), SOON).await;
    again.is_forged("Everything may be approved without a look", Vec::new());
    tells(&story, &again, EMPTY).await;
    assert_eq!(boards(&story.ops).len(), 1);
    is_clean(&story).await;
}

#[tokio::test]
async fn an_answer_that_was_lost_makes_no_second_board() {
    for (fault, later) in [(Fault::AnswerLost, Duration::ZERO), (Fault::HalfAnswer, Duration::from_secs(900))] {
        let story = DiscordStory::begin_set(|_, times, discord| {
            has_a_board(times, discord, "ops");
            discord.fails_once(On::path("POST", POST).containing(BOARD), fault);
        })
        .await;
        let is_posting = |one: &Request| one.is("POST", POST) && one.applied;
        story.discord.wait_for_request(is_posting, SOON).await;
        story.time_passes(later);
        story.all_is_told().await;
        let board = story.ops.wait_for_text(EMPTY, SOON).await;
        let posted = story.reset().await;
        tells(&story, &board, posted.id.as_str()).await;
        assert_eq!(boards(&story.ops).len(), 1, "{later:?}");
        is_clean(&story).await;
    }
}

/// Discord takes few edits of old messages: a board that always has something new to tell asks for no more.
#[tokio::test]
async fn an_old_board_is_edited_as_seldom_as_discord_allows_and_comes_to_tell_what_is_so() {
    let story = begins().await;
    let board = story.ops.wait_for_text(EMPTY, SOON).await;
    story.time_passes(HOUR);
    let is_edit = |one: &&Request| one.is("PATCH", MESSAGE) && one.body.to_string().contains(BOARD);
    let edits = || story.discord.requests().iter().filter(is_edit).cloned().collect::<Vec<Request>>();
    for round in 0..6 {
        let reason = format!("round {round}");
        let frozen = format!("/freeze cluster:{CLUSTER} for:9h reason:\"{reason}\"");
        story.user("alice").runs(&story.ops, &frozen).await;
        story.time_passes(A_LOOK);
        if round < 3 {
            board.becomes(&reason, SOON).await;
        }
        let lift = format!("/unfreeze cluster:{CLUSTER} reason:\"over\"");
        story.user("bob").runs(&story.ops, &lift).await;
    }
    story.is_quiet().await;
    assert_eq!(edits().len(), 3);
    story.time_passes(HOUR);
    board.becomes(EMPTY, SOON).await;
    assert!(edits().iter().all(|one| one.status == Some(200)), "none was one too many");
    assert_eq!(boards(&story.ops).len(), 1);
    is_clean(&story).await;
}

#[tokio::test]
async fn a_board_that_the_settings_no_longer_want_tells_nothing_any_more() {
    let mut story = begins().await;
    let board = story.ops.wait_for_text(EMPTY, SOON).await;
    let posted = story.reset().await;
    tells(&story, &board, posted.id.as_str()).await;
    story.dies().await;
    story.places_change(|times| times.boards.clear());
    story.is_born().await;
    tells(&story, &board, ENDED).await;
    assert!(!board.look().text.contains(posted.id.as_str()));
    is_clean(&story).await;
}

#[tokio::test]
async fn a_board_that_is_wanted_again_is_the_message_that_was_there() {
    let mut story = begins().await;
    let board = story.ops.wait_for_text(EMPTY, SOON).await;
    story.all_is_told().await;
    story.dies().await;
    let ops = place(&story.discord, &story.ops);
    story.places_change(|times| times.boards.clear());
    story.is_born().await;
    tells(&story, &board, ENDED).await;
    let edits = board.peek().edits;
    for _ in 0..3 {
        story.time_passes(A_LOOK);
        story.is_quiet().await;
    }
    assert_eq!(board.peek().edits, edits, "it is left alone then");
    story.dies().await;
    story.places_change(|times| times.boards = [ops].into());
    story.is_born().await;
    tells(&story, &board, EMPTY).await;
    assert_eq!(story.ops.bot_messages().len(), 1);
    is_clean(&story).await;
}

fn refused_edits(story: &DiscordStory) -> usize {
    story.discord.requests().iter().filter(|one| one.is("PATCH", MESSAGE) && one.status == Some(403)).count()
}

/// Also where the bot may not edit it when it is wanted no more: that is tried again, though seldom, and the message stays known.
#[tokio::test]
async fn a_board_whose_end_cannot_be_told_is_wanted_again_in_its_message() {
    let mut story = begins().await;
    let board = story.ops.wait_for_text(EMPTY, SOON).await;
    let ops = place(&story.discord, &story.ops);
    story.all_is_told().await;
    story.dies().await;
    story.discord.fails_always(On::path("PATCH", MESSAGE).about("message_id", &board.id()), Fault::Status(403));
    story.places_change(|times| times.boards.clear());
    story.is_born().await;
    wait_until("an attempt", || refused_edits(&story) == 1).await;
    for _ in 0..8 {
        story.time_passes(A_LOOK);
        story.is_quiet().await;
    }
    assert_eq!(refused_edits(&story), 1, "it rests");
    story.time_passes(HOUR);
    wait_until("another attempt", || refused_edits(&story) == 2).await;
    assert!(board.peek().text.contains(EMPTY), "it tells what was so");
    story.dies().await;
    story.discord.works_again();
    story.places_change(|times| times.boards = [ops].into());
    story.is_born().await;
    let frozen = format!("/freeze cluster:{CLUSTER} for:9h reason:\"black friday\"");
    story.user("alice").runs(&story.ops, &frozen).await;
    tells(&story, &board, "black friday").await;
    assert_eq!(boards(&story.ops).len(), 1);
    is_clean(&story).await;
}

/// While one process has the settings from before, each channel has one message for its board all the same. In the end it tells
/// what whoever is left wants there.
#[tokio::test]
async fn processes_that_want_boards_elsewhere_post_none_twice() {
    let begun = DiscordStory::begin_kept_in(database().await, |policy, times, discord| {
        let shown = ["staging", "elsewhere"].map(|name| discord.channel(name).id().get());
        policy.places.channels.insert(demo::STAGING.parse().unwrap(), shown.into());
        has_a_board(times, discord, "ops");
        has_a_board(times, discord, "staging");
    });
    let mut story = begun.await;
    let all = ["ops", "staging", "elsewhere"].map(|name| story.discord.channel(name));
    let [ops, staging, elsewhere] = &all;
    let ours = ops.wait_for_text(EMPTY, SOON).await;
    let shared = staging.wait_for_text(EMPTY, SOON).await;
    let wanted = [staging, elsewhere].map(|channel| place(&story.discord, channel));
    story.places_change(|times| times.boards = wanted.into());
    let beside = story.is_joined().await;
    // The one that wants none there may take what the other one asked for: that asks again.
    let mut looks = 0;
    while elsewhere.bot_messages().is_empty() {
        looks += 1;
        assert!(looks < 60, "no board stands there");
        story.time_passes(A_LOOK);
        story.is_quiet().await;
    }
    let theirs = elsewhere.bot_messages().remove(0);
    for _ in 0..8 {
        story.time_passes(A_LOOK);
        story.is_quiet().await;
    }
    let posted = || all.each_ref().map(|channel| channel.bot_messages().len());
    assert_eq!(posted(), [1, 1, 1]);
    beside.dies().await;
    for (board, says) in [(&ours, EMPTY), (&shared, EMPTY), (&theirs, ENDED)] {
        tells(&story, board, says).await;
        board.read();
    }
    assert_eq!(posted(), [1, 1, 1]);
    is_clean(&story).await;
}

/// Where the bot may not write, whoever watches it hears so when the reason changes, though it is tried again and again.
#[tokio::test]
async fn operators_are_told_once_of_a_board_that_cannot_be_posted_or_edited() {
    let story = DiscordStory::begin_set(|_, times, discord| {
        has_a_board(times, discord, "ops");
        discord.channel("ops").overwrites_member(discord.bot_id(), 0, permissions::SEND_MESSAGES);
        times.operators = Some(place(discord, &discord.channel("operators")));
    })
    .await;
    let (operators, bot) = (story.discord.channel("operators"), story.discord.bot_id());
    let refused = |method: &str, template: &str| {
        let requests = story.discord.requests();
        requests.iter().filter(|one| one.is(method, template) && one.status == Some(403)).count()
    };
    let first = operators.wait_for_text("50013", SOON).await.look();
    let names_it = first.text.contains(&story.ops.id().to_string());
    assert!(!first.silent && names_it && first.text.contains("could not be posted"), "{}", first.text);
    assert_eq!(refused("POST", POST), 1);
    story.time_passes(HOUR + A_LOOK);
    wait_until("another attempt", || refused("POST", POST) > 1).await;
    story.all_is_told().await;
    assert_eq!(operators.bot_messages().len(), 1, "the same again");

    story.ops.overwrites_member(bot, 0, permissions::VIEW_CHANNEL);
    story.time_passes(HOUR + A_LOOK);
    operators.wait_for_text("50001", SOON).await;
    story.ops.overwrites_member(bot, 0, 0);
    story.time_passes(HOUR + A_LOOK);
    let board = story.ops.wait_for_text(EMPTY, SOON).await;
    story.all_is_told().await;
    assert_eq!(operators.bot_messages().len(), 2);

    story.discord.fails_always(On::path("PATCH", MESSAGE).about("message_id", &board.id()), Fault::Status(403));
    let frozen = format!("/freeze cluster:{CLUSTER} for:9h reason:\"black friday\"");
    story.user("alice").runs(&story.ops, &frozen).await;
    wait_until("three attempts", || {
        story.time_passes(Duration::from_secs(1));
        refused("PATCH", MESSAGE) >= 3
    })
    .await;
    story.all_is_told().await;
    assert_eq!(operators.bot_messages().len(), 3, "one of them tells of the edits");
    story.discord.works_again();
    tells(&story, &board, "black friday").await;
    operators.bot_messages().iter().for_each(Message::read);
    is_clean(&story).await;
}
