use super::steering::plain;
use crate::desk::{APPROVE, Incoming, VETO};
use crate::text::{Card, Form};
use engine::port::Boxed;
use interlock::principal::{Account, ChatRole, Place, Principal, Readers};
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A message of the chat, by its ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    /// The channel or thread it is in.
    pub channel: u64,
    /// The message.
    pub message: u64,
}

/// What a chat can do for us. Each call has a deadline of its own and is sent once: who calls decides on trying again.
pub trait Chat: Send + Sync {
    /// Posts a message to a channel or thread.
    fn send<'a>(&'a self, sending: &'a Sending<'a>) -> Boxed<'a, Result<MessageRef, ChatError>>;

    /// Replaces a message of ours by a card. Attachments that stay are listed again.
    fn edit<'a>(&'a self, message: MessageRef, card: &'a Card) -> Boxed<'a, Result<(), ChatError>>;

    /// Looks for a message of ours with this marker among those of a channel that were posted since an instant: the newest
    /// thousand of them at most.
    fn find<'a>(
        &'a self,
        channel: u64,
        marker: &'a str,
        since: Millis,
    ) -> Boxed<'a, Result<Option<MessageRef>, ChatError>>;

    /// Opens the direct messages with somebody, or finds them. Their channel, to post in: whether they take any is seen there.
    fn direct(&self, account: Account) -> Boxed<'_, Result<u64, ChatError>>;

    /// The address by which people open a message of a guild.
    fn link(&self, guild: u64, message: MessageRef) -> String;

    /// Puts our own reaction under a message.
    fn seed<'a>(&'a self, message: MessageRef, emoji: &'a str) -> Boxed<'a, Result<(), ChatError>>;

    /// Everybody who reacts with exactly this emoji (U+FE0F apart): these lists read to the end, bots and ourselves left out.
    fn reactions<'a>(
        &'a self,
        message: MessageRef,
        emoji: &'a str,
        lists: Lists,
    ) -> Boxed<'a, Result<BTreeSet<Account>, ChatError>>;

    /// Opens the thread of a message, or finds it if it is open. The thread's id.
    fn thread<'a>(&'a self, message: MessageRef, name: &'a str) -> Boxed<'a, Result<u64, ChatError>>;

    /// An account as it is now in the guild.
    fn member(&self, account: Account) -> Boxed<'_, Result<MemberNow, ChatError>>;

    /// Those of some roles by which nobody is called: not everybody may mention them, or they are not there.
    fn silent<'a>(&'a self, roles: &'a BTreeSet<ChatRole>) -> Boxed<'a, Result<BTreeSet<ChatRole>, ChatError>>;

    /// What a card says, its buttons and files included, as [`Chat::send`] would post it: comparable with [`CardSeen::says`].
    fn says(&self, card: &Card) -> String;

    /// A message of ours as it stands now.
    fn read(&self, message: MessageRef) -> Boxed<'_, Result<CardSeen, ChatError>>;

    /// Where a channel or thread is now. None if it is none in which a card may stand: one whose messages are published
    /// elsewhere, or that is in no guild.
    fn place(&self, channel: u64) -> Boxed<'_, Result<Option<Place>, ChatError>>;

    /// The same, and who can read there.
    fn place_and_readers(&self, channel: u64) -> Boxed<'_, Result<Option<(Place, Readers)>, ChatError>>;

    /// Does work that asks for much and can wait: its requests leave a share of those that may be made to all others.
    fn leaving_room<'a>(&'a self, work: Boxed<'a, ()>) -> Boxed<'a, ()>;
}

/// A message to be posted.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    /// The channel or thread.
    pub channel: u64,
    /// What it says.
    pub card: &'a Card,
    /// Short and unique to the outbox row: the nonce, with `enforce_nonce`.
    pub marker: &'a str,
    /// Whether people are notified; without it the message is silent.
    pub notify: bool,
    /// The message it answers, where a thread could not be had.
    pub replies_to: Option<u64>,
}

/// Why the chat did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// Nothing was done; try again after this time.
    #[error("the chat asks to wait {0:?}")]
    Later(Duration),
    /// Nothing was done: this message was edited too often for its age, and takes edits again after this time at the
    /// earliest. Other messages are not concerned.
    #[error("the message takes no more edits for at least {0:?}")]
    Overedited(Duration),
    /// The request may have been carried out: no answer, half of one, or one that cannot be read.
    #[error("no answer from the chat: {0}")]
    Unknown(String),
    /// We may not.
    #[error("the chat forbids it: {0}")]
    Forbidden(String),
    /// The channel, thread, message or member is not there.
    #[error("not there: {0}")]
    Gone(String),
    /// The chat found the request wrong: a bug of ours.
    #[error("the chat refuses the request: {0}")]
    Wrong(String),
}

/// An account in the guild, now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberNow {
    /// A member in good standing, with these roles and this name to show (never to identify).
    Member {
        /// The roles.
        roles: BTreeSet<ChatRole>,
        /// The name to show.
        name: String,
    },
    /// Left, banned, timed out or pending: does not count.
    NotCounted,
}

/// A message of ours as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardSeen {
    /// Whether the author is this bot.
    pub ours: bool,
    /// Whether the embeds are hidden.
    pub suppressed: bool,
    /// SHA-256 in hex of what it says, its buttons and files included; for comparing with [`Chat::says`] of the card that was
    /// sent.
    pub says: String,
    /// By emoji (U+FE0F stripped), which lists have anybody but us in them. None if the message does not say so.
    pub reacted: Option<BTreeMap<String, Lists>>,
}

