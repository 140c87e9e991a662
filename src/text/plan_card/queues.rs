//! How many queues are open at each master, before and after, as the card's small table.

use crate::text::card::Table;
use crate::text::locale::{Args, Locale};
use crate::text::table::MOST_ROWS;
use interlock::plan::{Plan, Row};

/// One row a master.
pub(in crate::text) fn table(plan: &Plan, locale: Locale) -> Option<Table> {
    let all: Vec<Vec<String>> = plan.impact.rows.iter().filter_map(row).collect();
    let more = all.len().saturating_sub(MOST_ROWS);
    let more = (more > 0).then(|| locale.say("table-more", &Args::new().count("more", more)));
    let head = vec![String::new(), locale.text("table-read"), locale.text("table-write")];
    (!all.is_empty()).then(|| Table { head, rows: all.into_iter().take(MOST_ROWS).collect(), more })
}

fn row(row: &Row) -> Option<Vec<String>> {
    let Row::Queues { broker, now, then } = row else { return None };
    let pair = |now: u32, then: u32| if now == then { now.to_string() } else { format!("{now}→{then}") };
    Some(vec![broker.clone(), pair(now.read, then.read), pair(now.write, then.write)])
}
