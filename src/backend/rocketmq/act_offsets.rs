//! Acts on where groups stand.

use super::act::sum_up;
use super::side_by_side;
use engine::port::Acted;
use interlock::id::{BrokerName, GroupId, TopicName};
use interlock::plan::QueueMove;
use interlock::time::Millis;
use rocketmq_admin::{Client, Commit, Error, Master, ResetTo, Result};
use std::collections::BTreeMap;

type ByBroker<'a> = BTreeMap<&'a BrokerName, Vec<&'a QueueMove>>;

fn by_broker(moves: &[QueueMove]) -> ByBroker<'_> {
    let mut all = ByBroker::new();
    moves.iter().for_each(|one| all.entry(&one.broker).or_default().push(one));
    all
}

/// Queue by queue; brokers side by side. A broker that resets offsets itself is asked to, which also replaces a reset that
/// no client has fetched yet; at any other the offset of a stopped group is committed.
pub(super) async fn set(client: &Client, (group, running): (&GroupId, bool), moves: &[QueueMove]) -> Acted {
    let each = by_broker(moves).into_iter().map(|(broker, moves)| async move {
        let master = client.master(broker.as_str());
        let mut results = Vec::with_capacity(moves.len());
        for one in moves {
            results.push(set_one(&master, (group, running), one).await);
        }
        results
    });
    sum_up(&side_by_side::all(each).await.into_iter().flatten().collect::<Vec<_>>())
}

async fn set_one(master: &Master, (group, running): (&GroupId, bool), one: &QueueMove) -> Result<()> {
    match master.reset_queue(group.as_str(), one.topic.as_str(), one.queue, one.to).await {
        // Clients at work would write over a commit, and its answer would count.
        Err(Error::Unsupported { .. }) if !running => {}
        result => return result.map(drop),
    }
    match master.commit(group.as_str(), one.topic.as_str(), one.queue, one.to).await {
        // That nothing was stored shows when it is read back.
        Ok(Commit::Stored | Commit::ResetPending) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Each broker tells the clients that are connected to it. Without force those queues would be left alone that go forward.
pub(super) async fn tell_clients(
    client: &Client,
    (group, topic): (&GroupId, &TopicName),
    at: Option<Millis>,
    moves: &[QueueMove],
) -> Acted {
    let to = at.map_or(ResetTo::End, |at| ResetTo::Time(u64::try_from(at.0).unwrap_or(0)));
    let each = by_broker(moves).into_keys().map(|broker| async move {
        let master = client.master(broker.as_str());
        master.reset_offsets(group.as_str(), topic.as_str(), to, true).await.map(drop)
    });
    sum_up(&side_by_side::all(each).await)
}
