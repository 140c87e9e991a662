//! Boards: which message of a channel is its board, and what it says.

use super::Store;
use super::cards::{read_id, stored};
use super::database::vals;
use super::error::StoreError;
use super::outbox::{self, Claim};
use super::rows::json;
use engine::{Notice, Stream};
use interlock::principal::Place;
use interlock::time::Millis;
use std::time::Duration;

/// Where a board could not be posted it is asked for again after this time.
const ASKED_AGAIN: Duration = Duration::from_secs(3_600);

/// The board of a channel. Numbers as the chat gave them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardMessage {
    /// The channel.
    pub channel: u64,
    /// The message; 0 while it is not posted.
    pub message: u64,
    /// SHA-256 in hex of what it tells, without when; empty where that is not known.
    pub tells: String,
    /// The same of all that it says, as it was last sent.
    pub says: String,
    /// When it was posted, or was to be.
    pub posted_at: Millis,
}

#[derive(sqlx::FromRow)]
struct BoardRow {
    channel: i64,
    message: i64,
    tells: String,
    says: String,
    posted_at: i64,
}

impl BoardRow {
    fn read(self) -> Result<BoardMessage, StoreError> {
        Ok(BoardMessage {
            channel: read_id(self.channel)?,
            message: read_id(self.message)?,
            tells: self.tells,
            says: self.says,
            posted_at: Millis(self.posted_at),
        })
    }
}

impl Store {
    /// All boards, a thousand at most.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn boards(&self) -> Result<Vec<BoardMessage>, StoreError> {
        let rows: Vec<BoardRow> = self
            .pools
            .all("SELECT channel, message, tells, says, posted_at FROM boards ORDER BY channel LIMIT 1000", vals![])
            .await?;
        rows.into_iter().map(BoardRow::read).collect()
    }

    /// Asks for a board in a channel that has none, or whose board (`gone`) is not there any more: once, whoever asks. Where
    /// that led to nothing it is asked for again an hour later.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn want_board(&self, place: &Place, gone: Option<u64>, now: Millis) -> Result<bool, StoreError> {
        let Place::Discord { channel, .. } = place else { return Ok(false) };
        let stream = Stream::Place(place.clone());
        let mut tx = self.pools.begin().await?;
        let rows = tx
            .run(
                "INSERT INTO boards (channel, message, tells, says, posted_at) VALUES ($1, 0, '', '', $2) \
                 ON CONFLICT (channel) DO UPDATE \
                 SET message = 0, tells = '', says = '', posted_at = excluded.posted_at \
                 WHERE (boards.message <> 0 AND boards.message = $3) \
                   OR (boards.message = 0 AND boards.posted_at <= $4 AND NOT EXISTS (\
                     SELECT 1 FROM outbox o WHERE o.stream = $5 AND o.notice = $6 AND o.status = 'waiting'))",
                vals![
                    stored(*channel)?,
                    now.0,
                    stored(gone.unwrap_or(0))?,
                    now.minus(ASKED_AGAIN).0,
                    &json(&stream)?,
                    &json(&Notice::Board)?,
                ],
            )
            .await?;
        if rows == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        outbox::put_into(&mut tx, &stream, &[Notice::Board], now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A board was posted, and its notice is done; it is known also where somebody who wants none there forgot it meanwhile. False
    /// if the claim was lost to another taker.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn board_posted(&self, claim: &Claim, board: &BoardMessage) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        tx.run(
            "INSERT INTO boards (channel, message, tells, says, posted_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (channel) DO UPDATE \
             SET message = excluded.message, tells = excluded.tells, says = excluded.says, posted_at = excluded.posted_at, told = ''",
            vals![stored(board.channel)?, stored(board.message)?, &board.tells, &board.says, board.posted_at.0],
        )
        .await?;
        if outbox::take_out(&mut tx, claim).await?.is_none() {
            tx.rollback().await?;
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// A board says this now, if it still is this message.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn board_edited(&self, board: &BoardMessage) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        tx.run(
            "UPDATE boards SET tells = $1, says = $2, told = '' WHERE channel = $3 AND message = $4",
            vals![&board.tells, &board.says, stored(board.channel)?, stored(board.message)?,],
        )
        .await?;
        tx.commit().await
    }

    /// A board cannot be posted or edited. That is told in another place, unless this reason was the last one that was told and it
    /// could not be done since. Whether it is told now.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn board_failed(&self, channel: u64, why: &str, told: (&Place, &Notice)) -> Result<bool, StoreError> {
        let (place, notice) = told;
        let mut tx = self.pools.begin().await?;
        let rows = tx
            .run("UPDATE boards SET told = $1 WHERE channel = $2 AND told <> $1", vals![why, stored(channel)?])
            .await?;
        if rows == 0 {
            tx.rollback().await?;
            return Ok(false);
        }
        outbox::put_into(&mut tx, &Stream::Place(place.clone()), std::slice::from_ref(notice), self.now()).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A channel has no board any more, if its board still is this message; 0 while it is not posted.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn forget_board(&self, channel: u64, message: u64) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        let args = vals![stored(channel)?, stored(message)?];
        tx.run("DELETE FROM boards WHERE channel = $1 AND message = $2", args).await?;
        tx.commit().await
    }
}
