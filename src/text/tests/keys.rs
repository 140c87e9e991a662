//! No sentence missing, none unused, the same variables in every language.

use crate::text::{Locale, vocabulary as words};
use interlock::approval::{NotCounted, State, Tally, Uncounted};
use interlock::cluster::FailureKind;
use regex::Regex;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Why a vote may not count.
const UNCOUNTED: [NotCounted; 9] = [
    NotCounted::AskedForIt,
    NotCounted::NoRight,
    NotCounted::NotAMember,
    NotCounted::CannotVerify,
    NotCounted::OtherPlan,
    NotCounted::NotNeeded,
    NotCounted::SamePerson,
    NotCounted::AlsoVetoes,
    NotCounted::Unconfirmed,
];

/// The keys that are made of an id and a family.
fn by_id() -> BTreeSet<String> {
    let states: Vec<&str> = State::ALL.iter().map(|state| state.key()).collect();
    let ended: Vec<&str> = State::ALL.iter().filter(|state| state.has_ended()).map(|state| state.key()).collect();
    let uncounted = UNCOUNTED.map(NotCounted::key);
    let families: [(&str, &[&str]); 33] = [
        ("check", words::CHECKS),
        ("broken", words::BROKEN),
        ("wait", words::WAITS),
        ("why", words::REASONS),
        ("failure", words::FAILURES),
        ("mistake", words::MISTAKES),
        ("denied", words::DENIED),
        ("controlled", words::CONTROLLED),
        ("failed", words::FAILED),
        ("worst", words::WORST),
        ("application", words::APPLICATION),
        ("what", words::COMMANDS),
        ("step", words::STEPS),
        ("notice", words::NOTICES),
        ("in-vain", words::IN_VAIN),
        ("obligation", words::OBLIGATIONS),
        ("audit-broken", words::AUDIT),
        ("state", &states),
        ("result", &ended),
        ("not-counted", &uncounted),
        ("vote-told", words::TOLD_VOTES),
        ("state", &["superseded", "dry-run", "moving"]),
        ("thing", words::THINGS),
        ("problem", words::PROBLEMS),
        ("because", words::BECAUSES),
        ("part", words::PARTS),
        ("look", words::LOOKS),
        ("table", words::COLUMNS),
        ("cell", words::CELLS),
        ("measure", words::MEASURES),
        ("topic-kind", words::TOPIC_KINDS),
        ("unchanged", &["stopped"]),
        ("result", &["failed-partly"]),
    ];
    let plain = families.iter().flat_map(|(family, ids)| ids.iter().map(move |id| format!("{family}-{id}")));
    let passed = words::PASSING.iter().map(|id| format!("check-{id}.passed"));
    let next = words::BLOCKING.iter().map(|id| format!("check-{id}.next"));
    let of_moves = words::OF_MOVES.iter().map(|key| (*key).to_owned());
    let of_rocketmq = words::OF_ROCKETMQ.iter().map(|key| (*key).to_owned());
    plain.chain(passed).chain(next).chain(of_moves).chain(of_rocketmq).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") && !path.ends_with("snapshots") {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") && !path.ends_with("vocabulary.rs") {
            found.push(path);
        }
    }
}

