//! The story's third change, on RocketMQ: a stopped group is to read everything again, and is taken back to where it stood.

use super::told::{NotTold, Teller};
use super::witness::Books;
use engine::port::{Boxed, Journal, Observe};
use engine::{History, Operation};
use interlock::approval::State;
use interlock::cluster::rocketmq::RocketmqQuery;
use interlock::cluster::{Look, Looker, Query};
use interlock::id::GroupId;
use interlock::plan::{Action, RocketmqAction};
use std::collections::{BTreeMap, BTreeSet};

/// Where a group stands, by topic, broker and queue.
pub type Standing = BTreeMap<(String, String, u32), i64>;

/// Tells where groups of a RocketMQ cluster really stand.
pub trait Accountant: Send + Sync {
    /// Every offset that the brokers keep of a group.
    fn standing<'a>(&'a self, group: &'a str) -> Boxed<'a, Result<Standing, String>>;
}

/// A group that is to read again from the beginning.
pub struct Replay<'a> {
    /// The RocketMQ cluster, by name.
    pub cluster: &'a str,
    /// A stopped group with offsets that are not at the beginning.
    pub group: &'a str,
    /// Who tells where it stands.
    pub accountant: &'a dyn Accountant,
}

impl Accountant for Books {
    fn standing<'a>(&'a self, group: &'a str) -> Boxed<'a, Result<Standing, String>> {
        Box::pin(async move {
            let group: GroupId = group.parse().map_err(|error| format!("{group} {error}"))?;
            let cluster = self.fleet.get(&self.cluster).ok_or("no such cluster")?;
            let query = Query::Rocketmq(RocketmqQuery::Committed(group.clone()));
            let sections = Observe::observe(cluster.as_ref(), &BTreeSet::from([query])).await;
            let found = match Looker::new(&sections).rocketmq_committed(&group) {
                Look::Seen(found) if found.is_whole() => found,
                Look::Seen(_) => return Err("a broker says nothing".to_owned()),
                Look::Failed(failure) => return Err(failure.said.clone()),
                Look::Ask => return Err("not asked".to_owned()),
            };
            let one = |one: &interlock::cluster::rocketmq::CommittedOffset| {
                ((one.topic.to_string(), one.broker.to_string(), one.queue), one.offset)
            };
            Ok(found.seen.iter().map(one).collect())
        })
    }
}

impl Teller<'_> {
    /// Plan, votes, what was kept and what was set, the proof, the way back.
    pub(super) async fn replays(&mut self, replay: &Replay<'_>) -> Result<(), NotTold> {
        let before = accounted(replay).await?;
        self.says("9. The next cluster is RocketMQ. alice asks for a reset there in the same words.")?;
        let line = format!(
            "/reset-offset cluster:{} group:{} to:earliest reason:\"replay for the demo\"",
            replay.cluster, replay.group
        );
        let operation = self.asks("alice", &line, "reset-offset").await?;
        self.says(
            "10. bob and carol approve. Where the group stands is kept first; then it is set, and it is watched.",
        )?;
        self.approves("bob", &operation).await?;
        self.expects(&operation, State::AwaitingApproval).await?;
        let done = self.approved_by("carol", &operation).await?;

        self.says("11. The brokers' books: does the group stand where the journal says it was set?")?;
        let set = self.set_by(&done).await?;
        let after = accounted(replay).await?;
        self.accounts(&after, &set, "the journal")?;
        if after == before {
            return Err(NotTold::Breaks(format!("{} stands where it stood", replay.group)));
        }

        self.says("12. alice takes it back; the first approval covers it, she confirms.")?;
        let back = self.asks("alice", &format!("/rollback operation:{}", operation.id), "rollback").await?;
        self.approved_by("alice", &back).await?;
        let restored = accounted(replay).await?;
        self.accounts(&restored, &before, "what stood before")
    }

    /// What the rule of the plan came to, as it was fixed in the journal before it was sent.
    async fn set_by(&self, operation: &Operation) -> Result<Standing, NotTold> {
        let entries = self.rooms().store.entries(&operation.id).await?;
        let mut set = Standing::new();
        for action in History::read(&entries).expanded.into_values().flatten() {
            if let Action::Rocketmq(RocketmqAction::SetOffsets { moves, .. }) = action {
                set.extend(
                    moves.into_iter().map(|one| ((one.topic.to_string(), one.broker.to_string(), one.queue), one.to)),
                );
            }
        }
        Ok(set)
    }

    /// Every queue of `expected` stands so in `found`.
    fn accounts(&mut self, found: &Standing, expected: &Standing, whom: &str) -> Result<(), NotTold> {
        if expected.is_empty() {
            return Err(NotTold::Breaks("there are no offsets to compare".to_owned()));
        }
        for (place, offset) in expected {
            let there = found.get(place);
            if there != Some(offset) {
                let (topic, broker, queue) = place;
                return Err(NotTold::Breaks(format!("{topic} {broker} {queue}: {there:?} stands, {offset} by {whom}")));
            }
        }
        self.says(&format!("   {} queues agree with {whom}.", expected.len()))
    }
}

async fn accounted(replay: &Replay<'_>) -> Result<Standing, NotTold> {
    replay.accountant.standing(replay.group).await.map_err(NotTold::Breaks)
}
