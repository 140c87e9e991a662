//! A chat on paper: a file in which every message stands that was ever posted, whoever posted it.

use super::ground::CHANNEL;
use super::points::Points;
use engine::port::Boxed;
use interlock::plan::Digest;
use interlock::principal::{Account, ChatRole, Place, Readers};
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use signalbox::chat::{CardSeen, Chat, ChatError, Lists, MemberNow, MessageRef, Sending};
use signalbox::text::Card;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The chat. As the real one it posts nothing twice under one nonce; each call goes through the points of a run as "chat".
pub struct PaperChat {
    path: PathBuf,
    points: Arc<Points>,
    silent: Arc<AtomicBool>,
}

/// What stands on the paper.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Paper {
    messages: Vec<Message>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Message {
    channel: u64,
    marker: String,
    notify: bool,
    /// The first line, as plain text.
    line: String,
    /// The same of each edit.
    #[serde(default)]
    edits: Vec<String>,
    says: String,
}

impl PaperChat {
    /// The chat of this file, empty if there is none.
    #[must_use]
    pub fn open(path: &Path, points: Arc<Points>) -> Self {
        Self { path: path.to_owned(), points, silent: Arc::default() }
    }

    /// The chat, which answers nothing while this is so.
    #[must_use]
    pub fn silent_while(mut self, silent: Arc<AtomicBool>) -> Self {
        self.silent = silent;
        self
    }

    fn answers(&self) -> Result<(), ChatError> {
        if self.silent.load(Ordering::Relaxed) { Err(ChatError::Unknown("silence".to_owned())) } else { Ok(()) }
    }

    /// The first line of each message, in the order they were posted.
    #[must_use]
    pub fn posted(path: &Path) -> Vec<String> {
        read(path).messages.into_iter().map(|one| one.line).collect()
    }

    /// The same, and the first line of each edit after that of its message.
    #[must_use]
    pub fn told(path: &Path) -> Vec<String> {
        read(path).messages.into_iter().flat_map(|one| std::iter::once(one.line).chain(one.edits)).collect()
    }

    /// One change after the other, whoever makes them: a reaction that comes while a message is edited is not lost.
    fn change<T>(&self, change: impl FnOnce(&mut Paper) -> T) -> T {
        let turn = fs::File::create(self.path.with_extension("lock")).expect("the chat's lock");
        turn.lock().expect("the chat's lock");
        let mut paper = read(&self.path);
        let done = change(&mut paper);
        let beside = self.path.with_extension("new");
        fs::write(&beside, serde_json::to_vec(&paper).expect("paper")).expect("the chat's file");
        fs::rename(&beside, &self.path).expect("the chat's file");
        done
    }

    fn message(&self, at: MessageRef) -> Result<Message, ChatError> {
        let place = usize::try_from(at.message).expect("a place").checked_sub(FIRST);
        let found = place.and_then(|place| read(&self.path).messages.get(place).cloned());
        found.ok_or_else(|| ChatError::Gone("no such message".to_owned()))
    }
}

/// The number of the first message.
const FIRST: usize = 1_000;

fn read(path: &Path) -> Paper {
    let bytes = fs::read(path).unwrap_or_default();
    if bytes.is_empty() { Paper::default() } else { serde_json::from_slice(&bytes).expect("a chat's file") }
}

fn reference(channel: u64, place: usize) -> MessageRef {
    MessageRef { channel, message: u64::try_from(FIRST + place).expect("a place") }
}

fn first_line(card: &Card) -> String {
    card.headline.first().map(|line| line.plain_text()).unwrap_or_default()
}

fn says(card: &Card) -> String {
    let files: Vec<(&str, Digest)> =
        card.files.iter().map(|file| (file.name.as_str(), Digest::of(&file.bytes))).collect();
    let words = Card { files: Vec::new(), ..card.clone() };
    Digest::of(format!("{words:?} {files:?}").as_bytes()).to_string()
}

