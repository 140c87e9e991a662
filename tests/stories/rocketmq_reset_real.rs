//! `/reset-offset` on real RocketMQ 4.9.7 and 5.5.0: set by us, judged by raw frames and by mqadmin.

use engine::Operation;
use interlock::approval::State;
use interlock::id::OperationId;
use interlock::plan::Check;
use signalbox::desk::Done;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use story::Story;
use story::crash::Ahead;
use story::lab::rocketmq::member::Member;
use story::lab::rocketmq::reader::Reader;
use story::lab::rocketmq::{Line, Node, RocketMq, at_both, raw};
use story::rocketmq_house::{CLUSTER, OPEN, RocketmqPlot, SECURE};

const LIMIT: Duration = Duration::from_secs(300);
/// The time between two looks whether offsets stay.
const BETWEEN_LOOKS: Duration = Duration::from_secs(2);

/// A topic at `broker-a` with messages from before and after an instant in each queue, and a group.
struct Scene {
    lab: RocketMq,
    clock: Ahead,
    story: Story,
    topic: String,
    group: String,
    /// In milliseconds, as mqadmin writes it.
    instant: String,
    millis: u64,
}

/// RESET_CONSUMER_CLIENT_OFFSET, asked of a client.
const RESET_CLIENT: i64 = 220;
const QUEUES: u32 = 2;
/// So many of the ten messages of a queue are from before the instant.
const BEFORE: usize = 6;

impl Scene {
    async fn on(line: Line) -> Self {
        let lab = RocketMq::get(line).unwrap();
        let clock = Ahead::default();
        let story = RocketmqPlot::on(&lab, OPEN).by_clock(Arc::new(clock.clone())).build().await;
        let (topic, group) = (lab.unique("reset"), lab.unique("readers"));
        let mut scene = Self { lab, clock, story, topic, group, instant: String::new(), millis: 0 };
        scene.has_queues("2", "2");
        let body = format!("{{\"groupName\":\"{}\"}}", scene.group);
        assert_eq!(raw::ask(scene.master(), 200, &[], body.as_bytes()).unwrap().code, 0);
        scene.sends(BEFORE);
        scene.millis = raw::now() + 1;
        scene.until("a later millisecond", || raw::now() > scene.millis + 1).await;
        scene.sends(10 - BEFORE);
        let at = jiff::Timestamp::from_millisecond(i64::try_from(scene.millis).unwrap()).unwrap();
        scene.instant = at.strftime("%Y-%m-%d#%H:%M:%S:%3f").to_string();
        scene
    }

    fn master(&self) -> &str {
        self.lab.address(Node::Master)
    }

    fn has_queues(&self, read: &str, write: &str) {
        let fields = [
            ("topic", self.topic.as_str()),
            ("defaultTopic", "TBW102"),
            ("readQueueNums", read),
            ("writeQueueNums", write),
            ("perm", "6"),
            ("topicFilterType", "SINGLE_TAG"),
            ("order", "false"),
        ];
        self.asks_raw(17, &fields);
    }

