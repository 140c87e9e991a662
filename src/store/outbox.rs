//! The outbox: notices that wait to be sent, first in, first out within a stream. Delivery is at least once.

use super::cards::{self, Posted};
use super::database::{Tx, vals};
use super::error::StoreError;
use super::rows::{NumberRow, from_json, json, small};
use super::{Store, audit, operations};
use engine::port::{Heard, Told};
use engine::{Actor, Notice, Record, Stream};
use interlock::facts::Facts;
use interlock::id::OperationId;
use interlock::plan::Digest;
use interlock::principal::{Place, Readers};
use interlock::time::Millis;

/// Who takes notices to send, and until when nobody else may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taker {
    /// The process.
    pub name: String,
    /// When its claim ends, if it says nothing before. Must lie beyond the deadline of one sending.
    pub until: Millis,
    /// Whether it can tell in a chat. Who cannot takes only what is told in consoles: the rest is for another process.
    pub in_chat: bool,
}

/// A claim on one row, good until somebody else could take it again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    stream: String,
    seq: i64,
    attempt: i64,
}

/// A notice to be sent now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// To answer with: sent, retry or dead.
    pub claim: Claim,
    /// Where it belongs.
    pub stream: Stream,
    /// What is to be told.
    pub notice: Notice,
    /// When it was put in.
    pub made_at: Millis,
    /// Counts the attempts, from 1.
    pub attempt: u32,
    /// When it was first taken to be sent. From the second attempt on it may have been delivered: once the nonce's life is
    /// over, search for the marker before sending.
    pub first_attempt_at: Millis,
}

impl Claim {
    /// The same for each attempt at this row, and for no other row: 24 characters, for the chat's nonce and our marker.
    #[must_use]
    pub fn marker(&self) -> String {
        Digest::of(format!("{} {}", self.stream, self.seq).as_bytes()).to_string().chars().take(24).collect()
    }
}

#[derive(sqlx::FromRow)]
struct DueRow {
    stream: String,
    seq: i64,
    notice: String,
    made_at: i64,
    attempts: i64,
    first_attempt_at: i64,
}

#[derive(sqlx::FromRow)]
struct ReadersRow {
    readers: String,
}

#[derive(sqlx::FromRow)]
struct HeardRow {
    status: String,
    made_at: i64,
    why: String,
}

#[derive(sqlx::FromRow)]
pub(super) struct HeadRow {
    operation: String,
    notice: String,
}

/// Takes rows that are due and nobody's: those told to voters, which wait for none of each other, or of all others those that are
/// the first of their stream. The condition stands twice: a second taker waits for the first one's row lock and then judges the
/// outer condition on what the first one wrote.
const TAKE: &str = "UPDATE outbox SET taker = $1, taken_until = $2, attempts = attempts + 1, \
     first_attempt_at = CASE WHEN first_attempt_at = 0 THEN $3 ELSE first_attempt_at END \
     WHERE status = 'waiting' AND due_at <= $3 AND taken_until <= $3 AND (stream, seq) IN (\
       SELECT o.stream, o.seq FROM outbox o \
       WHERE o.status = 'waiting' AND o.to_voters = $7 AND o.due_at <= $3 AND o.taken_until <= $3 \
         AND (o.to_voters = 1 OR NOT EXISTS (\
           SELECT 1 FROM outbox p WHERE p.stream = o.stream AND p.status = 'waiting' AND p.seq < o.seq)) \
         AND ($5 = 1 OR o.operation IN (SELECT id FROM operations WHERE place = $6)) \
       ORDER BY o.due_at LIMIT $4) \
     RETURNING stream, seq, notice, made_at, attempts, first_attempt_at";

