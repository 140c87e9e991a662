//! Looks on real RocketMQ 4.9.7 and 5.5.0, judged by raw frames and by mqadmin.

use super::command_line::{Home, approved_by, in_one_line, operation_in};
use interlock::facts::Fact;
use interlock::looks::{Cell, Counts, LookAnswer, Phrase, Report};
use signalbox::desk::Done;
use std::time::{Duration, Instant};
use story::Story;
use story::lab::rocketmq::member::Member;
use story::lab::rocketmq::{LINES, Line, Node, RocketMq, raw};
use story::rocketmq_house::{CLUSTER, OPEN, RocketmqPlot, SECURE};
use tokio::sync::Mutex;

/// It takes at least two polls of routes by clients and some looks, beside everything else.
const CLOSED_WITHIN: Duration = Duration::from_secs(600);
/// Some of these tests change what all of them see: one at a time.
static ALONE: Mutex<()> = Mutex::const_new(());
const LIMIT: Duration = Duration::from_secs(120);

async fn both() -> [RocketMq; 2] {
    tokio::task::spawn_blocking(|| LINES.map(|line| RocketMq::get(line).unwrap())).await.unwrap()
}

fn report(done: Done) -> Report {
    match done {
        Done::Looked(answer) => match *answer {
            LookAnswer::Report(report) => report,
            other => panic!("no report: {other:?}"),
        },
        other => panic!("no look: {other:?}"),
    }
}

async fn looks(story: &Story, line: &str) -> Report {
    report(story.person("vic").runs(&format!("{line} cluster:{CLUSTER}")).await)
}

fn line<'r>(report: &'r Report, id: &str) -> Option<&'r Phrase> {
    report.lines.iter().find(|line| line.id == id)
}

fn count(report: &Report, id: &str, fact: &str) -> i64 {
    match line(report, id).and_then(|line| line.facts.get(fact)) {
        Some(Fact::Count(count)) => *count,
        other => panic!("no {fact} of {id}: {other:?} in {:?}", report.lines),
    }
}

fn raw_ask(lab: &RocketMq, node: Node, code: i32, fields: &[(&str, &str)]) -> raw::Command {
    let answer = raw::ask(lab.address(node), code, fields, b"").unwrap();
    assert_eq!(answer.code, 0, "{code}: {}", answer.remark);
    answer
}

/// What a process tells of itself under this name (`GET_BROKER_RUNTIME_INFO` (28)).
fn figure(lab: &RocketMq, node: Node, name: &str) -> String {
    let told = raw_ask(lab, node, 28, &[]).text();
    let (_, rest) = told.split_once(&format!("\"{name}\":\"")).unwrap_or_else(|| panic!("no {name} in {told}"));
    rest.split('"').next().unwrap().to_owned()
}

/// How full the fuller of its disks is.
fn disk_percent(lab: &RocketMq, node: Node) -> u32 {
    let ratio = |name| figure(lab, node, name).parse::<f64>().unwrap();
    let fullest = ratio("commitLogDiskRatio").max(ratio("consumeQueueDiskRatio"));
    format!("{:.0}", fullest * 100.0).parse().unwrap()
}

/// A topic on `broker-a`, made by raw frames.
fn topic(lab: &RocketMq, queues: u32) -> String {
    let name = lab.unique("look");
    set_topic(lab, &name, (queues, queues));
    name
}

fn set_topic(lab: &RocketMq, name: &str, queues: (u32, u32)) {
    raw::set_topic(lab.address(Node::Master), name, queues).and_then(raw::Command::done).unwrap();
}

fn group(lab: &RocketMq) -> String {
    let name = lab.unique("readers");
    let body = format!("{{\"groupName\":\"{name}\"}}");
    let made = raw::ask(lab.address(Node::Master), raw::SET_GROUP, &[], body.as_bytes()).unwrap();
    assert_eq!(made.code, 0, "{}", made.remark);
    name
}

fn number(lab: &RocketMq, code: i32, topic: &str, queue: &str) -> i64 {
    raw_ask(lab, Node::Master, code, &[("topic", topic), ("queueId", queue)]).field("offset").parse().unwrap()
}

