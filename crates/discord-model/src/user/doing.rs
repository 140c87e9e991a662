//! What a person does to messages.

use super::User;
use crate::channel::Channel;
use crate::discord::fail;
use crate::id::Id;
use crate::limits;
use crate::message::Message;
use crate::permissions;
use crate::world::World;
use crate::world::message::{HAS_SNAPSHOT, Message as Record, Reacting, same_emoji};

impl User {
    /// Posts a message.
    pub async fn says(&self, channel: &Channel, content: &str) -> Message {
        self.posts(channel, content, None)
    }

    /// Replies to a message.
    pub async fn replies(&self, to: &Message, content: &str) -> Message {
        self.posts(&to.channel(), content, Some(to.id))
    }

    fn posts(&self, channel: &Channel, content: &str, reply_to: Option<Id>) -> Message {
        let posted = self.discord.inner.change(|w| {
            self.may(w, channel.id, permissions::SEND_MESSAGES)?;
            let mut message = Record::new(w.next_id(), channel.id, self.id, w.now_ms());
            content.clone_into(&mut message.content);
            message.reply_to = reply_to;
            Ok(w.post(message))
        });
        Message { discord: self.discord.clone(), id: posted.unwrap_or_else(|why: String| fail(why)) }
    }

    /// Forwards a message: the client shows it whole, under this person's name.
    pub async fn forwards(&self, message: &Message, channel: &Channel) -> Message {
        let id = self.discord.inner.change(|w| {
            let mut forward = Record::new(w.next_id(), channel.id, self.id, w.now_ms());
            forward.flags |= HAS_SNAPSHOT;
            forward.forwards = Some(message.id);
            w.post(forward)
        });
        Message { discord: self.discord.clone(), id }
    }

    /// Posts a copy of a message with its embeds, as a quote looks.
    pub async fn reposts(&self, message: &Message, channel: &Channel) -> Message {
        let id = self.discord.inner.change(|w| {
            let mut copy = Record::new(w.next_id(), channel.id, self.id, w.now_ms());
            if let Some(original) = w.messages.get(&message.id) {
                copy.content.clone_from(&original.content);
                copy.embeds.clone_from(&original.embeds);
            }
            w.post(copy)
        });
        Message { discord: self.discord.clone(), id }
    }

    /// Reacts to a message.
    pub async fn reacts(&self, message: &Message, emoji: &str) {
        self.reacts_as(message, emoji, false);
    }

    /// Reacts with a super reaction.
    pub async fn super_reacts(&self, message: &Message, emoji: &str) {
        self.reacts_as(message, emoji, true);
    }

    fn reacts_as(&self, message: &Message, emoji: &str, burst: bool) {
        let done = self.discord.inner.change(|w| {
            let record = w.messages.get(&message.id).filter(|m| !m.deleted).ok_or("the message is gone")?;
            let known = record.reactions.iter().any(|r| same_emoji(&r.emoji, emoji));
            if !known && record.reactions.len() >= limits::REACTION_KINDS {
                return Err("there are 20 emoji already".to_owned());
            }
            let needed = if known { 0 } else { permissions::ADD_REACTIONS };
            self.may(w, record.channel, needed | permissions::READ_MESSAGE_HISTORY)?;
            w.react(&Reacting { message: message.id, user: self.id, emoji, burst });
            Ok(())
        });
        done.unwrap_or_else(|why| fail(format!("{} cannot react: {why}", self.name())));
    }

    /// Takes an own reaction back, super or not.
    pub async fn unreacts(&self, message: &Message, emoji: &str) {
        self.discord.inner.change(|w| unreact(w, message.id, self.id, emoji));
    }

    /// As a moderator: removes somebody else's reaction.
    pub async fn removes_reaction(&self, message: &Message, of: Id, emoji: &str) {
        self.discord.inner.change(|w| unreact(w, message.id, of, emoji));
    }

    /// Whether this person may do this there; if not, why.
    fn may(&self, world: &World, channel: Id, bits: permissions::Permissions) -> Result<(), String> {
        let there = world.channel(channel).map_err(|e| e.message.to_owned())?;
        if there.archived {
            return Err("the thread is archived".to_owned());
        }
        if there.guild.is_some_and(|guild| world.is_timed_out(guild, self.id)) {
            return Err("timed out".to_owned());
        }
        world.demand(channel, self.id, bits).map_err(|e| e.message.to_owned())
    }
}

fn unreact(world: &mut World, message: Id, user: Id, emoji: &str) {
    for burst in [false, true] {
        world.unreact(&Reacting { message, user, emoji, burst });
    }
}
