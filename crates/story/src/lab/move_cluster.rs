//! The cluster that replicas move on: brokers that are killed and started again, and a clean table for who comes next.

use super::judge::{KafkaJudge, TopicPartition};
use super::{KafkaTools, Lab};
use futures_util::future::join_all;
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::process::Command;

/// How long to wait for another story to give the cluster back.
const TURN_LIMIT: Duration = Duration::from_secs(1_200);
/// How long a broker may take to come back, to be seen dead, to be in sync.
const LIMIT: Duration = Duration::from_secs(300);
/// With eligible leader replicas Kafka sets this for all brokers, and refuses to remove it.
const MIN_ISR: (&str, &str) = ("min.insync.replicas", "1");
const RETRY: Duration = Duration::from_millis(50);
/// A setting of a broker that changes nothing a story looks at; see [`MoveCluster::caught_up`]. Its default is a day.
const MARK: &str = "producer.id.expiration.ms";
const DAY_MS: u32 = 86_400_000;

/// Four brokers, 1 to 4, in the racks r1 to r4; 1 to 3 are the controllers too, and one of these may be dead at a time.
///
/// A story has all of it until it drops this. It begins with four live brokers in sync, no topic but Kafka's own, no
/// move under way and no setting made on a broker, whatever the story before it left behind.
#[derive(Debug)]
pub struct MoveCluster {
    lab: &'static Lab,
    judge: KafkaJudge,
    /// Locked as long as it is open.
    _turn: File,
}

impl MoveCluster {
    /// The ids of its brokers.
    pub const BROKERS: [i32; 4] = [1, 2, 3, 4];

    /// Waits for its turn, mends what is broken and clears the table.
    ///
    /// # Panics
    /// If the lab is not there, or the cluster does not become whole.
    pub async fn alone(lab: &'static Lab) -> Self {
        let turn = turn(lab).await;
        let judge = lab.moving().await.expect("the judge");
        let cluster = Self { lab, judge, _turn: turn };
        // Topics first: there are some with which a broker cannot come back (see `kafka_moves/cancelled.rs`).
        cluster.delete_topics().await;
        for id in Self::BROKERS {
            if !cluster.runs(id) {
                cluster.start_broker(id).await;
            }
        }
        cluster.clear().await;
        cluster.whole().await;
        cluster
    }

    /// Bootstrap addresses of its brokers.
    pub fn bootstrap(&self) -> &str {
        self.lab.move_bootstrap()
    }

    /// Where its controllers listen.
    pub fn controllers(&self) -> &str {
        self.lab.move_controllers()
    }

    /// Kafka's AdminClient on it.
    pub fn judge(&self) -> &KafkaJudge {
        &self.judge
    }

    /// Kafka's AdminClient on its controllers: what is to be written about a dead broker goes there.
    pub fn controllers_judge(&self) -> KafkaJudge {
        self.judge.clone().of_controllers(self.controllers())
    }

    /// Kafka's tools on it.
    pub fn tools(&self) -> KafkaTools {
        KafkaTools::on(self.lab, self.bootstrap()).and_controllers(self.controllers())
    }

    /// Whether the broker's process is there.
    pub fn runs(&self, id: i32) -> bool {
        self.process(id).is_some_and(|process| process.is_there())
    }

    /// Kills a broker as `kill -9` does, and returns when its process is gone. The cluster notices seconds later:
    /// see [`MoveCluster::until_dead`].
    ///
    /// # Panics
    /// If it does not run.
    pub async fn kill_broker(&self, id: i32) {
        let process = self.process(id).filter(Process::is_there).expect("a broker that runs");
        process.kill().await;
        until(&format!("broker {id} ends"), async || !process.is_there()).await;
    }