async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < LIMIT, "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn cells(report: &Report, table: usize, column: usize) -> Vec<Cell> {
    report.tables[table].rows.iter().map(|row| row[column].clone()).collect()
}

/// The offset of a group in a queue by `GET_CONSUME_STATS` (208), whose keys are objects.
fn as_208_has_it(lab: &RocketMq, group: &str, (topic, queue): (&str, u32)) -> i64 {
    let text = raw_ask(lab, Node::Master, 208, &[("consumerGroup", group), ("topic", topic)]).text();
    let of_queue = format!("\"queueId\":{queue},");
    let entry = text.split(&of_queue).nth(1).unwrap_or_else(|| panic!("no queue {queue}: {text}"));
    let offset = entry.split("\"consumerOffset\":").nth(1).expect(&text);
    offset.chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect::<String>().parse().expect(&text)
}

#[tokio::test]
async fn topics_and_lag_are_what_raw_frames_tell() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let story = RocketmqPlot::on(&lab, OPEN).build().await;
        let (topic, group) = (topic(&lab, 4), group(&lab));
        for queue in [0, 0, 0, 1, 1, 3] {
            raw::send(lab.address(Node::Master), &topic, queue, "k").unwrap();
        }
        let stored = || (0..4).map(|queue| number(&lab, raw::END, &topic, &queue.to_string())).sum::<i64>();
        until("the messages", async || stored() == 6).await;
        let seen = looks(&story, &format!("/topic topic:{topic}")).await;
        assert_eq!(count(&seen, "topic-messages", "count"), 6);
        assert_eq!((count(&seen, "topic-queues", "read"), count(&seen, "topic-queues", "write")), (4, 4));
        let ends: Vec<Cell> =
            (0..4).map(|queue| Cell::Number(number(&lab, raw::END, &topic, &queue.to_string()))).collect();
        assert_eq!(cells(&seen, 1, 3), ends);

        raw::commit(lab.address(Node::Master), &group, (&topic, 0), 1).unwrap();
        let lag = looks(&story, &format!("/lag group:{group} topic:{topic}")).await;
        assert_eq!(lag.headline.facts.get("lag"), Some(&Fact::Count(2)), "{lag:?}");
        let offsets = [Cell::Number(1), Cell::Nothing, Cell::Nothing, Cell::Nothing];
        assert_eq!(cells(&lag, 0, 2), offsets, "none is not 0, as 208 would have it");
        assert_eq!(count(&lag, "without-offset", "count"), 3);
        assert_eq!(as_208_has_it(&lab, &group, (&topic, 1)), 0, "the control: 0 for none");
        // 5.x can be asked for one queue so that it says that there is none; 4.9 cannot.
        let one =
            [("consumerGroup", group.as_str()), ("topic", &topic), ("queueId", "1"), ("setZeroIfNotFound", "false")];
        let answer = raw::ask(lab.address(Node::Master), raw::COMMITTED, &one, b"").unwrap();
        let told = (answer.code, answer.field("offset"));
        assert!(if lab.line == Line::V4 { told == (0, "0") } else { told.0 == 22 }, "{told:?}: {}", answer.remark);
        let by_topic = looks(&story, &format!("/lag group:{group}")).await;
        assert!(by_topic.tables[1].rows.contains(&vec![Cell::name(&topic), Cell::Number(2), Cell::Number(3)]));

        // Closed queues keep what they hold, and 4.9 no longer counts them in its own summary.
        set_topic(&lab, &topic, (4, 1));
        let closed = looks(&story, &format!("/topic topic:{topic}")).await;
        assert_eq!(count(&closed, "closed-queues-hold", "count"), 3);
        assert_eq!(count(&closed, "topic-messages", "count"), 6);
        set_topic(&lab, &topic, (1, 4));
        let past = looks(&story, &format!("/topic topic:{topic}")).await;
        assert!(line(&past, "write-past-read").is_some(), "{past:?}");
        assert!(line(&looks(&story, "/health").await, "write-past-read").is_some());
    }
}

