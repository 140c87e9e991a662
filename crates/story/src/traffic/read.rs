//! A consumer that reads everything.

use super::Stamp;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message};
use rdkafka::{Offset, TopicPartitionList};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long the rest may take once it is to finish.
const LIMIT: Duration = Duration::from_secs(120);
/// How long one look may take.
const POLL: Duration = Duration::from_millis(100);
const ASK: Duration = Duration::from_secs(10);

/// Reads all partitions of a topic from their beginning, while others write and replicas move.
pub struct Reader {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<Vec<Stamp>>>,
}

impl Reader {
    /// Begins.
    ///
    /// # Panics
    /// If the consumer cannot be built.
    pub fn start(bootstrap: &str, topic: &str) -> Self {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", bootstrap)
            .set("client.id", "reader")
            .set("group.id", "reads-without-a-group")
            .set("enable.auto.commit", "false")
            // Records that vanish under it must not be skipped in silence.
            .set("auto.offset.reset", "error")
            .set("topic.metadata.refresh.interval.ms", "2000")
            .create()
            .expect("a consumer");
        let stop = Arc::new(AtomicBool::new(false));
        let (topic, stopped) = (topic.to_owned(), Arc::clone(&stop));
        let thread = std::thread::spawn(move || Reading::new(consumer, &topic).run(&stopped));
        Self { stop, thread: Some(thread) }
    }

    /// Reads on up to where the log ends now; everything it read since it began, each partition's records in order.
    ///
    /// # Panics
    /// If the end is not reached within two minutes, or a record is none of ours.
    pub async fn finish(mut self) -> Vec<Stamp> {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("it runs");
        let read = tokio::task::spawn_blocking(move || thread.join()).await.expect("a thread to wait in");
        read.unwrap_or_else(|why| std::panic::resume_unwind(why))
    }

    /// Reads everything that is there now.
    ///
    /// # Panics
    /// As [`Reader::finish`].
    pub async fn read_all(bootstrap: &str, topic: &str) -> Vec<Stamp> {
        Self::start(bootstrap, topic).finish().await
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// The thread that reads.
struct Reading {
    consumer: BaseConsumer,
    topic: String,
    /// The next offset of each partition.
    next: BTreeMap<i32, i64>,
    read: Vec<Stamp>,
}

impl Reading {
    fn new(consumer: BaseConsumer, topic: &str) -> Self {
        let metadata = consumer.fetch_metadata(Some(topic), LIMIT).expect("the topic");
        let partitions = metadata.topics().iter().flat_map(|topic| topic.partitions());
        let next: BTreeMap<i32, i64> = partitions.map(|partition| (partition.id(), 0)).collect();
        let mut all = TopicPartitionList::new();
        for partition in next.keys() {
            all.add_partition_offset(topic, *partition, Offset::Beginning).expect("an offset");
        }
        consumer.assign(&all).expect("the partitions");
        Self { consumer, topic: topic.to_owned(), next, read: Vec::new() }
    }

    fn run(mut self, stop: &AtomicBool) -> Vec<Stamp> {
        while !stop.load(Ordering::Relaxed) {
            self.poll();
        }
        let began = Instant::now();
        let ends = self.ends(began);
        while self.next.iter().any(|(partition, next)| next < &ends[partition]) {
            assert!(began.elapsed() < LIMIT, "read up to {:?}, not to {ends:?}", self.next);
            self.poll();
        }
        self.read
    }

    fn poll(&mut self) {
        match self.consumer.poll(POLL) {
            Some(Ok(message)) => {
                let (stamp, partition, offset) = (stamp(&message), message.partition(), message.offset());
                drop(message);
                self.read.push(stamp);
                self.next.insert(partition, offset + 1);
            }
            Some(Err(KafkaError::MessageConsumption(RDKafkaErrorCode::AutoOffsetReset))) => {
                panic!("the log does not have what comes next: {:?}", self.next);
            }
            // A broker that is away is asked again by the client itself.
            Some(Err(_)) | None => {}
        }
    }

    /// Where the partitions end. An empty one ends at 0, wherever its log begins.
    fn ends(&self, began: Instant) -> BTreeMap<i32, i64> {
        self.next.keys().map(|partition| (*partition, self.end(*partition, began))).collect()
    }

    fn end(&self, partition: i32, began: Instant) -> i64 {
        loop {
            match self.consumer.fetch_watermarks(&self.topic, partition, ASK) {
                Ok((low, high)) => return if low == high { 0 } else { high },
                Err(error) => assert!(began.elapsed() < LIMIT, "partition {partition}: {error}"),
            }
        }
    }
}

fn stamp(message: &BorrowedMessage<'_>) -> Stamp {
    let (key, value) = (message.key().unwrap_or_default(), message.payload().unwrap_or_default());
    Stamp::read(key, value).expect("a record of ours")
}
