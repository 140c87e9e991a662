//! Control reactions as edges: each is consumed once, and again only after it was seen removed.

use super::Store;
use super::cards::stored;
use super::database::{Tx, vals};
use super::error::StoreError;
use super::rows::parsed;
use interlock::id::PersonId;
use interlock::time::Millis;

/// A control reaction that stands on a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The message.
    pub message: u64,
    /// Who.
    pub person: PersonId,
    /// The emoji, stripped of variation selectors.
    pub emoji: String,
}

#[derive(sqlx::FromRow)]
struct EdgeRow {
    person: String,
    emoji: String,
}

impl Store {
    /// The edges of a message that were consumed and not seen removed since.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn edges(&self, message: u64) -> Result<Vec<Edge>, StoreError> {
        let rows: Vec<EdgeRow> = self
            .pools
            .all(
                "SELECT person, emoji FROM edges WHERE message = $1 AND standing = 1 LIMIT 10000",
                vals![stored(message)?],
            )
            .await?;
        let read = |row: EdgeRow| {
            let person = parsed(&row.person, "a person")?;
            Ok(Edge { message, person, emoji: row.emoji })
        };
        rows.into_iter().map(read).collect()
    }

    /// Consumes an edge; false if it was consumed before and not removed since.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn consume_edge(&self, edge: &Edge, at: Millis) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        let fresh = consume(&mut tx, edge, at).await?;
        tx.commit().await?;
        Ok(fresh)
    }

    /// The reaction was seen removed: standing there again, it is a new one. Whether it was consumed before.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn edge_removed(&self, edge: &Edge, at: Millis) -> Result<bool, StoreError> {
        let mut tx = self.pools.begin().await?;
        let rows = tx
            .run(
                "UPDATE edges SET standing = 0, at = $1 \
                 WHERE message = $2 AND person = $3 AND emoji = $4 AND standing = 1",
                vals![at.0, stored(edge.message)?, edge.person.as_str(), &edge.emoji],
            )
            .await?;
        tx.commit().await?;
        Ok(rows == 1)
    }

    /// All reactions of an emoji, or with an empty one all reactions, were taken off a message at once.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn edges_cleared(&self, message: u64, emoji: &str, at: Millis) -> Result<(), StoreError> {
        let mut tx = self.pools.begin().await?;
        tx.run(
            "UPDATE edges SET standing = 0, at = $1 \
             WHERE message = $2 AND standing = 1 AND ($3 = '' OR emoji = $3)",
            vals![at.0, stored(message)?, emoji],
        )
        .await?;
        tx.commit().await
    }
}

async fn consume(tx: &mut Tx, edge: &Edge, at: Millis) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "INSERT INTO edges (message, person, emoji, standing, at) VALUES ($1, $2, $3, 1, $4) \
             ON CONFLICT (message, person, emoji) DO UPDATE SET standing = 1, at = excluded.at \
             WHERE edges.standing = 0",
            vals![stored(edge.message)?, edge.person.as_str(), &edge.emoji, at.0],
        )
        .await?;
    Ok(rows == 1)
}
