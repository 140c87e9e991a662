//! What a person is shown, before any chat has its say. The chat's adapter escapes, cuts into messages and draws.

use interlock::id::PersonId;
use interlock::principal::Account;
use interlock::time::Millis;

/// The file of all that a card says, where not all of it has room there.
pub const MORE_FILE: &str = "more.txt";
/// Stands where something is cut off: the rest is in [`MORE_FILE`]; in no language.
pub const MORE: &str = "… → more.txt";

/// A message to people, whole.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Card {
    /// What a push preview needs: what, where, worst case, votes, digest. At most five lines.
    pub headline: Vec<Line>,
    /// Who is called by it.
    pub mentions: Vec<Mention>,
    /// The state as a colour; always also a word in the text.
    pub tone: Tone,
    /// The detail below.
    pub body: Vec<Block>,
    /// The last line: votes, ids.
    pub footer: Option<Line>,
    /// Buttons, at most five.
    pub buttons: Vec<Button>,
    /// Reactions to seed, in this order.
    pub reactions: Vec<&'static str>,
    /// Attachments.
    pub files: Vec<CardFile>,
    /// Nothing is attached to it, nor what does not fit into a message.
    pub is_bare: bool,
    /// All that it says, where not all of it has room above: it goes along as [`MORE_FILE`].
    pub whole: Option<Box<Whole>>,
}

/// All that a card says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Whole {
    /// Its headline.
    pub headline: Vec<Line>,
    /// The detail below.
    pub body: Vec<Block>,
    /// The last line.
    pub footer: Option<Line>,
}

impl Card {
    /// The card with all that it says, for where there is room.
    #[must_use]
    pub fn uncut(&self) -> Self {
        let mut card = self.clone();
        if let Some(whole) = card.whole.take() {
            let Whole { headline, body, footer } = *whole;
            (card.headline, card.body, card.footer) = (headline, body, footer);
        }
        card
    }
}

/// One line of text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Line(pub Vec<Span>);

/// A piece of a line. Everything that did not come out of our own locale files is `Foreign` or `Code`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Span {
    /// Our own words.
    Plain(String),
    /// Our own words, emphasized.
    Strong(String),
    /// Text from outside (topics, groups, reasons, what a broker said): shown literally, never as markup or mention.
    Foreign(String),
    /// Something to copy: a command, an id. Shown literally in a fixed-width face.
    Code(String),
    /// A user of Discord whom the settings list for nobody: shown as whatever they are called there, and not called by it.
    Account(u64),
    /// An instant that is what it is: a target, something that happened. Always shown in UTC to the second; beside it a chat
    /// may show the reader's own zone.
    Time(Millis),
    /// When something ends. A chat may show how far off it is.
    Deadline(Millis),
}

impl Line {
    /// Our own words.
    #[must_use]
    pub fn plain(text: impl Into<String>) -> Self {
        Self(vec![Span::Plain(text.into())])
    }

    /// Text from outside, made showable; see [`super::foreign::shown`].
    #[must_use]
    pub fn foreign(text: &str, most: usize) -> Self {
        Self(vec![Span::Foreign(super::foreign::shown(text, most))])
    }

    /// Somebody, by the key of the settings; whom those do not list, by their account.
    #[must_use]
    pub fn person(key: &str, most: usize) -> Self {
        let person: Option<PersonId> = key.parse().ok();
        match person.and_then(|person| person.unlisted_account()) {
            Some(Account::Discord(id)) => Self(vec![Span::Account(id)]),
            Some(other) => Self::foreign(&other.to_string(), most),
            None => Self::foreign(key, most),
        }
    }

    /// Something to copy.
    #[must_use]
    pub fn code(text: &str) -> Self {
        Self(vec![Span::Code(super::foreign::shown(text, 200))])
    }

    /// These lines one after the other, with our own words between them.
    #[must_use]
    pub fn joined(parts: impl IntoIterator<Item = Self>, between: &str) -> Self {
        let mut line = Self::default();
        for part in parts {
            if !line.0.is_empty() {
                line.push(Span::Plain(between.to_owned()));
            }
            part.0.into_iter().for_each(|span| line.push(span));
        }
        line
    }

    /// The same words, our own ones emphasized.
    #[must_use]
    pub fn strong(self) -> Self {
        let strengthen = |span| match span {
            Span::Plain(text) => Span::Strong(text),
            other => other,
        };
        Self(self.0.into_iter().map(strengthen).collect())
    }

    /// Appends a span; our own words next to our own words become one span.
    pub fn push(&mut self, span: Span) {
        match (self.0.last_mut(), span) {
            (Some(Span::Plain(before)), Span::Plain(text)) => before.push_str(&text),
            (_, span) => self.0.push(span),
        }
    }

    /// Whether there is nothing to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text without faces; instants in UTC. Text from outside is as showable as it was made, and escaped for nothing.
    #[must_use]
    pub fn plain_text(&self) -> String {
        self.0.iter().map(Span::plain_text).collect()
    }
}

impl Span {
    fn plain_text(&self) -> String {
        match self {
            Self::Plain(text) | Self::Strong(text) | Self::Foreign(text) | Self::Code(text) => text.clone(),
            Self::Account(id) => Account::Discord(*id).to_string(),
            Self::Time(at) | Self::Deadline(at) => super::numbers::utc(*at),
        }
    }
}

/// A part of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A line of its own.
    Line(Line),
    /// A table in a fixed-width face: at most 30 columns wide and 6 rows high, then "+ n more".
    Table(Table),
    /// A small heading.
    Heading(Line),
    /// What no card has room for.
    More {
        /// What stands on the card in its place: how much it is.
        said: Line,
        /// All of it.
        rest: Vec<Block>,
    },
}

/// A table. Cells are literal text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The head.
    pub head: Vec<String>,
    /// The rows, each as long as the head.
    pub rows: Vec<Vec<String>>,
    /// What follows when rows were left out ("+ 14 more in plan.txt").
    pub more: Option<Line>,
}

/// Who is called by a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mention {
    /// A role of the chat.
    Role(u64),
    /// A user of the chat.
    User(u64),
}

/// The state of things as a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tone {
    /// Nothing to feel about.
    #[default]
    Neutral,
    /// Something is waited for.
    Waiting,
    /// Work is going on.
    Running,
    /// It went well.
    Good,
    /// Somebody should look.
    Warning,
    /// It went wrong.
    Bad,
}

/// A button. The id says what it does and to what: `details:K7F3QD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// At most 100 characters; parsed as hostile when it comes back.
    pub id: String,
    /// What stands on it.
    pub label: String,
    /// Whether it does something hard to take back.
    pub danger: bool,
}

/// An attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// For pictures: the same numbers in words, at most 1,024 characters.
    pub alt: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named_as_the_settings_name_them_and_others_by_their_accounts() {
        let person = |key| Line::person(key, 30);
        assert_eq!(person("alice"), Line(vec![Span::Foreign("alice".to_owned())]));
        assert_eq!(person("account:discord:7"), Line(vec![Span::Account(7)]));
        assert_eq!(person("account:discord:7").plain_text(), "discord:7");
        assert_eq!(person("account:uid:1000").plain_text(), "uid:1000");
        assert_eq!(person("account:discord:x").plain_text(), "account:discord:x", "no account");
    }
}
