//! Messages by their role, and cards that are out of date.

use super::database::{Tx, vals};
use super::error::StoreError;
use super::rows::{damaged, parsed, small};
use super::{Store, audit};
use engine::Record;
use interlock::facts::Facts;
use interlock::id::OperationId;
use interlock::plan::Digest;
use interlock::principal::Readers;
use interlock::time::Millis;
use std::fmt;
use std::str::FromStr;

/// What a message is for an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageRole {
    /// The plan's card. Voting is open once it is stored.
    Card,
    /// The operation's thread; its message is the thread's own id, and 0 once the thread was lost.
    Thread,
    /// The n-th progress message in the thread.
    Progress(u32),
}

/// A message that was sent. Numbers as the chat gave them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// What it is for its operation.
    pub role: MessageRole,
    /// The channel or thread it is in.
    pub channel: u64,
    /// Its id.
    pub message: u64,
    /// SHA-256 in hex of what it says, its buttons and files included, for telling later whether somebody altered it; empty
    /// where nobody will ask.
    pub says: String,
    /// Who could read it when it was posted, for telling later whether others were let in.
    pub readers: Readers,
}

/// A stored message and what it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageOf {
    /// The operation.
    pub operation: OperationId,
    /// The revision of the plan it was sent for.
    pub revision: u32,
    /// That revision's digest.
    pub digest: Digest,
    /// The message, with what it said when it was last known to have been sent.
    pub message: Posted,
    /// SHA-256 of what it may say as well, because edits to it were begun that are not known to have ended.
    pub says_next: Vec<String>,
    /// Grows with each drawing of its operation's card that has ended.
    pub drawn: i64,
    /// When it was stored.
    pub at: Millis,
}

impl MessageOf {
    /// Whether what it says may be of ours: as it was sent, or as an edit that was begun would leave it.
    #[must_use]
    pub fn may_say(&self, says: &str) -> bool {
        self.message.says == says || self.says_next.iter().any(|next| next == says)
    }
}

/// A card that shows less than is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirtyCard {
    /// The operation.
    pub operation: OperationId,
    /// To be given back when what is true now is shown; see [`Store::card_rendered`].
    pub wanted: i64,
}

impl fmt::Display for MessageRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Card => f.write_str("card"),
            Self::Thread => f.write_str("thread"),
            Self::Progress(number) => write!(f, "progress-{number}"),
        }
    }
}

impl FromStr for MessageRole {
    type Err = StoreError;
    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text {
            "card" => Ok(Self::Card),
            "thread" => Ok(Self::Thread),
            _ => {
                let number = text.strip_prefix("progress-").and_then(|number| number.parse().ok());
                number.map(Self::Progress).ok_or_else(|| damaged("a message's role", text))
            }
        }
    }
}

/// Who can read a message, as the schema stores it.
pub(super) fn readers_key(readers: Readers) -> &'static str {
    match readers {
        Readers::Unknown => "",
        Readers::Everybody => "everybody",
        Readers::Chosen => "chosen",
    }
}

pub(super) fn read_readers(key: &str) -> Result<Readers, StoreError> {
    let all = [Readers::Unknown, Readers::Everybody, Readers::Chosen];
    all.into_iter().find(|one| readers_key(*one) == key).ok_or_else(|| damaged("who can read a message", key))
}

#[derive(sqlx::FromRow)]
struct MessageRow {
    operation: String,
    revision: i64,
    digest: String,
    role: String,
    channel: i64,
    message: i64,
    says: String,
    says_next: String,
    readers: String,
    drawn: i64,
    at: i64,
}

#[derive(sqlx::FromRow)]
struct EditingRow {
    revision: i64,
    says_next: String,
}

/// How many edits that were begun and not known to have ended are remembered of a card, newest last.
const MOST_EDITS: usize = 16;

#[derive(sqlx::FromRow)]
struct DirtyRow {
    id: String,
    card_wanted: i64,
}

#[derive(sqlx::FromRow)]
struct CurrentRow {
    revision: i64,
}

macro_rules! select_messages {
    () => {
        "SELECT m.operation, m.revision, p.digest, m.role, m.channel, m.message, m.says, m.says_next, \
         m.readers, c.card_shown AS drawn, m.at FROM messages m \
         JOIN plans p ON p.operation = m.operation AND p.revision = m.revision \
         JOIN operations c ON c.id = m.operation "
    };
}

