//! The client against a scripted peer: what it sends, how often, and what it says afterwards.

#![expect(clippy::unwrap_used, unreachable_pub, reason = "tests")]

mod calls;
mod deadlines;
mod garbage;
mod outcomes;
mod peer;
mod routes;
mod signed;

use std::time::Duration;

use rocketmq_admin::{Client, Config, Master};

use peer::Peer;

/// A configuration for the peer, with a deadline that a lost answer does not stretch.
fn config(peer: &Peer) -> Config {
    let mut config = Config::new(vec![peer.host_port()]);
    config.deadline = Duration::from_secs(5);
    config
}

fn client(peer: &Peer) -> Client {
    Client::new(config(peer)).unwrap()
}

fn master(peer: &Peer) -> Master {
    client(peer).master("broker-a")
}
