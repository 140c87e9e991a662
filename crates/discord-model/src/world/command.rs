//! Registered slash commands and message commands.

use serde_json::{Value, json};

use super::World;
use crate::id::Id;

/// Kind number of a slash command.
pub(crate) const CHAT_INPUT: u64 = 1;
/// Kind number of a command on a message.
pub(crate) const MESSAGE: u64 = 3;

/// A registered command: its definition as sent, plus what Discord adds.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) id: Id,
    pub(crate) version: Id,
    pub(crate) kind: u64,
    pub(crate) name: String,
    pub(crate) definition: Value,
}

impl Command {
    /// Whether its contexts let it be used in a guild (0), or in direct messages with the bot (1).
    pub(crate) fn is_shown_in(&self, guild: Option<Id>) -> bool {
        let wanted = u64::from(guild.is_none());
        let contexts = self.definition["contexts"].as_array();
        contexts.is_none_or(|list| list.iter().any(|c| c.as_u64() == Some(wanted)))
    }

    /// The options of the definition.
    pub(crate) fn options(&self) -> &[Value] {
        self.definition["options"].as_array().map_or(&[], Vec::as_slice)
    }
}

impl World {
    /// How many of these definitions would be new in the scope.
    pub(crate) fn count_new_commands(&self, guild: Option<Id>, definitions: &[Value]) -> usize {
        let known = self.commands.get(&guild).map_or(&[][..], Vec::as_slice);
        let is_new = |definition: &&Value| {
            let kind = definition["type"].as_u64().unwrap_or(CHAT_INPUT);
            !known.iter().any(|c| c.kind == kind && definition["name"] == c.name.as_str())
        };
        definitions.iter().filter(is_new).count()
    }

    /// Replaces all commands of a scope. A command that keeps its name and kind keeps its id; how many are new is
    /// returned, since those count against the day's creations.
    pub(crate) fn overwrite_commands(&mut self, guild: Option<Id>, definitions: &[Value]) -> usize {
        let before = self.commands.remove(&guild).unwrap_or_default();
        let mut created = 0;
        let mut after = Vec::with_capacity(definitions.len());
        for definition in definitions {
            let kind = definition["type"].as_u64().unwrap_or(CHAT_INPUT);
            let name = definition["name"].as_str().unwrap_or_default().to_owned();
            let known = before.iter().find(|c| c.kind == kind && c.name == name);
            created += usize::from(known.is_none());
            let id = known.map_or_else(|| self.next_id(), |c| c.id);
            let same = known.filter(|c| c.definition == *definition);
            let version = same.map_or_else(|| self.next_id(), |c| c.version);
            after.push(Command { id, version, kind, name, definition: definition.clone() });
        }
        self.commands.insert(guild, after);
        created
    }

    /// The command of this kind and name that a guild shows: its own first, then global.
    pub(crate) fn find_command(&self, guild: Option<Id>, kind: u64, name: &str) -> Option<&Command> {
        let scopes = [guild.map(Some), Some(None)];
        let commands = scopes.into_iter().flatten().filter_map(|scope| self.commands.get(&scope)).flatten();
        commands.into_iter().find(|c| c.kind == kind && c.name == name)
    }

    /// The command object.
    pub(crate) fn show_command(&self, guild: Option<Id>, command: &Command) -> Value {
        let mut shown = command.definition.clone();
        shown["id"] = json!(command.id);
        shown["application_id"] = json!(self.application.id);
        shown["version"] = json!(command.version);
        shown["type"] = json!(command.kind);
        if let Some(guild) = guild {
            shown["guild_id"] = json!(guild);
        }
        if shown["description"].is_null() {
            shown["description"] = json!("");
        }
        shown
    }
}
