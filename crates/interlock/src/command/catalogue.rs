//! The catalogue: every command there is, read once from the files that are built in.

use super::name::did_you_mean;
use super::option_type::{OptionType, meant};
use super::parse::given;
use super::source::{self, CatalogueError};
use crate::plan::{Effect, Mistake, Scope};
use crate::policy::Access;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The languages that every command is described in, the one to fall back to first.
pub(super) const LOCALES: [&str; 2] = ["en-US", "zh-CN"];

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../commands/", $name, ".toml")))),*]
    };
}

const FILES: &[(&str, &str)] = files![
    "approve",
    "audit",
    "break-glass",
    "broker",
    "clusters",
    "expand-partitions",
    "freeze",
    "group",
    "group-create",
    "group-delete",
    "health",
    "help",
    "hot",
    "lag",
    "operations",
    "pause",
    "reject",
    "reset-offset",
    "resume",
    "rollback",
    "route",
    "scale-out",
    "shrink-partitions",
    "skew",
    "status",
    "stop",
    "throttle",
    "topic",
    "topic-alter",
    "topic-create",
    "topic-delete",
    "unfreeze",
    "unlock",
    "who",
    "whoami",
];

/// What kind of command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Only reads.
    Look,
    /// Plans, and after approval changes a cluster.
    Change,
    /// Acts on an operation.
    Control,
}

/// A text in every language of the bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Localized(pub BTreeMap<String, String>);

impl Localized {
    /// The text in a language; English where there is none.
    #[must_use]
    pub fn get(&self, locale: &str) -> &str {
        self.0.get(locale).or_else(|| self.0.get(LOCALES[0])).map_or("", String::as_str)
    }
}

/// A command of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its name, never localized ("reset-offset").
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// Who may use it. Controls that hang on the operation (votes, making safe) demand little here, and policy the rest.
    pub access: Access,
    /// What it does to the world, at least.
    pub effect: Effect,
    /// How much of a cluster it concerns; changes only.
    pub scope: Option<Scope>,
    /// Whether it deletes something: two approvers in every tier.
    pub deletes: bool,
    /// The tools and habits that it replaces.
    pub replaces: Vec<String>,
    /// Whole command lines.
    pub examples: Vec<String>,
    /// Options that people may know of and that are refused by name.
    pub not_built_yet: BTreeSet<String>,
    /// What it is for.
    pub description: Localized,
    /// Its options, required ones first.
    pub options: Vec<OptionSpec>,
}

/// An option of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionSpec {
    /// Its name, never localized.
    pub name: String,
    /// Its type.
    pub of_type: OptionType,
    /// Whether a request without it is a mistake.
    pub required: bool,
    /// For clusters: when left out, the place's cluster or the only one in sight is meant, and one of them must be there.
    pub infer: bool,
    /// Another option that must be given with it.
    pub needs: Option<String>,
    /// For choices: the words.
    pub choices: Vec<String>,
    /// For durations: the shortest.
    pub at_least: Option<Duration>,
    /// For durations: the longest. For deadlines: how far off.
    pub at_most: Option<Duration>,
    /// For texts: the most characters.
    pub longest: usize,
    /// What it is for.
    pub description: Localized,
}

/// Every command there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue(BTreeMap<String, Command>);

impl Catalogue {
    /// Reads the files that are built in.
    ///
    /// # Errors
    /// The first file that is wrong; a test keeps this from happening in a released build.
    pub fn built_in() -> Result<Self, CatalogueError> {
        let commands = FILES.iter().map(|(file, text)| Ok(((*file).to_owned(), source::read(file, text)?)));
        commands.collect::<Result<_, _>>().map(Self)
    }

    /// The command of exactly this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Command> {
        self.0.get(name)
    }

    /// The command of exactly this name.
    ///
    /// # Errors
    /// `unknown-command`, with what may have been meant.
    pub fn find(&self, name: &str) -> Result<&Command, Mistake> {
        self.get(name).ok_or_else(|| {
            let near = did_you_mean(name, self.0.keys().map(String::as_str));
            Mistake::new("unknown-command", meant(given(name), near))
        })
    }

    /// All commands, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Command> {
        self.0.values()
    }
}

impl Command {
    /// The option of this name.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&OptionSpec> {
        self.options.iter().find(|option| option.name == name)
    }

    /// How it is used, in one line: `/lag group:<group> [cluster:<cluster>]`.
    #[must_use]
    pub fn usage(&self) -> String {
        let shown = self.options.iter().map(OptionSpec::usage);
        std::iter::once(format!("/{}", self.name)).chain(shown).collect::<Vec<_>>().join(" ")
    }
}

impl OptionSpec {
    fn usage(&self) -> String {
        let value = match self.of_type {
            OptionType::Choice => self.choices.join("|"),
            of_type => format!("<{}>", of_type.key()),
        };
        if self.required { format!("{}:{value}", self.name) } else { format!("[{}:{value}]", self.name) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Directory, ParseContext, View, parse, parse_line};
    use crate::policy::Sight;
    use crate::time::Millis;
    use jiff::tz::TimeZone;

    #[test]
    fn every_file_of_the_folder_is_built_in_and_reads() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../commands");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
            .collect();
        files.sort();
        assert_eq!(files, FILES.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        assert_eq!(Catalogue::built_in().unwrap().iter().count(), FILES.len());
    }

    #[test]
    fn every_example_parses_with_its_own_command() {
        let catalogue = Catalogue::built_in().unwrap();
        let sight = Sight::everything_of(["logs-kafka".parse().unwrap()]);
        let directory = Directory::default();
        let view = View { directory: &directory, sight: &sight, here: None };
        let context = ParseContext { now: Millis(1_800_000_000_000), zone: &TimeZone::UTC, view };
        for command in catalogue.iter() {
            for example in &command.examples {
                let line = parse_line(&catalogue, example).unwrap_or_else(|mistake| panic!("{example}: {mistake:?}"));
                assert_eq!(line.command, command.name, "{example}");
                let parsed = parse(&catalogue, &line.command, &line.options, &context);
                assert!(parsed.is_ok(), "{example}: {parsed:?}");
            }
        }
    }

    #[test]
    fn usage_shows_what_may_be_left_out() {
        let catalogue = Catalogue::built_in().unwrap();
        assert_eq!(catalogue.get("lag").unwrap().usage(), "/lag group:<group> [cluster:<cluster>] [topic:<topic>]");
        assert!(catalogue.get("operations").unwrap().usage().contains("[show:waiting|mine|open|recent]"));
    }

    #[test]
    fn an_unknown_command_is_a_mistake_with_a_way_forward() {
        let mistake = Catalogue::built_in().unwrap().find("reset-offsets").unwrap_err();
        assert_eq!(mistake.id, "unknown-command");
        assert_eq!(mistake.facts.get("did-you-mean"), Some(&vec!["reset-offset".to_owned()].into()));
    }
}
