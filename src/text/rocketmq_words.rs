//! What plans for RocketMQ say in `plan.txt`, in words.

use super::numbers::{duration, utc};
use super::plan_text::{LANGUAGE, name, target};
use super::{queues_words, rocketmq_topic_words as topics};
use interlock::id::GroupId;
use interlock::plan::{Holding, QueueMove, QueueRule, QueuesOf, ResetBy, RocketmqAction, RocketmqExpectation};

pub(super) fn capture(group: &GroupId, queues: &[QueuesOf]) -> String {
    format!("write the offsets of group {} in {} into the journal", name(group.as_str()), places(queues))
}

fn places(all: &[QueuesOf]) -> String {
    let one = |of: &QueuesOf| {
        let numbers: Vec<String> = of.queues.iter().map(ToString::to_string).collect();
        format!("{} at {} ({})", of.topic, of.broker, numbers.join(","))
    };
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

pub(super) fn rule(rule: &QueueRule) -> String {
    let by = match (rule.by, rule.running) {
        (ResetBy::Queue, false) => "",
        (ResetBy::Queue, true) => ", while its clients go on",
        (ResetBy::Clients, _) => ", by telling its clients the time",
    };
    format!(
        "set the offsets of group {} to {}, never outside of the queue, in {} and nowhere else{by}",
        name(rule.group.as_str()),
        target(rule.target, rule.captured_by, ("queue", "message")),
        places(&rule.queues)
    )
}

pub(super) fn action(action: &RocketmqAction) -> String {
    let each = |moves: &[QueueMove]| {
        let one = |one: &QueueMove| format!("{} {} {} to {}", one.topic, one.broker, one.queue, one.to);
        moves.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    match action {
        RocketmqAction::SetOffsets { group, moves, .. } => {
            format!("set the offsets of group {}: {}", name(group.as_str()), each(moves))
        }
        RocketmqAction::SetQueues { topic, places } => queues_words::set(topic, places),
        RocketmqAction::SeedOffsets { topic, seeds } => queues_words::seed(topic, seeds),
        RocketmqAction::SetTopic { topic, places } => topics::set(topic, places),
        RocketmqAction::DeleteTopic { topic, cluster, at } => topics::delete(topic, cluster, at),
        RocketmqAction::MakeGroup { group, at } => topics::make_group(group, at),
        RocketmqAction::DeleteGroup(gone) => topics::delete_group(gone),
        RocketmqAction::TellClients { group, topic, at, moves } => {
            let to = at.map_or_else(|| "the end".to_owned(), utc);
            format!("tell the clients of group {} to read {topic} from {to}: {}", name(group.as_str()), each(moves))
        }
    }
}

pub(super) fn holding(holding: &Holding) -> String {
    format!(
        "group {} is seen where it was set, or further on, in {} looks in a row, one every {}; elsewhere for {}: a person \
         decides",
        name(holding.group.as_str()),
        holding.looks,
        duration(LANGUAGE, holding.interval_ms),
        duration(LANGUAGE, holding.deadline_ms)
    )
}

pub(super) fn expectation(expectation: &RocketmqExpectation) -> String {
    match expectation {
        RocketmqExpectation::ClusterIs { name: cluster, brokers } => {
            let brokers: Vec<String> = brokers.iter().map(|broker| name(broker.as_str())).collect();
            format!("the cluster is {}, with at least one of {}", name(cluster), brokers.join(", "))
        }
        RocketmqExpectation::TopicIs { topic, at } => {
            let each = at.iter().map(|one| format!("{} reads and {} writes at {}", one.read, one.write, one.broker));
            format!("the queues of topic {topic}: {}", each.collect::<Vec<_>>().join(", "))
        }
        RocketmqExpectation::QueuesAre { topic, queues, only } => queues_words::open(topic, queues, *only),
        RocketmqExpectation::TopicAbsent { topic } => {
            format!("no master has a topic {topic}, and no NameServer tells clients of one")
        }
        RocketmqExpectation::TopicSettingsAre { topic, at } => topics::is(topic, at),
        RocketmqExpectation::TopicUnused { topic } => format!("no client is connected that reads {topic}"),
        RocketmqExpectation::EndsAre { topic, ends } => topics::ends(topic, ends),
        RocketmqExpectation::GroupAbsent { group } => format!("no master has a group {}", name(group.as_str())),
        RocketmqExpectation::GroupIs { group, at } => topics::group_is(group, at),
        RocketmqExpectation::GroupHasNoClients { group } => format!("group {} has no client", name(group.as_str())),
        RocketmqExpectation::GroupHasClients { group } => format!("group {} has a client", name(group.as_str())),
        RocketmqExpectation::OffsetsAre { group, offsets } => {
            let each = offsets.iter().map(|one| {
                let offset = one.offset.map_or_else(|| "none".to_owned(), |offset| offset.to_string());
                format!("{} {} {} at {offset}", one.topic, one.broker, one.queue)
            });
            format!("group {} stands at: {}", name(group.as_str()), each.collect::<Vec<_>>().join(", "))
        }
    }
}
