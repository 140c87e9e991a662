//! `by-hand.md`: how to finish, stop and undo a plan with Kafka's own tools, should this program be gone. English for
//! everybody, as the tools are.

use super::foreign::shown;
use super::numbers::utc;
use super::{
    by_hand_moves, by_hand_queues, by_hand_rocketmq, by_hand_rocketmq_topics, by_hand_topics, kinds, reassignment,
};
use engine::History;
use interlock::cluster::ClusterKind;
use interlock::plan::{
    Action, Capture, KafkaAction, OffsetMove, OffsetRule, OffsetTarget, Plan, Rule, Step, Undo, Work,
};
use std::fmt::Write as _;

pub(super) const TOOL: &str =
    "kafka-consumer-groups.sh --bootstrap-server <address> --command-config <admin.properties>";

/// The native commands for a plan from where its journal says that it stands: what is left to do, and the way back.
#[must_use]
pub fn by_hand(plan: &Plan, history: &History) -> String {
    if let Some(topic) = by_hand_queues::topic_of(plan) {
        return by_hand_queues::by_hand(plan, topic, history);
    }
    if by_hand_rocketmq_topics::is_of(plan) {
        return by_hand_rocketmq_topics::by_hand(plan, history);
    }
    if plan.kind == ClusterKind::Rocketmq {
        return by_hand_rocketmq::by_hand(plan, history);
    }
    if reassignment::moves_replicas(plan) {
        return by_hand_moves::by_hand(plan, history);
    }
    if kinds::first(plan).is_some() {
        return by_hand_topics::by_hand(plan, history);
    }
    let mut text = format!(
        "# {} by hand, with Kafka's own tools\n\n\
         Only if Signalbox is gone: two hands on one group undo each other. First see where things stand:\n\n",
        plan.operation
    );
    for group in groups(plan) {
        code(&mut text, &[format!("{TOOL} --describe --group {}", quoted(&group))]);
    }
    text.push_str(
        "The tool exits with 0 even when it refuses: read what it prints. It resets stopped groups only.\n\n\
         ## Finish\n\n",
    );
    let mut left = plan.steps.iter().filter(|step| !history.done.contains(&step.number)).peekable();
    if left.peek().is_none() {
        text.push_str("Every step is done.\n\n");
    }
    left.for_each(|step| finish(step, history, &mut text));
    text.push_str(
        "## Stop\n\nA commit is one call; there is nothing to cancel. Do not begin the next command, and undo what was done.\n\n\
         ## Undo\n\n",
    );
    plan.steps.iter().rev().for_each(|step| undo(step, plan, history, &mut text));
    let captured = plan.steps.iter().any(|step| matches!(step.undo, Undo::Captured { .. }));
    let also = if captured { "" } else { "both are in plan.json, and " };
    let _ = writeln!(
        text,
        "The tool cannot write back the leader epoch and the metadata of a commit; {also}/rollback writes them."
    );
    text
}

fn groups(plan: &Plan) -> Vec<String> {
    let mut all: Vec<String> = plan.steps.iter().filter_map(|step| group_of(&step.work)).collect();
    all.dedup();
    all
}

fn group_of(work: &Work) -> Option<String> {
    match work {
        Work::Act(action) => action.group().map(ToString::to_string),
        Work::Rule(Rule::KafkaResetOffsets(rule)) => Some(rule.group.to_string()),
        Work::Rule(Rule::RocketmqResetOffsets(_) | Rule::RocketmqSeedOffsets(_)) | Work::Wait(_) | Work::Capture(_) => {
            None
        }
    }
}

fn finish(step: &Step, history: &History, text: &mut String) {
    match &step.work {
        Work::Act(one) => action(one, "finish", text),
        // A shift done twice is twice the shift: once the offsets are fixed, they are what is written.
        Work::Rule(Rule::KafkaResetOffsets(one)) => match history.expanded.get(&step.number) {
            Some(actions) => actions.iter().for_each(|one| action(one, "finish", text)),
            None => rule(one, text),
        },
        // RocketMQ has other tools; see `by_hand_rocketmq`.
        Work::Rule(Rule::RocketmqResetOffsets(_) | Rule::RocketmqSeedOffsets(_)) => {}
        Work::Wait(_) => text.push_str("Wait until `--describe --members` shows no member of the group.\n\n"),
        Work::Capture(_) => text.push_str("Keep what `--describe` prints now: it is the way back.\n\n"),
    }
}

fn undo(step: &Step, plan: &Plan, history: &History, text: &mut String) {
    match &step.undo {
        Undo::Nothing => {}
        Undo::Literal { actions, .. } => actions.iter().for_each(|one| action(one, "undo", text)),
        // The inverse of offsets is written out; that of moves is in a file of its own.
        Undo::Inverse { .. } | Undo::WhileEmpty { .. } => {}
        Undo::Captured { step } => captured(*step, plan, history, text),
        Undo::Irreversible { .. } => text.push_str("There is no way back for one of the steps.\n\n"),
    }
}

