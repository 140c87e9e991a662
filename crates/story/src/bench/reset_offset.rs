//! From the approval to the committed offsets on the lab's real Kafka, beside Kafka's own tool and a warm AdminClient.

use super::figures::{Report, median, rounded, row};
use crate::kafka_house::{CLUSTER, Place, lab};
use crate::lab::judge::{Bulk, Committed, TopicSpec};
use crate::lab::{KafkaJudge, KafkaTools};
use crate::{Setting, Story};
use anyhow::{Context, Result, bail, ensure};
use engine::port::Clock;
use interlock::approval::State;
use interlock::cluster::Tier;
use interlock::id::OperationId;
use serde_json::json;
use signalbox::bot::backends;
use signalbox::clock::SystemClock;
use signalbox::config::Settings;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SIZES: [i32; 2] = [6, 2_000];
const ROUNDS: usize = 5;
/// In each partition.
const RECORDS: u32 = 10;
/// Where every group begins: neither end of the log.
const MIDDLE: i64 = 3;
/// Commits of the AdminClient before the first that counts.
const WARM_UPS: i64 = 3;
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks of the judge.
const LOOK: Duration = Duration::from_millis(5);
const SPEEDUP: f64 = 10.0;

/// One round: the same reset, three times.
#[derive(Debug, Clone, Copy)]
struct Round {
    partitions: i32,
    ours: f64,
    /// Until ours has proved the result, too.
    verified: f64,
    tools: f64,
    warm: f64,
}

impl Round {
    fn speedup(&self) -> f64 {
        self.tools / self.ours
    }
}

/// Runs it.
pub(super) async fn run() -> Result<Report> {
    let story = house().await?;
    let judge = lab().kafka().await.context("the judge")?;
    let mut rounds = Vec::new();
    for partitions in SIZES {
        let scene = Scene::new(&story, &judge, partitions).await?;
        for round in 0..ROUNDS {
            rounds.push(scene.round(round).await?);
        }
        judge.delete_topic(&scene.topic).await?;
    }
    report(&rounds)
}

/// The house on the lab's cluster, with the times of the usual settings.
async fn house() -> Result<Story> {
    let bootstrap: Vec<&str> = lab().kafka_bootstrap().split(',').collect();
    let text = format!(
        "[store]\nurl = \"sqlite:unused.db\"\n\
         [[cluster]]\nname = \"{CLUSTER}\"\nkind = \"kafka\"\ntier = \"production\"\nbootstrap = {bootstrap:?}\n"
    );
    let settings = match Settings::parse(&text, Path::new(""), &|_| None) {
        Ok(settings) => settings,
        Err(errors) => bail!("the settings: {errors:?}"),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let clusters = backends(&settings, &clock)?;
    let setting = Setting { pace: settings.pace, ..Setting::default() };
    Ok(Story::set(setting, &[(CLUSTER, Tier::Production)], clusters, clock).await)
}

/// A topic, and a group of it for each who resets.
struct Scene<'a> {
    story: &'a Story,
    judge: &'a KafkaJudge,
    tools: KafkaTools,
    partitions: i32,
    topic: String,
    /// Ours, the tool's, the AdminClient's.
    groups: [Place; 3],
}

impl<'a> Scene<'a> {
    async fn new(story: &'a Story, judge: &'a KafkaJudge, partitions: i32) -> Result<Self> {
        let topic = Place::unique().topic;
        let groups = [(); 3].map(|()| Place { topic: topic.clone(), group: Place::unique().group });
        judge.create_topic(TopicSpec::new(&topic, partitions, 1)).await?;
        let now = SystemClock::new().now().0;
        let bulk = Bulk {
            topic: topic.clone(),
            partitions: (0..partitions).collect(),
            count: RECORDS,
            first_timestamp: now - 3_600_000,
            step_ms: 60_000,
            value_bytes: 16,
        };
        judge.produce_many(bulk).await?;
        let scene = Self { story, judge, tools: KafkaTools::new(lab()), partitions, topic, groups };
        for place in &scene.groups {
            judge.alter_offsets(&place.group, &scene.all_at(place, MIDDLE)).await?;
        }
        for warm_up in 0..WARM_UPS {
            let place = &scene.groups[2];
            judge.alter_offsets(&place.group, &scene.all_at(place, MIDDLE + warm_up)).await?;
            judge.committed(&place.group).await?;
        }
        Ok(scene)
    }

    fn all_at(&self, place: &Place, offset: i64) -> Vec<Committed> {
        (0..self.partitions).map(|partition| place.commit(partition, offset)).collect()
    }

