//! Audit records that belong to no transaction: appended in batches, beside the answer, which says what became of its own.

use super::answer::Recorded;
use crate::meters;
use crate::store::{Store, StoreError};
use engine::Record;
use interlock::time::Millis;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How many records may wait. When more do, the answer says that it was not recorded.
const MOST_WAITING: usize = 4_096;
/// How many are appended at once.
const BATCH: usize = 256;
/// How long an answer waits for its record. Longer than a commit takes, and far below what a person waits.
const PATIENCE: Duration = Duration::from_millis(200);
/// Before records are written again that could not be.
const AGAIN: Duration = Duration::from_millis(500);

/// A record on its way into the log.
struct Waiting {
    record: Record,
    at: Millis,
    told: Option<oneshot::Sender<Recorded>>,
}

/// Hands records to the audit log.
#[derive(Debug, Clone)]
pub struct Recorder(mpsc::Sender<Waiting>);

impl Recorder {
    /// A recorder and its writer; the writer ends when the last recorder is dropped and all is written.
    pub fn new(store: Store) -> (Self, impl Future<Output = ()> + Send) {
        let (sender, receiver) = mpsc::channel(MOST_WAITING);
        (Self(sender), Writer { store, receiver, waiting: Vec::new() }.run())
    }

    /// Takes a record, and says what became of it: within a moment, or that it waits.
    pub(super) async fn record(&self, record: Record, at: Millis) -> Recorded {
        let (told, becomes) = oneshot::channel();
        if self.0.try_send(Waiting { record, at, told: Some(told) }).is_err() {
            return Recorded::No;
        }
        match tokio::time::timeout(PATIENCE, becomes).await {
            Ok(became) => became.unwrap_or(Recorded::No),
            Err(_) => Recorded::NotYet,
        }
    }

    /// Takes a record that nobody waits for.
    pub(super) fn note(&self, record: Record, at: Millis) {
        if self.0.try_send(Waiting { record, at, told: None }).is_err() {
            tracing::error!("an audit record was left out: too many wait");
        }
    }
}

impl Waiting {
    fn tell(&mut self, became: Recorded) {
        if let Some(told) = self.told.take() {
            // Who asked may have stopped waiting.
            let _ = told.send(became);
        }
    }

    /// An entry carries the time at which it was written. One that waited longer than its answer says since when.
    fn as_of(&self, now: Millis) -> Record {
        let mut record = self.record.clone();
        if now.since(self.at) >= PATIENCE {
            record.facts = record.facts.with("asked-at", self.at.to_string());
        }
        record
    }
}

/// Writes records. What the store does not take waits, in its order, until it does.
struct Writer {
    store: Store,
    receiver: mpsc::Receiver<Waiting>,
    waiting: Vec<Waiting>,
}

impl Writer {
    async fn run(mut self) {
        while self.receiver.recv_many(&mut self.waiting, BATCH).await > 0 {
            while !self.write().await {
                if self.receiver.is_closed() {
                    return tracing::error!(count = self.waiting.len(), "audit records were lost: the store failed");
                }
                tokio::time::sleep(AGAIN).await;
            }
        }
    }

    /// Whether all that waits was written, or can never be.
    async fn write(&mut self) -> bool {
        let now = self.store.now();
        let records = self.waiting.iter().map(|one| one.as_of(now)).collect();
        let written = self.store.append_looks(records).await;
        let is_done = match written {
            Ok(()) => {
                self.waiting.drain(..).for_each(|mut one| one.tell(Recorded::Yes));
                true
            }
            Err(StoreError::Unstorable(_)) => self.write_singly().await,
            Err(error) => {
                tracing::error!(%error, count = self.waiting.len(), "audit records wait: the store failed");
                self.waiting.iter_mut().for_each(|one| one.tell(Recorded::NotYet));
                false
            }
        };
        meters::audit_waiting(self.waiting.len() + self.receiver.len());
        is_done
    }

    /// One that cannot be stored at all must not hold up the others.
    async fn write_singly(&mut self) -> bool {
        while let Some(one) = self.waiting.first_mut() {
            let became = match self.store.append_looks(vec![one.as_of(self.store.now())]).await {
                Ok(()) => Recorded::Yes,
                Err(StoreError::Unstorable(why)) => {
                    tracing::error!(why, what = one.record.what, "an audit record cannot be stored");
                    Recorded::No
                }
                Err(_) => return false,
            };
            one.tell(became);
            self.waiting.remove(0);
        }
        true
    }
}
