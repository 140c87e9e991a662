//! What of other people's libraries may be logged.

use tracing::{Level, Metadata};

/// Libraries that write whole frames, addresses or headers: interaction tokens, and the bot's own, are in them.
const TALKATIVE: [&str; 8] =
    ["serenity", "tungstenite", "tokio_tungstenite", "reqwest", "hyper", "hyper_util", "h2", "rustls"];

/// Whether a span or event may be logged, whatever the settings ask for. To be used as a filter over all layers.
#[must_use]
pub fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let library = metadata.target().split("::").next().unwrap_or_default();
    if !TALKATIVE.contains(&library) {
        return true;
    }
    // serenity warns with the whole text of a frame that it cannot read, and its spans hold whole events.
    metadata.is_event() && *metadata.level() == Level::ERROR
}