/// The way back to what a step captured; before it has, how it will be known.
fn captured(step: u32, plan: &Plan, history: &History, text: &mut String) {
    let group = plan.steps.iter().find(|one| one.number == step).and_then(|one| match &one.work {
        Work::Capture(Capture::KafkaCommitted { group, .. }) => Some(quoted(group.as_str())),
        _ => None,
    });
    let (Some(group), Some(captured)) = (group, history.captured.get(&step)) else {
        let _ = writeln!(
            text,
            "The offsets from before are not known yet. Once step {step} is done, a new by-hand.md in the thread has them; \
             do step {step} by hand, and they are what you kept. Write them into undo.csv, a line each \
             (topic,partition,offset), and use `--reset-offsets --from-file undo.csv --execute`; partitions that had no \
             commit: `--delete-offsets`.\n"
        );
        return;
    };
    let _ = writeln!(text, "Step {step} found the group at these offsets:\n");
    let stood = captured.offsets.iter().filter_map(|one| {
        let committed = one.committed.as_ref()?;
        Some(format!("{},{},{}", one.topic, one.partition, committed.offset))
    });
    let absent = captured.offsets.iter().filter(|one| one.committed.is_none());
    write_offsets(&group, "undo", &stood.collect::<Vec<_>>(), text);
    delete_offsets(&group, &absent.map(|one| format!("{}:{}", one.topic, one.partition)).collect::<Vec<_>>(), text);
}

/// Lines as the tool reads them: topic, partition, offset.
fn write_offsets(group: &str, file: &str, lines: &[String], text: &mut String) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "Write this into {file}.csv:\n");
    code(text, lines);
    code(text, &[format!("{TOOL} --reset-offsets --group {group} --from-file {file}.csv --execute")]);
}

/// Partitions are named as the tool takes them: topic:partition.
fn delete_offsets(group: &str, places: &[String], text: &mut String) {
    if places.is_empty() {
        return;
    }
    let places: Vec<String> = places.iter().map(|place| format!("--topic {place}")).collect();
    code(text, &[format!("{TOOL} --delete-offsets --group {group} {}", places.join(" "))]);
}

pub(super) fn action(action: &Action, file: &str, text: &mut String) {
    let Action::Kafka(action) = action else { return };
    match action {
        KafkaAction::CommitOffsets { group, moves } => {
            write_offsets(&quoted(group.as_str()), file, &moves.iter().map(csv).collect::<Vec<_>>(), text);
        }
        KafkaAction::DeleteOffsets { group, removals } => {
            let places: Vec<String> = removals.iter().map(|one| format!("{}:{}", one.topic, one.partition)).collect();
            delete_offsets(&quoted(group.as_str()), &places, text);
        }
        KafkaAction::Reassign { .. }
        | KafkaAction::CallOff { .. }
        | KafkaAction::SetConfigs { .. }
        | KafkaAction::TakeFromLists { .. }
        | KafkaAction::ElectPreferred { .. }
        | KafkaAction::CreateTopic(_)
        | KafkaAction::CreatePartitions(_)
        | KafkaAction::DeleteTopic(_)
        | KafkaAction::DeleteGroup(_) => {}
    }
}

/// As the tool reads it: no head, topic names need no quotes.
fn csv(one: &OffsetMove) -> String {
    format!("{},{},{}", one.topic, one.partition, one.to.offset)
}

fn rule(rule: &OffsetRule, text: &mut String) {
    let target = match rule.target {
        OffsetTarget::Earliest => "--to-earliest".to_owned(),
        OffsetTarget::Latest => "--to-latest".to_owned(),
        OffsetTarget::Offset(offset) => format!("--to-offset {offset}"),
        OffsetTarget::Shift(by) => format!("--shift-by {by}"),
        OffsetTarget::At(at) => format!("--to-datetime {at}"),
    };
    if let OffsetTarget::At(at) = rule.target {
        let _ = writeln!(text, "To {}:\n", utc(at));
    }
    let places: Vec<String> = rule
        .partitions
        .iter()
        .map(|(topic, partitions)| {
            let numbers: Vec<String> = partitions.iter().map(ToString::to_string).collect();
            format!("--topic {topic}:{}", numbers.join(","))
        })
        .collect();
    let group = quoted(rule.group.as_str());
    code(text, &[format!("{TOOL} --reset-offsets --group {group} {} {target} --execute", places.join(" "))]);
}

pub(super) fn code(text: &mut String, lines: &[String]) {
    lines.iter().for_each(|line| {
        let _ = writeln!(text, "    {line}");
    });
    text.push('\n');
}

/// A word for a POSIX shell. A name with characters that cannot be seen is not written out: copying it would be a trap.
pub(super) fn quoted(name: &str) -> String {
    if shown(name, usize::MAX) != name {
        return "\"$GROUP_AS_IN_PLAN_JSON\"".to_owned();
    }
    let plain = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
    if !name.is_empty() && name.chars().all(plain) && !name.starts_with('-') {
        return name.to_owned();
    }
    format!("'{}'", name.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_for_the_shell() {
        assert_eq!(quoted("billing"), "billing");
        assert_eq!(quoted("a b; rm -rf $HOME"), "'a b; rm -rf $HOME'");
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert_eq!(quoted("a\u{202e}b"), "\"$GROUP_AS_IN_PLAN_JSON\"");
    }
}
