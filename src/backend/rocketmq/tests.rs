//! What is sent, in which order, to servers that write it down.

use super::side_by_side::AT_ONCE;
use super::{Rocketmq, act_queues, act_topics};
use crate::backend::Deadlines;
use crate::clock::SystemClock;
use engine::port::{Acted, Observe};
use interlock::cluster::rocketmq::RocketmqQuery;
use interlock::cluster::rocketmq::{Perm, Queues};
use interlock::cluster::{Query, Section};
use interlock::id::{BrokerName, GroupId, TopicName};
use interlock::plan::{ForgottenGroup, GroupPlace, RocketmqAction, Seed, TopicChange, TopicPlace, TopicShape};
use rocketmq_admin::{Client, Config, HostPort};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What was asked: by which server, the code and the fields.
type Asked = (char, i64, Value);

/// A NameServer (`n`, `m`) or a master (`a`, `b`) that answers by its books.
#[derive(Clone)]
struct Server {
    letter: char,
    books: Arc<Mutex<Books>>,
}

#[derive(Default)]
struct Books {
    ports: Vec<(char, u16)>,
    asked: Vec<Asked>,
    /// Masters that have the topic, with its queues and permission.
    topics: Vec<(char, [u64; 3])>,
    /// Masters that refuse changes.
    refusing: Vec<char>,
    offsets: Value,
    /// How many masters are answering now, and how many were at most.
    answering: (usize, usize),
}

fn listen(letter: char, books: &Arc<Mutex<Books>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    books.lock().unwrap().ports.push((letter, listener.local_addr().unwrap().port()));
    let server = Server { letter, books: books.clone() };
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let server = server.clone();
            std::thread::spawn(move || while server.answers(&stream).is_some() {});
        }
    });
}

fn word(stream: &mut &TcpStream) -> Option<usize> {
    let mut word = [0_u8; 4];
    stream.read_exact(&mut word).ok()?;
    usize::try_from(u32::from_be_bytes(word)).ok()
}

impl Server {
    /// One request; none when the client has gone.
    fn answers(&self, mut stream: &TcpStream) -> Option<()> {
        let length = word(&mut stream)?;
        let head = word(&mut stream)?;
        let mut frame = vec![0; length - 4];
        stream.read_exact(&mut frame).ok()?;
        let header: Value = serde_json::from_slice(&frame[..head]).ok()?;
        let code = header["code"].as_i64()?;
        if code == GROUPS {
            self.takes_a_moment();
        }
        let (answer, body) = self.answer(code, &header["extFields"]);
        let header = json!({
            "code": answer, "flag": 1, "opaque": header["opaque"], "language": "JAVA", "version": 513,
            "remark": "", "serializeTypeCurrentRPC": "JSON", "extFields": {},
        });
        let header = header.to_string();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let number = |length: usize| u32::try_from(length).unwrap().to_be_bytes();
        let all =
            [&number(4 + header.len() + body.len())[..], &number(header.len()), header.as_bytes(), body.as_bytes()];
        stream.write_all(&all.concat()).ok()
    }

    fn takes_a_moment(&self) {
        {
            let (now, most) = &mut self.books.lock().unwrap().answering;
            *now += 1;
            *most = (*most).max(*now);
        }
        std::thread::sleep(Duration::from_millis(50));
        self.books.lock().unwrap().answering.0 -= 1;
    }

    fn answer(&self, code: i64, fields: &Value) -> (i64, Value) {
        let mut books = self.books.lock().unwrap();
        if code == 106 {
            return (0, books.cluster());
        }
        books.asked.push((self.letter, code, fields.clone()));
        let changes = [15, 17, 200, 207, 215, 216].contains(&code);
        if changes && books.refusing.contains(&self.letter) {
            return (16, Value::Null);
        }
        match code {
            351 => books.topics.iter().find(|(at, _)| *at == self.letter).map_or((17, Value::Null), |(_, topic)| {
                let [read, write, perm] = *topic;
                let config = json!({
                    "topicName": "orders", "readQueueNums": read, "writeQueueNums": write, "perm": perm, "order": false,
                    "topicFilterType": "SINGLE_TAG", "topicSysFlag": 0, "attributes": {},
                });
                (0, config)
            }),
            GROUPS => (0, json!({"subscriptionGroupTable": {}})),
            43 => (0, books.offsets.clone()),
            _ => (0, Value::Null),
        }
    }
}

