//! Readings of an operation's votes, numbered as they began. A list of people that was read before somebody took a vote back, and
//! comes in after that, would bring the vote back: what began earlier never takes the place of what began later.

use interlock::id::OperationId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// The readings that are under way.
#[derive(Debug, Default)]
pub(super) struct Readings(Mutex<Under>);

#[derive(Debug, Default)]
struct Under {
    begun: u64,
    /// The number of the reading of each operation that was stored last, as long as somebody reads it.
    stored: BTreeMap<OperationId, Weak<Turn<u64>>>,
}

/// A reading that has begun.
#[derive(Debug)]
pub(super) struct Reading {
    number: u64,
    stored: Arc<Turn<u64>>,
}

impl Readings {
    /// A reading of an operation begins now.
    pub(super) fn begin(&self, operation: &OperationId) -> Reading {
        let mut under = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        under.begun += 1;
        let number = under.begun;
        // As many are kept as are read at once.
        under.stored.retain(|_, stored| stored.strong_count() > 0);
        let known = under.stored.get(operation).and_then(Weak::upgrade);
        let stored = known.unwrap_or_else(|| {
            let stored = Arc::new(Turn::default());
            under.stored.insert(operation.clone(), Arc::downgrade(&stored));
            stored
        });
        Reading { number, stored }
    }
}

impl Reading {
    /// Waits until it may be stored; it is then the last one, once that is [noted](Storing::done). None if a later one was stored.
    pub(super) async fn storing(&self) -> Option<Storing> {
        let last = self.stored.clone().lock_owned().await;
        (*last < self.number).then_some(Storing { number: self.number, last })
    }
}

/// A reading that is being stored; no other one is meanwhile.
#[derive(Debug)]
pub(super) struct Storing {
    number: u64,
    last: OwnedMutexGuard<u64>,
}

impl Storing {
    /// It was stored.
    pub(super) fn done(mut self) {
        *self.last = self.number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn id(number: u32) -> OperationId {
        OperationId::from_random(number)
    }

    #[tokio::test]
    async fn what_began_earlier_is_not_stored_after_what_began_later() {
        let readings = Readings::default();
        let (first, other, second) = (readings.begin(&id(1)), readings.begin(&id(2)), readings.begin(&id(1)));
        second.storing().await.expect("nothing was").done();
        assert!(first.storing().await.is_none());
        assert!(other.storing().await.is_some(), "another operation's");
        assert!(readings.begin(&id(1)).storing().await.is_some(), "one that began since");
    }

    #[tokio::test]
    async fn what_was_not_stored_after_all_takes_nobodys_place() {
        let readings = Readings::default();
        let (first, second) = (readings.begin(&id(1)), readings.begin(&id(1)));
        let fails = second.storing().await.unwrap();
        assert!(first.storing().now_or_never().is_none(), "it waits");
        drop(fails);
        assert!(first.storing().await.is_some());
    }

    #[test]
    fn nothing_is_kept_of_what_nobody_reads() {
        let readings = Readings::default();
        for number in 0..9 {
            readings.begin(&id(number));
        }
        assert_eq!(readings.0.lock().unwrap().stored.len(), 1);
    }
}
