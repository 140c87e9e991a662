//! What the health port tells of the gateway.

use discord_model::{Discord, Options};
use metrics_exporter_prometheus::PrometheusBuilder;
use signalbox::bot::Bot;
use signalbox::config::Settings;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(20);

fn settings(folder: &std::path::Path, discord: &Discord) -> Settings {
    let text = format!(
        r#"
[store]
url = "sqlite:signalbox.db"
[http]
listen = "127.0.0.1:0"
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
"#,
        discord.application_id().get(),
        discord.guild().id().get(),
        discord.base_url()
    );
    let token = discord.bot_token();
    Settings::parse(&text, folder, &|name| (name == "TOKEN").then(|| token.clone())).unwrap()
}

async fn becomes(http: SocketAddr, wanted: &str) {
    let began = Instant::now();
    loop {
        let answer = reqwest::get(format!("http://{http}/readyz")).await.unwrap();
        let (status, body) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert_eq!(status, 200, "the console works without the gateway: {body}");
        if body == wanted {
            return;
        }
        assert!(began.elapsed() < SOON, "{body}, not {wanted}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_gateway_that_comes_and_goes_is_a_field_of_its_own() {
    let discord = Discord::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Not the process's recorder: other stories are in this process.
    let metrics = PrometheusBuilder::new().build_recorder().handle();
    let bot = Bot::start(&settings(folder.path(), &discord), metrics).await.unwrap();
    becomes(bot.http, r#"{"store":true,"gateway":true}"#).await;
    discord.gateway().goes_down();
    becomes(bot.http, r#"{"store":true,"gateway":false}"#).await;
    bot.shut_down().await;
}
