//! NameServers, brokers and their processes.

use super::{GroupOverview, Perm, Said};
use crate::id::{BrokerName, GroupId};
use crate::time::Millis;
use serde::{Deserialize, Serialize};

/// The id of the master among a broker's processes.
pub const MASTER: u64 = 0;

/// `diskMaxUsedSpaceRatio`, in percent: from so full a disk on a broker deletes what it has kept for its time at any hour; from 85 %
/// (`diskSpaceCleanForciblyRatio`) the oldest messages go whether they have been kept for their time or not.
pub const DISK_FILLING: u32 = 75;

/// A cluster as a whole. RocketMQ has no cluster id: its name and its brokers' names are what tells two apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RocketmqCluster {
    /// Its name at the brokers (`brokerClusterName`).
    pub name: String,
    /// The NameServers of the settings, in their order.
    pub name_servers: Vec<NameServer>,
    /// Every broker that any NameServer knows in this cluster, ordered by name.
    pub brokers: Vec<BrokerSet>,
}

impl RocketmqCluster {
    /// One of its brokers.
    #[must_use]
    pub fn broker(&self, name: &BrokerName) -> Option<&BrokerSet> {
        self.brokers.iter().find(|one| one.name == *name)
    }

    /// Which masters among these are about to delete messages before their time, and how full the fullest of their disks is, in
    /// percent. None if none of them tells so.
    #[must_use]
    pub fn filling<'b>(&self, among: impl Iterator<Item = &'b BrokerName>) -> Option<(Vec<String>, u32)> {
        let told = |name: &'b BrokerName| {
            let percent = self.broker(name)?.master()?.said.answer()?.disk_percent?;
            (percent >= DISK_FILLING).then(|| (name.to_string(), percent))
        };
        let all: Vec<(String, u32)> = among.filter_map(told).collect();
        let fullest = all.iter().map(|(_, percent)| *percent).max()?;
        Some((all.into_iter().map(|(name, _)| name).collect(), fullest))
    }

    /// What tells it from others: its name and its brokers ("Lab: broker-a, broker-b").
    #[must_use]
    pub fn identity(&self) -> String {
        let names: Vec<&str> = self.brokers.iter().map(|one| one.name.as_str()).collect();
        format!("{}: {}", self.name, names.join(", "))
    }

    /// Whether a broker stores an offset for a group. 5.x does so only for groups that its master has (26 else); 4.9 for any.
    #[must_use]
    pub fn stores_offsets(&self, broker: &BrokerName, group: &GroupId, groups: &[GroupOverview]) -> bool {
        let master = self.broker(broker).and_then(BrokerSet::master).and_then(|master| master.said.answer());
        // One that does not tell its version is tried: it refuses what it does not store.
        let may_be_4 = master.is_none_or(|seen| seen.version.is_empty() || seen.version.starts_with("4."));
        may_be_4 || groups.iter().any(|one| one.id == *group && one.brokers.contains(broker))
    }
}

/// A NameServer of the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameServer {
    /// Where it is, as the settings say it. Shown in private answers only, never in a plan.
    pub address: String,
    /// What it said.
    pub said: Said<NameServerSeen>,
}

/// What a NameServer told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameServerSeen {
    /// Its version ("5.5.0").
    pub version: String,
    /// The processes of this cluster that are registered there, ordered by broker and id.
    pub registered: Vec<Registered>,
}

/// A process as a NameServer knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Registered {
    /// The broker.
    pub broker: BrokerName,
    /// The process among the broker's: [`MASTER`], or a slave's id.
    pub id: u64,
    /// Where clients find it.
    pub address: String,
}

/// The processes of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokerSet {
    /// Its name.
    pub name: BrokerName,
    /// Its processes, ordered by id. No master among them: its topics can only be read.
    pub processes: Vec<Process>,
}

impl BrokerSet {
    /// The master, if a NameServer knows one.
    #[must_use]
    pub fn master(&self) -> Option<&Process> {
        self.processes.iter().find(|one| one.id == MASTER)
    }

    /// The slaves.
    pub fn slaves(&self) -> impl Iterator<Item = &Process> {
        self.processes.iter().filter(|one| one.id != MASTER)
    }

    /// How many bytes of the master's log a slave has not got yet; none if either did not say. The two were not asked at
    /// the same instant.
    #[must_use]
    pub fn behind_bytes(&self, slave: &Process) -> Option<u64> {
        let end = |process: &Process| process.said.answer()?.log_end_bytes;
        let behind = end(self.master()?)?.saturating_sub(end(slave)?);
        Some(u64::try_from(behind).unwrap_or(0))
    }
}

/// A process of a broker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// [`MASTER`], or a slave's id.
    pub id: u64,
    /// Where it is. Shown in private answers only, never in a plan.
    pub address: String,
    /// What it said.
    pub said: Said<ProcessSeen>,
}

/// What a process says of itself (GET_BROKER_RUNTIME_INFO (28), GET_BROKER_CONFIG (26)). What a version does not tell is
/// none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProcessSeen {
    /// Its version ("4.9.7").
    pub version: String,
    /// `brokerPermission`: what the routes of its topics allow at most. Without write it goes on accepting what is sent.
    pub perm: Option<Perm>,
    /// When it was started.
    pub started_at: Option<Millis>,
    /// How full the fullest of its disks is, in percent.
    pub disk_percent: Option<u32>,
    /// Where its log begins, in bytes.
    pub log_start_bytes: Option<i64>,
    /// Where its log ends, in bytes.
    pub log_end_bytes: Option<i64>,
    /// Messages written to it since midnight, by its clock.
    pub written_today: Option<i64>,
    /// Messages read from it since midnight.
    pub read_today: Option<i64>,
    /// `fileReservedTime`: for how many hours messages are kept.
    pub kept_hours: Option<u32>,
    /// `flushConsumerOffsetInterval`: how often it writes the offsets of groups to its disk, in milliseconds.
    #[serde(default)]
    pub offset_flush_ms: Option<u64>,
    /// `useServerSideResetOffset` (5.x): whether it sets offsets of groups itself and hands them to clients. 4.9 leaves that to
    /// clients.
    #[serde(default)]
    pub resets_offsets: bool,
}
