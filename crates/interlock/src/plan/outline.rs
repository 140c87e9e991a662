//! What lists and rights need of a plan, without what is done: small where the plan is large.

use super::{Impact, Level, Plan};
use crate::command::Arguments;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A plan without its steps, its expectations and its table. It says what the plan concerns, who asked for it and which seats
/// it needs; nothing is decided or carried out by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Outline(Plan);

impl Outline {
    /// The outline of a plan.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let consents = plan.checks.iter().filter(|check| check.level == Level::Consent).cloned().collect();
        let impact = Impact {
            topics: plan.impact.topics.clone(),
            groups: plan.impact.groups.clone(),
            needs_from_application: plan.impact.needs_from_application.clone(),
            ..Impact::default()
        };
        Self(Plan {
            format: plan.format,
            operation: plan.operation.clone(),
            revision: plan.revision,
            command: plan.command.clone(),
            request: Arguments::default(),
            arguments: BTreeMap::new(),
            requesters: plan.requesters.clone(),
            place: plan.place.clone(),
            reason: String::new(),
            ticket: String::new(),
            reverses: plan.reverses.clone(),
            covered: plan.covered,
            cluster: plan.cluster.clone(),
            kind: plan.kind,
            tier: plan.tier,
            identity: plan.identity.clone(),
            made_at: plan.made_at,
            expires_at: plan.expires_at,
            effect: plan.effect,
            scope: plan.scope,
            holds: Vec::new(),
            checks: consents,
            expectations: Vec::new(),
            steps: Vec::new(),
            restore: Vec::new(),
            adopts: Vec::new(),
            impact,
            estimate: plan.estimate.clone(),
            votes: plan.votes.clone(),
        })
    }

    /// It, read as a plan that does nothing.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.0
    }
}