    async fn round(&self, number: usize) -> Result<Round> {
        let (to, flag, offset) = match number % 2 {
            0 => ("latest", "--to-latest", i64::from(RECORDS)),
            _ => ("earliest", "--to-earliest", 0),
        };
        let (ours, verified) = self.ours(to, offset).await?;
        let tools = self.tools(flag, offset).await?;
        let warm = self.warm(offset).await?;
        let [ours, verified, tools, warm] = [ours, verified, tools, warm].map(|span| span.as_secs_f64());
        Ok(Round { partitions: self.partitions, ours, verified, tools, warm })
    }

    /// From the approving command until the judge sees every offset where it is to be, and until the operation has
    /// succeeded.
    async fn ours(&self, to: &str, offset: i64) -> Result<(Duration, Duration)> {
        let place = &self.groups[0];
        let id = self.story.person("alice").plans(&place.reset(to)).await;
        self.voting_opens(&id).await?;
        let digest = self.story.plan(&id).await.digest();
        let approval = format!("/approve operation:{id} digest:{digest}");
        let began = Instant::now();
        let approved = async {
            self.story.person("bob").runs(&approval).await;
            self.story.becomes(&id, State::Succeeded).await;
            began.elapsed()
        };
        let seen = async {
            while !self.stands(place, offset).await? {
                ensure!(began.elapsed() < PATIENCE, "the offsets of {id} never came");
                tokio::time::sleep(LOOK).await;
            }
            Ok(began.elapsed())
        };
        let (verified, seen) = tokio::join!(approved, seen);
        Ok((seen?, verified))
    }

    async fn voting_opens(&self, id: &OperationId) -> Result<()> {
        let began = Instant::now();
        while !self.story.house().rooms().store.voting_open(id).await? {
            ensure!(began.elapsed() < PATIENCE, "the card of {id} was never posted");
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Whether the judge sees the whole group at this offset.
    async fn stands(&self, place: &Place, offset: i64) -> Result<bool> {
        let committed = self.judge.committed(&place.group).await?;
        Ok(committed.len() == usize::try_from(self.partitions)? && committed.iter().all(|one| one.offset == offset))
    }

    /// As a person runs it: first to look, then to do it.
    async fn tools(&self, flag: &str, offset: i64) -> Result<Duration> {
        let place = &self.groups[1];
        let mut took = Duration::ZERO;
        for mode in ["--dry-run", "--execute"] {
            let arguments = ["--reset-offsets", "--group", &place.group, "--topic", &place.topic, flag, mode];
            let said = self.tools.consumer_groups(&arguments).await?;
            ensure!(said.success, "kafka-consumer-groups: {}", said.stderr);
            took += said.took;
        }
        ensure!(self.stands(place, offset).await?, "kafka-consumer-groups did not do it");
        Ok(took)
    }

    /// The commit alone, by a Java process that did it before.
    async fn warm(&self, offset: i64) -> Result<Duration> {
        let place = &self.groups[2];
        let took = self.judge.alter_offsets(&place.group, &self.all_at(place, offset)).await?;
        ensure!(self.stands(place, offset).await?, "the AdminClient did not do it");
        Ok(took)
    }
}

fn report(rounds: &[Round]) -> Result<Report> {
    let mut table = vec![row([
        "partitions",
        "approved to committed s",
        "to proved s",
        "kafka-consumer-groups s",
        "warm AdminClient s",
        "speedup",
    ])];
    for round in rounds {
        let cells = [round.ours, round.verified, round.tools, round.warm].map(|seconds| format!("{seconds:.3}"));
        let speedup = format!("{:.1}", round.speedup());
        table.push(row([&round.partitions.to_string(), &cells[0], &cells[1], &cells[2], &cells[3], &speedup]));
    }
    let worst = rounds.iter().min_by(|one, other| one.speedup().total_cmp(&other.speedup())).context("no rounds")?;
    let mut said: Vec<String> = SIZES.iter().map(|size| medians(rounds, *size)).collect();
    let met = if worst.speedup() >= SPEEDUP { "met" } else { "NOT met" };
    said.push(format!(
        "Worst round: {:.1} times faster at {} partitions; the bound is {SPEEDUP}: {met}.",
        worst.speedup(),
        worst.partitions
    ));
    let json = json!({
        "ours_s": rounded(worst.ours), "kafka_tools_s": rounded(worst.tools), "warm_s": rounded(worst.warm),
        "speedup": rounded(worst.speedup()),
    });
    Ok(Report { table, said, json })
}

fn medians(rounds: &[Round], size: i32) -> String {
    let of = |figure: fn(&Round) -> f64| {
        median(&rounds.iter().filter(|round| round.partitions == size).map(figure).collect::<Vec<_>>())
    };
    format!(
        "Medians at {size} partitions: ours {:.3} s, kafka-consumer-groups {:.3} s, AdminClient {:.3} s, speedup {:.1}.",
        of(|round| round.ours),
        of(|round| round.tools),
        of(|round| round.warm),
        of(Round::speedup)
    )
}
