//! Groups of RocketMQ as a whole: made and deleted. What is literal, what must stand before, and what the cluster shows of it.

use super::expectation::Held;
use super::layout_probe::known;
use super::probe::Probe;
use super::queues_action::Seed;
use super::rocketmq_action::RocketmqAction;
use super::rocketmq_expectation::QueueOffset;
use super::silent::{all_answer, silent};
use crate::cluster::rocketmq::{CommittedOffset, Group, GroupAt, GroupSettings, RocketmqQuery};
use crate::cluster::{Looker, Query};
use crate::facts::Facts;
use crate::id::{BrokerName, GroupId, TopicName};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a group gets that is made with nothing else said: as `mqadmin updateSubGroup` makes it, but for consuming from the
/// first message, which it leaves to what clients say.
pub(super) const PLAIN: GroupSettings = GroupSettings { consume: true, broadcast: false, retry_max: 16 };

/// A group at one master.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct GroupPlace {
    /// The broker.
    pub broker: BrokerName,
    /// All of its settings, as the master told them (JSON); none for those that a group gets with which nothing is said.
    pub settings: Option<String>,
}

/// A group that is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForgottenGroup {
    /// Its id.
    pub group: GroupId,
    /// Every master that is told, with the settings that it has there; none where it has none.
    pub at: Vec<GroupPlace>,
    /// Its offsets, which go with it.
    pub offsets: Vec<CommittedOffset>,
}

impl ForgottenGroup {
    /// What makes it again: the settings first, because 5.x stores offsets only of groups that it has.
    pub(super) fn again(&self) -> Vec<RocketmqAction> {
        let at: Vec<GroupPlace> = self.at.iter().filter(|place| place.settings.is_some()).cloned().collect();
        let made = (!at.is_empty()).then(|| RocketmqAction::MakeGroup { group: self.group.clone(), at });
        let mut topics: BTreeMap<&TopicName, Vec<Seed>> = BTreeMap::new();
        for one in &self.offsets {
            let (broker, queue, offset) = (one.broker.clone(), one.queue, one.offset);
            topics.entry(&one.topic).or_default().push(Seed { group: self.group.clone(), broker, queue, offset });
        }
        let seeds =
            topics.into_iter().map(|(topic, seeds)| RocketmqAction::SeedOffsets { topic: topic.clone(), seeds });
        made.into_iter().chain(seeds).collect()
    }

    /// Its offsets, as an expectation has them.
    #[must_use]
    pub fn stands(&self) -> Vec<QueueOffset> {
        let one = |one: &CommittedOffset| QueueOffset {
            topic: one.topic.clone(),
            broker: one.broker.clone(),
            queue: one.queue,
            offset: Some(one.offset),
        };
        self.offsets.iter().map(one).collect()
    }
}

pub(super) fn read_back(group: &GroupId) -> BTreeSet<Query> {
    let all = [RocketmqQuery::Cluster, RocketmqQuery::Group(group.clone()), RocketmqQuery::Committed(group.clone())];
    all.map(Query::Rocketmq).into()
}

fn of(group: &GroupId) -> Facts {
    Facts::none().with("group", group.as_str())
}

fn foreign(group: &GroupId, broker: &BrokerName, found: Option<&GroupAt>) -> Probe {
    let found = found.and_then(told).unwrap_or("none");
    let facts = of(group).with("key", "settings").with("of", format!("{group} ({broker})")).with("found", found);
    Probe::Foreign(facts)
}

/// The settings that a master has for it; none where it has none.
fn told(at: &GroupAt) -> Option<&str> {
    at.settings.as_ref().map(|_| at.whole.as_str())
}

fn at<'a>(group: Option<&'a Group>, broker: &BrokerName) -> Option<&'a GroupAt> {
    group?.at.iter().find(|at| at.broker == *broker).filter(|at| at.settings.is_some())
}

