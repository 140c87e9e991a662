//! One notice on its way to a chat.

use super::pace::Turn;
use super::{Delivery, Sent};
use crate::chat::port::{Chat, ChatError, MessageRef, Sending};
use crate::chat::steering::CONTROLS;
use crate::chat::view::Gathered;
use crate::desk::{APPROVE, VETO};
use crate::store::{Due, MessageOf, MessageRole, Posted};
use crate::text::{Card, Newer, notice, plan_card};
use engine::{Notice, Operation, Seeded};
use interlock::plan::{Sealed, differences};
use interlock::principal::{Place, Readers};
use interlock::time::Millis;
use std::time::Duration;

/// How long the chat's nonce can be trusted; after that a search goes before another sending.
pub(super) const NONCE_LIFE: Duration = Duration::from_secs(120);
/// A progress message is edited while it is younger than this; editing older ones is limited harder.
const PROGRESS_LIFE: Duration = Duration::from_secs(50 * 60);

/// One notice on its way to a chat.
pub(super) struct Post<'a> {
    pub(super) delivery: &'a Delivery,
    pub(super) chat: &'a dyn Chat,
    pub(super) operation: &'a Operation,
    pub(super) messages: Vec<MessageOf>,
    pub(super) due: &'a Due,
}

impl Delivery {
    /// Sends once. What may have been sent before is looked for when the nonce no longer guards.
    pub(super) async fn send_once(
        &self,
        chat: &dyn Chat,
        sending: Sending<'_>,
        due: &Due,
    ) -> Result<MessageRef, ChatError> {
        let now = self.rooms.clock.now();
        let again = due.attempt > 1 && now.since(due.first_attempt_at) >= NONCE_LIFE;
        if again && let Some(found) = chat.find(sending.channel, sending.marker, due.first_attempt_at).await? {
            return Ok(found);
        }
        chat.send(&sending).await
    }
}

