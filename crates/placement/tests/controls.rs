//! The checker finds what is wrong: a right answer, spoilt in one way each.

use crate::clusters::{ids, racked};
use crate::exact::{Best, best};
use crate::rules::{broken, shares};
use placement::{Change, Goal, Layout, Placement, TopicId, place};

/// Six brokers in three racks, the last of them new.
fn question() -> (Layout, Goal) {
    let lists = ["1 2 3", "4 5 3", "3 1 2", "1 5 3", "2 3 4", "3 4 5"];
    (racked(&[1, 2, 3, 1, 2, 3], &lists), Goal::ScaleOut(ids(&[6])))
}

fn answer(layout: &Layout, goal: &Goal) -> Placement {
    let answer = place(layout, goal).unwrap();
    assert_eq!(broken(layout, goal, &answer), None);
    answer
}

/// What the checker says when partition 0 ends with this list.
fn says(list: &[u32]) -> String {
    let (layout, goal) = question();
    let mut answer = answer(&layout, &goal);
    answer.changes.retain(|change| change.index != 0);
    answer.changes.push(Change { topic: TopicId(0), index: 0, replicas: ids(list) });
    broken(&layout, &goal, &answer).unwrap()
}

#[test]
fn each_rule_is_seen_when_it_is_broken() {
    assert!(says(&[1, 2]).starts_with("as many replicas"));
    assert!(says(&[1, 2, 2]).starts_with("as many replicas"));
    assert!(says(&[1, 2, 3, 6]).starts_with("as many replicas"));
    // Broker 4 is old.
    assert!(says(&[4, 2, 3]).starts_with("only those gain"));
    // Broker 6 stands in the rack of broker 3.
    assert!(says(&[6, 2, 3]).starts_with("no fewer racks"));
    assert!(says(&[6, 2, 1]).starts_with("those that stay keep their order"));
    assert!(says(&[2, 1, 6]).starts_with("the leader stays"));
    assert!(says(&[2, 1, 3]).starts_with("the leader stays"));
}

#[test]
fn figures_that_are_told_wrong_are_seen() {
    let (layout, goal) = question();
    let right = answer(&layout, &goal);
    let wrong = |spoil: fn(&mut Placement)| {
        let mut answer = right.clone();
        spoil(&mut answer);
        broken(&layout, &goal, &answer).unwrap()
    };
    assert!(wrong(|answer| answer.moves += 1).starts_with("moves are"));
    assert!(wrong(|answer| answer.lower_bound = answer.moves + 1).starts_with("moves are"));
    assert!(wrong(|answer| answer.loads[2].leaders_after += 1).starts_with("the loads are right"));
    assert!(wrong(|answer| answer.loads[5].share = Some(1)).starts_with("nobody gets more"));
}

#[test]
fn the_exact_method_wants_more_than_nothing() {
    let (layout, goal) = question();
    let before = [3, 3, 6, 3, 3, 0].map(|count: i64| count * count).iter().sum();
    let found = best(&layout, &goal, &shares(&layout, &goal));
    assert_eq!(found, Best { moves: 3, squares: 6 * 9 });
    assert_ne!(found.squares, before);
}
