//! What consoles are shown.

use crate::text::Card;
use interlock::id::ClusterName;
use interlock::plan::Sealed;
use std::sync::Arc;
use tokio::sync::broadcast;

/// Cards that wait for a slow console.
const WAITING: usize = 256;

/// A card of an operation that was asked for in a console, with what it is about: who may not see that is not shown it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// Where the operation is.
    pub cluster: ClusterName,
    /// Its plan; none if the stored one cannot be read, and then nobody knows whom it concerns.
    pub plan: Option<Sealed>,
    /// The card.
    pub card: Card,
}

/// What consoles are shown: cards of operations that were asked for there.
#[derive(Debug, Clone)]
pub struct Hub(broadcast::Sender<Arc<Shown>>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::Sender::new(WAITING))
    }
}

impl Hub {
    /// What is shown from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Shown>> {
        self.0.subscribe()
    }

    pub(super) fn show(&self, shown: Shown) {
        // Nobody listens: nobody is there to be told, and the record keeps it.
        let _ = self.0.send(Arc::new(shown));
    }
}
