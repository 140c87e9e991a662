//! What the desk reads: lists of operations, plans, revisions, holds. All bounded.

use super::Store;
use super::database::vals;
use super::error::StoreError;
use super::holds::{HoldRow, ON_CLUSTER};
use super::rows::{NumberRow, OperationRow, TextRow, operation_columns, operations, parsed, small};
use engine::Operation;
use interlock::approval::State;
use interlock::id::{ClusterName, OperationId, PersonId};
use interlock::plan::{Digest, Hold};
use interlock::time::Millis;

/// Most rows of one page.
const MOST: u32 = 200;

/// Which operations are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// By how far they are.
    pub which: Which,
    /// Of this cluster only.
    pub cluster: Option<ClusterName>,
    /// Asked for by this person only.
    pub person: Option<PersonId>,
}

/// How far an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// Any.
    #[default]
    All,
    /// Not ended.
    Open,
    /// Votes are taken.
    Votable,
    /// Ended.
    Ended,
    /// Not ended, or still holding something.
    Unsettled,
}

/// One page of a list, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Only what is older than this number of [`Listed::number`]; none for the first page.
    pub before: Option<i64>,
    /// At most this many; at most 200.
    pub limit: u32,
}

/// An operation in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Counts the operations of the store; where the next page begins.
    pub number: i64,
    /// The operation.
    pub operation: Operation,
}

/// A revision of an operation's plan. All but the current one are superseded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionRead {
    /// Its number, from 1.
    pub revision: u32,
    /// Its digest.
    pub digest: Digest,
    /// When it was stored.
    pub made_at: Millis,
}

/// A hold and who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldHold {
    /// The hold.
    pub hold: Hold,
    /// Who has it.
    pub operation: OperationId,
}

/// How much there is, for the metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// How many operations are in each state; all states.
    pub operations: Vec<(State, i64)>,
    /// How many notices wait to be sent.
    pub waiting: i64,
    /// When the oldest of them was put in.
    pub oldest: Option<Millis>,
    /// How many were set aside.
    pub dead: i64,
}

#[derive(sqlx::FromRow)]
struct StateRow {
    state: String,
    count: i64,
}

#[derive(sqlx::FromRow)]
struct OutboxRow {
    status: String,
    count: i64,
    oldest: i64,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    number: i64,
    #[sqlx(flatten)]
    operation: OperationRow,
}

#[derive(sqlx::FromRow)]
struct RevisionRow {
    revision: i64,
    digest: String,
    made_at: i64,
}

/// A page of operations with further columns: before a number, of a cluster, of a person, how far they are, at most so many.
macro_rules! listed {
    ($further:literal) => {
        concat!(
            "SELECT number, ",
            $crate::store::rows::operation_columns!(),
            $further,
            " FROM operations WHERE number < $1 AND ($2 = '' OR cluster = $2) AND ($3 = '' OR person = $3) \
             AND ($4 = 0 OR ($4 = 1 AND ended = 0) OR ($4 = 2 AND votable = 1) OR ($4 = 3 AND ended = 1) \
               OR ($4 = 4 AND (ended = 0 OR id IN (SELECT operation FROM holds)))) \
             ORDER BY number DESC LIMIT $5"
        )
    };
}
pub(super) use listed;

const LIST: &str = listed!("");

impl Which {
    /// As the statements of lists know it.
    pub(super) fn number(self) -> i64 {
        match self {
            Self::All => 0,
            Self::Open => 1,
            Self::Votable => 2,
            Self::Ended => 3,
            Self::Unsettled => 4,
        }
    }
}

impl Filter {
    /// The cluster and the person as the statements of lists know them.
    pub(super) fn names(&self) -> (&str, &str) {
        let cluster = self.cluster.as_ref().map_or("", |name| name.as_str());
        (cluster, self.person.as_ref().map_or("", |person| person.as_str()))
    }
}

impl Page {
    /// Before which number, and at most how many.
    pub(super) fn bounds(self) -> (i64, u32) {
        (self.before.unwrap_or(i64::MAX), self.limit.min(MOST))
    }
}

