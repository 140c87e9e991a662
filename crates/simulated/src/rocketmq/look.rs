//! What a cluster answers to queries.

use super::topic::{TopicHere, TopicState};
use super::{BrokerState, GroupState, NameServerState, ProcessState, Rocketmq};
use crate::kafka::{Trouble, failed};
use interlock::cluster::rocketmq::{
    BrokerSet, Client, CommittedOffset, FromMasters, Group, GroupAt, GroupOverview, MASTER, Model, NameServer,
    NameServerSeen, OffsetAt, Perm, Process, ProcessSeen, QueueRange, Rates, Registered, RocketmqAnswer,
    RocketmqCluster, RocketmqQuery, Route, RouteQueues, Routes, Said, SilentBroker, Subscription, Topic, TopicAt,
    TopicKind, TopicOverview, TopicRate, TopicRoutes, is_system_group,
};
use interlock::cluster::{Failure, FailureKind};
use interlock::id::{BrokerName, GroupId, TopicName};
use interlock::time::Millis;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

type Answered<T> = Result<T, Failure>;

/// How long a message is in a log, in bytes.
const MESSAGE_BYTES: i64 = 300;
/// The window that rates are told over.
const WINDOW: Duration = Duration::from_secs(60);

impl Rocketmq {
    /// The answer of the servers at an instant.
    pub(super) fn answer(&self, query: &RocketmqQuery, now: Millis) -> Answered<RocketmqAnswer> {
        if let Some(failure) = self.trouble.as_ref().and_then(Trouble::failure) {
            return Err(failure);
        }
        if self.name_servers.iter().all(|server| server.dead) {
            return Err(silent());
        }
        Ok(match query {
            RocketmqQuery::Cluster => RocketmqAnswer::Cluster(self.cluster(now)),
            RocketmqQuery::Topics => RocketmqAnswer::Topics(self.of_masters(self.topic_list())?),
            RocketmqQuery::Topic(name) => RocketmqAnswer::Topic(self.one_topic(name)),
            RocketmqQuery::Routes => RocketmqAnswer::Routes(self.routes()),
            RocketmqQuery::Groups => RocketmqAnswer::Groups(self.of_masters(self.group_list())?),
            RocketmqQuery::Group(id) => RocketmqAnswer::Group(self.one_group(id)),
            RocketmqQuery::GroupsOf(topic) => RocketmqAnswer::GroupsOf(self.of_masters(self.groups_of(topic))?),
            RocketmqQuery::Committed(id) => RocketmqAnswer::Committed(self.of_masters(self.committed(id, now))?),
            RocketmqQuery::Ranges(topic, least) => {
                RocketmqAnswer::Ranges(self.of_masters(self.ranges(topic, *least, now))?)
            }
            RocketmqQuery::OffsetsAt(topic, at) => {
                RocketmqAnswer::OffsetsAt(self.of_masters(self.offsets_at(topic, *at, now))?)
            }
            RocketmqQuery::Producers => RocketmqAnswer::Producers(self.of_masters(Vec::new())?),
            RocketmqQuery::Rates => RocketmqAnswer::Rates(self.rates(now)),
            RocketmqQuery::Readers(topic) => RocketmqAnswer::Readers(self.of_masters(self.readers(topic, now))?),
            RocketmqQuery::Delays => RocketmqAnswer::Delays(self.of_masters(self.delays(now))?),
            RocketmqQuery::Copies(of) => RocketmqAnswer::Copies(self.copies(of.as_ref(), now)),
        })
    }

    /// What masters told, with those that are gone; a failure where none is there.
    fn of_masters<T>(&self, seen: T) -> Answered<FromMasters<T>> {
        if self.masters().next().is_none() { Err(no_master()) } else { Ok(FromMasters { seen, silent: self.silent() }) }
    }

    /// Brokers that NameServers know and that have no master.
    fn silent(&self) -> Vec<SilentBroker> {
        let gone = self.registered_somewhere().filter(|(_, broker)| !broker.has_master());
        gone.map(|(name, _)| SilentBroker { broker: name.clone(), why: no_master() }).collect()
    }

