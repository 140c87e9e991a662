//! How far queues and groups are, as brokers sum it up.
//!
//! These figures mislead in places: [`Broker::topic_stats`] leaves out queues that are closed for writing (4.9), and
//! [`Broker::consume_stats`] says 0 for a group without an offset. [`Broker::max_offset`] and [`Broker::committed`] do not.

use std::collections::BTreeMap;

use super::queue::{PerQueue, Queue, per_queue};
use super::{Broker, names, unique};
use crate::error::Result;
use crate::json::Value;
use crate::wire::api::{
    GET_ALL_CONSUMER_OFFSET, GET_BROKER_CONSUME_STATS, GET_CONSUME_STATS, GET_TOPIC_STATS_INFO, QUERY_CONSUME_TIME_SPAN,
};
use crate::wire::request::Request;

/// The offsets of a queue (`TopicOffset`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct QueueOffsets {
    /// Of the oldest message.
    pub min: i64,
    /// Of the next message.
    pub max: i64,
    /// When the newest message was stored, in milliseconds; 0 if there is none.
    pub updated: i64,
}

/// How far a group is (`ConsumeStats`).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ConsumeStats {
    /// Messages per second.
    pub tps: f64,
    /// In each queue that it has an offset in, or a client that reads it.
    pub queues: PerQueue<Consumed>,
}

/// How far a group is in one queue (`OffsetWrapper`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Consumed {
    /// The offset of the next message that will be stored.
    pub broker: i64,
    /// The offset the group committed; 0 also where it committed none.
    pub consumer: i64,
    /// When the last message that was consumed was stored, in milliseconds; 0 if it is gone.
    pub last: i64,
    /// How far messages were fetched (5.x).
    pub pulled: Option<i64>,
}

impl ConsumeStats {
    fn read(value: &Value) -> Result<Self, String> {
        Ok(Self {
            tps: value.need("consumeTps", Value::float)?,
            queues: value.need("offsetTable", |table| per_queue(table, Consumed::read))?,
        })
    }
}

impl Consumed {
    fn read(value: &Value) -> Result<Self, String> {
        Ok(Self {
            broker: value.need_number("brokerOffset")?,
            consumer: value.need_number("consumerOffset")?,
            last: value.need_number("lastTimestamp")?,
            pulled: value.maybe("pullOffset", Value::int)?,
        })
    }
}

/// What a group still has to read in one queue, by time (`QueueTimeSpan`).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TimeSpan {
    /// The queue.
    pub queue: Queue,
    /// When the oldest message was stored, in milliseconds.
    pub min: i64,
    /// When the newest message was stored.
    pub max: i64,
    /// When the last consumed message was stored.
    pub consumed: i64,
    /// How long ago the first message was stored that was not consumed; 0 if there is none.
    pub delay: i64,
}

impl TimeSpan {
    fn read(value: &Value) -> Result<Self, String> {
        Ok(Self {
            queue: value.need("messageQueue", Queue::read)?,
            min: value.need_number("minTimeStamp")?,
            max: value.need_number("maxTimeStamp")?,
            consumed: value.need_number("consumeTimeStamp")?,
            delay: value.need_number("delayTime")?,
        })
    }
}

/// The offsets of groups, by group and topic and then by queue.
pub type GroupOffsets = BTreeMap<(String, String), BTreeMap<u32, i64>>;

impl Broker {
    /// The offsets of a topic's queues here (GET_TOPIC_STATS_INFO (202), `AdminBrokerProcessor.getTopicStatsInfo`). Only
    /// queues that may be read are in it, in 4.9 only those that may be written.
    ///
    /// # Errors
    /// As every call; TOPIC_NOT_EXIST.
    pub async fn topic_stats(&self, topic: &str) -> Result<PerQueue<QueueOffsets>> {
        names::existing("topic", topic)?;
        let offsets = |value: &Value| {
            Ok(QueueOffsets {
                min: value.need_number("minOffset")?,
                max: value.need_number("maxOffset")?,
                updated: value.need_number("lastUpdateTimestamp")?,
            })
        };
        self.0
            .ask(Request::new(GET_TOPIC_STATS_INFO).with("topic", topic), |answer| {
                answer.json()?.need("offsetTable", |table| per_queue(table, offsets))
            })
            .await
    }

    /// How far a group is here, in one topic or in all of its topics (GET_CONSUME_STATS (208),
    /// `AdminBrokerProcessor.getConsumeStats`). A group that is not known has no queues.
    ///
    /// # Errors
    /// As every call.
    pub async fn consume_stats(&self, group: &str, topic: Option<&str>) -> Result<ConsumeStats> {
        names::existing("group", group)?;
        let request = Request::new(GET_CONSUME_STATS).with("consumerGroup", group).with_some("topic", topic);
        self.0.ask(request, |answer| ConsumeStats::read(&answer.json()?)).await
    }

    /// How far all groups are here; one entry for each topic (GET_BROKER_CONSUME_STATS (317),
    /// `AdminBrokerProcessor.fetchAllConsumeStatsInBroker`).
    ///
    /// # Errors
    /// As every call.
    pub async fn all_consume_stats(&self, ordered_topics: bool) -> Result<BTreeMap<String, Vec<ConsumeStats>>> {
        let group = |(group, list): &(Value, Value)| {
            let stats: Result<Vec<_>, String> = list.list()?.iter().map(ConsumeStats::read).collect();
            Ok((group.text()?.to_owned(), stats?))
        };
        self.0
            .ask(Request::new(GET_BROKER_CONSUME_STATS).with("isOrder", ordered_topics), |answer| {
                let body = answer.json()?;
                let list = body.need("consumeStatsList", Value::list)?;
                let maps: Result<Vec<_>, String> = list.iter().map(Value::map).collect();
                unique(maps?.into_iter().flatten().map(group))
            })
            .await
    }

    /// The committed offsets of all groups here (GET_ALL_CONSUMER_OFFSET (43),
    /// `AdminBrokerProcessor.getAllConsumerOffset`).
    ///
    /// # Errors
    /// As every call.
    pub async fn all_offsets(&self) -> Result<GroupOffsets> {
        let queue = |(id, offset): &(Value, Value)| {
            let id = id.number_key()?;
            Ok((u32::try_from(id).map_err(|_| format!("queue {id}"))?, offset.int()?))
        };
        let entry = |(key, offsets): &(Value, Value)| {
            let key = key.text()?;
            // No topic has an @ in its name.
            let (topic, group) = key.split_once('@').ok_or_else(|| format!("no topic@group: {key:?}"))?;
            Ok(((group.to_owned(), topic.to_owned()), unique(offsets.map()?.iter().map(queue))?))
        };
        self.0
            .ask(Request::new(GET_ALL_CONSUMER_OFFSET), |answer| {
                answer.json()?.need("offsetTable", |table| unique(table.map()?.iter().map(entry)))
            })
            .await
    }

    /// What a group still has to read of a topic here, by time (QUERY_CONSUME_TIME_SPAN (303),
    /// `AdminBrokerProcessor.queryConsumeTimeSpan`).
    ///
    /// # Errors
    /// As every call; TOPIC_NOT_EXIST.
    pub async fn time_spans(&self, group: &str, topic: &str) -> Result<Vec<TimeSpan>> {
        names::existing("group", group)?;
        names::existing("topic", topic)?;
        let request = Request::new(QUERY_CONSUME_TIME_SPAN).with("topic", topic).with("group", group);
        self.0
            .ask(request, |answer| {
                let body = answer.json()?;
                body.need("consumeTimeSpanSet", Value::list)?.iter().map(TimeSpan::read).collect()
            })
            .await
    }
}
