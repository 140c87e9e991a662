//! What differs between two plans of one operation, for the card of the older one.

use super::{Plan, Row};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// One thing that differs; shown as "what: before → after".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What differs: "argument to", "reason", "offset orders 3", "check late-records", "seats".
    pub what: String,
    /// How it was; empty if it was not there.
    pub before: String,
    /// How it is; empty if it is no longer there.
    pub after: String,
}

/// Everything that a voter should know of a newer plan, in a fixed order: arguments, who asks and why, rows, checks, seats.
#[must_use]
pub fn differences(before: &Plan, after: &Plan) -> Vec<Difference> {
    let mut found = Vec::new();
    compare("argument", &before.arguments, &after.arguments, &mut found);
    compare("", &asked(before), &asked(after), &mut found);
    compare("offset", &offset_rows(before), &offset_rows(after), &mut found);
    compare("broker", &broker_rows(before), &broker_rows(after), &mut found);
    compare("setting", &setting_rows(before), &setting_rows(after), &mut found);
    compare("group", &reader_rows(before), &reader_rows(after), &mut found);
    compare("check", &checks(before), &checks(after), &mut found);
    let seats = |plan: &Plan| BTreeMap::from([("count".to_owned(), plan.votes.len().to_string())]);
    compare("seats", &seats(before), &seats(after), &mut found);
    found
}

fn compare(
    kind: &str,
    before: &BTreeMap<String, String>,
    after: &BTreeMap<String, String>,
    found: &mut Vec<Difference>,
) {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for key in keys {
        let (old, new) = (before.get(key), after.get(key));
        if old != new {
            found.push(Difference {
                what: if kind.is_empty() { key.clone() } else { format!("{kind} {key}") },
                before: old.cloned().unwrap_or_default(),
                after: new.cloned().unwrap_or_default(),
            });
        }
    }
}

/// Who asks, in words: what nobody said is not there.
fn asked(plan: &Plan) -> BTreeMap<String, String> {
    let people: Vec<&str> = plan.requesters.iter().map(|requester| requester.person.as_str()).collect();
    let said = [("asked by", people.join(", ")), ("reason", plan.reason.clone()), ("ticket", plan.ticket.clone())];
    said.into_iter().filter(|(_, text)| !text.is_empty()).map(|(what, text)| (what.to_owned(), text)).collect()
}

fn offset_rows(plan: &Plan) -> BTreeMap<String, String> {
    let show = |offset: &Option<i64>| offset.map_or_else(|| "none".to_owned(), |offset| offset.to_string());
    let row = |row: &Row| match row {
        Row::Offset { topic, partition, from, to, .. } => {
            Some((format!("{topic} {partition}"), format!("{} to {}", show(from), show(to))))
        }
        Row::Queue { topic, broker, queue, from, to, .. } => {
            Some((format!("{topic} {broker} {queue}"), format!("{} to {}", show(from), show(to))))
        }
        Row::Queues { .. } | Row::Broker { .. } | Row::Setting { .. } | Row::Reader { .. } => None,
    };
    plan.impact.rows.iter().filter_map(row).collect()
}

fn broker_rows(plan: &Plan) -> BTreeMap<String, String> {
    let row = |row: &Row| match row {
        Row::Broker { broker, now, after, .. } => {
            Some((broker.to_string(), format!("{} to {} replicas", now.replicas, after.replicas)))
        }
        Row::Queues { broker, now, then } => Some((broker.clone(), format!("{now} to {then} queues"))),

        Row::Offset { .. } | Row::Queue { .. } | Row::Setting { .. } | Row::Reader { .. } => None,
    };
    plan.impact.rows.iter().filter_map(row).collect()
}

fn setting_rows(plan: &Plan) -> BTreeMap<String, String> {
    let show = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
    let row = |row: &Row| match row {
        Row::Setting { key, from, to, .. } => Some((key.clone(), format!("{} to {}", show(from), show(to)))),
        _ => None,
    };
    plan.impact.rows.iter().filter_map(row).collect()
}

fn reader_rows(plan: &Plan) -> BTreeMap<String, String> {
    let row = |row: &Row| match row {
        Row::Reader { group, members, unread } => Some((group.clone(), format!("{members} members, {unread} unread"))),
        _ => None,
    };
    plan.impact.rows.iter().filter_map(row).collect()
}

fn checks(plan: &Plan) -> BTreeMap<String, String> {
    plan.checks.iter().map(|check| (check.id.clone(), format!("{:?}", check.level).to_lowercase())).collect()
}
