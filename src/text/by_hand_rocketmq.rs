//! `by-hand.md` for RocketMQ: how to finish, stop and undo a plan with `mqadmin`.

use super::by_hand::{code, quoted};
use super::numbers::utc;
use engine::History;
use interlock::id::GroupId;
use interlock::plan::{Action, Capture, OffsetTarget, Plan, QueueMove, QueueOffset, QueueRule, Rule, Step, Undo, Work};
use interlock::time::Millis;
use std::collections::BTreeSet;
use std::fmt::Write as _;

const TOOL: &str = "mqadmin";
const AT: &str = "-n '<name servers>'";

/// The native commands for a plan from where its journal says that it stands: what is left to do, and the way back.
#[must_use]
pub(super) fn by_hand(plan: &Plan, history: &History) -> String {
    let mut text = format!(
        "# {} by hand, with RocketMQ's own tool\n\n\
         Only if Signalbox is gone: two hands on one group undo each other. First see where things stand:\n\n",
        plan.operation
    );
    for group in groups(plan) {
        code(&mut text, &[format!("{TOOL} consumerProgress {AT} -g {}", quoted(&group))]);
    }
    text.push_str(
        "The tool exits with 0 even when it failed: read what it prints. A time that it cannot read must never be sent: \
         5.x would take it for 0 and go back to the first message. One queue by itself (-b, -q, -o) takes the tool of 5.x, \
         and at a broker of 4.9 a group that has stopped.\n\n## Finish\n\n",
    );
    let mut left = plan.steps.iter().filter(|step| !history.done.contains(&step.number)).peekable();
    if left.peek().is_none() {
        text.push_str("Every step is done.\n\n");
    }
    left.for_each(|step| finish(step, history, &mut text));
    text.push_str(
        "## Stop\n\nWhat was sent is done; there is nothing to cancel. Do not begin the next command, and undo what was \
         done.\n\n## Undo\n\n",
    );
    plan.steps.iter().rev().for_each(|step| undo(step, plan, history, &mut text));
    text
}

fn groups(plan: &Plan) -> BTreeSet<String> {
    plan.steps.iter().filter_map(|step| group_of(&step.work)).map(ToString::to_string).collect()
}

fn group_of(work: &Work) -> Option<&GroupId> {
    match work {
        Work::Act(action) => action.group(),
        Work::Rule(Rule::RocketmqResetOffsets(rule)) => Some(&rule.group),
        Work::Capture(Capture::RocketmqOffsets { group, .. }) => Some(group),
        Work::Rule(_) | Work::Capture(_) | Work::Wait(_) => None,
    }
}

fn finish(step: &Step, history: &History, text: &mut String) {
    match &step.work {
        Work::Act(one) => action(one, text),
        Work::Rule(Rule::RocketmqResetOffsets(one)) => match history.expanded.get(&step.number) {
            Some(actions) => actions.iter().for_each(|one| action(one, text)),
            None => rule(one, text),
        },
        Work::Rule(_) | Work::Wait(_) => {}
        Work::Capture(_) => text.push_str("Keep what `consumerProgress` prints now: it is the way back.\n\n"),
    }
}

fn action(action: &Action, text: &mut String) {
    let (Action::Rocketmq(action), Some(group)) = (action, action.group()) else { return };
    code(text, &action.queue_moves().iter().map(|one| set(group, one)).collect::<Vec<_>>());
}

/// One queue to one offset: the tool of 5.x can do that at brokers of both lines.
fn set(group: &GroupId, one: &QueueMove) -> String {
    offset(group, (one.broker.as_str(), one.topic.as_str(), one.queue), one.to)
}

fn offset(group: &GroupId, (broker, topic, queue): (&str, &str, u32), to: i64) -> String {
    let group = quoted(group.as_str());
    format!("{TOOL} resetOffsetByTime {AT} -g {group} -t {topic} -s now -b '<master of {broker}>' -q {queue} -o {to}")
}

fn rule(rule: &QueueRule, text: &mut String) {
    let topics: BTreeSet<&str> = rule.queues.iter().map(|of| of.topic.as_str()).collect();
    let (group, time) = (quoted(rule.group.as_str()), time(rule.target));
    let Some(time) = time else {
        let _ = writeln!(text, "To {}, queue by queue, from where the group stands then.\n", rule.target);
        return;
    };
    if let OffsetTarget::At(at) = rule.target {
        let _ = writeln!(text, "To {}, which is {} ms:\n", utc(at), at.0);
    }
    let line = |topic: &&str| format!("{TOOL} resetOffsetByTime {AT} -g {group} -t {topic} -s {time} -f true");
    code(text, &topics.iter().map(line).collect::<Vec<_>>());
}

/// As the tool takes a time: milliseconds, or `now`.
fn time(target: OffsetTarget) -> Option<String> {
    match target {
        OffsetTarget::Earliest => Some(Millis(0).0.to_string()),
        OffsetTarget::Latest => Some("now".to_owned()),
        OffsetTarget::At(at) => Some(at.0.to_string()),
        OffsetTarget::Offset(_) | OffsetTarget::Shift(_) => None,
    }
}

fn undo(step: &Step, plan: &Plan, history: &History, text: &mut String) {
    match &step.undo {
        Undo::Nothing | Undo::Inverse { .. } | Undo::WhileEmpty { .. } => {}
        Undo::Literal { actions, .. } => actions.iter().for_each(|one| action(one, text)),
        Undo::Captured { step } => captured(*step, plan, history, text),
        Undo::Irreversible { .. } => text.push_str("There is no way back for one of the steps.\n\n"),
    }
}

fn captured(step: u32, plan: &Plan, history: &History, text: &mut String) {
    let group = plan.steps.iter().find(|one| one.number == step).and_then(|one| group_of(&one.work));
    let (Some(group), Some(captured)) = (group, history.captured.get(&step)) else {
        let _ = writeln!(
            text,
            "The offsets from before are not known yet. Once step {step} is done, a new by-hand.md in the thread has them; \
             do step {step} by hand, and they are what you kept.\n"
        );
        return;
    };
    let _ = writeln!(text, "Step {step} found the group at these offsets:\n");
    let stood =
        |one: &QueueOffset| Some(offset(group, (one.broker.as_str(), one.topic.as_str(), one.queue), one.offset?));
    code(text, &captured.queues.iter().filter_map(stood).collect::<Vec<_>>());
    let absent = captured.queues.iter().filter(|one| one.offset.is_none()).count();
    if absent > 0 {
        let _ = writeln!(text, "{absent} queues had no offset; none can be taken from them again.\n");
    }
}