    /// NameServers forget a broker when its last process is gone.
    pub(super) fn registered_somewhere(&self) -> impl Iterator<Item = (&BrokerName, &BrokerState)> {
        self.brokers.iter().filter(|(_, broker)| broker.processes.values().any(|process| !process.dead))
    }

    fn masters(&self) -> impl Iterator<Item = &BrokerName> {
        self.brokers.iter().filter(|(_, broker)| broker.has_master()).map(|(name, _)| name)
    }

    pub(super) fn leads(&self, broker: &BrokerName) -> bool {
        self.brokers.get(broker).is_some_and(BrokerState::has_master)
    }

    fn cluster(&self, now: Millis) -> RocketmqCluster {
        let server = |server: &NameServerState| NameServer {
            address: server.address.clone(),
            said: if server.dead {
                Said::Silent(silent())
            } else {
                let registered = self.registered(server);
                Said::Answer(NameServerSeen { version: self.version.clone(), registered })
            },
        };
        let set = |(name, broker): (&BrokerName, &BrokerState)| BrokerSet {
            name: name.clone(),
            processes: broker
                .processes
                .iter()
                .filter(|(_, process)| !process.dead)
                .map(|(id, process)| self.seen_process(name, (*id, process), now))
                .collect(),
        };
        RocketmqCluster {
            name: self.name.clone(),
            name_servers: self.name_servers.iter().map(server).collect(),
            brokers: self.registered_somewhere().map(set).collect(),
        }
    }

    /// A process that dies is gone from the NameServers at once: its connection closes.
    fn registered(&self, server: &NameServerState) -> Vec<Registered> {
        let known = self.brokers.iter().filter(|(name, _)| !server.strangers.contains(name));
        let each = known.flat_map(|(name, broker)| broker.processes.iter().map(move |one| (name, one)));
        each.filter(|(_, (_, process))| !process.dead)
            .map(|(name, (id, process))| Registered { broker: name.clone(), id: *id, address: process.address.clone() })
            .collect()
    }

    fn seen_process(&self, name: &BrokerName, (id, process): (u64, &ProcessState), now: Millis) -> Process {
        let broker = self.brokers.get(name);
        let here = || self.topics.values().filter_map(|topic| topic.at.get(name)).flat_map(|here| &here.queues);
        let written = |at: Millis| here().map(|log| log.end(at)).sum::<i64>();
        let midnight = Millis(now.0 - now.0.rem_euclid(86_400_000));
        let held: i64 = here().map(|log| log.end(now) - log.start(now)).sum();
        let end = written(now) * MESSAGE_BYTES;
        let behind = i64::try_from(process.behind_bytes).unwrap_or(i64::MAX);
        let is_master = id == MASTER;
        Process {
            id,
            address: process.address.clone(),
            said: Said::Answer(ProcessSeen {
                version: self.version.clone(),
                perm: broker.map(|broker| broker.perm),
                started_at: Some(self.started_at),
                disk_percent: Some(process.disk_percent),
                log_start_bytes: Some(end - held * MESSAGE_BYTES),
                log_end_bytes: Some(end.saturating_sub(behind)),
                written_today: is_master.then(|| written(now) - written(midnight)),
                read_today: is_master.then(|| written(now) - written(midnight)),
                kept_hours: broker.map(|broker| broker.kept_hours),
                offset_flush_ms: Some(5_000),
                resets_offsets: !self.version.starts_with("4."),
            }),
        }
    }

    fn kind(&self, name: &TopicName) -> TopicKind {
        TopicKind::of(name, &self.name, self.brokers.keys())
    }

    fn topic_list(&self) -> Vec<TopicOverview> {
        let at = |topic: &TopicState| {
            let here = topic.at.iter().filter(|(broker, _)| self.leads(broker));
            here.map(|(broker, here)| topic_at(broker, here)).collect::<Vec<_>>()
        };
        let each = self.topics.iter().map(|(name, topic)| (name, at(topic)));
        each.filter(|(_, at)| !at.is_empty())
            .map(|(name, at)| TopicOverview { name: name.clone(), kind: self.kind(name), at })
            .collect()
    }

