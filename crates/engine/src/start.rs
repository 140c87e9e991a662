//! The way from approved to running: the last read of votes and cluster, the holds, the start.

use crate::anew::{Anew, Tell};
use crate::attend::Read;
use crate::change::Move;
use crate::entry::{Entry, StartRecord};
use crate::error::EngineError;
use crate::glass::GLASS_BROKEN;
use crate::notice::{Notice, Seeded, alert, milestone, progress};
use crate::operation::{Changes, Operation, Transitioned};
use crate::port::JournalError;
use crate::run::{Next, Run};
use interlock::approval::{Event, Glass, Tally};
use interlock::cluster::Query;
use interlock::facts::Facts;
use interlock::id::{OperationId, PersonId};
use interlock::plan::{Expectation, Held, Plan, Sealed, evaluate};
use std::collections::BTreeSet;

/// Whether the world is as a plan expects it.
pub(crate) enum Judged {
    Holds,
    Broken { id: &'static str, facts: Facts },
    CannotTell(Facts),
}

impl Run<'_> {
    pub(crate) async fn start(&mut self, operation: &Operation, plan: &Sealed) -> Result<Next, EngineError> {
        if self.inner.ports.clusters.act(&operation.cluster).is_none() {
            let id = if self.inner.ports.clusters.get(&operation.cluster).is_some() {
                "cluster-only-observed"
            } else {
                "cluster-not-configured"
            };
            let refuse = Move::new(Event::Refuse).because(id, Facts::none());
            return self.change(operation, refuse.telling(alert(id, Facts::none()))).await;
        }
        let freezes = self.freezes(plan);
        if let Some(freeze) = self.inner.ports.journal.frozen(&freezes, self.inner.ports.clock.now()).await? {
            return self.wait_frozen(operation, &freeze).await;
        }
        // While another one is at work there, nothing is as it will be when this one's turn comes.
        if let Some(holder) = self.inner.ports.journal.in_the_way(operation, &wanted(plan), &freezes).await? {
            return self.wait_for(operation, plan, &holder).await;
        }
        match self.judge(operation, &plan.plan().expectations).await {
            Judged::Holds => {}
            Judged::Broken { id, facts } => return self.stale(operation, plan, (id, facts), milestone).await,
            Judged::CannotTell(facts) => return self.wait_saying(operation, "cannot-look", facts).await,
        }
        let Read { polled, operation } = match self.inner.read_votes(operation, plan).await? {
            Ok(read) => read,
            Err(unreadable) if unreadable.ask_again => {
                return self.stale(operation, plan, (unreadable.id, Facts::none()), Notice::alert).await;
            }
            Err(unreadable) => return self.wait_saying(operation, unreadable.id, Facts::none()).await,
        };
        let operation = &operation;
        if operation.expires_at <= self.inner.ports.clock.now() {
            // Its time ran out behind the lease of a worker that died.
            let told = vec![milestone("expired", Facts::none())];
            return self.change(operation, Move::new(Event::Expire).telling(told)).await;
        }
        let tally = polled.tally(plan);
        if !tally.vetoes.is_empty() {
            let event = ending_of(&tally, plan);
            let veto = Move::new(event).telling(vec![milestone("vetoed", vetoed(&tally))]);
            return self.change(operation, veto).await;
        }
        if !tally.is_approved() && tally.cannot_verify {
            return self.wait_saying(operation, "voter-cannot-be-verified", Facts::none()).await;
        }
        if !tally.is_approved() {
            let id = match polled.glass {
                Glass::Lapsed if operation.why.id == GLASS_BROKEN => "glass-lapsed",
                _ if polled.is_stricter_than(plan) => "policy-stricter",
                _ => "vote-withdrawn",
            };
            let told = vec![milestone(id, Facts::none())];
            return self.change(operation, Move::new(Event::AskAgain).because(id, Facts::none()).telling(told)).await;
        }
        // The stored bytes are read once more: a drive may have read its plan a while ago.
        match self.inner.ports.journal.plan(operation).await {
            Ok(_) => self.begin(operation, plan, tally).await,
            Err(JournalError::Damaged(said)) => self.unreadable(operation, said).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Holds, start record, state and notices in one transaction: from here on votes are not read again.
    async fn begin(&mut self, operation: &Operation, plan: &Sealed, tally: Tally) -> Result<Next, EngineError> {
        let broken = tally.skipped_by().cloned();
        let seats: Vec<_> = tally.seats.into_iter().flatten().collect();
        let names: Vec<String> = seats.iter().map(ToString::to_string).collect();
        let facts = Facts::none().with("approved_by", names);
        let facts = match &broken {
            Some(breaker) => facts.with("glass_broken_by", breaker.as_str()),
            None => facts,
        };
        let record = StartRecord { digest: plan.digest(), seats, broken };
        let mut start = Move::new(Event::Start).holds(wanted(plan)).freezes(self.freezes(plan)).telling(vec![
            Notice::OwnersBefore,
            milestone("started", facts.clone()),
            Notice::Seed { reactions: Seeded::Controls },
        ]);
        start.facts = facts;
        start.entry = Some((self.history.entries + 1, Entry::Started(record)));
        self.change(operation, start).await
    }

    /// Who is at work is waited for. Who has ended and only owes something is not: this one adopts it, in a plan that says so.
    async fn wait_for(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
        holder: &OperationId,
    ) -> Result<Next, EngineError> {
        let known = plan.plan().adopts.iter().any(|one| one.operation == *holder);
        let other = self.inner.ports.journal.operation(holder).await?;
        if !known && other.is_some_and(|other| other.owes() && !other.state.keeps_holds()) {
            let facts = Facts::none().with("operation", holder.as_str());
            return self.stale(operation, plan, ("owed-meanwhile", facts), milestone).await;
        }
        if operation.why.id == GLASS_BROKEN {
            return self.wait_for_paused(operation, plan, holder).await;
        }
        self.queue_behind(operation, holder).await
    }

    /// Approved but busy: waits for its turn until the plan expires.
    pub(crate) async fn queue_behind(
        &mut self,
        operation: &Operation,
        holder: &OperationId,
    ) -> Result<Next, EngineError> {
        let facts = Facts::none().with("operation", holder.as_str());
        self.wait_saying(operation, "queued-behind", facts).await
    }

    /// It cannot start now; the thread hears why, and it is tried again.
    async fn wait_saying(&mut self, operation: &Operation, id: &str, facts: Facts) -> Result<Next, EngineError> {
        tracing::info!(operation = %operation.id, why = id, "it cannot start now");
        self.inner.tell(&operation.id, vec![progress(id, facts)]).await?;
        self.rest(operation, self.inner.pace.retry).await
    }

    /// The plan is no longer the right one: it is made anew and asks for votes anew.
    async fn stale(
        &mut self,
        operation: &Operation,
        plan: &Sealed,
        because: (&str, Facts),
        tell: Tell,
    ) -> Result<Next, EngineError> {
        match self.inner.anew(operation, plan, because, tell).await {
            Anew::Ask(mut revision) => {
                revision.transition.token = Some(self.lease.token);
                match self.inner.ports.journal.revise(&revision).await? {
                    Transitioned::Fenced => Err(EngineError::Fenced),
                    _ => Ok(Next::Rest),
                }
            }
            Anew::Refuse(refuse) => self.change(operation, *refuse).await,
            Anew::Later(id) => self.wait_saying(operation, id, Facts::none()).await,
        }
    }

    /// Evaluates expectations against a fresh look.
    pub(crate) async fn judge(&self, operation: &Operation, expectations: &[Expectation]) -> Judged {
        let queries: BTreeSet<Query> = expectations.iter().flat_map(Expectation::queries).collect();
        let sections = self.observe(operation, &queries).await;
        let mut cannot_tell = None;
        for expectation in expectations {
            match evaluate(expectation, &sections) {
                Held::Holds => {}
                Held::Broken { id, facts } => return Judged::Broken { id, facts },
                Held::CannotTell(facts) => cannot_tell = Some(facts),
            }
        }
        cannot_tell.map_or(Judged::Holds, Judged::CannotTell)
    }
}

/// The holds that a plan starts with.
fn wanted(plan: &Sealed) -> Changes {
    let Plan { reverses, adopts, holds, .. } = plan.plan();
    let holds = holds.clone();
    if !adopts.is_empty() {
        return Changes::Adopt { from: reverses.clone(), holds, adopts: adopts.clone() };
    }
    match reverses {
        Some(from) => Changes::TakeOver { from: from.clone(), holds },
        None => Changes::Take(holds),
    }
}

/// A no of those who asked takes the request back; anybody else's rejects it.
pub(crate) fn ending_of(tally: &Tally, plan: &Sealed) -> Event {
    let asked = |person: &PersonId| plan.plan().requesters.iter().any(|requester| requester.person == *person);
    if tally.vetoes.iter().all(asked) { Event::Cancel } else { Event::Veto }
}

fn vetoed(tally: &Tally) -> Facts {
    Facts::none().with("by", tally.vetoes.iter().map(ToString::to_string).collect::<Vec<_>>())
}
