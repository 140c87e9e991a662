//! What outlives a process in chat: the clock, the rules, the clusters and the folder of the store.

use super::{GROUP, PARTITIONS, TOPIC};
use crate::people::PEOPLE;
use crate::quick;
use discord_model::{Channel, Discord, Id};
use engine::Pace;
use engine::port::{Boxed, Clock, Clusters};
use interlock::changes::Guards;
use interlock::cluster::kafka::Committed;
use interlock::cluster::{Cluster, ClusterKind, Mode, Tier};
use interlock::id::{ClusterName, GroupId, PersonId, TopicName};
use interlock::policy::{Grant, Grantee, Grants, Of, Owner, Owners, Pattern, Policy, Reach, Role};
use interlock::principal::{Account, ChatRole};
use interlock::time::Millis;
use signalbox::clock::SystemClock;
use signalbox::desk::Times;
use simulated::{Fleet, GroupSpec, SimulatedKafka, TopicSpec, demo};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

const RECORDS: u32 = 100;
const READ: i64 = 60;

/// The machine's clock with its wall set forward by the test. What is measured in seconds goes on as it does.
#[derive(Debug, Clone)]
pub(super) struct SetClock {
    pub(super) system: SystemClock,
    pub(super) ahead_ms: Arc<AtomicI64>,
}

impl Clock for SetClock {
    fn now(&self) -> Millis {
        Millis(self.system.now().0 + self.ahead_ms.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        self.system.monotonic()
    }

    fn sleep(&self, span: Duration) -> Boxed<'_, ()> {
        self.system.sleep(span)
    }
}

/// The clusters under a story, and how fast the engine goes on them.
pub struct Under {
    /// What they are called, and their tiers. All may be shown in the team's channel.
    pub clusters: Vec<(ClusterName, Tier)>,
    /// How they are reached.
    pub backends: Clusters,
    /// How fast the engine goes.
    pub pace: Pace,
    /// The guards that are on.
    pub guards: Guards,
}

impl Under {
    /// The simulated demo fleet, with what the stories need in it.
    pub(super) fn simulated(fleet: &Fleet) -> Self {
        let pace = Pace { lease: Duration::from_secs(4), act_deadline: Duration::from_secs(3), ..quick() };
        Self::simulated_at(jumping(pace), fleet)
    }

    /// The same, by an engine that goes so fast.
    pub(super) fn simulated_at(pace: Pace, fleet: &Fleet) -> Self {
        let clusters = [(demo::PRODUCTION, Tier::Production), (demo::STAGING, Tier::Staging)];
        let clusters = clusters.map(|(name, tier)| (name.parse::<ClusterName>().expect("a cluster's name"), tier));
        furnish(&fleet.kafka(&clusters[0].0));
        let backends = fleet.clusters().expect("its clusters");
        Self { clusters: clusters.into(), backends, pace, guards: Guards::all() }
    }
}

/// A pace where time jumps: a jump of hours is no outage, or plans would never expire.
pub(super) fn jumping(pace: Pace) -> Pace {
    Pace { votes_every: Duration::from_secs(4 * 3_600), ..pace }
}

/// What outlives the process.
pub(super) struct Ground {
    pub(super) clock: SetClock,
    pub(super) policy: Policy,
    pub(super) times: Times,
    pub(super) under: Under,
    pub(super) lives: u32,
    pub(super) database: String,
    pub(super) _folder: TempDir,
}

pub(super) fn names() -> (GroupId, TopicName) {
    (GROUP.parse().expect("a group's name"), TOPIC.parse().expect("a topic's name"))
}

/// A topic that has been there for an hour, with nothing in it.
#[must_use]
pub fn old_topic(name: &TopicName, partitions: u32) -> TopicSpec {
    TopicSpec::new(name.clone(), partitions).produced(0, Duration::from_secs(3_600))
}

fn furnish(kafka: &SimulatedKafka) {
    let (group, topic) = names();
    kafka.add_topic(&old_topic(&topic, PARTITIONS.unsigned_abs())).expect("the topic");
    let mut spec = GroupSpec::new(group);
    for partition in 0..PARTITIONS {
        kafka.produce(&topic, partition, RECORDS).expect("the records");
        spec = spec.committed(topic.clone(), partition, Committed::plain(READ));
    }
    kafka.add_group(&spec).expect("the group");
}

/// A guild's role for each role of ours, dora as owner, and everybody's accounts. mallory has no role.
pub(super) fn policy(discord: &Discord, ops: &Channel, clusters: &[(ClusterName, Tier)]) -> Policy {
    let mut policy = Policy::default();
    let guild = discord.guild();
    policy.places.guilds.insert(guild.id().get());
    for (name, tier) in clusters {
        let (name, tier, kind) = (name.clone(), *tier, ClusterKind::Kafka);
        let cluster = Cluster { name: name.clone(), kind, tier, domain: String::new(), mode: Mode::Change };
        policy.clusters.insert(name.clone(), cluster);
        policy.places.channels.insert(name, [ops.id().get()].into());
    }
    let mut given = BTreeSet::new();
    let mut grants = Vec::new();
    for (name, roles) in PEOPLE {
        let user = discord.user(name);
        let person: PersonId = name.parse().expect("a person's name");
        policy.people.add(&person, Account::Discord(user.id().get())).expect("one person an account");
        for role in *roles {
            let id = chat_role(discord, *role);
            user.gets_role(id);
            if given.insert(*role) {
                let to = [Grantee::ChatRole(ChatRole(id.get()))].into();
                grants.push(Grant { role: *role, to, reach: Reach::everywhere() });
            }
        }
    }
    policy.grants = Grants(grants);
    let dora = Grantee::Person("dora".parse().expect("a person's name"));
    let owned = ["orders.*", "billing.*"].map(|source| Pattern::new(source).expect("a pattern"));
    policy.owners = Owners(vec![Owner { names: owned.into(), clusters: Of::All, to: [dora].into() }]);
    policy
}

/// The guild's role that gives one of ours.
#[must_use]
pub fn chat_role(discord: &Discord, role: Role) -> Id {
    discord.guild().role(&format!("kafka-{}", role.key()))
}
