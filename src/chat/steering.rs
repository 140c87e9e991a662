//! Control reactions under a card: 🛑 ⏸️ ▶️ ↩️. Each is an edge: of one person on one message it is consumed once, and again
//! only after it was seen removed.
//!
//! 🛑 and ⏸️ make safe, so those that were missed are found by reading the card anew. A 🛑 is consumed only when the operation
//! stops or has ended, or when its owner has no right to it; one whose owner cannot be looked up pauses the operation once and
//! stays open. ▶️ and ↩️ act only at the moment they come: what stood there while nobody looked may be older than what it would
//! undo. A ↩️ that brought no plan is not consumed. What had no effect is told in the thread.

mod reaction;

use crate::chat::{ChatError, Lists, MessageRef};
use crate::desk::{Denied, Desk, Done, Incoming, STOP};
use crate::store::{Edge, MessageOf};
use engine::Operation;
use engine::control::Control;
use engine::port::Journal;
use interlock::approval::NotCounted;
use interlock::command::RawValue;
use interlock::id::PersonId;
use interlock::principal::{Account, Place, Principal};
use reaction::{Asking, PAUSE, ROLLBACK, Reaction, held, held_emoji, is_answered, stands_unverified};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::Mutex;

pub(super) use reaction::{CONTROLS, is_control, plain};

/// Messages take turns in so many rows. A few messages share a row, which costs them nothing but a short wait.
const ROWS: usize = 16;

/// Reads control reactions and does what they ask for.
#[derive(Clone)]
pub(super) struct Steering {
    desk: Desk,
    /// What comes and what is read anew are never about one message at the same time: neither would see what the other
    /// consumes.
    turns: Arc<[Mutex<()>; ROWS]>,
}

impl Steering {
    pub(super) fn new(desk: Desk) -> Self {
        Self { desk, turns: Arc::default() }
    }

    /// The row of a message, by the milliseconds in its id.
    fn turn(&self, message: u64) -> &Mutex<()> {
        let row = usize::try_from((message >> 22) % 16).unwrap_or_default();
        &self.turns[row.min(ROWS - 1)]
    }

    fn reaction(&self, card: &MessageOf, account: Account, emoji: &str) -> Option<Reaction> {
        let person = self.desk.rooms().policy.people.person(account);
        Reaction::of(account, Edge { message: card.message.message, person, emoji: plain(emoji) })
    }

    /// Somebody put a reaction under a card.
    pub(super) async fn came(&self, card: &MessageOf, account: Account, emoji: &str) -> Result<(), Done> {
        let Some(reaction) = self.reaction(card, account, emoji) else { return Ok(()) };
        let back = {
            let _turn = self.turn(card.message.message).lock().await;
            let consumed = self.desk.rooms().store.edges(card.message.message).await?;
            self.answer(card, &reaction, &consumed).await?
        };
        match back {
            Some((operation, principal)) => self.roll_back(&reaction, &operation, principal).await,
            None => Ok(()),
        }
    }

    /// Somebody took a reaction off a card. Of a person with several accounts another one may still stand there.
    pub(super) async fn went(&self, card: &MessageOf, account: Account, emoji: &str) -> Result<(), Done> {
        let Some(reaction) = self.reaction(card, account, emoji) else { return Ok(()) };
        let rooms = self.desk.rooms();
        let in_chat = |account: &Account| matches!(account, Account::Discord(_));
        if rooms.policy.people.accounts(&reaction.edge.person).filter(in_chat).count() > 1 {
            return self.read_anew(card).await;
        }
        let _turn = self.turn(card.message.message).lock().await;
        self.removed(&reaction.edge).await
    }

    /// All reactions of an emoji, or with an empty one all reactions, were taken off a card at once.
    pub(super) async fn cleared(&self, card: &MessageOf, emoji: &str) -> Result<(), Done> {
        let _turn = self.turn(card.message.message).lock().await;
        let rooms = self.desk.rooms();
        let (emoji, at) = (plain(emoji), rooms.clock.now());
        if !emoji.is_empty() {
            rooms.store.edges_cleared(card.message.message, &held_emoji(&emoji), at).await?;
        }
        Ok(rooms.store.edges_cleared(card.message.message, &emoji, at).await?)
    }

    /// Reads what stands under a card: what is gone is removed, and 🛑 ⏸️ that nobody has acted on yet are acted on.
    pub(super) async fn read_anew(&self, card: &MessageOf) -> Result<(), Done> {
        let _turn = self.turn(card.message.message).lock().await;
        let rooms = self.desk.rooms();
        let Some(operation) = rooms.store.operation(&card.operation).await? else { return Ok(()) };
        let Place::Discord { .. } = operation.place else { return Ok(()) };
        let Some(chat) = rooms.chat() else { return Ok(()) };
        let consumed = rooms.store.edges(card.message.message).await?;
        let at = MessageRef { channel: card.message.channel, message: card.message.message };
        for control in CONTROLS {
            let emoji = plain(control);
            let acts = operation.state.is_under_way() && [STOP, PAUSE].contains(&control);
            let known: Vec<&Edge> =
                consumed.iter().filter(|edge| edge.emoji == emoji || edge.emoji == held_emoji(&emoji)).collect();
            if !acts && known.is_empty() {
                continue;
            }
            let accounts = chat.reactions(at, control, Lists::ALL).await.map_err(|error| unread(&error))?;
            let people: BTreeSet<PersonId> =
                accounts.iter().map(|account| rooms.policy.people.person(*account)).collect();
            for gone in known.into_iter().filter(|edge| !people.contains(&edge.person)) {
                rooms.store.edge_removed(gone, rooms.clock.now()).await?;
            }
            if acts {
                self.missed(card, (control, accounts), &consumed).await;
            }
        }
        Ok(())
    }

