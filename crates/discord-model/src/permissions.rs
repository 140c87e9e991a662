//! Permission bits, and what a member may do in a channel.
//!
//! Discord's documentation, topics/permissions: base permissions from roles, then the channel's overwrites.

use crate::id::Id;

/// A set of permission bits.
pub type Permissions = u64;

/// May do everything; overwrites do not matter.
pub const ADMINISTRATOR: Permissions = 1 << 3;
/// Edit and delete channels.
pub const MANAGE_CHANNELS: Permissions = 1 << 4;
/// Add a new emoji below a message.
pub const ADD_REACTIONS: Permissions = 1 << 6;
/// See a channel and receive its events.
pub const VIEW_CHANNEL: Permissions = 1 << 10;
/// Post in a channel.
pub const SEND_MESSAGES: Permissions = 1 << 11;
/// Delete others' messages and reactions.
pub const MANAGE_MESSAGES: Permissions = 1 << 13;
/// Embeds are shown.
pub const EMBED_LINKS: Permissions = 1 << 14;
/// Upload files.
pub const ATTACH_FILES: Permissions = 1 << 15;
/// Read what was posted before.
pub const READ_MESSAGE_HISTORY: Permissions = 1 << 16;
/// Notify everyone and any role.
pub const MENTION_EVERYONE: Permissions = 1 << 17;
/// Use slash commands.
pub const USE_APPLICATION_COMMANDS: Permissions = 1 << 31;
/// Archive, lock and delete threads.
pub const MANAGE_THREADS: Permissions = 1 << 34;
/// Make public threads.
pub const CREATE_PUBLIC_THREADS: Permissions = 1 << 35;
/// Post in threads.
pub const SEND_MESSAGES_IN_THREADS: Permissions = 1 << 38;

/// What @everyone has in a new guild.
pub const EVERYONE: Permissions = VIEW_CHANNEL
    | SEND_MESSAGES
    | ADD_REACTIONS
    | READ_MESSAGE_HISTORY
    | EMBED_LINKS
    | ATTACH_FILES
    | USE_APPLICATION_COMMANDS
    | SEND_MESSAGES_IN_THREADS
    | CREATE_PUBLIC_THREADS;

/// What a bot of this kind asks for when it is invited.
pub const BOT: Permissions = VIEW_CHANNEL
    | SEND_MESSAGES
    | SEND_MESSAGES_IN_THREADS
    | CREATE_PUBLIC_THREADS
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | ADD_REACTIONS;

/// What is left to a member that is timed out.
const TIMED_OUT: Permissions = VIEW_CHANNEL | READ_MESSAGE_HISTORY;

/// Whom an overwrite is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// A role; the guild's own id means @everyone.
    Role(Id),
    /// One member.
    Member(Id),
}

/// A channel's exception for a role or a member.
#[derive(Clone, Copy, Debug)]
pub struct Overwrite {
    /// Whom it is for.
    pub whom: Whom,
    /// Bits given.
    pub allow: Permissions,
    /// Bits taken.
    pub deny: Permissions,
}

/// What decides a member's permissions.
pub(crate) struct Subject<'a> {
    pub(crate) guild: Id,
    pub(crate) user: Id,
    pub(crate) is_owner: bool,
    pub(crate) timed_out: bool,
    /// Bits of @everyone and of each role together.
    pub(crate) base: Permissions,
    pub(crate) roles: &'a [Id],
}

/// The member's permissions under these overwrites.
pub(crate) fn compute(subject: &Subject<'_>, overwrites: &[Overwrite]) -> Permissions {
    if subject.is_owner || subject.base & ADMINISTRATOR != 0 {
        return Permissions::MAX >> 1;
    }
    let everyone = |o: &&Overwrite| o.whom == Whom::Role(subject.guild);
    let roles = |o: &&Overwrite| matches!(o.whom, Whom::Role(r) if r != subject.guild && subject.roles.contains(&r));
    let member = |o: &&Overwrite| o.whom == Whom::Member(subject.user);
    let mut bits = apply(subject.base, overwrites.iter().filter(everyone));
    bits = apply(bits, overwrites.iter().filter(roles));
    bits = apply(bits, overwrites.iter().filter(member));
    if subject.timed_out { bits & TIMED_OUT } else { bits }
}

/// One layer of overwrites: all its denials, then all it allows.
fn apply<'a>(bits: Permissions, layer: impl Iterator<Item = &'a Overwrite>) -> Permissions {
    let (allow, deny) = layer.fold((0, 0), |(a, d), o| (a | o.allow, d | o.deny));
    bits & !deny | allow
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(roles: &[Id]) -> Subject<'_> {
        let (guild, user) = (Id::new(1), Id::new(9));
        Subject { guild, user, is_owner: false, timed_out: false, base: EVERYONE, roles }
    }

    #[test]
    fn a_members_overwrite_beats_roles_and_roles_beat_everyone() {
        let hidden = Overwrite { whom: Whom::Role(Id::new(1)), allow: 0, deny: VIEW_CHANNEL };
        let shown = Overwrite { whom: Whom::Role(Id::new(2)), allow: VIEW_CHANNEL, deny: 0 };
        let barred = Overwrite { whom: Whom::Member(Id::new(9)), allow: 0, deny: VIEW_CHANNEL };
        let role = [Id::new(2)];
        assert_eq!(compute(&subject(&[]), &[hidden, shown]) & VIEW_CHANNEL, 0);
        assert_ne!(compute(&subject(&role), &[hidden, shown]) & VIEW_CHANNEL, 0);
        assert_eq!(compute(&subject(&role), &[hidden, shown, barred]) & VIEW_CHANNEL, 0);
    }

    #[test]
    fn a_timeout_leaves_reading_only() {
        let subject = Subject { timed_out: true, ..subject(&[]) };
        assert_eq!(compute(&subject, &[]), VIEW_CHANNEL | READ_MESSAGE_HISTORY);
    }
}
