//! The catalogue as guild commands, written only when it changed.

use super::Discord;
use super::http::{Body, Failed, How, Request};
use super::limiter::Route;
use super::limits::OPTION_VALUE;
use interlock::command::{Catalogue, Command, Localized, OptionSpec, OptionType};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The language of texts for which Discord has no translation.
const DEFAULT: &str = "en-US";

/// The catalogue in Discord's JSON.
pub(super) fn json_of(catalogue: &Catalogue) -> Value {
    catalogue.iter().map(command).collect()
}

fn command(command: &Command) -> Value {
    let options: Vec<Value> = command.options.iter().map(option).collect();
    json!({
        "type": 1,
        "name": command.name,
        "description": command.description.get(DEFAULT),
        "description_localizations": translations(&command.description),
        "options": options,
        "contexts": [0],
        "integration_types": [0],
        "default_member_permissions": null,
    })
}

fn option(option: &OptionSpec) -> Value {
    let mut shown = json!({
        "type": 3,
        "name": option.name,
        "description": option.description.get(DEFAULT),
        "description_localizations": translations(&option.description),
        "required": option.required,
    });
    match option.of_type {
        OptionType::Flag => shown["type"] = json!(5),
        OptionType::Choice => {
            shown["choices"] = option.choices.iter().map(|word| json!({"name": word, "value": word})).collect();
        }
        OptionType::Text => shown["max_length"] = json!(option.longest.clamp(1, OPTION_VALUE)),
        OptionType::Partitions | OptionType::Brokers | OptionType::Count | OptionType::Deadline => {}
        OptionType::Cluster
        | OptionType::Topic
        | OptionType::Group
        | OptionType::Broker
        | OptionType::OffsetTarget
        | OptionType::Duration
        | OptionType::Topics
        | OptionType::Rate
        | OptionType::Settings
        | OptionType::Operation
        | OptionType::Digest
        | OptionType::Command => shown["autocomplete"] = json!(true),
    }
    shown
}

fn translations(text: &Localized) -> Value {
    let others = text.0.iter().filter(|(language, _)| *language != DEFAULT);
    others.map(|(language, text)| (language.clone(), json!(text))).collect()
}

impl Discord {
    /// Registers the commands in each guild where they are not registered yet, until it is done everywhere or is refused. A
    /// guild that the bot is not in keeps no other waiting.
    pub(super) async fn register(&self) {
        futures_util::future::join_all(self.guilds.iter().map(|guild| self.register_until_done(*guild))).await;
    }

    async fn register_until_done(&self, guild: u64) {
        let mut wait = super::backoff::Backoff::default();
        while let Err(failed) = self.register_in(guild).await {
            let again = !matches!(&failed, Failed::Refused { status, .. } if *status != 401 && *status != 403);
            tracing::error!(guild, ?failed, again, "the commands could not be registered");
            if !again {
                return;
            }
            self.clock.sleep(wait.next()).await;
        }
    }

    async fn register_in(&self, guild: u64) -> Result<(), Failed> {
        let hash = hex::encode(Sha256::digest(self.commands.to_string()));
        let key = format!("discord.commands.{}.{guild}", self.application);
        let known = self.meta.get(&key).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the hash of the registered commands cannot be read; they are registered again");
            None
        });
        if known.as_deref() == Some(hash.as_str()) {
            return Ok(());
        }
        let path = format!("/applications/{}/guilds/{guild}/commands", self.application);
        let route = Route { template: "PUT /applications/{}/guilds/{}/commands", about: guild };
        let request =
            Request { method: Method::PUT, path, route, body: Body::Json(self.commands.clone()), how: How::Bot };
        self.http.send(request).await?;
        if let Err(error) = self.meta.put(&key, &hash).await {
            tracing::warn!(%error, "the hash of the registered commands cannot be kept");
        }
        tracing::info!(guild, "commands registered");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::limits::{SUGGESTION, SUGGESTIONS, units};
    use super::*;
    use discord_limits::{CHAT_COMMANDS, COMMAND_DESCRIPTION, COMMAND_NAME, COMMAND_OPTIONS, COMMAND_TOTAL};

    fn commands() -> Vec<Value> {
        json_of(&Catalogue::built_in().unwrap()).as_array().unwrap().clone()
    }

    fn text(value: &Value) -> &str {
        value.as_str().unwrap()
    }

    #[test]
    fn a_command_becomes_discords_json() {
        let commands = commands();
        let lag = commands.iter().find(|command| command["name"] == "reset-offset").unwrap();
        assert_eq!((&lag["contexts"], &lag["integration_types"]), (&json!([0]), &json!([0])));
        assert!(lag.as_object().unwrap()["default_member_permissions"].is_null());
        assert!(!text(&lag["description_localizations"]["zh-CN"]).is_empty());
        let option = |name: &str| lag["options"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap();
        let (group, dry, reason) = (option("group"), option("dry-run"), option("reason"));
        assert_eq!(
            (&group["type"], &group["autocomplete"], &group["required"]),
            (&json!(3), &json!(true), &json!(true))
        );
        assert_eq!((&dry["type"], &dry["required"]), (&json!(5), &json!(false)));
        assert_eq!((&reason["max_length"], &reason["autocomplete"]), (&json!(300), &Value::Null));
    }

    #[test]
    fn the_whole_catalogue_keeps_to_discords_limits() {
        let commands = commands();
        assert!(commands.len() <= CHAT_COMMANDS);
        let described = 1..=COMMAND_DESCRIPTION;
        for command in &commands {
            let options = command["options"].as_array().unwrap();
            let name = text(&command["name"]);
            assert!(options.len() <= COMMAND_OPTIONS, "{name}");
            let mut total = 0;
            for entry in options.iter().chain([command]) {
                let description = text(&entry["description"]);
                let translation = text(&entry["description_localizations"]["zh-CN"]);
                assert!(
                    described.contains(&units(description)) && described.contains(&units(translation)),
                    "{name}: {entry}"
                );
                assert!(text(&entry["name"]).chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{name}: {entry}");
                assert!((1..=COMMAND_NAME).contains(&units(text(&entry["name"]))), "{name}: {entry}");
                total += units(text(&entry["name"])) + units(description).max(units(translation));
                let choices = entry["choices"].as_array().map_or(&[][..], Vec::as_slice);
                assert!(choices.len() <= SUGGESTIONS, "{name}: {entry}");
                assert!(choices.iter().all(|choice| units(text(&choice["value"])) <= SUGGESTION), "{name}: {entry}");
            }
            assert!(total <= COMMAND_TOTAL, "{name}: {total}");
            let required: Vec<bool> = options.iter().map(|one| one["required"] == true).collect();
            assert!(required.windows(2).all(|pair| pair[0] || !pair[1]), "{name}: required options come first");
        }
    }
}
