//! 29: whoever owns the database cuts the audit log, or writes it anew as a whole. The heads that were posted find it out.

use discord_model::{Channel, Id, Message, permissions};
use interlock::plan::Digest;
use interlock::principal::Place;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};
use std::process::{Output, Stdio};
use std::time::Duration;
use story::discord_house::{DiscordStory, SOON};
use tempfile::TempDir;
use tokio::process::Command;

const DAY: Duration = Duration::from_secs(24 * 3_600);
const COMMAND: &str = "signalbox audit verify --head ";

/// Heads are posted in a channel of their own.
async fn begins() -> DiscordStory {
    DiscordStory::begin_set(|_, times, discord| {
        let (guild, channel) = (discord.guild().id().get(), discord.channel("ledger").id().get());
        times.audit_heads = Some(Place::Discord { guild, channel, thread: None });
    })
    .await
}

fn ledger(story: &DiscordStory) -> Channel {
    story.discord.channel("ledger")
}

/// The next message with a head, after these.
async fn posted(story: &DiscordStory, known: &[Id]) -> Message {
    let bot = story.discord.bot_id();
    let is_new = move |seen: &discord_model::Seen| seen.author == bot && !known.contains(&seen.id);
    ledger(story).wait_for(|seen| is_new(seen) && seen.text.contains(COMMAND), SOON).await
}

/// The head that a message names.
fn head(message: &Message) -> String {
    let text = message.look().text;
    let (_, after) = text.split_once(COMMAND).expect("a head");
    after.chars().take_while(|one| one.is_ascii_alphanumeric() || *one == ':').collect()
}

/// What the program does with the store of a story, beside the bot or without one.
pub(super) async fn runs(story: &DiscordStory, arguments: &[&str]) -> Output {
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("signalbox.toml");
    let cluster = "[[cluster]]\nname = \"a\"\nkind = \"kafka\"\ntier = \"staging\"\nsimulated = true\n";
    std::fs::write(&file, format!("[store]\nurl = \"{}\"\n{cluster}", story.store_address())).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_signalbox"));
    command.env("SIGNALBOX_SETTINGS", &file).args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    tokio::time::timeout(SOON, command.output()).await.expect("it ends").expect("it runs")
}

/// What the program says of the log, and whether it is content.
async fn verified(story: &DiscordStory, head: Option<&str>) -> (bool, String) {
    let mut arguments = vec!["audit", "verify"];
    arguments.extend(head.iter().flat_map(|head| ["--head", *head]));
    let said = runs(story, &arguments).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (said.status.success(), text(&said.stdout) + &text(&said.stderr))
}

async fn database(story: &DiscordStory) -> SqliteConnection {
    let file = story.store_address().trim_start_matches("sqlite:").to_owned();
    SqliteConnectOptions::new().filename(file).connect().await.expect("the file opens")
}

/// The last entries are taken away, and the stored head fits what is left.
async fn cuts(story: &DiscordStory, last: i64) {
    let mut store = database(story).await;
    sqlx::query("DELETE FROM audit WHERE seq > ?").bind(last).execute(&mut store).await.expect("it is cut");
    let fits = "UPDATE audit_head SET seq = ?, hash = (SELECT hash FROM audit WHERE seq = ?)";
    sqlx::query(fits).bind(last).bind(last).execute(&mut store).await.expect("it fits");
    store.close().await.expect("it closes");
}

/// An entry happened an hour earlier than it did, and everything after it is written anew so that it fits.
async fn rewrites(story: &DiscordStory, from: i64) {
    let mut store = database(story).await;
    let all: Vec<(i64, String)> =
        sqlx::query_as("SELECT seq, body FROM audit ORDER BY seq").fetch_all(&mut store).await.expect("the log");
    let mut before = String::new();
    for (seq, body) in all {
        let mut entry: serde_json::Value = serde_json::from_str(&body).expect("an entry");
        if seq > from {
            entry["prev"] = before.clone().into();
        }
        if seq == from {
            entry["at"] = (entry["at"].as_i64().expect("a time") - 3_600_000).into();
        }
        let body = if seq < from { body } else { entry.to_string() };
        before = Digest::of(body.as_bytes()).to_string();
        let written = sqlx::query("UPDATE audit SET body = ?, hash = ?, at = ? WHERE seq = ?");
        let written = written.bind(body).bind(&before).bind(entry["at"].as_i64()).bind(seq);
        written.execute(&mut store).await.expect("it is written");
    }
    let fits = sqlx::query("UPDATE audit_head SET hash = ?").bind(&before).execute(&mut store).await;
    fits.expect("it fits");
    store.close().await.expect("it closes");
}

