//! What is looked at before queues are opened or closed: everything in one round, then the closed queues.

use crate::changes::{Part, Stop};
use crate::cluster::rocketmq::{
    BrokerSet, FromMasters, GroupOverview, QueueRange, Queues, Reader, RocketmqCluster, Said, SilentBroker, Topic,
    TopicAt,
};
use crate::cluster::{Failure, Look, Looker};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{Check, Level, Mistake};

/// What was seen and is whole.
pub(super) struct Seen<'a> {
    pub(super) cluster: &'a RocketmqCluster,
    pub(super) topic: &'a Topic,
    /// At each master that has it, ordered by broker.
    pub(super) at: Vec<&'a TopicAt>,
    pub(super) ranges: &'a [QueueRange],
    pub(super) readers: &'a [Reader],
    pub(super) groups: &'a [GroupOverview],
}

impl<'a> Seen<'a> {
    pub(super) fn queues(&self) -> impl Iterator<Item = (&'a TopicAt, Queues)> + '_ {
        self.at.iter().map(|at| (*at, Queues { read: at.read, write: at.write }))
    }

    /// NameServers that say nothing.
    pub(super) fn silent_name_servers(&self) -> usize {
        self.topic.routes.iter().filter(|(_, said)| matches!(said, Said::Silent(_))).count()
    }
}

/// None while something has to be asked first; the looker has noted it.
pub(super) fn look<'a>(name: &TopicName, looker: &mut Looker<'a>) -> Result<Option<Seen<'a>>, Stop> {
    let mut failed = Vec::new();
    let cluster = seen(looker.rocketmq_cluster(), (Part::Cluster, ""), &mut failed);
    let topic = seen(looker.rocketmq_topic(name), (Part::Topic, name.as_str()), &mut failed);
    let readers = seen(looker.rocketmq_readers(name), (Part::Group, name.as_str()), &mut failed);
    let groups = seen(looker.rocketmq_groups(), (Part::Group, "*"), &mut failed);
    let most = topic.and_then(Option::as_ref).map(most_queues);
    let ranges = most.map(|most| looker.rocketmq_ranges(name, most));
    let asking = ranges.is_none_or(|look| matches!(look, Look::Ask));
    let ranges = ranges.and_then(|look| seen(look, (Part::LogRanges, name.as_str()), &mut failed));
    if let Some(None) = topic {
        return Err(Stop::Mistake(Mistake::new("unknown-topic", Facts::none().with("name", name.as_str()))));
    }
    if let Some(Some(topic)) = topic {
        failed.extend(silent_masters(topic, name));
    }
    for told in [readers.map(silent), ranges.map(silent), groups.map(silent)].into_iter().flatten() {
        failed.extend(told.iter().map(|one| cannot_verify((Part::Group, one.broker.as_str()), &one.why)));
    }
    if !failed.is_empty() {
        return Err(Stop::Refused(failed));
    }
    let (Some(cluster), Some(Some(topic)), Some(readers), Some(ranges), Some(groups), false) =
        (cluster, topic, readers, ranges, groups, asking)
    else {
        return Ok(None);
    };
    let at = topic.settings().collect();
    Ok(Some(Seen { cluster, topic, at, ranges: &ranges.seen, readers: &readers.seen, groups: &groups.seen }))
}

/// Closed queues may be there beyond the open ones.
fn most_queues(topic: &Topic) -> u32 {
    topic.settings().map(|at| at.read.max(at.write)).max().unwrap_or(0)
}

fn silent<T>(told: &FromMasters<T>) -> &[SilentBroker] {
    &told.silent
}

/// What a master says nothing of could be anything.
fn silent_masters<'a>(topic: &'a Topic, name: &'a TopicName) -> impl Iterator<Item = Check> + 'a {
    topic.at.iter().filter_map(|(_, said)| {
        let failure = said.failure()?;
        Some(cannot_verify((Part::Topic, name.as_str()), failure))
    })
}

fn seen<'a, T: ?Sized>(look: Look<'a, T>, subject: (Part, &str), failed: &mut Vec<Check>) -> Option<&'a T> {
    match look {
        Look::Seen(value) => Some(value),
        Look::Ask => None,
        Look::Failed(failure) => {
            failed.push(cannot_verify(subject, failure));
            None
        }
    }
}

pub(super) fn cannot_verify((part, name): (Part, &str), failure: &Failure) -> Check {
    let facts = Facts::none()
        .with("part", part.key())
        .with("name", name)
        .with("failure", failure.kind.key())
        .with("said", failure.said.as_str());
    Check::new(Level::Block, "cannot-verify", facts)
}

/// A broker whose master takes no writes by its own permission.
pub(super) fn is_write_disabled(broker: &BrokerSet) -> bool {
    let said = broker.master().and_then(|master| master.said.answer());
    said.and_then(|seen| seen.perm).is_some_and(|perm| !perm.may_write())
}
