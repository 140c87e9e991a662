//! `signalbox demo`.

use crate::demo::{Books, Stage, Tale, simulated, tell};
use anyhow::{Context, Result};
use std::process::ExitCode;

pub(super) async fn run(story: bool) -> Result<ExitCode> {
    let folder = std::env::temp_dir().join(format!("signalbox-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let done = if story { on_simulated(&folder).await } else { anyhow::bail!("only --story is built yet") };
    std::fs::remove_dir_all(&folder).with_context(|| format!("{} stays behind", folder.display()))?;
    done
}

async fn on_simulated(folder: &std::path::Path) -> Result<ExitCode> {
    let (fleet, clusters) = simulated()?;
    let backends = fleet.clusters()?;
    let stage = Stage::build(folder, clusters, backends.clone()).await?;
    let cluster = simulated::demo::PRODUCTION;
    let witness = Books { fleet: backends, cluster: cluster.parse()? };
    let tale = Tale { stage: &stage, cluster, group: "nightly-report", witness: &witness };
    tell(&tale, &mut std::io::stdout()).await?;
    Ok(ExitCode::SUCCESS)
}
