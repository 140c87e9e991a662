//! Delivery: notices from the outbox become messages, and cards that are out of date are drawn again.
//!
//! At least once: after an unknown outcome the nonce guards for its short life, then the channel is searched for our marker.

mod board;
mod board_pace;
mod fallback;
mod head;
mod owners;
mod pace;
mod post;
mod redraw;
mod shared;
mod voters;

use super::hub::{Hub, Shown};
use super::port::ChatError;
use super::view::{Gathered, NotGathered};
use crate::desk::Rooms;
use crate::store::{BoardMessage, Due, MessageOf, MessageRole, Posted, StoreError, Taker};
use crate::text::{HeadView, notice, plan_unreadable};
use board_pace::BoardPace;
use engine::port::JournalError;
use engine::{Notice, Operation, Stream};
use interlock::id::OperationId;
use interlock::principal::{Place, Readers};
use interlock::time::Millis;
use pace::Pace;
use post::{NONCE_LIFE, Post};
use std::sync::Arc;
use std::time::Duration;

/// How many cards are taken at once.
const AT_ONCE: u32 = 16;
/// How many notices are taken at once. They are sent one after the other, each with a search before it at the worst, and the
/// last one must be told before its claim ends.
const CLAIMED: u32 = 2;
/// How long a claim on a notice holds: beyond the longest sending of as many.
const CLAIM: Duration = Duration::from_secs(60);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// How long what is only nice to know is tried to be told while the chat does not answer.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// The same for what was seen of a cluster: later it is no longer so.
const FRESH: Duration = Duration::from_secs(15 * 60);

/// Delivers.
#[derive(Clone)]
pub struct Delivery {
    rooms: Arc<Rooms>,
    hub: Hub,
    name: String,
    pace: Arc<Pace>,
    board_pace: Arc<BoardPace>,
}

/// What became of one notice.
enum Sent {
    Done(Vec<Posted>),
    /// It is the board of a channel.
    Board(BoardMessage),
    /// It is this head of the audit log.
    Head(String),
    Retry(Duration, String),
    /// It is too early for it; nothing was sent.
    NotYet(Millis),
    Dead(String),
}

