//! A cluster as the planner of moves sees it.

use super::*;

/// Brokers 1 to 4, each in a rack, 4 with nothing; topics by name with the replicas of each partition.
#[derive(Clone)]
pub(in crate::changes::tests) struct World {
    pub(super) brokers: Vec<Broker>,
    pub(in crate::changes::tests) topics: BTreeMap<TopicName, Vec<Partition>>,
    pub(super) min_isr: u32,
    pub(super) moving: Vec<Reassignment>,
    pub(in crate::changes::tests) rates: BTreeMap<i32, &'static str>,
    pub(super) lists: BTreeMap<TopicName, &'static str>,
    pub(super) controllers: Controllers,
    /// How many log directories a broker has, and what is free in each.
    pub(super) dirs: usize,
    pub(super) free: u64,
    /// What is free in those that differ, by their number; none where it is not told.
    pub(super) free_in: BTreeMap<usize, Option<u64>>,
    pub(super) inflow: u64,
    pub(super) rights: BTreeSet<Right>,
    pub(super) failing: Option<KafkaQuery>,
    pub(super) held: Vec<(Hold, crate::id::OperationId)>,
    pub(super) owing: Vec<Owing>,
    pub(in crate::changes::tests) guards: Guards,
}

fn entry(key: &str, value: &str) -> ConfigEntry {
    ConfigEntry { key: key.to_owned(), value: Some(value.to_owned()) }
}

fn partition((number, replicas): (i32, [i32; 3])) -> Partition {
    let replicas = replicas.to_vec();
    Partition { partition: number, leader: Some(replicas[0]), isr: replicas.clone(), replicas }
}

impl World {
    pub(in crate::changes::tests) fn new() -> Self {
        let broker = |id| Broker { id, rack: Some(format!("r{id}")) };
        let world = Self {
            brokers: (1..=4).map(broker).collect(),
            topics: BTreeMap::new(),
            min_isr: 2,
            moving: Vec::new(),
            rates: BTreeMap::new(),
            lists: BTreeMap::new(),
            controllers: Controllers::Answer,
            dirs: 1,
            free: 1 << 40,
            free_in: BTreeMap::new(),
            inflow: 10,
            rights: [Right::Alter, Right::Describe, Right::AlterConfigs, Right::DescribeConfigs].into(),
            failing: None,
            held: Vec::new(),
            owing: Vec::new(),
            guards: Guards::all(),
        };
        world.with("orders", 8).with("payments", 4)
    }

    pub(super) fn with(mut self, name: &str, partitions: usize) -> Self {
        let rings = [[1, 2, 3], [2, 3, 1], [3, 1, 2]];
        let all = (0..).zip(rings.into_iter().cycle().take(partitions)).map(partition).collect();
        self.topics.insert(topic(name), all);
        self
    }

    pub(in crate::changes::tests) fn first(&mut self) -> &mut Partition {
        &mut self.topics.get_mut(&topic("orders")).unwrap()[0]
    }

