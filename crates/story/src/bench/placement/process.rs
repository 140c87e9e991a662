//! One placement in a process of its own, so that its memory is nobody else's.

use super::fleet::Way;
use ::placement::{BrokerId, Layout, Placement, place};
use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::io::Write;
use std::process::Stdio;
use std::time::Instant;
use tokio::process::Command;

/// The word that makes this program place once.
pub(in crate::bench) const ONCE: &str = "placement-once";

/// What came of it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Run {
    /// From the layout in memory to the answer.
    pub(super) seconds: f64,
    /// Of which on a processor, as the kernel counts it.
    pub(super) processor: f64,
    /// The most that the process ever had resident, the layout and the answer with it.
    pub(super) mib: f64,
    pub(super) moves: f64,
    pub(super) lower_bound: f64,
    /// Partitions whose preferred leader changes.
    pub(super) leaders: f64,
}

/// Runs it in a process of its own.
pub(super) async fn run(way: Way) -> Result<Run> {
    let me = std::env::current_exe().context("where this program is")?;
    let output = Command::new(me).args([ONCE, way.name()]).stdin(Stdio::null()).kill_on_drop(true).output().await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("what the process answered")
}

/// Places once and prints what came of it.
pub(in crate::bench) fn once(name: &str) -> Result<()> {
    let Some(way) = Way::ALL.into_iter().find(|way| way.name() == name) else { bail!("no such way: {name}") };
    let (layout, goal) = way.question();
    let (began, used) = (Instant::now(), on_processor()?);
    let answer = place(&layout, &goal)?;
    let (seconds, processor) = (began.elapsed().as_secs_f64(), on_processor()? - used);
    let mib = peak_mib()?;
    let [moves, lower_bound] = [answer.moves, answer.lower_bound].map(|count| u32::try_from(count).map(f64::from));
    let leaders = f64::from(leaders_changed(&layout, &answer));
    let run = Run { seconds, processor, mib, moves: moves?, lower_bound: lower_bound?, leaders };
    writeln!(std::io::stdout().lock(), "{}", serde_json::to_string(&run)?)?;
    Ok(())
}

fn leaders_changed(layout: &Layout, answer: &Placement) -> u32 {
    let first = |replicas: &[BrokerId]| replicas.first().copied();
    let before: HashMap<_, _> =
        layout.partitions.iter().map(|known| ((known.topic, known.index), first(&known.replicas))).collect();
    let changed =
        |change: &&::placement::Change| before.get(&(change.topic, change.index)) != Some(&first(&change.replicas));
    answer.changes.iter().filter(changed).fold(0, |count, _| count + 1)
}

/// Seconds that this thread has run.
fn on_processor() -> Result<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").context("the kernel's count of time")?;
    let nanoseconds: f64 = text.split(' ').next().unwrap_or_default().parse().context("the time is no number")?;
    Ok(nanoseconds / 1e9)
}

/// The most that this process ever had resident.
pub(in crate::bench) fn peak_mib() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status").context("the kernel's count of memory")?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
    let kib: f64 = kib.context("no VmHWM")?.trim().parse().context("VmHWM is no number")?;
    Ok(kib / 1_024.0)
}
