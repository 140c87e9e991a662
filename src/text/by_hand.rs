//! `by-hand.md`: how to finish, stop and undo a plan with Kafka's own tools, should this program be gone. English for
//! everybody, as the tools are.

use super::foreign::shown;
use super::numbers::utc;
use super::{by_hand_moves, reassignment};
use interlock::plan::{Action, KafkaAction, OffsetMove, OffsetRule, OffsetTarget, Plan, Rule, Undo, Work};
use std::fmt::Write as _;

const TOOL: &str = "kafka-consumer-groups.sh --bootstrap-server <address> --command-config <admin.properties>";

/// The native commands for a plan, from its first step to the way back.
#[must_use]
pub fn by_hand(plan: &Plan) -> String {
    if reassignment::moves_replicas(plan) {
        return by_hand_moves::by_hand(plan);
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
    plan.steps.iter().for_each(|step| finish(&step.work, &mut text));
    text.push_str(
        "## Stop\n\nA commit is one call; there is nothing to cancel. Do not begin the next command, and undo what was done.\n\n\
         ## Undo\n\n",
    );
    plan.steps.iter().rev().for_each(|step| undo(&step.undo, &mut text));
    text.push_str(
        "The tool cannot write back the leader epoch and the metadata of a commit; both are in plan.json, and /rollback \
         writes them.\n",
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
        Work::Act(Action::Kafka(action)) => action.group().map(ToString::to_string),
        Work::Rule(Rule::KafkaResetOffsets(rule)) => Some(rule.group.to_string()),
        Work::Wait(_) | Work::Capture(_) => None,
    }
}

fn finish(work: &Work, text: &mut String) {
    match work {
        Work::Act(one) => action(one, "finish", text),
        Work::Rule(Rule::KafkaResetOffsets(one)) => rule(one, text),
        Work::Wait(_) => text.push_str("Wait until `--describe --members` shows no member of the group.\n\n"),
        Work::Capture(_) => text.push_str("Keep what `--describe` prints now: it is the way back.\n\n"),
    }
}

fn undo(undo: &Undo, text: &mut String) {
    match undo {
        Undo::Nothing => {}
        Undo::Literal { actions, .. } => actions.iter().for_each(|one| action(one, "undo", text)),
        // The inverse of offsets is written out; that of moves is in a file of its own.
        Undo::Inverse { .. } => {}
        Undo::Captured { step } => {
            let _ = writeln!(
                text,
                "The offsets from before are in the journal (step {step}; /status shows them) or in what you kept. Write \
                 them into undo.csv, a line each (topic,partition,offset), and use `--reset-offsets --from-file undo.csv \
                 --execute`; partitions that had no commit: `--delete-offsets`.\n"
            );
        }
        Undo::Irreversible { .. } => text.push_str("There is no way back for one of the steps.\n\n"),
    }
}

fn action(action: &Action, file: &str, text: &mut String) {
    let Action::Kafka(action) = action;
    match action {
        KafkaAction::CommitOffsets { group, moves } => {
            let group = quoted(group.as_str());
            let _ = writeln!(text, "Write this into {file}.csv:\n");
            code(text, &moves.iter().map(csv).collect::<Vec<_>>());
            code(text, &[format!("{TOOL} --reset-offsets --group {group} --from-file {file}.csv --execute")]);
        }
        KafkaAction::DeleteOffsets { group, removals } => {
            let group = quoted(group.as_str());
            let places: Vec<String> =
                removals.iter().map(|one| format!("--topic {}:{}", one.topic, one.partition)).collect();
            code(text, &[format!("{TOOL} --delete-offsets --group {group} {}", places.join(" "))]);
        }
        KafkaAction::Reassign { .. }
        | KafkaAction::CallOff { .. }
        | KafkaAction::SetConfigs { .. }
        | KafkaAction::TakeFromLists { .. }
        | KafkaAction::ElectPreferred { .. } => {}
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

fn code(text: &mut String, lines: &[String]) {
    lines.iter().for_each(|line| {
        let _ = writeln!(text, "    {line}");
    });
    text.push('\n');
}

/// A word for a POSIX shell. A name with characters that cannot be seen is not written out: copying it would be a trap.
fn quoted(name: &str) -> String {
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
