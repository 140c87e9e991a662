//! A plain HTTP client that is the bot.

use std::time::Duration;

use discord_model::{Channel, Discord, Id, Message, Options, Trouble};
use serde_json::{Value, json};

/// How long anything may take.
pub(crate) const SOON: Duration = Duration::from_secs(60);

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

/// Status and Discord's code of a refusal.
pub(crate) fn refusal(reply: &Reply) -> (u16, u64) {
    (reply.0, reply.1["code"].as_u64().unwrap_or(0))
}

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
    pub(crate) async fn post(&self, channel: &Channel, content: &str) -> Reply {
        self.send("POST", &messages(channel), text(content)).await
    }

    /// Posts plain content that must be taken.
    pub(crate) async fn says(&self, channel: &Channel, content: &str) -> Message {
        let (status, message) = self.post(channel, content).await;
        assert_eq!(status, 200, "{message}");
        found(channel, &message)
    }
}

pub(crate) async fn reply(response: reqwest::Response) -> Reply {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// The path of a channel's messages.
pub(crate) fn messages(channel: &Channel) -> String {
    format!("/channels/{}/messages", channel.id())
}

/// The path of a message.
pub(crate) fn path(message: &Message) -> String {
    format!("/channels/{}/messages/{}", message.channel().id(), message.id())
}

/// A body of content alone.
pub(crate) fn text(content: &str) -> Value {
    json!({"content": content, "allowed_mentions": {"parse": []}})
}

/// The message that a reply shows.
pub(crate) fn found(channel: &Channel, shown: &Value) -> Message {
    let id: Id = shown["id"].as_str().unwrap().parse().unwrap();
    channel.messages().into_iter().find(|m| m.id() == id).unwrap()
}

/// The words of all violations, taken off the record.
pub(crate) fn violations(discord: &Discord) -> Vec<String> {
    let what = |trouble| match trouble {
        Trouble::Violation { what, .. } => what,
        other => other.to_string(),
    };
    discord.take_troubles().into_iter().map(what).collect()
}
