//! Votes as they stand at this moment: reactions read anew, stored votes, and each voter looked up now.

use super::rooms::Rooms;
use crate::chat::{CardSeen, Chat, ChatError, Lists, MemberNow, MessageRef};
use crate::meters;
use crate::store::{MessageOf, MessageRole, Posted, ReactionVotes, Reread, StoreError};
use engine::port::{Boxed, Members, Polled, Unreadable};
use engine::{History, Operation};
use interlock::approval::{Ballot, BrokenGlass, Glass, NotCounted, State, Tally, Voice, Vote, Voted};
use interlock::plan::{Digest, Sealed, Seat};
use interlock::policy::Voter;
use interlock::principal::{Account, Place, Principal, Readers};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The reactions that are votes.
pub const APPROVE: &str = "✅";
/// See [`APPROVE`].
pub const VETO: &str = "❌";
/// Stops what runs; before it runs it is a veto as well.
pub const STOP: &str = "🛑";

/// What each reaction on a card says about its plan.
const VOICES: [(&str, Voice); 3] = [(APPROVE, Voice::Approve), (VETO, Voice::Veto), (STOP, Voice::Veto)];
/// How many voters are looked up for one drawing of a card, beside those who are known from a moment ago.
const MOST_DRAWN: usize = 200;
/// How often card and record are compared while the card is being drawn anew.
const MOST_LOOKS: usize = 4;

/// Reads votes for the engine.
pub struct Ballots(pub Arc<Rooms>);

impl Members for Ballots {
    fn votes<'a>(&'a self, operation: &'a Operation, plan: &'a Sealed) -> Boxed<'a, Result<Polled, Unreadable>> {
        Box::pin(async move { self.0.polled(operation, plan).await })
    }

    fn owners_must_hear(&self, plan: &Sealed) -> bool {
        self.0.owners_must_hear(plan.plan())
    }
}

const UNREACHABLE: Unreadable = Unreadable { id: "chat-unreachable", ask_again: false };
/// The card can be read, the reactions on it cannot: one of them may be a no.
const UNREAD: Unreadable = Unreadable { id: "votes-unreadable", ask_again: false };
const STORE: Unreadable = Unreadable { id: "store-unavailable", ask_again: false };
const ALTERED: Unreadable = Unreadable { id: "card-altered", ask_again: true };
/// Everybody can read what only some could when it was posted.
const OPENED: Unreadable = Unreadable { id: "channel-opened", ask_again: true };

/// How the casters of votes are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// Each is looked up now.
    Now,
    /// What was found a moment ago will do; at most so many are looked up.
    Lately(usize),
}

/// Which lists of people under a card are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// All of them.
    Whole,
    /// Those that have somebody in them, as the message says itself. What comes between the two looks is found by the next one.
    AsShown,
}

/// The votes on a plan as the store has them.
struct CastVotes {
    votes: Vec<Vote>,
    /// Whose veto by reaction was worth nothing when they were looked up last.
    powerless: BTreeSet<Account>,
    /// Who broke the glass of the plan, oldest first.
    glass: Vec<BrokenGlass>,
}

impl CastVotes {
    /// Whom nobody can look up now has the power that was seen last: a bystander's veto keeps nobody waiting.
    fn as_known(&self, ballot: Ballot) -> Ballot {
        let is_known = is_veto_by_reaction(&ballot) && self.powerless.contains(&ballot.vote.account);
        match ballot.eligible {
            Err(NotCounted::CannotVerify) if is_known => Ballot { eligible: Err(NotCounted::NoRight), ..ballot },
            _ => ballot,
        }
    }

    /// The vetoes by reaction whose worth is something else than what is remembered, and whether that is nothing.
    fn weighed_otherwise(&self, ballots: &[Ballot]) -> Vec<(Account, bool)> {
        let looked_up = ballots.iter().filter(|ballot| ballot.eligible != Err(NotCounted::CannotVerify));
        let vetoes = looked_up.filter(|ballot| is_veto_by_reaction(ballot));
        let weighed = vetoes.map(|ballot| (ballot.vote.account, !ballot.may_veto));
        weighed.filter(|(account, powerless)| self.powerless.contains(account) != *powerless).collect()
    }
}

/// Whether it was cast at the bot's own machine, which is there while the chat is away.
fn is_from_the_machine(vote: &Vote) -> bool {
    vote.by == Voted::Command && is_at_the_machine(vote.account)
}

fn is_at_the_machine(account: Account) -> bool {
    !matches!(account, Account::Discord(_))
}

fn is_veto_by_reaction(ballot: &Ballot) -> bool {
    ballot.vote.voice == Voice::Veto && ballot.vote.by == Voted::Reaction
}

