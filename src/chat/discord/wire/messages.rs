//! Messages, threads, and what failures mean.

use super::bot::{chat, message, post};
use super::door::card;
use crate::chat::{Chat, ChatError, MessageRef, Sending};
use crate::text::{Block, Card, CardFile, Line, Mention, Span};
use discord_model::{Discord as Model, Fault, Kind, On, permissions};
use interlock::principal::{Account, Place, Readers};
use interlock::time::Millis;
use std::time::Duration;

/// Before any message was posted.
const START: Millis = Millis(0);
const CREATE: &str = "/channels/{channel_id}/messages";
const EDIT: &str = "/channels/{channel_id}/messages/{message_id}";

fn file(name: &str, text: &str) -> CardFile {
    CardFile { name: name.into(), bytes: text.as_bytes().to_vec(), alt: None }
}

fn plan(model: &Model) -> Card {
    Card {
        mentions: vec![Mention::User(model.user("bob").id().get())],
        body: vec![Block::Line(Line(vec![Span::Foreign("billing @everyone".into())]))],
        files: vec![file("plan.txt", "the plan"), file("plan.json", "{}")],
        ..card("Waiting for approval")
    }
}

#[tokio::test]
async fn a_card_is_posted_with_its_files_and_mentions_exactly() {
    let (model, chat) = chat().await;
    let (ops, bob, carol) = (model.channel("ops"), model.user("bob"), model.user("carol"));
    let mut shown = plan(&model);
    shown.headline.push(Line(vec![Span::Foreign(format!("<@{}>", carol.id()))]));
    let posted = post(&chat, &ops, &shown, "m-1").await.unwrap();
    let seen = message(&ops, posted).look();
    assert_eq!(seen.notified_users, [bob.id()]);
    assert!(!seen.notified_everyone && !seen.silent);
    assert_eq!(seen.file("plan.txt").unwrap().text(), "the plan");
    assert_eq!(seen.file("plan.json").unwrap().text(), "{}");
    assert_eq!(seen.nonce.as_deref(), Some("m-1"));
    model.assert_clean();
}

#[tokio::test]
async fn without_notification_it_is_silent_and_a_reply_names_its_message() {
    let (model, chat) = chat().await;
    let ops = model.channel("ops");
    let first = post(&chat, &ops, &card("first"), "m-1").await.unwrap();
    message(&ops, first).read();
    let notice = card("second");
    let replies_to = Some(first.message);
    let sending = Sending { channel: ops.id().get(), card: &notice, marker: "m-2", notify: false, replies_to };
    let posted = chat.send(&sending).await.unwrap();
    let seen = message(&ops, posted).look();
    assert!(seen.silent);
    assert_eq!(seen.reply_to.map(discord_model::Id::get), replies_to);
    model.assert_clean();
}

#[tokio::test]
async fn one_marker_sent_twice_is_one_message() {
    let (model, chat) = chat().await;
    let ops = model.channel("ops");
    let first = post(&chat, &ops, &card("card"), "m-1").await.unwrap();
    assert_eq!(post(&chat, &ops, &card("card"), "m-1").await, Ok(first));
    assert_eq!(ops.bot_messages().len(), 1);
    message(&ops, first).read();
    model.assert_clean();
}

#[tokio::test]
async fn after_a_lost_answer_the_message_is_found_by_its_marker() {
    let (model, chat) = chat().await;
    let ops = model.channel("ops");
    for (marker, fault) in [("m-1", Fault::AnswerLost), ("m-2", Fault::HalfAnswer)] {
        model.fails_once(On::path("POST", CREATE), fault);
        let lost = post(&chat, &ops, &plan(&model), marker).await;
        assert!(matches!(lost, Err(ChatError::Unknown(_))), "{lost:?}");
        let found = chat.find(ops.id().get(), marker, START).await.unwrap().unwrap();
        assert_eq!(message(&ops, found).look().nonce.as_deref(), Some(marker));
    }
    let alone = post(&chat, &ops, &card("a short notice"), "m-3").await.unwrap();
    assert_eq!(chat.find(ops.id().get(), "m-3", START).await, Ok(Some(alone)));
    assert_eq!(chat.find(ops.id().get(), "m-4", START).await, Ok(None));
    let forged = model.user("mallory").reposts(&message(&ops, alone), &ops).await;
    assert_ne!(forged.id().get(), alone.message);
    assert_eq!(chat.find(ops.id().get(), "m-3", START).await, Ok(Some(alone)), "somebody else's copy is not ours");
    message(&ops, alone).read();
    model.assert_clean();
}

