//! What a plan moves, in numbers and as the card's small table.

use crate::text::card::Table;
use crate::text::locale::{Args, Locale};
use crate::text::numbers::signed_short;
use crate::text::reassignment;
use crate::text::table::{MOST_COLUMNS, MOST_ROWS, draw};
use crate::text::width::fit;
use engine::History;
use interlock::cluster::ClusterKind;
use interlock::facts::Fact;
use interlock::plan::{Action, KafkaAction, OffsetMove, OffsetTarget, Plan, Row, Rule, Work};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A plan's movement in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::text) struct Movement {
    /// Partitions that change.
    pub(in crate::text) partitions: usize,
    /// Records that will be read again.
    pub(in crate::text) replayed: i64,
    /// Records that will not be read.
    pub(in crate::text) skipped: i64,
    /// Partitions whose target was moved to the edge of the log.
    pub(in crate::text) clamped: usize,
    /// Partitions that have no commit now.
    pub(in crate::text) without_commit: usize,
}

/// One changed partition.
#[derive(Clone, Copy)]
struct Moved<'a> {
    topic: &'a str,
    partition: i32,
    from: Option<i64>,
    to: Option<i64>,
    clamped: bool,
    /// How far forward, where both ends are known.
    by: Option<i64>,
}

/// The partitions that change; those that stay as they are stand in plan.txt only.
fn moved(rows: &[Row]) -> impl Iterator<Item = Moved<'_>> {
    rows.iter().filter(|row| changes(row)).filter_map(|row| match row {
        Row::Offset { topic, partition, from, to, clamped, .. } => {
            let by = row.moves_over();
            Some(Moved { topic, partition: *partition, from: *from, to: *to, clamped: *clamped, by })
        }
        Row::Queue { topic, queue, from, to, clamped, .. } => {
            let (by, partition) = (row.moves_over(), i32::try_from(*queue).unwrap_or(i32::MAX));
            Some(Moved { topic, partition, from: *from, to: *to, clamped: *clamped, by })
        }
        Row::Queues { .. } | Row::Broker { .. } | Row::Setting { .. } | Row::Reader { .. } => None,
    })
}

fn changes(row: &Row) -> bool {
    match row {
        Row::Offset { from, to, .. } | Row::Queue { from, to, .. } => from != to,
        Row::Queues { .. } | Row::Broker { .. } | Row::Setting { .. } | Row::Reader { .. } => false,
    }
}

impl Movement {
    /// The sums over rows.
    fn of(rows: &[Row]) -> Self {
        let mut sum = Self::default();
        for one in moved(rows) {
            let by = one.by.unwrap_or(0);
            sum.partitions += 1;
            sum.replayed = sum.replayed.saturating_add(by.saturating_neg().max(0));
            sum.skipped = sum.skipped.saturating_add(by.max(0));
            sum.clamped += usize::from(one.clamped);
            sum.without_commit += usize::from(one.from.is_none());
        }
        sum
    }
}

/// What a plan moves. How much is read again or skipped is what the planner counted and people approved; only a plan that
/// does not say it, of an earlier version, is counted here.
pub(in crate::text) fn movement(plan: &Plan) -> Movement {
    let counted = |name: &str| match plan.impact.facts.get(name) {
        Some(Fact::Count(count)) => Some(*count),
        _ => None,
    };
    let sum = Movement::of(&plan.impact.rows);
    Movement {
        // Of a plan that moves replicas, the partitions that move.
        partitions: sum.partitions + reassignment::moves(plan).len(),
        replayed: counted("replayed").unwrap_or(sum.replayed),
        skipped: counted("skipped").unwrap_or(sum.skipped),
        ..sum
    }
}

/// What was moved in the end: as planned, unless a rule took the targets anew.
pub(in crate::text) fn moved_in_the_end(plan: &Plan, history: &History) -> Movement {
    match turned_out(plan, history) {
        Cow::Borrowed(_) => movement(plan),
        Cow::Owned(rows) => Movement::of(&rows),
    }
}

/// The rows of a plan as they turned out: where a rule took the targets anew they are those of its actions.
pub(super) fn turned_out<'a>(plan: &'a Plan, history: &History) -> Cow<'a, [Row]> {
    let mut rules = plan.steps.iter().filter_map(|step| match &step.work {
        Work::Rule(Rule::KafkaResetOffsets(rule)) => Some((rule.target, history.expanded.get(&step.number)?)),
        _ => None,
    });
    let Some((target, actions)) = rules.next_back() else { return Cow::Borrowed(&plan.impact.rows) };
    let moves: BTreeMap<(&str, i32), &OffsetMove> = actions
        .iter()
        .flat_map(|action| match action {
            Action::Kafka(KafkaAction::CommitOffsets { moves, .. }) => moves.as_slice(),
            Action::Kafka(_) | Action::Rocketmq(_) => &[],
        })
        .map(|one| ((one.topic.as_str(), one.partition), one))
        .collect();
    Cow::Owned(plan.impact.rows.iter().map(|row| taken_anew(row, target, &moves)).collect())
}

