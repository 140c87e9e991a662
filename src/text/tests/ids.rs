//! Every id that planners, engine and desk write has a sentence: the sources are read, so that a new id cannot be forgotten.

use crate::text::{Locale, sentence, vocabulary as words};
use interlock::approval::{Event, State};
use interlock::changes::ids;
use interlock::facts::Facts;
use regex::Regex;
use std::collections::BTreeSet;
use std::path::Path;

/// The product's code under a folder: files of tests and test modules left out.
fn code(folder: &Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            text.push_str(&code(&path));
        } else if name.ends_with(".rs") && name != "tests.rs" {
            let source = std::fs::read_to_string(&path).unwrap();
            text.push_str(source.split("#[cfg(test)]").next().unwrap());
        }
    }
    text
}

fn rooms(all: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    all.iter().map(|room| code(&root.join(room))).collect()
}

fn written(pattern: &str, text: &str) -> BTreeSet<String> {
    let found: BTreeSet<String> =
        Regex::new(pattern).unwrap().captures_iter(text).map(|found| found[1].to_owned()).collect();
    assert!(!found.is_empty(), "nothing is written as {pattern}: the test looks for the wrong thing");
    found
}

fn missing(found: &BTreeSet<String>, known: &[&[&str]]) -> Vec<String> {
    found.iter().filter(|id| !known.iter().any(|ids| ids.contains(&id.as_str()))).cloned().collect()
}

