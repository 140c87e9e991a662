//! Lists of operations with what their plans are about: the plans themselves are not read.

use super::Store;
use super::database::vals;
use super::error::StoreError;
use super::reads::{Filter, Page, listed};
use super::rows::{OperationRow, from_json};
use engine::Operation;
use interlock::plan::Outline;

/// An operation in a list, and what its plan is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlined {
    /// As in [`Listed`](super::Listed).
    pub number: i64,
    /// The operation.
    pub operation: Operation,
    /// What the plan that counts is about.
    pub about: About,
}

/// What is known of a plan without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// This.
    Outline(Box<Outline>),
    /// Nothing: it was stored before outlines were.
    Unknown,
    /// Nothing: what is stored is none.
    Damaged,
}

#[derive(sqlx::FromRow)]
struct OutlinedRow {
    number: i64,
    outline: String,
    #[sqlx(flatten)]
    operation: OperationRow,
}

const OUTLINED: &str = listed!(
    ", COALESCE((SELECT outline FROM plans WHERE plans.operation = operations.id \
     AND plans.revision = operations.revision), '') AS outline"
);

impl Store {
    /// A page of operations with what their plans are about, newest first.
    ///
    /// # Errors
    /// As all calls of the store.
    pub async fn outlined(&self, filter: &Filter, page: Page) -> Result<Vec<Outlined>, StoreError> {
        let (cluster, person) = filter.names();
        let (before, limit) = page.bounds();
        let values = vals![before, cluster, person, filter.which.number(), limit];
        let rows: Vec<OutlinedRow> = self.pools.all(OUTLINED, values).await?;
        let read = |row: OutlinedRow| {
            let about = about(&row.outline);
            Ok(Outlined { number: row.number, operation: row.operation.read()?, about })
        };
        rows.into_iter().map(read).collect()
    }
}

fn about(text: &str) -> About {
    if text.is_empty() {
        return About::Unknown;
    }
    from_json(text, "a plan's outline").map_or(About::Damaged, |outline| About::Outline(Box::new(outline)))
}
