//! The looks at Kafka clusters whose answers are reports.

pub(super) mod broker;
pub(super) mod hot;
pub(super) mod route;
pub(super) mod skew;
pub(super) mod who;

use crate::cluster::kafka::{BrokerDirs, NamedTopic, StoredReplica};

/// What one broker holds.
#[derive(Debug, Clone, Copy, Default)]
struct Load {
    replicas: i64,
    leaders: i64,
    offline: i64,
}

fn load(broker: i32, layout: &[NamedTopic]) -> Load {
    let mut load = Load::default();
    for partition in layout.iter().flat_map(|topic| &topic.topic.partitions) {
        if partition.replicas.contains(&broker) {
            load.replicas += 1;
            load.offline += i64::from(partition.leader.is_none());
        }
        load.leaders += i64::from(partition.leader == Some(broker));
    }
    load
}

/// The bytes of a broker's replicas; none if it did not tell.
fn bytes(broker: i32, dirs: &[BrokerDirs]) -> Option<u64> {
    let dirs = dirs.iter().find(|one| one.broker == broker)?.dirs.as_ref()?;
    let of = |replica: &StoredReplica| replica.bytes;
    Some(dirs.iter().flat_map(|dir| &dir.replicas).map(of).sum())
}