#[tokio::test]
async fn clients_are_shown_with_their_versions() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let story = RocketmqPlot::on(&lab, OPEN).build().await;
        let (topic, group) = (topic(&lab, 2), group(&lab));
        let nobody = looks(&story, &format!("/who group:{group}")).await;
        assert_eq!(count(&nobody, "clients", "count"), 0);
        let member = Member::join(lab.address(Node::Master), &group, &topic, "client-1", "{}").unwrap();
        let seen = |report: &Report| report.tables[0].rows.iter().any(|row| row[0] == Cell::name("client-1"));
        until("the client", async || seen(&looks(&story, &format!("/who group:{group}")).await)).await;
        for line in [format!("/who topic:{topic}"), format!("/who group:{group}"), "/who broker:broker-a".to_owned()] {
            let report = looks(&story, &line).await;
            let row = report.tables[0].rows.iter().find(|row| row[0] == Cell::name("client-1"));
            let row = row.unwrap_or_else(|| panic!("{line}: {report:?}"));
            assert_eq!(
                (&row[1], &row[2], &row[3]),
                (&Cell::name(&group), &Cell::name("127.0.0.1"), &Cell::name("JAVA 5.5.0"))
            );
        }
        // The same client also produces, in a group of the same name; only the whole broker tells of that.
        until("the producer", async || {
            let report = looks(&story, "/who broker:broker-a").await;
            let producer = |row: &Vec<Cell>| row[0] == Cell::name("client-1") && row[4] == Cell::word("producer");
            report.tables[0].rows.iter().any(producer)
        })
        .await;
        let online = looks(&story, &format!("/group group:{group}")).await;
        assert_eq!(count(&online, "group-online", "count"), 1);
        drop(member);
        until("nobody", async || {
            line(&looks(&story, &format!("/group group:{group}")).await, "group-offline").is_some()
        })
        .await;
    }
}

#[tokio::test]
async fn brokers_and_name_servers_are_as_mqadmin_says() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let story = RocketmqPlot::on(&lab, OPEN).build().await;
        let printed = lab.mqadmin(&["clusterList", "-n", lab.address(Node::Names1)]).await.unwrap();
        let health = looks(&story, "/health").await;
        assert_eq!((count(&health, "name-servers", "count"), count(&health, "name-servers", "all")), (2, 2));
        let version = lab.line.version();
        let rows = &health.tables[0].rows;
        assert_eq!(rows.len(), 2, "the master and the slave of broker-a, and nothing of the other cluster: {rows:?}");
        for row in rows {
            assert_eq!(
                (&row[0], &row[2], &row[3]),
                (&Cell::name("broker-a"), &Cell::name(version), &Cell::name("RW-"))
            );
        }
        for (row, node) in rows.iter().zip([Node::Master, Node::Slave]) {
            let fullest = disk_percent(&lab, node);
            assert!(matches!(row[4], Cell::Percent(told) if told.abs_diff(fullest) <= 1), "{fullest} %: {row:?}");
        }
        assert_eq!(rows[0][5], Cell::Nothing);
        // Nobody writes meanwhile: the slave comes to where its master is.
        let has_all = async || {
            let ends = [Node::Master, Node::Slave].map(|node| figure(&lab, node, "commitLogMaxOffset"));
            looks(&story, "/health").await.tables[0].rows[1][5] == Cell::Bytes(0) && ends[0] == ends[1]
        };
        let began = Instant::now();
        while !has_all().await {
            assert!(began.elapsed() < LIMIT, "the slave stays behind");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        assert!(printed.contains(&format!("V{}", version.replace('.', "_"))), "{printed}");
        let broker = looks(&story, "/broker broker:broker-a").await;
        let addresses = cells(&broker, 1, 0);
        assert_eq!(addresses, [Node::Master, Node::Slave].map(|node| Cell::name(lab.address(node))));
        assert!([Node::Master, Node::Slave].iter().all(|node| printed.contains(lab.address(*node))), "{printed}");
        let Done::Looked(all) = story.person("vic").runs("/clusters").await else { panic!("no look") };
        let LookAnswer::Clusters(all) = *all else { panic!("no clusters") };
        assert!(matches!(all.clusters[0].counts.known(), Some(Counts::Rocketmq(counts)) if counts.brokers == 1));
        assert_eq!(cells(&looks(&story, "/skew").await, 0, 0), [Cell::name("broker-a")]);
    }
}

