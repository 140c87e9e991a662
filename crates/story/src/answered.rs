//! What the store says to a story.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// How long it may say that it does not answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// What the store says. On a machine that stands still for some seconds a call may fail, as it does for the bot; the story asks
/// again.
///
/// # Panics
/// If it does not answer within two minutes.
pub async fn answered<T, E: Display>(asks: impl AsyncFn() -> Result<T, E>) -> T {
    let began = Instant::now();
    loop {
        match asks().await {
            Ok(said) => return said,
            Err(error) => assert!(began.elapsed() < PATIENCE, "the store does not answer: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
