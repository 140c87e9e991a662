//! What follows the first answer: the original message, and further ones, reached by the interaction's token.

use super::answer::Answer;
use super::call::Call;
use super::{Outcome, interactions, write};
use crate::error::{self, ApiError};
use crate::id::Id;
use crate::world::World;
use crate::world::interaction::{Callback, Interaction};
use crate::world::message::{EPHEMERAL, LOADING};

/// The interaction behind the token, once it has a first answer.
fn interaction<'a>(world: &'a World, call: &Call) -> Result<&'a Interaction, ApiError> {
    if call.id("webhook_id")? != world.application.id {
        return Err(error::UNKNOWN_WEBHOOK);
    }
    let token = call.parameter("webhook_token");
    let id = world.interaction_by_token(token).ok_or(error::BAD_WEBHOOK_TOKEN)?;
    let found = world.interactions.get(&id).ok_or(error::UNKNOWN_WEBHOOK)?;
    if found.callback.is_some() { Ok(found) } else { Err(error::UNKNOWN_WEBHOOK) }
}

/// The message meant: `@original`, or one of this interaction's own.
fn target(world: &World, call: &Call) -> Result<(Id, Id), ApiError> {
    let interaction = interaction(world, call)?;
    let message = if call.parameters.contains_key("message_id") {
        let id = call.id("message_id")?;
        Some(id).filter(|id| interaction.original == Some(*id) || interaction.followups.contains(id))
    } else {
        interaction.original
    };
    let message = message.ok_or(error::UNKNOWN_MESSAGE)?;
    world.message(interaction.channel, message)?;
    Ok((interaction.id, message))
}

fn shown(world: &World, id: Id) -> Outcome {
    let message = world.messages.get(&id).ok_or(error::UNKNOWN_MESSAGE)?;
    Ok(Answer::json(&world.show_message(message)))
}

pub(super) fn get(world: &mut World, call: &Call) -> Outcome {
    let (_, id) = target(world, call)?;
    shown(world, id)
}

pub(super) fn edit(world: &mut World, call: &Call) -> Outcome {
    let (interaction, id) = target(world, call)?;
    write_into(world, call, interaction, id)
}

/// Edits a message of the interaction; the first edit of a deferral is its answer.
fn write_into(world: &mut World, call: &Call, interaction: Id, id: Id) -> Outcome {
    write::check(world, call, &call.body)?;
    let mut message = world.messages.get(&id).ok_or(error::UNKNOWN_MESSAGE)?.clone();
    if message.flags & LOADING == 0 {
        message.remember(world.now_ms());
    }
    write::fill(world, call, &mut message, &call.body)?;
    message.flags &= !LOADING;
    world.messages.insert(id, message);
    if let Some(interaction) = world.interactions.get_mut(&interaction) {
        interaction.answered = true;
    }
    world.tell_edit(id);
    shown(world, id)
}

/// A further message. While a deferral stands open it becomes the answer to it, as private as that is.
pub(super) fn follow_up(world: &mut World, call: &Call) -> Outcome {
    let asked = interaction(world, call)?;
    let (id, original) = (asked.id, asked.original);
    let open = matches!(asked.callback, Some(Callback::Deferred)) && !asked.answered;
    if let Some(original) = original.filter(|_| open) {
        return write_into(world, call, id, original);
    }
    write::check(world, call, &call.body)?;
    let private = call.body["flags"].as_u64().unwrap_or(0) & EPHEMERAL != 0;
    let mut message = interactions::new_message(world, id, private)?;
    write::fill(world, call, &mut message, &call.body)?;
    message.notified = message.mentions.clone();
    let posted = world.post(message);
    if let Some(asked) = world.interactions.get_mut(&id) {
        asked.followups.push(posted);
    }
    shown(world, posted)
}

pub(super) fn delete(world: &mut World, call: &Call) -> Outcome {
    let (interaction, id) = target(world, call)?;
    world.delete_message(id);
    if let Some(interaction) = world.interactions.get_mut(&interaction) {
        interaction.answered = true;
    }
    Ok(Answer::nothing())
}
