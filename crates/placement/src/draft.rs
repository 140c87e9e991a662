//! A first draft of the moves, topic by topic, so that each topic is spread as the whole is. It keeps to the rules and never goes beyond
//! the target; what it leaves open is closed by exchanges.

use crate::board::{Board, Role};
use crate::exchange::{Exchange, Step};
use crate::replicas::Replicas;
use std::cmp::Reverse;
use std::ops::Range;

/// Moves replicas as long as both sides are on their way to the target.
pub(crate) fn moves<'a>(board: &'a Board, replicas: &mut Replicas<'a>, target: &[u32]) {
    let mut draft = Draft::new(board, replicas, target);
    for topic in &board.topics {
        draft.begin(topic);
        if board.drains {
            draft.empty_givers(topic);
        } else {
            draft.fill_receivers(topic);
        }
    }
}

#[derive(Debug)]
struct Draft<'a, 'b> {
    board: &'a Board,
    replicas: &'b mut Replicas<'a>,
    receivers: Vec<usize>,
    /// Living brokers that stay: what a topic is spread over.
    living: u128,
    /// Replicas that each broker gives or takes until it is at its target: all, and those that are left.
    budget: Vec<u32>,
    left: Vec<u32>,
    /// How far each is from an even spread, summed over all topics. One replica is due when so much of it, times the budget, has passed.
    uneven: Vec<u128>,
    due: Vec<u128>,
    /// Partitions that each leads, and how many there are, against how many replicas.
    leads: Vec<u32>,
    led: u64,
    replicated: u64,
    /// This topic: its replicas on living brokers, on each broker, and who has any.
    total: u128,
    held: Vec<u32>,
    present: Vec<usize>,
}

/// A giver's partitions of this topic.
#[derive(Debug)]
struct Source {
    broker: usize,
    partitions: Vec<usize>,
    /// Racks to which none of them can go.
    stuck: Vec<usize>,
}

impl<'a, 'b> Draft<'a, 'b> {
    fn new(board: &'a Board, replicas: &'b mut Replicas<'a>, target: &[u32]) -> Self {
        let stays = |broker: &usize| board.alive[*broker] && !(board.drains && board.role[*broker] == Role::Giver);
        let all = |counts: &[u32]| counts.iter().map(|count| u64::from(*count)).sum();
        let leads = board.count_first(&board.before);
        let budget: Vec<u32> = target.iter().zip(&replicas.held).map(|(target, held)| target.abs_diff(*held)).collect();
        let mut draft = Draft {
            board,
            receivers: board.with_role(Role::Receiver),
            living: (0..board.brokers()).filter(stays).count() as u128,
            left: budget.clone(),
            budget,
            uneven: vec![0; board.brokers()],
            due: vec![0; board.brokers()],
            led: all(&leads),
            replicated: all(&replicas.held),
            leads,
            replicas,
            total: 0,
            held: vec![0; board.brokers()],
            present: Vec::new(),
        };
        if !board.drains {
            draft.measure();
        }
        draft
    }

    /// Sums up how uneven the topics are, and staggers the receivers, so that they do not all take from the same topics.
    fn measure(&mut self) {
        for topic in &self.board.topics {
            self.begin(topic);
            for &broker in self.givers_here().iter().chain(&self.receivers) {
                self.uneven[broker] += self.off(broker);
            }
        }
        for (place, &broker) in self.receivers.iter().enumerate() {
            self.due[broker] = self.uneven[broker] * place as u128 / self.receivers.len() as u128;
        }
    }

    /// Counts a topic.
    fn begin(&mut self, topic: &Range<usize>) {
        for broker in self.present.drain(..) {
            self.held[broker] = 0;
        }
        self.total = 0;
        for &broker in &self.board.before[self.board.starts[topic.start]..self.board.starts[topic.end]] {
            if self.held[broker] == 0 {
                self.present.push(broker);
            }
            self.held[broker] += 1;
            self.total += u128::from(self.board.alive[broker]);
        }
    }

    fn givers_here(&self) -> Vec<usize> {
        self.present.iter().copied().filter(|broker| self.board.role[*broker] == Role::Giver).collect()
    }

    /// How far a broker is from the mean of this topic, in the direction in which it may go.
    fn off(&self, broker: usize) -> u128 {
        let held = u128::from(self.held[broker]) * self.living;
        match self.board.role[broker] {
            Role::Giver => held.saturating_sub(self.total),
            Role::Receiver => self.total.saturating_sub(held),
            Role::Fixed => 0,
        }
    }

