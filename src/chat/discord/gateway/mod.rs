//! The gateway: what people do arrives here.

mod budget;
mod events;
mod front;
mod queues;
mod supervisor;
mod tasks;

use super::Discord;
use super::interactions::Remembered;
use crate::chat::Door;
use interlock::time::Millis;
use queues::{Queues, Reread};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tasks::Tasks;
use tokio::sync::{oneshot, watch};

/// Time for a clean end of the connection.
const CLOSING: Duration = Duration::from_secs(3);
/// Time for answers under way when we stop.
const ANSWERING: Duration = Duration::from_secs(5);

/// How the connection to the gateway stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// There is one.
    Up {
        /// Since when.
        since: Millis,
    },
    /// There is none; it is being made.
    Down {
        /// Since when.
        since: Millis,
    },
    /// Discord does not let us in: token or intents are wrong. Tried again now and then.
    Refused {
        /// Since when.
        since: Millis,
        /// What Discord says.
        why: String,
    },
}

impl Standing {
    /// Whether there is a connection.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        matches!(self, Self::Up { .. })
    }
}

/// The adapter with its gateway open, and all that runs for it.
pub(super) struct Opened {
    pub(super) discord: Arc<Discord>,
    pub(super) door: Arc<dyn Door>,
    pub(super) answered: Mutex<Remembered>,
    pub(super) tasks: Arc<Tasks>,
    standing: watch::Sender<Standing>,
    queues: Queues,
    reread: Reread,
}

impl Opened {
    /// The connection is there.
    fn is_up(&self) {
        let since = self.discord.clock.now();
        self.standing.send_if_modified(|standing| {
            let changes = !standing.is_up();
            if changes {
                *standing = Standing::Up { since };
            }
            changes
        });
    }

    /// The connection is gone.
    fn is_down(&self) {
        let since = self.discord.clock.now();
        self.standing.send_if_modified(|standing| {
            let changes = standing.is_up();
            if changes {
                *standing = Standing::Down { since };
            }
            changes
        });
    }

    /// Discord does not let us in.
    fn is_refused(&self, why: String) {
        let since = self.discord.clock.now();
        self.standing.send_if_modified(|standing| {
            let changes = !matches!(standing, Standing::Refused { why: known, .. } if *known == why);
            if changes {
                tracing::error!(%why, "Discord does not let us in");
                *standing = Standing::Refused { since, why };
            }
            changes
        });
    }
}

/// An opened adapter. Dropping it closes the connection, without waiting for anything.
pub struct Running {
    opened: Arc<Opened>,
    stop: watch::Sender<bool>,
    /// Ends when the thread of the gateway does.
    ended: oneshot::Receiver<()>,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running").field("standing", &*self.opened.standing.borrow()).finish_non_exhaustive()
    }
}

impl Running {
    /// The chat, to be written to.
    #[must_use]
    pub fn chat(&self) -> Arc<Discord> {
        Arc::clone(&self.opened.discord)
    }

    /// How the connection stands, now and from now on.
    #[must_use]
    pub fn standing(&self) -> watch::Receiver<Standing> {
        self.opened.standing.subscribe()
    }

    /// Closes the connection, then waits a little for answers that are under way.
    pub async fn shutdown(self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(CLOSING * 2 + ANSWERING, self.ended).await.is_err() {
            tracing::warn!("the connection to the gateway did not close in time");
        }
    }
}

pub(super) fn open(discord: Arc<Discord>, door: Arc<dyn Door>) -> Result<Running, io::Error> {
    let since = discord.clock.now();
    let opened = Arc::new(Opened {
        discord,
        door,
        answered: Mutex::default(),
        tasks: Arc::new(Tasks::here()),
        standing: watch::Sender::new(Standing::Down { since }),
        queues: Queues::default(),
        reread: Reread::default(),
    });
    let (stop, stopped) = watch::channel(false);
    let ended = front::on_own_thread(serve(Arc::clone(&opened), stopped))?;
    Ok(Running { opened, stop, ended })
}

/// However the thread of the gateway ends, nobody takes the connection for one that is there.
struct Down(Arc<Opened>);

impl Drop for Down {
    fn drop(&mut self) {
        self.0.is_down();
    }
}

/// Keeps the connection until stopped. Told to stop, it waits a little for answers under way: they leave by this thread.
async fn serve(opened: Arc<Opened>, stop: watch::Receiver<bool>) {
    let _down = Down(Arc::clone(&opened));
    supervisor::supervise(&opened, stop.clone()).await;
    if *stop.borrow() {
        opened.tasks.finished(ANSWERING).await;
    }
}
