//! The settings of topics that may be made, and the values that each takes. The broker itself takes more.

use crate::command::{Settings, amount, span};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{Check, Level, Mistake};

pub(in crate::changes) const MIN_ISR: &str = "min.insync.replicas";
pub(super) const RETENTION_MS: &str = "retention.ms";
pub(super) const RETENTION_BYTES: &str = "retention.bytes";
const CLEANUP: &str = "cleanup.policy";

/// What values a setting takes.
enum Takes {
    /// Milliseconds from here on, or a span as people write it.
    Span(i64),
    /// The same, or −1 for "for ever".
    SpanOrNever(i64),
    /// Bytes from here on, or an amount as people write it.
    Amount(i64),
    /// The same, or −1 for "without limit".
    AmountOrNever(i64),
    /// A whole number between these.
    Number(i64, i64),
    /// One of these words.
    Words(&'static [&'static str]),
}

/// Each key with what it takes (`TopicConfig` and `LogConfig` of Kafka 4.3). Left out on purpose: what loses acknowledged
/// records (`unclean.leader.election.enable`), what other operations set (throttles), and what Kafka deprecates.
const KEYS: [(&str, Takes); 15] = [
    (RETENTION_MS, Takes::SpanOrNever(60_000)),
    (RETENTION_BYTES, Takes::AmountOrNever(1 << 20)),
    (CLEANUP, Takes::Words(&["delete", "compact", "compact,delete", "delete,compact"])),
    (MIN_ISR, Takes::Number(1, 1_000)),
    ("segment.ms", Takes::Span(60_000)),
    ("segment.bytes", Takes::Amount(1 << 20)),
    ("max.message.bytes", Takes::Amount(1_024)),
    ("compression.type", Takes::Words(&["producer", "uncompressed", "gzip", "snappy", "lz4", "zstd"])),
    ("message.timestamp.type", Takes::Words(&["CreateTime", "LogAppendTime"])),
    ("delete.retention.ms", Takes::Span(0)),
    ("min.compaction.lag.ms", Takes::Span(0)),
    ("max.compaction.lag.ms", Takes::Span(1)),
    ("min.cleanable.dirty.ratio", Takes::Words(&["0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9"])),
    ("local.retention.ms", Takes::SpanOrNever(60_000)),
    ("local.retention.bytes", Takes::AmountOrNever(1 << 20)),
];

/// The settings in Kafka's own units.
///
/// # Errors
/// `setting-not-allowed`, `setting-value`.
pub(in crate::changes) fn read(settings: &Settings) -> Result<Settings, Mistake> {
    settings.iter().map(|(key, value)| Ok((key.clone(), read_one(key, value.as_deref())?))).collect()
}

fn read_one(key: &str, value: Option<&str>) -> Result<Option<String>, Mistake> {
    let Some((_, takes)) = KEYS.iter().find(|(known, _)| *known == key) else {
        let known: Vec<String> = KEYS.iter().map(|(known, _)| (*known).to_owned()).collect();
        return Err(Mistake::new("setting-not-allowed", Facts::none().with("key", key).with("accepted", known)));
    };
    let Some(value) = value else { return Ok(None) };
    takes.read(value).map(Some).ok_or_else(|| {
        let facts = Facts::none().with("key", key).with("given", value).with("accepted", takes.forms());
        Mistake::new("setting-value", facts)
    })
}

impl Takes {
    fn read(&self, value: &str) -> Option<String> {
        let number = value.parse::<i64>().ok().filter(|_| !value.starts_with('+'));
        let span = || span(value).ok().and_then(|span| i64::try_from(span.as_millis()).ok());
        let amount = || amount(value).ok().and_then(|bytes| i64::try_from(bytes).ok());
        let number = match self {
            Self::Words(words) => return words.contains(&value).then(|| value.to_owned()),
            Self::SpanOrNever(_) | Self::AmountOrNever(_) if number == Some(-1) => Some(-1),
            Self::Span(least) | Self::SpanOrNever(least) => number.or_else(span).filter(|number| number >= least),
            Self::Amount(least) | Self::AmountOrNever(least) => number.or_else(amount).filter(|number| number >= least),
            Self::Number(least, most) => number.filter(|number| (least..=most).contains(&number)),
        };
        number.map(|number| number.to_string())
    }

    fn forms(&self) -> Vec<String> {
        let forms: &[&str] = match self {
            Self::Span(_) => &["7d", "604800000"],
            Self::SpanOrNever(_) => &["7d", "604800000", "-1"],
            Self::Amount(_) => &["10MiB", "10485760"],
            Self::AmountOrNever(_) => &["10GiB", "10737418240", "-1"],
            Self::Number(..) => &["2"],
            Self::Words(words) => words,
        };
        forms.iter().map(|form| (*form).to_owned()).collect()
    }
}

/// Whether a setting decides what is kept, otherwise than by age or size alone: then nobody can count what goes.
pub(super) fn decides_what_stays(key: &str, to: Option<&str>) -> bool {
    let by_age_or_size = matches!(key, RETENTION_MS | RETENTION_BYTES);
    key == CLEANUP || key == "max.compaction.lag.ms" || by_age_or_size && to.is_none()
}

/// A topic that wants more replicas in sync than it has can be written to by nobody who waits for all of them.
pub(in crate::changes) fn min_isr_check(topic: &TopicName, value: Option<&String>, replicas: u32) -> Option<Check> {
    let least: i64 = value?.parse().ok()?;
    let facts = Facts::none().with("topic", topic.as_str()).with("least", least).with("replicas", i64::from(replicas));
    (least > i64::from(replicas)).then(|| Check::new(Level::Block, "min-isr-above-replicas", facts))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(key: &str, value: &str) -> Result<Option<String>, String> {
        read_one(key, Some(value)).map_err(|mistake| mistake.id)
    }

    #[test]
    fn values_are_in_kafkas_own_units() {
        for (key, value, read) in [
            (RETENTION_MS, "7d", "604800000"),
            (RETENTION_MS, "604800000", "604800000"),
            (RETENTION_MS, "-1", "-1"),
            (RETENTION_BYTES, "10GiB", "10737418240"),
            (MIN_ISR, "2", "2"),
            (CLEANUP, "compact,delete", "compact,delete"),
            ("max.message.bytes", "1MiB", "1048576"),
        ] {
            assert_eq!(one(key, value), Ok(Some(read.to_owned())), "{key}={value}");
        }
        assert_eq!(read_one(RETENTION_MS, None), Ok(None), "the default is allowed for each");
    }

    #[test]
    fn other_keys_and_values_are_refused() {
        for key in ["unclean.leader.election.enable", "leader.replication.throttled.replicas", "nope", ""] {
            assert_eq!(one(key, "true"), Err("setting-not-allowed".to_owned()), "{key}");
        }
        for (key, value) in [
            (RETENTION_MS, "0"),
            (RETENTION_MS, "59999"),
            (RETENTION_MS, "-2"),
            (RETENTION_MS, "10MB"),
            (RETENTION_BYTES, "1"),
            (RETENTION_BYTES, "7d"),
            (MIN_ISR, "0"),
            (MIN_ISR, "-1"),
            (CLEANUP, "none"),
            ("segment.ms", "-1"),
            ("segment.bytes", "14"),
        ] {
            assert_eq!(one(key, value), Err("setting-value".to_owned()), "{key}={value}");
        }
    }
}
