//! Kafka through `kafka_admin`: queries become admin calls, answers become sections.

mod act;
mod act_layout;
mod act_topics;
mod failure;
mod observe;
mod observe_layout;
mod read;
mod readers;
mod sampler;

pub use super::Deadlines;

use engine::Permit;
use engine::port::{Act, Acted, Boxed, Clock, Observe, Reason};
use interlock::cluster::{Query, Sections};
use interlock::plan::Action;
use kafka_admin::{Client, Config, Peers};
use observe::Sight;
use sampler::Sampler;
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::time::Instant;

/// Where rates need two looks of now, the time between them is this part of what a look may take.
const SAMPLE_PART: u32 = 3;

/// A Kafka cluster. Connects with the first call, so that a cluster that is down does not keep the bot from starting.
pub struct Kafka {
    client: Client,
    /// The controllers' own listeners, where they are given: they take settings of brokers that are dead.
    controllers: Option<Client>,
    clock: Arc<dyn Clock>,
    deadlines: Deadlines,
    sampler: Sampler,
}

impl Kafka {
    /// A cluster behind this configuration.
    ///
    /// # Errors
    /// If the configuration cannot work (no bootstrap broker, an unreadable certificate).
    pub fn new(config: Config, clock: Arc<dyn Clock>, deadlines: Deadlines) -> kafka_admin::Result<Self> {
        let (client, sampler) = (Client::unconnected(config)?, Sampler::default());
        Ok(Self { client, controllers: None, clock, deadlines, sampler })
    }

    /// The same, with its controllers behind this configuration.
    ///
    /// # Errors
    /// As [`Kafka::new`].
    pub fn and_controllers(mut self, mut config: Config) -> kafka_admin::Result<Self> {
        config.peers = Peers::Controllers;
        self.controllers = Some(Client::unconnected(config)?);
        Ok(self)
    }
}

impl Observe for Kafka {
    fn observe<'a>(&'a self, queries: &'a BTreeSet<Query>) -> Boxed<'a, Sections> {
        let client = self.client.within(self.deadlines.observe);
        let gap = self.deadlines.observe / SAMPLE_PART;
        // Whether they answer is told within the look that asks for more than that.
        let controllers = self.controllers.as_ref().map(|client| client.within(gap));
        Box::pin(async move {
            let (clock, sampler) = (self.clock.as_ref(), &self.sampler);
            let sight = Sight { client: &client, controllers: controllers.as_ref(), clock, sampler, gap };
            observe::all(&sight, queries).await
        })
    }
}

impl Act for Kafka {
    fn act<'a>(&'a self, permit: &'a Permit, action: &'a Action) -> Boxed<'a, Acted> {
        tracing::info!(operation = %permit.operation(), intent = permit.intent(), "acting");
        Box::pin(async move {
            let Action::Kafka(action) = action else { return Acted::NotApplied(Reason::of_another_kind()) };
            // Taken before the look at the permit: a process that is stopped in between wakes with an end that has passed.
            let began = Instant::now();
            match permit.left(self.clock.monotonic()) {
                // One end for all calls of the act. The client sends nothing after it, so nothing is sent after the permit's.
                Some(left) => {
                    let end = began + left.min(self.deadlines.act);
                    let until_then = |client: &Client| client.within(self.deadlines.act).ending_at(end);
                    let controllers = self.controllers.as_ref().map(until_then);
                    act::act(&until_then(&self.client), controllers.as_ref(), action).await
                }
                None => Acted::NotApplied(Reason::permit_ended()),
            }
        })
    }
}
