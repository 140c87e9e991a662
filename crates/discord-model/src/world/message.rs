//! Messages, their attachments, reactions and history.

use bytes::Bytes;
use serde_json::{Value, json};

use super::World;
use crate::gateway::intents;
use crate::id::Id;

/// Only its receiver sees it; set at an interaction's first answer.
pub(crate) const EPHEMERAL: u64 = 1 << 6;
/// "… is thinking": deferred, not yet answered.
pub(crate) const LOADING: u64 = 1 << 7;
/// Embeds are hidden.
pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;
/// A thread was started from it.
pub(crate) const HAS_THREAD: u64 = 1 << 5;
/// It shows another message as that one stood when it was forwarded.
pub(crate) const HAS_SNAPSHOT: u64 = 1 << 14;
/// Sent without a notification.
pub(crate) const SILENT: u64 = 1 << 12;
/// What a bot may set on a message of its own.
pub(crate) const SETTABLE: u64 = SUPPRESS_EMBEDS | SILENT;

/// An uploaded file.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) id: Id,
    pub(crate) filename: String,
    pub(crate) description: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) bytes: Bytes,
}

/// Who reacted with one emoji, in the order of reacting.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reaction {
    pub(crate) emoji: String,
    pub(crate) normal: Vec<Id>,
    /// Super reactions.
    pub(crate) burst: Vec<Id>,
}

/// Whom a message notifies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pings {
    pub(crate) users: Vec<Id>,
    pub(crate) roles: Vec<Id>,
    pub(crate) everyone: bool,
}

/// What an edit replaced.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
}

/// A message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) id: Id,
    pub(crate) channel: Id,
    pub(crate) author: Id,
    /// Set when a webhook wrote it, with the name it used.
    pub(crate) webhook: Option<(Id, String)>,
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) flags: u64,
    pub(crate) nonce: Option<String>,
    pub(crate) created_ms: i64,
    pub(crate) edited_ms: Option<i64>,
    /// When it was edited, being old.
    pub(crate) old_edits: Vec<i64>,
    /// Whom the text mentions now.
    pub(crate) mentions: Pings,
    /// Whom it notified when it was posted; an edit notifies nobody.
    pub(crate) notified: Pings,
    pub(crate) reactions: Vec<Reaction>,
    pub(crate) history: Vec<Version>,
    /// Whoever alone sees it.
    pub(crate) private_to: Option<Id>,
    pub(crate) interaction: Option<Id>,
    pub(crate) reply_to: Option<Id>,
    /// The message that it forwards.
    pub(crate) forwards: Option<Id>,
    pub(crate) pinned: bool,
    pub(crate) deleted: bool,
    /// A test has looked at it.
    pub(crate) read: bool,
}

impl Message {
    pub(crate) fn new(id: Id, channel: Id, author: Id, created_ms: i64) -> Self {
        Self {
            id,
            channel,
            author,
            webhook: None,
            content: String::new(),
            embeds: Vec::new(),
            components: Vec::new(),
            attachments: Vec::new(),
            flags: 0,
            nonce: None,
            created_ms,
            edited_ms: None,
            old_edits: Vec::new(),
            mentions: Pings::default(),
            notified: Pings::default(),
            reactions: Vec::new(),
            history: Vec::new(),
            private_to: None,
            interaction: None,
            reply_to: None,
            forwards: None,
            pinned: false,
            deleted: false,
            read: false,
        }
    }

    /// Keeps what stands, before an edit.
    pub(crate) fn remember(&mut self, now_ms: i64) {
        self.history.push(Version { content: self.content.clone(), embeds: self.embeds.clone() });
        self.edited_ms = Some(now_ms);
    }
}

/// Emoji are the same with and without U+FE0F, the sign that asks for a picture.
pub(crate) fn same_emoji(a: &str, b: &str) -> bool {
    let plain = |c: &char| *c != '\u{FE0F}';
    a.chars().filter(plain).eq(b.chars().filter(plain))
}

/// One reaction, added or removed.
pub(crate) struct Reacting<'a> {
    pub(crate) message: Id,
    pub(crate) user: Id,
    pub(crate) emoji: &'a str,
    pub(crate) burst: bool,
}

impl World {
    /// Posts a message and tells it. A private one is told to nobody: only its receiver's client has it.
    pub(crate) fn post(&mut self, message: Message) -> Id {
        let (id, channel, private) = (message.id, message.channel, message.private_to.is_some());
        self.messages.insert(id, message);
        if !private {
            self.tell_message(channel, id, "MESSAGE_CREATE");
        }
        id
    }

    /// Tells that a message stands changed.
    pub(crate) fn tell_edit(&mut self, id: Id) {
        let Some(message) = self.messages.get(&id) else {
            return;
        };
        if message.private_to.is_none() {
            self.tell_message(message.channel, id, "MESSAGE_UPDATE");
        }
    }

    fn tell_message(&mut self, channel: Id, id: Id, event: &'static str) {
        let Some(message) = self.messages.get(&id) else {
            return;
        };
        let guild = self.channels.get(&channel).and_then(|c| c.guild);
        let mut shown = self.show_message(message);
        if let Some(guild) = guild {
            shown["guild_id"] = json!(guild);
            if message.webhook.is_none() {
                shown["member"] = self.show_partial_member(guild, message.author);
            }
        }
        let intent = if guild.is_some() { intents::GUILD_MESSAGES } else { intents::DIRECT_MESSAGES };
        self.tell_channel(channel, event, intent, &shown);
    }

