//! Votes as they stand at this moment: reactions read anew, stored votes, and each voter looked up now.

use super::rooms::Rooms;
use crate::chat::{Chat, ChatError, MemberNow, MessageRef};
use crate::meters;
use crate::store::{MessageOf, MessageRole, ReactionVotes, Reread};
use engine::Operation;
use engine::port::{Boxed, Members, Unreadable};
use interlock::approval::{Ballot, NotCounted, Voice, Vote, Voted, tally};
use interlock::plan::{Digest, Sealed};
use interlock::policy::Voter;
use interlock::principal::{Account, Place, Principal};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The reactions that are votes.
pub const APPROVE: &str = "✅";
/// See [`APPROVE`].
pub const VETO: &str = "❌";

/// Reads votes for the engine.
pub struct Ballots(pub Arc<Rooms>);

impl Members for Ballots {
    fn ballots<'a>(&'a self, operation: &'a Operation, plan: &'a Sealed) -> Boxed<'a, Result<Vec<Ballot>, Unreadable>> {
        Box::pin(async move { self.0.ballots(operation, plan).await })
    }
}

const UNREACHABLE: Unreadable = Unreadable { id: "chat-unreachable", ask_again: false };
const STORE: Unreadable = Unreadable { id: "store-unavailable", ask_again: false };

impl Rooms {
    async fn ballots(&self, operation: &Operation, plan: &Sealed) -> Result<Vec<Ballot>, Unreadable> {
        let by_reaction = match self.reread(operation, plan.digest()).await {
            Ok(()) => true,
            Err(unreadable) if unreadable.ask_again => return Err(unreadable),
            Err(_) => false,
        };
        let mut votes = self.store.votes(&operation.id, plan.digest()).await.map_err(|_| STORE)?;
        if !by_reaction {
            // A reaction that cannot be read now does not count for yes; a no that was seen stands.
            votes.retain(|vote| vote.by == Voted::Command || vote.voice == Voice::Veto);
        }
        let ballots = self.judge(votes, plan).await;
        let decided = |ballots: &[Ballot]| {
            let tally = tally(&plan.plan().votes, plan.digest(), ballots);
            tally.is_approved() || !tally.vetoes.is_empty()
        };
        if by_reaction || decided(&ballots) { Ok(ballots) } else { Err(UNREACHABLE) }
    }

    /// What votes are worth, each caster looked up now.
    pub(crate) async fn judge(&self, votes: Vec<Vote>, plan: &Sealed) -> Vec<Ballot> {
        let mut ballots = Vec::new();
        let mut known = BTreeMap::new();
        for vote in votes {
            let now = self.principal_now(vote.account, &mut known).await;
            ballots.push(self.policy.ballot(&vote, voter(&now), plan.plan()));
        }
        ballots
    }

    /// Reads the reactions on an operation's card into the store. Nothing to do where there is no card in a chat.
    async fn reread(&self, operation: &Operation, digest: Digest) -> Result<(), Unreadable> {
        if !matches!(operation.place, Place::Discord { .. }) {
            return Ok(());
        }
        let chat = self.chat().ok_or(UNREACHABLE)?;
        let messages = self.store.messages(&operation.id).await.map_err(|_| STORE)?;
        let card = messages
            .into_iter()
            .find(|one| one.revision == operation.revision && one.message.role == MessageRole::Card);
        // The card is not posted yet: nobody can have voted on it.
        let Some(card) = card else { return Ok(()) };
        let at = MessageRef { channel: card.message.channel, message: card.message.message };
        still_stands(chat.as_ref(), at, &card).await?;
        let mut votes = Vec::new();
        for (emoji, voice) in [(APPROVE, Voice::Approve), (VETO, Voice::Veto)] {
            let accounts: BTreeSet<Account> = chat.reactions(at, emoji).await.map_err(|error| unreadable(&error))?;
            votes.extend(accounts.into_iter().map(|account| Vote {
                account,
                person: self.policy.people.person(account),
                voice,
                by: Voted::Reaction,
                digest,
                at: self.clock.now(),
            }));
        }
        let read = ReactionVotes { operation: &operation.id, digest, votes: &votes, at: self.clock.now() };
        if let Reread::Stored { added, removed } = self.store.replace_reaction_votes(&read).await.map_err(|_| STORE)? {
            added.iter().for_each(|vote| meters::vote(vote.voice, vote.by, true));
            removed.iter().for_each(|vote| meters::vote(vote.voice, vote.by, false));
        }
        Ok(())
    }

    /// An account with its roles of this moment.
    async fn principal_now(
        &self,
        account: Account,
        known: &mut BTreeMap<Account, Result<Principal, NotCounted>>,
    ) -> Result<Principal, NotCounted> {
        if let Some(principal) = known.get(&account) {
            return principal.clone();
        }
        let principal = self.look_up(account).await;
        known.insert(account, principal.clone());
        principal
    }

    pub(crate) async fn look_up(&self, account: Account) -> Result<Principal, NotCounted> {
        let person = self.policy.people.person(account);
        let without_chat_roles = Principal { account, person, chat_roles: BTreeSet::new() };
        let Account::Discord(_) = account else { return Ok(without_chat_roles) };
        let chat = self.chat().ok_or(NotCounted::CannotVerify)?;
        match chat.member(account).await {
            Ok(MemberNow::Member { roles, .. }) => Ok(Principal { chat_roles: roles, ..without_chat_roles }),
            Ok(MemberNow::NotCounted) | Err(ChatError::Gone(_)) => Err(NotCounted::NotAMember),
            Err(_) => Err(NotCounted::CannotVerify),
        }
    }
}

fn voter(now: &Result<Principal, NotCounted>) -> Voter<'_> {
    match now {
        Ok(principal) => Voter::Member(principal),
        Err(NotCounted::NotAMember) => Voter::NotAMember,
        Err(_) => Voter::CannotVerify,
    }
}

/// The card must be ours, visible, and say what was sent.
async fn still_stands(chat: &dyn Chat, at: MessageRef, card: &MessageOf) -> Result<(), Unreadable> {
    let seen = chat.read(at).await.map_err(|error| unreadable(&error))?;
    let says_so = seen.says == card.message.says || (!card.says_next.is_empty() && seen.says == card.says_next);
    if seen.ours && !seen.suppressed && says_so {
        return Ok(());
    }
    Err(Unreadable { id: "card-altered", ask_again: true })
}

fn unreadable(error: &ChatError) -> Unreadable {
    match error {
        ChatError::Gone(_) => Unreadable { id: "card-gone", ask_again: true },
        _ => UNREACHABLE,
    }
}
