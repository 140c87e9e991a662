//! Reactions.

use serde_json::Value;

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use crate::error::{self, ApiError};
use crate::id::Id;
use crate::limits;
use crate::permissions;
use crate::world::World;
use crate::world::message::{Reacting, Reaction, same_emoji};

/// The reactions of one emoji that stand.
fn standing<'a>(world: &'a World, message: Id, emoji: &str) -> Option<&'a Reaction> {
    world.messages.get(&message)?.reactions.iter().find(|r| same_emoji(&r.emoji, emoji))
}

/// An emoji Discord knows: a custom one as `name:id`, else no plain letters.
fn emoji(call: &Call) -> Result<&str, ApiError> {
    let emoji = call.parameter("emoji_name");
    let custom = emoji.split_once(':').is_some_and(|(_, id)| id.parse::<Id>().is_ok());
    let unicode = !emoji.is_empty() && !emoji.is_ascii() && emoji.chars().count() <= 16;
    if custom || unicode { Ok(emoji) } else { Err(error::UNKNOWN_EMOJI) }
}

/// A message that can be reacted to; nobody can in an archived thread.
fn open_message(world: &World, call: &Call) -> Result<(Id, Id), ApiError> {
    let (channel, message) = (call.id("channel_id")?, call.id("message_id")?);
    world.demand(channel, world.application.bot, permissions::VIEW_CHANNEL)?;
    world.message(channel, message)?;
    if world.channel(channel)?.archived {
        return Err(error::THREAD_ARCHIVED);
    }
    Ok((channel, message))
}

pub(super) fn add(world: &mut World, call: &Call) -> Outcome {
    let emoji = emoji(call)?;
    let (channel, message) = open_message(world, call)?;
    let user = world.application.bot;
    world.demand(channel, user, permissions::READ_MESSAGE_HISTORY)?;
    if standing(world, message, emoji).is_none() {
        world.demand(channel, user, permissions::ADD_REACTIONS)?;
        if world.message(channel, message)?.reactions.len() >= limits::REACTION_KINDS {
            return Err(error::TOO_MANY_REACTIONS);
        }
    }
    world.react(&Reacting { message, user, emoji, burst: false });
    Ok(Answer::nothing())
}

pub(super) fn remove_own(world: &mut World, call: &Call) -> Outcome {
    let emoji = emoji(call)?;
    let (_, message) = open_message(world, call)?;
    let user = world.application.bot;
    world.unreact(&Reacting { message, user, emoji, burst: false });
    Ok(Answer::nothing())
}

pub(super) fn remove(world: &mut World, call: &Call) -> Outcome {
    let emoji = emoji(call)?;
    let (channel, message) = open_message(world, call)?;
    world.demand(channel, world.application.bot, permissions::MANAGE_MESSAGES)?;
    let user = call.id("user_id")?;
    world.unreact(&Reacting { message, user, emoji, burst: false });
    Ok(Answer::nothing())
}

pub(super) fn clear(world: &mut World, call: &Call) -> Outcome {
    let (channel, message) = open_message(world, call)?;
    world.demand(channel, world.application.bot, permissions::MANAGE_MESSAGES)?;
    let one = call.parameters.get("emoji_name").map(String::as_str);
    world.clear_reactions(message, one);
    Ok(Answer::nothing())
}

/// Who reacted: by id, one page, normal or super reactions.
pub(super) fn list(world: &mut World, call: &Call) -> Outcome {
    let emoji = emoji(call)?;
    let (channel, message) = (call.id("channel_id")?, call.id("message_id")?);
    world.demand(channel, world.application.bot, permissions::VIEW_CHANNEL)?;
    world.demand(channel, world.application.bot, permissions::READ_MESSAGE_HISTORY)?;
    world.message(channel, message)?;
    let limit = call.limit(25, limits::REACTION_PAGE)?;
    let after = call.query_id("after").unwrap_or(Id::new(0));
    let burst = call.query.get("type").is_some_and(|t| t == "1");
    let reaction = standing(world, message, emoji);
    let mut users = reaction.map_or_else(Vec::new, |r| if burst { r.burst.clone() } else { r.normal.clone() });
    users.sort_unstable();
    let page = users.into_iter().filter(|u| *u > after).take(limit);
    let shown: Value = page.map(|u| world.show_user(u)).collect();
    Ok(Answer::json(&shown))
}
