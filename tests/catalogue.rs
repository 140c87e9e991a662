//! Walks the catalogue: every command does something, in both languages, by its own examples, and a story tells of it. And
//! what the README shows is what the bot shows.

use engine::port::Clock;
use interlock::changes::CHANGES;
use interlock::command::{Catalogue, Command, Kind, parse_line};
use interlock::id::OperationId;
use interlock::policy::{Access, Role};
use interlock::principal::{Place, Principal};
use signalbox::clock::SystemClock;
use signalbox::desk::{Done, Incoming};
use std::collections::BTreeSet;
use std::path::Path;
use story::Story;

fn catalogue() -> Catalogue {
    Catalogue::built_in().expect("the catalogue")
}

#[test]
fn every_change_has_its_planner_and_every_planner_its_command() {
    let commands: BTreeSet<String> =
        catalogue().iter().filter(|command| command.kind == Kind::Change).map(|command| command.name.clone()).collect();
    assert_eq!(commands, CHANGES.iter().map(ToString::to_string).collect());
}

/// Somebody of the stories who may use a command.
fn who(command: &Command) -> &'static str {
    match command.access {
        Access::Role(Role::Auditor) => "ada",
        Access::Role(Role::Approver) => "bob",
        Access::Role(Role::Admin) => panic!("nobody in the stories is {:?}", command.access),
        Access::Role(_) => "alice",
        Access::Anyone => "mallory",
    }
}

/// An example of the catalogue, about things that are on the simulated fleet.
fn here(example: &str, command: &Command, (operation, digest): (&OperationId, &str)) -> String {
    let words = example.split(' ').map(|word| match word.split_once(':') {
        Some(("cluster", _)) => "cluster:orders-kafka".to_owned(),
        Some(("group", _)) => "group:nightly-report".to_owned(),
        Some(("topic", _)) => "topic:orders".to_owned(),
        Some(("operation", _)) => format!("operation:{operation}"),
        Some(("digest", _)) => format!("digest:{digest}"),
        _ => word.to_owned(),
    });
    let line = words.collect::<Vec<_>>().join(" ");
    let lacks = command.option("cluster").is_some_and(|option| option.infer) && !line.contains(" cluster:");
    if lacks { format!("{line} cluster:orders-kafka") } else { line }
}

/// Mistakes that say that the catalogue offers what is not there.
const EMPTY_PROMISES: [&str; 5] =
    ["not-built-yet", "unknown-command", "unknown-option", "not-a-choice", "missing-option"];

#[tokio::test]
async fn no_command_leads_nowhere() {
    let (story, _fleet) = Story::on_simulated().await;
    let wanted = "/reset-offset cluster:orders-kafka group:search-indexer to:earliest";
    let id = story.person("alice").plans(wanted).await;
    let digest = story.plan(&id).await.digest().to_string();
    let catalogue = catalogue();
    for command in catalogue.iter() {
        for example in &command.examples {
            let line = here(example, command, (&id, &digest));
            parse_line(&catalogue, &line).unwrap_or_else(|mistake| panic!("{line}: {mistake:?}"));
            let done = story.person(who(command)).runs(&line).await;
            match &done {
                Done::Bug | Done::Failed { .. } => panic!("{line} leads to {done:?}"),
                Done::Mistake(mistake) => {
                    assert!(!EMPTY_PROMISES.contains(&mistake.id.as_str()), "{line} leads to {mistake:?}");
                }
                _ => {}
            }
            let fits = match command.kind {
                Kind::Look => matches!(done, Done::Looked(_)),
                Kind::Change => {
                    matches!(done, Done::Planned { .. } | Done::DryRun(_) | Done::Refused(_) | Done::Mistake(_))
                }
                Kind::Control => !matches!(done, Done::Looked(_)),
            };
            assert!(fits, "{line} leads to {done:?}");
        }
    }
}

#[tokio::test]
async fn what_is_not_in_the_catalogue_is_a_mistake_and_no_bug() {
    let (story, _fleet) = Story::on_simulated().await;
    let account = story::people::account("alice");
    let person = story.house().rooms().policy.people.person(account);
    let answer = story
        .house()
        .desk()
        .handle(Incoming {
            command: "reset-ofset".to_owned(),
            options: Default::default(),
            principal: Principal { account, person, chat_roles: BTreeSet::new() },
            place: Place::Console,
            locale: "en-US".to_owned(),
            at: SystemClock::new().now(),
        })
        .await;
    let Done::Mistake(mistake) = answer.done else { panic!("{:?}", answer.done) };
    assert_eq!(mistake.id, "unknown-command");
    assert_eq!(mistake.facts.get("did-you-mean"), Some(&vec!["reset-offset".to_owned()].into()));
}

#[test]
fn everything_is_said_in_both_languages() {
    let said = |what: &str, text: &interlock::command::Localized| {
        let [english, chinese] = ["en-US", "zh-CN"]
            .map(|locale| text.0.get(locale).unwrap_or_else(|| panic!("{what} is not described in {locale}")));
        assert!(english != chinese && !english.trim().is_empty(), "{what}: {english}");
        assert!(chinese.chars().any(|character| ('\u{4e00}'..='\u{9fff}').contains(&character)), "{what}: {chinese}");
    };
    for command in catalogue().iter() {
        said(&format!("/{}", command.name), &command.description);
        for option in &command.options {
            said(&format!("/{} {}", command.name, option.name), &option.description);
        }
    }
}

/// The code below a folder without what is only remarked, and without one file.
fn code_below(folder: &Path, but: &str) -> String {
    let mut all = String::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.push_str(&code_below(&path, but));
        } else if !path.ends_with(but) {
            let text = std::fs::read_to_string(&path).expect("a text");
            let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            all.extend(lines.flat_map(|line| [line, "\n"]));
        }
    }
    all
}

/// Beside the one that types all of them and sees what each is for.
#[test]
fn a_story_tells_of_every_command() {
    let stories = code_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories"), "every_command.rs");
    let untold = |command: &&Command| {
        let typed = format!("\"/{}", command.name);
        !stories.match_indices(&typed).any(|(place, _)| stories[place + typed.len()..].starts_with([' ', '"']))
    };
    let catalogue = catalogue();
    let untold: Vec<&str> = catalogue.iter().filter(untold).map(|command| command.name.as_str()).collect();
    assert_eq!(untold, Vec::<&str>::new(), "no story types them");
}

/// The card of the README is the one that the tests of `text` draw.
#[test]
fn the_readme_shows_a_real_card() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect("a file of the repository");
    let drawn = read("src/text/snapshots/card_waiting.snap");
    let card = drawn.split("== en-US 60\n").nth(1).and_then(|rest| rest.split("\n\n== ").next()).expect("a card");
    assert!(read("README.md").contains(&format!("```text\n{card}\n```")), "the README's card is another than:\n{card}");
}

/// What is announced and not built is refused by name, and never ignored.
#[test]
fn what_is_not_built_is_refused() {
    let mut refused = 0;
    for command in catalogue().iter() {
        for option in &command.not_built_yet {
            let line = format!("{} {option}:x", command.examples[0]);
            let mistake = parse_line(&catalogue(), &line).unwrap_err();
            assert_eq!(mistake.id, "not-built-yet", "{line}: {mistake:?}");
            refused += 1;
        }
    }
    assert!(refused > 0);
}
