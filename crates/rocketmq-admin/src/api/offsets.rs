//! Offsets of queues, and of groups in them.

use super::queue::PerQueue;
use super::{Broker, Master, found, names};
use crate::code::Code;
use crate::error::{Error, Result};
use crate::version::Version;
use crate::wire::api::{
    Api, CLONE_GROUP_OFFSET, GET_EARLIEST_MSG_STORETIME, GET_MAX_OFFSET, GET_MIN_OFFSET, QUERY_CONSUMER_OFFSET,
    SEARCH_OFFSET_BY_TIMESTAMP, UPDATE_CONSUMER_OFFSET,
};
use crate::wire::request::Request;

/// What a broker says instead of storing an offset, with success as its code.
const RESET_PENDING: &str = "Offset has been previously reset";

/// What became of an offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "success of the call does not mean that the offset is stored"]
pub enum Commit {
    /// The broker says that it is stored.
    Stored,
    /// The group's clients have not fetched a reset yet that was made before: this offset is ignored (5.x).
    ResetPending,
}

fn at_queue(api: Api, topic: &str, queue: u32) -> Result<Request> {
    names::existing("topic", topic)?;
    Ok(Request::new(api).with("topic", topic).with("queueId", queue))
}

fn at_group(api: Api, group: &str, topic: &str, queue: u32) -> Result<Request> {
    names::existing("group", group)?;
    Ok(at_queue(api, topic, queue)?.with("consumerGroup", group))
}

impl Broker {
    /// The offset that the next message of a queue gets (GET_MAX_OFFSET (30), `AdminBrokerProcessor.getMaxOffset`). Of a
    /// queue or topic that is not there it is 0.
    ///
    /// # Errors
    /// As every call.
    pub async fn max_offset(&self, topic: &str, queue: u32) -> Result<i64> {
        self.0.ask(at_queue(GET_MAX_OFFSET, topic, queue)?, |answer| answer.number("offset")).await
    }

    /// The offset of the oldest message of a queue (GET_MIN_OFFSET (31), `AdminBrokerProcessor.getMinOffset`).
    ///
    /// # Errors
    /// As every call.
    pub async fn min_offset(&self, topic: &str, queue: u32) -> Result<i64> {
        self.0.ask(at_queue(GET_MIN_OFFSET, topic, queue)?, |answer| answer.number("offset")).await
    }

    /// What a broker finds for a time in milliseconds (SEARCH_OFFSET_BY_TIMESTAMP (29),
    /// `AdminBrokerProcessor.searchOffsetByTimestamp`).
    ///
    /// 5.x finds the first message of the queue that was stored then or later, and the end behind the last one. 4.9 finds the
    /// message *nearest* to the time (`ConsumeQueue.getOffsetInQueueByTime`): the one before it if that is closer, the last
    /// one behind the end, and any one of several that were stored in that very millisecond. See [`Broker::offsets_since`].
    ///
    /// # Errors
    /// As every call.
    pub async fn offset_at(&self, topic: &str, queue: u32, time: u64) -> Result<i64> {
        let request = at_queue(SEARCH_OFFSET_BY_TIMESTAMP, topic, queue)?.with("timestamp", long("time", time)?);
        self.0.ask(request, |answer| answer.number("offset")).await
    }

    /// For the queues from 0 on, so many of them: where to begin so as to get every message that was stored at this time or
    /// later, in milliseconds. That is the offset of the first such message, or the end of the queue. From 4.9, which finds the
    /// message nearest to a time, it can be one message before that, or those of the millisecond before.
    ///
    /// # Errors
    /// As every call; TOPIC_NOT_EXIST from 4.9.
    pub async fn offsets_since(&self, topic: &str, queues: u32, time: u64) -> Result<Vec<i64>> {
        let finds_nearest = self.version().await? < Version::release(5, 0, 0);
        let newest = if finds_nearest { self.topic_stats(topic).await? } else { PerQueue::new() };
        let asked = if finds_nearest { time.saturating_sub(1) } else { time };
        let time = long("time", time)?;
        let mut all = Vec::new();
        for queue in 0..queues {
            // Queues that are closed for writing are not told of. Of these the last message is read once more.
            let ended = newest.iter().find(|(of, found)| of.id == queue && found.updated < time);
            all.push(match ended {
                Some((_, found)) => found.max,
                None => self.offset_at(topic, queue, asked).await?,
            });
        }
        Ok(all)
    }

    /// When the oldest message of a queue was stored, in milliseconds; negative if there is none
    /// (GET_EARLIEST_MSG_STORETIME (32), `AdminBrokerProcessor.getEarliestMsgStoretime`).
    ///
    /// # Errors
    /// As every call.
    pub async fn earliest_time(&self, topic: &str, queue: u32) -> Result<i64> {
        self.0.ask(at_queue(GET_EARLIEST_MSG_STORETIME, topic, queue)?, |answer| answer.number("timestamp")).await
    }

    /// The offset that a group committed in a queue; `None` if it committed none (QUERY_CONSUMER_OFFSET (14),
    /// `ConsumerManageProcessor.queryConsumerOffset`).
    ///
    /// 4.9 says 0 instead of none as long as the queue has its first message in memory; 5.x is told not to.
    ///
    /// # Errors
    /// As every call.
    pub async fn committed(&self, group: &str, topic: &str, queue: u32) -> Result<Option<i64>> {
        let request = at_group(QUERY_CONSUMER_OFFSET, group, topic, queue)?.with("setZeroIfNotFound", false);
        found(self.0.ask(request, |answer| answer.number("offset")).await, Code::QUERY_NOT_FOUND)
    }
}

impl Master {
    /// Sets the offset of a group in a queue (UPDATE_CONSUMER_OFFSET (15),
    /// `ConsumerManageProcessor.updateConsumerOffset`).
    ///
    /// The broker stores any offset, also one past the end; 4.9 for groups and topics that are not there, too. A client
    /// that reads the queue goes on from where it is and commits that.
    ///
    /// # Errors
    /// As every call; from 5.x SUBSCRIPTION_GROUP_NOT_EXIST, TOPIC_NOT_EXIST.
    pub async fn commit(&self, group: &str, topic: &str, queue: u32, offset: i64) -> Result<Commit> {
        let request = at_group(UPDATE_CONSUMER_OFFSET, group, topic, queue)?;
        if offset < 0 {
            return Err(Error::Invalid(format!("no offset: {offset}")));
        }
        self.at()
            .ask(request.with("commitOffset", offset), |answer| {
                let pending = answer.remark.as_deref() == Some(RESET_PENDING);
                Ok(if pending { Commit::ResetPending } else { Commit::Stored })
            })
            .await
    }

    /// Gives a group the offsets that another has here, in one topic or in all of its topics (CLONE_GROUP_OFFSET (314),
    /// `AdminBrokerProcessor.cloneGroupOffset`). `offline` also takes topics that the clients of the other group do not
    /// read now. What is not there is left out without a word.
    ///
    /// # Errors
    /// As every call.
    pub async fn clone_offsets(&self, from: &str, to: &str, topic: Option<&str>, offline: bool) -> Result<()> {
        names::existing("group", from)?;
        names::existing("group", to)?;
        let request = Request::new(CLONE_GROUP_OFFSET)
            .with("srcGroup", from)
            .with("destGroup", to)
            .with_some("topic", topic)
            .with("offline", offline);
        self.at().tell(request).await
    }
}

/// A number that Java can read.
pub(crate) fn long(what: &str, number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| Error::Invalid(format!("no {what}: {number}")))
}