#[test]
fn every_mistake_has_a_sentence() {
    let found = written(r#"Mistake::new\(\s*"([a-z-]+)""#, &rooms(&["crates/interlock/src", "src/desk"]));
    assert_eq!(missing(&found, &[words::MISTAKES]), Vec::<String>::new());
}

#[test]
fn every_check_has_a_sentence() {
    let text = rooms(&["crates/interlock/src", "src/desk"]);
    let found = written(r#"Check::new\(\s*Level::(?:Warn|Consent|Block),\s*"([a-z-]+)""#, &text);
    assert_eq!(missing(&found, &[words::CHECKS, words::BROKEN]), Vec::<String>::new());
    let blocking = written(r#"Check::new\(\s*Level::Block,\s*"([a-z-]+)""#, &text);
    assert_eq!(missing(&blocking, &[words::BLOCKING]), Vec::<String>::new());
    let passing = written(r#"Check::(?:pass\(|new\(\s*Level::Pass,)\s*"([a-z-]+)""#, &text);
    assert_eq!(missing(&passing, &[words::PASSING]), Vec::<String>::new());
}

/// The lists that `interlock` itself gives, whatever way an id is written in the code.
#[test]
fn every_id_of_the_changes_has_a_sentence() {
    let listed = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(missing(&listed(ids::CHECKS), &[words::CHECKS, words::PASSING]), Vec::<String>::new());
    assert_eq!(missing(&listed(ids::MISTAKES), &[words::MISTAKES]), Vec::<String>::new());
    assert_eq!(missing(&listed(ids::BROKEN), &[words::BROKEN]), Vec::<String>::new());
    assert_eq!(missing(&listed(ids::WAITS), &[words::WAITS]), Vec::<String>::new());
    assert_eq!(missing(&listed(ids::WORST_CASES), &[words::WORST]), Vec::<String>::new());
    assert_eq!(missing(&listed(ids::NEEDS), &[words::APPLICATION]), Vec::<String>::new());
}

/// What planners and expectations of RocketMQ write, whether or not Kafka's write it, too.
fn of_rocketmq() -> BTreeSet<String> {
    let rooms = [
        "crates/interlock/src/changes/queues",
        "crates/interlock/src/changes/reset_offset/rocketmq",
        "crates/interlock/src/changes/rocketmq_groups",
        "crates/interlock/src/changes/rocketmq_topics",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("crates/interlock/src");
    let files = ["changes/rocketmq_offsets.rs", "changes/rollback/rocketmq.rs", "plan/rocketmq_topic.rs"];
    let files = files.map(|file| std::fs::read_to_string(root.join(file)).unwrap());
    written(r#""([a-z]+(?:-[a-z]+)+)""#, &(self::rooms(&rooms) + &files.concat()))
}

/// Words that are Kafka's alone, in either language.
fn of_kafka(told: &str) -> bool {
    ["partition", "record", "分区"].iter().any(|word| told.contains(word))
}

#[test]
fn nothing_that_is_found_on_rocketmq_is_told_of_partitions() {
    let families = ["check", "broken", "mistake", "wait"];
    let told = |id: &str, facts: Facts| {
        let say = |locale: Locale| sentence::find(locale, &families, id, &facts).map(|line| line.plain_text());
        Locale::ALL.iter().filter_map(|locale| say(*locale)).filter(|told| of_kafka(told)).collect::<Vec<_>>()
    };
    let of_kafka: Vec<String> =
        of_rocketmq().into_iter().filter(|id| !told(id, Facts::none().of_rocketmq()).is_empty()).collect();
    assert_eq!(of_kafka, Vec::<String>::new());
    // Without the fact that says where it was found, some are.
    let shared = of_rocketmq().into_iter().filter(|id| !told(id, Facts::none()).is_empty()).count();
    assert!(shared > 10, "{shared}");
}

#[test]
fn every_finding_of_a_wait_or_an_expectation_has_a_sentence() {
    let broken = written(r#"Held::Broken \{\s*id: "([a-z-]+)""#, &rooms(&["crates/interlock/src/plan"]));
    assert_eq!(missing(&broken, &[words::BROKEN]), Vec::<String>::new());
    let waits =
        written(r#"Looked::(?:NotYet|Impossible) \{\s*id: "([a-z-]+)""#, &rooms(&["crates/interlock/src/plan"]));
    assert_eq!(missing(&waits, &[words::WAITS, words::BROKEN]), Vec::<String>::new());
}

#[test]
fn everything_the_engine_tells_has_a_sentence() {
    let text = rooms(&["crates/engine/src"]);
    let states: Vec<&str> = State::ALL.iter().map(|state| state.key()).collect();
    let events: Vec<&str> = Event::ALL.iter().map(|event| event.key()).collect();
    let told = written(r#"(?:milestone|progress|alert|because)\(\s*"([a-z-]+)""#, &text);
    let known = [words::NOTICES, words::REASONS, words::WAITS, words::BROKEN, words::CHECKS, &states];
    assert_eq!(missing(&told, &known), Vec::<String>::new());
    let reasons = written(r#"(?:give_up|lose)\(\s*operation,\s*"([a-z-]+)""#, &text);
    assert_eq!(missing(&reasons, &known), Vec::<String>::new());
    let ends = written(r#"ending\(\s*"([a-z-]+)""#, &text);
    assert_eq!(missing(&ends, &[&states, &events]), Vec::<String>::new());
}

#[test]
fn everything_a_control_does_has_a_sentence() {
    let found = written(r#"controlled\(\s*&?operation,\s*"([a-z-]+)""#, &rooms(&["src/desk"]));
    assert_eq!(missing(&found, &[words::CONTROLLED]), Vec::<String>::new());
}

#[test]
fn every_worst_case_has_a_sentence() {
    let text = rooms(&["crates/interlock/src/changes"]);
    let found = written(r#""((?:reset|rollback)-(?:replays|skips|neither|returns)[a-z-]*)""#, &text);
    assert_eq!(missing(&found, &[words::WORST]), Vec::<String>::new());
    let needs = written(r#"needs_from_application\.push\("([a-z-]+)""#, &text);
    assert_eq!(missing(&needs, &[words::APPLICATION]), Vec::<String>::new());
}

#[test]
fn every_refusal_of_a_right_has_a_sentence() {
    let found =
        written(r#"Denied(?:::because\(| \{ id: )"([a-z-]+)""#, &rooms(&["crates/interlock/src/policy", "src"]));
    assert_eq!(missing(&found, &[words::DENIED]), Vec::<String>::new());
    let strangers = written(r#"Stranger::[A-Za-z]+ => "([a-z-]+)""#, &rooms(&["src/chat"]));
    assert_eq!(missing(&strangers, &[words::DENIED]), Vec::<String>::new());
}

#[test]
fn everything_that_fails_has_a_sentence() {
    let found = written(r#"Failed \{\s*id: "([a-z-]+)"\.to_owned\(\)"#, &rooms(&["src"]));
    assert_eq!(missing(&found, &[words::FAILED]), Vec::<String>::new());
}

#[test]
fn what_operators_are_told_has_a_sentence() {
    let found = written(r#""(undelivered[a-z-]*)""#, &rooms(&["src/chat/deliver"]));
    assert_eq!(missing(&found, &[words::NOTICES]), Vec::<String>::new());
}

#[test]
fn what_a_backend_says_no_with_has_a_sentence() {
    let found = written(r#"=> "([a-z]+(?:-[a-z]+)+)""#, &rooms(&["src/backend/kafka"]));
    assert_eq!(missing(&found, &[words::REASONS, words::BROKEN, words::CHECKS]), Vec::<String>::new());
}

#[test]
fn every_way_a_log_can_be_broken_has_a_sentence() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/audit/broken.rs");
    let found = written(r#"Self::\w+ => "([a-z-]+)""#, &std::fs::read_to_string(file).unwrap());
    let known: BTreeSet<String> = words::AUDIT.iter().map(|id| (*id).to_owned()).collect();
    assert_eq!(found, known);
}
