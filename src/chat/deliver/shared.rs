//! What somebody shares in a place.

use super::{Delivery, Sent};
use crate::chat::port::Sending;
use crate::store::Due;
use crate::text::shared;
use engine::Notice;
use interlock::principal::Place;
use std::time::Duration;

impl Delivery {
    /// Posts an answer for everybody who reads a place, if it may still be shown there.
    pub(super) async fn to_everybody(&self, place: &Place, due: &Due) -> Result<Sent, Sent> {
        let (Place::Discord { channel, thread, .. }, Notice::Shared { answer, by, seen_at }) = (place, &due.notice)
        else {
            return Ok(Sent::Dead("nothing that can be shared there".to_owned()));
        };
        if !self.rooms.shows(answer, place) {
            return Ok(Sent::Dead("what it tells of may not be shown there any more".to_owned()));
        }
        let chat = self.rooms.chat();
        let chat = chat.ok_or_else(|| Sent::Retry(Duration::from_secs(5), "no chat is connected".to_owned()))?;
        let card = shared(answer, (by, *seen_at), self.rooms.times.language(place));
        let marker = due.claim.marker();
        let channel = thread.unwrap_or(*channel);
        let sending = Sending { channel, card: &card, marker: &marker, notify: false, replies_to: None };
        self.send_once(chat.as_ref(), sending, due).await?;
        Ok(Sent::Done(Vec::new()))
    }
}
