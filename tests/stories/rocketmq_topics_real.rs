//! Whole topics and groups on real RocketMQ 4.9.7 and 5.5.0: made, permitted otherwise, deleted and taken back; judged by raw
//! frames and by mqadmin.

use super::rocketmq_real::plain_account_exists;
use engine::port::Journal;
use interlock::approval::State;
use interlock::id::OperationId;
use serde_json::Value;
use signalbox::desk::{Answer, Done};
use signalbox::text::{Locale, answer};
use std::time::{Duration, Instant};
use story::Story;
use story::lab::rocketmq::{LINES, Line, Node, RocketMq, raw};
use story::rocketmq_house::{CLUSTER, OPEN, RocketmqPlot, SECURE};
use tokio::sync::Mutex;

/// They change what lists of the brokers show: one at a time.
static ALONE: Mutex<()> = Mutex::const_new(());
const LIMIT: Duration = Duration::from_secs(120);
const SERVERS: [Node; 2] = [Node::Names1, Node::Names2];

async fn both() -> [RocketMq; 2] {
    tokio::task::spawn_blocking(|| LINES.map(|line| RocketMq::get(line).unwrap())).await.unwrap()
}

struct Scene {
    lab: RocketMq,
    story: Story,
}

impl Scene {
    async fn on(lab: RocketMq) -> Self {
        Self { lab, story: RocketmqPlot::on(&lab, OPEN).build().await }
    }

    async fn plans(&self, line: &str) -> OperationId {
        let more = if line.starts_with("/rollback") { String::new() } else { format!(" cluster:{CLUSTER}") };
        self.story.person("alice").plans(&format!("{line}{more}")).await
    }

    /// alice asks, bob and carol approve what is not yet, it succeeds.
    async fn carried_out(&self, line: &str) -> OperationId {
        let id = self.plans(line).await;
        let voters: &[&str] = if line.starts_with("/rollback") { &["alice"] } else { &["bob", "carol"] };
        for who in voters {
            if self.story.operation(&id).await.state == State::AwaitingApproval {
                self.story.person(who).approves(&id).await;
            }
        }
        self.story.becomes(&id, State::Succeeded).await;
        id
    }

    async fn blocks(&self, line: &str) -> Vec<String> {
        let more = if line.starts_with("/rollback") { String::new() } else { format!(" cluster:{CLUSTER}") };
        match self.story.person("alice").runs(&format!("{line}{more}")).await {
            Done::Refused(checks) => checks.into_iter().filter(|one| one.blocks()).map(|one| one.id).collect(),
            other => panic!("{line} leads to {other:?}"),
        }
    }

    fn ask(&self, node: Node, code: i32, fields: &[(&str, &str)], body: &str) -> raw::Command {
        raw::ask(self.lab.address(node), code, fields, body.as_bytes()).unwrap()
    }

    fn tell(&self, node: Node, code: i32, fields: &[(&str, &str)], body: &str) {
        let answer = self.ask(node, code, fields, body);
        assert_eq!(answer.code, 0, "{code}: {}", answer.remark);
    }

    /// What the master answers to a topic with so many queues to read and to write, whatever it is.
    fn sets(&self, topic: &str, queues: (u32, u32)) -> raw::Command {
        raw::set_topic(self.lab.address(Node::Master), topic, queues).unwrap()
    }

    /// A table that a process gives as JSON, one entry of it.
    fn entry(&self, node: Node, (code, table): (i32, &str), name: &str) -> Option<Value> {
        let body: Value = serde_json::from_str(&self.ask(node, code, &[], "").text()).unwrap();
        body[table].get(name).cloned()
    }

    fn config(&self, topic: &str) -> Option<(i64, i64, i64)> {
        let found = self.entry(Node::Master, (raw::TOPICS, "topicConfigTable"), topic)?;
        let number = |key: &str| found[key].as_i64().unwrap();
        Some((number("readQueueNums"), number("writeQueueNums"), number("perm")))
    }

    fn group(&self, group: &str) -> Option<Value> {
        self.entry(Node::Master, (raw::GROUPS, "subscriptionGroupTable"), group)
    }

