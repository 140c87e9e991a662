//! The least that a bot on serenity can do: defer.

use crate::bench::bot::TOKEN;
use anyhow::{Context as _, Result};
use serenity::all::{ClientBuilder, Context, EventHandler, GatewayIntents, HttpBuilder, Interaction};

struct OnlyDefers;

#[serenity::async_trait]
impl EventHandler for OnlyDefers {
    async fn interaction_create(&self, context: Context, interaction: Interaction) {
        if let Interaction::Command(command) = interaction {
            // One that fails is missed by whoever measures.
            let _ = command.defer_ephemeral(&context.http).await;
        }
    }
}

/// Runs it against a Discord at this address until it is killed.
pub(in crate::bench) async fn bare(base: &str) -> Result<()> {
    let http = HttpBuilder::new(TOKEN).proxy(base).ratelimiter_disabled(true).build();
    let intents = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::GUILD_MESSAGE_REACTIONS;
    let building = ClientBuilder::new_with_http(http, intents).event_handler(OnlyDefers);
    let mut client = building.await.context("the bare bot cannot be built")?;
    client.start().await.context("the bare bot ended")
}
