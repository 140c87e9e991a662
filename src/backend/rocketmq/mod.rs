//! RocketMQ through `rocketmq_admin`: queries become admin calls, answers become sections.

mod act;
mod act_offsets;
mod act_queues;
mod act_topics;
mod brokers;
mod copies;
mod failure;
mod ground;
mod groups;
mod observe;
mod offsets;
mod rates;
mod readers;
mod side_by_side;
#[cfg(test)]
mod tests;
mod topics;

use super::Deadlines;
use engine::Permit;
use engine::port::{Act, Acted, Boxed, Clock, Observe, Reason};
use interlock::cluster::{Query, Sections};
use interlock::plan::Action;
use observe::Sight;
use rates::Sampler;
use rocketmq_admin::{Client, Config, HostPort};
use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::time::Instant;

/// A look asks in stages (NameServers, brokers, what hangs on their answers), each of which gets this part of its time.
const STAGES: u32 = 3;

/// A RocketMQ cluster. Connects with the first call, so that a cluster that is down does not keep the bot from starting.
pub struct Rocketmq {
    client: Client,
    name_servers: Vec<HostPort>,
    /// Which of the clusters behind the NameServers; none if there is to be one only.
    broker_cluster: Option<String>,
    clock: Arc<dyn Clock>,
    deadlines: Deadlines,
    sampler: Sampler,
}

impl Rocketmq {
    /// The cluster of this name at the brokers (or the only one) behind this configuration's NameServers.
    ///
    /// # Errors
    /// If the configuration cannot work (no NameServer, an unreadable certificate).
    pub fn new(
        config: Config,
        broker_cluster: Option<String>,
        clock: Arc<dyn Clock>,
        deadlines: Deadlines,
    ) -> rocketmq_admin::Result<Self> {
        let name_servers = config.name_servers.clone();
        let client = Client::new(config)?;
        Ok(Self { client, name_servers, broker_cluster, clock, deadlines, sampler: Sampler::default() })
    }
}

impl Observe for Rocketmq {
    fn observe<'a>(&'a self, queries: &'a BTreeSet<Query>) -> Boxed<'a, Sections> {
        let stage = self.deadlines.observe / STAGES;
        let client = self.client.within(stage);
        Box::pin(async move {
            let sight = Sight::new(self, &client, stage);
            observe::all(&sight, queries).await
        })
    }
}

impl Act for Rocketmq {
    fn act<'a>(&'a self, permit: &'a Permit, action: &'a Action) -> Boxed<'a, Acted> {
        tracing::info!(operation = %permit.operation(), intent = permit.intent(), "acting");
        Box::pin(async move {
            let Action::Rocketmq(action) = action else { return Acted::NotApplied(Reason::of_another_kind()) };
            // Taken before the look at the permit: a process that is stopped in between wakes with an end that has passed.
            let began = Instant::now();
            match permit.left(self.clock.monotonic()) {
                // One end for all calls of the act. The client sends nothing after it, so nothing is sent after the permit's.
                Some(left) => {
                    let end = began + left.min(self.deadlines.act);
                    act::act(&self.client.within(self.deadlines.act).ending_at(end), action).await
                }
                None => Acted::NotApplied(Reason::permit_ended()),
            }
        })
    }
}
