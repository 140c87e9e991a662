//! Rules for command definitions.

use std::collections::HashSet;

use serde_json::Value;

use super::{length, list};
use crate::error::FormFault;
use crate::limits;
use crate::world::command::{CHAT_INPUT, MESSAGE};

const USER: u64 = 2;

/// Faults of a whole set of definitions (a bulk overwrite).
pub(crate) fn faults(definitions: &[Value]) -> Vec<FormFault> {
    let mut faults = Vec::new();
    let mut names = HashSet::new();
    for (i, definition) in definitions.iter().enumerate() {
        let at = format!("/{i}");
        let kind = kind_of(definition);
        if !names.insert((kind, definition["name"].as_str().unwrap_or_default())) {
            let message = "Application command names must be unique";
            faults.push(FormFault::new(at.as_str(), "APPLICATION_COMMANDS_DUPLICATE_NAME", message));
        }
        definition_faults(&at, definition, &mut faults);
    }
    let most =
        [(CHAT_INPUT, limits::CHAT_COMMANDS), (USER, limits::CONTEXT_COMMANDS), (MESSAGE, limits::CONTEXT_COMMANDS)];
    for (kind, limit) in most {
        if definitions.iter().filter(|d| kind_of(d) == kind).count() > limit {
            faults.push(FormFault::new(
                "",
                "BASE_TYPE_MAX_LENGTH",
                format!("more than {limit} commands of type {kind}"),
            ));
        }
    }
    faults
}

fn kind_of(definition: &Value) -> u64 {
    definition["type"].as_u64().unwrap_or(CHAT_INPUT)
}

fn definition_faults(at: &str, definition: &Value, faults: &mut Vec<FormFault>) {
    if total(definition) > limits::COMMAND_TOTAL {
        let message = "Command exceeds maximum size (8000)";
        faults.push(FormFault::new(at, "APPLICATION_COMMAND_TOO_LARGE", message));
    }
    if kind_of(definition) != CHAT_INPUT {
        if length(definition, "description") > 0 {
            let message = "Context menu commands cannot have description";
            faults.push(FormFault::new(at, "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_NOT_ALLOWED", message));
        }
        return;
    }
    named_faults(at, definition, faults);
    options_faults(at, list(definition, "options"), faults);
}

/// Name and description, with their localizations, of a command or option.
fn named_faults(at: &str, named: &Value, faults: &mut Vec<FormFault>) {
    let names = std::iter::once(&named["name"]).chain(localized(named, "name_localizations"));
    for name in names {
        if !is_name(name.as_str().unwrap_or_default()) {
            let message = format!("{name} does not match Discord's pattern for names");
            faults.push(FormFault::new(format!("{at}/name"), "STRING_TYPE_REGEX", message));
        }
    }
    let texts = std::iter::once(&named["description"]).chain(localized(named, "description_localizations"));
    for text in texts {
        let n = text.as_str().map_or(0, |t| t.chars().count());
        if n == 0 || n > limits::COMMAND_DESCRIPTION {
            let message = "Must be between 1 and 100 in length.";
            faults.push(FormFault::new(format!("{at}/description"), "BASE_TYPE_BAD_LENGTH", message));
        }
    }
}

fn localized<'a>(named: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    named[key].as_object().into_iter().flat_map(|map| map.values())
}

/// 1–32 letters (lower case where there is a case), digits, `-`, `_` or `'`.
fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() && c.to_lowercase().eq([c]) || matches!(c, '-' | '_' | '\'');
    (1..=limits::COMMAND_NAME).contains(&name.chars().count()) && name.chars().all(fits)
}

fn options_faults(at: &str, options: &[Value], faults: &mut Vec<FormFault>) {
    if options.len() > limits::COMMAND_OPTIONS {
        faults.push(FormFault::too_long(format!("{at}/options"), limits::COMMAND_OPTIONS));
    }
    let mut names = HashSet::new();
    let mut optional = false;
    for (i, option) in options.iter().enumerate() {
        let at = format!("{at}/options/{i}");
        let required = option["required"] == true;
        if required && optional {
            let message = "Required options must be placed before non-required options";
            faults.push(FormFault::new(at.as_str(), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message));
        }
        optional |= !required;
        if !names.insert(option["name"].as_str().unwrap_or_default()) {
            let message = "Option names must be unique";
            faults.push(FormFault::new(at.as_str(), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", message));
        }
        if option["autocomplete"] == true && !list(option, "choices").is_empty() {
            let message = "An option completes or has choices, not both";
            faults.push(FormFault::new(at.as_str(), "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", message));
        }
        named_faults(&at, option, faults);
        options_faults(&at, list(option, "options"), faults);
    }
}

/// Characters of names, descriptions and choice values: the longest localization of each counts.
fn total(named: &Value) -> usize {
    let longest = |key: &str, localizations: &str| {
        let localized = localized(named, localizations).filter_map(Value::as_str).map(|t| t.chars().count());
        localized.chain([length(named, key)]).max().unwrap_or(0)
    };
    let own = longest("name", "name_localizations") + longest("description", "description_localizations");
    let choices: usize = list(named, "choices").iter().map(|c| total(c) + length(c, "value")).sum();
    own + choices + list(named, "options").iter().map(total).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn codes(definitions: &[Value]) -> Vec<String> {
        faults(definitions).into_iter().map(|f| f.code).collect()
    }

    #[test]
    fn names_are_lower_case_words() {
        assert!(is_name("reset-offset") && is_name("重置") && is_name("a_b'c"));
        assert!(!is_name("Reset") && !is_name("reset offset") && !is_name("") && !is_name(&"x".repeat(33)));
    }

    #[test]
    fn required_options_come_first() {
        let option =
            |name: &str, required: bool| json!({"type": 3, "name": name, "description": "d", "required": required});
        let command = |options: Value| json!({"name": "n", "description": "d", "options": options});
        assert!(codes(&[command(json!([option("a", true), option("b", false)]))]).is_empty());
        let wrong = codes(&[command(json!([option("a", false), option("b", true)]))]);
        assert_eq!(wrong, ["APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"]);
    }

    #[test]
    fn a_command_has_8000_characters_over_all_its_texts() {
        let option = |i: usize| {
            let choice = |c: usize| json!({"name": format!("{c:0>90}"), "value": "v".repeat(100)});
            json!({"type": 3, "name": format!("o{i}"), "description": "d", "choices": (0..20).map(choice).collect::<Vec<_>>()})
        };
        let command =
            |n: usize| json!({"name": "n", "description": "d", "options": (0..n).map(option).collect::<Vec<_>>()});
        assert!(codes(&[command(2)]).is_empty());
        assert_eq!(codes(&[command(3)]), ["APPLICATION_COMMAND_TOO_LARGE"]);
    }
}
