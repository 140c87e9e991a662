//! What must be true before an action.

use interlock::plan::{Action, Expectation, Plan, Step, Work, targets_in_log};

/// What must be true before an action. Later actions of a step, and later attempts, stand beside what was already changed:
/// that is told by the probe, so the commits are not compared again. Before its first attempt an action finds what it is to
/// change as it was planned or captured: somebody may have been there since, and the way back would lead elsewhere.
pub(crate) fn needs(step: &Step, action: &Action, (place, attempts): (u32, u32)) -> Vec<Expectation> {
    let first = place == 0 && attempts == 0;
    let keep = |one: &&Expectation| first || !may_have_changed(one, action);
    // A literal step names the commits that it changes in its own needs; a rule's actions count from what was captured.
    let named = |one: &Expectation| step.needs.contains(one) || (!is_rule(step) && one.is_about_offsets());
    let before = (attempts == 0).then(|| action.before()).flatten().filter(|one| !named(one));
    // A literal step names its targets' logs itself; a rule's targets are not known when the step is planned.
    let in_log = if is_rule(step) { targets_in_log(action) } else { Vec::new() };
    step.needs.iter().filter(keep).cloned().chain(before).chain(in_log).collect()
}

pub(crate) fn is_rule(step: &Step) -> bool {
    matches!(step.work, Work::Rule(_))
}

/// What an attempt before may have changed itself: its probe tells what stands there.
fn may_have_changed(expectation: &Expectation, action: &Action) -> bool {
    match expectation {
        one if one.is_about_offsets() => true,
        Expectation::KafkaTopicAbsent { .. } => true,
        Expectation::KafkaTopicIs { topic, .. } => action.remakes() == Some(topic),
        _ => false,
    }
}

/// The expectations that say what the things are, not what stands in them.
pub(crate) fn identity(plan: &Plan) -> Vec<Expectation> {
    plan.expectations.iter().filter(|one| one.is_identity()).filter(|one| !remade(plan, one)).cloned().collect()
}

/// Whether the plan itself makes the topic another one than it was: then its action's probe tells which one it is.
fn remade(plan: &Plan, expectation: &Expectation) -> bool {
    let Expectation::KafkaTopicIs { topic, .. } = expectation else { return false };
    plan.steps.iter().any(|step| matches!(&step.work, Work::Act(action) if action.remakes() == Some(topic)))
}
