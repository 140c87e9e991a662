//! Messages: create, read, edit, delete.

use std::time::Duration;

use serde_json::Value;

use super::answer::Answer;
use super::call::Call;
use super::{Outcome, violation, write};
use crate::error::{self, ApiError, FormFault};
use crate::gateway::intents;
use crate::id::Id;
use crate::limits;
use crate::permissions::{self, Permissions};
use crate::world::World;
use crate::world::channel::Kind;
use crate::world::message::Message;

pub(super) fn create(world: &mut World, call: &Call) -> Outcome {
    let channel = call.id("channel_id")?;
    may_post(world, call, channel)?;
    write::check(world, call, &call.body)?;
    if let Some(known) = same_nonce(world, channel, &call.body) {
        return shown(world, channel, known);
    }
    let (bot, now) = (world.application.bot, world.now_ms());
    let mut message = Message::new(world.next_id(), channel, bot, now);
    message.nonce = nonce(&call.body);
    message.reply_to = reply(world, channel, &call.body)?;
    write::fill(world, call, &mut message, &call.body)?;
    message.notified = message.mentions.clone();
    let id = world.post(message);
    shown(world, channel, id)
}

/// Permissions, kind of channel, archived and locked threads. Posting in an archived thread opens it.
fn may_post(world: &mut World, call: &Call, id: Id) -> Result<(), ApiError> {
    let bot = world.application.bot;
    let channel = world.channel(id)?;
    let (kind, archived, locked) = (channel.kind, channel.archived, channel.locked);
    if kind == Kind::Dm {
        let partner = channel.recipients.iter().find(|r| **r != bot).and_then(|r| world.accounts.get(r));
        return if partner.is_none_or(|p| p.closed_dms) { Err(error::CLOSED_DMS) } else { Ok(()) };
    }
    world.demand(id, bot, needed_to_post(kind, call))?;
    if kind == Kind::Forum {
        return Err(error::NO_MESSAGES_HERE);
    }
    if locked && world.demand(id, bot, permissions::MANAGE_THREADS).is_err() {
        return Err(error::THREAD_LOCKED);
    }
    if archived {
        world.change_channel(id, |thread| thread.archived = false)?;
    }
    Ok(())
}

fn needed_to_post(kind: Kind, call: &Call) -> Permissions {
    let post = match kind {
        Kind::Thread => permissions::SEND_MESSAGES_IN_THREADS,
        _ => permissions::SEND_MESSAGES,
    };
    let embeds = call.body["embeds"].as_array().is_some_and(|e| !e.is_empty());
    let embed = if embeds { permissions::EMBED_LINKS } else { 0 };
    let attach = if call.files.is_empty() { 0 } else { permissions::ATTACH_FILES };
    permissions::VIEW_CHANNEL | post | embed | attach
}

/// The nonce as text; Discord takes numbers too.
fn nonce(body: &Value) -> Option<String> {
    match &body["nonce"] {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        number => Some(number.to_string()),
    }
}

/// With `enforce_nonce`, the bot's message of the last minutes with this nonce.
fn same_nonce(world: &World, channel: Id, body: &Value) -> Option<Id> {
    let nonce = nonce(body).filter(|_| body["enforce_nonce"] == true)?;
    let life = i64::try_from(limits::NONCE_LIFE.as_millis()).unwrap_or(i64::MAX);
    let oldest = world.now_ms() - life;
    let same = |m: &&Message| {
        m.channel == channel && m.created_ms > oldest && m.nonce.as_deref() == Some(&nonce) && !m.deleted
    };
    world.messages.values().filter(|m| m.author == world.application.bot).find(same).map(|m| m.id)
}

fn reply(world: &World, channel: Id, body: &Value) -> Result<Option<Id>, ApiError> {
    let reference = &body["message_reference"];
    let Some(id) = reference["message_id"].as_str().and_then(|id| id.parse().ok()) else {
        return Ok(None);
    };
    match world.message(channel, id) {
        Ok(_) => Ok(Some(id)),
        Err(_) if reference["fail_if_not_exists"] == false => Ok(None),
        Err(_) => {
            let fault = FormFault::new("/message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message");
            Err(error::invalid_form(vec![fault]))
        }
    }
}

/// The message as the bot sees it.
fn shown(world: &World, channel: Id, id: Id) -> Outcome {
    let message = world.message(channel, id)?;
    Ok(Answer::json(&world.show_message_to_bot(message, has_content_intent(world))))
}

fn has_content_intent(world: &World) -> bool {
    world.options.privileged_intents & intents::MESSAGE_CONTENT != 0
}

