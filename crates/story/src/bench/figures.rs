//! Figures: how they are condensed, and how they are shown.

use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// What a bench found: a table, what is to be said of it, and the figures for machines.
#[derive(Debug)]
pub(super) struct Report {
    /// Headings, then rows; all of one length.
    pub(super) table: Vec<Vec<String>>,
    /// Sentences below the table.
    pub(super) said: Vec<String>,
    /// The last line.
    pub(super) json: Value,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths = widths(&self.table);
        for row in &self.table {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:>width$}")).collect();
            writeln!(f, "{}", cells.join("  "))?;
        }
        for sentence in &self.said {
            writeln!(f, "{sentence}")?;
        }
        write!(f, "{}", self.json)
    }
}

fn widths(table: &[Vec<String>]) -> Vec<usize> {
    let columns = table.first().map_or(0, Vec::len);
    let width = |column: usize| table.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    (0..columns).map(|column| width(column).unwrap_or(0)).collect()
}

/// A row of a table.
pub(super) fn row<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// The value that so many per cent of all are not above (nearest rank); zero of none.
pub(super) fn percentile(all: &[Duration], per_cent: usize) -> Duration {
    let mut sorted = all.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * per_cent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// The middle value, or the mean of the two in the middle; zero of none.
pub(super) fn median(all: &[f64]) -> f64 {
    let mut sorted = all.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match (sorted.len() % 2, sorted.get(middle)) {
        (_, None) => 0.0,
        (0, Some(upper)) => f64::midpoint(sorted[middle - 1], *upper),
        (_, Some(value)) => *value,
    }
}

/// Milliseconds.
pub(super) fn ms(span: Duration) -> f64 {
    span.as_secs_f64() * 1_000.0
}

/// To three decimals, for the last line.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let all: Vec<Duration> = (1..=1_000).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&all, 99), Duration::from_millis(990));
        assert_eq!(percentile(&all, 50), Duration::from_millis(500));
        assert_eq!(percentile(&all[..1], 99), Duration::from_millis(1_000));
        assert_eq!(percentile(&[], 99), Duration::ZERO);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median(&[]).abs() < f64::EPSILON);
    }

    #[test]
    fn the_json_is_the_last_line() {
        let report = Report {
            table: vec![row(["a", "long"]), row(["1", "2"])],
            said: vec!["Said.".to_owned()],
            json: json!({"a": 1}),
        };
        assert_eq!(report.to_string(), "a  long\n1     2\nSaid.\n{\"a\":1}");
    }
}
