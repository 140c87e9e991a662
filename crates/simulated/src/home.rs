//! Where a fleet lives: in memory, or in a file that outlives the process.

use crate::draw::Draw;
use crate::kafka::Kafka;
use crate::rocketmq::Rocketmq;
use interlock::id::{ClusterName, NotAName};
use interlock::time::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
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
    file: Option<Kept>,
}

/// The file of a fleet. Two processes may hold the same one: one that was stopped for longer than its lease, and its successor.
#[derive(Debug)]
struct Kept {
    path: PathBuf,
    /// Which version of the file is in memory: it is read again only after somebody else has written it.
    known: Option<u64>,
}

/// The lock beside the file. It holds the number of the file's version.
struct Lock(File);

impl Lock {
    fn version(&self) -> io::Result<u64> {
        let mut number = [0; size_of::<u64>()];
        match self.0.read_exact_at(&mut number, 0) {
            Ok(()) => Ok(u64::from_le_bytes(number)),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Before the file itself is written: whoever dies in between leaves a file that all others read again.
    fn advance(&self) -> io::Result<u64> {
        let next = self.version()?.wrapping_add(1);
        self.0.write_all_at(&next.to_le_bytes(), 0)?;
        Ok(next)
    }
}

impl Kept {
    fn lock(&self) -> io::Result<Lock> {
        let beside = self.path.with_extension("lock");
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(beside)?;
        file.lock()?;
        Ok(Lock(file))
    }

    /// The fleet as somebody else left it, or nothing if what is in memory is what the file holds.
    fn read_anew(&mut self, lock: &Lock) -> Result<Option<World>, FleetError> {
        let version = lock.version()?;
        if self.known == Some(version) {
            return Ok(None);
        }
        let world = serde_json::from_slice(&fs::read(&self.path)?)?;
        self.known = Some(version);
        Ok(Some(world))
    }

    fn write(&mut self, lock: &Lock, world: &World) -> Result<(), FleetError> {
        let version = lock.advance()?;
        let beside = self.path.with_extension("new");
        fs::write(&beside, serde_json::to_vec(world)?)?;
        fs::rename(&beside, &self.path)?;
        self.known = Some(version);
        Ok(())
    }
}

impl Home {
    pub(crate) fn in_memory(world: World) -> Self {
        Self { world, file: None }
    }

    /// Loads the file, or writes `new` to it if there is none.
    pub(crate) fn in_file(path: &Path, new: World) -> Result<Self, FleetError> {
        let file = Kept { path: path.to_owned(), known: None };
        let mut home = Self { world: new, file: Some(file) };
        let lock = home.lock()?;
        if path.exists() {
            home.load(lock.as_ref())?;
        } else {
            home.save(lock.as_ref())?;
        }
        Ok(home)
    }

    pub(crate) fn read<T>(&mut self, now: Millis, look: impl FnOnce(&World, Millis) -> T) -> Result<T, FleetError> {
        let lock = self.lock()?;
        self.load(lock.as_ref())?;
        let now = self.arrive(now);
        Ok(look(&self.world, now))
    }

    /// A change that fails leaves everything as it was.
    pub(crate) fn change<T>(
        &mut self,
        now: Millis,
        change: impl FnOnce(&mut World, Millis) -> Result<T, FleetError>,
    ) -> Result<T, FleetError> {
        let lock = self.lock()?;
        self.load(lock.as_ref())?;
        let now = self.arrive(now);
        let before = self.world.clone();
        let done = change(&mut self.world, now).and_then(|value| self.save(lock.as_ref()).map(|()| value));
        if done.is_err() {
            self.world = before;
        }
        done
    }

    fn arrive(&mut self, now: Millis) -> Millis {
        self.world.latest = self.world.latest.max(now);
        self.world.latest
    }

    fn lock(&self) -> io::Result<Option<Lock>> {
        self.file.as_ref().map(Kept::lock).transpose()
    }

    fn load(&mut self, lock: Option<&Lock>) -> Result<(), FleetError> {
        let (Some(file), Some(lock)) = (&mut self.file, lock) else { return Ok(()) };
        let Some(world) = file.read_anew(lock)? else { return Ok(()) };
        let latest = self.world.latest;
        self.world = world;
        self.arrive(latest);
        Ok(())
    }

    fn save(&mut self, lock: Option<&Lock>) -> Result<(), FleetError> {
        let (Some(file), Some(lock)) = (&mut self.file, lock) else { return Ok(()) };
        file.write(lock, &self.world)
    }
}