    /// Gone at the broker, and in every route.
    fn deletes(&self, topic: &str) {
        self.tell(Node::Master, raw::DELETE_TOPIC, &[("topic", topic)], "");
        for node in SERVERS {
            self.tell(node, raw::FORGET_TOPIC, &[("topic", topic)], "");
        }
    }

    /// What each NameServer tells of a topic: none where it knows no route (17).
    fn routes(&self, topic: &str) -> Vec<Option<String>> {
        let told = |node: Node| {
            let answer = self.ask(node, raw::ROUTE, &[("topic", topic)], "");
            assert!([0, 17].contains(&answer.code), "{}", answer.remark);
            (answer.code == 0).then(|| answer.text())
        };
        SERVERS.map(told).into()
    }

    fn offset(&self, group: &str, topic: &str, queue: &str) -> Option<String> {
        let fields = [("consumerGroup", group), ("topic", topic), ("queueId", queue), ("setZeroIfNotFound", "false")];
        let answer = self.ask(Node::Master, raw::COMMITTED, &fields, "");
        (answer.code == 0).then(|| answer.field("offset").to_owned())
    }

    /// Whether the list of all offsets has some of a group: asked for one queue, 4.9 says 0 where there is none.
    fn lists_offsets(&self, group: &str) -> bool {
        self.ask(Node::Master, raw::ALL_OFFSETS, &[], "").text().contains(&format!("@{group}\""))
    }

    async fn mqadmin(&self, arguments: &[&str]) -> String {
        let servers = SERVERS.map(|node| self.lab.address(node)).join(";");
        self.lab.mqadmin(&[arguments, &["-n", &servers]].concat()).await.unwrap()
    }
}

async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < LIMIT, "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn a_topic_from_its_making_to_its_end() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let scene = Scene::on(lab).await;
        let topic = lab.unique("made");
        scene.carried_out(&format!("/topic-create topic:{topic} partitions:3")).await;
        assert_eq!(scene.config(&topic), Some((3, 3, 6)));
        assert!(scene.routes(&topic).iter().flatten().all(|route| route.contains("\"perm\":6")));
        let listed = scene.mqadmin(&["topicList"]).await;
        assert!(listed.lines().any(|line| line.trim() == topic), "{listed}");

        let altered = scene.carried_out(&format!("/topic-alter topic:{topic} perm:read-only")).await;
        assert_eq!(scene.config(&topic), Some((3, 3, 4)), "{}", lab.line.version());
        assert!(scene.routes(&topic).iter().flatten().all(|route| route.contains("\"perm\":4")));
        scene.carried_out(&format!("/rollback operation:{altered}")).await;
        assert_eq!(scene.config(&topic), Some((3, 3, 6)));

        scene.carried_out(&format!("/topic-delete topic:{topic}")).await;
        assert_eq!((scene.config(&topic), scene.routes(&topic)), (None, vec![None, None]));
        let listed = scene.mqadmin(&["topicList"]).await;
        assert!(!listed.contains(&topic), "{listed}");
    }
}

/// What a broker answers success to is refused, and the control: sent by hand, it is stored.
#[tokio::test]
async fn what_a_broker_would_take_is_not_sent() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let scene = Scene::on(lab).await;
        for topic in ["broker-a", "Lab", "TBW102", "%RETRY%any"] {
            let blocks = scene.blocks(&format!("/topic-create topic:{topic} partitions:4")).await;
            assert_eq!(blocks[0], "not-an-ordinary-topic", "{topic}");
        }
        let topic = lab.unique("hostile");
        // Brokers make the second one themselves.
        for line in ["/group-create group:CID_RMQ_SYS_TRANS", "/group-delete group:TOOLS_CONSUMER"] {
            assert_eq!(scene.blocks(line).await[0], "system-name", "{line}");
        }
        let line = |count: &str| format!("/topic-create topic:{topic} partitions:{count} cluster:{CLUSTER}");
        for count in ["0", "10000"] {
            let done = scene.story.person("alice").runs(&line(count)).await;
            assert!(matches!(done, Done::Mistake(_)), "{count}: {done:?}");
        }
        assert_eq!(scene.config(&topic), None);
        scene.sets(&topic, (0, 0)).done().unwrap();
        assert_eq!(scene.config(&topic), Some((0, 0, 6)), "the broker takes no queues at all");
        scene.deletes(&topic);
    }
}

