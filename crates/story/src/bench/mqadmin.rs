//! Ten administrative actions by our client and by mqadmin, on the lab's real RocketMQ 5.5.0; what came of each is told by raw frames.

use super::figures::{Report, rounded, row};
use crate::lab::rocketmq::shell::Shell;
use crate::lab::rocketmq::{Line, Node, RocketMq, raw};
use anyhow::{Context, Result, bail, ensure};
use rocketmq_admin::{Client, Config, GroupConfig, HostPort, Master, Perm, ResetTo, TopicConfig};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const ROUNDS: usize = 3;
/// In each queue of the topic that groups are reset in.
const RECORDS: i64 = 5;
const QUEUES: u32 = 2;
/// How long it may take until what was done shows.
const PATIENCE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(5);
const BROKER: &str = "broker-a";
const CLUSTER: &str = "Lab";
const SPEEDUP: f64 = 10.0;

/// The actions, in their order. One at a time is in flight, whoever makes it.
#[derive(Debug, Clone, Copy)]
enum Action {
    MakeTopic,
    MakeAnother,
    MoreQueues,
    ReadOnly,
    MakeGroup,
    MakeAnotherGroup,
    ToTheBeginning,
    ToTheEnd,
    DeleteGroup,
    DeleteTopic,
}

const ACTIONS: [Action; 10] = [
    Action::MakeTopic,
    Action::MakeAnother,
    Action::MoreQueues,
    Action::ReadOnly,
    Action::MakeGroup,
    Action::MakeAnotherGroup,
    Action::ToTheBeginning,
    Action::ToTheEnd,
    Action::DeleteGroup,
    Action::DeleteTopic,
];

/// Seconds that all ten took.
#[derive(Debug, Clone, Copy)]
struct Round {
    ours: f64,
    per_call: f64,
    one_jvm: f64,
}

impl Round {
    fn speedup_per_call(&self) -> f64 {
        self.per_call / self.ours
    }

    fn speedup_one_jvm(&self) -> f64 {
        self.one_jvm / self.ours
    }
}

/// Runs it.
pub(super) async fn run() -> Result<Report> {
    let lab = tokio::task::spawn_blocking(|| RocketMq::get(Line::V5)).await??;
    let read = read_topic(lab)?;
    let servers = [Node::Names1, Node::Names2].map(|node| lab.address(node).parse::<HostPort>());
    let servers: Vec<HostPort> = servers.into_iter().collect::<Result<_, _>>().context("an address of the lab")?;
    let client = Client::new(Config::new(servers))?;
    let mut shell = lab.mqadmin_shell().await?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let ours = Names::new(lab, &read)?.ours(&client).await?;
        let per_call = Names::new(lab, &read)?.per_call().await?;
        let one_jvm = Names::new(lab, &read)?.in_one(&mut shell).await?;
        let [ours, per_call, one_jvm] = [ours, per_call, one_jvm].map(|span| span.as_secs_f64());
        rounds.push(Round { ours, per_call, one_jvm });
    }
    report(&rounds)
}

/// A topic with messages, for groups to be reset in.
fn read_topic(lab: RocketMq) -> Result<String> {
    let topic = lab.unique("bench-read");
    raw::set_topic(lab.address(Node::Master), &topic, (QUEUES, QUEUES))?.done()?;
    for queue in 0..QUEUES {
        for _ in 0..RECORDS {
            raw::send(lab.address(Node::Master), &topic, queue, "k")?;
        }
    }
    Ok(topic)
}

fn tell(lab: RocketMq, code: i32, fields: &[(&str, &str)], body: &str) -> Result<raw::Command> {
    let answer = raw::ask(lab.address(Node::Master), code, fields, body.as_bytes())?;
    ensure!(answer.code == 0, "{code}: {}", answer.remark);
    Ok(answer)
}

/// What one round of one way works on.
struct Names<'a> {
    lab: RocketMq,
    /// Made, given more queues, closed for writing.
    topic: String,
    /// Made and deleted.
    gone_topic: String,
    group: String,
    /// Made and deleted.
    gone_group: String,
    /// A topic with messages, and a group that stands in the middle of it.
    read: &'a str,
    reader: String,
}

impl<'a> Names<'a> {
    fn new(lab: RocketMq, read: &'a str) -> Result<Self> {
        let [topic, gone_topic, group, gone_group, reader] =
            ["bench-topic", "bench-gone", "bench-group", "bench-left", "bench-reader"].map(|prefix| lab.unique(prefix));
        tell(lab, raw::SET_GROUP, &[], &json!({"groupName": reader}).to_string())?;
        for queue in 0..QUEUES {
            raw::commit(lab.address(Node::Master), &reader, (read, queue), 2)?;
        }
        Ok(Self { lab, topic, gone_topic, group, gone_group, read, reader })
    }

