//! Channels: read, archive and lock threads, open direct messages.

use serde_json::Value;

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use crate::error::{self, ApiError};
use crate::permissions;
use crate::world::World;
use crate::world::channel::{Channel, Kind};

pub(super) fn get(world: &mut World, call: &Call) -> Outcome {
    let id = call.id("channel_id")?;
    world.demand(id, world.application.bot, permissions::VIEW_CHANNEL)?;
    let channel = world.channel(id)?;
    Ok(Answer::json(&world.show_channel(channel)))
}

/// Only what concerns threads; a bot of this kind changes no other channel.
pub(super) fn change(world: &mut World, call: &Call) -> Outcome {
    let id = call.id("channel_id")?;
    let bot = world.application.bot;
    world.demand(id, bot, permissions::VIEW_CHANNEL)?;
    let channel = world.channel(id)?;
    if channel.kind != Kind::Thread {
        world.demand(id, bot, permissions::MANAGE_CHANNELS)?;
        return Err(error::WRONG_CHANNEL);
    }
    may_change(world, channel, &call.body)?;
    let body = &call.body;
    world.change_channel(id, |thread| {
        thread.archived = body["archived"].as_bool().unwrap_or(thread.archived);
        thread.locked = body["locked"].as_bool().unwrap_or(thread.locked);
        thread.auto_archive = body["auto_archive_duration"].as_u64().unwrap_or(thread.auto_archive);
        if let Some(name) = body["name"].as_str() {
            name.clone_into(&mut thread.name);
        }
    })?;
    let thread = world.channel(id)?;
    Ok(Answer::json(&world.show_channel(thread)))
}

/// Locking needs MANAGE_THREADS; the rest also the thread's owner may do. An archived thread can only be opened again,
/// a locked one only by who may manage.
fn may_change(world: &World, thread: &Channel, body: &Value) -> Result<(), ApiError> {
    let bot = world.application.bot;
    let manages = world.demand(thread.id, bot, permissions::MANAGE_THREADS).is_ok();
    let opens = body["archived"] == false;
    let touches_lock = !body["locked"].is_null() || thread.archived && thread.locked;
    if !manages && (touches_lock || !opens && thread.owner != Some(bot)) {
        return Err(error::MISSING_PERMISSIONS);
    }
    if thread.archived && body["archived"].is_null() {
        return Err(error::THREAD_ARCHIVED);
    }
    Ok(())
}

pub(super) fn open_dm(world: &mut World, call: &Call) -> Outcome {
    let recipient = call.body["recipient_id"].as_str().and_then(|id| id.parse().ok()).ok_or(error::UNKNOWN_USER)?;
    if world.account(recipient)?.is_bot {
        return Err(error::CLOSED_DMS);
    }
    let id = world.dm_with(recipient);
    let channel = world.channel(id)?;
    Ok(Answer::json(&world.show_channel(channel)))
}

pub(super) fn typing(world: &mut World, call: &Call) -> Outcome {
    world.demand(call.id("channel_id")?, world.application.bot, permissions::SEND_MESSAGES)?;
    Ok(Answer::nothing())
}
