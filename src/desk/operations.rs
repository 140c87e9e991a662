//! What is answered from the store, the catalogue and the policy about one thing: help, who am I, status.

use super::answer::Done;
use super::handle::{Ask, Desk, about};
use super::rooms::Rooms;
use engine::port::Journal;
use engine::{History, Operation};
use interlock::command::{Help, HelpPage, help};
use interlock::facts::Facts;
use interlock::freeze::Freeze;
use interlock::id::{ClusterName, OperationId};
use interlock::looks::{
    Help as HelpAnswer, HelpCommand, HelpOption, LookAnswer, OperationLine, OperationStatus, StepLine, WhoAmI,
};
use interlock::plan::{Mistake, Plan, Sealed, Work};
use interlock::policy::{Access, Needs, Role, Sight};
use interlock::principal::Principal;
use std::collections::BTreeSet;

impl Desk {
    pub(super) fn help(&self, ask: &Ask<'_>) -> Result<LookAnswer, Done> {
        let catalogue = &self.rooms.catalogue;
        let locale = ask.locale.as_str();
        let answer = match help(catalogue, ask.arguments().command("command")).map_err(Done::Mistake)? {
            Help::Command(page) => HelpAnswer::Command(Box::new(page_of(&page, locale))),
            Help::All(_) => {
                let all = catalogue.iter().filter(|command| self.may_use(ask, command.access));
                let pages = all.filter_map(|command| match help(catalogue, Some(&command.name)) {
                    Ok(Help::Command(page)) => Some(page_of(&page, locale)),
                    _ => None,
                });
                HelpAnswer::List(pages.collect())
            }
        };
        Ok(LookAnswer::Help(answer))
    }

    fn may_use(&self, ask: &Ask<'_>, access: Access) -> bool {
        match access {
            Access::Anyone => true,
            Access::Role(_) => {
                let needs = Needs { access, cluster: None, names: &[] };
                self.rooms.policy.may(&ask.request.principal, &needs).is_ok()
            }
        }
    }

    pub(super) fn who_am_i(&self, ask: &Ask<'_>) -> LookAnswer {
        let principal = &ask.request.principal;
        let policy = &self.rooms.policy;
        let commands = self.rooms.catalogue.iter().filter(|command| self.may_use(ask, command.access));
        let roles: BTreeSet<Role> = ask.sight.clusters().flat_map(|cluster| policy.roles(principal, cluster)).collect();
        let owns = policy.owners.rules_of(principal);
        LookAnswer::WhoAmI(WhoAmI {
            account: principal.account.to_string(),
            person: principal.person.clone(),
            roles: roles.iter().map(ToString::to_string).collect(),
            clusters: ask.sight.clusters().cloned().collect(),
            commands: commands.map(|command| command.name.clone()).collect(),
            owns: owns.flat_map(|owner| &owner.names).map(|pattern| pattern.source().to_owned()).collect(),
        })
    }

    pub(super) async fn status(&self, ask: &Ask<'_>) -> Result<LookAnswer, Done> {
        let (operation, plan) = self.named(ask).await?;
        let entries = self.rooms.store.entries(&operation.id).await?;
        let history = History::read(&entries);
        let (tally, seats) = self.rooms.stands_lately(&operation, &plan, &history).await?;
        let freezes = self.rooms.store.freezes(self.rooms.clock.now()).await?;
        Ok(LookAnswer::Status(Box::new(OperationStatus {
            line: self.rooms.line(&operation, Some(plan.plan()), &freezes),
            why: operation.why.id.clone(),
            why_facts: operation.why.facts.clone(),
            revision: operation.revision,
            digest: operation.digest.to_string(),
            seats,
            tally,
            has_started: history.started.is_some(),
            steps: plan.plan().steps.iter().map(|step| step_line(step.number, &step.work, &history)).collect(),
            reverses: operation.reverses.clone(),
        })))
    }

    /// The operation that a request names, if its asker may see it; one that may not be seen is like one that is not there.
    pub(super) async fn named(&self, ask: &Ask<'_>) -> Result<(Operation, Sealed), Done> {
        let id = ask.arguments().operation("operation").ok_or(Done::Bug)?;
        self.seen_by((&ask.request.principal, &ask.sight), id).await
    }

