//! Steps that set queues.

use super::look::Seen;
use crate::id::TopicName;
use crate::plan::{
    Action, Condition, Expectation, OpenAt, QueuesChange, RocketmqAction, RocketmqExpectation, Standing, Step, Undo,
    Work,
};

/// How many looks in a row must show what was set: one can be taken back by a synchronization.
pub(super) const LOOKS: u32 = 2;
/// The time between two of them, in milliseconds.
const LOOK_EVERY_MS: u64 = 2_000;

/// One call to each of the masters.
pub(super) fn set(topic: &TopicName, places: Vec<QueuesChange>) -> Work {
    Work::Act(Action::Rocketmq(RocketmqAction::SetQueues { topic: topic.clone(), places }))
}

/// It stands at the masters and in every route.
pub(super) fn stands(topic: &TopicName, places: &[QueuesChange]) -> Condition {
    let queues: Vec<OpenAt> = places.iter().map(QueuesChange::after).collect();
    Condition::RocketmqQueuesStand(Standing { topic: topic.clone(), queues, looks: LOOKS, interval_ms: LOOK_EVERY_MS })
}

/// A step that sets queues, taken back as told.
pub(super) fn setting(topic: &TopicName, places: Vec<QueuesChange>, undo: Undo) -> Step {
    let done = stands(topic, &places);
    Step { number: 0, work: set(topic, places), needs: Vec::new(), done, undo }
}

/// The steps in their order, numbered.
pub(super) fn numbered(steps: impl IntoIterator<Item = Step>) -> Vec<Step> {
    (1..).zip(steps).map(|(number, step)| Step { number, ..step }).collect()
}

/// The cluster is the one that was planned for, these queues stand at its masters, and no other has the topic.
pub(super) fn expectations(topic: &TopicName, seen: &Seen<'_>) -> Vec<Expectation> {
    let brokers = seen.cluster.brokers.iter().map(|broker| broker.name.clone()).collect();
    let queues = seen.queues().map(|(at, queues)| OpenAt { broker: at.broker.clone(), queues }).collect();
    [
        RocketmqExpectation::ClusterIs { name: seen.cluster.name.clone(), brokers },
        RocketmqExpectation::QueuesAre { topic: topic.clone(), queues, only: true },
    ]
    .map(Expectation::Rocketmq)
    .into()
}
