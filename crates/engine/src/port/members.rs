use super::Boxed;
use crate::operation::Operation;
use interlock::approval::{Ballot, Glass, Tally, tally};
use interlock::plan::{Sealed, Seat};

/// Who votes and who owns, as the chat shows it and policy judges it at this moment.
pub trait Members: Send + Sync {
    /// The votes on an operation's plan: reactions read anew from the card, stored votes by command, each caster's roles
    /// looked up now, and the seats they have to fill now. Also verifies that the card itself still stands as it was sent.
    ///
    /// # Errors
    /// [`Unreadable`] if votes or card cannot be read; nothing may start then.
    fn votes<'a>(&'a self, operation: &'a Operation, plan: &'a Sealed) -> Boxed<'a, Result<Polled, Unreadable>>;

    /// Whether somebody owns what a plan changes and can be told of it.
    fn owners_must_hear(&self, plan: &Sealed) -> bool;
}

/// The votes on a plan, and what they have to fill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polled {
    /// The seats: the plan's, or more where the settings became stricter since.
    pub seats: Vec<Seat>,
    /// What each vote is worth; eligibility is by index into the seats.
    pub ballots: Vec<Ballot>,
    /// Whether the plan's glass is broken, by who has the right to that now.
    pub glass: Glass,
}

impl Polled {
    /// How the vote on a plan stands.
    #[must_use]
    pub fn tally(&self, plan: &Sealed) -> Tally {
        tally(&self.seats, plan.digest(), &self.ballots).with_glass(&self.glass)
    }

    /// Whether more is asked for than when the plan was made.
    #[must_use]
    pub fn is_stricter_than(&self, plan: &Sealed) -> bool {
        self.seats != plan.plan().votes
    }
}

/// The votes cannot be read now, or the card is not what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// An id for the sentence: "chat-unreachable", "card-gone", "card-altered", "channel-opened".
    pub id: &'static str,
    /// Whether asking again with a new card is the way on (gone, altered, opened to others), rather than waiting.
    pub ask_again: bool,
}
