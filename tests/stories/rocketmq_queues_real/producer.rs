//! A producer that sends to every queue that its route names, and asks for the route as seldom as the Java client does.

use super::scene::route;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use story::lab::rocketmq::raw;

/// `pollNameServerInterval`.
const ROUTE_POLL: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(500);

/// Where it sends.
pub(super) struct Market {
    /// A NameServer's address.
    pub(super) names: String,
    /// The addresses of masters, by broker.
    pub(super) masters: BTreeMap<String, String>,
    pub(super) topic: String,
}

/// What it sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) count: usize,
    /// What was said to those that failed.
    pub(super) failed: Vec<String>,
}

pub(super) struct Producer {
    on: Arc<AtomicBool>,
    sent: JoinHandle<Sent>,
}

impl Producer {
    pub(super) fn begin(market: Market) -> Self {
        let on = Arc::new(AtomicBool::new(true));
        let working = on.clone();
        let sent = std::thread::spawn(move || market.works_while(&working));
        Self { on, sent }
    }

    pub(super) fn ends(self) -> Sent {
        self.on.store(false, Ordering::Relaxed);
        self.sent.join().unwrap()
    }
}

impl Market {
    fn works_while(&self, on: &AtomicBool) -> Sent {
        let mut sent = Sent::default();
        while on.load(Ordering::Relaxed) {
            let (polled, known) = (Instant::now(), route(&self.names, &self.topic));
            while polled.elapsed() < ROUTE_POLL && on.load(Ordering::Relaxed) {
                for (broker, (_, write)) in &known {
                    (0..*write).for_each(|queue| self.sends(&self.masters[broker], queue, &mut sent));
                }
                std::thread::sleep(PAUSE);
            }
        }
        sent
    }

    fn sends(&self, master: &str, queue: u32, sent: &mut Sent) {
        let message = raw::Message { key: "k", ..raw::Message::default() };
        sent.count += 1;
        match raw::send_as(master, (&self.topic, queue), &message) {
            Ok(told) if told.code == 0 => {}
            Ok(told) => sent.failed.push(told.remark),
            Err(error) => sent.failed.push(error.to_string()),
        }
    }
}
