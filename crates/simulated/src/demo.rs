//! The fleet of a small company: a production and a staging cluster of Kafka and one of RocketMQ, with load, groups and lag.

mod rocketmq;

pub use rocketmq::ROCKETMQ;

use crate::fleet::Fleet;
use crate::home::FleetError;
use crate::kafka::{GroupSpec, Member, ResetPolicy, SimulatedKafka, TopicSpec, per_second};
use engine::port::Clock;
use interlock::cluster::kafka::{Committed, GroupKind};
use interlock::id::NotAName;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// The production cluster's name.
pub const PRODUCTION: &str = "orders-kafka";
/// The staging cluster's name.
pub const STAGING: &str = "staging-kafka";

/// The broker of [`demo_with_new_broker`].
pub const NEW_BROKER: i32 = 4;

const SEED: u64 = 20_240_914;
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// The furnished fleet, in memory.
///
/// # Errors
/// Only if the furniture contradicts itself.
pub fn demo(clock: Arc<dyn Clock>) -> Result<Fleet, FleetError> {
    let fleet = Fleet::new(clock, SEED);
    furnish(&fleet)?;
    Ok(fleet)
}

/// The furnished fleet with one more broker in production: new, and empty.
///
/// # Errors
/// Only if the furniture contradicts itself.
pub fn demo_with_new_broker(clock: Arc<dyn Clock>) -> Result<Fleet, FleetError> {
    let fleet = demo(clock)?;
    fleet.kafka(&name(PRODUCTION)?).add_broker(NEW_BROKER, Some("az-d"))?;
    Ok(fleet)
}

/// Puts the demo's clusters into an empty fleet; one that has clusters already is left alone.
///
/// # Errors
/// If the fleet's file cannot be read or written.
pub fn furnish(fleet: &Fleet) -> Result<(), FleetError> {
    if !fleet.names()?.is_empty() {
        return Ok(());
    }
    production(&fleet.add_kafka(&name(PRODUCTION)?, &[(1, Some("az-a")), (2, Some("az-b")), (3, Some("az-c"))])?)?;
    staging(&fleet.add_kafka(&name(STAGING)?, &[(1, None), (2, None), (3, None)])?)?;
    rocketmq::furnish(fleet)
}

fn production(kafka: &SimulatedKafka) -> Result<(), FleetError> {
    production_topics(kafka)?;
    billing(kafka)?;
    fraud(kafka)?;
    sessions(kafka)?;
    nightly_report(kafka)?;
    search_indexer(kafka)?;
    audit_archive(kafka)
}

fn production_topics(kafka: &SimulatedKafka) -> Result<(), FleetError> {
    kafka.add_topic(&topic("orders", 12)?.produced(per_second(240), DAY * 12))?;
    kafka.add_topic(&topic("payments", 6)?.produced(per_second(84), DAY * 12))?;
    kafka.add_topic(&topic("refunds", 3)?.produced(90, DAY * 12))?;
    kafka.add_topic(&topic("products", 6)?.produced(per_second(3), DAY * 12))?;

    let mut clicks = topic("clicks", 24)?.produced(per_second(1_900), DAY * 4);
    clicks.first_offset = 88_120_400;
    clicks.retention = Some(DAY * 2);
    clicks.config = settings(&[("retention.ms", "172800000"), ("compression.type", "zstd")]);
    kafka.add_topic(&clicks)?;

    // Keyed by region: two partitions have never seen a record.
    let mut audit = topic("audit", 6)?.produced(per_second(12), DAY * 20);
    audit.weights = vec![100, 140, 100, 60, 0, 0];
    audit.retention = Some(DAY * 30);
    audit.config = settings(&[("retention.ms", "2592000000"), ("min.insync.replicas", "2")]);
    kafka.add_topic(&audit)
}