/// What is RocketMQ's own is left to it, whatever is asked for.
#[tokio::test]
async fn topics_and_groups_of_rocketmq_itself_are_left_alone() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let scene = Scene::on(lab).await;
        let topic = lab.unique("ordinary");
        scene.carried_out(&format!("/topic-create topic:{topic} partitions:1")).await;
        for (line, id) in [
            ("/topic-alter topic:broker-a perm:read-only", "not-an-ordinary-topic"),
            ("/topic-alter topic:SCHEDULE_TOPIC_XXXX perm:read-only", "not-an-ordinary-topic"),
            ("/topic-delete topic:broker-a", "not-an-ordinary-topic"),
            ("/topic-delete topic:SCHEDULE_TOPIC_XXXX", "not-an-ordinary-topic"),
            (&format!("/reset-offset group:TOOLS_CONSUMER topic:{topic} to:earliest"), "system-name"),
        ] {
            assert_eq!(scene.blocks(line).await[0], id, "{line} on {}", lab.line.version());
        }
    }
}

/// Of which characters names are made is told by the brokers themselves.
#[tokio::test]
async fn brokers_take_names_of_letters_digits_and_four_characters() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let scene = Scene::on(lab).await;
        let named = lab.unique("named");
        let mut taken = String::new();
        for character in ('\0'..='\x7f').filter(|c| !c.is_ascii_alphanumeric()) {
            let topic = format!("{named}{character}b");
            if scene.sets(&topic, (1, 1)).code == 0 {
                taken.push(character);
                scene.deletes(&topic);
            }
        }
        assert_eq!(taken, "%-_|", "{}", lab.line.version());
    }
}

/// The control of forgetting routes: deleted at the broker alone, every NameServer goes on telling clients of it.
#[tokio::test]
async fn a_route_stays_until_every_name_server_forgets_it() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let scene = Scene::on(lab).await;
        let topic = lab.unique("left");
        scene.carried_out(&format!("/topic-create topic:{topic} partitions:1")).await;
        scene.tell(Node::Master, raw::DELETE_TOPIC, &[("topic", &topic)], "");
        assert_eq!(scene.config(&topic), None);
        assert_eq!(scene.routes(&topic).iter().flatten().count(), 2, "{}", lab.line.version());
        assert_eq!(scene.blocks(&format!("/topic-create topic:{topic} partitions:1")).await, ["topic-exists"]);
        for node in SERVERS {
            scene.tell(node, raw::FORGET_TOPIC, &[("topic", &topic)], "");
        }
        assert_eq!(scene.routes(&topic), [None, None]);

        // A broker answers success to the deletion of what never was there.
        let never = lab.unique("never-there");
        scene.tell(Node::Master, raw::DELETE_TOPIC, &[("topic", &never)], "");
        let done = scene.story.person("alice").runs(&format!("/topic-delete topic:{never} cluster:{CLUSTER}")).await;
        assert!(matches!(&done, Done::Mistake(mistake) if mistake.id == "unknown-topic"), "{done:?}");
    }
}

#[tokio::test]
async fn a_topic_that_was_made_goes_again_while_it_is_empty() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let scene = Scene::on(lab).await;
        let topic = lab.unique("empty");
        let create = format!("/topic-create topic:{topic} partitions:2");
        let made = scene.carried_out(&create).await;
        scene.carried_out(&format!("/rollback operation:{made}")).await;
        assert_eq!((scene.config(&topic), scene.routes(&topic)), (None, vec![None, None]));

        let made = scene.carried_out(&create).await;
        raw::send(lab.address(Node::Master), &topic, 1, "k").unwrap();
        let end =
            || scene.ask(Node::Master, raw::END, &[("topic", &topic), ("queueId", "1")], "").field("offset").to_owned();
        until("the message", async || end() == "1").await;
        assert_eq!(scene.blocks(&format!("/rollback operation:{made}")).await, ["topic-not-empty"]);
        // Written within the last minutes: somebody may still produce.
        assert_eq!(scene.blocks(&format!("/topic-delete topic:{topic}")).await, ["topic-written-lately"]);
    }
}

