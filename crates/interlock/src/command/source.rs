//! The files of `commands/`, as written: read, checked, and made into [`Command`]s.

use super::catalogue::{Command, Kind, LOCALES, Localized, OptionSpec};
use super::duration;
use super::option_type::OptionType;
use crate::plan::{Effect, Scope};
use crate::policy::Access;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The longest description of a command or option that Discord takes, in characters.
pub const LONGEST_DESCRIPTION: usize = 100;
const LONGEST_NAME: usize = 32;
const MOST_OPTIONS: usize = 25;
const MOST_CHOICES: usize = 25;
const LONGEST_COMMAND: usize = 8_000;
const LONGEST_TEXT: usize = 400;

/// What is wrong with a file of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("commands/{file}.toml: {what}")]
pub struct CatalogueError {
    /// The file, without folder and ending.
    pub file: String,
    /// What is wrong, for whoever writes command files.
    pub what: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCommand {
    name: String,
    kind: Kind,
    role: Access,
    effect: Option<Effect>,
    scope: Option<Scope>,
    #[serde(default)]
    deletes: bool,
    replaces: Vec<String>,
    examples: Vec<String>,
    #[serde(default)]
    not_built_yet: BTreeSet<String>,
    description: BTreeMap<String, String>,
    #[serde(default, rename = "option")]
    options: Vec<RawOption>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOption {
    name: String,
    #[serde(rename = "type")]
    of_type: OptionType,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    infer: bool,
    needs: Option<String>,
    #[serde(default)]
    choices: Vec<String>,
    at_least: Option<String>,
    at_most: Option<String>,
    longest: Option<usize>,
    description: BTreeMap<String, String>,
}

/// Reads one file. `file` is its name without folder and ending.
pub(super) fn read(file: &str, text: &str) -> Result<Command, CatalogueError> {
    let wrong = |what: String| CatalogueError { file: file.to_owned(), what };
    let raw: RawCommand = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
    if raw.name != file {
        return Err(wrong(format!("the name is {:?}, the file says otherwise", raw.name)));
    }
    let command = command(raw).map_err(wrong)?;
    check(&command).map_err(wrong)?;
    Ok(command)
}

fn command(raw: RawCommand) -> Result<Command, String> {
    let options = raw.options.into_iter().map(option).collect::<Result<Vec<_>, String>>()?;
    let effect = match (raw.kind, raw.effect) {
        (Kind::Change, None) => return Err("a change needs an effect".to_owned()),
        (_, effect) => effect.unwrap_or(Effect::Safe),
    };
    if (raw.kind == Kind::Change) != raw.scope.is_some() {
        return Err("scope is for changes, and each needs one".to_owned());
    }
    if raw.kind == Kind::Look && effect != Effect::Safe {
        return Err("a look has no effect".to_owned());
    }
    Ok(Command {
        name: raw.name,
        kind: raw.kind,
        access: raw.role,
        effect,
        scope: raw.scope,
        deletes: raw.deletes,
        replaces: raw.replaces,
        examples: raw.examples,
        not_built_yet: raw.not_built_yet,
        description: localized(raw.description)?,
        options,
    })
}

fn option(raw: RawOption) -> Result<OptionSpec, String> {
    let name = raw.name;
    let wrong = |what: &str| format!("option {name:?}: {what}");
    let is = |of_type| raw.of_type == of_type;
    if is(OptionType::Choice) == raw.choices.is_empty() {
        return Err(wrong("choices are for the type choice, which needs some"));
    }
    if raw.infer && (!is(OptionType::Cluster) || raw.required) {
        return Err(wrong("infer is for clusters that are not required"));
    }
    let has_most = is(OptionType::Duration) || is(OptionType::Deadline);
    if (raw.at_least.is_some() && !is(OptionType::Duration)) || (raw.at_most.is_some() && !has_most) {
        return Err(wrong("at_least is for durations, at_most for durations and deadlines"));
    }
    if raw.longest.is_some() && !is(OptionType::Text) || raw.longest.is_some_and(|longest| longest > LONGEST_TEXT) {
        return Err(wrong("longest is for texts, and 400 at most"));
    }
    let span = |text: Option<String>| -> Result<Option<Duration>, String> {
        text.map(|text| duration::parse(&text).map_err(|_| wrong("not a duration"))).transpose()
    };
    Ok(OptionSpec {
        of_type: raw.of_type,
        required: raw.required,
        infer: raw.infer,
        needs: raw.needs,
        choices: raw.choices,
        at_least: span(raw.at_least)?,
        at_most: span(raw.at_most)?,
        longest: raw.longest.unwrap_or(LONGEST_TEXT),
        description: localized(raw.description).map_err(|what| wrong(&what))?,
        name,
    })
}

fn localized(texts: BTreeMap<String, String>) -> Result<Localized, String> {
    let languages: Vec<&str> = texts.keys().map(String::as_str).collect();
    if languages != LOCALES {
        return Err(format!("described in {languages:?}, wanted is {LOCALES:?}"));
    }
    match texts.iter().find(|(_, text)| text.is_empty() || text.chars().count() > LONGEST_DESCRIPTION) {
        Some((language, _)) => {
            Err(format!("the {language} description is empty or over {LONGEST_DESCRIPTION} characters"))
        }
        None => Ok(Localized(texts)),
    }
}

/// What holds for a command as a whole. Discord's limits are kept here, so that no file can be written that it refuses.
fn check(command: &Command) -> Result<(), String> {
    let names: BTreeSet<&str> = command.options.iter().map(|option| option.name.as_str()).collect();
    if names.len() != command.options.len() || command.options.len() > MOST_OPTIONS {
        return Err("an option stands twice, or there are more than 25".to_owned());
    }
    for name in names.iter().copied().chain([command.name.as_str()]) {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(plain) {
            return Err(format!("{name:?} is no name: 1 to 32 of a-z, 0-9 and -"));
        }
    }
    if command.options.iter().skip_while(|option| option.required).any(|option| option.required) {
        return Err("required options come first".to_owned());
    }
    if command.examples.is_empty() || command.replaces.is_empty() {
        return Err("at least one example and one thing it replaces".to_owned());
    }
    if let Some(both) = command.not_built_yet.iter().find(|name| names.contains(name.as_str())) {
        return Err(format!("{both:?} is an option and not built yet"));
    }
    for option in &command.options {
        check_option(option, &names)?;
    }
    if characters(command) > LONGEST_COMMAND {
        return Err("more than 8,000 characters in all".to_owned());
    }
    Ok(())
}

fn check_option(option: &OptionSpec, names: &BTreeSet<&str>) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("option {:?}: {what}", option.name));
    if option.needs.as_deref().is_some_and(|needed| needed == option.name || !names.contains(needed)) {
        return wrong("needs an option that is not there");
    }
    let distinct: BTreeSet<&String> = option.choices.iter().collect();
    let fit = option.choices.iter().all(|choice| (1..=100).contains(&choice.chars().count()));
    if distinct.len() != option.choices.len() || distinct.len() > MOST_CHOICES || !fit {
        return wrong("a choice stands twice, is empty or too long, or there are more than 25");
    }
    Ok(())
}

