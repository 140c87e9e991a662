//! Clusters, routes, topics, groups, settings.

use std::collections::BTreeSet;

use rocketmq_admin::{Error, MASTER, Perm, Settings, Version};

use super::super::raw;
use super::{Client, GroupConfig, Line, Node, TopicConfig, ask, at, both, client, config, group, master, topic, until};

#[tokio::test]
async fn clusters_and_versions_are_those_that_run() {
    for lab in both() {
        let client = client(&lab);
        let version = match lab.line {
            Line::V4 => Version::release(4, 9, 7),
            Line::V5 => Version::release(5, 5, 0),
        };
        for names in [Node::Names1, Node::Names2] {
            let names = client.name_server(&at(&lab, names));
            let cluster = names.cluster().await.unwrap();
            assert_eq!(cluster.address("broker-a", MASTER), Some(&at(&lab, Node::Master)));
            assert_eq!(cluster.address("broker-a", 1), Some(&at(&lab, Node::Slave)));
            assert_eq!(cluster.address("broker-s", MASTER), Some(&at(&lab, Node::Secure)));
            assert_eq!(cluster.clusters["Secure"], BTreeSet::from(["broker-s".to_owned()]));
            assert_eq!(names.version().await, Ok(version));
            assert!(names.system_topics().await.unwrap().contains("broker-a"));
            assert!(names.topics_of_cluster("Lab").await.unwrap().contains("broker-a"));
        }
        assert_eq!(client.broker("broker-a", 1).version().await, Ok(version));
        assert_eq!(lab.line.version(), version.to_string());
    }
}

/// Made, changed and deleted by us; each step judged by mqadmin and raw frames, at every NameServer.
#[tokio::test]
async fn a_topic_lives_and_its_route_is_forgotten_by_each_name_server() {
    for lab in both() {
        let (client, master, name) = (client(&lab), master(&lab), lab.unique("life"));
        let mut config = TopicConfig::new(&name, 8);
        master.set_topic(&config).await.unwrap();
        config.write_queues = 4;
        config.perm = Perm::READ;
        master.set_topic(&config).await.unwrap();
        let stored = ask(&lab, Node::Master, raw::TOPICS, &[]).text();
        let stored = &stored[stored.find(&format!("\"{name}\":")).unwrap()..];
        let stored = &stored[..stored.find("\"writeQueueNums\":4").unwrap()];
        assert!(stored.contains("\"readQueueNums\":8") && stored.contains("\"perm\":4"), "{stored}");
        assert_eq!(master.topic(&name).await, Ok(Some(config.clone())));
        assert_eq!(master.topics().await.unwrap()[&name], config);

        let told = lab.route_by_mqadmin(lab.address(Node::Names2), &name).await.unwrap();
        assert_eq!(told.get("broker-a"), Some(&(8, 4)), "{told:?}");
        for names in [Node::Names1, Node::Names2] {
            let route = client.name_server(&at(&lab, names)).route(&name).await.unwrap().unwrap();
            let queues = route.queues["broker-a"];
            assert_eq!((queues.read, queues.write), (8, 4));
            assert_eq!(route.brokers["broker-a"].addresses.len(), 2);
        }

        master.delete_topic(&name).await.unwrap();
        assert_eq!(master.topic(&name).await, Ok(None));
        assert!(!ask(&lab, Node::Master, raw::TOPICS, &[]).text().contains(&name));
        // Without the second step the route stays.
        assert_eq!(ask(&lab, Node::Names1, raw::ROUTE, &[("topic", &name)]).code, 0);
        let topic = name.clone();
        let forgotten = client.each_name_server(move |one| {
            let topic = topic.clone();
            async move { one.forget_topic(&topic, None).await }
        });
        assert_eq!(forgotten.await.into_values().collect::<Vec<_>>(), [Ok(()), Ok(())]);
        for names in [Node::Names1, Node::Names2] {
            assert_eq!(ask(&lab, names, raw::ROUTE, &[("topic", &name)]).code, 17);
            assert_eq!(client.name_server(&at(&lab, names)).route(&name).await, Ok(None));
        }
    }
}

