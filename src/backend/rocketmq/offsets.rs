//! Offsets of queues, and of groups in them.

use super::failure::refused;
use super::groups::all_offsets;
use super::observe::{Sight, failed};
use interlock::cluster::Failure;
use interlock::cluster::rocketmq::{CommittedOffset, FromMasters, OffsetAt, QueueRange};
use interlock::id::{GroupId, TopicName};
use interlock::time::Millis;
use rocketmq_admin::Broker;

/// Of more queues than this at one broker a look would take too long.
const MOST_QUEUES: u32 = 2_048;

/// What is not there is not listed: asked queue by queue, 4.9 says 0 for it, too.
pub(super) async fn committed(
    sight: &Sight<'_>,
    group: &GroupId,
) -> Result<FromMasters<Vec<CommittedOffset>>, Failure> {
    let told = all_offsets(sight).await?;
    let mut all = Vec::new();
    for (broker, offsets) in told.seen {
        let ours = offsets.into_iter().filter(|((of, _), _)| of == group.as_str());
        for ((_, topic), queues) in ours {
            let Ok(topic) = topic.parse::<TopicName>() else { continue };
            all.extend(queues.into_iter().map(|(queue, offset)| CommittedOffset {
                topic: topic.clone(),
                broker: broker.clone(),
                queue,
                offset,
            }));
        }
    }
    all.sort();
    Ok(FromMasters { seen: all, silent: told.silent })
}

/// How many queues of a topic there are to look at, and how many of them are open; none if the topic is not there.
async fn queues(master: &Broker, topic: &TopicName, least: u32) -> Result<Option<(u32, u32)>, Failure> {
    let Some(config) = failed(master.topic(topic.as_str()).await)? else { return Ok(None) };
    let open = config.read_queues.max(config.write_queues);
    let all = open.max(least);
    if all > MOST_QUEUES {
        return Err(refused(&format!("{topic} has {all} queues; at most {MOST_QUEUES} are looked at")));
    }
    Ok(Some((all, open)))
}

pub(super) async fn ranges(
    sight: &Sight<'_>,
    topic: &TopicName,
    least: u32,
) -> Result<FromMasters<Vec<QueueRange>>, Failure> {
    let ground = sight.ground().await?;
    let told = ground
        .masters(sight, |broker, master| async move {
            let mut ranges = Vec::new();
            let (all, open) = queues(&master, topic, least).await?.unwrap_or_default();
            for queue in 0..all {
                let start = failed(master.min_offset(topic.as_str(), queue).await)?;
                let end = failed(master.max_offset(topic.as_str(), queue).await)?;
                // Of a queue that never was the broker says 0 as well.
                if queue < open || end > 0 {
                    ranges.push(QueueRange { broker: broker.clone(), queue, start: start.max(0), end });
                }
            }
            Ok::<_, Failure>(ranges)
        })
        .await?;
    let seen = told.seen.into_iter().flat_map(|(_, ranges)| ranges).collect();
    Ok(FromMasters { seen, silent: told.silent })
}

pub(super) async fn at(
    sight: &Sight<'_>,
    topic: &TopicName,
    at: Millis,
) -> Result<FromMasters<Vec<OffsetAt>>, Failure> {
    let ground = sight.ground().await?;
    let time = u64::try_from(at.0).unwrap_or(0);
    let told = ground
        .masters(sight, |broker, master| async move {
            let Some((all, _)) = queues(&master, topic, 0).await? else { return Ok(Vec::new()) };
            let found = failed(master.offsets_since(topic.as_str(), all, time).await)?;
            let at = |(queue, offset)| OffsetAt { broker: broker.clone(), queue, offset };
            Ok::<_, Failure>((0..).zip(found).map(at).collect())
        })
        .await?;
    let seen = told.seen.into_iter().flat_map(|(_, offsets)| offsets).collect();
    Ok(FromMasters { seen, silent: told.silent })
}
