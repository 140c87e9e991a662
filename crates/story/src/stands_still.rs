//! A cluster whose first act comes too late: who carries it out stands still until its permit has ended.

use engine::Permit;
use engine::port::{Act, Acted, Backend, Boxed, Clock, Observe};
use interlock::cluster::{Query, Sections};
use interlock::plan::Action;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Passes everything on, the first act when its permit has ended.
pub(crate) struct StandsStill {
    pub(crate) inner: Arc<dyn Backend>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stood: Arc<AtomicBool>,
}

impl Observe for StandsStill {
    fn observe<'a>(&'a self, queries: &'a BTreeSet<Query>) -> Boxed<'a, Sections> {
        self.inner.observe(queries)
    }
}

impl Act for StandsStill {
    fn act<'a>(&'a self, permit: &'a Permit, action: &'a Action) -> Boxed<'a, Acted> {
        Box::pin(async move {
            if !self.stood.swap(true, Ordering::Relaxed) {
                while let Some(left) = permit.left(self.clock.monotonic()) {
                    self.clock.sleep(left).await;
                }
            }
            self.inner.act(permit, action).await
        })
    }
}
