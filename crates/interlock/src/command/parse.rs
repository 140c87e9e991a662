//! From what a chat hands over to typed arguments.

use super::catalogue::{Catalogue, Command, OptionSpec};
use super::directory::View;
use super::name::did_you_mean;
use super::option_type::{OptionType, Reading, meant};
use super::raw::RawValue;
use super::request::{Arguments, Value};
use crate::facts::Facts;
use crate::id::ClusterName;
use crate::plan::Mistake;
use crate::time::Millis;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;

/// How much of what was typed a mistake quotes, in characters.
const LONGEST_QUOTE: usize = 200;
/// No value of any option is longer, in bytes.
const LONGEST_VALUE: usize = 6_000;
const MOST_CLUSTERS_LISTED: usize = 25;

/// What arguments are read with.
#[derive(Debug, Clone, Copy)]
pub struct ParseContext<'a> {
    /// The present.
    pub now: Millis,
    /// The zone of times that name none.
    pub zone: &'a TimeZone,
    /// What the person sees from where the request was made.
    pub view: View<'a>,
}

/// The fact `given`: what was typed, cut.
pub(super) fn given(text: &str) -> Facts {
    Facts::none().with("given", cut(text))
}

pub(super) fn cut(text: &str) -> String {
    text.chars().take(LONGEST_QUOTE).collect()
}

/// Reads the options of one use of a command.
///
/// # Errors
/// The first mistake in the order: unknown command, unknown options, the cluster, the others in the catalogue's order.
pub fn parse(
    catalogue: &Catalogue,
    command: &str,
    raw: &BTreeMap<String, RawValue>,
    context: &ParseContext<'_>,
) -> Result<Arguments, Mistake> {
    let command = catalogue.find(command)?;
    for name in raw.keys() {
        known(command, name)?;
    }
    let mut reading = Reading { catalogue, context, cluster: None };
    let cluster = cluster_of(command, raw, &reading)?;
    reading.cluster = cluster.as_ref().map(|(_, cluster)| cluster);
    let mut arguments = Arguments::default();
    for option in &command.options {
        let value = match (raw.get(&option.name), &cluster) {
            (Some(given), _) => read(option, given, &reading)?,
            (None, Some((of, cluster))) if *of == option.name => Value::Cluster(cluster.clone()),
            (None, _) if option.required => return Err(missing(option, context)),
            (None, _) => continue,
        };
        arguments.0.insert(option.name.clone(), value);
    }
    for option in &command.options {
        together(option, &arguments)?;
    }
    Ok(arguments)
}

/// An option that is not there is refused, never ignored; one that people may know of is refused by name.
pub(super) fn known<'c>(command: &'c Command, name: &str) -> Result<&'c OptionSpec, Mistake> {
    if let Some(option) = command.option(name) {
        return Ok(option);
    }
    let facts = Facts::none().with("option", cut(name)).with("command", command.name.as_str());
    if command.not_built_yet.contains(name) {
        return Err(Mistake::new("not-built-yet", facts));
    }
    let near = did_you_mean(name, command.options.iter().map(|option| option.name.as_str()));
    Err(Mistake::new("unknown-option", meant(facts, near)))
}

/// The cluster of the request, with the option that says it. It is read first: handles of long names need it.
fn cluster_of(
    command: &Command,
    raw: &BTreeMap<String, RawValue>,
    reading: &Reading<'_>,
) -> Result<Option<(String, ClusterName)>, Mistake> {
    let Some(option) = command.options.iter().find(|option| option.of_type == OptionType::Cluster) else {
        return Ok(None);
    };
    let cluster = match raw.get(&option.name) {
        Some(given) => match read(option, given, reading)? {
            Value::Cluster(cluster) => cluster,
            _ => return Ok(None),
        },
        None if option.infer => match reading.context.view.default_cluster() {
            Some(cluster) => cluster.clone(),
            None => return Err(missing(option, reading.context)),
        },
        None => return Ok(None),
    };
    Ok(Some((option.name.clone(), cluster)))
}

fn read(option: &OptionSpec, given: &RawValue, reading: &Reading<'_>) -> Result<Value, Mistake> {
    let text = match given {
        RawValue::Text(text) => text.clone(),
        RawValue::Integer(number) => number.to_string(),
        RawValue::Flag(yes) if option.of_type == OptionType::Flag => yes.to_string(),
        RawValue::Flag(_) | RawValue::Unreadable => {
            return Err(about(option, Mistake::new("unreadable", Facts::none())));
        }
    };
    if text.is_empty() {
        return Err(about(option, Mistake::new("empty", Facts::none())));
    }
    if text.len() > LONGEST_VALUE {
        let facts = self::given(&text).with("most", LONGEST_VALUE);
        return Err(about(option, Mistake::new("text-too-long", facts)));
    }
    option.of_type.read(&text, option, reading).map_err(|mistake| about(option, mistake))
}