#[tokio::test]
async fn a_group_from_its_making_to_its_end_and_back() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let scene = Scene::on(lab).await;
        let (group, topic) = (lab.unique("readers"), lab.unique("read"));
        let made = scene.carried_out(&format!("/group-create group:{group}")).await;
        let settings = scene.group(&group).expect("the group");
        assert_eq!(settings["retryMaxTimes"], 16);
        assert_eq!(scene.blocks(&format!("/group-create group:{group}")).await, ["group-exists"]);
        scene.carried_out(&format!("/rollback operation:{made}")).await;
        assert_eq!(scene.group(&group), None);

        // One with settings of its own, and with an offset.
        scene.carried_out(&format!("/topic-create topic:{topic} partitions:2")).await;
        let body = format!("{{\"groupName\":\"{group}\",\"retryMaxTimes\":3,\"consumeBroadcastEnable\":false}}");
        scene.tell(Node::Master, raw::SET_GROUP, &[], &body);
        for _ in 0..5 {
            raw::send(lab.address(Node::Master), &topic, 1, "k").unwrap();
        }
        raw::commit(lab.address(Node::Master), &group, (&topic, 1), 3).unwrap();
        let before = scene.group(&group).expect("the group");
        let deleted = scene.carried_out(&format!("/group-delete group:{group}")).await;
        assert_eq!((scene.group(&group), scene.lists_offsets(&group)), (None, false), "{}", lab.line.version());
        scene.carried_out(&format!("/rollback operation:{deleted}")).await;
        assert_eq!(scene.group(&group), Some(before), "every setting, by {}", lab.line.version());
        assert_eq!(scene.offset(&group, &topic, "1"), Some("3".to_owned()));
    }
}

#[tokio::test]
async fn a_group_with_a_client_is_not_deleted() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let scene = Scene::on(lab).await;
        let (group, topic) = (lab.unique("busy"), lab.unique("busy-topic"));
        scene.carried_out(&format!("/group-create group:{group}")).await;
        scene.carried_out(&format!("/topic-create topic:{topic} partitions:1")).await;
        let address = lab.address(Node::Master);
        let member = story::lab::rocketmq::member::Member::join(address, &group, &topic, "busy-1", "{}").unwrap();
        assert_eq!(scene.blocks(&format!("/group-delete group:{group}")).await, ["group-has-clients"]);
        assert_eq!(scene.blocks(&format!("/topic-delete topic:{topic}")).await, ["clients-connected"]);
        drop(member);
        let online = || scene.ask(Node::Master, 203, &[("consumerGroup", &group)], "").code != 206;
        until("it has left", async || !online()).await;
        scene.carried_out(&format!("/group-delete group:{group}")).await;
        assert_eq!(scene.group(&group), None);
    }
}

