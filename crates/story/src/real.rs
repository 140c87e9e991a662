//! The story of the demo on the lab's real Kafka: a reset on its cluster of three brokers, and a new broker that gets its
//! share on the one that replicas move on. What really happened is told by Kafka's own AdminClient.
//!
//! There are no personas here: alice, bob and carol are persons of a settings file in a folder of its own, with numbers of
//! system users that nobody has. They are spoken for in this process. The settings name no socket and no chat, so nobody can
//! be them from outside.

mod surveyed;

use crate::kafka_house::{Place, lab};
use crate::lab::judge::{Bulk, Committed as Commit, TopicSpec};
use crate::lab::{KafkaJudge, MoveCluster};
use crate::traffic::Load;
use anyhow::{Context, Result, bail};
use engine::port::{Boxed, Clock};
use interlock::principal::{Account, Principal};
use signalbox::bot;
use signalbox::clock::SystemClock;
use signalbox::config::Settings;
use signalbox::demo::{Committed, Growth, Stage, Surveyor, Tale, Witness, tell};
use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;
use tempfile::TempDir;

pub use surveyed::Surveyed;

/// What the story calls the clusters.
const CLUSTER: &str = "real-kafka";
const GROWING: &str = "growing-kafka";
/// What moves onto the new broker: a megabyte each, some of them.
const GROWN: &str = "shipments";
const NEW_BROKER: i32 = 4;
const GROWN_PARTITIONS: usize = 6;
/// The throttle, in bytes a second. At it the moves take most of a minute: they must not arrive before it is turned.
const SLOW: u64 = 100 << 10;
const GROWN_RECORDS: u64 = 600;
const GROWN_RECORD_BYTES: usize = 10_000;
/// Who speaks, with numbers far above those that systems give to users.
const CAST: [(&str, u32); 3] = [("alice", 4_200_000_001), ("bob", 4_200_000_002), ("carol", 4_200_000_003)];
const PARTITIONS: i32 = 6;
/// In each partition.
const RECORDS: u32 = 200;
/// Where the group stands: neither end of the log.
const MIDDLE: i64 = 120;

/// The lab's clusters, a topic and a stopped group in one of them, a topic on three of four brokers in the other, and a house
/// that knows both by its settings.
pub struct Scene {
    stage: Stage,
    judge: KafkaJudge,
    moving: MoveCluster,
    place: Place,
    _folder: TempDir,
}

/// Kafka's AdminClient as the story's witness.
pub struct Judged(pub KafkaJudge);

impl Witness for Judged {
    fn committed<'a>(&'a self, group: &'a str) -> Boxed<'a, Result<Committed, String>> {
        Box::pin(async move {
            let seen = self.0.committed(group).await.map_err(|error| error.to_string())?;
            Ok(seen.into_iter().map(|one| ((one.topic, one.partition), one.offset)).collect())
        })
    }
}

impl Scene {
    /// Sets the scene: records, commits, settings, the house.
    ///
    /// # Errors
    /// If the lab or a part of the house says no.
    pub async fn set() -> Result<Self> {
        let judge = lab().kafka().await.context("Kafka's AdminClient")?;
        let place = Place::unique();
        furnish(&judge, &place).await?;
        let moving = MoveCluster::alone(lab()).await;
        furnish_growing(&moving).await?;
        let folder = TempDir::new().context("a folder")?;
        let file = folder.path().join("signalbox.toml");
        std::fs::write(&file, settings(lab().kafka_bootstrap(), &moving)).context("the settings")?;
        let settings = match Settings::load(&file) {
            Ok(settings) => settings,
            Err(errors) => bail!("the settings: {errors:?}"),
        };
        let house = bot::house(&settings).await?;
        let tasks = house.open();
        Ok(Self { stage: Stage { house, tasks }, judge, moving, place, _folder: folder })
    }

    /// The cluster's AdminClient.
    #[must_use]
    pub fn judged(&self) -> Judged {
        Judged(self.judge.clone())
    }

    /// The AdminClient of the cluster that grows.
    #[must_use]
    pub fn surveyed(&self) -> Surveyed {
        Surveyed(self.moving.judge().clone())
    }

