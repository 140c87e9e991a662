//! What this process is busy with, and how much of it on one cluster: one that is down must not take the others' turn.

use interlock::id::{ClusterName, OperationId};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;

/// The most operations of one cluster driven at once by one process.
pub(crate) const MOST_ON_ONE_CLUSTER: usize = 4;
/// The most operations whose votes are read at once by one process.
const MOST_READ: usize = 4;

/// Operations driven, operations whose votes are being read, and whether anything is still begun.
#[derive(Clone)]
pub(crate) struct Slots(Arc<Shared>);

struct Shared {
    taken: Mutex<Taken>,
    /// How many are driven; a count of its own so that it can be waited for.
    driven: watch::Sender<usize>,
}

#[derive(Default)]
struct Taken {
    closed: bool,
    driven: HashMap<OperationId, ClusterName>,
    read: HashSet<OperationId>,
}

impl Default for Slots {
    fn default() -> Self {
        Self(Arc::new(Shared { taken: Mutex::default(), driven: watch::Sender::new(0) }))
    }
}

impl Slots {
    /// A place to drive an operation, unless it is driven already, its cluster has no place left, or nothing is begun any more.
    pub(crate) fn drive(&self, operation: &OperationId, cluster: &ClusterName) -> Option<Slot> {
        self.claim(Use::Drive, operation, |taken| {
            let there = taken.driven.values().filter(|one| *one == cluster).count();
            if there >= MOST_ON_ONE_CLUSTER || taken.driven.contains_key(operation) {
                return false;
            }
            taken.driven.insert(operation.clone(), cluster.clone());
            true
        })
    }

    /// A place to read an operation's votes.
    pub(crate) fn read(&self, operation: &OperationId) -> Option<Slot> {
        self.claim(Use::Read, operation, |taken| taken.read.len() < MOST_READ && taken.read.insert(operation.clone()))
    }

    fn claim(&self, used: Use, operation: &OperationId, insert: impl FnOnce(&mut Taken) -> bool) -> Option<Slot> {
        let mut taken = self.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.closed || !insert(&mut taken) {
            return None;
        }
        self.0.driven.send_replace(taken.driven.len());
        Some(Slot { slots: self.clone(), used, operation: operation.clone() })
    }

    /// From now on nothing is begun.
    pub(crate) fn close(&self) {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
    }

    pub(crate) fn are_closed(&self) -> bool {
        self.0.taken.lock().unwrap_or_else(PoisonError::into_inner).closed
    }

    /// Returns when nothing is driven any more.
    pub(crate) async fn idle(&self) {
        let mut driven = self.0.driven.subscribe();
        // The sender lives as long as the slots.
        let _ = driven.wait_for(|driven| *driven == 0).await;
    }
}

#[derive(Clone, Copy)]
enum Use {
    Drive,
    Read,
}

/// A place that is taken until this is dropped: also if the task panics.
pub(crate) struct Slot {
    slots: Slots,
    used: Use,
    operation: OperationId,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.0.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match self.used {
            Use::Drive => drop(taken.driven.remove(&self.operation)),
            Use::Read => drop(taken.read.remove(&self.operation)),
        }
        self.slots.0.driven.send_replace(taken.driven.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> OperationId {
        OperationId::from_random(number)
    }

    #[test]
    fn one_cluster_does_not_take_the_places_of_another() {
        let (slots, down, well): (_, ClusterName, ClusterName) =
            (Slots::default(), "down".parse().unwrap(), "well".parse().unwrap());
        let held: Vec<_> = (0..100).filter_map(|number| slots.drive(&id(number), &down)).collect();
        assert_eq!(held.len(), MOST_ON_ONE_CLUSTER);
        assert!(slots.drive(&id(200), &well).is_some());
        drop(held);
        assert!(slots.drive(&id(99), &down).is_some(), "what was given back is free");
    }

    #[test]
    fn an_operation_is_driven_once_at_a_time() {
        let (slots, lab): (_, ClusterName) = (Slots::default(), "lab".parse().unwrap());
        let driven = slots.drive(&id(1), &lab);
        assert!(driven.is_some() && slots.drive(&id(1), &lab).is_none());
        assert!(slots.read(&id(1)).is_some(), "reading its votes is something else");
    }

    #[tokio::test]
    async fn when_closed_nothing_is_begun_and_the_last_one_is_waited_for() {
        let (slots, lab): (_, ClusterName) = (Slots::default(), "lab".parse().unwrap());
        let driven = slots.drive(&id(1), &lab);
        slots.close();
        assert!(slots.drive(&id(2), &lab).is_none() && slots.read(&id(2)).is_none());
        let idle = tokio::spawn({
            let slots = slots.clone();
            async move { slots.idle().await }
        });
        tokio::task::yield_now().await;
        assert!(!idle.is_finished());
        drop(driven);
        idle.await.unwrap();
    }
}
