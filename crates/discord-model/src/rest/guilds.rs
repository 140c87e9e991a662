//! Guilds, roles, members: what a bot may look up.

use serde_json::Value;

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use crate::error::{self, ApiError};
use crate::gateway::intents;
use crate::id::Id;
use crate::limits;
use crate::world::World;
use crate::world::channel::Kind;
use crate::world::guild::Role;

/// The guild, if the bot is in it; otherwise Discord says no access.
fn mine(world: &World, call: &Call) -> Result<Id, ApiError> {
    let id = call.id("guild_id")?;
    let guild = world.guild(id)?;
    guild.member(world.application.bot).map_err(|_| error::MISSING_ACCESS)?;
    Ok(id)
}

pub(super) fn guild(world: &mut World, call: &Call) -> Outcome {
    let id = mine(world, call)?;
    Ok(Answer::json(&world.show_guild(id)))
}

pub(super) fn channels(world: &mut World, call: &Call) -> Outcome {
    let id = mine(world, call)?;
    let here = world.channels.values().filter(|c| c.guild == Some(id) && !c.deleted && c.kind != Kind::Thread);
    let shown: Value = here.map(|c| world.show_channel(c)).collect();
    Ok(Answer::json(&shown))
}

pub(super) fn roles(world: &mut World, call: &Call) -> Outcome {
    let guild = world.guild(mine(world, call)?)?;
    let shown: Value = guild.roles.values().map(Role::show).collect();
    Ok(Answer::json(&shown))
}

pub(super) fn member(world: &mut World, call: &Call) -> Outcome {
    let (guild, user) = (mine(world, call)?, call.id("user_id")?);
    world.account(user)?;
    world.guild(guild)?.member(user)?;
    Ok(Answer::json(&world.show_member(guild, user)))
}

/// The whole list is guarded by the members intent.
pub(super) fn members(world: &mut World, call: &Call) -> Outcome {
    let id = mine(world, call)?;
    if world.options.privileged_intents & intents::GUILD_MEMBERS == 0 {
        return Err(error::MISSING_ACCESS);
    }
    let limit = call.limit(1, limits::MEMBER_PAGE)?;
    let after = call.query_id("after").unwrap_or(Id::new(0));
    let members = world.guild(id)?.members.keys().filter(|u| **u > after).take(limit);
    let shown: Value = members.map(|u| world.show_member(id, *u)).collect();
    Ok(Answer::json(&shown))
}
