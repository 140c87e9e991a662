//! Who is connected to a broker.

use std::collections::{BTreeMap, BTreeSet};

use super::{Broker, found, names, unique};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::json::Value;
use crate::version::Version;
use crate::wire::api::{
    GET_ALL_PRODUCER_INFO, GET_CONSUMER_CONNECTION_LIST, GET_PRODUCER_CONNECTION_LIST, QUERY_TOPIC_CONSUME_BY_WHO,
    QUERY_TOPICS_BY_CONSUMER,
};
use crate::wire::request::Request;

/// A client that is connected (`Connection`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientConnection {
    /// How it calls itself.
    pub id: String,
    /// Where it comes from.
    pub address: String,
    /// The language it is written in.
    pub language: String,
    /// Its version.
    pub version: Version,
}

impl ClientConnection {
    fn read(value: &Value) -> Result<Self, String> {
        Ok(Self {
            id: value.need_text("clientId")?,
            address: value.need_text("clientAddr")?,
            // A language that the broker does not know is left out.
            language: value.maybe("language", |name| name.text().map(str::to_owned))?.unwrap_or_default(),
            version: Version::of_ordinal(value.need_number("version")?),
        })
    }
}

fn connections(body: &Value) -> Result<Vec<ClientConnection>, String> {
    let mut all: Vec<ClientConnection> =
        body.need("connectionSet", |set| set.list()?.iter().map(ClientConnection::read).collect())?;
    all.sort_by(|one, other| (&one.id, &one.address).cmp(&(&other.id, &other.address)));
    Ok(all)
}

/// The clients of a group that are connected, and what they agreed on (`ConsumerConnection`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Consumers {
    /// The clients.
    pub clients: Vec<ClientConnection>,
    /// What they read: the expression by topic.
    pub subscriptions: BTreeMap<String, Subscription>,
    /// `CLUSTERING`: each message goes to one of them, or `BROADCASTING`: to each.
    pub model: String,
    /// `CONSUME_PASSIVELY` (push) or `CONSUME_ACTIVELY` (pull).
    pub kind: String,
    /// Where a group without offsets begins.
    pub from: String,
}

/// What is read of a topic (`SubscriptionData`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subscription {
    /// `*`, tags, or an SQL expression.
    pub expression: String,
    /// `TAG` or `SQL92`.
    pub kind: String,
}

impl Subscription {
    pub(crate) fn read(value: &Value) -> Result<Self, String> {
        Ok(Self { expression: value.need_text("subString")?, kind: value.need_text("expressionType")? })
    }
}

impl Consumers {
    fn read(body: &Value) -> Result<Self, String> {
        let entry = |(topic, data): &(Value, Value)| Ok((topic.text()?.to_owned(), Subscription::read(data)?));
        Ok(Self {
            clients: connections(body)?,
            subscriptions: body.need("subscriptionTable", |table| unique(table.map()?.iter().map(entry)))?,
            model: body.need_text("messageModel")?,
            kind: body.need_text("consumeType")?,
            from: body.need_text("consumeFromWhere")?,
        })
    }
}

impl Broker {
    /// The clients of a group that are connected here; `None` if there is none (GET_CONSUMER_CONNECTION_LIST (203),
    /// `AdminBrokerProcessor.getConsumerConnectionList`).
    ///
    /// # Errors
    /// As every call.
    pub async fn consumers(&self, group: &str) -> Result<Option<Consumers>> {
        names::existing("group", group)?;
        let request = Request::new(GET_CONSUMER_CONNECTION_LIST).with("consumerGroup", group);
        found(self.0.ask(request, |answer| Consumers::read(&answer.json()?)).await, Code::CONSUMER_NOT_ONLINE)
    }

    /// The producers of a group that are connected here (GET_PRODUCER_CONNECTION_LIST (204),
    /// `AdminBrokerProcessor.getProducerConnectionList`). `topic` is demanded and not looked at.
    ///
    /// # Errors
    /// As every call.
    pub async fn producers(&self, group: &str, topic: &str) -> Result<Vec<ClientConnection>> {
        names::existing("group", group)?;
        let request = Request::new(GET_PRODUCER_CONNECTION_LIST).with("producerGroup", group).with("topic", topic);
        match self.0.ask(request, |answer| connections(&answer.json()?)).await {
            Err(error) if says_no_producers(&error) => Ok(Vec::new()),
            other => other,
        }
    }

    /// The producers that are connected here, by group (GET_ALL_PRODUCER_INFO (328),
    /// `AdminBrokerProcessor.getAllProducerInfo`). The broker does not know which topics they write to.
    ///
    /// # Errors
    /// As every call; [`Error::Unsupported`] from brokers before 4.9.4.
    pub async fn all_producers(&self) -> Result<BTreeMap<String, Vec<ClientConnection>>> {
        self.0.ask(Request::new(GET_ALL_PRODUCER_INFO), |answer| read_producers(&answer.json()?)).await
    }

    /// The groups that read a topic here: connected, or with an offset (QUERY_TOPIC_CONSUME_BY_WHO (300),
    /// `AdminBrokerProcessor.queryTopicConsumeByWho`). A group that did neither here yet is not among them.
    ///
    /// # Errors
    /// As every call.
    pub async fn groups_of_topic(&self, topic: &str) -> Result<BTreeSet<String>> {
        names::existing("topic", topic)?;
        let request = Request::new(QUERY_TOPIC_CONSUME_BY_WHO).with("topic", topic);
        self.0.ask(request, |answer| answer.json()?.need("groupList", Value::texts)).await
    }

    /// The topics that a group has an offset in here (QUERY_TOPICS_BY_CONSUMER (343), 5.x,
    /// `AdminBrokerProcessor.queryTopicsByConsumer`).
    ///
    /// # Errors
    /// As every call; [`Error::Unsupported`] from brokers before 5.0.
    pub async fn topics_of_group(&self, group: &str) -> Result<BTreeSet<String>> {
        names::existing("group", group)?;
        let request = Request::new(QUERY_TOPICS_BY_CONSUMER).with("group", group);
        self.0.ask(request, |answer| answer.json()?.need("topicList", Value::texts)).await
    }
}

/// What `ProducerTableInfo` says: the fields are called otherwise than those of a connection.
fn read_producers(body: &Value) -> Result<BTreeMap<String, Vec<ClientConnection>>, String> {
    let client = |value: &Value| {
        Ok::<_, String>(ClientConnection {
            id: value.need_text("clientId")?,
            address: value.need_text("remoteIP")?,
            language: value.maybe("language", |name| name.text().map(str::to_owned))?.unwrap_or_default(),
            version: Version::of_ordinal(value.need_number("version")?),
        })
    };
    let group = |(name, list): &(Value, Value)| {
        let mut clients: Vec<ClientConnection> = list.list()?.iter().map(client).collect::<Result<_, _>>()?;
        clients.sort_by(|one, other| (&one.id, &one.address).cmp(&(&other.id, &other.address)));
        Ok((name.text()?.to_owned(), clients))
    };
    body.need("data", |table| unique(table.map()?.iter().map(group)))
}

/// There is no code of its own for it.
fn says_no_producers(error: &Error) -> bool {
    let remark = error.remark().unwrap_or_default();
    error.code() == Some(Code::SYSTEM_ERROR)
        && remark.starts_with("the producer group[")
        && remark.ends_with("] not exist")
}
