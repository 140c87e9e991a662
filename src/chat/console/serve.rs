//! The bot's side of the socket.

use super::answered::Answered;
use super::frame::{Broken, Frames};
use super::inside::Inside;
use super::listening::Listening;
use super::wire::{Ask, Tell, VERSION, Wrong};
use crate::chat::Shown;
use crate::text::{Card, Drawing};
use interlock::principal::Account;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Semaphore, broadcast, mpsc};

/// Answers that wait for a terminal to read them.
const WAITING_TELLS: usize = 64;
/// The user id that the kernel gives for users of another namespace that have no id here: it is nobody in particular.
const OVERFLOW_UID: u32 = 65_534;
/// The longest tag of a language that is looked at, in characters.
const LONGEST_LOCALE: usize = 35;
/// A pause when no connection can be taken, so that a lack of file descriptors does not spin.
const AFTER_FAILED_ACCEPT: Duration = Duration::from_millis(200);

/// Limits on terminals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Terminals at once.
    pub clients: usize,
    /// Commands of one terminal at once.
    pub commands: usize,
    /// The longest line of the protocol, in bytes.
    pub line: usize,
    /// How long a line that has begun, and the first one from the beginning, may take.
    pub half_line: Duration,
    /// How long a terminal may take to read what it is told.
    pub write: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            clients: 16,
            commands: 4,
            line: 64 * 1024,
            half_line: Duration::from_secs(5),
            write: Duration::from_secs(10),
        }
    }
}

impl Listening {
    /// Serves terminals until `stop` is ready; the socket file is gone then. Commands that were begun run to their end.
    pub async fn serve(self, inside: Inside, limits: Limits, stop: impl Future<Output = ()>) {
        let seats = Arc::new(Semaphore::new(limits.clients));
        let (ending, ended) = tokio::sync::watch::channel(());
        tokio::pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = self.listener.accept() => accepted,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "no connection could be taken from the console's socket");
                    tokio::time::sleep(AFTER_FAILED_ACCEPT).await;
                    continue;
                }
            };
            let seat = seats.clone().try_acquire_owned().ok();
            let (inside, mut ended) = (inside.clone(), ended.clone());
            tokio::spawn(async move {
                let taken = seat.is_some();
                tokio::select! {
                    () = attend(stream, inside, limits, taken) => {}
                    _ = ended.changed() => {}
                }
                drop(seat);
            });
        }
        drop(ending);
    }
}

/// One terminal.
struct Client {
    inside: Inside,
    limits: Limits,
    account: Account,
    locale: String,
    colour: bool,
    width: AtomicUsize,
    running: Arc<Semaphore>,
    tell: mpsc::Sender<Tell>,
}

async fn attend(stream: UnixStream, inside: Inside, limits: Limits, taken: bool) {
    let account = stream.peer_cred().ok().and_then(|peer| account(peer.uid()));
    let (read, write) = stream.into_split();
    let (tell, told) = mpsc::channel(WAITING_TELLS);
    let writer = tokio::spawn(tell_all(write, told, limits.write));
    let refusal = match account {
        None => Some(Wrong::Stranger),
        Some(_) if !taken => Some(Wrong::Busy),
        Some(account) => {
            let frames = Frames::new(BufReader::new(read), limits.line, limits.half_line);
            converse(frames, account, inside, limits, &tell).await
        }
    };
    if let Some(why) = refusal {
        let _ = tell.send(Tell::Wrong { id: None, why }).await;
    }
    drop(tell);
    // What was said last is still delivered; commands that run on keep their own sender.
    let _ = writer.await;
}

/// Who is at the other end, if the kernel can tell.
fn account(uid: u32) -> Option<Account> {
    (uid != OVERFLOW_UID && uid != u32::MAX).then_some(Account::System(uid))
}

/// Talks to the end; why it ends, if the terminal is to know.
async fn converse(
    mut frames: Frames<BufReader<OwnedReadHalf>>,
    account: Account,
    inside: Inside,
    limits: Limits,
    tell: &mpsc::Sender<Tell>,
) -> Option<Wrong> {
    let first = tokio::time::timeout(limits.half_line, frames.next()).await.unwrap_or(Err(Broken::TooSlow));
    let (locale, colour) = match greeted(first) {
        Ok(greeted) => greeted,
        Err(ended) => return ended,
    };
    let person = (inside.people)(account).as_str().to_owned();
    tracing::info!(%account, %person, "a console joined");
    tell.send(Tell::Hello { version: VERSION, account: account.to_string(), person }).await.ok()?;
    let client = Arc::new(Client {
        inside,
        limits,
        account,
        locale,
        colour,
        width: AtomicUsize::new(80),
        running: Arc::new(Semaphore::new(limits.commands)),
        tell: tell.clone(),
    });
    let mut subscribed = Subscription(None);
    loop {
        let line = tokio::select! {
            () = tell.closed() => return None,
            line = frames.next() => line,
        };
        match line {
            Ok(None) => return None,
            Err(Broken::Io(error)) => {
                tracing::debug!(%error, "a console's connection broke");
                return None;
            }
            Ok(Some(line)) => client.ask(&line, &mut subscribed).await,
            Err(Broken::NotText) => client.wrong(None, Wrong::NotText).await,
            Err(Broken::TooLong) => return Some(Wrong::TooLong),
            Err(Broken::TooSlow) => return Some(Wrong::TooSlow),
        }
    }
}

