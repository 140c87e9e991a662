//! Without the guards the sweep finds what the guards prevent: each is taken away by a journal that lies.

use super::sweep::{RESET, WAITING};
use interlock::approval::State;
use story::crash::{Fault, Lie, Lives, Point, Script};

#[test]
fn without_the_memory_of_intents_an_action_is_done_twice() {
    let honest = Lives::of(Script::of(WAITING));
    let forgetful = honest.clone().lied_to(Lie::ForgetsIntents);
    let point = Point::after("act", 1);
    assert_eq!(honest.dying(&point).unwrap().faults(), []);
    let faults = forgetful.dying(&point).unwrap().faults();
    let found = |wanted: fn(&Fault) -> bool| faults.iter().any(wanted);
    assert!(found(|fault| matches!(fault, Fault::IntentUponOpenIntent(_))), "{faults:?}");
}

/// The expectations catch what the forgotten intent would have done; but then the bot says that it changed nothing.
#[test]
fn without_the_memory_of_intents_a_reset_that_was_done_is_told_as_nothing() {
    let forgetful = Lives::of(Script::of(RESET)).lied_to(Lie::ForgetsIntents);
    let undisturbed = Lives::of(Script::of(RESET)).undisturbed();
    let ending = forgetful.dying(&Point::after("act", 1)).unwrap();
    assert_eq!(ending.operations[0].state, State::Stopped);
    let differs = ending.differs(&undisturbed.ending);
    assert!(differs.iter().any(|fault| matches!(fault, Fault::Differs("the states", ..))), "{differs:?}");
}
