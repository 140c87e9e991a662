//! A served socket, and the protocol by hand.

use super::{House, SOON, house};
use crate::chat::console::frame::Frames;
use crate::chat::console::link::{Joining, Link};
use crate::chat::console::listening::{Admits, Listening, Socket};
use crate::chat::console::serve::Limits;
use crate::chat::console::wire::{Ask, Tell, VERSION, Wrong};
use std::os::unix::fs::MetadataExt;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(super) struct Served {
    pub(super) house: House,
    pub(super) joining: Joining,
    pub(super) stop: Option<oneshot::Sender<()>>,
    pub(super) serving: JoinHandle<()>,
    pub(super) folder: tempfile::TempDir,
}

pub(super) async fn serve(limits: Limits) -> Served {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bot.sock");
    let listening = Listening::bind(&Socket { path: path.clone(), admits: Admits::Owner }).await.unwrap();
    let house = house();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(listening.serve(house.inside.clone(), limits, async {
        let _ = stopped.await;
    }));
    let joining = Joining { socket: path, locale: "en-US".to_owned(), history: None };
    Served { house, joining, stop: Some(stop), serving, folder }
}

impl Served {
    pub(super) async fn link(&self) -> Link {
        Link::join(&self.joining, false).await.unwrap()
    }

    pub(super) async fn raw(&self) -> Raw {
        let (read, write) = UnixStream::connect(&self.joining.socket).await.unwrap().into_split();
        Raw { write, frames: Frames::new(BufReader::new(read), 1 << 20, SOON) }
    }

    pub(super) async fn end(&mut self) {
        drop(self.stop.take());
        tokio::time::timeout(SOON, &mut self.serving).await.unwrap().unwrap();
    }

    /// The user these tests run as: owner of what they make.
    pub(super) fn uid(&self) -> u32 {
        std::fs::metadata(self.folder.path()).unwrap().uid()
    }
}

/// The protocol by hand.
pub(super) struct Raw {
    pub(super) write: OwnedWriteHalf,
    pub(super) frames: Frames<BufReader<OwnedReadHalf>>,
}

impl Raw {
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        self.write.write_all(bytes).await.unwrap();
    }

    pub(super) async fn ask(&mut self, ask: &Ask) {
        let mut line = serde_json::to_vec(ask).unwrap();
        line.push(b'\n');
        self.send(&line).await;
    }

    pub(super) async fn hello(&mut self) {
        self.ask(&Ask::Hello { version: VERSION, locale: "en-US".to_owned(), colour: false }).await;
        assert!(matches!(self.told().await, Some(Tell::Hello { .. })));
    }

    /// What is told next; none at the end.
    pub(super) async fn told(&mut self) -> Option<Tell> {
        let line = tokio::time::timeout(SOON, self.frames.next()).await.unwrap().unwrap()?;
        Some(serde_json::from_str(&line).unwrap())
    }

    pub(super) async fn wrong(&mut self) -> Wrong {
        match self.told().await {
            Some(Tell::Wrong { why, .. }) => why,
            other => panic!("{other:?}"),
        }
    }
}

pub(super) fn command(id: u64, line: &str) -> Ask {
    Ask::Command { id, line: line.to_owned(), width: 80 }
}
