//! Delivery: notices from the outbox become messages, and cards that are out of date are drawn again.
//!
//! At least once: after an unknown outcome the nonce guards for its short life, then the channel is searched for our marker.

use super::port::{Chat, ChatError, MessageRef, Sending};
use super::view::{Gathered, NotGathered};
use crate::desk::{APPROVE, Rooms, VETO};
use crate::store::{DirtyCard, Due, MessageOf, MessageRole, Posted, StoreError, Taker};
use crate::text::{Card, Newer, notice, plan_card};
use engine::{Notice, Seeded, Stream};
use interlock::id::OperationId;
use interlock::plan::{Sealed, differences};
use interlock::principal::Place;
use interlock::time::Millis;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;

/// How many notices and cards are taken at once.
const AT_ONCE: u32 = 16;
/// How long a claim on a notice holds: beyond the longest sending.
const CLAIM: Duration = Duration::from_secs(60);
/// How long the chat's nonce can be trusted; after that a search goes before another sending.
const NONCE_LIFE: Duration = Duration::from_secs(120);
/// A progress message is edited while it is younger than this; editing older ones is limited harder.
const PROGRESS_LIFE: Duration = Duration::from_secs(50 * 60);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// After so many attempts a notice is set aside.
const MOST_ATTEMPTS: u32 = 200;

/// The reactions by which a running operation is steered, in the order they are seeded.
pub(super) const CONTROLS: [&str; 4] = ["🛑", "⏸️", "▶️", "↩️"];

/// What consoles are shown: cards of operations that were asked for there.
#[derive(Debug, Clone)]
pub struct Hub(broadcast::Sender<Arc<Card>>);

impl Default for Hub {
    fn default() -> Self {
        Self(broadcast::Sender::new(256))
    }
}

impl Hub {
    /// What is shown from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Card>> {
        self.0.subscribe()
    }

    fn show(&self, card: Card) {
        // Nobody listens: nobody is there to be told, and the record keeps it.
        let _ = self.0.send(Arc::new(card));
    }
}

/// Delivers.
#[derive(Clone)]
pub struct Delivery {
    rooms: Arc<Rooms>,
    hub: Hub,
    name: String,
}

/// What became of one notice.
enum Sent {
    Done(Vec<Posted>),
    Retry(Duration, String),
    Dead(String),
}

impl From<ChatError> for Sent {
    fn from(error: ChatError) -> Self {
        match error {
            ChatError::Later(span) => Self::Retry(span, "asked to wait".to_owned()),
            ChatError::Unknown(why) => Self::Retry(Duration::from_secs(2), why),
            ChatError::Forbidden(why) | ChatError::Gone(why) | ChatError::Wrong(why) => Self::Dead(why),
        }
    }
}

impl From<NotGathered> for Sent {
    fn from(not: NotGathered) -> Self {
        Self::Retry(Duration::from_secs(2), not.to_string())
    }
}

impl From<StoreError> for Sent {
    fn from(error: StoreError) -> Self {
        Self::Retry(Duration::from_secs(2), error.to_string())
    }
}

impl Delivery {
    /// A delivery under this name, unique to the process.
    #[must_use]
    pub fn new(rooms: Arc<Rooms>, hub: Hub, name: String) -> Self {
        Self { rooms, hub, name }
    }

    /// Delivers until dropped.
    pub async fn run(&self, pause: Duration) {
        loop {
            if let Err(error) = self.once().await {
                tracing::warn!(%error, "nothing delivered: the store does not answer");
            }
            self.rooms.clock.sleep(pause).await;
        }
    }

