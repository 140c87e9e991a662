//! The house of the demo.

use super::personas::NoPolicy;
use crate::clock::SystemClock;
use crate::desk::{Parts, Times};
use crate::house::{House, Plot};
use crate::store::{Store, StoreError};
use engine::Pace;
use engine::port::{Clock, Clusters};
use interlock::changes::Guards;
use interlock::cluster::{Cluster, ClusterKind, Mode, Tier};
use interlock::command::{Catalogue, CatalogueError};
use interlock::id::NotAName;
use interlock::policy::Policy;
use simulated::{Fleet, FleetError};
use std::path::Path;
use std::sync::Arc;
use tokio::task::JoinSet;

/// A house at work on a stage.
pub struct Stage {
    /// The house.
    pub house: House,
    /// Its tasks; the house rests when they are dropped.
    pub tasks: JoinSet<()>,
}

/// Why there is no stage.
#[derive(Debug, thiserror::Error)]
pub enum NoStage {
    /// The commands cannot be read.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    /// A cluster's name is none.
    #[error("a cluster's name {0}")]
    Name(#[from] NotAName),
    /// The policy cannot be made.
    #[error(transparent)]
    Policy(#[from] NoPolicy),
    /// The store cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The fleet cannot be furnished.
    #[error(transparent)]
    Fleet(#[from] FleetError),
}

impl Stage {
    /// A house under this policy on its clusters, with its store in this folder.
    ///
    /// # Errors
    /// If a part cannot be made.
    pub async fn build(folder: &Path, policy: Policy, backends: Clusters) -> Result<Self, NoStage> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let store = Store::open(&format!("sqlite:{}", folder.join("signalbox.db").display()), clock.clone()).await?;
        let parts = Parts {
            catalogue: Catalogue::built_in()?,
            policy,
            backends,
            store,
            clock,
            times: Times::default(),
            guards: Guards::all(),
        };
        let house = House::build(Plot { parts, pace: Pace::default(), holder: "demo".to_owned() });
        let tasks = house.open();
        Ok(Self { house, tasks })
    }
}

/// The simulated fleet, and how the settings would describe it.
///
/// # Errors
/// If the fleet cannot be furnished.
pub fn simulated() -> Result<(Fleet, Vec<Cluster>), NoStage> {
    let fleet = simulated::demo::demo_with_new_broker(Arc::new(SystemClock::new()))?;
    let cluster = |name: &str, kind, tier| {
        Ok(Cluster { name: name.parse()?, kind, tier, domain: "shop".to_owned(), mode: Mode::Change })
    };
    let clusters: Result<Vec<Cluster>, NotAName> = [
        cluster(simulated::demo::PRODUCTION, ClusterKind::Kafka, Tier::Production),
        cluster(simulated::demo::STAGING, ClusterKind::Kafka, Tier::Staging),
        cluster(simulated::demo::ROCKETMQ, ClusterKind::Rocketmq, Tier::Production),
    ]
    .into_iter()
    .collect();
    Ok((fleet, clusters?))
}
