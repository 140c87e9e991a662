//! What is promised in numbers, measured. Each bench prints a table and, as its last line, one JSON object.
//!
//! `docs/bench.md` says what is measured, how, and what came of it.

mod ack;
mod bot;
mod figures;
mod footprint;
mod moving;
mod mqadmin;
mod placement;
mod reset_offset;
mod snapshot_rocketmq;
mod votes;

use anyhow::{Result, bail};
use figures::Report;
use std::io::Write;
use std::process::ExitCode;

const USAGE: &str =
    "usage: bench ack | footprint | move | mqadmin | placement | reset-offset | snapshot-rocketmq | votes";

/// Runs the bench that is named on the command line.
#[must_use]
pub fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(run(&words)));
    match done.and_then(|report| print(report.as_ref())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done if even this cannot be written.
            let _ = writeln!(std::io::stderr(), "bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(words: &[String]) -> Result<Option<Report>> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["ack"] => ack::run().await.map(Some),
        ["footprint"] => footprint::run().await.map(Some),
        ["move"] => moving::run().await.map(Some),
        ["mqadmin"] => mqadmin::run().await.map(Some),
        ["placement"] => placement::run().await.map(Some),
        ["reset-offset"] => reset_offset::run().await.map(Some),
        ["snapshot-rocketmq"] => snapshot_rocketmq::run().await.map(Some),
        ["votes", ref size @ ..] => votes::run(size).await.map(Some),
        [ack::BARE, base] => ack::bare(base).await.map(|()| None),
        [placement::ONCE, way] => placement::once(way).map(|()| None),
        [snapshot_rocketmq::ONCE, ref names @ ..] => snapshot_rocketmq::once(names).await.map(|()| None),
        _ => bail!(USAGE),
    }
}

fn print(report: Option<&Report>) -> Result<()> {
    let Some(report) = report else { return Ok(()) };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{report}")?;
    Ok(())
}