impl Rooms {
    async fn polled(&self, operation: &Operation, plan: &Sealed) -> Result<Polled, Unreadable> {
        // When its time is over, or it is to start, all that there is counts.
        let goes_on = operation.state == State::AwaitingApproval && operation.expires_at > self.clock.now();
        let first = if goes_on { Reading::AsShown } else { Reading::Whole };
        let mut read = self.reread(operation, plan.digest(), first).await;
        if first == Reading::AsShown && read.is_ok() {
            if let Some(undecided) = self.undecided(operation, plan).await? {
                return Ok(undecided);
            }
            // What decides is read whole: where the message showed nobody there may be a no by now.
            read = self.reread(operation, plan.digest(), Reading::Whole).await;
        }
        let (by_reaction, card) = match read {
            Ok(card) => (true, card),
            Err(unreadable) if unreadable == UNREACHABLE => (false, None),
            // Only where the chat is away do commands decide alone: a card that can be read may hold a no.
            Err(unreadable) => return Err(unreadable),
        };
        let mut cast = self.cast(operation, plan).await.map_err(|_| STORE)?;
        if !by_reaction {
            // What cannot be read now does not count for yes, nor does what was said where nobody sees it; a no that was
            // seen stands.
            cast.votes.retain(|vote| vote.voice == Voice::Veto || is_from_the_machine(vote));
            cast.glass.retain(|glass| is_at_the_machine(glass.account));
        }
        let polled = self.judged(&cast, plan, Look::Now).await;
        if let Some(card) = card
            && polled.tally(plan).is_approved()
        {
            self.stands_in_its_place(&card, operation, plan).await?;
        }
        if by_reaction {
            self.weigh(operation, plan, (&cast, &polled)).await?;
        }
        if by_reaction || decides(&polled, plan) { Ok(polled) } else { Err(UNREACHABLE) }
    }

    /// The votes as they were just read, unless they decide something by what was found of their casters a moment ago: of
    /// many votes that come one by one, only those are looked up each time that would.
    async fn undecided(&self, operation: &Operation, plan: &Sealed) -> Result<Option<Polled>, Unreadable> {
        let cast = self.cast(operation, plan).await.map_err(|_| STORE)?;
        let lately = self.judged(&cast, plan, Look::Lately(usize::MAX)).await;
        self.weigh(operation, plan, (&cast, &lately)).await?;
        Ok((!decides(&lately, plan)).then_some(lately))
    }

    /// The votes on a plan as the store has them.
    async fn cast(&self, operation: &Operation, plan: &Sealed) -> Result<CastVotes, StoreError> {
        let votes = self.store.votes(&operation.id, plan.digest()).await?;
        let vetoes = votes.iter().any(|vote| vote.voice == Voice::Veto && vote.by == Voted::Reaction);
        let powerless =
            if vetoes { self.store.powerless(&operation.id, plan.digest()).await? } else { BTreeSet::new() };
        let mut glass = self.store.broken_glass(&operation.id).await?;
        glass.retain(|glass| glass.digest == plan.digest());
        Ok(CastVotes { votes, powerless, glass })
    }

    /// The card shows what votes are worth: it is drawn anew where that is something else than when they were counted last.
    /// Which vetoes are worth nothing is remembered, and whose approval is worth nothing is told.
    async fn weigh(
        &self,
        operation: &Operation,
        plan: &Sealed,
        (cast, polled): (&CastVotes, &Polled),
    ) -> Result<(), Unreadable> {
        let weighed = cast.weighed_otherwise(&polled.ballots);
        if !weighed.is_empty() {
            self.store.vetoes_weighed((&operation.id, plan.digest()), &weighed).await.map_err(|_| STORE)?;
        }
        self.tell_unheard(operation, plan, polled).await;
        if operation.state != State::AwaitingApproval {
            self.weighed.forget(&operation.id);
        } else if self.weighed.differs(&operation.id, plan.digest(), &polled.ballots) {
            self.store.votes_weigh_otherwise(&operation.id, plan.digest()).await.map_err(|_| STORE)?;
        }
        Ok(())
    }

    /// How the vote on a plan stands and which seats it has to fill, for showing it: as it was when it started, else as it is
    /// now.
    pub(crate) async fn stands_lately(
        &self,
        operation: &Operation,
        plan: &Sealed,
        history: &History,
    ) -> Result<(Tally, Vec<Seat>), StoreError> {
        if let Some(record) = &history.started {
            let mut seats: Vec<_> = record.seats.iter().cloned().map(Some).collect();
            let broken = record.broken.clone();
            if broken.is_some() {
                // One at least was empty.
                seats.resize(plan.plan().votes.len().max(seats.len() + 1), None);
            }
            return Ok((Tally { seats, broken, ..Tally::default() }, plan.plan().votes.clone()));
        }
        let cast = self.cast(operation, plan).await?;
        let polled = self.judged(&cast, plan, Look::Lately(MOST_DRAWN)).await;
        Ok((polled.tally(plan), polled.seats))
    }