/// The head as the database has it.
async fn stored(story: &DiscordStory) -> String {
    let mut store = database(story).await;
    let head = sqlx::query_as("SELECT seq, hash FROM audit_head").fetch_one(&mut store).await;
    let (seq, hash): (i64, String) = head.expect("a head");
    store.close().await.expect("it closes");
    format!("{seq}:{hash}")
}

fn number(head: &str) -> i64 {
    head.split(':').next().and_then(|seq| seq.parse().ok()).expect("a number")
}

/// A day's work with a head after it, and no bot that minds the store.
async fn a_day_later() -> (DiscordStory, String) {
    let mut story = begins().await;
    let first = posted(&story, &[]).await;
    assert!(first.look().silent && first.look().notified_users.is_empty());
    let asked = story.reset().await;
    story.reacts("bob", &asked.card, "✅").await;
    story.becomes(&asked.id, interlock::approval::State::Succeeded).await;
    story.time_passes(DAY);
    let second = posted(&story, &[first.id()]).await;
    let (was, is) = (head(&first), head(&second));
    assert!(number(&is) > number(&was) + 4, "{was} {is}");
    assert!(second.look().text.contains(&was), "it names the one before it: {}", second.look().text);
    // That it was posted is kept.
    story.all_is_told().await;
    story.dies().await;
    (story, is)
}

#[tokio::test]
async fn a_log_that_was_cut_with_its_end_made_to_fit_does_not_fit_the_posted_head() {
    let (story, head) = a_day_later().await;
    let (whole, said) = verified(&story, Some(&head)).await;
    assert!(whole && said.contains("compared with the head"), "nobody touched it: {said}");
    cuts(&story, number(&head) - 3).await;
    let (whole, said) = verified(&story, None).await;
    assert!(whole && said.contains("cannot be excluded"), "by itself it tells nothing: {said}");
    let (whole, said) = verified(&story, Some(&head)).await;
    assert!(!whole && said.contains("truncated"), "{said}");
}

/// Whoever wrote the log anew deletes the head that tells of it, and has a webhook post one that fits, under our name. The next
/// head is days late: it names the one that was deleted, since the bot takes nothing from the channel.
#[tokio::test]
async fn a_head_that_is_late_names_the_one_that_was_deleted_and_none_of_a_webhook() {
    let (mut story, second) = a_day_later().await;
    rewrites(&story, 3).await;
    let known = ledger(&story).bot_messages();
    let of_that_day = known.last().expect("the head of that day");
    assert_eq!(head(of_that_day), second);
    of_that_day.deletes();
    let fits = stored(&story).await;
    let forged = ledger(&story).webhook_posts("signalbox", &format!("{COMMAND}{fits}"), Vec::new());
    let (whole, said) = verified(&story, Some(&head(&forged))).await;
    assert!(whole, "whoever believes the webhook is deceived: {said}");

    story.time_passes(DAY * 3);
    story.is_born().await;
    let known: Vec<Id> = known.iter().map(Message::id).collect();
    let late = posted(&story, &known).await.look().text;
    assert!(late.contains(&second), "{late}");
    let (whole, said) = verified(&story, Some(&second)).await;
    assert!(!whole && said.contains("rewritten"), "{said}");
    story.everything_is_read().await;
    story.discord.assert_clean();
}

