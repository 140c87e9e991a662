//! Interactions: what a person did with the application, and how far it answered.

use std::time::Instant;

use serde_json::{Value, json};

use super::World;
use crate::id::Id;
use crate::limits;

/// What a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Did {
    /// Ran a command.
    Command,
    /// Clicked a button or chose from a menu.
    Component,
    /// Typed into an option that completes.
    Completion,
    /// Sent a modal.
    Modal,
}

impl Did {
    /// Discord's number for the interaction's type.
    #[must_use]
    pub(crate) const fn number(self) -> u8 {
        match self {
            Self::Command => 2,
            Self::Component => 3,
            Self::Completion => 4,
            Self::Modal => 5,
        }
    }
}

/// The first answer.
#[derive(Clone, Debug)]
pub(crate) enum Callback {
    /// A message (type 4).
    Reply,
    /// A deferred message (type 5).
    Deferred,
    /// A deferred update of the component's message (type 6).
    DeferredUpdate,
    /// The component's message, changed (type 7).
    Update,
    /// Suggestions (type 8).
    Choices(Vec<Value>),
    /// A modal (type 9).
    Modal(Value),
}

/// One interaction.
#[derive(Clone, Debug)]
pub(crate) struct Interaction {
    pub(crate) id: Id,
    pub(crate) token: String,
    pub(crate) kind: Did,
    pub(crate) user: Id,
    pub(crate) channel: Id,
    pub(crate) guild: Option<Id>,
    /// What the person did, in words for reports.
    pub(crate) label: String,
    /// The message whose component was used.
    pub(crate) source: Option<Id>,
    pub(crate) started: Instant,
    pub(crate) created_ms: i64,
    pub(crate) callback: Option<Callback>,
    /// The original answer, once it exists.
    pub(crate) original: Option<Id>,
    pub(crate) followups: Vec<Id>,
    /// Whether the answer is private, fixed by the first answer.
    pub(crate) private: bool,
    /// Answered for good: a reply, an update, choices, a modal, or the edit that ends a deferral.
    pub(crate) answered: bool,
    /// Nobody answered in time.
    pub(crate) missed: bool,
    /// That it stands open was taken off the record.
    pub(crate) forgiven: bool,
}

/// What a new interaction needs beside what Discord adds.
pub(crate) struct NewInteraction {
    pub(crate) kind: Did,
    pub(crate) user: Id,
    pub(crate) channel: Id,
    pub(crate) source: Option<Id>,
    pub(crate) label: String,
    pub(crate) data: Value,
}

impl World {
    /// Makes an interaction and tells it. Interactions need no intent.
    pub(crate) fn interact(&mut self, new: NewInteraction) -> Id {
        let id = self.next_id();
        let guild = self.channels.get(&new.channel).and_then(|c| c.guild);
        let interaction = Interaction {
            id,
            token: format!("interaction-token-{id}"),
            kind: new.kind,
            user: new.user,
            channel: new.channel,
            guild,
            label: new.label,
            source: new.source,
            started: Instant::now(),
            created_ms: self.now_ms(),
            callback: None,
            original: None,
            followups: Vec::new(),
            private: false,
            answered: false,
            missed: false,
            forgiven: false,
        };
        let event = self.show_interaction(&interaction, &new.data);
        self.interactions.insert(id, interaction);
        self.tell("INTERACTION_CREATE", 0, &event);
        id
    }

    /// The interaction object.
    pub(crate) fn show_interaction(&self, interaction: &Interaction, data: &Value) -> Value {
        let locale = self.accounts.get(&interaction.user).map_or("en-US", |a| a.locale.as_str());
        let channel = self.channels.get(&interaction.channel);
        let app_permissions = channel.map_or(0, |c| self.permissions_in(c, self.application.bot));
        let context = if interaction.guild.is_some() { 0 } else { 1 };
        let mut shown = json!({
            "id": interaction.id, "application_id": self.application.id, "type": interaction.kind.number(),
            "token": interaction.token, "version": 1, "channel_id": interaction.channel, "locale": locale,
            "entitlements": [], "attachment_size_limit": limits::ATTACHMENT_BYTES, "data": data, "context": context,
            "app_permissions": app_permissions.to_string(), "authorizing_integration_owners": {},
        });
        if let Some(channel) = channel {
            shown["channel"] = self.show_channel(channel);
            shown["channel"]["permissions"] = json!(self.permissions_in(channel, interaction.user).to_string());
        }
        match interaction.guild {
            None => shown["user"] = self.show_user(interaction.user),
            Some(guild) => {
                shown["guild_id"] = json!(guild);
                shown["guild_locale"] = json!(self.guilds.get(&guild).map(|g| g.locale.clone()));
                shown["member"] = self.show_member(guild, interaction.user);
                shown["member"]["permissions"] = shown["channel"]["permissions"].clone();
                shown["authorizing_integration_owners"] = json!({"0": guild});
            }
        }
        if let Some(message) = interaction.source.and_then(|m| self.messages.get(&m)) {
            shown["message"] = self.show_message(message);
        }
        shown
    }

    /// The interaction with this token, if the token still lives.
    pub(crate) fn interaction_by_token(&self, token: &str) -> Option<Id> {
        let found = self.interactions.values().find(|i| i.token == token)?;
        let life = i64::try_from(limits::TOKEN_LIFE.as_millis()).unwrap_or(i64::MAX);
        (self.now_ms() - found.created_ms < life).then_some(found.id)
    }
}
