//! The command line.

mod audit;
mod check;
mod check_rocketmq;
mod console;
mod demo;
mod log;
mod plan;
mod rights;
mod run;
mod said;

use crate::config::Settings;
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Operate Kafka and RocketMQ clusters from chat.
#[derive(Debug, Parser)]
#[command(name = "signalbox", version, about)]
struct Line {
    /// The settings.
    #[arg(long, global = true, default_value = "signalbox.toml", env = "SIGNALBOX_SETTINGS")]
    settings: PathBuf,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Run the bot.
    Run,
    /// Talk to the running bot in this terminal. With none running, one is started; without settings it is the demo.
    Console,
    /// A whole bot on a simulated fleet, with nothing to set up.
    Demo {
        /// Tell one whole story without a terminal; exits with 0 only if each step really happened.
        #[arg(long)]
        story: bool,
    },
    /// Test the settings against the real store, clusters and chat, and say what is missing.
    Check,
    /// Save what is seen of a cluster, to plan on it elsewhere. Written to the standard output.
    Snapshot {
        /// The cluster, as the settings name it.
        cluster: String,
        /// Only what this command's plan needs: `--for '/reset-offset …'`.
        #[arg(long = "for")]
        line: Option<String>,
    },
    /// Plan a command on a snapshot, or show a stored plan: `plan show FILE`, `plan show OPERATION`.
    Plan {
        /// The command, as typed in chat; or `show` and a file or the id of an operation in the store.
        #[arg(required = true, num_args = 1..=2)]
        words: Vec<String>,
        /// The snapshot.
        #[arg(long)]
        snapshot: Option<PathBuf>,
        /// The plan as its stored bytes instead of as text.
        #[arg(long)]
        json: bool,
    },
    /// Verify or export the audit log.
    #[command(subcommand)]
    Audit(audit::Audit),
}

/// Reads the command line and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    let line = Line::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(dispatch(line)));
    match done {
        Ok(code) => code,
        Err(error) => {
            said::error(&format!("signalbox: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(line: Line) -> anyhow::Result<ExitCode> {
    match line.what {
        What::Run => run::run(&settings(&line.settings)?).await,
        What::Console => console::run(&line.settings).await,
        What::Demo { story } => demo::run(story).await,
        What::Check => check::run(&settings(&line.settings)?).await,
        What::Snapshot { cluster, line: wanted } => {
            plan::snapshot(&settings(&line.settings)?, &cluster, wanted.as_deref()).await
        }
        What::Plan { words, snapshot, json } => plan::plan(&line.settings, &words, snapshot.as_deref(), json).await,
        What::Audit(audit) => audit::run(&settings(&line.settings)?, audit).await,
    }
}

/// Loads the settings; every error is told with its line.
fn settings(path: &Path) -> anyhow::Result<Settings> {
    Settings::load(path).map_err(|errors| {
        let all = errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ");
        anyhow::anyhow!("the settings cannot be used:\n  {all}")
    })
}
