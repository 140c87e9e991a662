//! A consumer that reads, as the Java client would: it is connected, fetches from each of its queues, goes where a broker
//! resets it to, and tells every second how far it is.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::raw;
use serde_json::json;

/// PULL_MESSAGE.
const PULL: i32 = 11;
/// RESET_CONSUMER_CLIENT_OFFSET, asked of a client by 4.9.
const RESET: i64 = 220;
/// FOUND and PULL_OFFSET_MOVED.
const FOUND: i64 = 0;
const MOVED: i64 = 21;
/// The subscription stands in the request (`PullSysFlag`).
const WITH_SUBSCRIPTION: &str = "4";
const PAUSE: Duration = Duration::from_millis(50);
const TELLS_EVERY: Duration = Duration::from_secs(1);

type Places = Arc<Mutex<BTreeMap<u32, i64>>>;

/// A member of a group that reads. It leaves when it is dropped.
pub struct Reader {
    stream: TcpStream,
    ends: Arc<AtomicBool>,
    heard: Places,
    fetched: Arc<Mutex<Vec<(u32, i64)>>>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    /// Joins a group and reads these queues from these offsets on.
    ///
    /// # Errors
    /// Those of the network.
    pub fn join(broker: &str, group: &str, topic: &str, from: BTreeMap<u32, i64>) -> io::Result<Self> {
        let subscription = json!({
            "topic": topic, "subString": "*", "subVersion": 1, "expressionType": "TAG", "classFilterMode": false,
            "tagsSet": [], "codeSet": [],
        });
        let consumer = json!({
            "groupName": group, "consumeType": "CONSUME_PASSIVELY", "messageModel": "CLUSTERING",
            "consumeFromWhere": "CONSUME_FROM_FIRST_OFFSET", "subscriptionDataSet": [subscription], "unitMode": false,
        });
        let beat = json!({"clientID": "reader", "consumerDataSet": [consumer], "producerDataSet": []});
        let mut stream = raw::connect(broker)?;
        stream.write_all(&raw::request(raw::HEART_BEAT, 1, &[], beat.to_string().as_bytes()))?;
        stream.set_read_timeout(None)?;
        let (heard, listening): (Places, _) = (Arc::default(), stream.try_clone()?);
        let told = heard.clone();
        std::thread::spawn(move || listen(listening, &told));
        let (ends, fetched) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let work = Work {
            broker: broker.to_owned(),
            group: group.to_owned(),
            topic: topic.to_owned(),
            places: from,
            heard: heard.clone(),
            fetched: fetched.clone(),
            ends: ends.clone(),
        };
        let thread = Some(std::thread::spawn(move || work.goes_on()));
        Ok(Self { stream, ends, heard, fetched, thread })
    }

    /// The queue and offset of every fetch that gave messages, in order.
    #[must_use]
    pub fn fetched(&self) -> Vec<(u32, i64)> {
        self.fetched.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a broker has told it where to read on that it has not begun to do yet.
    #[must_use]
    pub fn is_told(&self) -> bool {
        !self.heard.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        // A broker that has closed it already is fine.
        drop(self.stream.shutdown(Shutdown::Both));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

struct Work {
    broker: String,
    group: String,
    topic: String,
    places: BTreeMap<u32, i64>,
    heard: Places,
    fetched: Arc<Mutex<Vec<(u32, i64)>>>,
    ends: Arc<AtomicBool>,
}

impl Work {
    fn goes_on(mut self) {
        let mut told = Instant::now();
        while !self.ends.load(Ordering::Relaxed) {
            let heard = std::mem::take(&mut *self.heard.lock().unwrap_or_else(PoisonError::into_inner));
            self.places.extend(heard);
            for queue in self.places.keys().copied().collect::<Vec<_>>() {
                // A broker that is busy is asked again with the next round.
                if let Ok(next) = self.pull(queue) {
                    self.places.insert(queue, next);
                }
            }
            if told.elapsed() >= TELLS_EVERY {
                told = Instant::now();
                self.commits();
            }
            std::thread::sleep(PAUSE);
        }
    }

    fn pull(&self, queue: u32) -> io::Result<i64> {
        let at = self.places[&queue];
        let (number, offset) = (queue.to_string(), at.to_string());
        let fields = [
            ("consumerGroup", self.group.as_str()),
            ("topic", self.topic.as_str()),
            ("queueId", number.as_str()),
            ("queueOffset", offset.as_str()),
            ("maxMsgNums", "32"),
            ("sysFlag", WITH_SUBSCRIPTION),
            ("commitOffset", "0"),
            ("suspendTimeoutMillis", "0"),
            ("subscription", "*"),
            ("subVersion", "1"),
            ("expressionType", "TAG"),
        ];
        let answer = raw::ask(&self.broker, PULL, &fields, b"")?;
        let next: i64 = answer.field("nextBeginOffset").parse().map_err(io::Error::other)?;
        if answer.code == FOUND {
            self.fetched.lock().unwrap_or_else(PoisonError::into_inner).push((queue, at));
        }
        Ok(if matches!(answer.code, FOUND | MOVED) { next } else { at })
    }

    fn commits(&self) {
        for (queue, offset) in &self.places {
            // Told again a second later.
            drop(raw::commit(&self.broker, &self.group, (&self.topic, *queue), *offset));
        }
    }
}

/// Takes in where a broker of 4.9 says to read on.
fn listen(mut stream: TcpStream, heard: &Places) {
    while let Ok(command) = raw::read(&mut stream) {
        if command.code == RESET {
            heard.lock().unwrap_or_else(PoisonError::into_inner).extend(offsets(&command.text()));
        }
    }
}

/// Queues and offsets of `{"offsetTable":{{"brokerName":"a","queueId":0,"topic":"t"}:7}}`, which is no JSON.
fn offsets(body: &str) -> BTreeMap<u32, i64> {
    let digits = |text: &str| text.chars().take_while(|one| one.is_ascii_digit() || *one == '-').collect::<String>();
    let one = |part: &str| {
        let queue = digits(part).parse().ok()?;
        let (_, offset) = part.split_once("}:")?;
        Some((queue, digits(offset).parse().ok()?))
    };
    body.split("\"queueId\":").skip(1).filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_broker_tells_is_read() {
        let body = r#"{"offsetTable":{{"brokerName":"broker-a","queueId":0,"topic":"t"}:7,{"brokerName":"broker-a","queueId":11,"topic":"t"}:123}}"#;
        assert_eq!(offsets(body), BTreeMap::from([(0, 7), (11, 123)]));
        assert!(offsets("{}").is_empty());
    }
}
