//! The arrows inside `src/`, and those of the manifests: who may name whom. Between crates the compiler keeps them; inside of
//! the package only this test does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A source file: its path below `src/`, and its code without comments and strings.
struct Source {
    path: String,
    code: String,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut found = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let code = without_words(&std::fs::read_to_string(&path).expect("a source"));
                let path = path.strip_prefix(&src).expect("below src").to_str().expect("a plain path").to_owned();
                found.push(Source { path, code });
            }
        }
    }
    assert!(found.len() > 100, "the sources are somewhere else");
    found
}

/// Code without line comments and without the content of strings: a name in them is no arrow.
fn without_words(text: &str) -> String {
    let mut code = String::new();
    for line in text.lines() {
        let mut in_string = false;
        let mut characters = line.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '/' if !in_string && characters.peek() == Some(&'/') => break,
                '\\' if in_string => _ = characters.next(),
                '"' => in_string = !in_string,
                _ if in_string => {}
                _ => code.push(character),
            }
        }
        code.push('\n');
    }
    code
}

/// The identifiers of some code.
fn words(code: &str) -> BTreeSet<&str> {
    code.split(|character: char| !character.is_alphanumeric() && character != '_').collect()
}

/// The rooms of `src/` that a file names: by `crate::room`, or within braces behind `crate::`.
fn rooms_named(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for (place, _) in code.match_indices("crate::") {
        let rest = &code[place + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => rooms.extend(heads(list)),
            None => rooms.extend(first_word(rest)),
        }
    }
    rooms
}

fn first_word(text: &str) -> Option<String> {
    let word: String = text.chars().take_while(|character| character.is_alphanumeric() || *character == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// The first word of each item of a `use` list that begins here.
fn heads(list: &str) -> Vec<String> {
    let (mut depth, mut begins, mut found) = (0, true, Vec::new());
    for (place, character) in list.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            character if begins && character.is_alphabetic() => {
                found.extend(first_word(&list[place..]));
                begins = false;
            }
            _ => {}
        }
    }
    found
}

fn is_in(path: &str, room: &str) -> bool {
    path.starts_with(&format!("{room}/")) || path == format!("{room}.rs")
}

/// Files that name a word and lie in none of the rooms.
fn strangers<'s>(sources: &'s [Source], word: &str, rooms: &[&str]) -> Vec<&'s str> {
    let outside = |source: &&Source| !rooms.iter().any(|room| is_in(&source.path, room));
    let named = sources.iter().filter(|source| words(&source.code).contains(word));
    named.filter(outside).map(|source| source.path.as_str()).collect()
}

#[test]
fn drivers_are_known_in_their_rooms_only() {
    let sources = sources();
    // bot/reach builds the configuration out of the settings and hands it to the room.
    for (driver, rooms) in [
        ("kafka_admin", &["backend/kafka", "bot/reach"][..]),
        ("rocketmq_admin", &["backend/rocketmq", "bot/reach"]),
        ("serenity", &["chat/discord"]),
        ("sqlx", &["store"]),
        ("reedline", &["chat/console"]),
        ("crossterm", &["chat/console"]),
        ("axum", &["http"]),
        ("metrics_exporter_prometheus", &["http", "bot", "meters"]),
        ("toml", &["config"]),
        ("clap", &["command_line"]),
        ("fluent_bundle", &["text"]),
    ] {
        assert_eq!(strangers(&sources, driver, rooms), Vec::<&str>::new(), "they name {driver}");
        let used = sources.iter().any(|source| words(&source.code).contains(driver));
        assert!(used, "nobody names {driver}: this line guards nothing");
    }
}

#[test]
fn the_settings_of_kafka_are_made_and_nothing_is_called() {
    let sources = sources();
    let reach = sources.iter().find(|source| source.path == "bot/reach.rs").expect("bot/reach.rs");
    assert!(
        !words(&reach.code).contains("Client") && !reach.code.contains(".await"),
        "bot/reach.rs only builds settings"
    );
}