    /// What votes are worth, and what they have to fill.
    async fn judged(&self, cast: &CastVotes, plan: &Sealed, look: Look) -> Polled {
        let mut ballots = Vec::new();
        let mut found = BTreeMap::new();
        let mut look = look;
        for vote in &cast.votes {
            let now = match found.entry(vote.account) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => match self.member(vote.account, &mut look).await {
                    Some(member) => unknown.insert(member),
                    None => continue,
                },
            };
            let ballot = self.policy.ballot(vote, voter(now), plan.plan());
            ballots.push(cast.as_known(ballot));
        }
        let glass = self.glass(cast, plan, &mut look).await;
        Polled { seats: self.policy.required(plan.plan()), ballots, glass }
    }

    /// What the glass of a plan is worth: that of the first who broke it and may do so now.
    async fn glass(&self, cast: &CastVotes, plan: &Sealed, look: &mut Look) -> Glass {
        let mut all = Glass::Whole;
        for broken in &cast.glass {
            match self.glass_of(broken, plan, look).await {
                found @ Glass::Broken { .. } => return found,
                Glass::Lapsed if all == Glass::CannotVerify => {}
                found => all = found,
            }
        }
        all
    }

    /// What it is worth that somebody broke it, by what they may do.
    async fn glass_of(&self, broken: &BrokenGlass, plan: &Sealed, look: &mut Look) -> Glass {
        match self.member(broken.account, look).await {
            Some(Ok(who)) if self.policy.may_break_glass(&who, plan.plan()).is_ok() => {
                Glass::Broken { by: who.person, reason: broken.reason.clone() }
            }
            Some(Ok(_) | Err(NotCounted::NotAMember)) => Glass::Lapsed,
            Some(Err(_)) | None => Glass::CannotVerify,
        }
    }

    /// An account as it is looked at; none if no more are looked up.
    async fn member(&self, account: Account, look: &mut Look) -> Option<Result<Principal, NotCounted>> {
        let Look::Lately(left) = look else { return Some(self.look_up(account).await) };
        if let Some(member) = self.members.lately(account, self.clock.now()) {
            return Some(member);
        }
        let _turn = self.members.turn.lock().await;
        if let Some(member) = self.members.lately(account, self.clock.now()) {
            return Some(member);
        }
        *left = left.checked_sub(1)?;
        Some(self.look_up(account).await)
    }

    /// Reads the reactions on an operation's card into the store. Nothing to do where there is no card in a chat.
    async fn reread(
        &self,
        operation: &Operation,
        digest: Digest,
        reading: Reading,
    ) -> Result<Option<Posted>, Unreadable> {
        if !matches!(operation.place, Place::Discord { .. }) {
            return Ok(None);
        }
        // The card is not posted yet: nobody can have voted on it.
        let Some(card) = self.card_of(operation).await? else { return Ok(None) };
        let chat = self.chat().ok_or(UNREACHABLE)?;
        let begun = self.readings.begin(&operation.id);
        let (card, seen) = self.still_stands(chat.as_ref(), operation, card).await?;
        let at = MessageRef { channel: card.channel, message: card.message };
        let mut votes = Vec::new();
        for (emoji, voice) in VOICES {
            let lists = if reading == Reading::Whole { Lists::ALL } else { seen.lists(emoji) };
            let accounts: BTreeSet<Account> = chat.reactions(at, emoji, lists).await.map_err(|error| unread(&error))?;
            votes.extend(accounts.into_iter().map(|account| Vote {
                account,
                person: self.policy.people.person(account),
                voice,
                by: Voted::Reaction,
                digest,
                at: self.clock.now(),
            }));
        }
        let Some(storing) = begun.storing().await else { return Ok(Some(card)) };
        let read = ReactionVotes { operation: &operation.id, digest, votes: &votes, at: self.clock.now() };
        let stored = self.store.replace_reaction_votes(&read).await.map_err(|_| STORE)?;
        storing.done();
        if let Reread::Stored { added, removed } = stored {
            added.iter().for_each(|vote| meters::vote(vote.voice, vote.by, true));
            removed.iter().for_each(|vote| meters::vote(vote.voice, vote.by, false));
        }
        Ok(Some(card))
    }

    /// The card of an operation's plan, as we know it.
    async fn card_of(&self, operation: &Operation) -> Result<Option<MessageOf>, Unreadable> {
        let messages = self.store.messages(&operation.id).await.map_err(|_| STORE)?;
        let is_card = |one: &MessageOf| one.revision == operation.revision && one.message.role == MessageRole::Card;
        Ok(messages.into_iter().find(is_card))
    }

    /// The card must be ours, visible, and say what was sent, with the buttons and files it was sent with. What it says and what
    /// was sent are two looks, and we may draw it anew between them: only what differs while nothing was drawn is somebody
    /// else's doing.
    async fn still_stands(
        &self,
        chat: &dyn Chat,
        operation: &Operation,
        card: MessageOf,
    ) -> Result<(Posted, CardSeen), Unreadable> {
        let mut known = card;
        for _ in 0..MOST_LOOKS {
            let at = MessageRef { channel: known.message.channel, message: known.message.message };
            let seen = chat.read(at).await.map_err(|error| unreadable(&error))?;
            if !seen.ours || seen.suppressed {
                return Err(ALTERED);
            }
            if known.may_say(&seen.says) {
                return Ok((known.message, seen));
            }
            let now = self.card_of(operation).await?.ok_or(UNREACHABLE)?;
            if now == known {
                tracing::warn!(operation = %operation.id, sent = %known.message.says, seen = %seen.says, "its card is not as it was sent");
                return Err(ALTERED);
            }
            known = now;
        }
        Err(UNREACHABLE)
    }

    /// A card that is about to start something must stand where it was asked for, where the settings let it be shown, and where
    /// not everybody was let in since it was posted.
    async fn stands_in_its_place(&self, card: &Posted, operation: &Operation, plan: &Sealed) -> Result<(), Unreadable> {
        let chat = self.chat().ok_or(UNREACHABLE)?;
        let found = where_it_stands(chat.as_ref(), card).await.map_err(|error| unreadable(&error))?;
        let (now, readers) = found.ok_or(ALTERED)?;
        if !is_same_channel(&now, &operation.place) || !self.policy.places.shows(&plan.plan().cluster, &now) {
            return Err(ALTERED);
        }
        if card.readers == Readers::Chosen && readers == Readers::Everybody { Err(OPENED) } else { Ok(()) }
    }

    /// An account with its roles of this moment.
    pub(crate) async fn look_up(&self, account: Account) -> Result<Principal, NotCounted> {
        let person = self.policy.people.person(account);
        let without_chat_roles = Principal { account, person, chat_roles: BTreeSet::new() };
        let Account::Discord(_) = account else { return Ok(without_chat_roles) };
        let chat = self.chat().ok_or(NotCounted::CannotVerify)?;
        let member = match chat.member(account).await {
            Ok(MemberNow::Member { roles, .. }) => Ok(Principal { chat_roles: roles, ..without_chat_roles }),
            Ok(MemberNow::NotCounted) => Err(NotCounted::NotAMember),
            // Also what is gone without a word of whom: it says nothing of the person.
            Err(_) => Err(NotCounted::CannotVerify),
        };
        self.members.put(account, &member, self.clock.now());
        member
    }

    /// Somebody did something: what was known of the account may be old.
    pub(crate) fn forget(&self, account: Account) {
        self.members.forget(account);
    }
}