/// A row as a rule took it anew. What the rule left alone stands where it stood.
fn taken_anew(row: &Row, target: OffsetTarget, moves: &BTreeMap<(&str, i32), &OffsetMove>) -> Row {
    let mut row = row.clone();
    if let Row::Offset { topic, partition, from, to, log_start, log_end, clamped } = &mut row {
        match moves.get(&(topic.as_str(), *partition)) {
            None => *to = *from,
            Some(one) => {
                let (stood, set) = (one.from.as_ref().map(|from| from.offset), one.to.offset);
                *clamped = match target {
                    OffsetTarget::Earliest | OffsetTarget::Latest => false,
                    OffsetTarget::Offset(offset) => offset != set,
                    OffsetTarget::Shift(by) => stood.is_some_and(|stood| stood.saturating_add(by) != set),
                    OffsetTarget::At(_) => *clamped,
                };
                (*from, *to) = (stood, Some(set));
                // The log went on since it was looked at, and what was committed by then lay within it.
                *log_start = (*log_start).min(set);
                *log_end = (*log_end).max(set).max(stood.unwrap_or(set));
            }
        }
    }
    row
}

/// The table of the card: partitions of one topic, or one row a topic; the largest movements where there are too many.
pub(in crate::text) fn table((plan, rows): (&Plan, &[Row]), locale: Locale) -> Option<Table> {
    let all: Vec<Moved<'_>> = moved(rows).collect();
    let first = all.first()?;
    if all.iter().any(|one| one.topic != first.topic) {
        return Some(by_topic(plan, &all, locale));
    }
    let place = if plan.kind == ClusterKind::Rocketmq { "table-queue" } else { "table-partition" };
    let shown = largest(&all, |one| (one.by.map_or(i64::MAX, i64::saturating_abs), one.partition));
    let wide = Table {
        head: [place, "table-from-to", "table-moves"].map(|key| locale.text(key)).to_vec(),
        rows: shown.iter().map(|one| row(one, true)).collect(),
        more: more(all.len() - shown.len(), locale),
    };
    if draw(&wide, usize::MAX).iter().all(|line| crate::text::width::columns(line) <= MOST_COLUMNS) {
        return Some(wide);
    }
    let rows = shown.iter().map(|one| row(one, false)).collect();
    let head = [place, "table-to", "table-moves"].map(|key| locale.text(key)).to_vec();
    Some(Table { head, rows, ..wide })
}

fn row(one: &Moved<'_>, wide: bool) -> Vec<String> {
    let show = |offset: Option<i64>| offset.map_or_else(|| "-".to_owned(), |offset| offset.to_string());
    let mark = if one.clamped { "*" } else { "" };
    let to = show(one.to);
    let place = if wide { format!("{}→{to}{mark}", show(one.from)) } else { format!("{to}{mark}") };
    vec![one.partition.to_string(), place, one.by.map_or_else(|| "-".to_owned(), signed_short)]
}

fn by_topic(plan: &Plan, all: &[Moved<'_>], locale: Locale) -> Table {
    const NAME: usize = 14;
    let places = if plan.kind == ClusterKind::Rocketmq { "table-queues" } else { "table-partitions" };
    let mut sums: BTreeMap<&str, (usize, i64)> = BTreeMap::new();
    for one in all {
        let sum = sums.entry(one.topic).or_default();
        *sum = (sum.0 + 1, sum.1.saturating_add(one.by.unwrap_or(0)));
    }
    let topics: Vec<(&str, (usize, i64))> = sums.into_iter().collect();
    let shown = largest(&topics, |(_, (count, by))| (by.saturating_abs(), *count));
    let rows = shown.iter().map(|(topic, (count, by))| {
        vec![fit(&crate::text::foreign::shown(topic, NAME), NAME), count.to_string(), signed_short(*by)]
    });
    Table {
        head: ["table-topic", places, "table-moves"].map(|key| locale.text(key)).to_vec(),
        rows: rows.collect(),
        more: more(topics.len() - shown.len(), locale),
    }
}

/// The largest, in their old order.
fn largest<T: Copy, K: Ord>(all: &[T], key: impl Fn(&T) -> K) -> Vec<T> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(key(&all[*place])));
    order.truncate(MOST_ROWS);
    order.sort_unstable();
    order.into_iter().map(|place| all[place]).collect()
}

fn more(count: usize, locale: Locale) -> Option<crate::text::card::Line> {
    (count > 0).then(|| locale.say("table-more", &Args::new().count("more", count)))
}
