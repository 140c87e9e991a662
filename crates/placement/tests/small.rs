//! Small clusters whose answer is plain to see.

use crate::clusters::{dead, ids, plain, racked};
use crate::rules::broken;
use placement::{Goal, Layout, Placement, place};

fn placed(layout: &Layout, goal: &Goal) -> Placement {
    let answer = place(layout, goal).unwrap();
    assert_eq!(broken(layout, goal, &answer), None);
    assert_eq!(answer.moves, answer.lower_bound);
    answer
}

fn after(answer: &Placement) -> Vec<u32> {
    answer.loads.iter().map(|load| load.replicas_after).collect()
}

#[test]
fn an_empty_broker_gets_the_mean_and_its_share_of_leaders() {
    let lists: [&str; 8] = ["1 2 3", "2 3 1", "3 1 2", "1 2 3", "2 3 1", "3 1 2", "1 2 3", "2 3 1"];
    let answer = placed(&plain(4, &lists), &Goal::ScaleOut(ids(&[4])));
    assert_eq!(after(&answer), [6, 6, 6, 6]);
    assert_eq!(answer.moves, 6);
    assert_eq!(answer.loads.iter().map(|load| load.leaders_after).collect::<Vec<_>>(), [2, 2, 2, 2]);
}

#[test]
fn the_fullest_give_first_and_nobody_old_gains() {
    let lists: [&str; 10] = ["1", "1", "1", "1", "1", "1", "1", "2", "2", "3"];
    let answer = placed(&plain(4, &lists), &Goal::ScaleOut(ids(&[4])));
    assert_eq!(after(&answer), [4, 2, 1, 3]);
}

#[test]
fn a_broker_in_a_full_rack_takes_from_its_rack_only() {
    let lists: [&str; 6] = ["1 2 3"; 6];
    let answer = placed(&racked(&[1, 2, 3, 3], &lists), &Goal::ScaleOut(ids(&[4])));
    assert_eq!(after(&answer), [6, 6, 2, 4]);
    let bad = racked(&[1, 1, 3, 3], &lists);
    assert_eq!(after(&placed(&bad, &Goal::ScaleOut(ids(&[4]))))[3], 4);
}

#[test]
fn where_racks_forbid_the_share_what_can_be_moved_is() {
    let answer = placed(&racked(&[1, 2, 3, 3], &["1 2 3"; 4]), &Goal::ScaleOut(ids(&[3, 4])));
    assert_eq!(answer.loads[3].share, Some(2));
    assert_eq!(after(&answer), [4, 4, 4, 0]);
    let crowded = racked(&[1, 1, 1, 1], &["1 2 3 4"; 3]);
    assert!(placed(&crowded, &Goal::ScaleOut(ids(&[4]))).changes.is_empty());
}

#[test]
fn a_full_broker_takes_nothing() {
    let answer = placed(&plain(3, &["3", "3", "3", "1"]), &Goal::ScaleOut(ids(&[3])));
    assert!(answer.changes.is_empty());
    assert_eq!(after(&answer), [1, 0, 3]);
}

#[test]
fn the_dead_keep_what_they_have() {
    let mut layout = plain(3, &["1 9", "1 9", "9 1", "9 1"]);
    layout.brokers.push(dead(9, None));
    let answer = placed(&layout, &Goal::ScaleOut(ids(&[3])));
    assert_eq!(after(&answer), [2, 0, 2, 4]);
}

#[test]
fn a_drained_broker_ends_empty_and_the_rest_is_even() {
    let lists: [&str; 8] = ["1 2 3", "2 3 4", "3 4 1", "4 1 2", "1 2 3", "2 3 4", "3 4 1", "4 1 2"];
    let answer = placed(&plain(4, &lists), &Goal::Drain(ids(&[4])));
    assert_eq!(after(&answer), [8, 8, 8, 0]);
    assert_eq!(answer.moves, 6);
}

#[test]
fn a_drained_brokers_leaderships_go_to_those_that_lead_least() {
    let lists =
        ["1 2 3", "1 2 3", "1 2 3", "2 3 1", "2 3 1", "2 3 1", "3 1 2", "3 1 2", "3 1 2", "4 1 2", "4 1 2", "4 1 2"];
    let answer = placed(&plain(4, &lists), &Goal::Drain(ids(&[4])));
    assert_eq!(answer.loads.iter().map(|load| load.leaders_after).collect::<Vec<_>>(), [4, 4, 4, 0]);
}

#[test]
fn a_drained_rack_leaves_the_others_as_wide_as_can_be() {
    let answer = placed(&racked(&[1, 1, 2, 2, 3], &["1 3 5", "2 4 5"]), &Goal::Drain(ids(&[5])));
    assert_eq!(after(&answer)[4], 0);
    assert_eq!(answer.moves, 2);
}

#[test]
fn nothing_to_spread_is_no_error() {
    assert!(placed(&plain(2, &[]), &Goal::ScaleOut(ids(&[2]))).changes.is_empty());
    assert!(placed(&plain(2, &[""]), &Goal::Drain(ids(&[2]))).changes.is_empty());
}
