//! RocketMQ's frames, written once more: what judges must not be what is judged.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Deserialize;
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_secs(120);
/// The version this speaks as: 5.5.0.
const VERSION: i32 = 513;
/// SEND_MESSAGE.
const SEND: i32 = 10;
/// UPDATE_CONSUMER_OFFSET.
const COMMIT: i32 = 15;

/// QUERY_CONSUMER_OFFSET: the offset of a group in a queue.
pub const COMMITTED: i32 = 14;
/// UPDATE_AND_CREATE_TOPIC.
pub const SET_TOPIC: i32 = 17;
/// GET_ALL_TOPIC_CONFIG.
pub const TOPICS: i32 = 21;
/// UPDATE_BROKER_CONFIG.
pub const CONFIGURE: i32 = 25;
/// GET_MAX_OFFSET.
pub const END: i32 = 30;
/// GET_MIN_OFFSET.
pub const START: i32 = 31;
/// HEART_BEAT.
pub const HEART_BEAT: i32 = 34;
/// GET_ALL_CONSUMER_OFFSET.
pub const ALL_OFFSETS: i32 = 43;
/// GET_ROUTEINFO_BY_TOPIC.
pub const ROUTE: i32 = 105;
/// GET_BROKER_CLUSTER_INFO.
pub const CLUSTER_INFO: i32 = 106;
/// UPDATE_AND_CREATE_SUBSCRIPTIONGROUP.
pub const SET_GROUP: i32 = 200;
/// GET_ALL_SUBSCRIPTIONGROUP_CONFIG.
pub const GROUPS: i32 = 201;
/// WIPE_WRITE_PERM_OF_BROKER.
pub const FORBID_WRITES: i32 = 205;
/// DELETE_TOPIC_IN_BROKER.
pub const DELETE_TOPIC: i32 = 215;
/// DELETE_TOPIC_IN_NAMESRV.
pub const FORGET_TOPIC: i32 = 216;
/// ADD_WRITE_PERM_OF_BROKER.
pub const ALLOW_WRITES: i32 = 327;
/// GET_TOPIC_CONFIG.
pub const TOPIC: i32 = 351;

