//! Who is where: brokers, the controller, the coordinators of groups.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::config::HostPort;

/// Coordinators remembered at most; beyond that the cache starts anew.
const GROUPS: usize = 50_000;

/// The address book. It is a cache: every entry can be wrong, brokers say so.
#[derive(Debug)]
pub(crate) struct Book {
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    bootstrap: Vec<HostPort>,
    brokers: HashMap<i32, HostPort>,
    controller: Option<i32>,
    coordinators: HashMap<String, i32>,
    start: usize,
}

impl Book {
    pub(crate) fn new(bootstrap: Vec<HostPort>) -> Self {
        Self { pages: Mutex::new(Pages { bootstrap, ..Pages::default() }) }
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Replaces the brokers and the controller by what a broker just said.
    pub(crate) fn learn(&self, brokers: HashMap<i32, HostPort>, controller: Option<i32>) {
        let mut pages = self.pages();
        pages.controller = controller.filter(|id| brokers.contains_key(id));
        pages.brokers = brokers;
    }

    /// Remembers the coordinator of a group.
    pub(crate) fn learn_coordinator(&self, group: &str, broker: (i32, HostPort)) {
        let mut pages = self.pages();
        if pages.coordinators.len() >= GROUPS {
            pages.coordinators.clear();
        }
        pages.coordinators.insert(group.to_owned(), broker.0);
        pages.brokers.entry(broker.0).or_insert(broker.1);
    }

    /// The ids of the brokers known, in order.
    pub(crate) fn broker_ids(&self) -> Vec<i32> {
        let mut ids: Vec<i32> = self.pages().brokers.keys().copied().collect();
        ids.sort_unstable();
        ids
    }

    pub(crate) fn address(&self, id: i32) -> Option<HostPort> {
        self.pages().brokers.get(&id).cloned()
    }

    pub(crate) fn controller(&self) -> Option<i32> {
        self.pages().controller
    }

    pub(crate) fn coordinator(&self, group: &str) -> Option<i32> {
        self.pages().coordinators.get(group).copied()
    }

    pub(crate) fn forget_controller(&self) {
        self.pages().controller = None;
    }

    pub(crate) fn forget_coordinator(&self, group: &str) {
        self.pages().coordinators.remove(group);
    }

    pub(crate) fn forget_broker(&self, id: i32) {
        self.pages().brokers.remove(&id);
    }

    /// Somebody to ask what any broker can answer, and how many there are to choose from.
    pub(crate) fn anybody(&self) -> Option<(HostPort, usize)> {
        let pages = self.pages();
        let mut all: Vec<&HostPort> = pages.brokers.values().collect();
        all.sort();
        all.dedup();
        let others: Vec<&HostPort> = pages.bootstrap.iter().filter(|one| all.binary_search(one).is_err()).collect();
        all.extend(others);
        let chosen = all.get(pages.start.checked_rem(all.len())?)?;
        Some(((*chosen).clone(), all.len()))
    }

    /// Turns to the next one, after the present one did not answer.
    pub(crate) fn next_one(&self) {
        let mut pages = self.pages();
        pages.start = pages.start.wrapping_add(1);
    }
}
