//! What slaves of real RocketMQ 4.9.7 and 5.5.0 have of topics' settings, judged by raw frames.

use interlock::approval::State;
use interlock::facts::Fact;
use interlock::looks::{LookAnswer, Phrase};
use serde_json::Value;
use signalbox::desk::Done;
use std::time::{Duration, Instant};
use story::Story;
use story::lab::rocketmq::{Line, Node, RocketMq, at_both, raw};
use story::rocketmq_house::{CLUSTER, OPEN, RocketmqPlot};

const LIMIT: Duration = Duration::from_secs(300);
/// A slave of 4.9 refuses it.
const SYSTEM_ERROR: i64 = 1;

fn set(lab: &RocketMq, node: Node, topic: &str, queues: (u32, u32)) -> raw::Command {
    raw::set_topic(lab.address(node), topic, queues).unwrap()
}

/// The queues that a process has by its own list.
fn at(lab: &RocketMq, node: Node, topic: &str) -> Option<(i64, i64)> {
    let answer = raw::ask(lab.address(node), raw::TOPICS, &[], b"").unwrap();
    let body: Value = serde_json::from_str(&answer.text()).unwrap();
    let found = body["topicConfigTable"].get(topic)?;
    Some((found["readQueueNums"].as_i64()?, found["writeQueueNums"].as_i64()?))
}

fn at_slave(lab: &RocketMq, topic: &str) -> Option<(i64, i64)> {
    at(lab, Node::Slave, topic)
}

/// What `/topic` tells of slaves.
async fn told(story: &Story, topic: &str) -> Vec<Phrase> {
    match story.person("vic").runs(&format!("/topic topic:{topic} cluster:{CLUSTER}")).await {
        Done::Looked(answer) => match *answer {
            LookAnswer::Report(report) => report.lines.into_iter().filter(|line| line.id.starts_with("copy")).collect(),
            other => panic!("no report: {other:?}"),
        },
        other => panic!("no look: {other:?}"),
    }
}

fn ids(told: &[Phrase]) -> Vec<&str> {
    told.iter().map(|line| line.id.as_str()).collect()
}

async fn until(what: &str, mut so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < LIMIT, "never: {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[test]
fn what_a_slave_has_otherwise_is_named() {
    at_both(|line| async move {
        let lab = RocketMq::get(line).unwrap();
        let story = RocketmqPlot::on(&lab, OPEN).build().await;
        // Made at the master, it is not at the slave before that one synchronizes, which may be at once.
        until("it is seen without", async || {
            let topic = lab.unique("copied");
            assert_eq!(set(&lab, Node::Master, &topic, (4, 4)).code, 0);
            let told = told(&story, &topic).await;
            let lacks = at_slave(&lab, &topic).is_none();
            assert!(!lacks || ids(&told) == ["copy-missing"], "{}: {told:?}", line.version());
            lacks
        })
        .await;

        let topic = lab.unique("set");
        assert_eq!(set(&lab, Node::Master, &topic, (8, 8)).code, 0);
        if line == Line::V4 {
            assert_eq!(set(&lab, Node::Slave, &topic, (8, 2)).code, SYSTEM_ERROR);
            until("it synchronizes", async || at_slave(&lab, &topic).is_some()).await;
            assert_eq!((ids(&told(&story, &topic).await), at_slave(&lab, &topic)), (vec![], Some((8, 8))));
            return;
        }
        // One of 5.x answers success, has it, and forgets it.
        until("it is seen otherwise", async || {
            assert_eq!(set(&lab, Node::Slave, &topic, (8, 2)).code, 0);
            let told = told(&story, &topic).await;
            let has = at_slave(&lab, &topic) == Some((8, 2));
            let found = told.first().and_then(|line| line.facts.get("found")).cloned();
            assert!(!has || found == Some(Fact::from("8/2 RW-")), "{told:?}");
            has
        })
        .await;
        until("it forgets", async || at_slave(&lab, &topic) == Some((8, 8))).await;
        assert!(told(&story, &topic).await.is_empty());
    });
}

/// Queues that were opened are looked at until slaves have synchronized, whatever somebody sets there meanwhile.
#[test]
fn what_is_set_at_a_slave_while_queues_are_opened_does_not_stay() {
    at_both(|line| async move {
        let lab = RocketMq::get(line).unwrap();
        let story = RocketmqPlot::on(&lab, OPEN).build().await;
        let topic = lab.unique("over-a-sync");
        assert_eq!(set(&lab, Node::Master, &topic, (4, 4)).code, 0);
        let asked = format!("/expand-partitions topic:{topic} to:6 cluster:{CLUSTER} reason:story");
        let id = story.person("alice").plans(&asked).await;
        for who in ["alice", "bob", "carol"] {
            if story.operation(&id).await.state == State::AwaitingApproval {
                story.person(who).approves(&id).await;
            }
        }
        let is_open = |queues| at(&lab, Node::Master, &topic) == Some(queues);
        until("more is read", async || is_open((6, 4))).await;
        let answer = set(&lab, Node::Slave, &topic, (2, 2));
        assert_eq!(answer.code == 0, line == Line::V5, "4.9 refuses it: {}", answer.remark);
        until("its end", async || story.operation(&id).await.state.has_ended()).await;
        let ended = story.operation(&id).await;
        assert_eq!(ended.state, State::Succeeded, "{:?}", ended.why);
        assert!(is_open((6, 6)));
        assert_eq!(at_slave(&lab, &topic), Some((6, 6)), "it was watched for longer than slaves take");
    });
}
