//! From INTERACTION_CREATE to the deferral, beside a bot on bare serenity that only defers; then again while reactions reach both.

mod bare;
mod card;
mod frames;
mod gateway;
mod ledger;

pub(super) use bare::bare;

use super::bot::{Bot, TOKEN_VARIABLE};
use super::figures::{Report, median, ms, percentile, rounded, row};
use anyhow::{Context, Result, ensure};
use gateway::{Block, Flood, Gateway};
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

/// 1,000 a second.
const REACTS_EVERY: Duration = Duration::from_millis(1);
/// Of the reactions that are due so many per cent must have been written: else what was measured is not what is said.
const LEAST_WRITTEN: u64 = 95;

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
    let parts = both_parts(&mut ours, &mut bare).await.with_context(|| format!("the bot's log: {}", bot.log()))?;
    bot.stop().await?;
    Ok(report(&parts))
}

/// The times of ours and of the bare bot, block by block.
type Pairs = Vec<[Vec<Duration>; 2]>;

/// What was measured with nothing beside, and while reactions reach both.
struct Parts {
    quiet: Pairs,
    reacting: Pairs,
    /// Of the reactions that were due, how many per cent were written, at the bot that got fewer.
    written: u64,
}

async fn both_parts(ours: &mut Side, bare: &mut Side) -> Result<Parts> {
    for side in [&*ours, &*bare] {
        side.gateway.connected().await?;
    }
    let quiet = measure(ours, bare).await?;
    ours.gateway.has_a_card(ours.next).await?;
    ours.next += 1;
    let floods = [ours.gateway.is_flooded(REACTS_EVERY)?, bare.gateway.is_flooded(REACTS_EVERY)?];
    let reacting = measure(ours, bare).await?;
    Ok(Parts { quiet, reacting, written: written(&floods)? })
}

fn written(floods: &[Flood; 2]) -> Result<u64> {
    let mut least = u64::MAX;
    for flood in floods {
        let (written, due) = flood.written();
        let per_cent = written.saturating_mul(100) / due.max(1);
        ensure!(per_cent >= LEAST_WRITTEN, "{written} of {due} reactions were written");
        least = least.min(per_cent);
    }
    Ok(least)
}

/// Ten blocks of each, in turn; who begins changes, too.
async fn measure(ours: &mut Side, bare: &mut Side) -> Result<Pairs> {
    for side in [&mut *ours, &mut *bare] {
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

[[person]]
name = "bob"
discord = [{approver}]

[[grant]]
role = "operator"
persons = ["alice"]
clusters = ["*"]

[[grant]]
role = "approver"
persons = ["bob"]
clusters = ["*"]
"#,
        channel = frames::CHANNEL,
        application = frames::APPLICATION,
        guild = frames::GUILD,
        base = gateway.base(),
        person = frames::PERSON,
        approver = frames::APPROVER,
    )
}

fn start_bare(gateway: &Gateway) -> Result<Child> {
    let me = std::env::current_exe().context("where this program is")?;
    let mut command = Command::new(me);
    command.args([BARE, gateway.base()]).stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    command.spawn().context("the bare bot does not start")
}

/// The medians over the blocks of one part, in milliseconds.
struct Medians {
    p99: f64,
    bare_p99: f64,
    ratio: f64,
}

impl Medians {
    /// Of these blocks, each of which gets a row of the table.
    fn of(pairs: &[[Vec<Duration>; 2]], part: &str, table: &mut Vec<Vec<String>>) -> Self {
        let (mut ours, mut bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for (block, pair) in (1..).zip(pairs) {
            let p50 = pair.each_ref().map(|took| format!("{:.2}", ms(percentile(took, 50))));
            let [our, bar] = pair.each_ref().map(|took| ms(percentile(took, 99)));
            let ratio = our / bar;
            let cells = [block.to_string(), format!("{our:.2}"), format!("{bar:.2}"), format!("{ratio:.2}")];
            table.push(row([part, &cells[0], &p50[0], &cells[1], &p50[1], &cells[2], &cells[3]]));
            ours.push(our);
            bare.push(bar);
            ratios.push(ratio);
        }
        Self { p99: median(&ours), bare_p99: median(&bare), ratio: median(&ratios) }
    }

    fn said(&self, part: &str) -> [String; 2] {
        let Self { p99, bare_p99, ratio } = self;
        let met = if *ratio <= RATIO || *p99 <= P99_MS { "met" } else { "NOT met" };
        [
            format!("{part}: medians of {BLOCKS} blocks of {COUNT}: ours {p99:.2} ms, bare {bare_p99:.2} ms."),
            format!("{part}: median of the ratios {ratio:.2}; the bound is {RATIO}, or {P99_MS} ms of ours: {met}."),
        ]
    }
}

fn report(parts: &Parts) -> Report {
    let heads = ["part", "block", "ours p50 ms", "ours p99 ms", "bare p50 ms", "bare p99 ms", "p99 ratio"];
    let mut table = vec![row(heads)];
    let quiet = Medians::of(&parts.quiet, "quiet", &mut table);
    let reacting = Medians::of(&parts.reacting, "reacting", &mut table);
    let mut said = Vec::from(quiet.said("Quiet"));
    said.extend(reacting.said("Reacting"));
    said.push(format!("Of 1,000 reactions a second {} % at least were written to each bot.", parts.written));
    let json = json!({
        "p99_ms": rounded(quiet.p99), "bare_p99_ms": rounded(quiet.bare_p99), "p99_ratio": rounded(quiet.ratio),
        "p99_ms_reacting": rounded(reacting.p99), "bare_p99_ms_reacting": rounded(reacting.bare_p99),
        "p99_ratio_reacting": rounded(reacting.ratio),
    });
    Report { table, said, json }
}
