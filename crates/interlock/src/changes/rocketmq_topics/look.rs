//! What is looked at before a topic is made, permitted otherwise or deleted.

use super::checks::LATELY;
use crate::changes::rocketmq_offsets::{cannot_verify, seen, silent_masters};
use crate::changes::{Context, Part, Stop};
use crate::cluster::Looker;
use crate::cluster::rocketmq::{
    FromMasters, OffsetAt, QueueRange, Reader, RocketmqCluster, SilentBroker, Topic, TopicAt,
};
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{Check, Mistake};
use crate::time::Millis;

/// Cluster and topic, where every master answers.
#[derive(Clone, Copy)]
pub(super) struct Ground<'a> {
    pub(super) cluster: &'a RocketmqCluster,
    /// None if nobody knows it.
    pub(super) topic: Option<&'a Topic>,
}

impl<'a> Ground<'a> {
    /// At each master that has it, ordered by broker.
    pub(super) fn at(&self) -> Vec<&'a TopicAt> {
        self.topic.map(|topic| topic.settings().collect()).unwrap_or_default()
    }
}

/// Who uses it, and what it holds.
pub(super) struct Use<'a> {
    pub(super) readers: &'a [Reader],
    pub(super) ranges: &'a [QueueRange],
    /// Where each queue stood a while ago; empty where that is not asked for.
    pub(super) lately: &'a [OffsetAt],
}

/// A topic that is there, and what is done with it.
pub(super) struct Seen<'a> {
    pub(super) ground: Ground<'a>,
    pub(super) uses: Use<'a>,
}

/// The looks before a topic is permitted otherwise or deleted.
pub(super) fn look<'a>(
    name: &TopicName,
    looker: &mut Looker<'a>,
    context: &Context<'_>,
) -> Result<Option<Seen<'a>>, Stop> {
    let mut looks = Looks::new(looker);
    let (ground, uses) = (looks.ground(name), looks.uses(name, Some(context.now.minus(LATELY))));
    if let Some(ground) = &ground {
        existing(name, ground)?;
    }
    looks.settled()?;
    Ok(ground.zip(uses).map(|(ground, uses)| Seen { ground, uses }))
}

/// Looks of one round, and what is found where they failed.
pub(super) struct Looks<'l, 'a> {
    looker: &'l mut Looker<'a>,
    failed: Vec<Check>,
}

impl<'l, 'a> Looks<'l, 'a> {
    pub(super) fn new(looker: &'l mut Looker<'a>) -> Self {
        Self { looker, failed: Vec::new() }
    }

    pub(super) fn ground(&mut self, name: &TopicName) -> Option<Ground<'a>> {
        let cluster = seen(self.looker.rocketmq_cluster(), (Part::Cluster, ""), &mut self.failed);
        let topic = seen(self.looker.rocketmq_topic(name), (Part::Topic, name.as_str()), &mut self.failed);
        self.failed.extend(cluster.into_iter().flat_map(silent_masters));
        let here = topic.and_then(Option::as_ref).into_iter().flat_map(|topic| &topic.at);
        let away = here.filter_map(|(broker, said)| Some(cannot_verify(Part::Topic, broker.as_str(), said.failure()?)));
        self.failed.extend(away);
        Some(Ground { cluster: cluster?, topic: topic?.as_ref() })
    }

    /// Who reads it and what it holds; since when, tells whether somebody wrote lately.
    pub(super) fn uses(&mut self, name: &TopicName, since: Option<Millis>) -> Option<Use<'a>> {
        let readers = seen(self.looker.rocketmq_readers(name), (Part::Readers, name.as_str()), &mut self.failed);
        let ranges = seen(self.looker.rocketmq_ranges(name, 0), (Part::LogRanges, name.as_str()), &mut self.failed);
        let lately = since.map(|at| {
            let look = self.looker.rocketmq_offsets_at(name, at);
            seen(look, (Part::OffsetsAtTime, name.as_str()), &mut self.failed)
        });
        self.whole(Part::Readers, readers);
        self.whole(Part::LogRanges, ranges);
        self.whole(Part::OffsetsAtTime, lately.flatten());
        let lately = match lately {
            Some(asked) => asked?.seen.as_slice(),
            None => &[],
        };
        Some(Use { readers: &readers?.seen, ranges: &ranges?.seen, lately })
    }

    /// Half of it must not look like the whole.
    fn whole<T>(&mut self, part: Part, told: Option<&FromMasters<T>>) {
        let away = told.into_iter().flat_map(|told| &told.silent);
        self.failed.extend(away.map(|SilentBroker { broker, why }| cannot_verify(part, broker.as_str(), why)));
    }

    /// Ends the planning if a look failed: what cannot be verified is not done.
    pub(super) fn settled(mut self) -> Result<(), Stop> {
        self.failed.dedup();
        if self.failed.is_empty() { Ok(()) } else { Err(Stop::Refused(self.failed)) }
    }
}

/// A topic that must be there.
fn existing<'a>(name: &TopicName, ground: &Ground<'a>) -> Result<&'a Topic, Stop> {
    let unknown = || Stop::Mistake(Mistake::new("unknown-topic", Facts::none().with("name", name.as_str())));
    ground.topic.ok_or_else(unknown)
}
