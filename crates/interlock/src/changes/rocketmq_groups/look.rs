//! What is looked at before a group is made or deleted, and what is found of all of them.

use crate::changes::rocketmq_offsets::{self as offsets, Ground};
use crate::changes::{Context, Part, Stop, held_checks};
use crate::cluster::Looker;
use crate::cluster::rocketmq::{GroupAt, is_system_group};
use crate::facts::Facts;
use crate::id::GroupId;
use crate::plan::{Check, GroupPlace, Hold, Level};

/// Cluster, group and offsets; none while something has to be asked first. What a master says nothing of could be anything.
pub(super) fn look<'a>(id: &GroupId, looker: &mut Looker<'a>) -> Result<Option<Ground<'a>>, Stop> {
    let mut failed = Vec::new();
    let ground = offsets::look(looker, id, &mut failed);
    if let Some(ground) = &ground {
        let away = ground.committed.silent.iter().chain(ground.group.iter().flat_map(|group| &group.silent));
        let away = away.map(|one| offsets::cannot_verify(Part::Group, one.broker.as_str(), &one.why));
        failed.extend(offsets::silent_masters(ground.cluster));
        if failed.is_empty() {
            failed.extend(away);
        }
        failed.dedup();
    }
    if failed.is_empty() { Ok(ground) } else { Err(Stop::Refused(failed)) }
}

/// Every master, with the settings that it has for the group; none where it has none.
pub(super) fn places(ground: &Ground<'_>) -> Vec<GroupPlace> {
    let at = |broker: &crate::id::BrokerName| {
        let here = ground.group.and_then(|group| group.at.iter().find(|at| at.broker == *broker));
        here.filter(|at| at.settings.is_some()).map(|at: &GroupAt| at.whole.clone())
    };
    let brokers = ground.cluster.brokers.iter();
    brokers.map(|set| GroupPlace { broker: set.name.clone(), settings: at(&set.name) }).collect()
}

/// Whether any master has it.
pub(super) fn is_there(ground: &Ground<'_>) -> bool {
    places(ground).iter().any(|place| place.settings.is_some()) || !ground.committed.seen.is_empty()
}

/// What is the same for all of them.
pub(super) fn common(id: &GroupId, ground: &Ground<'_>) -> Vec<Check> {
    let brokers = ground.cluster.brokers.len();
    let mut checks = vec![Check::new(Level::Pass, "cluster-reachable", Facts::none().with("brokers", brokers))];
    if is_system_group(id) {
        checks.push(Check::new(Level::Block, "system-name", Facts::none().with("name", id.as_str())));
    }
    checks
}

/// Nothing goes away under clients that are at work with it. They would make the group again, too.
pub(super) fn clients_check(id: &GroupId, ground: &Ground<'_>) -> Check {
    let Some(group) = ground.group.filter(|group| group.is_online()) else { return Check::pass("group-inactive") };
    let ids: Vec<String> = group.clients.iter().map(|client| client.id.clone()).collect();
    let facts = Facts::none().with("group", id.as_str()).with("count", ids.len()).with("members", ids);
    Check::new(Level::Block, "group-has-clients", facts)
}

pub(super) fn held(holds: &[Hold], context: &Context<'_>) -> Vec<Check> {
    held_checks(holds, context.held.iter())
}
