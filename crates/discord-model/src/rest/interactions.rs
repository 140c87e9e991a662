//! First answers to interactions: in time, once, and of a kind that fits.

use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::{Outcome, refuse_form, write};
use crate::error::{self, ApiError, FormFault};
use crate::id::Id;
use crate::rules;
use crate::trouble::Trouble;
use crate::world::World;
use crate::world::interaction::{Callback, Did, Interaction};
use crate::world::message::{EPHEMERAL, LOADING, Message};

pub(super) fn callback(world: &mut World, call: &Call) -> Outcome {
    let id = call.id("interaction_id")?;
    in_time(world, id, call.parameter("interaction_token"))?;
    let kind = call.body["type"].as_u64().unwrap_or(0);
    let interaction = world.interactions.get(&id).ok_or(error::UNKNOWN_INTERACTION)?.clone();
    if !fits(&interaction, kind) {
        let message = format!("callback type {kind} does not fit {:?}", interaction.kind);
        refuse_form(world, call, vec![FormFault::new("/type", "BASE_TYPE_CHOICES", message)])?;
    }
    let answered = Answering { call, id, data: &call.body["data"] };
    match kind {
        4 => answered.reply(world)?,
        5 => answered.defer(world),
        6 => answered.settle(world, Callback::DeferredUpdate, interaction.source),
        7 => answered.update(world, &interaction)?,
        8 => answered.choices(world),
        9 => answered.modal(world)?,
        _ => return Err(error::BAD_JSON),
    }
    Ok(receipt(world, call, id))
}

/// Refuses an unknown, late or second answer.
fn in_time(world: &mut World, id: Id, token: &str) -> Result<(), ApiError> {
    let known = world.interactions.get(&id).filter(|i| i.token == token);
    let interaction = known.ok_or(error::UNKNOWN_INTERACTION)?;
    let label = interaction.label.clone();
    if interaction.callback.is_some() {
        world.trouble(Trouble::SecondAnswer { interaction: label });
        return Err(error::ALREADY_ACKNOWLEDGED);
    }
    if interaction.missed || interaction.started.elapsed() > world.options.callback_deadline {
        world.trouble(Trouble::LateAnswer { interaction: label });
        return Err(error::UNKNOWN_INTERACTION);
    }
    Ok(())
}

/// Completions take suggestions only; updates need a message; a modal cannot follow a modal.
fn fits(interaction: &Interaction, kind: u64) -> bool {
    match kind {
        4 | 5 => interaction.kind != Did::Completion,
        6 | 7 => interaction.source.is_some() && interaction.kind != Did::Completion,
        8 => interaction.kind == Did::Completion,
        9 => matches!(interaction.kind, Did::Command | Did::Component),
        _ => false,
    }
}

/// 204, or with `with_response` what came of it.
fn receipt(world: &World, call: &Call, id: Id) -> Answer {
    if call.query.get("with_response").is_none_or(|v| v != "true") {
        return Answer::nothing();
    }
    let interaction = world.interactions.get(&id);
    let message = interaction.and_then(|i| i.original).and_then(|m| world.messages.get(&m));
    let kind = interaction.map_or(0, |i| i.kind.number());
    let resource = json!({"type": call.body["type"], "message": message.map(|m| world.show_message(m))});
    Answer::json(&json!({"interaction": {"id": id, "type": kind}, "resource": resource}))
}

/// An answer on its way into the state.
struct Answering<'a> {
    call: &'a Call,
    id: Id,
    data: &'a Value,
}

impl Answering<'_> {
    fn settle(&self, world: &mut World, callback: Callback, original: Option<Id>) {
        if let Some(interaction) = world.interactions.get_mut(&self.id) {
            interaction.answered = !matches!(callback, Callback::Deferred);
            interaction.callback = Some(callback);
            interaction.original = original;
        }
    }

    fn is_private(&self) -> bool {
        self.data["flags"].as_u64().unwrap_or(0) & EPHEMERAL != 0
    }

    /// The message that answers, private or not for good.
    fn message(&self, world: &mut World) -> Result<Message, ApiError> {
        let private = self.is_private();
        let message = new_message(world, self.id, private)?;
        if let Some(interaction) = world.interactions.get_mut(&self.id) {
            interaction.private = private;
        }
        Ok(message)
    }

    fn reply(&self, world: &mut World) -> Result<(), ApiError> {
        write::check(world, self.call, self.data)?;
        let mut message = self.message(world)?;
        write::fill(world, self.call, &mut message, self.data)?;
        message.notified = message.mentions.clone();
        let original = world.post(message);
        self.settle(world, Callback::Reply, Some(original));
        Ok(())
    }

    fn defer(&self, world: &mut World) {
        let Ok(mut message) = self.message(world) else {
            return;
        };
        message.flags |= LOADING;
        let original = world.post(message);
        self.settle(world, Callback::Deferred, Some(original));
    }

    fn update(&self, world: &mut World, interaction: &Interaction) -> Result<(), ApiError> {
        write::check(world, self.call, self.data)?;
        let source = interaction.source.ok_or(error::UNKNOWN_MESSAGE)?;
        let mut message = world.message(interaction.channel, source)?.clone();
        message.remember(world.now_ms());
        write::fill(world, self.call, &mut message, self.data)?;
        world.messages.insert(source, message);
        world.tell_edit(source);
        self.settle(world, Callback::Update, Some(source));
        Ok(())
    }

    fn choices(&self, world: &mut World) {
        let choices = self.data["choices"].as_array().cloned().unwrap_or_default();
        self.settle(world, Callback::Choices(choices), None);
    }

    fn modal(&self, world: &mut World) -> Result<(), ApiError> {
        refuse_form(world, self.call, rules::modals::faults(self.data))?;
        self.settle(world, Callback::Modal(self.data.clone()), None);
        Ok(())
    }
}

/// An empty message of this interaction.
pub(super) fn new_message(world: &mut World, interaction: Id, private: bool) -> Result<Message, ApiError> {
    let (bot, now, id) = (world.application.bot, world.now_ms(), world.next_id());
    let asked = world.interactions.get(&interaction).ok_or(error::UNKNOWN_INTERACTION)?;
    let mut message = Message::new(id, asked.channel, bot, now);
    message.interaction = Some(interaction);
    if private {
        message.private_to = Some(asked.user);
        message.flags |= EPHEMERAL;
    }
    Ok(message)
}
