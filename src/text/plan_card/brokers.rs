//! What brokers hold before and after a move, as the card's small table and its one line.

use crate::text::card::{Line, Table};
use crate::text::locale::{Args, Locale};
use crate::text::numbers::bytes;
use crate::text::table::MOST_ROWS;
use interlock::facts::Fact;
use interlock::plan::{Load, Plan, Row};

/// One row a broker; those that change most where there are too many.
pub(in crate::text) fn table(plan: &Plan, locale: Locale) -> Option<Table> {
    let mut rows: Vec<(i32, Load, Load)> = plan.impact.rows.iter().filter_map(broker).collect();
    let all = rows.len();
    if all == 0 {
        return None;
    }
    rows.sort_by_key(|(id, now, after)| (std::cmp::Reverse(now.bytes.abs_diff(after.bytes)), *id));
    rows.truncate(MOST_ROWS);
    rows.sort_by_key(|(id, ..)| *id);
    let row = |(id, now, after): &(i32, Load, Load)| {
        vec![
            id.to_string(),
            format!("{}→{}", now.replicas, after.replicas),
            format!("{}→{}", now.leaders, after.leaders),
        ]
    };
    let more = all - rows.len();
    Some(Table {
        head: ["table-broker", "table-replicas", "table-leaders"].map(|key| locale.text(key)).to_vec(),
        rows: rows.iter().map(row).collect(),
        more: (more > 0).then(|| locale.say("table-more", &Args::new().count("more", more))),
    })
}

fn broker(row: &Row) -> Option<(i32, Load, Load)> {
    match row {
        Row::Broker { broker, now, after, .. } => Some((*broker, *now, *after)),
        Row::Offset { .. } => None,
    }
}

/// How much is moved, and how fast.
pub(in crate::text) fn moves(plan: &Plan, locale: Locale) -> Option<Line> {
    let count = |name: &str| match plan.impact.facts.get(name) {
        Some(Fact::Count(count)) => Some(*count),
        _ => None,
    };
    let amount = |name: &str| match plan.impact.facts.get(name) {
        Some(Fact::Bytes(amount)) => bytes(*amount),
        _ => String::new(),
    };
    let moved = count("moves")?;
    let least = count("bound").is_some_and(|bound| bound == moved);
    let args = Args::new()
        .number("moves", moved)
        .number("partitions", count("partitions").unwrap_or(0))
        .number("batches", count("batches").unwrap_or(0))
        .word("bytes", amount("bytes"))
        .word("throttle", amount("throttle"))
        .word("inflow", amount("inflow"));
    Some(locale.say(if least { "moves-replicas-fewest" } else { "moves-replicas" }, &args))
}
