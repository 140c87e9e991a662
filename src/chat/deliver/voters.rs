//! What somebody is told alone, in a direct message: that their approval does not count. The card says so to everybody, and little is
//! lost where the chat takes no such message: they may have closed them, or have left.

use super::post::NONCE_LIFE;
use super::{Delivery, Sent};
use crate::chat::port::{Chat, MessageRef, Sending};
use crate::chat::view::Gathered;
use crate::meters;
use crate::store::{Due, StoreError};
use crate::text::{CardView, Locale, vote_not_counted};
use engine::Notice;
use interlock::id::{OperationId, PersonId};
use interlock::principal::Place;
use std::time::Duration;

impl Delivery {
    /// Tells a voter that their approval does not count, while the nonce guards: there is no second message.
    pub(super) async fn to_voter(&self, id: &OperationId, due: &Due) -> Result<Sent, Sent> {
        let Notice::VoteNotCounted { digest, account, person, why } = &due.notice else {
            return Ok(Sent::Dead("it is not told to voters".to_owned()));
        };
        if due.attempt > 1 && self.rooms.clock.now().since(due.first_attempt_at) >= NONCE_LIFE {
            return Ok(Sent::Dead("it may have been told".to_owned()));
        }
        let gathered = Gathered::read(&self.rooms, id).await?;
        if !gathered.leaves_out(person, *digest) {
            return Ok(Sent::Done(Vec::new()));
        }
        let chat = self.rooms.chat();
        let chat = chat.ok_or_else(|| Sent::Retry(Duration::from_secs(5), "no chat is connected".to_owned()))?;
        let view = gathered.view(&self.rooms, None, &[]);
        let locale = self.language_of(person).unwrap_or(view.locale);
        let link = self.link(chat.as_ref(), &gathered).await?;
        let card = vote_not_counted(&CardView { locale, ..view }, *why, link.as_deref());
        let channel = chat.direct(*account).await?;
        let marker = due.claim.marker();
        chat.send(&Sending { channel, card: &card, marker: &marker, notify: true, replies_to: None }).await?;
        meters::direct_message("sent");
        Ok(Sent::Done(Vec::new()))
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
