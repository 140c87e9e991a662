//! `/group-delete` on Kafka: a stopped group goes with its commits, which the way back writes again.

use super::kafka_offsets::{self as offsets, GroupSeen};
use super::topics::{self, Looks};
use super::{Context, Stop, rights};
use crate::changes::guards::Guards;
use crate::cluster::kafka::{KafkaCluster, Topic};
use crate::cluster::{Looker, Sections};
use crate::command::Arguments;
use crate::facts::Facts;
use crate::id::{GroupId, TopicName};
use crate::plan::{
    Aspect, Check, Draft, Effect, Expectation, GoneGroup, Impact, KafkaAction, Level, Mistake, Planning, Row, Thing,
    Undo,
};
use std::collections::{BTreeMap, BTreeSet};

struct Seen<'a> {
    cluster: &'a KafkaCluster,
    group: GroupSeen<'a>,
    /// The topics that it has committed in and that are still there.
    topics: Vec<(&'a TopicName, &'a Topic)>,
}

pub(super) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let Some(id) = arguments.group("group") else {
        return Planning::Mistake(Mistake::new("missing-option", Facts::none().with("option", "group")));
    };
    let mut looker = Looker::new(sections);
    let seen = look(id, &mut looker, context.guards);
    topics::planned(seen, looker.needed(), context, |seen| draft(id, seen, context))
}

fn look<'a>(id: &GroupId, looker: &mut Looker<'a>, guards: &Guards) -> Result<Option<Seen<'a>>, Stop> {
    let mut failed = Vec::new();
    let cluster = offsets::look_at_cluster(looker, &mut failed);
    let group = offsets::look_at_group(looker, id, guards, &mut failed);
    if !failed.is_empty() {
        return Err(Stop::Refused(failed));
    }
    let (Some(cluster), Some(group)) = (cluster, group) else { return Ok(None) };
    if !group.is_there() {
        return Err(Stop::Mistake(Mistake::new("unknown-group", Facts::none().with("name", id.as_str()))));
    }
    let names: BTreeSet<&TopicName> = group.committed.iter().map(|one| &one.topic).collect();
    let mut looks = Looks::new(looker);
    let found: Vec<_> = names.into_iter().map(|name| (name, looks.topic(name))).collect();
    looks.settled()?;
    let all: Option<Vec<_>> = found.into_iter().map(|(name, found)| Some((name, found?))).collect();
    let there = |(name, found): (&'a TopicName, Option<&'a Topic>)| Some((name, found?));
    Ok(all.map(|all| Seen { cluster, group, topics: all.into_iter().filter_map(there).collect() }))
}

fn draft(id: &GroupId, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let holds = topics::hold(context, Thing::Group(id.to_string()), Aspect::Life);
    let mut checks = checks(id, seen);
    checks.extend(topics::held(&holds, context));
    let checks = context.guards.verdict(checks)?;
    let gone = GoneGroup { group: id.clone(), committed: seen.group.committed.to_vec() };
    let action = KafkaAction::DeleteGroup(gone);
    let mut needs = vec![topics::cluster_is(seen.cluster), Expectation::KafkaGroupHasNoMembers { group: id.clone() }];
    needs.extend(seen.topics.iter().map(|(name, topic)| offsets::topic_is(name, topic)));
    let mut expectations = needs.clone();
    expectations.extend(crate::plan::Action::Kafka(action.clone()).before());
    Ok(Draft {
        identity: seen.cluster.id.clone(),
        arguments: BTreeMap::from([("group".to_owned(), id.to_string())]),
        effect: Effect::Reversible,
        holds,
        expectations: expectations.clone(),
        steps: topics::step(action, expectations, Undo::Inverse { needs }),
        restore: Vec::new(),
        adopts: Vec::new(),
        impact: impact(id, seen),
        estimate: topics::estimate(seen.group.committed.len()),
        checks,
    })
}

fn checks(id: &GroupId, seen: &Seen<'_>) -> Vec<Check> {
    let mut checks = vec![offsets::identity_check(seen.cluster)];
    let told = seen.group.group.map_or(&None, |group| &group.rights);
    checks.extend(topics::rights_checks(("group", id.as_str()), rights::DELETE_ON_GROUP, told));
    checks.extend(offsets::writable_checks(id, seen.group.group));
    let count = seen.group.committed.len();
    if count > offsets::MOST_PARTITIONS {
        let facts = Facts::none().with("count", count).with("most", offsets::MOST_PARTITIONS);
        checks.push(Check::new(Level::Block, "too-many-partitions", facts));
    }
    checks
}

fn impact(id: &GroupId, seen: &Seen<'_>) -> Impact {
    let rows = seen.group.committed.iter().map(|one| Row::Offset {
        topic: one.topic.to_string(),
        partition: one.partition,
        from: Some(one.committed.offset),
        to: None,
        log_start: -1,
        log_end: -1,
        clamped: false,
    });
    let topics: BTreeSet<String> = seen.group.committed.iter().map(|one| one.topic.to_string()).collect();
    Impact {
        worst_case: "group-forgets".to_owned(),
        topics: topics.into_iter().collect(),
        groups: vec![id.to_string()],
        facts: Facts::none().with("partitions", seen.group.committed.len()),
        rows: rows.collect(),
        ..Impact::default()
    }
}