impl Chat for PaperChat {
    fn send<'a>(&'a self, sending: &'a Sending<'a>) -> Boxed<'a, Result<MessageRef, ChatError>> {
        let post = async {
            self.change(|paper| {
                let same = |one: &Message| one.channel == sending.channel && one.marker == sending.marker;
                if let Some(place) = paper.messages.iter().position(same) {
                    return Ok(reference(sending.channel, place));
                }
                paper.messages.push(Message {
                    channel: sending.channel,
                    marker: sending.marker.to_owned(),
                    notify: sending.notify,
                    line: first_line(sending.card),
                    edits: Vec::new(),
                    says: says(sending.card),
                });
                Ok(reference(sending.channel, paper.messages.len() - 1))
            })
        };
        Box::pin(self.points.around("chat", "send", post))
    }

    fn edit<'a>(&'a self, message: MessageRef, card: &'a Card) -> Boxed<'a, Result<(), ChatError>> {
        let edit = async move {
            self.message(message)?;
            let place = usize::try_from(message.message).expect("a place") - FIRST;
            self.change(|paper| {
                let message = &mut paper.messages[place];
                message.says = says(card);
                message.edits.push(first_line(card));
            });
            Ok(())
        };
        Box::pin(self.points.around("chat", "edit", edit))
    }

    fn find<'a>(
        &'a self,
        channel: u64,
        marker: &'a str,
        _since: Millis,
    ) -> Boxed<'a, Result<Option<MessageRef>, ChatError>> {
        Box::pin(async move {
            let paper = read(&self.path);
            let place = paper.messages.iter().position(|one| one.channel == channel && one.marker == marker);
            Ok(place.map(|place| reference(channel, place)))
        })
    }

    fn direct(&self, _account: Account) -> Boxed<'_, Result<u64, ChatError>> {
        Box::pin(async { Err(ChatError::Forbidden("nobody takes direct messages on paper".to_owned())) })
    }

    fn link(&self, _guild: u64, message: MessageRef) -> String {
        format!("paper {}", message.message)
    }

    fn seed<'a>(&'a self, message: MessageRef, _emoji: &'a str) -> Boxed<'a, Result<(), ChatError>> {
        Box::pin(self.points.around("chat", "seed", async move { self.message(message).map(drop) }))
    }

    fn reactions<'a>(
        &'a self,
        message: MessageRef,
        _: &'a str,
        _: Lists,
    ) -> Boxed<'a, Result<BTreeSet<Account>, ChatError>> {
        Box::pin(async move { self.answers().and_then(|()| self.message(message)).map(|_| BTreeSet::new()) })
    }

    fn thread<'a>(&'a self, message: MessageRef, _name: &'a str) -> Boxed<'a, Result<u64, ChatError>> {
        let open = async move { self.message(message).map(|_| message.message) };
        Box::pin(self.points.around("chat", "thread", open))
    }

    fn silent<'a>(&'a self, _roles: &'a BTreeSet<ChatRole>) -> Boxed<'a, Result<BTreeSet<ChatRole>, ChatError>> {
        Box::pin(async { Ok(BTreeSet::new()) })
    }

    fn member(&self, _account: Account) -> Boxed<'_, Result<MemberNow, ChatError>> {
        Box::pin(async { Ok(MemberNow::NotCounted) })
    }

    fn says(&self, card: &Card) -> String {
        says(card)
    }

    fn read(&self, message: MessageRef) -> Boxed<'_, Result<CardSeen, ChatError>> {
        Box::pin(async move {
            self.answers().and_then(|()| self.message(message)).map(|one| CardSeen {
                ours: true,
                suppressed: false,
                says: one.says,
                reacted: None,
            })
        })
    }

    fn place(&self, channel: u64) -> Boxed<'_, Result<Option<Place>, ChatError>> {
        Box::pin(
            async move { self.answers().map(|()| Some(Place::Discord { guild: CHANNEL.0, channel, thread: None })) },
        )
    }

    fn place_and_readers(&self, channel: u64) -> Boxed<'_, Result<Option<(Place, Readers)>, ChatError>> {
        let place = Place::Discord { guild: CHANNEL.0, channel, thread: None };
        Box::pin(async move { self.answers().map(|()| Some((place, Readers::Everybody))) })
    }

    fn leaving_room<'a>(&'a self, work: Boxed<'a, ()>) -> Boxed<'a, ()> {
        work
    }
}
