//! Resetting offsets of a group.

use super::offsets::long;
use super::queue::{PerQueue, per_queue};
use super::{Broker, Master, names};
use crate::error::{Error, Result};
use crate::json::Value;
use crate::wire::api::INVOKE_BROKER_TO_RESET_OFFSET;
use crate::wire::request::{Answer, Request};

/// Where a group is reset to. On the wire a time that is no number counts as 0, and 5.x resets to the first message and
/// answers success; here it is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetTo {
    /// The end of each queue.
    End,
    /// The first message stored at this time or later, in milliseconds.
    Time(u64),
}

impl ResetTo {
    fn wire(self) -> Result<i64> {
        match self {
            Self::End => Ok(-1),
            Self::Time(time) => long("time", time),
        }
    }
}

/// The setting that tells brokers of 5.x to reset offsets themselves. 4.9 does not have it.
const BY_THE_BROKER: &str = "useServerSideResetOffset";

fn request(group: &str, topic: &str, time: i64, force: bool) -> Result<Request> {
    names::existing("group", group)?;
    names::existing("topic", topic)?;
    Ok(Request::new(INVOKE_BROKER_TO_RESET_OFFSET)
        .with("group", group)
        .with("topic", topic)
        .with("timestamp", time)
        .with("isForce", force))
}

fn targets(answer: &Answer) -> Result<PerQueue<i64>, String> {
    answer.json()?.need("offsetTable", |table| per_queue(table, Value::int))
}

impl Master {
    /// Resets a group in a topic, in all queues here that may be read (INVOKE_BROKER_TO_RESET_OFFSET (222),
    /// `AdminBrokerProcessor.resetOffset`). Answers where each queue is reset to; that it is, shows some seconds later.
    ///
    /// 5.x notes it and hands it to clients at their next fetch, connected or not. 4.9 tells the clients that are
    /// connected: CONSUMER_NOT_ONLINE if none is, SYSTEM_ERROR for a group that has no offset in one of the queues. Without `force` 4.9
    /// leaves queues alone that would go forward.
    ///
    /// # Errors
    /// As every call; from 5.x SUBSCRIPTION_GROUP_NOT_EXIST, TOPIC_NOT_EXIST.
    pub async fn reset_offsets(&self, group: &str, topic: &str, to: ResetTo, force: bool) -> Result<PerQueue<i64>> {
        let request = request(group, topic, to.wire()?, force)?;
        self.at().ask(request, targets).await
    }

    /// Resets a group in one queue to an offset (the same request with queue and offset, 5.x). The broker refuses an
    /// offset outside of the queue.
    ///
    /// A broker that does not reset offsets itself would read the request as one for all queues, so its settings are
    /// looked at first.
    ///
    /// # Errors
    /// As every call; [`Error::Unsupported`] where the broker leaves resetting to clients.
    pub async fn reset_queue(&self, group: &str, topic: &str, queue: u32, offset: i64) -> Result<PerQueue<i64>> {
        let request = request(group, topic, -1, true)?.with("queueId", queue).with("offset", offset);
        // -1 would stand for "by time", and with it for the end.
        if offset < 0 {
            return Err(Error::Invalid(format!("no offset: {offset}")));
        }
        let at = self.at().of_one_call();
        if Broker(at.clone()).settings().await?.get(BY_THE_BROKER).is_none_or(|set| set != "true") {
            let remark = Some(format!("{BY_THE_BROKER} is not set there"));
            let server = at.route.to_string();
            return Err(Error::Unsupported { api: INVOKE_BROKER_TO_RESET_OFFSET.name, server, remark });
        }
        at.ask(request, targets).await
    }
}
