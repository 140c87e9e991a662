//! A console on the terminal or the pipe that this process has.

use super::bot::News;
use super::editor::interact;
use super::link::{JoinError, Joining, Link};
use super::pipe::pipe;
use super::screen::{drawing, is_interactive};
use super::shell::{Left, Shell};
use super::wash::washed;
use crate::text::terminal::{Terminal, terminal};
use crate::text::{Card, Drawing, Locale, console};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::io::BufReader;
use tokio::sync::mpsc;

/// What a console begins with.
pub(super) struct Opened {
    /// What is printed first, if somebody sits there.
    pub(super) opening: Card,
    /// Where typed lines are kept.
    pub(super) history: Option<PathBuf>,
    /// Cards that come unasked; only printed where somebody sits.
    pub(super) news: Option<mpsc::Receiver<News>>,
}

/// Joins a running bot until its person leaves or the bot goes. Where standard input or output is no terminal, each line of
/// the input is a command and its answer is printed as text.
///
/// The process should exit then, not return to anything that waits for standard input.
///
/// # Errors
/// If there is no bot to join, or it lets nobody in.
pub async fn join(joining: Joining) -> Result<Left, JoinError> {
    let link = Link::join(&joining, drawing().colour).await?;
    let news = if is_interactive() { link.news(drawing().width).await } else { None };
    let shell = Shell::new(Arc::new(link), Locale::of(&joining.locale));
    let opening = shell.welcome();
    Ok(run(shell, Opened { opening, history: joining.history, news }).await)
}

pub(super) async fn run(shell: Shell, opened: Opened) -> Left {
    if is_interactive() {
        return interact(shell, opened).await;
    }
    pipe(&shell, BufReader::new(tokio::io::stdin()), &mut std::io::stdout(), drawing()).await
}

/// Prints a card on standard output. False if nobody reads it.
#[must_use]
pub fn show(card: &Card) -> bool {
    let drawing = drawing();
    print(&console(&card.uncut(), drawing), drawing)
}

pub(super) fn print(text: &str, drawing: Drawing) -> bool {
    let mut out = std::io::stdout().lock();
    out.write_all(washed(text, drawing.colour).as_bytes()).and_then(|()| out.flush()).is_ok()
}

impl JoinError {
    /// What is said to the person.
    #[must_use]
    pub fn card(&self, locale: &str) -> Card {
        let socket = |path: &std::path::Path| path.display().to_string();
        let locale = Locale::of(locale);
        match self {
            Self::NobodyThere(path) => terminal(&Terminal::NobodyThere { socket: &socket(path) }, locale),
            Self::Closed { path, source } => {
                terminal(&Terminal::Closed { socket: &socket(path), said: &source.to_string() }, locale)
            }
            Self::OtherVersion => terminal(&Terminal::OtherVersion, locale),
            Self::Busy => terminal(&Terminal::Busy, locale),
            Self::Stranger => terminal(&Terminal::Stranger, locale),
            Self::NotABot => terminal(&Terminal::NotABot, locale),
        }
    }
}

/// The language of the environment, as POSIX says it: `LC_ALL`, `LC_MESSAGES`, `LANG`.
#[must_use]
pub fn language() -> String {
    let said = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
    language_of(said)
}

fn language_of(mut said: impl Iterator<Item = String>) -> String {
    let first = said.find(|value| !value.is_empty()).unwrap_or_default();
    let tag = first.split(['.', '@']).next().unwrap_or_default();
    if matches!(tag, "" | "C" | "POSIX") { "en-US".to_owned() } else { tag.replace('_', "-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_says_the_language() {
        let of = |values: &[&str]| language_of(values.iter().map(|one| (*one).to_owned()));
        assert_eq!(of(&["zh_CN.UTF-8", "de"]), "zh-CN");
        assert_eq!(of(&["", "de_DE@euro"]), "de-DE");
        assert_eq!(of(&["C.UTF-8"]), "en-US");
        assert_eq!(of(&[]), "en-US");
    }
}