impl Books {
    fn cluster(&self) -> Value {
        let broker = |letter: char| {
            let port = self.ports.iter().find(|(at, _)| *at == letter).unwrap().1;
            let name = format!("broker-{letter}");
            json!({"cluster": "Lab", "brokerName": name, "brokerAddrs": {"0": format!("127.0.0.1:{port}")}})
        };
        let masters = self.ports.iter().map(|(letter, _)| *letter).filter(|letter| !"nm".contains(*letter));
        let all: serde_json::Map<_, _> = masters.map(|letter| (format!("broker-{letter}"), broker(letter))).collect();
        let names: Vec<&String> = all.keys().collect();
        json!({"brokerAddrTable": all, "clusterAddrTable": {"Lab": names}})
    }
}

/// GET_ALL_SUBSCRIPTIONGROUP_CONFIG.
const GROUPS: i64 = 201;

struct Lab {
    config: Config,
    client: Client,
    books: Arc<Mutex<Books>>,
}

impl Lab {
    /// Two NameServers and two masters.
    fn new(topics: &[(char, [u64; 3])]) -> Self {
        Self::of("ab", topics)
    }

    fn of(masters: &str, topics: &[(char, [u64; 3])]) -> Self {
        let offsets = json!({"offsetTable": {"orders@billing": {"4": 7}}});
        let books = Arc::new(Mutex::new(Books { topics: topics.to_vec(), offsets, ..Books::default() }));
        "nm".chars().chain(masters.chars()).for_each(|letter| listen(letter, &books));
        let ports = books.lock().unwrap().ports.clone();
        let servers = ports.iter().filter(|(letter, _)| "nm".contains(*letter));
        let at = |(_, port): &(char, u16)| HostPort { host: "127.0.0.1".to_owned(), port: *port };
        let config = Config::new(servers.map(at).collect());
        let client = Client::new(config.clone()).unwrap();
        Self { config, client, books }
    }

    /// The changes that were asked for, in their order: server and code.
    fn changes(&self) -> Vec<String> {
        let books = self.books.lock().unwrap();
        let changes = books.asked.iter().filter(|(_, code, _)| [15, 17, 200, 207, 215, 216].contains(code));
        changes.map(|(letter, code, _)| format!("{letter} {code}")).collect()
    }
}

fn orders() -> TopicName {
    "orders".parse().unwrap()
}

fn billing() -> GroupId {
    "billing".parse().unwrap()
}

fn broker(letter: char) -> BrokerName {
    format!("broker-{letter}").parse().unwrap()
}

fn shape(queues: u32) -> TopicShape {
    TopicShape { queues: Queues::both(queues), perm: Perm::READ_WRITE }
}

const WHOLE: [u64; 3] = [4, 4, 6];

/// However many masters a cluster has.
#[tokio::test]
async fn so_many_masters_are_asked_at_a_time_and_no_more() {
    let lab = Lab::of("abcdefghijklopqrstuvwxyz0123456789", &[]);
    let deadlines = Deadlines { observe: Duration::from_secs(60), act: Duration::from_secs(8) };
    let rocketmq = Rocketmq::new(lab.config.clone(), None, Arc::new(SystemClock::new()), deadlines).unwrap();
    let groups = Query::Rocketmq(RocketmqQuery::Groups);
    let sections = rocketmq.observe(&BTreeSet::from([groups.clone()])).await;
    assert!(matches!(sections.get(&groups), Section::Seen(_)), "{:?}", sections.get(&groups));
    let books = lab.books.lock().unwrap();
    let asked = books.asked.iter().filter(|(_, code, _)| *code == GROUPS).count();
    assert_eq!(asked, 34, "each of them");
    assert_eq!(books.answering, (0, AT_ONCE));
}

#[tokio::test]
async fn an_offset_that_is_there_is_passed_over() {
    let lab = Lab::new(&[]);
    let seed = |queue| Seed { group: billing(), broker: broker('a'), queue, offset: 0 };
    let action = RocketmqAction::SeedOffsets { topic: orders(), seeds: vec![seed(4), seed(5), seed(6)] };
    assert_eq!(act_queues::act(&lab.client, &action).await, Some(Acted::Applied));
    let books = lab.books.lock().unwrap();
    let stored: Vec<&str> = books
        .asked
        .iter()
        .filter(|(_, code, _)| *code == 15)
        .map(|(.., fields)| fields["queueId"].as_str().unwrap())
        .collect();
    assert_eq!(stored, ["5", "6"], "the group stands at 7 in queue 4");
}

