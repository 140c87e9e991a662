//! Who comes first in the partitions that move.

use crate::board::{Board, Role};
use crate::exchange::{Exchange, Seen, Step};
use crate::level::{Level, even_out};

/// Leaderships as units that are passed on within one partition, between those that may lead it.
#[derive(Debug)]
struct Leaders<'a> {
    board: &'a Board,
    /// The lists of all partitions.
    now: &'a [usize],
    /// Who leads each partition that has a replica.
    lead: Vec<Option<usize>>,
    held: Vec<u32>,
    /// The mean of leaderships over the living, rounded up: nobody is handed more.
    most: u32,
    /// Per broker the changed partitions that it may have the lead of.
    of: Vec<Vec<usize>>,
}

/// Chooses the first of each changed list, so that leaders end as even as they can.
pub(crate) fn spread(board: &Board, now: &mut [usize]) {
    let changed = |partition: &usize| now[board.slots(*partition)] != board.before[board.slots(*partition)];
    let changed: Vec<usize> = (0..board.partitions()).filter(changed).collect();
    let held = board.count_first(now);
    let living: Vec<usize> = (0..board.brokers()).filter(|broker| board.alive[*broker]).collect();
    let led: usize = living.iter().map(|broker| held[*broker] as usize).sum();
    let most = u32::try_from(led.div_ceil(living.len().max(1))).unwrap_or(u32::MAX);
    let mut of = vec![Vec::new(); board.brokers()];
    for &partition in &changed {
        for &broker in &now[board.slots(partition)] {
            of[broker].push(partition);
        }
    }
    let lead = (0..board.partitions()).map(|partition| now[board.slots(partition)].first().copied()).collect();
    let mut network = Leaders { board, now, lead, held, most, of };
    even_out(&mut network, &mut Seen::new(board.brokers(), Vec::new()), &living);
    let lead = network.lead;
    for partition in changed {
        let list = &mut now[board.slots(partition)];
        if let Some(place) = list.iter().position(|broker| Some(*broker) == lead[partition]) {
            list[..=place].rotate_right(1);
        }
    }
}

impl Leaders<'_> {
    /// The first stays first unless it left or one that arrived takes over.
    fn may_lead(&self, partition: usize, broker: usize) -> bool {
        let before = &self.board.before[self.board.slots(partition)];
        let stays = before.first().filter(|first| self.now[self.board.slots(partition)].contains(first));
        self.board.alive[broker] && stays.is_none_or(|first| *first == broker || !before.contains(&broker))
    }
}

impl Exchange for Leaders<'_> {
    fn expand(&self, from: usize, seen: &mut Seen) {
        for &partition in self.of[from].iter().filter(|partition| self.lead[**partition] == Some(from)) {
            for &to in &self.now[self.board.slots(partition)] {
                if !seen.is_reached(to) && self.may_lead(partition, to) {
                    seen.reach(Step { from, to, partition });
                }
            }
        }
    }

    fn shift(&mut self, step: Step) {
        self.lead[step.partition] = Some(step.to);
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
        self.board.role[broker] != Role::Fixed && self.held[broker] < self.most
    }
}
