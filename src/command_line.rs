//! The command line.

mod demo;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Operate Kafka and RocketMQ clusters from chat.
#[derive(Debug, Parser)]
#[command(name = "signalbox", version, about)]
struct Line {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A whole bot on a simulated fleet, with nothing to set up.
    Demo {
        /// Tell one whole story without a terminal; exits with 0 only if each step really happened.
        #[arg(long)]
        story: bool,
    },
}

/// Reads the command line and does what it says.
#[must_use]
pub fn run() -> ExitCode {
    let line = Line::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(dispatch(line.what)));
    match done {
        Ok(code) => code,
        Err(error) => {
            tell_error(&error);
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(what: What) -> anyhow::Result<ExitCode> {
    match what {
        What::Demo { story } => demo::run(story).await,
    }
}

#[expect(clippy::print_stderr, reason = "the command line's last word")]
fn tell_error(error: &anyhow::Error) {
    eprintln!("signalbox: {error:#}");
}
