//! What acts do to a cluster.

use super::topic::QueueOffset;
use super::{HOLDS_STILL, Rocketmq};
use crate::home::FleetError;
use crate::kafka::{ActFault, MOST_ACTS, ReceivedAct, Shown, Trouble, failed};
use engine::port::{Acted, Reason};
use interlock::cluster::{Failure, FailureKind};
use interlock::id::{BrokerName, GroupId, TopicName};
use interlock::plan::{Action, QueueMove, RocketmqAction};
use interlock::time::Millis;

/// An act on its way.
pub(super) struct Request<'a> {
    pub(super) permit: Option<Shown>,
    pub(super) action: &'a Action,
    /// Whether its sender has given it up before the answer comes.
    pub(super) too_slow: bool,
}

/// What one master said to its part of an act.
type Said = Result<(), Reason>;

impl Rocketmq {
    /// An act with everything that can go wrong around it.
    pub(super) fn receive(&mut self, request: &Request<'_>, now: Millis) -> Acted {
        let Action::Rocketmq(action) = request.action else { return Acted::NotApplied(Reason::of_another_kind()) };
        let trouble = self.trouble.clone();
        if let Some(failure) = trouble.as_ref().filter(|one| !one.lets_through()).and_then(Trouble::failure) {
            return Acted::NotApplied(because("", failure));
        }
        let fault = self.faults.pop_front();
        if fault == Some(ActFault::RequestLost) {
            return Acted::Unknown(no_answer());
        }
        let acted = self.perform(action, now);
        self.note(request, &acted, now);
        if fault == Some(ActFault::AnswerLost) || request.too_slow {
            return Acted::Unknown(no_answer());
        }
        match trouble.and_then(|one| one.failure()) {
            Some(failure) => Acted::Unknown(because("", failure)),
            None => acted,
        }
    }

    fn note(&mut self, request: &Request<'_>, acted: &Acted, now: Millis) {
        if self.acts.len() == MOST_ACTS {
            self.acts.remove(0);
        }
        let applied = !matches!(acted, Acted::NotApplied(_));
        let (permit, action) = (request.permit.clone(), request.action.clone());
        self.acts.push(ReceivedAct { at: now, permit, action, applied });
    }

    fn perform(&mut self, action: &RocketmqAction, now: Millis) -> Acted {
        match action {
            RocketmqAction::SetQueues { .. }
            | RocketmqAction::SeedOffsets { .. }
            | RocketmqAction::SetTopic { .. }
            | RocketmqAction::DeleteTopic { .. }
            | RocketmqAction::MakeGroup { .. }
            | RocketmqAction::DeleteGroup(_)
            | RocketmqAction::SetOffsets { .. }
                if self.idles() =>
            {
                Acted::Applied
            }
            RocketmqAction::SetQueues { topic, places } => self.open_queues(topic, places, now),
            RocketmqAction::SeedOffsets { topic, seeds } => self.seed_offsets(topic, seeds, now),
            RocketmqAction::SetTopic { topic, places } => self.set_topic(topic, places, now),
            RocketmqAction::DeleteTopic { topic, at, .. } => self.delete_topic(topic, at),
            RocketmqAction::MakeGroup { group, at } => self.make_group(group, at),
            RocketmqAction::DeleteGroup(gone) => self.delete_group(gone),
            RocketmqAction::SetOffsets { group, moves, .. } => {
                sum_up(moves.iter().map(|one| self.set(group, one, now)).collect())
            }
            RocketmqAction::TellClients { group, moves, .. } => {
                sum_up(moves.iter().map(|one| self.tell(group, one, now)).collect())
            }
        }
    }

    fn is_4(&self) -> bool {
        self.version.starts_with("4.")
    }

    /// The part of a master that must be there.
    fn mastered(&self, broker: &BrokerName) -> Said {
        if self.leads(broker) { Ok(()) } else { Err(because("", failed(FailureKind::Unreachable, "it has no master"))) }
    }