/// What a server answered, or asked.
#[derive(Clone, Debug)]
pub struct Command {
    /// How it went, or what is asked for.
    pub code: i64,
    /// The number of the request.
    pub opaque: i64,
    /// Its words.
    pub remark: String,
    /// Its fields.
    pub fields: BTreeMap<String, String>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Command {
    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A field, or nothing.
    #[must_use]
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// This, if it says that it is done.
    ///
    /// # Errors
    /// What it says otherwise.
    pub fn done(self) -> io::Result<Self> {
        if self.code == 0 { Ok(self) } else { Err(io::Error::other(format!("{}: {}", self.code, self.remark))) }
    }
}

/// Sends one request on a connection of its own.
///
/// # Errors
/// Those of the network.
pub fn ask(address: &str, code: i32, fields: &[(&str, &str)], body: &[u8]) -> io::Result<Command> {
    let mut stream = connect(address)?;
    stream.write_all(&request(code, 1, fields, body))?;
    read(&mut stream)
}

/// Opens a connection.
///
/// # Errors
/// Those of the network.
pub fn connect(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(LIMIT))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The bytes of a request.
#[must_use]
pub fn request(code: i32, opaque: i64, fields: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let fields: BTreeMap<&str, &str> = fields.iter().copied().collect();
    frame(&json!({"code": code, "flag": 0, "opaque": opaque, "extFields": fields}), body)
}

/// The bytes of a successful answer.
#[must_use]
pub fn answer(opaque: i64, body: &[u8]) -> Vec<u8> {
    frame(&json!({"code": 0, "flag": 1, "opaque": opaque}), body)
}

fn frame(header: &Value, body: &[u8]) -> Vec<u8> {
    let mut header = header.clone();
    header["language"] = "JAVA".into();
    header["version"] = VERSION.into();
    header["serializeTypeCurrentRPC"] = "JSON".into();
    let header = header.to_string();
    let length = |length: usize| u32::try_from(length).expect("a short frame").to_be_bytes();
    [&length(4 + header.len() + body.len())[..], &length(header.len()), header.as_bytes(), body].concat()
}

/// Reads one frame with a header in JSON.
///
/// # Errors
/// Those of the network, and for what is no such frame.
pub fn read(stream: &mut TcpStream) -> io::Result<Command> {
    let mut word = [0_u8; 4];
    stream.read_exact(&mut word)?;
    let mut frame = vec![0; usize::try_from(u32::from_be_bytes(word)).map_err(io::Error::other)?];
    stream.read_exact(&mut frame)?;
    let (head, rest) = frame.split_first_chunk::<4>().ok_or_else(|| io::Error::other("a short frame"))?;
    let (header, body) = rest
        .split_at_checked(usize::try_from(u32::from_be_bytes(*head)).map_err(io::Error::other)?)
        .ok_or_else(|| io::Error::other("a header of another kind"))?;
    let header: Value = serde_json::from_slice(header)?;
    Ok(Command {
        code: header["code"].as_i64().unwrap_or(-1),
        opaque: header["opaque"].as_i64().unwrap_or(-1),
        remark: header["remark"].as_str().unwrap_or_default().to_owned(),
        fields: serde_json::from_value(header["extFields"].clone()).unwrap_or_default(),
        body: body.to_vec(),
    })
}

/// Milliseconds since 1970.
#[must_use]
pub fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

/// A topic is to have so many queues to read and to write at a broker; what that one answers, whatever it is.
///
/// # Errors
/// Those of the network.
pub fn set_topic(broker: &str, topic: &str, (read, write): (u32, u32)) -> io::Result<Command> {
    let (read, write) = (read.to_string(), write.to_string());
    let fields = [
        ("topic", topic),
        ("defaultTopic", "TBW102"),
        ("readQueueNums", read.as_str()),
        ("writeQueueNums", write.as_str()),
        ("perm", "6"),
        ("topicFilterType", "SINGLE_TAG"),
        ("order", "false"),
    ];
    ask(broker, SET_TOPIC, &fields, b"")
}

/// A client of a group has read so far in a queue.
///
/// # Errors
/// Those of the network, and what the broker says.
pub fn commit(broker: &str, group: &str, (topic, queue): (&str, u32), offset: i64) -> io::Result<Command> {
    let (queue, offset) = (queue.to_string(), offset.to_string());
    let fields = [("consumerGroup", group), ("topic", topic), ("queueId", &queue), ("commitOffset", &offset)];
    ask(broker, COMMIT, &fields, b"")?.done()
}

/// The queues of a topic to read and to write, by broker.
pub type Route = BTreeMap<String, (u32, u32)>;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct QueueData {
    broker_name: String,
    read_queue_nums: u32,
    write_queue_nums: u32,
}

/// The route that a NameServer tells, as a whole no JSON; nothing where it knows none.
///
/// # Errors
/// For what is no route.
pub fn route_in(told: &str) -> io::Result<Route> {
    let Some((_, rest)) = told.split_once("\"queueDatas\":") else { return Ok(Route::new()) };
    let queues = serde_json::Deserializer::from_str(rest).into_iter::<Vec<QueueData>>().next();
    let queues = queues.ok_or_else(|| io::Error::other("a route that breaks off"))??;
    Ok(queues.into_iter().map(|one| (one.broker_name, (one.read_queue_nums, one.write_queue_nums))).collect())
}

/// Writes a message with a key into a queue, and gives its offset.
///
/// # Errors
/// Those of the network, and what the broker says.
pub fn send(broker: &str, topic: &str, queue: u32, key: &str) -> io::Result<i64> {
    let answer = send_as(broker, (topic, queue), &Message { key, ..Message::default() })?.done()?;
    answer.field("queueOffset").parse().map_err(io::Error::other)
}

/// A message as it is sent.
#[derive(Clone, Debug, Default)]
pub struct Message<'a> {
    /// Its key.
    pub key: &'a str,
    /// Further properties: names and values, as they stand in a frame.
    pub properties: &'a str,
    /// `MessageSysFlag`.
    pub flag: u32,
    /// How many bytes its body has beyond a few.
    pub padding: usize,
}

/// Sends a message, and gives what the broker says.
///
/// # Errors
/// Those of the network.
pub fn send_as(broker: &str, (topic, queue): (&str, u32), message: &Message<'_>) -> io::Result<Command> {
    let (queue, born, key) = (queue.to_string(), now().to_string(), message.key);
    let usual = format!("KEYS\u{1}{key}\u{2}UNIQ_KEY\u{1}id-{key}\u{2}WAIT\u{1}true\u{2}TAGS\u{1}TagA\u{2}");
    let (properties, flag) = (usual + message.properties, message.flag.to_string());
    let fields = [
        ("producerGroup", "raw"),
        ("topic", topic),
        ("defaultTopic", "TBW102"),
        ("defaultTopicQueueNums", "4"),
        ("queueId", queue.as_str()),
        ("sysFlag", flag.as_str()),
        ("bornTimestamp", born.as_str()),
        ("flag", "0"),
        ("properties", properties.as_str()),
        ("reconsumeTimes", "0"),
        ("unitMode", "false"),
        ("batch", "false"),
    ];
    let body = format!("body of {key}{}", "x".repeat(message.padding));
    ask(broker, SEND, &fields, body.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_read() {
        let told = r#"{"brokerDatas":[{"brokerAddrs":{0:"127.0.0.1:1"},"brokerName":"broker-a"}],"queueDatas":
            [{"brokerName":"broker-a","perm":6,"readQueueNums":8,"writeQueueNums":4}],"filterServerTable":{}}"#;
        assert_eq!(route_in(told).unwrap(), Route::from([("broker-a".to_owned(), (8, 4))]));
        assert!(route_in("No topic route info").unwrap().is_empty());
        assert!(route_in(r#"{"queueDatas":"#).is_err());
        assert!(route_in(r#"{"queueDatas":[{"brokerName":"#).is_err());
    }
}
