//! What a reset does: one literal commit, or wait, capture and rule.

use super::Wanted;
use super::look::Seen;
use crate::changes::kafka_offsets as offsets;
use crate::changes::vector;
use crate::plan::{Capture, Condition, Expectation, OffsetRule, Rule, Step, Undo, Wait, Work, inverse};
use std::time::Duration;

/// How often a stopping group is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How many looks in a row must find the group without members.
const QUIET_LOOKS: u32 = 2;
/// The number of the step that captures, which the rule counts from.
const CAPTURE_STEP: u32 = 2;

/// What must be true when the operation starts. While members are waited for, neither they nor their commits are expected
/// to stay as they are.
pub(super) fn expectations(wanted: &Wanted<'_>, seen: &Seen<'_>, waits: bool) -> Vec<Expectation> {
    let mut expectations = vec![Expectation::KafkaClusterIs { id: seen.cluster.id.clone() }];
    expectations.extend(topics_are(seen));
    if !waits {
        expectations.push(stopped(wanted));
        expectations.extend(values_are(wanted, seen));
    }
    expectations
}

fn stopped(wanted: &Wanted<'_>) -> Expectation {
    Expectation::KafkaGroupHasNoMembers { group: wanted.group.clone() }
}

fn topics_are<'a>(seen: &'a Seen<'_>) -> impl Iterator<Item = Expectation> + 'a {
    seen.topics.iter().map(|topic| offsets::topic_is(topic.name, topic.topic))
}

fn values_are(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<Expectation> {
    let committed =
        Expectation::KafkaCommittedAre { group: wanted.group.clone(), offsets: vector::expected(&seen.places) };
    let in_log = vector::targets(&seen.places)
        .into_iter()
        .map(|(topic, offsets)| Expectation::KafkaOffsetsInLog { topic, offsets });
    std::iter::once(committed).chain(in_log).collect()
}

/// One literal commit.
pub(super) fn exact(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<Step> {
    let Some(action) = vector::commit(wanted.group, &seen.places) else { return Vec::new() };
    let undo = Undo::Literal {
        actions: inverse(&action),
        needs: std::iter::once(stopped(wanted)).chain(topics_are(seen)).collect(),
    };
    let mut needs = vec![stopped(wanted)];
    needs.extend(topics_are(seen));
    needs.extend(values_are(wanted, seen));
    vec![Step { number: 1, work: Work::Act(action), needs, done: Condition::ReadBack, undo }]
}

/// Waits for the group to stop, captures where it stopped, and sets its offsets by the rule.
pub(super) fn waiting(wanted: &Wanted<'_>, seen: &Seen<'_>, deadline: Duration) -> Vec<Step> {
    let needs: Vec<_> = std::iter::once(stopped(wanted)).chain(topics_are(seen)).collect();
    let (wait, quiet) = wait(wanted, deadline);
    let partitions: Vec<_> = seen.topics.iter().map(|topic| (topic.name.clone(), topic.partitions.clone())).collect();
    let capture = Capture::KafkaCommitted { group: wanted.group.clone(), partitions: partitions.clone() };
    let rule = OffsetRule { group: wanted.group.clone(), target: wanted.target, partitions, captured_by: CAPTURE_STEP };
    vec![
        Step { number: 1, work: Work::Wait(wait), needs: Vec::new(), done: quiet, undo: Undo::Nothing },
        Step {
            number: CAPTURE_STEP,
            work: Work::Capture(capture),
            needs: needs.clone(),
            done: Condition::ReadBack,
            undo: Undo::Nothing,
        },
        Step {
            number: 3,
            work: Work::Rule(Rule::KafkaResetOffsets(rule)),
            needs,
            done: Condition::ReadBack,
            undo: Undo::Captured { step: CAPTURE_STEP },
        },
    ]
}

fn wait(wanted: &Wanted<'_>, deadline: Duration) -> (Wait, Condition) {
    let ms = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let quiet = Condition::KafkaGroupHasNoMembers { group: wanted.group.clone(), looks: QUIET_LOOKS };
    let wait = Wait { condition: quiet.clone(), interval_ms: ms(LOOK_EVERY), deadline_ms: ms(deadline) };
    (wait, quiet)
}
