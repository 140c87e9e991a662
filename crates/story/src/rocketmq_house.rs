//! A house on the lab's real RocketMQ. What is there is told by raw frames and by mqadmin, never by our client.

use crate::crash::{CountingCluster, Points};
use crate::lab::rocketmq::own::{OWN, Own};
use crate::lab::rocketmq::{Node, RocketMq};
use crate::{Setting, Story, quick};
use engine::Pace;
use engine::port::{Backend, Clock, Clusters};
use interlock::changes::Guards;
use interlock::cluster::{ClusterKind, Tier};
use rocketmq_admin::{Config, Credentials, HostPort};
use signalbox::backend::Deadlines;
use signalbox::backend::rocketmq::Rocketmq;
use signalbox::clock::SystemClock;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// What the stories call their real RocketMQ cluster.
pub const CLUSTER: &str = "lab-rocketmq";
/// The open cluster's name at its brokers.
pub const OPEN: &str = "Lab";
/// The name of the one that controls access.
pub const SECURE: &str = "Secure";

/// How a house on RocketMQ is built.
pub struct RocketmqPlot {
    config: Config,
    broker_cluster: Option<String>,
    observe: Duration,
    pace: Pace,
    guards: Guards,
    points: Arc<Points>,
    clock: Arc<dyn Clock>,
}

impl RocketmqPlot {
    /// On one of the clusters of a version, by both NameServers.
    ///
    /// # Panics
    /// If an address of the lab is none.
    #[must_use]
    pub fn on(lab: &RocketMq, broker_cluster: &str) -> Self {
        let servers = [Node::Names1, Node::Names2].map(|node| address(lab.address(node)));
        Self {
            config: Config::new(servers.into()),
            broker_cluster: Some(broker_cluster.to_owned()),
            observe: Duration::from_secs(15),
            pace: Pace { lease: Duration::from_secs(6), act_deadline: Duration::from_secs(4), ..quick() },
            guards: Guards::all(),
            points: Points::none(),
            clock: Arc::new(SystemClock::new()),
        }
    }

    /// On servers of somebody's own, by both NameServers. It works with the times of a bot that is in use, and looks for work more
    /// often: what its machine does meanwhile says nothing of a broker.
    ///
    /// # Panics
    /// If an address of theirs is none.
    #[must_use]
    pub fn on_own(own: &Own) -> Self {
        let usual = Pace::default();
        let pace = Pace { tick: Duration::from_millis(50), retry: Duration::from_millis(500), ..usual };
        let plot = Self::on(own.lab(), OWN).by(&own.names().each_ref().map(String::as_str));
        Self { pace, observe: Duration::from_secs(60), ..plot }
    }

    /// With these guards.
    #[must_use]
    pub fn under(mut self, guards: Guards) -> Self {
        self.guards = guards;
        self
    }

    /// Its acts and looks go through these points.
    #[must_use]
    pub fn through(mut self, points: Arc<Points>) -> Self {
        self.points = points;
        self
    }

    /// By this clock.
    #[must_use]
    pub fn timed_by(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// By these NameServers.
    ///
    /// # Panics
    /// If one is no address.
    #[must_use]
    pub fn by(mut self, name_servers: &[&str]) -> Self {
        self.config.name_servers = name_servers.iter().map(|server| address(server)).collect();
        self
    }

    /// The settings do not say which cluster.
    #[must_use]
    pub fn unnamed(mut self) -> Self {
        self.broker_cluster = None;
        self
    }

    /// Requests are signed.
    #[must_use]
    pub fn signed(mut self, access_key: &str, secret_key: &str) -> Self {
        self.config.credentials = Some(Credentials {
            access_key: access_key.to_owned(),
            secret_key: secret_key.into(),
            security_token: None,
        });
        self
    }

    /// Builds it and opens it.
    ///
    /// # Panics
    /// If it cannot be built.
    pub async fn build(self) -> Story {
        let deadlines = Deadlines { observe: self.observe, act: self.pace.act_deadline };
        let cluster = Rocketmq::new(self.config, self.broker_cluster, self.clock.clone(), deadlines);
        let inner: Arc<dyn Backend> = Arc::new(cluster.expect("a configuration that works"));
        let cluster: Arc<dyn Backend> = Arc::new(CountingCluster { inner, points: self.points });
        let clusters = Clusters::new(BTreeMap::from([(CLUSTER.parse().expect("a cluster's name"), cluster)]));
        let of_kind = Setting {
            pace: self.pace,
            guards: self.guards,
            rules: |policy| policy.clusters.values_mut().for_each(|one| one.kind = ClusterKind::Rocketmq),
            ..Setting::default()
        };
        Story::set(of_kind, &[(CLUSTER, Tier::Production)], clusters, self.clock).await
    }
}

fn address(text: &str) -> HostPort {
    text.parse().expect("an address")
}
