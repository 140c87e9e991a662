//! The topics and groups that a finding names.

use crate::changes::Part;
use crate::facts::{Fact, Facts};
use std::collections::BTreeSet;

/// Kinds of things whose names are no topic's and no group's.
const OTHER_THINGS: [&str; 3] = ["cluster", "broker", "whole"];
/// The parts of a cluster that are looked at under a topic's or a group's name.
const NAMED_PARTS: [Part; 6] =
    [Part::Group, Part::CommittedOffsets, Part::Topic, Part::LogRanges, Part::OffsetsAtTime, Part::TopicConfig];

/// The topics and groups that facts name. A bare name is one of them unless it is said to be of something else.
pub(super) fn named_in(facts: &Facts) -> BTreeSet<String> {
    let is_other = |key: &str| match facts.get(key) {
        Some(Fact::Text(kind)) => OTHER_THINGS.contains(&kind.as_str()),
        _ => false,
    };
    let is_unnamed_part = match facts.get("part") {
        Some(Fact::Text(part)) => !NAMED_PARTS.iter().any(|named| named.key() == part),
        _ => false,
    };
    let bare = if is_other("on") || is_other("thing") || is_unnamed_part { None } else { Some("name") };
    let mut names = BTreeSet::new();
    for key in ["topic", "topics", "group", "groups"].into_iter().chain(bare) {
        match facts.get(key) {
            Some(Fact::Text(name)) => {
                names.insert(name.clone());
            }
            Some(Fact::Names(several)) => names.extend(several.iter().cloned()),
            _ => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(facts: &Facts) -> Vec<String> {
        named_in(facts).into_iter().collect()
    }

    #[test]
    fn every_way_to_name_a_topic_or_group_is_known() {
        let none = Facts::none();
        assert_eq!(named(&none.clone().with("topic", "a").with("topics", vec!["b".to_owned()])), ["a", "b"]);
        assert_eq!(named(&none.clone().with("group", "a").with("groups", vec!["b".to_owned()])), ["a", "b"]);
        assert_eq!(named(&none.clone().with("name", "a")), ["a"]);
        assert_eq!(named(&none.clone().with("name", "a").with("on", "topic")), ["a"]);
        assert_eq!(named(&none.clone().with("name", "a").with("thing", "group")), ["a"]);
        for part in Part::ALL {
            let told = named(&none.clone().with("name", "a").with("part", part.key()));
            assert_eq!(told.is_empty(), !NAMED_PARTS.contains(&part), "{part:?}");
        }
        for of in ["on", "thing"] {
            assert!(named(&none.clone().with("name", "kafka-cluster").with(of, "cluster")).is_empty(), "{of}");
        }
        assert!(named(&none.clone().with("name", "3").with("thing", "broker")).is_empty());
        assert!(named(&none.with("count", 3_i64).with("said", "a")).is_empty());
    }
}
