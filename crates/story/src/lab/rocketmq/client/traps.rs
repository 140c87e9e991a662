//! What servers answer success to, kept as it is: whoever plans changes must know.

use rocketmq_admin::{Code, Commit, Settings, TopicConfig};

use super::super::raw;
use super::{Line, Node, ask, both, client, group, master, raw_offset, topic};

#[tokio::test]
async fn settings_that_make_no_sense_are_a_success_and_change_nothing() {
    for lab in both() {
        let broker = client(&lab).broker("broker-a", 0);
        let nonsense = [("noSuchKey", "1"), ("brokerPermission", "abc")];
        let settings: Settings = nonsense.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        broker.set_settings(&settings).await.unwrap();
        let read = broker.settings().await.unwrap();
        assert_eq!((read.get("noSuchKey"), read["brokerPermission"].as_str()), (None, "6"));
    }
}

#[tokio::test]
async fn topics_nobody_can_use_are_stored() {
    for lab in both() {
        let master = master(&lab);
        for (read, write) in [(0, 0), (2, 8)] {
            let mut config = TopicConfig::new(lab.unique("odd"), read);
            config.write_queues = write;
            master.set_topic(&config).await.unwrap();
            assert_eq!(master.topic(&config.name).await, Ok(Some(config)));
        }
    }
}

#[tokio::test]
async fn deleting_what_is_not_there_is_a_success() {
    for lab in both() {
        let (client, master) = (client(&lab), master(&lab));
        assert_eq!(master.delete_topic("never-there").await, Ok(()));
        assert_eq!(master.delete_group("never-there", true).await, Ok(()));
        let forgotten = client.each_name_server(|one| async move { one.forget_topic("never-there", None).await }).await;
        assert!(forgotten.values().all(Result::is_ok), "{forgotten:?}");
    }
}

#[tokio::test]
async fn offsets_past_the_end_are_stored() {
    for lab in both() {
        let (topic, group, master) = (topic(&lab, 1), group(&lab), master(&lab));
        assert_eq!(master.commit(&group, &topic, 0, 999_999).await, Ok(Commit::Stored));
        assert_eq!(raw_offset(&lab, &group, &topic, "0"), "999999");
        let stranger = master.commit("never-made", &topic, 0, 3).await;
        match lab.line {
            Line::V4 => assert_eq!(stranger, Ok(Commit::Stored)),
            Line::V5 => {
                let error = stranger.unwrap_err();
                assert_eq!(error.code(), Some(Code::SUBSCRIPTION_GROUP_NOT_EXIST));
                assert_eq!(error.remark(), Some("Group never-made not exist!"));
            }
        }
    }
}

/// The reason why changes exist for masters only: by raw frames a slave of 5.x takes a topic, and the master never has it.
#[tokio::test]
async fn a_slave_of_5_answers_success_and_the_master_knows_nothing() {
    for lab in both() {
        let name = lab.unique("astray");
        let answer = raw::set_topic(lab.address(Node::Slave), &name, (4, 4)).unwrap();
        match lab.line {
            Line::V4 => assert!(answer.code == 1 && answer.remark.starts_with("Can't modify topic"), "{answer:?}"),
            Line::V5 => assert_eq!(answer.code, 0),
        }
        assert_eq!(master(&lab).topic(&name).await, Ok(None));
        assert!(!ask(&lab, Node::Master, raw::TOPICS, &[]).text().contains(&name));
        // The same by us arrives.
        master(&lab).set_topic(&TopicConfig::new(&name, 4)).await.unwrap();
        assert!(ask(&lab, Node::Master, raw::TOPICS, &[]).text().contains(&name));
    }
}

#[tokio::test]
async fn system_topics_are_refused_and_it_is_known_that_nothing_was_done() {
    for lab in both() {
        let error = master(&lab).set_topic(&TopicConfig::new("TBW102", 4)).await.unwrap_err();
        let code = if lab.line == Line::V4 { Code::SYSTEM_ERROR } else { Code::INVALID_PARAMETER };
        assert_eq!(
            (error.code(), error.remark()),
            (Some(code), Some("The topic[TBW102] is conflict with system topic."))
        );
        assert!(error.is_known_not_applied());
    }
}

/// 4.9 makes a group of any name by raw frames; by us it is refused before anything is sent.
#[tokio::test]
async fn names_of_groups_are_checked_by_us_because_4_does_not() {
    for lab in both() {
        let name = format!("{} @#", lab.unique("odd"));
        let body = format!("{{\"groupName\":\"{name}\"}}");
        let raw = raw::ask(lab.address(Node::Master), raw::SET_GROUP, &[], body.as_bytes()).unwrap();
        assert_eq!(raw.code, if lab.line == Line::V4 { 0 } else { 29 }, "{}", raw.remark);
        let error = master(&lab).set_group(&rocketmq_admin::GroupConfig::new(&name)).await.unwrap_err();
        assert!(matches!(error, rocketmq_admin::Error::Invalid(_)), "{error}");
        // What exists may be looked at and deleted, whatever it is called.
        assert_eq!(master(&lab).group(&name).await.unwrap().is_some(), lab.line == Line::V4);
        master(&lab).delete_group(&name, true).await.unwrap();
        assert_eq!(master(&lab).group(&name).await, Ok(None));
    }
}
