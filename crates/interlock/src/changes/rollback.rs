//! The way back of an operation that happened, as a plan of its own.

use super::kafka_offsets as offsets;
use super::{Context, held_checks};
use crate::cluster::kafka::{Committed, CommittedOffset};
use crate::cluster::{Looker, Sections};
use crate::facts::Facts;
use crate::id::{GroupId, OperationId, TopicName};
use crate::plan::{
    Action, Check, Condition, Done, Draft, Effect, Estimate, Expectation, Impact, KafkaAction, Level, Log, Mistake,
    OffsetExpected, OffsetMove, OffsetRemoval, Plan, Planning, ReverseImpossible, Row, Step, Undo, Work, inverse,
    reverse,
};
use std::collections::{BTreeMap, BTreeSet};

/// What is taken back.
#[derive(Debug, Clone, Copy)]
pub struct Rollback<'a> {
    /// The operation's plan.
    pub plan: &'a Plan,
    /// What its journal says was done or may have been done.
    pub done: &'a [Done],
}

/// Plans the way back to the saved values. Where the cluster still shows what the operation wrote, every check passes and
/// the first approval covers it; a warning `values-moved-on` says where it does not, and
/// ordinary seats are asked for.
#[must_use]
pub fn plan_rollback(rollback: &Rollback<'_>, sections: &Sections, context: &Context<'_>) -> Planning {
    let actions = match reverse(rollback.plan, rollback.done) {
        Ok(actions) => actions,
        Err(ReverseImpossible::NothingDone) => {
            return Planning::Mistake(Mistake::new("nothing-to-take-back", of(&rollback.plan.operation)));
        }
        Err(ReverseImpossible::Irreversible { step, lost }) => {
            let mut facts = lost;
            facts = facts.with("step", i64::from(step)).with("operation", rollback.plan.operation.as_str());
            return Planning::Refused(vec![Check::new(Level::Block, "irreversible", facts)]);
        }
    };
    let wanted = wanted(&actions);
    let mut looker = Looker::new(sections);
    let mut failed = Vec::new();
    let cluster = offsets::seen(looker.kafka_cluster(), "cluster", &mut failed);
    let mut groups = Vec::new();
    for &group in wanted.keys() {
        let seen = offsets::seen(looker.kafka_group(group), "group", &mut failed);
        let committed = offsets::seen(looker.kafka_committed(group), "committed offsets", &mut failed);
        groups.push((group, seen, committed));
    }
    let names: BTreeSet<&TopicName> = wanted.values().flatten().map(|one| one.topic).collect();
    let mut topics = Vec::new();
    for name in names {
        let topic = offsets::seen(looker.kafka_topic(name), name.as_str(), &mut failed);
        let ranges = offsets::seen(looker.kafka_log_ranges(name), name.as_str(), &mut failed);
        topics.push((name, topic, ranges));
    }
    let needed = looker.needed();
    if !needed.is_empty() {
        return Planning::Need(needed);
    }
    let Some(cluster) = cluster.filter(|_| failed.is_empty()) else { return Planning::Refused(failed) };

    let mut checks = vec![offsets::identity_check(cluster)];
    checks.extend(
        topics.iter().filter_map(|(name, topic, _)| topic_check(rollback.plan, name, topic.and_then(Option::as_ref))),
    );
    let present: Vec<_> =
        topics.iter().filter_map(|(name, topic, _)| Some((*name, topic.and_then(Option::as_ref)?))).collect();
    for (group, seen, _) in &groups {
        let seen = seen.and_then(Option::as_ref);
        checks.extend(offsets::right_checks((group, seen), &present, true));
        checks.push(match seen.filter(|seen| !seen.members.is_empty()) {
            None => Check::pass("group-inactive"),
            Some(seen) => Check::new(Level::Block, "group-inactive", offsets::member_facts(group, &seen.members)),
        });
    }
    let holds: Vec<_> = wanted
        .keys()
        .flat_map(|group| offsets::holds(&context.cluster.name, group, topics.iter().map(|(name, ..)| *name)))
        .collect();
    let others: Vec<_> =
        context.held.iter().filter(|(_, holder)| *holder != rollback.plan.operation).cloned().collect();
    checks.extend(held_checks(&holds, &others));
    let current: BTreeMap<&GroupId, &[CommittedOffset]> =
        groups.iter().filter_map(|(group, _, committed)| Some((*group, committed.as_ref()?.as_slice()))).collect();
    let rebased = rebase(&wanted, &current);
    checks.push(moved_check(&wanted, &rebased));
    if checks.iter().any(Check::blocks) {
        return Planning::Refused(checks);
    }
    let logs: BTreeMap<&TopicName, Log<'_>> =
        topics.iter().filter_map(|(name, _, ranges)| Some((*name, Log::new((*ranges)?, None)))).collect();
    let actions = actions_of(&rebased);
    if actions.is_empty() {
        return Planning::Mistake(Mistake::new("already-as-before", of(&rollback.plan.operation)));
    }
    let mut expectations = vec![Expectation::KafkaClusterIs { id: cluster.id.clone() }];
    expectations.extend(present.iter().map(|(name, topic)| Expectation::KafkaTopicIs {
        topic: (*name).clone(),
        id: topic.id.clone(),
        partitions: u32::try_from(topic.partitions.len()).unwrap_or(u32::MAX),
    }));
    expectations.extend(wanted.keys().map(|group| Expectation::KafkaGroupHasNoMembers { group: (*group).clone() }));
    expectations.extend(rebased.iter().map(|(group, places)| Expectation::KafkaCommittedAre {
        group: (*group).clone(),
        offsets: places.iter().map(Rebased::expected).collect(),
    }));
    let steps = steps(&actions, &expectations);
    Planning::Plan(Box::new(Draft {
        identity: cluster.id.clone(),
        arguments: BTreeMap::from([("operation".to_owned(), rollback.plan.operation.to_string())]),
        effect: Effect::Reversible,
        holds,
        checks,
        expectations,
        impact: impact(&rebased, &logs),
        estimate: Estimate {
            duration_ms: 1_000,
            way_back_ms: 1_000,
            changes: actions.iter().map(|action| u64::try_from(action.size()).unwrap_or(u64::MAX)).sum(),
        },
        steps,
        restore: Vec::new(),
    }))
}

