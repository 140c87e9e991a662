//! From a typed line to what is printed: everything of the console that needs no terminal.

use super::answered::{Answered, TextFile};
use super::bot::{Bot, Gone, News};
use super::complete::{Offer, wanted};
use super::line_words::words;
use crate::text::terminal::{DIRECTIVES, Terminal, terminal};
use crate::text::{Card, Drawing, Locale};
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The longest line that is taken, in bytes: it must fit into the protocol's line, escaped.
pub(super) const LONGEST_LINE: usize = 10_000;
/// How long a person looks at nothing.
const PATIENCE: Duration = Duration::from_millis(2_500);
/// Commands of printed cards that are remembered for whoever begins to type one.
const REMEMBERED: usize = 20;
/// Files of printed cards that are kept for whoever wants to read them.
const KEPT_FILES: usize = 8;

/// How a console ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Its person left, or the input ended; nothing was refused where that matters.
    Well,
    /// In a pipe: at least one answer was a refusal or a failure, or what was looked at was not well.
    Refused,
    /// The bot is gone.
    Gone,
}

impl Left {
    /// The exit code of the process.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::Refused => 1,
            Self::Gone => 2,
        }
    }
}

/// What comes of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing.
    Quiet,
    /// This is printed.
    Said(Answered),
    /// The person leaves.
    Leave,
}

/// The console without its terminal.
#[derive(Clone)]
pub(super) struct Shell {
    bot: Arc<dyn Bot>,
    locale: Locale,
    refused: Arc<AtomicBool>,
    commands: Arc<Mutex<VecDeque<String>>>,
    files: Arc<Mutex<VecDeque<TextFile>>>,
}

impl Shell {
    pub(super) fn new(bot: Arc<dyn Bot>, locale: Locale) -> Self {
        Self { bot, locale, refused: Arc::default(), commands: Arc::default(), files: Arc::default() }
    }

    /// Carries out a line.
    pub(super) async fn step(&self, line: &str, drawing: Drawing) -> Result<Step, Gone> {
        let line = line.trim();
        if line.is_empty() {
            return Ok(Step::Quiet);
        }
        if line.len() > LONGEST_LINE {
            return Ok(self.said(&Terminal::LineTooLong { most: LONGEST_LINE }, drawing));
        }
        if let Some(directive) = line.strip_prefix('\\') {
            return Ok(self.directive(directive, drawing));
        }
        let answer = self.bot.command(line, drawing).await?;
        Ok(self.heard(answer))
    }

    /// The same; what takes long is told to be under way first, unless nobody reads any more what is told.
    pub(super) async fn told_step(
        &self,
        line: &str,
        drawing: Drawing,
        tell: impl FnOnce(&str) -> bool,
    ) -> Result<Step, Gone> {
        let mut step = pin!(self.step(line, drawing));
        if let Ok(step) = tokio::time::timeout(PATIENCE, &mut step).await {
            return step;
        }
        if let Step::Said(under_way) = self.said(&Terminal::UnderWay, drawing)
            && !tell(&under_way.text)
        {
            return Ok(Step::Leave);
        }
        step.await
    }

    fn directive(&self, typed: &str, drawing: Drawing) -> Step {
        let (name, rest) = typed.split_once(' ').unwrap_or((typed, ""));
        match (name, rest.trim()) {
            ("quit", "") => Step::Leave,
            ("help", "") => self.said(&Terminal::Help, drawing),
            ("who", "") => {
                let who = self.bot.who();
                self.said(&Terminal::Who { name: &who.name, account: &who.account }, drawing)
            }
            ("file", name) => self.file(name, drawing),
            ("as", name) => self.speak_as(name, drawing),
            _ => self.said(&Terminal::UnknownDirective { given: typed }, drawing),
        }
    }

    /// A file of a card that was printed, the newest of that name.
    fn file(&self, name: &str, drawing: Drawing) -> Step {
        let files = lock(&self.files).clone();
        if let Some(found) = files.iter().find(|file| file.name == name) {
            let text = format!("{}\n", found.text.trim_end());
            return Step::Said(Answered { text, well: true, commands: Vec::new(), files: Vec::new() });
        }
        self.said(&Terminal::UnknownFile { given: name, names: &names(&files) }, drawing)
    }

    fn speak_as(&self, name: &str, drawing: Drawing) -> Step {
        let personas = self.bot.personas();
        if personas.is_empty() {
            return self.said(&Terminal::NoPersonas, drawing);
        }
        if self.bot.speak_as(name) {
            return self.said(&Terminal::SpeaksAs { name }, drawing);
        }
        self.said(&Terminal::UnknownPersona { given: name, names: &personas }, drawing)
    }

