//! The way back of a plan that moves replicas.

use super::{CONFIGS, ELECT, REASSIGN, UNTIL_COMPLETED, code, entity, set, settings_of, verify};
use crate::text::foreign::shown;
use crate::text::reassignment;
use engine::{History, RESTORE};
use interlock::cluster::kafka::LEADER_LIST;
use interlock::id::TopicName;
use interlock::plan::{ConfigChange, ConfigOn, ListRemoval, Plan, list_entries};
use std::collections::BTreeSet;

pub(super) fn undo(plan: &Plan, history: &History, text: &mut String) {
    text.push_str(
        "## Undo\n\nIf anything is on the move, stop it first. Then the throttle, in bytes a second, with the entries of the way \
         back in its lists:\n\n",
    );
    let (rates, lists): (Vec<&ConfigChange>, Vec<&ConfigChange>) = plan
        .steps
        .iter()
        .filter_map(|step| settings_of(&step.work))
        .flatten()
        .partition(|one| matches!(one.on, ConfigOn::Broker(_)));
    let mut lines = Vec::new();
    if !stands(plan, history) {
        lines.extend(rates.into_iter().map(set));
    }
    lines.extend(lists.into_iter().filter_map(|one| list(plan, one)));
    code(text, &lines);
    text.push_str("What was never moved stays where it is:\n\n");
    code(
        text,
        &[format!("{REASSIGN} --reassignment-json-file rollback.json --execute --additional"), verify("rollback.json")],
    );
    text.push_str(UNTIL_COMPLETED);
    code(text, &[format!("{ELECT} --election-type preferred --path-to-json-file rollback.json")]);
}

/// Whether the rates are set: each step that sets something is done, and nothing is put back.
fn stands(plan: &Plan, history: &History) -> bool {
    let mut sets = plan.steps.iter().filter(|step| settings_of(&step.work).is_some());
    let mut back = (0..).zip(&plan.restore).map(|(place, _)| history.tries(RESTORE, place).is_done());
    sets.all(|step| history.done.contains(&step.number)) && !back.any(|done| done)
}

/// The list of the way forward and the entries of the way back.
fn list(plan: &Plan, one: &ConfigChange) -> Option<String> {
    let ConfigOn::Topic(topic) = &one.on else { return None };
    let there = list_entries(one.to.as_deref().unwrap_or_default());
    let back = of_topic(plan, topic, &one.key);
    let more = back.iter().map(String::as_str).filter(|entry| !there.contains(entry));
    let all: Vec<&str> = there.iter().copied().chain(more).collect();
    let value = shown(&all.join(","), usize::MAX);
    Some(format!("{CONFIGS} {} --alter --add-config '{}=[{value}]'", entity(&one.on), one.key))
}

/// What the way back adds to a list that something is taken from at the end.
pub(super) fn entries(plan: &Plan, list: &ListRemoval) -> BTreeSet<String> {
    of_topic(plan, &list.topic, &list.key)
}

/// Who sends on the way back, and who receives.
fn of_topic(plan: &Plan, topic: &TopicName, key: &str) -> BTreeSet<String> {
    let moves = reassignment::moves(plan).into_iter().filter(|one| one.topic == *topic && !one.adding().is_empty());
    moves
        .flat_map(|one| {
            let brokers = if key == LEADER_LIST { one.to.0.clone() } else { one.from.without(&one.to) };
            brokers.into_iter().map(|id| format!("{}:{id}", one.partition))
        })
        .collect()
}
