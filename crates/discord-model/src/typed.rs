//! A command line as a person types it, turned into what a client sends.
//!
//! `/reset-offset group:billing topic:orders reason:"two words: quoted"`; sub-commands are bare words after the name.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::id::Id;
use crate::limits;
use crate::world::World;
use crate::world::command::Command;

/// A line taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) name: String,
    words: Vec<Word>,
}

#[derive(Debug, PartialEq, Eq)]
struct Word {
    text: String,
    /// Stood in quotes: never the start of an option.
    quoted: bool,
}

/// Takes a line apart.
pub(crate) fn parse(line: &str) -> Result<Line, String> {
    let line = line.strip_prefix('/').ok_or_else(|| format!("{line:?} does not start with a slash"))?;
    let mut words = words(line);
    if words.is_empty() {
        return Err("no command".to_owned());
    }
    let name = words.remove(0).text;
    Ok(Line { name, words })
}

/// Splits at spaces outside of quotes. `name:"a b"` is one word whose value is quoted.
fn words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let (mut text, mut inside, mut starts_quoted) = (String::new(), false, false);
    for c in line.chars() {
        match c {
            '"' => {
                starts_quoted |= text.is_empty() && !inside;
                inside = !inside;
            }
            ' ' if !inside => {
                if !text.is_empty() || starts_quoted {
                    words.push(Word { text: std::mem::take(&mut text), quoted: starts_quoted });
                }
                starts_quoted = false;
            }
            c => text.push(c),
        }
    }
    if !text.is_empty() || starts_quoted {
        words.push(Word { text, quoted: starts_quoted });
    }
    words
}

/// The data of an interaction.
pub(crate) struct Filled {
    pub(crate) options: Vec<Value>,
    pub(crate) resolved: Value,
}

/// Fills a registered command's options from a line.
pub(crate) fn fill(world: &World, guild: Option<Id>, command: &Command, line: &Line) -> Result<Filled, String> {
    let mut filling = Filling { world, guild, resolved: Map::new() };
    let options = filling.level(command.options(), &line.words, true)?;
    Ok(Filled { options, resolved: Value::Object(filling.resolved) })
}

/// Like [`fill`], while still typing: nothing need be complete, and `focused` is what is typed into one option.
pub(crate) fn fill_partly(
    world: &World,
    guild: Option<Id>,
    command: &Command,
    line: &Line,
    focused: (&str, &str),
) -> Result<Filled, String> {
    let mut filling = Filling { world, guild, resolved: Map::new() };
    let options = filling.level(command.options(), &line.words, false)?;
    let options = focus(command.options(), options, focused)?;
    Ok(Filled { options, resolved: Value::Object(filling.resolved) })
}

/// Adds the focused option at the level of the chosen sub-command.
fn focus(definitions: &[Value], mut options: Vec<Value>, focused: (&str, &str)) -> Result<Vec<Value>, String> {
    if let Some(chosen) = options.first_mut().filter(|o| is_sub(o)) {
        let definition = definitions.iter().find(|d| d["name"] == chosen["name"]);
        let inner = chosen["options"].as_array().cloned().unwrap_or_default();
        let below = definition.map_or(&[][..], |d| list(d, "options"));
        chosen["options"] = Value::Array(focus(below, inner, focused)?);
        return Ok(options);
    }
    let (name, typed) = focused;
    let definition = definitions.iter().find(|d| d["name"] == name).ok_or_else(|| format!("no option {name:?}"))?;
    if definition["autocomplete"] != true {
        return Err(format!("the option {name:?} does not complete"));
    }
    options.retain(|o| o["name"] != name);
    options.push(json!({"name": name, "type": definition["type"], "value": typed, "focused": true}));
    Ok(options)
}

fn is_sub(option: &Value) -> bool {
    matches!(option["type"].as_u64(), Some(1 | 2))
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

struct Filling<'a> {
    world: &'a World,
    guild: Option<Id>,
    resolved: Map<String, Value>,
}

