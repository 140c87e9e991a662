//! "Did you mean …?" for names that do not exist.

use super::{Asked, Looking};
use crate::cluster::{Look, Looker};
use crate::facts::Facts;
use crate::id::{GroupId, TopicName};
use crate::plan::Mistake;

const MOST: usize = 3;

/// The nearest of the candidates, at most three, nearest first; none that is farther than a third of the name.
pub fn did_you_mean<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<String> {
    let wanted: Vec<char> = name.to_lowercase().chars().take(300).collect();
    let allowed = (wanted.len() / 3).clamp(1, 6);
    let mut near: Vec<(usize, &str)> = candidates
        .filter(|candidate| candidate.len().abs_diff(name.len()) <= 4 * allowed + 8)
        .filter_map(|candidate| nearness(&wanted, candidate, allowed).map(|distance| (distance, candidate)))
        .collect();
    near.sort_unstable();
    near.into_iter().take(MOST).map(|(_, name)| name.to_owned()).collect()
}

fn nearness(wanted: &[char], candidate: &str, allowed: usize) -> Option<usize> {
    let other: Vec<char> = candidate.to_lowercase().chars().collect();
    let distance = distance(wanted, &other);
    if distance <= allowed {
        return Some(distance);
    }
    let contains = wanted.len() >= 3 && candidate.to_lowercase().contains(&wanted.iter().collect::<String>());
    contains.then_some(allowed + 1)
}

/// Levenshtein's distance.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, here) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, there) in other.iter().enumerate() {
            let replaced = diagonal + usize::from(here != there);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

/// The mistake of naming a topic that is not there, with the topics in scope that look like it.
pub(super) fn unknown_topic(asked: &Asked<'_>, topic: &TopicName) -> Looking {
    let mut looker = Looker::new(asked.sections);
    let suggestions = match looker.kafka_topics() {
        Look::Ask => return Looking::Need(looker.needed()),
        Look::Failed(_) => Vec::new(),
        Look::Seen(topics) => {
            let names = topics.iter().map(|topic| &topic.name).filter(|name| (asked.visible.topic)(name));
            did_you_mean(topic.as_str(), names.map(TopicName::as_str))
        }
    };
    mistake(asked, "unknown-topic", topic.as_str(), suggestions)
}

/// The mistake of naming a group that is not there, with the groups in scope that look like it.
pub(super) fn unknown_group(asked: &Asked<'_>, group: &GroupId) -> Looking {
    let mut looker = Looker::new(asked.sections);
    let suggestions = match looker.kafka_groups() {
        Look::Ask => return Looking::Need(looker.needed()),
        Look::Failed(_) => Vec::new(),
        Look::Seen(groups) => {
            let names = groups.iter().map(|group| &group.id).filter(|id| (asked.visible.group)(id));
            did_you_mean(group.as_str(), names.map(GroupId::as_str))
        }
    };
    mistake(asked, "unknown-group", group.as_str(), suggestions)
}

fn mistake(asked: &Asked<'_>, id: &str, name: &str, suggestions: Vec<String>) -> Looking {
    let facts = Facts::none().with("name", name).with("cluster", asked.cluster.name.as_str());
    let facts = if suggestions.is_empty() { facts } else { facts.with("suggestions", suggestions) };
    Looking::Mistake(Mistake::new(id, facts))
}
