//! Messages as Discord shows them, to REST and over the gateway.

use serde_json::{Value, json};

use super::World;
use super::message::{Attachment, Message, Reaction, show_emoji};
use crate::clock::timestamp;
use crate::id::Id;

impl World {
    /// The message object, whole.
    pub(crate) fn show_message(&self, message: &Message) -> Value {
        let bot = self.application.bot;
        let attachments: Vec<Value> =
            message.attachments.iter().map(|a| self.show_attachment(message.channel, a)).collect();
        let mentions: Vec<Value> = message.mentions.users.iter().map(|u| self.show_user(*u)).collect();
        let reactions: Vec<Value> = message.reactions.iter().map(|r| show_reaction(r, bot)).collect();
        let kind = match (message.interaction, message.reply_to) {
            (Some(_), _) => 20,
            (None, Some(_)) => 19,
            (None, None) => 0,
        };
        let mut shown = json!({
            "id": message.id, "channel_id": message.channel, "author": self.show_author(message), "type": kind,
            "content": message.content, "embeds": message.embeds, "components": message.components,
            "attachments": attachments, "timestamp": timestamp(message.created_ms), "tts": false,
            "edited_timestamp": message.edited_ms.map(timestamp), "flags": message.flags, "pinned": message.pinned,
            "mention_everyone": message.mentions.everyone, "mentions": mentions, "mention_roles": message.mentions.roles,
        });
        if !reactions.is_empty() {
            shown["reactions"] = json!(reactions);
        }
        if let Some(nonce) = &message.nonce {
            shown["nonce"] = json!(nonce);
        }
        self.show_origin(message, &mut shown);
        shown
    }

    /// Webhook, interaction, reply and forward.
    fn show_origin(&self, message: &Message, shown: &mut Value) {
        if let Some((webhook, _)) = &message.webhook {
            shown["webhook_id"] = json!(webhook);
        }
        if let Some(interaction) = message.interaction.and_then(|i| self.interactions.get(&i)) {
            shown["webhook_id"] = json!(self.application.id);
            shown["application_id"] = json!(self.application.id);
            shown["interaction_metadata"] = json!({
                "id": interaction.id, "type": interaction.kind.number(), "user": self.show_user(interaction.user),
                "authorizing_integration_owners": {},
            });
        }
        if let Some(reply) = message.reply_to {
            shown["message_reference"] = json!({"type": 0, "channel_id": message.channel, "message_id": reply});
        }
        if let Some(of) = message.forwards.and_then(|id| self.messages.get(&id)) {
            shown["message_reference"] = json!({"type": 1, "channel_id": of.channel, "message_id": of.id});
            shown["message_snapshots"] = json!([{"message": self.show_snapshot(of)}]);
        }
    }

    /// What a forward shows of a message: all that stands in it, and not who wrote it.
    fn show_snapshot(&self, message: &Message) -> Value {
        let whole = self.show_message(message);
        let shown = ["type", "content", "embeds", "components", "attachments", "timestamp", "flags"];
        shown.into_iter().map(|field| (field, whole[field].clone())).collect()
    }

    /// A webhook's message has an author that is no account.
    fn show_author(&self, message: &Message) -> Value {
        match &message.webhook {
            Some((id, name)) => {
                json!({"id": id, "username": name, "discriminator": "0000", "bot": true})
            }
            None => self.show_user(message.author),
        }
    }

    /// The message as the bot may see it: without the message content intent, what others wrote is blank.
    pub(crate) fn show_message_to_bot(&self, message: &Message, content_intent: bool) -> Value {
        let mut shown = self.show_message(message);
        if !content_intent && !self.bot_may_read(message) {
            blank(&mut shown);
        }
        shown
    }

    /// Own messages, direct messages and messages that mention the bot are always readable.
    pub(crate) fn bot_may_read(&self, message: &Message) -> bool {
        let bot = self.application.bot;
        let direct = self.channels.get(&message.channel).is_some_and(|c| c.guild.is_none());
        message.webhook.is_none() && message.author == bot || direct || message.mentions.users.contains(&bot)
    }

    fn show_attachment(&self, channel: Id, attachment: &Attachment) -> Value {
        let url = format!("{}/attachments/{channel}/{}/{}", self.base_url, attachment.id, attachment.filename);
        json!({
            "id": attachment.id, "filename": attachment.filename, "description": attachment.description,
            "content_type": attachment.content_type, "size": attachment.bytes.len(), "url": url, "proxy_url": url,
        })
    }
}

/// Takes out what the message content intent guards.
pub(crate) fn blank(message: &mut Value) {
    message["content"] = json!("");
    for list in ["embeds", "attachments", "components"] {
        message[list] = json!([]);
    }
}

fn show_reaction(reaction: &Reaction, bot: Id) -> Value {
    let (normal, burst) = (reaction.normal.len(), reaction.burst.len());
    json!({
        "emoji": show_emoji(&reaction.emoji), "count": normal + burst,
        "count_details": {"normal": normal, "burst": burst}, "burst_colors": [],
        "me": reaction.normal.contains(&bot), "me_burst": reaction.burst.contains(&bot),
    })
}