impl Store {
    /// Puts a notice into the stream of a place, without an operation.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn tell_place(&self, place: &Place, notice: &Notice, at: Millis) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        put_into(&mut tx, &Stream::Place(place.clone()), std::slice::from_ref(notice), at).await?;
        tx.commit().await
    }

    /// See [`engine::port::Journal::tell`].
    pub(super) async fn tell_operation(&self, told: &Told) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        put(&mut tx, &told.operation, &told.notices, told.at).await?;
        audit::append(&mut tx, told.at, &told.records).await?;
        tx.commit().await
    }

    /// Takes up to `limit` notices that are due: of each stream only the first, and none that another taker has, that the taker
    /// cannot tell or that is told to voters. One that cannot be read here is left to whoever can.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn due(&self, taker: &Taker, now: Millis, limit: u32) -> Result<Vec<Due>, StoreError> {
        self.take(taker, now, (limit, false)).await
    }

    /// The same of what is told to voters, each alone.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn due_to_voters(&self, taker: &Taker, now: Millis, limit: u32) -> Result<Vec<Due>, StoreError> {
        self.take(taker, now, (limit, true)).await
    }

    async fn take(&self, taker: &Taker, now: Millis, (limit, to_voters): (u32, bool)) -> Result<Vec<Due>, StoreError> {
        let mut tx = self.pools.begin().await?;
        let console = json(&Place::Console)?;
        let mut due = Vec::new();
        loop {
            let wanted = limit.saturating_sub(u32::try_from(due.len()).unwrap_or(u32::MAX));
            let args = vals![&taker.name, taker.until.0, now.0, wanted, taker.in_chat, &console, to_voters];
            let rows: Vec<DueRow> = tx.all(TAKE, args).await?;
            let taken = rows.len();
            let read = readable(&mut tx, rows, taker.until).await?;
            let is_all = read.len() == taken;
            due.extend(read);
            // Others take the place of what was given back: that is not due before the claim's end.
            if is_all || taker.until <= now {
                break;
            }
        }
        tx.commit().await?;
        Ok(due)
    }

    /// A card is about to be posted where these can read. What comes back holds of it also if an earlier attempt has posted it:
    /// once an attempt saw a place that lets some in, nothing wider is told. None if the claim was lost.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn posting_before(&self, claim: &Claim, seen: Readers) -> Result<Option<Readers>, StoreError> {
        let (seen, chosen) = (cards::readers_key(seen), cards::readers_key(Readers::Chosen));
        let mut tx = self.pools.begin().await?;
        let row: Option<ReadersRow> = tx
            .maybe(
                "UPDATE outbox SET readers = CASE WHEN readers = $1 THEN readers ELSE $2 END \
                 WHERE stream = $3 AND seq = $4 AND attempts = $5 AND status = 'waiting' RETURNING readers",
                vals![chosen, seen, &claim.stream, claim.seq, claim.attempt],
            )
            .await?;
        tx.commit().await?;
        row.map(|row| cards::read_readers(&row.readers)).transpose()
    }

    /// A notice was delivered; the messages it made are remembered under their roles. Where the card of the revision that
    /// counts is among them, voting opens in this very transaction; what owners were told is shown by the card. False if the
    /// claim was lost to another taker.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn sent(&self, claim: &Claim, at: Millis, messages: &[Posted]) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        // Before the outbox, as everybody does: a transition holds the operation when it puts notices into its stream.
        match from_json(&claim.stream, "a stream")? {
            Stream::Operation(operation) if !messages.is_empty() => {
                cards::lock_operation(&mut tx, operation.as_str()).await?;
            }
            Stream::Owners(operation) => operations::touch_going(&mut tx, operation.as_str()).await?,
            Stream::Operation(_) | Stream::Voters(_) | Stream::Place(_) => {}
        }
        let Some(row) = take_out(&mut tx, claim).await? else {
            tx.rollback().await?;
            return Ok(false);
        };
        let revision = match from_json(&row.notice, "a notice")? {
            Notice::PostCard { revision } => Some(revision),
            _ => None,
        };
        for message in messages {
            cards::store_message(&mut tx, &row.operation, (revision, at), message).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// A notice was not delivered, or it is not known; it is due again at `at`. False if the claim was lost.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn retry(&self, claim: &Claim, at: Millis, why: &str) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        let rows = tx
            .run(
                "UPDATE outbox SET due_at = $1, taker = '', taken_until = 0, why = $2 \
                 WHERE stream = $3 AND seq = $4 AND attempts = $5 AND status = 'waiting'",
                vals![at.0, why, &claim.stream, claim.seq, claim.attempt],
            )
            .await?;
        tx.commit().await?;
        Ok(rows == 1)
    }

    /// It is too early for a notice, and nothing was sent: it is due at `at`, as if it had never been taken. Until then
    /// whatever follows it in its stream takes its place. False if the claim was lost.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn put_off(&self, claim: &Claim, at: Millis) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        let rows = tx
            .run(
                "UPDATE outbox SET due_at = $1, taker = '', taken_until = 0, attempts = 0, first_attempt_at = 0 \
                 WHERE stream = $2 AND seq = $3 AND attempts = $4 AND status = 'waiting'",
                vals![at.0, &claim.stream, claim.seq, claim.attempt],
            )
            .await?;
        tx.commit().await?;
        Ok(rows == 1)
    }

    /// A notice can never be delivered there: it is set aside, with an audit record, and its stream goes on; another place
    /// is told of it, if there is one. False if the claim was lost.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn dead(&self, claim: &Claim, why: &str, instead: Option<(&Place, &Notice)>) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        let row: Option<HeadRow> = tx
            .maybe(
                "UPDATE outbox SET status = 'dead', taker = '', taken_until = 0, why = $1 \
                 WHERE stream = $2 AND seq = $3 AND attempts = $4 AND status = 'waiting' RETURNING operation, notice",
                vals![why, &claim.stream, claim.seq, claim.attempt],
            )
            .await?;
        let Some(row) = row else {
            tx.rollback().await?;
            return Ok(false);
        };
        let record = Record {
            what: "undeliverable".to_owned(),
            actor: Actor::Engine,
            operation: row.operation.parse().ok(),
            request: None,
            digest: None,
            facts: Facts::none().with("why", why).with("notice", row.notice).with("stream", claim.stream.as_str()),
        };
        if let Some((place, notice)) = instead {
            let stream = Stream::Place(place.clone());
            put_into(&mut tx, &stream, std::slice::from_ref(notice), self.now()).await?;
        }
        audit::append(&mut tx, self.now(), &[record]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// See [`engine::port::Journal::owners_heard`]. The notice is put in with the start, and taken out only by delivering it.
    pub(super) async fn read_owners_heard(&self, id: &OperationId) -> Result<Heard, StoreError> {
        let row: Option<HeardRow> = self
            .pools
            .maybe(
                "SELECT status, made_at, why FROM outbox WHERE stream = $1 AND notice = $2",
                vals![&json(&Stream::Owners(id.clone()))?, &json(&Notice::OwnersBefore)?],
            )
            .await?;
        Ok(match row {
            None => Heard::Told,
            Some(row) if row.status == "waiting" => Heard::NotYet { since: Millis(row.made_at) },
            Some(row) => Heard::Failed(row.why),
        })
    }

    /// When the next notice is due that nobody has taken; none if nothing waits. For sleeping until then.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn next_due(&self) -> Result<Option<Millis>, StoreError> {
        let row: Option<NumberRow> = self
            .pools
            .maybe(
                "SELECT CASE WHEN due_at > taken_until THEN due_at ELSE taken_until END AS value FROM outbox o \
                 WHERE status = 'waiting' AND (to_voters = 1 OR NOT EXISTS (SELECT 1 FROM outbox p \
                   WHERE p.stream = o.stream AND p.status = 'waiting' AND p.seq < o.seq)) \
                 ORDER BY 1 LIMIT 1",
                vals![],
            )
            .await?;
        Ok(row.map(|row| Millis(row.value)))
    }

    /// Makes all claims end now.
    pub(super) async fn drop_claims(&self) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        tx.run("UPDATE outbox SET taker = '', taken_until = 0 WHERE taken_until > 0", vals![]).await?;
        tx.commit().await
    }
}

