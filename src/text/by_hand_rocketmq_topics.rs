//! `by-hand.md` for plans that make, permit or delete whole topics and groups of RocketMQ: the native commands to finish, stop and
//! undo them.

use super::by_hand::{code, quoted};
use super::kinds;
use engine::History;
use interlock::plan::{Action, ForgottenGroup, Plan, RocketmqAction, Seed, Step, TopicChange, Undo, Work, inverse};
use std::fmt::Write as _;

const AT: &str = "-n '<name servers>'";

/// Whether a plan is of this kind.
pub(super) fn is_of(plan: &Plan) -> bool {
    kinds::first_of_rocketmq(plan).is_some()
}

pub(super) fn by_hand(plan: &Plan, history: &History) -> String {
    let mut text = format!(
        "# {} by hand, with mqadmin\n\n\
         Only if Signalbox is gone: two hands on one topic or group undo each other. First see where things stand:\n\n",
        plan.operation
    );
    code(&mut text, &look(plan));
    text.push_str(
        "The tool exits with 0 even when it failed: read what it prints. The broker checks nothing, and answers success to what \
         is not there.\n\n## Finish\n\n",
    );
    let mut left = plan.steps.iter().filter(|step| !history.done.contains(&step.number)).peekable();
    if left.peek().is_none() {
        text.push_str("Every step is done.\n\n");
    }
    left.for_each(|step| finish(step, &mut text));
    text.push_str(
        "## Stop\n\nEach command is one call to each master; there is nothing to cancel. Do not begin the next one, and undo \
         what was done.\n\n## Undo\n\n",
    );
    plan.steps.iter().rev().for_each(|step| undo(step, &mut text));
    text
}

fn look(plan: &Plan) -> Vec<String> {
    let topic = |name: &String| format!("mqadmin topicRoute {AT} -t {}  # at each NameServer by itself", quoted(name));
    let group = |name: &String| format!("mqadmin consumerProgress {AT} -g {}", quoted(name));
    plan.impact.topics.iter().take(5).map(topic).chain(plan.impact.groups.iter().take(5).map(group)).collect()
}

fn finish(step: &Step, text: &mut String) {
    if let Work::Act(Action::Rocketmq(action)) = &step.work {
        act(action, text);
    }
}

fn act(action: &RocketmqAction, text: &mut String) {
    match action {
        RocketmqAction::SetTopic { topic, places } => {
            code(text, &places.iter().map(|one| set(topic.as_str(), one)).collect::<Vec<_>>());
        }
        RocketmqAction::DeleteTopic { topic, cluster, .. } => {
            code(text, &[format!("mqadmin deleteTopic {AT} -c {} -t {}", quoted(cluster), quoted(topic.as_str()))]);
        }
        RocketmqAction::MakeGroup { group, at } => {
            let one = |broker: &str| {
                format!("mqadmin updateSubGroup {AT} -b '<master of {broker}>' -g {}", quoted(group.as_str()))
            };
            code(text, &at.iter().map(|place| one(place.broker.as_str())).collect::<Vec<_>>());
            if at.iter().any(|place| place.settings.is_some()) {
                text.push_str(
                    "With the settings from before, which are in plan.json: see `mqadmin updateSubGroup -h`.\n\n",
                );
            }
        }
        RocketmqAction::DeleteGroup(gone) => code(text, &forget(gone)),
        RocketmqAction::SeedOffsets { topic, seeds } => {
            code(text, &seeds.iter().map(|seed| offset(topic.as_str(), seed)).collect::<Vec<_>>());
        }
        _ => {}
    }
}

fn set(topic: &str, one: &TopicChange) -> String {
    let (to, topic) = (one.to, quoted(topic));
    let (read, write, perm) = (to.queues.read, to.queues.write, to.perm.0);
    format!("mqadmin updateTopic {AT} -b '<master of {}>' -t {topic} -r {read} -w {write} -p {perm}", one.broker)
}

fn forget(gone: &ForgottenGroup) -> Vec<String> {
    let group = quoted(gone.group.as_str());
    let one = |broker: &str| format!("mqadmin deleteSubGroup {AT} -b '<master of {broker}>' -g {group} -r true");
    gone.at.iter().map(|place| one(place.broker.as_str())).collect()
}

fn offset(topic: &str, seed: &Seed) -> String {
    let (group, topic) = (quoted(seed.group.as_str()), quoted(topic));
    let (broker, queue, to) = (&seed.broker, seed.queue, seed.offset);
    format!("mqadmin resetOffsetByTime {AT} -g {group} -t {topic} -s now -b '<master of {broker}>' -q {queue} -o {to}")
}

fn undo(step: &Step, text: &mut String) {
    match &step.undo {
        Undo::WhileEmpty { topic } => {
            text.push_str("Only while nobody has written to it and nobody reads it:\n\n");
            code(text, &[format!("mqadmin deleteTopic {AT} -c '<cluster>' -t {}", quoted(topic.as_str()))]);
        }
        Undo::Irreversible { .. } => text.push_str("There is no way back.\n\n"),
        Undo::Inverse { .. } => {
            let Work::Act(done) = &step.work else { return };
            if let Action::Rocketmq(RocketmqAction::MakeGroup { .. }) = done {
                text.push_str("Only while nobody has read by it:\n\n");
            }
            for back in inverse(done) {
                if let Action::Rocketmq(action) = back {
                    act(&action, text);
                }
            }
        }
        Undo::Nothing | Undo::Literal { .. } | Undo::Captured { .. } => {
            let _ = writeln!(text, "Step {} has nothing to take back.\n", step.number);
        }
    }
}