/// Whether an operation goes on, or ends, by these votes.
fn decides(polled: &Polled, plan: &Sealed) -> bool {
    let tally = polled.tally(plan);
    tally.is_approved() || !tally.vetoes.is_empty()
}

/// Where a card is now, and who can read it there; that is asked only where it was not for everybody from the beginning.
async fn where_it_stands(chat: &dyn Chat, card: &Posted) -> Result<Option<(Place, Readers)>, ChatError> {
    if card.readers == Readers::Chosen {
        return chat.place_and_readers(card.channel).await;
    }
    Ok(chat.place(card.channel).await?.map(|place| (place, card.readers)))
}

/// Threads come and go within their channel, which is what people and settings know.
fn is_same_channel(one: &Place, other: &Place) -> bool {
    let channel = |place: &Place| match place {
        Place::Discord { guild, channel, .. } => Some((*guild, *channel)),
        Place::Console => None,
    };
    channel(one) == channel(other)
}

fn voter(now: &Result<Principal, NotCounted>) -> Voter<'_> {
    match now {
        Ok(principal) => Voter::Member(principal),
        Err(NotCounted::NotAMember) => Voter::NotAMember,
        Err(_) => Voter::CannotVerify,
    }
}

/// Why the reactions of a card that stands there could not be read.
fn unread(error: &ChatError) -> Unreadable {
    match unreadable(error) {
        UNREACHABLE => UNREAD,
        other => other,
    }
}

fn unreadable(error: &ChatError) -> Unreadable {
    match error {
        ChatError::Gone(_) => Unreadable { id: "card-gone", ask_again: true },
        _ => UNREACHABLE,
    }
}