impl DueRow {
    fn read(&self) -> Result<Due, StoreError> {
        Ok(Due {
            stream: from_json(&self.stream, "a stream")?,
            notice: from_json(&self.notice, "a notice")?,
            made_at: Millis(self.made_at),
            attempt: small(self.attempts, "a count of attempts")?,
            first_attempt_at: Millis(self.first_attempt_at),
            claim: Claim { stream: self.stream.clone(), seq: self.seq, attempt: self.attempts },
        })
    }
}

/// Those of the rows that this version can read. The others are kept for one that can.
async fn readable(tx: &mut Tx, rows: Vec<DueRow>, until: Millis) -> Result<Vec<Due>, StoreError> {
    let mut due = Vec::new();
    for row in rows {
        match row.read() {
            Ok(one) => due.push(one),
            Err(error) => {
                tracing::warn!(stream = %row.stream, seq = row.seq, %error, "a notice cannot be read here; it is kept for whoever can");
                give_back(tx, &row, until).await?;
            }
        }
    }
    Ok(due)
}

/// Gives a row back that was just taken, as it was, but due only at `at`.
async fn give_back(tx: &mut Tx, row: &DueRow, at: Millis) -> Result<(), StoreError> {
    tx.run(
        "UPDATE outbox SET due_at = $1, taker = '', taken_until = 0, attempts = attempts - 1, \
         first_attempt_at = CASE WHEN attempts = 1 THEN 0 ELSE first_attempt_at END \
         WHERE stream = $2 AND seq = $3",
        vals![at.0, &row.stream, row.seq],
    )
    .await?;
    Ok(())
}

