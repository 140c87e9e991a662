//! The line: operations that are approved and wait for what they want to hold, first come, first served.

use super::database::{Tx, vals};
use super::error::StoreError;
use super::holds::HoldRow;
use super::rows::json;
use interlock::id::OperationId;
use interlock::plan::Hold;

/// The operation takes its place, behind everybody who has one.
pub(super) async fn enter(tx: &mut Tx, place: (&OperationId, i64), holds: &[Hold]) -> Result<(), StoreError> {
    let (operation, number) = place;
    for hold in holds {
        tx.run(
            "INSERT INTO waiting_line (operation, number, cluster, kind, name, aspect, sharing) VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (operation, cluster, kind, name, aspect, sharing) DO NOTHING",
            vals![
                operation.as_str(),
                number,
                hold.cluster.as_str(),
                hold.thing.kind(),
                hold.thing.name(),
                &json(&hold.aspect)?,
                &json(&hold.sharing)?,
            ],
        )
        .await?;
    }
    Ok(())
}

/// Below every number that is drawn.
const AHEAD: i64 = 1 << 60;

/// The number before all that are drawn for others; of those that are ahead the first one is first.
pub(super) fn ahead(number: i64) -> i64 {
    number - AHEAD
}

/// The operation gives its place up.
pub(super) async fn leave(tx: &mut Tx, operation: &OperationId) -> Result<(), StoreError> {
    tx.run("DELETE FROM waiting_line WHERE operation = $1", vals![operation.as_str()]).await?;
    Ok(())
}

/// What those wait for who stand before the operation, in their order. Who has no place stands behind everybody. One that goes
/// past a freeze has only ways back before it: the others cannot start anyway.
pub(super) async fn before(
    tx: &mut Tx,
    cluster: &str,
    (operation, passes): (&OperationId, bool),
) -> Result<Vec<(Hold, OperationId)>, StoreError> {
    let rows: Vec<HoldRow> = tx
        .all(
            "SELECT cluster, kind, name, aspect, sharing, operation FROM waiting_line WHERE cluster = $1 AND operation <> $2 \
             AND number < COALESCE((SELECT MIN(number) FROM waiting_line WHERE operation = $2), $3) \
             AND ($4 = 0 OR EXISTS (SELECT 1 FROM operations WHERE operations.id = waiting_line.operation AND reverses <> '')) \
             ORDER BY number",
            vals![cluster, operation.as_str(), i64::MAX, passes],
        )
        .await?;
    rows.into_iter().map(HoldRow::read).collect()
}