    /// Starts a broker that was killed, and returns when it serves. It may be behind still: see [`MoveCluster::whole`].
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_broker(&self, id: i32) {
        let mut start = Command::new(self.lab.root().join("dev"));
        start.args(["lab", "start", &name(id)]).stdin(Stdio::null());
        let output = start.output().await.expect("./dev");
        assert!(output.status.success(), "broker {id}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Waits until the cluster no longer counts the broker among the living.
    ///
    /// # Panics
    /// If that takes too long.
    pub async fn until_dead(&self, id: i32) {
        until(&format!("broker {id} is seen dead"), async || !self.living().await.contains(&id)).await;
        self.caught_up().await;
    }

    /// Waits until each broker that runs has taken over what the controller has decided so far. They follow one log: who has the
    /// last entry has all before it. Until then an AdminClient may be told of what was, by the broker it happens to ask.
    ///
    /// # Panics
    /// If one does not for too long.
    pub async fn caught_up(&self) {
        let mark = DAY_MS.saturating_add(millis() % DAY_MS).to_string();
        let running: Vec<String> = Self::BROKERS.iter().filter(|id| self.runs(**id)).map(ToString::to_string).collect();
        let mark = &mark;
        // Each by itself: what was decided before this began is before its own mark.
        let each = running.iter().map(|id| async move {
            self.judge.set_config(("broker", id), MARK, Some(mark)).await.expect("a setting");
            until(&format!("broker {id} has caught up"), async || {
                self.judge.configs("broker", id).await.is_ok_and(|set| set.get(MARK) == Some(mark))
            })
            .await;
        });
        join_all(each).await;
    }

    /// Waits until all four brokers live, no replica moves, and each partition's replicas are in sync.
    ///
    /// # Panics
    /// If that takes too long.
    pub async fn whole(&self) {
        until("all brokers live", async || self.living().await == Self::BROKERS).await;
        until("no replica moves", async || self.judge.reassignments().await.is_ok_and(|moves| moves.is_empty())).await;
        let topics = self.judge.topics().await.expect("the topics");
        for topic in topics {
            self.in_sync(&topic).await;
        }
    }

    /// Waits until all replicas of a topic are in sync.
    ///
    /// # Panics
    /// If that takes too long.
    pub async fn in_sync(&self, topic: &str) {
        until(&format!("{topic} is in sync"), async || {
            let seen = self.judge.topic(topic).await;
            seen.is_ok_and(|view| view.partitions.iter().all(|one| one.isr.len() == one.replicas.len()))
        })
        .await;
    }

    /// Waits until each partition of a topic has so many replicas in sync.
    ///
    /// # Panics
    /// If that takes too long.
    pub async fn in_sync_at_least(&self, topic: &str, count: usize) {
        until(&format!("{topic} has {count} in sync"), async || {
            let seen = self.judge.topic(topic).await;
            seen.is_ok_and(|view| view.partitions.iter().all(|one| one.isr.len() >= count))
        })
        .await;
    }

    /// The active controller's id.
    ///
    /// # Panics
    /// If there is none for too long.
    pub async fn active_controller(&self) -> i32 {
        let mut active = -1;
        until("there is an active controller", async || {
            active = self.judge.quorum().await.map_or(-1, |quorum| quorum.leader);
            active >= 0
        })
        .await;
        active
    }

    /// Kills the active controller, which is a broker too, and waits until another one is active; the killed one's id.
    ///
    /// # Panics
    /// If no other one takes over.
    pub async fn change_controller(&self) -> i32 {
        let before = self.active_controller().await;
        self.kill_broker(before).await;
        until("another controller is active", async || {
            self.judge.quorum().await.is_ok_and(|quorum| quorum.leader >= 0 && quorum.leader != before)
        })
        .await;
        before
    }

    async fn living(&self) -> Vec<i32> {
        self.judge.cluster().await.map_or_else(|_| Vec::new(), |cluster| cluster.brokers)
    }

    /// Kafka's own topics stay.
    async fn delete_topics(&self) {
        let topics = self.judge.topics().await.expect("the topics");
        for topic in topics.iter().filter(|topic| !topic.starts_with("__")) {
            self.judge.delete_topic(topic).await.expect("a topic to delete");
        }
    }

    /// Ends moves that are left and removes settings of brokers.
    async fn clear(&self) {
        until("all brokers live", async || self.living().await == Self::BROKERS).await;
        for moving in self.judge.reassignments().await.expect("the moves") {
            let partition = TopicPartition::new(&moving.topic, moving.partition);
            // It may have ended by itself meanwhile.
            let _ = self.judge.reassign(&partition, None).await;
        }
        for broker in ["", "1", "2", "3", "4"] {
            self.clear_settings(broker).await;
        }
    }

    async fn clear_settings(&self, broker: &str) {
        let kept = if broker.is_empty() { BTreeMap::from([MIN_ISR]) } else { BTreeMap::new() };
        let kept: BTreeMap<String, String> =
            kept.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
        let of = ("broker", broker);
        let set = self.judge.configs(of.0, of.1).await.expect("the settings");
        for key in set.keys() {
            self.judge.set_config(of, key, kept.get(key).map(String::as_str)).await.expect("a setting to put back");
        }
        until("the settings are gone", async || self.judge.configs(of.0, of.1).await.is_ok_and(|set| set == kept))
            .await;
    }

    fn process(&self, id: i32) -> Option<Process> {
        let text = std::fs::read_to_string(self.lab.run_dir().join(format!("{}.pid", name(id)))).ok()?;
        let (pid, started) = text.trim().split_once(' ')?;
        Some(Process { pid: pid.parse().ok()?, started: started.to_owned() })
    }
}

/// Milliseconds of the clock, as many as fit.
fn millis() -> u32 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u32::try_from(now.as_millis() % u128::from(u32::MAX)).unwrap_or_default()
}

/// What `./dev` calls a broker of this cluster.
fn name(id: i32) -> String {
    format!("move{id}")
}

/// The cluster belongs to whoever locks a file, across processes too. Who waits for it keeps a second one, so that nobody who
/// comes later, as the next story of the same process, is served first.
async fn turn(lab: &Lab) -> File {
    let _next = locked(lab, "move.next").await;
    locked(lab, "move.turn").await
}

async fn locked(lab: &Lab, name: &str) -> File {
    let file = lab.run_dir().join(name);
    let file = File::options().create(true).append(true).open(file).expect("a folder of the lab");
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return file,
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => panic!("the turn: {error}"),
        }
        assert!(began.elapsed() < TURN_LIMIT, "another story keeps the cluster");
        tokio::time::sleep(RETRY).await;
    }
}

