//! `by-hand.md` for plans that move replicas: the native commands to finish, stop and undo them from where the journal says
//! that they stand, and to put back what was for the run only.

mod undo;

use super::foreign::shown;
use super::reassignment;
use engine::{History, RESTORE};
use interlock::plan::{Action, ConfigChange, ConfigOn, KafkaAction, ListRemoval, Plan, ReplicaMove, Step, Work};
use std::fmt::Write as _;

const REASSIGN: &str = "kafka-reassign-partitions.sh --bootstrap-server <address> --command-config <admin.properties>";
const CONFIGS: &str = "kafka-configs.sh --bootstrap-server <address> --command-config <admin.properties>";
const ELECT: &str = "kafka-leader-election.sh --bootstrap-server <address> --admin.config <admin.properties>";

/// Between what begins moves and what rests on their end.
const UNTIL_COMPLETED: &str = "Repeat the last one until it says of each partition that it is completed. Then:\n\n";

/// A broker takes its own settings only while it is alive; the controllers take those of every broker.
const OF_A_DEAD_BROKER: &str = "A broker that is dead does not take its rates. Put them back through the controllers' own \
    listeners, with `--bootstrap-controller <controllers>` instead of `--bootstrap-server <address>`; else when it is back.\n\n";

/// So many partitions at most are written out; more are left to the file of all of them.
const MOST_WRITTEN_OUT: usize = 1_000;

pub(super) fn by_hand(plan: &Plan, history: &History) -> String {
    let mut text = format!(
        "# {} by hand, with Kafka's own tools\n\n\
         Only if Signalbox is gone: two hands on one cluster undo each other. reassignment.json and rollback.json are \
         attached to the card. {} Never give the tool a throttle, nor let it verify or call off without \
         --preserve-throttles: it overwrites the lists and rates that others set, and clears those of all brokers. First see \
         where things stand:\n\n",
        plan.operation,
        standing(plan, history)
    );
    code(&mut text, &[format!("{REASSIGN} --list"), verify("reassignment.json")]);
    let left = left(plan, history);
    if let Left::These(json) = &left {
        text.push_str("What has not arrived is this; write it into left.json:\n\n");
        code(&mut text, std::slice::from_ref(json));
    }
    finish(plan, history, &left, &mut text);
    stop(&left, &mut text);
    undo::undo(plan, history, &mut text);
    restore(plan, history, &mut text);
    text
}

/// How many batches have arrived.
fn standing(plan: &Plan, history: &History) -> String {
    let is_batch = |step: &&Step| matches!(&step.work, Work::Act(Action::Kafka(KafkaAction::Reassign { .. })));
    let all = plan.steps.iter().filter(is_batch).count();
    match plan.steps.iter().filter(is_batch).filter(|step| history.done.contains(&step.number)).count() {
        0 => format!("When this was written, none of the {all} batches had arrived."),
        done if done == all => format!("When this was written, all of the {all} batches had arrived."),
        done => format!(
            "When this was written, {done} of the {all} batches had arrived, and the next one may have been begun since."
        ),
    }
}

/// What has not arrived.
enum Left {
    /// Everything, or more than is written out: the file of all moves serves as well.
    All,
    /// This, as the tool reads it.
    These(String),
    /// Nothing.
    Nothing,
}

impl Left {
    fn file(&self) -> &'static str {
        match self {
            Self::These(_) => "left.json",
            Self::All | Self::Nothing => "reassignment.json",
        }
    }
}

fn left(plan: &Plan, history: &History) -> Left {
    let all = reassignment::moves(plan).len();
    let left = reassignment::moves_but(plan, &history.done);
    match left.len() {
        0 => Left::Nothing,
        count if count == all || count > MOST_WRITTEN_OUT => Left::All,
        _ => Left::These(reassignment::file(left.into_iter().map(|one| (one, &one.to.0)))),
    }
}

