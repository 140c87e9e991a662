//! The consumer groups of a broker.

use std::collections::BTreeMap;

use super::{Broker, Master, found, names, unique};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::json::{Value, parse};
use crate::wire::api::{
    DELETE_SUBSCRIPTIONGROUP, GET_ALL_SUBSCRIPTIONGROUP_CONFIG, GET_SUBSCRIPTIONGROUP_CONFIG,
    UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST,
};
use crate::wire::request::Request;

/// A group's settings at one broker (`SubscriptionGroupConfig`).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GroupConfig {
    /// The group.
    pub name: String,
    /// Whether it may consume at all.
    pub consume: bool,
    /// Whether it may begin with the oldest message.
    pub from_min: bool,
    /// Whether it may consume by broadcast.
    pub broadcast: bool,
    /// Queues of its retry topic.
    pub retry_queues: u32,
    /// How often a message is tried again before it goes to `%DLQ%`.
    pub retry_max: u32,
    /// The process it reads from: 0 is the master.
    pub broker_id: u64,
    /// The process it is sent to when it is slow.
    pub when_slow: u64,
    /// Whether its clients are told when one comes or goes.
    pub notify: bool,
    /// Everything else, as the broker sent it. It goes along when these settings are written to another broker.
    rest: Vec<(Value, Value)>,
}

impl GroupConfig {
    /// A group as mqadmin makes it.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            consume: true,
            from_min: false,
            broadcast: false,
            retry_queues: 1,
            retry_max: 16,
            broker_id: 0,
            when_slow: 1,
            notify: true,
            rest: Vec::new(),
        }
    }

    fn read(value: &Value) -> Result<Self, String> {
        let mut config = Self {
            name: value.need_text("groupName")?,
            consume: value.need("consumeEnable", Value::truth)?,
            from_min: value.need("consumeFromMinEnable", Value::truth)?,
            broadcast: value.need("consumeBroadcastEnable", Value::truth)?,
            retry_queues: value.need_number("retryQueueNums")?,
            retry_max: value.need_number("retryMaxTimes")?,
            broker_id: value.need_number("brokerId")?,
            when_slow: value.need_number("whichBrokerWhenConsumeSlowly")?,
            notify: value.need("notifyConsumerIdsChangedEnable", Value::truth)?,
            rest: Vec::new(),
        };
        let named = config.named();
        let is_rest = |(key, _): &&(Value, Value)| !named.iter().any(|(known, _)| known == key);
        config.rest = value.map()?.iter().filter(is_rest).cloned().collect();
        Ok(config)
    }

    /// The fields that have a name here. What the wire leaves out gets Java's defaults, which are not mqadmin's.
    fn named(&self) -> Vec<(Value, Value)> {
        let number = |number: u64| i64::try_from(number).map_or(Value::Int(i64::MAX), Value::Int);
        vec![
            ("groupName".into(), Value::Text(self.name.clone())),
            ("consumeEnable".into(), Value::Bool(self.consume)),
            ("consumeFromMinEnable".into(), Value::Bool(self.from_min)),
            ("consumeBroadcastEnable".into(), Value::Bool(self.broadcast)),
            ("retryQueueNums".into(), number(self.retry_queues.into())),
            ("retryMaxTimes".into(), number(self.retry_max.into())),
            ("brokerId".into(), number(self.broker_id)),
            ("whichBrokerWhenConsumeSlowly".into(), number(self.when_slow)),
            ("notifyConsumerIdsChangedEnable".into(), Value::Bool(self.notify)),
        ]
    }

    fn json(&self) -> Value {
        let mut fields = self.named();
        fields.extend(self.rest.iter().cloned());
        Value::Map(fields)
    }

    /// The same as a request takes them: attributes (5.x) are changes there (`AttributeUtil`), so each is set with a `+`.
    fn as_changes(&self) -> Value {
        let mut fields = self.named();
        fields.extend(self.rest.iter().map(|(key, value)| match (key.text(), value) {
            (Ok("attributes"), Value::Map(all)) => (key.clone(), Value::Map(all.iter().map(added).collect())),
            _ => (key.clone(), value.clone()),
        }));
        Value::Map(fields)
    }

    /// All of the settings as one text, to keep them: those without a name here as well.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.json().to_string()
    }

    /// What [`to_json`](Self::to_json) gave.
    ///
    /// # Errors
    /// [`Error::Invalid`] if it is something else.
    pub fn from_json(text: &str) -> Result<Self> {
        let value = parse(text.as_bytes()).map_err(Error::Invalid)?;
        Self::read(&value).map_err(Error::Invalid)
    }

    /// Whether every setting that is named here is the same in both.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        self.named() == other.named()
    }
}

