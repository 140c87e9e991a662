//! More moves than one operation takes, in parts that can be typed.
use crate::command::MOST_WORDS;
use crate::facts::{Fact, Facts};
use crate::id::TopicName;
use crate::plan::{Check, Level, ReplicaMove};
use std::collections::BTreeMap;

/// The most characters of a list, commas and all: a card shows it whole.
const MOST_CHARACTERS: usize = 1_500;

/// The topics of a first part, by name: those with the most copies that fit; and how many parts there are at least. No topic
/// if each by itself is too much. `most`: copies of one part.
pub(super) fn first(moves: &[ReplicaMove], most: u64) -> (Vec<String>, u64) {
    let mut by_topic: BTreeMap<&TopicName, u64> = BTreeMap::new();
    for one in moves {
        *by_topic.entry(&one.topic).or_default() += one.adding().len() as u64;
    }
    let (all, copies) = (by_topic.len() as u64, by_topic.values().sum::<u64>());
    let mut largest: Vec<(&TopicName, u64)> = by_topic.into_iter().filter(|(_, copies)| *copies > 0).collect();
    largest.sort_by_key(|(name, copies)| (std::cmp::Reverse(*copies), *name));
    let (mut taken, mut sum, mut characters) = (Vec::new(), 0, 0);
    for (name, copies) in largest {
        let longer = characters + name.as_str().len() + 1;
        if taken.len() < MOST_WORDS && sum + copies <= most && longer <= MOST_CHARACTERS {
            (sum, characters) = (sum + copies, longer);
            taken.push(name.to_string());
        }
    }
    taken.sort_unstable();
    let parts = copies.div_ceil(most.max(1)).max(all.div_ceil((taken.len() as u64).max(1)));
    (taken, parts)
}

/// The refusal of a plan of so many bytes, where so many can be shown at most; with the topics that a first part takes.
#[must_use]
pub fn plan_too_large(moves: &[ReplicaMove], bytes: u64, most: u64) -> Check {
    let copies = super::copies(moves);
    // A plan is not quite as large as its moves are many: there is room to spare.
    let fit = u128::from(copies) * u128::from(most) / u128::from(bytes.max(1)) * 9 / 10;
    let (topics, parts) = first(moves, u64::try_from(fit).unwrap_or(copies));
    let facts = Facts::none()
        .with("bytes", Fact::Bytes(bytes))
        .with("most", Fact::Bytes(most))
        .with("parts", i64::try_from(parts).unwrap_or(i64::MAX))
        .with("topics", topics);
    Check::new(Level::Block, "plan-too-large", facts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changes::moves::MOST_MOVES;
    use crate::cluster::kafka::Replicas;
    use crate::command::parse_topics;

    /// So many moves of a topic, one copy each.
    fn of(topic: &str, count: i32) -> Vec<ReplicaMove> {
        let one = ReplicaMove {
            topic: topic.parse().unwrap(),
            topic_id: "id".to_owned(),
            partition: 0,
            from: Replicas(vec![1]),
            to: Replicas(vec![2]),
            or_from: None,
            dirs: BTreeMap::new(),
        };
        (0..count).map(|partition| ReplicaMove { partition, ..one.clone() }).collect()
    }

    #[test]
    fn a_first_part_of_many_topics_can_be_typed() {
        let mut moves: Vec<ReplicaMove> = (0..3_000).flat_map(|number| of(&format!("team.{number:04}"), 20)).collect();
        moves.extend(of("zz-large", 400));
        let (topics, parts) = first(&moves, MOST_MOVES);
        assert_eq!((topics.len(), parts), (50, 61));
        assert!(topics.contains(&"zz-large".to_owned()), "those with the most copies go first: {topics:?}");
        assert_eq!(parse_topics(&topics.join(",")), Ok(topics));
    }

    #[test]
    fn what_does_not_fit_makes_room_for_what_does() {
        let moves: Vec<ReplicaMove> = [of("a", 60_000), of("b", 30_000), of("c", 25_000)].concat();
        assert_eq!(first(&moves, MOST_MOVES).0, ["b"], "not a, which is too much by itself, nor c with b");
        let small = [moves, of("d", 20_000)].concat();
        assert_eq!(first(&small, MOST_MOVES), (vec!["b".to_owned(), "d".to_owned()], 3));
        assert_eq!(first(&of("a", 60_000), MOST_MOVES), (Vec::new(), 2));
    }

    #[test]
    fn long_names_are_fewer() {
        let long = "x".repeat(240);
        let moves: Vec<ReplicaMove> = (0..60).flat_map(|number| of(&format!("{long}{number}"), 1_000)).collect();
        let (topics, parts) = first(&moves, MOST_MOVES);
        assert_eq!((topics.len(), parts), (6, 10));
        assert!(topics.join(",").len() <= MOST_CHARACTERS);
    }

    #[test]
    fn a_plan_that_cannot_be_shown_is_split_by_its_size() {
        let moves: Vec<ReplicaMove> = [of("a", 100), of("b", 40), of("c", 30)].concat();
        let found = plan_too_large(&moves, 17_000, 8_500);
        assert_eq!((found.id.as_str(), found.level), ("plan-too-large", Level::Block));
        // 76 copies fit, with room to spare.
        assert_eq!(found.facts.get("topics"), Some(&vec!["b".to_owned(), "c".to_owned()].into()));
        assert_eq!(found.facts.get("parts"), Some(&Fact::Count(3)));
        let nothing = plan_too_large(&[], 17_000, 8_500);
        assert_eq!(nothing.facts.get("topics"), Some(&Vec::<String>::new().into()));
    }
}