#[test]
fn rooms_know_only_what_they_may() {
    // What a room may name beside itself.
    let allowed: &[(&str, &[&str])] = &[
        ("store", &[]),
        // It counts, and knows nothing of what it counts.
        ("meters", &[]),
        ("backend", &["meters"]),
        ("clock", &[]),
        ("config", &[]),
        // Of the desk only what it answers: data.
        ("text", &["desk"]),
        // Of the chat only its port.
        ("desk", &["store", "text", "chat", "meters"]),
        ("chat", &["desk", "text", "store", "meters"]),
        ("http", &["store", "meters"]),
        ("offline", &["desk"]),
        ("house", &["chat", "desk"]),
    ];
    let sources = sources();
    let mut wrong = Vec::new();
    for (room, may) in allowed {
        let mut files = sources.iter().filter(|source| is_in(&source.path, room) && !is_test(&source.path)).peekable();
        assert!(files.peek().is_some(), "there is no room {room}");
        for source in files {
            let named = rooms_named(&source.code);
            let stranger = |other: &&String| other.as_str() != *room && !may.contains(&other.as_str());
            wrong.extend(named.iter().filter(stranger).map(|other| format!("{} names {other}", source.path)));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Unit tests may reach further; their files are called so.
fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs") || path.contains("/tests/") || path.contains("/contract/") || path.contains("/wire/")
}

#[test]
fn desk_and_text_know_the_others_by_their_outsides() {
    let only = |room: &str, path: &str, outside: &[&str]| {
        for source in sources().iter().filter(|source| is_in(&source.path, room) && !is_test(&source.path)) {
            for (place, _) in source.code.match_indices(path) {
                let rest = &source.code[place + path.len()..];
                let named = rest.strip_prefix('{').map_or_else(|| Vec::from_iter(first_word(rest)), heads);
                for name in named {
                    assert!(outside.contains(&name.as_str()), "{} names {path}{name}", source.path);
                }
            }
        }
    };
    only("desk", "crate::chat::", &["CardSeen", "Chat", "ChatError", "Lists", "MemberNow", "MessageRef"]);
    only("text", "crate::desk::", &["Answer", "Denied", "Done", "Recorded"]);
}

#[test]
fn unit_tests_do_not_tell_stories() {
    let names_it = |code: &str| {
        code.match_indices("story::").any(|(place, _)| {
            let before = code[..place].chars().next_back();
            before.is_none_or(|before| !before.is_alphanumeric() && before != '_')
        })
    };
    assert!(names_it("use story::Story;") && !names_it("use history::Lines;"));
    for source in &sources() {
        assert!(!names_it(&source.code), "{} tells a story", source.path);
    }
}

#[test]
fn only_the_engine_makes_permits() {
    let sources = sources();
    for source in &sources {
        assert!(!source.code.contains("Permit::new"), "{} makes a permit", source.path);
    }
    let permit = std::fs::read_to_string(root().join("crates/engine/src/permit.rs")).expect("the permit");
    assert!(permit.contains("pub(crate) fn new("), "only the engine makes permits");
    assert!(!permit.contains("pub fn new("), "everybody could make permits");
}

fn dependencies(manifest: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(manifest).expect("a manifest");
    let Some((_, listed)) = text.split_once("\n[dependencies]\n") else { return BTreeSet::new() };
    let lines = listed.lines().take_while(|line| !line.starts_with('['));
    let name = |line: &str| line.split(['.', ' ', '=']).next().unwrap_or_default().to_owned();
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(name).collect()
}

#[test]
fn manifests_of_pure_crates_stay_pure() {
    let of = |name: &str| dependencies(&root().join("crates").join(name).join("Cargo.toml"));
    let set = |names: &[&str]| names.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
    // A new dependency of the pure middle is put here by a person who made sure that it does no I/O.
    let pure = set(&[
        "hex",
        "jiff",
        "placement",
        "regex",
        "serde",
        "serde_json",
        "sha2",
        "strsim",
        "thiserror",
        "toml",
        "unicode-normalization",
    ]);
    assert_eq!(of("interlock").difference(&pure).collect::<Vec<_>>(), Vec::<&String>::new());
    assert_eq!(of("placement"), set(&["thiserror"]));
    assert_eq!(of("discord-limits"), set(&[]));
    let engine = set(&["interlock", "serde", "serde_json", "thiserror", "tokio", "tracing"]);
    assert_eq!(of("engine").difference(&engine).collect::<Vec<_>>(), Vec::<&String>::new());
    for (name, never) in [
        ("simulated", &["tokio", "sqlx", "serenity", "kafka-admin", "signalbox", "reqwest"][..]),
        ("kafka-admin", &["interlock", "engine", "signalbox", "simulated", "sqlx", "serenity"]),
        ("rocketmq-admin", &["interlock", "engine", "signalbox", "simulated", "sqlx", "serenity", "kafka-admin"]),
        ("discord-model", &["interlock", "engine", "signalbox", "simulated", "serenity", "sqlx"]),
        ("card-picture", &["interlock", "engine", "signalbox", "discord-model", "serenity", "tokio"]),
    ] {
        for forbidden in never {
            assert!(!of(name).contains(*forbidden), "{name} depends on {forbidden}");
        }
    }
}

/// What a package of the lock file was resolved with, for all features that anybody here switches on.
fn locked(package: &str) -> BTreeSet<String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("the lock file");
    let begin = format!("[[package]]\nname = \"{package}\"\n");
    let start = lock.find(&begin).unwrap_or_else(|| panic!("{package} is not in the lock file")) + begin.len();
    let block = lock[start..].split("\n\n").next().unwrap_or_default();
    let listed = block.lines().filter_map(|line| line.trim().strip_prefix('"')?.split(['"', ' ']).next());
    listed.map(str::to_owned).collect()
}

/// What draws pictures of cards is for tests: the bot that is run does without it.
#[test]
fn nothing_that_is_run_draws_cards() {
    let mut manifests = vec![root().join("Cargo.toml")];
    let crates = std::fs::read_dir(root().join("crates")).expect("the crates");
    manifests.extend(crates.map(|entry| entry.expect("one").path().join("Cargo.toml")));
    for manifest in manifests {
        assert!(!dependencies(&manifest).contains("card-picture"), "{} depends on it", manifest.display());
    }
    // The tests do.
    let (manifest, _) =
        lines_about("card-picture").into_iter().find(|(_, line)| line.ends_with(".workspace = true")).expect("one");
    assert_eq!(manifest, root().join("Cargo.toml"));
    let named = sources().into_iter().filter(|source| words(&source.code).contains("card_picture"));
    let named: Vec<String> = named.map(|source| source.path).collect();
    assert_eq!(named, ["text/tests/drawn.rs"]);
}

/// The manifests of the workspace, with their lines about a dependency.
fn lines_about(dependency: &str) -> Vec<(PathBuf, String)> {
    let crates = std::fs::read_dir(root().join("crates")).expect("the crates").map(|entry| entry.expect("one").path());
    let mut found = Vec::new();
    for folder in crates.chain([root()]) {
        let manifest = folder.join("Cargo.toml");
        let text = std::fs::read_to_string(&manifest).expect("a manifest");
        let about = |line: &&str| line.starts_with(dependency) && line[dependency.len()..].starts_with([' ', '.']);
        found.extend(text.lines().filter(about).map(|line| (manifest.clone(), line.to_owned())));
    }
    found
}

/// serenity with its cache answers look-ups of members from what it saw once: a role that was taken away would still count.
#[test]
fn serenity_has_no_cache() {
    let lines = lines_about("serenity");
    let (ours, others): (Vec<_>, Vec<_>) = lines.into_iter().partition(|(_, line)| line.contains("features"));
    let [(manifest, line)] = ours.as_slice() else {
        panic!("features of serenity are set in several places: {ours:?}")
    };
    assert_eq!(*manifest, root().join("Cargo.toml"));
    assert!(line.contains("default-features = false"), "the default has a cache: {line}");
    let features = line.split("features = [").last().and_then(|rest| rest.split(']').next()).expect("features");
    let features: BTreeSet<&str> = features.split(", ").map(|one| one.trim_matches('"')).collect();
    assert_eq!(features, ["builder", "client", "gateway", "http", "model", "rustls_backend"].into());
    assert!(others.iter().all(|(_, line)| line == "serenity.workspace = true"), "{others:?}");
    // The same as it was resolved: these come with the feature, whoever would switch it on.
    let resolved = locked("serenity");
    assert!(resolved.contains("tokio-tungstenite"), "the lock file is read: {resolved:?}");
    for only_with_the_cache in ["dashmap", "parking_lot", "rustc-hash", "mini-moka"] {
        assert!(!resolved.contains(only_with_the_cache), "serenity has {only_with_the_cache}");
    }
}

/// interlock reads no clock and does no I/O, also not through the standard library.
#[test]
fn the_pure_middle_touches_nothing() {
    let mut folders = vec![root().join("crates/interlock/src")];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let text = std::fs::read_to_string(&path).expect("a source");
            let product = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let code = without_words(product);
            let test = path.components().any(|part| part.as_os_str() == "tests") || path.ends_with("document.rs");
            for touch in ["std::fs", "std::net", "std::env", "std::thread", "SystemTime", "Instant::now", "Zoned::now"]
            {
                assert!(test || !code.contains(touch), "{} names {touch}", path.display());
            }
        }
    }
    assert!(files > 50, "interlock is somewhere else");
}

/// The tests above can fail: what they read is found where it stands.
#[test]
fn arrows_are_seen() {
    let code = without_words(
        "use crate::{desk::Done, store::{Store, audit}, text};\n// crate::backend\nlet a = \"crate::house\"; crate::chat::x();",
    );
    let named: Vec<String> = rooms_named(&code).into_iter().collect();
    assert_eq!(named, ["chat", "desk", "store", "text"]);
    let source = |path: &str, code: &str| Source { path: path.to_owned(), code: code.to_owned() };
    let sources = [source("store/mod.rs", "use sqlx::Row;"), source("desk/look.rs", "fn a() { sqlx::query() }")];
    assert_eq!(strangers(&sources, "sqlx", &["store"]), ["desk/look.rs"]);
}
