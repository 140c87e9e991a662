//! The console in the bot's own process: for the embedded demo, where one human plays several.

use super::answered::Answered;
use super::bot::{Bot, Gone, News, Who};
use super::complete::Offer;
use super::inside::Inside;
use super::screen::drawing;
use super::shell::{Left, Shell};
use super::terminal::{Opened, run};
use crate::chat::Shown;
use crate::text::{Card, Drawing, Locale};
use engine::port::Boxed;
use interlock::principal::Account;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};

/// Who speaks where nobody can be played.
const NOBODY: Account = Account::Persona(u32::MAX);

/// Somebody who can be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Persona {
    /// The name that is typed and shown.
    pub name: String,
    /// The number of the account [`Account::Persona`].
    pub number: u32,
}

/// A console in the bot's own process.
#[derive(Debug, Clone)]
pub struct Local {
    /// Who can be played; the first one speaks first.
    pub personas: Vec<Persona>,
    /// The language ("en-US").
    pub locale: String,
    /// What is printed first: what to try.
    pub opening: Card,
    /// Where typed lines are kept; none to keep none.
    pub history: Option<PathBuf>,
}

/// Runs a console until its person leaves. Who speaks is whom they choose: only for a house in which a persona has rights.
pub async fn local(inside: Inside, local: Local) -> Left {
    let locale = Locale::of(&local.locale);
    let cards = (inside.cards)();
    let (news, printed) = mpsc::channel(64);
    let bot = Arc::new(Near { inside, personas: local.personas, speaks: AtomicUsize::new(0), locale: local.locale });
    let bringing = tokio::spawn(bring(cards, news));
    let opened = Opened { opening: local.opening, history: local.history, news: Some(printed) };
    let left = run(Shell::new(bot, locale), opened).await;
    bringing.abort();
    left
}

pub(super) struct Near {
    pub(super) inside: Inside,
    pub(super) personas: Vec<Persona>,
    pub(super) speaks: AtomicUsize,
    pub(super) locale: String,
}

impl Near {
    fn persona(&self) -> (String, Account) {
        let speaks = self.personas.get(self.speaks.load(Ordering::Relaxed));
        speaks.map_or((String::new(), NOBODY), |one| (one.name.clone(), Account::Persona(one.number)))
    }
}

impl Bot for Near {
    fn command<'a>(&'a self, line: &'a str, drawing: Drawing) -> Boxed<'a, Result<Answered, Gone>> {
        let (_, account) = self.persona();
        let (inside, locale, line) = (self.inside.clone(), self.locale.clone(), line.to_owned());
        Box::pin(async move {
            // Beside the terminal: who stops waiting does not stop what is begun.
            let running = tokio::spawn(async move { inside.command(account, &line, &locale).await });
            running.await.map(|card| Answered::of(&card, drawing)).map_err(|_| Gone)
        })
    }

    fn complete<'a>(&'a self, line: &'a str, cursor: usize) -> Boxed<'a, Vec<Offer>> {
        let (_, account) = self.persona();
        Box::pin(async move { self.inside.complete(account, line, cursor, &self.locale) })
    }

    fn who(&self) -> Who {
        let (name, account) = self.persona();
        Who { account: account.to_string(), name }
    }

    fn personas(&self) -> Vec<String> {
        self.personas.iter().map(|one| one.name.clone()).collect()
    }

    fn speak_as(&self, name: &str) -> bool {
        let Some(found) = self.personas.iter().position(|one| one.name == name) else { return false };
        self.speaks.store(found, Ordering::Relaxed);
        true
    }
}

/// All of it: whoever sits here is every persona.
async fn bring(mut cards: broadcast::Receiver<Arc<Shown>>, news: mpsc::Sender<News>) {
    loop {
        let one = match cards.recv().await {
            Ok(shown) => News::Card(Answered::of(&shown.card, drawing())),
            Err(RecvError::Lagged(count)) => News::Missed(count),
            Err(RecvError::Closed) => return,
        };
        if news.send(one).await.is_err() {
            return;
        }
    }
}