#[tokio::test]
async fn what_is_written_meanwhile_is_hot() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let story = RocketmqPlot::on(&lab, OPEN).build().await;
        let topic = topic(&lab, 1);
        let (sending, address) = (topic.clone(), lab.address(Node::Master).to_owned());
        let stop = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
        let stopped = stop.clone();
        let writer = std::thread::spawn(move || {
            while !stopped.load(std::sync::atomic::Ordering::Relaxed) {
                // A broker that is busy takes the next one.
                let _ = raw::send(&address, &sending, 0, "k");
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let hot = looks(&story, "/hot").await;
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        writer.join().unwrap();
        let row = hot.tables[0].rows.iter().find(|row| row[0] == Cell::name(&topic));
        assert!(matches!(row.map(|row| &row[1]), Some(Cell::Number(rate)) if *rate > 0), "{hot:?}");
    }
}

#[tokio::test]
async fn routes_that_differ_between_name_servers_are_named() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let story = RocketmqPlot::on(&lab, OPEN).build().await;
        let topic = topic(&lab, 2);
        let agree = async || line(&looks(&story, &format!("/route topic:{topic}")).await, "routes-agree").is_some();
        until("both know the route", agree).await;
        raw_ask(&lab, Node::Names1, raw::FORBID_WRITES, &[("brokerName", "broker-a")]);
        let route = looks(&story, &format!("/route topic:{topic}")).await;
        let perms = cells(&route, 0, 4);
        raw_ask(&lab, Node::Names1, raw::ALLOW_WRITES, &[("brokerName", "broker-a")]);
        assert!(line(&route, "routes-differ").is_some(), "{route:?}");
        assert_eq!(perms, ["R--", "RW-"].map(Cell::name));
        until("they agree again", agree).await;
        raw_ask(&lab, Node::Names2, raw::FORBID_WRITES, &[("brokerName", "broker-a")]);
        let health = looks(&story, "/health").await;
        raw_ask(&lab, Node::Names2, raw::ALLOW_WRITES, &[("brokerName", "broker-a")]);
        let differ = line(&health, "routes-differ").and_then(|line| line.facts.get("topics"));
        assert!(matches!(differ, Some(Fact::Names(names)) if names.contains(&topic)), "{health:?}");

        // Deleted at the broker only: the NameServers go on telling the route.
        raw_ask(&lab, Node::Master, raw::DELETE_TOPIC, &[("topic", &topic)]);
        raw_ask(&lab, Node::Names1, raw::FORGET_TOPIC, &[("topic", &topic)]);
        let left = looks(&story, &format!("/route topic:{topic}")).await;
        assert!(line(&left, "route-missing").is_some(), "{left:?}");
        raw_ask(&lab, Node::Names2, raw::FORGET_TOPIC, &[("topic", &topic)]);
        let gone = story.person("vic").runs(&format!("/route topic:{topic} cluster:{CLUSTER}")).await;
        assert!(matches!(&gone, Done::Mistake(mistake) if mistake.id == "unknown-topic"), "{gone:?}");
    }
}

/// Settings that are wrong: a NameServer that is dead, the address of a slave, the wrong cluster, none of several.
#[tokio::test]
async fn wrong_addresses_are_told_by_name() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let (good, slave) = (lab.address(Node::Names1), lab.address(Node::Slave));
        let dead = "127.0.0.1:1";
        let story = RocketmqPlot::on(&lab, OPEN).by(&[dead, good, slave]).build().await;
        let health = looks(&story, "/health").await;
        let silent: Vec<_> = health.lines.iter().filter(|line| line.id == "name-server-silent").collect();
        let address = |line: &&Phrase| line.facts.get("address").cloned();
        assert_eq!(silent.iter().map(address).collect::<Vec<_>>(), [Some(Fact::from(dead)), Some(Fact::from(slave))]);
        assert_eq!(silent[0].facts.get("failure"), Some(&Fact::from("unreachable")));
        assert!(line(&health, "masters-not-seen").is_none(), "the one that answers is enough: {health:?}");

        let failed = async |plot: RocketmqPlot| match plot
            .build()
            .await
            .person("vic")
            .runs(&format!("/health cluster:{CLUSTER}"))
            .await
        {
            Done::Failed { id, said } => (id, said),
            other => panic!("no failure: {other:?}"),
        };
        assert_eq!(failed(RocketmqPlot::on(&lab, OPEN).by(&[dead])).await.0, "cluster-unreachable");
        assert_ne!(failed(RocketmqPlot::on(&lab, OPEN).by(&[slave])).await.0, "cluster-unreachable");
        let (_, said) = failed(RocketmqPlot::on(&lab, "Lap")).await;
        assert!(said.contains("no cluster Lap") && said.contains("Lab, Secure"), "{said}");
        let (_, said) = failed(RocketmqPlot::on(&lab, OPEN).unnamed()).await;
        assert!(said.contains("broker_cluster") && said.contains("Lab, Secure"), "{said}");
    }
}

