//! A running adapter and the model it runs against.

use super::SOON;
use super::door::FakeDoor;
use crate::chat::discord::{Discord, Meta, Running, Settings, Standing};
use crate::chat::{Chat, ChatError, MessageRef, Sending};
use crate::clock::SystemClock;
use crate::text::Card;
use discord_model::{Channel, Discord as Model, Id, Message, Options};
use engine::port::Boxed;
use interlock::command::Catalogue;
use interlock::id::PersonId;
use interlock::principal::Account;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// A store in memory.
#[derive(Debug, Default)]
pub(super) struct MemoryMeta(Mutex<BTreeMap<String, String>>);

impl Meta for MemoryMeta {
    fn get<'a>(&'a self, key: &'a str) -> Boxed<'a, Result<Option<String>, String>> {
        Box::pin(async move { Ok(self.0.lock().unwrap().get(key).cloned()) })
    }

    fn put<'a>(&'a self, key: &'a str, value: &'a str) -> Boxed<'a, Result<(), String>> {
        Box::pin(async move {
            self.0.lock().unwrap().insert(key.to_owned(), value.to_owned());
            Ok(())
        })
    }
}

pub(super) fn person(account: Account) -> PersonId {
    format!("account:{account}").parse().unwrap()
}

pub(super) fn settings(model: &Model, meta: &Arc<MemoryMeta>) -> Settings {
    Settings {
        token: model.bot_token().into(),
        application: model.application_id().get(),
        guilds: [model.guild().id().get()].into(),
        api_base: Some(model.base_url()),
        catalogue: Catalogue::built_in().unwrap(),
        persons: Arc::new(person),
        meta: Arc::clone(meta) as Arc<dyn Meta>,
        clock: Arc::new(SystemClock::new()),
    }
}

/// A running adapter.
pub(super) struct Bot {
    pub(super) model: Model,
    pub(super) door: Arc<FakeDoor>,
    pub(super) chat: Arc<Discord>,
    pub(super) running: Running,
    pub(super) meta: Arc<MemoryMeta>,
    pub(super) ops: Channel,
}

pub(super) const COMMANDS: &str = "/applications/{application_id}/guilds/{guild_id}/commands";

/// Starts an adapter and waits until it is connected and its commands are there.
pub(super) async fn bot() -> Bot {
    bot_with(Options::default()).await
}

pub(super) async fn bot_with(options: Options) -> Bot {
    let model = Model::start(options).await.unwrap();
    let meta = Arc::new(MemoryMeta::default());
    let door = Arc::new(FakeDoor::default());
    let running = Discord::start(settings(&model, &meta), Arc::clone(&door) as _).unwrap();
    is_up(&running).await;
    model.wait_for_request(|request| request.is("PUT", COMMANDS) && request.status == Some(200), SOON).await;
    let ops = model.channel("ops");
    Bot { chat: running.chat(), model, door, running, meta, ops }
}

/// A chat without a gateway.
pub(super) async fn chat() -> (Model, Arc<Discord>) {
    let model = Model::start(Options::default()).await.unwrap();
    let chat = Discord::new(settings(&model, &Arc::default())).unwrap();
    (model, chat)
}

pub(super) async fn is_up(running: &Running) {
    let mut standing = running.standing();
    let up = tokio::time::timeout(SOON, standing.wait_for(Standing::is_up)).await;
    assert!(up.is_ok(), "not connected: {running:?}");
}

/// Posts a card.
pub(super) async fn post(
    chat: &Discord,
    channel: &Channel,
    card: &Card,
    marker: &str,
) -> Result<MessageRef, ChatError> {
    let sending = Sending { channel: channel.id().get(), card, marker, notify: true, replies_to: None };
    chat.send(&sending).await
}

/// The model's message behind a reference.
pub(super) fn message(channel: &Channel, reference: MessageRef) -> Message {
    let found = channel.messages().into_iter().find(|message| message.id() == Id::new(reference.message));
    found.unwrap_or_else(|| panic!("no message {reference:?}"))
}
