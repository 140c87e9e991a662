//! Kafka through `kafka_admin`: queries become admin calls, answers become sections.

mod act;
mod act_layout;
mod failure;
mod observe;
mod observe_layout;
mod read;
mod sampler;

use engine::Permit;
use engine::port::{Act, Acted, Boxed, Clock, Observe, Reason};
use interlock::cluster::{Query, Sections};
use interlock::plan::Action;
use kafka_admin::{Client, Config};
use observe::Sight;
use sampler::Sampler;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// Where rates need two looks of now, the time between them is this part of what a look may take.
const SAMPLE_PART: u32 = 3;

/// A Kafka cluster. Connects with the first call, so that a cluster that is down does not keep the bot from starting.
pub struct Kafka {
    client: Client,
    clock: Arc<dyn Clock>,
    deadlines: Deadlines,
    sampler: Sampler,
}

/// How long calls may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// One look with all its calls.
    pub observe: Duration,
    /// One act.
    pub act: Duration,
}

impl Kafka {
    /// A cluster behind this configuration.
    ///
    /// # Errors
    /// If the configuration cannot work (no bootstrap broker, an unreadable certificate).
    pub fn new(config: Config, clock: Arc<dyn Clock>, deadlines: Deadlines) -> kafka_admin::Result<Self> {
        Ok(Self { client: Client::unconnected(config)?, clock, deadlines, sampler: Sampler::default() })
    }
}

impl Observe for Kafka {
    fn observe<'a>(&'a self, queries: &'a BTreeSet<Query>) -> Boxed<'a, Sections> {
        let client = self.client.within(self.deadlines.observe);
        Box::pin(async move {
            let (clock, sampler) = (self.clock.as_ref(), &self.sampler);
            let gap = self.deadlines.observe / SAMPLE_PART;
            observe::all(&Sight { client: &client, clock, sampler, gap }, queries).await
        })
    }
}

impl Act for Kafka {
    fn act<'a>(&'a self, permit: &'a Permit, action: &'a Action) -> Boxed<'a, Acted> {
        let Action::Kafka(action) = action;
        tracing::info!(operation = %permit.operation(), intent = permit.intent(), "acting");
        Box::pin(async move {
            // The client sends nothing after its deadline, so nothing is sent after the permit's end.
            match permit.left(self.clock.monotonic()) {
                Some(left) => act::act(&self.client.within(left.min(self.deadlines.act)), action).await,
                None => Acted::NotApplied(Reason::permit_ended()),
            }
        })
    }
}