    fn is_due(&self, broker: usize) -> bool {
        self.uneven[broker] > 0 && self.due[broker] >= self.uneven[broker]
    }

    fn leads(&self, broker: usize, partition: usize) -> bool {
        self.board.before[self.board.slots(partition)].first() == Some(&broker)
    }

    fn pass(&mut self, step: Step) {
        self.replicas.shift(step);
        if self.leads(step.from, step.partition) {
            self.leads[step.from] -= 1;
        }
        if self.held[step.to] == 0 {
            self.present.push(step.to);
        }
        self.held[step.from] -= 1;
        self.held[step.to] += 1;
        for broker in [step.from, step.to] {
            self.left[broker] -= 1;
            self.due[broker] = self.due[broker].saturating_sub(self.uneven[broker]);
        }
    }

    /// Every replica that must leave goes where the topic is thinnest.
    fn empty_givers(&mut self, topic: &Range<usize>) {
        for partition in topic.clone() {
            for slot in self.board.slots(partition) {
                let from = self.board.before[slot];
                if self.board.role[from] == Role::Giver
                    && let Some(to) = self.thinnest(partition, from)
                {
                    self.pass(Step { from, to, partition });
                }
            }
        }
    }

    /// The receiver with the fewest of the topic, then with the most left to take.
    fn thinnest(&self, partition: usize, from: usize) -> Option<usize> {
        let mut best = None;
        for &to in self.receivers.iter().filter(|to| self.left[**to] > 0) {
            let key = (self.held[to], Reverse(self.left[to]));
            if best.is_none_or(|(least, _)| key < least) && self.replicas.may_pass(partition, from, to) {
                best = Some((key, to));
            }
        }
        best.map(|(_, to)| to)
    }

    /// Every receiver takes what is due by now, but no more than the topic's mean.
    fn fill_receivers(&mut self, topic: &Range<usize>) {
        let mut sources = self.sources(topic);
        for broker in sources.iter().map(|source| source.broker).chain(self.receivers.iter().copied()) {
            self.due[broker] += self.off(broker) * u128::from(self.budget[broker]);
        }
        let mut takers: Vec<usize> = self.receivers.clone();
        while !takers.is_empty() {
            takers.retain(|to| {
                self.is_due(*to) && self.left[*to] > 0 && self.off(*to) > 0 && self.take(*to, &mut sources)
            });
        }
    }

    /// The givers of this topic, in order of their numbers.
    fn sources(&self, topic: &Range<usize>) -> Vec<Source> {
        let mut sources: Vec<Source> = self
            .givers_here()
            .into_iter()
            .map(|broker| Source { broker, partitions: Vec::new(), stuck: Vec::new() })
            .collect();
        sources.sort_unstable_by_key(|source| source.broker);
        for partition in topic.clone() {
            for &broker in &self.board.before[self.board.slots(partition)] {
                if let Ok(place) = sources.binary_search_by_key(&broker, |source| source.broker) {
                    sources[place].partitions.push(partition);
                }
            }
        }
        sources
    }

    /// Takes one replica of this topic from the giver that has the most of it, those first that are due.
    fn take(&mut self, to: usize, sources: &mut [Source]) -> bool {
        let rack = self.board.rack[to];
        while let Some(place) = self.richest(sources, rack) {
            let from = sources[place].broker;
            if let Some(partition) = self.choose(&sources[place].partitions, from, to) {
                self.pass(Step { from, to, partition });
                return true;
            }
            sources[place].stuck.push(rack);
        }
        false
    }

    /// The first that can go; one that the giver leads if it leads more than its part, else one that it does not.
    fn choose(&self, partitions: &[usize], from: usize, to: usize) -> Option<usize> {
        let held = u64::from(self.replicas.held[from]);
        let leads_much = u64::from(self.leads[from]) * self.replicated > held * self.led;
        let able = || partitions.iter().copied().filter(|partition| self.replicas.may_pass(*partition, from, to));
        able().find(|partition| self.leads(from, *partition) == leads_much).or_else(|| able().next())
    }

    fn richest(&self, sources: &[Source], rack: usize) -> Option<usize> {
        let key = |broker: usize| (self.is_due(broker), self.held[broker], self.left[broker]);
        (0..sources.len())
            .filter(|place| self.left[sources[*place].broker] > 0 && !sources[*place].stuck.contains(&rack))
            .max_by_key(|place| (key(sources[*place].broker), Reverse(*place)))
    }
}
