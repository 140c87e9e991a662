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
    let mut now = decide(&board, &before, &shares).now;
    for partition in 0..board.partitions() {
        settle_order(&board, partition, &mut now);
    }
    leaders::spread(&board, &mut now);
    Ok(answer(&board, layout, &now, &shares))
}

/// Drafts moves topic by topic towards the target, then makes them exact. If rules forbid the target that the counts suggest, the first
/// round finds out the best that they allow, and the second drafts towards that.
fn decide<'a>(board: &'a Board, before: &[u32], shares: &[Option<u32>]) -> Replicas<'a> {
    let target = ideal(board, before, shares);
    let mut replicas = towards(board, before, shares, &target);
    if squares(&replicas.held) != squares(&target) {
        let target = replicas.held.clone();
        replicas = towards(board, before, shares, &target);
    }
    replicas
}

fn squares(counts: &[u32]) -> u128 {
    counts.iter().map(|count| u128::from(*count) * u128::from(*count)).sum()
}

/// A draft, then as many moves as the shares want and the rules allow, then both sides evened out.
fn towards<'a>(board: &'a Board, before: &[u32], shares: &[Option<u32>], target: &[u32]) -> Replicas<'a> {
    let mut replicas = Replicas::new(board, before, shares);
    draft::moves(board, &mut replicas, target);
    let mut seen = Seen::new(board.brokers(), replicas.groups());
    let (givers, receivers) = (board.with_role(Role::Giver), board.with_role(Role::Receiver));
    while receivers.iter().any(|broker| replicas.has_room(*broker)) {
        let Some((_, sources)) = fullest(&replicas, &seen, &givers) else { break };
        let roomy: Vec<bool> = (0..board.brokers()).map(|broker| replicas.has_room(broker)).collect();
        pass_on(&mut replicas, &mut seen, &sources, |broker| roomy[broker]);
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

fn answer(board: &Board, layout: &Layout, now: &[usize], shares: &[Option<u32>]) -> Placement {
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
    let loads = loads(board, now, shares);
    let lower_bound =
        loads.iter().map(|load| load.replicas_after.saturating_sub(load.replicas_before)).map(u64::from).sum();
    Placement { changes, moves, lower_bound, loads }
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
