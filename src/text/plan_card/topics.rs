//! What a plan does to whole topics and groups, as the card's small table and its one line.

use crate::text::card::{Line, Table};
use crate::text::foreign::shown;
use crate::text::kinds;
use crate::text::locale::{Args, Locale};
use crate::text::numbers::bytes;
use crate::text::table::MOST_ROWS;
use crate::text::width::fit;
use interlock::facts::Fact;
use interlock::plan::{KafkaAction, Plan, RocketmqAction, Row};

const KEY: usize = 15;
const VALUE: usize = 12;
const GROUP: usize = 13;

/// Settings, else groups; one kind has room.
pub(in crate::text) fn table(plan: &Plan, locale: Locale) -> Option<Table> {
    settings(plan, locale).or_else(|| readers(plan, locale))
}

fn settings(plan: &Plan, locale: Locale) -> Option<Table> {
    let row = |row: &Row| match row {
        Row::Setting { key, to, .. } => {
            let to = to.clone().unwrap_or_else(|| locale.text("setting-default"));
            Some(vec![fit(&shown(key, KEY), KEY), fit(&shown(&to, VALUE), VALUE)])
        }
        _ => None,
    };
    let rows: Vec<_> = plan.impact.rows.iter().filter_map(row).collect();
    made(["table-setting", "table-to"].map(|key| locale.text(key)).to_vec(), rows, locale)
}

fn readers(plan: &Plan, locale: Locale) -> Option<Table> {
    let row = |row: &Row| match row {
        Row::Reader { group, members, unread } => {
            let unread = i64::try_from(*unread).unwrap_or(i64::MAX);
            let unread = crate::text::numbers::signed_short(unread).trim_start_matches('+').to_owned();
            Some(vec![fit(&shown(group, GROUP), GROUP), members.to_string(), unread])
        }
        _ => None,
    };
    let rows: Vec<_> = plan.impact.rows.iter().filter_map(row).collect();
    made(["table-group", "table-client", "table-unread"].map(|key| locale.text(key)).to_vec(), rows, locale)
}

fn made(head: Vec<String>, mut rows: Vec<Vec<String>>, locale: Locale) -> Option<Table> {
    if rows.is_empty() {
        return None;
    }
    let more = rows.len().saturating_sub(MOST_ROWS);
    rows.truncate(MOST_ROWS);
    let more = (more > 0).then(|| locale.say("table-more", &Args::new().count("more", more)));
    Some(Table { head, rows, more })
}

/// A number that the planner counted; 0 where it counted none.
fn count(plan: &Plan, name: &str) -> i64 {
    match plan.impact.facts.get(name) {
        Some(Fact::Count(count)) => *count,
        _ => 0,
    }
}

/// How much changes; none for a plan of another kind.
pub(super) fn amount(plan: &Plan, locale: Locale) -> Option<Line> {
    let partitions = i64::try_from(plan.estimate.changes).unwrap_or(i64::MAX);
    if kinds::first_of_rocketmq(plan).is_some() {
        return Some(locale.say("size-masters", &Args::new().number("count", count(plan, "masters"))));
    }
    match kinds::first(plan)? {
        KafkaAction::SetConfigs { changes } => {
            Some(locale.say("size-settings", &Args::new().count("count", changes.len())))
        }
        _ => Some(locale.say("size-partitions", &Args::new().number("count", partitions))),
    }
}

/// What is made or goes, in numbers.
pub(super) fn moves(plan: &Plan, locale: Locale) -> Option<Line> {
    if let Some(RocketmqAction::DeleteTopic { .. }) = kinds::first_of_rocketmq(plan) {
        let records = count(plan, "records");
        let say = || locale.say("topics-messages-go", &Args::new().number("records", records));
        return (records > 0).then(say);
    }
    let count = |name: &str| count(plan, name);
    let weight = match plan.impact.facts.get("bytes") {
        Some(Fact::Bytes(amount)) => bytes(*amount),
        _ => bytes(0),
    };
    match kinds::first(plan)? {
        KafkaAction::CreateTopic(new) => {
            let args =
                Args::new().number("partitions", i64::from(new.partitions)).number("replicas", i64::from(new.replicas));
            Some(locale.say("topics-made", &args))
        }
        KafkaAction::CreatePartitions(more) => {
            let args = Args::new().number("from", i64::from(more.from)).number("to", i64::from(more.to));
            Some(locale.say("topics-expanded", &args))
        }
        KafkaAction::DeleteTopic(_) | KafkaAction::SetConfigs { .. } if count("records") > 0 => Some(
            locale.say("topics-records-go", &Args::new().number("records", count("records")).word("bytes", weight)),
        ),
        _ => None,
    }
}
