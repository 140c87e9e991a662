//! The house: all rooms put together, and the tasks that live in them.

use crate::chat::{Chat, Delivery, FrontDoor, Heads, Hub, Sweep};
use crate::desk::{Ballots, Desk, Parts, Recorder, Replanner, Rooms};
use engine::port::Journal;
use engine::{Engine, Pace, Ports};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// How often names are looked at anew for completion.
const DIRECTORY_EVERY: Duration = Duration::from_secs(60);
/// How often the outbox is looked at.
const DELIVER_EVERY: Duration = Duration::from_millis(200);
/// The same for what is told to voters. Each look takes the turn of who writes in the store, and nobody waits for these.
const TELL_VOTERS_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked whether it is time to look at the boards.
const BOARDS_EVERY: Duration = Duration::from_millis(500);

/// All rooms, put together.
#[derive(Clone)]
pub struct House {
    rooms: Arc<Rooms>,
    desk: Desk,
    engine: Engine,
    delivery: Delivery,
    hub: Hub,
    door: FrontDoor,
}

/// What a house is built of.
pub struct Plot {
    /// The rooms' parts.
    pub parts: Parts,
    /// How fast the engine goes.
    pub pace: Pace,
    /// A name for this process among others on the same store.
    pub holder: String,
}

impl House {
    /// Builds a house. Nothing runs yet but the writer of audit records.
    #[must_use]
    pub fn build(plot: Plot) -> Self {
        let journal = Arc::new(plot.parts.store.clone());
        Self::build_on(plot, journal)
    }

    /// Builds a house that journals its operations through this port. It ends in the store of the plot; what stands in
    /// between sees every write.
    #[must_use]
    pub fn build_on(plot: Plot, journal: Arc<dyn Journal>) -> Self {
        let rooms = Arc::new(Rooms::new(plot.parts));
        let tiers = rooms.policy.clusters.values().map(|cluster| (cluster.name.clone(), cluster.tier));
        let ports = Ports {
            journal,
            clusters: rooms.backends.clone().in_tiers(tiers.collect()),
            members: Arc::new(Ballots(rooms.clone())),
            planner: Arc::new(Replanner(rooms.clone())),
            clock: rooms.clock.clone(),
        };
        let engine = Engine::new(ports, plot.pace, plot.holder.clone());
        let (recorder, writer) = Recorder::new(rooms.store.clone());
        tokio::spawn(writer);
        let desk = Desk::new(rooms.clone(), engine.clone(), recorder);
        let hub = Hub::default();
        let delivery = Delivery::new(rooms.clone(), hub.clone(), plot.holder);
        let door = FrontDoor::new(desk.clone());
        Self { rooms, desk, engine, delivery, hub, door }
    }

    /// Connects a chat.
    pub fn connect(&self, chat: Arc<dyn Chat>) {
        self.rooms.connect(chat);
    }

    /// The rooms.
    #[must_use]
    pub fn rooms(&self) -> &Arc<Rooms> {
        &self.rooms
    }

    /// The desk.
    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The delivery.
    #[must_use]
    pub fn delivery(&self) -> &Delivery {
        &self.delivery
    }

    /// What consoles are shown.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// A door for a chat.
    #[must_use]
    pub fn door(&self) -> Arc<FrontDoor> {
        Arc::new(self.door.clone())
    }

    /// Begins to work: the engine, the delivery, the re-reading of cards, the directory. The tasks end when the returned set is
    /// dropped.
    #[must_use]
    pub fn open(&self) -> JoinSet<()> {
        let mut tasks = JoinSet::new();
        let engine = self.engine.clone();
        tasks.spawn(async move { engine.run().await });
        let delivery = self.delivery.clone();
        tasks.spawn(async move { delivery.run(DELIVER_EVERY).await });
        let boards = self.delivery.clone();
        tasks.spawn(async move { boards.keep_boards(BOARDS_EVERY).await });
        let voters = self.delivery.clone();
        tasks.spawn(async move { voters.tell_voters(TELL_VOTERS_EVERY).await });
        let sweep = Sweep::new(self.rooms.clone(), self.door.clone());
        tasks.spawn(async move { sweep.run().await });
        if let Some(heads) = Heads::of(&self.rooms) {
            tasks.spawn(async move { heads.run().await });
        }
        let desk = self.desk.clone();
        let clock = self.rooms.clock.clone();
        tasks.spawn(async move {
            loop {
                desk.refresh_directory().await;
                desk.sum_up_strangers();
                clock.sleep(DIRECTORY_EVERY).await;
            }
        });
        tasks
    }
}
