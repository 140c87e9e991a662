//! Offsets of queues and groups, resets, messages.

use rocketmq_admin::{Code, Commit, Error, MessageKey, Queue, ResetTo, Within};

use super::super::member::Member;
use super::super::raw::{self, send};
use super::{Line, Node, both, client, group, master, raw_offset, topic, until};

/// A topic with messages 0 to 9 in queue 1, which the broker has sorted into their queue.
async fn filled(lab: &super::RocketMq) -> String {
    let topic = topic(lab, 4);
    for number in 0..10 {
        let offset = send(lab.address(Node::Master), &topic, 1, &format!("{topic}-{number}")).unwrap();
        assert_eq!(offset, number);
    }
    let max =
        || super::ask(lab, Node::Master, raw::END, &[("topic", &topic), ("queueId", "1")]).field("offset").to_owned();
    until("ten messages", async || max() == "10").await;
    topic
}

#[tokio::test]
async fn offsets_of_queues_are_those_of_the_broker() {
    for lab in both() {
        let (before, topic) = (raw::now(), filled(&lab).await);
        let broker = client(&lab).broker("broker-a", 0);
        assert_eq!(broker.max_offset(&topic, 1).await, Ok(10));
        assert_eq!(broker.max_offset(&topic, 0).await, Ok(0));
        assert_eq!(broker.min_offset(&topic, 1).await, Ok(0));
        assert_eq!(broker.offset_at(&topic, 1, before).await, Ok(0));
        assert!(broker.offset_at(&topic, 1, raw::now() + 60_000).await.unwrap() >= 9);
        let earliest = broker.earliest_time(&topic, 1).await.unwrap();
        assert!(u64::try_from(earliest).unwrap() >= before, "{earliest}");
        let stats = broker.topic_stats(&topic).await.unwrap();
        assert_eq!(stats.len(), 4);
        let stats = stats[&Queue::new(&topic, "broker-a", 1)];
        assert_eq!((stats.min, stats.max), (0, 10));
        let printed = lab.mqadmin(&["topicStatus", "-n", lab.address(Node::Names1), "-t", &topic]).await.unwrap();
        let line =
            printed.lines().find(|line| line.starts_with("broker-a") && line.split_whitespace().nth(1) == Some("1"));
        let line: Vec<&str> = line.unwrap_or_else(|| panic!("{printed}")).split_whitespace().collect();
        assert_eq!(line[2..4], ["0", "10"]);
    }
}

#[tokio::test]
async fn a_commit_is_what_the_broker_then_says() {
    for lab in both() {
        let (topic, group) = (filled(&lab).await, group(&lab));
        let master = master(&lab);
        assert_eq!(master.commit(&group, &topic, 1, 4).await, Ok(Commit::Stored));
        assert_eq!(raw_offset(&lab, &group, &topic, "1"), "4");
        assert_eq!(master.committed(&group, &topic, 1).await, Ok(Some(4)));
        let stats = master.consume_stats(&group, Some(&topic)).await.unwrap();
        let stats = stats.queues[&Queue::new(&topic, "broker-a", 1)];
        assert_eq!((stats.broker, stats.consumer), (10, 4));
        let all = master.all_offsets().await.unwrap();
        assert_eq!(all[&(group.clone(), topic.clone())][&1], 4);
        let of_group = &master.all_consume_stats(false).await.unwrap()[&group];
        assert!(of_group.iter().any(|stats| stats.queues.contains_key(&Queue::new(&topic, "broker-a", 1))));
        assert!(!master.time_spans(&group, &topic).await.unwrap().is_empty());
        assert!(master.groups_of_topic(&topic).await.unwrap().contains(&group));
        match (lab.line, master.topics_of_group(&group).await) {
            (Line::V4, topics) => assert!(matches!(topics, Err(Error::Unsupported { .. })), "{topics:?}"),
            (Line::V5, topics) => assert!(topics.unwrap().contains(&topic)),
        }
        let copy = super::group(&lab);
        master.clone_offsets(&group, &copy, Some(&topic), true).await.unwrap();
        assert_eq!(raw_offset(&lab, &copy, &topic, "1"), "4");
    }
}

/// 4.9 says 0 to everybody while the first message is in memory; to tell 5.x apart is what the client asks for.
#[tokio::test]
async fn no_offset_is_told_from_the_first_where_the_broker_can() {
    for lab in both() {
        let (topic, group, master) = (filled(&lab).await, group(&lab), master(&lab));
        assert_eq!(raw_offset(&lab, &group, &topic, "1"), "0");
        let none = master.committed(&group, &topic, 1).await.unwrap();
        assert_eq!(none, (lab.line == Line::V4).then_some(0), "{}", lab.line.version());
        _ = master.commit(&group, &topic, 1, 0).await.unwrap();
        assert_eq!(master.committed(&group, &topic, 1).await, Ok(Some(0)));
    }
}

