//! Whatever the model sends, the real serenity reads it.

use std::sync::Arc;

use discord_model::{Discord, Kind, permissions};
use serenity::all::{
    ChannelId, Context, CreateAllowedMentions, CreateMessage, EditThread, Event, EventHandler, GatewayIntents, GuildId,
    HttpBuilder, MessageId, RawEventHandler, ReactionType, UserId,
};
use tokio::sync::watch;

use crate::support::{Rest, SOON, discord};

/// Names of events that came, and of those that were not understood.
#[derive(Debug, Default)]
struct Heard {
    names: Vec<String>,
    unknown: Vec<String>,
}

struct Listener(Arc<watch::Sender<Heard>>);

impl EventHandler for Listener {}

#[serenity::async_trait]
impl RawEventHandler for Listener {
    async fn raw_event(&self, _: Context, event: Event) {
        self.0.send_modify(|heard| {
            heard.names.push(event.name().unwrap_or_else(|| "unknown".to_owned()));
            if let Event::Unknown(unknown) = event {
                heard.unknown.push(unknown.kind);
            }
        });
    }
}

async fn listening(discord: &Discord) -> (Arc<watch::Sender<Heard>>, tokio::task::JoinHandle<()>) {
    let heard = Arc::new(watch::Sender::new(Heard::default()));
    let http = HttpBuilder::new(discord.bot_token()).proxy(discord.base_url()).ratelimiter_disabled(true).build();
    let intents = GatewayIntents::non_privileged();
    let client = serenity::client::ClientBuilder::new_with_http(http, intents);
    let mut client = client.raw_event_handler(Listener(Arc::clone(&heard))).await.unwrap();
    let running = tokio::spawn(async move { client.start().await.unwrap() });
    discord.gateway().is_ready(SOON).await;
    (heard, running)
}

/// Waits until an event of this name came.
async fn heard(events: &watch::Sender<Heard>, name: &str) {
    let mut heard = events.subscribe();
    let came = heard.wait_for(|heard| heard.names.iter().any(|n| n == name));
    let in_time = tokio::time::timeout(SOON, came).await.is_ok();
    assert!(in_time, "{name} did not come: {:?}", events.borrow());
}

#[tokio::test]
async fn every_event_is_readable() {
    let discord = discord().await;
    let (events, running) = listening(&discord).await;
    let (rest, guild, ops) = (Rest::new(&discord), discord.guild(), discord.channel("ops"));
    let (alice, bob) = (discord.user("alice"), discord.user("bob"));
    let card = rest.says(&ops, "card").await;
    let said = alice.says(&ops, "hello").await;
    alice.replies(&card, "a reply").await;
    alice.reacts(&card, "✅").await;
    bob.super_reacts(&card, "✅").await;
    alice.unreacts(&card, "✅").await;
    card.loses_emoji("✅");
    alice.reacts(&card, "❌").await;
    card.loses_reactions();
    card.is_forged("forged", vec![serde_json::json!({"title": "t", "type": "rich"})]);
    rest.send("POST", &format!("{}/threads", crate::support::path(&card)), serde_json::json!({"name": "op"})).await;
    let thread = card.thread().unwrap();
    rest.says(&thread, "in the thread").await;
    thread.archives(true);
    thread.deletes();
    said.deletes();
    let _lookalike = ops.webhook_posts("lookalike", "x", Vec::new());
    ops.deletes_in_bulk(&[&card]);
    let role = guild.role("r");
    ops.overwrites_role(role, permissions::VIEW_CHANNEL, 0);
    guild.deletes_role(role);
    ops.converts(Kind::Announcement);
    alice.says(&alice.direct_messages(), "direct").await;
    ops.deletes();
    heard(&events, "CHANNEL_DELETE").await;
    guild.kicks_the_bot();
    heard(&events, "GUILD_DELETE").await;
    // serenity 0.12.5 wants `burst` and `type` in it, which Discord's documentation does not have.
    assert_eq!(events.borrow().unknown, ["MESSAGE_REACTION_REMOVE_EMOJI"]);
    let wanted = [
        "READY",
        "GUILD_CREATE",
        "CHANNEL_CREATE",
        "CHANNEL_UPDATE",
        "CHANNEL_DELETE",
        "GUILD_ROLE_CREATE",
        "GUILD_ROLE_DELETE",
        "MESSAGE_CREATE",
        "MESSAGE_UPDATE",
        "MESSAGE_DELETE",
        "MESSAGE_DELETE_BULK",
        "MESSAGE_REACTION_ADD",
        "MESSAGE_REACTION_REMOVE",
        "MESSAGE_REACTION_REMOVE_ALL",
        "THREAD_CREATE",
        "THREAD_UPDATE",
        "THREAD_DELETE",
    ];
    for name in wanted {
        heard(&events, name).await;
    }
    running.abort();
}

