//! Registration of commands.

use serde_json::Value;

use super::answer::Answer;
use super::call::Call;
use super::{Outcome, refuse_form};
use crate::error::{self, ApiError};
use crate::id::Id;
use crate::limits;
use crate::rules;
use crate::world::World;

/// The scope asked for: a guild the bot is in, or everywhere.
fn scope(world: &World, call: &Call) -> Result<Option<Id>, ApiError> {
    if call.id("application_id")? != world.application.id {
        return Err(error::UNKNOWN_APPLICATION);
    }
    if !call.parameters.contains_key("guild_id") {
        return Ok(None);
    }
    let guild = call.id("guild_id")?;
    let home = world.guilds.get(&guild).ok_or(error::MISSING_ACCESS)?;
    home.member(world.application.bot).map_err(|_| error::MISSING_ACCESS)?;
    Ok(Some(guild))
}

pub(super) fn list(world: &mut World, call: &Call) -> Outcome {
    let scope = scope(world, call)?;
    let mut commands = shown(world, scope);
    if call.query.get("with_localizations").is_none_or(|v| v != "true") {
        drop_localizations(&mut commands);
    }
    Ok(Answer::json(&commands))
}

/// Localizations are listed only for who asks for them.
fn drop_localizations(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(drop_localizations),
        Value::Object(map) => {
            map.retain(|key, _| !key.ends_with("_localizations"));
            map.values_mut().for_each(drop_localizations);
        }
        _ => {}
    }
}

fn shown(world: &World, scope: Option<Id>) -> Value {
    world.commands.get(&scope).into_iter().flatten().map(|c| world.show_command(scope, c)).collect()
}

pub(super) fn overwrite(world: &mut World, call: &Call) -> Outcome {
    let scope = scope(world, call)?;
    let definitions = call.body.as_array().map_or(&[][..], Vec::as_slice);
    refuse_form(world, call, rules::commands::faults(definitions))?;
    let created_before = world.creations.get(&scope).copied().unwrap_or(0);
    if created_before + world.count_new_commands(scope, definitions) > limits::COMMAND_CREATIONS_PER_DAY {
        return Err(error::TOO_MANY_CREATIONS);
    }
    let created = world.overwrite_commands(scope, definitions);
    world.creations.insert(scope, created_before + created);
    Ok(Answer::json(&shown(world, scope)))
}
