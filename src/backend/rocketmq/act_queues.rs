//! Queues are set at one master after the other; a master that has them already is left alone.

use super::failure::{kind, said};
use super::side_by_side;
use engine::port::{Acted, Reason};
use interlock::cluster::FailureKind;
use interlock::cluster::rocketmq::Queues;
use interlock::id::{BrokerName, TopicName};
use interlock::plan::{QueuesChange, RocketmqAction, Seed};
use rocketmq_admin::{Client, Commit, Error, Master};
use std::collections::BTreeMap;

/// Why it does not go on, and whether what was sent last may have been applied.
pub(super) struct Stopped {
    sent: bool,
    reason: Reason,
}

impl Stopped {
    pub(super) fn before(reason: Reason) -> Self {
        Self { sent: false, reason }
    }

    pub(super) fn looking(error: &Error) -> Self {
        Self::before(reason(error))
    }

    pub(super) fn changing(error: &Error) -> Self {
        Self { sent: !error.is_known_not_applied(), reason: reason(error) }
    }
}

/// Queues and first offsets; none for other actions.
pub(super) async fn act(client: &Client, action: &RocketmqAction) -> Option<Acted> {
    match action {
        RocketmqAction::SetQueues { topic, places } => Some(each(places, |place| set_one(client, topic, place)).await),
        RocketmqAction::SeedOffsets { topic, seeds } => Some(seed(client, topic, seeds).await),
        _ => None,
    }
}

/// One master after the other. Where it stops, those that follow are not begun.
pub(super) async fn each<'p, P, F>(places: &'p [P], one: impl Fn(&'p P) -> F) -> Acted
where
    F: Future<Output = Result<(), Stopped>>,
{
    let mut begun = false;
    for place in places {
        if let Err(stopped) = one(place).await {
            return broken_off(begun, stopped);
        }
        begun = true;
    }
    Acted::Applied
}

pub(super) fn broken_off(begun: bool, stopped: Stopped) -> Acted {
    if begun || stopped.sent { Acted::Unknown(stopped.reason) } else { Acted::NotApplied(stopped.reason) }
}

/// The permissions, the order, the flags and the attributes of the topic stay as they are: the master's own settings are
/// read and written back with other numbers of queues.
async fn set_one(client: &Client, topic: &TopicName, place: &QueuesChange) -> Result<(), Stopped> {
    let master = client.master(place.broker.as_str());
    let found = master.topic(topic.as_str()).await.map_err(|error| Stopped::looking(&error))?;
    let Some(mut config) = found else {
        return Err(Stopped::before(refused("topic-gone", "the master does not have it")));
    };
    let queues = Queues { read: config.read_queues, write: config.write_queues };
    if queues == place.to {
        return Ok(());
    }
    if place.to.writes_past_reads() {
        return Err(Stopped::before(refused("", &format!("{} are no queues of a topic", place.to))));
    }
    if queues != place.from {
        return Err(Stopped::before(refused("queues-changed", &format!("the master has {queues}"))));
    }
    (config.read_queues, config.write_queues) = (place.to.read, place.to.write);
    let master = client.master(place.broker.as_str());
    master.set_topic(&config).await.map_err(|error| Stopped::changing(&error))
}

/// Masters side by side; none goes on after an error of its own.
async fn seed(client: &Client, topic: &TopicName, seeds: &[Seed]) -> Acted {
    let mut by_broker: BTreeMap<&BrokerName, Vec<&Seed>> = BTreeMap::new();
    seeds.iter().for_each(|seed| by_broker.entry(&seed.broker).or_default().push(seed));
    let each = by_broker.into_iter().map(|(broker, seeds)| async move {
        let master = client.master(broker.as_str());
        let mut begun = false;
        let stopped = seed_at(&master, topic, &seeds, &mut begun).await.err();
        (begun, stopped)
    });
    let all = side_by_side::all(each).await;
    let begun = all.iter().any(|(begun, stopped)| *begun || stopped.as_ref().is_some_and(|stopped| stopped.sent));
    let stopped = all.into_iter().find_map(|(_, stopped)| stopped);
    stopped.map_or(Acted::Applied, |stopped| broken_off(begun, stopped))
}

/// Where a group has an offset meanwhile, it stays where it is: at another attempt those are passed over that were given before.
/// What is stored is told by the list of all offsets (43); asked for one queue, 4.9 says 0 where there is none.
async fn seed_at(master: &Master, topic: &TopicName, seeds: &[&Seed], begun: &mut bool) -> Result<(), Stopped> {
    let stored = master.all_offsets().await.map_err(|error| Stopped::looking(&error))?;
    let has = |seed: &Seed| {
        let queues = stored.get(&(seed.group.to_string(), topic.to_string()));
        queues.is_some_and(|queues| queues.contains_key(&seed.queue))
    };
    for seed in seeds.iter().filter(|seed| !has(seed)) {
        seed_one(master, topic, seed).await?;
        *begun = true;
    }
    Ok(())
}

async fn seed_one(master: &Master, topic: &TopicName, seed: &Seed) -> Result<(), Stopped> {
    match master.commit(seed.group.as_str(), topic.as_str(), seed.queue, seed.offset).await {
        Ok(Commit::Stored) => Ok(()),
        Ok(Commit::ResetPending) => {
            Err(Stopped::before(refused("", "a reset of the group is pending: the offset is not stored")))
        }
        Err(error) => Err(Stopped::changing(&error)),
    }
}

fn reason(error: &Error) -> Reason {
    Reason { kind: kind(error), id: String::new(), said: said(error) }
}

pub(super) fn refused(id: &str, said: &str) -> Reason {
    Reason { kind: FailureKind::Refused, id: id.to_owned(), said: said.to_owned() }
}
