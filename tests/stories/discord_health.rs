//! What the health port and `signalbox check` tell of Discord, by the program itself.

use super::command_line::Home;
use discord_model::{Discord, Fault, On, Options};
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(30);
const COMMANDS: &str = "/applications/{application_id}/guilds/{guild_id}/commands";

fn home(discord: &Discord, channel: u64) -> Home {
    let mut home = Home::new(&format!(
        r#"
[discord]
token = "env:TOKEN"
application = {}
guilds = [{}]
api_base = "{}"
[[cluster]]
name = "orders-kafka"
kind = "kafka"
tier = "production"
simulated = true
channels = [{channel}]
"#,
        discord.application_id().get(),
        discord.guild().id().get(),
        discord.base_url()
    ));
    home.token = discord.bot_token();
    home
}

/// Waits until what a path tells holds this; it always answers 200.
async fn tells(home: &Home, path: &str, wanted: &str) -> String {
    let began = Instant::now();
    loop {
        let (status, body) = home.get(path).await.unwrap();
        assert_eq!(status, 200, "the console works without the gateway: {body}");
        if body.contains(wanted) {
            return body;
        }
        assert!(began.elapsed() < SOON, "{wanted} in {body}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_gateway_that_comes_and_goes_is_a_field_of_its_own() {
    let discord = Discord::start(Options::default()).await.unwrap();
    discord.fails_once(On::path("PUT", COMMANDS), Fault::Status(503));
    let home = home(&discord, discord.channel("ops").id().get());
    let _bot = home.bot().await;
    tells(&home, "/readyz", r#"{"store":true,"gateway":true}"#).await;
    tells(&home, "/metrics", "signalbox_gateway_up 1").await;
    tells(&home, "/metrics", "signalbox_chat_errors_total{kind=\"unknown\"} 1").await;
    discord.gateway().goes_down();
    tells(&home, "/readyz", r#"{"store":true,"gateway":false}"#).await;
    tells(&home, "/metrics", "signalbox_gateway_up 0").await;
}

#[tokio::test]
async fn check_asks_discord_beside_the_running_bot() {
    let discord = Discord::start(Options::default()).await.unwrap();
    let channel = discord.channel("ops").id().get();
    let home = home(&discord, channel);
    let _bot = home.bot().await;
    tells(&home, "/readyz", r#""gateway":true"#).await;
    let identified = discord.gateway().identifies();
    let checked = home.runs(&["check"], "").await;
    let well = format!("ok   channel {channel}: every permission");
    assert!(checked.status.success() && checked.out.contains(&well), "{}{}", checked.out, checked.err);
    assert!(checked.out.contains("ok   discord: no dangerous permission"), "{}", checked.out);
    assert_eq!(discord.gateway().identifies(), identified, "it opens no gateway of its own");
    discord.fails_always(On::path("GET", "/channels/{channel_id}"), Fault::Status(404));
    let checked = home.runs(&["check"], "").await;
    assert!(!checked.status.success() && checked.out.contains(&format!("FAIL channel {channel}: ")), "{}", checked.out);
}
