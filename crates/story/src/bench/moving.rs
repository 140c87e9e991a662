//! A throttled move on the lab's four brokers while records flow: its time beside bytes ÷ (throttle − inflow).

use super::figures::{Report, rounded, row};
use crate::kafka_house::{CLUSTER, KafkaHouse, KafkaPlot, lab};
use crate::lab::MoveCluster;
use crate::lab::judge::TopicSpec;
use crate::traffic::Load;
use anyhow::{Context, Result, bail, ensure};
use engine::port::Journal as _;
use engine::{Entry, RESTORE};
use interlock::approval::State;
use interlock::facts::Fact;
use interlock::id::OperationId;
use interlock::plan::{Action, KafkaAction, Plan, Step, Work};
use serde_json::json;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const TOPIC: &str = "benched";
const PARTITIONS: i32 = 6;
/// 600 MB: long enough that the start and the end, some seconds, weigh little.
const RECORDS: u64 = 60_000;
const RECORD_BYTES: usize = 10_000;
const THROTTLE: (&str, u64) = ("2MiB", 2 << 20);
const ROUNDS: usize = 1;
const PATIENCE: Duration = Duration::from_secs(900);
const LOOK: Duration = Duration::from_millis(100);
const BOUND: f64 = 1.15;

/// One move.
#[derive(Debug, Clone)]
struct Round {
    bytes: u64,
    inflow: u64,
    /// Bytes ÷ (throttle − inflow).
    expected: f64,
    took: f64,
    /// From the first batch's beginning until the last one is in sync.
    copied: f64,
    /// What was begun when, seconds since the approval.
    begun: Vec<(String, f64)>,
}

impl Round {
    fn ratio(&self) -> f64 {
        self.took / self.expected
    }
}

/// Runs it.
pub(super) async fn run() -> Result<Report> {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(round().await?);
    }
    report(&rounds)
}

async fn round() -> Result<Round> {
    let cluster = MoveCluster::alone(lab()).await;
    let rings = [[1, 2, 3], [2, 3, 1], [3, 1, 2]];
    let on = rings.iter().cycle().take(6).map(|ring| ring.to_vec()).collect();
    let spec = TopicSpec::new(TOPIC, PARTITIONS, 3).on(on).config("min.insync.replicas", "1");
    cluster.judge().create_topic(spec).await?;
    cluster.in_sync(TOPIC).await;
    Load::named("fill").keys(48).record_bytes(RECORD_BYTES).write(cluster.bootstrap(), TOPIC, RECORDS).await;
    let house = KafkaPlot::moving(&cluster).await.build().await;
    let traffic = Load::named("live").per_second(20).record_bytes(500).start(cluster.bootstrap(), TOPIC);
    traffic.flows(20).await;
    let line = format!("/scale-out cluster:{CLUSTER} brokers:4 topics:{TOPIC} throttle:{}", THROTTLE.0);
    let id = house.story.person("alice").plans(&line).await;
    let sealed = house.story.plan(&id).await;
    let (began, approved) = (Instant::now(), SystemTime::now().duration_since(UNIX_EPOCH)?);
    for who in ["bob", "carol"] {
        house.story.person(who).approves(&id).await;
    }
    let took = ends(&house, &id, began).await?;
    let begun = begun(&house, &id, approved).await?;
    let sent = traffic.stop().await;
    ensure!(sent.unacknowledged() == 0, "records were refused meanwhile");
    let plan = sealed.plan();
    Ok(Round { copied: copied(plan, &begun)?, begun: named(plan, begun), ..of(plan, took)? })
}

/// The acts as the journal has them: their steps, and when each was begun, seconds since the approval.
async fn begun(house: &KafkaHouse, id: &OperationId, approved: Duration) -> Result<Vec<(u32, f64)>> {
    let entries = house.story.house().rooms().store.entries(id).await?;
    let begun = entries.iter().filter_map(|entry| match entry {
        Entry::Intent { step, at, .. } => Some((*step, Duration::from_millis(u64::try_from(at.0).ok()?))),
        _ => None,
    });
    Ok(begun.map(|(step, at)| (step, at.saturating_sub(approved).as_secs_f64())).collect())
}

