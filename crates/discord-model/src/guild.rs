//! A guild, as whoever runs it sees it.

use crate::channel::Channel;
use crate::discord::Discord;
use crate::id::Id;
use crate::permissions::Permissions;
use crate::user::User;
use crate::world::channel::Kind;

/// A guild.
#[derive(Clone, Debug)]
pub struct Guild {
    pub(crate) discord: Discord,
    pub(crate) id: Id,
}

impl Guild {
    /// Its id; also the id of its role @everyone.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// Its owner, who may do everything.
    #[must_use]
    pub fn owner(&self) -> User {
        let id = self.discord.inner.read(|w| w.guilds.get(&self.id).map_or(self.id, |g| g.owner));
        User { discord: self.discord.clone(), id }
    }

    /// Gives the guild to another member.
    pub fn changes_owner(&self, to: &User) {
        self.discord.inner.change(|w| {
            if let Some(guild) = w.guilds.get_mut(&self.id) {
                guild.owner = to.id;
            }
        });
    }

    /// Sets the language that the guild prefers.
    pub fn prefers(&self, locale: &str) {
        self.discord.inner.change(|w| {
            if let Some(guild) = w.guilds.get_mut(&self.id) {
                locale.clone_into(&mut guild.locale);
            }
        });
    }

    /// The role of this name without permissions of its own; made when there is none yet.
    #[must_use]
    pub fn role(&self, name: &str) -> Id {
        let known = self.discord.inner.read(|w| {
            let roles = w.guilds.get(&self.id).map(|g| &g.roles);
            roles.and_then(|r| r.values().find(|r| r.name == name)).map(|r| r.id)
        });
        known.unwrap_or_else(|| self.new_role(name, 0))
    }

    /// A new role, even if another one has the same name.
    #[must_use]
    pub fn new_role(&self, name: &str, permissions: Permissions) -> Id {
        self.discord.inner.change(|w| w.add_role(self.id, name, permissions))
    }

    /// Changes what a role may do in the whole guild.
    pub fn lets_role(&self, role: Id, permissions: Permissions) {
        self.change_role(role, |r| r.permissions = permissions);
    }

    /// Lets everyone mention a role, or not.
    pub fn role_is_mentionable(&self, role: Id, mentionable: bool) {
        self.change_role(role, |r| r.mentionable = mentionable);
    }

    /// Lets members take a role themselves in the guild's onboarding, or not.
    pub fn role_is_in_onboarding(&self, role: Id, offered: bool) {
        self.change_role(role, |r| r.in_onboarding = offered);
    }

    /// Says whether an integration gives a role.
    pub fn role_is_managed(&self, role: Id, managed: bool) {
        self.change_role(role, |r| r.managed = managed);
    }

    fn change_role(&self, role: Id, change: impl FnOnce(&mut crate::world::guild::Role)) {
        self.discord.inner.change(|w| {
            if let Some(role) = w.guilds.get_mut(&self.id).and_then(|g| g.roles.get_mut(&role)) {
                change(role);
            }
        });
    }

    /// The role the bot has from its invitation.
    #[must_use]
    pub fn bot_role(&self) -> Id {
        self.discord.inner.read(|w| {
            let bot = w.application.bot;
            let member = w.guilds.get(&self.id).and_then(|g| g.members.get(&bot));
            member.and_then(|m| m.roles.first().copied()).unwrap_or(self.id)
        })
    }

    /// Deletes a role.
    pub fn deletes_role(&self, role: Id) {
        self.discord.inner.change(|w| w.drop_role(self.id, role));
    }

    /// The text channel of this name; made when there is none yet.
    #[must_use]
    pub fn text_channel(&self, name: &str) -> Channel {
        self.channel(name, Kind::Text)
    }

    /// An announcement channel.
    #[must_use]
    pub fn announcement_channel(&self, name: &str) -> Channel {
        self.channel(name, Kind::Announcement)
    }

    /// A forum.
    #[must_use]
    pub fn forum(&self, name: &str) -> Channel {
        self.channel(name, Kind::Forum)
    }

    fn channel(&self, name: &str, kind: Kind) -> Channel {
        let id = self.discord.inner.change(|w| {
            let there = |c: &&crate::world::channel::Channel| {
                c.guild == Some(self.id) && c.name == name && c.kind == kind && !c.deleted
            };
            let known = w.channels.values().find(there).map(|c| c.id);
            known.unwrap_or_else(|| w.open_channel(self.id, kind, name))
        });
        Channel { discord: self.discord.clone(), id }
    }

    /// Takes the bot out of the guild.
    pub fn kicks_the_bot(&self) {
        self.discord.inner.change(|w| w.leave(self.id, w.application.bot));
    }
}
