//! `/topic-create`, `/topic-alter` and `/topic-delete` on RocketMQ: the same call to every master, and what goes is forgotten by
//! every `NameServer`. The brokers check nothing of it, so everything is checked here.

mod alter;
mod back;
mod checks;
mod create;
mod delete;
mod look;
mod unmake;

pub(super) use alter::plan as alter;
pub(super) use back::{plan as put_back, settings};
pub(super) use create::plan as create;
pub(super) use delete::plan as delete;
pub(super) use unmake::{made, plan as unmake};

use super::Context;
use super::rocketmq_routes::routed;
use crate::cluster::rocketmq::{Perm, RocketmqCluster};
use crate::command::Arguments;
use crate::facts::Facts;
use crate::id::{BrokerName, TopicName};
use crate::plan::{
    Absence, Action, Condition, Estimate, Expectation, Mistake, OpenAt, PermAt, RocketmqAction, RocketmqExpectation,
    Standing, Step, TopicChange, Undo, Work,
};

/// How many looks in a row must show what was done, and the time between two of them in milliseconds.
const LOOKS: (u32, u64) = (2, 2_000);
/// What the call to one master takes, in milliseconds: bounded by the deadline of an act, in practice far less.
const CALL_MS: u64 = 200;

/// An option that must be given on RocketMQ.
fn missing(option: &str) -> Mistake {
    Mistake::new("missing-option", Facts::none().with("option", option))
}

/// Options that only Kafka has are refused, not passed over.
fn only_ours(arguments: &Arguments, of_kafka: &[&str]) -> Result<(), Mistake> {
    let foreign = of_kafka.iter().find(|option| arguments.0.contains_key(**option));
    let mistake = |option: &&str| {
        Err(Mistake::new("option-not-for-kind", Facts::none().with("option", *option).with("kind", "RocketMQ")))
    };
    foreign.map_or(Ok(()), mistake)
}

fn topic(arguments: &Arguments) -> Result<&TopicName, Mistake> {
    arguments.topic("topic").ok_or_else(|| missing("topic"))
}

/// The words of the option `perm`; none where it is not given.
fn perm(arguments: &Arguments) -> Option<Perm> {
    match arguments.choice("perm")? {
        "read-write" => Some(Perm::READ_WRITE),
        "read-only" => Some(Perm::READ),
        "write-only" => Some(Perm::WRITE),
        _ => None,
    }
}

fn perm_word(perm: Perm) -> &'static str {
    match perm {
        Perm::READ => "read-only",
        Perm::WRITE => "write-only",
        _ => "read-write",
    }
}

/// The cluster as it is, as an expectation.
fn cluster_is(cluster: &RocketmqCluster) -> Expectation {
    super::rocketmq_offsets::cluster_is(cluster, cluster.brokers.iter().map(|broker| &broker.name))
}

fn expect(expectation: RocketmqExpectation) -> Expectation {
    Expectation::Rocketmq(expectation)
}

/// One call to each of the masters, seen to last at them and in every route.
fn setting(
    (topic, cluster): (&TopicName, &RocketmqCluster),
    places: Vec<TopicChange>,
    needs: Vec<Expectation>,
    undo: Undo,
) -> Vec<Step> {
    let (looks, interval_ms) = LOOKS;
    let perm = |one: &TopicChange| PermAt {
        broker: one.broker.clone(),
        perm: one.to.perm,
        routed: routed(cluster.broker(&one.broker), one.to.perm),
    };
    let standing = Standing {
        topic: topic.clone(),
        queues: places.iter().map(|one| OpenAt { broker: one.broker.clone(), queues: one.to.queues }).collect(),
        known: places.iter().map(|one| one.broker.clone()).collect::<Vec<BrokerName>>(),
        perms: places.iter().map(perm).collect(),
        looks,
        interval_ms,
    };
    let action = RocketmqAction::SetTopic { topic: topic.clone(), places };
    step(action, needs, (Condition::RocketmqQueuesStand(standing), undo))
}

/// Gone at every master, and in every route.
fn deleting(action: RocketmqAction, topic: &TopicName, needs: Vec<Expectation>, undo: Undo) -> Vec<Step> {
    let (looks, interval_ms) = LOOKS;
    let absence = Absence { topic: topic.clone(), looks, interval_ms };
    step(action, needs, (Condition::RocketmqTopicGone(absence), undo))
}

fn step(action: RocketmqAction, needs: Vec<Expectation>, (done, undo): (Condition, Undo)) -> Vec<Step> {
    vec![Step { number: 1, work: Work::Act(Action::Rocketmq(action)), needs, done, undo }]
}

fn estimate(masters: usize) -> Estimate {
    let masters = u64::try_from(masters).unwrap_or(u64::MAX);
    let ms = CALL_MS.saturating_mul(masters).saturating_add(u64::from(LOOKS.0) * LOOKS.1);
    Estimate { duration_ms: ms, way_back_ms: ms, changes: masters }
}

/// From a stopped, failed or stuck operation the way back takes its holds over.
fn others(
    operation: &crate::id::OperationId,
    context: &Context<'_>,
) -> Vec<(crate::plan::Hold, crate::id::OperationId)> {
    context.held.iter().filter(|(_, holder)| holder != operation).cloned().collect()
}
