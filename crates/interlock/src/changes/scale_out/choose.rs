//! Which topics: by name, by pattern, or all.

use crate::cluster::kafka::{NamedTopic, Rates, Topic};
use crate::command::{ALL, BUSIEST, star_matches};
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
    !found.topic.internal && (wanted == ALL || (wanted.contains('*') && star_matches(wanted, found.name.as_str())))
}
