//! Queues opened and closed on real RocketMQ 4.9.7 and 5.5.0, judged by raw frames and by mqadmin.

use interlock::approval::State;
use interlock::id::OperationId;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use story::Story;
use story::lab::rocketmq::{LINES, Line, Node, RocketMq, raw};
use story::rocketmq_house::{CLUSTER, OPEN, RocketmqPlot};
use tokio::sync::Mutex;

/// These tests change settings of the brokers that the others see, too: one at a time.
static ALONE: Mutex<()> = Mutex::const_new(());
const LIMIT: Duration = Duration::from_secs(240);
/// QUERY_CONSUMER_OFFSET says that there is none.
const NOT_FOUND: i64 = 22;

async fn both() -> [RocketMq; 2] {
    tokio::task::spawn_blocking(|| LINES.map(|line| RocketMq::get(line).unwrap())).await.unwrap()
}

fn ask(lab: &RocketMq, code: i32, fields: &[(&str, &str)]) -> raw::Command {
    raw::ask(lab.address(Node::Master), code, fields, b"").unwrap()
}

fn set_topic(lab: &RocketMq, name: &str, (read, write): (&str, &str)) {
    let fields = [
        ("topic", name),
        ("defaultTopic", "TBW102"),
        ("readQueueNums", read),
        ("writeQueueNums", write),
        ("perm", "6"),
        ("topicFilterType", "SINGLE_TAG"),
        ("order", "false"),
    ];
    assert_eq!(ask(lab, 17, &fields).code, 0);
}

fn set_broker(lab: &RocketMq, setting: &str) {
    let done = raw::ask(lab.address(Node::Master), 25, &[], setting.as_bytes()).unwrap();
    assert_eq!(done.code, 0, "{}", done.remark);
}

fn group(lab: &RocketMq, prefix: &str) -> String {
    let name = lab.unique(prefix);
    let body = format!("{{\"groupName\":\"{name}\"}}");
    assert_eq!(raw::ask(lab.address(Node::Master), 200, &[], body.as_bytes()).unwrap().code, 0);
    name
}

fn end(lab: &RocketMq, topic: &str, queue: u32) -> i64 {
    ask(lab, 30, &[("topic", topic), ("queueId", &queue.to_string())]).field("offset").parse().unwrap()
}

fn commit(lab: &RocketMq, (group, topic): (&str, &str), queue: u32, offset: i64) {
    let (queue, offset) = (queue.to_string(), offset.to_string());
    let fields = [("consumerGroup", group), ("topic", topic), ("queueId", &queue), ("commitOffset", &offset)];
    assert_eq!(ask(lab, 15, &fields).code, 0);
}

/// Where a consumer of the group would begin in a queue; none: at its end.
fn begins(lab: &RocketMq, (group, topic): (&str, &str), queue: u32) -> Option<i64> {
    let queue = queue.to_string();
    let told = ask(lab, 14, &[("consumerGroup", group), ("topic", topic), ("queueId", &queue)]);
    if told.code == NOT_FOUND {
        return None;
    }
    assert_eq!(told.code, 0, "{}", told.remark);
    Some(told.field("offset").parse().unwrap())
}

/// What one NameServer tells: queues to read and to write.
fn route(lab: &RocketMq, node: Node, topic: &str) -> Option<(u32, u32)> {
    let told = raw::ask(lab.address(node), 105, &[("topic", topic)], b"").ok()?;
    let text = told.text();
    let number = |key: &str| {
        let rest = text.split(&format!("\"{key}\":")).nth(1)?;
        rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
    };
    Some((number("readQueueNums")?, number("writeQueueNums")?))
}

/// Both NameServers are asked every 50 ms until it is dropped; every route that was seen.
struct Watch {
    on: Arc<AtomicBool>,
    seen: JoinHandle<BTreeSet<(u32, u32)>>,
}

impl Watch {
    fn of(lab: &RocketMq, topic: &str) -> Self {
        let on = Arc::new(AtomicBool::new(true));
        let (watching, lab, topic) = (on.clone(), *lab, topic.to_owned());
        let seen = std::thread::spawn(move || {
            let mut seen = BTreeSet::new();
            while watching.load(Ordering::Relaxed) {
                seen.extend([Node::Names1, Node::Names2].iter().filter_map(|node| route(&lab, *node, &topic)));
                std::thread::sleep(Duration::from_millis(50));
            }
            seen
        });
        Self { on, seen }
    }

    fn ends(self) -> BTreeSet<(u32, u32)> {
        self.on.store(false, Ordering::Relaxed);
        self.seen.join().unwrap()
    }
}

async fn approved(story: &Story, line: &str) -> OperationId {
    let id = story.person("alice").plans(&format!("{line} cluster:{CLUSTER}")).await;
    for who in ["bob", "carol"] {
        story.person(who).approves(&id).await;
    }
    id
}

