//! The way back of a reset on RocketMQ: each queue gets the offset from before.

use super::Rollback;
use crate::changes::part::Part;
use crate::changes::rocketmq_offsets::{self as offsets, Ground, Place};
use crate::changes::{Context, Stop, held_checks};
use crate::cluster::rocketmq::{QueueRange, Topic};
use crate::cluster::{Failure, FailureKind, Looker, Sections};
use crate::facts::Facts;
use crate::id::{BrokerName, GroupId, TopicName};
use crate::plan::{
    Action, Check, Condition, Draft, Edge, Effect, Expectation, Held, Impact, Level, Mistake, Planning, QueueMove,
    Resolved, RocketmqAction, RocketmqExpectation, Row, Step, Undo, Work, evaluate, forgotten, inverse, shown,
};
use std::collections::BTreeMap;

/// Whether what is taken back are offsets of RocketMQ.
pub(super) fn concerns(actions: &[Action]) -> bool {
    let offsets = |action: &RocketmqAction| {
        matches!(action, RocketmqAction::SetOffsets { .. } | RocketmqAction::TellClients { .. })
    };
    actions.iter().any(|action| matches!(action, Action::Rocketmq(action) if offsets(action)))
}

pub(super) fn plan(
    rollback: &Rollback<'_>,
    actions: &[Action],
    sections: &Sections,
    context: &Context<'_>,
) -> Planning {
    let mut looker = Looker::new(sections);
    let seen = look(actions, &mut looker);
    let needed = looker.needed();
    if !needed.is_empty() {
        return Planning::Need(needed);
    }
    match seen {
        Ok(Some(seen)) => {
            draft(rollback, &seen, (sections, context)).map_or_else(Planning::from, |it| context.guards.planned(it))
        }
        Ok(None) => Planning::Need(needed),
        Err(stop) => stop.into(),
    }
}

/// What the operation left in a queue, and what stood there before it.
struct Saved {
    left: Option<i64>,
    saved: i64,
}

type Vector<'a> = BTreeMap<(&'a TopicName, &'a BrokerName, u32), Saved>;

/// Where two of the actions concern one queue, the first tells what was left there and the last what is wanted.
fn vector(actions: &[Action]) -> Vector<'_> {
    let mut vector = Vector::new();
    for action in actions {
        let Action::Rocketmq(action) = action else { continue };
        for one in action.queue_moves() {
            vector
                .entry(one.place())
                .and_modify(|found: &mut Saved| found.saved = one.to)
                .or_insert(Saved { left: one.from, saved: one.to });
        }
    }
    vector
}

/// What was seen and is whole.
struct Seen<'a> {
    group: &'a GroupId,
    ground: Ground<'a>,
    topics: BTreeMap<&'a TopicName, Option<&'a Topic>>,
    places: Vec<Place>,
    /// What the operation left, place by place.
    left: Vec<Option<i64>>,
    /// How many saved offsets lie outside of their queues by now, and the first.
    outside: Option<(Place, i64, usize)>,
}

fn look<'a>(actions: &'a [Action], looker: &mut Looker<'a>) -> Result<Option<Seen<'a>>, Stop> {
    let vector = vector(actions);
    let Some(group) = actions.iter().find_map(Action::group) else { return Ok(None) };
    let mut failed = Vec::new();
    let ground = offsets::look(looker, group, &mut failed);
    let mut topics = BTreeMap::new();
    let mut ranges: BTreeMap<(&TopicName, &BrokerName, u32), &QueueRange> = BTreeMap::new();
    let names: std::collections::BTreeSet<&'a TopicName> = vector.keys().map(|place| place.0).collect();
    for &name in &names {
        let topic = offsets::seen(looker.rocketmq_topic(name), (Part::Topic, name.as_str()), &mut failed);
        // Some of the queues may have been closed meanwhile.
        let upper = vector.keys().filter(|place| place.0 == name).map(|place| place.2 + 1).max().unwrap_or(0);
        let found = offsets::seen(looker.rocketmq_ranges(name, upper), (Part::LogRanges, name.as_str()), &mut failed);
        topics.extend(topic.map(|topic| (name, topic.as_ref())));
        for silent in found.into_iter().flat_map(|found| &found.silent) {
            if vector.keys().any(|place| place.0 == name && *place.1 == silent.broker) {
                failed.push(offsets::cannot_verify(Part::LogRanges, name.as_str(), &silent.why));
            }
        }
        ranges.extend(found.into_iter().flat_map(|all| &all.seen).map(|one| ((name, &one.broker, one.queue), one)));
    }
    if !failed.is_empty() {
        return Err(Stop::Refused(failed));
    }
    let Some(ground) = ground.filter(|_| topics.len() == names.len() && looker.is_satisfied()) else {
        return Ok(None);
    };
    let there = |name: &TopicName| topics.get(name).is_some_and(Option::is_some);
    let mut unseen: Vec<Check> = vector
        .keys()
        .filter(|place| there(place.0) && !ranges.contains_key(*place))
        .map(|place| unseen(*place, &ground))
        .collect();
    unseen.dedup();
    if !unseen.is_empty() {
        return Err(Stop::Refused(unseen));
    }
    let mut seen = Seen { group, ground, topics, places: Vec::new(), left: Vec::new(), outside: None };
    let stands = seen.ground.stands();
    let mut places = Vec::new();
    for (&(topic, broker, queue), saved) in &vector {
        let Some(range) = ranges.get(&(topic, broker, queue)) else { continue };
        let to = saved.saved.clamp(range.start, range.end.max(range.start));
        let place = Place {
            topic: topic.clone(),
            broker: broker.clone(),
            queue,
            from: stands.get(&(topic, broker, queue)).copied(),
            start: range.start,
            end: range.end,
            goal: Resolved::To { offset: to, edge: Edge::Inside },
        };
        if to != saved.saved {
            let (first, wanted, count) = seen.outside.take().unwrap_or((place.clone(), saved.saved, 0));
            seen.outside = Some((first, wanted, count + 1));
        }
        places.push((place, saved.left));
    }
    (seen.places, seen.left) = places.into_iter().unzip();
    Ok(Some(seen))
}