impl From<ChatError> for Sent {
    fn from(error: ChatError) -> Self {
        match error {
            ChatError::Later(span) | ChatError::Overedited(span) => Self::Retry(span, "asked to wait".to_owned()),
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

impl From<JournalError> for Sent {
    fn from(error: JournalError) -> Self {
        Self::Retry(Duration::from_secs(2), error.to_string())
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
        Self { rooms, hub, name, pace: Arc::default(), board_pace: Arc::default() }
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

    /// Delivers what is due now, until nothing is, but for what is told to voters.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn once(&self) -> Result<(), StoreError> {
        loop {
            let now = self.rooms.clock.now();
            let in_chat = self.rooms.chat().is_some();
            let taker = Taker { name: self.name.clone(), until: now.plus(CLAIM), in_chat };
            let due = self.rooms.store.due(&taker, now, CLAIMED).await?;
            let cards = self.cards_due(now).await?;
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
            let is_all = (due.len() as u64) < u64::from(CLAIMED);
            if !moved && is_all {
                return Ok(());
            }
        }
    }

    async fn deliver(&self, due: &Due) -> Result<bool, StoreError> {
        let sent = match &due.stream {
            Stream::Operation(id) | Stream::Owners(id) => self.of_operation(id, due).await.unwrap_or_else(|sent| sent),
            Stream::Voters(id) => self.to_voter(id, due).await.unwrap_or_else(|sent| sent),
            Stream::Place(place) => self.in_place(place, due).await.unwrap_or_else(|sent| sent),
        };
        let now = self.rooms.clock.now();
        match sent {
            Sent::Done(messages) => self.rooms.store.sent(&due.claim, now, &messages).await,
            Sent::Board(board) => self.rooms.store.board_posted(&due.claim, &board).await,
            Sent::Head(head) => self.rooms.store.head_posted(&due.claim, &head).await,
            Sent::Retry(_, why) if !is_tried_again(&due.notice, now.since(due.first_attempt_at)) => {
                self.set_aside(due, &why).await
            }
            Sent::Retry(span, why) => {
                let pause = span.max(Duration::from_millis(500) * due.attempt.min(64)).min(LONGEST_PAUSE);
                self.rooms.store.retry(&due.claim, now.plus(pause), &why).await?;
                Ok(false)
            }
            Sent::NotYet(at) => {
                self.rooms.store.put_off(&due.claim, at).await?;
                Ok(false)
            }
            Sent::Dead(why) => self.set_aside(due, &why).await,
        }
    }

    async fn in_place(&self, place: &Place, due: &Due) -> Result<Sent, Sent> {
        match &due.notice {
            Notice::Alert { id, facts, .. } => self.to_operators(place, due, (id, facts)).await,
            Notice::Board => self.post_board(place, due).await,
            Notice::AuditHead { head, before, at } => {
                self.post_head(place, due, &HeadView { head, before, at: *at }).await
            }
            Notice::Shared { .. } => self.to_everybody(place, due).await,
            _ => Ok(Sent::Dead("it is not told in a place without an operation".to_owned())),
        }
    }

    async fn of_operation(&self, id: &OperationId, due: &Due) -> Result<Sent, Sent> {
        let gathered = match Gathered::read(&self.rooms, id).await {
            Err(NotGathered::Altered(operation)) => return self.of_altered(&operation, due).await,
            gathered => gathered?,
        };
        if let Notice::Reminder { revision } = due.notice
            && !gathered.waits_for_somebody(revision)
        {
            return Ok(Sent::Done(Vec::new()));
        }
        match gathered.operation.place.clone() {
            Place::Console if due.notice.calls_people() => self.called_beyond_console(&gathered, due).await,
            Place::Console => Ok(self.on_console(&gathered, &due.notice)),
            Place::Discord { channel, thread, .. } => {
                let post = self.post(&gathered.operation, due).await?;
                post.deliver(&gathered, thread.unwrap_or(channel)).await
            }
        }
    }

    /// The stored plan is not the one that people see: they are told so, and nothing is said in its name.
    async fn of_altered(&self, operation: &Operation, due: &Due) -> Result<Sent, Sent> {
        if !matches!(due.notice, Notice::Alert { .. }) {
            return Ok(Sent::Dead("the stored plan cannot be read".to_owned()));
        }
        let card = plan_unreadable(&operation.id, self.rooms.times.language(&operation.place));
        match operation.place {
            Place::Console => {
                self.hub.show(Shown { cluster: operation.cluster.clone(), plan: None, card });
                Ok(Sent::Done(Vec::new()))
            }
            Place::Discord { channel, thread, .. } => {
                self.post(operation, due).await?.tell(thread.unwrap_or(channel), (&card, true)).await
            }
        }
    }

    async fn post<'a>(&'a self, operation: &'a Operation, due: &'a Due) -> Result<Post<'a>, Sent> {
        let chat = self.rooms.chat();
        let chat = chat.ok_or_else(|| Sent::Retry(Duration::from_secs(5), "no chat is connected".to_owned()))?;
        let messages = self.rooms.store.messages(&operation.id).await?;
        Ok(Post { delivery: self, chat: chat.as_ref(), operation, messages, due })
    }

    fn on_console(&self, gathered: &Gathered, told: &Notice) -> Sent {
        if !matches!(told, Notice::Seed { .. } | Notice::OpenThread) {
            let card = notice(told, &gathered.view(&self.rooms, None, &[]));
            let (cluster, plan) = (gathered.operation.cluster.clone(), Some(gathered.plan.clone()));
            self.hub.show(Shown { cluster, plan, card });
        }
        let Notice::PostCard { revision } = told else { return Sent::Done(Vec::new()) };
        Sent::Done(vec![Posted {
            role: MessageRole::Card,
            channel: 0,
            message: console_message(&gathered.operation.id, *revision),
            says: String::new(),
            readers: Readers::Unknown,
        }])
    }
}

impl MessageOf {
    fn role_is_card(&self, revision: u32) -> bool {
        self.revision == revision && self.message.role == MessageRole::Card
    }
}

/// Whether a notice is tried again, after so long, when what failed may work later. What people decide by, must know of or
/// are owed is never given up for that: an outage ends. What one person may have been told alone is tried while it cannot come
/// twice.
fn is_tried_again(notice: &Notice, tried: Duration) -> bool {
    match notice {
        Notice::PostCard { .. }
        | Notice::Alert { .. }
        | Notice::OwnersBefore
        | Notice::OwnersAfter
        | Notice::GlassBroken { .. } => true,
        Notice::Seed { .. }
        | Notice::OpenThread
        | Notice::Board
        | Notice::AuditHead { .. }
        | Notice::Reminder { .. }
        | Notice::Progress { .. }
        | Notice::Milestone { .. } => tried < PATIENCE,
        Notice::Shared { .. } => tried < FRESH,
        Notice::VoteNotCounted { .. } => tried < NONCE_LIFE,
    }
}

/// A number for the card of a console, which has no messages: unique to operation and revision.
fn console_message(id: &OperationId, revision: u32) -> u64 {
    let letters = id.as_str().bytes().fold(0_u64, |sum, byte| sum * 64 + u64::from(byte & 63));
    letters * 1_000_000 + u64::from(revision)
}

#[cfg(test)]
mod tests {
    use super::{FRESH, NONCE_LIFE, PATIENCE, is_tried_again};
    use engine::{Notice, Seeded};
    use interlock::approval::NotCounted;
    use interlock::facts::Facts;
    use interlock::looks::{ClustersLook, LookAnswer};
    use interlock::plan::Digest;
    use interlock::principal::Account;
    use interlock::time::Millis;
    use std::time::Duration;