fn of(operation: &OperationId) -> Facts {
    Facts::none().with("operation", operation.as_str())
}

/// A partition's saved value, and what the operation left there.
struct Saved<'a> {
    topic: &'a TopicName,
    partition: i32,
    left: Option<&'a Committed>,
    saved: Option<&'a Committed>,
}

fn wanted(actions: &[Action]) -> BTreeMap<&GroupId, Vec<Saved<'_>>> {
    let mut by_group: BTreeMap<&GroupId, Vec<Saved<'_>>> = BTreeMap::new();
    for action in actions {
        let Action::Kafka(action) = action;
        let places = by_group.entry(action.group()).or_default();
        match action {
            KafkaAction::CommitOffsets { moves, .. } => places.extend(moves.iter().map(|one| Saved {
                topic: &one.topic,
                partition: one.partition,
                left: one.from.as_ref(),
                saved: Some(&one.to),
            })),
            KafkaAction::DeleteOffsets { removals, .. } => places.extend(removals.iter().map(|one| Saved {
                topic: &one.topic,
                partition: one.partition,
                left: Some(&one.from),
                saved: None,
            })),
        }
    }
    by_group
}

/// A saved value with what stands there now instead of what was left.
struct Rebased {
    topic: TopicName,
    partition: i32,
    now: Option<Committed>,
    saved: Option<Committed>,
}

impl Rebased {
    fn expected(&self) -> OffsetExpected {
        OffsetExpected { topic: self.topic.clone(), partition: self.partition, committed: self.now.clone() }
    }
}

fn rebase<'a>(
    wanted: &BTreeMap<&'a GroupId, Vec<Saved<'_>>>,
    current: &BTreeMap<&GroupId, &[CommittedOffset]>,
) -> BTreeMap<&'a GroupId, Vec<Rebased>> {
    let rebase = |group: &GroupId, one: &Saved<'_>| {
        let committed = current.get(group).copied().unwrap_or_default();
        let now = committed.iter().find(|other| other.topic == *one.topic && other.partition == one.partition);
        Rebased {
            topic: one.topic.clone(),
            partition: one.partition,
            now: now.map(|found| found.committed.clone()),
            saved: one.saved.cloned(),
        }
    };
    wanted.iter().map(|(group, places)| (*group, places.iter().map(|one| rebase(group, one)).collect())).collect()
}