/// Whoever has the bot's token edits the head that was posted, so that it fits a log that was written anew. The next head names the
/// one that was posted, whatever stands there by now.
#[tokio::test]
async fn a_head_that_was_edited_is_not_what_the_next_one_names() {
    let (mut story, second) = a_day_later().await;
    rewrites(&story, 3).await;
    let fits = stored(&story).await;
    let known = ledger(&story).bot_messages();
    let of_that_day = known.last().expect("the head of that day");
    of_that_day.is_forged(&format!("{COMMAND}{fits}"), Vec::new());
    assert_eq!(head(of_that_day), fits);
    let (whole, said) = verified(&story, Some(&fits)).await;
    assert!(whole, "whoever believes what stands there is deceived: {said}");

    story.time_passes(DAY);
    story.is_born().await;
    let known: Vec<Id> = known.iter().map(Message::id).collect();
    let next = posted(&story, &known).await.look().text;
    assert!(next.contains(&second), "{next}");
    let (whole, said) = verified(&story, Some(&second)).await;
    assert!(!whole && said.contains("rewritten"), "{said}");
    story.everything_is_read().await;
    story.discord.assert_clean();
}

#[tokio::test]
async fn a_log_that_was_written_anew_as_a_whole_does_not_fit_the_posted_head() {
    let (mut story, head) = a_day_later().await;
    rewrites(&story, 3).await;
    let (whole, said) = verified(&story, None).await;
    assert!(whole, "by itself it tells nothing: {said}");
    let (whole, said) = verified(&story, Some(&head)).await;
    assert!(!whole && said.contains("rewritten"), "{said}");
    // The bot that goes on with it posts heads of what is there now, and the one that was posted still stands.
    story.is_born().await;
    story.time_passes(DAY);
    let known: Vec<Id> = ledger(&story).bot_messages().iter().map(Message::id).collect();
    let later = posted(&story, &known[..2]).await;
    assert!(later.look().text.contains(&head), "{}", later.look().text);
    let (whole, said) = verified(&story, Some(&head)).await;
    assert!(!whole && said.contains("rewritten"), "{said}");
}

/// Where the bot may no longer write, whoever watches it hears so, each time that a head was to be posted.
#[tokio::test]
async fn operators_are_told_of_a_head_that_cannot_be_posted() {
    let story = DiscordStory::begin_set(|_, times, discord| {
        let guild = discord.guild().id().get();
        let place = |channel: &Channel| Some(Place::Discord { guild, channel: channel.id().get(), thread: None });
        let ledger = discord.channel("ledger");
        ledger.overwrites_member(discord.bot_id(), 0, permissions::SEND_MESSAGES);
        times.audit_heads = place(&ledger);
        times.operators = place(&discord.channel("operators"));
    })
    .await;
    let operators = story.discord.channel("operators");
    let cannot = "The head of the audit log could not be posted";
    let first = operators.wait_for_text(cannot, SOON).await.look();
    story.all_is_told().await;
    story.time_passes(DAY);
    let again = operators.wait_for(|seen| seen.id != first.id && seen.text.contains(cannot), SOON).await.look();
    for told in [first, again] {
        assert!(!told.silent, "{}", told.text);
    }
    let bot = story.discord.bot_id();
    ledger(&story).overwrites_member(bot, 0, 0);
    story.time_passes(DAY);
    posted(&story, &[]).await.read();
    story.everything_is_read().await;
    assert_eq!(operators.bot_messages().len(), 2);
    story.discord.assert_clean();
}

/// Who starts again and again says nothing new; a start after an hour does.
#[tokio::test]
async fn a_start_posts_a_head_unless_one_was_posted_within_the_hour() {
    let mut story = begins().await;
    let first = posted(&story, &[]).await;
    story.dies().await;
    story.is_born().await;
    story.all_is_told().await;
    story.is_quiet().await;
    assert_eq!(ledger(&story).bot_messages().len(), 1);
    story.dies().await;
    story.time_passes(Duration::from_secs(3_700));
    story.is_born().await;
    posted(&story, &[first.id()]).await.read();
    first.read();
    story.everything_is_read().await;
    story.discord.assert_clean();
}