#[tokio::test]
async fn a_lost_message_is_found_behind_hundreds_of_others() {
    let (model, chat) = chat().await;
    let ops = model.channel("ops");
    model.fails_once(On::path("POST", CREATE), Fault::AnswerLost);
    assert!(post(&chat, &ops, &card("card"), "m-1").await.is_err());
    let mallory = model.user("mallory");
    for _ in 0..250 {
        mallory.says(&ops, "and another line").await;
    }
    let found = chat.find(ops.id().get(), "m-1", START).await.unwrap().unwrap();
    assert_eq!(message(&ops, found).look().nonce.as_deref(), Some("m-1"));
    let pages = || model.requests().iter().filter(|one| one.is("GET", CREATE)).count();
    assert_eq!(pages(), 3);
    let later = Millis(i64::MAX);
    assert_eq!(
        chat.find(ops.id().get(), "m-1", later).await,
        Ok(None),
        "what is older than the first attempt is not read"
    );
    assert_eq!(pages(), 4);
    message(&ops, found).read();
    model.assert_clean();
}

#[tokio::test]
async fn each_failure_means_what_it_is() {
    let (model, chat) = chat().await;
    let ops = model.channel("ops");
    let create = || On::path("POST", CREATE);
    let wait = Duration::from_millis(1_500);
    model.fails_once(create(), Fault::RateLimited { retry_after: wait, global: false });
    assert_eq!(post(&chat, &ops, &card("a"), "m-1").await, Err(ChatError::Later(wait)));
    // From here on in another channel: that one's bucket is closed.
    let dev = model.channel("dev");
    for (fault, expected) in [
        (Fault::Status(403), "Forbidden"),
        (Fault::Status(401), "Forbidden"),
        (Fault::Status(404), "Gone"),
        (Fault::Status(400), "Wrong"),
        (Fault::Status(500), "Unknown"),
        (Fault::Status(503), "Unknown"),
        (Fault::Unreachable, "Unknown"),
    ] {
        model.fails_once(create(), fault);
        let failed = post(&chat, &dev, &card("a"), "m-2").await.unwrap_err();
        assert!(format!("{failed:?}").starts_with(expected), "{fault:?} became {failed:?}");
    }
    let nowhere = Sending { channel: 1, card: &card("a"), marker: "m-3", notify: true, replies_to: None };
    assert!(matches!(chat.send(&nowhere).await, Err(ChatError::Gone(_))));
    let wrong = post(&chat, &dev, &card("a"), "not a marker").await;
    assert!(matches!(wrong, Err(ChatError::Wrong(_))), "{wrong:?}");
    assert!(ops.bot_messages().is_empty() && dev.bot_messages().is_empty());
    model.assert_clean();
}

#[tokio::test]
async fn no_answer_at_all_is_unknown_after_its_time() {
    let (model, chat) = chat().await;
    let ops = model.channel("ops");
    model.fails_once(On::path("POST", CREATE), Fault::NoAnswer);
    let lost = tokio::time::timeout(Duration::from_secs(12), post(&chat, &ops, &card("a"), "m-1")).await;
    assert_eq!(lost.unwrap(), Err(ChatError::Unknown("no answer in time".to_owned())));
}

#[tokio::test]
async fn nobody_there_is_later_because_nothing_was_done() {
    let (model, chat) = chat().await;
    let channel = model.channel("ops").id().get();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut settings = super::bot::settings(&model, &std::sync::Arc::default());
    settings.api_base = Some(address);
    let nobody = crate::chat::discord::Discord::new(settings).unwrap();
    let sending = Sending { channel, card: &card("a"), marker: "m-1", notify: true, replies_to: None };
    assert!(matches!(nobody.send(&sending).await, Err(ChatError::Later(_))));
    drop(chat);
}

