use super::act::{Request, because, no_answer};
use super::fault::failed;
use super::{Kafka, Shown};
use crate::draw::Draw;
use crate::fleet::Fleet;
use crate::home::FleetError;
use engine::Permit;
use engine::port::{Act, Acted, Boxed, Observe, Reason};
use interlock::cluster::kafka::KafkaAnswer;
use interlock::cluster::{Answer, Failure, FailureKind, Query, Section, Sections, Seen};
use interlock::id::ClusterName;
use interlock::plan::Action;
use interlock::time::Millis;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long the backend waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// For all looks of one call.
    pub look: Duration,
    /// For one act.
    pub act: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { look: Duration::from_secs(8), act: Duration::from_secs(8) }
    }
}

/// One simulated Kafka cluster: a backend of the engine, and the handles by which it is given load and trouble.
#[derive(Clone)]
pub struct SimulatedKafka {
    fleet: Fleet,
    name: ClusterName,
    deadlines: Deadlines,
}

impl SimulatedKafka {
    pub(crate) fn new(fleet: Fleet, name: ClusterName) -> Self {
        Self { fleet, name, deadlines: Deadlines::default() }
    }

    /// The same cluster, seen by somebody with less or more patience.
    #[must_use]
    pub fn with_deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    pub(super) fn read<T>(&self, look: impl FnOnce(&Kafka, Millis) -> T) -> Result<T, FleetError> {
        self.fleet.read(|world, now| match world.kafka.get(&self.name) {
            Some(kafka) => Ok(look(kafka, now)),
            None => Err(FleetError::NoCluster(self.name.clone())),
        })?
    }

    pub(super) fn change<T>(
        &self,
        change: impl FnOnce(&mut Kafka, &mut Draw, Millis) -> Result<T, FleetError>,
    ) -> Result<T, FleetError> {
        self.fleet.change(|world, now| match world.kafka.get_mut(&self.name) {
            Some(kafka) => {
                kafka.settle_moves(now);
                change(kafka, &mut world.draw, now)
            }
            None => Err(FleetError::NoCluster(self.name.clone())),
        })
    }

    /// The answers as they are before any delay, and the delay.
    fn answers(&self, queries: &BTreeSet<Query>) -> (Answers, Duration) {
        let seen = self.read(|kafka, now| {
            let one = |query: &Query| match query {
                Query::Kafka(wanted) => (query.clone(), kafka.answer(wanted, now)),
                Query::Rocketmq(_) => (query.clone(), Err(Failure::of_another_kind())),
            };
            (queries.iter().map(one).collect(), kafka.delay())
        });
        seen.unwrap_or_else(|error| {
            let failure = lost(&error);
            (queries.iter().map(|query| (query.clone(), Err(failure.clone()))).collect(), Duration::ZERO)
        })
    }

    /// Does an action without asking for a permit; for the act that has one, and for what other tools do.
    pub(crate) fn apply(&self, action: &Action, permit: Option<Shown>) -> Acted {
        let deadline_ms = u64::try_from(self.deadlines.act.as_millis()).unwrap_or(u64::MAX);
        let request = Request { permit, action, deadline_ms };
        self.change(|kafka, draw, now| Ok(kafka.receive(&request, draw, now)))
            .unwrap_or_else(|error| Acted::NotApplied(because("", lost(&error))))
    }

    /// Applies an action and waits for its answer as long as the cluster is slow and the deadline allows.
    pub(crate) async fn send(&self, action: &Action, permit: Option<Shown>) -> Acted {
        let delay = self.read(|kafka, _| kafka.delay()).unwrap_or_default();
        let acted = self.apply(action, permit);
        self.wait(delay.min(self.deadlines.act)).await;
        acted
    }

    async fn wait(&self, span: Duration) {
        if !span.is_zero() {
            self.fleet.clock().sleep(span).await;
        }
    }
}

type Answers = BTreeMap<Query, Result<KafkaAnswer, Failure>>;

impl Kafka {
    fn delay(&self) -> Duration {
        Duration::from_millis(self.faults.trouble.as_ref().map_or(0, super::Trouble::delay_ms))
    }
}

fn lost(error: &FleetError) -> Failure {
    failed(FailureKind::Unreachable, &error.to_string())
}

impl Observe for SimulatedKafka {
    fn observe<'a>(&'a self, queries: &'a BTreeSet<Query>) -> Boxed<'a, Sections> {
        Box::pin(async move {
            let from = self.fleet.clock().now();
            let (answers, delay) = self.answers(queries);
            self.wait(delay.min(self.deadlines.look)).await;
            let to = self.fleet.clock().now();
            let mut sections = Sections::empty();
            for (query, answer) in answers {
                let answer = if delay > self.deadlines.look { Err(timed_out()) } else { answer };
                sections.put(
                    query,
                    match answer {
                        Ok(value) => Section::Seen(Seen { from, to, value: Answer::Kafka(value) }),
                        Err(failure) => Section::Failed(failure),
                    },
                );
            }
            sections
        })
    }
}

impl Act for SimulatedKafka {
    fn act<'a>(&'a self, permit: &'a Permit, action: &'a Action) -> Boxed<'a, Acted> {
        let shown = Shown { operation: permit.operation().clone(), token: permit.token().0, intent: permit.intent() };
        Box::pin(async move {
            if permit.left(self.fleet.clock().monotonic()).is_none() {
                return Acted::NotApplied(Reason::permit_ended());
            }
            self.send(action, Some(shown)).await
        })
    }
}

fn timed_out() -> Failure {
    failed(FailureKind::TimedOut, &no_answer().said)
}