    /// By our client, as the backend's acts make these calls.
    async fn ours(&self, client: &Client) -> Result<Duration> {
        let mut took = Duration::ZERO;
        for action in ACTIONS {
            let began = Instant::now();
            self.act(client, action).await.with_context(|| format!("{action:?}"))?;
            took += began.elapsed();
            self.shows(action).await?;
        }
        Ok(took)
    }

    async fn act(&self, client: &Client, action: Action) -> Result<()> {
        let master = client.master(BROKER);
        match action {
            Action::MakeTopic => master.set_topic(&TopicConfig::new(&self.topic, 8)).await?,
            Action::MakeAnother => master.set_topic(&TopicConfig::new(&self.gone_topic, 4)).await?,
            Action::MoreQueues => {
                self.alter(&master, |config| (config.read_queues, config.write_queues) = (12, 12)).await?;
            }
            Action::ReadOnly => self.alter(&master, |config| config.perm = Perm::READ).await?,
            Action::MakeGroup => master.set_group(&GroupConfig::new(&self.group)).await?,
            Action::MakeAnotherGroup => {
                let mut config = GroupConfig::new(&self.gone_group);
                config.retry_max = 3;
                master.set_group(&config).await?;
            }
            Action::ToTheBeginning => self.reset(&master, 0).await?,
            Action::ToTheEnd => self.reset(&master, raw::now()).await?,
            Action::DeleteGroup => master.delete_group(&self.gone_group, true).await?,
            Action::DeleteTopic => self.delete(client, &master).await?,
        }
        Ok(())
    }

    async fn alter(&self, master: &Master, change: impl Fn(&mut TopicConfig)) -> Result<()> {
        let mut config = master.topic(&self.topic).await?.context("the topic is gone")?;
        change(&mut config);
        Ok(master.set_topic(&config).await?)
    }

    async fn reset(&self, master: &Master, time: u64) -> Result<()> {
        master.reset_offsets(&self.reader, self.read, ResetTo::Time(time), true).await?;
        Ok(())
    }

    async fn delete(&self, client: &Client, master: &Master) -> Result<()> {
        master.delete_topic(&self.gone_topic).await?;
        let name = self.gone_topic.clone();
        let forgotten = client.each_name_server(|server| {
            let name = name.clone();
            async move { server.forget_topic(&name, Some(CLUSTER)).await }
        });
        forgotten.await.into_values().collect::<Result<Vec<()>, _>>()?;
        Ok(())
    }

    /// By mqadmin, a Java process a call, from its start to its end.
    async fn per_call(&self) -> Result<Duration> {
        let mut took = Duration::ZERO;
        for action in ACTIONS {
            let words = self.words(action);
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let began = Instant::now();
            let printed = self.lab.mqadmin_once(&words).await?;
            took += began.elapsed();
            self.shows(action).await.with_context(|| printed)?;
        }
        Ok(took)
    }

    /// By mqadmin, all calls in a process that has been started before.
    async fn in_one(&self, shell: &mut Shell) -> Result<Duration> {
        let mut took = Duration::ZERO;
        for action in ACTIONS {
            let (printed, span) = shell.call(&self.words(action)).await?;
            took += span;
            self.shows(action).await.with_context(|| printed)?;
        }
        Ok(took)
    }

    fn words(&self, action: Action) -> Vec<String> {
        let servers = [Node::Names1, Node::Names2].map(|node| self.lab.address(node)).join(";");
        let master = self.lab.address(Node::Master);
        let words: Vec<&str> = match action {
            Action::MakeTopic => vec!["updateTopic", "-c", CLUSTER, "-t", &self.topic, "-r", "8", "-w", "8"],
            Action::MakeAnother => vec!["updateTopic", "-c", CLUSTER, "-t", &self.gone_topic, "-r", "4", "-w", "4"],
            Action::MoreQueues => vec!["updateTopic", "-c", CLUSTER, "-t", &self.topic, "-r", "12", "-w", "12"],
            Action::ReadOnly => vec!["updateTopicPerm", "-c", CLUSTER, "-t", &self.topic, "-p", "4"],
            Action::MakeGroup => vec!["updateSubGroup", "-b", master, "-g", &self.group],
            Action::MakeAnotherGroup => vec!["updateSubGroup", "-b", master, "-g", &self.gone_group, "-r", "3"],
            Action::ToTheBeginning => {
                vec!["resetOffsetByTime", "-g", &self.reader, "-t", self.read, "-s", "0", "-f", "true"]
            }
            Action::ToTheEnd => {
                vec!["resetOffsetByTime", "-g", &self.reader, "-t", self.read, "-s", "now", "-f", "true"]
            }
            Action::DeleteGroup => vec!["deleteSubGroup", "-b", master, "-g", &self.gone_group, "-r", "true"],
            Action::DeleteTopic => vec!["deleteTopic", "-c", CLUSTER, "-t", &self.gone_topic],
        };
        words.into_iter().chain(["-n", servers.as_str()]).map(str::to_owned).collect()
    }

