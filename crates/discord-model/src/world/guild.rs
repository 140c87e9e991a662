//! Guilds, their members and roles, and what a member may do where.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::World;
use super::channel::{Channel, Kind};
use crate::clock::timestamp;
use crate::error::{self, ApiError};
use crate::gateway::intents;
use crate::id::Id;
use crate::permissions::{self, Permissions, Subject};

/// A role of a guild.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) permissions: Permissions,
    pub(crate) mentionable: bool,
    /// Members take it themselves in the guild's onboarding.
    pub(crate) in_onboarding: bool,
    /// An integration gives it.
    pub(crate) managed: bool,
}

/// The flag of a role that can be taken in an onboarding prompt.
const IN_PROMPT: u32 = 1;

impl Role {
    fn new(id: Id, name: &str, permissions: Permissions) -> Self {
        let name = name.to_owned();
        Self { id, name, permissions, mentionable: false, in_onboarding: false, managed: false }
    }

    pub(crate) fn show(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "color": 0, "hoist": false, "managed": self.managed, "position": 0,
            "flags": if self.in_onboarding { IN_PROMPT } else { 0 },
            "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
            "permissions": self.permissions.to_string(), "mentionable": self.mentionable,
        })
    }
}

/// A user as a member of a guild.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) roles: Vec<Id>,
    pub(crate) joined_ms: i64,
    /// Has not yet passed the membership screening.
    pub(crate) pending: bool,
    pub(crate) timed_out_until_ms: Option<i64>,
}

/// A guild.
#[derive(Clone, Debug)]
pub(crate) struct Guild {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) owner: Id,
    pub(crate) locale: String,
    pub(crate) roles: BTreeMap<Id, Role>,
    pub(crate) members: BTreeMap<Id, Member>,
    pub(crate) banned: Vec<Id>,
}

impl Guild {
    pub(crate) fn member(&self, user: Id) -> Result<&Member, ApiError> {
        self.members.get(&user).ok_or(error::UNKNOWN_MEMBER)
    }
}

impl World {
    /// Makes a guild with the bot in it.
    pub(crate) fn open_guild(&mut self, id: Id, name: &str, owner: Id) {
        let everyone = Role::new(id, "@everyone", permissions::EVERYONE);
        let guild = Guild {
            id,
            name: name.to_owned(),
            owner,
            locale: "en-US".to_owned(),
            roles: BTreeMap::from([(id, everyone)]),
            members: BTreeMap::new(),
            banned: Vec::new(),
        };
        self.guilds.insert(id, guild);
        let bot_permissions = self.options.bot_permissions;
        let role = self.add_role(id, "signalbox", bot_permissions);
        self.join(id, owner, &[]);
        let bot = self.application.bot;
        self.join(id, bot, &[role]);
    }

    pub(crate) fn add_role(&mut self, guild: Id, name: &str, permissions: Permissions) -> Id {
        let id = self.next_id();
        let role = Role::new(id, name, permissions);
        let shown = role.show();
        if let Some(guild) = self.guilds.get_mut(&guild) {
            guild.roles.insert(id, role);
        }
        self.tell_guild(guild, "GUILD_ROLE_CREATE", intents::GUILDS, &json!({"guild_id": guild, "role": shown}));
        id
    }

    /// Deletes a role; whoever had it loses it.
    pub(crate) fn drop_role(&mut self, guild: Id, role: Id) {
        if let Some(guild) = self.guilds.get_mut(&guild) {
            guild.roles.remove(&role);
            guild.members.values_mut().for_each(|m| m.roles.retain(|r| *r != role));
        }
        self.tell_guild(guild, "GUILD_ROLE_DELETE", intents::GUILDS, &json!({"guild_id": guild, "role_id": role}));
    }

    /// Makes a user a member, unless banned. The bot's own joining shows as GUILD_CREATE.
    pub(crate) fn join(&mut self, guild: Id, user: Id, roles: &[Id]) {
        let joined_ms = self.now_ms();
        let member = Member { roles: roles.to_vec(), joined_ms, pending: false, timed_out_until_ms: None };
        let Some(home) = self.guilds.get_mut(&guild).filter(|g| !g.banned.contains(&user)) else {
            return;
        };
        home.members.insert(user, member);
        if self.is_bot(user) {
            let shown = self.show_guild(guild);
            self.tell_guild(guild, "GUILD_CREATE", intents::GUILDS, &shown);
            return;
        }
        let mut shown = self.show_member(guild, user);
        shown["guild_id"] = json!(guild);
        self.tell_guild(guild, "GUILD_MEMBER_ADD", intents::GUILD_MEMBERS, &shown);
    }

    /// Ends a membership (left, kicked or banned).
    pub(crate) fn leave(&mut self, guild: Id, user: Id) {
        if self.is_bot(user) {
            self.tell_guild(guild, "GUILD_DELETE", intents::GUILDS, &json!({"id": guild}));
        }
        if let Some(guild) = self.guilds.get_mut(&guild) {
            guild.members.remove(&user);
        }
        let left = json!({"guild_id": guild, "user": self.show_user(user)});
        self.tell_guild(guild, "GUILD_MEMBER_REMOVE", intents::GUILD_MEMBERS, &left);
    }

