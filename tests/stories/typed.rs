//! The console at a real terminal: line editing, and a newcomer's first run.

mod terminal;

use super::command_line::{Home, SIMULATED};
use std::path::Path;
use tempfile::TempDir;
use terminal::Terminal;

const ENTER: &str = "\r";
const TAB: &str = "\t";
const UP: &str = "\x1b[A";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
/// Shown when the console is ready for the first line.
const WELCOME: &str = "You speak as alice";
/// Only the answer to `/whoami` says so.
const WHOAMI: &str = "operator";
/// Only the answer to `/clusters` names it.
const CLUSTER: &str = "staging-kafka";

fn console(home: &Home) -> Terminal {
    let terminal = Terminal::open(home.path(), "--settings signalbox.toml console");
    terminal.shows_again(WELCOME, 0);
    terminal.prompts_again(0);
    terminal
}

/// Types a line and waits for its answer; how often its words were shown then.
fn asks(terminal: &Terminal, keys: &str, (words, before): (&str, usize)) -> usize {
    let prompts = terminal.prompts();
    terminal.types(keys);
    terminal.types(ENTER);
    let shown = terminal.shows_again(words, before);
    terminal.prompts_again(prompts);
    shown
}

fn leaves(terminal: Terminal) {
    terminal.types(CTRL_D);
    assert_eq!(terminal.ends(), Some(0));
}

fn files_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn tab_completes_what_is_begun() {
    let home = Home::new(SIMULATED);
    let terminal = console(&home);
    terminal.types("/clus");
    terminal.types(TAB);
    terminal.shows_again("/clusters", 0);
    asks(&terminal, "", (CLUSTER, 0));
    leaves(terminal);
}

#[test]
fn up_brings_the_line_before_also_in_the_next_console() {
    let home = Home::new(SIMULATED);
    let terminal = console(&home);
    let once = asks(&terminal, "/whoami", (WHOAMI, 0));
    let twice = asks(&terminal, UP, (WHOAMI, once));
    assert!(twice > once);
    leaves(terminal);
    let next = console(&home);
    asks(&next, UP, (WHOAMI, 0));
    leaves(next);
}

#[test]
fn ctrl_c_throws_the_line_away_and_nothing_of_it_is_asked() {
    let home = Home::new(SIMULATED);
    let terminal = console(&home);
    terminal.types("/wrong line");
    terminal.shows_again("/wrong line", 0);
    let prompts = terminal.prompts();
    terminal.types(CTRL_C);
    terminal.prompts_again(prompts);
    asks(&terminal, "/whoami", (WHOAMI, 0));
    assert!(!terminal.shows().contains("no command"), "{}", terminal.shows());
    leaves(terminal);
}

/// On a line that is begun Ctrl-D takes the next character away, and leaves nobody.
#[test]
fn ctrl_d_leaves_from_an_empty_line_only() {
    let home = Home::new(SIMULATED);
    let terminal = console(&home);
    terminal.types("/who");
    terminal.types(CTRL_D);
    asks(&terminal, "ami", (WHOAMI, 0));
    leaves(terminal);
}

/// Nothing is set up, and nothing is asked for: the demo opens, answers, and leaves nothing behind.
#[test]
fn a_newcomer_without_settings_gets_the_demo() {
    let folder = TempDir::new().unwrap();
    let terminal = Terminal::open(folder.path(), "console");
    terminal.shows_again("Try, as alice", 0);
    terminal.shows_again("/clusters", 0);
    terminal.prompts_again(0);
    assert_eq!(files_in(folder.path()).len(), 1, "the demo's store");
    asks(&terminal, "/clusters", (CLUSTER, 0));
    asks(&terminal, "\\as bob", ("you speak as bob", 0));
    leaves(terminal);
    assert_eq!(files_in(folder.path()), Vec::<String>::new());
}
