//! A second broker of the secure cluster, for as long as a story needs one.

use super::{KafkaJudge, Lab};
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long it may take to start.
const LIMIT: Duration = Duration::from_secs(120);
const RETRY: Duration = Duration::from_millis(50);

/// A broker with an authorizer, as the first one has it. It is killed when it is dropped, and its logs are gone: what a story
/// put on it has to be deleted before. Topics of others may be placed on it, so its story has the lab to itself.
#[derive(Debug)]
pub struct SecondBroker {
    process: Child,
    _folder: TempDir,
}

impl SecondBroker {
    /// Its id.
    pub const ID: i32 = 9;

    /// Starts one, and returns when the cluster counts it among the living.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start(lab: &Lab, judge: &KafkaJudge) -> Self {
        let folder = TempDir::new().expect("a folder");
        let first =
            fs::read_to_string(lab.run_dir().join("secure1/server.properties")).expect("the first one's settings");
        let cluster = judge.cluster().await.expect("the cluster").cluster_id;
        prepare(folder.path(), &first, &cluster);
        let output = File::create(folder.path().join("out.log")).expect("a file");
        let process = Command::new("java")
            .args(lab.java_arguments())
            .arg("kafka.Kafka")
            .arg(folder.path().join("server.properties"))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .stdout(output)
            .spawn()
            .expect("Java");
        let mut broker = Self { process, _folder: folder };
        let began = Instant::now();
        while !judge.cluster().await.is_ok_and(|seen| seen.brokers.contains(&Self::ID)) {
            let ended = broker.process.try_wait().expect("the process");
            assert!(ended.is_none() && began.elapsed() < LIMIT, "it does not come up: {ended:?}");
            tokio::time::sleep(RETRY).await;
        }
        broker
    }

    /// Ends it, and returns when the cluster no longer counts it among the living, where topics of others are put.
    ///
    /// # Panics
    /// If that does not come about.
    pub async fn ends(self, judge: &KafkaJudge) {
        drop(self);
        let began = Instant::now();
        while judge.cluster().await.expect("the cluster").brokers.contains(&Self::ID) {
            assert!(began.elapsed() < LIMIT, "it is still counted");
            tokio::time::sleep(RETRY).await;
        }
    }
}

impl Drop for SecondBroker {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Its settings and an empty folder for logs that belongs to the cluster.
fn prepare(folder: &Path, first: &str, cluster: &str) {
    let data = folder.join("data");
    fs::create_dir(&data).expect("a folder");
    let id = SecondBroker::ID;
    // The directory's id has the form of Kafka's ids: 22 characters of base64url.
    let meta = format!("version=1\ncluster.id={cluster}\nnode.id={id}\ndirectory.id=c2Vjb25kLWJyb2tlci0wOQ\n");
    fs::write(data.join("meta.properties"), meta).expect("a file");
    let own = [
        format!("node.id={id}"),
        "process.roles=broker".to_owned(),
        "listeners=INTERNAL://127.0.0.1:0,SASL_PLAINTEXT://127.0.0.1:0".to_owned(),
        format!("log.dirs={}", data.display()),
    ];
    let key = |line: &str| line.split('=').next().unwrap_or_default().to_owned();
    let other = ["node.id", "process.roles", "listeners", "advertised.listeners", "log.dirs"];
    let kept = first.lines().filter(|line| !other.contains(&key(line).as_str())).map(str::to_owned);
    let lines: Vec<String> = kept.chain(own).collect();
    fs::write(folder.join("server.properties"), lines.join("\n")).expect("a file");
}
