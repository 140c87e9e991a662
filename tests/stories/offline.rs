//! `signalbox snapshot --for` and `signalbox plan --snapshot`: the planner on what was seen, without touching anything.

use super::command_line::Home;
use interlock::plan::{Action, Digest, KafkaAction, Plan, Row, Sealed, Work};
use tempfile::TempDir;

const PRODUCTION: &str = r#"
[[cluster]]
name = "orders-kafka"
kind = "kafka"
tier = "production"
simulated = true
"#;
const ASKED: &str = "/scale-out brokers:4 topics:refunds,products throttle:50MiB reason:review";

async fn snapshot(home: &Home, folder: &TempDir) -> String {
    snapshot_of(home, folder, &["--for", ASKED]).await
}

async fn snapshot_of(home: &Home, folder: &TempDir, more: &[&str]) -> String {
    saved(home, folder, &[&["orders-kafka"], more].concat()).await
}

/// The file with a snapshot of a cluster for a command.
pub(super) async fn taken(home: &Home, folder: &TempDir, (cluster, line): (&str, &str)) -> String {
    saved(home, folder, &[cluster, "--for", line]).await
}

async fn saved(home: &Home, folder: &TempDir, arguments: &[&str]) -> String {
    let taken = home.runs(&[&["snapshot"], arguments].concat(), "").await;
    assert!(taken.status.success(), "{}", taken.err);
    let number = std::fs::read_dir(folder.path()).unwrap().count();
    let file = folder.path().join(format!("snapshot-{number}.json"));
    std::fs::write(&file, taken.out).unwrap();
    file.display().to_string()
}

pub(super) async fn plans(home: &Home, line: &str, snapshot: &str, json: bool) -> Result<String, String> {
    let mut arguments = vec!["plan", line, "--snapshot", snapshot];
    if json {
        arguments.push("--json");
    }
    let said = home.runs(&arguments, "").await;
    if said.status.success() { Ok(said.out) } else { Err(said.err) }
}

pub(super) fn opened(bytes: &str) -> Plan {
    Sealed::open(bytes.to_owned(), Digest::of(bytes.as_bytes())).unwrap().plan().clone()
}

#[tokio::test]
async fn a_scale_out_is_planned_on_a_snapshot_as_often_as_one_likes() {
    let (home, folder) = (Home::new(PRODUCTION), TempDir::new().unwrap());
    let file = snapshot(&home, &folder).await;
    let bytes = plans(&home, ASKED, &file, true).await.unwrap();
    let plan = opened(&bytes);
    assert_eq!(plan.command, "scale-out");
    let moves = plan.steps.iter().filter_map(|step| match &step.work {
        Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => Some(moves.as_slice()),
        _ => None,
    });
    let moves = moves.flatten().count();
    assert!(moves > 3, "{moves}");
    assert!(moves_onto_the_new_broker(&plan), "{:?}", plan.impact.rows);
    assert_eq!(plans(&home, ASKED, &file, true).await.unwrap(), bytes, "the same snapshot, the same bytes");
    let words = plans(&home, ASKED, &file, false).await.unwrap();
    assert!(words.starts_with(&format!("plan {}", Digest::of(bytes.as_bytes()))), "{words}");
}

fn moves_onto_the_new_broker(plan: &Plan) -> bool {
    plan.impact
        .rows
        .iter()
        .any(|row| matches!(row, Row::Broker { broker: 4, now, after, .. } if now.replicas == 0 && after.replicas > 0))
}

#[tokio::test]
async fn what_a_snapshot_forbids_or_lacks_is_said() {
    let (home, folder) = (Home::new(PRODUCTION), TempDir::new().unwrap());
    let file = snapshot(&home, &folder).await;
    let unknown = plans(&home, "/scale-out brokers:9 topics:refunds throttle:50MiB", &file, false).await.unwrap_err();
    assert!(unknown.contains('9') && unknown.contains("alive"), "{unknown}");
    let slow = plans(&home, "/scale-out brokers:4 topics:products throttle:1B", &file, false).await.unwrap_err();
    assert!(slow.contains("never end"), "{slow}");
    let other = "/reset-offset group:nightly-report to:earliest";
    let lacking = plans(&home, other, &file, false).await.unwrap_err();
    assert!(lacking.contains("--for"), "{lacking}");
}

/// Midnight of Berlin on the first of January.
const LONG_AGO: &str = "/reset-offset group:nightly-report to:2026-01-01T00:00";
const LONG_AGO_IN_MS: &str = "1767222000000";

/// Times are read in the zone of the settings, as the bot reads them; what a stored plan says is what was said when it was made.
#[tokio::test]
async fn a_reset_is_planned_on_a_snapshot_in_the_zone_of_the_settings() {
    let settings = format!("[defaults]\nzone = \"Europe/Berlin\"\n{PRODUCTION}");
    let (home, folder) = (Home::new(&settings), TempDir::new().unwrap());
    let file = snapshot_of(&home, &folder, &["--for", LONG_AGO]).await;
    let bytes = plans(&home, LONG_AGO, &file, true).await.unwrap();
    assert!(bytes.contains(LONG_AGO_IN_MS), "{bytes}");
    let stored = folder.path().join("plan.json");
    std::fs::write(&stored, &bytes).unwrap();
    let shown = home.runs(&["plan", "show", &stored.display().to_string()], "").await;
    assert_eq!(shown.out, plans(&home, LONG_AGO, &file, false).await.unwrap());
}

#[tokio::test]
async fn a_snapshot_for_nothing_in_particular_is_enough_for_the_edges_of_the_log() {
    let (home, folder) = (Home::new(PRODUCTION), TempDir::new().unwrap());
    let file = snapshot_of(&home, &folder, &[]).await;
    let line = "/reset-offset group:nightly-report to:earliest";
    let plan = opened(&plans(&home, line, &file, true).await.unwrap());
    assert_eq!(
        (plan.command.as_str(), plan.impact.groups.as_slice()),
        ("reset-offset", &["nightly-report".to_owned()][..])
    );
    let lacking = plans(&home, LONG_AGO, &file, false).await.unwrap_err();
    assert!(lacking.contains("--for"), "{lacking}");
}
