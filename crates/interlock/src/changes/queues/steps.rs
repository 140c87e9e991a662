//! Steps that set queues.

use super::look::Seen;
use crate::changes::{Context, Guard};
use crate::id::{BrokerName, TopicName};
use crate::plan::{
    Action, Condition, Expectation, OpenAt, QueuesChange, RocketmqAction, RocketmqExpectation, Rule, SeedRule,
    SeedsKept, Standing, Step, Undo, Work,
};

/// How many looks in a row must show what was set, and the time between two of them in milliseconds.
const LOOKS: (u32, u64) = (2, 2_000);
/// The same where a broker has a slave. It takes over the master's settings every 10 s (4.9) or 60 s (5.x,
/// `BrokerController` and `SlaveSynchronize`), so a later look is needed to see what comes of that.
const LOOKS_OVER_A_SYNC: (u32, u64) = (3, 35_000);
/// At most so many offsets are given to groups.
const MOST_SEEDS: u64 = 100_000;

/// What setting and watching takes at one step, in milliseconds.
pub(super) fn lasts_ms(seen: &Seen<'_>) -> u64 {
    let (looks, interval_ms) = looks(seen, seen.at.iter().map(|at| &at.broker));
    1_000 + u64::from(looks) * interval_ms
}

fn looks<'b>(seen: &Seen<'_>, mut masters: impl Iterator<Item = &'b BrokerName>) -> (u32, u64) {
    let has_slave =
        |name: &BrokerName| seen.cluster.broker(name).is_some_and(|broker| broker.slaves().next().is_some());
    if masters.any(has_slave) { LOOKS_OVER_A_SYNC } else { LOOKS }
}

/// One call to each of the masters.
pub(super) fn set(topic: &TopicName, places: Vec<QueuesChange>) -> Work {
    Work::Act(Action::Rocketmq(RocketmqAction::SetQueues { topic: topic.clone(), places }))
}

/// It stands at the masters and in every route.
pub(super) fn stands((topic, seen): On<'_>, places: &[QueuesChange]) -> Condition {
    let queues: Vec<OpenAt> = places.iter().map(QueuesChange::after).collect();
    let (looks, interval_ms) = looks(seen, queues.iter().map(|one| &one.broker));
    let known = seen.at.iter().map(|at| at.broker.clone()).collect();
    Condition::RocketmqQueuesStand(Standing {
        topic: topic.clone(),
        queues,
        known,
        perms: Vec::new(),
        looks,
        interval_ms,
    })
}

/// A topic, and what was seen of it.
pub(super) type On<'a> = (&'a TopicName, &'a Seen<'a>);

/// A step that sets queues, taken back as told.
pub(super) fn setting(on: On<'_>, places: Vec<QueuesChange>, undo: Undo) -> Step {
    let done = stands(on, &places);
    Step { number: 0, work: set(on.0, places), needs: Vec::new(), done, undo }
}

/// A step that gives every group an offset in queues before anything is written to them: at each broker from a number on, up to
/// the second and without it.
pub(super) fn seeding((topic, seen): On<'_>, queues: Vec<(BrokerName, u32, u32)>, context: &Context<'_>) -> Step {
    let kept = context.guards.has(Guard::SeedsKept);
    let done = if kept { Condition::RocketmqSeedsKept(SeedsKept::of(seen.cluster)) } else { Condition::ReadBack };
    let rule = SeedRule { topic: topic.clone(), queues, most: MOST_SEEDS };
    Step { number: 0, work: Work::Rule(Rule::RocketmqSeedOffsets(rule)), needs: Vec::new(), done, undo: Undo::Nothing }
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
