//! Replicas as units that brokers pass on: what the rules allow, and what was decided so far.

use crate::board::{Board, NO_RACK, Role};
use crate::exchange::{Exchange, Seen, Step};
use crate::level::Level;
use crate::racks::{Racks, in_rack};

/// The replicas of all partitions while they are being decided. Givers lose their own and may get the same ones back; receivers win
/// replicas of partitions that they did not hold, and may pass them on.
#[derive(Debug)]
pub(crate) struct Replicas<'a> {
    board: &'a Board,
    racks: Racks,
    /// Replicas of each partition that racks are to be spread over: not those that stay where no rack is known.
    spread: Vec<usize>,
    /// The most that each broker may hold.
    limits: Vec<u32>,
    /// Like the board's `before`.
    pub(crate) now: Vec<usize>,
    pub(crate) held: Vec<u32>,
    before: Vec<u32>,
    /// Per broker the partitions in which it may have something to pass on; what is not so any more is dropped when met.
    of: Vec<Vec<usize>>,
}

impl<'a> Replicas<'a> {
    pub(crate) fn new(board: &'a Board, before: &[u32], shares: &[Option<u32>]) -> Replicas<'a> {
        let mut of = vec![Vec::new(); board.brokers()];
        for partition in 0..board.partitions() {
            for &broker in &board.before[board.slots(partition)] {
                if board.role[broker] == Role::Giver {
                    of[broker].push(partition);
                }
            }
        }
        let known = |broker: &&usize| board.rack[**broker] != NO_RACK || board.role[**broker] != Role::Fixed;
        let known = |partition| board.before[board.slots(partition)].iter().filter(known).count();
        let spread = (0..board.partitions()).map(known).collect();
        let limits = shares.iter().map(|share| share.unwrap_or(u32::MAX)).collect();
        let (now, held) = (board.before.clone(), before.to_vec());
        Replicas { board, racks: Racks::new(board), spread, limits, now, held, before: before.to_vec(), of }
    }

    /// The receivers by rack, for the search.
    pub(crate) fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups = vec![Vec::new(); self.board.racks];
        for broker in self.board.with_role(Role::Receiver) {
            groups[self.board.rack[broker]].push(broker);
        }
        groups
    }

    /// Whether a receiver may hold one more.
    pub(crate) fn has_room(&self, broker: usize) -> bool {
        self.board.role[broker] == Role::Receiver && self.held[broker] < self.limits[broker]
    }

    /// Whether one broker's replica may become the other's.
    pub(crate) fn may_pass(&self, partition: usize, from: usize, to: usize) -> bool {
        let (list, home, rack) = (self.list(partition), self.board.rack[from], self.board.rack[to]);
        list.contains(&from)
            && !list.contains(&to)
            && (home == rack || (self.may_leave(partition, home) && self.may_enter(partition, rack)))
    }

    fn list(&self, partition: usize) -> &[usize] {
        &self.now[self.board.slots(partition)]
    }

    fn original(&self, partition: usize) -> &[usize] {
        &self.board.before[self.board.slots(partition)]
    }

    /// Whether the partition may have one replica less in this rack.
    fn may_leave(&self, partition: usize, rack: usize) -> bool {
        if rack == NO_RACK {
            return true;
        }
        let (list, spread) = (self.list(partition), self.spread[partition]);
        if !self.board.drains && spread < list.len() {
            return false;
        }
        let held = in_rack(self.board, self.original(partition), rack);
        in_rack(self.board, list, rack) > self.racks.least(spread, held, rack)
    }

    /// Whether it may have one more there.
    fn may_enter(&self, partition: usize, rack: usize) -> bool {
        if rack == NO_RACK {
            return true;
        }
        let held = in_rack(self.board, self.original(partition), rack);
        in_rack(self.board, self.list(partition), rack) < self.racks.most(self.spread[partition], held)
    }

    /// Marks the receivers in all racks that fit.
    fn reach_receivers(&self, from: usize, partition: usize, leaves: bool, seen: &mut Seen) {
        let mut next = 0;
        while let Some(&rack) = seen.open.get(next) {
            if rack == self.board.rack[from] || (leaves && self.may_enter(partition, rack)) {
                self.reach_rack(from, partition, rack, seen);
            }
            if seen.unseen[rack].is_empty() {
                seen.open.swap_remove(next);
            } else {
                next += 1;
            }
        }
    }

    /// Marks the receivers of a rack that do not hold the partition.
    fn reach_rack(&self, from: usize, partition: usize, rack: usize, seen: &mut Seen) {
        let mut next = 0;
        while let Some(&to) = seen.unseen[rack].get(next) {
            if seen.is_reached(to) {
                seen.unseen[rack].swap_remove(next);
            } else if self.list(partition).contains(&to) {
                next += 1;
            } else {
                seen.unseen[rack].swap_remove(next);
                seen.reach(Step { from, to, partition });
            }
        }
    }

    /// Marks the givers that lost a replica of the partition and may get it back.
    fn reach_givers(&self, from: usize, partition: usize, leaves: bool, seen: &mut Seen) {
        let home = self.board.rack[from];
        for &to in self.original(partition) {
            let rack = self.board.rack[to];
            let fits = (rack == home && rack != NO_RACK) || (leaves && self.may_enter(partition, rack));
            if !seen.is_reached(to) && fits && !self.list(partition).contains(&to) {
                seen.reach(Step { from, to, partition });
            }
        }
    }
}

impl Exchange for Replicas<'_> {
    fn expand(&mut self, from: usize, seen: &mut Seen) {
        let home = self.board.rack[from];
        let mut next = 0;
        while let Some(&partition) = self.of[from].get(next) {
            if !self.list(partition).contains(&from) {
                self.of[from].swap_remove(next);
                continue;
            }
            let leaves = self.may_leave(partition, home);
            self.reach_receivers(from, partition, leaves, seen);
            self.reach_givers(from, partition, leaves, seen);
            if seen.is_done() {
                return;
            }
            next += 1;
        }
    }

    fn shift(&mut self, step: Step) {
        let slots = self.board.slots(step.partition);
        if let Some(slot) = self.now[slots].iter_mut().find(|broker| **broker == step.from) {
            *slot = step.to;
            self.held[step.from] -= 1;
            self.held[step.to] += 1;
            self.of[step.to].push(step.partition);
        }
    }
}

impl Level for Replicas<'_> {
    fn held(&self, broker: usize) -> u32 {
        self.held[broker]
    }

    fn may_lose(&self, broker: usize) -> bool {
        match self.board.role[broker] {
            Role::Giver => self.held[broker] > 0,
            Role::Receiver => self.held[broker] > self.before[broker],
            Role::Fixed => false,
        }
    }

    fn may_win(&self, broker: usize) -> bool {
        match self.board.role[broker] {
            Role::Giver => self.held[broker] < self.before[broker],
            Role::Receiver => self.has_room(broker),
            Role::Fixed => false,
        }
    }
}
