use super::Boxed;
use crate::operation::Operation;
use interlock::approval::Ballot;
use interlock::plan::Sealed;

/// Who votes, as the chat shows it and policy judges it at this moment.
pub trait Members: Send + Sync {
    /// All ballots on an operation's plan: reactions read anew from the card, stored votes by command, each caster's roles
    /// looked up now. Also verifies that the card itself still stands as it was sent.
    ///
    /// # Errors
    /// [`Unreadable`] if votes or card cannot be read; nothing may start then.
    fn ballots<'a>(&'a self, operation: &'a Operation, plan: &'a Sealed) -> Boxed<'a, Result<Vec<Ballot>, Unreadable>>;
}

/// The votes cannot be read now, or the card is not what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// An id for the sentence: "chat-unreachable", "card-gone", "card-altered".
    pub id: &'static str,
    /// Whether asking again with a new card is the way on (gone, altered), rather than waiting.
    pub ask_again: bool,
}
