//! Looking for messages.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use bytes::Bytes;

use super::offsets::long;
use super::queue::Queue;
use super::{Broker, found, message_bytes, names};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::route::Route;
use crate::wire::api::{QUERY_MESSAGE, VIEW_MESSAGE_BY_ID};
use crate::wire::request::Request;

/// The flag of a body that is compressed.
const COMPRESSED: i32 = 1;

/// A message as a broker stores it (`MessageExt`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// Where it is. The broker's name is empty if the broker was asked by its address.
    pub queue: Queue,
    /// Its offset there.
    pub offset: i64,
    /// Its place in the broker's log.
    pub physical: i64,
    /// The application's flags.
    pub flag: i32,
    /// The system's flags.
    pub sys_flag: i32,
    /// When it was sent, in milliseconds, by the clock of its producer.
    pub born: i64,
    /// From where.
    pub born_at: SocketAddr,
    /// When it was stored, in milliseconds.
    pub stored: i64,
    /// By whom.
    pub stored_at: SocketAddr,
    /// How often it was tried again.
    pub reconsumed: i32,
    /// Its properties: `KEYS`, `TAGS`, `UNIQ_KEY`, and the application's.
    pub properties: BTreeMap<String, String>,
    /// Its body, as it is stored.
    pub body: Bytes,
}

impl Message {
    /// Whether the body is compressed.
    #[must_use]
    pub fn is_compressed(&self) -> bool {
        self.sys_flag & COMPRESSED != 0
    }
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageKey<'k> {
    /// A key that the application gave: several messages can have it.
    Key(&'k str),
    /// The id that the client gave (`UNIQ_KEY`).
    UniqueId(&'k str),
}

/// Where messages are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within {
    /// When they were stored at the earliest, in milliseconds.
    pub from: u64,
    /// When they were stored at the latest.
    pub to: u64,
    /// How many of them at most.
    pub max: u32,
}

impl Broker {
    /// Messages of a topic here by key (QUERY_MESSAGE (12), `QueryMessageProcessor.queryMessage`). Brokers index a message
    /// some moments after they stored it, and only those they store themselves: ask every master.
    ///
    /// # Errors
    /// As every call.
    pub async fn messages(&self, topic: &str, key: MessageKey<'_>, within: Within) -> Result<Vec<Message>> {
        names::existing("topic", topic)?;
        let (key, unique) = match key {
            MessageKey::Key(key) => (key, None),
            MessageKey::UniqueId(id) => (id, Some(true)),
        };
        names::existing("key", key)?;
        let request = Request::new(QUERY_MESSAGE)
            .with("topic", topic)
            .with("key", key)
            .with("maxNum", within.max)
            .with("beginTimestamp", long("time", within.from)?)
            .with("endTimestamp", long("time", within.to)?)
            .with_some("_UNIQUE_KEY_QUERY", unique);
        let name = self.name();
        let messages = self.0.ask(request, |answer| message_bytes::read_all(answer.body.clone(), name)).await;
        Ok(found(messages, Code::QUERY_NOT_FOUND)?.unwrap_or_default())
    }

    /// The message at this place of the broker's log; `None` if none begins there
    /// (VIEW_MESSAGE_BY_ID (33), `QueryMessageProcessor.viewMessageById`). The log is not checked for more than a length:
    /// a place in the middle of a message can look like one.
    ///
    /// # Errors
    /// As every call.
    pub async fn message_at(&self, physical: u64) -> Result<Option<Message>> {
        let request = Request::new(VIEW_MESSAGE_BY_ID).with("offset", long("place", physical)?);
        let name = self.name();
        let one = |mut messages: Vec<Message>| match (messages.pop(), messages.is_empty()) {
            (Some(message), true) => Ok(message),
            _ => Err("not one message".to_owned()),
        };
        match self.0.ask(request, |answer| one(message_bytes::read_all(answer.body.clone(), name)?)).await {
            Err(error) if says_no_message(&error) => Ok(None),
            other => other.map(Some),
        }
    }

    fn name(&self) -> &str {
        match &self.0.route {
            Route::Broker { name, .. } => name,
            _ => "",
        }
    }
}

/// There is no code of its own for it.
fn says_no_message(error: &Error) -> bool {
    error.code() == Some(Code::SYSTEM_ERROR)
        && error.remark().is_some_and(|remark| remark.starts_with("can not find message by the offset"))
}
