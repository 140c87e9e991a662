//! Who comes first in the partitions that move.

use crate::board::{Board, Role};
use crate::exchange::{Exchange, Seen, Step};
use crate::level::{Level, even_out};

/// Leaderships as units that are passed on within one partition, between those that may lead it.
#[derive(Debug)]
struct Leaders<'a> {
    board: &'a Board,
    held: Vec<u32>,
    /// Per broker the mean of leaderships over the living that stay, rounded up, or what it leads without any choice: nobody is
    /// handed more.
    most: Vec<u32>,
    /// Changed partitions: who leads each, who else may.
    lead: Vec<usize>,
    able: Vec<Vec<usize>>,
    /// Per broker the changed partitions that it may lead now; what is not so any more is dropped when met.
    of: Vec<Vec<usize>>,
}

/// Chooses the first of each changed list, so that leaders end as even as they can.
pub(crate) fn spread(board: &Board, now: &mut [usize]) {
    let held = board.count_first(now);
    let leaves = |broker: usize| board.drains && board.role[broker] == Role::Giver;
    let living: Vec<usize> = (0..board.brokers()).filter(|broker| board.alive[*broker] && !leaves(*broker)).collect();
    let led: usize = living.iter().map(|broker| held[*broker] as usize).sum();
    let mean = u32::try_from(led.div_ceil(living.len().max(1))).unwrap_or(u32::MAX);
    let most = held.iter().map(|held| mean.max(*held)).collect();
    let mut changed = Vec::new();
    let mut leaders =
        Leaders { board, held, most, lead: Vec::new(), able: Vec::new(), of: vec![Vec::new(); board.brokers()] };
    for partition in 0..board.partitions() {
        let list = &now[board.slots(partition)];
        if list != &board.before[board.slots(partition)] {
            changed.push(partition);
            leaders.add(partition, list);
        }
    }
    (0..changed.len()).for_each(|partition| leaders.hand_over(partition));
    even_out(&mut leaders, &mut Seen::new(board.brokers(), Vec::new()), &living);
    for (partition, lead) in changed.into_iter().zip(leaders.lead) {
        let list = &mut now[board.slots(partition)];
        if let Some(place) = list.iter().position(|broker| *broker == lead) {
            list[..=place].rotate_right(1);
        }
    }
}

impl Leaders<'_> {
    /// The first stays first unless it left or one that arrived takes over.
    fn add(&mut self, partition: usize, list: &[usize]) {
        let before = &self.board.before[self.board.slots(partition)];
        let stays = before[0] == list[0];
        let may = |broker: &usize| self.board.alive[*broker] && (!stays || !before.contains(broker));
        self.of[list[0]].push(self.lead.len());
        self.able.push(list.iter().copied().filter(|broker| may(broker) || *broker == list[0]).collect());
        self.lead.push(list[0]);
    }

    /// Passes the lead to the one that leads least, if that is better at once; what is left is found by searches.
    fn hand_over(&mut self, partition: usize) {
        let from = self.lead[partition];
        let able = self.able[partition].iter().copied();
        let least = able.filter(|broker| self.may_win(*broker)).min_by_key(|broker| (self.held[*broker], *broker));
        if let Some(to) = least.filter(|to| self.board.alive[from] && self.held[*to] + 2 <= self.held[from]) {
            self.shift(Step { from, to, partition });
        }
    }
}

impl Exchange for Leaders<'_> {
    fn expand(&mut self, from: usize, seen: &mut Seen) {
        let mut next = 0;
        while let Some(&partition) = self.of[from].get(next) {
            if self.lead[partition] != from {
                self.of[from].swap_remove(next);
                continue;
            }
            for &to in &self.able[partition] {
                seen.reach(Step { from, to, partition });
            }
            if seen.is_done() {
                return;
            }
            next += 1;
        }
    }

    fn shift(&mut self, step: Step) {
        self.lead[step.partition] = step.to;
        self.of[step.to].push(step.partition);
        self.held[step.from] -= 1;
        self.held[step.to] += 1;
    }
}

impl Level for Leaders<'_> {
    fn held(&self, broker: usize) -> u32 {
        self.held[broker]
    }

    fn may_lose(&self, broker: usize) -> bool {
        self.held[broker] > 0
    }

    fn may_win(&self, broker: usize) -> bool {
        self.board.role[broker] != Role::Fixed && self.held[broker] < self.most[broker]
    }
}
