//! What somebody is told alone, in a direct message: that their approval does not count. The card says so to everybody, and little is
//! lost where the chat takes no such message: they may have closed them, or have left.

use super::post::NONCE_LIFE;
use super::{CLAIM, Delivery, LONGEST_PAUSE, Sent};
use crate::chat::port::{Chat, ChatError, MessageRef, Sending};
use crate::chat::view::{Gathered, NotGathered};
use crate::meters;
use crate::store::{Due, StoreError, Taker};
use crate::text::{Card, CardView, Locale, vote_not_counted};
use engine::Notice;
use interlock::approval::{NotCounted, Voice, Voted};
use interlock::id::{OperationId, PersonId};
use interlock::plan::Digest;
use interlock::principal::Place;
use std::time::Duration;

/// How long one request may take: what is begun with less left of the nonce's life could come twice.
const SENDING: Duration = Duration::from_secs(10);
/// The shortest pause after an attempt that sent nothing.
const PAUSE: Duration = Duration::from_secs(10);

impl Delivery {
    /// Tells voters until dropped. Apart from [`Delivery::run`]: nothing else that is told waits for it, and its requests leave room
    /// for others.
    pub async fn tell_voters(&self, pause: Duration) {
        loop {
            if let Some(chat) = self.rooms.chat() {
                let telling = async {
                    if let Err(error) = self.voters_due().await {
                        tracing::warn!(%error, "no voter is told: the store does not answer");
                    }
                };
                chat.leaving_room(Box::pin(telling)).await;
            }
            self.rooms.clock.sleep(pause).await;
        }
    }

    /// One after the other: each may wait for its turn with the chat several times.
    async fn voters_due(&self) -> Result<(), StoreError> {
        loop {
            let now = self.rooms.clock.now();
            let taker = Taker { name: self.name.clone(), until: now.plus(CLAIM), in_chat: true };
            let due = self.rooms.store.due_to_voters(&taker, now, 1).await?;
            let Some(one) = due.first() else { return Ok(()) };
            self.deliver(one).await?;
        }
    }

    /// Tells a voter that their approval does not count, while the nonce guards: there is no second message.
    pub(super) async fn to_voter(&self, id: &OperationId, due: &Due) -> Result<Sent, Sent> {
        self.guarded(due)?;
        let chat = self.rooms.chat();
        let chat = chat.ok_or_else(|| self.unsent(due, Sent::Retry(PAUSE, "no chat is connected".to_owned())))?;
        let told = self.for_voter(chat.as_ref(), id, due).await.map_err(|sent| self.unsent(due, sent))?;
        let Some((channel, card)) = told else { return Ok(Sent::Done(Vec::new())) };
        self.guarded(due)?;
        let marker = due.claim.marker();
        let sending = Sending { channel, card: &card, marker: &marker, notify: true, replies_to: None };
        match chat.send(&sending).await {
            Ok(_) => {
                meters::direct_message("sent");
                Ok(Sent::Done(Vec::new()))
            }
            Err(error @ (ChatError::Later(_) | ChatError::Overedited(_))) => Err(self.unsent(due, error.into())),
            Err(error) => Err(error.into()),
        }
    }

    /// What somebody is told, by what is known now, and where; none if there is nothing to be said any more.
    async fn for_voter(&self, chat: &dyn Chat, id: &OperationId, due: &Due) -> Result<Option<(u64, Card)>, Sent> {
        let Notice::VoteNotCounted { digest, account, person, .. } = &due.notice else {
            return Err(Sent::Dead("it is not told to voters".to_owned()));
        };
        let gathered = match Gathered::read(&self.rooms, id).await {
            Err(NotGathered::Gone | NotGathered::Altered(_)) => return Ok(None),
            gathered => gathered?,
        };
        let Some(why) = gathered.why_unheard(person, *digest) else { return Ok(None) };
        if !self.ticks(person, (id, *digest)).await? {
            return Ok(None);
        }
        if why == NotCounted::CannotVerify {
            return Err(Sent::Retry(PAUSE, "it may count: they cannot be looked up".to_owned()));
        }
        let view = gathered.view(&self.rooms, None, &[]);
        let locale = self.language_of(person).unwrap_or(view.locale);
        let link = self.link(chat, &gathered).await?;
        let card = vote_not_counted(&CardView { locale, ..view }, why, link.as_deref());
        Ok(Some((chat.direct(*account).await?, card)))
    }

    /// Whether a ✅ of theirs stands under the card, as it was read last.
    async fn ticks(&self, person: &PersonId, (id, digest): (&OperationId, Digest)) -> Result<bool, StoreError> {
        let votes = self.rooms.store.votes(id, digest).await?;
        let mut theirs = votes.iter().filter(|vote| vote.person == *person);
        Ok(theirs.any(|vote| vote.voice == Voice::Approve && vote.by == Voted::Reaction))
    }

    /// Fails where the nonce does not keep what is sent now from coming twice, whoever sent it before or took it over meanwhile.
    fn guarded(&self, due: &Due) -> Result<(), Sent> {
        if self.rooms.clock.now().since(due.first_attempt_at) + SENDING < NONCE_LIFE {
            return Ok(());
        }
        if due.attempt == 1 {
            return Err(self.unsent(due, Sent::Retry(PAUSE, "it took too long to prepare".to_owned())));
        }
        Err(Sent::Dead("it may have been told".to_owned()))
    }

    /// What comes of an attempt that sent nothing. Where none before it can have sent anything, it goes again for as long as people
    /// vote on the plan.
    fn unsent(&self, due: &Due, sent: Sent) -> Sent {
        match sent {
            Sent::Retry(span, why) if due.attempt == 1 => {
                tracing::debug!(stream = ?due.stream, %why, "somebody is told alone later");
                Sent::NotYet(self.rooms.clock.now().plus(span.clamp(PAUSE, LONGEST_PAUSE)))
            }
            other => other,
        }
    }

    /// The language that the settings give somebody.
    fn language_of(&self, person: &PersonId) -> Option<Locale> {
        self.rooms.policy.people.language(person).map(Locale::of)
    }

    /// Where the card of the plan stands.
    async fn link(&self, chat: &dyn Chat, gathered: &Gathered) -> Result<Option<String>, StoreError> {
        let Place::Discord { guild, .. } = &gathered.operation.place else { return Ok(None) };
        let messages = self.rooms.store.messages(&gathered.operation.id).await?;
        let card = messages.iter().find(|one| one.role_is_card(gathered.operation.revision));
        let at = card.map(|card| MessageRef { channel: card.message.channel, message: card.message.message });
        Ok(at.map(|at| chat.link(*guild, at)))
    }

    /// What one voter cannot be told is dropped: it is no fault of anything, and nobody else has to know.
    pub(super) async fn drop_quietly(&self, due: &Due, why: &str) -> Result<bool, StoreError> {
        meters::direct_message("dropped");
        tracing::debug!(stream = ?due.stream, why, "a direct message is dropped");
        self.rooms.store.sent(&due.claim, self.rooms.clock.now(), &[]).await
    }
}
