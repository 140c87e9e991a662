//! The terminal's side of the socket.

use super::answered::Answered;
use super::bot::{Bot, Gone, News, Who};
use super::complete::Offer;
use super::frame::Frames;
use super::wire::{Ask, Tell, VERSION, Wrong};
use crate::text::terminal::{Terminal, terminal};
use crate::text::{Drawing, Locale};
use engine::port::Boxed;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::{mpsc, oneshot};

/// The longest line that is read from the bot: a whole card, escaped.
const LONGEST_TELL: usize = 4 * 1024 * 1024;
/// How long the bot may take for its first word, and for a line that it has begun.
const GREETING: Duration = Duration::from_secs(5);
/// How long an offer is waited for while somebody types.
const OFFERED: Duration = Duration::from_millis(1_500);
/// News that wait to be printed.
const WAITING_NEWS: usize = 256;

/// What a terminal says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// The bot's socket.
    pub socket: PathBuf,
    /// The language ("en-US").
    pub locale: String,
    /// Where typed lines are kept; none to keep none.
    pub history: Option<PathBuf>,
}

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// No bot listens there.
    #[error("no bot listens at {0}")]
    NobodyThere(PathBuf),
    /// The socket may not be opened.
    #[error("the socket {path} cannot be opened: {source}")]
    Closed {
        /// The socket.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The bot speaks another version of the protocol.
    #[error("the bot is of another version")]
    OtherVersion,
    /// The bot takes no more terminals.
    #[error("the bot takes no more terminals now")]
    Busy,
    /// The kernel could not tell the bot who this is.
    #[error("the bot could not be told who this is")]
    Stranger,
    /// What listens there does not speak the protocol.
    #[error("what listens there is no bot")]
    NotABot,
}

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<Tell>>>>;

/// A link to a running bot.
#[derive(Debug)]
pub(super) struct Link {
    write: tokio::sync::Mutex<OwnedWriteHalf>,
    waiting: Waiting,
    next: AtomicU64,
    who: Who,
    locale: Locale,
    news: Mutex<Option<mpsc::Receiver<News>>>,
}

impl Link {
    /// Joins the bot that listens at the socket.
    ///
    /// # Errors
    /// If none does, or it does not let us in.
    pub(super) async fn join(joining: &Joining, colour: bool) -> Result<Self, JoinError> {
        let stream = connect(&joining.socket).await?;
        let (read, mut write) = stream.into_split();
        let hello = Ask::Hello { version: VERSION, locale: joining.locale.clone(), colour };
        // A bot that has no seat for us says so without listening: what it says is read even if this is not taken.
        let _ = write.write_all(&line(&hello)).await;
        let mut frames = Frames::new(BufReader::new(read), LONGEST_TELL, GREETING);
        let first = tokio::time::timeout(GREETING, frames.next()).await;
        let Ok(Ok(Some(first))) = first else { return Err(JoinError::NotABot) };
        let who = match serde_json::from_str(&first) {
            Ok(Tell::Hello { version: VERSION, account, person }) => Who { account, name: person },
            Ok(Tell::Hello { .. } | Tell::Wrong { why: Wrong::Version, .. }) => return Err(JoinError::OtherVersion),
            Ok(Tell::Wrong { why: Wrong::Busy, .. }) => return Err(JoinError::Busy),
            Ok(Tell::Wrong { why: Wrong::Stranger, .. }) => return Err(JoinError::Stranger),
            _ => return Err(JoinError::NotABot),
        };
        let waiting = Waiting::default();
        let (sender, news) = mpsc::channel(WAITING_NEWS);
        tokio::spawn(listen(frames, waiting.clone(), sender));
        Ok(Self {
            write: write.into(),
            waiting,
            next: AtomicU64::new(1),
            who,
            locale: Locale::of(&joining.locale),
            news: Mutex::new(Some(news)),
        })
    }