#[tokio::test]
async fn an_altered_interaction_is_unreadable_but_can_be_answered() {
    let discord = discord().await;
    let (events, running) = listening(&discord).await;
    let rest = Rest::new(&discord);
    let commands = format!("/applications/{}/guilds/{}/commands", discord.application_id(), discord.guild().id());
    rest.send("PUT", &commands, serde_json::json!([{"name": "look", "description": "d"}])).await;
    discord.gateway().alters("INTERACTION_CREATE", |data| {
        data.as_object_mut().unwrap().remove("attachment_size_limit");
    });
    let asked = discord.user("alice").starts(&discord.channel("ops"), "/look");
    heard(&events, "unknown").await;
    assert_eq!(events.borrow().unknown, ["INTERACTION_CREATE"]);
    let callback = format!("/interactions/{}/{}/callback", asked.id(), asked.token());
    rest.send("POST", &callback, serde_json::json!({"type": 4, "data": crate::support::text("sorry")})).await;
    assert_eq!(asked.answer().await.unwrap().text(), "sorry");
    discord.gateway().alters_nothing();
    discord.assert_clean();
    running.abort();
}

#[tokio::test]
async fn every_answer_is_readable() {
    let discord = discord().await;
    let http = HttpBuilder::new(discord.bot_token()).proxy(discord.base_url()).ratelimiter_disabled(true).build();
    let (ops, alice) = (discord.channel("ops"), discord.user("alice").with_role(discord.guild().role("r")));
    let (channel, guild) = (ChannelId::new(ops.id().get()), GuildId::new(discord.guild().id().get()));
    let user = UserId::new(alice.id().get());
    assert!(http.get_gateway().await.unwrap().url.starts_with("ws://127.0.0.1"));
    assert_eq!(http.get_bot_gateway().await.unwrap().session_start_limit.remaining, 1_000);
    let application = http.get_current_application_info().await.unwrap();
    assert_eq!(application.id.get(), discord.application_id().get());
    assert_eq!(http.get_current_user().await.unwrap().id.get(), discord.bot_id().get());
    assert_eq!(channel.to_channel(&http).await.unwrap().guild().unwrap().name, "ops");
    assert_eq!(guild.member(&http, user).await.unwrap().roles.len(), 1);
    assert_eq!(guild.roles(&http).await.unwrap().len(), 3);
    assert!(guild.channels(&http).await.unwrap().contains_key(&channel));
    let quiet = CreateAllowedMentions::new;
    let message = CreateMessage::new().content("x").allowed_mentions(quiet());
    let posted = channel.send_message(&http, message).await.unwrap();
    let emoji = ReactionType::Unicode("⏸️".to_owned());
    channel.create_reaction(&http, posted.id, emoji.clone()).await.unwrap();
    let reactors = channel.reaction_users(&http, posted.id, emoji.clone(), Some(100), None).await.unwrap();
    assert_eq!(reactors.iter().map(|u| u.id.get()).collect::<Vec<_>>(), [discord.bot_id().get()]);
    channel.delete_reaction(&http, posted.id, None, emoji).await.unwrap();
    let listed = channel.messages(&http, serenity::all::GetMessages::new().limit(10)).await.unwrap();
    assert_eq!(listed[0].id, posted.id);
    let edit = serenity::all::EditMessage::new().content("y").allowed_mentions(quiet());
    channel.edit_message(&http, posted.id, edit).await.unwrap();
    assert_eq!(channel.message(&http, posted.id).await.unwrap().content, "y");
    let thread = serenity::all::CreateThread::new("op");
    let thread = channel.create_thread_from_message(&http, posted.id, thread).await.unwrap();
    let closed = thread.id.edit_thread(&http, EditThread::new().archived(true)).await.unwrap();
    assert!(closed.thread_metadata.unwrap().archived);
    assert_eq!(guild.get_active_threads(&http).await.unwrap().threads.len(), 0);
    let direct = user.create_dm_channel(&http).await.unwrap();
    assert_eq!(direct.recipient.id, user);
    channel.delete_message(&http, MessageId::new(posted.id.get())).await.unwrap();
    discord.assert_clean();
}
