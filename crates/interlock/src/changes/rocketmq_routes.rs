//! What NameServers tell clients of a topic, against what its masters have. NameServers know nothing of each other.

use crate::cluster::rocketmq::{BrokerSet, Perm, Queues, RocketmqCluster, Route, Topic};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{Check, Level, TopicShape};

/// Every NameServer that answers tells clients what the masters have: the queues, and what may be done with them. One of which
/// somebody wiped a write permission (205) keeps clients away from a master that is written to by the others.
pub(super) fn check(name: &TopicName, topic: &Topic, cluster: &RocketmqCluster) -> Check {
    for (_, said) in &topic.routes {
        let Some(route) = said.answer() else { continue };
        for at in topic.settings() {
            let shape = TopicShape::of(at);
            let shape = TopicShape { perm: routed(cluster.broker(&at.broker), shape.perm), ..shape };
            let told = told(route.as_ref(), at.broker.as_str());
            if told != Some(shape) {
                let found = told.map_or_else(|| "none".to_owned(), |told| told.to_string());
                let facts = Facts::none().with("topic", name.as_str()).with("master", at.broker.as_str());
                let facts = facts.with("expected", shape.to_string()).with("found", found);
                return Check::new(Level::Block, "routes-differ", facts);
            }
        }
    }
    Check::pass("routes-agree")
}

fn told(route: Option<&Route>, broker: &str) -> Option<TopicShape> {
    let one = route?.queues.iter().find(|one| one.broker.as_str() == broker)?;
    Some(TopicShape { queues: Queues { read: one.read, write: one.write }, perm: one.perm })
}

/// What routes tell of a topic at a broker: 4.9 tells the broker's own permission where that is narrower than both, 5.x what topic
/// and broker both permit.
pub(super) fn routed(broker: Option<&BrokerSet>, perm: Perm) -> Perm {
    let said = broker.and_then(BrokerSet::master).and_then(|master| master.said.answer());
    let Some(own) = said.and_then(|seen| seen.perm) else { return perm };
    let is_4 = said.is_some_and(|seen| seen.version.starts_with("4."));
    match (own.may_read() && own.may_write(), is_4) {
        (true, _) => perm,
        (false, true) => own,
        (false, false) => Perm(own.0 & perm.0),
    }
}
