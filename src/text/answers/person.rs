//! `/help` and `/whoami`.

use crate::text::card::{Block, Card, CardFile, Line, Span};
use crate::text::foreign::shown;
use crate::text::locale::{Args, Locale};
use crate::text::plan_card::head::effect;
use crate::text::sentence::{NAME, WORDS, names};
use interlock::command::Kind;
use interlock::looks::{Help, HelpCommand, WhoAmI};
use interlock::policy::Access;

const MOST_COMMANDS: usize = 30;

pub(super) fn help(help: &Help, locale: Locale) -> Card {
    match help {
        Help::List(commands) => list(commands, locale),
        Help::Command(command) => one(command, locale),
    }
}

fn list(commands: &[HelpCommand], locale: Locale) -> Card {
    let lines = commands.iter().take(MOST_COMMANDS).map(|command| Block::Line(command_line(command)));
    let more = commands.len().saturating_sub(MOST_COMMANDS);
    let more = (more > 0).then(|| Block::Line(locale.say("help-more", &Args::new().count("more", more))));
    let whole = commands.iter().map(|command| format!("{}\n    {}\n", command.usage, command.description));
    let file = CardFile { name: "help.txt".to_owned(), bytes: whole.collect::<String>().into_bytes(), alt: None };
    Card {
        headline: vec![locale.say("help-headline", &Args::new().code("example", "/help command:reset-offset"))],
        body: lines.chain(more).collect(),
        files: vec![file],
        ..Card::default()
    }
}

fn command_line(command: &HelpCommand) -> Line {
    Line(vec![
        Span::Code(format!("/{}", shown(&command.name, NAME))),
        Span::Plain(" ".to_owned()),
        Span::Foreign(shown(&command.description, 100)),
    ])
}

fn one(command: &HelpCommand, locale: Locale) -> Card {
    const MOST: usize = 25;
    let rights = Args::new().foreign("role", &command.role, NAME);
    let rights = match command.kind {
        _ if command.role == Access::Anyone.key() => locale.say("help-role-anyone", &rights),
        Kind::Look => locale.say("help-role-looks", &rights),
        Kind::Change => locale.say("help-role-changes", &rights.line("effect", effect(command.effect, locale))),
        Kind::Control => locale.say("help-role-controls", &rights),
    };
    let mut body: Vec<Block> = command
        .options
        .iter()
        .take(MOST)
        .map(|option| {
            let key = if option.required { "help-option-required" } else { "help-option" };
            let args = Args::new().code("name", &option.name).foreign("description", &option.description, WORDS);
            Block::Line(locale.say(key, &args))
        })
        .collect();
    let examples = command
        .examples
        .iter()
        .take(5)
        .map(|example| Block::Line(locale.say("help-example", &Args::new().code("example", example))));
    body.extend(examples);
    Card {
        headline: vec![Line::code(&command.usage), Line::foreign(&command.description, WORDS), rights],
        body,
        ..Card::default()
    }
}

pub(super) fn whoami(who: &WhoAmI, locale: Locale) -> Card {
    let args = Args::new().line("person", Line::person(who.person.as_str(), NAME)).code("account", &who.account);
    let list = |key: &str, name: &str, all: &[String]| {
        if all.is_empty() {
            return Block::Line(locale.say(&format!("{key}-none"), &Args::new()));
        }
        Block::Line(locale.say(key, &Args::new().line(name, names(locale, all))))
    };
    let clusters: Vec<String> = who.clusters.iter().map(ToString::to_string).collect();
    let commands = who.commands.iter().take(MOST_COMMANDS).map(|name| Line::code(&format!("/{name}")));
    let commands = Line::joined(commands, " ");
    let mut body = vec![
        list("whoami-roles", "roles", &who.roles),
        list("whoami-clusters", "clusters", &clusters),
        list("whoami-owns", "owned", &who.owns),
    ];
    if !commands.is_empty() {
        body.push(Block::Line(locale.say("whoami-commands", &Args::new().line("commands", commands))));
    }
    Card { headline: vec![locale.say("whoami-headline", &args)], body, ..Card::default() }
}
