//! `/reset-offset` on Kafka: sets a stopped group's committed offsets.

use super::kafka_offsets as offsets;
use super::vector::{self, Place};
use super::{Context, Stop, held_checks};
use crate::cluster::kafka::{Group, KafkaCluster, Topic};
use crate::cluster::{Look, Looker, Sections};
use crate::command::{Arguments, Value};
use crate::facts::Facts;
use crate::id::{GroupId, TopicName};
use crate::plan::{
    Capture, Check, Condition, Draft, Effect, Estimate, Expectation, Level, Log, Mistake, OffsetRule, OffsetTarget,
    Planning, Resolved, Rule, Step, Undo, Wait, Work, inverse,
};
use std::collections::BTreeMap;
use std::time::Duration;

/// How often a stopping group is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How many looks in a row must find the group without members.
const QUIET_LOOKS: u32 = 2;

/// What was asked for.
struct Wanted<'a> {
    group: &'a GroupId,
    topic: Option<&'a TopicName>,
    partitions: Option<&'a [i32]>,
    target: OffsetTarget,
    wait: Option<Duration>,
}

/// What was seen and is whole.
struct Seen<'a> {
    cluster: &'a KafkaCluster,
    group: Option<&'a Group>,
    topics: Vec<(&'a TopicName, &'a Topic)>,
    places: Vec<Place>,
    /// The wanted partitions by topic.
    scope: Vec<(TopicName, Vec<i32>)>,
}

pub(super) fn plan(arguments: &Arguments, sections: &Sections, context: &Context<'_>) -> Planning {
    let Some(wanted) = wanted(arguments) else {
        return Planning::Mistake(Mistake::new("missing-option", Facts::none().with("option", "group, to")));
    };
    let mut looker = Looker::new(sections);
    let seen = look(&wanted, &mut looker);
    let needed = looker.needed();
    if !needed.is_empty() {
        return Planning::Need(needed);
    }
    match seen.and_then(|seen| draft(&wanted, &seen, context)) {
        Ok(draft) => Planning::Plan(Box::new(draft)),
        Err(Stop::Mistake(mistake)) => Planning::Mistake(mistake),
        Err(Stop::Refused(checks)) => Planning::Refused(checks),
    }
}

fn wanted(arguments: &Arguments) -> Option<Wanted<'_>> {
    Some(Wanted {
        group: arguments.group("group")?,
        topic: arguments.topic("topic"),
        partitions: arguments.partitions("partitions").map(Vec::as_slice),
        target: *arguments.offset_target("to")?,
        wait: arguments.duration("wait-for-stop").copied(),
    })
}

fn look<'a>(wanted: &Wanted<'a>, looker: &mut Looker<'a>) -> Result<Seen<'a>, Stop> {
    let mut failed = Vec::new();
    let cluster = offsets::seen(looker.kafka_cluster(), "cluster", &mut failed);
    let group = offsets::seen(looker.kafka_group(wanted.group), "group", &mut failed);
    let committed = offsets::seen(looker.kafka_committed(wanted.group), "committed offsets", &mut failed);
    if !failed.is_empty() {
        return Err(Stop::Refused(failed));
    }
    let (Some(cluster), Some(group), Some(committed)) = (cluster, group, committed) else { return Err(still_asking()) };
    let group = group.as_ref();
    let names: Vec<&'a TopicName> = match wanted.topic {
        Some(topic) => vec![topic],
        None => {
            let mut names: Vec<_> = committed.iter().map(|one| &one.topic).collect();
            names.dedup();
            names
        }
    };
    if names.is_empty() {
        return Err(Stop::Mistake(no_topic(wanted.group, group)));
    }
    let commits = vector::commits(committed);
    let mut seen = Seen { cluster, group, topics: Vec::new(), places: Vec::new(), scope: Vec::new() };
    let mut asking = false;
    for name in names {
        match look_at_topic(wanted, name, looker)? {
            None => asking = true,
            Some((topic, log, partitions)) => {
                let places = vector::resolve((name, &partitions), wanted.target, &log, &commits)
                    .map_err(|partition| Stop::Refused(vec![offline(name, partition)]))?;
                seen.places.extend(places);
                seen.topics.push((name, topic));
                seen.scope.push((name.clone(), partitions));
            }
        }
    }
    if asking { Err(still_asking()) } else { Ok(seen) }
}

