//! How a person uses the application: commands, completions, buttons, modals.

use serde_json::{Value, json};

use super::User;
use crate::asked::{Answer, Asked, Silence};
use crate::channel::Channel;
use crate::discord::fail;
use crate::message::Message;
use crate::modal::Modal;
use crate::typed;
use crate::world::World;
use crate::world::command::{CHAT_INPUT, MESSAGE};
use crate::world::interaction::{Did, NewInteraction};

/// A suggestion.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What is shown.
    pub name: String,
    /// What is filled in.
    pub value: Value,
}

impl User {
    /// Runs a command as typed, waits for the first answer in time and for the final one. Fails the test when the
    /// client would not let it be sent, or no answer comes.
    pub async fn runs(&self, channel: &Channel, line: &str) -> Answer {
        self.tries(channel, line).await.unwrap_or_else(|silence| fail(silence))
    }

    /// Like [`Self::runs`], for when the bot may be away.
    ///
    /// # Errors
    /// [`Silence`].
    pub async fn tries(&self, channel: &Channel, line: &str) -> Result<Answer, Silence> {
        self.starts(channel, line).answer().await
    }

    /// Sends a command as typed and waits for nothing.
    #[must_use]
    pub fn starts(&self, channel: &Channel, line: &str) -> Asked {
        let started = self.discord.inner.change(|w| self.command(w, channel, line).map(|new| w.interact(new)));
        self.asked(started)
    }

    fn command(&self, world: &World, channel: &Channel, line: &str) -> Result<NewInteraction, String> {
        let typed = typed::parse(line)?;
        let guild = self.can_use_commands(world, channel)?;
        let command = world.find_command(guild, CHAT_INPUT, &typed.name).filter(|c| c.is_shown_in(guild));
        let command = command.ok_or_else(|| format!("there is no command /{}", typed.name))?;
        let filled = typed::fill(world, guild, command, &typed)?;
        let mut data = json!({"id": command.id, "name": command.name, "type": CHAT_INPUT, "options": filled.options});
        data["resolved"] = filled.resolved;
        if let Some(guild) = guild {
            data["guild_id"] = json!(guild);
        }
        Ok(self.new_interaction(Did::Command, channel, line, data))
    }

    /// Sends options of any shape under a command's name, registered or not: what a client would not let through,
    /// another one may.
    #[must_use]
    pub fn forces(&self, channel: &Channel, name: &str, options: &Value) -> Asked {
        let started = self.discord.inner.change(|w| {
            let guild = self.can_use_commands(w, channel)?;
            let id = w.find_command(guild, CHAT_INPUT, name).map_or(w.application.id, |c| c.id);
            let data = json!({"id": id, "name": name, "type": CHAT_INPUT, "options": options});
            Ok(w.interact(self.new_interaction(Did::Command, channel, &format!("/{name} {options}"), data)))
        });
        self.asked(started)
    }

    /// Uses a message command.
    pub async fn uses(&self, command: &str, message: &Message) -> Answer {
        let channel = message.channel();
        let started = self.discord.inner.change(|w| {
            let guild = self.can_use_commands(w, &channel)?;
            let known = w.find_command(guild, MESSAGE, command).ok_or_else(|| format!("no command {command:?}"))?;
            let record = w.messages.get(&message.id).ok_or("no such message")?;
            let messages = json!({message.id.to_string(): w.show_message(record)});
            let data = json!({
                "id": known.id, "name": known.name, "type": MESSAGE, "target_id": message.id,
                "resolved": {"messages": messages},
            });
            Ok(w.interact(self.new_interaction(Did::Command, &channel, command, data)))
        });
        self.answered(started).await
    }

    /// Types into an option and sees suggestions: `completes(&ops, "/reset-offset cluster:lab", "group", "bil")`.
    pub async fn completes(&self, channel: &Channel, line: &str, option: &str, typed: &str) -> Vec<Choice> {
        let asked = self.starts_completing(channel, line, option, typed);
        if let Err(silence) = asked.is_acknowledged().await {
            fail(silence);
        }
        let choices = asked.choices();
        let name = |c: &Value| c["name"].as_str().unwrap_or_default().to_owned();
        choices.iter().map(|c| Choice { name: name(c), value: c["value"].clone() }).collect()
    }

