//! `signalbox snapshot` and `signalbox plan`.

use super::said;
use crate::bot;
use crate::clock::SystemClock;
use crate::config::Settings;
use crate::desk::{Done, Refusal};
use crate::offline::{self, NoPlan, SNAPSHOT_FORMAT, Snapshot};
use crate::text::{Locale, plan_text};
use anyhow::{Context, Result, bail};
use engine::port::Clock;
use interlock::command::Catalogue;
use interlock::id::{ClusterName, OperationId};
use interlock::plan::{Digest, Sealed};
use interlock::policy::Policy;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

/// The largest file that is read.
const LARGEST: u64 = 256 << 20;

pub(super) async fn snapshot(settings: &Settings, cluster: &str, line: Option<&str>) -> Result<ExitCode> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let name: ClusterName = cluster.parse().with_context(|| format!("{cluster:?}"))?;
    let known = settings.policy.clusters.get(&name).with_context(|| format!("the settings have no cluster {name}"))?;
    let backends = bot::backends(settings, &clock)?;
    let backend = backends.get(&name).with_context(|| format!("the settings have no cluster {name}"))?;
    let catalogue = Catalogue::built_in()?;
    let line = line.map(|line| (&catalogue, line));
    let taken = offline::take(backend.as_ref(), known, line, (clock.as_ref(), &settings.defaults.zone)).await;
    let taken = taken.map_err(|no| told(no, &name))?;
    said::output(&format!("{}\n", serde_json::to_string_pretty(&taken)?))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn plan(settings: &Path, words: &[String], snapshot: Option<&Path>, json: bool) -> Result<ExitCode> {
    let sealed = match (words, snapshot) {
        ([show, what], None) if show == "show" => shown(settings, what).await?,
        ([line], Some(snapshot)) => on_snapshot(settings, line, snapshot)?,
        ([_], None) => bail!("a plan without the bot needs --snapshot FILE; see signalbox snapshot"),
        _ => bail!("either one command in quotes with --snapshot FILE, or: plan show FILE, plan show OPERATION"),
    };
    said::output(&if json { sealed.bytes().to_owned() } else { plan_text(&sealed) })?;
    Ok(ExitCode::SUCCESS)
}

fn read(path: &Path) -> Result<String> {
    let cannot = || format!("{} cannot be read", path.display());
    if std::fs::metadata(path).with_context(cannot)?.len() > LARGEST {
        bail!("{} is larger than 256 MiB", path.display());
    }
    std::fs::read_to_string(path).with_context(cannot)
}

/// A stored plan: of a file if there is one of this name, else of an operation in the store, which is only read.
async fn shown(settings: &Path, what: &str) -> Result<Sealed> {
    let file = Path::new(what);
    let operation = match what.parse::<OperationId>() {
        Ok(operation) if !file.exists() => operation,
        _ => return open(file),
    };
    let store = bot::reader(&super::settings(settings)?).await.context("the store")?;
    store.plan(&operation).await?.with_context(|| format!("there is neither a file nor an operation {operation}"))
}

/// A plan's file. Its digest is that of the bytes as they are: compare it with the one on the card.
fn open(path: &Path) -> Result<Sealed> {
    let bytes = read(path)?;
    let digest = Digest::of(bytes.as_bytes());
    Ok(Sealed::open(bytes, digest)?)
}

/// Seats are those of the settings where there are some; else the floors.
fn on_snapshot(settings: &Path, line: &str, snapshot: &Path) -> Result<Sealed> {
    let snapshot: Snapshot =
        serde_json::from_str(&read(snapshot)?).with_context(|| format!("{} is no snapshot", snapshot.display()))?;
    if snapshot.format != SNAPSHOT_FORMAT {
        bail!("the snapshot's format is {}; this version reads {SNAPSHOT_FORMAT}", snapshot.format);
    }
    let policy = if settings.exists() { super::settings(settings)?.policy } else { Policy::default() };
    offline::plan(&Catalogue::built_in()?, line, &snapshot, &policy).map_err(|no| told(no, &snapshot.cluster.name))
}

/// Refusals and mistakes in the words of the chat.
fn told(no: NoPlan, cluster: &ClusterName) -> anyhow::Error {
    let done = match no {
        NoPlan::Mistake(mistake) => Done::Mistake(mistake),
        NoPlan::Refused(checks) => Done::Refused(Refusal { cluster: cluster.clone(), checks }),
        other => return other.into(),
    };
    let card = crate::text::said(&done, Locale::EnUs);
    anyhow::anyhow!("{}", card.headline.iter().map(crate::text::Line::plain_text).collect::<Vec<_>>().join("\n"))
}
