//! What a client says of itself, asked through a broker.

use std::collections::BTreeMap;

use super::connections::Subscription;
use super::queue::{PerQueue, per_queue};
use super::{Broker, names, unique};
use crate::error::Result;
use crate::json::Value;
use crate::wire::api::GET_CONSUMER_RUNNING_INFO;
use crate::wire::request::Request;

/// What a consumer says of itself (`ConsumerRunningInfo`).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RunningInfo {
    /// Its settings, by name.
    pub properties: BTreeMap<String, String>,
    /// What it reads, by topic.
    pub subscriptions: BTreeMap<String, Subscription>,
    /// The queues it reads now.
    pub queues: PerQueue<ProcessedQueue>,
    /// How it goes, by topic.
    pub topics: BTreeMap<String, ConsumeRates>,
    /// Its threads, if they were asked for.
    pub threads: Option<String>,
}

/// A queue that a client reads (`ProcessQueueInfo`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProcessedQueue {
    /// The offset it will commit next.
    pub commit: i64,
    /// Messages it holds.
    pub cached: i64,
    /// Whether it has given the queue up.
    pub dropped: bool,
    /// When it fetched last, in milliseconds.
    pub pulled: i64,
    /// When it consumed last, in milliseconds.
    pub consumed: i64,
}

/// How consuming a topic goes at one client (`ConsumeStatus`).
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct ConsumeRates {
    /// Messages per second that went well.
    pub ok: f64,
    /// Messages per second that failed.
    pub failed: f64,
    /// Messages that failed within the last hour.
    pub failed_messages: i64,
    /// Milliseconds a message.
    pub time: f64,
}

impl RunningInfo {
    pub(crate) fn read(body: &Value) -> Result<Self, String> {
        let property = |(name, value): &(Value, Value)| Ok((name.text()?.to_owned(), value.text()?.to_owned()));
        let subscription = |data: &Value| Ok((data.need_text("topic")?, Subscription::read(data)?));
        let rates = |(topic, data): &(Value, Value)| Ok((topic.text()?.to_owned(), ConsumeRates::read(data)?));
        Ok(Self {
            properties: body.need("properties", |map| unique(map.map()?.iter().map(property)))?,
            subscriptions: body.need("subscriptionSet", |set| unique(set.list()?.iter().map(subscription)))?,
            queues: body.need("mqTable", |table| per_queue(table, ProcessedQueue::read))?,
            topics: body.need("statusTable", |table| unique(table.map()?.iter().map(rates)))?,
            threads: body.maybe("jstack", |threads| threads.text().map(str::to_owned))?,
        })
    }
}

impl ProcessedQueue {
    fn read(value: &Value) -> Result<Self, String> {
        Ok(Self {
            commit: value.need_number("commitOffset")?,
            cached: value.need_number("cachedMsgCount")?,
            // So it is spelt.
            dropped: value.need("droped", Value::truth)?,
            pulled: value.need_number("lastPullTimestamp")?,
            consumed: value.need_number("lastConsumeTimestamp")?,
        })
    }
}

impl ConsumeRates {
    fn read(value: &Value) -> Result<Self, String> {
        Ok(Self {
            ok: value.need("consumeOKTPS", Value::float)?,
            failed: value.need("consumeFailedTPS", Value::float)?,
            failed_messages: value.need_number("consumeFailedMsgs")?,
            time: value.need("consumeRT", Value::float)?,
        })
    }
}

impl Broker {
    /// What a consumer that is connected here says of itself, with its threads if wished
    /// (GET_CONSUMER_RUNNING_INFO (307), `AdminBrokerProcessor.getConsumerRunningInfo`).
    ///
    /// # Errors
    /// As every call; SYSTEM_ERROR where it is not connected.
    pub async fn running_info(&self, group: &str, client_id: &str, threads: bool) -> Result<RunningInfo> {
        names::existing("group", group)?;
        names::existing("client", client_id)?;
        let request = Request::new(GET_CONSUMER_RUNNING_INFO)
            .with("consumerGroup", group)
            .with("clientId", client_id)
            .with("jstackEnable", threads);
        self.0.ask(request, |answer| RunningInfo::read(&answer.json()?)).await
    }
}