    /// An operation, for somebody who may see it; one that may not be seen is like one that is not there.
    pub(super) async fn seen_by(
        &self,
        by: (&Principal, &Sight),
        id: &OperationId,
    ) -> Result<(Operation, Sealed), Done> {
        let (who, sight) = by;
        let operation = self.row(id).await?;
        match self.plan_of(&operation).await {
            Ok(plan) if self.rooms.sees(who, sight, plan.plan()) => Ok((operation, plan)),
            // Whom it concerns is not known any more: then only who may see everything there learns of it.
            Err(done) if sight.whole(&operation.cluster) => Err(done),
            Ok(_) | Err(_) => Err(unknown(&operation.id)),
        }
    }

    /// The operation that a request names. Whether its asker may see it is told by its plan.
    pub(super) async fn row_of(&self, ask: &Ask<'_>) -> Result<Operation, Done> {
        self.row(ask.arguments().operation("operation").ok_or(Done::Bug)?).await
    }

    async fn row(&self, id: &OperationId) -> Result<Operation, Done> {
        about(id);
        self.rooms.store.operation(id).await?.ok_or_else(|| unknown(id))
    }

    pub(super) fn sees(&self, ask: &Ask<'_>, plan: &Plan) -> bool {
        self.rooms.sees(&ask.request.principal, &ask.sight, plan)
    }
}

impl Rooms {
    /// Who sees all that an operation concerns sees the operation, and who has a say in it.
    fn sees(&self, who: &Principal, sight: &Sight, plan: &Plan) -> bool {
        let names = plan.impact.topics.iter().chain(&plan.impact.groups).map(String::as_str);
        sight.all_names(&plan.cluster, names) || self.policy.has_a_seat(who, plan)
    }

    /// Whether somebody may be shown what is told of an operation. Where its plan cannot be read, who may see everything of
    /// the cluster.
    pub(crate) fn may_be_shown(&self, who: &Principal, cluster: &ClusterName, plan: Option<&Plan>) -> bool {
        let sight = self.policy.sight(who);
        plan.map_or_else(|| sight.whole(cluster), |plan| self.sees(who, &sight, plan))
    }
}

pub(super) fn unknown(id: &OperationId) -> Done {
    Done::Mistake(Mistake::new("unknown-operation", Facts::none().with("given", id.as_str())))
}

impl Rooms {
    /// One operation in a list, with the one of these freezes that its start waits for.
    pub(super) fn line(&self, operation: &Operation, plan: Option<&Plan>, freezes: &[Freeze]) -> OperationLine {
        let waiting = plan.filter(|_| operation.state.is_open_to_votes());
        let frozen = waiting.and_then(|plan| self.frozen_by(plan, freezes)).cloned();
        OperationLine { frozen, ..line(operation, plan) }
    }
}

/// Without a plan that can be read nobody knows what it is about.
fn line(operation: &Operation, plan: Option<&Plan>) -> OperationLine {
    let about = plan.map(|plan| plan.impact.groups.iter().chain(&plan.impact.topics).take(4).cloned().collect());
    OperationLine {
        operation: operation.id.clone(),
        state: operation.state,
        command: operation.command.clone(),
        cluster: operation.cluster.clone(),
        is_readable: plan.is_some(),
        about: about.unwrap_or_default(),
        asked_by: operation.person.to_string(),
        updated_at: operation.updated_at,
        expires_at: operation.state.is_open_to_votes().then_some(operation.expires_at),
        frozen: None,
    }
}

fn step_line(number: u32, work: &Work, history: &History) -> StepLine {
    let what = match work {
        Work::Act(action) => action.key(),
        Work::Rule(_) => "rule",
        Work::Wait(_) => "wait",
        Work::Capture(_) => "capture",
    };
    StepLine { number, what: what.to_owned(), done: history.done.contains(&number) }
}

fn page_of(page: &HelpPage, locale: &str) -> HelpCommand {
    HelpCommand {
        name: page.name.clone(),
        usage: page.usage.clone(),
        description: page.description.get(locale).to_owned(),
        options: page
            .options
            .iter()
            .map(|option| HelpOption {
                name: option.name.clone(),
                description: option.description.get(locale).to_owned(),
                required: option.required,
            })
            .collect(),
        role: page.access.key().to_owned(),
        kind: page.kind,
        effect: page.effect,
        examples: page.examples.clone(),
    }
}
