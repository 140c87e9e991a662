//! The topics of a broker.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Broker, Master, names, unique};
use crate::error::{Error, Result};
use crate::json::Value;
use crate::wire::api::{
    DELETE_TOPIC_IN_BROKER, GET_ALL_TOPIC_CONFIG, GET_TOPIC_CONFIG, UPDATE_AND_CREATE_TOPIC,
    UPDATE_AND_CREATE_TOPIC_LIST,
};
use crate::wire::request::Request;

/// What may be done with a topic, or with all topics of a broker (`PermName`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Perm(pub u32);

impl Perm {
    /// Topics made from this one take over its settings.
    pub const INHERIT: Self = Self(1);
    /// Routes tell producers to write here. A broker goes on accepting what is sent nevertheless.
    pub const WRITE: Self = Self(2);
    /// Routes tell consumers to read here.
    pub const READ: Self = Self(4);
    /// Both.
    pub const READ_WRITE: Self = Self(6);

    /// Whether all of this is in it.
    #[must_use]
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

/// As the servers' own tools write it, for example `RW-`.
impl fmt::Display for Perm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (perm, letter) in [(Self::READ, "R"), (Self::WRITE, "W"), (Self::INHERIT, "X")] {
            f.write_str(if self.has(perm) { letter } else { "-" })?;
        }
        Ok(())
    }
}

/// A topic's settings at one broker (`TopicConfig`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicConfig {
    /// The topic.
    pub name: String,
    /// Queues that consumers read. A broker accepts any number, and more queues to write than to read, whose messages
    /// nobody gets.
    pub read_queues: u32,
    /// Queues that producers write.
    pub write_queues: u32,
    /// What may be done with it here.
    pub perm: Perm,
    /// Whether routes name queues in an order that is set (4.9 stores `false`, whatever it is told).
    pub order: bool,
    /// How messages are filtered: `SINGLE_TAG` or `MULTI_TAG`.
    pub filter: String,
    /// Flags of units.
    pub sys_flag: u32,
    /// Attributes, for example `message.type` (5.x; 4.9 ignores them).
    pub attributes: BTreeMap<String, String>,
}

impl TopicConfig {
    /// A topic with so many queues to read and to write, as mqadmin makes them.
    #[must_use]
    pub fn new(name: impl Into<String>, queues: u32) -> Self {
        Self {
            name: name.into(),
            read_queues: queues,
            write_queues: queues,
            perm: Perm::READ_WRITE,
            order: false,
            filter: "SINGLE_TAG".to_owned(),
            sys_flag: 0,
            attributes: BTreeMap::new(),
        }
    }

    fn read(value: &Value) -> Result<Self, String> {
        let attribute = |(key, value): &(Value, Value)| Ok((key.text()?.to_owned(), value.text()?.to_owned()));
        let attributes = value.maybe("attributes", |map| unique(map.map()?.iter().map(attribute)))?;
        Ok(Self {
            name: value.need_text("topicName")?,
            read_queues: value.need_number("readQueueNums")?,
            write_queues: value.need_number("writeQueueNums")?,
            perm: Perm(value.need_number("perm")?),
            order: value.need("order", Value::truth)?,
            filter: value.need_text("topicFilterType")?,
            sys_flag: value.need_number("topicSysFlag")?,
            attributes: attributes.unwrap_or_default(),
        })
    }

    fn check(&self) -> Result<()> {
        names::new_topic(&self.name)?;
        let is_word = |text: &str| !text.is_empty() && text.chars().all(|c| !c.is_control() && !"=,".contains(c));
        match self.attributes.iter().find(|(key, value)| !is_word(key) || !is_word(value)) {
            Some((key, value)) => Err(Error::Invalid(format!("no attribute of a topic: {key:?}={value:?}"))),
            None => Ok(()),
        }
    }

    /// Attributes are changes: `+key=value` sets, `-key` takes away.
    fn request(&self, removed: &BTreeSet<String>) -> Request {
        let set = self.attributes.iter().map(|(key, value)| format!("+{key}={value}"));
        let changes: Vec<String> = set.chain(removed.iter().map(|key| format!("-{key}"))).collect();
        Request::new(UPDATE_AND_CREATE_TOPIC)
            .with("topic", &self.name)
            // The topic that settings are taken from where none are given. It is not used and has to be there.
            .with("defaultTopic", "TBW102")
            .with("readQueueNums", self.read_queues)
            .with("writeQueueNums", self.write_queues)
            .with("perm", self.perm.0)
            .with("topicFilterType", &self.filter)
            .with("topicSysFlag", self.sys_flag)
            .with("order", self.order)
            .with_some("attributes", (!changes.is_empty()).then(|| changes.join(",")))
    }

    fn json(&self) -> Value {
        let set =
            self.attributes.iter().map(|(key, value)| (Value::Text(format!("+{key}")), Value::Text(value.clone())));
        let number = |number: u32| Value::Int(number.into());
        Value::Map(vec![
            ("topicName".into(), Value::Text(self.name.clone())),
            ("readQueueNums".into(), number(self.read_queues)),
            ("writeQueueNums".into(), number(self.write_queues)),
            ("perm".into(), number(self.perm.0)),
            ("order".into(), Value::Bool(self.order)),
            ("topicFilterType".into(), Value::Text(self.filter.clone())),
            ("topicSysFlag".into(), number(self.sys_flag)),
            ("attributes".into(), Value::Map(set.collect())),
        ])
    }
}

