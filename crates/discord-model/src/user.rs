//! A person: who they are, and what they do in chat.

mod doing;
mod using;

pub use using::Choice;

use std::time::Duration;

use crate::channel::Channel;
use crate::discord::Discord;
use crate::guild::Guild;
use crate::id::Id;
use crate::world::guild::Member;

/// A person, or another bot, with a client in their hands.
#[derive(Clone, Debug)]
pub struct User {
    pub(crate) discord: Discord,
    pub(crate) id: Id,
}

impl User {
    /// The account's id.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// The account's name.
    #[must_use]
    pub fn name(&self) -> String {
        self.discord.inner.read(|w| w.accounts.get(&self.id).map(|a| a.name.clone()).unwrap_or_default())
    }

    /// Gives a role of the first guild; for building a story: `discord.user("alice").with_role(operators)`.
    #[must_use]
    pub fn with_role(self, role: Id) -> Self {
        self.gets_role(role);
        self
    }

    /// Sets the language of the person's client.
    #[must_use]
    pub fn speaking(self, locale: &str) -> Self {
        self.discord.inner.change(|w| {
            if let Some(account) = w.accounts.get_mut(&self.id) {
                locale.clone_into(&mut account.locale);
            }
        });
        self
    }

    /// Takes no direct messages any more, or takes them again.
    pub fn closes_direct_messages(&self, closed: bool) {
        self.discord.inner.change(|w| {
            if let Some(account) = w.accounts.get_mut(&self.id) {
                account.closed_dms = closed;
            }
        });
    }

    /// The direct messages with the bot.
    #[must_use]
    pub fn direct_messages(&self) -> Channel {
        let id = self.discord.inner.change(|w| w.dm_with(self.id));
        Channel { discord: self.discord.clone(), id }
    }

    /// Gets a role of the guild it belongs to.
    pub fn gets_role(&self, role: Id) {
        self.change(role, |m| {
            if !m.roles.contains(&role) {
                m.roles.push(role);
            }
        });
    }

    /// Loses a role.
    pub fn loses_role(&self, role: Id) {
        self.change(role, |m| m.roles.retain(|r| *r != role));
    }

    fn change(&self, role: Id, change: impl FnOnce(&mut Member)) {
        self.discord.inner.change(|w| {
            let guild = w.guilds.values().find(|g| g.roles.contains_key(&role)).map(|g| g.id);
            if let Some(guild) = guild {
                w.change_member(guild, self.id, change);
            }
        });
    }

    fn change_at_home(&self, change: impl FnOnce(&mut Member)) {
        self.discord.inner.change(|w| w.change_member(w.home, self.id, change));
    }

    /// May not speak or react for this long.
    pub fn is_timed_out(&self, time: Duration) {
        let until = self.discord.clock().now_ms() + i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        self.change_at_home(|m| m.timed_out_until_ms = Some(until));
    }

    /// Has (not) yet passed the guild's screening.
    pub fn is_pending(&self, pending: bool) {
        self.change_at_home(|m| m.pending = pending);
    }

    /// Joins a guild without roles.
    pub fn joins(&self, guild: &Guild) {
        self.discord.inner.change(|w| w.join(guild.id, self.id, &[]));
    }

    /// Leaves the first guild; what they posted and reacted stays.
    pub fn leaves(&self) {
        self.discord.inner.change(|w| w.leave(w.home, self.id));
    }

    /// Is banned from the first guild.
    pub fn is_banned(&self) {
        self.discord.inner.change(|w| {
            let home = w.home;
            w.leave(home, self.id);
            if let Some(guild) = w.guilds.get_mut(&home) {
                guild.banned.push(self.id);
            }
        });
    }

    /// Deletes the account: look-ups do not find it any more.
    pub fn deletes_account(&self) {
        self.leaves();
        self.discord.inner.change(|w| w.accounts.remove(&self.id));
    }
}