    pub(in crate::changes::tests) fn answer(&self, query: &KafkaQuery) -> KafkaAnswer {
        let seen = |(name, partitions): (&TopicName, &Vec<Partition>)| NamedTopic {
            name: name.clone(),
            topic: Topic {
                id: format!("id-of-{name}"),
                internal: name.as_str().starts_with("__"),
                partitions: partitions.clone(),
                rights: Some(self.rights.clone()),
            },
        };
        let places = || self.topics.iter().flat_map(|(name, all)| all.iter().map(move |one| (name.clone(), one)));
        match query {
            KafkaQuery::Cluster => KafkaAnswer::Cluster(KafkaCluster {
                id: "lkc-1".to_owned(),
                controller: Some(1),
                brokers: self.brokers.clone(),
                rights: Some(self.rights.clone()),
            }),
            KafkaQuery::Layout => KafkaAnswer::Layout(self.topics.iter().map(seen).collect()),
            KafkaQuery::Topic(name) => {
                KafkaAnswer::Topic(self.topics.get_key_value(name).map(|found| seen(found).topic))
            }
            KafkaQuery::TopicConfig(name) => KafkaAnswer::TopicConfig(
                self.lists.get(name).map(|list| entry(FOLLOWER_LIST, list)).into_iter().collect(),
            ),
            KafkaQuery::BrokerConfig(id) => {
                let is_alive = self.brokers.iter().any(|broker| broker.id == *id);
                let rate = self.rates.get(id).map(|rate| entry(FOLLOWER_RATE, rate));
                KafkaAnswer::BrokerConfig(is_alive.then(|| rate.into_iter().collect()))
            }
            KafkaQuery::LogDirs => {
                let stored = |broker: &Broker, number: usize| {
                    let there = places().filter(|(_, one)| one.replicas.contains(&broker.id)).enumerate();
                    let there = there.filter(|(place, _)| place % self.dirs == number);
                    let stored = there.map(|(_, (topic, one))| crate::cluster::kafka::StoredReplica {
                        topic,
                        partition: one.partition,
                        bytes: MIB,
                        future: false,
                    });
                    stored.collect()
                };
                let dir = |broker: &Broker, number: usize| LogDir {
                    path: format!("/data/{number}"),
                    failed: false,
                    cordoned: false,
                    total_bytes: Some(1 << 41),
                    usable_bytes: self.free_in.get(&number).copied().unwrap_or(Some(self.free)),
                    replicas: stored(broker, number),
                };
                let dirs = |broker: &Broker| BrokerDirs {
                    broker: broker.id,
                    dirs: Some((0..self.dirs).map(|number| dir(broker, number)).collect()),
                };
                KafkaAnswer::LogDirs(self.brokers.iter().map(dirs).collect())
            }
            KafkaQuery::Copies(of) => {
                let KafkaAnswer::LogDirs(mut all) = self.answer(&KafkaQuery::LogDirs) else { panic!() };
                all.retain(|broker| of.brokers.contains(&broker.broker));
                let dirs = all.iter_mut().flat_map(|broker| &mut broker.dirs).flatten();
                dirs.for_each(|dir| dir.replicas.retain(|found| of.has(&found.topic, found.partition)));
                KafkaAnswer::Copies(all)
            }
            KafkaQuery::Reassignments => KafkaAnswer::Reassignments(self.moving.clone()),
            KafkaQuery::Replication => KafkaAnswer::Replication(Replication {
                topics: self
                    .topics
                    .keys()
                    .map(|name| TopicReplication {
                        name: name.clone(),
                        min_isr: self.min_isr,
                        leaders: None,
                        followers: self.lists.get(name).map(|list| (*list).to_owned()),
                    })
                    .collect(),
                brokers: self
                    .brokers
                    .iter()
                    .map(|broker| BrokerReplication {
                        id: broker.id,
                        leader_rate: None,
                        follower_rate: self.rates.get(&broker.id).map(|rate| (*rate).to_owned()),
                    })
                    .collect(),
                controllers: self.controllers.clone(),
            }),
            KafkaQuery::Rates => KafkaAnswer::Rates(Rates {
                window_ms: 30_000,
                partitions: places()
                    .map(|(topic, one)| PartitionRate {
                        bytes_per_second: if topic.as_str() == "payments" { self.inflow * 3 } else { self.inflow },
                        topic,
                        partition: one.partition,
                    })
                    .collect(),
            }),
            KafkaQuery::AllReaders => KafkaAnswer::AllReaders(
                [("billing", "orders", 3), ("mail", "payments", 0), ("other", "elsewhere", 7)]
                    .map(|(group, reads, members)| GroupReads {
                        group: group.parse().unwrap(),
                        topics: [topic(reads)].into(),
                        members,
                    })
                    .into(),
            ),
            other => panic!("{other:?} is not needed"),
        }
    }

    pub(super) fn section(&self, query: &Query) -> Section<Answer> {
        let Query::Kafka(asked) = query else { panic!("{query:?}") };
        if self.failing.as_ref() == Some(asked) {
            return Section::Failed(Failure { kind: FailureKind::TimedOut, said: "no answer".to_owned() });
        }
        Section::Seen(Seen { from: NOW, to: NOW, value: Answer::Kafka(self.answer(asked)) })
    }

    fn rounds(&self, plan: impl Fn(&Sections, &Context<'_>) -> Planning) -> Planning {
        let cluster = cluster();
        let context = Context {
            now: NOW,
            cluster: &cluster,
            held: &self.held,
            owing: &self.owing,
            earlier: None,
            guards: &self.guards,
        };
        let mut sections = Sections::empty();
        for _ in 0..6 {
            match plan(&sections, &context) {
                Planning::Need(queries) => {
                    for query in queries {
                        let section = self.section(&query);
                        sections.put(query, section);
                    }
                }
                done => return done,
            }
        }
        panic!("six rounds were not enough")
    }

    pub(in crate::changes::tests) fn asks(&self, arguments: &Arguments) -> Planning {
        self.rounds(|sections, context| changes::plan("scale-out", arguments, sections, context).unwrap())
    }

    pub(in crate::changes::tests) fn plan(&self, arguments: &Arguments) -> Draft {
        match self.asks(arguments) {
            Planning::Plan(draft) => *draft,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn refused(&self, arguments: &Arguments) -> Vec<String> {
        match self.asks(arguments) {
            Planning::Refused(checks) => {
                checks.into_iter().filter(|one| one.level == Level::Block).map(|one| one.id).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn back(&self, plan: &Plan, done: &[Done]) -> Planning {
        self.back_from(plan, done, &BTreeSet::new())
    }

    pub(super) fn back_from(&self, plan: &Plan, done: &[Done], turned_to: &BTreeSet<String>) -> Planning {
        self.back_by(&Rollback { turned_to, ..Rollback::plain(plan, done) })
    }

    pub(super) fn back_by(&self, rollback: &Rollback<'_>) -> Planning {
        self.rounds(|sections, context| changes::plan_rollback(rollback, sections, context))
    }

    /// Every move of a plan has arrived.
    pub(super) fn after(&self, draft: &Draft) -> Self {
        let mut world = self.clone();
        for one in moves(draft) {
            let found = &mut world.topics.get_mut(&one.topic).unwrap()[usize::try_from(one.partition).unwrap()];
            found.replicas.clone_from(&one.to.0);
            found.isr.clone_from(&one.to.0);
        }
        world
    }
}
