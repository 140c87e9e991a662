//! Suggestions while somebody types: from memory, and only what the person may see.

use super::catalogue::{Catalogue, OptionSpec};
use super::directory::{LONGEST_SUGGESTED, View, handle};
use super::instant::Times;
use super::offset_target;
use super::option_type::OptionType;
use super::parse::ParseContext;
use super::raw::RawValue;
use super::request::Value;
use crate::id::ClusterName;
use std::collections::BTreeMap;

const MOST: usize = 25;
const SETTINGS: [&str; 6] = [
    "retention.ms=7d",
    "retention.bytes=10GiB",
    "cleanup.policy=compact",
    "min.insync.replicas=2",
    "max.message.bytes=1MiB",
    "retention.ms=default",
];
const RATES: [&str; 5] = ["10MiB", "25MiB", "50MiB", "100MiB", "200MiB"];

/// What is being typed.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The command.
    pub command: &'a str,
    /// The option that is being typed.
    pub option: &'a str,
    /// What has been typed of it.
    pub prefix: &'a str,
    /// The other options as they stand.
    pub others: &'a BTreeMap<String, RawValue>,
}

/// A value to offer. Both texts are at most 100 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What is shown: characters that cannot be seen are written as their code.
    pub label: String,
    /// What is handed over when it is chosen.
    pub value: String,
}