    /// Waits until raw frames show what the action is about.
    async fn shows(&self, action: Action) -> Result<()> {
        let began = Instant::now();
        while !self.is_done(action)? {
            if began.elapsed() > PATIENCE {
                bail!("{action:?} never shows");
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    fn is_done(&self, action: Action) -> Result<bool> {
        Ok(match action {
            Action::MakeTopic => self.topic(&self.topic)? == Some([8, 8, 6]),
            Action::MakeAnother => self.topic(&self.gone_topic)? == Some([4, 4, 6]),
            Action::MoreQueues => self.topic(&self.topic)? == Some([12, 12, 6]),
            Action::ReadOnly => self.topic(&self.topic)? == Some([12, 12, 4]),
            Action::MakeGroup => self.retries(&self.group)? == Some(16),
            Action::MakeAnotherGroup => self.retries(&self.gone_group)? == Some(3),
            Action::ToTheBeginning => self.stands_at(0)?,
            Action::ToTheEnd => self.stands_at(RECORDS)?,
            Action::DeleteGroup => self.retries(&self.gone_group)?.is_none(),
            Action::DeleteTopic => self.topic(&self.gone_topic)?.is_none() && !self.is_routed()?,
        })
    }

    /// Queues to read and to write, and the permission, by the master's list.
    fn topic(&self, topic: &str) -> Result<Option<[i64; 3]>> {
        let body: Value = serde_json::from_str(&tell(self.lab, raw::TOPICS, &[], "")?.text())?;
        let number = |found: &Value, key: &str| found[key].as_i64().unwrap_or(-1);
        let found = body["topicConfigTable"].get(topic);
        Ok(found.map(|found| ["readQueueNums", "writeQueueNums", "perm"].map(|key| number(found, key))))
    }

    /// How often a message is tried again, by the master's list of groups.
    fn retries(&self, group: &str) -> Result<Option<i64>> {
        let body: Value = serde_json::from_str(&tell(self.lab, raw::GROUPS, &[], "")?.text())?;
        Ok(body["subscriptionGroupTable"].get(group).and_then(|found| found["retryMaxTimes"].as_i64()))
    }

    /// Whether the reader has this offset in each queue.
    fn stands_at(&self, offset: i64) -> Result<bool> {
        for queue in 0..QUEUES {
            let queue = queue.to_string();
            let fields = [("consumerGroup", self.reader.as_str()), ("topic", self.read), ("queueId", &queue)];
            let answer = raw::ask(self.lab.address(Node::Master), raw::COMMITTED, &fields, b"")?;
            if answer.code != 0 || answer.field("offset") != offset.to_string() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a NameServer tells a route of the topic that goes.
    fn is_routed(&self) -> Result<bool> {
        let mut routed = false;
        for node in [Node::Names1, Node::Names2] {
            routed |= raw::ask(self.lab.address(node), raw::ROUTE, &[("topic", &self.gone_topic)], b"")?.code == 0;
        }
        Ok(routed)
    }
}

fn report(rounds: &[Round]) -> Result<Report> {
    let mut table =
        vec![row(["round", "ours s", "mqadmin, a JVM a call s", "in one JVM s", "speedup per call", "in one JVM"])];
    for (number, round) in (1..).zip(rounds) {
        let cells = [round.ours, round.per_call, round.one_jvm].map(|seconds| format!("{seconds:.3}"));
        let speedups = [round.speedup_per_call(), round.speedup_one_jvm()].map(|times| format!("{times:.1}"));
        table.push(row([&format!("{number}"), &cells[0], &cells[1], &cells[2], &speedups[0], &speedups[1]]));
    }
    let worst = |figure: fn(&Round) -> f64| rounds.iter().map(figure).reduce(f64::min).context("no rounds");
    let (per_call, one_jvm) = (worst(Round::speedup_per_call)?, worst(Round::speedup_one_jvm)?);
    let met = |holds: bool| if holds { "met" } else { "NOT met" };
    let said = vec![
        format!(
            "Worst round: {per_call:.1} times faster than a JVM a call; the bound is {SPEEDUP}: {}.",
            met(per_call >= SPEEDUP)
        ),
        format!("Worst round: {one_jvm:.1} times faster than in one JVM; the bound is 1: {}.", met(one_jvm > 1.0)),
    ];
    let json = json!({"speedup_per_call": rounded(per_call), "speedup_one_jvm": rounded(one_jvm)});
    Ok(Report { table, said, json })
}
