//! Owners hear of what was asked in a console, too: it is told in the chat.

use super::{Delivery, Sent};
use crate::chat::port::Sending;
use crate::chat::view::{Called, Gathered};
use crate::store::Due;
use crate::text::{CardView, notice};
use interlock::principal::Place;
use std::time::Duration;

impl Delivery {
    /// Tells the owners of what was asked in a console where the settings have a place for it, and shows consoles what was
    /// told. Where there is no place, or nobody owns any of it, only consoles are shown it: the plan said so.
    pub(super) async fn owners_beyond_console(&self, gathered: &Gathered, due: &Due) -> Result<Sent, Sent> {
        let plan = gathered.plan.plan();
        let place = self.rooms.owners_place(plan).filter(|_| !self.rooms.owners(plan).is_empty());
        if let Some(place) = place {
            self.tell_owners_in(&place, gathered, due).await?;
        }
        Ok(self.on_console(gathered, &due.notice))
    }

    async fn tell_owners_in(&self, place: &Place, gathered: &Gathered, due: &Due) -> Result<(), Sent> {
        let Place::Discord { channel, thread, .. } = place else { return Ok(()) };
        let chat = self.rooms.chat();
        let chat = chat.ok_or_else(|| Sent::Retry(Duration::from_secs(5), "no chat is connected".to_owned()))?;
        let locale = self.rooms.times.language(place);
        let card = notice(&due.notice, &CardView { locale, ..gathered.view(&self.rooms, None, Called::Owners) });
        let marker = due.claim.marker();
        let channel = thread.unwrap_or(*channel);
        let sending = Sending { channel, card: &card, marker: &marker, notify: true, replies_to: None };
        self.send_once(chat.as_ref(), sending, due).await?;
        Ok(())
    }
}