impl Store {
    /// The ended operations of a cluster that still have to put something back, oldest first; at most 200.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn owing(&self, cluster: &ClusterName) -> Result<Vec<Operation>, StoreError> {
        const OWING: &str = concat!(
            "SELECT ",
            operation_columns!(),
            " FROM operations WHERE cluster = $1 AND workable = 1 AND ended = 1 ORDER BY number LIMIT $2"
        );
        operations(self.pools.all(OWING, vals![cluster.as_str(), MOST]).await?)
    }

    /// A page of operations, newest first.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn operations(&self, filter: &Filter, page: Page) -> Result<Vec<Listed>, StoreError> {
        let (cluster, person) = filter.names();
        let (before, limit) = page.bounds();
        let rows: Vec<ListedRow> =
            self.pools.all(LIST, vals![before, cluster, person, filter.which.number(), limit]).await?;
        rows.into_iter().map(|row| Ok(Listed { number: row.number, operation: row.operation.read()? })).collect()
    }

    /// See [`engine::port::Journal::unattended`].
    pub(super) async fn read_unattended(&self, now: Millis, read: Millis) -> Result<Vec<Operation>, StoreError> {
        const UNATTENDED: &str = concat!(
            "SELECT ",
            operation_columns!(),
            " FROM operations WHERE ended = 0 AND votable = 1 AND (expires_at <= $1 OR votes_read_at <= $2 \
             OR (remind_at > 0 AND remind_at <= $1 AND state = $4)) ORDER BY votes_read_at, number LIMIT $3"
        );
        let args = vals![now.0, read.0, MOST, State::AwaitingApproval.key()];
        operations(self.pools.all(UNATTENDED, args).await?)
    }

    /// Operations that take this one back, oldest first.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn reversals_of(&self, operation: &OperationId) -> Result<Vec<Operation>, StoreError> {
        const REVERSING: &str =
            concat!("SELECT ", operation_columns!(), " FROM operations WHERE reverses = $1 ORDER BY number LIMIT $2");
        operations(self.pools.all(REVERSING, vals![operation.as_str(), MOST]).await?)
    }

    /// The operation a plan belongs to, current or superseded.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn operation_of_plan(&self, digest: Digest) -> Result<Option<OperationId>, StoreError> {
        let row: Option<TextRow> = self
            .pools
            .maybe("SELECT operation AS value FROM plans WHERE digest = $1", vals![&digest.to_string()])
            .await?;
        row.map(|row| parsed(&row.value, "an operation's id")).transpose()
    }

    /// The stored bytes of a plan, current or superseded; their digest is compared.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if they are not the bytes of this digest; as all calls of the store.
    pub async fn plan_bytes(&self, digest: Digest) -> Result<Option<String>, StoreError> {
        let row: Option<TextRow> =
            self.pools.maybe("SELECT bytes AS value FROM plans WHERE digest = $1", vals![&digest.to_string()]).await?;
        let Some(row) = row else { return Ok(None) };
        let found = Digest::of(row.value.as_bytes());
        if found != digest {
            return Err(StoreError::Damaged(format!("the plan {digest} has bytes of the digest {found}")));
        }
        Ok(Some(row.value))
    }

    /// The revisions of an operation's plan, first to last.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn revisions(&self, operation: &OperationId) -> Result<Vec<RevisionRead>, StoreError> {
        let rows: Vec<RevisionRow> = self
            .pools
            .all(
                "SELECT revision, digest, made_at FROM plans WHERE operation = $1 ORDER BY revision LIMIT $2",
                vals![operation.as_str(), MOST],
            )
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(RevisionRead {
                    revision: small(row.revision, "a revision")?,
                    digest: parsed(&row.digest, "a digest")?,
                    made_at: Millis(row.made_at),
                })
            })
            .collect()
    }

    /// All holds on a cluster, with who has them, in the order of holds.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn holds(&self, cluster: &ClusterName) -> Result<Vec<HeldHold>, StoreError> {
        let rows: Vec<HoldRow> = self.pools.all(ON_CLUSTER, vals![cluster.as_str()]).await?;
        let mut holds = Vec::with_capacity(rows.len());
        for row in rows {
            let (hold, operation) = row.read()?;
            holds.push(HeldHold { hold, operation });
        }
        holds.sort_by(|one, other| (&one.hold, &one.operation).cmp(&(&other.hold, &other.operation)));
        Ok(holds)
    }

    /// How many operations have not ended: for the metrics.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn open_operations(&self) -> Result<i64, StoreError> {
        let row: Option<NumberRow> =
            self.pools.maybe("SELECT COUNT(*) AS value FROM operations WHERE ended = 0", vals![]).await?;
        Ok(row.map_or(0, |row| row.value))
    }

    /// How many plans of a person wait: for votes, or for their turn.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn waiting_of(&self, person: &PersonId) -> Result<usize, StoreError> {
        let row: Option<NumberRow> = self
            .pools
            .maybe("SELECT COUNT(*) AS value FROM operations WHERE votable = 1 AND person = $1", vals![person.as_str()])
            .await?;
        Ok(row.map_or(0, |row| usize::try_from(row.value).unwrap_or_default()))
    }

    /// How much there is: for the metrics.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn figures(&self) -> Result<Figures, StoreError> {
        // What failed or is stuck counts until somebody took it over or gave it up: only then it holds nothing any more.
        let states: Vec<StateRow> = self
            .pools
            .all(
                "SELECT state, COUNT(*) AS count FROM operations WHERE state NOT IN ('failed', 'stuck') \
                 OR EXISTS (SELECT 1 AS found FROM holds WHERE holds.operation = operations.id) GROUP BY state",
                vals![],
            )
            .await?;
        let counted = |state: &State| states.iter().find(|row| row.state == state.key()).map_or(0, |row| row.count);
        let outbox: Vec<OutboxRow> = self
            .pools
            .all("SELECT status, COUNT(*) AS count, MIN(made_at) AS oldest FROM outbox GROUP BY status", vals![])
            .await?;
        let of = |status: &str| outbox.iter().find(|row| row.status == status);
        Ok(Figures {
            operations: State::ALL.iter().map(|state| (*state, counted(state))).collect(),
            waiting: of("waiting").map_or(0, |row| row.count),
            oldest: of("waiting").map(|row| Millis(row.oldest)),
            dead: of("dead").map_or(0, |row| row.count),
        })
    }
}
