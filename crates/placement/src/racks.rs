//! How many replicas of one partition a rack may have, and must keep.

use crate::board::{Board, NO_RACK, Role};

/// The bounds of the whole layout.
#[derive(Debug)]
pub(crate) struct Racks {
    /// Living brokers that can hold replicas, per rack.
    sizes: Vec<usize>,
    /// By number of replicas: the most and the least per rack when spread as widely as the sizes allow.
    even: Vec<(usize, usize)>,
}

impl Racks {
    pub(crate) fn new(board: &Board) -> Racks {
        let mut sizes = vec![0; board.racks];
        for broker in 0..board.brokers() {
            if board.alive[broker] && !(board.drains && board.role[broker] == Role::Giver) {
                sizes[board.rack[broker]] += 1;
            }
        }
        let longest = (0..board.partitions()).map(|partition| board.slots(partition).len()).max().unwrap_or(0);
        Racks { even: even(&sizes, longest), sizes }
    }

    /// The most replicas that a rack may have of a partition with so many, if it has `held` now.
    pub(crate) fn most(&self, replicas: usize, held: usize) -> usize {
        held.max(self.even[replicas].0)
    }

    /// The fewest that it must keep.
    pub(crate) fn least(&self, replicas: usize, held: usize, rack: usize) -> usize {
        held.min(self.even[replicas].1).min(self.sizes[rack])
    }
}

/// Racks are filled evenly, each up to its size: the level for 0, 1, 2, ... replicas, rounded up and down. Where there are more replicas
/// than brokers (dead ones hold the rest), racks set no upper bound.
fn even(sizes: &[usize], longest: usize) -> Vec<(usize, usize)> {
    let room = |level: usize| sizes.iter().map(|size| level.min(*size)).sum::<usize>();
    let largest = sizes.iter().copied().max().unwrap_or(0);
    let mut level = 0;
    let mut bounds = Vec::with_capacity(longest + 1);
    for replicas in 0..=longest {
        while level < largest && room(level) < replicas {
            level += 1;
        }
        bounds.push(match room(level) {
            room if room < replicas => (usize::MAX, level),
            room if room == replicas => (level, level),
            _ => (level, level - 1),
        });
    }
    bounds
}

/// How many of these brokers are in a rack.
pub(crate) fn in_rack(board: &Board, brokers: &[usize], rack: usize) -> usize {
    if rack == NO_RACK { 0 } else { brokers.iter().filter(|broker| board.rack[**broker] == rack).count() }
}