    /// Delivers what is due now, until nothing is.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn once(&self) -> Result<(), StoreError> {
        loop {
            let now = self.rooms.clock.now();
            let taker = Taker { name: self.name.clone(), until: now.plus(CLAIM) };
            let due = self.rooms.store.due(&taker, now, AT_ONCE).await?;
            let cards = self.rooms.store.dirty_cards(AT_ONCE).await?;
            if due.is_empty() && cards.is_empty() {
                return Ok(());
            }
            let mut moved = false;
            for one in &due {
                moved |= self.deliver(one).await?;
            }
            for card in &cards {
                moved |= self.redraw(card).await?;
            }
            if !moved {
                return Ok(());
            }
        }
    }

    async fn deliver(&self, due: &Due) -> Result<bool, StoreError> {
        let sent = match &due.stream {
            Stream::Operation(id) => self.of_operation(id, due).await.unwrap_or_else(|sent| sent),
            Stream::Place(_) => Sent::Dead("notices of places without an operation are not built yet".to_owned()),
        };
        let now = self.rooms.clock.now();
        match sent {
            Sent::Done(messages) => self.rooms.store.sent(&due.claim, now, &messages).await,
            Sent::Retry(_, why) if due.attempt >= MOST_ATTEMPTS => self.set_aside(due, &why).await,
            Sent::Retry(span, why) => {
                let pause = span.max(Duration::from_millis(500) * due.attempt.min(64)).min(LONGEST_PAUSE);
                self.rooms.store.retry(&due.claim, now.plus(pause), &why).await?;
                Ok(false)
            }
            Sent::Dead(why) => self.set_aside(due, &why).await,
        }
    }

    async fn set_aside(&self, due: &Due, why: &str) -> Result<bool, StoreError> {
        tracing::warn!(stream = ?due.stream, why, "a notice cannot be delivered; it is set aside");
        self.rooms.store.dead(&due.claim, why).await
    }

    async fn of_operation(&self, id: &OperationId, due: &Due) -> Result<Sent, Sent> {
        let gathered = Gathered::read(&self.rooms, id).await?;
        match gathered.operation.place.clone() {
            Place::Console => Ok(self.on_console(&gathered, &due.notice)),
            Place::Discord { channel, thread, .. } => {
                let chat = self.rooms.chat().cloned();
                let chat =
                    chat.ok_or_else(|| Sent::Retry(Duration::from_secs(5), "no chat is connected".to_owned()))?;
                let messages = self.rooms.store.messages(id).await?;
                let post = Post { delivery: self, chat: chat.as_ref(), gathered: &gathered, messages, due };
                post.deliver(thread.unwrap_or(channel)).await
            }
        }
    }

    fn on_console(&self, gathered: &Gathered, told: &Notice) -> Sent {
        if !matches!(told, Notice::Seed { .. } | Notice::OpenThread) {
            self.hub.show(notice(told, &gathered.view(&self.rooms, None, false)));
        }
        let Notice::PostCard { revision } = told else { return Sent::Done(Vec::new()) };
        Sent::Done(vec![Posted {
            role: MessageRole::Card,
            channel: 0,
            message: console_message(&gathered.operation.id, *revision),
            says: String::new(),
        }])
    }

    /// Draws a card again as things are now.
    async fn redraw(&self, dirty: &DirtyCard) -> Result<bool, StoreError> {
        let id = &dirty.operation;
        let gathered = match Gathered::read(&self.rooms, id).await {
            Ok(gathered) => gathered,
            Err(NotGathered::Store(error)) => return Err(error),
            Err(error) => {
                tracing::warn!(operation = %id, %error, "its card cannot be drawn");
                return Ok(false);
            }
        };
        let revision = gathered.operation.revision;
        let messages = self.rooms.store.messages(id).await?;
        let card = messages.iter().find(|one| one.role_is_card(revision));
        let (Some(card), Place::Discord { .. }) = (card, &gathered.operation.place) else {
            self.rooms.store.card_rendered(id, dirty.wanted, "").await?;
            return Ok(true);
        };
        let Some(chat) = self.rooms.chat() else { return Ok(false) };
        let drawn = plan_card(&gathered.view(&self.rooms, None, false));
        let says = chat.says(&drawn);
        self.rooms.store.card_editing(id, &says).await?;
        let at = MessageRef { channel: card.message.channel, message: card.message.message };
        match chat.edit(at, &drawn).await {
            Ok(()) | Err(ChatError::Gone(_) | ChatError::Forbidden(_)) => {
                self.rooms.store.card_rendered(id, dirty.wanted, &says).await?;
                Ok(true)
            }
            Err(error) => {
                tracing::info!(operation = %id, %error, "its card is drawn later");
                Ok(false)
            }
        }
    }
}