/// A queue whose offset is to be put back and of which nothing is seen: left out, it would stay as it was left, and nobody would
/// look after it.
fn unseen((topic, broker, queue): (&TopicName, &BrokerName, u32), ground: &Ground<'_>) -> Check {
    let none = || Failure { kind: FailureKind::Refused, said: format!("{broker} has no queue {queue} of {topic}") };
    let why = ground.cluster.broker(broker).map_or_else(|| forgotten(broker), |_| none());
    offsets::cannot_verify(Part::LogRanges, topic.as_str(), &why)
}

fn draft(
    rollback: &Rollback<'_>,
    seen: &Seen<'_>,
    (sections, context): (&Sections, &Context<'_>),
) -> Result<Draft, Stop> {
    let operation = &rollback.plan.operation;
    let holds = offsets::holds(&context.cluster.name, seen.group, seen.topics.keys().copied());
    let mut found = checks(rollback, seen, sections);
    // From a stopped, failed or stuck operation the way back takes its holds over.
    found.extend(held_checks(&holds, context.held.iter().filter(|(_, holder)| holder != operation)));
    let checks = context.guards.verdict(found)?;
    let Some(action) = action(seen) else {
        return Err(Stop::Mistake(Mistake::new("already-as-before", super::of(operation))));
    };
    Ok(Draft {
        identity: seen.ground.cluster.identity(),
        arguments: BTreeMap::from([("operation".to_owned(), operation.to_string())]),
        effect: Effect::Reversible,
        holds,
        checks,
        expectations: expectations(seen),
        estimate: offsets::estimate(false, action.size()),
        impact: impact(seen),
        steps: vec![step(action, seen)],
        restore: Vec::new(),
        adopts: Vec::new(),
    })
}

fn action(seen: &Seen<'_>) -> Option<Action> {
    let moved = |place: &Place| {
        let to = place.to().filter(|_| place.changes())?;
        let (topic, broker) = (place.topic.clone(), place.broker.clone());
        Some(QueueMove { topic, broker, queue: place.queue, from: place.from, to, end: place.end })
    };
    let moves: Vec<QueueMove> = seen.places.iter().filter_map(moved).collect();
    let (group, running) = (seen.group.clone(), seen.ground.is_online());
    (!moves.is_empty()).then_some(Action::Rocketmq(RocketmqAction::SetOffsets { group, moves, running }))
}

fn step(action: Action, seen: &Seen<'_>) -> Step {
    let needs = needs(seen);
    let undo = Undo::Literal { actions: inverse(&action), needs: needs.clone() };
    let done = Condition::RocketmqOffsetsHold(offsets::holding(seen.group));
    let needs = needs.into_iter().chain(action.before()).collect();
    Step { number: 1, work: Work::Act(action), needs, done, undo }
}

fn needs(seen: &Seen<'_>) -> Vec<Expectation> {
    let mut needs: Vec<_> =
        seen.topics.iter().filter_map(|(name, topic)| Some(offsets::topic_is(name, (*topic)?))).collect();
    if !seen.ground.is_online() {
        let group = seen.group.clone();
        needs.push(Expectation::Rocketmq(RocketmqExpectation::GroupHasNoClients { group }));
    }
    needs
}

fn expectations(seen: &Seen<'_>) -> Vec<Expectation> {
    let brokers = seen.places.iter().map(|place| &place.broker);
    let mut expectations = vec![offsets::cluster_is(seen.ground.cluster, brokers)];
    expectations.extend(needs(seen));
    if !seen.ground.is_online() {
        let (group, offsets) = (seen.group.clone(), seen.places.iter().map(Place::offset).collect());
        expectations.push(Expectation::Rocketmq(RocketmqExpectation::OffsetsAre { group, offsets }));
    }
    expectations
}

fn checks(rollback: &Rollback<'_>, seen: &Seen<'_>, sections: &Sections) -> Vec<Check> {
    let mut checks = vec![cluster_check(rollback, seen, sections)];
    let gone = seen.topics.iter().filter(|(_, topic)| topic.is_none());
    checks.extend(
        gone.map(|(name, _)| Check::new(Level::Block, "topic-gone", Facts::none().with("topic", name.as_str()))),
    );
    checks.extend(clients_check(seen));
    checks.push(moved_check(seen));
    checks.extend(seen.outside.as_ref().map(|(place, saved, count)| {
        Check::new(
            Level::Warn,
            "saved-offset-left-the-log",
            place.facts().with("count", *count).with("saved", saved.to_string()),
        )
    }));
    checks.extend(absent_check(rollback));
    checks
}

fn cluster_check(rollback: &Rollback<'_>, seen: &Seen<'_>, sections: &Sections) -> Check {
    let same = rollback.plan.expectations.iter().filter(|one| one.is_identity());
    for one in same {
        if let Held::Broken { facts, .. } = evaluate(one, sections) {
            return Check::new(Level::Block, "cluster-changed", facts);
        }
    }
    let brokers = seen.ground.cluster.brokers.len();
    Check::new(Level::Pass, "cluster-reachable", Facts::none().with("brokers", brokers))
}

/// While clients are connected 4.9 has no way to set each queue.
fn clients_check(seen: &Seen<'_>) -> Option<Check> {
    let group = seen.ground.group.filter(|group| group.is_online())?;
    let facts = Facts::none().with("group", seen.group.as_str());
    if seen.places.iter().any(|place| !seen.ground.resets_itself(&place.broker)) {
        return Some(Check::new(Level::Block, "group-must-stop", facts.with("because", "back")));
    }
    let ids: Vec<String> = group.clients.iter().map(|client| client.id.clone()).collect();
    Some(Check::new(Level::Warn, "clients-go-on", facts.with("count", ids.len()).with("members", ids)))
}

/// Whether the group went on since: what stands is neither what the operation left nor the saved value.
fn moved_check(seen: &Seen<'_>) -> Check {
    let pairs = seen.places.iter().zip(&seen.left);
    let moved: Vec<_> = pairs.filter(|(place, left)| place.from != **left && place.changes()).collect();
    let Some((place, left)) = moved.first() else { return Check::pass("values-as-left") };
    let facts = place.facts().with("count", moved.len()).with("left", shown(**left)).with("found", shown(place.from));
    Check::new(Level::Warn, "values-moved-on", facts)
}

/// What cannot be taken back: queues that had no offset have one now.
fn absent_check(rollback: &Rollback<'_>) -> Option<Check> {
    let moves = rollback.done.iter().flat_map(|done| &done.actions).filter_map(|action| match action {
        Action::Rocketmq(action) => Some(action.queue_moves()),
        Action::Kafka(_) => None,
    });
    let mut absent = moves.flatten().filter(|one| one.from.is_none());
    let first = absent.next()?;
    let facts = Facts::none()
        .with("topic", format!("{} ({})", first.topic, first.broker))
        .with("partition", i64::from(first.queue))
        .with("count", absent.count() + 1);
    Some(Check::new(Level::Warn, "no-offset-before", facts))
}

fn impact(seen: &Seen<'_>) -> Impact {
    let rows: Vec<Row> = seen.places.iter().map(Place::row).collect();
    let sum = |each: fn(i64) -> i64| rows.iter().filter_map(Row::moves_over).map(each).fold(0, i64::saturating_add);
    Impact {
        worst_case: "rollback-returns-to-saved".to_owned(),
        topics: seen.topics.keys().map(ToString::to_string).collect(),
        groups: vec![seen.group.to_string()],
        clients: Vec::new(),
        facts: Facts::none()
            .with("partitions", seen.places.len())
            .with("changed", seen.places.iter().filter(|place| place.changes()).count())
            .with("replayed", sum(|moved| moved.saturating_neg().max(0)))
            .with("skipped", sum(|moved| moved.max(0))),
        rows,
        needs_from_application: Vec::new(),
    }
}
