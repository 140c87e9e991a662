//! Controls: votes and the way back here, what steers in `steer`, what gives up in `unlock`, what
//! freezes in `freezing`, what skips seats in `breaking`. Buttons come here too.

use super::answer::{Denied, Done};
use super::handle::{Ask, Desk, denied};
use crate::meters;
use crate::store::Cast;
use engine::Operation;
use engine::control::{Control, Counted};
use engine::port::{Journal, JournalError};
use interlock::approval::{NotCounted, State, Tally, Voice, Vote, Voted};
use interlock::facts::Facts;
use interlock::plan::{Digest, Mistake, Sealed};
use interlock::policy::{Control as Act, Right, Standing, Voter};
use interlock::principal::Principal;

impl Desk {
    pub(super) async fn control(&self, ask: &Ask<'_>) -> Result<Done, Done> {
        match ask.command.name.as_str() {
            "unlock" => return self.unlock(ask).await,
            "freeze" => return self.freeze(ask).await,
            "unfreeze" => return self.unfreeze(ask).await,
            _ => {}
        }
        let (operation, plan) = self.named(ask).await?;
        // What they may do is looked up now, also where their vote is weighed.
        self.rooms.forget(ask.request.principal.account);
        match ask.command.name.as_str() {
            "approve" if ask.arguments().flag("withdraw") => self.withdraw(ask, &operation, &plan).await,
            "approve" => self.vote(ask, &operation, &plan, Voice::Approve).await,
            "reject" => self.vote(ask, &operation, &plan, Voice::Veto).await,
            "stop" => self.steer(ask, &operation, &plan, Control::Stop).await,
            "pause" => self.steer(ask, &operation, &plan, Control::Pause).await,
            "resume" => self.steer(ask, &operation, &plan, Control::Resume).await,
            "rollback" => self.roll_back(ask, &operation, &plan).await,
            "break-glass" => self.break_glass(ask, &operation, &plan).await,
            "throttle" => self.turn_throttle(ask, &operation, &plan).await,
            _ => Err(Done::Bug),
        }
    }

    /// What a person says of a plan by command.
    async fn vote(&self, ask: &Ask<'_>, operation: &Operation, plan: &Sealed, voice: Voice) -> Result<Done, Done> {
        let principal = &ask.request.principal;
        if voice == Voice::Veto && self.asked_for(plan, principal) {
            return self.steer(ask, operation, plan, Control::Cancel).await;
        }
        let digest = match (ask.arguments().digest("digest"), voice) {
            (Some(digest), _) => *digest,
            // A veto needs no digest: it is the safe side.
            (None, Voice::Veto) => plan.digest(),
            (None, Voice::Approve) => return Ok(Done::AskedBack(Box::new(plan.clone()))),
        };
        is_current(digest, operation, plan)?;
        let vote = Vote {
            account: principal.account,
            person: principal.person.clone(),
            voice,
            by: Voted::Command,
            digest,
            at: ask.request.asked_at,
        };
        let ballot = self.rooms.policy.ballot(&vote, Voter::Member(principal), plan.plan());
        let counts = match voice {
            Voice::Approve => ballot.eligible.as_ref().err().copied(),
            Voice::Veto => (!ballot.may_veto).then_some(NotCounted::NoRight),
        };
        if let Some(why) = counts {
            return Err(Done::Denied(Denied { id: why.key(), needs: None }));
        }
        if voice == Voice::Approve && !is_confirmed(ask, plan.plan().name_to_type())? {
            return Ok(Done::AskedBack(Box::new(plan.clone())));
        }
        let reason = ask.arguments().text("reason").unwrap_or_default();
        match self.rooms.store.put_vote(&operation.id, &vote, (Some(&ask.request.id), reason)).await? {
            cast @ (Cast::Stored | Cast::Already) => {
                if cast == Cast::Stored {
                    meters::vote(voice, Voted::Command, true);
                }
                self.count_for((&operation.id, plan), principal, voice).await
            }
            Cast::NoneThere | Cast::Closed => Err(closed(operation)),
        }
    }

    async fn withdraw(&self, ask: &Ask<'_>, operation: &Operation, plan: &Sealed) -> Result<Done, Done> {
        let of = (plan.digest(), ask.request.principal.account);
        let by = (Some(&ask.request.id), ask.request.asked_at);
        match self.rooms.store.withdraw_vote(&operation.id, of, by).await? {
            Cast::Stored | Cast::Already => {
                meters::vote(Voice::Approve, Voted::Command, false);
                Ok(controlled(operation, "vote-withdrawn"))
            }
            Cast::NoneThere => Err(Done::Mistake(Mistake::new("no-vote-to-withdraw", Facts::none()))),
            Cast::Closed => Err(closed(operation)),
        }
    }