/// A mistake in the value of an option, with the option's name and the forms that it takes.
fn about(option: &OptionSpec, mut mistake: Mistake) -> Mistake {
    mistake.facts = mistake.facts.with("option", option.name.as_str());
    let forms = option.of_type.forms();
    if !forms.is_empty() {
        let accepted: Vec<String> = forms.iter().map(|form| (*form).to_owned()).collect();
        mistake.facts = mistake.facts.with("accepted", accepted);
    }
    mistake
}

fn missing(option: &OptionSpec, context: &ParseContext<'_>) -> Mistake {
    let mut facts = Facts::none();
    if option.of_type == OptionType::Cluster {
        let clusters = context.view.sight.clusters().take(MOST_CLUSTERS_LISTED);
        facts = facts.with("choices", clusters.map(ToString::to_string).collect::<Vec<_>>());
    }
    about(option, Mistake::new("missing-option", facts))
}

fn together(option: &OptionSpec, arguments: &Arguments) -> Result<(), Mistake> {
    match &option.needs {
        Some(needed) if arguments.has(&option.name) && !arguments.has(needed) => {
            let facts = Facts::none().with("option", option.name.as_str()).with("needs", needed.as_str());
            Err(Mistake::new("option-needs-option", facts))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{ClusterNames, Directory, handle};
    use crate::facts::Fact;
    use crate::policy::{Names, Pattern, Sight};
    use proptest::prelude::*;

    const NOW: Millis = Millis(1_795_402_000_000);

    struct World {
        catalogue: Catalogue,
        directory: Directory,
        sight: Sight,
    }

    fn world() -> World {
        let mut sight = Sight::everything_of(["logs-kafka".parse().unwrap()]);
        let orders = Names::Matching(vec![Pattern::new("orders.*").unwrap()]);
        sight.add(&"pay-kafka".parse().unwrap(), orders);
        let names = ClusterNames {
            seen_at: Some(NOW),
            topics: ["orders".to_owned(), long_topic(), "salaries".to_owned()].map(|name| name.parse().unwrap()).into(),
            groups: ["billing"].map(|name| name.parse().unwrap()).into(),
            brokers: ["broker-a"].map(|name| name.parse().unwrap()).into(),
        };
        let clusters = ["logs-kafka", "pay-kafka", "secret-kafka"].map(|name| (name.parse().unwrap(), names.clone()));
        World {
            catalogue: Catalogue::built_in().unwrap(),
            directory: Directory { clusters: clusters.into(), operations: Vec::new() },
            sight,
        }
    }

    fn long_topic() -> String {
        format!("orders.{}", "x".repeat(200))
    }

    fn read(command: &str, options: &[(&str, RawValue)]) -> Result<Arguments, Mistake> {
        let world = world();
        let here = "logs-kafka".parse().unwrap();
        let view = View { directory: &world.directory, sight: &world.sight, here: Some(&here) };
        let context = ParseContext { now: NOW, zone: &TimeZone::UTC, view };
        let raw = options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        parse(&world.catalogue, command, &raw, &context)
    }

    fn mistake(command: &str, options: &[(&str, &str)]) -> Mistake {
        let options: Vec<_> = options.iter().map(|(name, value)| (*name, RawValue::from(*value))).collect();
        read(command, &options).unwrap_err()
    }

    #[test]
    fn reads_types_and_infers_the_cluster() {
        let options = [
            ("group", "billing".into()),
            ("to", "-1h".into()),
            ("topic", "orders".into()),
            ("partitions", RawValue::Integer(3)),
            ("dry-run", RawValue::Flag(true)),
        ];
        let arguments = read("reset-offset", &options).unwrap();
        let canonical = arguments.canonical();
        let expected = [
            ("cluster", "logs-kafka"),
            ("dry-run", "true"),
            ("group", "billing"),
            ("partitions", "3"),
            ("to", "2026-11-23T01:46:40.000Z"),
            ("topic", "orders"),
        ];
        assert_eq!(canonical, expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        assert!(arguments.flag("dry-run"));
    }

    #[test]
    fn a_filter_is_not_inferred() {
        assert!(!read("operations", &[]).unwrap().has("cluster"));
    }

    #[test]
    fn without_a_place_the_cluster_must_be_named() {
        let world = world();
        let view = View { directory: &world.directory, sight: &world.sight, here: None };
        let context = ParseContext { now: NOW, zone: &TimeZone::UTC, view };
        let mistake = parse(&world.catalogue, "health", &BTreeMap::new(), &context).unwrap_err();
        assert_eq!(mistake.id, "missing-option");
        let choices = vec!["logs-kafka".to_owned(), "pay-kafka".to_owned()];
        assert_eq!(mistake.facts.get("choices"), Some(&choices.into()));
        let hidden = "secret-kafka".parse().unwrap();
        let context = ParseContext { view: View { here: Some(&hidden), ..view }, ..context };
        assert_eq!(parse(&world.catalogue, "health", &BTreeMap::new(), &context).unwrap_err(), mistake);
    }

    #[test]
    fn a_cluster_out_of_sight_is_like_none() {
        let mut hidden = mistake("health", &[("cluster", "secret-kafka")]);
        let absent = mistake("health", &[("cluster", "absent-kafka")]);
        hidden.facts = hidden.facts.with("given", "absent-kafka");
        assert_eq!(hidden, absent);
        let near = mistake("health", &[("cluster", "1ogs-kafka")]);
        assert_eq!(near.facts.get("did-you-mean"), Some(&vec!["logs-kafka".to_owned()].into()));
        assert_eq!(mistake("health", &[("cluster", "secret-kafkа")]).facts.get("did-you-mean"), None);
    }

    #[test]
    fn handles_lead_back_to_long_names_in_sight_only() {
        let handle = handle(&long_topic());
        let arguments = read("topic", &[("topic", handle.as_str().into())]).unwrap();
        assert_eq!(arguments.topic("topic").map(ToString::to_string), Some(long_topic()));
        assert_eq!(mistake("topic", &[("topic", "#AAAAAAAA")]).id, "unknown-handle");
        let literal = read("group", &[("group", "#AAAAAAAA".into())]).unwrap();
        assert_eq!(literal.group("group").map(ToString::to_string), Some("#AAAAAAAA".to_owned()));
    }

    #[test]
    fn mistakes_about_moves_are_named() {
        let all = [("brokers", "4"), ("topics", "orders"), ("throttle", "50MiB")];
        let scale_out = |name, value| {
            let rest = all.into_iter().filter(|(other, _)| *other != name);
            mistake("scale-out", &rest.chain([(name, value)]).collect::<Vec<_>>()).id
        };
        for (option, value, id) in [
            ("emergency-retention", "2h", "not-built-yet"),
            ("incident", "INC1", "not-built-yet"),
            ("window", "22:00", "not-built-yet"),
            ("batches", "3", "unknown-option"),
            ("throttle", "50MB", "rate-in-decimal"),
            ("throttle", "0MiB", "rate-of-zero"),
            ("throttle", "fast", "not-a-rate"),
            ("brokers", "four", "not-brokers"),
            ("brokers", "-1", "not-brokers"),
            ("brokers", "9-7", "not-brokers"),
            ("topics", "busiest:0", "not-topics"),
            ("topics", "orders;rm", "not-topics"),
        ] {
            assert_eq!(scale_out(option, value), id, "{option}:{value}");
        }
        for missing in ["brokers", "topics", "throttle"] {
            let rest: Vec<_> = all.into_iter().filter(|(name, _)| *name != missing).collect();
            assert_eq!(mistake("scale-out", &rest).id, "missing-option", "{missing}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let reset = |name, value| mistake("reset-offset", &[("group", "billing"), ("to", "latest"), (name, value)]).id;
        for (option, value, id) in [
            ("incident", "INC1", "not-built-yet"),
            ("window", "22:00", "not-built-yet"),
            ("windw", "22:00", "unknown-option"),
            ("topic", "оrders", "not-a-topic-name"),
            ("topic", "<@&123>", "not-a-topic-name"),
            ("topic", "", "empty"),
            ("partitions", "0", "option-needs-option"),
            ("new-group", "true", "option-needs-option"),
            ("wait-for-stop", "5s", "duration-too-short"),
            ("wait-for-stop", "25h", "duration-too-long"),
            ("wait-for-stop", "soon", "not-a-duration"),
            ("reason", "a\nb", "text-has-control-characters"),
            ("dry-run", "maybe", "not-a-flag"),
        ] {
            assert_eq!(reset(option, value), id, "{option}:{value}");
        }
        let (group, topic) = ("g".repeat(301), "o".repeat(250));
        let long = mistake("reset-offset", &[("group", group.as_str()), ("to", "latest")]);
        assert_eq!((long.id.as_str(), long.facts.get("most")), ("not-a-group-name", Some(&300_usize.into())));
        let long = mistake("topic", &[("topic", topic.as_str())]);
        assert_eq!((long.id.as_str(), long.facts.get("most")), ("not-a-topic-name", Some(&249_usize.into())));
        assert_eq!(mistake("nope", &[]).id, "unknown-command");
        assert_eq!(mistake("reset-offset", &[("group", "billing")]).id, "missing-option");
        assert_eq!(
            mistake("operations", &[("show", "wating")]).facts.get("did-you-mean"),
            Some(&vec!["waiting".to_owned()].into())
        );
        assert_eq!(mistake("approve", &[("operation", "K7F3QD"), ("digest", "9c41d2e871b0")]).id, "digest-not-whole");
        assert_eq!(mistake("approve", &[("operation", "K7F3QD"), ("digest", "9c41 d2e8 71b0")]).id, "digest-not-whole");
        assert_eq!(mistake("approve", &[("operation", "K7F3QD"), ("digest", "latest")]).id, "not-a-digest");
        assert_eq!(mistake("status", &[("operation", "K7F3Q1")]).id, "not-an-operation");
        assert!(read("status", &[("operation", "k7f3qd".into())]).is_ok());
        let unreadable = read("status", &[("operation", RawValue::Unreadable)]).unwrap_err();
        assert_eq!(unreadable.id, "unreadable");
        assert_eq!(unreadable.facts.get("option"), Some(&Fact::from("operation")));
        let listed = mistake("reset-offset", &[("group", "billing"), ("to", "yesterday")]);
        assert!(matches!(listed.facts.get("accepted"), Some(Fact::Names(forms)) if forms.contains(&"-2h".to_owned())));
    }

    #[test]
    fn hostile_names_give_bounded_mistakes() {
        let hostile = [
            "x".repeat(301),
            "\n".repeat(4_096),
            "a\0b".to_owned(),
            "x".repeat(2_000_000),
            "<@everyone>\u{202E}\u{200B}".repeat(400),
        ];
        for name in &hostile {
            for (command, option) in
                [("group", "group"), ("topic", "topic"), ("health", "cluster"), ("status", "operation")]
            {
                let mistake = mistake(command, &[(option, name)]);
                let size: usize = serde_json::to_string(&mistake).unwrap().len();
                assert!(size < 3_000, "{command}: {size}");
            }
        }
        for name in ["<@&42>", "**bold**", "消费组", "`x`", "a b", "ordеrs", "x\u{200B}", "[a](http://b)"] {
            let arguments = read("group", &[("group", name.into())]).unwrap();
            assert_eq!(arguments.group("group").map(ToString::to_string).as_deref(), Some(name), "byte for byte");
        }
    }

    /// Texts that look like values, so that the interesting paths are reached often.
    fn nearly() -> impl Strategy<Value = String> {
        prop_oneof![
            ".{0,40}",
            "[0-9]{4}-[0-9]{2}-[0-9]{2}[T #][0-9]{2}:[0-9]{2}(:[0-9]{2})?([.:][0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2}| Europe/Berlin)?",
            "(offset:|shift:[+-]|-)[0-9]{1,20}[dhms]?",
            "[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}){0,3}",
            "([0-9]{1,4}[dhms]){1,4}",
            "#?[A-Z2-7]{6,8}",
        ]
    }

    proptest! {
        #[test]
        fn what_is_read_is_read_again_from_its_canonical_writing(text in nearly()) {
            let world = world();
            let view = View { directory: &world.directory, sight: &world.sight, here: None };
            let zone = TimeZone::get("Europe/Berlin").unwrap();
            let context = ParseContext { now: NOW, zone: &zone, view };
            let reading = Reading { catalogue: &world.catalogue, context: &context, cluster: None };
            for command in world.catalogue.iter() {
                for option in &command.options {
                    if let Ok(value) = super::read(option, &RawValue::Text(text.clone()), &reading) {
                        let again = super::read(option, &RawValue::Text(value.canonical()), &reading);
                        prop_assert_eq!(again.as_ref(), Ok(&value));
                    }
                }
            }
        }

        #[test]
        fn no_line_panics(line in "(/(reset-offset|lag|approve|help) )?.{0,80}") {
            let world = world();
            let view = View { directory: &world.directory, sight: &world.sight, here: None };
            let context = ParseContext { now: NOW, zone: &TimeZone::UTC, view };
            if let Ok(parsed) = crate::command::parse_line(&world.catalogue, &line) {
                let _ = parse(&world.catalogue, &parsed.command, &parsed.options, &context);
            }
        }
    }
}
