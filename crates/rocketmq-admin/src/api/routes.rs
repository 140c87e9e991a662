//! What NameServers tell clients: routes, topics, and whether a broker is written to.

use std::collections::{BTreeMap, BTreeSet};

use super::cluster::BrokerAddresses;
use super::topics::Perm;
use super::{NameServer, OneNameServer, found, names, unique};
use crate::code::Code;
use crate::error::Result;
use crate::json::Value;
use crate::wire::api::{
    ADD_WRITE_PERM_OF_BROKER, Api, DELETE_TOPIC_IN_NAMESRV, GET_ALL_TOPIC_LIST_FROM_NAMESERVER, GET_ROUTEINFO_BY_TOPIC,
    GET_SYSTEM_TOPIC_LIST_FROM_NS, GET_TOPICS_BY_CLUSTER, WIPE_WRITE_PERM_OF_BROKER,
};
use crate::wire::request::{Answer, Request};

/// The route of a topic (`TopicRouteData`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TopicRoute {
    /// The queues at each broker.
    pub queues: BTreeMap<String, RouteQueues>,
    /// Where these brokers are.
    pub brokers: BTreeMap<String, BrokerAddresses>,
    /// The order of queues, where one is set: `broker-a:4;broker-b:4`.
    pub order: Option<String>,
}

/// The queues of a topic at one broker, as a route tells them (`QueueData`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouteQueues {
    /// Queues to read.
    pub read: u32,
    /// Queues to write.
    pub write: u32,
    /// What the route says may be done. 4.9 tells the broker's permission, 5.x what topic and broker both permit.
    pub perm: Perm,
    /// Flags of units.
    pub sys_flag: u32,
}

impl TopicRoute {
    pub(crate) fn read(answer: &Answer) -> Result<Self, String> {
        let body = answer.json()?;
        let queues = |data: &Value| {
            let queues = RouteQueues {
                read: data.need_number("readQueueNums")?,
                write: data.need_number("writeQueueNums")?,
                perm: Perm(data.need_number("perm")?),
                sys_flag: data.need_number("topicSysFlag")?,
            };
            Ok((data.need_text("brokerName")?, queues))
        };
        let broker = |data: &Value| Ok((data.need_text("brokerName")?, BrokerAddresses::read(data)?));
        Ok(Self {
            queues: body.need("queueDatas", |list| unique(list.list()?.iter().map(queues)))?,
            brokers: body.need("brokerDatas", |list| unique(list.list()?.iter().map(broker)))?,
            order: body.maybe("orderTopicConf", |order| order.text().map(str::to_owned))?,
        })
    }
}

/// What NameServers call their lists of topics.
fn topic_list(answer: &Answer) -> Result<BTreeSet<String>, String> {
    answer.json()?.need("topicList", Value::texts)
}

impl NameServer {
    /// The route of a topic; `None` if there is none (GET_ROUTEINFO_BY_TOPIC (105), `ClientRequestProcessor`, in 4.9
    /// `DefaultRequestProcessor.getRouteInfoByTopic`).
    ///
    /// # Errors
    /// As every call.
    pub async fn route(&self, topic: &str) -> Result<Option<TopicRoute>> {
        names::existing("topic", topic)?;
        let request = Request::new(GET_ROUTEINFO_BY_TOPIC).with("topic", topic);
        found(self.0.ask(request, TopicRoute::read).await, Code::TOPIC_NOT_EXIST)
    }

    /// The topics that have a route, the system's own among them (GET_ALL_TOPIC_LIST_FROM_NAMESERVER (206)).
    ///
    /// # Errors
    /// As every call.
    pub async fn topics(&self) -> Result<BTreeSet<String>> {
        self.0.ask(Request::new(GET_ALL_TOPIC_LIST_FROM_NAMESERVER), topic_list).await
    }

    /// The topics with a route to a broker of this cluster (GET_TOPICS_BY_CLUSTER (224)).
    ///
    /// # Errors
    /// As every call.
    pub async fn topics_of_cluster(&self, cluster: &str) -> Result<BTreeSet<String>> {
        names::existing("cluster", cluster)?;
        self.0.ask(Request::new(GET_TOPICS_BY_CLUSTER).with("cluster", cluster), topic_list).await
    }

    /// The names of all clusters and brokers, which are topics, too (GET_SYSTEM_TOPIC_LIST_FROM_NS (304)).
    ///
    /// # Errors
    /// As every call.
    pub async fn system_topics(&self) -> Result<BTreeSet<String>> {
        self.0.ask(Request::new(GET_SYSTEM_TOPIC_LIST_FROM_NS), topic_list).await
    }
}

impl OneNameServer {
    /// Takes the permission to write from all routes to a broker, at this NameServer only, until the broker is started
    /// again (WIPE_WRITE_PERM_OF_BROKER (205), `DefaultRequestProcessor.wipeWritePermOfBroker`). A broker that is not
    /// known is a success with 0.
    ///
    /// Answers how many topics have a route to it.
    ///
    /// # Errors
    /// As every call.
    pub async fn wipe_write_perm(&self, broker: &str) -> Result<u32> {
        self.of_broker(WIPE_WRITE_PERM_OF_BROKER, broker, "wipeTopicCount").await
    }

    /// Gives the permission to write back to all routes to a broker, at this NameServer only
    /// (ADD_WRITE_PERM_OF_BROKER (327), `DefaultRequestProcessor.addWritePermOfBroker`).
    ///
    /// Answers how many topics have a route to it.
    ///
    /// # Errors
    /// As every call.
    pub async fn add_write_perm(&self, broker: &str) -> Result<u32> {
        self.of_broker(ADD_WRITE_PERM_OF_BROKER, broker, "addTopicCount").await
    }

    async fn of_broker(&self, api: Api, broker: &str, count: &str) -> Result<u32> {
        names::existing("broker", broker)?;
        self.at().ask(Request::new(api).with("brokerName", broker), |answer| answer.number(count)).await
    }

    /// Forgets the route of a topic, at this NameServer only; of a topic at the brokers of one cluster, if one is given
    /// (DELETE_TOPIC_IN_NAMESRV (216), `DefaultRequestProcessor.deleteTopicInNamesrv`). A topic that is not known is a
    /// success, too; brokers that still have the topic bring the route back.
    ///
    /// # Errors
    /// As every call.
    pub async fn forget_topic(&self, topic: &str, cluster: Option<&str>) -> Result<()> {
        names::existing("topic", topic)?;
        let request = Request::new(DELETE_TOPIC_IN_NAMESRV).with("topic", topic).with_some("clusterName", cluster);
        self.at().tell(request).await
    }
}
