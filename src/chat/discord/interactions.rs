//! Commands, completions, buttons and forms: acknowledged at once, then answered.

mod answers;
mod origin;

pub(super) use answers::Remembered;

use super::gateway::Opened;
use super::limits::{COMPLETION, FORM, SUGGESTION, SUGGESTIONS, shortened, units};
use super::messages::id as id_of;
use crate::chat::{Clicked, Completing, Filled, MessageRef, Stranger, Suggested};
use crate::desk::{Incoming, RawValue};
use crate::text::Form;
use answers::Asked;
use interlock::principal::Principal;
use origin::Origin;
use serde_json::{Value, json};
use serenity::all::{
    ActionRow, ActionRowComponent, CommandDataOption, CommandDataOptionValue, CommandInteraction, CommandType,
    ComponentInteraction, Interaction, ModalInteraction,
};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

/// Interaction types by Discord's numbers.
const PING: u64 = 1;
const AUTOCOMPLETE: u64 = 4;

impl Opened {
    /// Serves an interaction; one that was served already is left alone. Runs on the thread of the gateway: here is only what
    /// leads to the first answer.
    pub(super) async fn interacted(self: &Arc<Self>, interaction: Interaction) {
        if !self.is_new(interaction.id().get()) {
            return;
        }
        let work = async {
            match interaction {
                Interaction::Command(command) => self.command(command).await,
                Interaction::Autocomplete(typing) => self.complete(typing).await,
                Interaction::Component(click) => self.click(click).await,
                Interaction::Modal(modal) => self.modal(modal).await,
                _ => {}
            }
        };
        self.tasks.guard("an interaction", work).await;
    }

    fn is_new(&self, interaction: u64) -> bool {
        self.answered.lock().unwrap_or_else(PoisonError::into_inner).is_new(interaction)
    }

    async fn command(self: &Arc<Self>, command: CommandInteraction) {
        let asked = Asked { id: command.id.get(), token: command.token.clone(), locale: command.locale.clone() };
        let origin = Origin::of_command(&command);
        if command.data.kind != CommandType::ChatInput {
            return self.turn_away(&asked, Stranger::Unreadable, Some(origin.user())).await;
        }
        let Some(principal) = self.acknowledged(&asked, &origin).await else { return };
        let (opened, at) = (Arc::clone(self), self.discord.clock.now());
        self.tasks.spawn("a command", async move {
            let incoming = Incoming {
                command: command.data.name,
                options: command.data.options.iter().map(|option| (option.name.clone(), raw(&option.value))).collect(),
                principal,
                place: opened.place(&origin).await,
                locale: command.locale,
                at,
            };
            opened.answer(&asked, opened.door.command(incoming)).await;
        });
    }

    async fn click(self: &Arc<Self>, click: ComponentInteraction) {
        let asked = Asked { id: click.id.get(), token: click.token.clone(), locale: click.locale.clone() };
        let origin = Origin::of_component(&click);
        // A form can only be the first answer.
        if let Ok(principal) = self.admit(&origin)
            && let Some(form) = self.form(&click, principal).await
        {
            return self.open_form(&asked, &form).await;
        }
        let Some(principal) = self.acknowledged(&asked, &origin).await else { return };
        let (opened, at) = (Arc::clone(self), self.discord.clock.now());
        self.tasks.spawn("a click", async move {
            let clicked = Clicked {
                id: click.data.custom_id,
                message: MessageRef { channel: click.channel_id.get(), message: click.message.id.get() },
                principal,
                place: opened.place(&origin).await,
                locale: click.locale,
                at,
            };
            opened.answer(&asked, opened.door.clicked(clicked)).await;
        });
    }

