//! What slaves have of topics' settings. Only read: what is written to a slave is refused by 4.9, and forgotten by 5.x.

use super::failure::failure;
use super::observe::Sight;
use super::side_by_side;
use super::topics::at;
use interlock::cluster::Failure;
use interlock::cluster::rocketmq::{MASTER, Said, SlaveCopies, TopicAt};
use interlock::id::{BrokerName, TopicName};
use rocketmq_admin::{Broker, TopicConfig};

/// Every slave that a NameServer knows, asked side by side about one topic or all.
pub(super) async fn copies(sight: &Sight<'_>, of: Option<&TopicName>) -> Result<Vec<SlaveCopies>, Failure> {
    let ground = sight.ground().await?;
    let processes =
        ground.brokers.iter().flat_map(|(broker, processes)| processes.iter().map(move |one| (broker, one)));
    let slaves = processes.filter(|(_, (id, _))| **id != MASTER);
    let each = slaves.map(|(broker, (id, address))| async move {
        let topics = match read(&sight.client.broker_at(address), broker, of).await {
            Ok(topics) => Said::Answer(topics),
            Err(error) => Said::Silent(failure(&error)),
        };
        SlaveCopies { broker: broker.clone(), id: *id, topics }
    });
    Ok(side_by_side::all(each).await)
}

async fn read(
    slave: &Broker,
    broker: &BrokerName,
    of: Option<&TopicName>,
) -> rocketmq_admin::Result<Vec<(TopicName, TopicAt)>> {
    let seen = |name: TopicName, config: &TopicConfig| (name, at(broker, config));
    match of {
        Some(name) => {
            Ok(slave.topic(name.as_str()).await?.map(|config| seen(name.clone(), &config)).into_iter().collect())
        }
        // A name that no topic can have cannot be asked about either.
        None => Ok(slave
            .topics()
            .await?
            .into_iter()
            .filter_map(|(name, config)| Some(seen(name.parse().ok()?, &config)))
            .collect()),
    }
}
