//! What every NameServer tells clients, look by look.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use story::lab::rocketmq::raw::{self, Route};

const EVERY: Duration = Duration::from_millis(50);

/// Each pair of queues to read and to write that was ever told of a topic.
pub(super) type Told = BTreeMap<String, BTreeSet<(u32, u32)>>;

/// Every NameServer is asked for the routes of some topics every 50 ms, by a connection that stays.
pub(super) struct Watch {
    on: Arc<AtomicBool>,
    rounds: [Arc<AtomicU64>; 2],
    servers: Vec<JoinHandle<Told>>,
}

impl Watch {
    pub(super) fn of(names: [String; 2], topics: &[&str]) -> Self {
        let on = Arc::new(AtomicBool::new(true));
        let rounds = [(); 2].map(|()| Arc::new(AtomicU64::new(0)));
        let topics: Vec<String> = topics.iter().map(|&topic| topic.to_owned()).collect();
        let watches = |(server, rounds): (String, &Arc<AtomicU64>)| {
            let (on, rounds, topics) = (on.clone(), rounds.clone(), topics.clone());
            std::thread::spawn(move || watches(&server, &topics, (&on, &rounds)).unwrap())
        };
        let servers = names.into_iter().zip(&rounds).map(watches).collect();
        Self { on, rounds, servers }
    }

    /// How often each NameServer was asked for everything.
    pub(super) fn rounds(&self) -> [u64; 2] {
        self.rounds.each_ref().map(|rounds| rounds.load(Ordering::Relaxed))
    }

    /// What each NameServer told, in their order.
    pub(super) fn ends(self) -> Vec<Told> {
        self.on.store(false, Ordering::Relaxed);
        self.servers.into_iter().map(|server| server.join().unwrap()).collect()
    }
}

fn watches(server: &str, topics: &[String], (on, rounds): (&AtomicBool, &AtomicU64)) -> io::Result<Told> {
    let mut told = Told::new();
    let mut stream = raw::connect(server)?;
    while on.load(Ordering::Relaxed) {
        let began = Instant::now();
        for topic in topics {
            told.entry(topic.clone()).or_default().extend(asks(&mut stream, topic)?.into_values());
        }
        rounds.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(EVERY.saturating_sub(began.elapsed()));
    }
    Ok(told)
}

/// What one NameServer tells of a topic now.
pub(super) fn route(server: &str, topic: &str) -> Route {
    asks(&mut raw::connect(server).unwrap(), topic).unwrap()
}

fn asks(stream: &mut TcpStream, topic: &str) -> io::Result<Route> {
    stream.write_all(&raw::request(raw::ROUTE, 1, &[("topic", topic)], b""))?;
    raw::route_in(&raw::read(stream)?.text())
}
