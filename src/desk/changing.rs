//! [Change]: a plan that people vote on is planned otherwise, and asked for anew. Who changed it has asked for it.

use super::answer::{Answer, Done, Incoming};
use super::control::{another_plan, changed_meanwhile, closed, controlled};
use super::drafting::Wanted;
use super::handle::{Ask, Desk, denied};
use crate::text::{Form, LONGEST_FORM};
use engine::port::Journal;
use engine::{Changed, Operation, Transitioned};
use interlock::cluster::Mode;
use interlock::command::{Kind, RawValue, parse_line, write_line};
use interlock::facts::Facts;
use interlock::id::{OperationId, RequestId};
use interlock::plan::{Digest, Mistake, Plan, Requester, Sealed};
use interlock::policy::{Needs, names_of};
use interlock::principal::{Place, Principal};
use interlock::time::Millis;
use std::collections::BTreeMap;

/// How often people change the plan of one operation.
const MOST_CHANGES: u32 = 20;

/// A plan as its card showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownPlan {
    /// The operation.
    pub(crate) operation: OperationId,
    /// The whole digest of the plan.
    pub(crate) digest: Digest,
}

/// Somebody wants to change a plan: sent a form, or tapped a button that opened none.
pub(crate) struct Changing {
    /// The plan.
    pub(crate) of: ShownPlan,
    /// The command as they want it, as one line; none if no form opened.
    pub(crate) line: Option<String>,
    /// Who.
    pub(crate) principal: Principal,
    /// Where.
    pub(crate) place: Place,
    /// The language of their client.
    pub(crate) locale: String,
    /// When.
    pub(crate) at: Millis,
}

/// The plan that is to be changed, and its operation.
pub(super) struct Old {
    operation: Operation,
    plan: Sealed,
}

impl Changing {
    /// As it is recorded.
    fn incoming(&self) -> Incoming {
        let (operation, digest) = (self.of.operation.to_string(), self.of.digest.to_string());
        let line = self.line.clone().map(|line| ("line", line));
        let options = [("operation", operation), ("digest", digest)].into_iter().chain(line);
        Incoming {
            command: "change".to_owned(),
            options: options.map(|(name, text)| (name.to_owned(), RawValue::Text(text))).collect(),
            principal: self.principal.clone(),
            place: self.place.clone(),
            locale: self.locale.clone(),
            at: self.at,
        }
    }
}

impl Desk {
    /// The command as it was typed for a plan, for somebody who may change that.
    ///
    /// # Errors
    /// If they may not, or nobody can any more.
    pub(crate) async fn line_to_change(&self, of: &ShownPlan, who: &Principal) -> Result<String, Done> {
        let old = self.changeable(of, who).await?;
        let plan = old.plan.plan();
        if let Some(line) = self.rooms.store.typed(&old.operation.id).await? {
            return Ok(line);
        }
        let command = self.rooms.catalogue.get(&plan.command).ok_or(Done::Bug)?;
        let read = plan.request.canonical();
        let options: BTreeMap<_, _> = read.into_iter().map(|(name, text)| (name, RawValue::Text(text))).collect();
        Ok(write_line(command, &options))
    }

    /// Changes a plan, or says why no form opened.
    pub(crate) async fn change(&self, changing: Changing) -> Answer {
        let request = RequestId::from_random(rand::random());
        let incoming = changing.incoming();
        self.answered(&request, &incoming, self.changed(&request, &changing)).await
    }

    async fn changed(&self, request: &RequestId, changing: &Changing) -> Result<Done, Done> {
        self.rooms.policy.places.serve(&changing.place).map_err(denied)?;
        let Some(line) = &changing.line else { return Err(self.not_opened(changing).await?) };
        let old = self.changeable(&changing.of, &changing.principal).await?;
        // A form of several lines is one command.
        let line = line.replace(['\r', '\n'], " ");
        let line = parse_line(&self.rooms.catalogue, &line).map_err(Done::Mistake)?;
        let incoming = Incoming {
            command: line.command,
            options: line.options,
            principal: changing.principal.clone(),
            // What it left out is meant as it was meant there.
            place: old.plan.plan().place.clone(),
            locale: changing.locale.clone(),
            at: changing.at,
        };
        self.answer(request, &incoming, Some(&old)).await
    }