#[tokio::test]
async fn several_topics_and_attributes_are_for_5_only() {
    for lab in both() {
        let master = master(&lab);
        let configs = ["one", "two"].map(|name| TopicConfig::new(lab.unique(name), 2));
        let made = master.set_topics(&configs).await;
        let mut delayed = TopicConfig::new(lab.unique("delayed"), 2);
        delayed.attributes.insert("message.type".to_owned(), "DELAY".to_owned());
        master.set_topic(&delayed).await.unwrap();
        let stored = master.topic(&delayed.name).await.unwrap().unwrap();
        match lab.line {
            Line::V4 => {
                assert!(matches!(made, Err(Error::Unsupported { .. })), "{made:?}");
                assert!(stored.attributes.is_empty());
            }
            Line::V5 => {
                made.unwrap();
                for config in &configs {
                    let raw = ask(&lab, Node::Master, raw::TOPIC, &[("topic", &config.name)]).text();
                    assert!(raw.contains("\"writeQueueNums\":2"), "{raw}");
                    assert_eq!(master.topic(&config.name).await, Ok(Some(config.clone())));
                }
                assert_eq!(stored, delayed);
                delayed.attributes.clear();
                let taken = BTreeSet::from(["message.type".to_owned()]);
                master.set_topic_without(&delayed, &taken).await.unwrap();
                assert_eq!(master.topic(&delayed.name).await, Ok(Some(delayed)));
            }
        }
    }
}

#[tokio::test]
async fn a_group_lives() {
    for lab in both() {
        let (master, name) = (master(&lab), lab.unique("group"));
        let mut config = GroupConfig::new(&name);
        config.retry_max = 3;
        config.broadcast = true;
        master.set_group(&config).await.unwrap();
        let raw = ask(&lab, Node::Master, raw::GROUPS, &[]).text();
        let raw = &raw[raw.find(&format!("\"groupName\":\"{name}\"")).unwrap()..];
        assert!(raw[..raw.find('}').unwrap()].len() < 400 && raw.contains("\"retryMaxTimes\":3"), "{raw}");
        let stored = master.group(&name).await.unwrap().unwrap();
        assert_eq!((stored.retry_max, stored.broadcast, stored.from_min), (3, true, false));
        // What the broker added of its own is handed on unchanged.
        master.set_group(&stored).await.unwrap();
        assert_eq!(master.group(&name).await.unwrap().unwrap(), stored);
        assert_eq!(master.groups().await.unwrap()[&name], stored);
        let several = master.set_groups(&[GroupConfig::new(lab.unique("group"))]).await;
        assert_eq!(several.is_ok(), lab.line == Line::V5, "{several:?}");
        master.delete_group(&name, true).await.unwrap();
        assert_eq!(master.group(&name).await, Ok(None));
        assert!(!ask(&lab, Node::Master, raw::GROUPS, &[]).text().contains(&name));
    }
}

/// Offsets stay, or go along, in both lines: each reads its own spelling of the same field.
#[tokio::test]
async fn a_group_goes_with_its_offsets_or_without() {
    for lab in both() {
        let (master, topic) = (master(&lab), topic(&lab, 1));
        for with_offsets in [false, true] {
            let group = group(&lab);
            _ = master.commit(&group, &topic, 0, 7).await.unwrap();
            let has = || ask(&lab, Node::Master, raw::ALL_OFFSETS, &[]).text().contains(&format!("{topic}@{group}"));
            assert!(has());
            master.delete_group(&group, with_offsets).await.unwrap();
            assert_eq!(has(), !with_offsets, "{}", lab.line.version());
        }
    }
}