/// What a broker would take is refused by name; the control: set by hand it stands there.
#[tokio::test]
async fn queues_that_a_broker_would_take_are_refused_by_name() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let scene = Scene::on(lab).await;
        let topic = lab.unique("queues");
        scene.carried_out(&format!("/topic-create topic:{topic} partitions:4")).await;
        let (expand, shrink) = ("/expand-partitions", "/shrink-partitions");
        let sets = async |command: &str, topic: &str, to: &str| {
            scene.story.person("alice").runs(&format!("{command} topic:{topic} to:{to} cluster:{CLUSTER}")).await
        };
        for (command, topic, to, told) in [
            (expand, topic.as_str(), "0", "not-a-count"),
            (expand, &topic, "10000", "not-a-queue-count"),
            (expand, &topic, "2", "queues-are-more"),
            (expand, "broker-a", "8", "not-an-ordinary-topic"),
            (expand, "Lab", "40", "not-an-ordinary-topic"),
            (expand, "SCHEDULE_TOPIC_XXXX", "40", "not-an-ordinary-topic"),
            (shrink, &topic, "0", "not-a-count"),
            (shrink, &topic, "10000", "not-a-queue-count"),
            (shrink, &topic, "8", "queues-are-fewer"),
            (shrink, &topic, "4", "queues-as-wanted"),
            // It has one, and fewer there cannot be.
            (shrink, "broker-a", "1", "queues-as-wanted"),
            (shrink, "Lab", "1", "not-an-ordinary-topic"),
            (shrink, "SCHEDULE_TOPIC_XXXX", "1", "not-an-ordinary-topic"),
        ] {
            let done = sets(command, topic, to).await;
            assert!(format!("{done:?}").contains(&format!("\"{told}\"")), "{command} {topic} to {to}: {done:?}");
        }
        assert_eq!(scene.config(&topic), Some((4, 4, 6)));
        scene.sets(&topic, (2, 8)).done().unwrap();
        let routed = || scene.routes(&topic).iter().flatten().all(|route| route.contains("\"readQueueNums\":2"));
        until("the route", async || routed()).await;
        let done = sets(expand, &topic, "8").await;
        assert!(format!("{done:?}").contains("writes-past-reads"), "{done:?}");
        assert_eq!(scene.config(&topic), Some((2, 8, 6)), "the broker has taken it");
    }
}

/// What docs say of permissions: routes keep writers away, and the broker takes what is sent to it all the same.
#[tokio::test]
async fn a_topic_that_is_read_only_takes_what_is_sent_to_its_broker() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let scene = Scene::on(lab).await;
        let topic = lab.unique("closed");
        scene.carried_out(&format!("/topic-create topic:{topic} partitions:1")).await;
        scene.carried_out(&format!("/topic-alter topic:{topic} perm:read-only")).await;
        assert!(scene.routes(&topic).iter().flatten().all(|route| route.contains("\"perm\":4")));
        let message = raw::Message { key: "late", ..raw::Message::default() };
        let sent = raw::send_as(lab.address(Node::Master), (&topic, 0), &message).unwrap();
        assert_eq!(sent.code, 0, "{}: {}", lab.line.version(), sent.remark);
        let end =
            || scene.ask(Node::Master, raw::END, &[("topic", &topic), ("queueId", "0")], "").field("offset").to_owned();
        until("the message", async || end() == "1").await;
    }
}

/// What one NameServer tells otherwise, or does not tell at all, forbids a change that clients there would not hear of.
#[tokio::test]
async fn what_name_servers_tell_otherwise_is_not_changed() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let scene = Scene::on(lab).await;
        let topic = lab.unique("differ");
        let create = format!("/topic-create topic:{topic} partitions:2");
        scene.carried_out(&create).await;
        let alter = format!("/topic-alter topic:{topic} perm:read-only");
        scene.tell(Node::Names1, raw::FORBID_WRITES, &[("brokerName", "broker-a")], "");
        let altered = scene.blocks(&alter).await;
        let expanded = scene.blocks(&format!("/expand-partitions topic:{topic} to:4")).await;
        scene.tell(Node::Names1, raw::ALLOW_WRITES, &[("brokerName", "broker-a")], "");
        assert_eq!(
            (&altered[..], &expanded[..]),
            (&["routes-differ".to_owned()][..], &["routes-differ".to_owned()][..])
        );
        assert_eq!(scene.config(&topic), Some((2, 2, 6)));
        let agree = || scene.routes(&topic).iter().flatten().all(|route| route.contains("\"perm\":6"));
        until("they agree again", async || agree()).await;

        // The third one is a broker, and a slave at that.
        let servers = ["127.0.0.1:1", lab.address(Node::Names1), lab.address(Node::Slave)];
        let half = Scene { lab, story: RocketmqPlot::on(&lab, OPEN).by(&servers).build().await };
        assert_eq!(half.blocks(&format!("/topic-delete topic:{topic}")).await, ["cannot-verify"; 2]);
        // What makes a topic harms nobody there: it is a warning.
        let more = lab.unique("differ");
        let id = half.plans(&format!("/topic-create topic:{more} partitions:2")).await;
        let plan = half.story.plan(&id).await;
        assert!(plan.plan().checks.iter().any(|check| check.id == "name-server-silent"), "{:?}", plan.plan().checks);

        scene.carried_out(&alter).await;
        assert_eq!(scene.config(&topic), Some((2, 2, 4)), "with both of them it is altered");
        scene.carried_out(&format!("/topic-delete topic:{topic}")).await;
    }
}