impl CardSeen {
    /// Which lists of people under an emoji have anybody but us in them, as far as the message says.
    #[must_use]
    pub fn lists(&self, emoji: &str) -> Lists {
        let shown = |reacted: &BTreeMap<String, Lists>| reacted.get(&plain(emoji)).copied().unwrap_or(Lists::NONE);
        self.reacted.as_ref().map_or(Lists::ALL, shown)
    }
}

/// Which of the two lists of people under an emoji: those of ordinary and of super reactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lists {
    /// Ordinary reactions.
    pub ordinary: bool,
    /// Super reactions.
    pub burst: bool,
}

impl Lists {
    /// Both.
    pub const ALL: Self = Self { ordinary: true, burst: true };
    /// Neither.
    pub const NONE: Self = Self { ordinary: false, burst: false };
}

/// What a chat hands in.
pub trait Door: Send + Sync {
    /// A command. The answer is private.
    fn command(&self, incoming: Incoming) -> Boxed<'_, Card>;

    /// Suggestions for an option being typed; from memory, at once.
    fn complete(&self, completing: &Completing) -> Vec<Suggested>;

    /// The form that a button opens for somebody; none if it opens none. It can only be the first answer: if it does not come at
    /// once, the chat waits no longer.
    fn form<'a>(&'a self, button: &'a str, principal: &'a Principal, locale: &'a str) -> Boxed<'a, Option<Form>>;

    /// A button that opens no form, or not now. The answer is private.
    fn clicked(&self, clicked: Clicked) -> Boxed<'_, Card>;

    /// A form that was sent. The answer is private.
    fn filled(&self, filled: Filled) -> Boxed<'_, Card>;

    /// The private answer to somebody who is not served at all; from memory, at once. Who it is goes into the audit log.
    fn stranger(&self, stranger: Stranger, account: Option<Account>, locale: &str) -> Card;

    /// Whether a reaction may concern us: on a message that may be a card, by an emoji that says something there. From memory,
    /// at once.
    fn concerns(&self, reacted: &Reacted) -> bool;

    /// Somebody did something: what was known of the account may be old. From memory, at once.
    fn moved(&self, account: Account);

    /// A reaction came or went; nothing of it is trusted but that something changed there.
    fn reacted(&self, reacted: Reacted) -> Boxed<'_, ()>;

    /// More happened to a message than was handed in: what hangs on its reactions is to be read anew.
    fn overrun(&self, message: MessageRef) -> Boxed<'_, ()>;

    /// The connection is (again) there: everything that hangs on reactions is to be read anew.
    fn connected(&self) -> Boxed<'_, ()>;
}

/// Why somebody is not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stranger {
    /// It came in a direct message.
    DirectMessage,
    /// It came from a guild that is not in the settings.
    ForeignGuild,
    /// It came from another bot.
    Bot,
    /// It could not be read, or is of a kind that we do not offer: nothing was done.
    Unreadable,
    /// We broke while answering. What was asked may have been done.
    Broken,
}

/// An option being typed.
#[derive(Debug, Clone)]
pub struct Completing {
    /// The command.
    pub command: String,
    /// The option.
    pub option: String,
    /// What is typed so far.
    pub prefix: String,
    /// The options already given, as text.
    pub given: std::collections::BTreeMap<String, String>,
    /// Who types.
    pub principal: Principal,
    /// Where.
    pub place: Place,
}

/// A suggestion: what is shown and what is sent, each at most 100 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggested {
    /// Shown.
    pub label: String,
    /// Sent.
    pub value: String,
}

/// A button that was pressed.
#[derive(Debug, Clone)]
pub struct Clicked {
    /// The button's id, as hostile as any other input.
    pub id: String,
    /// The message it is on.
    pub message: MessageRef,
    /// Who pressed it.
    pub principal: Principal,
    /// Where.
    pub place: Place,
    /// The language of the person's client.
    pub locale: String,
    /// When.
    pub at: Millis,
}

/// A form that was sent.
#[derive(Debug, Clone)]
pub struct Filled {
    /// The form's id, as hostile as any other input.
    pub id: String,
    /// What was typed; none if it cannot be read.
    pub text: Option<String>,
    /// Who typed it.
    pub principal: Principal,
    /// Where.
    pub place: Place,
    /// The language of the person's client.
    pub locale: String,
    /// When.
    pub at: Millis,
}

/// A reaction that came or went.
#[derive(Debug, Clone)]
pub struct Reacted {
    /// The message.
    pub message: MessageRef,
    /// Who. None when all of an emoji went at once (`added` is false), and when it is not known what happened there (true).
    pub account: Option<Account>,
    /// The emoji, U+FE0F stripped; empty when it is about all of them.
    pub emoji: String,
    /// Whether it came.
    pub added: bool,
    /// When.
    pub at: Millis,
}

impl Reacted {
    /// Whether all that is to be done about it is to count the votes that stand there: by whom it came is of no account, and
    /// one count will do for several of these.
    #[must_use]
    pub fn is_of_votes(&self) -> bool {
        let emoji = plain(&self.emoji);
        let altered = emoji.is_empty() && self.added;
        altered || emoji == plain(APPROVE) || emoji == plain(VETO)
    }

    /// Whether somebody vetoes.
    #[must_use]
    pub fn is_a_veto(&self) -> bool {
        self.added && plain(&self.emoji) == plain(VETO)
    }
}
