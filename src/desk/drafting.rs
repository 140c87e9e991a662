//! From a change that was asked for to a sealed plan.

use super::answer::{Done, Refusal};
use super::holders::Held;
use super::large::too_large;
use super::rooms::Rooms;
use super::rounds::{Round, aside, rounds};
use crate::store::StoreError;
use engine::History;
use engine::port::{Journal, JournalError};
use interlock::changes::{self, Context, Rollback};
use interlock::cluster::{Cluster, Sections};
use interlock::command::Arguments;
use interlock::facts::Facts;
use interlock::id::{ClusterName, OperationId};
use interlock::plan::{
    Check, ConfigOn, Draft, Effect, FORMAT, Mistake, Plan, Planning, Requester, Scope, Sealed, Seat,
};
use interlock::policy::{Occasion, WayBack, Weight};
use interlock::principal::{Place, Principal};
use interlock::time::Millis;
use std::collections::BTreeSet;

/// What a plan is made for.
pub(crate) struct Wanted<'a> {
    pub(crate) command: &'a str,
    pub(crate) request: &'a Arguments,
    pub(crate) cluster: &'a ClusterName,
    pub(crate) requesters: Vec<Requester>,
    pub(crate) place: Place,
    pub(crate) operation: OperationId,
    pub(crate) revision: u32,
    /// The plan that is stale, if this one takes its place.
    pub(crate) stale: Option<&'a Plan>,
    pub(crate) now: Millis,
}

/// Why there is no plan.
pub(super) enum NoPlan {
    Mistake(Mistake),
    Refused(Vec<Check>),
    Failed(Done),
}

impl NoPlan {
    /// The answer to whoever asked for a plan on this cluster.
    pub(super) fn on(self, cluster: &ClusterName) -> Done {
        match self {
            Self::Mistake(mistake) => Done::Mistake(mistake),
            Self::Refused(checks) => Done::Refused(Refusal { cluster: cluster.clone(), checks }),
            Self::Failed(done) => done,
        }
    }
}

impl From<Done> for NoPlan {
    fn from(done: Done) -> Self {
        Self::Failed(done)
    }
}

impl From<StoreError> for NoPlan {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<JournalError> for NoPlan {
    fn from(error: JournalError) -> Self {
        Self::Failed(error.into())
    }
}

/// What a draft lacks of a plan.
pub(crate) struct Whole<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) weight: (Effect, Scope),
    pub(crate) votes: Vec<Seat>,
    pub(crate) reverses: Option<OperationId>,
    pub(crate) covered: bool,
    pub(crate) expires_at: Millis,
}

impl Whole<'_> {
    /// The whole plan.
    pub(crate) fn plan(self, wanted: Wanted<'_>, draft: Draft) -> Plan {
        let text = |option: &str| wanted.request.text(option).unwrap_or_default().to_owned();
        Plan {
            format: FORMAT,
            operation: wanted.operation,
            revision: wanted.revision,
            command: wanted.command.to_owned(),
            request: wanted.request.clone(),
            arguments: draft.arguments,
            requesters: wanted.requesters,
            place: wanted.place,
            reason: text("reason"),
            ticket: text("ticket"),
            reverses: self.reverses,
            covered: self.covered,
            cluster: self.cluster.name.clone(),
            kind: self.cluster.kind,
            tier: self.cluster.tier,
            identity: draft.identity,
            made_at: wanted.now,
            expires_at: self.expires_at,
            effect: self.weight.0,
            scope: self.weight.1,
            holds: draft.holds,
            checks: draft.checks,
            expectations: draft.expectations,
            steps: draft.steps,
            restore: draft.restore,
            adopts: draft.adopts,
            impact: draft.impact,
            estimate: draft.estimate,
            votes: self.votes,
        }
    }
}

/// The operation that a rollback takes back.
struct Original {
    plan: Sealed,
    done: Vec<interlock::plan::Done>,
    turned_to: BTreeSet<String>,
    not_put_back: BTreeSet<ConfigOn>,
    ended_at: Millis,
}