    /// Changes a member and tells it to those who may know.
    pub(crate) fn change_member(&mut self, guild: Id, user: Id, change: impl FnOnce(&mut Member)) {
        let member = self.guilds.get_mut(&guild).and_then(|g| g.members.get_mut(&user));
        let Some(member) = member else { return };
        change(member);
        let mut shown = self.show_member(guild, user);
        shown["guild_id"] = json!(guild);
        self.tell_guild(guild, "GUILD_MEMBER_UPDATE", intents::GUILD_MEMBERS, &shown);
    }

    /// What a member may do in the guild, before any channel's overwrites.
    fn base_permissions(&self, guild: &Guild, roles: &[Id]) -> Permissions {
        let everyone = guild.roles.get(&guild.id).map_or(0, |r| r.permissions);
        roles.iter().filter_map(|r| guild.roles.get(r)).fold(everyone, |bits, role| bits | role.permissions)
    }

    /// What a user may do in a channel; everything in one's own direct messages, nothing where one is no member.
    pub(crate) fn permissions_in(&self, channel: &Channel, user: Id) -> Permissions {
        let Some(guild_id) = channel.guild else {
            return if channel.recipients.contains(&user) { permissions::EVERYONE } else { 0 };
        };
        let Some(guild) = self.guilds.get(&guild_id) else {
            return 0;
        };
        let Some(member) = guild.members.get(&user) else {
            return 0;
        };
        let subject = Subject {
            guild: guild_id,
            user,
            is_owner: guild.owner == user,
            timed_out: self.is_timed_out(guild_id, user),
            base: self.base_permissions(guild, &member.roles),
            roles: &member.roles,
        };
        permissions::compute(&subject, &self.overwrites_of(channel))
    }

    pub(crate) fn is_timed_out(&self, guild: Id, user: Id) -> bool {
        let member = self.guilds.get(&guild).and_then(|g| g.members.get(&user));
        member.and_then(|m| m.timed_out_until_ms).is_some_and(|until| until > self.now_ms())
    }

    /// The overwrites that count: a thread's are its parent's.
    fn overwrites_of(&self, channel: &Channel) -> Vec<permissions::Overwrite> {
        let owner = match channel.kind {
            Kind::Thread => channel.parent.and_then(|parent| self.channels.get(&parent)).unwrap_or(channel),
            _ => channel,
        };
        owner.overwrites.clone()
    }

    /// The user object, or a deleted user's.
    pub(crate) fn show_user(&self, user: Id) -> Value {
        self.accounts
            .get(&user)
            .map_or_else(|| json!({"id": user, "username": "deleted-user", "discriminator": "0"}), |a| a.show())
    }

    /// The member object with its user.
    pub(crate) fn show_member(&self, guild: Id, user: Id) -> Value {
        let mut shown = self.show_partial_member(guild, user);
        shown["user"] = self.show_user(user);
        shown
    }

    /// The member object without its user, as beside messages.
    pub(crate) fn show_partial_member(&self, guild: Id, user: Id) -> Value {
        let Some(member) = self.guilds.get(&guild).and_then(|g| g.members.get(&user)) else {
            return json!({"roles": [], "deaf": false, "mute": false, "flags": 0, "joined_at": null});
        };
        let until = member.timed_out_until_ms.map(timestamp);
        json!({
            "roles": member.roles, "deaf": false, "mute": false, "flags": 0, "nick": null, "avatar": null,
            "joined_at": timestamp(member.joined_ms), "pending": member.pending, "communication_disabled_until": until,
        })
    }

    /// GUILD_CREATE's object: with channels, threads and the bot's own member.
    pub(crate) fn show_guild(&self, id: Id) -> Value {
        let Some(guild) = self.guilds.get(&id) else {
            return json!({"id": id, "unavailable": true});
        };
        let bot = self.application.bot;
        let mine = |c: &&Channel| {
            c.guild == Some(id) && !c.deleted && self.permissions_in(c, bot) & permissions::VIEW_CHANNEL != 0
        };
        let shown = |threads: bool| -> Vec<Value> {
            let wanted = |c: &&Channel| (c.kind == Kind::Thread) == threads && !(threads && c.archived);
            self.channels.values().filter(mine).filter(wanted).map(|c| self.show_channel(c)).collect()
        };
        let joined = guild.members.get(&bot).map_or(0, |m| m.joined_ms);
        let roles: Vec<Value> = guild.roles.values().map(Role::show).collect();
        json!({
            "id": id, "name": guild.name, "owner_id": guild.owner, "joined_at": timestamp(joined), "large": false,
            "member_count": guild.members.len(), "verification_level": 0, "default_message_notifications": 0,
            "explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0, "premium_tier": 0, "afk_timeout": 300,
            "preferred_locale": guild.locale, "premium_progress_bar_enabled": false, "system_channel_flags": 0,
            "features": [], "emojis": [], "stickers": [], "presences": [], "voice_states": [], "stage_instances": [],
            "guild_scheduled_events": [], "roles": roles, "members": [self.show_member(id, bot)],
            "channels": shown(false), "threads": shown(true),
        })
    }
}