    /// Types into an option and waits for nothing.
    #[must_use]
    pub fn starts_completing(&self, channel: &Channel, line: &str, option: &str, typed: &str) -> Asked {
        let started = self.discord.inner.change(|w| {
            let parsed = typed::parse(line)?;
            let guild = self.can_use_commands(w, channel)?;
            let command = w.find_command(guild, CHAT_INPUT, &parsed.name);
            let command = command.ok_or_else(|| format!("there is no command /{}", parsed.name))?;
            let filled = typed::fill_partly(w, guild, command, &parsed, (option, typed))?;
            let data = json!({"id": command.id, "name": command.name, "type": CHAT_INPUT, "options": filled.options});
            let label = format!("{line} {option}:{typed}…");
            Ok(w.interact(self.new_interaction(Did::Completion, channel, &label, data)))
        });
        self.asked(started)
    }

    /// Clicks a button that can be seen and clicked.
    pub async fn clicks(&self, message: &Message, custom_id: &str) -> Answer {
        let seen = message.look();
        let buttons = seen.buttons();
        if !buttons.iter().any(|b| b.custom_id == custom_id && b.enabled) {
            fail(format!("no button {custom_id:?} to click; there are {buttons:?}"));
        }
        self.forges_click(message, custom_id).answer().await.unwrap_or_else(|silence| fail(silence))
    }

    /// Clicks the button with this label.
    pub async fn presses(&self, message: &Message, label: &str) -> Answer {
        let found = message.look().buttons().into_iter().find(|b| b.label == label);
        match found {
            Some(button) => self.clicks(message, &button.custom_id).await,
            None => fail(format!("no button says {label:?}")),
        }
    }

    /// Sends a click with any id on any message, even one the message never had, and waits for nothing.
    #[must_use]
    pub fn forges_click(&self, message: &Message, custom_id: &str) -> Asked {
        let channel = message.channel();
        let started = self.discord.inner.change(|w| {
            let record = w.messages.get(&message.id).ok_or("no such message")?;
            if record.private_to.is_some_and(|user| user != self.id) {
                return Err(format!("{} does not see this message", self.id));
            }
            let data = json!({"custom_id": custom_id, "component_type": 2});
            let new = self.new_interaction(Did::Component, &channel, &format!("[{custom_id}]"), data);
            Ok(w.interact(NewInteraction { source: Some(message.id), ..new }))
        });
        self.asked(started)
    }

    /// Fills a modal in and sends it.
    pub async fn submits(&self, modal: &Modal, values: &[(&str, &str)]) -> Answer {
        let data = modal.filled(values).unwrap_or_else(|why| fail(why));
        self.forges_submit(modal, data).answer().await.unwrap_or_else(|silence| fail(silence))
    }

    /// Sends any data as if it came from this modal, and waits for nothing.
    #[must_use]
    pub fn forges_submit(&self, modal: &Modal, data: Value) -> Asked {
        let started = self.discord.inner.change(|w| {
            let opened = w.interactions.get(&modal.asked.id).ok_or("the modal's interaction is unknown")?;
            let label = format!("modal {:?}", modal.title);
            let channel = Channel { discord: self.discord.clone(), id: opened.channel };
            let source = opened.source;
            let new = self.new_interaction(Did::Modal, &channel, &label, data);
            Ok(w.interact(NewInteraction { source, ..new }))
        });
        self.asked(started)
    }

    fn new_interaction(&self, kind: Did, channel: &Channel, what: &str, data: Value) -> NewInteraction {
        let label = format!("{} by user {}", what, self.id);
        NewInteraction { kind, user: self.id, channel: channel.id, source: None, label, data }
    }

    /// The guild of a channel in which this person can use commands (none in direct messages).
    fn can_use_commands(&self, world: &World, channel: &Channel) -> Result<Option<crate::id::Id>, String> {
        let there = world.channel(channel.id).map_err(|e| e.message.to_owned())?;
        if there.archived {
            return Err("an archived thread takes no commands".to_owned());
        }
        if there.guild.is_none() {
            return Ok(None);
        }
        let bits = crate::permissions::USE_APPLICATION_COMMANDS;
        world.demand(channel.id, self.id, bits).map_err(|e| format!("{}: {}", self.id, e.message))?;
        Ok(there.guild)
    }

    fn asked(&self, started: Result<crate::id::Id, String>) -> Asked {
        let id = started.unwrap_or_else(|why| fail(why));
        Asked { discord: self.discord.clone(), id }
    }

    async fn answered(&self, started: Result<crate::id::Id, String>) -> Answer {
        self.asked(started).answer().await.unwrap_or_else(|silence| fail(silence))
    }
}
