use crate::draw::Draw;
use crate::home::{FleetError, Home, World};
use crate::kafka::{Kafka, SimulatedKafka};
use crate::rocketmq::{Rocketmq, RocketmqSpec, SimulatedRocketmq};
use engine::port::{Backend, Clock, Clusters};
use interlock::cluster::ClusterKind;
use interlock::id::ClusterName;
use interlock::time::Millis;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Simulated clusters by name. Clones are handles to the same fleet.
#[derive(Clone)]
pub struct Fleet {
    home: Arc<Mutex<Home>>,
    clock: Arc<dyn Clock>,
}

impl Fleet {
    /// An empty fleet in memory. `seed` decides all ids.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, seed: u64) -> Self {
        Self::living(Home::in_memory(empty(seed)), clock)
    }

    /// A fleet that lives in a file and outlives the process: read anew before each look, replaced whole after each change,
    /// so that a kill at any moment leaves it before or after a change. If there is no such file, an empty fleet is written.
    ///
    /// # Errors
    /// If the file cannot be read or written, or holds no fleet.
    pub fn open(path: &Path, clock: Arc<dyn Clock>, seed: u64) -> Result<Self, FleetError> {
        Ok(Self::living(Home::in_file(path, empty(seed))?, clock))
    }

    fn living(home: Home, clock: Arc<dyn Clock>) -> Self {
        Self { home: Arc::new(Mutex::new(home)), clock }
    }

    /// Builds a Kafka cluster with these brokers (node id and rack) and the topic `__consumer_offsets`.
    ///
    /// # Errors
    /// If there is a cluster of this name, or the file cannot be written.
    pub fn add_kafka(&self, name: &ClusterName, brokers: &[(i32, Option<&str>)]) -> Result<SimulatedKafka, FleetError> {
        self.change(|world, now| {
            if world.has(name) {
                return Err(FleetError::Exists(format!("cluster {name}")));
            }
            let kafka = Kafka::build(brokers, &mut world.draw, now)?;
            world.kafka.insert(name.clone(), kafka);
            Ok(())
        })?;
        Ok(self.kafka(name))
    }

    /// Builds a RocketMQ cluster with the topics that brokers make for themselves.
    ///
    /// # Errors
    /// If there is a cluster of this name, or the file cannot be written.
    pub fn add_rocketmq(&self, name: &ClusterName, spec: &RocketmqSpec) -> Result<SimulatedRocketmq, FleetError> {
        self.change(|world, now| {
            if world.has(name) {
                return Err(FleetError::Exists(format!("cluster {name}")));
            }
            world.rocketmq.insert(name.clone(), Rocketmq::build(spec, now)?);
            Ok(())
        })?;
        Ok(self.rocketmq(name))
    }

    /// A RocketMQ cluster as a backend of the engine. One that does not exist does not answer.
    #[must_use]
    pub fn rocketmq(&self, name: &ClusterName) -> SimulatedRocketmq {
        SimulatedRocketmq::new(self.clone(), name.clone())
    }

    /// A Kafka cluster as a backend of the engine. One that does not exist does not answer.
    #[must_use]
    pub fn kafka(&self, name: &ClusterName) -> SimulatedKafka {
        SimulatedKafka::new(self.clone(), name.clone())
    }

    /// The names of all clusters, ordered.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn names(&self) -> Result<Vec<ClusterName>, FleetError> {
        Ok(self.kinds()?.into_keys().collect())
    }

    /// All clusters with their kinds.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn kinds(&self) -> Result<BTreeMap<ClusterName, ClusterKind>, FleetError> {
        self.read(|world, _| {
            let kafka = world.kafka.keys().map(|name| (name.clone(), ClusterKind::Kafka));
            kafka.chain(world.rocketmq.keys().map(|name| (name.clone(), ClusterKind::Rocketmq))).collect()
        })
    }

    /// A cluster as a backend of the engine.
    #[must_use]
    pub fn backend(&self, name: &ClusterName, kind: ClusterKind) -> Arc<dyn Backend> {
        match kind {
            ClusterKind::Kafka => Arc::new(self.kafka(name)),
            ClusterKind::Rocketmq => Arc::new(self.rocketmq(name)),
        }
    }

    /// All clusters as backends of the engine.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn clusters(&self) -> Result<Clusters, FleetError> {
        let backend = |(name, kind): (ClusterName, ClusterKind)| {
            let backend = self.backend(&name, kind);
            (name, backend)
        };
        Ok(Clusters::new(self.kinds()?.into_iter().map(backend).collect()))
    }

    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(crate) fn read<T>(&self, look: impl FnOnce(&World, Millis) -> T) -> Result<T, FleetError> {
        self.home.lock().unwrap_or_else(PoisonError::into_inner).read(self.clock.now(), look)
    }

    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut World, Millis) -> Result<T, FleetError>,
    ) -> Result<T, FleetError> {
        self.home.lock().unwrap_or_else(PoisonError::into_inner).change(self.clock.now(), change)
    }
}

impl World {
    fn has(&self, name: &ClusterName) -> bool {
        self.kafka.contains_key(name) || self.rocketmq.contains_key(name)
    }
}

fn empty(seed: u64) -> World {
    World { draw: Draw::from_seed(seed), ..World::default() }
}
