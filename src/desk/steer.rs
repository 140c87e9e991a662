//! Steering: stop, pause, resume, and taking a request back. Commands and reactions come to the same.

use super::answer::Done;
use super::control::{changed_meanwhile, closed, controlled, not_now, nothing_to_resume};
use super::handle::{Ask, Desk};
use crate::meters;
use crate::store::Cast;
use engine::control::{Asked, Control};
use engine::port::{Journal, JournalError};
use engine::{Actor, Operation, Transitioned};
use interlock::approval::{Event, NotCounted, State, Voice, Vote, Voted, next};
use interlock::id::{OperationId, PersonId, RequestId};
use interlock::plan::Sealed;
use interlock::policy::{Control as Act, Right, Voter};
use interlock::principal::{Account, Principal};
use tracing::Instrument;

/// How often a stop is asked for again because the operation began in the same moment.
const MOST_LOOKS: usize = 4;

/// Somebody asks for a control.
struct Steer<'a> {
    voter: Voter<'a>,
    account: Account,
    person: PersonId,
    control: Control,
    reason: String,
    request: Option<&'a RequestId>,
}

impl Steer<'_> {
    fn actor(&self) -> Actor {
        Actor::Person { account: self.account, person: self.person.clone() }
    }
}

/// A control reaction of somebody who was looked up just now.
pub(crate) struct Tapped<'a> {
    pub(crate) account: Account,
    pub(crate) who: Result<Principal, NotCounted>,
    pub(crate) emoji: &'a str,
}

