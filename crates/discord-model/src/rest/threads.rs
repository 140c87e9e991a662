//! Threads.

use serde_json::{Value, json};

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use crate::error::{self, ApiError};
use crate::id::Id;
use crate::permissions;
use crate::world::World;
use crate::world::channel::{Kind, NewThread};
use crate::world::message::HAS_THREAD;

/// A channel that can have threads beside its messages.
fn parent(world: &World, call: &Call) -> Result<Id, ApiError> {
    let id = call.id("channel_id")?;
    let bits = permissions::VIEW_CHANNEL | permissions::CREATE_PUBLIC_THREADS;
    let kind = world.channel(id)?.kind;
    world.demand(id, world.application.bot, bits)?;
    if matches!(kind, Kind::Text | Kind::Announcement) { Ok(id) } else { Err(error::WRONG_CHANNEL) }
}

/// A thread from a message has the message's id, so making it twice is an error, never a second thread.
pub(super) fn from_message(world: &mut World, call: &Call) -> Outcome {
    let (parent, message) = (parent(world, call)?, call.id("message_id")?);
    world.message(parent, message)?;
    if world.channels.contains_key(&message) {
        return Err(error::HAS_THREAD);
    }
    open(world, call, parent, message)
}

pub(super) fn without_message(world: &mut World, call: &Call) -> Outcome {
    let parent = parent(world, call)?;
    // Type 11 is public; the default of this endpoint is a private thread, which the model does not have.
    if call.body["type"].as_u64() != Some(11) {
        return Err(error::WRONG_CHANNEL);
    }
    let id = world.next_id();
    open(world, call, parent, id)
}

fn open(world: &mut World, call: &Call, parent: Id, id: Id) -> Outcome {
    let name = call.body["name"].as_str().unwrap_or_default();
    let auto_archive = call.body["auto_archive_duration"].as_u64();
    let new = NewThread { id, parent, name, owner: world.application.bot, auto_archive };
    world.open_thread(&new)?;
    if let Some(message) = world.messages.get_mut(&id) {
        message.flags |= HAS_THREAD;
        world.tell_edit(id);
    }
    let thread = world.channel(id)?;
    Ok(Answer::with_status(201, &world.show_channel(thread)))
}

pub(super) fn active(world: &mut World, call: &Call) -> Outcome {
    let guild = call.id("guild_id")?;
    world.guild(guild)?.member(world.application.bot).map_err(|_| error::MISSING_ACCESS)?;
    let threads = world
        .channels
        .values()
        .filter(|c| c.guild == Some(guild) && c.kind == Kind::Thread && !c.archived && !c.deleted);
    let shown: Value = threads.map(|t| world.show_channel(t)).collect();
    Ok(Answer::json(&json!({"threads": shown, "members": []})))
}
