//! What brokers hold before and after a move, as the card's small table and its one line.

use crate::text::card::{Line, Table};
use crate::text::locale::{Args, Locale};
use crate::text::numbers::{bytes, short_bytes};
use crate::text::sentence::names;
use crate::text::table::{MOST_COLUMNS, MOST_ROWS, draw};
use crate::text::width;
use interlock::facts::Fact;
use interlock::plan::{Condition, Load, Plan, Row};

/// A terminal draws a bar and a space before each line.
const BAR: usize = 2;

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
    let more = all - rows.len();
    let more = (more > 0).then(|| locale.say("table-more", &Args::new().count("more", more)));
    let of = |columns: &[Column]| Table {
        head: std::iter::once(String::new()).chain(columns.iter().map(|one| locale.text(one.head))).collect(),
        rows: rows.iter().map(|row| cells(row, columns)).collect(),
        more: more.clone(),
    };
    // Where the numbers are long, leaders are told in plan.txt and in the picture.
    let whole = of(&COLUMNS);
    let fits = draw(&whole, usize::MAX).iter().all(|line| width::columns(line) <= MOST_COLUMNS - BAR);
    Some(if fits { whole } else { of(&[COLUMNS[0], COLUMNS[2]]) })
}

/// What is told of each broker.
#[derive(Clone, Copy)]
struct Column {
    head: &'static str,
    of: fn(&Load) -> String,
}

const COLUMNS: [Column; 3] = [
    Column { head: "table-replicas", of: |load| load.replicas.to_string() },
    Column { head: "table-leaders", of: |load| load.leaders.to_string() },
    Column { head: "table-data", of: |load| short_bytes(load.bytes) },
];

fn cells((id, now, after): &(i32, Load, Load), columns: &[Column]) -> Vec<String> {
    let pair = |column: &Column| format!("{}→{}", (column.of)(now), (column.of)(after));
    std::iter::once(format!("b{id}")).chain(columns.iter().map(pair)).collect()
}

/// The brokers that hold more while it moves than before or after.
fn fuller_meanwhile(plan: &Plan) -> Vec<String> {
    let fuller = |row: &Row| match row {
        Row::Broker { broker, now, during, after, .. } if during.bytes > now.bytes.max(after.bytes) => {
            Some(broker.to_string())
        }
        _ => None,
    };
    plan.impact.rows.iter().filter_map(fuller).collect()
}

fn broker(row: &Row) -> Option<(i32, Load, Load)> {
    match row {
        Row::Broker { broker, now, after, .. } => Some((*broker, *now, *after)),
        Row::Offset { .. } | Row::Queue { .. } | Row::Queues { .. } | Row::Setting { .. } | Row::Reader { .. } => None,
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
    let args = Args::new()
        .number("moves", moved)
        .number("partitions", count("partitions").unwrap_or(0))
        .number("batches", count("batches").unwrap_or(0))
        .number("bound", count("bound").unwrap_or(0))
        .word("bytes", amount("bytes"))
        .word("throttle", amount("throttle"))
        .word("inflow", amount("inflow"));
    let key = match count("bound") {
        Some(bound) if bound == moved => "moves-replicas-fewest",
        Some(_) => "moves-replicas-bound",
        None => "moves-replicas",
    };
    let fuller = fuller_meanwhile(plan);
    let meanwhile = (!fuller.is_empty())
        .then(|| locale.say("moves-meanwhile", &Args::new().line("brokers", names(locale, &fuller))));
    // Nothing of our own is written and read on these brokers while it runs.
    let canary = Some(locale.say("moves-no-canary", &Args::new()));
    let parts = [Some(locale.say(key, &args)), range(plan, locale), meanwhile, canary];
    Some(Line::joined(parts.into_iter().flatten(), locale.space()))
}

/// How fast it may be made without a new vote: that is approved, too.
fn range(plan: &Plan, locale: Locale) -> Option<Line> {
    let fastest = plan.steps.iter().find_map(|step| match &step.done {
        Condition::KafkaMoved(moving) => Some(moving.throttle.as_ref()?.fastest_bytes_per_second),
        _ => None,
    });
    Some(locale.say("moves-throttle-range", &Args::new().word("fastest", bytes(fastest?))))
}
