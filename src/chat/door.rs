//! The door: what chats hand in goes to the desk, what the desk answers goes through `text`.

use super::port::{Clicked, Completing, Door, Filled, MessageRef, Reacted, Stranger, Suggested};
use super::pressed::Pressed;
use super::steering::{Steering, is_control, plain};
use crate::desk::{Answer, Changing, Denied, Desk, Done, Incoming, Recorded, Shared};
use crate::store::MessageOf;
use crate::text::{Card, Form, Locale, answer, answer_without_files, share_button};
use engine::port::Boxed;
use futures_util::StreamExt;
use futures_util::stream;
use interlock::command::{Asked, ParseContext, RawValue, View, complete};
use interlock::id::RequestId;
use interlock::principal::{Account, Place, Principal};
use std::collections::BTreeMap;

/// How many live cards are read anew after a reconnect.
const MOST_LIVE: u32 = 1_000;
/// How many of them at once: enough to make as many requests as may be made while each takes two tenths of a second.
const READ_AT_ONCE: usize = 8;

/// The desk's door.
#[derive(Clone)]
pub struct FrontDoor {
    desk: Desk,
    steering: Steering,
}

impl FrontDoor {
    /// The door of a desk. Its clones are one door.
    #[must_use]
    pub fn new(desk: Desk) -> Self {
        Self { steering: Steering::new(desk.clone()), desk }
    }

    /// The answer to what goes no further. A denial is recorded beside it.
    fn private(&self, done: Done, account: Option<Account>, locale: &str) -> Card {
        let request = RequestId::from_random(rand::random());
        let recorded = match &done {
            Done::Denied(denied) => {
                self.desk.turned_away(denied.id, account, &request);
                Recorded::NotYet
            }
            _ => Recorded::No,
        };
        answer(&Answer { request, done, recorded }, Locale::of(locale))
    }

    /// The answer to a request from a place.
    fn said(&self, found: &Answer, place: &Place, locale: Locale) -> Card {
        if self.desk.rooms().may_attach(&found.done, place) {
            answer(found, locale)
        } else {
            answer_without_files(found, locale)
        }
    }

    /// The answer to a button or form that is not one of ours.
    fn unknown(&self, account: Account, locale: &str) -> Card {
        self.private(Done::Denied(Denied { id: "unknown-button", needs: None }), Some(account), locale)
    }

    /// The language of private answers: the person's own by the settings, else that of the client.
    fn language(&self, principal: &Principal, client: &str) -> Locale {
        let own = self.desk.rooms().policy.people.language(&principal.person).map(Locale::of);
        own.unwrap_or_else(|| Locale::of(client))
    }

    /// The answer to the form of [Change], or to the button where it opened none.
    async fn change(&self, changing: Changing) -> Card {
        let (locale, place) = (self.language(&changing.principal, &changing.locale), changing.place.clone());
        let found = self.desk.change(changing).await;
        self.said(&found, &place, locale)
    }

    async fn share(&self, shared: Shared) -> Card {
        let (locale, place) = (self.language(&shared.principal, &shared.locale), shared.place.clone());
        let found = self.desk.share(shared).await;
        self.said(&found, &place, locale)
    }

    async fn on_card(&self, reacted: &Reacted) -> Result<(), Done> {
        let Some(card) = self.desk.rooms().card_at(reacted.message).await? else { return Ok(()) };
        let emoji = plain(&reacted.emoji);
        if emoji.is_empty() || reacted.is_of_votes() {
            self.desk.recount(&card.operation).await?;
        }
        match (reacted.account, reacted.added) {
            (Some(account), true) => self.steering.came(&card, account, &emoji).await,
            (Some(account), false) => self.steering.went(&card, account, &emoji).await,
            (None, false) => self.steering.cleared(&card, &emoji).await,
            (None, true) if is_control(&emoji) => self.steering.read_anew(&card).await,
            (None, true) => Ok(()),
        }
    }

    /// Reads votes and control reactions of a card as they stand there now.
    pub(super) async fn read_anew(&self, card: &MessageOf) {
        let counted = self.desk.recount(&card.operation).await;
        let steered = self.steering.read_anew(card).await;
        for done in [counted, steered].into_iter().filter_map(Result::err) {
            tracing::info!(operation = %card.operation, ?done, "its card could not be read anew");
        }
    }

    async fn read_all_anew(&self) -> Result<(), Done> {
        let rooms = self.desk.rooms();
        let cards = rooms.store.live_cards(MOST_LIVE).await?;
        let reading = stream::iter(&cards).for_each_concurrent(READ_AT_ONCE, |card| self.read_anew(card));
        match rooms.chat() {
            Some(chat) => chat.leaving_room(Box::pin(reading)).await,
            None => reading.await,
        }
        Ok(())
    }
}

/// Options of a command, as if they were typed.
fn options<const N: usize>(given: [(&str, String); N]) -> BTreeMap<String, RawValue> {
    given.into_iter().map(|(name, value)| (name.to_owned(), RawValue::Text(value))).collect()
}

