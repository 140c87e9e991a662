//! What a reset does: captures where the group stands, and sets its offsets by the rule.

use super::Wanted;
use super::look::Seen;
use crate::changes::rocketmq_offsets as offsets;
use crate::plan::{
    Capture, Condition, Expectation, QueueRule, QueuesOf, ResetBy, RocketmqExpectation, Rule, Step, Undo, Work,
};
use std::collections::BTreeMap;

/// The number of the step that captures, which the rule counts from.
const CAPTURE_STEP: u32 = 1;

/// What must be true when the operation starts. Clients go on, so the offsets are not expected to stay as they are.
pub(super) fn expectations(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<Expectation> {
    let brokers = seen.places.iter().map(|place| &place.broker);
    let mut expectations = vec![offsets::cluster_is(seen.ground.cluster, brokers)];
    expectations.extend(needs(wanted, seen));
    expectations
}

fn needs(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<Expectation> {
    let mut needs: Vec<_> = seen.topics.iter().map(|topic| offsets::topic_is(topic.name, topic.topic)).collect();
    needs.extend(clients(wanted, seen).map(Expectation::Rocketmq));
    needs
}

/// How it is done depends on whether clients are connected: who goes on moves offsets, and 4.9 has another way for it.
fn clients(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Option<RocketmqExpectation> {
    let group = wanted.group.clone();
    match seen.by {
        ResetBy::Clients => Some(RocketmqExpectation::GroupHasClients { group }),
        ResetBy::Queue if !seen.ground.is_online() => Some(RocketmqExpectation::GroupHasNoClients { group }),
        ResetBy::Queue => None,
    }
}

pub(super) fn steps(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<Step> {
    let (group, queues) = (wanted.group.clone(), queues(seen));
    let capture = Capture::RocketmqOffsets { group: group.clone(), queues: queues.clone() };
    let rule = QueueRule {
        group,
        target: wanted.target,
        queues,
        captured_by: CAPTURE_STEP,
        by: seen.by,
        running: seen.ground.is_online(),
    };
    let needs = needs(wanted, seen);
    vec![
        Step {
            number: CAPTURE_STEP,
            work: Work::Capture(capture),
            needs: needs.clone(),
            done: Condition::ReadBack,
            undo: Undo::Nothing,
        },
        Step {
            number: 2,
            work: Work::Rule(Rule::RocketmqResetOffsets(rule)),
            needs,
            done: Condition::RocketmqOffsetsHold(offsets::holding(wanted.group)),
            undo: Undo::Captured { step: CAPTURE_STEP },
        },
    ]
}

fn queues(seen: &Seen<'_>) -> Vec<QueuesOf> {
    let mut all: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for place in &seen.places {
        all.entry((&place.topic, &place.broker)).or_default().push(place.queue);
    }
    let of = |((topic, broker), queues): ((&crate::id::TopicName, &crate::id::BrokerName), Vec<u32>)| QueuesOf {
        topic: topic.clone(),
        broker: broker.clone(),
        queues,
    };
    all.into_iter().map(of).collect()
}
