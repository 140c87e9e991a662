//! Telling the bot's gateway sessions what happened, if the bot may know.

use serde_json::Value;

use super::World;
use crate::gateway::sessions::Event;
use crate::id::Id;
use crate::permissions;

impl World {
    /// Tells what concerns a whole guild, if the bot is in it.
    pub(crate) fn tell_guild(&mut self, guild: Id, kind: &str, intent: u64, data: &Value) {
        let bot = self.application.bot;
        if self.guilds.get(&guild).is_some_and(|g| g.members.contains_key(&bot)) {
            self.tell(kind, intent, data);
        }
    }

    /// Tells what concerns a channel, if the bot sees it.
    pub(crate) fn tell_channel(&mut self, channel: Id, kind: &str, intent: u64, data: &Value) {
        let Some(channel) = self.channels.get(&channel) else {
            return;
        };
        if self.permissions_in(channel, self.application.bot) & permissions::VIEW_CHANNEL != 0 {
            self.tell(kind, intent, data);
        }
    }

    /// Tells every session with this intent (0: every session).
    pub(crate) fn tell(&mut self, kind: &str, intent: u64, data: &Value) {
        let readable = self.is_readable(kind, data);
        let event = Event { kind: kind.to_owned(), data: data.clone(), intent, readable };
        self.sessions.tell(event);
    }

    /// Whether the event's content may be seen without the message content intent.
    fn is_readable(&self, kind: &str, data: &Value) -> bool {
        if !matches!(kind, "MESSAGE_CREATE" | "MESSAGE_UPDATE") {
            return true;
        }
        let id = data["id"].as_str().and_then(|id| id.parse().ok());
        id.and_then(|id: Id| self.messages.get(&id)).is_some_and(|m| self.bot_may_read(m))
    }
}