pub(super) fn get(world: &mut World, call: &Call) -> Outcome {
    let (channel, id) = (call.id("channel_id")?, call.id("message_id")?);
    world.demand(channel, world.application.bot, permissions::VIEW_CHANNEL)?;
    world.demand(channel, world.application.bot, permissions::READ_MESSAGE_HISTORY)?;
    if world.message(channel, id)?.private_to.is_some() {
        return Err(error::UNKNOWN_MESSAGE);
    }
    shown(world, channel, id)
}

/// Newest first, as Discord lists them; without the right to the history, nothing.
pub(super) fn list(world: &mut World, call: &Call) -> Outcome {
    let channel = call.id("channel_id")?;
    world.demand(channel, world.application.bot, permissions::VIEW_CHANNEL)?;
    let limit = call.limit(50, limits::MESSAGE_PAGE)?;
    if world.demand(channel, world.application.bot, permissions::READ_MESSAGE_HISTORY).is_err() {
        return Ok(Answer::json(&Value::Array(Vec::new())));
    }
    let (before, after, around) = (call.query_id("before"), call.query_id("after"), call.query_id("around"));
    let standing = |m: &&Message| m.channel == channel && !m.deleted && m.private_to.is_none();
    let mut found: Vec<&Message> = world.messages.values().filter(standing).collect();
    if let Some(after) = after {
        found.retain(|m| m.id > after);
        found.truncate(limit);
    } else if let Some(around) = around {
        let middle = found.partition_point(|m| m.id < around);
        found.drain(..middle.saturating_sub(limit / 2));
        found.truncate(limit);
    } else {
        found.retain(|m| before.is_none_or(|before| m.id < before));
        found.drain(..found.len().saturating_sub(limit));
    }
    let content = has_content_intent(world);
    let shown: Value = found.iter().rev().map(|m| world.show_message_to_bot(m, content)).collect();
    Ok(Answer::json(&shown))
}

pub(super) fn edit(world: &mut World, call: &Call) -> Outcome {
    let (channel, id) = (call.id("channel_id")?, call.id("message_id")?);
    world.demand(channel, world.application.bot, permissions::VIEW_CHANNEL)?;
    let mut message = world.message(channel, id)?.clone();
    if message.author != world.application.bot || message.webhook.is_some() || message.private_to.is_some() {
        return Err(error::NOT_THE_AUTHOR);
    }
    if world.channel(channel)?.archived {
        return Err(error::THREAD_ARCHIVED);
    }
    count_old_edit(world, &mut message)?;
    write::check(world, call, &call.body)?;
    message.remember(world.now_ms());
    write::fill(world, call, &mut message, &call.body)?;
    world.messages.insert(id, message);
    world.tell_edit(id);
    shown(world, channel, id)
}

/// A message older than an hour has a bounded number of edits.
fn count_old_edit(world: &mut World, message: &mut Message) -> Result<(), ApiError> {
    let now = world.now_ms();
    let is_within = |at: i64, span: Duration| u128::try_from(now - at).is_ok_and(|age| age < span.as_millis());
    if is_within(message.created_ms, limits::OLD_MESSAGE) {
        return Ok(());
    }
    message.old_edits.retain(|at| is_within(*at, limits::OLD_MESSAGE_EDIT_LIFE));
    if message.old_edits.len() >= limits::OLD_MESSAGE_EDITS {
        return Err(error::OLD_MESSAGE_EDITS);
    }
    message.old_edits.push(now);
    Ok(())
}

pub(super) fn delete(world: &mut World, call: &Call) -> Outcome {
    let (channel, id) = (call.id("channel_id")?, call.id("message_id")?);
    let bot = world.application.bot;
    world.demand(channel, bot, permissions::VIEW_CHANNEL)?;
    let message = world.message(channel, id)?;
    if message.author != bot || message.webhook.is_some() {
        world.demand(channel, bot, permissions::MANAGE_MESSAGES)?;
    }
    world.delete_message(id);
    Ok(Answer::nothing())
}

pub(super) fn attachment(world: &mut World, call: &Call) -> Outcome {
    let (channel, id) = (call.id("channel_id")?, call.id("attachment_id")?);
    let messages = world.messages.values().filter(|m| m.channel == channel && !m.deleted);
    let file = messages.flat_map(|m| &m.attachments).find(|a| a.id == id).map(|a| a.bytes.clone());
    match file {
        Some(bytes) => Ok(Answer::file(bytes)),
        None => {
            violation(world, call, "no such attachment");
            Err(error::NOT_FOUND)
        }
    }
}