/// 5.x resets by itself, and ignores what is committed until a client has fetched the reset; 4.9 needs a client.
#[tokio::test]
async fn a_group_that_is_not_connected_is_reset_by_5_only() {
    for lab in both() {
        let (topic, group, master) = (filled(&lab).await, group(&lab), master(&lab));
        _ = master.commit(&group, &topic, 1, 4).await.unwrap();
        let reset = master.reset_offsets(&group, &topic, ResetTo::End, true).await;
        if lab.line == Line::V4 {
            let error = reset.unwrap_err();
            assert!(error.is_known_not_applied(), "{error}");
            assert!(error.remark().is_some_and(|remark| remark.contains(&group)), "{error}");
            let queue = master.reset_queue(&group, &topic, 1, 7).await;
            assert!(matches!(queue, Err(Error::Unsupported { .. })), "{queue:?}");
            assert_eq!(raw_offset(&lab, &group, &topic, "1"), "4");
            continue;
        }
        let reset = reset.unwrap();
        assert_eq!(reset.len(), 4);
        assert_eq!(reset[&Queue::new(&topic, "broker-a", 1)], 10);
        assert_eq!(master.commit(&group, &topic, 1, 2).await, Ok(Commit::ResetPending));
        assert_ne!(raw_offset(&lab, &group, &topic, "1"), "2");
        let other = super::group(&lab);
        _ = master.commit(&other, &topic, 1, 4).await.unwrap();
        let reset = master.reset_queue(&other, &topic, 1, 7).await.unwrap();
        assert_eq!(reset.into_iter().collect::<Vec<_>>(), [(Queue::new(&topic, "broker-a", 1), 7)]);
        let error = master.reset_queue(&other, &topic, 1, 99_999).await.unwrap_err();
        assert_eq!(error.remark(), Some("Target offset 99999 not in consume queue range [0-10]"));
        assert!(error.is_known_not_applied());
    }
}

#[tokio::test]
async fn a_group_that_is_connected_is_told_of_its_reset() {
    for lab in both() {
        let (topic, group, master) = (filled(&lab).await, group(&lab), master(&lab));
        // 4.9 wants an offset in each queue, else the group does not exist for it.
        for queue in 0..4 {
            _ = master.commit(&group, &topic, queue, if queue == 1 { 4 } else { 0 }).await.unwrap();
        }
        let member = Member::join(lab.address(Node::Master), &group, &topic, "told", "{}").unwrap();
        until("a member", async || master.consumers(&group).await.unwrap().is_some()).await;
        let to = ResetTo::Time(1);
        let reset = master.reset_offsets(&group, &topic, to, true).await.unwrap();
        assert_eq!(reset[&Queue::new(&topic, "broker-a", 1)], 0, "{}", lab.line.version());
        if lab.line == Line::V4 {
            // RESET_CONSUMER_CLIENT_OFFSET
            until("the reset", async || member.asked().contains(&220)).await;
        }
    }
}

#[tokio::test]
async fn groups_and_topics_that_are_not_there_are_named_by_the_broker() {
    for lab in both() {
        let (topic, master) = (topic(&lab, 1), master(&lab));
        let error = master.reset_offsets("nobody-here", &topic, ResetTo::End, true).await.unwrap_err();
        assert!(error.remark().is_some_and(|remark| remark.contains("nobody-here")), "{error}");
        assert!(error.is_known_not_applied(), "{error}");
        let error = master.topic_stats("nothing-here").await.unwrap_err();
        assert_eq!(
            (error.code(), error.remark()),
            (Some(Code::TOPIC_NOT_EXIST), Some("topic[nothing-here] not exist"))
        );
        assert!(master.consume_stats("nobody-here", None).await.unwrap().queues.is_empty());
    }
}

#[tokio::test]
async fn messages_are_found_by_key_by_id_and_by_place() {
    for lab in both() {
        let (topic, broker) = (filled(&lab).await, client(&lab).broker("broker-a", 0));
        let key = format!("{topic}-3");
        let within = Within { from: 0, to: raw::now() + 60_000, max: 32 };
        until("the index", async || !broker.messages(&topic, MessageKey::Key(&key), within).await.unwrap().is_empty())
            .await;
        let found = broker.messages(&topic, MessageKey::Key(&key), within).await.unwrap();
        let [message] = &found[..] else { panic!("{found:?}") };
        assert_eq!(message.queue, Queue::new(&topic, "broker-a", 1));
        assert_eq!((message.offset, &message.properties["KEYS"]), (3, &key));
        assert_eq!(message.body, format!("body of {key}").as_bytes());
        let by_id = broker.messages(&topic, MessageKey::UniqueId(&format!("id-{key}")), within).await.unwrap();
        assert_eq!(by_id, found);
        let physical = u64::try_from(message.physical).unwrap();
        assert_eq!(broker.message_at(physical).await, Ok(Some(message.clone())));
        assert_eq!(broker.message_at(1 << 40).await, Ok(None));
        let missing = broker.messages(&topic, MessageKey::Key("no such key"), within).await;
        assert_eq!(missing, Ok(Vec::new()));
        assert!(message.properties.len() > 3 && !message.is_compressed());
    }
}