    fn one_topic(&self, name: &TopicName) -> Option<Topic> {
        let none = TopicState::default();
        let state = self.topics.get(name).unwrap_or(&none);
        if state.at.is_empty() && self.name_servers.iter().all(|server| !server.left.contains_key(name)) {
            return None;
        }
        let at = self.registered_somewhere().map(|(broker, _)| {
            let here = state.at.get(broker).map(|here| topic_at(broker, here));
            (broker.clone(), if self.leads(broker) { Said::Answer(here) } else { Said::Silent(no_master()) })
        });
        let route = |server: &NameServerState| {
            let route = || self.route(server, state).or_else(|| server.left.get(name).cloned());
            let said = if server.dead { Said::Silent(silent()) } else { Said::Answer(route()) };
            (server.address.clone(), said)
        };
        Some(Topic { kind: self.kind(name), at: at.collect(), routes: self.name_servers.iter().map(route).collect() })
    }

    /// A broker without a master keeps its queues in the route as long as a slave is there.
    pub(super) fn route(&self, server: &NameServerState, topic: &TopicState) -> Option<Route> {
        let queues: Vec<RouteQueues> = topic
            .at
            .iter()
            .filter(|(name, _)| !server.strangers.contains(name))
            .filter_map(|(name, here)| {
                let broker = self.brokers.get(name)?;
                broker.processes.values().any(|process| !process.dead).then_some((name, here, broker))
            })
            .map(|(name, here, broker)| RouteQueues {
                broker: name.clone(),
                read: here.read,
                write: here.write,
                perm: self.route_perm(here, broker, server.wiped.contains(name)),
            })
            .collect();
        (!queues.is_empty()).then_some(Route { queues, order: None })
    }

    /// 4.9 tells the broker's permission where that is narrower than both, 5.x what topic and broker both permit.
    fn route_perm(&self, here: &TopicHere, broker: &BrokerState, wiped: bool) -> Perm {
        let both = Perm(here.perm.0 & broker.perm.0);
        let narrowed = broker.perm != Perm::READ_WRITE;
        let told = if self.version.starts_with("4.") && narrowed { broker.perm } else { both };
        if wiped { Perm(told.0 & !Perm::WRITE.0) } else { told }
    }

    fn routes(&self) -> Routes {
        let answering = || self.name_servers.iter().filter(|server| !server.dead);
        let ours = self.topics.iter().filter(|(name, _)| self.kind(name) != TopicKind::System);
        let routes = |(name, topic): (&TopicName, &TopicState)| TopicRoutes {
            topic: name.clone(),
            at: answering().map(|server| self.route(server, topic)).collect(),
        };
        Routes { topics: ours.map(routes).collect(), left_out: 0 }
    }

    fn group_list(&self) -> Vec<GroupOverview> {
        let overview = |(id, group): (&GroupId, &GroupState)| GroupOverview {
            id: id.clone(),
            system: is_system_group(id),
            brokers: group.at.keys().filter(|broker| self.leads(broker)).cloned().collect(),
        };
        self.groups.iter().map(overview).filter(|one| !one.brokers.is_empty()).collect()
    }

    fn one_group(&self, id: &GroupId) -> Option<Group> {
        let group = self.groups.get(id)?;
        let masters: Vec<BrokerName> = self.masters().cloned().collect();
        let at = |broker: &BrokerName| {
            let settings = group.at.get(broker).copied();
            GroupAt {
                broker: broker.clone(),
                settings,
                whole: settings.map(super::lifecycle::whole).unwrap_or_default(),
            }
        };
        let topics: BTreeSet<&TopicName> = group.offsets.iter().map(|one| &one.topic).collect();
        let online = !group.clients.is_empty();
        let model = if group.broadcasts { Model::Broadcasting } else { Model::Clustering };
        let subscription = |topic: &TopicName| Subscription { topic: topic.clone(), expression: "*".to_owned() };
        Some(Group {
            system: is_system_group(id),
            at: masters.iter().map(at).collect(),
            clients: self.clients(id, group, &masters),
            subscriptions: topics.into_iter().filter(|_| online).map(subscription).collect(),
            model: online.then_some(model),
            silent: self.silent(),
        })
    }