/// The operation after what was asked for, and what that came to, as the key of a sentence.
type Steered = (Box<Operation>, &'static str);

impl Desk {
    pub(super) async fn steer(
        &self,
        ask: &Ask<'_>,
        operation: &Operation,
        plan: &Sealed,
        control: Control,
    ) -> Result<Done, Done> {
        let principal = &ask.request.principal;
        let asked = Steer {
            voter: Voter::Member(principal),
            account: principal.account,
            person: principal.person.clone(),
            control,
            reason: ask.arguments().text("reason").unwrap_or_default().to_owned(),
            request: Some(&ask.request.id),
        };
        let (operation, what) = self.steered(&asked, (operation, plan)).await?;
        Ok(controlled(&operation, what))
    }

    /// A control that was asked for by a reaction: same rights, same effect as the command. What had no effect is recorded,
    /// and told.
    pub(crate) async fn steer_by_reaction(
        &self,
        operation: &Operation,
        tapped: &Tapped<'_>,
        control: Control,
    ) -> Result<Box<Operation>, Done> {
        let span = tracing::info_span!("operation", operation = %operation.id, account = %tapped.account);
        async {
            let steered = self.steered_by_reaction(operation, tapped, control).await;
            if let Err(done) = &steered {
                self.steered_in_vain(operation, (tapped, said(control)), done).await;
            }
            steered.map(|(operation, _)| operation)
        }
        .instrument(span)
        .await
    }

    async fn steered_by_reaction(
        &self,
        operation: &Operation,
        tapped: &Tapped<'_>,
        control: Control,
    ) -> Result<Steered, Done> {
        let plan = self.rooms.store.plan(operation).await?;
        let voter = match &tapped.who {
            Ok(principal) => Voter::Member(principal),
            Err(NotCounted::NotAMember) => Voter::NotAMember,
            Err(_) => Voter::CannotVerify,
        };
        let asked = Steer {
            voter,
            account: tapped.account,
            person: self.rooms.policy.people.person(tapped.account),
            control,
            reason: String::new(),
            request: None,
        };
        self.steered(&asked, (operation, &plan)).await
    }

    /// Looks again as long as it turns out that the operation has begun meanwhile: whoever stops it means it, not its state.
    async fn steered(&self, asked: &Steer<'_>, of: (&Operation, &Sealed)) -> Result<Steered, Done> {
        let (operation, plan) = of;
        let mut now = operation.clone();
        for _ in 0..MOST_LOOKS {
            if let Some(steered) = self.steered_as(asked, (&now, plan)).await? {
                return Ok(steered);
            }
            now = self.now(&operation.id).await?;
        }
        Err(changed_meanwhile(&now))
    }

    /// What comes of it with the operation as it was seen; none if it has begun since, and what was asked for is to be asked of
    /// what runs.
    async fn steered_as(&self, asked: &Steer<'_>, of: (&Operation, &Sealed)) -> Result<Option<Steered>, Done> {
        let (operation, plan) = of;
        let allowed = self.allowed(asked.voter, asked.control, of)?;
        let asked_for = matches!(asked.voter, Voter::Member(principal) if self.asked_for(plan, principal));
        let control = match effective(allowed, asked.control, (operation, asked_for)) {
            Effective::Control(control) => control,
            Effective::Veto => return self.stopped_by_veto(asked, of).await,
            Effective::Nothing => return Ok(Some((Box::new(operation.clone()), said(asked.control)))),
        };
        let wanted = Asked { control, actor: asked.actor(), reason: asked.reason.clone() };
        let done = match self.engine.ask(operation, wanted).await {
            Ok(Transitioned::Done(done)) => done,
            Ok(_) => return Err(changed_meanwhile(operation)),
            Err(JournalError::Illegal(_)) => {
                let takes_back = asked.control == Control::Stop && control == Control::Cancel;
                let begun = takes_back && self.now(&operation.id).await?.state.is_under_way();
                return if begun { Ok(None) } else { Err(not_now(operation)) };
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Some((done, said(control))))
    }

    /// Before the start a stop is a veto; none if it began all the same.
    async fn stopped_by_veto(&self, asked: &Steer<'_>, of: (&Operation, &Sealed)) -> Result<Option<Steered>, Done> {
        let (operation, plan) = of;
        let vote = Vote {
            account: asked.account,
            person: asked.person.clone(),
            voice: Voice::Veto,
            by: Voted::Command,
            digest: plan.digest(),
            at: self.rooms.clock.now(),
        };
        let cast = self.rooms.store.put_vote(&operation.id, &vote, (asked.request, &asked.reason)).await?;
        let stands = matches!(cast, Cast::Stored | Cast::Already);
        if cast == Cast::Stored {
            meters::vote(Voice::Veto, Voted::Command, true);
        }
        if stands {
            self.recount(&operation.id).await?;
        }
        let now = self.now(&operation.id).await?;
        match now.state {
            state if state.is_under_way() => Ok(None),
            State::Rejected if stands => Ok(Some((Box::new(now), "vetoed"))),
            _ if stands => Ok(Some((Box::new(now), "vote-stored"))),
            _ => Err(closed(&now)),
        }
    }

    async fn now(&self, id: &OperationId) -> Result<Operation, Done> {
        self.rooms.store.operation(id).await?.ok_or(Done::Bug)
    }

    fn allowed(&self, voter: Voter<'_>, control: Control, of: (&Operation, &Sealed)) -> Result<Right, Done> {
        // Who would have to let it go on is no question while it does not stand still.
        if control == Control::Resume && next(of.0.state, Event::Resume).is_err() {
            return Err(nothing_to_resume(of.0));
        }
        let act = match control {
            Control::Stop => Act::Stop,
            Control::Pause | Control::StopUnverified => Act::Pause,
            Control::Resume => Act::Resume,
            Control::Cancel => Act::Cancel,
        };
        self.may(voter, act, of)
    }
}

/// What a control comes to.
enum Effective {
    Control(Control),
    Veto,
    /// It holds the operation back as it stands there, or nothing is left to be held back.
    Nothing,
}

/// Before it starts there is nothing to stop: the requester takes it back, anybody else vetoes. Where the right to stop could
/// not be verified it is a pause; before the start the veto that stands there holds it back.
fn effective(allowed: Right, control: Control, of: (&Operation, bool)) -> Effective {
    let (operation, asked_for) = of;
    let is_open = operation.state.is_open_to_votes();
    match (control, allowed) {
        (Control::Stop, Right::Now) if is_open && asked_for => Effective::Control(Control::Cancel),
        (Control::Stop, Right::Now) if is_open => Effective::Veto,
        (Control::Stop, Right::PauseOnly) if next(operation.state, Event::Pause).is_err() => Effective::Nothing,
        (Control::Stop, Right::PauseOnly) => Effective::Control(Control::StopUnverified),
        (control, _) => Effective::Control(control),
    }
}

fn said(control: Control) -> &'static str {
    match control {
        Control::Stop | Control::StopUnverified => "stop-asked",
        Control::Pause => "pause-asked",
        Control::Resume => "resumed",
        Control::Cancel => "cancelled",
    }
}
