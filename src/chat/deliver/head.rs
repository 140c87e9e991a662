//! The head of the audit log on its way to its channel.

use super::{Delivery, Sent};
use crate::chat::port::Sending;
use crate::store::Due;
use crate::text::{HeadView, audit_head};
use interlock::principal::Place;
use std::time::Duration;

impl Delivery {
    /// Posts a head. Nobody is called: it is there to be found.
    pub(super) async fn post_head(&self, place: &Place, due: &Due, view: &HeadView<'_>) -> Result<Sent, Sent> {
        let Place::Discord { channel, thread, .. } = place else {
            return Ok(Sent::Dead("a console keeps no messages".to_owned()));
        };
        let chat = self.rooms.chat();
        let chat = chat.ok_or_else(|| Sent::Retry(Duration::from_secs(5), "no chat is connected".to_owned()))?;
        let card = audit_head(view, self.rooms.times.language(place));
        let marker = due.claim.marker();
        let channel = thread.unwrap_or(*channel);
        let sending = Sending { channel, card: &card, marker: &marker, notify: false, replies_to: None };
        self.send_once(chat.as_ref(), sending, due).await?;
        Ok(Sent::Head(view.head.to_owned()))
    }
}
