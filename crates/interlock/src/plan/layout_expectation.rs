//! What must be true of a cluster's layout for a plan to be still the right one.

use super::expectation::{Assigned, ConfigExpected, Held, RoomExpected};
use super::layout_action::ReplicaMove;
use super::layout_probe::{Movements, Standing, known, place, setting};
use crate::cluster::Looker;
use crate::cluster::kafka::{Broker, Reassignment, Replicas};
use crate::facts::{Fact, Facts};

pub(super) fn assigned(expected: &[Assigned], looker: &mut Looker<'_>) -> Held {
    let movements = match Movements::see(looker) {
        Ok(movements) => movements,
        Err(facts) => return Held::CannotTell(facts),
    };
    for one in expected {
        match one_assigned(one, &movements, looker) {
            Held::Holds => {}
            other => return other,
        }
    }
    Held::Holds
}

fn one_assigned<'a>(one: &Assigned, movements: &Movements<'a>, looker: &mut Looker<'a>) -> Held {
    let facts = place(&one.topic, one.partition);
    let standing = match movements.standing(looker, (&one.topic, &one.topic_id, one.partition)) {
        Ok(standing) => standing,
        Err(facts) => return Held::CannotTell(facts),
    };
    match standing {
        Standing::Gone => Held::Broken { id: "topic-gone", facts },
        Standing::Another(id) => {
            let facts = facts.with("expected", one.topic_id.as_str()).with("found", id);
            Held::Broken { id: "topic-recreated", facts }
        }
        Standing::Here(_, Some(moving)) => {
            let facts = facts.with("found", moving.target().to_string());
            Held::Broken { id: "partition-is-moving", facts }
        }
        Standing::Here(partition, None)
            if partition.replicas == one.replicas.0 || one.or.as_ref().is_some_and(|or| partition.replicas == or.0) =>
        {
            Held::Holds
        }
        Standing::Here(partition, None) => {
            let found = Replicas(partition.replicas.clone()).to_string();
            let facts = facts.with("expected", one.replicas.to_string()).with("found", found);
            Held::Broken { id: "assignment-changed", facts }
        }
    }
}

pub(super) fn configs(expected: &[ConfigExpected], looker: &mut Looker<'_>) -> Held {
    for one in expected {
        let found = match setting(&one.on, &one.key, looker) {
            Ok(found) => found,
            Err(facts) => return Held::CannotTell(facts),
        };
        if found != one.value.as_deref() {
            let facts = Facts::none()
                .with("of", one.on.to_string())
                .with("key", one.key.as_str())
                .with("expected", one.value.as_deref().unwrap_or("none"))
                .with("found", found.unwrap_or("none"));
            return Held::Broken { id: "setting-changed", facts };
        }
    }
    Held::Holds
}

/// Brokers that are alive, each in its rack.
pub(super) fn alive(expected: &[Broker], looker: &mut Looker<'_>) -> Held {
    let cluster = match known(looker.kafka_cluster()) {
        Ok(cluster) => cluster,
        Err(facts) => return Held::CannotTell(facts),
    };
    for one in expected {
        let facts = Facts::none().with("broker", i64::from(one.id));
        let Some(found) = cluster.brokers.iter().find(|found| found.id == one.id) else {
            return Held::Broken { id: "broker-dead", facts };
        };
        if found.rack != one.rack {
            let rack = |rack: &Option<String>| rack.clone().unwrap_or_else(|| "none".to_owned());
            let facts = facts.with("expected", rack(&one.rack)).with("found", rack(&found.rack));
            return Held::Broken { id: "rack-changed", facts };
        }
    }
    Held::Holds
}

pub(super) fn only_these_move(expected: &[ReplicaMove], looker: &mut Looker<'_>) -> Held {
    let all = match known(looker.kafka_reassignments()) {
        Ok(all) => all,
        Err(facts) => return Held::CannotTell(facts),
    };
    let is_it = |one: &ReplicaMove, found: &Reassignment| {
        found.topic == one.topic && found.partition == one.partition && found.target() == one.to
    };
    if let Some(first) = all.iter().find(|found| !expected.iter().any(|one| is_it(one, found))) {
        let facts = place(&first.topic, first.partition).with("count", all.len());
        return Held::Broken { id: "reassignment-under-way", facts };
    }
    match expected.iter().find(|one| !all.iter().any(|found| is_it(one, found))) {
        None => Held::Holds,
        Some(one) => {
            let facts = place(&one.topic, one.partition).with("expected", one.to.to_string());
            Held::Broken { id: "move-has-ended", facts }
        }
    }
}

/// A broker whose disks say nothing of their size is not held against the plan: before Kafka 3.3 none does.
pub(super) fn room(expected: &[RoomExpected], looker: &mut Looker<'_>) -> Held {
    let all = match known(looker.kafka_log_dirs()) {
        Ok(all) => all,
        Err(facts) => return Held::CannotTell(facts),
    };
    for one in expected {
        let facts = Facts::none().with("broker", i64::from(one.broker));
        let dirs = all.iter().find(|found| found.broker == one.broker).and_then(|found| found.dirs.as_ref());
        let Some(dirs) = dirs else { return Held::CannotTell(facts.with("failure", "unreachable")) };
        let mut taking = dirs.iter().filter(|dir| dir.takes_replicas());
        let (is_there, usable) = match &one.path {
            None => (true, taking.map(|dir| dir.usable_bytes).sum()),
            Some(path) => match taking.find(|dir| dir.path == *path) {
                Some(dir) => (true, dir.usable_bytes),
                None => (false, Some(0)),
            },
        };
        let Some(usable) = usable.filter(|usable| !is_there || *usable < one.bytes) else { continue };
        let facts = facts.with("expected", Fact::Bytes(one.bytes)).with("found", Fact::Bytes(usable));
        return match &one.path {
            None => Held::Broken { id: "disk-too-full", facts },
            Some(path) => Held::Broken { id: "log-dir-too-full", facts: facts.with("path", path.as_str()) },
        };
    }
    Held::Holds
}
