//! `by-hand.md` for plans that move replicas: the native commands to finish, stop and undo them, and to put back what was for
//! the run only.

use super::foreign::shown;
use interlock::plan::{Action, Condition, ConfigChange, ConfigOn, KafkaAction, ListRemoval, Plan, Work};
use std::fmt::Write as _;

const REASSIGN: &str = "kafka-reassign-partitions.sh --bootstrap-server <address> --command-config <admin.properties>";
const CONFIGS: &str = "kafka-configs.sh --bootstrap-server <address> --command-config <admin.properties>";
const ELECT: &str = "kafka-leader-election.sh --bootstrap-server <address> --admin.config <admin.properties>";

pub(super) fn by_hand(plan: &Plan) -> String {
    let mut text = format!(
        "# {} by hand, with Kafka's own tools\n\n\
         Only if Signalbox is gone: two hands on one cluster undo each other. reassignment.json and rollback.json are \
         attached to the card. First see where things stand:\n\n",
        plan.operation
    );
    code(
        &mut text,
        &[
            format!("{REASSIGN} --list"),
            format!("{REASSIGN} --reassignment-json-file reassignment.json --verify --preserve-throttles"),
        ],
    );
    text.push_str("## Finish\n\nThe throttle first, in bytes a second:\n\n");
    plan.steps.iter().for_each(|step| settings_of(&step.work, &mut text));
    text.push_str("Then everything at once; what has arrived already stays:\n\n");
    let throttle = throttle(plan).map_or_else(String::new, |rate| format!(" --throttle {rate}"));
    code(
        &mut text,
        &[
            format!("{REASSIGN} --reassignment-json-file reassignment.json --execute --additional{throttle}"),
            format!("{ELECT} --election-type preferred --path-to-json-file reassignment.json"),
        ],
    );
    text.push_str(
        "## Stop\n\nFirst make sure that every broker of rollback.json is alive: calling a move off while an old replica is \
         dead can leave a partition without a leader. Calling off does not bring the old order back: run the undo after it.\n\n",
    );
    code(&mut text, &[format!("{REASSIGN} --reassignment-json-file reassignment.json --cancel --preserve-throttles")]);
    text.push_str("## Undo\n\n");
    code(
        &mut text,
        &[
            format!("{REASSIGN} --reassignment-json-file rollback.json --execute --additional{throttle}"),
            format!("{ELECT} --election-type preferred --path-to-json-file rollback.json"),
        ],
    );
    text.push_str("## Put back what was for the run only\n\nIn this order, whichever way it went:\n\n");
    plan.restore.iter().for_each(|action| put_back(action, &mut text));
    text
}

fn throttle(plan: &Plan) -> Option<u64> {
    plan.steps.iter().find_map(|step| match &step.done {
        Condition::KafkaMoved(moving) => moving.throttle.as_ref().map(|throttle| throttle.bytes_per_second),
        _ => None,
    })
}

fn settings_of(work: &Work, text: &mut String) {
    if let Work::Act(Action::Kafka(KafkaAction::SetConfigs { changes })) = work {
        code(text, &changes.iter().map(set).collect::<Vec<_>>());
    }
}

fn put_back(action: &Action, text: &mut String) {
    let Action::Kafka(action) = action;
    let lines: Vec<String> = match action {
        KafkaAction::SetConfigs { changes } => changes.iter().map(set).collect(),
        KafkaAction::TakeFromLists { lists } => lists.iter().map(take).collect(),
        _ => return,
    };
    code(text, &lines);
}

fn entity(on: &ConfigOn) -> String {
    match on {
        ConfigOn::Broker(id) => format!("--entity-type brokers --entity-name {id}"),
        ConfigOn::Topic(name) => format!("--entity-type topics --entity-name {name}"),
    }
}

fn set(one: &ConfigChange) -> String {
    let change = match &one.to {
        Some(value) => format!("--add-config '{}=[{}]'", one.key, shown(value, usize::MAX)),
        None => format!("--delete-config {}", one.key),
    };
    format!("{CONFIGS} {} --alter {change}", entity(&one.on))
}

/// The tool cannot take single entries: where the list held others', what is left over has to be written.
fn take(one: &ListRemoval) -> String {
    let on = entity(&ConfigOn::Topic(one.topic.clone()));
    if one.stood_before {
        return format!(
            "{CONFIGS} {on} --describe   # write {} back without {}",
            one.key,
            shown(&one.entries.join(","), usize::MAX)
        );
    }
    format!("{CONFIGS} {on} --alter --delete-config {}", one.key)
}

fn code(text: &mut String, lines: &[String]) {
    lines.iter().for_each(|line| {
        let _ = writeln!(text, "    {line}");
    });
    text.push('\n');
}
