//! `by-hand.md` for plans that open or close queues of a RocketMQ topic: the native commands to finish, stop and undo them.

use super::foreign::shown;
use engine::History;
use interlock::id::TopicName;
use interlock::plan::{
    Action, Closing, Condition, Plan, QueuesChange, RocketmqAction, Rule, SeedRule, Step, Undo, Work, inverse,
};
use std::fmt::Write as _;

const TOOL: &str = "mqadmin updateTopic -n <name servers>";

/// The topic whose queues a plan sets; none if it is about something else.
pub(super) fn topic_of(plan: &Plan) -> Option<&TopicName> {
    plan.steps.iter().find_map(|step| match &step.work {
        Work::Act(Action::Rocketmq(RocketmqAction::SetQueues { topic, .. })) => Some(topic),
        _ => None,
    })
}

pub(super) fn by_hand(plan: &Plan, topic: &TopicName, history: &History) -> String {
    let mut text = format!(
        "# {} by hand, with mqadmin\n\n\
         Only if Signalbox is gone: two hands on one topic undo each other. First see where things stand, at every \
         NameServer:\n\n",
        plan.operation
    );
    let topic = shown(topic.as_str(), 127);
    code(
        &mut text,
        &[
            format!("mqadmin topicRoute -n <one name server> -t {topic}"),
            "mqadmin updateTopic -h  # it writes all settings: give -p and -o as the topic has them".to_owned(),
        ],
    );
    text.push_str(
        "The broker checks nothing: it takes 0 queues and more to write than to read. Never write more than is read. Send to \
         masters only (`-b <master>`), one after the other, and read back twice.\n\n## Finish\n\n",
    );
    let mut left = plan.steps.iter().filter(|step| !history.done.contains(&step.number)).peekable();
    if left.peek().is_none() {
        text.push_str("Every step is done.\n\n");
    }
    left.for_each(|step| finish(step, &topic, &mut text));
    text.push_str(
        "## Stop\n\nEach command is one call; there is nothing to cancel. Do not begin the next one.\n\n## Undo\n\n",
    );
    for step in plan.steps.iter().rev() {
        if let (Undo::Inverse { .. }, Work::Act(action)) = (&step.undo, &step.work) {
            inverse(action).iter().for_each(|one| act(one, &topic, &mut text));
        }
    }
    text.push_str(
        "Queues that are read longer than they are written harm nobody; what is closed to readers has to be drained first.\n",
    );
    text
}

fn finish(step: &Step, topic: &str, text: &mut String) {
    match &step.work {
        Work::Act(action) => act(action, topic, text),
        Work::Rule(Rule::RocketmqSeedOffsets(rule)) => seed(rule, topic, text),
        _ => {}
    }
    match &step.done {
        Condition::RocketmqDrained(closing) => drain(closing, topic, text),
        Condition::RocketmqStaysClosed(_) => text.push_str(
            "Then look at the closed queues for as long as messages are kept (fileReservedTime): if a maximum offset moves, \
             read them again at once.\n\n",
        ),
        _ => {}
    }
}

fn act(action: &Action, topic: &str, text: &mut String) {
    if let Action::Rocketmq(RocketmqAction::SetQueues { places, .. }) = action {
        let one = |one: &QueuesChange| {
            let (read, write) = (one.to.read, one.to.write);
            format!(
                "{TOOL} -b <master of {}> -t {topic} -r {read} -w {write} -p <as it is>",
                shown(one.broker.as_str(), 127)
            )
        };
        code(text, &places.iter().map(one).collect::<Vec<_>>());
    }
}

fn seed(rule: &SeedRule, topic: &str, text: &mut String) {
    let queues: Vec<String> = rule
        .queues
        .iter()
        .map(|(broker, from, to)| format!("{} {from} to {}", shown(broker.as_str(), 127), to.saturating_sub(1)))
        .collect();
    let _ = writeln!(
        text,
        "Give every group of {topic} the offset 0 in the queues {} before anything is written to them, where it has none (the \
         end of the queue where its first messages are gone): without an offset it begins behind the first messages. mqadmin has \
         no command for that; on 5.x this comes near:\n",
        queues.join(", ")
    );
    code(
        text,
        &[format!(
            "mqadmin resetOffsetByTime -n <name servers> -g <group> -t {topic} -b <master> -q <queue> -o 0 -s 0"
        )],
    );
    text.push_str(
        "Then wait for three times what brokers take to write offsets to their disks (flushConsumerOffsetInterval, 5 s unless \
         set), and look whether they are still there: a master that died before that has forgotten them.\n\n",
    );
}

fn drain(closing: &Closing, topic: &str, text: &mut String) {
    let queues: Vec<String> = closing
        .queues
        .iter()
        .map(|one| format!("{} {} to {}", shown(one.broker.as_str(), 127), one.keeps, one.had.saturating_sub(1)))
        .collect();
    let _ = writeln!(
        text,
        "Wait until every group has read the queues {}, and their ends stand still for the longest pending delay and a minute. \
         mqadmin has no command that tells the ends of closed queues: topicStatus shows them on 5.x while they are read, and no \
         longer on 4.9, so ask the broker for GET_MAX_OFFSET (30), GET_MIN_OFFSET (31) and QUERY_CONSUMER_OFFSET (14). \
         consumerProgress counts a missing offset as 0:\n",
        queues.join(", ")
    );
    code(
        text,
        &[
            format!("mqadmin topicStatus -n <name servers> -t {topic}  # 5.x"),
            "mqadmin consumerProgress -n <name servers> -g <each group>".to_owned(),
        ],
    );
}

fn code(text: &mut String, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "```\n{}\n```\n", lines.join("\n"));
}