/// All that anybody can read of an answer and of the operation that came of it, in both languages.
async fn readable(story: &Story, answered: &Answer) -> String {
    let mut all = format!("{answered:?}");
    for locale in Locale::ALL {
        all += &format!("{:?}", answer(answered, locale));
    }
    if let Done::Planned { operation, .. } = &answered.done {
        let store = &story.house().rooms().store;
        let entries = store.entries(operation).await.unwrap();
        let (plan, audit) = (story.plan(operation).await, story.audit(operation).await);
        all += &format!("{entries:?} {} {audit:?} {:?}", plan.bytes(), story.operation(operation).await);
    }
    all
}

/// A topic is asked for, and made if that is possible: all that is told of it.
async fn told_of(scene: &Scene, line: &str) -> String {
    let answered = scene.story.person("alice").asks(&format!("{line} cluster:{CLUSTER}")).await;
    if let Done::Planned { operation, .. } = &answered.done {
        for who in ["bob", "carol"] {
            if scene.story.operation(operation).await.state == State::AwaitingApproval {
                scene.story.person(who).approves(operation).await;
            }
        }
        until("its end", async || scene.story.operation(operation).await.state.has_ended()).await;
    }
    readable(&scene.story, &answered).await
}

/// A signed change by an account that may make it, by one that may not, with a wrong key and with none: each is told apart, in the
/// words of the servers, and no secret with it.
#[tokio::test]
async fn a_change_is_made_by_an_account_that_may_and_by_nobody_else() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        plain_account_exists(&lab).await;
        let secure = || RocketmqPlot::on(&lab, SECURE);
        let wrong = "hunter2-hunter2";
        let topic = lab.unique("signed");
        let create = format!("/topic-create topic:{topic} partitions:2");
        // Denied, or in a header of the servers' own form.
        let unsigned = raw::ask(lab.address(Node::Secure), raw::SET_TOPIC, &[("topic", &topic)], b"");
        assert!(!unsigned.is_ok_and(|answer| answer.code == 0), "the control: access is controlled");
        let may_not = if lab.line == Line::V4 { "Need admin permission" } else { "has no permission" };
        for (plot, told) in [
            (secure(), ["not-authenticated", "login not accepted"]),
            (secure().signed(lab.admin(), wrong), ["not-authenticated", "login not accepted"]),
            (secure().signed(lab.plain(), lab.secret()), [may_not, may_not]),
        ] {
            let scene = Scene { lab, story: plot.build().await };
            let all = told_of(&scene, &create).await;
            assert!(told.iter().all(|words| all.contains(words)), "{}: {told:?} in {all}", lab.line.version());
            assert!(
                !all.contains(lab.secret()) && !all.contains(wrong),
                "{}: a secret can be read",
                lab.line.version()
            );
            assert_eq!(scene.routes(&topic), [None, None], "{}: nothing was made", lab.line.version());
        }
        let scene = Scene { lab, story: secure().signed(lab.admin(), lab.secret()).build().await };
        let all = told_of(&scene, &create).await;
        assert!(all.contains("Succeeded") && !all.contains(lab.secret()), "{all}");
        until("the routes", async || scene.routes(&topic).iter().all(Option::is_some)).await;
        scene.carried_out(&format!("/topic-delete topic:{topic}")).await;
        assert_eq!(scene.routes(&topic), [None, None]);
    }
}