impl Broker {
    /// The settings of all topics here, the system's own among them (GET_ALL_TOPIC_CONFIG (21),
    /// `AdminBrokerProcessor.getAllTopicConfig`).
    ///
    /// # Errors
    /// As every call.
    pub async fn topics(&self) -> Result<BTreeMap<String, TopicConfig>> {
        self.0.ask(Request::new(GET_ALL_TOPIC_CONFIG), |answer| read_all(&answer.json()?)).await
    }

    /// The settings of one topic here; `None` if there is none (GET_TOPIC_CONFIG (351), `AdminBrokerProcessor.getTopicConfig`;
    /// brokers before 5.0 do not have it and are asked for all).
    ///
    /// # Errors
    /// As every call.
    pub async fn topic(&self, topic: &str) -> Result<Option<TopicConfig>> {
        names::existing("topic", topic)?;
        let request = Request::new(GET_TOPIC_CONFIG).with("topic", topic);
        let at = self.0.of_one_call();
        match at.ask(request, |answer| TopicConfig::read(&answer.json()?)).await {
            Err(Error::Unsupported { .. }) => Ok(Self(at).topics().await?.remove(topic)),
            other => super::found(other, crate::Code::TOPIC_NOT_EXIST),
        }
    }
}

fn read_all(body: &Value) -> Result<BTreeMap<String, TopicConfig>, String> {
    let entry = |(name, config): &(Value, Value)| {
        let name = name.text()?.to_owned();
        let config = TopicConfig::read(config).map_err(|why| format!("{name}: {why}"))?;
        Ok((name, config))
    };
    body.need("topicConfigTable", |table| unique(table.map()?.iter().map(entry)))
}

impl Master {
    /// Makes a topic here or replaces its settings, but for attributes it does not name
    /// (UPDATE_AND_CREATE_TOPIC (17), `AdminBrokerProcessor.updateAndCreateTopic`).
    ///
    /// The broker checks the name and nothing else: 0 queues and fewer to read than to write are stored, too. A system
    /// topic is refused.
    ///
    /// # Errors
    /// As every call; [`Error::Invalid`] for names that brokers do not take.
    pub async fn set_topic(&self, config: &TopicConfig) -> Result<()> {
        self.set_topic_without(config, &BTreeSet::new()).await
    }

    /// The same, and takes these attributes away (5.x).
    ///
    /// # Errors
    /// As [`set_topic`](Self::set_topic).
    pub async fn set_topic_without(&self, config: &TopicConfig, attributes: &BTreeSet<String>) -> Result<()> {
        config.check()?;
        self.at().tell(config.request(attributes)).await
    }

    /// Makes several topics or replaces their settings (UPDATE_AND_CREATE_TOPIC_LIST (18), 5.x,
    /// `AdminBrokerProcessor.updateAndCreateTopicList`). All names are checked first; then they are stored one by one.
    ///
    /// # Errors
    /// As every call; [`Error::Unsupported`] from brokers before 5.0.
    pub async fn set_topics(&self, configs: &[TopicConfig]) -> Result<()> {
        configs.iter().try_for_each(TopicConfig::check)?;
        let list = configs.iter().map(TopicConfig::json).collect();
        let body = Value::Map(vec![("topicConfigList".into(), Value::List(list))]);
        self.at().tell(Request::new(UPDATE_AND_CREATE_TOPIC_LIST).body(body.to_string())).await
    }

    /// Deletes a topic here with its messages (DELETE_TOPIC_IN_BROKER (215), `AdminBrokerProcessor.deleteTopic`). A topic
    /// that is not there is a success, too.
    ///
    /// NameServers keep the route: see [`OneNameServer::forget_topic`](crate::OneNameServer::forget_topic).
    ///
    /// # Errors
    /// As every call; a system topic is refused.
    pub async fn delete_topic(&self, topic: &str) -> Result<()> {
        names::existing("topic", topic)?;
        self.at().tell(Request::new(DELETE_TOPIC_IN_BROKER).with("topic", topic)).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_shown_as_mqadmin_shows_them() {
        let shown = |perm| Perm(perm).to_string();
        assert_eq!([shown(0), shown(2), shown(4), shown(6), shown(7)], ["---", "-W-", "R--", "RW-", "RWX"]);
        assert!(Perm::READ_WRITE.has(Perm::WRITE) && !Perm::READ.has(Perm::READ_WRITE));
    }

    #[test]
    fn attributes_that_would_arrive_as_others_are_refused() {
        for (key, value) in [("", "a"), ("a", ""), ("a=b", "c"), ("a", "b,-message.type"), ("a\n", "b")] {
            let mut config = TopicConfig::new("orders", 4);
            config.attributes.insert(key.to_owned(), value.to_owned());
            assert!(config.check().is_err(), "{key:?}={value:?}");
        }
    }
}