    #[test]
    fn cards_alerts_and_what_owners_are_told_are_never_given_up_for_an_outage() {
        let (id, facts) = (String::new(), Facts::none());
        let kept = [
            Notice::PostCard { revision: 1 },
            Notice::alert(&id, facts.clone()),
            Notice::OwnersBefore,
            Notice::OwnersAfter,
            Notice::GlassBroken { by: "olga".parse().unwrap(), reason: id.clone(), skipped: Vec::new(), digest: None },
        ];
        assert!(kept.iter().all(|notice| is_tried_again(notice, PATIENCE * 365)));
        let given_up = [
            Notice::Seed { reactions: Seeded::Votes },
            Notice::OpenThread,
            Notice::Board,
            Notice::AuditHead { head: id.clone(), before: id.clone(), at: Millis(0) },
            Notice::Reminder { revision: 1 },
            Notice::Progress { id: id.clone(), facts: facts.clone() },
            Notice::Milestone { id, facts },
        ];
        for notice in &given_up {
            assert!(is_tried_again(notice, PATIENCE.saturating_sub(Duration::from_millis(1))), "{notice:?}");
            assert!(!is_tried_again(notice, PATIENCE), "{notice:?}");
        }
        let answer = Box::new(LookAnswer::Clusters(ClustersLook { clusters: Vec::new() }));
        let shared = Notice::Shared { answer, by: "alice".parse().unwrap(), seen_at: Millis(0) };
        assert!(is_tried_again(&shared, FRESH.saturating_sub(Duration::from_millis(1))));
        assert!(!is_tried_again(&shared, FRESH));
        let alone = Notice::VoteNotCounted {
            digest: Digest::of(b"a plan"),
            account: Account::Discord(7),
            person: "alice".parse().unwrap(),
            why: NotCounted::AskedForIt,
        };
        assert!(is_tried_again(&alone, NONCE_LIFE.saturating_sub(Duration::from_millis(1))));
        assert!(!is_tried_again(&alone, NONCE_LIFE), "from then on it could come twice");
    }
}
