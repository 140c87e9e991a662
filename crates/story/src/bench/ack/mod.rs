//! From INTERACTION_CREATE to the deferral, beside a bot on bare serenity that only defers.

mod bare;
mod frames;
mod gateway;
mod ledger;

pub(super) use bare::bare;

use super::bot::{Bot, TOKEN_VARIABLE};
use super::figures::{Report, median, ms, percentile, rounded, row};
use anyhow::{Context, Result};
use gateway::{Block, Gateway};
use serde_json::json;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// The word that makes this program the bare bot.
pub(super) const BARE: &str = "bare-bot";

const BLOCKS: u64 = 10;
const COUNT: usize = 1_000;
/// Sent before anything counts: connections are made, caches filled.
const WARM_UP: usize = 200;
/// 100 a second.
const EVERY: Duration = Duration::from_millis(10);

const RATIO: f64 = 1.5;
const P99_MS: f64 = 3.0;

/// One of the two, and what it is connected to.
struct Side {
    gateway: Gateway,
    answers: bool,
    next: u64,
}

impl Side {
    async fn new(answers: bool) -> Result<Self> {
        Ok(Self { gateway: Gateway::start().await?, answers, next: 1 })
    }

    async fn plays(&mut self, count: usize) -> Result<Vec<Duration>> {
        let block = Block { first: self.next, count, every: EVERY, answers: self.answers };
        self.next += u64::try_from(count)?;
        self.gateway.plays(block).await
    }
}

/// Runs it.
pub(super) async fn run() -> Result<Report> {
    let (mut ours, mut bare) = (Side::new(true).await?, Side::new(false).await?);
    let bot = Bot::start(&settings(&ours.gateway))?;
    // Killed when dropped.
    let _bare_bot = start_bare(&bare.gateway)?;
    let pairs = measure(&mut ours, &mut bare).await.with_context(|| format!("the bot's log: {}", bot.log()))?;
    bot.stop().await?;
    Ok(report(&pairs))
}

/// Ten blocks of each, in turn; who begins changes, too.
async fn measure(ours: &mut Side, bare: &mut Side) -> Result<Vec<[Vec<Duration>; 2]>> {
    for side in [&mut *ours, &mut *bare] {
        side.gateway.connected().await?;
        side.plays(WARM_UP).await?;
    }
    let mut pairs = Vec::new();
    for block in 0..BLOCKS {
        pairs.push(if block % 2 == 0 {
            let first = ours.plays(COUNT).await?;
            [first, bare.plays(COUNT).await?]
        } else {
            let first = bare.plays(COUNT).await?;
            [ours.plays(COUNT).await?, first]
        });
    }
    Ok(pairs)
}

fn settings(gateway: &Gateway) -> String {
    format!(
        r#"channels = [{channel}]

[discord]
token = "env:{TOKEN_VARIABLE}"
application = {application}
guilds = [{guild}]
api_base = "{base}"

[[person]]
name = "alice"
discord = [{person}]

[[grant]]
role = "operator"
persons = ["alice"]
clusters = ["*"]
"#,
        channel = frames::CHANNEL,
        application = frames::APPLICATION,
        guild = frames::GUILD,
        base = gateway.base(),
        person = frames::PERSON,
    )
}

fn start_bare(gateway: &Gateway) -> Result<Child> {
    let me = std::env::current_exe().context("where this program is")?;
    let mut command = Command::new(me);
    command.args([BARE, gateway.base()]).stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    command.spawn().context("the bare bot does not start")
}

fn report(pairs: &[[Vec<Duration>; 2]]) -> Report {
    let mut table = vec![row(["block", "ours p50 ms", "ours p99 ms", "bare p50 ms", "bare p99 ms", "p99 ratio"])];
    let (mut ours, mut bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for (block, pair) in (1..).zip(pairs) {
        let p50 = pair.each_ref().map(|took| format!("{:.2}", ms(percentile(took, 50))));
        let [our, bar] = pair.each_ref().map(|took| ms(percentile(took, 99)));
        let ratio = our / bar;
        let cells = [block.to_string(), format!("{our:.2}"), format!("{bar:.2}"), format!("{ratio:.2}")];
        table.push(row([&cells[0], &p50[0], &cells[1], &p50[1], &cells[2], &cells[3]]));
        ours.push(our);
        bare.push(bar);
        ratios.push(ratio);
    }
    let (p99, bare_p99, ratio) = (median(&ours), median(&bare), median(&ratios));
    let met = if ratio <= RATIO || p99 <= P99_MS { "met" } else { "NOT met" };
    let said = vec![
        format!("Medians of {} blocks of {COUNT}: ours {p99:.2} ms, bare {bare_p99:.2} ms.", pairs.len()),
        format!("Median of the ratios {ratio:.2}; the bound is {RATIO}, or {P99_MS} ms of ours: {met}."),
    ];
    let json = json!({"p99_ms": rounded(p99), "bare_p99_ms": rounded(bare_p99), "p99_ratio": rounded(ratio)});
    Report { table, said, json }
}