async fn comes_to(story: &Story, id: &OperationId, state: State) {
    let began = Instant::now();
    loop {
        let found = story.operation(id).await;
        if found.state == state {
            return;
        }
        assert!(!found.state.has_ended() && began.elapsed() < LIMIT, "{} because {:?}", found.state, found.why);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < LIMIT, "never: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Nothing that is written to a queue counts as in memory, as on a broker whose log is long: a fresh lab hides the trap.
fn no_message_is_in_memory(lab: &RocketMq) {
    set_broker(lab, "accessMessageInMemoryMaxRatio=0\n");
}

#[tokio::test]
async fn a_group_that_was_away_gets_everything_from_new_queues() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let story = RocketmqPlot::on(&lab, OPEN).build().await;
        no_message_is_in_memory(&lab);
        let (topic, group) = (lab.unique("expand"), group(&lab, "away"));
        set_topic(&lab, &topic, ("4", "4"));
        (0..4).for_each(|queue| commit(&lab, (&group, &topic), queue, 0));
        until("both routes", async || {
            [Node::Names1, Node::Names2].iter().all(|node| route(&lab, *node, &topic) == Some((4, 4)))
        })
        .await;

        let watch = Watch::of(&lab, &topic);
        let id = approved(&story, &format!("/expand-partitions topic:{topic} to:8")).await;
        comes_to(&story, &id, State::Succeeded).await;
        let seen = watch.ends();
        assert!(seen.iter().all(|(read, write)| write <= read), "{seen:?}");
        assert!(seen.contains(&(8, 4)) && seen.contains(&(8, 8)), "{seen:?}");

        raw::send(lab.address(Node::Master), &topic, 6, "k").unwrap();
        until("the message", async || end(&lab, &topic, 6) == 1).await;
        assert_eq!((4..8).map(|queue| begins(&lab, (&group, &topic), queue)).collect::<Vec<_>>(), [Some(0); 4]);
        let told = lab.mqadmin(&["topicRoute", "-n", lab.address(Node::Names1), "-t", &topic]).await.unwrap();
        assert!(told.contains("\"readQueueNums\":8") && told.contains("\"writeQueueNums\":8"), "{told}");

        // The control: the same by hand, as runbooks do it. The group begins behind the message.
        let unseeded = lab.unique("unseeded");
        set_topic(&lab, &unseeded, ("4", "4"));
        (0..4).for_each(|queue| commit(&lab, (&group, &unseeded), queue, 0));
        set_topic(&lab, &unseeded, ("8", "8"));
        until("the message", async || {
            let _ = raw::send(lab.address(Node::Master), &unseeded, 6, "k");
            end(&lab, &unseeded, 6) > 0
        })
        .await;
        assert_eq!(begins(&lab, (&group, &unseeded), 6), None, "{:?}: without an offset it is skipped", lab.line);
        set_broker(&lab, "accessMessageInMemoryMaxRatio=40\n");
    }
}

#[tokio::test]
async fn closed_queues_are_read_before_they_are_closed() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let story = RocketmqPlot::on(&lab, OPEN).build().await;
        set_broker(&lab, "fileReservedTime=0\n");
        let (topic, group) = (lab.unique("shrink"), group(&lab, "away"));
        set_topic(&lab, &topic, ("8", "8"));
        for queue in 0..8 {
            until("a message", async || {
                let _ = raw::send(lab.address(Node::Master), &topic, queue, "k");
                end(&lab, &topic, queue) > 0
            })
            .await;
            commit(&lab, (&group, &topic), queue, if queue < 7 { end(&lab, &topic, queue) } else { 0 });
        }
        let watch = Watch::of(&lab, &topic);
        let id = approved(&story, &format!("/shrink-partitions topic:{topic} to:4")).await;
        comes_to(&story, &id, State::Waiting).await;
        until("written no more", async || route(&lab, Node::Names2, &topic) == Some((8, 4))).await;
        // A producer that names a closed queue: the broker takes it.
        raw::send(lab.address(Node::Master), &topic, 5, "late").unwrap();
        if lab.line == Line::V4 {
            let told = ask(&lab, 202, &[("topic", &topic)]).text();
            assert!(!told.contains("\"queueId\":7"), "202 is blind to closed queues: {told}");
        }
        until("it says whom it waits for", async || {
            let closed = story.operation(&id).await.memory.closed;
            closed.is_some_and(|closed| closed.told_id == "queues-unread")
        })
        .await;
        assert_eq!(story.operation(&id).await.state, State::Waiting, "the group has not read");
        (4..8).for_each(|queue| commit(&lab, (&group, &topic), queue, end(&lab, &topic, queue)));
        comes_to(&story, &id, State::Succeeded).await;
        let seen = watch.ends();
        assert!(seen.iter().all(|(read, write)| write <= read), "{seen:?}");
        assert_eq!(route(&lab, Node::Names1, &topic), Some((4, 4)));
        assert!((4..8).all(|queue| begins(&lab, (&group, &topic), queue) == Some(end(&lab, &topic, queue))));
        set_broker(&lab, "fileReservedTime=72\n");
    }
}