/// Active, and behind since it was slow for an hour; it catches up.
fn billing(kafka: &SimulatedKafka) -> Result<(), FleetError> {
    let id = name("billing")?;
    let spec = GroupSpec::new(id)
        .reading(name("orders")?, per_second(24))
        .reading(name("payments")?, per_second(18))
        .read_until(Duration::from_secs(17 * 60));
    kafka.add_group(&spec)?;
    for (client, host) in [("billing-1", "/10.0.3.7"), ("billing-2", "/10.0.3.8"), ("billing-3", "/10.0.4.7")] {
        kafka.join(&spec.id, Member::new(client, host).there_for(HOUR))?;
    }
    Ok(())
}

/// Active, of the new protocol, with static members, up to date.
fn fraud(kafka: &SimulatedKafka) -> Result<(), FleetError> {
    let mut spec =
        GroupSpec::new(name("fraud")?).reading(name("payments")?, per_second(200)).read_until(Duration::from_secs(5));
    spec.kind = GroupKind::Consumer;
    kafka.add_group(&spec)?;
    kafka.join(&spec.id, Member::new("fraud-a", "/10.0.5.21").fixed("fraud-a").there_for(HOUR))?;
    kafka.join(&spec.id, Member::new("fraud-b", "/10.0.5.22").fixed("fraud-b").there_for(HOUR))?;
    Ok(())
}

/// A stream processor that assigns itself its partitions: no members, and its commits move.
fn sessions(kafka: &SimulatedKafka) -> Result<(), FleetError> {
    let mut spec =
        GroupSpec::new(name("clicks-sessions")?).reading(name("clicks")?, per_second(400)).read_until(HOUR / 60);
    spec.commit_every = Duration::from_secs(30);
    kafka.add_group(&spec)?;
    kafka.join(&spec.id, Member::new("sessions-tm", "/10.0.6.2").alone())?;
    Ok(())
}

/// Stopped two days ago, with a big lag.
fn nightly_report(kafka: &SimulatedKafka) -> Result<(), FleetError> {
    let mut spec = GroupSpec::new(name("nightly-report")?)
        .reading(name("orders")?, per_second(400))
        .reading(name("refunds")?, per_second(400))
        .read_until(DAY * 2);
    spec.reset = ResetPolicy::Earliest;
    kafka.add_group(&spec)
}

/// Stopped this morning; in two partitions it never committed, in one an administrator did.
fn search_indexer(kafka: &SimulatedKafka) -> Result<(), FleetError> {
    let products = || name("products");
    let mut spec = GroupSpec::new(name("search-indexer")?).reading(products()?, per_second(50)).read_until(HOUR * 9);
    spec.uncommitted = vec![(products()?, 4), (products()?, 5)];
    kafka.add_group(&spec.committed(products()?, 0, Committed::plain(1_200)))
}

/// Stopped; committed with metadata, and never in the empty partitions.
fn audit_archive(kafka: &SimulatedKafka) -> Result<(), FleetError> {
    let audit = || name("audit");
    let mut spec = GroupSpec::new(name("audit-archive")?).reading(audit()?, per_second(100)).read_until(DAY * 3);
    "archiver 4.2, file 2291".clone_into(&mut spec.metadata);
    spec.uncommitted = vec![(audit()?, 4), (audit()?, 5)];
    kafka.add_group(&spec)
}

fn staging(kafka: &SimulatedKafka) -> Result<(), FleetError> {
    kafka.add_topic(&topic("orders", 6)?.produced(per_second(4), DAY * 8))?;
    kafka.add_topic(&topic("payments", 3)?.produced(per_second(2), DAY * 8))?;
    let billing = GroupSpec::new(name("billing")?).reading(name("orders")?, per_second(50)).read_until(HOUR * 5);
    kafka.add_group(&billing)?;
    let replay = GroupSpec::new(name("replay-test")?).reading(name("payments")?, per_second(50)).read_until(HOUR / 60);
    kafka.add_group(&replay)?;
    kafka.join(&replay.id, Member::new("replay-1", "/10.9.0.4").there_for(HOUR))?;
    Ok(())
}

fn topic(text: &str, partitions: u32) -> Result<TopicSpec, FleetError> {
    Ok(TopicSpec::new(name(text)?, partitions))
}

fn settings(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn name<T: FromStr<Err = NotAName>>(text: &str) -> Result<T, FleetError> {
    Ok(text.parse()?)
}
