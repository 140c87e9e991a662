//! Which topics: by name, by pattern, or all.

use crate::cluster::kafka::{NamedTopic, Rates, Topic};
use crate::command::BUSIEST;
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::Mistake;
use std::collections::{BTreeMap, BTreeSet};

/// A topic that was chosen.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'a> {
    pub(super) name: &'a TopicName,
    pub(super) topic: &'a Topic,
}

/// The word for all topics but Kafka's own.
const ALL: &str = "all";

/// Kafka's own topics are meant only where they are named. A name or pattern that finds nothing is a mistake: a topic that
/// is being deleted is no longer found.
pub(super) fn topics<'a>(
    wanted: &[String],
    layout: &'a [NamedTopic],
    rates: &Rates,
) -> Result<Vec<Chosen<'a>>, Mistake> {
    let mut chosen: BTreeMap<&TopicName, Chosen<'a>> = BTreeMap::new();
    for one in wanted {
        let mut any = false;
        let busiest = one.strip_prefix(BUSIEST).and_then(|count| count.parse().ok()).map(|count| busiest(count, rates));
        let meant = |found: &&NamedTopic| match &busiest {
            Some(names) => !found.topic.internal && names.contains(&found.name),
            None => is_meant(one, found),
        };
        for found in layout.iter().filter(meant) {
            any = true;
            chosen.insert(&found.name, Chosen { name: &found.name, topic: &found.topic });
        }
        if !any && busiest.is_some() {
            let window = std::time::Duration::from_millis(rates.window_ms);
            return Err(Mistake::new("nothing-comes-in", Facts::none().with("window", window)));
        }
        if !any {
            return Err(Mistake::new("unknown-topic", Facts::none().with("name", one.as_str())));
        }
    }
    Ok(chosen.into_values().collect())
}

/// The topics that most comes into, by what was measured; one that nothing comes into is not busy.
fn busiest(count: usize, rates: &Rates) -> BTreeSet<&TopicName> {
    let mut sums: BTreeMap<&TopicName, u64> = BTreeMap::new();
    for one in rates.partitions.iter().filter(|one| one.bytes_per_second > 0) {
        *sums.entry(&one.topic).or_default() += one.bytes_per_second;
    }
    let mut ranked: Vec<(&TopicName, u64)> = sums.into_iter().collect();
    ranked.sort_by_key(|(name, rate)| (std::cmp::Reverse(*rate), *name));
    ranked.into_iter().take(count).map(|(name, _)| name).collect()
}

fn is_meant(wanted: &str, found: &NamedTopic) -> bool {
    if wanted == found.name.as_str() {
        return true;
    }
    !found.topic.internal && (wanted == ALL || (wanted.contains('*') && matches(wanted, found.name.as_str())))
}

/// `*` stands for any number of characters, everything else for itself.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, name) in
            [("pay*", "payments"), ("*", "x"), ("a*b*c", "a-b-b-c"), ("*.dlq", "orders.dlq"), ("a*", "a")]
        {
            assert!(matches(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("pay*", "repay"), ("a*b*c", "a-c-b"), ("a*a", "a"), ("*.dlq", "orders.dlqs"), ("a", "ab")]
        {
            assert!(!matches(pattern, name), "{pattern} {name}");
        }
    }
}