/// Whether the group went on since: what stands is neither what the operation left nor the saved value.
fn moved_check(wanted: &BTreeMap<&GroupId, Vec<Saved<'_>>>, rebased: &BTreeMap<&GroupId, Vec<Rebased>>) -> Check {
    let pairs = wanted.values().flatten().zip(rebased.values().flatten());
    let moved: Vec<_> =
        pairs.filter(|(saved, now)| now.now.as_ref() != saved.left && now.now.as_ref() != saved.saved).collect();
    let Some((first, now)) = moved.first() else { return Check::pass("values-as-left") };
    let show =
        |committed: Option<&Committed>| committed.map_or_else(|| "none".to_owned(), |one| one.offset.to_string());
    let facts = Facts::none()
        .with("count", moved.len())
        .with("topic", first.topic.as_str())
        .with("partition", i64::from(first.partition))
        .with("left", show(first.left))
        .with("found", show(now.now.as_ref()));
    Check::new(Level::Warn, "values-moved-on", facts)
}

fn topic_check(plan: &Plan, name: &TopicName, topic: Option<&crate::cluster::kafka::Topic>) -> Option<Check> {
    let facts = Facts::none().with("topic", name.as_str());
    let Some(topic) = topic else { return Some(Check::new(Level::Block, "topic-gone", facts)) };
    let expected = plan.expectations.iter().find_map(|expectation| match expectation {
        Expectation::KafkaTopicIs { topic, id, .. } if topic == name => Some(id),
        _ => None,
    })?;
    (*expected != topic.id).then(|| Check::new(Level::Block, "topic-recreated", facts))
}

fn actions_of(rebased: &BTreeMap<&GroupId, Vec<Rebased>>) -> Vec<Action> {
    let mut actions = Vec::new();
    for (group, places) in rebased {
        let mut moves = Vec::new();
        let mut removals = Vec::new();
        for place in places.iter().filter(|place| place.now != place.saved) {
            let (topic, partition) = (place.topic.clone(), place.partition);
            match (&place.saved, &place.now) {
                (Some(saved), now) => moves.push(OffsetMove { topic, partition, from: now.clone(), to: saved.clone() }),
                (None, Some(now)) => removals.push(OffsetRemoval { topic, partition, from: now.clone() }),
                (None, None) => {}
            }
        }
        let group = (*group).clone();
        if !moves.is_empty() {
            actions.push(Action::Kafka(KafkaAction::CommitOffsets { group: group.clone(), moves }));
        }
        if !removals.is_empty() {
            actions.push(Action::Kafka(KafkaAction::DeleteOffsets { group, removals }));
        }
    }
    actions
}

/// One step an action. Each needs the group stopped and the same topics; what stands is told by the probe of each action.
fn steps(actions: &[Action], expectations: &[Expectation]) -> Vec<Step> {
    let needs: Vec<Expectation> =
        expectations.iter().filter(|one| !matches!(one, Expectation::KafkaCommittedAre { .. })).cloned().collect();
    (1..)
        .zip(actions)
        .map(|(number, action)| Step {
            number,
            work: Work::Act(action.clone()),
            needs: needs.clone(),
            done: Condition::ReadBack,
            undo: Undo::Literal { actions: inverse(action), needs: needs.clone() },
        })
        .collect()
}

fn impact(rebased: &BTreeMap<&GroupId, Vec<Rebased>>, logs: &BTreeMap<&TopicName, Log<'_>>) -> Impact {
    let row = |place: &Rebased| {
        let range = logs.get(&place.topic).and_then(|log| log.range(place.partition));
        Row::Offset {
            topic: place.topic.to_string(),
            partition: place.partition,
            from: place.now.as_ref().map(|committed| committed.offset),
            to: place.saved.as_ref().map(|committed| committed.offset),
            log_start: range.map_or(-1, |range| range.start),
            log_end: range.map_or(-1, |range| range.end),
            clamped: false,
        }
    };
    let places: Vec<&Rebased> = rebased.values().flatten().collect();
    let topics: BTreeSet<String> = places.iter().map(|place| place.topic.to_string()).collect();
    Impact {
        worst_case: "rollback-returns-to-saved".to_owned(),
        topics: topics.into_iter().collect(),
        groups: rebased.keys().map(ToString::to_string).collect(),
        clients: Vec::new(),
        facts: Facts::none()
            .with("partitions", places.len())
            .with("changed", places.iter().filter(|place| place.now != place.saved).count()),
        rows: places.iter().map(|place| row(place)).collect(),
        needs_from_application: Vec::new(),
    }
}
