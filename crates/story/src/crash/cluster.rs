//! A cluster whose acts are counted.

use super::points::Points;
use engine::Permit;
use engine::port::{Act, Acted, Backend, Boxed, Observe};
use interlock::cluster::{Query, Sections};
use interlock::plan::Action;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Passes everything on, and each act through the points of a run as "act".
pub struct CountingCluster {
    /// The cluster.
    pub inner: Arc<dyn Backend>,
    /// The points.
    pub points: Arc<Points>,
}

impl Observe for CountingCluster {
    fn observe<'a>(&'a self, queries: &'a BTreeSet<Query>) -> Boxed<'a, Sections> {
        Box::pin(self.points.around("look", "a look", self.inner.observe(queries)))
    }
}

impl Act for CountingCluster {
    fn act<'a>(&'a self, permit: &'a Permit, action: &'a Action) -> Boxed<'a, Acted> {
        Box::pin(self.points.around("act", action.key(), self.inner.act(permit, action)))
    }
}
