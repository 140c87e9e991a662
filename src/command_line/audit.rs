//! `signalbox audit`.

use super::said;
use crate::bot;
use crate::config::Settings;
use crate::store::audit::{Format, Head, Verdict};
use anyhow::{Context, Result};
use clap::{Subcommand, ValueEnum};
use std::process::ExitCode;

/// What is done with the audit log.
#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Find any change or gap. With a head that was kept elsewhere also a cut at the end.
    Verify {
        /// The head as `SEQ:HASH`, as an earlier verify printed it or as it was posted.
        #[arg(long)]
        head: Option<String>,
    },
    /// Write the whole log to the standard output.
    Export {
        /// As what.
        #[arg(long, value_enum, default_value = "json-lines")]
        format: As,
    },
}

/// The form of an export.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum As {
    /// One JSON object a line: the bytes that were hashed.
    JsonLines,
    /// For spreadsheets.
    Csv,
}

pub(super) async fn run(settings: &Settings, audit: Audit) -> Result<ExitCode> {
    // Only read: the bot may be running on the same store.
    let store = bot::reader(settings).await.context("the store")?;
    match audit {
        Audit::Verify { head } => {
            let outside = head.as_deref().map(str::parse::<Head>).transpose()?;
            let (words, code) = told(&store.audit_verify(outside).await?);
            said::output(&words)?;
            Ok(code)
        }
        Audit::Export { format } => {
            let format = match format {
                As::JsonLines => Format::JsonLines,
                As::Csv => Format::Csv,
            };
            store.audit_export(format, &mut tokio::io::stdout()).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn told(verdict: &Verdict) -> (String, ExitCode) {
    match verdict {
        Verdict::Verified { head, outside: Some(outside) } => {
            (format!("whole: {} entries, compared with the head {outside}\nhead {head}\n", head.seq), ExitCode::SUCCESS)
        }
        Verdict::Verified { head, outside: None } => (
            format!(
                "whole: {} entries; without a head from elsewhere a cut at the end cannot be excluded\nhead {head}\n",
                head.seq
            ),
            ExitCode::SUCCESS,
        ),
        Verdict::Broken { seq, why } => (format!("broken at entry {seq}: {}\n", why.key()), ExitCode::FAILURE),
    }
}
