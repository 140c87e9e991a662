//! Faults and the requests they meet.

use super::lock;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It waits before the broker sees it, until [`RuleHandle::release`]. A client that is gone by then
    /// does not stop it: that is a packet that was long on its way.
    HoldRequest,
    /// The broker has applied it; its answer waits until [`RuleHandle::release`].
    HoldAnswer,
    /// The broker's answer comes this much later.
    DelayAnswer(Duration),
    /// The broker has applied it; then the connection is closed without the answer.
    LoseAnswer,
    /// The connection is closed before the broker sees it.
    DropRequest,
    /// The broker has applied it; the client gets these bytes in place of the answer, then what follows.
    /// They are sent as they are, so a length in front is up to the test.
    Garbage(Vec<u8>),
}

/// How many requests a rule meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// The next so many.
    Next(u32),
    /// All, until [`RuleHandle::disarm`].
    All,
}

/// Which requests meet which fault.
#[derive(Clone, Debug)]
pub struct Rule {
    client_id: String,
    api: Option<i16>,
    fault: Fault,
    times: Times,
}

impl Rule {
    /// The next request of this client with this number ([`super::api`]).
    pub fn next(client_id: &str, api: i16, fault: Fault) -> Self {
        Self { client_id: client_id.to_owned(), api: Some(api), fault, times: Times::Next(1) }
    }

    /// Whatever this client asks.
    pub fn every(client_id: &str, fault: Fault) -> Self {
        Self { client_id: client_id.to_owned(), api: None, fault, times: Times::All }
    }

    /// How many requests it meets.
    #[must_use]
    pub fn times(mut self, times: Times) -> Self {
        self.times = times;
        self
    }

    fn meets(&self, client_id: &str, api: i16) -> bool {
        self.client_id == client_id && self.api.is_none_or(|wanted| wanted == api)
    }
}

/// An armed rule.
#[derive(Clone, Debug)]
pub struct RuleHandle {
    armed: Arc<Armed>,
}

#[derive(Debug)]
struct Armed {
    rule: Rule,
    left: Mutex<Times>,
    met: watch::Sender<u32>,
    /// The brokers' answers to so many of those have come, and are or were held.
    answered: watch::Sender<u32>,
    /// So many of those it has met, in the order it met them, are let go.
    released: watch::Sender<u32>,
}

impl RuleHandle {
    /// How many requests it has met.
    pub fn met(&self) -> u32 {
        *self.armed.met.borrow()
    }

    /// Waits until it has met so many requests; false when the limit passes first.
    pub async fn meets(&self, count: u32, limit: Duration) -> bool {
        let mut met = self.armed.met.subscribe();
        let wait = met.wait_for(|met| *met >= count);
        matches!(tokio::time::timeout(limit, wait).await, Ok(Ok(_)))
    }

    /// Waits until the broker is done with so many that it has met, whose answers are held; false when the limit passes first.
    /// A request that was only met may still be on its way to the broker.
    pub async fn answered(&self, count: u32, limit: Duration) -> bool {
        let mut answered = self.armed.answered.subscribe();
        let wait = answered.wait_for(|answered| *answered >= count);
        matches!(tokio::time::timeout(limit, wait).await, Ok(Ok(_)))
    }

    /// Lets go the first so many that it has met. What it meets after them is held on: nothing slips through in between.
    pub fn lets_go(&self, count: u32) {
        self.armed.released.send_modify(|released| *released = count.max(*released));
    }

    /// Lets go what is held, now and later.
    pub fn release(&self) {
        self.lets_go(u32::MAX);
    }

    /// Meets no more requests, and lets go what is held.
    pub fn disarm(&self) {
        *lock(&self.armed.left) = Times::Next(0);
        self.release();
    }
}

/// A fault that has met its request.
#[derive(Debug)]
pub(super) struct Met {
    pub(super) fault: Fault,
    /// Which one of its rule it is, from one.
    number: u32,
    answered: watch::Sender<u32>,
    released: watch::Receiver<u32>,
}

impl Met {
    /// The broker's answer has come.
    pub(super) fn counts_answer(&self) {
        self.answered.send_modify(|answered| *answered += 1);
    }

    /// Waits for the release; also over when nobody can release any more.
    pub(super) async fn released(&mut self) {
        let number = self.number;
        let _ = self.released.wait_for(|released| *released >= number).await;
    }
}

#[derive(Debug, Default)]
pub(super) struct Rules(Mutex<Vec<Arc<Armed>>>);

impl Rules {
    pub(super) fn add(&self, rule: Rule) -> RuleHandle {
        let armed = Arc::new(Armed {
            left: Mutex::new(rule.times),
            met: watch::Sender::new(0),
            answered: watch::Sender::new(0),
            released: watch::Sender::new(0),
            rule,
        });
        lock(&self.0).push(Arc::clone(&armed));
        RuleHandle { armed }
    }

    /// The first armed rule that meets this request, counted down.
    pub(super) fn take(&self, client_id: &str, api: i16) -> Option<Met> {
        let mut rules = lock(&self.0);
        rules.retain(|armed| *lock(&armed.left) != Times::Next(0));
        let armed = rules.iter().find(|armed| armed.rule.meets(client_id, api))?;
        if let Times::Next(left) = &mut *lock(&armed.left) {
            *left -= 1;
        }
        armed.met.send_modify(|met| *met += 1);
        let number = *armed.met.borrow();
        let (answered, released) = (armed.answered.clone(), armed.released.subscribe());
        Some(Met { fault: armed.rule.fault.clone(), number, answered, released })
    }
}
