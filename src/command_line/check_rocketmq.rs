//! `signalbox check` of a RocketMQ cluster: every NameServer and every process, what they run, and what we may there.

use crate::config::{ClusterSettings, Reached};
use engine::port::Observe;
use interlock::cluster::rocketmq::{BrokerSet, MASTER, NameServer, Process, RocketmqCluster, RocketmqQuery, Said};
use interlock::cluster::{Failure, Look, Looker, Mode, Query, Sections};
use std::collections::BTreeSet;

/// What was tried, and what came of it.
pub(super) type Tried = (String, Result<String, String>);

/// Looks at the cluster as a whole, at each server of it, and at what a look needs.
pub(super) async fn check(settings: &ClusterSettings, cluster: &dyn Observe) -> Vec<Tried> {
    let queries = [RocketmqQuery::Cluster, RocketmqQuery::Topics, RocketmqQuery::Groups].map(Query::Rocketmq);
    let sections = cluster.observe(&BTreeSet::from(queries)).await;
    let name = &settings.cluster.name;
    let seen = match Looker::new(&sections).rocketmq_cluster() {
        Look::Seen(seen) => seen,
        Look::Failed(failure) => return vec![(format!("cluster {name}"), Err(said(failure)))],
        Look::Ask => return vec![(format!("cluster {name}"), Err("not asked".to_owned()))],
    };
    let mut tried = vec![(format!("cluster {name}"), Ok(seen.identity()))];
    tried.extend(seen.name_servers.iter().map(|server| name_server(server, seen)));
    tried.extend(seen.brokers.iter().flat_map(of_broker));
    tried.push((format!("rights on {name}"), rights(settings, &sections)));
    tried
}

fn said(failure: &Failure) -> String {
    format!("{}: {}", failure.kind.key(), failure.said)
}

/// A NameServer has to answer, and to know every process that another one knows.
fn name_server(server: &NameServer, cluster: &RocketmqCluster) -> Tried {
    let what = format!("NameServer {}", server.address);
    let seen = match &server.said {
        Said::Silent(failure) => return (what, Err(said(failure))),
        Said::Answer(seen) => seen,
    };
    let lacks = |broker: &&BrokerSet| {
        let knows = |id: u64| seen.registered.iter().any(|one| one.broker == broker.name && one.id == id);
        broker.processes.iter().any(|process| !knows(process.id))
    };
    let lacking: Vec<&str> = cluster.brokers.iter().filter(lacks).map(|broker| broker.name.as_str()).collect();
    let result = if lacking.is_empty() {
        Ok(format!("{}, knows all {} processes", seen.version, seen.registered.len()))
    } else {
        Err(format!("{}, does not know all processes of {}", seen.version, lacking.join(", ")))
    };
    (what, result)
}

fn of_broker(broker: &BrokerSet) -> Vec<Tried> {
    let mut tried: Vec<Tried> = broker.processes.iter().map(|one| process(broker, one)).collect();
    if broker.master().is_none() {
        tried.push((format!("master of {}", broker.name), Err("no NameServer knows one".to_owned())));
    }
    tried
}

fn process(broker: &BrokerSet, process: &Process) -> Tried {
    let what = if process.id == MASTER {
        format!("master of {} at {}", broker.name, process.address)
    } else {
        format!("slave {} of {} at {}", process.id, broker.name, process.address)
    };
    let result = match &process.said {
        Said::Silent(failure) => Err(said(failure)),
        Said::Answer(seen) => {
            let perm = seen.perm.map_or_else(|| "?".to_owned(), |perm| perm.to_string());
            Ok(format!("{}, permission {perm}", seen.version))
        }
    };
    (what, result)
}

/// A look needs topics and groups of every master. What we may change, RocketMQ's brokers do not tell.
fn rights(settings: &ClusterSettings, sections: &Sections) -> Result<String, String> {
    let mut looker = Looker::new(sections);
    let (topics, groups) = (looker.rocketmq_topics(), looker.rocketmq_groups());
    let (topics, groups) = match (topics, groups) {
        (Look::Seen(topics), Look::Seen(groups)) => (topics, groups),
        (Look::Failed(failure), _) | (_, Look::Failed(failure)) => return Err(said(failure)),
        _ => return Err("not asked".to_owned()),
    };
    if let Some(silent) = topics.silent.iter().chain(&groups.silent).next() {
        return Err(format!("{}: {}", silent.broker, said(&silent.why)));
    }
    let signed = match &settings.reached {
        Reached::Rocketmq(reached) => match &reached.keys {
            Some(keys) => format!("signed as {}", keys.access_key),
            None => "not signed".to_owned(),
        },
        Reached::Simulated | Reached::Kafka(_) => "simulated".to_owned(),
    };
    let (topics, groups) = (topics.seen.len(), groups.seen.len());
    let looks = format!("requests are {signed}; all that is needed to look, at {topics} topics and {groups} groups");
    match settings.cluster.mode {
        Mode::Observe => Ok(looks),
        Mode::Change => Ok(format!("{looks}; what may be changed, the brokers do not tell beforehand")),
    }
}