    /// The form that a button opens, in time or not at all.
    async fn form(self: &Arc<Self>, click: &ComponentInteraction, principal: Principal) -> Option<Form> {
        let (door, button, locale) = (Arc::clone(&self.door), click.data.custom_id.clone(), click.locale.clone());
        // On the runtime of the store, which may be looked into for it.
        let opening = self.tasks.on().spawn(async move { door.form(&button, &principal, &locale).await });
        match tokio::time::timeout(FORM, opening).await {
            Ok(Ok(form)) => form,
            Ok(Err(error)) => {
                tracing::error!(%error, "a form panicked");
                None
            }
            Err(_) => {
                tracing::warn!("a form took too long");
                None
            }
        }
    }

    async fn modal(self: &Arc<Self>, modal: ModalInteraction) {
        let asked = Asked { id: modal.id.get(), token: modal.token.clone(), locale: modal.locale.clone() };
        let origin = Origin::of_modal(&modal);
        let Some(principal) = self.acknowledged(&asked, &origin).await else { return };
        let (opened, at) = (Arc::clone(self), self.discord.clock.now());
        self.tasks.spawn("a form", async move {
            let text = typed(&modal.data.components);
            let filled = Filled {
                id: modal.data.custom_id,
                text,
                principal,
                place: opened.place(&origin).await,
                locale: modal.locale,
                at,
            };
            opened.answer(&asked, opened.door.filled(filled)).await;
        });
    }

    /// Acknowledges if this person is served, else says why not. None ends the work on it.
    async fn acknowledged(self: &Arc<Self>, asked: &Asked, origin: &Origin) -> Option<Principal> {
        match self.admit(origin) {
            Ok(principal) => self.defer(asked).await.then_some(principal),
            Err(stranger) => {
                self.turn_away(asked, stranger, Some(origin.user())).await;
                None
            }
        }
    }

    /// Suggests values in time, or none.
    async fn complete(self: &Arc<Self>, typing: CommandInteraction) {
        let asked = Asked { id: typing.id.get(), token: typing.token.clone(), locale: typing.locale.clone() };
        let suggestions = match self.completing(&typing) {
            Some(completing) => self.suggest(completing).await,
            None => Vec::new(),
        };
        self.give_choices(&asked, choices(suggestions)).await;
    }

    fn completing(&self, typing: &CommandInteraction) -> Option<Completing> {
        let origin = Origin::of_command(typing);
        let principal = self.admit(&origin).ok()?;
        let typed = typing.data.options.iter().find_map(|option| match &option.value {
            CommandDataOptionValue::Autocomplete { value, .. } => Some((option.name.clone(), value.clone())),
            _ => None,
        });
        let (option, prefix) = typed?;
        let place = origin.place_as_told()?;
        let given = given(&typing.data.options);
        Some(Completing { command: typing.data.name.clone(), option, prefix, given, principal, place })
    }

    async fn suggest(self: &Arc<Self>, completing: Completing) -> Vec<Suggested> {
        let door = Arc::clone(&self.door);
        // Beside the runtime: a search that takes long must not hold up acknowledgements.
        let searching = tokio::task::spawn_blocking(move || door.complete(&completing));
        match tokio::time::timeout(COMPLETION, searching).await {
            Ok(Ok(suggestions)) => suggestions,
            Ok(Err(error)) => {
                tracing::error!(%error, "completion panicked");
                Vec::new()
            }
            Err(_) => {
                tracing::warn!("completion took too long");
                Vec::new()
            }
        }
    }

    /// Answers an interaction that serenity cannot read, by what can be read of it.
    pub(super) async fn answer_unreadable(self: &Arc<Self>, value: &Value) {
        let id = value["id"].as_str().and_then(|id| id.parse::<u64>().ok());
        let (Some(id), Some(token)) = (id, value["token"].as_str()) else {
            tracing::error!("an interaction without id or token cannot be answered");
            return;
        };
        let kind = value["type"].as_u64().unwrap_or(0);
        if kind == PING || !self.is_new(id) {
            return;
        }
        tracing::warn!(interaction = id, kind, "an interaction that cannot be read is answered with a refusal");
        let locale = value["locale"].as_str().unwrap_or_default().to_owned();
        let user = id_of(&value["member"]["user"]["id"]).or_else(|| id_of(&value["user"]["id"]));
        let asked = Asked { id, token: token.to_owned(), locale };
        let work = async {
            if kind == AUTOCOMPLETE {
                self.give_choices(&asked, json!([])).await;
            } else {
                self.turn_away(&asked, Stranger::Unreadable, user).await;
            }
        };
        self.tasks.guard("an unreadable interaction", work).await;
    }
}

