use super::Rocketmq;
use super::act::Request;
use crate::fleet::Fleet;
use crate::home::FleetError;
use crate::kafka::{Deadlines, Shown, Trouble, failed};
use engine::Permit;
use engine::port::{Act, Acted, Boxed, Observe, Reason};
use interlock::cluster::rocketmq::RocketmqAnswer;
use interlock::cluster::{Answer, Failure, FailureKind, Query, Section, Sections, Seen};
use interlock::id::ClusterName;
use interlock::plan::Action;
use interlock::time::Millis;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// One simulated RocketMQ cluster: a backend of the engine, and the handles by which it is given load and trouble.
#[derive(Clone)]
pub struct SimulatedRocketmq {
    fleet: Fleet,
    name: ClusterName,
    deadlines: Deadlines,
}

impl SimulatedRocketmq {
    pub(crate) fn new(fleet: Fleet, name: ClusterName) -> Self {
        Self { fleet, name, deadlines: Deadlines::default() }
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&Rocketmq, Millis) -> T) -> Result<T, FleetError> {
        self.fleet.read(|world, now| match world.rocketmq.get(&self.name) {
            Some(cluster) => Ok(look(cluster, now)),
            None => Err(FleetError::NoCluster(self.name.clone())),
        })?
    }

    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(&mut Rocketmq, Millis) -> Result<T, FleetError>,
    ) -> Result<T, FleetError> {
        self.fleet.change(|world, now| match world.rocketmq.get_mut(&self.name) {
            Some(cluster) => change(cluster, now),
            None => Err(FleetError::NoCluster(self.name.clone())),
        })
    }

    /// Does an action without asking for a permit.
    #[cfg(test)]
    pub(crate) fn apply(&self, action: &Action) -> Acted {
        let request = Request { permit: None, action, too_slow: false };
        let acted = self.change(|cluster, now| Ok(cluster.receive(&request, now)));
        acted.unwrap_or_else(|error| Acted::NotApplied(unreachable(&error.to_string())))
    }

    /// The answers as they are before any delay, and the delay.
    fn answers(&self, queries: &BTreeSet<Query>) -> (Answers, Duration) {
        let seen = self.read(|cluster, now| {
            let one = |query: &Query| match query {
                Query::Rocketmq(wanted) => (query.clone(), cluster.answer(wanted, now)),
                Query::Kafka(_) => (query.clone(), Err(Failure::of_another_kind())),
            };
            let delay = cluster.trouble.as_ref().map_or(0, Trouble::delay_ms);
            (queries.iter().map(one).collect(), Duration::from_millis(delay))
        });
        seen.unwrap_or_else(|error| {
            let failure = failed(FailureKind::Unreachable, &error.to_string());
            (queries.iter().map(|query| (query.clone(), Err(failure.clone()))).collect(), Duration::ZERO)
        })
    }
}

type Answers = BTreeMap<Query, Result<RocketmqAnswer, Failure>>;

impl Observe for SimulatedRocketmq {
    fn observe<'a>(&'a self, queries: &'a BTreeSet<Query>) -> Boxed<'a, Sections> {
        Box::pin(async move {
            let clock = self.fleet.clock();
            let from = clock.now();
            let (answers, delay) = self.answers(queries);
            let waits = delay.min(self.deadlines.look);
            if !waits.is_zero() {
                clock.sleep(waits).await;
            }
            let to = clock.now();
            let late = || Err(failed(FailureKind::TimedOut, "no answer came: deadline passed"));
            let mut sections = Sections::empty();
            for (query, answer) in answers {
                let section = match if delay > self.deadlines.look { late() } else { answer } {
                    Ok(value) => Section::Seen(Seen { from, to, value: Answer::Rocketmq(value) }),
                    Err(failure) => Section::Failed(failure),
                };
                sections.put(query, section);
            }
            sections
        })
    }
}

impl Act for SimulatedRocketmq {
    fn act<'a>(&'a self, permit: &'a Permit, action: &'a Action) -> Boxed<'a, Acted> {
        let shown = Shown { operation: permit.operation().clone(), token: permit.token().0, intent: permit.intent() };
        Box::pin(async move {
            let clock = self.fleet.clock();
            if permit.left(clock.monotonic()).is_none() {
                return Acted::NotApplied(Reason::permit_ended());
            }
            let delay =
                self.read(|cluster, _| cluster.trouble.as_ref().map_or(0, Trouble::delay_ms)).unwrap_or_default();
            let request =
                Request { permit: Some(shown), action, too_slow: Duration::from_millis(delay) > self.deadlines.act };
            let acted = self.change(|cluster, now| Ok(cluster.receive(&request, now)));
            let waits = Duration::from_millis(delay).min(self.deadlines.act);
            if !waits.is_zero() {
                clock.sleep(waits).await;
            }
            acted.unwrap_or_else(|error| Acted::NotApplied(unreachable(&error.to_string())))
        })
    }
}

fn unreachable(said: &str) -> Reason {
    let Failure { kind, said } = failed(FailureKind::Unreachable, said);
    Reason { kind, id: String::new(), said }
}
