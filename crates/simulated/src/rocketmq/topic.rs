//! Topics with their queues, and how far groups are in them.

use super::{PERSIST, ROUTE_POLL};
use crate::kafka::log::{Beginning, Log, Reader};
use interlock::cluster::rocketmq::Perm;
use interlock::id::{BrokerName, TopicName};
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A topic, by the brokers that have it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct TopicState {
    pub(super) at: BTreeMap<BrokerName, TopicHere>,
    /// Messages an hour that producers send who ask for routes.
    pub(super) per_hour: u64,
}

/// A topic at one broker.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct TopicHere {
    pub(super) read: u32,
    pub(super) write: u32,
    pub(super) perm: Perm,
    /// Every queue there ever was here: closing one does not take its messages away.
    pub(super) queues: Vec<Log>,
}

impl TopicState {
    pub(super) fn silent(brokers: &[BrokerName], queues: u32, now: Millis) -> Self {
        let at = brokers.iter().map(|broker| (broker.clone(), TopicHere::empty(queues, now))).collect();
        Self { at, per_hour: 0 }
    }

    /// From the next poll of the route on, producers send to the queues that the route then names. Where it names none, they
    /// fail, and nothing comes in.
    pub(super) fn reroute(&mut self, open: impl Fn(&BrokerName) -> bool, now: Millis) {
        let at = now.plus(ROUTE_POLL);
        let queues: u64 =
            self.at.iter().filter(|(broker, _)| open(broker)).map(|(_, here)| u64::from(here.writable())).sum();
        let each = self.per_hour.checked_div(queues).unwrap_or(0);
        for (broker, here) in &mut self.at {
            let writable = if open(broker) { here.writable() as usize } else { 0 };
            for (number, log) in here.queues.iter_mut().enumerate() {
                log.set_rate(if number < writable { each } else { 0 }, at);
            }
        }
    }
}

impl TopicHere {
    fn empty(queues: u32, now: Millis) -> Self {
        let mut here = Self { read: queues, write: queues, perm: Perm::READ_WRITE, queues: Vec::new() };
        here.grow(queues, now);
        here
    }

    /// How many queues producers are told to write.
    fn writable(&self) -> u32 {
        if self.perm.may_write() { self.write } else { 0 }
    }

    /// Queues that are there for the first time begin at 0.
    pub(super) fn grow(&mut self, queues: u32, now: Millis) {
        while self.queues.len() < queues as usize {
            self.queues.push(Log::begin(Beginning { from: now, offset: 0, rate: 0, retention_ms: None }));
        }
    }

    pub(super) fn begun(queues: u32, rate: u64, from: Millis, kept_ms: u64) -> Self {
        let log = || Log::begin(Beginning { from, offset: 0, rate, retention_ms: Some(kept_ms) });
        let queues = (0..queues).map(|_| log()).collect::<Vec<_>>();
        let count = u32::try_from(queues.len()).unwrap_or(u32::MAX);
        Self { read: count, write: count, perm: Perm::READ_WRITE, queues }
    }
}

/// How far a group is in one queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct QueueOffset {
    pub(super) topic: TopicName,
    pub(super) broker: BrokerName,
    pub(super) queue: u32,
    /// Where it stood at `from`.
    pub(super) offset: i64,
    pub(super) from: Millis,
    /// What it reads an hour since; 0 if it is stopped.
    pub(super) rate: u64,
    /// What it read an hour before the queue was closed to it, and reads again once it is open.
    #[serde(default)]
    pub(super) closed_rate: u64,
    /// Where its clients were told to read on, and when they do.
    pub(super) told: Option<(Millis, i64)>,
    /// Whether a reset was made that no client has fetched yet (5.x): what is committed until then is ignored.
    pub(super) pending: bool,
}

impl QueueOffset {
    /// What the broker has of it at an instant: clients tell it every few seconds.
    pub(super) fn committed(&self, log: &Log, now: Millis) -> i64 {
        if let Some((at, offset)) = self.told.filter(|(at, _)| *at <= now) {
            return Self { offset, from: at, told: None, ..self.clone() }.committed(log, now);
        }
        if self.rate == 0 {
            return self.offset;
        }
        let interval = i64::try_from(PERSIST.as_millis()).unwrap_or(i64::MAX);
        let told = Millis(now.0 - now.0.rem_euclid(interval)).max(self.from);
        log.position(Reader { from: self.from, offset: self.offset, rate: self.rate }, told)
    }
}
