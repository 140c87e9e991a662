//! Channels, threads and direct messages.

use serde_json::{Value, json};

use super::World;
use crate::clock::timestamp;
use crate::error::{self, ApiError};
use crate::gateway::intents;
use crate::id::Id;
use crate::permissions::{self, Overwrite, Permissions, Whom};

/// The kinds of channel the model knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text channel.
    Text,
    /// A direct message.
    Dm,
    /// An announcement channel, whose messages can be published to other guilds.
    Announcement,
    /// A forum: posts are threads, messages outside of them do not exist.
    Forum,
    /// A public thread.
    Thread,
}

impl Kind {
    /// Discord's number for it.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Text => 0,
            Self::Dm => 1,
            Self::Announcement => 5,
            Self::Thread => 11,
            Self::Forum => 15,
        }
    }
}

/// A channel.
#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) id: Id,
    pub(crate) kind: Kind,
    pub(crate) guild: Option<Id>,
    pub(crate) parent: Option<Id>,
    pub(crate) name: String,
    pub(crate) recipients: Vec<Id>,
    pub(crate) overwrites: Vec<Overwrite>,
    pub(crate) owner: Option<Id>,
    pub(crate) archived: bool,
    pub(crate) locked: bool,
    /// Minutes without a message until a thread archives itself.
    pub(crate) auto_archive: u64,
    pub(crate) archive_changed_ms: i64,
    pub(crate) deleted: bool,
}

impl Channel {
    pub(crate) fn new(id: Id, kind: Kind, name: &str) -> Self {
        Self {
            id,
            kind,
            guild: None,
            parent: None,
            name: name.to_owned(),
            recipients: Vec::new(),
            overwrites: Vec::new(),
            owner: None,
            archived: false,
            locked: false,
            auto_archive: 4_320,
            archive_changed_ms: 0,
            deleted: false,
        }
    }
}

/// A thread to be made.
pub(crate) struct NewThread<'a> {
    /// The message's id, or a new one.
    pub(crate) id: Id,
    pub(crate) parent: Id,
    pub(crate) name: &'a str,
    pub(crate) owner: Id,
    pub(crate) auto_archive: Option<u64>,
}

impl World {
    pub(crate) fn open_channel(&mut self, guild: Id, kind: Kind, name: &str) -> Id {
        let id = self.next_id();
        let channel = Channel { guild: Some(guild), ..Channel::new(id, kind, name) };
        self.channels.insert(id, channel);
        self.tell_channel_change(id, "CHANNEL_CREATE");
        id
    }

    /// The direct messages between the bot and a user; made when missing.
    pub(crate) fn dm_with(&mut self, user: Id) -> Id {
        let bot = self.application.bot;
        let there = |c: &&Channel| c.kind == Kind::Dm && c.recipients.contains(&user);
        if let Some(channel) = self.channels.values().find(there) {
            return channel.id;
        }
        let id = self.next_id();
        let channel = Channel { recipients: vec![bot, user], ..Channel::new(id, Kind::Dm, "") };
        self.channels.insert(id, channel);
        id
    }

    pub(crate) fn open_thread(&mut self, new: &NewThread<'_>) -> Result<Id, ApiError> {
        let guild = self.channel(new.parent)?.guild;
        let active = |c: &&Channel| c.kind == Kind::Thread && c.guild == guild && !c.archived && !c.deleted;
        if self.channels.values().filter(active).count() >= self.options.active_threads {
            return Err(error::TOO_MANY_THREADS);
        }
        let thread = Channel {
            guild,
            parent: Some(new.parent),
            owner: Some(new.owner),
            auto_archive: new.auto_archive.unwrap_or(4_320),
            archive_changed_ms: self.now_ms(),
            ..Channel::new(new.id, Kind::Thread, new.name)
        };
        self.channels.insert(new.id, thread);
        self.tell_channel_change(new.id, "THREAD_CREATE");
        Ok(new.id)
    }

