//! Owners hear of what was asked in a console, too, and so does who was skipped: it is told in the chat.

use super::{Delivery, Sent};
use crate::chat::port::Sending;
use crate::chat::view::Gathered;
use crate::store::Due;
use crate::text::{CardView, notice};
use engine::Notice;
use interlock::principal::Place;
use std::time::Duration;

impl Delivery {
    /// Tells whoever is called by name of what was asked in a console where the settings have a place for it, and shows consoles
    /// what was told. Where there is no place, or nobody is to be called, only consoles are shown it: of owners the plan said so.
    pub(super) async fn called_beyond_console(&self, gathered: &Gathered, due: &Due) -> Result<Sent, Sent> {
        let plan = gathered.plan.plan();
        let is_anybody = match &due.notice {
            Notice::GlassBroken { skipped, .. } => !skipped.is_empty(),
            _ => !self.rooms.owners(plan).is_empty(),
        };
        if let Some(place) = self.rooms.owners_place(plan).filter(|_| is_anybody) {
            self.tell_in(&place, gathered, due).await?;
        }
        Ok(self.on_console(gathered, &due.notice))
    }

    async fn tell_in(&self, place: &Place, gathered: &Gathered, due: &Due) -> Result<(), Sent> {
        let Place::Discord { channel, thread, .. } = place else { return Ok(()) };
        let chat = self.rooms.chat();
        let chat = chat.ok_or_else(|| Sent::Retry(Duration::from_secs(5), "no chat is connected".to_owned()))?;
        let locale = self.rooms.times.language(place);
        let called = gathered.called_by(&due.notice, &self.rooms);
        let card = notice(&due.notice, &CardView { locale, ..gathered.view(&self.rooms, None, &called) });
        let marker = due.claim.marker();
        let channel = thread.unwrap_or(*channel);
        let sending = Sending { channel, card: &card, marker: &marker, notify: true, replies_to: None };
        self.send_once(chat.as_ref(), sending, due).await?;
        Ok(())
    }
}
