//! The Java process and the lines to and from it.

use super::super::Lab;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// Longest wait for one answer; the Java clients give up sooner and say why.
const ANSWER_LIMIT: Duration = Duration::from_secs(90);

/// Why a question to the judge has no answer.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// Kafka refused it: the Java exception's simple class name and its message.
    #[error("{kind}: {message}")]
    Kafka {
        /// For example `UnknownTopicOrPartitionException`.
        kind: String,
        /// The sentence Kafka gave with it.
        message: String,
    },
    /// The Java process could not be started, or has ended.
    #[error("the judge does not run: {0}")]
    Process(String),
    /// No answer within the limit.
    #[error("the judge gave no answer to {0} in {limit} s", limit = ANSWER_LIMIT.as_secs())]
    Deadline(String),
    /// An answer that does not have the expected form.
    #[error("the judge's answer: {0}")]
    Protocol(String),
}

impl JudgeError {
    /// True when Kafka refused with this exception.
    pub fn is(&self, exception: &str) -> bool {
        matches!(self, Self::Kafka { kind, .. } if kind == exception)
    }
}

impl From<serde_json::Error> for JudgeError {
    fn from(error: serde_json::Error) -> Self {
        Self::Protocol(error.to_string())
    }
}

/// An answer and how long the operation took inside the Java process.
#[derive(Debug)]
pub struct Answer<A> {
    /// What was asked for.
    pub value: A,
    /// Without the way to the process and back.
    pub took: Duration,
}

#[derive(Debug, Deserialize)]
struct Line {
    id: u64,
    #[serde(default)]
    took_us: u64,
    ok: Option<Value>,
    error: Option<Refusal>,
}

#[derive(Debug, Deserialize)]
struct Refusal {
    kind: String,
    message: String,
}

type Waiting = Arc<Mutex<Option<HashMap<u64, oneshot::Sender<Line>>>>>;

/// The one Java process of this test process. It ends with it, because its standard input does.
#[derive(Debug)]
pub struct Judge {
    input: Mutex<ChildStdin>,
    /// `None` once the process has ended.
    waiting: Waiting,
    next: AtomicU64,
    child: Mutex<Child>,
}

impl Judge {
    /// The judge that all tests of this process share, started at the first call.
    ///
    /// # Errors
    /// When it does not start; the next call does not try again.
    pub async fn shared(lab: &Lab) -> Result<&'static Self, JudgeError> {
        static JUDGE: OnceLock<Result<Judge, String>> = OnceLock::new();
        let judge = JUDGE
            .get_or_init(|| Self::spawn(lab).map_err(|error| error.to_string()))
            .as_ref()
            .map_err(|error| JudgeError::Process(error.clone()))?;
        judge.ask::<Value>("ping", Map::new()).await?;
        Ok(judge)
    }

    /// Starts a judge of one's own and waits until it answers. Tests want [`Judge::shared`].
    ///
    /// # Errors
    /// When Java is missing or the process ends at once.
    pub async fn start(lab: &Lab) -> Result<Self, JudgeError> {
        let judge = Self::spawn(lab)?;
        judge.ask::<Value>("ping", Map::new()).await?;
        Ok(judge)
    }

    // Plain threads, not tasks: every test has a runtime of its own, and the judge outlives each.
    fn spawn(lab: &Lab) -> Result<Self, JudgeError> {
        let failed = |error: std::io::Error| JudgeError::Process(error.to_string());
        let mut child = Command::new("java")
            .args(lab.java_arguments())
            .arg("judge.Judge")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log(lab).map_err(failed)?)
            .spawn()
            .map_err(failed)?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(JudgeError::Process("no pipes".into()));
        };
        let waiting: Waiting = Arc::new(Mutex::new(Some(HashMap::new())));
        let answers = Arc::clone(&waiting);
        std::thread::Builder::new()
            .name("judge".into())
            .spawn(move || read_answers(output, &answers))
            .map_err(failed)?;
        Ok(Self { input: Mutex::new(input), waiting, next: AtomicU64::new(1), child: Mutex::new(child) })
    }

    /// One operation: its name and fields as `lab/judge` reads them.
    ///
    /// # Errors
    /// Kafka's refusal, or the process's own failure.
    pub async fn ask<A: DeserializeOwned>(
        &self,
        operation: &str,
        mut request: Map<String, Value>,
    ) -> Result<Answer<A>, JudgeError> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        request.insert("id".into(), id.into());
        request.insert("op".into(), operation.into());
        let (sender, receiver) = oneshot::channel();
        match lock(&self.waiting).as_mut() {
            Some(waiting) => waiting.insert(id, sender),
            None => return Err(JudgeError::Process("it has ended".into())),
        };
        self.send(&Value::Object(request))?;
        let line = tokio::time::timeout(ANSWER_LIMIT, receiver)
            .await
            .map_err(|_| JudgeError::Deadline(operation.to_owned()))?
            .map_err(|_| JudgeError::Process("it has ended".into()))?;
        if let Some(Refusal { kind, message }) = line.error {
            return Err(JudgeError::Kafka { kind, message });
        }
        let value = line.ok.ok_or_else(|| JudgeError::Protocol("neither ok nor error".into()))?;
        Ok(Answer { value: serde_json::from_value(value)?, took: Duration::from_micros(line.took_us) })
    }

    fn send(&self, request: &Value) -> Result<(), JudgeError> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        lock(&self.input).write_all(&line).map_err(|error| JudgeError::Process(error.to_string()))
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let mut child = lock(&self.child);
        // Already ended is as good.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// What the Java clients complain about, beside the brokers' own logs.
fn log(lab: &Lab) -> std::io::Result<File> {
    let file = lab.run_dir().join("judge.log");
    File::options().create(true).append(true).open(file)
}

fn read_answers(output: ChildStdout, waiting: &Waiting) {
    for line in BufReader::new(output).lines() {
        let Ok(line) = line else { break };
        let Ok(answer) = serde_json::from_str::<Line>(&line) else {
            break;
        };
        let sender = lock(waiting).as_mut().and_then(|waiting| waiting.remove(&answer.id));
        if let Some(sender) = sender {
            // The asker may have given up.
            let _ = sender.send(answer);
        }
    }
    // Dropping the senders wakes who still waits.
    lock(waiting).take();
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
