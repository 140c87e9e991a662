//! Cards that are out of date are drawn again, as things are now.

use super::{AT_ONCE, Delivery};
use crate::chat::port::{ChatError, MessageRef};
use crate::chat::view::{Gathered, NotGathered};
use crate::store::{DirtyCard, StoreError};
use crate::text::{Card, plan_card, plan_unreadable};
use engine::Operation;
use interlock::principal::Place;
use interlock::time::Millis;
use std::time::Duration;

/// The least pause for a card that was edited too often for its age: the chat does not say how long that lasts, and each
/// attempt is one more refusal.
const OVEREDITED_PAUSE: Duration = Duration::from_secs(300);

/// What a card is to look like.
struct Drawn {
    operation: Operation,
    card: Card,
    /// Whether it is drawn also if it says what it said before.
    always: bool,
}

impl Delivery {
    /// Cards to be drawn now. Those whose pause is not over do not keep others from their turn.
    pub(super) async fn cards_due(&self, now: Millis) -> Result<Vec<DirtyCard>, StoreError> {
        let limit = AT_ONCE.saturating_add(self.pace.waiting());
        let cards = self.rooms.store.dirty_cards(limit).await?;
        Ok(cards.into_iter().filter(|card| self.pace.may_draw(&card.operation, now)).collect())
    }

    /// Draws a card again; whether that is done with.
    pub(super) async fn redraw(&self, dirty: &DirtyCard) -> Result<bool, StoreError> {
        let id = &dirty.operation;
        match self.drawn(dirty).await {
            Ok(()) => {
                self.pace.drawn(id);
                Ok(true)
            }
            Err(NotDrawn::Store(error)) => Err(error),
            Err(NotDrawn::Later { asked, why }) => {
                tracing::info!(operation = %id, why, "its card is drawn later");
                self.pace.not_drawn(id, self.rooms.clock.now(), asked);
                Ok(false)
            }
        }
    }

    async fn drawn(&self, dirty: &DirtyCard) -> Result<(), NotDrawn> {
        let (id, store) = (&dirty.operation, &self.rooms.store);
        let Drawn { operation, card, always } = self.drawing(dirty).await?;
        let messages = store.messages(id).await?;
        let posted = messages.iter().find(|one| one.role_is_card(operation.revision));
        let (Some(posted), Place::Discord { .. }) = (posted, &operation.place) else {
            return Ok(store.card_rendered(id, dirty.wanted, "").await?);
        };
        let chat = self.rooms.chat().ok_or_else(|| NotDrawn::later("no chat is connected"))?;
        let says = chat.says(&card);
        if !always && posted.message.says == says {
            return Ok(store.card_left(id, dirty.wanted).await?);
        }
        store.card_editing(id, &says).await?;
        let at = MessageRef { channel: posted.message.channel, message: posted.message.message };
        match chat.edit(at, &card).await {
            Ok(()) => Ok(store.card_rendered(id, dirty.wanted, &says).await?),
            // What it says is what it said; reading it before the start will tell what that means.
            Err(ChatError::Gone(_) | ChatError::Forbidden(_)) => Ok(store.card_left(id, dirty.wanted).await?),
            Err(ChatError::Later(span)) => {
                Err(NotDrawn::Later { asked: Some(span), why: "the chat asks to wait".to_owned() })
            }
            Err(error @ ChatError::Overedited(span)) => {
                Err(NotDrawn::Later { asked: Some(span.max(OVEREDITED_PAUSE)), why: error.to_string() })
            }
            Err(error) => Err(NotDrawn::later(&error.to_string())),
        }
    }

    async fn drawing(&self, dirty: &DirtyCard) -> Result<Drawn, NotDrawn> {
        match Gathered::read(&self.rooms, &dirty.operation).await {
            Ok(gathered) => {
                let card = plan_card(&gathered.view(&self.rooms, None, &[]));
                Ok(Drawn { operation: gathered.operation, card, always: true })
            }
            Err(NotGathered::Altered(operation)) => {
                let card = plan_unreadable(&operation.id, self.rooms.times.language(&operation.place));
                Ok(Drawn { operation: *operation, card, always: false })
            }
            Err(NotGathered::Store(error)) => Err(error.into()),
            Err(error) => Err(NotDrawn::later(&error.to_string())),
        }
    }
}

/// Why a card was not drawn.
enum NotDrawn {
    Store(StoreError),
    Later {
        /// How long the chat asks to wait.
        asked: Option<Duration>,
        why: String,
    },
}

impl NotDrawn {
    fn later(why: &str) -> Self {
        Self::Later { asked: None, why: why.to_owned() }
    }
}

impl From<StoreError> for NotDrawn {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}