/// A value as it is typed: what quotes and escapes is escaped.
fn typed(value: &str) -> String {
    if !value.contains(['"', '\\']) {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[tokio::test]
async fn system_topics_and_hostile_names() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let story = RocketmqPlot::on(&lab, OPEN).build().await;
        for name in ["broker-a", "Lab", "SELF_TEST_TOPIC", "SCHEDULE_TOPIC_XXXX"] {
            let seen = looks(&story, &format!("/topic topic:{name}")).await;
            let kind = line(&seen, "topic-kind").and_then(|line| line.facts.get("topic-kind"));
            assert_eq!(kind, Some(&Fact::from("system")), "{name}");
        }
        let vic = story.person("vic");
        for character in (0x21_u8..0x7f).map(char::from).filter(|c| !c.is_ascii_alphanumeric()) {
            let named = typed(&format!("no{character}such"));
            // Names with a point are Kafka's, whose groups have any name.
            let is_known = "%|-_.".contains(character);
            let topic = if is_known { "unknown-topic" } else { "not-a-topic-name" };
            for (asked, id) in
                [(format!("/topic topic:{named}"), topic), (format!("/group group:{named}"), "unknown-group")]
            {
                let done = vic.runs(&format!("{asked} cluster:{CLUSTER}")).await;
                assert!(matches!(&done, Done::Mistake(mistake) if mistake.id == id), "{asked}: {done:?}");
            }
        }
    }
}

pub(super) async fn plain_account_exists(lab: &RocketMq) {
    if lab.line == Line::V5 {
        let arguments = ["createUser", "-n", lab.address(Node::Names1), "-b", lab.address(Node::Secure)];
        let user = ["-u", lab.plain(), "-p", lab.secret(), "-t", "Normal"];
        let printed = lab.mqadmin(&[&arguments[..], &user[..]].concat()).await.unwrap();
        assert!(printed.contains("success") || printed.contains("existed"), "{printed}");
    }
}

#[tokio::test]
async fn signed_access_is_told_apart() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        plain_account_exists(&lab).await;
        let secure = || RocketmqPlot::on(&lab, SECURE);
        let right = secure().signed(lab.admin(), lab.secret()).build().await;
        let seen = looks(&right, "/topic topic:SCHEDULE_TOPIC_XXXX").await;
        assert!(count(&seen, "topic-queues", "count") == 1, "{seen:?}");
        assert!(line(&looks(&right, "/health").await, "master-silent").is_none());
        for (plot, who) in [
            (secure(), "nobody"),
            (secure().signed(lab.admin(), "no-secret-of-ours"), "a wrong key"),
            (secure().signed("nobody-here", lab.secret()), "an unknown account"),
        ] {
            let story = plot.build().await;
            let done = story.person("vic").runs(&format!("/topic topic:SCHEDULE_TOPIC_XXXX cluster:{CLUSTER}")).await;
            let Done::Failed { id, said } = &done else { panic!("{who} sees {done:?}") };
            assert_eq!(id, "cluster-not-authenticated", "{who}: {said}");
            assert!(!said.contains(lab.secret()) && !said.contains("no-secret"), "{said}");
            let health = looks(&story, "/health").await;
            let silent = line(&health, "master-silent").and_then(|line| line.facts.get("failure"));
            assert_eq!(silent, Some(&Fact::from("not-authenticated")), "{who}: {health:?}");
        }
    }
}