fn named(plan: &Plan, begun: Vec<(u32, f64)>) -> Vec<(String, f64)> {
    let name = |number: u32| match plan.steps.iter().find(|step| step.number == number).map(|step| &step.work) {
        Some(Work::Act(action)) => format!("step {number}, {}", action.key()),
        _ if number == RESTORE => "what is put back".to_owned(),
        _ => format!("step {number}"),
    };
    begun.into_iter().map(|(number, at)| (name(number), at)).collect()
}

/// What comes after the last batch, be it only what is put back, begins when that one is in sync.
fn copied(plan: &Plan, begun: &[(u32, f64)]) -> Result<f64> {
    let moves = |step: &&Step| matches!(step.work, Work::Act(Action::Kafka(KafkaAction::Reassign { .. })));
    let batches: Vec<u32> = plan.steps.iter().filter(moves).map(|step| step.number).collect();
    let (first, last) = batches.first().zip(batches.last()).context("a plan without batches")?;
    let at = |wanted: &dyn Fn(u32) -> bool| begun.iter().find(|(step, _)| wanted(*step)).map(|(_, at)| *at);
    let from = at(&|step| step == *first).context("no batch was begun")?;
    let to = at(&|step| step > *last || step == RESTORE).context("nothing came after the batches")?;
    Ok(to - from)
}

async fn ends(house: &KafkaHouse, id: &OperationId, began: Instant) -> Result<Duration> {
    loop {
        let seen = house.story.operation(id).await;
        match seen.state {
            State::Succeeded => return Ok(began.elapsed()),
            state if state.has_ended() => bail!("it ended as {state}, because of {}", seen.why.id),
            _ => {}
        }
        ensure!(began.elapsed() < PATIENCE, "{id} does not end");
        tokio::time::sleep(LOOK).await;
    }
}

#[expect(clippy::cast_precision_loss, reason = "bytes of a bench")]
fn of(plan: &Plan, took: Duration) -> Result<Round> {
    let fact = |name: &str| match plan.impact.facts.get(name) {
        Some(Fact::Bytes(bytes)) => Ok(*bytes),
        other => bail!("{name} is {other:?}"),
    };
    let (bytes, inflow) = (fact("bytes")?, fact("inflow")?);
    let net = THROTTLE.1.checked_sub(inflow).filter(|net| *net > 0).context("more comes in than the throttle")?;
    let expected = bytes as f64 / net as f64;
    Ok(Round { bytes, inflow, expected, took: took.as_secs_f64(), copied: 0.0, begun: Vec::new() })
}

fn report(rounds: &[Round]) -> Result<Report> {
    let mut table =
        vec![row(["bytes", "throttle B/s", "inflow B/s", "expected s", "took s", "of it copying s", "ratio"])];
    for round in rounds {
        let seconds = [round.expected, round.took, round.copied].map(|seconds| format!("{seconds:.1}"));
        let numbers = [round.bytes, THROTTLE.1, round.inflow].map(|number| number.to_string());
        let ratio = format!("{:.3}", round.ratio());
        table.push(row([&numbers[0], &numbers[1], &numbers[2], &seconds[0], &seconds[1], &seconds[2], &ratio]));
    }
    let worst = rounds.iter().max_by(|one, other| one.ratio().total_cmp(&other.ratio())).context("no rounds")?;
    let met = if worst.ratio() <= BOUND { "met" } else { "NOT met" };
    let mut said: Vec<String> =
        worst.begun.iter().map(|(what, at)| format!("{at:7.1} s after the approval: {what}")).collect();
    said.push(format!("Worst round: {:.3} times the expected time; the bound is {BOUND}: {met}.", worst.ratio()));
    let json = json!({
        "ratio": rounded(worst.ratio()), "expected_s": rounded(worst.expected), "took_s": rounded(worst.took),
    });
    Ok(Report { table, said, json })
}