    /// 5.x resets and hands it to clients at their next fetch; 4.9 stores it, and clients that are connected go on from where
    /// they are, and commit that.
    fn set(&mut self, group: &GroupId, one: &QueueMove, now: Millis) -> Said {
        self.mastered(&one.broker)?;
        self.known(group, (&one.topic, &one.broker, one.queue))?;
        if !self.is_4() {
            self.store(group, (&one.topic, &one.broker, one.queue), (one.to, true), now);
        } else if !self.is_online(group) {
            self.store(group, (&one.topic, &one.broker, one.queue), (one.to, false), now);
        }
        Ok(())
    }

    /// 4.9 tells the clients; they hold still for a while, and then read on there.
    fn tell(&mut self, group: &GroupId, one: &QueueMove, now: Millis) -> Said {
        self.mastered(&one.broker)?;
        if !self.is_online(group) {
            return Err(refused("", "206 CONSUMER_NOT_ONLINE: Consumer not online, so can not reset offset"));
        }
        let at = now.plus(HOLDS_STILL);
        let Some(found) = self.offset_mut(group, (&one.topic, &one.broker, one.queue)) else {
            return Err(refused("group-gone", "1 SYSTEM_ERROR: THe consumer group not exist"));
        };
        found.told = Some((at, one.to));
        Ok(())
    }

    fn is_online(&self, group: &GroupId) -> bool {
        self.groups.get(group).is_some_and(|state| !state.clients.is_empty())
    }

    /// 5.x asks whether group and topic are there; 4.9 does not.
    fn known(&self, group: &GroupId, (topic, broker, _): (&TopicName, &BrokerName, u32)) -> Said {
        if !self.topics.get(topic).is_some_and(|state| state.at.contains_key(broker)) {
            return Err(refused("topic-gone", "17 TOPIC_NOT_EXIST: Topic does not exist"));
        }
        if !self.groups.contains_key(group) {
            return Err(refused("group-gone", "26 SUBSCRIPTION_GROUP_NOT_EXIST: Group does not exist"));
        }
        Ok(())
    }

    fn offset_mut(&mut self, group: &GroupId, at: (&TopicName, &BrokerName, u32)) -> Option<&mut QueueOffset> {
        let offsets = &mut self.groups.get_mut(group)?.offsets;
        offsets.iter_mut().find(|one| (&one.topic, &one.broker, one.queue) == at)
    }

    /// Whoever reads goes on from there.
    fn store(
        &mut self,
        group: &GroupId,
        at: (&TopicName, &BrokerName, u32),
        (offset, pending): (i64, bool),
        now: Millis,
    ) {
        if let Some(found) = self.offset_mut(group, at) {
            (found.offset, found.from, found.told, found.pending) = (offset, now, None, pending);
            return;
        }
        let (topic, broker, queue) = (at.0.clone(), at.1.clone(), at.2);
        if let Some(state) = self.groups.get_mut(group) {
            state.offsets.push(QueueOffset {
                topic,
                broker,
                queue,
                offset,
                from: now,
                rate: 0,
                told: None,
                pending,
                closed_rate: 0,
            });
        }
    }

    pub(super) fn commit(
        &mut self,
        group: &GroupId,
        at: (&TopicName, &BrokerName, u32),
        offset: i64,
        now: Millis,
    ) -> Result<(), FleetError> {
        if self.known(group, at).is_err() {
            return Err(FleetError::NoSuch(format!("group {group} or queue")));
        }
        if self.offset_mut(group, at).is_none_or(|found| !found.pending) {
            self.store(group, at, (offset, false), now);
        }
        Ok(())
    }
}

fn sum_up(all: Vec<Said>) -> Acted {
    let parts = all.len();
    let mut errors: Vec<Reason> = all.into_iter().filter_map(Result::err).collect();
    match (errors.len(), errors.pop()) {
        (_, None) => Acted::Applied,
        (count, Some(reason)) if count == parts => Acted::NotApplied(reason),
        (_, Some(reason)) => Acted::Unknown(reason),
    }
}

fn because(id: &str, failure: Failure) -> Reason {
    Reason { kind: failure.kind, id: id.to_owned(), said: failure.said }
}

fn no_answer() -> Reason {
    Reason { kind: FailureKind::TimedOut, id: String::new(), said: "no answer within the deadline".to_owned() }
}

pub(super) fn refused(id: &str, said: &str) -> Reason {
    Reason { kind: FailureKind::Refused, id: id.to_owned(), said: said.to_owned() }
}
