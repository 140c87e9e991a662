//! `by-hand.md` for plans that change whole topics and groups: one call each, and how to take it back where that can be done.

use super::by_hand::{TOOL, action, code, quoted};
use super::by_hand_moves::set;
use engine::History;
use interlock::plan::{Action, ConfigChange, GoneGroup, KafkaAction, NewTopic, Plan, Step, Undo, Work, inverse};
use std::fmt::Write as _;

const TOPICS: &str = "kafka-topics.sh --bootstrap-server <address> --command-config <admin.properties>";

pub(super) fn by_hand(plan: &Plan, history: &History) -> String {
    let mut text = format!(
        "# {} by hand, with Kafka's own tools\n\n\
         Only if Signalbox is gone: two hands on one topic undo each other. First see where things stand:\n\n",
        plan.operation
    );
    code(&mut text, &look(plan));
    text.push_str("## Finish\n\n");
    let mut left = plan.steps.iter().filter(|step| !history.done.contains(&step.number)).peekable();
    if left.peek().is_none() {
        text.push_str("Every step is done.\n\n");
    }
    left.for_each(|step| finish(step, &mut text));
    text.push_str(
        "## Stop\n\nEach step is one call; there is nothing to cancel. Do not begin the next command, and undo what was done.\n\n\
         ## Undo\n\n",
    );
    plan.steps.iter().rev().for_each(|step| undo(step, &mut text));
    text
}

fn look(plan: &Plan) -> Vec<String> {
    let topic = |name: &String| format!("{TOPICS} --describe --topic {}", quoted(name));
    let group = |name: &String| format!("{TOOL} --describe --group {}", quoted(name));
    plan.impact.topics.iter().take(5).map(topic).chain(plan.impact.groups.iter().take(5).map(group)).collect()
}

fn finish(step: &Step, text: &mut String) {
    let Work::Act(Action::Kafka(kafka)) = &step.work else { return };
    match kafka {
        KafkaAction::CreateTopic(new) => code(text, &[create(new)]),
        KafkaAction::CreatePartitions(more) => {
            code(text, &[format!("{TOPICS} --alter --topic {} --partitions {}", quoted(more.topic.as_str()), more.to)]);
        }
        KafkaAction::DeleteTopic(gone) => {
            let _ = writeln!(
                text,
                "The tool deletes by name. Only if `--describe` shows the TopicId {}, for another id is another topic:\n",
                gone.topic_id
            );
            code(text, &[format!("{TOPICS} --delete --topic {}", quoted(gone.topic.as_str()))]);
        }
        KafkaAction::DeleteGroup(gone) => code(text, &[delete_group(gone)]),
        KafkaAction::SetConfigs { changes } => settings(changes, text),
        _ => action(&Action::Kafka(kafka.clone()), "finish", text),
    }
}

fn create(new: &NewTopic) -> String {
    let configs: Vec<String> = new.configs.iter().map(|(key, value)| format!(" --config {key}={value}")).collect();
    format!(
        "{TOPICS} --create --topic {} --partitions {} --replication-factor {}{}",
        quoted(new.name.as_str()),
        new.partitions,
        new.replicas,
        configs.concat()
    )
}

fn delete_group(gone: &GoneGroup) -> String {
    format!("{TOOL} --delete --group {}", quoted(gone.group.as_str()))
}

fn settings(changes: &[ConfigChange], text: &mut String) {
    code(text, &changes.iter().map(set).collect::<Vec<_>>());
}

fn undo(step: &Step, text: &mut String) {
    match &step.undo {
        Undo::WhileEmpty { topic } => {
            text.push_str("Only while nobody has written to it and nobody reads it:\n\n");
            code(text, &[format!("{TOPICS} --delete --topic {}", quoted(topic.as_str()))]);
        }
        Undo::Irreversible { .. } => text.push_str("There is no way back.\n\n"),
        Undo::Inverse { .. } => {
            let Work::Act(done) = &step.work else { return };
            inverse(done).iter().for_each(|back| match back {
                Action::Kafka(KafkaAction::SetConfigs { changes }) => settings(changes, text),
                other => action(other, "undo", text),
            });
        }
        Undo::Nothing | Undo::Literal { .. } | Undo::Captured { .. } => {}
    }
}