/// Takes a notice out that was delivered; none if the claim was lost.
pub(super) async fn take_out(tx: &mut Tx, claim: &Claim) -> Result<Option<HeadRow>, StoreError> {
    tx.maybe(
        "DELETE FROM outbox WHERE stream = $1 AND seq = $2 AND attempts = $3 AND status = 'waiting' \
         RETURNING operation, notice",
        vals![&claim.stream, claim.seq, claim.attempt],
    )
    .await
}

/// Puts notices into the stream of an operation; those that call people by name into one of their own.
pub(super) async fn put(
    tx: &mut Tx,
    operation: &OperationId,
    notices: &[Notice],
    at: Millis,
) -> Result<(), StoreError> {
    let (called, others): (Vec<Notice>, Vec<Notice>) = notices.iter().cloned().partition(Notice::calls_people);
    put_into(tx, &Stream::Operation(operation.clone()), &others, at).await?;
    put_into(tx, &Stream::Owners(operation.clone()), &called, at).await
}

pub(super) async fn put_into(tx: &mut Tx, stream: &Stream, notices: &[Notice], at: Millis) -> Result<(), StoreError> {
    let Ok(count) = i64::try_from(notices.len()) else { return Ok(()) };
    if count == 0 {
        return Ok(());
    }
    let operation = match stream {
        Stream::Operation(id) | Stream::Owners(id) | Stream::Voters(id) => id.as_str(),
        Stream::Place(_) => "",
    };
    let to_voters = matches!(stream, Stream::Voters(_));
    let key = json(stream)?;
    let last = draw(tx, &key, count).await?;
    for (seq, notice) in (last - count + 1..).zip(notices) {
        let (text, topic) = (json(notice)?, topic(notice));
        if !topic.is_empty() && replace_last(tx, &key, (topic, &text), at).await? {
            continue;
        }
        overtake(tx, &key, at).await?;
        tx.run(
            "INSERT INTO outbox (stream, seq, operation, notice, topic, status, made_at, due_at, attempts, \
             first_attempt_at, taker, taken_until, why, to_voters) \
             VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $6, 0, 0, '', 0, '', $7)",
            vals![&key, seq, operation, &text, topic, at.0, to_voters],
        )
        .await?;
    }
    Ok(())
}

/// Progress of one kind replaces earlier progress of its kind.
fn topic(notice: &Notice) -> &str {
    match notice {
        Notice::Progress { id, .. } => id,
        // A newer one says all that an older one would, and a place is told of one at a time.
        Notice::AuditHead { .. } => "audit-head",
        _ => "",
    }
}

/// Puts a notice into the place of the last one of its stream, if that is about the same and was never tried: while the
/// chat is away, progress does not pile up.
async fn replace_last(tx: &mut Tx, stream: &str, new: (&str, &str), at: Millis) -> Result<bool, StoreError> {
    let (topic, notice) = new;
    let rows = tx
        .run(
            "UPDATE outbox SET notice = $1, made_at = $2 \
             WHERE stream = $3 AND topic = $4 AND status = 'waiting' AND attempts = 0 AND seq = (\
               SELECT MAX(seq) FROM outbox WHERE stream = $3)",
            vals![notice, at.0, stream, topic],
        )
        .await?;
    Ok(rows == 1)
}

/// Takes progress away that stands last in its stream and was put off: what follows must not wait for it, and says more.
async fn overtake(tx: &mut Tx, stream: &str, at: Millis) -> Result<(), StoreError> {
    tx.run(
        "DELETE FROM outbox WHERE stream = $1 AND topic <> '' AND status = 'waiting' AND attempts = 0 AND due_at > $2 \
           AND seq = (SELECT MAX(seq) FROM outbox WHERE stream = $1)",
        vals![stream, at.0],
    )
    .await?;
    Ok(())
}

/// Draws numbers from a counter; the last of them. Later drawers wait until the transaction ends, so that numbers come
/// to light in their order.
pub(super) async fn draw(tx: &mut Tx, counter: &str, count: i64) -> Result<i64, StoreError> {
    let row: Option<NumberRow> = tx
        .maybe(
            "INSERT INTO counters (name, value) VALUES ($1, $2) \
             ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value",
            vals![counter, count],
        )
        .await?;
    row.map(|row| row.value).ok_or_else(|| StoreError::Damaged("a counter gave no number".to_owned()))
}