/// The settings of a team, as `signalbox check` reads them; the secret comes from the environment.
fn settings(lab: &RocketMq, cluster: &str, more: &str) -> String {
    let (one, two) = (lab.address(Node::Names1), lab.address(Node::Names2));
    format!(
        "[[cluster]]\nname = \"{CLUSTER}\"\nkind = \"rocketmq\"\ntier = \"staging\"\nname_servers = [\"{one}\", \"{two}\"]\n\
         broker_cluster = \"{cluster}\"\n{more}"
    )
}

#[tokio::test]
async fn check_tries_every_server_and_prints_no_secret() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let open = Home::new(&settings(&lab, OPEN, "")).runs(&["check"], "").await;
        assert!(open.status.success(), "{}{}", open.out, open.err);
        let version = lab.line.version();
        for words in [
            format!("ok   NameServer {}: {version}", lab.address(Node::Names1)),
            format!("ok   NameServer {}: {version}", lab.address(Node::Names2)),
            format!("ok   master of broker-a at {}: {version}", lab.address(Node::Master)),
            format!("ok   slave 1 of broker-a at {}: {version}", lab.address(Node::Slave)),
            "requests are not signed".to_owned(),
        ] {
            assert!(open.out.contains(&words), "{words} in {}", open.out);
        }
        let keys =
            |account: &str| format!("[cluster.security]\naccess_key = \"{account}\"\nsecret_key = \"env:TOKEN\"\n");
        let with = async |account: &str, secret: &str| {
            let mut home = Home::new(&settings(&lab, SECURE, &keys(account)));
            secret.clone_into(&mut home.token);
            home.runs(&["check"], "").await
        };
        let right = with(lab.admin(), lab.secret()).await;
        assert!(right.status.success() && right.out.contains("signed as"), "{}{}", right.out, right.err);
        let wrong = with(lab.admin(), "hunter2-hunter2").await;
        assert!(!wrong.status.success(), "{}", wrong.out);
        let said = wrong.out.lines().find(|line| line.starts_with("FAIL master of broker-s")).unwrap();
        assert!(said.contains("not-authenticated"), "{said}");
        for said in [&right, &wrong] {
            let all = format!("{}{}", said.out, said.err);
            assert!(!all.contains(lab.secret()) && !all.contains("hunter2"), "{all}");
        }
        let unsigned = Home::new(&settings(&lab, SECURE, "")).runs(&["check"], "").await;
        assert!(!unsigned.status.success() && unsigned.out.contains("not-authenticated"), "{}", unsigned.out);
    }
}

/// All that is told of a change, until it has come to this if it is planned.
async fn told_of(home: &Home, line: &str, end: &str) -> String {
    let mut told = home.asks(line).await;
    if told.contains("Plan ") {
        let id = operation_in(&told);
        home.approved_until((&id, end), async |line: String| home.asks(&line).await).await;
        for command in ["/status", "/audit action:search"] {
            told += &home.asks(&format!("{command} operation:{id}")).await;
        }
    }
    told
}

/// A bot that logs everything, on brokers that control access: neither the right key, nor a wrong one, nor that of an account
/// that may not do it is in its log, or in what it answers; and it says in words what is wrong.
#[tokio::test]
async fn a_bot_that_logs_everything_logs_no_secret() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        plain_account_exists(&lab).await;
        let may_not = if lab.line == Line::V4 { "Need admin permission" } else { "has no permission" };
        for (account, secret, end, words) in [
            (lab.admin(), lab.secret(), "Succeeded", "Succeeded"),
            (lab.admin(), "hunter2-hunter2", "Stopped", "login not accepted"),
            (lab.plain(), lab.secret(), "Stopped", may_not),
        ] {
            let keys = format!("[cluster.security]\naccess_key = \"{account}\"\nsecret_key = \"env:TOKEN\"\n");
            let alone = settings(&lab, SECURE, &keys).replace("\"staging\"", "\"development\"");
            let mut home = Home::new(&alone);
            secret.clone_into(&mut home.token);
            let mut bot = home.bot_that_logs_all().await;
            let create = format!("/topic-create topic:{} partitions:1 cluster:{CLUSTER}", lab.unique("logged"));
            let told = told_of(&home, &create, end).await;
            assert!(in_one_line(&told).contains(words), "{}: {words} in {told}", lab.line.version());
            bot.kill().await.unwrap();
            let log = home.log();
            assert!(log.contains("\"level\":\"TRACE\"") && log.contains("answered"), "everything is logged");
            assert!(!log.contains(secret) && !told.contains(secret), "{}: a secret can be read", lab.line.version());
        }
    }
}

