//! Slaves whose topics are set otherwise than at their masters: they would go by that if their master were gone.

use crate::cluster::rocketmq::{FromMasters, Said, SlaveCopies, Topic, TopicAt, TopicKind, TopicOverview};
use crate::id::TopicName;
use crate::looks::Part;
use crate::looks::report::{Phrase, names};
use crate::plan::TopicShape;
use std::collections::BTreeMap;

/// What slaves have otherwise of one topic.
pub(super) fn of_topic((name, topic): (&TopicName, &Topic), copies: Part<&Vec<SlaveCopies>>) -> Vec<Phrase> {
    seen(copies, |copies| copies.iter().filter_map(|copy| otherwise((name, topic), copy)).collect())
}

/// What is told of the copies, or that they could not be seen.
fn seen(copies: Part<&Vec<SlaveCopies>>, tell: impl FnOnce(&[SlaveCopies]) -> Vec<Phrase>) -> Vec<Phrase> {
    match copies {
        Part::Known(copies) => tell(copies),
        Part::Unknown(failure) => vec![Phrase::new("copies-not-seen").because(&failure)],
    }
}

/// Nothing where the master does not tell, or does not have the topic.
fn otherwise((name, topic): (&TopicName, &Topic), copy: &SlaveCopies) -> Option<Phrase> {
    let topics = match &copy.topics {
        Said::Answer(topics) => topics,
        Said::Silent(failure) => return Some(of(copy, "slave-silent").because(failure)),
    };
    let expected = topic.settings().find(|at| at.broker == copy.broker).map(TopicShape::of)?;
    let Some((_, found)) = topics.iter().find(|(topic, _)| topic == name) else {
        return Some(of(copy, "copy-missing"));
    };
    let found = TopicShape::of(found);
    let differs = || of(copy, "copy-differs").with("found", found.to_string()).with("expected", expected.to_string());
    (found != expected).then(differs)
}

/// For each slave the topics that it has otherwise; those that may not be shown are counted.
pub(super) fn of_all(
    topics: &Part<&FromMasters<Vec<TopicOverview>>>,
    copies: Part<&Vec<SlaveCopies>>,
    visible: &dyn Fn(&TopicName) -> bool,
) -> Vec<Phrase> {
    seen(copies, |copies| match topics {
        Part::Known(topics) => copies.iter().flat_map(|copy| differ(&topics.seen, copy, visible)).collect(),
        Part::Unknown(_) => Vec::new(),
    })
}

fn differ(topics: &[TopicOverview], copy: &SlaveCopies, visible: &dyn Fn(&TopicName) -> bool) -> Vec<Phrase> {
    let (shown, hidden): (Vec<_>, Vec<_>) = differing(topics, copy).into_iter().partition(|name| visible(name));
    let shown = (!shown.is_empty()).then(|| of(copy, "copies-differ").with("topics", names(shown)));
    let hidden = (!hidden.is_empty()).then(|| of(copy, "copies-differ-unseen").with("count", hidden.len()));
    shown.into_iter().chain(hidden).collect()
}

/// A slave that does not answer is told of beside its broker.
fn differing<'t>(topics: &'t [TopicOverview], copy: &SlaveCopies) -> Vec<&'t TopicName> {
    let Some(copied) = copy.topics.answer() else { return Vec::new() };
    let copied: BTreeMap<&TopicName, &TopicAt> = copied.iter().map(|(name, at)| (name, at)).collect();
    let differs = |topic: &&TopicOverview| {
        let expected = topic.at.iter().find(|at| at.broker == copy.broker).map(TopicShape::of);
        expected.is_some() && expected != copied.get(&topic.name).copied().map(TopicShape::of)
    };
    let ours = topics.iter().filter(|topic| topic.kind == TopicKind::Ordinary);
    ours.filter(differs).map(|topic| &topic.name).collect()
}

fn of(copy: &SlaveCopies, id: &str) -> Phrase {
    let process = i64::try_from(copy.id).unwrap_or(i64::MAX);
    Phrase::new(id).with("broker", copy.broker.as_str()).with("process", process)
}
