//! Where a fleet lives: in memory, or in a file that outlives the process.

use crate::draw::Draw;
use crate::kafka::Kafka;
use crate::rocketmq::Rocketmq;
use interlock::id::{ClusterName, NotAName};
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Why a fleet could not be changed or read.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// The file the fleet lives in cannot be read or written.
    #[error("the file of the fleet: {0}")]
    File(#[from] io::Error),
    /// What is in the file is no fleet.
    #[error("the file of the fleet is damaged: {0}")]
    Damaged(#[from] serde_json::Error),
    /// There is no such cluster.
    #[error("there is no cluster {0}")]
    NoCluster(ClusterName),
    /// There is no such topic, group, member or broker.
    #[error("there is no {0}")]
    NoSuch(String),
    /// There is one already.
    #[error("there is a {0} already")]
    Exists(String),
    /// A name in the furniture is no name.
    #[error("a name {0}")]
    Name(#[from] NotAName),
}

/// All there is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct World {
    pub(crate) draw: Draw,
    /// The latest instant anybody saw: a clock that is set back must not unproduce records.
    pub(crate) latest: Millis,
    pub(crate) kafka: BTreeMap<ClusterName, Kafka>,
    #[serde(default)]
    pub(crate) rocketmq: BTreeMap<ClusterName, Rocketmq>,
}

#[derive(Debug)]
pub(crate) struct Home {
    world: World,
    path: Option<PathBuf>,
}

impl Home {
    pub(crate) fn in_memory(world: World) -> Self {
        Self { world, path: None }
    }

    /// Loads the file, or writes `new` to it if there is none.
    pub(crate) fn in_file(path: &Path, new: World) -> Result<Self, FleetError> {
        let mut home = Self { world: new, path: Some(path.to_owned()) };
        let _lock = home.lock()?;
        if path.exists() {
            home.load()?;
        } else {
            home.save()?;
        }
        Ok(home)
    }

    pub(crate) fn read<T>(&mut self, now: Millis, look: impl FnOnce(&World, Millis) -> T) -> Result<T, FleetError> {
        let _lock = self.lock()?;
        self.load()?;
        let now = self.arrive(now);
        Ok(look(&self.world, now))
    }

    /// A change that fails leaves everything as it was.
    pub(crate) fn change<T>(
        &mut self,
        now: Millis,
        change: impl FnOnce(&mut World, Millis) -> Result<T, FleetError>,
    ) -> Result<T, FleetError> {
        let _lock = self.lock()?;
        self.load()?;
        let now = self.arrive(now);
        let before = self.world.clone();
        let done = change(&mut self.world, now).and_then(|value| self.save().map(|()| value));
        if done.is_err() {
            self.world = before;
        }
        done
    }

    fn arrive(&mut self, now: Millis) -> Millis {
        self.world.latest = self.world.latest.max(now);
        self.world.latest
    }

    /// Two processes may hold the same fleet: one that was stopped for longer than its lease, and its successor.
    fn lock(&self) -> Result<Option<File>, FleetError> {
        let Some(path) = &self.path else { return Ok(None) };
        let file = File::create(path.with_extension("lock"))?;
        file.lock()?;
        Ok(Some(file))
    }

    fn load(&mut self) -> Result<(), FleetError> {
        let Some(path) = &self.path else { return Ok(()) };
        let latest = self.world.latest;
        self.world = serde_json::from_slice(&fs::read(path)?)?;
        self.world.latest = self.world.latest.max(latest);
        Ok(())
    }

    fn save(&self) -> Result<(), FleetError> {
        let Some(path) = &self.path else { return Ok(()) };
        let beside = path.with_extension("new");
        fs::write(&beside, serde_json::to_vec(&self.world)?)?;
        Ok(fs::rename(&beside, path)?)
    }
}
