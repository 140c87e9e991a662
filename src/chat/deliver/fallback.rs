//! What could not be told where it belongs is set aside, recorded, and told to the operators.

use super::{Delivery, Sent};
use crate::chat::port::Sending;
use crate::chat::view::{Gathered, NotGathered};
use crate::store::{Due, StoreError};
use crate::text::{Card, CardView, Locale, plan_unreadable, undelivered, undelivered_alone};
use engine::{Called, Notice, Stream};
use interlock::facts::{Fact, Facts};
use interlock::id::OperationId;
use interlock::principal::Place;
use std::time::Duration;

impl Delivery {
    /// A notice can never be delivered where it belongs. Operators are told, in the same transaction, if there is a place
    /// for it; a notice to them that fails too is only recorded. Of a board, which is asked for again and again, they are told
    /// by [`Delivery::board_fails`].
    pub(super) async fn set_aside(&self, due: &Due, why: &str) -> Result<bool, StoreError> {
        if matches!(due.stream, Stream::Voters(_)) {
            return self.drop_quietly(due, why).await;
        }
        tracing::warn!(stream = ?due.stream, why, "a notice cannot be delivered; it is set aside");
        let told = self.rooms.times.operators.as_ref().and_then(|place| Some((place, for_operators(due, why)?)));
        let told = told.as_ref().map(|(place, notice)| (*place, notice));
        let is_set_aside = self.rooms.store.dead(&due.claim, why, told).await?;
        if let (true, Stream::Place(place), Notice::Board) = (is_set_aside, &due.stream, &due.notice) {
            self.board_fails(place, why).await?;
        }
        Ok(is_set_aside)
    }

    /// Tells the operators of a notice that could not be delivered, and how its operation stands now.
    pub(super) async fn to_operators(
        &self,
        place: &Place,
        due: &Due,
        (id, facts): (&str, &Facts),
    ) -> Result<Sent, Sent> {
        let Place::Discord { channel, thread, .. } = place else {
            return Ok(Sent::Dead("a console has no place without an operation".to_owned()));
        };
        let chat = self.rooms.chat();
        let chat = chat.ok_or_else(|| Sent::Retry(Duration::from_secs(5), "no chat is connected".to_owned()))?;
        let card = self.for_operators(self.rooms.times.language(place), (id, facts)).await?;
        let marker = due.claim.marker();
        let channel = thread.unwrap_or(*channel);
        let sending = Sending { channel, card: &card, marker: &marker, notify: true, replies_to: None };
        self.send_once(chat.as_ref(), sending, due).await?;
        Ok(Sent::Done(Vec::new()))
    }

    async fn for_operators(&self, locale: Locale, (id, facts): (&str, &Facts)) -> Result<Card, Sent> {
        let operation: OperationId = match facts.get("operation") {
            Some(Fact::Text(text)) => text.parse().map_err(|_| Sent::Dead("it names no operation".to_owned()))?,
            _ => return Ok(undelivered_alone(id, facts, locale)),
        };
        match Gathered::read(&self.rooms, &operation).await {
            Ok(gathered) => Ok(undelivered(&CardView { locale, ..gathered.view(&self.rooms, None, &[]) }, id, facts)),
            Err(NotGathered::Altered(_)) => Ok(plan_unreadable(&operation, locale)),
            Err(error) => Err(error.into()),
        }
    }
}

/// What operators are told of a notice that could not be delivered. Progress is not worth it.
fn for_operators(due: &Due, why: &str) -> Option<Notice> {
    let facts = Facts::none().with("said", why);
    let (id, facts) = match (&due.stream, &due.notice) {
        (Stream::Place(_), Notice::AuditHead { .. }) => ("undelivered-head", facts),
        (Stream::Place(_) | Stream::Voters(_), _) | (_, Notice::Progress { .. }) => return None,
        (Stream::Operation(operation) | Stream::Owners(operation), notice) => {
            let id = match notice {
                Notice::PostCard { .. } => "undelivered-card",
                _ => "undelivered",
            };
            (id, facts.with("operation", operation.as_str()))
        }
    };
    Some(Notice::Alert { id: id.to_owned(), facts, calls: Called::Nobody })
}