impl Store {
    /// What a message belongs to: by it a reaction finds its operation, revision and digest.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn message_of(&self, channel: u64, message: u64) -> Result<Option<MessageOf>, StoreError> {
        const BY_MESSAGE: &str = concat!(select_messages!(), "WHERE m.message = $1 AND m.channel = $2");
        let row: Option<MessageRow> = self.pools.maybe(BY_MESSAGE, vals![stored(message)?, stored(channel)?]).await?;
        row.map(MessageRow::read).transpose()
    }

    /// All messages of an operation, of all revisions, oldest revision first.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn messages(&self, operation: &OperationId) -> Result<Vec<MessageOf>, StoreError> {
        const OF_OPERATION: &str =
            concat!(select_messages!(), "WHERE m.operation = $1 ORDER BY m.revision, m.at LIMIT 10000");
        let rows: Vec<MessageRow> = self.pools.all(OF_OPERATION, vals![operation.as_str()]).await?;
        rows.into_iter().map(MessageRow::read).collect()
    }

    /// Cards of operations that wait for votes or are under way: what is re-read on start and on reconnect. Those under way are
    /// first: a lost 🛑 is dearer than a lost vote.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn live_cards(&self, limit: u32) -> Result<Vec<MessageOf>, StoreError> {
        const LIVE: &str = concat!(
            select_messages!(),
            "JOIN operations o ON o.id = m.operation AND o.revision = m.revision \
             WHERE m.role = 'card' AND o.ended = 0 ORDER BY o.votable, o.number LIMIT $1"
        );
        let rows: Vec<MessageRow> = self.pools.all(LIVE, vals![limit]).await?;
        rows.into_iter().map(MessageRow::read).collect()
    }

    /// Cards that were posted and show less than is known, longest unchanged first.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn dirty_cards(&self, limit: u32) -> Result<Vec<DirtyCard>, StoreError> {
        let rows: Vec<DirtyRow> = self
            .pools
            .all(
                "SELECT id, card_wanted FROM operations o WHERE card_wanted > card_shown AND EXISTS (\
                   SELECT 1 FROM messages m WHERE m.operation = o.id AND m.role = 'card') \
                 ORDER BY updated_at, number LIMIT $1",
                vals![limit],
            )
            .await?;
        rows.into_iter()
            .map(|row| Ok(DirtyCard { operation: parsed(&row.id, "an operation's id")?, wanted: row.card_wanted }))
            .collect()
    }

    /// What the card of an operation would have to show now; see [`DirtyCard::wanted`]. Read it before rendering.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn card_wanted(&self, operation: &OperationId) -> Result<Option<i64>, StoreError> {
        let row: Option<DirtyRow> =
            self.pools.maybe("SELECT id, card_wanted FROM operations WHERE id = $1", vals![operation.as_str()]).await?;
        Ok(row.map(|row| row.card_wanted))
    }

    /// An edit of the current card is about to be sent: from now on it may say this as well as what it said before, and as
    /// what earlier edits would have it say whose end is not known. False if there is no such card.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn card_editing(&self, operation: &OperationId, says: &str) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        let row: Option<EditingRow> = tx
            .maybe(
                "UPDATE messages SET says_next = says_next WHERE operation = $1 AND role = 'card' AND revision = (\
                   SELECT revision FROM operations WHERE id = $1) RETURNING revision, says_next",
                vals![operation.as_str()],
            )
            .await?;
        let Some(row) = row else {
            tx.rollback().await?;
            return Ok(false);
        };
        let mut begun: Vec<&str> = row.says_next.split_whitespace().filter(|one| *one != says).collect();
        begun.push(says);
        let kept = begun.split_off(begun.len().saturating_sub(MOST_EDITS));
        tx.run(
            "UPDATE messages SET says_next = $1 WHERE operation = $2 AND role = 'card' AND revision = $3",
            vals![&kept.join(" "), operation.as_str(), row.revision],
        )
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The current card cannot be made to show what was known when `wanted` was read; what it says stays as it was.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn card_left(&self, operation: &OperationId, wanted: i64) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        tx.run(
            "UPDATE operations SET card_shown = $1 WHERE id = $2 AND card_shown < $1",
            vals![wanted, operation.as_str()],
        )
        .await?;
        tx.commit().await
    }

    /// The current card says this now, which shows what was known when `wanted` was read.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn card_rendered(&self, operation: &OperationId, wanted: i64, says: &str) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        let row: Option<CurrentRow> = tx
            .maybe(
                "UPDATE operations SET card_shown = CASE WHEN card_shown < $1 THEN $1 ELSE card_shown END \
                 WHERE id = $2 RETURNING revision",
                vals![wanted, operation.as_str()],
            )
            .await?;
        if let Some(row) = row {
            tx.run(
                "UPDATE messages SET says = $1, says_next = '' WHERE operation = $2 AND role = 'card' AND revision = $3",
                vals![says, operation.as_str(), row.revision],
            )
            .await?;
        }
        tx.commit().await
    }

    /// Remembers a message outside of the outbox: a thread that was found, a progress message made anew.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn remember_message(
        &self,
        operation: &OperationId,
        at: Millis,
        message: &Posted,
    ) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        store_message(&mut tx, operation.as_str(), (None, at), message).await?;
        tx.commit().await
    }

    /// The operation's thread takes no messages, or there cannot be one: it is recorded, and nothing is sent there any more.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn thread_lost(&self, operation: &OperationId, at: Millis, why: &str) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        tx.run("UPDATE messages SET message = 0 WHERE operation = $1 AND role = 'thread'", vals![operation.as_str()])
            .await?;
        let facts = Facts::none().with("why", why);
        audit::append(&mut tx, at, &[Record::of_engine("without-thread", operation, facts)]).await?;
        tx.commit().await
    }

    /// Whether votes are taken: the card of the revision that counts is stored, and the state is open to votes.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn voting_open(&self, operation: &OperationId) -> Result<bool, StoreError> {
        let row: Option<DirtyRow> = self
            .pools
            .maybe(
                "SELECT id, card_wanted FROM operations WHERE id = $1 AND voting_open = 1 AND votable = 1",
                vals![operation.as_str()],
            )
            .await?;
        Ok(row.is_some())
    }
}

