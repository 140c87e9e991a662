//! A cluster whose looks and acts are measured.

use crate::meters;
use engine::Permit;
use engine::port::{Act, Acted, Backend, Boxed, Observe};
use interlock::cluster::{Query, Section, Sections};
use interlock::id::ClusterName;
use interlock::plan::Action;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

/// A cluster whose looks and acts are measured; else it is the one it is made of.
pub struct Measured {
    name: ClusterName,
    cluster: Arc<dyn Backend>,
}

impl Measured {
    /// This cluster, measured under this name.
    #[must_use]
    pub fn new(name: ClusterName, cluster: Arc<dyn Backend>) -> Self {
        Self { name, cluster }
    }
}

impl Observe for Measured {
    fn observe<'a>(&'a self, queries: &'a BTreeSet<Query>) -> Boxed<'a, Sections> {
        Box::pin(async move {
            let began = Instant::now();
            let sections = self.cluster.observe(queries).await;
            let failed = queries.iter().filter(|query| matches!(sections.get(query), Section::Failed(_))).count();
            meters::look(self.name.as_str(), began.elapsed(), failed);
            sections
        })
    }
}

impl Act for Measured {
    fn act<'a>(&'a self, permit: &'a Permit, action: &'a Action) -> Boxed<'a, Acted> {
        Box::pin(async move {
            let acted = self.cluster.act(permit, action).await;
            let outcome = match &acted {
                Acted::Applied => "applied",
                Acted::NotApplied(_) => "not-applied",
                Acted::Partly(_) => "partly",
                Acted::Unknown(_) => "unknown",
            };
            meters::act(self.name.as_str(), outcome);
            acted
        })
    }
}
