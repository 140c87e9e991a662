//! Without the guards the sweep finds what the guards prevent: each is taken away by a journal that lies. Leases that are
//! not waited for are in `process.rs`.

use super::sweep::RESET;
use story::crash::{Fault, Lie, Lives, Point, Script};

/// Killed in this process, and by what a killed process leaves: both find it.
#[test]
fn without_a_probe_of_open_intents_an_action_is_done_twice() {
    let honest = Lives::of(Script::of(RESET));
    let forgetful = honest.clone().lied_to(Lie::ForgetsOpenIntents);
    let point = Point::after("act", 1);
    assert_eq!(honest.dying(&point).unwrap().faults(), []);
    is_done_twice(&forgetful.dying(&point).unwrap().faults());
    let wrong = forgetful.sweep(&forgetful.undisturbed(), &["act"]);
    let (_, faults) = wrong.iter().find(|(found, _)| *found == point).expect("the point");
    is_done_twice(faults);
}

fn is_done_twice(faults: &[Fault]) {
    assert!(faults.iter().any(|fault| matches!(fault, Fault::AppliedTwice(_))), "{faults:?}");
    assert!(faults.iter().any(|fault| matches!(fault, Fault::IntentUponOpenIntent(_))), "{faults:?}");
}
