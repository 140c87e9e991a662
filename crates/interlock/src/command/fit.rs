//! Names that are right somewhere, but not in a cluster of this kind.

use super::option_type::problem;
use super::parse::given;
use super::request::{Arguments, Value};
use crate::cluster::ClusterKind;
use crate::facts::Facts;
use crate::id::{GroupId, NotAName, TopicName};
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

/// The longest name of a group that is made: the topic that holds what it shall try again is named after it
/// (`TopicValidator.validateGroup` of 5.x; 4.9 makes any).
const LONGEST_GROUP: usize = 120;

/// The mistake of giving a topic that is made on RocketMQ a name that no topic of somebody's has (`TopicValidator.validateTopic`);
/// none if it fits. RocketMQ names topics after its brokers and clusters, whose names may have dots.
#[must_use]
pub fn unfit_for_new_topic(option: &str, topic: &TopicName) -> Option<Mistake> {
    unfit(option, topic.as_str(), usize::MAX).map(|facts| Mistake::new("not-a-topic-name", facts))
}

/// The mistake of giving a group that is made on RocketMQ a name that brokers of 5.x and clients refuse; none if it fits.
#[must_use]
pub fn unfit_for_new_group(option: &str, group: &GroupId) -> Option<Mistake> {
    unfit(option, group.as_str(), LONGEST_GROUP).map(|facts| Mistake::new("not-a-group-name", facts))
}

fn unfit(option: &str, name: &str, most: usize) -> Option<Facts> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'%' | b'|' | b'-' | b'_');
    let error = match name {
        _ if name.len() > most => NotAName::TooLong(most),
        _ if !name.bytes().all(allowed) => NotAName::Character,
        _ => return None,
    };
    Some(problem(given(name), error).with("option", option))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Fact;

    #[test]
    fn what_is_made_on_rocketmq_has_a_name_that_its_brokers_take() {
        let topic = |name: &str| unfit_for_new_topic("topic", &name.parse().unwrap()).map(|mistake| mistake.id);
        assert_eq!((topic("orders-eu|%_"), topic("orders.eu")), (None, Some("not-a-topic-name".to_owned())));
        let group = |name: &str| unfit_for_new_group("group", &name.parse().unwrap());
        assert_eq!(group(&"x".repeat(120)), None);
        let long = group(&"x".repeat(121)).unwrap();
        assert_eq!((long.id.as_str(), long.facts.get("most")), ("not-a-group-name", Some(&Fact::from(120_usize))));
        for character in (0x20_u8..0x7f).map(char::from).chain(['é', '東', '\u{202e}']) {
            let allowed = character.is_ascii_alphanumeric() || "%|-_".contains(character);
            assert_eq!(group(&format!("a{character}b")).is_none(), allowed, "{character:?}");
        }
    }

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