/// Never shown: planning goes on with another round.
fn still_asking() -> Stop {
    Stop::Refused(Vec::new())
}

fn no_topic(id: &GroupId, group: Option<&Group>) -> Mistake {
    let facts = Facts::none().with("name", id.as_str());
    Mistake::new(if offsets::exists(group) { "group-without-commits" } else { "unknown-group" }, facts)
}

fn offline(topic: &TopicName, partition: i32) -> Check {
    let facts = Facts::none().with("topic", topic.as_str()).with("partition", i64::from(partition));
    Check::new(Level::Block, "partition-offline", facts)
}

type TopicSeen<'a> = (&'a Topic, Log<'a>, Vec<i32>);

fn look_at_topic<'a>(
    wanted: &Wanted<'a>,
    name: &TopicName,
    looker: &mut Looker<'a>,
) -> Result<Option<TopicSeen<'a>>, Stop> {
    let mut failed = Vec::new();
    let topic = offsets::seen(looker.kafka_topic(name), name.as_str(), &mut failed);
    let Some(Some(topic)) = topic.map(Option::as_ref) else {
        return match (failed.is_empty(), topic) {
            (false, _) => Err(Stop::Refused(failed)),
            (true, None) => Ok(None),
            (true, Some(_)) => {
                Err(Stop::Mistake(Mistake::new("unknown-topic", Facts::none().with("name", name.as_str()))))
            }
        };
    };
    let ranges = offsets::seen(looker.kafka_log_ranges(name), name.as_str(), &mut failed);
    let at = match wanted.target {
        OffsetTarget::At(instant) => Some(looker.kafka_offsets_at(name, instant)),
        _ => None,
    };
    let asking_time = matches!(at, Some(Look::Ask));
    let at = at.and_then(|look| offsets::seen(look, name.as_str(), &mut failed));
    if !failed.is_empty() {
        return Err(Stop::Refused(failed));
    }
    let Some(ranges) = ranges.filter(|_| !asking_time) else { return Ok(None) };
    let partitions = partitions(wanted, name, topic)?;
    Ok(Some((topic, Log::new(ranges, at.map(Vec::as_slice)), partitions)))
}

fn partitions(wanted: &Wanted<'_>, name: &TopicName, topic: &Topic) -> Result<Vec<i32>, Stop> {
    let there: Vec<i32> = topic.partitions.iter().map(|partition| partition.partition).collect();
    let Some(asked) = wanted.partitions else { return Ok(there) };
    match asked.iter().find(|partition| !there.contains(partition)) {
        None => Ok(asked.to_vec()),
        Some(unknown) => Err(Stop::Mistake(Mistake::new(
            "unknown-partition",
            Facts::none()
                .with("topic", name.as_str())
                .with("partition", i64::from(*unknown))
                .with("partitions", there.len()),
        ))),
    }
}

fn draft(wanted: &Wanted<'_>, seen: &Seen<'_>, context: &Context<'_>) -> Result<Draft, Stop> {
    let waits = wanted.wait.filter(|_| seen.group.is_some_and(|group| !group.members.is_empty()));
    let holds = offsets::holds(&context.cluster.name, wanted.group, seen.topics.iter().map(|(name, _)| *name));
    let checks = checks(wanted, seen, waits.is_some(), held_checks(&holds, context.held));
    if checks.iter().any(Check::blocks) {
        return Err(Stop::Refused(checks));
    }
    if waits.is_none() && !seen.places.iter().any(Place::changes) {
        return Err(Stop::Mistake(nothing_to_do(wanted, seen)));
    }
    let mut impact = vector::impact(wanted.group, &seen.places);
    let mut clients: Vec<String> =
        seen.group.iter().flat_map(|group| &group.members).map(|member| member.client_id.clone()).collect();
    clients.sort();
    clients.dedup();
    impact.clients = clients;
    if waits.is_some() {
        impact.needs_from_application.push("stop-consumers".to_owned());
    }
    let changes = seen.places.iter().filter(|place| place.changes()).count();
    Ok(Draft {
        identity: seen.cluster.id.clone(),
        arguments: resolved(wanted, seen),
        effect: Effect::Reversible,
        holds,
        checks,
        expectations: expectations(wanted, seen, waits.is_some()),
        steps: match waits {
            None => exact_steps(wanted, seen),
            Some(deadline) => waiting_steps(wanted, seen, deadline),
        },
        restore: Vec::new(),
        impact,
        estimate: Estimate {
            duration_ms: 1_000,
            way_back_ms: 1_000,
            changes: u64::try_from(changes).unwrap_or(u64::MAX),
        },
    })
}

