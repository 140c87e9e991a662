//! What a row of a plan means for the group.

use super::Row;

impl Row {
    /// How many records a group is moved over in a partition: negative for those it reads again, positive for those it never
    /// reads. Only records that are there count: a commit below the log's start is read from the start, one past its end
    /// from the end. None where either commit is absent: there the group's own setting decides where it starts.
    #[must_use]
    pub fn moves_over(&self) -> Option<i64> {
        match self {
            Self::Offset { from, to, log_start, log_end, .. } | Self::Queue { from, to, log_start, log_end, .. } => {
                let (from, to) = ((*from)?, (*to)?);
                // Of a log that could not be seen the end is negative.
                let last = if *log_end < 0 { from } else { from.min(*log_end) };
                Some(if to < from {
                    to.saturating_sub(last).min(0)
                } else {
                    to.saturating_sub(from.max(*log_start)).max(0)
                })
            }
            Self::Queues { .. } | Self::Broker { .. } | Self::Setting { .. } | Self::Reader { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn over(from: Option<i64>, to: Option<i64>, (log_start, log_end): (i64, i64)) -> Option<i64> {
        let topic = "orders".to_owned();
        Row::Offset { topic, partition: 0, from, to, log_start, log_end, clamped: false }.moves_over()
    }

    #[test]
    fn only_records_that_are_there_count() {
        let log = (10, 100);
        for (from, to, moved) in
            [(60, 20, -40), (20, 60, 40), (60, 60, 0), (150, 40, -60), (2, 40, 30), (150, 100, 0), (2, 10, 0)]
        {
            assert_eq!(over(Some(from), Some(to), log), Some(moved), "{from} to {to}");
        }
        assert_eq!(over(None, Some(40), log), None);
        assert_eq!(over(Some(40), None, log), None);
        assert_eq!(over(Some(60), Some(20), (-1, -1)), Some(-40), "a log that was not seen");
        assert_eq!(over(Some(i64::MAX), Some(0), (0, i64::MAX)), Some(-i64::MAX));
    }
}
