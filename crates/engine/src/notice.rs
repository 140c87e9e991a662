//! Notices: what people are to be told, as data. Sentences are made when a notice is sent.

use interlock::approval::NotCounted;
use interlock::facts::{Fact, Facts};
use interlock::id::{OperationId, PersonId};
use interlock::looks::LookAnswer;
use interlock::plan::Digest;
use interlock::policy::Grantee;
use interlock::principal::{Account, Place};
use interlock::time::Millis;
use serde::{Deserialize, Serialize};

/// Where notices queue up: first in, first out within a stream.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// The card and thread of an operation.
    Operation(OperationId),
    /// The owners of what an operation changes, and who was skipped by broken glass: what keeps others from being told does not
    /// keep them.
    Owners(OperationId),
    /// Those who vote on an operation and are not heard, each alone: nothing waits for it.
    Voters(OperationId),
    /// A place without an operation.
    Place(Place),
}

/// One thing to tell. A row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// Post the operation's card, seed it, and open voting when its message id is stored. Always the first of its stream,
    /// and again for each new revision.
    PostCard {
        /// The revision it shows.
        revision: u32,
    },
    /// Put our own reactions under the card of the current revision: they are there to be tapped.
    Seed {
        /// Which ones.
        reactions: Seeded,
    },
    /// Open the operation's thread.
    OpenThread,
    /// Tell those who can still fill an empty seat that half of the time is over. Who that is, and whether it is still so, is
    /// seen when it is told.
    Reminder {
        /// The revision it is about.
        revision: u32,
    },
    /// Post the board of a channel, which is edited in place from then on.
    Board,
    /// Post where the audit log ends, as `signalbox audit verify` takes it (`SEQ:HASH`).
    AuditHead {
        /// Where it ends.
        head: String,
        /// What was posted before; empty if nothing was.
        before: String,
        /// When it ended there.
        at: Millis,
    },
    /// Tell the owners of what is affected that a change begins.
    OwnersBefore,
    /// Tell them how it ended.
    OwnersAfter,
    /// Tell whoever could fill a seat that it was skipped.
    GlassBroken {
        /// The plan whose glass it was; a later one asks for votes.
        #[serde(default)]
        digest: Option<Digest>,
        /// By whom.
        by: PersonId,
        /// Why, in their words.
        reason: String,
        /// Whoever is called.
        skipped: Vec<Grantee>,
    },
    /// Tell somebody alone that their approval of a plan does not count: once for each person and plan. What the chat does not
    /// take is dropped, and nobody is told of that.
    VoteNotCounted {
        /// The plan.
        digest: Digest,
        /// The account they reacted with.
        account: Account,
        /// Who they are.
        person: PersonId,
        /// Why it does not count.
        why: NotCounted,
    },
    /// A line in the operation's thread without notification: a key of a sentence and its facts. A later one of the same key
    /// replaces it while it is not an hour old.
    Progress {
        /// The key of the sentence ("wait-members-remain").
        id: String,
        /// Its facts.
        facts: Facts,
    },
    /// A new message in the thread: started, step done, queued behind somebody, paused, resumed.
    Milestone {
        /// The key of the sentence.
        id: String,
        /// Its facts.
        facts: Facts,
    },
    /// A new message with notification: paused by a guard, failed, stuck, finished, stopped, a card that is not as it was posted.
    Alert {
        /// The key of the sentence.
        id: String,
        /// Its facts.
        facts: Facts,
        /// Whom it calls by name.
        #[serde(default)]
        calls: Called,
    },
    /// What somebody was shown, for everybody who reads a place.
    Shared {
        /// It, without what only they may read.
        answer: Box<LookAnswer>,
        /// Who.
        by: PersonId,
        /// When it was asked for.
        seen_at: Millis,
    },
}

impl Notice {
    /// An alert that calls who asked.
    #[must_use]
    pub fn alert(id: &str, facts: Facts) -> Self {
        Self::Alert { id: id.to_owned(), facts, calls: Called::default() }
    }

    /// Whether it calls people by name: the owners of what an operation changes, and who was skipped.
    #[must_use]
    pub fn calls_people(&self) -> bool {
        matches!(self, Self::OwnersBefore | Self::OwnersAfter | Self::GlassBroken { .. })
    }
}

/// Whom an alert calls by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Called {
    /// Who asked for the operation: it is about how that ended, or why it stands still.
    #[default]
    Requesters,
    /// Nobody: who can do something about it is somebody else.
    Nobody,
}

/// Which reactions are seeded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seeded {
    /// Approve and veto.
    Votes,
    /// Stop, pause, resume, roll back.
    Controls,
}

/// With notification.
pub(crate) fn alert(id: &str, facts: Facts) -> Vec<Notice> {
    vec![Notice::alert(id, facts)]
}

pub(crate) fn progress(id: &str, facts: Facts) -> Notice {
    Notice::Progress { id: id.to_owned(), facts }
}

pub(crate) fn milestone(id: &str, facts: Facts) -> Notice {
    Notice::Milestone { id: id.to_owned(), facts }
}

/// What is told at an end: how it ended and why, with notification, and the owners.
pub(crate) fn ending(id: &str, why: &str, facts: Facts) -> Vec<Notice> {
    let facts = facts.with("why", Fact::from(why));
    vec![Notice::alert(id, facts), Notice::OwnersAfter]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alert_that_does_not_say_whom_it_calls_calls_who_asked() {
        let stored = r#"{"alert":{"id":"failed","facts":{}}}"#;
        assert_eq!(serde_json::from_str::<Notice>(stored).unwrap(), Notice::alert("failed", Facts::none()));
    }

    #[test]
    fn whom_an_alert_calls_is_stored_with_it() {
        for calls in [Called::Requesters, Called::Nobody] {
            let alert = Notice::Alert { id: "failed".to_owned(), facts: Facts::none(), calls };
            let stored = serde_json::to_string(&alert).unwrap();
            assert_eq!(serde_json::from_str::<Notice>(&stored).unwrap(), alert, "{stored}");
        }
    }
}
