//! Whose ✅ on a card counts for nothing is told so alone, where they are somebody to us: a reaction cannot be answered, and not
//! everybody looks at the card again.

use super::rooms::Rooms;
use crate::store::Unheard;
use engine::Operation;
use engine::port::Polled;
use interlock::approval::{State, Voice, Vote, Voted};
use interlock::plan::Sealed;
use interlock::principal::Account;
use std::collections::BTreeSet;

impl Rooms {
    /// Has those told of whom no approval counts, as the votes were just read. Nothing waits for that: where the store fails, the
    /// next reading finds them again.
    pub(super) async fn tell_unheard(&self, operation: &Operation, plan: &Sealed, polled: &Polled) {
        if operation.state != State::AwaitingApproval {
            return;
        }
        let unheard = self.unheard(plan, polled);
        if unheard.is_empty() {
            return;
        }
        let told = self.store.tell_voters((&operation.id, plan.digest()), &unheard, self.clock.now()).await;
        if let Err(error) = told {
            tracing::info!(operation = %operation.id, %error, "who votes in vain is told later");
        }
    }

    /// Each of them by the account they reacted with last.
    fn unheard(&self, plan: &Sealed, polled: &Polled) -> Vec<Unheard> {
        let tally = polled.tally(plan);
        let mut whys = tally.unheard();
        let mut unheard = Vec::new();
        for vote in polled.ballots.iter().rev().map(|ballot| &ballot.vote).filter(|vote| is_by_tick(vote)) {
            if let Some(why) = whys.remove(&vote.person)
                && self.is_known(vote)
            {
                unheard.push(Unheard { account: vote.account, person: vote.person.clone(), why });
            }
        }
        unheard
    }

    /// Whether the settings know who voted, with the roles that were just looked up. However many strangers react, none of them is
    /// written to.
    fn is_known(&self, vote: &Vote) -> bool {
        let without_roles = || self.policy.people.principal(vote.account, BTreeSet::new());
        let looked_up = self.members.lately(vote.account, self.clock.now()).and_then(Result::ok);
        self.policy.knows(&looked_up.unwrap_or_else(without_roles))
    }
}

fn is_by_tick(vote: &Vote) -> bool {
    vote.voice == Voice::Approve && vote.by == Voted::Reaction && matches!(vote.account, Account::Discord(_))
}
