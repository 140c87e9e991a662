//! What people ask of an operation. Who may is decided before; here is what it does.

use crate::attend::Read;
use crate::change::Move;
use crate::glass::GLASS_BROKEN;
use crate::notice::{alert, ending, milestone};
use crate::operation::{Changes, Operation, Transitioned, Why};
use crate::owed::names;
use crate::port::{JournalError, Unreadable};
use crate::record::Actor;
use crate::run::STOP_ASKED;
use crate::start::ending_of;
use crate::worker::Engine;
use interlock::approval::{Event, Glass, State, Tally};
use interlock::facts::Facts;
use interlock::plan::Sealed;

/// What came of counting the votes on a plan.
#[derive(Debug, Clone)]
pub enum Counted {
    /// They stand like this, and the operation is where it says.
    Stands {
        /// The tally.
        tally: Tally,
        /// The operation after it.
        operation: Box<Operation>,
    },
    /// They cannot be read now.
    Unreadable(Unreadable),
}

/// How often a control is asked again because the operation changed in the same moment.
const MOST_RACES: usize = 8;

impl Engine {
    /// Counts the votes on an operation that awaits approval, and lets it go on if they suffice or end if somebody vetoes.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn count(&self, operation: &Operation, plan: &Sealed) -> Result<Counted, JournalError> {
        let inner = self.inner();
        match inner.read_votes(operation, plan).await? {
            Ok(read) => self.stands(read, plan).await,
            Err(unreadable) => {
                if unreadable.ask_again && operation.state == State::AwaitingApproval {
                    inner.ask_anew(operation, plan, unreadable.id).await?;
                }
                Ok(Counted::Unreadable(unreadable))
            }
        }
    }

    /// What follows from the votes as they were read.
    pub(crate) async fn stands(&self, read: Read, plan: &Sealed) -> Result<Counted, JournalError> {
        let inner = self.inner();
        let Read { polled, operation } = read;
        let tally = polled.tally(plan);
        let event = if !tally.vetoes.is_empty() {
            Some(ending_of(&tally, plan))
        } else if tally.is_approved() && operation.state == State::AwaitingApproval {
            Some(Event::Approve)
        } else {
            None
        };
        let Some(event) = event.filter(|_| operation.state.is_open_to_votes()) else {
            return Ok(Counted::Stands { tally, operation: Box::new(operation) });
        };
        let wanted = match (event, tally.skipped_by()) {
            (Event::Approve, Some(_)) => by_glass(&polled.glass, plan),
            _ => by_votes(event, &tally, plan),
        };
        let done = inner.transition_now(&wanted.of(&operation, inner, Actor::Engine)).await?;
        let operation = match done {
            Transitioned::Done(operation) => operation,
            _ => Box::new(inner.ports.journal.operation(&operation.id).await?.unwrap_or(operation)),
        };
        Ok(Counted::Stands { tally, operation })
    }

    /// Asks for a stop, a pause, a resume or a cancellation. `Lost` if the operation changed meanwhile.
    ///
    /// # Errors
    /// [`JournalError::Illegal`] if that is not possible in its state; else if the store fails.
    pub async fn ask(&self, operation: &Operation, asked: Asked) -> Result<Transitioned, JournalError> {
        let inner = self.inner();
        let facts = asked.facts();
        let (event, id) = match asked.control {
            Control::Stop => (Event::Stop, STOP_ASKED),
            Control::Pause => (Event::Pause, "pause-asked"),
            Control::Resume => (Event::Resume, "resumed"),
            Control::StopUnverified => (Event::Pause, "stop-unverified"),
            Control::Cancel => (Event::Cancel, "cancelled"),
        };
        let told = match asked.control {
            // It stands as by a guard: somebody has to come.
            Control::StopUnverified => alert(id, facts.clone()),
            _ => vec![milestone(id, facts.clone())],
        };
        let mut operation = operation.clone();
        for _ in 0..MOST_RACES {
            let wanted = Move::new(event).because(id, facts.clone()).telling(told.clone());
            let done = inner.transition_now(&wanted.of(&operation, inner, asked.actor.clone())).await?;
            if !matches!(done, Transitioned::Lost) {
                return Ok(done);
            }
            // A worker or a voter was faster; what was asked still holds for the same plan.
            match inner.ports.journal.operation(&operation.id).await? {
                Some(now) if now.digest == operation.digest => operation = now,
                _ => break,
            }
        }
        Ok(Transitioned::Lost)
    }

    /// Gives up an operation that failed or is stuck: two people asked for it. Its holds end and what it left stays as it is,
    /// but for what was for the run only: that is owed until it is put back.
    ///
    /// # Errors
    /// [`JournalError::Illegal`] if it is in another state; else if the store fails.
    pub async fn abandon(
        &self,
        operation: &Operation,
        actor: Actor,
        facts: Facts,
    ) -> Result<Transitioned, JournalError> {
        let inner = self.inner();
        let holds = inner.left_by(operation).await?;
        let mut told = ending("abandoned", "abandoned", facts.clone());
        if let Changes::Owe { owed, .. } = &holds {
            told.push(milestone("abandoned-owes", Facts::none().with("things", names(owed))));
        }
        let mut wanted = Move::new(Event::Abandon).holds(holds).telling(told);
        wanted.why = Why { id: "abandoned".to_owned(), facts: facts.clone() };
        wanted.facts = facts;
        inner.transition(&wanted.of(operation, inner, actor)).await
    }
}

fn by_votes(event: Event, tally: &Tally, plan: &Sealed) -> Move {
    let (id, people) = match event {
        Event::Approve => ("approved", tally.seats.iter().flatten().cloned().collect()),
        Event::Cancel => ("cancelled", tally.vetoes.clone()),
        _ => ("vetoed", tally.vetoes.clone()),
    };
    let facts = Facts::none().with("by", people.iter().map(ToString::to_string).collect::<Vec<_>>());
    let mut wanted = Move::new(event).telling(vec![milestone(id, facts.clone())]);
    wanted.facts = facts;
    if event == Event::Approve {
        wanted.holds = Changes::Line(plan.plan().holds.clone());
    }
    wanted
}

/// Who was skipped is told by a notice of its own.
fn by_glass(glass: &Glass, plan: &Sealed) -> Move {
    let ahead = Changes::AheadInLine(plan.plan().holds.clone());
    Move::new(Event::Approve).because(GLASS_BROKEN, glass.facts()).holds(ahead)
}

/// What is asked, and by whom.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What.
    pub control: Control,
    /// By whom.
    pub actor: Actor,
    /// The reason given; may be empty.
    pub reason: String,
}

impl Asked {
    fn facts(&self) -> Facts {
        let by = match &self.actor {
            Actor::Person { person, .. } => person.to_string(),
            Actor::Engine => "signalbox".to_owned(),
        };
        let facts = Facts::none().with("by", by);
        if self.reason.is_empty() { facts } else { facts.with("reason", self.reason.as_str()) }
    }
}

/// What can be asked of an operation on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Stop at the next safe point and put back what was for the run only.
    Stop,
    /// Stand still at the next safe point.
    Pause,
    /// Stand still at the next safe point, as by a guard: somebody asks for a stop whose right to it cannot be looked up.
    StopUnverified,
    /// Go on.
    Resume,
    /// Take the request back before it starts.
    Cancel,
}
