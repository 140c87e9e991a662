//! `signalbox console`.

use crate::chat::console::{Joining, history_file, join, language, show};
use crate::config::Settings;
use anyhow::Result;
use std::path::Path;
use std::process::ExitCode;

/// Joins the running bot; a newcomer without settings gets the demo.
pub(super) async fn run(path: &Path) -> Result<ExitCode> {
    if !path.exists() {
        return super::demo::run(false).await;
    }
    let settings: Settings = super::settings(path)?;
    let Some(socket) = settings.console.socket else {
        anyhow::bail!("{} names no [console] socket, so the running bot cannot be joined", path.display());
    };
    match join(Joining { socket, locale: language(), history: history_file() }).await {
        Ok(left) => Ok(ExitCode::from(left.code())),
        Err(error) => {
            // Written or not: there is nobody else to tell.
            let _ = show(&error.card(&language()));
            Ok(ExitCode::from(2))
        }
    }
}
