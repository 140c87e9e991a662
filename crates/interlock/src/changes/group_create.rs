//! `/group-create` on Kafka: there is no such thing. It is refused with the reason.

use crate::command::Arguments;
use crate::facts::Facts;
use crate::plan::{Check, Level, Mistake, Planning};

pub(super) fn plan(arguments: &Arguments) -> Planning {
    let Some(group) = arguments.group("group") else {
        return Planning::Mistake(Mistake::new("missing-option", Facts::none().with("option", "group")));
    };
    let facts = Facts::none().with("group", group.as_str());
    Planning::Refused(vec![Check::new(Level::Block, "groups-make-themselves", facts)])
}
