//! The RocketMQ cluster of the small company.

use super::name;
use crate::fleet::Fleet;
use crate::home::FleetError;
use crate::kafka::per_second;
use crate::rocketmq::{RocketmqGroupSpec, RocketmqSpec, RocketmqTopicSpec, SimulatedRocketmq};
use std::time::Duration;

/// The name of the RocketMQ cluster.
pub const ROCKETMQ: &str = "shop-rocketmq";

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// Two brokers with a slave each, two NameServers, and load.
pub(super) fn furnish(fleet: &Fleet) -> Result<(), FleetError> {
    let spec = RocketmqSpec {
        cluster: "shop".to_owned(),
        version: "5.5.0".to_owned(),
        name_servers: 2,
        brokers: vec![(name("broker-a")?, 1), (name("broker-b")?, 1)],
        up_for: DAY * 41,
    };
    let cluster = fleet.add_rocketmq(&name(ROCKETMQ)?, &spec)?;
    topics(&cluster)?;
    groups(&cluster)
}

fn topics(cluster: &SimulatedRocketmq) -> Result<(), FleetError> {
    for (topic, queues, rate, days) in
        [("carts", 8, per_second(310), 5), ("deliveries", 4, per_second(22), 12), ("coupons", 4, per_second(2), 12)]
    {
        cluster.add_topic(&RocketmqTopicSpec::new(name(topic)?, queues).written(rate, DAY * days))?;
    }
    cluster.add_topic(&RocketmqTopicSpec::new(name("returns")?, 4))
}

/// One at work, one at work and behind, one stopped since yesterday.
fn groups(cluster: &SimulatedRocketmq) -> Result<(), FleetError> {
    let mut warehouse =
        RocketmqGroupSpec::stopped(name("warehouse")?, vec![(name("carts")?, per_second(200))], Duration::from_secs(9));
    for (client, host, version) in [
        ("10.0.7.4@1871", "10.0.7.4", "5.5.0"),
        ("10.0.7.5@1902", "10.0.7.5", "5.5.0"),
        ("10.0.7.6@77", "10.0.7.6", "4.9.7"),
    ] {
        warehouse = warehouse.client(client, host, version);
    }
    cluster.add_group(&warehouse)?;
    let couriers = RocketmqGroupSpec::stopped(name("couriers")?, vec![(name("deliveries")?, per_second(2))], HOUR * 2);
    cluster.add_group(&couriers.client("10.0.8.2@4410", "10.0.8.2", "4.9.7"))?;
    cluster.add_group(&RocketmqGroupSpec::stopped(name("coupon-audit")?, vec![(name("coupons")?, 0)], DAY))
}