fn finish(plan: &Plan, history: &History, left: &Left, text: &mut String) {
    text.push_str("## Finish\n\n");
    let mut open = plan.steps.iter().filter(|step| !history.done.contains(&step.number)).peekable();
    if open.peek().is_none() {
        text.push_str("Every step is done.\n\n");
        return;
    }
    let off: Vec<&ReplicaMove> = open.clone().flat_map(|step| called_off_by(&step.work)).collect();
    if !off.is_empty() {
        text.push_str(
            "What is taken back may still be on the move: that is called off first. Write this into moving.json:\n\n",
        );
        code(text, &[reassignment::file(off.into_iter().map(|one| (one, &one.to.0)))]);
        code(text, &[format!("{REASSIGN} --reassignment-json-file moving.json --cancel --preserve-throttles")]);
    }
    let settings: Vec<&[ConfigChange]> = open.clone().filter_map(|step| settings_of(&step.work)).collect();
    if settings.is_empty() {
        text.push_str("The throttle is set. ");
    } else {
        text.push_str("The throttle first, in bytes a second:\n\n");
        settings.iter().for_each(|changes| code(text, &changes.iter().map(set).collect::<Vec<_>>()));
    }
    if matches!(left, Left::Nothing) {
        text.push_str("Every replica has arrived; what is left is who leads:\n\n");
    } else {
        text.push_str("Everything that is left at once; what has arrived already stays:\n\n");
        let file = left.file();
        code(text, &[format!("{REASSIGN} --reassignment-json-file {file} --execute --additional"), verify(file)]);
        text.push_str(UNTIL_COMPLETED);
    }
    if open.any(|step| matches!(&step.work, Work::Act(Action::Kafka(KafkaAction::ElectPreferred { .. })))) {
        code(text, &[format!("{ELECT} --election-type preferred --path-to-json-file reassignment.json")]);
    }
}

fn stop(left: &Left, text: &mut String) {
    text.push_str("## Stop\n\n");
    if matches!(left, Left::Nothing) {
        text.push_str("Nothing is on the move any more.\n\n");
        return;
    }
    text.push_str(
        "First make sure that every broker of rollback.json is alive: where a topic allows unclean elections, calling a move \
         off while its old replicas are dead leaves a partition without a leader. Calling off does not bring the old order \
         back: run the undo after it.\n\n",
    );
    code(text, &[format!("{REASSIGN} --reassignment-json-file {} --cancel --preserve-throttles", left.file())]);
}

fn restore(plan: &Plan, history: &History, text: &mut String) {
    text.push_str("## Put back what was for the run only\n\n");
    let is_left = |place: u32| !history.tries(RESTORE, place).is_done();
    let left: Vec<&Action> =
        (0..).zip(&plan.restore).filter(|(place, _)| is_left(*place)).map(|(_, one)| one).collect();
    if left.is_empty() && !plan.restore.is_empty() {
        text.push_str("All of it is put back. After an undo it is there once more; then, in this order:\n\n");
        plan.restore.iter().for_each(|action| put_back(plan, action, text));
    } else {
        text.push_str("In this order, whichever way it went: without the lists the rates slow nothing down.\n\n");
        left.into_iter().for_each(|action| put_back(plan, action, text));
    }
    text.push_str(OF_A_DEAD_BROKER);
}

/// Without the last word of it the tool would clear every throttle of the cluster once nothing moves.
fn verify(file: &str) -> String {
    format!("{REASSIGN} --reassignment-json-file {file} --verify --preserve-throttles")
}

fn settings_of(work: &Work) -> Option<&[ConfigChange]> {
    match work {
        Work::Act(Action::Kafka(KafkaAction::SetConfigs { changes })) => Some(changes),
        _ => None,
    }
}

fn called_off_by(work: &Work) -> &[ReplicaMove] {
    match work {
        Work::Act(Action::Kafka(KafkaAction::CallOff { moves })) => moves,
        _ => &[],
    }
}

fn put_back(plan: &Plan, action: &Action, text: &mut String) {
    let Action::Kafka(action) = action else { return };
    let lines: Vec<String> = match action {
        KafkaAction::SetConfigs { changes } => changes.iter().map(set).collect(),
        KafkaAction::TakeFromLists { lists } => lists.iter().map(|one| take(plan, one)).collect(),
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

pub(super) fn set(one: &ConfigChange) -> String {
    let change = match &one.to {
        Some(value) => format!("--add-config '{}=[{}]'", one.key, shown(value, usize::MAX)),
        None => format!("--delete-config {}", one.key),
    };
    format!("{CONFIGS} {} --alter {change}", entity(&one.on))
}

/// The tool cannot take single entries: what others have in the list, from before or since, has to be written back. A list
/// that was not there is deleted only where nothing is left in it.
fn take(plan: &Plan, one: &ListRemoval) -> String {
    let on = entity(&ConfigOn::Topic(one.topic.clone()));
    let mut ours = one.entries.clone();
    ours.extend(undo::entries(plan, one).into_iter().filter(|entry| !one.entries.contains(entry)));
    let empty = if one.stood_before { "" } else { "; if nothing is left, --delete-config it" };
    format!(
        "{CONFIGS} {on} --describe   # write {} back without {}{empty}",
        one.key,
        shown(&ours.join(","), usize::MAX)
    )
}

fn code(text: &mut String, lines: &[String]) {
    lines.iter().for_each(|line| {
        let _ = writeln!(text, "    {line}");
    });
    text.push('\n');
}
