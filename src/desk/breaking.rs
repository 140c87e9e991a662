//! `/break-glass`: who is on call lets a plan go on though seats of it are empty; and somebody else reviews that afterwards.

use super::answer::Done;
use super::control::{changed_meanwhile, closed, controlled, is_confirmed, is_current, not_now};
use super::freezing::{one_of, words};
use super::handle::{Ask, Desk, denied};
use super::rooms::Rooms;
use crate::store::{Cast, CloseReview};
use engine::control::Counted;
use engine::port::Journal;
use engine::{GLASS_BROKEN, History, Operation};
use interlock::approval::{BrokenGlass, Review, State};
use interlock::facts::Facts;
use interlock::plan::{Digest, Mistake, Plan, Sealed, Seat};
use interlock::principal::Principal;

impl Desk {
    /// With a reason it breaks the glass, with words of a review it closes that of a broken one.
    pub(super) async fn break_glass(&self, ask: &Ask<'_>, operation: &Operation, plan: &Sealed) -> Result<Done, Done> {
        let is_given = |option: &str| ask.arguments().text(option).is_some();
        match (is_given("reason"), is_given("review")) {
            (true, false) => self.skip_seats(ask, operation, plan).await,
            (false, true) => self.close_review(ask, operation, plan).await,
            _ => Err(one_of(["reason", "review"])),
        }
    }

    /// The seats that are empty are skipped: no check that blocks, no freeze, no hold and no veto.
    async fn skip_seats(&self, ask: &Ask<'_>, operation: &Operation, plan: &Sealed) -> Result<Done, Done> {
        let (rooms, principal) = (&self.rooms, &ask.request.principal);
        rooms.policy.may_break_glass(principal, plan.plan()).map_err(denied)?;
        let reason = words(ask, "reason")?;
        if !operation.state.is_open_to_votes() {
            return Err(closed(operation));
        }
        if let Some(digest) = ask.arguments().digest("digest") {
            is_current(*digest, operation, plan)?;
        }
        let (tally, seats) = rooms.stands_lately(operation, plan, &History::default()).await?;
        if tally.is_full() || seats.iter().all(Seat::is_confirmation) {
            return Err(Done::Mistake(Mistake::new("no-seat-to-skip", Facts::none())));
        }
        // In the line by votes: should one of them be taken back, it is asked for again.
        if operation.state == State::Queued && operation.why.id != GLASS_BROKEN {
            return Err(not_now(operation));
        }
        if ask.arguments().digest("digest").is_none() || !is_confirmed(ask, Some(plan.plan().name_to_repeat()))? {
            return Ok(Done::GlassAskedBack(Box::new(plan.clone())));
        }
        let glass = BrokenGlass {
            operation: operation.id.clone(),
            digest: plan.digest(),
            account: principal.account,
            person: principal.person.clone(),
            reason,
            at: ask.request.asked_at,
            review: None,
        };
        let skipped = rooms.policy.skipped(plan.plan(), (&seats, &tally), &principal.person);
        match rooms.store.break_glass(&glass, (&ask.request.id, &skipped)).await? {
            Cast::Stored | Cast::Already => self.count_broken(operation, plan).await,
            Cast::NoneThere | Cast::Closed => {
                let now = rooms.store.operation(&operation.id).await?.unwrap_or_else(|| operation.clone());
                let is_changed = now.state.is_open_to_votes() && now.digest != plan.digest();
                Err(if is_changed { changed_meanwhile(&now) } else { closed(&now) })
            }
        }
    }

    async fn count_broken(&self, operation: &Operation, plan: &Sealed) -> Result<Done, Done> {
        match self.engine.count(operation, plan).await? {
            Counted::Stands { operation, .. } if operation.digest != plan.digest() => {
                Err(changed_meanwhile(&operation))
            }
            Counted::Stands { tally, operation } if tally.is_approved() => Ok(controlled(&operation, "glass-broken")),
            Counted::Stands { operation, .. } => Ok(controlled(&operation, "glass-broken-in-vain")),
            Counted::Unreadable(_) => Ok(controlled(operation, "glass-broken-stored")),
        }
    }

    async fn close_review(&self, ask: &Ask<'_>, operation: &Operation, plan: &Sealed) -> Result<Done, Done> {
        let principal = &ask.request.principal;
        let mut open = self.rooms.store.broken_glass(&operation.id).await?;
        open.retain(|glass| glass.review.is_none());
        if open.is_empty() {
            return Err(Done::Mistake(Mistake::new("no-open-review", Facts::none())));
        }
        let digests = self.rooms.closable(principal, (operation, plan.plan()), &open)?;
        let (person, at) = (principal.person.clone(), ask.request.asked_at);
        let close = CloseReview {
            operation: operation.id.clone(),
            digests,
            account: principal.account,
            request: ask.request.id.clone(),
            review: Review { person, words: words(ask, "review")?, at },
        };
        if self.rooms.store.close_review(&close).await? {
            return Ok(controlled(operation, "review-closed"));
        }
        Err(Done::Mistake(Mistake::new("no-open-review", Facts::none())))
    }
}

impl Rooms {
    /// The plans of an operation whose open reviews somebody may close: all who broke the glass of one are somebody else. What was
    /// done is reviewed, not what may be done yet.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn closable(
        &self,
        who: &Principal,
        (operation, plan): (&Operation, &Plan),
        open: &[BrokenGlass],
    ) -> Result<Vec<Digest>, Done> {
        let is_yet_to_begin = |digest: &Digest| *digest == operation.digest && operation.state.is_open_to_votes();
        let mut digests: Vec<Digest> =
            open.iter().map(|glass| glass.digest).filter(|one| !is_yet_to_begin(one)).collect();
        digests.dedup();
        if digests.is_empty() {
            return Err(not_now(operation));
        }
        let no = |digest: &Digest| {
            let mut of_plan = open.iter().filter(|glass| glass.digest == *digest);
            of_plan.find_map(|glass| self.policy.may_review(who, plan, glass).err())
        };
        let first_no = digests.iter().find_map(no);
        digests.retain(|digest| no(digest).is_none());
        match first_no {
            Some(denial) if digests.is_empty() => Err(denied(denial)),
            _ => Ok(digests),
        }
    }
}
