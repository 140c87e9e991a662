//! `/shrink-partitions` on Kafka: there is no such thing. It is refused, with the numbers and the way around.

use super::topics::{self, Looks};
use super::{Context, Stop};
use crate::cluster::{Looker, Sections};
use crate::command::Arguments;
use crate::facts::Facts;
use crate::id::TopicName;
use crate::plan::{Check, Level, Mistake, Planning};

pub(super) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let missing = |option| Planning::Mistake(Mistake::new("missing-option", Facts::none().with("option", option)));
    let Some(topic) = arguments.topic("topic") else { return missing("topic") };
    let Some(to) = arguments.count("to") else { return missing("to") };
    let mut looker = Looker::new(sections);
    let seen = look(topic, &mut looker);
    topics::planned(seen, looker.needed(), context, |from| Err(refused(topic, *from, *to)))
}

fn look(topic: &TopicName, looker: &mut Looker<'_>) -> Result<Option<u32>, Stop> {
    let mut looks = Looks::new(looker);
    let found = looks.topic(topic);
    looks.settled()?;
    let found = found.map(|found| topics::existing(topic, found)).transpose()?;
    Ok(found.map(topics::partitions))
}

fn refused(topic: &TopicName, from: u32, to: u32) -> Stop {
    let facts = Facts::none().with("topic", topic.as_str()).with("from", i64::from(from)).with("to", i64::from(to));
    if to >= from {
        return Stop::Mistake(Mistake::new("not-fewer-partitions", facts));
    }
    Stop::Refused(vec![Check::new(Level::Block, "shrink-not-possible", facts)])
}
