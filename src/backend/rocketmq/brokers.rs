//! NameServers and brokers, and what each process says of itself.

use super::failure::failure;
use super::ground::{Ground, brokers_of};
use super::observe::Sight;
use super::side_by_side;
use interlock::cluster::Failure;
use interlock::cluster::rocketmq::{
    BrokerSet, NameServer, NameServerSeen, Perm, Process, ProcessSeen, Registered, RocketmqCluster, Said,
};
use interlock::id::BrokerName;
use interlock::time::Millis;
use rocketmq_admin::{Broker, Cluster, HostPort, RuntimeInfo, Settings, Version};
use std::collections::BTreeMap;

pub(super) async fn cluster(sight: &Sight<'_>) -> Result<RocketmqCluster, Failure> {
    let ground = sight.ground().await?;
    let brokers = broker_sets(sight, ground).await;
    let name_servers = ground.servers.iter().map(|(address, said)| name_server(ground, address, said)).collect();
    Ok(RocketmqCluster { name: ground.name.clone(), name_servers, brokers })
}

fn name_server(ground: &Ground, address: &HostPort, said: &rocketmq_admin::Result<(Version, Cluster)>) -> NameServer {
    let seen = |(version, cluster): &(Version, Cluster)| NameServerSeen {
        version: version.to_string(),
        registered: registered(cluster, &ground.name),
    };
    let said = match said {
        Ok(told) => Said::Answer(seen(told)),
        Err(error) => Said::Silent(failure(error)),
    };
    NameServer { address: address.to_string(), said }
}

/// What the ground could read of it: names that cannot be shown have ended the look before.
fn registered(cluster: &Cluster, name: &str) -> Vec<Registered> {
    let each = brokers_of(cluster, name).into_iter().filter_map(|(broker, processes)| {
        let broker: BrokerName = broker.parse().ok()?;
        Some(processes.into_iter().map(move |(id, address)| (broker.clone(), id, address)))
    });
    each.flatten().map(|(broker, id, address)| Registered { broker, id, address: address.to_string() }).collect()
}

/// Every process of every broker is asked by itself: how many there are at a time is not a matter of how many brokers there are.
async fn broker_sets(sight: &Sight<'_>, ground: &Ground) -> Vec<BrokerSet> {
    let processes =
        ground.brokers.iter().flat_map(|(name, processes)| processes.iter().map(move |(id, at)| (name, *id, at)));
    let each = processes.map(|(name, id, address)| async move {
        let said = match process(&sight.client.broker_at(address)).await {
            Ok(seen) => Said::Answer(seen),
            Err(error) => Said::Silent(failure(&error)),
        };
        (name, Process { id, address: address.to_string(), said })
    });
    let mut sets: BTreeMap<&BrokerName, Vec<Process>> = ground.brokers.keys().map(|name| (name, Vec::new())).collect();
    for (name, process) in side_by_side::all(each).await {
        sets.entry(name).or_default().push(process);
    }
    sets.into_iter().map(|(name, processes)| BrokerSet { name: name.clone(), processes }).collect()
}

async fn process(broker: &Broker) -> rocketmq_admin::Result<ProcessSeen> {
    let (figures, settings) = (broker.runtime_info().await?, broker.settings().await?);
    Ok(seen(&figures, &settings))
}

fn seen(figures: &RuntimeInfo, settings: &Settings) -> ProcessSeen {
    let setting = |key: &str| settings.get(key).and_then(|value| value.trim().parse().ok());
    let disks = ["commitLogDiskRatio", "consumeQueueDiskRatio"].iter().filter_map(|key| percent(figures.0.get(*key)?));
    ProcessSeen {
        version: figures.0.get("brokerVersionDesc").map_or_else(String::new, |name| version(name)),
        perm: setting("brokerPermission").map(Perm),
        started_at: figures.number("bootTimestamp").map(Millis),
        disk_percent: disks.max(),
        log_start_bytes: figures.number("commitLogMinOffset"),
        log_end_bytes: figures.number("commitLogMaxOffset"),
        written_today: today(figures, "msgPutTotal"),
        read_today: today(figures, "msgGetTotal"),
        kept_hours: setting("fileReservedTime"),
        offset_flush_ms: setting("flushConsumerOffsetInterval").map(u64::from),
        resets_offsets: settings.get("useServerSideResetOffset").is_some_and(|value| value.trim() == "true"),
    }
}

/// "V5_5_0" is 5.5.0. 5.x does not tell the number of its version beside it, as 4.9 does.
fn version(name: &str) -> String {
    name.trim_start_matches('V').replace("_SNAPSHOT", "-SNAPSHOT").replace('_', ".")
}

/// "0.51" is 51.
fn percent(ratio: &str) -> Option<u32> {
    let ratio: f64 = ratio.parse().ok()?;
    if !(0.0..=1.0).contains(&ratio) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 100")]
    Some((ratio * 100.0).round() as u32)
}

/// Since midnight: the count of now without what there was then.
fn today(figures: &RuntimeInfo, what: &str) -> Option<i64> {
    let now = figures.number(&format!("{what}TodayNow"))?;
    Some(now - figures.number(&format!("{what}TodayMorning")).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_as_both_lines_write_them() {
        let figures = [
            ("brokerVersionDesc", "V4_9_7"),
            ("commitLogDiskRatio", "0.51"),
            ("consumeQueueDiskRatio", "0.746"),
            ("commitLogMinOffset", "0"),
            ("commitLogMaxOffset", "4132"),
            ("msgPutTotalTodayNow", "20"),
            ("msgPutTotalTodayMorning", "5"),
            ("bootTimestamp", "1795547307973"),
        ];
        let figures = RuntimeInfo(figures.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
        let settings: Settings =
            [("brokerPermission", "4"), ("fileReservedTime", "72")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        let seen = seen(&figures, &settings);
        assert_eq!((seen.version.as_str(), seen.perm), ("4.9.7", Some(Perm(4))));
        assert_eq!((seen.disk_percent, seen.kept_hours), (Some(75), Some(72)));
        assert_eq!((seen.log_end_bytes, seen.written_today, seen.read_today), (Some(4132), Some(15), None));
        assert_eq!(percent("-1.0"), None, "a disk that cannot be looked at");
        assert_eq!(version("V5_5_0_SNAPSHOT"), "5.5.0-SNAPSHOT");
    }
}
