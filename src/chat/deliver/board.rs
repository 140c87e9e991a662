//! One board a channel: posted once, then edited in place, and posted anew where it was deleted.

use super::{Delivery, Sent};
use crate::chat::port::{Chat, ChatError, MessageRef, Sending};
use crate::store::{BoardMessage, Due, StoreError};
use crate::text::{Card, board, board_ended};
use engine::port::JournalError;
use engine::{Called, Notice};
use interlock::facts::Facts;
use interlock::principal::Place;
use interlock::time::Millis;
use std::time::Duration;

/// The pause after the chat did not take or show a board.
const PAUSE: Duration = Duration::from_secs(60);
/// The same where it does not let us edit one that is not wanted any more: nobody is told of that, and nobody waits for it.
const FORBIDDEN_PAUSE: Duration = Duration::from_secs(3_600);

/// A board as it is now.
struct Drawn {
    card: Card,
    /// What it tells, without when.
    tells: String,
    says: String,
}

impl Delivery {
    /// Keeps the boards until dropped. Apart from [`Delivery::run`]: nothing that is told waits for a board.
    pub async fn keep_boards(&self, pause: Duration) {
        loop {
            if let Err(error) = self.boards(self.rooms.clock.now()).await {
                tracing::warn!(%error, "boards are not looked at: the store does not answer");
            }
            self.rooms.clock.sleep(pause).await;
        }
    }

    /// Makes each board tell what is so now, if it is time to look at them. What cannot be done is tried at a later look.
    async fn boards(&self, now: Millis) -> Result<(), StoreError> {
        let Some(chat) = self.rooms.chat() else { return Ok(()) };
        if !self.board_pace.look(now) {
            return Ok(());
        }
        let known = self.rooms.store.boards().await?;
        for place in &self.rooms.times.boards {
            let channel = channel_of(place);
            match known.iter().find(|one| Some(one.channel) == channel && one.message != 0) {
                Some(one) => self.keep(chat.as_ref(), place, one, now).await?,
                None => self.ask_for(place, None, now).await?,
            }
        }
        let wanted =
            |one: &&BoardMessage| self.rooms.times.boards.iter().any(|place| channel_of(place) == Some(one.channel));
        for one in known.iter().filter(|one| !wanted(one)) {
            self.retire(chat.as_ref(), one, now).await?;
        }
        Ok(())
    }

    /// Asks for a board where there is none, or where this message is gone.
    async fn ask_for(&self, place: &Place, gone: Option<u64>, now: Millis) -> Result<(), StoreError> {
        if self.rooms.store.want_board(place, gone, now).await? {
            tracing::info!(?place, "its board is posted");
        }
        Ok(())
    }

    /// Posts the board of a place.
    pub(super) async fn post_board(&self, place: &Place, due: &Due) -> Result<Sent, Sent> {
        let Some(channel) = channel_of(place).filter(|_| self.rooms.times.boards.contains(place)) else {
            return Ok(Sent::Done(Vec::new()));
        };
        if self.rooms.store.boards().await?.iter().any(|one| one.channel == channel && one.message != 0) {
            return Ok(Sent::Done(Vec::new()));
        }
        let chat = self.rooms.chat();
        let chat = chat.ok_or_else(|| Sent::Retry(Duration::from_secs(5), "no chat is connected".to_owned()))?;
        if !self.is_a_teams_channel(chat.as_ref(), channel).await? {
            return Ok(Sent::Dead("a board stands in an ordinary channel of a guild that is served".to_owned()));
        }
        let now = self.rooms.clock.now();
        let drawn = self.drawn_board(chat.as_ref(), place, now).await?;
        let marker = due.claim.marker();
        let sending = Sending { channel, card: &drawn.card, marker: &marker, notify: false, replies_to: None };
        let sent = self.send_once(chat.as_ref(), sending, due).await?;
        // One that an earlier attempt had posted tells what was so then; the next look edits it.
        let (tells, says) = if due.attempt > 1 { (String::new(), String::new()) } else { (drawn.tells, drawn.says) };
        Ok(Sent::Board(BoardMessage { channel, message: sent.message, tells, says, posted_at: now }))
    }