    /// A sentence of the console itself.
    pub(super) fn said(&self, said: &Terminal<'_>, drawing: Drawing) -> Step {
        self.heard(Answered::of(&terminal(said, self.locale), drawing))
    }

    fn heard(&self, answer: Answered) -> Step {
        if !answer.well {
            self.refused.store(true, Ordering::Relaxed);
        }
        self.remember(&answer);
        Step::Said(answer)
    }

    /// What is printed for news.
    pub(super) fn printed(&self, news: News, drawing: Drawing) -> String {
        match news {
            News::Card(card) => {
                self.remember(&card);
                card.text
            }
            News::Missed(count) => Answered::of(&terminal(&Terminal::Missed { count }, self.locale), drawing).text,
        }
    }

    /// What is printed first by a console that joined a bot.
    pub(super) fn welcome(&self) -> Card {
        let who = self.bot.who();
        terminal(&Terminal::Welcome { name: &who.name, account: &who.account }, self.locale)
    }

    fn remember(&self, card: &Answered) {
        let mut files = lock(&self.files);
        for file in &card.files {
            files.push_front(file.clone());
        }
        files.truncate(KEPT_FILES);
        let mut commands = lock(&self.commands);
        for command in card.commands.iter().rev() {
            commands.retain(|one| one != command);
            commands.push_front(command.clone());
        }
        commands.truncate(REMEMBERED);
    }

    /// The newest command of a printed card that begins as typed.
    pub(super) fn recalled(&self, typed: &str) -> Option<String> {
        let commands = lock(&self.commands);
        commands.iter().find(|one| one.len() > typed.len() && one.starts_with(typed)).cloned()
    }

    /// What may stand at the cursor, in bytes: directives are known here, the rest to the bot.
    pub(super) async fn complete(&self, line: &str, cursor: usize) -> Vec<Offer> {
        if line.len() > LONGEST_LINE || !line.is_char_boundary(cursor) {
            return Vec::new();
        }
        if line.trim_start().starts_with('\\') {
            return self.directives(&line[..cursor]);
        }
        if wanted(line, cursor) == super::complete::Wanted::Nothing {
            return Vec::new();
        }
        let mut offers = self.bot.complete(line, cursor).await;
        // What comes from the other side of a socket is not believed to fit into this line.
        offers.retain(|one| one.start <= one.end && one.end <= cursor && line.is_char_boundary(one.start));
        offers.retain(|one| line.is_char_boundary(one.end) && is_showable(one));
        offers
    }

    fn directives(&self, head: &str) -> Vec<Offer> {
        let found = words(head);
        let offer = |value: String, start: usize, space: bool| Offer {
            label: value.clone(),
            value,
            note: String::new(),
            start,
            end: head.len(),
            space,
        };
        match found.as_slice() {
            [name] if name.open => {
                let has_personas = !self.bot.personas().is_empty();
                let fits = DIRECTIVES.iter().filter(|(one, _)| has_personas || *one != "\\as");
                fits.filter(|(one, _)| one.starts_with(&name.text))
                    .map(|(one, _)| offer((*one).to_owned(), name.start, matches!(*one, "\\as" | "\\file")))
                    .collect()
            }
            [name, rest @ ..] if rest.len() < 2 => {
                let (typed, start) = rest.first().map_or(("", head.len()), |word| (word.text.as_str(), word.start));
                let known = match name.text.as_str() {
                    "\\as" => self.bot.personas(),
                    "\\file" => names(&*lock(&self.files)),
                    _ => Vec::new(),
                };
                let fits = known.into_iter().filter(|one| one.starts_with(typed));
                fits.map(|one| offer(one, start, false)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Who speaks, for the prompt.
    pub(super) fn speaker(&self) -> String {
        crate::text::foreign::shown(&self.bot.who().name, 24)
    }

    /// How it ended, if it ends now.
    pub(super) fn left(&self) -> Left {
        if self.refused.load(Ordering::Relaxed) { Left::Refused } else { Left::Well }
    }
}

fn lock<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The names of files, each once, the newest first.
fn names<'f>(files: impl IntoIterator<Item = &'f TextFile>) -> Vec<String> {
    let mut names = Vec::new();
    for file in files {
        if !names.contains(&file.name) {
            names.push(file.name.clone());
        }
    }
    names
}

fn is_showable(offer: &Offer) -> bool {
    [&offer.value, &offer.label, &offer.note]
        .into_iter()
        .all(|text| crate::text::foreign::shown(text, usize::MAX) == *text)
}
