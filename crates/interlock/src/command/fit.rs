//! Names that are right somewhere, but not in a cluster of this kind.

use super::option_type::problem;
use super::parse::given;
use super::request::{Arguments, Value};
use crate::cluster::ClusterKind;
use crate::plan::Mistake;

/// The mistake of naming a topic that no cluster of this kind can have; none if all names fit. Which kind it is, is known
/// only once the cluster is.
#[must_use]
pub fn misfit(arguments: &Arguments, kind: ClusterKind) -> Option<Mistake> {
    arguments.0.iter().find_map(|(option, value)| {
        let Value::Topic(topic) = value else { return None };
        let error = topic.fits(kind).err()?;
        let facts = problem(given(topic.as_str()), error).with("option", option.as_str());
        Some(Mistake::new("not-a-topic-name", facts))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;

    #[test]
    fn each_kind_refuses_what_only_the_other_has() {
        let of = |name: &str| Arguments([("topic".to_owned(), Value::Topic(name.parse().unwrap()))].into());
        let found = |name: &str, kind| misfit(&of(name), kind).map(|mistake| mistake.id);
        assert_eq!(found("%RETRY%billing", ClusterKind::Rocketmq), None);
        assert_eq!(found("orders", ClusterKind::Kafka), None);
        let mistake = misfit(&of("%RETRY%billing"), ClusterKind::Kafka).unwrap();
        assert_eq!(mistake.id, "not-a-topic-name");
        assert_eq!(mistake.facts.get("problem"), Some(&Fact::from("character")));
        let long = misfit(&of(&"o".repeat(128)), ClusterKind::Rocketmq).unwrap();
        assert_eq!(long.facts.get("most"), Some(&Fact::from(127_usize)));
    }
}