#[tokio::test]
async fn an_edit_replaces_the_text_and_keeps_the_files_that_stay() {
    let (model, chat) = chat().await;
    let ops = model.channel("ops");
    let posted = post(&chat, &ops, &plan(&model), "m-1").await.unwrap();
    let mut changed = plan(&model);
    changed.headline = card("Running").headline;
    changed.files[1] = file("plan.json", "[]");
    chat.edit(posted, &changed).await.unwrap();
    let seen = message(&ops, posted).look();
    assert!(seen.content.starts_with("Running"), "{}", seen.content);
    assert_eq!(seen.files.len(), 2);
    assert_eq!(seen.file("plan.txt").unwrap().text(), "the plan");
    assert_eq!(seen.file("plan.json").unwrap().text(), "[]");
    assert_eq!(seen.notified_users.len(), 1, "an edit notifies nobody again");
    let edit = model.requests().into_iter().rfind(|request| request.is("PATCH", EDIT)).unwrap();
    assert_eq!(edit.files, ["plan.json"], "only what changed is sent");
    chat.edit(posted, &card("Over")).await.unwrap();
    assert!(message(&ops, posted).look().files.is_empty());
    model.assert_clean();
}

#[tokio::test]
async fn an_edit_that_was_limited_goes_again_within_its_time() {
    let (model, chat) = chat().await;
    let ops = model.channel("ops");
    let posted = post(&chat, &ops, &card("a"), "m-1").await.unwrap();
    let wait = Fault::RateLimited { retry_after: Duration::from_millis(200), global: true };
    model.fails_once(On::path("PATCH", EDIT), wait);
    chat.edit(posted, &card("b")).await.unwrap();
    assert_eq!(message(&ops, posted).text(), "b");
    model.assert_clean();
}

#[tokio::test]
async fn what_stands_is_compared_with_what_was_sent() {
    let (model, chat) = chat().await;
    let ops = model.channel("ops");
    let shown = plan(&model);
    let posted = post(&chat, &ops, &shown, "m-1").await.unwrap();
    let stands = chat.read(posted).await.unwrap();
    assert!(stands.ours && !stands.suppressed);
    assert_eq!(stands.says, chat.says(&shown));
    let there = message(&ops, posted);
    there.loses_embeds();
    assert!(chat.read(posted).await.unwrap().suppressed);
    let embeds = there.look().embeds;
    there.is_forged("Waiting for approval", embeds);
    assert_ne!(chat.read(posted).await.unwrap().says, stands.says);
    let alike = ops.webhook_posts("Signalbox", "Waiting for approval", Vec::new());
    let alike = MessageRef { channel: ops.id().get(), message: alike.id().get() };
    assert!(!chat.read(alike).await.unwrap().ours);
    there.deletes();
    assert!(matches!(chat.read(posted).await, Err(ChatError::Gone(_))));
    model.assert_clean();
}

#[tokio::test]
async fn a_thread_is_opened_once() {
    let (model, chat) = chat().await;
    let ops = model.channel("ops");
    let posted = post(&chat, &ops, &card("card"), "m-1").await.unwrap();
    let name = format!("reset {}\n@everyone", "x".repeat(200));
    let thread = chat.thread(posted, &name).await.unwrap();
    assert_eq!(chat.thread(posted, &name).await, Ok(thread));
    let there = message(&ops, posted).thread().unwrap();
    assert_eq!(there.id().get(), thread);
    assert_eq!(there.name().chars().count(), 100);
    assert_eq!(ops.threads().len(), 1);
    let notice = Sending { channel: thread, card: &card("in it"), marker: "m-2", notify: false, replies_to: None };
    chat.send(&notice).await.unwrap();
    there.messages().iter().for_each(discord_model::Message::read);
    message(&ops, posted).read();
    model.assert_clean();
}

#[tokio::test]
async fn a_card_larger_than_any_limit_is_taken_and_nothing_is_lost() {
    let (model, chat) = chat().await;
    let ops = model.channel("ops");
    let hostile = |text: &str| Line(vec![Span::Foreign(text.to_owned())]);
    let mut large = plan(&model);
    large.headline = (0..9).map(|_| hostile(&"*_`|".repeat(128))).collect();
    large.body = (0..400).map(|at| Block::Line(hostile(&format!("row {at} {}", "<@1>".repeat(20))))).collect();
    large.footer = Some(hostile(&"f".repeat(8_000)));
    large.files = (0..12).map(|at| file(&format!("f{at}"), "x")).collect();
    let posted = post(&chat, &ops, &large, "m-1").await.unwrap();
    let seen = message(&ops, posted).look();
    assert_eq!(seen.files.len(), 10);
    assert!(seen.file("more.txt").unwrap().text().contains("row 399"));
    assert!(seen.text.contains("f11"), "files that did not fit are named");
    assert_eq!(chat.find(ops.id().get(), "m-1", START).await, Ok(Some(posted)));
    assert_eq!(chat.read(posted).await.unwrap().says, chat.says(&large));
    model.assert_clean();
}