impl MessageRow {
    fn read(self) -> Result<MessageOf, StoreError> {
        Ok(MessageOf {
            operation: parsed(&self.operation, "an operation's id")?,
            revision: small(self.revision, "a revision")?,
            digest: parsed(&self.digest, "a digest")?,
            message: Posted {
                role: self.role.parse()?,
                channel: read_id(self.channel)?,
                message: read_id(self.message)?,
                says: self.says,
                readers: read_readers(&self.readers)?,
            },
            says_next: self.says_next.split_whitespace().map(ToOwned::to_owned).collect(),
            drawn: self.drawn,
            at: Millis(self.at),
        })
    }
}

/// Stores a message under its role; a card of the current revision opens voting. Without a revision it is the current one.
pub(super) async fn store_message(
    tx: &mut Tx,
    operation: &str,
    of: (Option<u32>, Millis),
    message: &Posted,
) -> Result<(), StoreError> {
    let (revision, at) = of;
    let Some(current) = lock_operation(tx, operation).await? else { return Ok(()) };
    let revision = revision.map_or(current, i64::from);
    tx.run(
        "INSERT INTO messages (operation, revision, role, channel, message, says, says_next, readers, at) \
         VALUES ($1, $2, $3, $4, $5, $6, '', $7, $8) \
         ON CONFLICT (operation, revision, role) DO UPDATE SET channel = excluded.channel, \
         message = excluded.message, says = excluded.says, says_next = '', readers = excluded.readers, \
         at = excluded.at",
        vals![
            operation,
            revision,
            &message.role.to_string(),
            stored(message.channel)?,
            stored(message.message)?,
            &message.says,
            readers_key(message.readers),
            at.0,
        ],
    )
    .await?;
    if message.role == MessageRole::Card && revision == current {
        tx.run("UPDATE operations SET voting_open = 1 WHERE id = $1", vals![operation]).await?;
    }
    Ok(())
}

/// Makes writers of an operation come one after the other until the end of the transaction; its current revision.
pub(super) async fn lock_operation(tx: &mut Tx, operation: &str) -> Result<Option<i64>, StoreError> {
    let row: Option<CurrentRow> = tx
        .maybe("UPDATE operations SET card_wanted = card_wanted WHERE id = $1 RETURNING revision", vals![operation])
        .await?;
    Ok(row.map(|row| row.revision))
}

/// A chat's id as the schema stores it.
pub(super) fn stored(id: u64) -> Result<i64, StoreError> {
    i64::try_from(id).map_err(|_| StoreError::Unstorable(format!("the chat's id {id} is too large")))
}

pub(super) fn read_id(id: i64) -> Result<u64, StoreError> {
    u64::try_from(id).map_err(|_| StoreError::Damaged(format!("a chat's id is {id}")))
}