    /// Tells the story, with who witnesses the reset, and who surveys how the other cluster grows.
    ///
    /// # Errors
    /// At the first step that does not happen as told.
    pub async fn tell(
        &self,
        (witness, surveyor): (&dyn Witness, &dyn Surveyor),
        out: &mut (dyn Write + Send),
    ) -> Result<()> {
        let people = &self.stage.house.rooms().policy.people;
        let cast = |name: &str| {
            let (_, uid) = CAST.iter().find(|(known, _)| *known == name)?;
            let account = Account::System(*uid);
            Some(Principal { account, person: people.person(account), chat_roles: BTreeSet::new() })
        };
        let growth =
            Growth { cluster: GROWING, broker: NEW_BROKER, topics: &[GROWN], throttle: (SLOW, 2 * SLOW), surveyor };
        let tale = Tale {
            stage: &self.stage,
            cluster: CLUSTER,
            group: &self.place.group,
            cast: &cast,
            witness,
            growth: Some(growth),
            replay: None,
        };
        Ok(tell(&tale, out).await?)
    }

    /// Takes away what the scene made in the cluster.
    ///
    /// # Errors
    /// If Kafka says no.
    pub async fn clear(self) -> Result<()> {
        self.stage.house.rooms().store.close().await;
        self.judge.delete_group(&self.place.group).await?;
        self.judge.delete_topic(&self.place.topic).await?;
        self.moving.judge().delete_topic(GROWN).await?;
        Ok(())
    }
}

/// A topic with some megabytes on three of the four brokers.
async fn furnish_growing(moving: &MoveCluster) -> Result<()> {
    let rings = [[1, 2, 3], [2, 3, 1], [3, 1, 2]];
    let on = rings.iter().cycle().take(GROWN_PARTITIONS).map(|ring| ring.to_vec()).collect();
    let partitions = i32::try_from(GROWN_PARTITIONS)?;
    moving.judge().create_topic(TopicSpec::new(GROWN, partitions, 3).on(on)).await?;
    moving.in_sync(GROWN).await;
    let load = Load::named("shipments").keys(48).record_bytes(GROWN_RECORD_BYTES);
    let sent = load.write(moving.bootstrap(), GROWN, GROWN_RECORDS).await;
    match sent.unacknowledged() {
        0 => Ok(()),
        lost => bail!("{lost} records were not taken"),
    }
}

/// A topic with records, and a group that has read the first of them and is stopped.
async fn furnish(judge: &KafkaJudge, place: &Place) -> Result<()> {
    judge.create_topic(TopicSpec::new(&place.topic, PARTITIONS, 3)).await?;
    let bulk = Bulk {
        topic: place.topic.clone(),
        partitions: (0..PARTITIONS).collect(),
        count: RECORDS,
        first_timestamp: SystemClock::new().now().0 - 3_600_000,
        step_ms: 10_000,
        value_bytes: 64,
    };
    judge.produce_many(bulk).await?;
    let commits: Vec<Commit> =
        (0..PARTITIONS).map(|partition| place.commit(partition, MIDDLE + i64::from(partition))).collect();
    judge.alter_offsets(&place.group, &commits).await?;
    Ok(())
}

fn settings(bootstrap: &str, moving: &MoveCluster) -> String {
    let list = |addresses: &str| format!("{:?}", addresses.split(',').collect::<Vec<_>>());
    let (bootstrap, growing, controllers) = (list(bootstrap), list(moving.bootstrap()), list(moving.controllers()));
    let people: String =
        CAST.iter().map(|(name, uid)| format!("[[person]]\nname = \"{name}\"\nuids = [{uid}]\n\n")).collect();
    format!(
        r#"[store]
url = "sqlite:signalbox.db"

[[cluster]]
name = "{CLUSTER}"
kind = "kafka"
tier = "production"
bootstrap = {bootstrap}

[[cluster]]
name = "{GROWING}"
kind = "kafka"
tier = "production"
bootstrap = {growing}
controllers = {controllers}

{people}[[grant]]
role = "operator"
persons = ["alice"]
clusters = ["*"]

[[grant]]
role = "approver"
persons = ["bob", "carol"]
clusters = ["*"]

[seats.production]
reversible = 2
"#
    )
}

/// Tells the story to the standard output; succeeds only if each step really happened.
#[must_use]
pub fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime.map_err(anyhow::Error::from).and_then(|runtime| runtime.block_on(run())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to be done if even this cannot be written.
            let _ = writeln!(std::io::stderr(), "demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<()> {
    let scene = Scene::set().await?;
    let told = scene.tell((&scene.judged(), &scene.surveyed()), &mut std::io::stdout()).await;
    let cleared = scene.clear().await.context("what the story made in the cluster stays behind");
    told.and(cleared)
}