/// Looks again and again until it is so.
async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < LIMIT, "not within {LIMIT:?}: {what}");
        tokio::time::sleep(RETRY).await;
    }
}

/// A process as `./dev` wrote it down: a number that was given to somebody else meanwhile is not taken for it.
#[derive(Debug)]
struct Process {
    pid: u32,
    started: String,
}

impl Process {
    fn is_there(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        let mut fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        // Dead, and only waiting to be reaped.
        let gone = matches!(fields.next(), Some("Z" | "X") | None);
        !gone && fields.nth(18) == Some(&self.started)
    }

    async fn kill(&self) {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -KILL {}", self.pid)).status().await;
        assert!(sent.expect("a shell").success(), "the signal was not sent");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::judge::TopicSpec;

    const TOPIC: &str = "settled";

    async fn cluster() -> MoveCluster {
        MoveCluster::alone(Lab::get().unwrap()).await
    }

    #[tokio::test]
    async fn a_broker_dies_is_missed_and_comes_back_into_sync() {
        let cluster = cluster().await;
        cluster.judge().create_topic(TopicSpec::new(TOPIC, 1, 2).on(vec![vec![4, 1]])).await.unwrap();
        cluster.kill_broker(4).await;
        assert!(!cluster.runs(4) && cluster.runs(1));
        cluster.until_dead(4).await;
        let without = cluster.judge().topic(TOPIC).await.unwrap();
        assert_eq!((without.partitions[0].leader, without.partitions[0].isr.clone()), (1, vec![1]));
        cluster.start_broker(4).await;
        cluster.whole().await;
        let mut isr = cluster.judge().topic(TOPIC).await.unwrap().partitions[0].isr.clone();
        isr.sort_unstable();
        assert_eq!(isr, [1, 4]);
    }

    #[tokio::test]
    async fn the_active_controller_dies_and_another_one_takes_over() {
        let cluster = cluster().await;
        let quorum = cluster.judge().quorum().await.unwrap();
        assert_eq!(quorum.voters, [1, 2, 3]);
        let killed = cluster.change_controller().await;
        assert_eq!(killed, quorum.leader);
        assert_ne!(cluster.active_controller().await, killed);
        cluster.until_dead(killed).await;
        cluster.start_broker(killed).await;
        cluster.whole().await;
    }

    #[tokio::test]
    async fn a_dead_broker_can_be_written_to_through_the_controllers_only() {
        let cluster = cluster().await;
        let (dead, key) = (("broker", "4"), "follower.replication.throttled.rate");
        cluster.kill_broker(4).await;
        cluster.until_dead(4).await;
        cluster.controllers_judge().set_config(dead, key, Some("1000")).await.unwrap();
        cluster.start_broker(4).await;
        cluster.whole().await;
        assert_eq!(cluster.judge().configs(dead.0, dead.1).await.unwrap()[key], "1000");
    }

    #[tokio::test]
    async fn whoever_comes_next_finds_a_clear_table() {
        let left = cluster().await;
        left.judge().create_topic(TopicSpec::new(TOPIC, 1, 1).on(vec![vec![1]])).await.unwrap();
        left.judge().set_config(("broker", "2"), "leader.replication.throttled.rate", Some("7")).await.unwrap();
        left.judge().set_config(("broker", ""), "log.retention.ms", Some("-1")).await.unwrap();
        left.kill_broker(3).await;
        drop(left);
        let next = cluster().await;
        assert!(next.judge().topics().await.unwrap().iter().all(|topic| topic.starts_with("__")));
        assert!(next.judge().configs("broker", "2").await.unwrap().is_empty());
        assert!(!next.judge().configs("broker", "").await.unwrap().contains_key("log.retention.ms"));
        assert!(next.runs(3));
    }

    #[tokio::test]
    async fn a_process_that_is_another_is_not_ours() {
        let me = std::process::id();
        let stat = std::fs::read_to_string(format!("/proc/{me}/stat")).unwrap();
        let started = stat.rsplit(") ").next().unwrap().split(' ').nth(19).unwrap().to_owned();
        assert!(Process { pid: me, started }.is_there());
        assert!(!Process { pid: me, started: "1".to_owned() }.is_there());
    }
}