    /// What stands there and was never acted on. One that cannot be acted on does not keep the others from it.
    async fn missed(&self, card: &MessageOf, standing: (&str, BTreeSet<Account>), consumed: &[Edge]) {
        let (control, accounts) = standing;
        for account in accounts {
            let Some(reaction) = self.reaction(card, account, control) else { continue };
            if let Err(done) = self.answer(card, &reaction, consumed).await {
                tracing::info!(operation = %card.operation, control, ?done, "a reaction that was missed had no effect");
            }
        }
    }

    /// Does what an edge asks for, if it was not consumed before; the way back is left to the caller, because planning it
    /// takes its time.
    async fn answer(
        &self,
        card: &MessageOf,
        reaction: &Reaction,
        consumed: &[Edge],
    ) -> Result<Option<(Operation, Principal)>, Done> {
        let rooms = self.desk.rooms();
        if consumed.contains(&reaction.edge) {
            return Ok(None);
        }
        let Some(seen) = rooms.store.operation(&card.operation).await? else { return Ok(None) };
        // A pause that stands there when the run begins is found then.
        if reaction.asking == Asking::Control(Control::Pause) && seen.state.is_open_to_votes() {
            return Ok(None);
        }
        let who = rooms.look_up(reaction.account).await;
        // A look-up may take its time, and the operation may have begun meanwhile.
        let Some(operation) = rooms.store.operation(&card.operation).await? else { return Ok(None) };
        match (reaction.asking, who) {
            // A replayed ▶️ must not undo a later pause.
            (Asking::Control(Control::Resume), who) => {
                if self.consume(&reaction.edge).await? {
                    self.desk.steer_by_reaction(&operation, &reaction.by(who), Control::Resume).await?;
                }
                Ok(None)
            }
            // It stands still for that already, or somebody let it go on knowing it.
            (Asking::Control(Control::Stop), Err(NotCounted::CannotVerify)) if consumed.contains(&reaction.held()) => {
                Ok(None)
            }
            (Asking::Control(control), who) => {
                // Asked first, consumed after: what fails can be asked again. Asked twice, the second is not possible any more.
                let steered = self.desk.steer_by_reaction(&operation, &reaction.by(who), control).await;
                let now = rooms.store.operation(&card.operation).await?;
                if is_answered(control, &steered, now.map(|now| now.state)) {
                    self.consume(&reaction.edge).await?;
                } else if steered.as_ref().is_ok_and(|operation| stands_unverified(operation)) {
                    self.consume(&reaction.held()).await?;
                }
                steered.map(|_| None)
            }
            (Asking::Rollback, Ok(principal)) => {
                Ok(self.consume(&reaction.edge).await?.then_some((operation, principal)))
            }
            (Asking::Rollback, Err(why)) => {
                let done = Done::Denied(Denied { id: why.key(), needs: None });
                if why == NotCounted::CannotVerify || self.consume(&reaction.edge).await? {
                    self.desk.planned_in_vain(&operation, (reaction.account, ROLLBACK), &done).await;
                }
                Ok(None)
            }
        }
    }

    async fn consume(&self, edge: &Edge) -> Result<bool, Done> {
        let rooms = self.desk.rooms();
        Ok(rooms.store.consume_edge(edge, rooms.clock.now()).await?)
    }

    /// The reaction is gone.
    async fn removed(&self, edge: &Edge) -> Result<(), Done> {
        let rooms = self.desk.rooms();
        for edge in [edge, &held(edge)] {
            rooms.store.edge_removed(edge, rooms.clock.now()).await?;
        }
        Ok(())
    }

    /// ↩️ posts the way back, by the same command that a person would type. Where that brings no plan its edge is free again,
    /// unless the person has no right to it.
    async fn roll_back(&self, reaction: &Reaction, operation: &Operation, principal: Principal) -> Result<(), Done> {
        let options = BTreeMap::from([("operation".to_owned(), RawValue::Text(operation.id.to_string()))]);
        let rooms = self.desk.rooms();
        let incoming = Incoming {
            command: "rollback".to_owned(),
            options,
            principal,
            place: operation.place.clone(),
            locale: rooms.times.language(&operation.place).tag().to_owned(),
            at: rooms.clock.now(),
        };
        let done = self.desk.handle(incoming).await.done;
        if !matches!(done, Done::Planned { .. } | Done::Denied(_)) {
            rooms.store.edge_removed(&reaction.edge, rooms.clock.now()).await?;
        }
        self.desk.planned_in_vain(operation, (reaction.account, ROLLBACK), &done).await;
        Ok(())
    }
}

fn unread(error: &ChatError) -> Done {
    Done::Failed { id: "chat-unreachable".to_owned(), said: error.to_string() }
}