fn code() -> String {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/text"), &mut files);
    assert!(files.len() > 15, "the sources are where they are looked for");
    files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// Every string of the code that looks like a key.
fn literals() -> BTreeSet<String> {
    let literal = Regex::new(r#""([a-z][a-z0-9]*(?:-[a-z0-9]+)*)""#).unwrap();
    literal.captures_iter(&code()).map(|found| found[1].to_owned()).collect()
}

/// Every string of the code that is asked for as a key.
fn asked() -> BTreeSet<String> {
    let asked = Regex::new(r#"\.(?:say|text)\(\s*"([^"]+)""#).unwrap();
    asked.captures_iter(&code()).map(|found| found[1].to_owned()).collect()
}

#[test]
fn every_id_has_its_sentence_in_every_language() {
    for locale in Locale::ALL {
        let missing: Vec<String> =
            by_id().into_iter().chain(asked()).filter(|key| !locale.keys().contains_key(key)).collect();
        assert!(missing.is_empty(), "{} lacks {missing:?}", locale.tag());
    }
}

#[test]
fn no_sentence_is_unused() {
    let used: BTreeSet<String> = by_id().into_iter().chain(literals()).collect();
    let mistakes = words::MISTAKES.iter().map(|id| format!("mistake-{id}.next"));
    let used: BTreeSet<String> = used.into_iter().chain(mistakes).collect();
    let whoami = ["whoami-roles-none", "whoami-clusters-none", "whoami-owns-none"];
    for locale in Locale::ALL {
        let unused: Vec<&String> =
            locale.keys().keys().filter(|key| !used.contains(*key) && !whoami.contains(&key.as_str())).collect();
        assert!(unused.is_empty(), "{} has sentences nobody says: {unused:?}", locale.tag());
    }
}

#[test]
fn languages_have_the_same_keys_and_variables() {
    let (english, chinese) = (Locale::EnUs.keys(), Locale::ZhCn.keys());
    let names = |locale: Locale| locale.keys().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(Locale::EnUs), names(Locale::ZhCn));
    for (key, variables) in english {
        let of = |variables: &std::collections::BTreeMap<String, _>| variables.keys().cloned().collect::<Vec<_>>();
        assert_eq!(of(variables), of(&chinese[key]), "variables of {key}");
    }
}

#[test]
fn the_files_are_readable_and_no_key_stands_twice() {
    for locale in Locale::ALL {
        let mut keys = BTreeSet::new();
        for source in locale.sources() {
            let parsed = fluent_syntax::parser::parse(*source);
            let resource = parsed.unwrap_or_else(|(_, errors)| panic!("{}: {errors:?}", locale.tag()));
            for entry in resource.body {
                if let fluent_syntax::ast::Entry::Message(message) = entry {
                    assert!(keys.insert(message.id.name), "{} stands twice in {}", message.id.name, locale.tag());
                }
            }
        }
    }
}

#[test]
fn whoever_is_told_alone_is_told_what_to_do() {
    let is_told = |why: &NotCounted| {
        let uncounted = vec![Uncounted { person: "alice".parse().unwrap(), why: *why }];
        !Tally { uncounted, ..Tally::default() }.unheard().is_empty()
    };
    let told: Vec<&str> = UNCOUNTED.into_iter().filter(is_told).map(NotCounted::key).collect();
    assert_eq!(told, words::TOLD_VOTES);
}

#[test]
fn every_kind_of_failure_has_words() {
    let kinds = [
        FailureKind::Unreachable,
        FailureKind::TimedOut,
        FailureKind::Denied,
        FailureKind::NotAuthenticated,
        FailureKind::Unsupported,
        FailureKind::Garbage,
        FailureKind::Refused,
    ];
    for kind in kinds {
        assert!(words::FAILURES.contains(&kind.key()), "{}", kind.key());
    }
}

#[test]
fn chinese_is_chinese() {
    let is_han = |character: char| ('\u{4e00}'..='\u{9fff}').contains(&character);
    let bare = [
        "about",
        "unit-",
        "card-headline",
        "card-ids",
        "unknown-id",
        "quoted",
        "table-",
        "thing-",
        "notice-line",
        "card-difference",
        "audit-entry",
        "group-protocol",
        "card-progress-of",
    ];
    for key in Locale::ZhCn.keys().keys() {
        let text = Locale::ZhCn.text(key);
        let own = bare.iter().any(|start| key.starts_with(start)) || Locale::EnUs.text(key) != text;
        assert!(own, "{key} is the same in both languages: {text}");
        let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 3).count();
        assert!(words < 6 || text.chars().any(is_han), "{key} is not in Chinese: {text}");
    }
}

#[test]
fn locales_fall_back_as_they_should() {
    for (tag, locale) in [
        ("en-US", Locale::EnUs),
        ("en-GB", Locale::EnUs),
        ("zh-CN", Locale::ZhCn),
        ("zh-Hans-SG", Locale::ZhCn),
        ("zh_CN", Locale::ZhCn),
        ("zh-TW", Locale::EnUs),
        ("zh-Hant", Locale::EnUs),
        ("de", Locale::EnUs),
        ("", Locale::EnUs),
        ("\u{202e}", Locale::EnUs),
    ] {
        assert_eq!(Locale::of(tag), locale, "{tag}");
    }
}
