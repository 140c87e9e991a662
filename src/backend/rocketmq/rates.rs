//! How much is written to topics, from where their queues ended in looks that were made anyway.

use super::observe::{Sight, failed};
use crate::backend::samples::Samples;
use interlock::cluster::Failure;
use interlock::cluster::rocketmq::{Rates, TopicKind, TopicRate};
use interlock::id::{BrokerName, TopicName};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How many topics are measured at one master.
const MOST_TOPICS: usize = 2_000;

/// Where the queues of a topic at one master end, summed up.
pub(super) type Ends = BTreeMap<(TopicName, BrokerName), i64>;

/// The ends of the last hour.
pub(super) type Sampler = Samples<Ends>;

/// From an earlier look where there is one, else from two of now.
pub(super) async fn rates(sight: &Sight<'_>) -> Result<Rates, Failure> {
    let (first, left_out) = ends(sight).await?;
    let from = sight.clock.monotonic();
    let earlier = sight.sampler.earlier(from);
    sight.sampler.note(from, first.clone());
    let rates = match earlier {
        Some((age, earlier)) => between(&earlier, &first, age),
        None => {
            sight.clock.sleep(sight.gap).await;
            let (second, _) = ends(sight).await?;
            between(&first, &second, sight.clock.monotonic().saturating_sub(from))
        }
    };
    Ok(Rates { left_out, ..rates })
}

/// A master that is silent has no topics here: what it takes in is not known, and nobody can write to it either.
async fn ends(sight: &Sight<'_>) -> Result<(Ends, usize), Failure> {
    let ground = sight.ground().await?;
    let told = ground
        .masters(sight, |broker, master| async move {
            let topics = failed(master.topics().await)?;
            let names: BTreeSet<TopicName> = topics.into_keys().filter_map(|name| name.parse().ok()).collect();
            let is_ours =
                |name: &TopicName| TopicKind::of(name, &ground.name, ground.brokers.keys()) == TopicKind::Ordinary;
            let ours: Vec<TopicName> = names.into_iter().filter(is_ours).collect();
            let left_out = ours.len().saturating_sub(MOST_TOPICS);
            let mut ends = Ends::new();
            for name in ours.into_iter().take(MOST_TOPICS) {
                let queues = failed(master.topic_stats(name.as_str()).await)?;
                let end = queues.values().map(|queue| queue.max).sum();
                ends.insert((name, broker.clone()), end);
            }
            Ok::<_, Failure>((ends, left_out))
        })
        .await?;
    let left_out = told.seen.iter().map(|(_, (_, left_out))| *left_out).max().unwrap_or(0);
    Ok((told.seen.into_iter().flat_map(|(_, (ends, _))| ends).collect(), left_out))
}

/// A topic that is new since counts from now; one that was made anew meanwhile as well.
fn between(before: &Ends, after: &Ends, span: Duration) -> Rates {
    let rate = |((topic, broker), end): (&(TopicName, BrokerName), &i64)| {
        let began = before.get(&(topic.clone(), broker.clone())).copied().unwrap_or(*end);
        let messages = u64::try_from(end.saturating_sub(began)).unwrap_or(0);
        TopicRate { topic: topic.clone(), broker: broker.clone(), messages }
    };
    let window_ms = u64::try_from(span.as_millis()).unwrap_or(u64::MAX).max(1);
    Rates { window_ms, topics: after.iter().map(rate).collect(), left_out: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(end: i64) -> Ends {
        [(("orders".parse().unwrap(), "broker-a".parse().unwrap()), end)].into()
    }

    #[test]
    fn a_rate_is_what_was_written_over_the_window() {
        let second = Duration::from_secs;
        let found = between(&look(100), &look(160), second(5));
        assert_eq!((found.window_ms, found.topics[0].messages), (5_000, 60));
        assert_eq!(between(&look(100), &look(10), second(5)).topics[0].messages, 0, "it was deleted and made again");
        assert_eq!(between(&Ends::new(), &look(10), second(5)).topics[0].messages, 0, "it is new");
    }
}
