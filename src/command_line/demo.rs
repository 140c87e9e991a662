//! `signalbox demo`.

use crate::chat::console::{Inside, Local, Persona, language, local};
use crate::demo::{Books, Growth, PERSONAS, Replay, Stage, Tale, persona, policy, policy_of_two, simulated, tell};
use crate::text::{Locale, demo_opening};
use anyhow::{Context, Result};
use std::path::Path;
use std::process::ExitCode;

pub(super) async fn run(story: bool) -> Result<ExitCode> {
    let folder = std::env::temp_dir().join(format!("signalbox-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
    let done = if story { tell_story(&folder).await } else { play(&folder).await };
    std::fs::remove_dir_all(&folder).with_context(|| format!("{} stays behind", folder.display()))?;
    done
}

async fn tell_story(folder: &Path) -> Result<ExitCode> {
    let (fleet, clusters) = simulated()?;
    let backends = fleet.clusters()?;
    let stage = Stage::build(folder, policy_of_two(clusters)?, backends.clone()).await?;
    let cluster = simulated::demo::PRODUCTION;
    let witness = Books { fleet: backends, cluster: cluster.parse()? };
    let growth = Growth {
        cluster,
        broker: simulated::demo::NEW_BROKER,
        topics: &["refunds", "products"],
        throttle: (50 << 20, 150 << 20),
        surveyor: &witness,
    };
    let books = Books { fleet: witness.fleet.clone(), cluster: simulated::demo::ROCKETMQ.parse()? };
    let tale = Tale {
        stage: &stage,
        cluster,
        group: "nightly-report",
        cast: &persona,
        witness: &witness,
        growth: Some(growth),
        replay: Some(Replay { cluster: simulated::demo::ROCKETMQ, group: "coupon-audit", accountant: &books }),
    };
    tell(&tale, &mut std::io::stdout()).await?;
    Ok(ExitCode::SUCCESS)
}

async fn play(folder: &Path) -> Result<ExitCode> {
    let (fleet, clusters) = simulated()?;
    let stage = Stage::build(folder, policy(clusters)?, fleet.clusters()?).await?;
    stage.house.desk().refresh_directory().await;
    let inside = Inside::of(stage.house.desk().clone(), stage.house.hub());
    let locale = language();
    let opening = demo_opening(Locale::of(&locale));
    let personas =
        (0..).zip(PERSONAS).map(|(number, (name, _))| Persona { name: (*name).to_owned(), number }).collect();
    let left = local(inside, Local { personas, locale, opening, history: None }).await;
    Ok(ExitCode::from(left.code()))
}
