//! Commands as guild commands, written only when they changed.

use super::Discord;
use super::http::{Body, Failed, How, Request};
use super::limiter::Route;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The language of texts for which Discord has no translation.
const DEFAULT: &str = "en-US";

/// A text by language ("en-US", "zh-CN"); the first is always there.
pub type Localized = BTreeMap<String, String>;

/// A command as Discord is to show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandDefinition {
    /// Its name; never localized.
    pub name: String,
    /// What it is for, at most 100 characters in each language.
    pub description: Localized,
    /// Its options, required ones first.
    pub options: Vec<OptionDefinition>,
}

/// An option of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionDefinition {
    /// Its name; never localized.
    pub name: String,
    /// What it is for, at most 100 characters in each language.
    pub description: Localized,
    /// Its form.
    pub form: OptionForm,
    /// Whether it must be given.
    pub required: bool,
}

/// The form of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionForm {
    /// Text.
    Text {
        /// Whether values are suggested while somebody types.
        suggested: bool,
        /// The most characters.
        longest: usize,
    },
    /// One of these words.
    Choice(Vec<String>),
    /// Yes or no.
    Flag,
}

/// The commands in Discord's JSON.
pub(super) fn json_of(commands: &[CommandDefinition]) -> Value {
    commands.iter().map(command).collect()
}

fn command(command: &CommandDefinition) -> Value {
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

fn option(option: &OptionDefinition) -> Value {
    let mut shown = json!({
        "name": option.name,
        "description": option.description.get(DEFAULT),
        "description_localizations": translations(&option.description),
        "required": option.required,
    });
    match &option.form {
        OptionForm::Text { suggested, longest } => {
            shown["type"] = json!(3);
            shown["autocomplete"] = json!(suggested);
            shown["max_length"] = json!((*longest).clamp(1, 6_000));
        }
        OptionForm::Choice(words) => {
            shown["type"] = json!(3);
            shown["choices"] = words.iter().map(|word| json!({"name": word, "value": word})).collect();
        }
        OptionForm::Flag => shown["type"] = json!(5),
    }
    shown
}

fn translations(text: &Localized) -> Value {
    text.iter()
        .filter(|(language, _)| *language != DEFAULT)
        .map(|(language, text)| (language.clone(), json!(text)))
        .collect()
}

impl Discord {
    /// Registers the commands in each guild where they are not registered yet, until it is done everywhere or is refused.
    pub(super) async fn register(&self) {
        for guild in &self.guilds {
            let mut wait = super::backoff::Backoff::default();
            while let Err(failed) = self.register_in(*guild).await {
                let again = !matches!(&failed, Failed::Refused { status, .. } if *status != 401 && *status != 403);
                tracing::error!(guild, ?failed, again, "the commands could not be registered");
                if !again {
                    break;
                }
                self.clock.sleep(wait.next()).await;
            }
        }
    }

    async fn register_in(&self, guild: u64) -> Result<(), Failed> {
        let commands = json_of(&self.commands);
        let hash = hex::encode(Sha256::digest(commands.to_string()));
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
        let request = Request { method: Method::PUT, path, route, body: Body::Json(commands), how: How::Bot };
        self.http.send(request).await?;
        if let Err(error) = self.meta.put(&key, &hash).await {
            tracing::warn!(%error, "the hash of the registered commands cannot be kept");
        }
        tracing::info!(guild, commands = self.commands.len(), "commands registered");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn localized(text: &str, translation: &str) -> Localized {
        [("en-US", text), ("zh-CN", translation)].into_iter().map(|(l, t)| (l.to_owned(), t.to_owned())).collect()
    }

    #[test]
    fn a_definition_becomes_discords_json() {
        let text = OptionDefinition {
            name: "group".into(),
            description: localized("The group", "消费组"),
            form: OptionForm::Text { suggested: true, longest: 300 },
            required: true,
        };
        let flag = OptionDefinition { name: "dry-run".into(), form: OptionForm::Flag, required: false, ..text.clone() };
        let choice =
            OptionDefinition { name: "show".into(), form: OptionForm::Choice(vec!["mine".into()]), ..flag.clone() };
        let definition = CommandDefinition {
            name: "lag".into(),
            description: localized("Lag of a group", "消费组的堆积"),
            options: vec![text, flag, choice],
        };
        let shown = &json_of(&[definition])[0];
        assert_eq!(shown["contexts"], json!([0]));
        assert_eq!(shown["integration_types"], json!([0]));
        assert!(shown.as_object().unwrap()["default_member_permissions"].is_null());
        assert_eq!(shown["description"], "Lag of a group");
        assert_eq!(shown["description_localizations"], json!({"zh-CN": "消费组的堆积"}));
        let [text, flag, choice] = [0, 1, 2].map(|at| shown["options"][at].clone());
        assert_eq!((&text["type"], &text["autocomplete"], &text["max_length"]), (&json!(3), &json!(true), &json!(300)));
        assert_eq!((&flag["type"], &flag["required"]), (&json!(5), &json!(false)));
        assert_eq!(choice["choices"], json!([{"name": "mine", "value": "mine"}]));
    }
}