impl Door for FrontDoor {
    fn command(&self, incoming: Incoming) -> Boxed<'_, Card> {
        Box::pin(async move {
            let locale = self.language(&incoming.principal, &incoming.locale);
            let place = incoming.place.clone();
            let found = self.desk.handle(incoming).await;
            let mut card = self.said(&found, &place, locale);
            if self.desk.can_share(&found.request) {
                card.buttons.push(share_button(&found.request, locale));
            }
            card
        })
    }

    fn complete(&self, completing: &Completing) -> Vec<Suggested> {
        let rooms = self.desk.rooms();
        let sight = rooms.policy.sight(&completing.principal);
        let directory = rooms.directory();
        let view =
            View { directory: &directory, sight: &sight, here: rooms.policy.places.cluster_of(&completing.place) };
        let context = ParseContext { now: rooms.clock.now(), zone: &rooms.times.zone, view };
        let others: BTreeMap<String, RawValue> =
            completing.given.iter().map(|(name, text)| (name.clone(), RawValue::Text(text.clone()))).collect();
        let asked = Asked {
            command: &completing.command,
            option: &completing.option,
            prefix: &completing.prefix,
            others: &others,
        };
        let found = complete(&rooms.catalogue, &asked, &context);
        found.into_iter().map(|one| Suggested { label: one.label, value: one.value }).collect()
    }

    fn clicked(&self, clicked: Clicked) -> Boxed<'_, Card> {
        Box::pin(async move {
            let Clicked { id, principal, place, locale, at, .. } = clicked;
            let (command, options) = match Pressed::of(&id) {
                Some(Pressed::Status(operation)) => ("status", options([("operation", operation)])),
                Some(Pressed::Look(look)) => (look, BTreeMap::new()),
                Some(Pressed::Share(request)) => {
                    return self.share(Shared { request, principal, place, locale, at }).await;
                }
                // Its form did not open.
                Some(Pressed::Change(of)) => {
                    return self.change(Changing { of, line: None, principal, place, locale, at }).await;
                }
                Some(Pressed::Confirm(_) | Pressed::Reject(_)) | None => {
                    return self.unknown(principal.account, &locale);
                }
            };
            let command = command.to_owned();
            self.command(Incoming { command, options, principal, place, locale, at }).await
        })
    }

    fn form<'a>(&'a self, button: &'a str, principal: &'a Principal, client: &'a str) -> Boxed<'a, Option<Form>> {
        Box::pin(async move {
            let locale = self.language(principal, client);
            match Pressed::of(button)? {
                Pressed::Status(_) | Pressed::Look(_) | Pressed::Share(_) => None,
                Pressed::Confirm(_) => Some(Form::confirm(button, locale)),
                Pressed::Reject(_) => Some(Form::reject(button, locale)),
                Pressed::Change(of) => {
                    let line = self.desk.line_to_change(&of, principal).await.ok()?;
                    Form::change(button, line, locale)
                }
            }
        })
    }

    fn filled(&self, filled: Filled) -> Boxed<'_, Card> {
        Box::pin(async move {
            let (command, of, typed) = match Pressed::of(&filled.id) {
                Some(Pressed::Confirm(of)) => ("approve", of, "confirm"),
                Some(Pressed::Reject(of)) => ("reject", of, "reason"),
                Some(Pressed::Change(of)) => {
                    let Filled { text, principal, place, locale, at, .. } = filled;
                    let line = Some(text.unwrap_or_default());
                    return self.change(Changing { of, line, principal, place, locale, at }).await;
                }
                Some(Pressed::Status(_) | Pressed::Look(_) | Pressed::Share(_)) | None => {
                    return self.unknown(filled.principal.account, &filled.locale);
                }
            };
            let text = filled.text.unwrap_or_default();
            let mut options = options([("operation", of.operation.to_string()), ("digest", of.digest.to_string())]);
            if !text.is_empty() {
                options.insert(typed.to_owned(), RawValue::Text(text));
            }
            self.command(Incoming {
                command: command.to_owned(),
                options,
                principal: filled.principal,
                place: filled.place,
                locale: filled.locale,
                at: filled.at,
            })
            .await
        })
    }

    fn stranger(&self, stranger: Stranger, account: Option<Account>, locale: &str) -> Card {
        let id = match stranger {
            Stranger::DirectMessage => "direct-message",
            Stranger::ForeignGuild => "foreign-guild",
            Stranger::Bot => "bot",
            Stranger::Unreadable => "unreadable",
            Stranger::Broken => return self.private(Done::Bug, None, locale),
        };
        self.private(Done::Denied(Denied { id, needs: None }), account, locale)
    }

    fn concerns(&self, reacted: &Reacted) -> bool {
        let says_something = reacted.emoji.is_empty() || reacted.is_of_votes() || is_control(&plain(&reacted.emoji));
        says_something && !self.desk.rooms().is_no_card(reacted.message)
    }

    fn moved(&self, account: Account) {
        self.desk.rooms().forget(account);
    }

    fn overrun(&self, message: MessageRef) -> Boxed<'_, ()> {
        Box::pin(async move {
            match self.desk.rooms().card_at(message).await {
                Ok(Some(card)) => self.read_anew(&card).await,
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, message = message.message, "its card is not read anew"),
            }
        })
    }

    fn reacted(&self, reacted: Reacted) -> Boxed<'_, ()> {
        Box::pin(async move {
            if let Err(done) = self.on_card(&reacted).await {
                tracing::info!(
                    message = reacted.message.message,
                    emoji = reacted.emoji,
                    ?done,
                    "a reaction had no effect"
                );
            }
        })
    }

    fn connected(&self) -> Boxed<'_, ()> {
        Box::pin(async move {
            self.desk.rooms().look_at_roles_of_owners().await;
            if let Err(done) = self.read_all_anew().await {
                tracing::warn!(?done, "the cards could not be read anew");
            }
        })
    }
}