fn added((key, value): &(Value, Value)) -> (Value, Value) {
    match key.text() {
        Ok(name) if !name.starts_with(['+', '-']) => (Value::Text(format!("+{name}")), value.clone()),
        _ => (key.clone(), value.clone()),
    }
}

impl Broker {
    /// The settings of all groups here, the system's own among them (GET_ALL_SUBSCRIPTIONGROUP_CONFIG (201),
    /// `AdminBrokerProcessor.getAllSubscriptionGroup`).
    ///
    /// # Errors
    /// As every call.
    pub async fn groups(&self) -> Result<BTreeMap<String, GroupConfig>> {
        self.0.ask(Request::new(GET_ALL_SUBSCRIPTIONGROUP_CONFIG), |answer| read_all(&answer.json()?)).await
    }

    /// The settings of one group here; `None` if there is none (GET_SUBSCRIPTIONGROUP_CONFIG (352),
    /// `AdminBrokerProcessor.getSubscriptionGroup`; brokers before 5.0 do not have it and are asked for all).
    ///
    /// Where groups are made by themselves (`autoCreateSubscriptionGroup`, on by default) a broker of 5.x makes the group for being
    /// asked (`SubscriptionGroupManager.findSubscriptionGroupConfig`): only [`groups`](Self::groups) tells whether there is one.
    ///
    /// # Errors
    /// As every call.
    pub async fn group(&self, group: &str) -> Result<Option<GroupConfig>> {
        names::existing("group", group)?;
        let request = Request::new(GET_SUBSCRIPTIONGROUP_CONFIG).with("group", group);
        let at = self.0.of_one_call();
        match at.ask(request, |answer| GroupConfig::read(&answer.json()?)).await {
            Err(Error::Unsupported { .. }) => Ok(Self(at).groups().await?.remove(group)),
            other => found(other, Code::SUBSCRIPTION_GROUP_NOT_EXIST),
        }
    }
}

fn read_all(body: &Value) -> Result<BTreeMap<String, GroupConfig>, String> {
    let entry = |(name, config): &(Value, Value)| {
        let name = name.text()?.to_owned();
        let config = GroupConfig::read(config).map_err(|why| format!("{name}: {why}"))?;
        Ok((name, config))
    };
    body.need("subscriptionGroupTable", |table| unique(table.map()?.iter().map(entry)))
}

impl Master {
    /// Makes a group here or replaces its settings (UPDATE_AND_CREATE_SUBSCRIPTIONGROUP (200),
    /// `AdminBrokerProcessor.updateAndCreateSubscriptionGroup`).
    ///
    /// # Errors
    /// As every call; [`Error::Invalid`] for names that clients and brokers of 5.x do not take (4.9 takes any).
    pub async fn set_group(&self, config: &GroupConfig) -> Result<()> {
        names::new_group(&config.name)?;
        let body = config.as_changes().to_string();
        self.at().tell(Request::new(UPDATE_AND_CREATE_SUBSCRIPTIONGROUP).body(body)).await
    }

    /// Makes several groups or replaces their settings (UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST (225), 5.x,
    /// `AdminBrokerProcessor.updateAndCreateSubscriptionGroupList`).
    ///
    /// # Errors
    /// As [`set_group`](Self::set_group); [`Error::Unsupported`] from brokers before 5.0.
    pub async fn set_groups(&self, configs: &[GroupConfig]) -> Result<()> {
        configs.iter().try_for_each(|config| names::new_group(&config.name))?;
        let list = configs.iter().map(GroupConfig::as_changes).collect();
        let body = Value::Map(vec![("groupConfigList".into(), Value::List(list))]);
        self.at().tell(Request::new(UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST).body(body.to_string())).await
    }

    /// Deletes a group here, with its offsets if wished (DELETE_SUBSCRIPTIONGROUP (207),
    /// `AdminBrokerProcessor.deleteSubscriptionGroup`). A group that is not there is a success, too.
    ///
    /// # Errors
    /// As every call.
    pub async fn delete_group(&self, group: &str, with_offsets: bool) -> Result<()> {
        names::existing("group", group)?;
        let request = Request::new(DELETE_SUBSCRIPTIONGROUP)
            .with("groupName", group)
            // One field in two spellings: 4.9 reads the first, 5.x the second.
            .with("removeOffset", with_offsets)
            .with("cleanOffset", with_offsets);
        self.at().tell(request).await
    }
}
