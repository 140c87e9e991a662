//! `/scale-out`: what it plans, what it refuses, and each guard's negative control.

mod back;
mod next;
mod owed;
mod planned;
mod refused;
mod stuck;
mod turned;
mod world;

use crate::changes::{self, Context, Guard, Guards, Owing, Rollback};
use crate::cluster::kafka::{
    Broker, BrokerDirs, BrokerReplication, ConfigEntry, Controllers, FOLLOWER_LIST, FOLLOWER_RATE, GroupReads,
    KafkaAnswer, KafkaCluster, KafkaQuery, LEADER_LIST, LogDir, NamedTopic, Partition, PartitionRate, Rates,
    Reassignment, Replicas, Replication, Right, Silence, Topic, TopicReplication,
};
use crate::cluster::{Answer, Failure, FailureKind, Query, Section, Sections, Seen};
use crate::command::{Arguments, Value};
use crate::facts::Fact;
use crate::id::TopicName;
use crate::plan::{
    Action, Adopted, Condition, Done, Draft, Expectation, Hold, KafkaAction, Level, Milestones, Plan, Planning,
    ReplicaMove, Row, Scope, Sealed, Undo, Work, milestones,
};
use std::collections::{BTreeMap, BTreeSet};

use super::world::{NOW, cluster, whole};

pub(super) use refused::refused_by;
pub(super) use stuck::is_called_off_while_an_old_replica_is_dead;
pub(super) use world::World;

const MIB: u64 = 1 << 20;

fn topic(name: &str) -> TopicName {
    name.parse().unwrap()
}

fn asked(topics: &[&str], throttle: u64) -> Arguments {
    let topics = topics.iter().map(|one| (*one).to_owned()).collect();
    Arguments(BTreeMap::from([
        ("brokers".to_owned(), Value::Brokers(vec![4])),
        ("topics".to_owned(), Value::Topics(topics)),
        ("throttle".to_owned(), Value::Rate(throttle)),
    ]))
}

fn all() -> Arguments {
    asked(&["all"], MIB)
}

/// A plan as it is stored, with a throttle and a list that somebody left.
pub(super) fn stored() -> Plan {
    let mut world = World::new();
    world.rates = BTreeMap::from([(1, "12345")]);
    world.lists = BTreeMap::from([(topic("orders"), "7:7")]);
    let arguments = all();
    let plan = whole(world.plan(&arguments), arguments);
    Plan { command: "scale-out".to_owned(), scope: Scope::Cluster, ..plan }
}

fn moves(draft: &Draft) -> Vec<ReplicaMove> {
    let of = |work: &Work| match work {
        Work::Act(Action::Kafka(KafkaAction::Reassign { moves })) => moves.clone(),
        _ => Vec::new(),
    };
    draft.steps.iter().flat_map(|step| of(&step.work)).collect()
}

fn check<'a>(draft: &'a Draft, id: &str) -> Option<&'a crate::plan::Check> {
    draft.checks.iter().find(|one| one.id == id)
}

fn all_done(plan: &Plan) -> Vec<Done> {
    let done = |step: &crate::plan::Step| match &step.work {
        Work::Act(action) => Some(Done { step: step.number, actions: vec![action.clone()] }),
        _ => None,
    };
    plan.steps.iter().filter_map(done).collect()
}
