//! Our own admin client on real RocketMQ 4.9.7 and 5.5.0, judged by mqadmin and by raw frames.

mod access;
mod layout;
mod offsets;
mod traps;
mod who;

use rocketmq_admin::{Client, Config, GroupConfig, HostPort, Master, TopicConfig};
use std::time::{Duration, Instant};

use super::raw::{self, Command};
use super::{LINES, Line, Node, RocketMq};

const LIMIT: Duration = Duration::from_secs(120);

/// Both versions, running.
fn both() -> [RocketMq; 2] {
    LINES.map(|line| RocketMq::get(line).unwrap())
}

fn at(lab: &RocketMq, node: Node) -> HostPort {
    lab.address(node).parse().unwrap()
}

fn config(lab: &RocketMq) -> Config {
    Config::new(vec![at(lab, Node::Names1), at(lab, Node::Names2)])
}

fn client(lab: &RocketMq) -> Client {
    Client::new(config(lab)).unwrap()
}

fn master(lab: &RocketMq) -> Master {
    client(lab).master("broker-a")
}

/// A raw request to a process, which has to answer.
fn ask(lab: &RocketMq, node: Node, code: i32, fields: &[(&str, &str)]) -> Command {
    raw::ask(lab.address(node), code, fields, b"").unwrap()
}

/// A topic on `broker-a`, made by raw frames.
fn topic(lab: &RocketMq, queues: u32) -> String {
    let name = lab.unique("topic");
    raw::set_topic(lab.address(Node::Master), &name, (queues, queues)).and_then(Command::done).unwrap();
    name
}

/// A group on `broker-a`, made by raw frames.
fn group(lab: &RocketMq) -> String {
    let name = lab.unique("group");
    let body = format!("{{\"groupName\":\"{name}\"}}");
    let made = raw::ask(lab.address(Node::Master), raw::SET_GROUP, &[], body.as_bytes()).unwrap();
    assert_eq!(made.code, 0, "{}", made.remark);
    name
}

/// The offset of a group as the broker says it to a consumer (QUERY_CONSUMER_OFFSET).
fn raw_offset(lab: &RocketMq, group: &str, topic: &str, queue: &str) -> String {
    let fields = [("consumerGroup", group), ("topic", topic), ("queueId", queue)];
    ask(lab, Node::Master, raw::COMMITTED, &fields).field("offset").to_owned()
}

async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < LIMIT, "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
