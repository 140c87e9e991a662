//! The groups of a topic with their offsets, and what brokers keep back that can still come into its queues.

use super::failure::garbage;
use super::groups::all_offsets;
use super::observe::{Sight, failed};
use interlock::cluster::Failure;
use interlock::cluster::rocketmq::{Delay, FromMasters, Reader, SilentBroker, StoredOffset};
use interlock::id::{BrokerName, GroupId, TopicName};
use rocketmq_admin::{Broker, Settings};
use std::collections::{BTreeMap, BTreeSet};

/// Where brokers keep what is to be delivered later, a queue for each level.
const SCHEDULED: &str = "SCHEDULE_TOPIC_XXXX";
/// Where 5.x keeps what is to be delivered at an instant.
const TIMERS: &str = "rmq_sys_wheel_timer";
/// Where undecided transactions are: in files, and in `RocksDB` where 5.x is told to keep them there.
const HALF: [&str; 2] = ["RMQ_SYS_TRANS_HALF_TOPIC", "RMQ_SYS_ROCKSDB_TRANS_HALF_TOPIC"];
/// `MessageStoreConfig.messageDelayLevel`, where a broker does not tell it.
const LEVELS: &str = "1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h";
/// So much of a name that cannot be shown is told.
const MOST_SHOWN: usize = 60;
/// `MessageStoreConfig.timerMaxDelaySec`.
const LONGEST_TIMER: u64 = 3 * 24 * 3_600;

/// What one master tells of the groups of a topic.
struct Told {
    broker: BrokerName,
    offsets: BTreeMap<GroupId, Vec<StoredOffset>>,
    /// Connected groups, and whether they broadcast.
    online: BTreeMap<GroupId, bool>,
}

/// What is stored, and not what a broker answers for one queue: 4.9 says 0 where there is none.
pub(super) async fn readers(sight: &Sight<'_>, topic: &TopicName) -> Result<FromMasters<Vec<Reader>>, Failure> {
    let ground = sight.ground().await?;
    let stored = all_offsets(sight).await?;
    let mut silent = stored.silent;
    let mut all: Vec<Told> = Vec::new();
    let told = ground.masters(sight, |_, master| async move { online(&master, topic.as_str()).await }).await?;
    silent.extend(
        told.silent
            .into_iter()
            .filter(|one| !silent.iter().any(|known| known.broker == one.broker))
            .collect::<Vec<_>>(),
    );
    let mut online: BTreeMap<BrokerName, BTreeMap<GroupId, bool>> = told.seen.into_iter().collect();
    for (broker, offsets) in stored.seen {
        let mut of_topic: BTreeMap<GroupId, Vec<StoredOffset>> = BTreeMap::new();
        let mut unreadable = None;
        for ((group, _), queues) in offsets.into_iter().filter(|((_, of), _)| of == topic.as_str()) {
            let group = match readable(&group) {
                Ok(group) => group,
                Err(why) => {
                    unreadable.get_or_insert(why);
                    continue;
                }
            };
            let here = queues.into_iter().map(|(queue, offset)| StoredOffset { broker: broker.clone(), queue, offset });
            of_topic.entry(group).or_default().extend(here);
        }
        if let Some(why) = unreadable {
            silent.push(SilentBroker { broker, why });
            continue;
        }
        let online = online.remove(&broker).unwrap_or_default();
        all.push(Told { broker, offsets: of_topic, online });
    }
    all.sort_by(|one, other| one.broker.cmp(&other.broker));
    Ok(FromMasters { seen: merged(&all), silent })
}

/// The groups that a master knows to read a topic, and of those that are connected whether they broadcast.
async fn online(master: &Broker, topic: &str) -> Result<BTreeMap<GroupId, bool>, Failure> {
    let mut all = BTreeMap::new();
    for name in failed(master.groups_of_topic(topic).await)? {
        let group = readable(&name)?;
        if let Some(consumers) = failed(master.consumers(&name).await)? {
            all.insert(group, consumers.model == "BROADCASTING");
        }
    }
    Ok(all)
}

/// 4.9 makes groups of any name. One that cannot be shown cannot be waited for, so nothing is said of who reads at its master.
fn readable(name: &str) -> Result<GroupId, Failure> {
    let shown: String = name.chars().take(MOST_SHOWN).flat_map(char::escape_debug).collect();
    name.parse().map_err(|_| garbage(&format!("a group reads it whose name cannot be shown: {shown}")))
}

fn merged(told: &[Told]) -> Vec<Reader> {
    let groups: BTreeSet<GroupId> =
        told.iter().flat_map(|one| one.offsets.keys().chain(one.online.keys())).cloned().collect();
    let reader = |group: GroupId| {
        let mut offsets: Vec<StoredOffset> =
            told.iter().filter_map(|one| one.offsets.get(&group)).flatten().cloned().collect();
        offsets.sort();
        let connected = || told.iter().filter_map(|one| one.online.get(&group));
        Reader {
            online: connected().next().is_some(),
            broadcasts: connected().any(|one| *one),
            offsets,
            group: group.clone(),
        }
    };
    groups.into_iter().map(reader).collect()
}