    async fn not_opened(&self, changing: &Changing) -> Result<Done, Done> {
        let line = self.line_to_change(&changing.of, &changing.principal).await?;
        let facts = Facts::none().with("operation", changing.of.operation.as_str());
        Ok(Done::Mistake(if Form::takes(&line) {
            let digest = changing.of.digest.to_string();
            Mistake::new("form-late", facts.with("digest", digest))
        } else {
            Mistake::new("too-long-for-form", facts.with("most", LONGEST_FORM))
        }))
    }

    /// A plan that somebody may ask for otherwise: who could ask for it as it is, there, as long as people vote on it.
    async fn changeable(&self, of: &ShownPlan, who: &Principal) -> Result<Old, Done> {
        let sight = self.rooms.policy.sight(who);
        let (operation, plan) = self.seen_by((who, &sight), &of.operation).await?;
        let old = plan.plan();
        let command = self.rooms.catalogue.get(&old.command).ok_or(Done::Bug)?;
        let names = names_of(old);
        let needs = Needs { access: command.access, cluster: Some(&old.cluster), names: &names };
        self.rooms.policy.may(who, &needs).map_err(denied)?;
        self.rooms.policy.places.may_post(&old.cluster, &old.place).map_err(denied)?;
        let facts = || Facts::none().with("operation", operation.id.as_str());
        if !operation.state.is_open_to_votes() {
            return Err(closed(&operation));
        }
        if of.digest != plan.digest() {
            return Err(another_plan(&operation));
        }
        if command.kind != Kind::Change {
            return Err(Done::Mistake(Mistake::new("not-to-be-changed", facts())));
        }
        if operation.revision.saturating_sub(operation.replanned) > MOST_CHANGES {
            let facts = facts().with("most", i64::from(MOST_CHANGES));
            return Err(Done::Mistake(Mistake::new("changed-too-often", facts)));
        }
        Ok(Old { operation, plan })
    }

    /// The next plan of the operation, as it is asked for now.
    pub(super) async fn plan_changed(&self, ask: &Ask<'_>, old: &Old) -> Result<Done, Done> {
        let (operation, before) = (&old.operation, old.plan.plan());
        is_of_the_same(ask, before)?;
        let wanted = Wanted {
            requesters: requesters(before, &ask.request.principal),
            revision: before.revision.saturating_add(1),
            ..self.wanted(ask, (&before.cluster, operation.id.clone()))
        };
        let plan = self.sealed(ask, wanted).await?;
        let (cluster, _) = self.rooms.cluster(&before.cluster)?;
        if ask.arguments().flag("dry-run") || cluster.mode == Mode::Observe {
            return Ok(Done::DryRun(Box::new(plan)));
        }
        let principal = &ask.request.principal;
        let changed = Changed {
            plan,
            typed: ask.typed.clone(),
            person: principal.person.clone(),
            account: principal.account,
            request: ask.request.id.clone(),
        };
        match self.engine.change(operation, &changed).await? {
            Transitioned::Done(operation) => Ok(controlled(&operation, "changed")),
            _ => {
                let now = self.rooms.store.operation(&operation.id).await?;
                Err(changed_meanwhile(now.as_ref().unwrap_or(operation)))
            }
        }
    }
}

/// Whether it is the same command on the same cluster, and not the same in everything.
fn is_of_the_same(ask: &Ask<'_>, before: &Plan) -> Result<(), Done> {
    let mistake = |id: &str, facts: Facts| Err(Done::Mistake(Mistake::new(id, facts)));
    if ask.command.name != before.command {
        return mistake("another-command", Facts::none().with("command", before.command.as_str()));
    }
    if ask.arguments().cluster("cluster") != Some(&before.cluster) {
        return mistake("another-cluster", Facts::none().with("cluster", before.cluster.as_str()));
    }
    if *ask.arguments() == before.request {
        return mistake("nothing-changed", Facts::none().with("operation", before.operation.as_str()));
    }
    Ok(())
}

/// Who asked so far, and who asks now at the end.
fn requesters(before: &Plan, who: &Principal) -> Vec<Requester> {
    let others = before.requesters.iter().filter(|requester| requester.account != who.account).cloned();
    others.chain([Requester { account: who.account, person: who.person.clone() }]).collect()
}
