//! From a layout and a goal to the answer.

use crate::board::{Board, Role};
use crate::check;
use crate::exchange::{Seen, pass_on};
use crate::level::{even_out, fullest};
use crate::replicas::Replicas;
use crate::share::{ideal, shares};
use crate::{Change, Error, Goal, Layout, Load, Placement, draft, leaders};

/// Which partitions change, and to what. Deterministic, in whatever order brokers and partitions are listed.
///
/// # Errors
/// If the layout contradicts itself, or the goal cannot be met by anybody: see [`Error`].
pub fn place(layout: &Layout, goal: &Goal) -> Result<Placement, Error> {
    let board = check::board(layout, goal)?;
    let before = board.count(&board.before);
    let shares = shares(&board, &before);
    let (target, replicas) = decide(&board, &before, &shares);
    let mut now = replicas.now;
    for partition in 0..board.partitions() {
        settle_order(&board, partition, &mut now);
    }
    leaders::spread(&board, &mut now);
    let (changes, moves) = changes(&board, layout, &now);
    let loads = loads(&board, &now, &shares);
    Ok(Placement { changes, moves, lower_bound: lower_bound(&before, &target), loads })
}

/// Writes down the target, then drafts moves towards it topic by topic and makes them exact. If rules forbid what the counts suggest, the
/// first round finds out the best that they allow: that is the target then, and the second round's aim.
fn decide<'a>(board: &'a Board, before: &[u32], shares: &[Option<u32>]) -> (Vec<u32>, Replicas<'a>) {
    let target = ideal(board, before, shares);
    let replicas = towards(board, before, shares, &target);
    if alike(board, &replicas.held, &target) {
        return (target, replicas);
    }
    let target = replicas.held;
    let replicas = towards(board, before, shares, &target);
    (target, replicas)
}

/// Whether two counts differ at most in who of each side has which.
fn alike(board: &Board, one: &[u32], other: &[u32]) -> bool {
    let sorted = |counts: &[u32], role: Role| {
        let mut counts: Vec<u32> = board.with_role(role).into_iter().map(|broker| counts[broker]).collect();
        counts.sort_unstable();
        counts
    };
    [Role::Giver, Role::Receiver].into_iter().all(|role| sorted(one, role) == sorted(other, role))
}

/// A draft, then as many moves as the shares want and the rules allow, then both sides evened out.
fn towards<'a>(board: &'a Board, before: &[u32], shares: &[Option<u32>], target: &[u32]) -> Replicas<'a> {
    let mut replicas = Replicas::new(board, before, shares);
    draft::moves(board, &mut replicas, target);
    let mut seen = Seen::new(board.brokers(), replicas.groups());
    let (givers, receivers) = (board.with_role(Role::Giver), board.with_role(Role::Receiver));
    while let Some((_, sources)) = fullest(&replicas, &seen, &givers) {
        let roomy: Vec<usize> = receivers.iter().copied().filter(|broker| replicas.has_room(*broker)).collect();
        if roomy.is_empty() {
            break;
        }
        pass_on(&mut replicas, &mut seen, &sources, &roomy);
    }
    even_out(&mut replicas, &mut seen, &givers);
    even_out(&mut replicas, &mut seen, &receivers);
    replicas
}

/// Replicas that stay keep their places; those that arrive fill the others in turn.
fn settle_order(board: &Board, partition: usize, now: &mut [usize]) {
    let before = &board.before[board.slots(partition)];
    let list = &mut now[board.slots(partition)];
    if list == before {
        return;
    }
    let mut arrived: Vec<usize> = list.iter().copied().filter(|broker| !before.contains(broker)).collect();
    arrived.sort_unstable();
    let mut arrived = arrived.into_iter();
    let settled: Vec<usize> = before
        .iter()
        .map(|broker| if list.contains(broker) { *broker } else { arrived.next().unwrap_or(*broker) })
        .collect();
    list.copy_from_slice(&settled);
}

/// One movement adds one replica to one broker: it takes at least as many as all are short of.
fn lower_bound(before: &[u32], target: &[u32]) -> u64 {
    before.iter().zip(target).map(|(before, target)| u64::from(target.saturating_sub(*before))).sum()
}

/// The partitions that differ, and the movements in them.
fn changes(board: &Board, layout: &Layout, now: &[usize]) -> (Vec<Change>, u64) {
    let mut changes = Vec::new();
    let mut moves = 0;
    for partition in 0..board.partitions() {
        let (list, before) = (&now[board.slots(partition)], &board.before[board.slots(partition)]);
        if list != before {
            let known = &layout.partitions[board.place[partition]];
            let replicas = list.iter().map(|broker| board.ids[*broker]).collect();
            changes.push(Change { topic: known.topic, index: known.index, replicas });
            moves += list.iter().filter(|broker| !before.contains(broker)).count() as u64;
        }
    }
    (changes, moves)
}

fn loads(board: &Board, now: &[usize], shares: &[Option<u32>]) -> Vec<Load> {
    let (replicas_before, replicas_after) = (board.count(&board.before), board.count(now));
    let (leaders_before, leaders_after) = (board.count_first(&board.before), board.count_first(now));
    (0..board.brokers())
        .map(|broker| Load {
            broker: board.ids[broker],
            replicas_before: replicas_before[broker],
            replicas_after: replicas_after[broker],
            leaders_before: leaders_before[broker],
            leaders_after: leaders_after[broker],
            share: shares[broker],
        })
        .collect()
}
