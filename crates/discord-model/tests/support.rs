//! A plain HTTP client that is the bot.

use std::time::Duration;

use discord_model::{Discord, Options};
use serde_json::{Value, json};

/// How long anything may take.
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// A fresh model.
pub(crate) async fn discord() -> Discord {
    Discord::start(Options::default()).await.unwrap()
}

/// The bot over plain HTTP.
pub(crate) struct Rest {
    discord: Discord,
    client: reqwest::Client,
}

/// Status and JSON.
pub(crate) type Reply = (u16, Value);

impl Rest {
    pub(crate) fn new(discord: &Discord) -> Self {
        Self { discord: discord.clone(), client: reqwest::Client::new() }
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/api/v10{path}", self.discord.base_url());
        let method = method.parse::<reqwest::Method>().unwrap();
        self.client.request(method, url).header("authorization", format!("Bot {}", self.discord.bot_token()))
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Value) -> Reply {
        let request = self.request(method, path);
        let request = if body.is_null() { request } else { request.json(&body) };
        reply(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, Value::Null).await
    }

    /// Posts plain content.
    pub(crate) async fn post(&self, channel: discord_model::Id, content: &str) -> Reply {
        let body = json!({"content": content, "allowed_mentions": {"parse": []}});
        self.send("POST", &format!("/channels/{channel}/messages"), body).await
    }
}

pub(crate) async fn reply(response: reqwest::Response) -> Reply {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}