impl Post<'_> {
    pub(super) async fn deliver(&self, gathered: &Gathered, channel: u64) -> Result<Sent, Sent> {
        let rooms = &self.delivery.rooms;
        let called = gathered.called_by(&self.due.notice, rooms);
        let card = || notice(&self.due.notice, &gathered.view(rooms, None, &called));
        match &self.due.notice {
            Notice::PostCard { revision } => self.post_card((channel, *revision), gathered, &card()).await,
            Notice::Seed { reactions } => self.seed(*reactions).await,
            Notice::OpenThread => self.open_thread().await,
            Notice::Board | Notice::AuditHead { .. } | Notice::Shared { .. } => {
                Ok(Sent::Dead("it is about no operation".to_owned()))
            }
            Notice::VoteNotCounted { .. } => Ok(Sent::Dead("it is told to one person alone".to_owned())),
            Notice::Reminder { .. } if self.was_posted_since() => Ok(Sent::Done(Vec::new())),
            Notice::Progress { .. } => self.progress(channel, &card()).await,
            Notice::Milestone { .. } => self.tell(channel, (&card(), false)).await,
            Notice::Reminder { .. }
            | Notice::OwnersBefore
            | Notice::OwnersAfter
            | Notice::GlassBroken { .. }
            | Notice::Alert { .. } => self.tell(channel, (&card(), true)).await,
        }
    }

    fn current_card(&self) -> Option<MessageRef> {
        let card = self.messages.iter().find(|one| one.role_is_card(self.operation.revision))?;
        Some(MessageRef { channel: card.message.channel, message: card.message.message })
    }

    /// Whether the card was posted only after this notice was put in: it has said itself what the notice would say.
    fn was_posted_since(&self) -> bool {
        let card = self.messages.iter().find(|one| one.role_is_card(self.operation.revision));
        card.is_none_or(|card| card.at >= self.due.made_at)
    }

    async fn send(&self, sending: Sending<'_>) -> Result<MessageRef, ChatError> {
        self.delivery.send_once(self.chat, sending, self.due).await
    }

    async fn post_card(&self, at: (u64, u32), gathered: &Gathered, card: &Card) -> Result<Sent, Sent> {
        let (channel, revision) = at;
        if revision != self.operation.revision {
            // Superseded before it was posted: the newer one stands further back in the same stream.
            return Ok(Sent::Done(Vec::new()));
        }
        // Without the claim another taker posts it.
        let Some(readers) = self.readers(channel).await? else { return Ok(Sent::Done(Vec::new())) };
        let marker = self.due.claim.marker();
        let sent = self.send(Sending { channel, card, marker: &marker, notify: true, replies_to: None }).await?;
        self.delivery.rooms.posted_card(sent);
        self.supersede_older(revision, gathered).await;
        let says = self.says(sent, card).await;
        let (role, channel, message) = (MessageRole::Card, sent.channel, sent.message);
        Ok(Sent::Done(vec![Posted { role, channel, message, says, readers }]))
    }

    /// Who can read a card that is about to be posted: whoever is let in from then on is let in to a card that stands there. It
    /// may stand there since an earlier attempt, so what that one saw counts too. None if the claim was lost.
    async fn readers(&self, channel: u64) -> Result<Option<Readers>, Sent> {
        let found = self.chat.place_and_readers(channel).await?;
        let seen = found.map_or(Readers::Unknown, |(_, readers)| readers);
        Ok(self.delivery.rooms.store.posting_before(&self.due.claim, seen).await?)
    }

    /// What a posted card says. One that an earlier attempt had posted says what was true then; it is drawn anew at once.
    async fn says(&self, sent: MessageRef, card: &Card) -> String {
        let seen = if self.due.attempt > 1 { self.chat.read(sent).await.ok() } else { None };
        seen.filter(|seen| seen.ours).map_or_else(|| self.chat.says(card), |seen| seen.says)
    }

    /// Each older card says what differs, and that votes on it count for nothing. The one that looks alive need not be the
    /// one before: that may never have been posted.
    async fn supersede_older(&self, revision: u32, gathered: &Gathered) {
        for older in self.messages.iter().rev().filter(|one| one.revision < revision && one.role_is_card(one.revision))
        {
            self.supersede(older, revision, gathered).await;
        }
    }

    /// An older card is drawn as well as can be: the newer card is posted in any case.
    async fn supersede(&self, older: &MessageOf, revision: u32, gathered: &Gathered) {
        let store = &self.delivery.rooms.store;
        let Ok(Some(bytes)) = store.plan_bytes(older.digest).await else { return };
        let Ok(old) = Sealed::open(bytes, older.digest) else { return };
        let found = differences(old.plan(), gathered.plan.plan());
        let newer = Newer { revision, differences: &found };
        let mut view = gathered.view(&self.delivery.rooms, Some(newer), &[]);
        view.plan = &old;
        let card = plan_card(&view);
        let at = MessageRef { channel: older.message.channel, message: older.message.message };
        if let Err(error) = self.chat.edit(at, &card).await {
            tracing::info!(operation = %self.operation.id, %error, "the older card still looks alive");
        }
    }

    async fn seed(&self, what: Seeded) -> Result<Sent, Sent> {
        let Some(card) = self.current_card() else { return Ok(Sent::Done(Vec::new())) };
        let emojis: &[&str] = match what {
            // It was decided before its card could be posted: there is nothing to be tapped any more.
            Seeded::Votes if !self.operation.state.is_open_to_votes() => &[],
            Seeded::Votes => &[APPROVE, VETO],
            Seeded::Controls => &CONTROLS,
        };
        for emoji in emojis {
            self.chat.seed(card, emoji).await?;
        }
        Ok(Sent::Done(Vec::new()))
    }

    /// Where there can be no thread, everything is told in answers to the card.
    async fn open_thread(&self) -> Result<Sent, Sent> {
        let Some(card) = self.current_card() else { return Ok(Sent::Done(Vec::new())) };
        if matches!(self.operation.place, Place::Discord { thread: Some(_), .. }) {
            return Ok(Sent::Done(Vec::new()));
        }
        let operation = self.operation;
        let name = format!("{} {} {}", operation.command, operation.cluster, operation.id);
        let thread = match self.chat.thread(card, &name).await {
            Ok(thread) => thread,
            Err(error) if is_final(&error) => {
                self.without_thread(&error).await?;
                return Ok(Sent::Done(Vec::new()));
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Sent::Done(vec![Posted {
            role: MessageRole::Thread,
            channel: card.channel,
            message: thread,
            says: String::new(),
            readers: Readers::Unknown,
        }]))
    }

    /// The operation's thread, if there is one that takes messages.
    fn thread(&self) -> Option<u64> {
        let thread = self.messages.iter().find(|one| one.message.role == MessageRole::Thread)?;
        (thread.message.message != 0).then_some(thread.message.message)
    }

    async fn without_thread(&self, error: &ChatError) -> Result<(), Sent> {
        tracing::info!(operation = %self.operation.id, %error, "told without a thread, in answers to the card");
        let now = self.delivery.rooms.clock.now();
        Ok(self.delivery.rooms.store.thread_lost(&self.operation.id, now, &error.to_string()).await?)
    }

    /// Tells in the thread; where there is none, or it takes no messages any more, in the channel as an answer to the card.
    async fn say(&self, channel: u64, told: (&Card, bool)) -> Result<MessageRef, Sent> {
        let (card, notify) = told;
        let marker = self.due.claim.marker();
        if let Some(thread) = self.thread() {
            let sending = Sending { channel: thread, card, marker: &marker, notify, replies_to: None };
            match self.send(sending).await {
                Ok(sent) => return Ok(sent),
                Err(error) if is_final(&error) => self.without_thread(&error).await?,
                Err(error) => return Err(error.into()),
            }
        }
        let replies_to = self.current_card().map(|card| card.message);
        Ok(self.send(Sending { channel, card, marker: &marker, notify, replies_to }).await?)
    }

    /// Tells something, with or without notification.
    pub(super) async fn tell(&self, channel: u64, told: (&Card, bool)) -> Result<Sent, Sent> {
        self.say(channel, told).await?;
        Ok(Sent::Done(Vec::new()))
    }

    /// One message, edited now and then; a new one when it has grown old.
    async fn progress(&self, channel: u64, card: &Card) -> Result<Sent, Sent> {
        let (pace, now) = (&self.delivery.pace, self.delivery.rooms.clock.now());
        let latest = self.messages.iter().filter_map(|one| Some((progress_number(one)?, one))).max_by_key(|(n, _)| *n);
        let says = self.chat.says(card);
        match pace.turn(&self.operation.id, now, &says) {
            Turn::Said => return Ok(Sent::Done(Vec::new())),
            Turn::At(at) => return Ok(Sent::NotYet(at)),
            Turn::Now => {}
        }
        if let Some((_, message)) = latest.filter(|(_, one)| is_young(one.at, now)) {
            let at = MessageRef { channel: message.message.channel, message: message.message.message };
            match self.chat.edit(at, card).await {
                Ok(()) => {
                    pace.told(&self.operation.id, now, says);
                    return Ok(Sent::Done(Vec::new()));
                }
                // Deleted, in a thread that takes no edits, or edited too often: a new message, wherever one can be posted.
                Err(error) if is_final(&error) || matches!(error, ChatError::Overedited(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let sent = self.say(channel, (card, false)).await?;
        pace.told(&self.operation.id, now, says);
        let number = latest.map_or(1, |(number, _)| number.saturating_add(1));
        Ok(Sent::Done(vec![Posted {
            role: MessageRole::Progress(number),
            channel: sent.channel,
            message: sent.message,
            says: String::new(),
            readers: Readers::Unknown,
        }]))
    }
}

/// Whether asking again would end the same.
fn is_final(error: &ChatError) -> bool {
    matches!(error, ChatError::Gone(_) | ChatError::Forbidden(_) | ChatError::Wrong(_))
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
