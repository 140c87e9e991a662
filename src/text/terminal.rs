//! The few sentences of the console itself: what no bot can say, because it is about the way to it.

use super::card::{Block, Card, Line, Tone};
use super::locale::{Args, Locale};
use super::sentence::{NAME, WORDS, names};

/// The console's own directives, with the keys of what they are for.
pub const DIRECTIVES: [(&str, &str); 5] = [
    ("\\as", "console-directive-as"),
    ("\\file", "console-directive-file"),
    ("\\who", "console-directive-who"),
    ("\\help", "console-directive-help"),
    ("\\quit", "console-directive-quit"),
];

/// What the console says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terminal<'a> {
    /// After joining a bot.
    Welcome {
        /// The person.
        name: &'a str,
        /// The account.
        account: &'a str,
    },
    /// Who speaks.
    Who {
        /// The person.
        name: &'a str,
        /// The account.
        account: &'a str,
    },
    /// What the console itself can do.
    Help,
    /// A directive there is not.
    UnknownDirective {
        /// As typed.
        given: &'a str,
    },
    /// Here nobody can be played.
    NoPersonas,
    /// From now on somebody else speaks.
    SpeaksAs {
        /// Who.
        name: &'a str,
    },
    /// Nobody of that name can be played.
    UnknownPersona {
        /// As typed.
        given: &'a str,
        /// Who can be.
        names: &'a [String],
    },
    /// No printed card had a file of that name.
    UnknownFile {
        /// As typed.
        given: &'a str,
        /// Those there were.
        names: &'a [String],
    },
    /// The bot is gone.
    Gone,
    /// No bot listens there.
    NobodyThere {
        /// The socket.
        socket: &'a str,
    },
    /// The socket may not be opened.
    Closed {
        /// The socket.
        socket: &'a str,
        /// What the system said.
        said: &'a str,
    },
    /// The bot speaks another version of the protocol.
    OtherVersion,
    /// The bot could not be told who this is.
    Stranger,
    /// What listens there is no bot.
    NotABot,
    /// Too much at once.
    Busy,
    /// The bot has a bug.
    Failed,
    /// The line is too long.
    LineTooLong {
        /// In bytes.
        most: usize,
    },
    /// The line is not UTF-8.
    NotText,
    /// Cards came faster than they could be printed.
    Missed {
        /// How many were left out.
        count: u64,
    },
    /// The answer takes a while.
    UnderWay,
    /// The answer is not waited for any more.
    NotWaiting,
    /// No bot was running: this console runs one.
    Started {
        /// Where it logs.
        log: &'a str,
    },
    /// The bot of this console has ended, and operations have not.
    LeftOpen {
        /// How many.
        count: i64,
    },
}

/// The card of what the console says of itself.
#[must_use]
pub fn terminal(said: &Terminal<'_>, locale: Locale) -> Card {
    let none = Args::new;
    let person = |name: &str, account: &str| Args::new().foreign("name", name, NAME).code("account", account);
    match *said {
        Terminal::Welcome { name, account } => Card {
            headline: vec![
                locale.say("console-welcome", &person(name, account)),
                locale.say("console-welcome-next", &none()),
            ],
            ..Card::default()
        },
        Terminal::Who { name, account } => one(Tone::Neutral, locale.say("console-who", &person(name, account))),
        Terminal::Help => help(locale),
        Terminal::UnknownDirective { given } => Card {
            tone: Tone::Warning,
            ..with_help(locale.say("console-unknown-directive", &none().foreign("given", given, NAME)), locale)
        },
        Terminal::NoPersonas => one(Tone::Warning, locale.say("console-no-personas", &none())),
        Terminal::SpeaksAs { name } => {
            one(Tone::Neutral, locale.say("console-speaks-as", &none().foreign("name", name, NAME)))
        }
        Terminal::UnknownPersona { given, names } => {
            let args = none().foreign("given", given, NAME).line("names", self::names(locale, names));
            one(Tone::Warning, locale.say("console-unknown-persona", &args))
        }
        Terminal::UnknownFile { given, names } => {
            let args = none().foreign("given", given, NAME).count("count", names.len());
            let args = args.line("names", self::names(locale, names));
            one(Tone::Warning, locale.say("console-unknown-file", &args))
        }
        Terminal::Gone => one(Tone::Bad, locale.say("console-gone", &none())),
        Terminal::NobodyThere { socket } => {
            one(Tone::Bad, locale.say("console-nobody-there", &none().foreign("socket", socket, WORDS)))
        }
        Terminal::Closed { socket, said } => {
            let args = none().foreign("socket", socket, WORDS).foreign("said", said, WORDS);
            one(Tone::Bad, locale.say("console-closed", &args))
        }
        Terminal::OtherVersion => one(Tone::Bad, locale.say("console-other-version", &none())),
        Terminal::Stranger => one(Tone::Bad, locale.say("console-stranger", &none())),
        Terminal::NotABot => one(Tone::Bad, locale.say("console-not-a-bot", &none())),
        Terminal::Busy => one(Tone::Warning, locale.say("console-busy", &none())),
        Terminal::Failed => one(Tone::Bad, locale.say("console-failed", &none())),
        Terminal::LineTooLong { most } => {
            one(Tone::Warning, locale.say("console-line-too-long", &none().count("most", most)))
        }
        Terminal::NotText => one(Tone::Warning, locale.say("console-not-text", &none())),
        Terminal::Missed { count } => {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            one(Tone::Warning, locale.say("console-missed", &none().number("count", count)))
        }
        Terminal::UnderWay => one(Tone::Neutral, locale.say("console-under-way", &none())),
        Terminal::NotWaiting => one(Tone::Warning, locale.say("console-not-waiting", &none())),
        Terminal::Started { log } => {
            one(Tone::Neutral, locale.say("console-started", &none().foreign("log", log, WORDS)))
        }
        Terminal::LeftOpen { count } => {
            one(Tone::Warning, locale.say("console-left-open", &none().number("count", count)))
        }
    }
}

fn one(tone: Tone, line: Line) -> Card {
    Card { headline: vec![line], tone, ..Card::default() }
}

fn help(locale: Locale) -> Card {
    with_help(locale.say("console-help", &Args::new()), locale)
}

fn with_help(headline: Line, locale: Locale) -> Card {
    let body = DIRECTIVES.iter().map(|(directive, key)| {
        let args = Args::new().code("directive", directive).line("what", locale.say(key, &Args::new()));
        Block::Line(locale.say("console-directive", &args))
    });
    Card { headline: vec![headline], body: body.collect(), ..Card::default() }
}