impl Rooms {
    /// Plans a change for somebody with the roles of now, and seals the plan. Nothing is stored.
    pub(super) async fn seal(&self, asker: &Principal, wanted: Wanted<'_>) -> Result<Sealed, NoPlan> {
        let (cluster, backend) = self.cluster(wanted.cluster)?;
        let Held { held, running } = self.held(asker, wanted.cluster).await?;
        let before = wanted.stale.map(changes::earlier);
        let owing = self.owing(wanted.cluster).await?;
        let context = Context {
            now: wanted.now,
            cluster,
            held: &held,
            owing: &owing,
            earlier: before.as_ref(),
            guards: &self.guards,
        };
        let original = self.original(&wanted).await?;
        let plan_once = |sections: &Sections| {
            let planning = match &original {
                Some(original) => {
                    let rollback = Rollback {
                        plan: original.plan.plan(),
                        done: &original.done,
                        turned_to: &original.turned_to,
                        not_put_back: &original.not_put_back,
                        throttle: wanted.request.rate("throttle").copied(),
                    };
                    changes::plan_rollback(&rollback, sections, &context)
                }
                None => changes::plan(wanted.command, wanted.request, sections, &context).unwrap_or_else(|| {
                    Planning::Mistake(Mistake::new("not-built-yet", Facts::none().with("what", wanted.command)))
                }),
            };
            match planning {
                Planning::Need(queries) => Round::Need(queries),
                other => Round::Done(other),
            }
        };
        let planning = rounds(backend.as_ref(), plan_once).await;
        let draft = match planning {
            Some(Planning::Plan(draft)) => *draft,
            Some(Planning::Mistake(mistake)) => return Err(NoPlan::Mistake(mistake)),
            Some(Planning::Refused(checks)) => return Err(NoPlan::Refused(self.with_holders(checks).await?)),
            Some(Planning::Need(_)) | None => return Err(NoPlan::Failed(Done::Bug)),
        };
        let command = self.catalogue.get(wanted.command).ok_or(NoPlan::Failed(Done::Bug))?;
        let weight = (draft.effect.max(command.effect), command.scope.unwrap_or(Scope::Group));
        let way_back =
            original.as_ref().map(|one| WayBack { requesters: &one.plan.plan().requesters, ended_at: one.ended_at });
        let requesters = &wanted.requesters;
        let heavy = Weight { effect: weight.0, scope: weight.1, deletes: command.deletes };
        let occasion = Occasion { weight: heavy, cluster, requesters, way_back, now: wanted.now };
        let votes = self.policy.votes(&draft, &occasion);
        let reverses = original.as_ref().map(|one| one.plan.plan().operation.clone());
        let (covered, expires_at) = (occasion.is_covered(&draft), occasion.expires_at(&draft, self.times.expiry));
        let whole = Whole { cluster, weight, votes, reverses, covered, expires_at };
        let mut plan = whole.plan(wanted, draft);
        self.at_work_there(asker, &mut plan, &running)?;
        plan.checks.extend(self.owners_unreachable(&plan));
        let sealed = aside(|| Sealed::seal(plan)).map_err(|error| {
            tracing::error!(%error, "a plan could not be sealed");
            NoPlan::Failed(Done::Bug)
        })?;
        match aside(|| too_large(&sealed)) {
            None => Ok(sealed),
            Some(check) => Err(NoPlan::Refused(vec![check])),
        }
    }

    async fn original(&self, wanted: &Wanted<'_>) -> Result<Option<Original>, NoPlan> {
        if wanted.command != "rollback" {
            return Ok(None);
        }
        let unknown = || NoPlan::Mistake(Mistake::new("unknown-operation", Facts::none()));
        let id = wanted.request.operation("operation").ok_or_else(unknown)?;
        let operation = self.store.operation(id).await?.ok_or_else(unknown)?;
        let plan = self.store.plan(&operation).await?;
        let history = History::read(&self.store.entries(id).await?);
        let done = history.happened(plan.plan());
        let not_put_back = history.not_put_back(plan.plan());
        let turned_to = history.turned_to();
        Ok(Some(Original { done, turned_to, not_put_back, ended_at: operation.updated_at, plan }))
    }
}
