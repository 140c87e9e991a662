//! The bot as a terminal sees it, wherever it runs.

use super::answered::Answered;
use super::complete::Offer;
use crate::text::Drawing;
use engine::port::Boxed;

/// The bot is not there any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gone;

/// What comes without being asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// A card.
    Card(Answered),
    /// So many cards were left out.
    Missed(u64),
}

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Who {
    /// The account ("uid:1000").
    pub(super) account: String,
    /// The name to show.
    pub(super) name: String,
}

/// The bot.
pub(super) trait Bot: Send + Sync + 'static {
    /// The answer to a line.
    fn command<'a>(&'a self, line: &'a str, drawing: Drawing) -> Boxed<'a, Result<Answered, Gone>>;

    /// What may stand at the cursor, in bytes.
    fn complete<'a>(&'a self, line: &'a str, cursor: usize) -> Boxed<'a, Vec<Offer>>;

    /// Who speaks.
    fn who(&self) -> Who;

    /// Who else could speak; nobody where the operating system says who it is.
    fn personas(&self) -> Vec<String> {
        Vec::new()
    }

    /// From now on another persona speaks; false if there is none of this name.
    fn speak_as(&self, _name: &str) -> bool {
        false
    }
}
