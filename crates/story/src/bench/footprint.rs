//! How big the bot is: its file, the time until it is ready, its memory when it has nothing to do.

use super::bot::{Bot, binary};
use super::figures::{Report, ms, row};
use anyhow::{Context, Result};
use serde_json::json;
use std::time::Duration;

/// Each on an empty folder: the store is made, too.
const STARTS: usize = 5;
const IDLE: Duration = Duration::from_secs(60);

const READY_MS: f64 = 300.0;
const IDLE_MIB: f64 = 40.0;

/// Runs it.
pub(super) async fn run() -> Result<Report> {
    let size = std::fs::metadata(binary()?).context("the program's size")?.len();
    let binary_mib = f64::from(u32::try_from(size / 1_024).context("the program's size")?) / 1_024.0;
    let mut table = vec![row(["start", "ready ms", "resident MiB when ready", "after 60 s"])];
    let (mut ready_ms, mut idle_mib) = (0.0_f64, 0.0_f64);
    for start in 1..=STARTS {
        let mut bot = Bot::start("")?;
        let took = ms(bot.ready().await?);
        let first = bot.resident_mib()?;
        ready_ms = ready_ms.max(took);
        let mut idle = String::new();
        if start == STARTS {
            tokio::time::sleep(IDLE).await;
            idle_mib = bot.resident_mib()?;
            idle = format!("{idle_mib:.1}");
        }
        bot.stop().await?;
        table.push(row([&start.to_string(), &format!("{took:.1}"), &format!("{first:.1}"), &idle]));
    }
    let met = |holds: bool| if holds { "met" } else { "NOT met" };
    let said = vec![
        format!("Program: {binary_mib:.1} MiB."),
        format!("Ready: slowest start {ready_ms:.1} ms, bound {READY_MS} ms: {}.", met(ready_ms <= READY_MS)),
        format!("Idle: {idle_mib:.1} MiB, bound {IDLE_MIB} MiB: {}.", met(idle_mib <= IDLE_MIB)),
    ];
    let tenth = |value: f64| (value * 10.0).round() / 10.0;
    let json = json!({"binary_mib": tenth(binary_mib), "ready_ms": tenth(ready_ms), "idle_mib": tenth(idle_mib)});
    Ok(Report { table, said, json })
}
