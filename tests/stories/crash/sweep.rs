//! Death at every point: each write of the journal, each act, each call of the chat, before and after it took effect.
//!
//! The sweep kills houses within this process: the call at the point never returns, and the runtime of the house is
//! dropped with all tasks and memory. What is left is what a killed process leaves: committed transactions, the cluster
//! and the chat. Real processes, at some of the points, are in `process.rs`.

use interlock::approval::State;
use std::fmt::Write;
use story::crash::{Fault, Lives, Point, Script};

pub(super) const RESET: &str = "/reset-offset cluster:orders-kafka group:nightly-report to:earliest reason:replay";
pub(super) const WAITING: &str =
    "/reset-offset cluster:orders-kafka group:billing-live to:shift:-5 wait-for-stop:10m reason:replay";

fn tell(wrong: &[(Point, Vec<Fault>)]) -> String {
    wrong.iter().fold(String::new(), |mut told, (point, faults)| {
        let _ = writeln!(told, "killed {point}: {faults:#?}");
        told
    })
}

fn sweeps(lives: &Lives, ends: &[State]) {
    let undisturbed = lives.undisturbed();
    let states: Vec<State> = undisturbed.ending.operations.iter().map(|one| one.state).collect();
    assert_eq!(states, ends, "{:?}", undisturbed.ending.operations);
    assert_eq!(undisturbed.ending.faults(), []);
    let counts = ["journal", "act", "chat"].map(|kind| undisturbed.points.count(kind));
    println!(
        "{counts:?} points: {:?}\n{:#?}\n{:?}",
        undisturbed.points.calls(),
        undisturbed.ending.messages,
        undisturbed.ending.audit
    );
    let wrong = lives.sweep(&undisturbed);
    assert!(wrong.is_empty(), "{} points are wrong\n{}", wrong.len(), tell(&wrong));
}

#[test]
fn a_reset_ends_the_same_wherever_it_is_killed() {
    sweeps(&Lives::of(Script::of(RESET)), &[State::Succeeded]);
}

#[test]
fn a_reset_that_waits_ends_the_same_wherever_it_is_killed() {
    sweeps(&Lives::of(Script::of(WAITING)), &[State::Succeeded]);
}

#[test]
fn a_rollback_ends_the_same_wherever_it_is_killed() {
    sweeps(&Lives::of(Script::of(RESET).and_back()), &[State::Succeeded, State::Succeeded]);
}

#[test]
fn an_answer_that_is_lost_changes_nothing_wherever_it_is_killed() {
    sweeps(&Lives::of(Script::of(RESET)).answer_lost(), &[State::Succeeded]);
}