/// What Discord counts: names, descriptions and choices, of each the longest translation.
fn characters(command: &Command) -> usize {
    let longest = |texts: &Localized| texts.0.values().map(|text| text.chars().count()).max().unwrap_or(0);
    let of_option = |option: &OptionSpec| {
        let choices: usize = option.choices.iter().map(|choice| 2 * choice.chars().count()).sum();
        option.name.len() + longest(&option.description) + choices
    };
    command.name.len() + longest(&command.description) + command.options.iter().map(of_option).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
name = "look-here"
kind = "look"
role = "viewer"
replaces = ["looking there"]
examples = ["/look-here"]
description.en-US = "Look"
description.zh-CN = "看"
[[option]]
name = "show"
type = "choice"
choices = ["a", "b"]
description.en-US = "Which"
description.zh-CN = "哪个"
"#;

    fn wrong(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from), "{from}");
        read("look-here", &GOOD.replace(from, to)).unwrap_err().what
    }

    #[test]
    fn a_good_file_reads() {
        let command = read("look-here", GOOD).unwrap();
        assert_eq!(command.options[0].choices, ["a", "b"]);
        assert_eq!(command.description.get("zh-CN"), "看");
    }

    #[test]
    fn each_error_is_named() {
        for (from, to, says) in [
            ("kind = \"look\"", "kind = \"look\"\nroles = 3", "unknown field `roles`"),
            ("kind = \"look\"", "kind = \"glance\"", "unknown variant `glance`"),
            ("role = \"viewer\"", "role = \"root\"", "role"),
            ("kind = \"look\"", "kind = \"change\"", "needs an effect"),
            ("kind = \"look\"", "kind = \"look\"\nscope = \"topic\"", "scope is for changes"),
            ("kind = \"look\"", "kind = \"look\"\neffect = \"reversible\"", "no effect"),
            ("examples = [\"/look-here\"]", "examples = []", "at least one example"),
            ("description.zh-CN = \"看\"", "", "described in [\"en-US\"]"),
            ("description.zh-CN = \"看\"", "description.zh-CN = \"\"", "is empty or over"),
            ("name = \"look-here\"", "name = \"other\"", "the file says otherwise"),
            ("choices = [\"a\", \"b\"]", "", "needs some"),
            ("choices = [\"a\", \"b\"]", "choices = [\"a\", \"a\"]", "stands twice"),
            ("choices = [\"a\", \"b\"]", "choices = [\"a\"]\nneeds = \"what\"", "not there"),
            ("choices = [\"a\", \"b\"]", "choices = [\"a\"]\ninfer = true", "infer is for clusters"),
            ("choices = [\"a\", \"b\"]", "choices = [\"a\"]\nat_most = \"1h\"", "for durations"),
            ("choices = [\"a\", \"b\"]", "choices = [\"a\"]\nlongest = 5", "for texts"),
            ("name = \"show\"", "name = \"Show\"", "is no name"),
            ("examples = [", "not_built_yet = [\"show\"]\nexamples = [", "not built yet"),
        ] {
            let what = wrong(from, to);
            assert!(what.contains(says), "{to}: {what}");
        }
    }

    #[test]
    fn required_options_come_first() {
        let second = "[[option]]\nname = \"topic\"\ntype = \"topic\"\nrequired = true\ndescription.en-US = \"a\"\ndescription.zh-CN = \"b\"\n";
        let error = read("look-here", &format!("{GOOD}{second}")).unwrap_err();
        assert_eq!(error.what, "required options come first");
    }
}
