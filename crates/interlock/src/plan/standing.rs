//! Queues that were set stand at the masters and in every route, in several looks: one look is not believed, because a
//! synchronization can take back what was read back once.

use super::condition::{CANNOT_LOOK, Looked, Memory, Pace, gap_too_long};
use super::layout_probe::known;
use super::queues_action::{OpenAt, Shown, other, shown};
use super::rocketmq_topic::TopicShape;
use crate::cluster::rocketmq::{Perm, Queues, Route, Said, Topic};
use crate::cluster::{Looker, Sections};
use crate::facts::Facts;
use crate::id::{BrokerName, TopicName};
use serde::{Deserialize, Serialize};

/// What queues must stand where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The topic.
    pub topic: TopicName,
    /// The masters with their queues.
    pub queues: Vec<OpenAt>,
    /// Every master that had the topic when it was planned; empty if that was not noted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<BrokerName>,
    /// What may be done with it there, where that was set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub perms: Vec<PermAt>,
    /// How many looks in a row; at least 1.
    pub looks: u32,
    /// The time between two looks, in milliseconds.
    pub interval_ms: u64,
}

/// What may be done with a topic at one master.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PermAt {
    /// The broker.
    pub broker: BrokerName,
    /// As the master has it.
    pub perm: Perm,
    /// As routes tell it, which the broker's own permission narrows.
    pub routed: Perm,
}

pub(super) fn look(standing: &Standing, memory: &Memory, sections: &Sections, pace: Pace) -> (Memory, Looked) {
    let broken = Memory { last_look: Some(pace.now), ..Memory::default() };
    let mut looker = Looker::new(sections);
    let topic = match known(looker.rocketmq_topic(&standing.topic)) {
        Ok(Some(topic)) => topic,
        Ok(None) => {
            let facts = Facts::none().with("topic", standing.topic.as_str());
            return (broken, Looked::Impossible { id: "topic-gone", facts });
        }
        Err(facts) => return (broken, Looked::NotYet { id: CANNOT_LOOK, facts }),
    };
    let looked = masters(standing, topic).or_else(|| perms(standing, topic)).or_else(|| routes(standing, topic));
    if let Some(looked) = looked {
        return (broken, looked);
    }
    let streak = if gap_too_long(memory, pace) { 1 } else { memory.streak.saturating_add(1) };
    let memory = Memory { streak, last_look: Some(pace.now), ..Memory::default() };
    if streak >= standing.looks {
        return (memory, Looked::Met);
    }
    let facts = Facts::none()
        .with("topic", standing.topic.as_str())
        .with("streak", i64::from(streak))
        .with("wanted", i64::from(standing.looks));
    (memory, Looked::NotYet { id: "queues-watched", facts })
}

fn masters(standing: &Standing, topic: &Topic) -> Option<Looked> {
    for one in &standing.queues {
        match shown(Some(topic), &one.broker) {
            Shown::Here(found) if found == one.queues => {}
            Shown::Here(found) => {
                return Some(Looked::Foreign { id: "queues-changed", facts: other(&standing.topic, one, Some(found)) });
            }
            Shown::Nothing => {
                return Some(Looked::Foreign { id: "queues-changed", facts: other(&standing.topic, one, None) });
            }
            Shown::Silent(facts) => {
                let facts = facts.with("topic", standing.topic.as_str());
                return Some(Looked::NotYet { id: "master-silent", facts });
            }
        }
    }
    joined(standing, topic)
}

/// What may be done with it, at each master.
fn perms(standing: &Standing, topic: &Topic) -> Option<Looked> {
    for one in &standing.perms {
        let Some(here) = topic.settings().find(|at| at.broker == one.broker) else { continue };
        if here.perm != one.perm {
            let expected = TopicShape { perm: one.perm, ..TopicShape::of(here) };
            let facts = Facts::none()
                .with("topic", format!("{} ({})", standing.topic, one.broker))
                .with("expected", expected.to_string())
                .with("found", TopicShape::of(here).to_string());
            return Some(Looked::Foreign { id: "topic-settings-changed", facts });
        }
    }
    None
}

/// A master that came meanwhile has other queues than are wanted, and groups have no offset there.
fn joined(standing: &Standing, topic: &Topic) -> Option<Looked> {
    let stranger = topic.settings().find(|at| !standing.known.is_empty() && !standing.known.contains(&at.broker))?;
    let facts = Facts::none()
        .with("topic", standing.topic.as_str())
        .with("master", stranger.broker.as_str())
        .with("expected", "none")
        .with("found", Queues { read: stranger.read, write: stranger.write }.to_string());
    Some(Looked::Foreign { id: "another-master", facts })
}

/// Whether every NameServer that answers tells the same. One that is dead serves no clients.
fn routes(standing: &Standing, topic: &Topic) -> Option<Looked> {
    let queues = lagging(&standing.queues, topic).map(|behind| (&behind.broker, behind.queues.to_string()));
    let (broker, expected) = queues.or_else(|| perm_lagging(&standing.perms, topic))?;
    let facts = Facts::none().with("topic", standing.topic.as_str()).with("master", broker.as_str());
    Some(Looked::NotYet { id: "routes-lag", facts: facts.with("expected", expected) })
}

/// The first place whose permission a route tells otherwise.
fn perm_lagging<'a>(wanted: &'a [PermAt], topic: &Topic) -> Option<(&'a BrokerName, String)> {
    let routes = || topic.routes.iter().filter_map(|(_, said)| said.answer());
    let told = |route: Option<&Route>, one: &PermAt| {
        route.and_then(|route| route.queues.iter().find(|queues| queues.broker == one.broker)).map(|found| found.perm)
    };
    let behind = wanted.iter().find(|one| routes().any(|route| told(route.as_ref(), one) != Some(one.routed)))?;
    Some((&behind.broker, behind.routed.to_string()))
}

/// The first place that a route tells otherwise.
pub(super) fn lagging<'a>(wanted: &'a [OpenAt], topic: &Topic) -> Option<&'a OpenAt> {
    let told = topic.routes.iter().filter_map(|(_, said)| match said {
        Said::Answer(route) => Some(route.as_ref()),
        Said::Silent(_) => None,
    });
    for route in told {
        for one in wanted {
            let queues = route.and_then(|route| route.queues.iter().find(|queues| queues.broker == one.broker));
            if queues.map(|found| Queues { read: found.read, write: found.write }) != Some(one.queues) {
                return Some(one);
            }
        }
    }
    None
}
