//! Help, as data: generated from the catalogue, written out in `text`.

use super::catalogue::{Catalogue, Command, Kind, Localized, OptionSpec};
use super::option_type::OptionType;
use crate::plan::{Effect, Mistake, Scope};
use crate::policy::Access;
use serde::{Deserialize, Serialize};

/// What `/help` gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Help {
    /// All commands.
    All(Vec<HelpLine>),
    /// One command.
    Command(Box<HelpPage>),
}

/// A command in the list of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpLine {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// What it is for.
    pub description: Localized,
}

/// A command, explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpPage {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Who may use it.
    pub access: Access,
    /// What it does to the world, at least.
    pub effect: Effect,
    /// How much of a cluster it concerns; changes only.
    pub scope: Option<Scope>,
    /// How it is used.
    pub usage: String,
    /// What it is for.
    pub description: Localized,
    /// Its options.
    pub options: Vec<HelpOption>,
    /// What it replaces.
    pub replaces: Vec<String>,
    /// Whole command lines.
    pub examples: Vec<String>,
}

/// An option, explained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HelpOption {
    /// Its name.
    pub name: String,
    /// Its type.
    pub of_type: OptionType,
    /// Whether it must be given.
    pub required: bool,
    /// What it is for.
    pub description: Localized,
    /// Accepted forms or words, by example; empty where any text of the type will do.
    pub forms: Vec<String>,
}

/// Explains one command, or lists all.
///
/// # Errors
/// `unknown-command`.
pub fn help(catalogue: &Catalogue, command: Option<&str>) -> Result<Help, Mistake> {
    match command {
        Some(name) => Ok(Help::Command(Box::new(page(catalogue.find(name)?)))),
        None => Ok(Help::All(catalogue.iter().map(line).collect())),
    }
}

fn line(command: &Command) -> HelpLine {
    HelpLine { name: command.name.clone(), kind: command.kind, description: command.description.clone() }
}

fn page(command: &Command) -> HelpPage {
    HelpPage {
        name: command.name.clone(),
        kind: command.kind,
        access: command.access,
        effect: command.effect,
        scope: command.scope,
        usage: command.usage(),
        description: command.description.clone(),
        options: command.options.iter().map(option).collect(),
        replaces: command.replaces.clone(),
        examples: command.examples.clone(),
    }
}

fn option(option: &OptionSpec) -> HelpOption {
    let forms = match option.of_type {
        OptionType::Choice => option.choices.clone(),
        of_type => of_type.forms().iter().map(|form| (*form).to_owned()).collect(),
    };
    HelpOption {
        name: option.name.clone(),
        of_type: option.of_type,
        required: option.required,
        description: option.description.clone(),
        forms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_all_and_explains_one() {
        let catalogue = Catalogue::built_in().unwrap();
        let Help::All(lines) = help(&catalogue, None).unwrap() else { panic!() };
        assert_eq!(lines.len(), catalogue.iter().count());
        let Help::Command(page) = help(&catalogue, Some("reset-offset")).unwrap() else { panic!() };
        assert!(page.usage.starts_with("/reset-offset group:<group> to:<offset-target> [cluster:<cluster>]"));
        assert_eq!(page.description.get("fr"), page.description.get("en-US"));
        assert!(page.options.iter().any(|option| option.forms.contains(&"shift:-500".to_owned())));
        assert_eq!(help(&catalogue, Some("nope")).unwrap_err().id, "unknown-command");
        let json = serde_json::to_string(&page).unwrap();
        assert_eq!(serde_json::from_str::<HelpPage>(&json).unwrap(), *page);
    }
}
