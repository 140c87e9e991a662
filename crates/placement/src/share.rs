//! The shares of the brokers that a scale-out names, from counts alone.

use crate::board::{Board, Role};

/// What each receiver should hold. In a drain there is no bound.
pub(crate) fn shares(board: &Board, counts: &[u32]) -> Vec<Option<u32>> {
    let mut shares = vec![None; board.brokers()];
    if board.drains {
        return shares;
    }
    let living: Vec<usize> = (0..board.brokers()).filter(|broker| board.alive[*broker]).collect();
    let total: u64 = living.iter().map(|broker| u64::from(counts[*broker])).sum();
    let mean = total / (living.len() as u64).max(1);
    let odd = total - mean * living.len() as u64;
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