    /// Edits a board that does not tell what is so, or that somebody altered. One that is not there is asked for anew.
    async fn keep(&self, chat: &dyn Chat, place: &Place, known: &BoardMessage, now: Millis) -> Result<(), StoreError> {
        let (store, pace, channel) = (&self.rooms.store, &self.board_pace, known.channel);
        let at = MessageRef { channel, message: known.message };
        let mut is_altered = false;
        if pace.read(channel, now) {
            match chat.read(at).await {
                Ok(seen) => is_altered = !seen.suppressed && seen.says != known.says,
                Err(ChatError::Gone(_)) => return self.ask_for(place, Some(known.message), now).await,
                Err(error) => tracing::info!(channel, %error, "whether its board stands there is not known"),
            }
        }
        let drawn = match self.drawn_board(chat, place, now).await {
            Ok(drawn) => drawn,
            Err(JournalError::Unavailable(why)) => return Err(StoreError::Unavailable(why)),
            Err(error) => {
                tracing::warn!(channel, %error, "its board cannot be drawn");
                return Ok(());
            }
        };
        if (drawn.tells == known.tells && !is_altered) || !pace.may_edit(channel, known.posted_at, now) {
            return Ok(());
        }
        pace.edited(channel, known.posted_at, now);
        match chat.edit(at, &drawn.card).await {
            Ok(()) => {
                let (tells, says) = (drawn.tells, drawn.says);
                store.board_edited(&BoardMessage { tells, says, ..known.clone() }).await
            }
            Err(ChatError::Gone(_)) => self.ask_for(place, Some(known.message), now).await,
            Err(error) => {
                self.rest(channel, &error, now);
                match error {
                    ChatError::Forbidden(why) | ChatError::Wrong(why) => self.board_fails(place, &why).await,
                    _ => Ok(()),
                }
            }
        }
    }

    /// Operators are told that a board cannot be posted or edited, if there is a place for that: when the reason changes.
    pub(super) async fn board_fails(&self, place: &Place, why: &str) -> Result<(), StoreError> {
        let (Some(channel), Some(operators)) = (channel_of(place), &self.rooms.times.operators) else { return Ok(()) };
        let facts = Facts::none().with("channel", channel.to_string()).with("said", why);
        let notice = Notice::Alert { id: "undelivered-board".to_owned(), facts, calls: Called::Nobody };
        self.rooms.store.board_failed(channel, why, (operators, &notice)).await?;
        Ok(())
    }

    /// The settings want no board there any more: what it told is taken away. The message stays known: where a board is wanted
    /// again, or still wanted by a process with other settings, it is that message.
    async fn retire(&self, chat: &dyn Chat, known: &BoardMessage, now: Millis) -> Result<(), StoreError> {
        let (store, pace) = (&self.rooms.store, &self.board_pace);
        let (channel, message) = (known.channel, known.message);
        if message == 0 {
            return store.forget_board(channel, message).await;
        }
        let card = board_ended(self.rooms.times.language_of(channel, None));
        let says = chat.says(&card);
        if says == known.says || !pace.may_edit(channel, known.posted_at, now) {
            return Ok(());
        }
        pace.edited(channel, known.posted_at, now);
        match chat.edit(MessageRef { channel, message }, &card).await {
            Ok(()) => store.board_edited(&BoardMessage { tells: says.clone(), says, ..known.clone() }).await,
            Err(ChatError::Gone(_)) => store.forget_board(channel, message).await,
            Err(error @ ChatError::Forbidden(_)) => {
                tracing::info!(channel, %error, "its board is not wanted any more, and tells what was so");
                pace.pause(channel, now, (FORBIDDEN_PAUSE, false));
                Ok(())
            }
            Err(error) => {
                self.rest(channel, &error, now);
                Ok(())
            }
        }
    }

    fn rest(&self, channel: u64, error: &ChatError, now: Millis) {
        tracing::info!(channel, %error, "its board is edited later");
        let pause = match error {
            ChatError::Overedited(span) => (*span, true),
            ChatError::Later(span) => (*span, false),
            _ => (PAUSE, false),
        };
        self.board_pace.pause(channel, now, pause);
    }

    async fn drawn_board(&self, chat: &dyn Chat, place: &Place, now: Millis) -> Result<Drawn, JournalError> {
        let (found, locale) = (self.rooms.board(place).await?, self.rooms.times.language(place));
        let card = board(&found, Some(now), locale);
        Ok(Drawn { tells: chat.says(&board(&found, None, locale)), says: chat.says(&card), card })
    }

    /// Whether only those read a channel who can see it: its messages are published nowhere.
    async fn is_a_teams_channel(&self, chat: &dyn Chat, channel: u64) -> Result<bool, ChatError> {
        let guilds = &self.rooms.policy.places.guilds;
        let stands = chat.place(channel).await?;
        Ok(matches!(stands, Some(Place::Discord { guild, thread: None, .. }) if guilds.contains(&guild)))
    }
}

fn channel_of(place: &Place) -> Option<u64> {
    match place {
        Place::Discord { channel, .. } => Some(*channel),
        Place::Console => None,
    }
}
