//! What was learnt about the cluster: which NameServer answered last, and where the brokers are.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use crate::api::cluster::Cluster;
use crate::config::HostPort;

/// The address book. It is a cache: every entry can be wrong.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    /// The NameServer to begin with.
    start: usize,
    /// What a NameServer said, and when it was asked.
    cluster: Option<(Instant, Arc<Cluster>)>,
}

impl Book {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers what a NameServer said that was asked at this time.
    pub(crate) fn learn(&self, asked: Instant, cluster: Cluster) {
        self.pages().cluster = Some((asked, Arc::new(cluster)));
    }

    /// What is known, if it was asked for at this time or later.
    pub(crate) fn cluster(&self, since: Option<Instant>) -> Option<Arc<Cluster>> {
        let pages = self.pages();
        let (asked, cluster) = pages.cluster.as_ref()?;
        since.is_none_or(|since| *asked >= since).then(|| cluster.clone())
    }

    /// Forgets where the brokers are.
    pub(crate) fn forget(&self) {
        self.pages().cluster = None;
    }

    /// The NameServer to ask.
    pub(crate) fn name_server<'s>(&self, all: &'s [HostPort]) -> Option<&'s HostPort> {
        all.get(self.pages().start.checked_rem(all.len())?)
    }

    /// Turns to the next one, after the present one did not answer.
    pub(crate) fn next_one(&self) {
        let mut pages = self.pages();
        pages.start = pages.start.wrapping_add(1);
    }
}
