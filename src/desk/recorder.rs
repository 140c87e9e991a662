//! Audit records that belong to no transaction: appended in batches, off the path of the answer.

use crate::store::Store;
use engine::Record;
use tokio::sync::mpsc;

/// How many records may wait. When more do, the answer says that it was not recorded.
const MOST_WAITING: usize = 4_096;
/// How many are appended at once.
const BATCH: usize = 256;

/// Hands records to the audit log.
#[derive(Debug, Clone)]
pub struct Recorder(mpsc::Sender<Record>);

impl Recorder {
    /// A recorder and its writer; the writer ends when the last recorder is dropped and all is written.
    pub fn new(store: Store) -> (Self, impl Future<Output = ()> + Send) {
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        (Self(sender), write(store, receiver))
    }

    /// Takes a record; false if it cannot be recorded now.
    pub(super) fn record(&self, record: Record) -> bool {
        self.0.try_send(record).is_ok()
    }
}

async fn write(store: Store, mut receiver: mpsc::Receiver<Record>) {
    let mut batch = Vec::new();
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        let count = batch.len();
        if let Err(error) = store.append_looks(std::mem::take(&mut batch)).await {
            tracing::error!(%error, count, "audit records were lost: the store failed");
        }
    }
}