impl Filling<'_> {
    /// One level of options: a sub-command with its own level, or values.
    fn level(&mut self, definitions: &[Value], words: &[Word], complete: bool) -> Result<Vec<Value>, String> {
        if definitions.iter().any(is_sub) {
            let (first, rest) = words.split_first().ok_or("a sub-command is missing")?;
            let definition = definitions.iter().find(|d| is_sub(d) && d["name"] == first.text.as_str());
            let definition = definition.ok_or_else(|| format!("no sub-command {:?}", first.text))?;
            let options = self.level(list(definition, "options"), rest, complete)?;
            return Ok(vec![json!({"name": first.text, "type": definition["type"], "options": options})]);
        }
        let typed = values(definitions, words)?;
        let missing = |d: &&Value| d["required"] == true && !typed.contains_key(d["name"].as_str().unwrap_or_default());
        if let Some(missing) = definitions.iter().find(missing).filter(|_| complete) {
            return Err(format!("the option {} is required", missing["name"]));
        }
        let mut options = Vec::new();
        for definition in definitions {
            let name = definition["name"].as_str().unwrap_or_default();
            if let Some(text) = typed.get(name) {
                let value = self.value(definition, text).map_err(|why| format!("{name}: {why}"))?;
                options.push(json!({"name": name, "type": definition["type"], "value": value}));
            }
        }
        Ok(options)
    }

    /// The value a client sends for a typed text.
    fn value(&mut self, definition: &Value, text: &str) -> Result<Value, String> {
        if !list(definition, "choices").is_empty() {
            let chosen = list(definition, "choices").iter().find(|c| c["name"] == text);
            return chosen.map(|c| c["value"].clone()).ok_or_else(|| format!("{text:?} is none of the choices"));
        }
        match definition["type"].as_u64() {
            Some(3) => string(definition, text),
            Some(4) => integer(definition, text),
            Some(5) => text.to_lowercase().parse::<bool>().map(Value::Bool).map_err(|e| e.to_string()),
            Some(6) => self.user(text),
            Some(7) => self.channel(text),
            Some(8) => self.role(text),
            Some(9) => self.user(text).or_else(|_| self.role(text)),
            Some(10) => text.parse::<f64>().map(Value::from).map_err(|e| e.to_string()),
            kind => Err(format!("the model cannot type an option of type {kind:?}")),
        }
    }

    fn resolve(&mut self, group: &str, id: Id, shown: Value) {
        let group = self.resolved.entry(group).or_insert_with(|| json!({}));
        group[id.to_string()] = shown;
    }

    fn user(&mut self, text: &str) -> Result<Value, String> {
        let name = text.trim_start_matches('@');
        let found = self.world.accounts.values().find(|a| a.name == name || a.id.to_string() == name);
        let account = found.ok_or_else(|| format!("nobody is called {text:?}"))?;
        let (id, shown) = (account.id, account.show());
        self.resolve("users", id, shown);
        if let Some(guild) = self.guild {
            self.resolve("members", id, self.world.show_partial_member(guild, id));
        }
        Ok(json!(id))
    }

    fn channel(&mut self, text: &str) -> Result<Value, String> {
        let name = text.trim_start_matches('#');
        let here = self.world.channels.values().filter(|c| c.guild == self.guild && !c.deleted);
        let found = here.into_iter().find(|c| c.name == name).ok_or_else(|| format!("no channel {text:?}"))?;
        let mut shown = self.world.show_channel(found);
        shown["permissions"] = json!("0");
        let id = found.id;
        self.resolve("channels", id, shown);
        Ok(json!(id))
    }

    fn role(&mut self, text: &str) -> Result<Value, String> {
        let name = text.trim_start_matches('@');
        let roles = self.guild.and_then(|g| self.world.guilds.get(&g)).map(|g| &g.roles);
        let found =
            roles.and_then(|r| r.values().find(|r| r.name == name)).ok_or_else(|| format!("no role {text:?}"))?;
        let (id, shown) = (found.id, found.show());
        self.resolve("roles", id, shown);
        Ok(json!(id))
    }
}

/// Option → typed text. A word `name:…` starts an option; further words belong to its value.
fn values(definitions: &[Value], words: &[Word]) -> Result<BTreeMap<String, String>, String> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    let mut current: Option<String> = None;
    for word in words {
        let start = word.text.split_once(':').filter(|_| !word.quoted);
        match (start, &current) {
            (Some((name, text)), _) if definitions.iter().any(|d| d["name"] == name) => {
                if values.insert(name.to_owned(), text.to_owned()).is_some() {
                    return Err(format!("the option {name:?} stands twice"));
                }
                current = Some(name.to_owned());
            }
            (Some((name, rest)), _) if is_option_like(name) && !rest.starts_with("//") => {
                return Err(format!("no option {name:?}; quote a value that contains a colon"));
            }
            (_, Some(name)) => {
                let value = values.entry(name.clone()).or_default();
                value.push(' ');
                value.push_str(&word.text);
            }
            (_, None) => return Err(format!("{:?} belongs to no option", word.text)),
        }
    }
    Ok(values)
}

fn is_option_like(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'))
}

fn string(definition: &Value, text: &str) -> Result<Value, String> {
    let length = text.chars().count();
    let bound =
        |key: &str, default: usize| definition[key].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or(default);
    let (min, max) = (bound("min_length", 0), bound("max_length", limits::OPTION_VALUE));
    if (min..=max).contains(&length) { Ok(json!(text)) } else { Err(format!("{length} characters do not fit")) }
}

fn integer(definition: &Value, text: &str) -> Result<Value, String> {
    let number: i64 = text.parse().map_err(|_| format!("{text:?} is no whole number"))?;
    let min = definition["min_value"].as_i64().unwrap_or(-limits::INTEGER);
    let max = definition["max_value"].as_i64().unwrap_or(limits::INTEGER);
    if (min..=max).contains(&number) { Ok(json!(number)) } else { Err(format!("{number} is out of {min}..={max}")) }
}

#[cfg(test)]
mod tests {

    use super::*;

    fn definitions() -> Vec<Value> {
        let option = |name: &str| json!({"type": 3, "name": name, "description": "d"});
        vec![option("group"), option("to"), option("reason")]
    }

    fn typed(line: &str) -> Result<BTreeMap<String, String>, String> {
        values(&definitions(), &parse(line)?.words)
    }

    #[test]
    fn options_are_split_and_values_may_have_spaces_and_colons() {
        let values = typed("/reset group:billing to:offset:5 reason:see https://x.org now").unwrap();
        assert_eq!(values["group"], "billing");
        assert_eq!(values["to"], "offset:5");
        assert_eq!(values["reason"], "see https://x.org now");
    }

    #[test]
    fn an_unknown_option_is_refused_unless_quoted() {
        assert!(typed("/reset group:a topc:b").unwrap_err().contains("topc"));
        assert_eq!(typed(r#"/reset reason:"a topc:b""#).unwrap()["reason"], "a topc:b");
        assert!(typed("/reset group:a group:b").is_err());
        assert!(typed("reset group:a").is_err());
    }

    #[test]
    fn an_empty_quoted_value_is_a_value() {
        assert_eq!(typed(r#"/reset reason:"""#).unwrap()["reason"], "");
    }
}