/// Language and colour of a terminal that says hello; else why it is not spoken with.
fn greeted(first: Result<Option<String>, Broken>) -> Result<(String, bool), Option<Wrong>> {
    let line = match first {
        Ok(Some(line)) => line,
        Ok(None) | Err(Broken::Io(_)) => return Err(None),
        Err(Broken::TooLong) => return Err(Some(Wrong::TooLong)),
        Err(Broken::TooSlow) => return Err(Some(Wrong::TooSlow)),
        Err(Broken::NotText) => return Err(Some(Wrong::NotText)),
    };
    /// What hello says in every version.
    #[derive(serde::Deserialize)]
    struct Spoken {
        version: u32,
    }
    match (serde_json::from_str(&line), serde_json::from_str::<Spoken>(&line)) {
        (Ok(Ask::Hello { version: VERSION, locale, colour }), _) => {
            Ok((locale.chars().take(LONGEST_LOCALE).collect(), colour))
        }
        (_, Ok(Spoken { version })) if version != VERSION => Err(Some(Wrong::Version)),
        _ => Err(Some(Wrong::NotUnderstood)),
    }
}

/// The task that brings cards; it ends with the value.
struct Subscription(Option<tokio::task::JoinHandle<()>>);

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

impl Client {
    async fn ask(self: &Arc<Self>, line: &str, subscription: &mut Subscription) {
        match serde_json::from_str(line) {
            Ok(Ask::Command { id, line, width }) => {
                self.width.store(width, Ordering::Relaxed);
                self.command(id, line).await;
            }
            Ok(Ask::Complete { id, line, cursor }) => {
                let offers = self.inside.complete(self.account, &line, cursor, &self.locale);
                self.say(Tell::Offers { id, offers }).await;
            }
            Ok(Ask::Subscribe { id, width }) => {
                self.width.store(width, Ordering::Relaxed);
                if subscription.0.is_none() {
                    let cards = (self.inside.cards)();
                    subscription.0 = Some(tokio::spawn(self.clone().bring(cards)));
                }
                self.say(Tell::Subscribed { id }).await;
            }
            Ok(Ask::Hello { .. }) | Err(_) => self.wrong(None, Wrong::NotUnderstood).await,
        }
    }

    /// Carries a line out beside the others. It runs to its end even if the terminal goes: what is begun is not left half.
    async fn command(self: &Arc<Self>, id: u64, line: String) {
        let Ok(permit) = self.running.clone().try_acquire_owned() else {
            return self.wrong(Some(id), Wrong::Busy).await;
        };
        let client = self.clone();
        let running = tokio::spawn({
            let client = client.clone();
            async move { client.inside.command(client.account, &line, &client.locale).await }
        });
        tokio::spawn(async move {
            let tell = match running.await {
                Ok(card) => Tell::Answer { id, answer: client.draw(&card) },
                Err(error) => {
                    tracing::error!(%error, "a command of the console ended in a bug");
                    Tell::Wrong { id: Some(id), why: Wrong::Failed }
                }
            };
            drop(permit);
            client.say(tell).await;
        });
    }

    async fn bring(self: Arc<Self>, mut cards: broadcast::Receiver<Arc<Shown>>) {
        let who = self.inside.principal(self.account);
        loop {
            let tell = match cards.recv().await {
                Ok(shown) if !(self.inside.sees)(&who, &shown) => continue,
                Ok(shown) => Tell::Notice { card: self.draw(&shown.card) },
                Err(RecvError::Lagged(count)) => Tell::Missed { count },
                Err(RecvError::Closed) => return,
            };
            self.say(tell).await;
        }
    }

    fn draw(&self, card: &Card) -> Answered {
        Answered::of(card, Drawing { width: self.width.load(Ordering::Relaxed), colour: self.colour })
    }

    async fn wrong(&self, id: Option<u64>, why: Wrong) {
        self.say(Tell::Wrong { id, why }).await;
    }

    /// Who does not read is gone: then nothing is said.
    async fn say(&self, tell: Tell) {
        let _ = self.tell.send_timeout(tell, self.limits.write).await;
    }
}

async fn tell_all(mut write: OwnedWriteHalf, mut told: mpsc::Receiver<Tell>, limit: Duration) {
    while let Some(tell) = told.recv().await {
        let Ok(mut line) = serde_json::to_vec(&tell) else { return };
        line.push(b'\n');
        match tokio::time::timeout(limit, write.write_all(&line)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_user_the_kernel_knows_is_somebody() {
        assert_eq!(account(0), Some(Account::System(0)));
        assert_eq!(account(1000), Some(Account::System(1000)));
        assert_eq!(account(65_534), None);
        assert_eq!(account(u32::MAX), None);
    }
}
