//! Controls: votes, stop, pause, resume, rollback, unlock. Reactions and buttons come here too.

use super::answer::{Denied, Done};
use super::handle::{Ask, Desk, denied};
use crate::store::{Cast, Unlock, UnlockAsked};
use engine::control::{Asked, Control, Counted};
use engine::port::Journal;
use engine::{Actor, Operation, Transitioned};
use interlock::approval::{NotCounted, State, Tally, Voice, Vote, Voted};
use interlock::facts::Facts;
use interlock::plan::{Mistake, Sealed};
use interlock::policy::{Control as Right, Standing, Voter};
use interlock::principal::Principal;

impl Desk {
    pub(super) async fn control(&self, ask: &Ask<'_>) -> Result<Done, Done> {
        let (operation, plan) = self.named(ask).await?;
        match ask.command.name.as_str() {
            "approve" if ask.arguments().flag("withdraw") => self.withdraw(ask, &operation, &plan).await,
            "approve" => self.vote(ask, &operation, &plan, Voice::Approve).await,
            "reject" => self.vote(ask, &operation, &plan, Voice::Veto).await,
            "stop" => self.steer(ask, &operation, &plan, Control::Stop).await,
            "pause" => self.steer(ask, &operation, &plan, Control::Pause).await,
            "resume" => self.steer(ask, &operation, &plan, Control::Resume).await,
            "rollback" => self.roll_back(ask, &operation, &plan).await,
            "unlock" => self.unlock(ask, &operation, &plan).await,
            _ => Err(Done::Bug),
        }
    }

    async fn vote(&self, ask: &Ask<'_>, operation: &Operation, plan: &Sealed, voice: Voice) -> Result<Done, Done> {
        let principal = &ask.request.principal;
        if voice == Voice::Veto && asked_for(plan, principal) {
            return self.steer(ask, operation, plan, Control::Cancel).await;
        }
        let digest = match (ask.arguments().digest("digest"), voice) {
            (Some(digest), _) => *digest,
            // A veto needs no digest: it is the safe side.
            (None, Voice::Veto) => plan.digest(),
            (None, Voice::Approve) => return Ok(Done::AskedBack(Box::new(plan.clone()))),
        };
        if digest != plan.digest() {
            let facts =
                Facts::none().with("operation", operation.id.as_str()).with("revision", i64::from(operation.revision));
            return Err(Done::Mistake(Mistake::new("another-plan", facts)));
        }
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
        match self.rooms.store.put_vote(&operation.id, &vote, Some(&ask.request.id)).await? {
            Cast::Stored | Cast::Already => self.count_for(&operation.id, principal, voice).await,
            Cast::NoneThere | Cast::Closed => Err(closed(operation)),
        }
    }

    async fn withdraw(&self, ask: &Ask<'_>, operation: &Operation, plan: &Sealed) -> Result<Done, Done> {
        let of = (plan.digest(), ask.request.principal.account);
        let by = (Some(&ask.request.id), ask.request.asked_at);
        match self.rooms.store.withdraw_vote(&operation.id, of, by).await? {
            Cast::Stored | Cast::Already => Ok(controlled(operation, "vote-withdrawn")),
            Cast::NoneThere => Err(Done::Mistake(Mistake::new("no-vote-to-withdraw", Facts::none()))),
            Cast::Closed => Err(closed(operation)),
        }
    }

    async fn count_for(
        &self,
        id: &interlock::id::OperationId,
        principal: &Principal,
        voice: Voice,
    ) -> Result<Done, Done> {
        let operation = self.rooms.store.operation(id).await?.ok_or(Done::Bug)?;
        let plan = self.rooms.store.plan(&operation).await?;
        match self.engine.count(&operation, &plan).await? {
            Counted::Stands { tally, operation } => Ok(controlled(&operation, stands(&tally, principal, voice))),
            Counted::Unreadable(_) => Ok(controlled(&operation, "vote-stored")),
        }
    }

    async fn steer(&self, ask: &Ask<'_>, operation: &Operation, plan: &Sealed, control: Control) -> Result<Done, Done> {
        let principal = &ask.request.principal;
        self.allowed(principal, right(control), (operation, plan))?;
        let control = match (control, operation.state) {
            // Before it starts there is nothing to stop: the requester takes it back, anybody else vetoes.
            (Control::Stop, state) if state.is_open_to_votes() && asked_for(plan, principal) => Control::Cancel,
            (control, _) => control,
        };
        let reason = ask.arguments().text("reason").unwrap_or_default().to_owned();
        let done = self.engine.ask(operation, Asked { control, actor: ask.actor(), reason }).await;
        match done {
            Ok(Transitioned::Done(operation)) => Ok(controlled(&operation, said(control))),
            Ok(_) => Err(Done::Mistake(Mistake::new("changed-meanwhile", of(operation)))),
            Err(engine::port::JournalError::Illegal(_)) => Err(not_now(operation)),
            Err(error) => Err(error.into()),
        }
    }

