//! The door: what chats hand in goes to the desk, what the desk answers goes through `text`.

use super::deliver::CONTROLS;
use super::port::{Clicked, Completing, Door, Reacted, Stranger, Suggested};
use crate::desk::{APPROVE, Answer, Denied, Desk, Done, Incoming, Recorded, VETO};
use crate::store::{Edge, MessageOf, MessageRole};
use crate::text::{Card, Locale, answer};
use engine::control::Control;
use engine::port::{Boxed, Journal};
use interlock::command::{Asked, ParseContext, RawValue, View, complete};
use interlock::id::RequestId;
use interlock::principal::{Account, Principal};
use std::collections::BTreeMap;

/// How many live cards are read anew after a reconnect.
const MOST_LIVE: u32 = 1_000;

/// The desk's door.
#[derive(Clone)]
pub struct FrontDoor {
    desk: Desk,
}

impl FrontDoor {
    /// The door of a desk.
    #[must_use]
    pub fn new(desk: Desk) -> Self {
        Self { desk }
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

    async fn on_card(&self, reacted: &Reacted) -> Result<(), Done> {
        let store = &self.desk.rooms().store;
        let found = store.message_of(reacted.message.channel, reacted.message.message).await?;
        let Some(card) = found.filter(|found| found.message.role == MessageRole::Card) else { return Ok(()) };
        let emoji = plain(&reacted.emoji);
        if emoji.is_empty() || emoji == plain(APPROVE) || emoji == plain(VETO) {
            self.desk.recount(&card.operation).await?;
        }
        match (control_of(&emoji), reacted.account) {
            (Some(control), Some(account)) => self.steer(&card, reacted, (control, account)).await,
            _ => Ok(()),
        }
    }

    /// A control reaction is an edge: consumed once, and again only after it was seen removed.
    async fn steer(&self, card: &MessageOf, reacted: &Reacted, asked: (Asking, Account)) -> Result<(), Done> {
        let (asking, account) = asked;
        let rooms = self.desk.rooms();
        let edge = Edge {
            message: reacted.message.message,
            person: rooms.policy.people.person(account),
            emoji: plain(&reacted.emoji),
        };
        if !reacted.added {
            rooms.store.edge_removed(&edge, reacted.at).await?;
            return Ok(());
        }
        let Some(operation) = rooms.store.operation(&card.operation).await? else { return Ok(()) };
        let who = rooms.look_up(account).await;
        match (asking, who) {
            // A replayed ▶️ must not undo a later pause.
            (Asking::Control(Control::Resume), who) => {
                if !rooms.store.consume_edge(&edge, reacted.at).await? {
                    return Ok(());
                }
                self.desk.steer_by_reaction(&operation, (account, who), Control::Resume).await
            }
            (Asking::Control(control), who) => {
                // Asked first, consumed after: what fails can be asked again. Asked twice, the second is not possible any more.
                let asked = self.desk.steer_by_reaction(&operation, (account, who), control).await;
                if !matches!(asked, Err(Done::Failed { .. } | Done::Bug)) {
                    rooms.store.consume_edge(&edge, reacted.at).await?;
                }
                asked
            }
            (Asking::Rollback, Ok(principal)) => {
                if !rooms.store.consume_edge(&edge, reacted.at).await? {
                    return Ok(());
                }
                self.roll_back(&operation, principal).await
            }
            (Asking::Rollback, Err(_)) => Ok(()),
        }
    }

    /// ↩️ posts the way back, by the same command that a person would type.
    async fn roll_back(&self, operation: &engine::Operation, principal: Principal) -> Result<(), Done> {
        let options = BTreeMap::from([("operation".to_owned(), RawValue::Text(operation.id.to_string()))]);
        let incoming = Incoming {
            command: "rollback".to_owned(),
            options,
            principal,
            place: operation.place.clone(),
            locale: self.desk.rooms().times.locale.tag().to_owned(),
            at: self.desk.rooms().clock.now(),
        };
        self.desk.handle(incoming).await;
        Ok(())
    }

    async fn reread_all(&self) -> Result<(), Done> {
        for card in self.desk.rooms().store.live_cards(MOST_LIVE).await? {
            self.desk.recount(&card.operation).await?;
        }
        Ok(())
    }
}

/// What a control reaction asks for.
#[derive(Clone, Copy)]
enum Asking {
    Control(Control),
    Rollback,
}

fn control_of(emoji: &str) -> Option<Asking> {
    let place = CONTROLS.iter().position(|control| plain(control) == emoji)?;
    match place {
        0 => Some(Asking::Control(Control::Stop)),
        1 => Some(Asking::Control(Control::Pause)),
        2 => Some(Asking::Control(Control::Resume)),
        _ => Some(Asking::Rollback),
    }
}

/// Without variation selectors.
fn plain(emoji: &str) -> String {
    emoji.chars().filter(|character| *character != '\u{fe0f}').collect()
}

impl Door for FrontDoor {
    fn command(&self, incoming: Incoming) -> Boxed<'_, Card> {
        Box::pin(async move {
            let person = &incoming.principal.person;
            let language = self.desk.rooms().policy.people.language(person).map(Locale::of);
            let locale = language.unwrap_or_else(|| Locale::of(&incoming.locale));
            answer(&self.desk.handle(incoming).await, locale)
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
            let command = match clicked.id.split_once(':') {
                Some(("details", operation)) => Some(("status", operation)),
                Some(("myvote", rest)) => Some(("status", rest.split(':').next().unwrap_or(rest))),
                _ => None,
            };
            let Some((command, operation)) = command else {
                let denied = Done::Denied(Denied { id: "unknown-button", needs: None });
                return self.private(denied, Some(clicked.principal.account), &clicked.locale);
            };
            let options = BTreeMap::from([("operation".to_owned(), RawValue::Text(operation.to_owned()))]);
            self.command(Incoming {
                command: command.to_owned(),
                options,
                principal: clicked.principal,
                place: clicked.place,
                locale: clicked.locale,
                at: clicked.at,
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
            if let Err(done) = self.reread_all().await {
                tracing::warn!(?done, "the cards could not be read anew");
            }
        })
    }
}
