//! What acts do to a cluster.

use super::fault::{ActFault, Interference};
use super::group::Group;
use super::look::{group_denied, topic_denied};
use super::{Kafka, MOST_ACTS, ReceivedAct, Shown, Trouble};
use crate::draw::Draw;
use engine::port::{Acted, Reason};
use interlock::cluster::kafka::{GroupKind, Right};
use interlock::cluster::{Failure, FailureKind};
use interlock::id::{GroupId, TopicName};
use interlock::plan::{Action, KafkaAction, OffsetMove, OffsetRemoval};
use interlock::time::Millis;

/// An act on its way.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) permit: Option<Shown>,
    pub(super) action: &'a Action,
    /// How long its sender waits for the answer.
    pub(super) deadline_ms: u64,
}

impl Kafka {
    /// An act with everything that can go wrong around it.
    pub(super) fn receive(&mut self, request: &Request<'_>, draw: &mut Draw, now: Millis) -> Acted {
        let trouble = self.faults.trouble.clone();
        if let Some(failure) = trouble.as_ref().filter(|one| !one.lets_through()).and_then(Trouble::failure) {
            return Acted::NotApplied(because("", failure));
        }
        let fault = self.faults.acts.pop_front();
        if fault == Some(ActFault::RequestLost) {
            return Acted::Unknown(no_answer());
        }
        self.interfere_before(draw, now);
        let acted = self.perform(request.action, draw, now);
        self.note(request, &acted, now);
        self.interfere_after(draw, now);
        let too_slow = trouble.as_ref().is_some_and(|one| one.delay_ms() > request.deadline_ms);
        if fault == Some(ActFault::AnswerLost) || too_slow {
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

    fn interfere_before(&mut self, draw: &mut Draw, now: Millis) {
        let events = std::mem::take(&mut self.faults.before);
        events.into_iter().for_each(|event| self.interfere(event, draw, now));
    }

    fn interfere_after(&mut self, draw: &mut Draw, now: Millis) {
        let events = std::mem::take(&mut self.faults.after);
        events.into_iter().for_each(|event| self.interfere(event, draw, now));
    }

    fn interfere(&mut self, event: Interference, draw: &mut Draw, now: Millis) {
        match event {
            Interference::Join(group, member) => {
                self.join(&group, member, draw, now);
            }
            Interference::Commit(group, topic, partition, to) => {
                let moves = vec![OffsetMove { topic, partition, from: None, to }];
                self.perform(&Action::Kafka(KafkaAction::CommitOffsets { group, moves }), draw, now);
            }
            Interference::Reassign(topic, partition, target) => {
                // Whoever does that does not ask us what came of it.
                let _ = self.reassign_one(&topic, partition, &target);
            }
        }
    }

    /// What the coordinator does with an act.
    pub(super) fn perform(&mut self, action: &Action, draw: &mut Draw, now: Millis) -> Acted {
        let Action::Kafka(action) = action else { return Acted::NotApplied(because("", Failure::of_another_kind())) };
        if let Some(group) = action.group()
            && let Err(failure) = self.coordinated(group, now)
        {
            return Acted::NotApplied(because("", failure));
        }
        match action {
            KafkaAction::CommitOffsets { group, moves } => self.commit(group, moves, now),
            KafkaAction::DeleteOffsets { group, removals } => self.delete(group, removals, now),
            KafkaAction::Reassign { moves } => self.reassign(moves),
            KafkaAction::CallOff { moves } => self.call_off(moves),
            KafkaAction::SetConfigs { changes } => self.set_configs(changes, now),
            KafkaAction::TakeFromLists { lists } => self.take_from_lists(lists),
            KafkaAction::ElectPreferred { partitions } => self.elect_preferred(partitions, now),
            KafkaAction::CreateTopic(new) => self.make_topic(new, draw, now),
            KafkaAction::CreatePartitions(more) => self.widen(more, now),
            KafkaAction::DeleteTopic(gone) => self.unmake_topic(gone, now),
            KafkaAction::DeleteGroup(gone) => self.unmake_group(gone, now),
        }
    }

    /// The broker leaves out partitions that it refuses one by one and commits the rest, all at once.
    fn commit(&mut self, group: &GroupId, moves: &[OffsetMove], now: Millis) -> Acted {
        if !self.access.groups.allows(group.as_str(), Right::Read) {
            return Acted::NotApplied(because("missing-right", group_denied()));
        }
        let (taken, refused) = self.sort_out(moves, |one| (&one.topic, one.partition));
        if let (true, Some(reason)) = (taken.is_empty(), &refused) {
            return Acted::NotApplied(reason.clone());
        }
        let known = self.groups.entry(group.clone()).or_insert_with(Group::simple);
        if known.live(now).next().is_some() {
            return Acted::NotApplied(has_members());
        }
        known.settle(&self.topics, now);
        for one in taken {
            known.store(&one.topic, one.partition, one.to.clone());
        }
        refused.map_or(Acted::Applied, Acted::Partly)
    }

    fn delete(&mut self, group: &GroupId, removals: &[OffsetRemoval], now: Millis) -> Acted {
        if !self.access.groups.allows(group.as_str(), Right::Delete) {
            return Acted::NotApplied(because("missing-right", group_denied()));
        }
        let (taken, mut refused) = self.sort_out(removals, |one| (&one.topic, one.partition));
        if let (true, Some(reason)) = (taken.is_empty(), &refused) {
            return Acted::NotApplied(reason.clone());
        }
        let Some(known) = self.groups.get_mut(group) else { return Acted::NotApplied(unknown_group()) };
        let live = known.live(now).next().is_some();
        if live && known.kind == GroupKind::Other {
            return Acted::NotApplied(not_empty());
        }
        let (kept, free): (Vec<_>, Vec<_>) =
            taken.into_iter().partition(|one| live && known.reads.contains_key(&one.topic));
        if !kept.is_empty() {
            refused.get_or_insert_with(subscribed);
        }
        if !free.is_empty() {
            known.settle(&self.topics, now);
        }
        for one in &free {
            known.forget(&one.topic, one.partition);
        }
        match refused {
            None => Acted::Applied,
            Some(reason) if free.is_empty() => Acted::NotApplied(reason),
            Some(reason) => Acted::Partly(reason),
        }
    }

    /// The partitions that go on to the coordinator, and why the first of the others does not.
    fn sort_out<'a, T>(&self, all: &'a [T], place: impl Fn(&T) -> (&TopicName, i32)) -> (Vec<&'a T>, Option<Reason>) {
        let refusal = |one: &T| {
            let (topic, partition) = place(one);
            if !self.access.topics.allows(topic.as_str(), Right::Read) {
                return Some(because("missing-right", topic_denied()));
            }
            if self.has_partition(topic, partition) { None } else { Some(unknown_partition()) }
        };
        let mut first = None;
        let mut taken = Vec::new();
        for one in all {
            match refusal(one) {
                None => taken.push(one),
                Some(reason) => {
                    first.get_or_insert(reason);
                }
            }
        }
        (taken, first)
    }
}

pub(super) fn because(id: &str, failure: Failure) -> Reason {
    Reason { kind: failure.kind, id: id.to_owned(), said: failure.said }
}

pub(super) fn no_answer() -> Reason {
    Reason { kind: FailureKind::TimedOut, id: String::new(), said: "no answer within the deadline".to_owned() }
}

fn refused(id: &str, said: &str) -> Reason {
    Reason { kind: FailureKind::Refused, id: id.to_owned(), said: said.to_owned() }
}

fn has_members() -> Reason {
    refused("group-has-members", "25 UNKNOWN_MEMBER_ID: The coordinator is not aware of this member.")
}

fn subscribed() -> Reason {
    refused("group-subscribed", "86 GROUP_SUBSCRIBED_TO_TOPIC: the group is actively subscribed to the topic.")
}

fn not_empty() -> Reason {
    refused("group-has-members", "68 NON_EMPTY_GROUP: The group is not empty.")
}

fn unknown_group() -> Reason {
    refused("group-gone", "69 GROUP_ID_NOT_FOUND: The group id does not exist.")
}

fn unknown_partition() -> Reason {
    refused("topic-gone", "3 UNKNOWN_TOPIC_OR_PARTITION: This server does not host this topic-partition.")
}
