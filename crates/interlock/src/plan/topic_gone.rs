//! A topic that was deleted on RocketMQ stays gone, in several looks: a broker that was about to register can bring its route
//! back.

use super::condition::{CANNOT_LOOK, Looked, Memory, Pace, gap_too_long};
use super::layout_probe::known;
use super::silent::silent_name_server;
use crate::cluster::rocketmq::{Said, Topic};
use crate::cluster::{Looker, Sections};
use crate::facts::Facts;
use crate::id::TopicName;
use serde::{Deserialize, Serialize};

/// What must stay gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// The topic.
    pub topic: TopicName,
    /// How many looks in a row; at least 1.
    pub looks: u32,
    /// The time between two looks, in milliseconds.
    pub interval_ms: u64,
}

pub(super) fn look(absence: &Absence, memory: &Memory, sections: &Sections, pace: Pace) -> (Memory, Looked) {
    let broken = Memory { last_look: Some(pace.now), ..Memory::default() };
    let found = match known(Looker::new(sections).rocketmq_topic(&absence.topic)) {
        Ok(found) => found.as_ref(),
        Err(facts) => return (broken, Looked::NotYet { id: CANNOT_LOOK, facts }),
    };
    if let Some(looked) = found.and_then(|topic| left(absence, topic)) {
        return (broken, looked);
    }
    let streak = if gap_too_long(memory, pace) { 1 } else { memory.streak.saturating_add(1) };
    let memory = Memory { streak, last_look: Some(pace.now), ..Memory::default() };
    if streak >= absence.looks {
        return (memory, Looked::Met);
    }
    let facts = Facts::none()
        .with("topic", absence.topic.as_str())
        .with("streak", i64::from(streak))
        .with("wanted", i64::from(absence.looks));
    (memory, Looked::NotYet { id: "topic-gone-watched", facts })
}

/// What is there nevertheless.
fn left(absence: &Absence, topic: &Topic) -> Option<Looked> {
    let facts = || Facts::none().with("topic", absence.topic.as_str());
    if let Some(at) = topic.settings().next() {
        return Some(Looked::Foreign { id: "topic-recreated", facts: facts().with("master", at.broker.as_str()) });
    }
    if topic.routes.iter().any(|(_, said)| matches!(said, Said::Answer(Some(_)))) {
        return Some(Looked::Foreign { id: "route-left", facts: facts() });
    }
    let dead = topic.routes.iter().zip(1..).find_map(|((_, said), number)| Some((number, said.failure()?)));
    dead.map(|(number, failure)| Looked::NotYet { id: CANNOT_LOOK, facts: silent_name_server(number, failure) })
}