    fn clients(&self, id: &GroupId, group: &GroupState, masters: &[BrokerName]) -> Vec<Client> {
        let client = |one: &super::ClientSpec| Client {
            group: id.clone(),
            id: one.id.clone(),
            host: one.host.clone(),
            language: "JAVA".to_owned(),
            version: one.version.clone(),
            brokers: masters.to_vec(),
        };
        let connected = group.clients.iter().filter(|_| !masters.is_empty());
        connected.map(client).collect()
    }

    fn groups_of(&self, topic: &TopicName) -> Vec<GroupId> {
        let reads = |group: &GroupState| group.offsets.iter().any(|one| one.topic == *topic && self.leads(&one.broker));
        self.groups.iter().filter(|(_, group)| reads(group)).map(|(id, _)| id.clone()).collect()
    }

    fn committed(&self, id: &GroupId, now: Millis) -> Vec<CommittedOffset> {
        let offsets = self.groups.get(id).into_iter().flat_map(|group| &group.offsets);
        let mut all: Vec<CommittedOffset> = offsets
            .filter(|one| self.leads(&one.broker))
            .filter_map(|one| {
                let log = self.topics.get(&one.topic)?.at.get(&one.broker)?.queues.get(one.queue as usize)?;
                let (topic, broker) = (one.topic.clone(), one.broker.clone());
                Some(CommittedOffset { topic, broker, queue: one.queue, offset: one.committed(log, now) })
            })
            .collect();
        all.sort();
        all
    }

    fn ranges(&self, name: &TopicName, least: u32, now: Millis) -> Vec<QueueRange> {
        let here = self.topics.get(name).into_iter().flat_map(|topic| &topic.at);
        let led = here.filter(|(broker, _)| self.leads(broker));
        led.flat_map(|(broker, here)| {
            let open = here.read.max(here.write);
            let asked = open.max(least) as usize;
            let each = (0_u32..).zip(here.queues.iter().take(asked));
            each.map(move |(queue, log)| QueueRange {
                broker: broker.clone(),
                queue,
                start: log.start(now),
                end: log.end(now),
            })
            .filter(move |range| range.queue < open || range.end > 0)
        })
        .collect()
    }

    fn offsets_at(&self, name: &TopicName, at: Millis, now: Millis) -> Vec<OffsetAt> {
        let here = self.topics.get(name).into_iter().flat_map(|topic| &topic.at);
        let led = here.filter(|(broker, _)| self.leads(broker));
        led.flat_map(|(broker, here)| {
            let open = here.read.max(here.write) as usize;
            (0_u32..).zip(here.queues.iter().take(open)).map(move |(queue, log)| OffsetAt {
                broker: broker.clone(),
                queue,
                offset: log.first_since(at, now).unwrap_or_else(|| log.end(now)),
            })
        })
        .collect()
    }

    fn rates(&self, now: Millis) -> Rates {
        let before = now.minus(WINDOW);
        let ours = self.topics.iter().filter(|(name, _)| self.kind(name) == TopicKind::Ordinary);
        let each: BTreeMap<(&TopicName, &BrokerName), i64> = ours
            .flat_map(|(name, topic)| topic.at.iter().map(move |(broker, here)| ((name, broker), here)))
            .filter(|((_, broker), _)| self.leads(broker))
            .map(|(at, here)| (at, here.queues.iter().map(|log| log.end(now) - log.end(before)).sum()))
            .collect();
        let rate = |((topic, broker), messages): ((&TopicName, &BrokerName), i64)| TopicRate {
            topic: topic.clone(),
            broker: broker.clone(),
            messages: u64::try_from(messages).unwrap_or(0),
        };
        Rates { window_ms: 60_000, topics: each.into_iter().map(rate).collect(), left_out: 0 }
    }
}

pub(super) fn topic_at(broker: &BrokerName, here: &TopicHere) -> TopicAt {
    TopicAt { broker: broker.clone(), read: here.read, write: here.write, perm: here.perm, ordered: false }
}

fn silent() -> Failure {
    failed(FailureKind::Unreachable, "connection refused")
}

fn no_master() -> Failure {
    failed(FailureKind::Unreachable, "it has no master")
}