/// `broker-s` has a cluster of its own, so nobody else looks at its routes.
#[tokio::test]
async fn permission_to_write_is_taken_at_one_name_server_only() {
    for lab in both() {
        let client = client(&lab);
        let perm = |names: Node| {
            let text = ask(&lab, names, raw::ROUTE, &[("topic", "broker-s")]).text();
            let at = text.find("\"perm\":").unwrap() + "\"perm\":".len();
            text[at..].chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u32>().unwrap()
        };
        let writes = |names: Node| perm(names) & 2 != 0;
        let one = client.name_server(&at(&lab, Node::Names1));
        // A run that was ended halfway may have left it taken.
        _ = one.add_write_perm("broker-s").await.unwrap();
        let other = perm(Node::Names2);
        assert!(writes(Node::Names1) && writes(Node::Names2));
        assert!(one.wipe_write_perm("broker-s").await.unwrap() > 0);
        assert_eq!(perm(Node::Names2), other);
        assert!(!writes(Node::Names1));
        let route = one.route("broker-s").await.unwrap().unwrap();
        assert!(!route.queues["broker-s"].perm.has(Perm::WRITE));
        assert!(one.add_write_perm("broker-s").await.unwrap() > 0);
        assert!(one.route("broker-s").await.unwrap().unwrap().queues["broker-s"].perm.has(Perm::WRITE));
        assert_eq!(one.wipe_write_perm("broker-z").await, Ok(0));
    }
}

#[tokio::test]
async fn values_and_settings_of_a_name_server_are_its_own() {
    for lab in both() {
        let client = client(&lab);
        let [first, second] = [Node::Names1, Node::Names2].map(|names| client.name_server(&at(&lab, names)));
        let key = lab.unique("key");
        first.put_value("lab", &key, "broker-a:4;broker-b:4").await.unwrap();
        let raw = ask(&lab, Node::Names1, 101, &[("namespace", "lab"), ("key", &key)]);
        assert_eq!(raw.field("value"), "broker-a:4;broker-b:4");
        assert_eq!(first.value("lab", &key).await.unwrap().as_deref(), Some("broker-a:4;broker-b:4"));
        assert_eq!(second.value("lab", &key).await, Ok(None));
        first.delete_value("lab", &key).await.unwrap();
        assert_eq!(first.value("lab", &key).await, Ok(None));

        first.set_settings(&Settings::from([("productEnvName".to_owned(), "lab".to_owned())])).await.unwrap();
        assert_eq!(first.settings().await.unwrap()["productEnvName"], "lab");
        assert_eq!(second.settings().await.unwrap()["productEnvName"], "center");
    }
}

/// A slave's settings are its own and can be changed there: the one change that is no master's.
#[tokio::test]
async fn settings_are_changed_at_slaves_too() {
    for lab in both() {
        let (client, key) = (client(&lab), "slaveReadEnable");
        let slave = client.broker("broker-a", 1);
        slave.set_settings(&Settings::from([(key.to_owned(), "true".to_owned())])).await.unwrap();
        assert!(ask(&lab, Node::Slave, 26, &[]).text().contains("slaveReadEnable=true\n"));
        assert_eq!(slave.settings().await.unwrap()[key], "true");
        assert_eq!(client.broker("broker-a", 0).settings().await.unwrap()[key], "false");
        let info = slave.runtime_info().await.unwrap();
        assert_eq!(info.0["brokerVersionDesc"], format!("V{}", lab.line.version().replace('.', "_")));
        assert!(info.number("bootTimestamp").is_some_and(|booted| booted > 0));
    }
}

#[tokio::test]
async fn one_name_server_that_is_dead_does_not_matter_for_looks() {
    for lab in both() {
        let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut config = config(&lab);
        config.name_servers.insert(0, gone.to_string().parse().unwrap());
        let client = Client::new(config).unwrap();
        let topic = topic(&lab, 2);
        until("a route", async || client.any_name_server().route(&topic).await.unwrap().is_some()).await;
        assert!(client.any_name_server().topics().await.unwrap().contains(&topic));
        let each = client.each_name_server(|one| async move { one.version().await }).await;
        assert_eq!(each.values().filter(|version| version.is_ok()).count(), 2, "{each:?}");
    }
}
