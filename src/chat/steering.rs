//! Control reactions under a card: 🛑 ⏸️ ▶️ ↩️. Each is an edge: of one person on one message it is consumed once, and again
//! only after it was seen removed.
//!
//! 🛑 and ⏸️ make safe, so those that were missed are found by reading the card anew. ▶️ and ↩️ act only at the moment they
//! come: what stood there while nobody looked may be older than what it would undo.

use crate::chat::{ChatError, MessageRef};
use crate::desk::{Denied, Desk, Done, Incoming, STOP};
use crate::store::{Edge, MessageOf};
use engine::Operation;
use engine::control::Control;
use engine::port::Journal;
use interlock::command::RawValue;
use interlock::id::PersonId;
use interlock::principal::{Account, Place, Principal};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Pauses what runs.
const PAUSE: &str = "⏸️";
/// Goes on with what is paused.
const RESUME: &str = "▶️";
/// Asks for the way back.
const ROLLBACK: &str = "↩️";

/// The reactions by which a running operation is steered, in the order they are seeded.
pub(super) const CONTROLS: [&str; 4] = [STOP, PAUSE, RESUME, ROLLBACK];

/// Messages take turns in so many rows. A few messages share a row, which costs them nothing but a short wait.
const ROWS: usize = 16;

/// What a control reaction asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asking {
    Control(Control),
    Rollback,
}

/// Reads control reactions and does what they ask for.
#[derive(Clone)]
pub(super) struct Steering {
    desk: Desk,
    /// What comes and what is read anew are never about one message at the same time: neither would see what the other
    /// consumes.
    turns: Arc<[Mutex<()>; ROWS]>,
}

/// A reaction of somebody, its emoji without variation selectors.
struct Reaction {
    asking: Asking,
    account: Account,
    edge: Edge,
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
        let emoji = plain(emoji);
        let person = self.desk.rooms().policy.people.person(account);
        let asking = control_of(&emoji)?;
        Some(Reaction { asking, account, edge: Edge { message: card.message.message, person, emoji } })
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
            Some((operation, principal)) => self.roll_back(&operation, principal).await,
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
        rooms.store.edge_removed(&reaction.edge, rooms.clock.now()).await?;
        Ok(())
    }

    /// All reactions of an emoji, or with an empty one all reactions, were taken off a card at once.
    pub(super) async fn cleared(&self, card: &MessageOf, emoji: &str) -> Result<(), Done> {
        let _turn = self.turn(card.message.message).lock().await;
        let rooms = self.desk.rooms();
        Ok(rooms.store.edges_cleared(card.message.message, &plain(emoji), rooms.clock.now()).await?)
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
            let known: Vec<&Edge> = consumed.iter().filter(|edge| edge.emoji == emoji).collect();
            if !acts && known.is_empty() {
                continue;
            }
            let accounts = chat.reactions(at, control).await.map_err(|error| unread(&error))?;
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
        let Some(operation) = rooms.store.operation(&card.operation).await? else { return Ok(None) };
        // A pause that stands there when the run begins is found then.
        if reaction.asking == Asking::Control(Control::Pause) && operation.state.is_open_to_votes() {
            return Ok(None);
        }
        let who = rooms.look_up(reaction.account).await;
        match (reaction.asking, who) {
            // A replayed ▶️ must not undo a later pause.
            (Asking::Control(Control::Resume), who) => {
                if rooms.store.consume_edge(&reaction.edge, rooms.clock.now()).await? {
                    self.desk.steer_by_reaction(&operation, (reaction.account, who), Control::Resume).await?;
                }
                Ok(None)
            }
            (Asking::Control(control), who) => {
                // Asked first, consumed after: what fails can be asked again. Asked twice, the second is not possible any more.
                let asked = self.desk.steer_by_reaction(&operation, (reaction.account, who), control).await;
                if is_answered(&asked) {
                    rooms.store.consume_edge(&reaction.edge, rooms.clock.now()).await?;
                }
                asked.map(|()| None)
            }
            (Asking::Rollback, Ok(principal)) => {
                let fresh = rooms.store.consume_edge(&reaction.edge, rooms.clock.now()).await?;
                Ok(fresh.then_some((operation, principal)))
            }
            (Asking::Rollback, Err(_)) => Ok(None),
        }
    }

    /// ↩️ posts the way back, by the same command that a person would type.
    async fn roll_back(&self, operation: &Operation, principal: Principal) -> Result<(), Done> {
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
        self.desk.handle(incoming).await;
        Ok(())
    }
}

/// Whether an edge is done with: it took effect, or it never will as it stands.
fn is_answered(asked: &Result<(), Done>) -> bool {
    match asked {
        Ok(()) => true,
        Err(Done::Denied(Denied { id, .. })) => *id != "cannot-verify",
        Err(Done::Mistake(mistake)) => mistake.id == "not-possible-now",
        Err(_) => false,
    }
}

fn unread(error: &ChatError) -> Done {
    Done::Failed { id: "chat-unreachable".to_owned(), said: error.to_string() }
}

fn control_of(emoji: &str) -> Option<Asking> {
    let control = CONTROLS.into_iter().find(|control| plain(control) == emoji)?;
    Some(match control {
        STOP => Asking::Control(Control::Stop),
        PAUSE => Asking::Control(Control::Pause),
        RESUME => Asking::Control(Control::Resume),
        _ => Asking::Rollback,
    })
}

/// Whether an emoji without variation selectors is one of the controls.
pub(super) fn is_control(emoji: &str) -> bool {
    control_of(emoji).is_some()
}

/// Without variation selectors.
pub(super) fn plain(emoji: &str) -> String {
    emoji.chars().filter(|character| *character != '\u{fe0f}').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_control_is_known_with_and_without_the_sign_for_a_picture() {
        for (emoji, asking) in [
            ("🛑", Asking::Control(Control::Stop)),
            ("⏸️", Asking::Control(Control::Pause)),
            ("⏸", Asking::Control(Control::Pause)),
            ("▶️", Asking::Control(Control::Resume)),
            ("↩", Asking::Rollback),
        ] {
            assert!(control_of(&plain(emoji)) == Some(asking), "{emoji}");
        }
        assert!(control_of("✅").is_none());
        assert!(control_of("").is_none());
    }

    #[test]
    fn what_failed_can_be_asked_again_and_what_was_answered_cannot() {
        let denied = |id| Err(Done::Denied(Denied { id, needs: None }));
        assert!(is_answered(&Ok(())) && is_answered(&denied("no-role")));
        assert!(!is_answered(&denied("cannot-verify")));
        assert!(!is_answered(&Err(Done::Bug)));
        assert!(!is_answered(&Err(unread(&ChatError::Unknown(String::new())))));
    }
}
