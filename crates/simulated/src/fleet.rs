use crate::draw::Draw;
use crate::home::{FleetError, Home, World};
use crate::kafka::{Kafka, SimulatedKafka};
use engine::port::{Backend, Clock, Clusters};
use interlock::id::ClusterName;
use interlock::time::Millis;
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
            if world.kafka.contains_key(name) {
                return Err(FleetError::Exists(format!("cluster {name}")));
            }
            let kafka = Kafka::build(brokers, &mut world.draw, now)?;
            world.kafka.insert(name.clone(), kafka);
            Ok(())
        })?;
        Ok(self.kafka(name))
    }

    /// A cluster as a backend of the engine. One that does not exist does not answer.
    #[must_use]
    pub fn kafka(&self, name: &ClusterName) -> SimulatedKafka {
        SimulatedKafka::new(self.clone(), name.clone())
    }

    /// The names of all clusters, ordered.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn names(&self) -> Result<Vec<ClusterName>, FleetError> {
        self.read(|world, _| world.kafka.keys().cloned().collect())
    }

    /// All clusters as backends of the engine.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn clusters(&self) -> Result<Clusters, FleetError> {
        let backend = |name: ClusterName| {
            let kafka: Arc<dyn Backend> = Arc::new(self.kafka(&name));
            (name, kafka)
        };
        Ok(Clusters::new(self.names()?.into_iter().map(backend).collect()))
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

fn empty(seed: u64) -> World {
    World { draw: Draw::from_seed(seed), ..World::default() }
}