impl MessageOf {
    fn role_is_card(&self, revision: u32) -> bool {
        self.revision == revision && self.message.role == MessageRole::Card
    }
}

/// A number for the card of a console, which has no messages: unique to operation and revision.
fn console_message(id: &OperationId, revision: u32) -> u64 {
    let letters = id.as_str().bytes().fold(0_u64, |sum, byte| sum * 64 + u64::from(byte & 63));
    letters * 1_000_000 + u64::from(revision)
}

/// One notice on its way to a chat.
struct Post<'a> {
    delivery: &'a Delivery,
    chat: &'a dyn Chat,
    gathered: &'a Gathered,
    messages: Vec<MessageOf>,
    due: &'a Due,
}

impl Post<'_> {
    async fn deliver(&self, channel: u64) -> Result<Sent, Sent> {
        match &self.due.notice {
            Notice::PostCard { revision } => self.post_card(channel, *revision).await,
            Notice::Seed { reactions } => self.seed(*reactions).await,
            Notice::OpenThread => self.open_thread().await,
            Notice::Progress { .. } => self.progress(channel).await,
            Notice::OwnersBefore | Notice::OwnersAfter => self.tell(channel, true, true).await,
            Notice::Milestone { .. } => self.tell(channel, false, false).await,
            Notice::Alert { .. } => self.tell(channel, true, false).await,
        }
    }

    fn card(&self, calling: bool) -> Card {
        notice(&self.due.notice, &self.gathered.view(&self.delivery.rooms, None, calling))
    }

    fn current_card(&self) -> Option<MessageRef> {
        let card = self.messages.iter().find(|one| one.role_is_card(self.gathered.operation.revision))?;
        Some(MessageRef { channel: card.message.channel, message: card.message.message })
    }

    /// Sends once. What may have been sent before is looked for when the nonce no longer guards.
    async fn send(&self, sending: Sending<'_>) -> Result<MessageRef, ChatError> {
        let now = self.delivery.rooms.clock.now();
        let again = self.due.attempt > 1 && now.since(self.due.first_attempt_at) >= NONCE_LIFE;
        if again && let Some(found) = self.chat.find(sending.channel, sending.marker).await? {
            return Ok(found);
        }
        self.chat.send(&sending).await
    }

    async fn post_card(&self, channel: u64, revision: u32) -> Result<Sent, Sent> {
        if revision != self.gathered.operation.revision {
            // Superseded before it was posted: the newer one stands further back in the same stream.
            return Ok(Sent::Done(Vec::new()));
        }
        let card = self.card(false);
        let marker = self.due.claim.marker();
        let sending = Sending { channel, card: &card, marker: &marker, notify: true, replies_to: None };
        let sent = self.send(sending).await?;
        self.supersede_older(revision).await;
        Ok(Sent::Done(vec![Posted {
            role: MessageRole::Card,
            channel: sent.channel,
            message: sent.message,
            says: self.chat.says(&card),
        }]))
    }

    /// The older card says what differs, and that votes on it count for nothing. It is drawn as well as can be: the newer
    /// card is posted in any case.
    async fn supersede_older(&self, revision: u32) {
        let Some(older) = self.messages.iter().find(|one| one.role_is_card(revision.saturating_sub(1))) else { return };
        let store = &self.delivery.rooms.store;
        let Ok(Some(bytes)) = store.plan_bytes(older.digest).await else { return };
        let Ok(old) = Sealed::open(bytes, older.digest) else { return };
        let found = differences(old.plan(), self.gathered.plan.plan());
        let mut view = self.gathered.view(&self.delivery.rooms, Some(Newer { revision, differences: &found }), false);
        view.plan = &old;
        let card = plan_card(&view);
        let at = MessageRef { channel: older.message.channel, message: older.message.message };
        if let Err(error) = self.chat.edit(at, &card).await {
            tracing::info!(operation = %self.gathered.operation.id, %error, "the older card still looks alive");
        }
    }

    async fn seed(&self, what: Seeded) -> Result<Sent, Sent> {
        let Some(card) = self.current_card() else { return Ok(Sent::Done(Vec::new())) };
        let emojis: &[&str] = match what {
            Seeded::Votes => &[APPROVE, VETO],
            Seeded::Controls => &CONTROLS,
        };
        for emoji in emojis {
            self.chat.seed(card, emoji).await?;
        }
        Ok(Sent::Done(Vec::new()))
    }

    async fn open_thread(&self) -> Result<Sent, Sent> {
        let Some(card) = self.current_card() else { return Ok(Sent::Done(Vec::new())) };
        let operation = &self.gathered.operation;
        let name = format!("{} {} {}", operation.command, operation.cluster, operation.id);
        let thread = self.chat.thread(card, &name).await?;
        Ok(Sent::Done(vec![Posted {
            role: MessageRole::Thread,
            channel: card.channel,
            message: thread,
            says: String::new(),
        }]))
    }

    /// Tells in the thread; where there is none, or it is gone, in the channel as an answer to the card.
    async fn tell(&self, channel: u64, notify: bool, calling: bool) -> Result<Sent, Sent> {
        let card = self.card(calling);
        let marker = self.due.claim.marker();
        let thread = self.messages.iter().find(|one| one.message.role == MessageRole::Thread);
        if let Some(thread) = thread {
            let sending =
                Sending { channel: thread.message.message, card: &card, marker: &marker, notify, replies_to: None };
            match self.send(sending).await {
                Ok(_) => return Ok(Sent::Done(Vec::new())),
                Err(ChatError::Gone(_) | ChatError::Forbidden(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let replies_to = self.current_card().map(|card| card.message);
        self.send(Sending { channel, card: &card, marker: &marker, notify, replies_to }).await?;
        Ok(Sent::Done(Vec::new()))
    }

    /// One message, edited; a new one when it has grown old.
    async fn progress(&self, channel: u64) -> Result<Sent, Sent> {
        let now = self.delivery.rooms.clock.now();
        let latest = self.messages.iter().filter_map(|one| Some((progress_number(one)?, one))).max_by_key(|(n, _)| *n);
        let card = self.card(false);
        if let Some((_, message)) = latest.filter(|(_, one)| is_young(one.at, now)) {
            let at = MessageRef { channel: message.message.channel, message: message.message.message };
            match self.chat.edit(at, &card).await {
                Ok(()) => return Ok(Sent::Done(Vec::new())),
                Err(ChatError::Gone(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let thread = self.messages.iter().find(|one| one.message.role == MessageRole::Thread);
        let marker = self.due.claim.marker();
        let into = thread.map_or(channel, |thread| thread.message.message);
        let sent =
            self.send(Sending { channel: into, card: &card, marker: &marker, notify: false, replies_to: None }).await?;
        let number = latest.map_or(1, |(number, _)| number.saturating_add(1));
        Ok(Sent::Done(vec![Posted {
            role: MessageRole::Progress(number),
            channel: sent.channel,
            message: sent.message,
            says: String::new(),
        }]))
    }
}

fn progress_number(message: &MessageOf) -> Option<u32> {
    match message.message.role {
        MessageRole::Progress(number) => Some(number),
        MessageRole::Card | MessageRole::Thread => None,
    }
}

fn is_young(at: Millis, now: Millis) -> bool {
    now.since(at) < PROGRESS_LIFE
}