    /// So many messages into each queue, until all can be read.
    fn sends(&self, count: usize) {
        for queue in 0..QUEUES {
            let before = self.end(queue);
            for _ in 0..count {
                raw::send(self.master(), &self.topic, queue, "k").unwrap();
            }
            let (began, wanted) = (Instant::now(), before + i64::try_from(count).unwrap());
            while self.end(queue) < wanted {
                assert!(began.elapsed() < LIMIT, "the messages never come");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }

    fn asks_raw(&self, code: i32, fields: &[(&str, &str)]) -> raw::Command {
        let answer = raw::ask(self.master(), code, fields, b"").unwrap();
        assert_eq!(answer.code, 0, "{code}: {}", answer.remark);
        answer
    }

    fn end(&self, queue: u32) -> i64 {
        let fields = [("topic", self.topic.as_str()), ("queueId", &queue.to_string())];
        self.asks_raw(30, &fields).field("offset").parse().unwrap()
    }

    /// Where reading from the instant on begins. 4.9 finds the message nearest to a time, so there it may be one message more.
    fn is_at_the_instant(&self, offset: i64) -> bool {
        let first = i64::try_from(BEFORE).unwrap();
        offset == first || (self.lab.line == Line::V4 && offset == first - 1)
    }

    /// What the broker itself finds for the instant.
    fn found_by_the_broker(&self, queue: u32) -> i64 {
        let time = self.millis.to_string();
        let fields = [("topic", self.topic.as_str()), ("queueId", &queue.to_string()), ("timestamp", &time)];
        self.asks_raw(29, &fields).field("offset").parse().unwrap()
    }

    fn commits(&self, offsets: &[i64]) -> Vec<raw::Command> {
        let one = |(queue, offset): (u32, &i64)| {
            let (queue, offset) = (queue.to_string(), offset.to_string());
            let group = ("consumerGroup", self.group.as_str());
            let fields = [group, ("topic", self.topic.as_str()), ("queueId", &queue), ("commitOffset", &offset)];
            self.asks_raw(15, &fields)
        };
        (0..).zip(offsets).map(one).collect()
    }

    /// Where the group stands, by QUERY_CONSUMER_OFFSET (14); none where the broker has no offset.
    fn stands(&self) -> Vec<Option<i64>> {
        let one = |queue: u32| {
            let queue = queue.to_string();
            let group = ("consumerGroup", self.group.as_str());
            let none = ("setZeroIfNotFound", "false");
            let fields = [group, ("topic", self.topic.as_str()), ("queueId", &queue), none];
            let answer = raw::ask(self.master(), 14, &fields, b"").unwrap();
            (answer.code == 0).then(|| answer.field("offset").parse().unwrap())
        };
        (0..QUEUES).map(one).collect()
    }

    fn line(&self, to: &str) -> String {
        format!("/reset-offset group:{} topic:{} to:{to} cluster:{CLUSTER} reason:replay", self.group, self.topic)
    }

    async fn approved(&self, line: &str, approvers: &[&str]) -> OperationId {
        let id = self.story.person("alice").plans(line).await;
        for who in approvers {
            self.story.person(who).approves(&id).await;
        }
        id
    }

    /// The wall clock of the house runs ahead from look to look: nobody is at work whose time it would have to share.
    async fn ends(&self, id: &OperationId) -> Operation {
        self.ends_with(id, BETWEEN_LOOKS).await
    }

    async fn ends_with(&self, id: &OperationId, ahead: Duration) -> Operation {
        let (began, mut last) = (Instant::now(), None);
        loop {
            let operation = self.story.operation(id).await;
            if operation.state.has_ended() || operation.state == State::Stuck {
                return operation;
            }
            assert!(began.elapsed() < LIMIT, "{id} is {} because {:?}", operation.state, operation.why);
            if operation.memory.last_look != last {
                last = operation.memory.last_look;
                self.clock.advance(ahead);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn succeeds(&self, to: &str) -> OperationId {
        let id = self.approved(&self.line(to), &["bob"]).await;
        let ended = self.ends(&id).await;
        assert_eq!(ended.state, State::Succeeded, "{to} on {}: {:?}", self.lab.line.version(), ended.why);
        id
    }

    async fn refused(&self, to: &str) -> Vec<Check> {
        match self.story.person("alice").runs(&self.line(to)).await {
            Done::Refused(checks) => checks,
            other => panic!("{to}: {other:?}"),
        }
    }

    fn is_online(&self) -> bool {
        raw::ask(self.master(), 203, &[("consumerGroup", &self.group)], b"").unwrap().code == 0
    }

    /// A client comes and goes: mqadmin tells nothing of groups that never had one.
    async fn was_there_once(&self) {
        let member = Member::join(self.master(), &self.group, &self.topic, "once", "{}").unwrap();
        self.until("a client", || self.is_online()).await;
        drop(member);
        self.until("nobody", || !self.is_online()).await;
    }

    async fn until(&self, what: &str, so: impl Fn() -> bool) {
        let began = Instant::now();
        while !so() {
            assert!(began.elapsed() < LIMIT, "never: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[test]
fn a_stopped_group_goes_to_a_time_and_back() {
    at_both(|line| async move {
        let scene = Scene::on(line).await;
        scene.was_there_once().await;
        scene.commits(&[9, 2]);
        let id = scene.succeeds(&format!("\"{}\"", scene.instant)).await;
        let found: Vec<i64> = scene.stands().into_iter().flatten().collect();
        assert_eq!(found.len(), 2, "{}", line.version());
        for (queue, offset) in (0..QUEUES).zip(&found) {
            assert!(scene.is_at_the_instant(*offset), "{offset} of {queue}, by {}", line.version());
            assert!(scene.is_at_the_instant(scene.found_by_the_broker(queue)));
        }
        // mqadmin tells the same: broker, queue, end, where the group is.
        let names = scene.lab.address(Node::Names1);
        let printed = scene.lab.mqadmin(&["consumerProgress", "-n", names, "-g", &scene.group]).await.unwrap();
        let row = |line: &&str| line.contains(&scene.topic);
        let rows: Vec<Vec<&str>> = printed.lines().filter(row).map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(rows.len(), 2, "{printed}");
        let shows = |offset: &i64| {
            let (offset, left) = (offset.to_string(), (10 - offset).to_string());
            rows.iter().any(|row| [&"10", &offset.as_str(), &left.as_str()].iter().all(|cell| row.contains(cell)))
        };
        assert!(found.iter().all(shows), "{printed}");

        let back = scene.story.person("alice").plans(&format!("/rollback operation:{id}")).await;
        scene.story.person("alice").approves(&back).await;
        let ended = scene.ends(&back).await;
        assert_eq!(ended.state, State::Succeeded, "{:?}", ended.why);
        assert_eq!(scene.stands(), [Some(9), Some(2)], "{}", line.version());
    });
}

/// Each target, judged by the broker's own answer; 0 among them, which must not be taken for "nothing".
#[test]
fn every_target_is_where_the_broker_says() {
    at_both(|line| async move {
        let scene = Scene::on(line).await;
        scene.commits(&[9, 2]);
        for (to, wanted) in [("latest", [10, 10]), ("earliest", [0, 0]), ("offset:3", [3, 3]), ("offset:0", [0, 0])] {
            scene.succeeds(to).await;
            assert_eq!(scene.stands(), wanted.map(Some), "{to} on {}", line.version());
        }
    });
}

/// A group that never committed: mqadmin cannot do it on 4.9. None cannot be given again, so it takes two to approve.
#[test]
fn a_group_that_never_committed_gets_offsets() {
    at_both(|line| async move {
        let scene = Scene::on(line).await;
        let id = scene.approved(&scene.line("latest"), &["bob", "carol"]).await;
        let plan = scene.story.plan(&id).await;
        assert!(plan.plan().checks.iter().any(|check| check.id == "no-offset-before"));
        let ended = scene.ends(&id).await;
        assert_eq!(ended.state, State::Succeeded, "{:?}", ended.why);
        assert_eq!(scene.stands(), [Some(10), Some(10)], "{}", line.version());
    });
}

/// The consumer keeps running: it reads again from the instant on, and is not stopped.
#[test]
fn a_consumer_at_work_reads_on_from_there() {
    at_both(|line| async move {
        let scene = Scene::on(line).await;
        scene.commits(&[10, 10]);
        let from = BTreeMap::from([(0, 10), (1, 10)]);
        let reader = Reader::join(scene.master(), &scene.group, &scene.topic, from).unwrap();
        scene.until("a client", || scene.is_online()).await;
        let id = scene.approved(&scene.line(&format!("\"{}\"", scene.instant)), &["bob"]).await;
        let ended = scene.ends_with(&id, Duration::ZERO).await;
        assert_eq!(ended.state, State::Succeeded, "{}: {:?}", line.version(), ended.why);
        let plan = scene.story.plan(&id).await;
        assert!(plan.plan().checks.iter().any(|check| check.id == "clients-go-on"));
        let again = reader.fetched();
        for queue in 0..QUEUES {
            let first = again.iter().find(|(of, _)| *of == queue).map(|(_, offset)| *offset);
            assert!(first.is_some_and(|offset| scene.is_at_the_instant(offset)), "{again:?} on {}", line.version());
        }
        scene.until("it has read all of it again", || scene.stands() == [Some(10), Some(10)]).await;
        if line == Line::V4 {
            let checks = scene.refused("offset:3").await;
            assert!(checks.iter().any(|check| check.id == "group-must-stop"), "{checks:?}");
        }
    });
}

/// 4.9 tells the client where to go, and stores nothing by itself; 5.x keeps it for the client's next fetch. A client that is
/// killed before it does either leaves that, and nothing else is told.
#[test]
fn a_consumer_that_is_killed_midway_leaves_the_truth() {
    at_both(|line| async move {
        let scene = Scene::on(line).await;
        scene.commits(&[10, 10]);
        let member = Member::join(scene.master(), &scene.group, &scene.topic, "killed", "{}").unwrap();
        scene.until("a client", || scene.is_online()).await;
        let id = scene.approved(&scene.line("earliest"), &["bob"]).await;
        match line {
            Line::V4 => scene.until("it is told", || member.asked().contains(&RESET_CLIENT)).await,
            Line::V5 => scene.until("the reset", || scene.stands() == [Some(0), Some(0)]).await,
        }
        drop(member);
        let ended = scene.ends(&id).await;
        match line {
            Line::V4 => {
                assert!(matches!(ended.state, State::Failed | State::Stuck), "{} {:?}", ended.state, ended.why);
                assert_eq!(scene.stands(), [Some(10), Some(10)]);
            }
            Line::V5 => {
                assert_eq!(ended.state, State::Succeeded, "{:?}", ended.why);
                assert_eq!(scene.stands(), [Some(0), Some(0)]);
            }
        }
    });
}

/// While a reset waits to be fetched, 5.x answers success to a commit and changes nothing. Ours goes through.
#[tokio::test]
async fn a_reset_that_nobody_has_fetched_is_no_obstacle() {
    let scene = Scene::on(Line::V5).await;
    scene.commits(&[9, 2]);
    let group = ("group", scene.group.as_str());
    scene.asks_raw(222, &[group, ("topic", &scene.topic), ("timestamp", "-1"), ("isForce", "true")]);
    let answers = scene.commits(&[4, 4]);
    assert!(answers.iter().all(|one| one.remark == "Offset has been previously reset"), "{answers:?}");
    assert_eq!(scene.stands(), [Some(10), Some(10)], "success, and nothing done");
    scene.succeeds("offset:4").await;
    assert_eq!(scene.stands(), [Some(4), Some(4)]);
}

/// On the wire a time that is none counts as 0: 5.x goes back to the first message and answers success. By us it is a
/// mistake, and nothing is sent.
#[test]
fn a_time_that_is_none_resets_nothing() {
    at_both(|line| async move {
        let scene = Scene::on(line).await;
        scene.commits(&[9, 2]);
        for nonsense in
            ["yesterday", "NaN", "\"2026-02-30 10:00 UTC\"", "\"2026-11-29#10:13:20\"", "99999999999999999999"]
        {
            let done = scene.story.person("alice").runs(&scene.line(nonsense)).await;
            assert!(matches!(done, Done::Mistake(_)), "{nonsense}: {done:?}");
        }
        assert_eq!(scene.stands(), [Some(9), Some(2)]);
        if line == Line::V5 {
            let group = ("group", scene.group.as_str());
            scene.asks_raw(222, &[group, ("topic", &scene.topic), ("timestamp", "NaN"), ("isForce", "true")]);
            assert_eq!(scene.stands(), [Some(0), Some(0)], "what the wire makes of it");
        }
    });
}

/// Somebody commits the old offset five seconds after the reset: it is noticed, and never fought.
#[tokio::test]
async fn an_old_offset_that_comes_back_is_noticed() {
    let scene = Scene::on(Line::V4).await;
    scene.commits(&[9, 9]);
    let id = scene.approved(&scene.line("earliest"), &["bob"]).await;
    scene.until("the reset", || scene.stands() == [Some(0), Some(0)]).await;
    let set = Instant::now();
    scene.until("five seconds", || set.elapsed() > Duration::from_secs(5)).await;
    scene.commits(&[9, 9]);
    let ended = scene.ends(&id).await;
    assert_eq!((ended.state, ended.why.id.as_str()), (State::Stuck, "offset-came-back"));
    assert_eq!(scene.stands(), [Some(9), Some(9)]);
}

/// Queues that are closed, with messages in them, are left alone.
#[test]
fn closed_queues_are_left_alone() {
    at_both(|line| async move {
        let scene = Scene::on(line).await;
        scene.commits(&[9, 9]);
        scene.has_queues("1", "1");
        let id = scene.succeeds("earliest").await;
        assert_eq!(scene.stands(), [Some(0), Some(9)], "{}", line.version());
        let plan = scene.story.plan(&id).await;
        assert!(plan.plan().checks.iter().any(|check| check.id == "closed-queues-left"));
    });
}

#[test]
fn what_is_the_systems_is_refused_and_a_dead_name_server_is_told() {
    at_both(|line| async move {
        let mut scene = Scene::on(line).await;
        for topic in ["broker-a", "Lab", "SCHEDULE_TOPIC_XXXX"] {
            let asked = scene.line("earliest").replace(&scene.topic, topic);
            let done = scene.story.person("alice").runs(&asked).await;
            let refused = matches!(&done, Done::Refused(checks) if checks.iter().any(|one| one.id == "system-name"));
            assert!(refused, "{topic}: {done:?}");
        }
        scene.commits(&[9, 2]);
        let (good, slave) = (scene.lab.address(Node::Names1), scene.lab.address(Node::Slave));
        scene.story = RocketmqPlot::on(&scene.lab, OPEN)
            .by(&["127.0.0.1:1", good, slave])
            .by_clock(Arc::new(scene.clock.clone()))
            .build()
            .await;
        let id = scene.succeeds("earliest").await;
        let plan = scene.story.plan(&id).await;
        assert!(plan.plan().checks.iter().any(|check| check.id == "name-servers-silent"));
        assert_eq!(scene.stands(), [Some(0), Some(0)], "by the master, {}", line.version());
    });
}

/// A key without the right: the words of the server, the way forward, no secret, and nothing is changed.
#[test]
fn a_key_without_the_right_is_told_so() {
    at_both(|line| async move {
        let lab = RocketMq::get(line).unwrap();
        if line == Line::V5 {
            let arguments = ["createUser", "-n", lab.address(Node::Names1), "-b", lab.address(Node::Secure)];
            let user = ["-u", lab.plain(), "-p", lab.secret(), "-t", "Normal"];
            lab.mqadmin(&[&arguments[..], &user[..]].concat()).await.unwrap();
        }
        for (account, secret) in [(lab.plain(), lab.secret()), (lab.admin(), "no-secret-of-ours")] {
            let story = RocketmqPlot::on(&lab, SECURE).signed(account, secret).build().await;
            let line = format!("/reset-offset group:readers topic:SELF_TEST_TOPIC to:earliest cluster:{CLUSTER}");
            let done = story.person("alice").runs(&line).await;
            let Done::Refused(checks) = &done else { panic!("{account}: {done:?}") };
            let said = format!("{checks:?}");
            assert!(checks.iter().any(|one| one.id == "cannot-verify" || one.id == "missing-right"), "{said}");
            assert!(!said.contains(lab.secret()) && !said.contains("no-secret"), "{said}");
        }
    });
}