#[tokio::test]
async fn a_place_is_told_with_its_channel_as_long_as_nothing_there_is_published_elsewhere() {
    let (model, chat) = chat().await;
    let (ops, guild) = (model.channel("ops"), model.guild().id().get());
    let channel = ops.id().get();
    let posted = post(&chat, &ops, &card("card"), "m-1").await.unwrap();
    let thread = chat.thread(posted, "thread").await.unwrap();
    let place = |thread| Some(Place::Discord { guild, channel, thread });
    assert_eq!(chat.place(channel).await, Ok(place(None)));
    assert_eq!(chat.place(thread).await, Ok(place(Some(thread))));
    ops.converts(Kind::Announcement);
    assert_eq!((chat.place(channel).await, chat.place(thread).await), (Ok(None), Ok(None)));
    let direct = model.user("alice").direct_messages().id().get();
    assert_eq!(chat.place(direct).await, Ok(None));
    ops.deletes();
    assert!(matches!(chat.place(channel).await, Err(ChatError::Gone(_))));
    model.assert_clean();
}

#[tokio::test]
async fn who_can_read_a_place_is_told_by_its_channel_and_the_role_of_everybody() {
    let (model, chat) = chat().await;
    let (ops, guild) = (model.channel("ops"), model.guild());
    let posted = post(&chat, &ops, &card("card"), "m-1").await.unwrap();
    message(&ops, posted).read();
    let (channel, thread) = (ops.id().get(), chat.thread(posted, "thread").await.unwrap());
    let of = |thread| Place::Discord { guild: guild.id().get(), channel, thread };
    let both = async || (chat.place_and_readers(channel).await, chat.place_and_readers(thread).await);
    let told = |readers| (Ok(Some((of(None), readers))), Ok(Some((of(Some(thread)), readers))));
    assert_eq!(both().await, told(Readers::Everybody));
    ops.becomes_private(&[guild.bot_role()]);
    assert_eq!(both().await, told(Readers::Chosen));
    ops.overwrites_role(guild.id(), permissions::VIEW_CHANNEL, 0);
    assert_eq!(both().await, told(Readers::Everybody));
    ops.becomes_public();
    guild.lets_role(guild.id(), permissions::EVERYONE & !permissions::VIEW_CHANNEL);
    assert_eq!(both().await, told(Readers::Chosen));
    model.fails_once(On::path("GET", "/guilds/{guild_id}/roles"), Fault::Status(503));
    assert!(matches!(chat.place_and_readers(channel).await, Err(ChatError::Unknown(_))));
    ops.converts(Kind::Announcement);
    assert_eq!(both().await, (Ok(None), Ok(None)));
    model.assert_clean();
}

#[tokio::test]
async fn somebody_is_told_alone_where_they_take_direct_messages() {
    let (model, chat) = chat().await;
    let alice = model.user("alice");
    let account = Account::Discord(alice.id().get());
    let opened = chat.direct(account).await;
    let direct = alice.direct_messages();
    assert_eq!((opened, chat.direct(account).await), (Ok(direct.id().get()), Ok(direct.id().get())));
    let posted = post(&chat, &direct, &card("told alone"), "m-1").await.unwrap();
    assert!(message(&direct, posted).look().text.contains("told alone"));
    alice.closes_direct_messages(true);
    assert!(chat.direct(account).await.is_ok(), "only there it is seen");
    let refused = post(&chat, &direct, &card("again"), "m-2").await;
    assert!(matches!(&refused, Err(ChatError::Forbidden(said)) if said.contains("50007")), "{refused:?}");
    assert!(matches!(chat.direct(Account::System(7)).await, Err(ChatError::Wrong(_))));
    let link = chat.link(1, MessageRef { channel: 2, message: 3 });
    assert_eq!(link, "https://discord.com/channels/1/2/3");
    model.assert_clean();
}
