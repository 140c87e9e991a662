//! A channel or thread, as people see it.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::discord::{Discord, fail};
use crate::error::ApiError;
use crate::id::Id;
use crate::message::{Message, Seen};
use crate::permissions::{Overwrite, Permissions, VIEW_CHANNEL, Whom};
use crate::world::World;
use crate::world::channel::{Channel as Record, Kind};

/// A channel, thread or direct message.
#[derive(Clone, Debug)]
pub struct Channel {
    pub(crate) discord: Discord,
    pub(crate) id: Id,
}

impl Channel {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> String {
        self.record(|c| c.name.clone())
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.record(|c| c.kind)
    }

    /// Whether the thread is archived.
    #[must_use]
    pub fn is_archived(&self) -> bool {
        self.record(|c| c.archived)
    }

    /// Whether the thread is locked.
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.record(|c| c.locked)
    }

    /// Whether it was deleted.
    #[must_use]
    pub fn is_deleted(&self) -> bool {
        self.record(|c| c.deleted)
    }

    fn record<T>(&self, look: impl FnOnce(&Record) -> T) -> T {
        self.discord.inner.read(|w| match w.channels.get(&self.id) {
            Some(channel) => look(channel),
            None => fail(format!("no channel {}", self.id)),
        })
    }

    /// All messages that stand here, oldest first, private ones included.
    #[must_use]
    pub fn messages(&self) -> Vec<Message> {
        let ids: Vec<Id> = self
            .discord
            .inner
            .read(|w| w.messages.values().filter(|m| m.channel == self.id && !m.deleted).map(|m| m.id).collect());
        ids.into_iter().map(|id| Message { discord: self.discord.clone(), id }).collect()
    }

    /// The bot's messages here, oldest first.
    #[must_use]
    pub fn bot_messages(&self) -> Vec<Message> {
        self.messages().into_iter().filter(|m| m.peek().by_bot).collect()
    }

    /// Waits for a message that looks as wanted, and reads it.
    pub async fn wait_for(&self, wanted: impl Fn(&Seen) -> bool, within: Duration) -> Message {
        let look = |w: &World| {
            let here = w.messages.values().filter(|m| m.channel == self.id && !m.deleted);
            here.map(|m| Seen::of(w, m)).find(|seen| wanted(seen)).map(|seen| seen.id)
        };
        match self.discord.inner.wait(within, look).await {
            Some(id) => {
                let message = Message { discord: self.discord.clone(), id };
                message.read();
                message
            }
            None => {
                let there: Vec<String> = self.messages().iter().map(|m| m.peek().text).collect();
                fail(format!("no such message within {within:?}; there are:\n{}", there.join("\n---\n")))
            }
        }
    }

    /// Waits for a message that contains this text, and reads it.
    pub async fn wait_for_text(&self, text: &str, within: Duration) -> Message {
        self.wait_for(|m| m.text.contains(text), within).await
    }

    /// The threads of this channel, oldest first.
    #[must_use]
    pub fn threads(&self) -> Vec<Self> {
        let ids: Vec<Id> = self.discord.inner.read(|w| {
            let threads = w.channels.values().filter(|c| c.parent == Some(self.id) && !c.deleted);
            threads.filter(|c| c.kind == Kind::Thread).map(|c| c.id).collect()
        });
        ids.into_iter().map(|id| Self { discord: self.discord.clone(), id }).collect()
    }

    /// Archives or opens the thread.
    pub fn archives(&self, archived: bool) {
        self.change(|c| c.archived = archived);
    }

    /// Locks or unlocks the thread.
    pub fn locks(&self, locked: bool) {
        self.change(|c| c.locked = locked);
    }

    /// Renames it.
    pub fn renames(&self, name: &str) {
        self.change(|c| name.clone_into(&mut c.name));
    }

    /// Turns it into another kind, as an administrator can with text and announcement channels.
    pub fn converts(&self, kind: Kind) {
        self.change(|c| c.kind = kind);
    }

    /// Nobody sees it any more but who has one of these roles, as the switch "private channel" and its list do.
    pub fn becomes_private(&self, readers: &[Id]) {
        let hidden = Overwrite { whom: Whom::Role(self.guild()), allow: 0, deny: VIEW_CHANNEL };
        let readers: BTreeSet<Id> = readers.iter().copied().collect();
        let shown = readers.into_iter().map(|role| Overwrite { whom: Whom::Role(role), allow: VIEW_CHANNEL, deny: 0 });
        let all: Vec<Overwrite> = shown.chain([hidden]).collect();
        self.change(|c| {
            c.overwrites.retain(|known| all.iter().all(|one| one.whom != known.whom));
            c.overwrites.extend(all);
        });
    }

    /// Everybody sees it who is not kept out by another exception: the switch "private channel" is turned off.
    pub fn becomes_public(&self) {
        let everyone = Whom::Role(self.guild());
        self.change(|c| c.overwrites.retain(|known| known.whom != everyone));
    }

    /// The guild it is in.
    fn guild(&self) -> Id {
        self.record(|c| c.guild).unwrap_or_else(|| fail(format!("channel {} is in no guild", self.id)))
    }

    /// Sets the exception for a role (the guild's id: everyone).
    pub fn overwrites_role(&self, role: Id, allow: Permissions, deny: Permissions) {
        self.overwrite(Overwrite { whom: Whom::Role(role), allow, deny });
    }

    /// Sets the exception for a member.
    pub fn overwrites_member(&self, member: Id, allow: Permissions, deny: Permissions) {
        self.overwrite(Overwrite { whom: Whom::Member(member), allow, deny });
    }

    fn overwrite(&self, overwrite: Overwrite) {
        self.change(|c| {
            c.overwrites.retain(|o| o.whom != overwrite.whom);
            c.overwrites.push(overwrite);
        });
    }

    fn change(&self, change: impl FnOnce(&mut Record)) {
        self.expect(self.discord.inner.change(|w| w.change_channel(self.id, change)));
    }

    /// Deletes it, with its threads and messages.
    pub fn deletes(&self) {
        self.expect(self.discord.inner.change(|w| w.delete_channel(self.id)));
    }

    /// Deletes several of its messages at once.
    pub fn deletes_in_bulk(&self, messages: &[&Message]) {
        let ids: Vec<Id> = messages.iter().map(|m| m.id).collect();
        self.discord.inner.change(|w| w.delete_in_bulk(self.id, &ids));
    }

    fn expect(&self, done: Result<(), ApiError>) {
        if let Err(error) = done {
            fail(format!("channel {}: {}", self.id, error.message));
        }
    }

    /// A webhook posts here under any name it likes, for instance a card that looks like the bot's.
    #[must_use]
    pub fn webhook_posts(&self, name: &str, content: &str, embeds: Vec<serde_json::Value>) -> Message {
        let id = self.discord.inner.change(|w| {
            let (id, webhook, now) = (w.next_id(), w.next_id(), w.now_ms());
            let mut message = crate::world::message::Message::new(id, self.id, webhook, now);
            message.webhook = Some((webhook, name.to_owned()));
            content.clone_into(&mut message.content);
            message.embeds = embeds;
            w.post(message)
        });
        Message { discord: self.discord.clone(), id }
    }
}