    /// Changes a channel and tells it.
    pub(crate) fn change_channel(&mut self, id: Id, change: impl FnOnce(&mut Channel)) -> Result<(), ApiError> {
        let now = self.now_ms();
        let channel = self.channel_mut(id)?;
        let before = channel.archived;
        change(channel);
        if channel.archived != before {
            channel.archive_changed_ms = now;
        }
        let event = if channel.kind == Kind::Thread { "THREAD_UPDATE" } else { "CHANNEL_UPDATE" };
        self.tell_channel_change(id, event);
        Ok(())
    }

    /// Deletes a channel with its threads and messages.
    pub(crate) fn delete_channel(&mut self, id: Id) -> Result<(), ApiError> {
        let thread = self.channel(id)?.kind == Kind::Thread;
        let children: Vec<Id> =
            self.channels.values().filter(|c| c.parent == Some(id) && !c.deleted).map(|c| c.id).collect();
        for child in children {
            self.delete_channel(child)?;
        }
        self.tell_channel_change(id, if thread { "THREAD_DELETE" } else { "CHANNEL_DELETE" });
        self.channel_mut(id)?.deleted = true;
        self.messages.values_mut().filter(|m| m.channel == id).for_each(|m| m.deleted = true);
        Ok(())
    }

    fn tell_channel_change(&mut self, id: Id, event: &'static str) {
        let Some(channel) = self.channels.get(&id) else {
            return;
        };
        let shown = self.show_channel(channel);
        self.tell_channel(id, event, intents::GUILDS, &shown);
    }

    /// Refuses unless the user sees the channel (50001) and has these bits there (50013).
    pub(crate) fn demand(&self, channel: Id, user: Id, bits: Permissions) -> Result<(), ApiError> {
        let channel = self.channel(channel)?;
        let held = self.permissions_in(channel, user);
        if held & permissions::VIEW_CHANNEL == 0 {
            return Err(error::MISSING_ACCESS);
        }
        if held & bits != bits {
            return Err(error::MISSING_PERMISSIONS);
        }
        Ok(())
    }

    /// The channel object.
    pub(crate) fn show_channel(&self, channel: &Channel) -> Value {
        let last = self.messages.values().rfind(|m| m.channel == channel.id && !m.deleted).map(|m| m.id);
        let mut shown = json!({"id": channel.id, "type": channel.kind.number(), "last_message_id": last, "flags": 0});
        if channel.kind == Kind::Dm {
            let others = channel.recipients.iter().filter(|r| !self.is_bot(**r));
            shown["recipients"] = others.map(|r| self.show_user(*r)).collect();
            return shown;
        }
        shown["guild_id"] = json!(channel.guild);
        shown["name"] = json!(channel.name);
        shown["parent_id"] = json!(channel.parent);
        shown["position"] = json!(0);
        if channel.kind == Kind::Thread {
            self.show_thread_part(channel, &mut shown);
        } else {
            shown["permission_overwrites"] = channel.overwrites.iter().map(show_overwrite).collect();
        }
        shown
    }

    fn show_thread_part(&self, thread: &Channel, shown: &mut Value) {
        let messages = self.messages.values().filter(|m| m.channel == thread.id && !m.deleted).count();
        shown["owner_id"] = json!(thread.owner);
        shown["message_count"] = json!(messages);
        shown["member_count"] = json!(1);
        shown["total_message_sent"] = json!(messages);
        shown["thread_metadata"] = json!({
            "archived": thread.archived, "locked": thread.locked, "auto_archive_duration": thread.auto_archive,
            "archive_timestamp": timestamp(thread.archive_changed_ms),
        });
    }
}

fn show_overwrite(overwrite: &Overwrite) -> Value {
    let (id, kind) = match overwrite.whom {
        Whom::Role(id) => (id, 0),
        Whom::Member(id) => (id, 1),
    };
    json!({"id": id, "type": kind, "allow": overwrite.allow.to_string(), "deny": overwrite.deny.to_string()})
}
