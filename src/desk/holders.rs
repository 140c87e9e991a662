//! Who is in the way of a change. An operation that failed or is stuck keeps what it was at work on until people decide; one that
//! is at work can be paused by who is on call.

use super::drafting::NoPlan;
use super::rooms::Rooms;
use crate::store::StoreError;
use engine::port::{Journal, JournalError};
use interlock::approval::State;
use interlock::changes::{HELD, NOT_HELD};
use interlock::facts::{Fact, Facts};
use interlock::id::{ClusterName, OperationId};
use interlock::plan::{Check, Hold, Level, Plan, Thing};
use interlock::principal::Principal;
use std::collections::BTreeSet;

/// What operations hold on a cluster, to somebody who plans there.
pub(super) struct Held {
    /// What keeps a plan from being made.
    pub(super) held: Vec<(Hold, OperationId)>,
    /// What only keeps it from starting: by broken glass its holders are paused. Nothing but to who is on call.
    pub(super) running: Vec<(Hold, OperationId)>,
}

impl Rooms {
    /// What operations hold on a cluster.
    pub(super) async fn held(&self, asker: &Principal, cluster: &ClusterName) -> Result<Held, NoPlan> {
        let all = self.store.holds(cluster).await?;
        let all: Vec<(Hold, OperationId)> = all.into_iter().map(|held| (held.hold, held.operation)).collect();
        if !self.policy.is_on_call_in(asker, cluster) {
            return Ok(Held { held: all, running: Vec::new() });
        }
        let at_work = self.at_work(all.iter().map(|(_, holder)| holder).collect()).await?;
        let (running, held) = all.into_iter().partition(|(_, holder)| at_work.contains(holder));
        Ok(Held { held, running })
    }

    /// Those of these operations that have not come to an end.
    async fn at_work(&self, all: BTreeSet<&OperationId>) -> Result<BTreeSet<OperationId>, JournalError> {
        let mut at_work = BTreeSet::new();
        for holder in all {
            let operation = self.store.operation(holder).await?;
            if operation.is_some_and(|operation| operation.state.is_under_way()) {
                at_work.insert(holder.clone());
            }
        }
        Ok(at_work)
    }

    /// Says in a plan who is at work on the same thing. Who may not break its glass gets none.
    pub(super) fn at_work_there(
        &self,
        asker: &Principal,
        plan: &mut Plan,
        running: &[(Hold, OperationId)],
    ) -> Result<(), NoPlan> {
        let conflicts = running.iter().filter(|(theirs, _)| plan.holds.iter().any(|ours| ours.conflicts(theirs)));
        let things: BTreeSet<(&OperationId, &Thing)> = conflicts.map(|(hold, holder)| (holder, &hold.thing)).collect();
        if things.is_empty() {
            return Ok(());
        }
        let may = self.policy.may_break_glass(asker, plan).is_ok();
        let (level, id) = if may { (Level::Warn, "held-by-running") } else { (Level::Block, HELD) };
        let checks = things.into_iter().map(|(holder, thing)| {
            let facts = Facts::none().with("operation", holder.as_str());
            Check::new(level, id, facts.with("thing", thing.kind()).with("name", thing.name()))
        });
        let checks: Vec<Check> = checks.collect();
        if !may {
            return Err(NoPlan::Refused(checks));
        }
        plan.checks.retain(|check| check.id != NOT_HELD);
        plan.checks.extend(checks);
        Ok(())
    }

    /// The operation at work on what a plan works on, which it waits for.
    pub(crate) async fn waits_for(&self, plan: &Plan) -> Result<Option<OperationId>, StoreError> {
        let held = self.store.holds(&plan.cluster).await?;
        let conflicts = |theirs: &Hold| plan.holds.iter().any(|ours| ours.conflicts(theirs));
        let is_other = |holder: &OperationId| *holder != plan.operation && Some(holder) != plan.reverses.as_ref();
        Ok(held.into_iter().find(|one| is_other(&one.operation) && conflicts(&one.hold)).map(|one| one.operation))
    }

    /// Checks that name a holder, with what has become of it.
    pub(super) async fn with_holders(&self, checks: Vec<Check>) -> Result<Vec<Check>, JournalError> {
        let mut told = Vec::with_capacity(checks.len());
        for mut check in checks {
            if check.id == HELD
                && let Some(Fact::Text(holder)) = check.facts.get("operation")
                && let Ok(id) = holder.parse()
                && let Some(operation) = self.store.operation(&id).await?
                && matches!(operation.state, State::Failed | State::Stuck)
            {
                check.facts = check.facts.with("ended", operation.state.key());
            }
            told.push(check);
        }
        Ok(told)
    }
}