/// What is seen of a group where all of these masters answer.
///
/// # Errors
/// Which of them cannot be told of.
fn seen<'a>(group: &GroupId, at: &[GroupPlace], looker: &mut Looker<'a>) -> Result<Option<&'a Group>, Facts> {
    all_answer(at.iter().map(|one| &one.broker), known(looker.rocketmq_cluster())?)?;
    let found = known(looker.rocketmq_group(group))?.as_ref();
    let gone = found.and_then(|group| group.silent.iter().find(|one| at.iter().any(|here| here.broker == one.broker)));
    gone.map_or(Ok(found), |one| Err(silent(&one.broker, &one.why)))
}

/// Whether a group is what it was to be at each of the masters.
pub(super) fn made(group: &GroupId, places: &[GroupPlace], looker: &mut Looker<'_>) -> Probe {
    let found = match seen(group, places, looker) {
        Ok(found) => found,
        Err(facts) => return Probe::CannotTell(facts),
    };
    let (mut all, mut any) = (true, false);
    for place in places {
        match at(found, &place.broker) {
            None => all = false,
            Some(here) if place.is(here) => any = true,
            other => return foreign(group, &place.broker, other),
        }
    }
    match (all, any) {
        (true, _) => Probe::Done,
        (false, true) => Probe::Partly,
        (false, false) => Probe::NotYet,
    }
}

impl GroupPlace {
    /// Whether a master has what was to be made there.
    fn is(&self, here: &GroupAt) -> bool {
        match &self.settings {
            Some(saved) => here.whole == *saved,
            None => here.settings == Some(PLAIN),
        }
    }
}

/// Whether no master has a group any more, nor offsets of it.
pub(super) fn deleted(gone: &ForgottenGroup, looker: &mut Looker<'_>) -> Probe {
    let found = match seen(&gone.group, &gone.at, looker) {
        Ok(found) => found,
        Err(facts) => return Probe::CannotTell(facts),
    };
    let stored = match known(looker.rocketmq_committed(&gone.group)) {
        Ok(stored) => stored,
        Err(facts) => return Probe::CannotTell(facts),
    };
    if let Some(one) = stored.silent.iter().find(|one| gone.at.iter().any(|at| at.broker == one.broker)) {
        return Probe::CannotTell(silent(&one.broker, &one.why));
    }
    let is_left = |place: &&GroupPlace| {
        at(found, &place.broker).is_some() || stored.seen.iter().any(|one| one.broker == place.broker)
    };
    let had =
        |place: &&GroupPlace| place.settings.is_some() || gone.offsets.iter().any(|one| one.broker == place.broker);
    let left = gone.at.iter().filter(is_left).count();
    match left {
        0 => Probe::Done,
        some if some < gone.at.iter().filter(had).count() => Probe::Partly,
        _ => Probe::NotYet,
    }
}

pub(super) fn is_absent(group: &GroupId, found: Option<&Group>) -> Held {
    let here = found.and_then(|found| found.at.iter().find(|at| at.settings.is_some()));
    if let Some(here) = here {
        return Held::Broken { id: "group-exists", facts: of(group).with("found", here.broker.as_str()) };
    }
    let gone = found.and_then(|found| found.silent.first());
    gone.map_or(Held::Holds, |one| Held::CannotTell(silent(&one.broker, &one.why)))
}

/// Whether the masters have these settings of a group.
pub(super) fn is(group: &GroupId, places: &[GroupPlace], found: Option<&Group>) -> Held {
    if let Some(one) = found.and_then(|found| found.silent.first()) {
        return Held::CannotTell(silent(&one.broker, &one.why));
    }
    let here = |place: &GroupPlace| at(found, &place.broker).and_then(told).map(str::to_owned);
    match places.iter().find(|place| here(place) != place.settings) {
        None => Held::Holds,
        Some(place) => {
            let facts = of(group).with("master", place.broker.as_str());
            Held::Broken { id: "group-changed", facts }
        }
    }
}