/// At most 25 values for an option; none where nothing can be said.
#[must_use]
pub fn complete(catalogue: &Catalogue, asked: &Asked<'_>, context: &ParseContext<'_>) -> Vec<Suggestion> {
    let Some(command) = catalogue.get(asked.command) else { return Vec::new() };
    let Some(option) = command.option(asked.option) else { return Vec::new() };
    let view = &context.view;
    let text = |name: &str| match asked.others.get(name) {
        Some(RawValue::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    match option.of_type {
        OptionType::Cluster => pick(asked.prefix, view.sight.clusters().map(|name| named(name.as_str()))),
        OptionType::Topic | OptionType::Group | OptionType::Topics | OptionType::Broker => {
            let of = command.options.iter().find(|other| other.of_type == OptionType::Cluster);
            names(option, asked.prefix, view, of.and_then(|of| text(&of.name)))
        }
        OptionType::OffsetTarget => targets(asked.prefix, context),
        OptionType::Duration => durations(option, asked.prefix),
        OptionType::Operation => operations(asked.prefix, view),
        OptionType::Digest => digests(asked.prefix, view, text("operation")),
        OptionType::Command => pick(asked.prefix, catalogue.iter().map(|command| named(&command.name))),
        OptionType::Choice => pick(asked.prefix, option.choices.iter().map(|choice| named(choice))),
        OptionType::Flag => pick(asked.prefix, ["true", "false"].into_iter().map(named)),
        OptionType::Rate => pick(asked.prefix, RATES.into_iter().map(named)),
        OptionType::Settings => pick(asked.prefix, SETTINGS.into_iter().map(named)),
        OptionType::Partitions | OptionType::Brokers | OptionType::Count | OptionType::Text | OptionType::Deadline => {
            Vec::new()
        }
    }
}

fn names(option: &OptionSpec, prefix: &str, view: &View<'_>, cluster: Option<&str>) -> Vec<Suggestion> {
    let cluster: Option<&ClusterName> = match cluster {
        Some(name) => view.sight.cluster(name),
        None => view.default_cluster(),
    };
    let Some(cluster) = cluster else { return Vec::new() };
    match option.of_type {
        OptionType::Topic | OptionType::Topics => best(prefix, view.topics(cluster)),
        OptionType::Broker => best(prefix, view.brokers(cluster)),
        _ => best(prefix, view.groups(cluster)),
    }
}

/// The best of many names, of which only those that are offered are copied.
fn best<'n>(prefix: &str, names: impl Iterator<Item = &'n str>) -> Vec<Suggestion> {
    let wanted = prefix.to_lowercase();
    let mut ranked: Vec<(u8, &str)> = names.filter_map(|name| rank(&wanted, name).map(|rank| (rank, name))).collect();
    ranked.sort_unstable();
    ranked.into_iter().take(MOST).map(|(_, name)| named(name)).collect()
}

fn pick(prefix: &str, suggestions: impl Iterator<Item = Suggestion>) -> Vec<Suggestion> {
    let wanted = prefix.to_lowercase();
    let mut ranked: Vec<(u8, Suggestion)> =
        suggestions.filter_map(|one| rank(&wanted, &one.value).map(|rank| (rank, one))).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().take(MOST).map(|(_, one)| one).collect()
}

/// 0 if the name begins with what was typed, 1 if it contains it.
fn rank(wanted: &str, name: &str) -> Option<u8> {
    let name = name.to_lowercase();
    if name.starts_with(wanted) {
        return Some(0);
    }
    name.contains(wanted).then_some(1)
}

/// A name, by its handle where it is too long.
fn named(name: &str) -> Suggestion {
    if name.chars().count() <= LONGEST_SUGGESTED {
        return Suggestion { label: shown(name, LONGEST_SUGGESTED), value: name.to_owned() };
    }
    let handle = handle(name);
    let begin = shown(name, LONGEST_SUGGESTED - handle.len() - 2);
    Suggestion { label: format!("{begin}… {handle}"), value: handle }
}

/// The beginning of a text of others, such that nothing in it is invisible or turns the direction of writing.
fn shown(text: &str, most: usize) -> String {
    let mut label = String::new();
    let mut length = 0;
    for character in text.chars() {
        let written = match character {
            ' '..='~' => character.to_string(),
            _ if character.is_alphanumeric() => character.to_string(),
            _ => character.escape_unicode().to_string(),
        };
        length += written.chars().count();
        if length > most {
            break;
        }
        label.push_str(&written);
    }
    label
}

/// What was typed, resolved, if it can be read; then the usual targets.
fn targets(prefix: &str, context: &ParseContext<'_>) -> Vec<Suggestion> {
    let usual = ["latest", "earliest", "-15m", "-1h", "-2h", "-6h", "-1d", "shift:-100", "offset:0"];
    let mut suggestions = pick(prefix, usual.into_iter().map(|text| resolved(text, context)));
    let typed = prefix.trim();
    if !usual.contains(&typed) && read(typed, context).is_some() && typed.chars().count() <= LONGEST_SUGGESTED {
        suggestions.insert(0, resolved(typed, context));
    }
    suggestions
}

/// A target with the instant it means now.
fn resolved(text: &str, context: &ParseContext<'_>) -> Suggestion {
    let label = match read(text, context) {
        Some(canonical) if canonical != text => format!("{text} = {canonical}"),
        _ => text.to_owned(),
    };
    Suggestion { label: shown(&label, LONGEST_SUGGESTED), value: text.to_owned() }
}

fn read(text: &str, context: &ParseContext<'_>) -> Option<String> {
    let times = Times { now: context.now, zone: context.zone };
    offset_target::parse(text, &times).ok().map(|target| Value::OffsetTarget(target).canonical())
}

fn durations(option: &OptionSpec, prefix: &str) -> Vec<Suggestion> {
    let fits = |text: &&str| {
        let Ok(span) = super::duration::parse(text) else { return false };
        option.at_least.is_none_or(|least| span >= least) && option.at_most.is_none_or(|most| span <= most)
    };
    pick(prefix, ["5m", "15m", "30m", "1h", "2h", "8h", "1d", "7d"].into_iter().filter(fits).map(named))
}

fn operations(prefix: &str, view: &View<'_>) -> Vec<Suggestion> {
    let wanted = prefix.to_lowercase();
    let found = view.operations().filter_map(|one| {
        let label = format!("{} {} {}", one.id, one.command, one.cluster);
        rank(&wanted, &label)
            .map(|rank| (rank, Suggestion { label: shown(&label, LONGEST_SUGGESTED), value: one.id.to_string() }))
    });
    let mut ranked: Vec<(u8, Suggestion)> = found.collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().take(MOST).map(|(_, one)| one).collect()
}

/// The digest of the plan as it stands: offered only for an operation that is named, so that nobody approves another.
fn digests(prefix: &str, view: &View<'_>, operation: Option<&str>) -> Vec<Suggestion> {
    let Some(wanted) = operation.map(str::to_ascii_uppercase) else { return Vec::new() };
    let of_operation = view.operations().filter(|one| one.id.as_str() == wanted);
    let suggestion = |digest: crate::plan::Digest| Suggestion { label: digest.short(), value: digest.to_string() };
    let typed = prefix.to_lowercase();
    let typed = typed.trim();
    of_operation
        .map(|one| suggestion(one.digest))
        .filter(|one| one.value.starts_with(typed) || one.label.starts_with(typed))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{ClusterNames, Directory, OpenOperation};
    use crate::plan::Digest;
    use crate::policy::{Names, Pattern, Sight};
    use crate::time::Millis;
    use jiff::tz::TimeZone;

    fn directory() -> Directory {
        let long = format!("orders.{}", "x".repeat(200));
        let many = (0..60).map(|number| format!("many-{number:02}"));
        let topics = ["orders", "orders-eu", "border", "salaries", &long].map(str::to_owned).into_iter().chain(many);
        let names = ClusterNames {
            seen_at: Some(Millis(0)),
            topics: topics.map(|name| name.parse().unwrap()).collect(),
            groups: ["billing", "x\u{202E}gnillib"].map(|name| name.parse().unwrap()).into(),
            brokers: ["1", "broker-a"].map(|name| name.parse().unwrap()).into(),
        };
        let operation = |id: &str, names: &[&str]| OpenOperation {
            id: id.parse().unwrap(),
            command: "reset-offset".to_owned(),
            cluster: "logs-kafka".parse().unwrap(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            digest: Digest::of(id.as_bytes()),
        };
        Directory {
            clusters: [("logs-kafka".parse().unwrap(), names.clone()), ("secret".parse().unwrap(), names)].into(),
            operations: vec![operation("AAAAAA", &["orders"]), operation("BBBBBB", &["orders", "salaries"])],
        }
    }

    fn values_in(sight: &Sight, command: &str, option: &str, prefix: &str, others: &[(&str, &str)]) -> Vec<Suggestion> {
        let directory = directory();
        let catalogue = Catalogue::built_in().unwrap();
        let view = View { directory: &directory, sight, here: None };
        let context = ParseContext { now: Millis(1_795_402_000_000), zone: &TimeZone::UTC, view };
        let others = others.iter().map(|(name, value)| ((*name).to_owned(), RawValue::from(*value))).collect();
        let asked = Asked { command, option, prefix, others: &others };
        let found = complete(&catalogue, &asked, &context);
        assert!(found.len() <= 25);
        for one in &found {
            assert!(one.label.chars().count() <= 100 && one.value.chars().count() <= 100, "{one:?}");
            assert!(!one.label.is_empty() && !one.value.is_empty());
        }
        found
    }

    fn values(command: &str, option: &str, prefix: &str) -> Vec<String> {
        let sight = Sight::everything_of(["logs-kafka".parse().unwrap()]);
        values_in(&sight, command, option, prefix, &[]).into_iter().map(|one| one.value).collect()
    }

    #[test]
    fn prefixes_come_before_parts() {
        let found = values("topic", "topic", "ORD");
        assert_eq!(found[..2], ["orders", "orders-eu"]);
        assert_eq!(found.last().unwrap(), "border");
        assert!(found.iter().any(|value| value.starts_with('#')), "the long one by its handle");
        assert_eq!(values("topic", "topic", "").len(), 25);
        assert_eq!(values("operations", "show", "m"), ["mine"]);
        assert_eq!(values("help", "command", "roll"), ["rollback"]);
        assert_eq!(values("reset-offset", "wait-for-stop", "7"), Vec::<String>::new(), "24 h at most");
        assert!(values("reset-offset", "reason", "x").is_empty());
        assert!(values("nope", "reason", "x").is_empty() && values("lag", "nope", "x").is_empty());
    }

    #[test]
    fn nothing_out_of_sight_is_revealed() {
        let cluster = "logs-kafka".parse().unwrap();
        let mut sight = Sight::nothing();
        assert!(values_in(&sight, "health", "cluster", "", &[]).is_empty());
        assert!(values_in(&sight, "topic", "topic", "", &[("cluster", "logs-kafka")]).is_empty());
        assert!(values_in(&sight, "status", "operation", "", &[]).is_empty());
        sight.add(&cluster, Names::Matching(vec![Pattern::new("orders.*").unwrap()]));
        let topics = values_in(&sight, "topic", "topic", "", &[]);
        assert!(topics.iter().all(|one| one.label.starts_with("orders")) && topics.len() == 3);
        assert!(values_in(&sight, "topic", "topic", "", &[("cluster", "secret")]).is_empty());
        assert!(values_in(&sight, "group", "group", "", &[]).is_empty());
        let operations = values_in(&sight, "status", "operation", "", &[]);
        assert_eq!(operations.iter().map(|one| one.value.as_str()).collect::<Vec<_>>(), ["AAAAAA"]);
        assert!(values_in(&sight, "approve", "digest", "", &[("operation", "BBBBBB")]).is_empty());
    }

    #[test]
    fn a_digest_is_offered_whole_and_for_the_named_operation_only() {
        let sight = Sight::everything_of(["logs-kafka".parse().unwrap()]);
        assert!(values_in(&sight, "approve", "digest", "", &[]).is_empty());
        let found = values_in(&sight, "approve", "digest", "", &[("operation", "aaaaaa")]);
        assert_eq!(found[0].value, Digest::of(b"AAAAAA").to_string());
    }

    #[test]
    fn invisible_characters_are_shown_as_their_code() {
        let sight = Sight::everything_of(["logs-kafka".parse().unwrap()]);
        let found = values_in(&sight, "group", "group", "x", &[]);
        assert_eq!((found[0].label.as_str(), found[0].value.as_str()), ("x\\u{202e}gnillib", "x\u{202E}gnillib"));
    }

    #[test]
    fn a_typed_time_is_resolved_before_it_is_chosen() {
        let sight = Sight::everything_of(["logs-kafka".parse().unwrap()]);
        let found = values_in(&sight, "reset-offset", "to", "-90m", &[]);
        assert_eq!(found[0].label, "-90m = 2026-11-23T01:16:40.000Z");
        assert_eq!(found[0].value, "-90m");
    }
}