    async fn count_for(
        &self,
        of: (&interlock::id::OperationId, &Sealed),
        principal: &Principal,
        voice: Voice,
    ) -> Result<Done, Done> {
        let (id, shown) = of;
        let operation = self.rooms.store.operation(id).await?.ok_or(Done::Bug)?;
        let newer;
        let plan = if operation.digest == shown.digest() {
            shown
        } else {
            newer = self.rooms.store.plan(&operation).await?;
            &newer
        };
        match self.engine.count(&operation, plan).await? {
            // It began in the same moment: a veto is no stop.
            Counted::Stands { operation, .. } if voice == Voice::Veto && operation.state.is_under_way() => {
                Err(closed(&operation))
            }
            Counted::Stands { tally, operation } => {
                Ok(controlled(&operation, stands(&tally, principal, (voice, operation.state))))
            }
            Counted::Unreadable(_) => Ok(controlled(&operation, "vote-stored")),
        }
    }

    /// Posts the plan of the way back.
    async fn roll_back(&self, ask: &Ask<'_>, operation: &Operation, plan: &Sealed) -> Result<Done, Done> {
        if !matches!(operation.state, State::Succeeded | State::Stopped | State::Failed | State::Stuck) {
            return Err(not_now(operation));
        }
        self.may(Voter::Member(&ask.request.principal), Act::Rollback, (operation, plan))?;
        self.post(ask, &operation.cluster).await
    }

    /// Whether the policy lets somebody do this to an operation.
    pub(super) fn may(&self, voter: Voter<'_>, act: Act, of: (&Operation, &Sealed)) -> Result<Right, Done> {
        let (operation, plan) = of;
        let standing = Standing { plan: plan.plan(), paused_by_guard: operation.why.id != "pause-asked" };
        self.rooms.policy.may_control(voter, act, &standing).map_err(denied)
    }

    pub(super) fn asked_for(&self, plan: &Sealed, principal: &Principal) -> bool {
        self.rooms.policy.asked_for(plan.plan(), principal)
    }

    /// Counts the votes on an operation because something changed on its card.
    pub(crate) async fn recount(&self, id: &interlock::id::OperationId) -> Result<(), Done> {
        let Some(operation) = self.rooms.store.operation(id).await? else { return Ok(()) };
        if !operation.state.is_open_to_votes() {
            return Ok(());
        }
        let plan = self.plan_of(&operation).await?;
        self.engine.count(&operation, &plan).await?;
        Ok(())
    }

    /// The stored plan. What people vote on ends as soon as it is seen that its bytes are not those that were posted.
    pub(super) async fn plan_of(&self, operation: &Operation) -> Result<Sealed, Done> {
        let plan = self.rooms.store.plan(operation).await;
        if let Err(JournalError::Damaged(said)) = &plan
            && operation.state.is_open_to_votes()
        {
            self.engine.refuse_unreadable(operation, said.clone()).await?;
        }
        Ok(plan?)
    }
}

/// Whether the name was typed that is needed, byte for byte; false if none was typed at all.
pub(super) fn is_confirmed(ask: &Ask<'_>, name: Option<&str>) -> Result<bool, Done> {
    match (name, ask.arguments().text("confirm")) {
        (None, _) => Ok(true),
        (Some(_), None) => Ok(false),
        (Some(name), Some(typed)) if typed == name => Ok(true),
        (Some(_), Some(typed)) => {
            Err(Done::Mistake(Mistake::new("confirm-differs", Facts::none().with("given", typed))))
        }
    }
}

/// What is said of a plan is said of the one that counts.
pub(super) fn is_current(digest: Digest, operation: &Operation, plan: &Sealed) -> Result<(), Done> {
    if digest == plan.digest() {
        return Ok(());
    }
    let facts = Facts::none().with("operation", operation.id.as_str()).with("revision", i64::from(operation.revision));
    Err(Done::Mistake(Mistake::new("another-plan", facts)))
}

pub(super) fn controlled(operation: &Operation, what: &'static str) -> Done {
    Done::Controlled { operation: operation.id.clone(), what, state: operation.state }
}

fn stands(tally: &Tally, principal: &Principal, now: (Voice, State)) -> &'static str {
    match now {
        (Voice::Veto, State::Rejected) if tally.vetoes.contains(&principal.person) => "vetoed",
        (Voice::Approve, _) if tally.seats.iter().flatten().any(|person| *person == principal.person) => "vote-counted",
        _ => "vote-not-counted",
    }
}

fn of(operation: &Operation) -> Facts {
    Facts::none().with("operation", operation.id.as_str()).with("state", operation.state.key())
}

/// It is about a plan that is not the one that counts now.
pub(super) fn another_plan(operation: &Operation) -> Done {
    let facts = Facts::none().with("operation", operation.id.as_str()).with("revision", i64::from(operation.revision));
    Done::Mistake(Mistake::new("another-plan", facts))
}

pub(super) fn closed(operation: &Operation) -> Done {
    Done::Mistake(Mistake::new("voting-closed", of(operation)))
}

pub(super) fn changed_meanwhile(operation: &Operation) -> Done {
    Done::Mistake(Mistake::new("changed-meanwhile", of(operation)))
}

pub(super) fn nothing_to_resume(operation: &Operation) -> Done {
    Done::Mistake(Mistake::new("nothing-to-resume", of(operation)))
}

pub(super) fn not_now(operation: &Operation) -> Done {
    Done::Mistake(Mistake::new("not-possible-now", of(operation)))
}