#[tokio::test]
async fn a_topic_goes_at_every_master_before_any_name_server_forgets_it() {
    let lab = Lab::new(&[('a', WHOLE), ('b', WHOLE)]);
    let place = |letter| TopicPlace { broker: broker(letter), shape: shape(4) };
    let at = vec![place('a'), place('b')];
    let action = RocketmqAction::DeleteTopic { topic: orders(), cluster: "Lab".to_owned(), at };
    assert_eq!(act_topics::act(&lab.client, &action).await, Some(Acted::Applied));
    let changes = lab.changes();
    assert_eq!(changes[..2], ["a 215", "b 215"]);
    let mut forgotten = changes[2..].to_vec();
    forgotten.sort();
    assert_eq!(forgotten, ["m 216", "n 216"]);

    // A master that refuses: no NameServer forgets a topic that is still there.
    let lab = Lab::new(&[('a', WHOLE), ('b', WHOLE)]);
    lab.books.lock().unwrap().refusing.push('b');
    assert!(matches!(act_topics::act(&lab.client, &action).await, Some(Acted::Unknown(_))));
    assert_eq!(lab.changes(), ["a 215", "b 215"]);

    // What is another topic by now stays.
    let lab = Lab::new(&[('a', [8, 8, 6]), ('b', WHOLE)]);
    assert!(matches!(act_topics::act(&lab.client, &action).await, Some(Acted::NotApplied(_))));
    assert_eq!(lab.changes(), Vec::<String>::new());
}

#[tokio::test]
async fn a_topic_is_made_where_it_is_not() {
    let place = |letter| TopicChange { broker: broker(letter), from: None, to: shape(4) };
    let action = RocketmqAction::SetTopic { topic: orders(), places: vec![place('a'), place('b')] };
    let lab = Lab::new(&[('a', WHOLE)]);
    assert_eq!(act_topics::act(&lab.client, &action).await, Some(Acted::Applied));
    assert_eq!(lab.changes(), ["b 17"], "another attempt goes on where the one before ended");
    let lab = Lab::new(&[('b', [8, 8, 6])]);
    assert!(matches!(act_topics::act(&lab.client, &action).await, Some(Acted::Unknown(_))));
    assert_eq!(lab.changes(), ["a 17"], "what somebody else made is left");
    let none = RocketmqAction::SetTopic {
        topic: orders(),
        places: vec![TopicChange { broker: broker('a'), from: None, to: shape(0) }],
    };
    let lab = Lab::new(&[]);
    let Some(Acted::NotApplied(why)) = act_topics::act(&lab.client, &none).await else { panic!() };
    assert_eq!((why.id.as_str(), why.said.as_str()), ("", "0/0 are no queues of a topic"), "nobody changed anything");
    assert_eq!(lab.changes(), Vec::<String>::new(), "the broker would take no queues at all");
}

#[tokio::test]
async fn groups_are_made_and_go_at_every_master() {
    let at: Vec<GroupPlace> = ['a', 'b'].map(|letter| GroupPlace { broker: broker(letter), settings: None }).into();
    let make = RocketmqAction::MakeGroup { group: billing(), at: at.clone() };
    let lab = Lab::new(&[]);
    assert_eq!(act_topics::act(&lab.client, &make).await, Some(Acted::Applied));
    assert_eq!(lab.changes(), ["a 200", "b 200"]);
    let lab = Lab::new(&[]);
    let gone = RocketmqAction::DeleteGroup(ForgottenGroup { group: billing(), at, offsets: Vec::new() });
    assert_eq!(act_topics::act(&lab.client, &gone).await, Some(Acted::Applied));
    let books = lab.books.lock().unwrap();
    let told: Vec<&Asked> = books.asked.iter().filter(|(_, code, _)| *code == 207).collect();
    assert_eq!(told.len(), 2);
    assert!(told.iter().all(|(.., fields)| fields["removeOffset"] == "true" && fields["cleanOffset"] == "true"));
}