/// `signalbox check` and a bot at work over TLS, judged by mqadmin: servers whose authority is not known are told nothing.
#[tokio::test]
async fn tls_is_spoken_with_servers_whose_authority_is_known() {
    let _alone = ALONE.lock().await;
    for lab in both().await {
        let folder = tempfile::tempdir().unwrap();
        let with = |authority: String| {
            let file = folder.path().join("ca.pem");
            std::fs::write(&file, authority).unwrap();
            let ca = format!("[cluster.security]\nca = \"{}\"\n", file.display());
            settings(&lab, OPEN, &ca).replace("\"staging\"", "\"development\"")
        };
        let unknown = Home::new(&with(lab.other_authority())).runs(&["check"], "").await;
        assert!(!unknown.status.success() && unknown.out.contains("UnknownIssuer"), "{}{}", unknown.out, unknown.err);
        let home = Home::new(&with(lab.authority()));
        let known = home.runs(&["check"], "").await;
        let master = format!("ok   master of broker-a at {}", lab.address(Node::Master));
        assert!(known.status.success() && known.out.contains(&master), "{}{}", known.out, known.err);
        let mut bot = home.bot_that_logs_all().await;
        let topic = lab.unique("over-tls");
        let told = home.asks(&format!("/topic-create topic:{topic} partitions:1 cluster:{CLUSTER}")).await;
        let id = operation_in(&told);
        home.approved_until((&id, "Succeeded"), async |line: String| home.asks(&line).await).await;
        bot.kill().await.unwrap();
        let told = lab.route_by_mqadmin(lab.address(Node::Names1), &topic).await.unwrap();
        assert!(told.contains_key("broker-a"), "{told:?}");
    }
}

/// A group that is away has not read the queue that is closed: its process is killed while it waits for that.
async fn is_killed_in_the_wait(lab: &RocketMq) {
    let (topic, group) = (lab.unique("drained"), lab.unique("away"));
    let at = ["-n", lab.address(Node::Names1), "-b", lab.address(Node::Master)];
    let queues = ["-t", &topic, "-r", "2", "-w", "2"];
    lab.mqadmin(&[&["updateTopic"][..], &at, &queues].concat()).await.unwrap();
    lab.mqadmin(&[&["updateSubGroup"][..], &at, &["-g", &group]].concat()).await.unwrap();
    for queue in [0, 1] {
        raw::commit(lab.address(Node::Master), &group, (&topic, queue), 0).unwrap();
    }
    raw::send(lab.address(Node::Master), &topic, 1, "unread").unwrap();
    let home = Home::new(&settings(lab, OPEN, "").replace("\"staging\"", "\"development\""));
    let mut bot = home.bot().await;
    let told = home.asks(&format!("/shrink-partitions topic:{topic} to:1 cluster:{CLUSTER}")).await;
    let (id, began) = (operation_in(&told), Instant::now());
    let names = lab.address(Node::Names1);
    let told = async || lab.route_by_mqadmin(names, &topic).await.unwrap().get("broker-a").copied();
    while told().await != Some((2, 1)) {
        let shown = approved_by(&id, &async |line: String| home.asks(&line).await).await;
        assert!(began.elapsed() < CLOSED_WITHIN, "queues are never closed: {shown}");
    }
    bot.kill().await.unwrap();
    let mut bot = home.bot().await;
    raw::commit(lab.address(Node::Master), &group, (&topic, 1), 1).unwrap();
    while told().await != Some((1, 1)) {
        assert!(began.elapsed() < CLOSED_WITHIN, "{}", home.asks(&format!("/status operation:{id}")).await);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    bot.kill().await.unwrap();
}

#[tokio::test]
async fn a_process_that_is_killed_while_queues_are_drained_is_followed_by_one_that_closes_them() {
    let _alone = ALONE.lock().await;
    let [one, other] = both().await;
    tokio::join!(is_killed_in_the_wait(&one), is_killed_in_the_wait(&other));
}