/// What was typed into the one field of a form of ours.
fn typed(rows: &[ActionRow]) -> Option<String> {
    let mut parts = rows.iter().flat_map(|row| &row.components);
    match (parts.next(), parts.next()) {
        (Some(ActionRowComponent::InputText(field)), None) => field.value.clone(),
        _ => None,
    }
}

/// An option's value. What we never register, or serenity does not know, is unreadable: never absent.
fn raw(value: &CommandDataOptionValue) -> RawValue {
    match value {
        CommandDataOptionValue::String(text) => RawValue::Text(text.clone()),
        CommandDataOptionValue::Integer(number) => RawValue::Integer(*number),
        CommandDataOptionValue::Boolean(flag) => RawValue::Flag(*flag),
        _ => RawValue::Unreadable,
    }
}

/// The options that are given already, as text.
fn given(options: &[CommandDataOption]) -> BTreeMap<String, String> {
    let text = |option: &CommandDataOption| match raw(&option.value) {
        RawValue::Text(text) => Some((option.name.clone(), text)),
        RawValue::Integer(number) => Some((option.name.clone(), number.to_string())),
        RawValue::Flag(flag) => Some((option.name.clone(), flag.to_string())),
        RawValue::Unreadable => None,
    };
    options.iter().filter_map(text).collect()
}

fn choices(suggestions: Vec<Suggested>) -> Value {
    let fits = |one: &Suggested| !one.label.is_empty() && (1..=SUGGESTION).contains(&units(&one.value));
    let shown = suggestions.into_iter().filter(fits).take(SUGGESTIONS);
    shown.map(|one| json!({"name": shortened(&one.label, SUGGESTION), "value": one.value})).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serenity::all::CommandOptionType;

    #[test]
    fn values_of_types_we_do_not_offer_are_unreadable() {
        assert_eq!(raw(&CommandDataOptionValue::String("a".into())), RawValue::Text("a".into()));
        assert_eq!(raw(&CommandDataOptionValue::Integer(-3)), RawValue::Integer(-3));
        assert_eq!(raw(&CommandDataOptionValue::Boolean(true)), RawValue::Flag(true));
        for value in [
            CommandDataOptionValue::Unknown(99),
            CommandDataOptionValue::Number(0.5),
            CommandDataOptionValue::SubCommand(Vec::new()),
            CommandDataOptionValue::Autocomplete { kind: CommandOptionType::String, value: "a".into() },
        ] {
            assert_eq!(raw(&value), RawValue::Unreadable, "{value:?}");
        }
    }

    #[test]
    fn suggestions_keep_to_discords_limits() {
        let one = |label: &str, value: &str| Suggested { label: label.to_owned(), value: value.to_owned() };
        let mut many: Vec<Suggested> = (0..30).map(|at| one(&format!("l{at}"), &format!("v{at}"))).collect();
        many.insert(0, one(&"l".repeat(120), "v"));
        many.insert(1, one("too long", &"v".repeat(101)));
        many.insert(2, one("", "v"));
        let shown = choices(many);
        let shown = shown.as_array().unwrap();
        assert_eq!(shown.len(), SUGGESTIONS);
        assert_eq!(units(shown[0]["name"].as_str().unwrap()), SUGGESTION);
        assert_eq!(shown[1], json!({"name": "l0", "value": "v0"}));
    }
}
