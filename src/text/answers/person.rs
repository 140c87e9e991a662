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
        .map(|option| {
            let key = if option.required { "help-option-required" } else { "help-option" };
            let args = Args::new().code("name", &option.name).foreign("description", &option.description, WORDS);
            Block::Line(locale.say(key, &args))
        })
        .collect();
    let examples = command
        .examples
        .iter()
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
    let mut body = vec![
        list("whoami-roles", "roles", &who.roles),
        list("whoami-clusters", "clusters", &clusters),
        list("whoami-owns", "owned", &who.owns),
    ];
    body.extend(commands(&who.commands, locale));
    Card { headline: vec![locale.say("whoami-headline", &args)], body, ..Card::default() }
}

/// What somebody may type, in lines that have room on a card.
fn commands(all: &[String], locale: Locale) -> Vec<Block> {
    const OF_A_LINE: usize = 18;
    let line = |names: &[String]| Line::joined(names.iter().map(|name| Line::code(&format!("/{name}"))), " ");
    let mut lines = all.chunks(OF_A_LINE).map(line);
    let first = lines.next().map(|first| locale.say("whoami-commands", &Args::new().line("commands", first)));
    first.into_iter().chain(lines).map(Block::Line).collect()
}
