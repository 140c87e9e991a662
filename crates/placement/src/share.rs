//! What each broker should end with, from counts alone.

use crate::board::{Board, Role};

/// What each receiver should hold. In a drain there is no bound.
pub(crate) fn shares(board: &Board, counts: &[u32]) -> Vec<Option<u32>> {
    let mut shares = vec![None; board.brokers()];
    if board.drains {
        return shares;
    }
    let (mean, odd) = mean(board, counts);
    let mut missing: u64 = 0;
    for broker in board.with_role(Role::Receiver) {
        shares[broker] = u32::try_from(mean).ok();
        missing += mean.saturating_sub(u64::from(counts[broker]));
    }
    if odd > 0 {
        raise(board, counts, mean, missing, &mut shares);
    }
    shares
}

/// The mean over the living, rounded down, and what is left over. Receivers that hold more already are left out, since they do not give:
/// others would be stripped for their sake.
fn mean(board: &Board, counts: &[u32]) -> (u64, u64) {
    let mut counted: Vec<usize> = (0..board.brokers()).filter(|broker| board.alive[*broker]).collect();
    loop {
        let total: u64 = counted.iter().map(|broker| u64::from(counts[*broker])).sum();
        let size = (counted.len() as u64).max(1);
        let (mean, all) = (total / size, counted.len());
        counted.retain(|broker| board.role[*broker] != Role::Receiver || u64::from(counts[*broker]) <= mean);
        if counted.len() == all {
            return (mean, total % size);
        }
    }
}

/// Gives the larger share to receivers while an old broker would have to hold more than that.
fn raise(board: &Board, counts: &[u32], mean: u64, missing: u64, shares: &mut [Option<u32>]) {
    let over: u64 =
        board.with_role(Role::Giver).iter().map(|broker| u64::from(counts[*broker]).saturating_sub(mean + 1)).sum();
    let mut left = over.saturating_sub(missing);
    for broker in board.with_role(Role::Receiver) {
        if left > 0 && u64::from(counts[broker]) <= mean {
            shares[broker] = u32::try_from(mean + 1).ok();
            left -= 1;
        }
    }
}

/// What everybody would end with if there were no racks and every list fitted: the target, unless rules forbid it.
pub(crate) fn ideal(board: &Board, counts: &[u32], shares: &[Option<u32>]) -> Vec<u32> {
    let mut target = counts.to_vec();
    let (givers, receivers) = (board.with_role(Role::Giver), board.with_role(Role::Receiver));
    if board.drains {
        let amount = givers.iter().map(|broker| u64::from(std::mem::take(&mut target[*broker]))).sum();
        fill(&mut target, &receivers, amount);
    } else {
        let mut amount = 0;
        for &broker in &receivers {
            target[broker] = counts[broker].max(shares[broker].unwrap_or(0));
            amount += u64::from(target[broker] - counts[broker]);
        }
        level_off(&mut target, &givers, amount);
    }
    target
}

/// Adds so many to the emptiest of these.
fn fill(counts: &mut [u32], brokers: &[usize], amount: u64) {
    let missing =
        |level: u32| brokers.iter().map(|broker| u64::from(level.saturating_sub(counts[*broker]))).sum::<u64>();
    let level = highest(|level| missing(level) <= amount);
    let mut odd = amount - missing(level);
    for &broker in brokers {
        if counts[broker] <= level {
            counts[broker] = level + u32::from(odd > 0);
            odd = odd.saturating_sub(1);
        }
    }
}

/// Takes so many from the fullest of these.
fn level_off(counts: &mut [u32], brokers: &[usize], amount: u64) {
    let over = |level: u32| brokers.iter().map(|broker| u64::from(counts[*broker].saturating_sub(level))).sum::<u64>();
    // One step below the level, too much would be taken.
    let level = highest(|level| over(level) >= amount);
    let mut kept = over(level).saturating_sub(amount);
    for &broker in brokers {
        if counts[broker] > level {
            counts[broker] = level + u32::from(kept > 0);
            kept = kept.saturating_sub(1);
        }
    }
}

/// The highest level at which something is still true that is true at zero.
fn highest(holds: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (0, u32::MAX);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if holds(middle) { low = middle } else { high = middle - 1 }
    }
    low
}
