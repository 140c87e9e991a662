//! Who is connected, and what clients say of themselves.

use rocketmq_admin::{Queue, Version};

use super::super::member::Member;
use super::{Node, both, group, master, topic, until};

#[tokio::test]
async fn members_are_seen_and_asked_through_the_broker() {
    for lab in both() {
        let (topic, group, master) = (topic(&lab, 2), group(&lab), master(&lab));
        assert_eq!(master.consumers(&group).await, Ok(None));
        assert_eq!(master.producers(&group, &topic).await, Ok(Vec::new()));
        let said = include_str!("../../../../../rocketmq-admin/corpus/4.9.7/307.json");
        let member = Member::join(lab.address(Node::Master), &group, &topic, "client-1", said).unwrap();
        until("a member", async || master.consumers(&group).await.unwrap().is_some()).await;
        let consumers = master.consumers(&group).await.unwrap().unwrap();
        let [client] = &consumers.clients[..] else { panic!("{consumers:?}") };
        assert_eq!((client.id.as_str(), client.version), ("client-1", Version::release(5, 5, 0)));
        assert_eq!(consumers.model, "CLUSTERING");
        assert_eq!(consumers.subscriptions[&topic].expression, "*");
        until("a producer", async || !master.producers(&group, &topic).await.unwrap().is_empty()).await;
        assert!(master.groups_of_topic(&topic).await.unwrap().contains(&group));

        let info = master.running_info(&group, "client-1", false).await.unwrap();
        assert!(info.queues.contains_key(&Queue::new("orders", "broker-a", 3)));
        assert!(member.asked().contains(&307));
        let error = master.running_info(&group, "client-2", false).await.unwrap_err();
        assert!(error.remark().is_some_and(|remark| remark.contains("client-2")), "{error}");

        drop(member);
        until("nobody", async || master.consumers(&group).await.unwrap().is_none()).await;
    }
}
