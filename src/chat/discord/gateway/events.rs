//! Events as they come from serenity, readable or not.

use super::Opened;
use crate::chat::steering::plain;
use crate::chat::{MessageRef, Reacted};
use interlock::principal::Account;
use serde_json::Value;
use serenity::all::{ChannelId, Context, Event, GuildId, MessageId, RawEventHandler, Reaction, ReactionType};
use std::sync::Arc;

/// Hands events on.
pub(super) struct Events(pub(super) Arc<Opened>);

#[serenity::async_trait]
impl RawEventHandler for Events {
    async fn raw_event(&self, _: Context, event: Event) {
        let opened = &self.0;
        match event {
            Event::InteractionCreate(event) => opened.interacted(event.interaction).await,
            Event::ReactionAdd(event) => opened.reacted(&event.reaction, true),
            Event::ReactionRemove(event) => opened.reacted(&event.reaction, false),
            Event::ReactionRemoveEmoji(event) => opened.reacted(&event.reaction, false),
            Event::ReactionRemoveAll(event) => {
                let message = MessageRef { channel: event.channel_id.get(), message: event.message_id.get() };
                opened.several(message, event.guild_id.map(|guild| guild.get()), Several::Gone(String::new()));
            }
            Event::MessageUpdate(event) => opened.touched(event.channel_id, event.id, event.guild_id),
            Event::MessageDelete(event) => opened.touched(event.channel_id, event.message_id, event.guild_id),
            Event::MessageDeleteBulk(event) => {
                event.ids.iter().for_each(|message| opened.touched(event.channel_id, *message, event.guild_id));
            }
            Event::Ready(event) => {
                let _ = opened.discord.me.set(event.ready.user.id.get());
                opened.connected();
            }
            Event::Resumed(_) => opened.connected(),
            Event::Unknown(event) => opened.unreadable(&event.kind, &event.value).await,
            _ => {}
        }
    }
}

/// What happened to several reactions at once; an empty emoji stands for all of them.
enum Several {
    /// They were taken off.
    Gone(String),
    /// Something changed.
    Unknown(String),
}

fn emoji(reaction: &ReactionType) -> String {
    match reaction {
        ReactionType::Unicode(emoji) => plain(emoji),
        other => other.as_data(),
    }
}

impl Opened {
    fn connected(self: &Arc<Self>) {
        tracing::info!("connected to the gateway");
        self.is_up();
        self.read_anew();
    }

    fn serves(&self, guild: Option<u64>) -> bool {
        guild.is_some_and(|guild| self.discord.guilds.contains(&guild))
    }

    fn reacted(self: &Arc<Self>, reaction: &Reaction, added: bool) {
        let user = reaction.user_id.map(|user| user.get());
        let ours = user.is_some() && user == self.discord.me.get().copied();
        if ours || !self.serves(reaction.guild_id.map(|guild| guild.get())) {
            return;
        }
        self.enqueue(Reacted {
            message: MessageRef { channel: reaction.channel_id.get(), message: reaction.message_id.get() },
            account: user.map(Account::Discord),
            emoji: emoji(&reaction.emoji),
            added,
            at: self.discord.clock.now(),
        });
    }

    /// A message was altered or deleted, perhaps one of ours: whatever stands on it is to be read anew.
    fn touched(self: &Arc<Self>, channel: ChannelId, message: MessageId, guild: Option<GuildId>) {
        let message = MessageRef { channel: channel.get(), message: message.get() };
        self.several(message, guild.map(|guild| guild.get()), Several::Unknown(String::new()));
    }

    /// More than one reaction of one person.
    fn several(self: &Arc<Self>, message: MessageRef, guild: Option<u64>, what: Several) {
        if !self.serves(guild) {
            return;
        }
        let (emoji, added) = match what {
            Several::Gone(emoji) => (emoji, false),
            Several::Unknown(emoji) => (emoji, true),
        };
        self.enqueue(Reacted { message, account: None, emoji, added, at: self.discord.clock.now() });
    }

    /// An event that serenity cannot read. Only its kind is logged: its text may hold tokens.
    async fn unreadable(self: &Arc<Self>, kind: &str, value: &Value) {
        let known = [
            "INTERACTION_CREATE",
            "MESSAGE_REACTION_ADD",
            "MESSAGE_REACTION_REMOVE",
            "MESSAGE_REACTION_REMOVE_ALL",
            "MESSAGE_REACTION_REMOVE_EMOJI",
            "READY",
            "RESUMED",
        ];
        let counted = known.into_iter().find(|known| *known == kind);
        metrics::counter!("signalbox_discord_unreadable_events_total", "kind" => counted.unwrap_or("other"))
            .increment(1);
        let shown: String = kind.chars().filter(char::is_ascii_graphic).take(64).collect();
        tracing::debug!(kind = shown, "an event that cannot be read");
        match counted {
            Some("INTERACTION_CREATE") => self.answer_unreadable(value).await,
            Some("READY" | "RESUMED") => self.connected(),
            Some(kind) => self.unreadable_reaction(kind, value),
            None => {}
        }
    }

    /// Something changed there, and all that is taken from it is whether everything of a kind went. Without the place, all
    /// are read anew.
    fn unreadable_reaction(self: &Arc<Self>, kind: &str, value: &Value) {
        let id = |key: &str| value[key].as_str().and_then(|text| text.parse::<u64>().ok());
        let (Some(channel), Some(message), Some(guild)) = (id("channel_id"), id("message_id"), id("guild_id")) else {
            return self.read_anew();
        };
        let emoji = plain(value["emoji"]["name"].as_str().unwrap_or_default());
        let what = match kind {
            "MESSAGE_REACTION_REMOVE_ALL" => Several::Gone(String::new()),
            "MESSAGE_REACTION_REMOVE_EMOJI" if !emoji.is_empty() => Several::Gone(emoji),
            _ => Several::Unknown(emoji),
        };
        self.several(MessageRef { channel, message }, Some(guild), what);
    }
}
