//! What a plan does to a cluster's layout, in the words of `plan.txt`.

use super::foreign::shown;
use super::locale::Locale;
use super::numbers::{bytes, duration};
use interlock::cluster::kafka::Broker;
use interlock::plan::{
    Adopted, Assigned, ConfigChange, ConfigExpected, ConfigOn, ListRemoval, Load, Moving, PreferredLeader, ReplicaMove,
    RoomExpected, Row,
};

fn name(text: &str) -> String {
    shown(text, 3_000)
}

fn value(value: Option<&str>) -> String {
    value.map_or_else(|| "not set".to_owned(), |value| format!("“{}”", name(value)))
}

fn on(on: &ConfigOn) -> String {
    match on {
        ConfigOn::Broker(id) => format!("broker {id}"),
        ConfigOn::Topic(topic) => format!("topic {topic}"),
    }
}

fn listed<T>(all: &[T], one: impl Fn(&T) -> String) -> String {
    all.iter().map(one).collect::<Vec<_>>().join(", ")
}

pub(super) fn reassign(moves: &[ReplicaMove]) -> String {
    let one = |one: &ReplicaMove| {
        let dirs: String =
            one.dirs.iter().map(|(broker, path)| format!(", on broker {broker} in {}", name(path))).collect();
        format!("{} {} from {} to {}{dirs}", one.topic, one.partition, one.from, one.to)
    };
    format!("move {}", listed(moves, one))
}

pub(super) fn call_off(moves: &[ReplicaMove]) -> String {
    format!("call off the move of {}", listed(moves, |one| format!("{} {}", one.topic, one.partition)))
}

pub(super) fn only_these_move(moves: &[ReplicaMove]) -> String {
    let each = listed(moves, |one| format!("{} {} to {}", one.topic, one.partition, one.to));
    format!("only these partitions of the cluster are on the move: {each}")
}

pub(super) fn set_configs(changes: &[ConfigChange]) -> String {
    let one = |one: &ConfigChange| {
        let (from, to) = (value(one.from.as_deref()), value(one.to.as_deref()));
        format!("{} of {} from {from} to {to}", name(&one.key), on(&one.on))
    };
    format!("set {}", listed(changes, one))
}

pub(super) fn take_from_lists(lists: &[ListRemoval]) -> String {
    let one = |one: &ListRemoval| {
        let then = if one.stood_before { "" } else { " (and remove it when it is empty: it was not there before)" };
        format!("{} from {} of topic {}{then}", name(&one.entries.join(",")), name(&one.key), one.topic)
    };
    format!("take {}", listed(lists, one))
}

pub(super) fn elect(partitions: &[PreferredLeader]) -> String {
    let one = |one: &PreferredLeader| format!("broker {} of {} {}", one.leader, one.topic, one.partition);
    format!("make leaders {}", listed(partitions, one))
}

pub(super) fn adopted(one: &Adopted) -> String {
    let left: Vec<String> = one.left.iter().cloned().collect();
    format!(
        "on {} in place of operation {}, which owes it no longer once this one has started; what it may have left there: {}",
        listed(&one.things(), ToString::to_string),
        one.operation,
        listed(&left, |value| name(value))
    )
}

pub(super) fn moved(moving: &Moving) -> String {
    let locale = Locale::EnUs;
    let throttle = moving.throttle.as_ref().map_or_else(String::new, |throttle| {
        let rate = |rate: u64| format!("{}/s", bytes(rate));
        format!(
            "; throttle {}, slowed to {} where no replica in sync can be spared; /throttle may turn it to up to {} without a \
             new vote, never above; on brokers {}",
            rate(throttle.bytes_per_second),
            rate(throttle.slowest_bytes_per_second),
            rate(throttle.fastest_bytes_per_second),
            listed(&throttle.brokers, ToString::to_string)
        )
    });
    format!(
        "every partition has these replicas in this order, all in sync; a look every {}, people are told after {} without \
         progress, and it stands still while a partition is under its min.insync.replicas{throttle}",
        duration(locale, moving.interval_ms),
        duration(locale, moving.stalled_ms),
    )
}

pub(super) fn assigned(partitions: &[Assigned]) -> String {
    let one = |one: &Assigned| {
        let or = one.or.as_ref().map_or_else(String::new, |or| format!(" or {or}"));
        format!("{} {} on {}{or} (id {})", one.topic, one.partition, one.replicas, name(&one.topic_id))
    };
    format!("none of these is moving, and they stand: {}", listed(partitions, one))
}

pub(super) fn alive(brokers: &[Broker]) -> String {
    let one = |broker: &Broker| match &broker.rack {
        Some(rack) => format!("{} in rack {}", broker.id, name(rack)),
        None => format!("{} without a rack", broker.id),
    };
    format!("these brokers are alive: {}", listed(brokers, one))
}

pub(super) fn configs(configs: &[ConfigExpected]) -> String {
    let one = |one: &ConfigExpected| {
        let standing = one.value.as_deref();
        format!("{} of {} is {}", name(&one.key), on(&one.on), value(standing))
    };
    format!("settings are as they were found: {}", listed(configs, one))
}

pub(super) fn room(brokers: &[RoomExpected]) -> String {
    let place = |path: &Option<String>| path.as_ref().map(|path| format!(" in {}", name(path))).unwrap_or_default();
    listed(brokers, |one| format!("broker {} has {} free{}", one.broker, bytes(one.bytes), place(&one.path)))
}

/// A row of the table of brokers; none for a row of another kind.
pub(super) fn row(row: &Row) -> Option<Vec<String>> {
    let Row::Broker { broker, rack, now, during, after } = row else { return None };
    let each = |part: fn(&Load) -> String| [now, during, after].map(part).join("→");
    Some(vec![
        broker.to_string(),
        name(rack),
        each(|load| load.replicas.to_string()),
        each(|load| load.leaders.to_string()),
        each(|load| bytes(load.bytes)),
    ])
}