    pub(crate) fn delete_message(&mut self, id: Id) {
        let Some(message) = self.messages.get_mut(&id).filter(|m| !m.deleted) else {
            return;
        };
        message.deleted = true;
        let (channel, private) = (message.channel, message.private_to.is_some());
        if !private {
            let guild = self.channels.get(&channel).and_then(|c| c.guild);
            let event = json!({"id": id, "channel_id": channel, "guild_id": guild});
            self.tell_channel(channel, "MESSAGE_DELETE", intents::GUILD_MESSAGES, &event);
        }
    }

    pub(crate) fn delete_in_bulk(&mut self, channel: Id, ids: &[Id]) {
        for id in ids {
            if let Some(message) = self.messages.get_mut(id) {
                message.deleted = true;
            }
        }
        let guild = self.channels.get(&channel).and_then(|c| c.guild);
        let event = json!({"ids": ids, "channel_id": channel, "guild_id": guild});
        self.tell_channel(channel, "MESSAGE_DELETE_BULK", intents::GUILD_MESSAGES, &event);
    }

    /// Adds a reaction; `false` when it stood already.
    pub(crate) fn react(&mut self, reacting: &Reacting<'_>) -> bool {
        let Some(message) = self.messages.get_mut(&reacting.message) else {
            return false;
        };
        let there = message.reactions.iter().position(|r| same_emoji(&r.emoji, reacting.emoji));
        let at = there.unwrap_or_else(|| {
            message.reactions.push(Reaction { emoji: reacting.emoji.to_owned(), ..Reaction::default() });
            message.reactions.len() - 1
        });
        let Some(reaction) = message.reactions.get_mut(at) else {
            return false;
        };
        let list = if reacting.burst { &mut reaction.burst } else { &mut reaction.normal };
        if list.contains(&reacting.user) {
            return false;
        }
        list.push(reacting.user);
        self.tell_reaction("MESSAGE_REACTION_ADD", reacting);
        true
    }

    /// Takes a reaction away; `false` when there was none.
    pub(crate) fn unreact(&mut self, reacting: &Reacting<'_>) -> bool {
        let Some(message) = self.messages.get_mut(&reacting.message) else {
            return false;
        };
        let found = message.reactions.iter_mut().find(|r| same_emoji(&r.emoji, reacting.emoji));
        let Some(reaction) = found else { return false };
        let list = if reacting.burst { &mut reaction.burst } else { &mut reaction.normal };
        let Some(at) = list.iter().position(|u| *u == reacting.user) else {
            return false;
        };
        list.remove(at);
        message.reactions.retain(|r| !r.normal.is_empty() || !r.burst.is_empty());
        self.tell_reaction("MESSAGE_REACTION_REMOVE", reacting);
        true
    }

    /// A moderator clears all reactions, or those with one emoji.
    pub(crate) fn clear_reactions(&mut self, id: Id, emoji: Option<&str>) {
        let Some(message) = self.messages.get_mut(&id) else {
            return;
        };
        let channel = message.channel;
        message.reactions.retain(|r| emoji.is_some_and(|e| !same_emoji(&r.emoji, e)));
        let guild = self.channels.get(&channel).and_then(|c| c.guild);
        let mut event = json!({"channel_id": channel, "message_id": id, "guild_id": guild});
        let kind = match emoji {
            None => "MESSAGE_REACTION_REMOVE_ALL",
            Some(emoji) => {
                event["emoji"] = show_emoji(emoji);
                "MESSAGE_REACTION_REMOVE_EMOJI"
            }
        };
        self.tell_channel(channel, kind, intents::GUILD_MESSAGE_REACTIONS, &event);
    }

    fn tell_reaction(&mut self, kind: &'static str, reacting: &Reacting<'_>) {
        let Some(message) = self.messages.get(&reacting.message) else {
            return;
        };
        let (channel, author) = (message.channel, message.author);
        let guild = self.channels.get(&channel).and_then(|c| c.guild);
        let mut event = json!({
            "user_id": reacting.user, "channel_id": channel, "message_id": reacting.message, "burst": reacting.burst,
            "emoji": show_emoji(reacting.emoji), "type": u8::from(reacting.burst),
        });
        if let Some(guild) = guild {
            event["guild_id"] = json!(guild);
        }
        if kind == "MESSAGE_REACTION_ADD" {
            event["message_author_id"] = json!(author);
            event["burst_colors"] = json!([]);
            if let Some(guild) = guild {
                event["member"] = self.show_member(guild, reacting.user);
            }
        }
        let intent = if guild.is_some() { intents::GUILD_MESSAGE_REACTIONS } else { intents::DIRECT_MESSAGE_REACTIONS };
        self.tell_channel(channel, kind, intent, &event);
    }
}

/// The partial emoji object: a custom one is written `name:id`.
pub(crate) fn show_emoji(emoji: &str) -> Value {
    match emoji.split_once(':') {
        Some((name, id)) => json!({"id": id, "name": name}),
        None => json!({"id": null, "name": emoji}),
    }
}