    /// Posts the plan of the way back.
    async fn roll_back(&self, ask: &Ask<'_>, operation: &Operation, plan: &Sealed) -> Result<Done, Done> {
        if !matches!(operation.state, State::Succeeded | State::Stopped | State::Failed | State::Stuck) {
            return Err(not_now(operation));
        }
        self.allowed(&ask.request.principal, Right::Rollback, (operation, plan))?;
        self.post(ask, &operation.cluster).await
    }

    async fn unlock(&self, ask: &Ask<'_>, operation: &Operation, plan: &Sealed) -> Result<Done, Done> {
        if !matches!(operation.state, State::Failed | State::Stuck) {
            return Err(not_now(operation));
        }
        self.allowed(&ask.request.principal, Right::Unlock, (operation, plan))?;
        let reason = ask.arguments().text("reason").unwrap_or_default().to_owned();
        let asked = UnlockAsked {
            operation: operation.id.clone(),
            revision: operation.revision,
            person: ask.request.principal.person.clone(),
            reason: reason.clone(),
            at: ask.request.asked_at,
        };
        match self.rooms.store.ask_unlock(&asked).await? {
            Unlock::First { .. } => Ok(controlled(operation, "unlock-first")),
            Unlock::Second { first, reason: first_reason } => {
                let facts = Facts::none()
                    .with("first", first.as_str())
                    .with("second", ask.request.principal.person.as_str())
                    .with("reason", if first_reason.is_empty() { reason } else { first_reason });
                match self.engine.abandon(operation, ask.actor(), facts).await? {
                    Transitioned::Done(operation) => Ok(controlled(&operation, "unlocked")),
                    _ => Err(Done::Mistake(Mistake::new("changed-meanwhile", of(operation)))),
                }
            }
        }
    }

    /// Whether the policy lets somebody do this to an operation. Who stands behind the seats of a way back, and who is the
    /// second of an `/unlock`, is told later, from the plan and the store.
    fn allowed(&self, principal: &Principal, right: Right, of: (&Operation, &Sealed)) -> Result<(), Done> {
        let (operation, plan) = of;
        let standing = Standing {
            plan: plan.plan(),
            revision: operation.revision,
            ended_at: operation.state.has_ended().then_some(operation.updated_at),
            paused_by_guard: operation.why.id != "pause-asked",
            returns_only: false,
            unlock: None,
            now: self.rooms.clock.now(),
        };
        let voter = Voter::Member(principal);
        self.rooms.policy.may_control(voter, right, &standing).map(|_| ()).map_err(denied)
    }

    /// Counts the votes on an operation because something changed on its card.
    pub(crate) async fn recount(&self, id: &interlock::id::OperationId) -> Result<(), Done> {
        let Some(operation) = self.rooms.store.operation(id).await? else { return Ok(()) };
        if !operation.state.is_open_to_votes() {
            return Ok(());
        }
        let plan = self.rooms.store.plan(&operation).await?;
        self.engine.count(&operation, &plan).await?;
        Ok(())
    }

    /// A control that was asked for by a reaction: same rights, same effect as the command.
    pub(crate) async fn steer_by_reaction(
        &self,
        operation: &Operation,
        principal: &Principal,
        control: Control,
    ) -> Result<(), Done> {
        let plan = self.rooms.store.plan(operation).await?;
        self.allowed(principal, right(control), (operation, &plan))?;
        let actor = Actor::Person { account: principal.account, person: principal.person.clone() };
        self.engine.ask(operation, Asked { control, actor, reason: String::new() }).await?;
        Ok(())
    }
}

fn right(control: Control) -> Right {
    match control {
        Control::Stop => Right::Stop,
        Control::Pause => Right::Pause,
        Control::Resume => Right::Resume,
        Control::Cancel => Right::Cancel,
    }
}

fn asked_for(plan: &Sealed, principal: &Principal) -> bool {
    plan.plan().requesters.iter().any(|requester| requester.person == principal.person)
}

fn controlled(operation: &Operation, what: &'static str) -> Done {
    Done::Controlled { operation: operation.id.clone(), what, state: operation.state }
}

fn said(control: Control) -> &'static str {
    match control {
        Control::Stop => "stop-asked",
        Control::Pause => "pause-asked",
        Control::Resume => "resumed",
        Control::Cancel => "cancelled",
    }
}

fn stands(tally: &Tally, principal: &Principal, voice: Voice) -> &'static str {
    match voice {
        Voice::Veto if tally.vetoes.contains(&principal.person) => "vetoed",
        Voice::Approve if tally.seats.iter().flatten().any(|person| *person == principal.person) => "vote-counted",
        _ => "vote-not-counted",
    }
}

fn of(operation: &Operation) -> Facts {
    Facts::none().with("operation", operation.id.as_str()).with("state", operation.state.key())
}

fn closed(operation: &Operation) -> Done {
    Done::Mistake(Mistake::new("voting-closed", of(operation)))
}

fn not_now(operation: &Operation) -> Done {
    Done::Mistake(Mistake::new("not-possible-now", of(operation)))
}
