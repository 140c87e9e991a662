//! The throttle of a way back of moves, and what the operation that it takes back left of its own.

use super::Rollback;
use crate::changes::Context;
use crate::changes::moves::{Earlier, Seen};
use crate::cluster::kafka::{BrokerReplication, LEADER_RATE};
use crate::facts::{Fact, Facts};
use crate::plan::{Action, Check, ConfigChange, ConfigOn, KafkaAction, Level, Throttle, put_back_only};
use std::collections::BTreeSet;

/// Where the first operation had no throttle, because no broker of it was alive to be asked: this, in bytes a second.
const THROTTLE: u64 = 50 << 20;

/// The rates of an operation that is taken back.
pub(super) struct Rates<'a> {
    bounds: Option<&'a Throttle>,
    /// Every value that it may have left on a broker.
    left: BTreeSet<String>,
    brokers: &'a [BrokerReplication],
}

impl<'a> Rates<'a> {
    pub(super) fn of(rollback: &Rollback<'a>, seen: &Seen<'a>) -> Self {
        let bounds = crate::changes::turn::throttle(rollback.plan);
        let mut left: BTreeSet<String> = rollback.turned_to.clone();
        left.extend(bounds.into_iter().flat_map(Throttle::rates).map(|rate| rate.to_string()));
        left.extend(rollback.plan.adopts.iter().flat_map(|one| one.left.iter().cloned()));
        Self { bounds, left, brokers: &seen.replication.brokers }
    }

    /// The throttle of the way back, in bytes a second, and what is to be said of it. Where nobody asked for one it is that of
    /// the first plan, or what it was turned to and still stands if that is more; and where as much or more comes in, it is
    /// raised within the bounds of the first plan: at a peak there has to be a way back, too.
    pub(super) fn throttle(&self, asked: Option<u64>, inflow: u64) -> (u64, Option<Check>) {
        let fastest = self.bounds.map_or(THROTTLE, |bounds| bounds.fastest_bytes_per_second);
        if let Some(asked) = asked {
            let facts = Facts::none().with("throttle", Fact::Bytes(asked)).with("most", Fact::Bytes(fastest));
            return (asked, (asked > fastest).then(|| Check::new(Level::Warn, "throttle-above-first", facts)));
        }
        let planned = self.bounds.map_or(THROTTLE, |bounds| bounds.bytes_per_second);
        let usual = self.standing().chain([planned]).max().unwrap_or(planned);
        let raised = inflow.saturating_add(inflow / 2).min(fastest);
        if inflow < usual || raised <= inflow {
            return (usual, None);
        }
        let facts = Facts::none()
            .with("throttle", Fact::Bytes(raised))
            .with("inflow", Fact::Bytes(inflow))
            .with("planned", Fact::Bytes(usual));
        (raised, Some(Check::new(Level::Warn, "throttle-raised", facts)))
    }

    /// The rates of its own that stand on brokers.
    fn standing(&self) -> impl Iterator<Item = u64> {
        let rates = self.brokers.iter().flat_map(|one| [&one.leader_rate, &one.follower_rate]).flatten();
        rates.filter(|rate| self.left.contains(*rate)).filter_map(|rate| rate.parse().ok())
    }

    /// What it set and may have left, and what stood there before it.
    pub(super) fn earlier(&self, rollback: &Rollback<'_>) -> Earlier {
        let mut earlier = Earlier::default();
        if self.bounds.is_some() {
            rollback.plan.restore.iter().flat_map(changes).for_each(|one| earlier.add(one, &self.left));
        }
        earlier
    }

    /// What puts its rates back on brokers that the way back does not throttle itself. What stands there counts as its own only
    /// where it is one of its values; a dead broker cannot be asked. What it owes already is adopted.
    pub(super) fn not_put_back(
        &self,
        rollback: &Rollback<'_>,
        throttled: &BTreeSet<i32>,
        context: &Context<'_>,
    ) -> Vec<Action> {
        let owes =
            |on: &ConfigOn| context.owing.iter().any(|one| one.operation == rollback.plan.operation && one.on == *on);
        let is_left = |on: &&ConfigOn| match on {
            ConfigOn::Broker(id) => !throttled.contains(id) && !owes(on),
            ConfigOn::Topic(_) => false,
        };
        let left: BTreeSet<ConfigOn> = rollback.not_put_back.iter().filter(is_left).cloned().collect();
        let restore = rollback.plan.restore.iter().filter_map(|action| put_back_only(action, &left));
        restore.filter_map(|action| self.counting(&action)).collect()
    }

    fn counting(&self, action: &Action) -> Option<Action> {
        let changes: Vec<ConfigChange> = changes(action).iter().filter_map(|one| self.as_found(one)).collect();
        (!changes.is_empty()).then_some(Action::Kafka(KafkaAction::SetConfigs { changes }))
    }

    fn as_found(&self, one: &ConfigChange) -> Option<ConfigChange> {
        let ConfigOn::Broker(id) = &one.on else { return None };
        let Some(broker) = self.brokers.iter().find(|broker| broker.id == *id) else { return Some(one.clone()) };
        let found = if one.key == LEADER_RATE { &broker.leader_rate } else { &broker.follower_rate };
        let found = found.as_ref().filter(|found| self.left.contains(*found))?;
        Some(ConfigChange { from: Some(found.clone()), ..one.clone() })
    }
}

fn changes(action: &Action) -> &[ConfigChange] {
    match action {
        Action::Kafka(KafkaAction::SetConfigs { changes }) => changes,
        Action::Kafka(_) | Action::Rocketmq(_) => &[],
    }
}