fn nothing_to_do(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Mistake {
    let unshiftable = seen.places.iter().filter(|place| place.goal == Resolved::NothingToShift).count();
    let facts = Facts::none().with("group", wanted.group.as_str()).with("partitions", seen.places.len());
    if unshiftable == seen.places.len() {
        return Mistake::new("no-commit-to-shift", facts);
    }
    Mistake::new("nothing-to-do", facts)
}

fn checks(wanted: &Wanted<'_>, seen: &Seen<'_>, waits: bool, held: Vec<Check>) -> Vec<Check> {
    let mut checks = vec![offsets::identity_check(seen.cluster)];
    let removes = seen.places.iter().any(|place| place.from.is_none() && place.changes());
    checks.extend(offsets::right_checks((wanted.group, seen.group), &seen.topics, removes));
    checks.push(group_check(wanted, seen.group, waits));
    checks.extend(seen.group.and_then(|group| offsets::keeps_offsets_elsewhere(group, wanted.group)));
    if seen.places.len() > offsets::MOST_PARTITIONS {
        let facts = Facts::none().with("count", seen.places.len()).with("most", offsets::MOST_PARTITIONS);
        checks.push(Check::new(Level::Block, "too-many-partitions", facts));
    }
    checks.extend(target_checks(&seen.places));
    if held.is_empty() {
        checks.push(Check::pass("not-held"));
    }
    checks.extend(held);
    checks
}

fn group_check(wanted: &Wanted<'_>, group: Option<&Group>, waits: bool) -> Check {
    let Some(group) = group.filter(|group| offsets::exists(Some(group))) else {
        return Check::new(Level::Warn, "group-is-new", Facts::none().with("group", wanted.group.as_str()));
    };
    if group.members.is_empty() {
        return Check::pass("group-inactive");
    }
    let facts = offsets::member_facts(wanted.group, &group.members);
    if waits {
        return Check::new(Level::Consent, "group-will-stop", facts);
    }
    Check::new(Level::Block, "group-inactive", facts)
}

fn target_checks(places: &[Place]) -> Vec<Check> {
    let mut checks = Vec::new();
    let clamped = |place: &&Place| matches!(place.goal, Resolved::To { clamped_from: Some(_), .. });
    if let Some(first) = places.iter().find(clamped) {
        let Resolved::To { offset, clamped_from: Some(wanted), .. } = first.goal else { return checks };
        let facts = of_place(first)
            .with("count", places.iter().filter(clamped).count())
            .with("wanted", wanted)
            .with("used", offset);
        checks.push(Check::new(Level::Warn, "target-clamped", facts));
    }
    let late = |place: &&Place| matches!(place.goal, Resolved::To { after_last_record: true, .. });
    warn_where("time-after-last-record", places, late, &mut checks);
    warn_where("no-commit-to-shift", places, |place| place.goal == Resolved::NothingToShift, &mut checks);
    warn_where("partition-empty", places, |place| place.start >= place.end, &mut checks);
    warn_where("partition-without-commit", places, |place| place.from.is_none(), &mut checks);
    if checks.is_empty() {
        checks.push(Check::pass("targets-in-log"));
    }
    checks
}

fn warn_where(id: &str, places: &[Place], which: impl Fn(&&Place) -> bool, checks: &mut Vec<Check>) {
    let Some(first) = places.iter().find(&which) else { return };
    let facts = of_place(first).with("count", places.iter().filter(&which).count());
    checks.push(Check::new(Level::Warn, id, facts));
}

fn of_place(place: &Place) -> Facts {
    Facts::none().with("topic", place.topic.as_str()).with("partition", i64::from(place.partition))
}

fn expectations(wanted: &Wanted<'_>, seen: &Seen<'_>, waits: bool) -> Vec<Expectation> {
    let mut expectations = vec![Expectation::KafkaClusterIs { id: seen.cluster.id.clone() }];
    expectations.extend(topics_are(seen));
    if !waits {
        expectations.push(Expectation::KafkaGroupHasNoMembers { group: wanted.group.clone() });
        expectations.extend(values_are(wanted, seen));
    }
    expectations
}

fn topics_are(seen: &Seen<'_>) -> Vec<Expectation> {
    seen.topics
        .iter()
        .map(|(name, topic)| Expectation::KafkaTopicIs {
            topic: (*name).clone(),
            id: topic.id.clone(),
            partitions: u32::try_from(topic.partitions.len()).unwrap_or(u32::MAX),
        })
        .collect()
}

fn values_are(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<Expectation> {
    let committed =
        Expectation::KafkaCommittedAre { group: wanted.group.clone(), offsets: vector::expected(&seen.places) };
    let in_log = vector::targets(&seen.places)
        .into_iter()
        .map(|(topic, offsets)| Expectation::KafkaOffsetsInLog { topic, offsets });
    std::iter::once(committed).chain(in_log).collect()
}

fn exact_steps(wanted: &Wanted<'_>, seen: &Seen<'_>) -> Vec<Step> {
    let Some(action) = vector::commit(wanted.group, &seen.places) else { return Vec::new() };
    let undo = Undo::Literal {
        actions: inverse(&action),
        needs: vec![Expectation::KafkaGroupHasNoMembers { group: wanted.group.clone() }],
    };
    let mut needs = vec![Expectation::KafkaGroupHasNoMembers { group: wanted.group.clone() }];
    needs.extend(topics_are(seen));
    needs.extend(values_are(wanted, seen));
    vec![Step { number: 1, work: Work::Act(action), needs, done: Condition::ReadBack, undo }]
}

fn waiting_steps(wanted: &Wanted<'_>, seen: &Seen<'_>, deadline: Duration) -> Vec<Step> {
    let group = wanted.group.clone();
    let ms = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let quiet = Condition::KafkaGroupHasNoMembers { group: group.clone(), looks: QUIET_LOOKS };
    let wait = Wait { condition: quiet.clone(), interval_ms: ms(LOOK_EVERY), deadline_ms: ms(deadline) };
    let capture = Capture::KafkaCommitted { group: group.clone(), partitions: seen.scope.clone() };
    let rule =
        OffsetRule { group: group.clone(), target: wanted.target, partitions: seen.scope.clone(), captured_by: 2 };
    let stopped = Expectation::KafkaGroupHasNoMembers { group };
    let mut needs = vec![stopped.clone()];
    needs.extend(topics_are(seen));
    vec![
        Step { number: 1, work: Work::Wait(wait), needs: Vec::new(), done: quiet, undo: Undo::Nothing },
        Step {
            number: 2,
            work: Work::Capture(capture),
            needs: vec![stopped],
            done: Condition::ReadBack,
            undo: Undo::Nothing,
        },
        Step {
            number: 3,
            work: Work::Rule(Rule::KafkaResetOffsets(rule)),
            needs,
            done: Condition::ReadBack,
            undo: Undo::Captured { step: 2 },
        },
    ]
}

/// The arguments with everything that was left open filled in.
fn resolved(wanted: &Wanted<'_>, seen: &Seen<'_>) -> BTreeMap<String, String> {
    let topics: Vec<&str> = seen.topics.iter().map(|(name, _)| name.as_str()).collect();
    let mut arguments = BTreeMap::from([
        ("group".to_owned(), wanted.group.to_string()),
        ("topic".to_owned(), topics.join(", ")),
        ("to".to_owned(), Value::OffsetTarget(wanted.target).canonical()),
    ]);
    if let Some(partitions) = wanted.partitions {
        arguments.insert("partitions".to_owned(), Value::Partitions(partitions.to_vec()).canonical());
    }
    if let Some(wait) = wanted.wait {
        arguments.insert("wait-for-stop".to_owned(), Value::Duration(wait).canonical());
    }
    arguments
}