    /// Asks for cards, and gives what they come through. Works once.
    pub(super) async fn news(&self, width: usize) -> Option<mpsc::Receiver<News>> {
        let news = self.news.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.asked(|id| Ask::Subscribe { id, width }).await.ok()?;
        news
    }

    async fn asked(&self, ask: impl FnOnce(u64) -> Ask) -> Result<Tell, Gone> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, told) = oneshot::channel();
        lock(&self.waiting).insert(id, sender);
        // However this ends, nobody waits any more.
        let _forget = Forget { waiting: &self.waiting, id };
        let line = line(&ask(id));
        self.write.lock().await.write_all(&line).await.map_err(|_| Gone)?;
        told.await.map_err(|_| Gone)
    }

    fn said(&self, said: &Terminal<'_>, drawing: Drawing) -> Answered {
        Answered::of(&terminal(said, self.locale), drawing)
    }
}

impl Bot for Link {
    fn command<'a>(&'a self, line: &'a str, drawing: Drawing) -> Boxed<'a, Result<Answered, Gone>> {
        Box::pin(async move {
            let ask = |id| Ask::Command { id, line: line.to_owned(), width: drawing.width };
            Ok(match self.asked(ask).await? {
                Tell::Answer { answer, .. } => answer,
                Tell::Wrong { why: Wrong::Busy, .. } => self.said(&Terminal::Busy, drawing),
                _ => self.said(&Terminal::Failed, drawing),
            })
        })
    }

    fn complete<'a>(&'a self, line: &'a str, cursor: usize) -> Boxed<'a, Vec<Offer>> {
        Box::pin(async move {
            let asked = self.asked(|id| Ask::Complete { id, line: line.to_owned(), cursor });
            match tokio::time::timeout(OFFERED, asked).await {
                Ok(Ok(Tell::Offers { offers, .. })) => offers,
                _ => Vec::new(),
            }
        })
    }

    fn who(&self) -> Who {
        self.who.clone()
    }
}

struct Forget<'a> {
    waiting: &'a Waiting,
    id: u64,
}

impl Drop for Forget<'_> {
    fn drop(&mut self) {
        lock(self.waiting).remove(&self.id);
    }
}

fn lock(waiting: &Waiting) -> std::sync::MutexGuard<'_, HashMap<u64, oneshot::Sender<Tell>>> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner)
}

fn line(ask: &Ask) -> Vec<u8> {
    let mut line = serde_json::to_vec(ask).unwrap_or_default();
    line.push(b'\n');
    line
}

async fn connect(path: &Path) -> Result<UnixStream, JoinError> {
    match tokio::time::timeout(GREETING, UnixStream::connect(path)).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused) => {
            Err(JoinError::NobodyThere(path.to_owned()))
        }
        Ok(Err(source)) => Err(JoinError::Closed { path: path.to_owned(), source }),
        Err(_) => Err(JoinError::Busy),
    }
}

/// Reads what the bot says until it is gone; then nobody waits for an answer any more.
async fn listen(mut frames: Frames<BufReader<OwnedReadHalf>>, waiting: Waiting, news: mpsc::Sender<News>) {
    while let Ok(Some(line)) = frames.next().await {
        let Ok(tell) = serde_json::from_str::<Tell>(&line) else { break };
        let id = match &tell {
            Tell::Answer { id, .. } | Tell::Offers { id, .. } | Tell::Subscribed { id } => Some(*id),
            Tell::Wrong { id, .. } => *id,
            Tell::Notice { card } => {
                // A terminal that does not print does not keep answers waiting: what is too much is left out.
                let _ = news.try_send(News::Card(card.clone()));
                continue;
            }
            Tell::Missed { count } => {
                let _ = news.try_send(News::Missed(*count));
                continue;
            }
            Tell::Hello { .. } => None,
        };
        let Some(id) = id else { break };
        let asker = lock(&waiting).remove(&id);
        if let Some(asker) = asker {
            let _ = asker.send(tell);
        }
    }
    lock(&waiting).clear();
}
