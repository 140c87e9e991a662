//! Which replicas move, on a large fleet: time, memory and moves, beside what Kafka's own generator proposes.

mod fleet;
mod generator;
mod process;

pub(super) use process::{ONCE, once, peak_mib};

use super::figures::{Report, median, rounded, row};
use anyhow::{Context, Result};
use fleet::Way;
use generator::Proposal;
use process::Run;
use serde_json::json;

/// Each in a process of its own.
const ROUNDS: usize = 5;

const SECONDS: f64 = 1.0;
const MIB: f64 = 300.0;

/// One way, measured.
struct Measured {
    way: Way,
    rounds: Vec<Run>,
    kafka: Proposal,
}

impl Measured {
    async fn new(way: Way) -> Result<Self> {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(process::run(way).await?);
        }
        Ok(Self { way, rounds, kafka: generator::propose(way).await? })
    }

    fn figures(&self, figure: fn(&Run) -> f64) -> Vec<f64> {
        self.rounds.iter().map(figure).collect()
    }

    fn worst(&self, figure: fn(&Run) -> f64) -> f64 {
        self.figures(figure).into_iter().fold(0.0, f64::max)
    }

    /// How many times our moves Kafka's are.
    fn times(&self) -> f64 {
        self.kafka.moves / self.worst(|run| run.moves)
    }
}

/// Runs it.
pub(super) async fn run() -> Result<Report> {
    let mut all = Vec::new();
    for way in Way::ALL {
        all.push(Measured::new(way).await?);
    }
    report(&all)
}

fn report(all: &[Measured]) -> Result<Report> {
    let mut table =
        vec![row(["brokers", "who", "s", "on the processor s", "peak MiB", "moves", "bound", "leaders changed"])];
    for one in all {
        table.extend(one.rounds.iter().map(|run| ours(one.way, run)));
        let (seconds, moves) = (format!("{:.3}", one.kafka.seconds), format!("{:.0}", one.kafka.moves));
        let leaders = format!("{:.0}", one.kafka.leaders);
        table.push(row([one.way.name(), "Kafka's generator", &seconds, "", "", &moves, "", &leaders]));
    }
    let worst = |figure: fn(&Run) -> f64| all.iter().map(|one| one.worst(figure)).fold(0.0, f64::max);
    let (seconds, mib) = (worst(|run| run.seconds), worst(|run| run.mib));
    let most = all.iter().max_by(|one, other| one.worst(|run| run.moves).total_cmp(&other.worst(|run| run.moves)));
    let most = most.context("nothing was measured")?;
    let (moves, bound) = (most.worst(|run| run.moves), most.worst(|run| run.lower_bound));
    let times = all.iter().map(Measured::times).fold(f64::INFINITY, f64::min);
    let equal = all.iter().flat_map(|one| &one.rounds).all(|run| run.moves.total_cmp(&run.lower_bound).is_eq());
    let met = |holds: bool| if holds { "met" } else { "NOT met" };
    let mut said: Vec<String> = all.iter().map(medians).collect();
    said.push(format!("Slowest round {seconds:.3} s, bound {SECONDS} s: {}.", met(seconds < SECONDS)));
    said.push(format!("Largest peak {mib:.1} MiB, bound {MIB} MiB: {}.", met(mib < MIB)));
    said.push(format!("Moves equal to the lower bound in every round: {}.", met(equal)));
    let json = json!({
        "seconds": rounded(seconds), "mib": rounded(mib), "moves": moves, "lower_bound": bound, "moves_vs_kafka": rounded(times),
    });
    Ok(Report { table, said, json })
}

fn ours(way: Way, run: &Run) -> Vec<String> {
    let [seconds, processor] = [run.seconds, run.processor].map(|seconds| format!("{seconds:.3}"));
    let [moves, bound, leaders] = [run.moves, run.lower_bound, run.leaders].map(|count| format!("{count:.0}"));
    row([way.name(), "ours", &seconds, &processor, &format!("{:.1}", run.mib), &moves, &bound, &leaders])
}

fn medians(one: &Measured) -> String {
    format!(
        "{} brokers: median {:.3} s, of which {:.3} s on the processor; Kafka's generator wants {:.1} times the moves.",
        one.way.name(),
        median(&one.figures(|run| run.seconds)),
        median(&one.figures(|run| run.processor)),
        one.times()
    )
}