pub(super) async fn delays(sight: &Sight<'_>) -> Result<FromMasters<Vec<Delay>>, Failure> {
    let ground = sight.ground().await?;
    let told = ground.masters(sight, |broker, master| async move { failed(delay(broker, &master).await) }).await?;
    Ok(FromMasters { seen: told.seen.into_iter().map(|(_, delay)| delay).collect(), silent: told.silent })
}

/// A level or a timer counts if it was ever used: what is still kept back cannot be told from what came due.
async fn delay(broker: BrokerName, master: &Broker) -> rocketmq_admin::Result<Delay> {
    let settings = master.settings().await?;
    let levels = levels(settings.get("messageDelayLevel").map_or(LEVELS, String::as_str));
    let mut delayed_ms = 0;
    for (queue, ms) in (0..).zip(levels) {
        if ms > delayed_ms && master.max_offset(SCHEDULED, queue).await? > 0 {
            delayed_ms = ms;
        }
    }
    if settings.contains_key("timerWheelEnable") && master.max_offset(TIMERS, 0).await? > 0 {
        let longest = number(&settings, "timerMaxDelaySec").unwrap_or(LONGEST_TIMER);
        delayed_ms = delayed_ms.max(longest.saturating_mul(1_000));
    }
    let mut half_ms = 0;
    for topic in HALF {
        if master.max_offset(topic, 0).await? > 0 {
            half_ms = undecided(&settings);
        }
    }
    Ok(Delay { broker, delayed_ms, half_ms })
}

/// A transaction is asked about so often and then given up.
fn undecided(settings: &Settings) -> u64 {
    let first = number(settings, "transactionTimeOut").unwrap_or(6_000);
    let every = number(settings, "transactionCheckInterval").unwrap_or(60_000);
    let times = number(settings, "transactionCheckMax").unwrap_or(15);
    first.saturating_add(every.saturating_mul(times))
}

fn number(settings: &Settings, key: &str) -> Option<u64> {
    settings.get(key)?.trim().parse().ok()
}

/// "1s 5s 1m 2h" in milliseconds; a word that is none counts as the longest there is.
fn levels(text: &str) -> Vec<u64> {
    let one = |word: &str| {
        let (count, unit) = word.split_at_checked(word.len().saturating_sub(1))?;
        let count: u64 = count.parse().ok()?;
        let unit = match unit {
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        count.checked_mul(unit)
    };
    text.split_whitespace().map(|word| one(word).unwrap_or(LONGEST_TIMER * 1_000)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_as_brokers_write_them() {
        let all = levels(LEVELS);
        assert_eq!((all.len(), all[0], all[4], all[17]), (18, 1_000, 60_000, 7_200_000));
        assert_eq!(levels("5s x 1d"), [5_000, 259_200_000, 86_400_000]);
    }

    #[test]
    fn a_transaction_is_decided_or_given_up_in_time() {
        assert_eq!(undecided(&Settings::new()), 906_000);
        let set = [("transactionCheckInterval".to_owned(), "1000".to_owned())];
        assert_eq!(undecided(&set.into()), 21_000);
    }

    #[test]
    fn a_group_whose_name_cannot_be_shown_is_not_passed_over() {
        assert_eq!(readable("billing").map(|group| group.to_string()), Ok("billing".to_owned()));
        for name in ["mail\u{7}", &"x".repeat(400)] {
            let why = readable(name).unwrap_err();
            assert_eq!(why.kind, interlock::cluster::FailureKind::Garbage, "{}", why.said);
            assert!(why.said.len() < 400 && !why.said.contains('\u{7}'), "{}", why.said);
        }
    }

    #[test]
    fn groups_are_the_union_over_all_masters() {
        let told = |broker: &str, group: &str, online: &[(&str, bool)]| Told {
            broker: broker.parse().unwrap(),
            offsets: [(
                group.parse().unwrap(),
                vec![StoredOffset { broker: broker.parse().unwrap(), queue: 1, offset: 5 }],
            )]
            .into(),
            online: online.iter().map(|(group, casts)| (group.parse().unwrap(), *casts)).collect(),
        };
        let all = merged(&[told("broker-a", "billing", &[]), told("broker-b", "mail", &[("cache", true)])]);
        let seen: Vec<_> =
            all.iter().map(|one| (one.group.as_str(), one.online, one.broadcasts, one.offsets.len())).collect();
        assert_eq!(seen, [("billing", false, false, 1), ("cache", true, true, 0), ("mail", false, false, 1)]);
    }
}
