//! A producer as a careful application has it: acks=all, idempotent, numbered records.

use super::{Sent, Stamp};
use rdkafka::client::ClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long the last records may take to be acknowledged.
const LIMIT: Duration = Duration::from_secs(120);
/// Between two looks at what is due.
const TICK: Duration = Duration::from_millis(5);

/// What to write.
#[derive(Clone, Debug)]
pub struct Load {
    name: String,
    keys: u32,
    per_second: Option<u32>,
    record_bytes: usize,
}

impl Load {
    /// 12 keys that begin with this name, records of 100 bytes, as fast as the cluster takes them.
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), keys: 12, per_second: None, record_bytes: 100 }
    }

    /// How many keys there are, at least one. Key n goes to partition n modulo the number of partitions.
    #[must_use]
    pub fn keys(mut self, keys: u32) -> Self {
        self.keys = keys.max(1);
        self
    }

    /// How many records a second, over all keys; at least one.
    #[must_use]
    pub fn per_second(mut self, records: u32) -> Self {
        self.per_second = Some(records.max(1));
        self
    }

    /// Bytes of each record's value.
    #[must_use]
    pub fn record_bytes(mut self, bytes: usize) -> Self {
        self.record_bytes = bytes;
        self
    }

    /// Writes until [`Traffic::stop`].
    ///
    /// # Panics
    /// If the producer cannot be built.
    pub fn start(self, bootstrap: &str, topic: &str) -> Traffic {
        self.run(bootstrap, topic, u64::MAX)
    }

    /// Writes so many records and waits until they are acknowledged.
    ///
    /// # Panics
    /// If they are not, within two minutes after the last one was handed over.
    pub async fn write(self, bootstrap: &str, topic: &str, records: u64) -> Sent {
        let sent = self.run(bootstrap, topic, records).ended().await;
        assert_eq!(sent.unacknowledged(), 0, "records without an answer");
        sent
    }

    fn run(self, bootstrap: &str, topic: &str, records: u64) -> Traffic {
        let sent = Arc::new(Mutex::new(Sent::default()));
        let stop = Arc::new(AtomicBool::new(false));
        let producer: Careful = ClientConfig::new()
            .set("bootstrap.servers", bootstrap)
            .set("client.id", "traffic")
            .set("acks", "all")
            .set("enable.idempotence", "true")
            .set("linger.ms", "5")
            // A replica is fetched in whole batches: large ones would leap over small throttles.
            .set("batch.size", "32768")
            // A record waits for its answer as long as the story does.
            .set("message.timeout.ms", "0")
            .set("socket.timeout.ms", "10000")
            .create_with_context(Answers { sent: Arc::clone(&sent) })
            .expect("a producer");
        let writer = Writer { load: self, topic: topic.to_owned(), producer, sent: Arc::clone(&sent) };
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || writer.run(records, &stopped));
        Traffic { sent, stop, thread: Some(thread) }
    }
}

type Careful = ThreadedProducer<Answers>;

/// Writes down what the cluster acknowledged.
struct Answers {
    sent: Arc<Mutex<Sent>>,
}

impl ClientContext for Answers {
    // What goes wrong under way is tried again; what stays wrong is missing from the answers.
    fn error(&self, _: KafkaError, _: &str) {}
}

impl ProducerContext for Answers {
    type DeliveryOpaque = Box<Stamp>;

    fn delivery(&self, result: &DeliveryResult<'_>, stamp: Self::DeliveryOpaque) {
        if result.is_ok() {
            lock(&self.sent).acknowledge(&stamp);
        }
    }
}

/// The thread that writes.
struct Writer {
    load: Load,
    topic: String,
    producer: Careful,
    sent: Arc<Mutex<Sent>>,
}

impl Writer {
    fn run(&self, records: u64, stop: &AtomicBool) {
        let partitions = self.partitions();
        let began = Instant::now();
        let mut written = 0;
        while written < records && !stop.load(Ordering::Relaxed) {
            if written < self.due(began) {
                self.one(written, partitions);
                written += 1;
            } else {
                std::thread::sleep(TICK);
            }
        }
        // What is not answered then stays unacknowledged, which whoever judges sees.
        let _ = self.producer.flush(LIMIT);
    }

    /// How many records there should be by now.
    fn due(&self, began: Instant) -> u64 {
        let Some(per_second) = self.load.per_second else { return u64::MAX };
        let passed = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        passed.saturating_mul(u64::from(per_second)) / 1_000
    }

    fn one(&self, written: u64, partitions: u64) {
        let number = written % u64::from(self.load.keys);
        let key = format!("{}-{number}", self.load.name);
        let stamp = lock(&self.sent).offer(&key);
        let value = stamp.value(self.load.record_bytes);
        let partition = i32::try_from(number % partitions).expect("a partition's number");
        let mut record =
            BaseRecord::with_opaque_to(&self.topic, Box::new(stamp)).partition(partition).key(&key).payload(&value);
        while let Err((error, refused)) = self.producer.send(record) {
            assert_eq!(error.rdkafka_error_code(), Some(RDKafkaErrorCode::QueueFull), "{error}");
            std::thread::sleep(TICK);
            record = refused;
        }
    }

    fn partitions(&self) -> u64 {
        let metadata = self.producer.client().fetch_metadata(Some(&self.topic), LIMIT).expect("the topic");
        let topic = metadata.topics().first().expect("the topic");
        assert!(!topic.partitions().is_empty(), "{} has no partitions", self.topic);
        topic.partitions().len() as u64
    }
}

/// A producer at work.
pub struct Traffic {
    sent: Arc<Mutex<Sent>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Traffic {
    /// How many records were acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        lock(&self.sent).acknowledged()
    }

    /// Waits until so many records more are acknowledged.
    ///
    /// # Panics
    /// If that takes too long.
    pub async fn flows(&self, records: usize) {
        let wanted = self.acknowledged() + records;
        let began = Instant::now();
        while self.acknowledged() < wanted {
            assert!(began.elapsed() < LIMIT, "only {} of {wanted} records", self.acknowledged());
            tokio::time::sleep(TICK * 10).await;
        }
    }

    /// Writes nothing more, and waits for the answers.
    ///
    /// # Panics
    /// If the producer failed.
    pub async fn stop(self) -> Sent {
        self.stop.store(true, Ordering::Relaxed);
        self.ended().await
    }

    async fn ended(mut self) -> Sent {
        let thread = self.thread.take().expect("it runs");
        let ended = tokio::task::spawn_blocking(move || thread.join()).await.expect("a thread to wait in");
        assert!(ended.is_ok(), "the producer failed");
        lock(&self.sent).clone()
    }
}

impl Drop for Traffic {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn lock(sent: &Mutex<Sent>) -> MutexGuard<'_, Sent> {
    sent.lock().unwrap_or_else(PoisonError::into_inner)
}
