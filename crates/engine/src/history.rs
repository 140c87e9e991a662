//! Where an operation stands, read from its journal alone.

use crate::entry::{Entry, Outcome, StartRecord};
use interlock::plan::{Action, Captured, ConfigChange, ConfigOn, Done, KafkaAction, Ours, Plan, Work, put_back_on};
use interlock::time::Millis;
use std::collections::{BTreeMap, BTreeSet};

/// The number under which the actions that put back what was for the run only are journalled.
pub const RESTORE: u32 = 0;
/// The number under which moves that a stop turns round are journalled; above every step's.
pub const UNWOUND: u32 = 1 << 31;
const ADJUSTED: u32 = 1 << 30;

/// The number under which the changes of a step's throttle are journalled.
#[must_use]
pub const fn adjusted(step: u32) -> u32 {
    ADJUSTED | step
}

/// Whether what is journalled under this number is about what is set for the run only: throttles turned or put back.
pub(crate) const fn is_for_the_run(step: u32) -> bool {
    step == RESTORE || (step & ADJUSTED != 0 && step & UNWOUND == 0)
}

/// What the entries of an operation say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// How many entries there are.
    pub entries: i64,
    /// The start, if it happened.
    pub started: Option<StartRecord>,
    /// Steps that are done and verified.
    pub done: BTreeSet<u32>,
    /// Actions of bounded steps, as expanded.
    pub expanded: BTreeMap<u32, Vec<Action>>,
    /// Actions beside the steps, by the number they are journalled under.
    pub beside: BTreeMap<u32, Vec<Action>>,
    /// What capture steps found.
    pub captured: BTreeMap<u32, Captured>,
    /// When the wait of a step is given up.
    pub wait_until: BTreeMap<u32, Millis>,
    /// Whether what was for the run only is put back.
    pub restored: bool,
    /// Whether it goes on although the owners of what it changes could not be told.
    pub without_owners: bool,
    actions: BTreeMap<(u32, u32), Tries>,
}

/// The tries of one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tries {
    /// How many intents were written.
    pub attempts: u32,
    /// The outcome of the last one; none while it is open.
    pub last: Option<Outcome>,
    /// Whether something of it was seen done at any time.
    pub touched: bool,
    /// When the last intent was written.
    pub intended_at: Millis,
}

impl Tries {
    /// Whether an act may have been sent whose effect is not known.
    #[must_use]
    pub fn is_open(self) -> bool {
        self.attempts > 0 && matches!(self.last, None | Some(Outcome::Unknown | Outcome::Answered))
    }

    /// Whether the cluster answered that the last one is done, and that was kept.
    #[must_use]
    pub fn is_answered(self) -> bool {
        self.last == Some(Outcome::Answered)
    }

    /// Whether anything of it was done, or may have been.
    #[must_use]
    pub fn may_have_changed(self) -> bool {
        self.touched || self.is_open()
    }

    /// Whether it was broken off because its broker died: nobody can tell what came of it.
    #[must_use]
    pub fn is_unread(self) -> bool {
        self.last == Some(Outcome::Unread)
    }

    /// Whether the action reads back as done, or counts as done by the cluster's answer.
    #[must_use]
    pub fn is_done(self) -> bool {
        matches!(self.last, Some(Outcome::Done | Outcome::Unseen | Outcome::Needless | Outcome::Left))
    }
}

impl History {
    /// Reads entries in their order.
    #[must_use]
    pub fn read(entries: &[Entry]) -> Self {
        let mut history = Self::default();
        for entry in entries {
            history.add(entry);
        }
        history
    }

    /// Takes in one more entry.
    pub fn add(&mut self, entry: &Entry) {
        self.entries += 1;
        match entry {
            Entry::Started(record) => self.started = Some(record.clone()),
            Entry::Expanded { step, actions } => {
                self.expanded.insert(*step, actions.clone());
            }
            Entry::Added { step, actions } => {
                self.beside.entry(*step).or_default().extend(actions.iter().cloned());
            }
            Entry::Captured { step, captured } => {
                self.captured.insert(*step, captured.clone());
            }
            Entry::Intent { step, action, attempt, at } => {
                let tries = self.actions.entry((*step, *action)).or_default();
                (tries.attempts, tries.last, tries.intended_at) = (*attempt, None, *at);
            }
            Entry::Outcome { step, action, outcome, .. } => {
                let tries = self.actions.entry((*step, *action)).or_default();
                tries.last = Some(*outcome);
                tries.touched |= matches!(outcome, Outcome::Done | Outcome::Unseen | Outcome::Partly | Outcome::Unread);
            }
            Entry::WaitBegan { step, until } => {
                self.wait_until.insert(*step, *until);
            }
            Entry::StepDone { step } => {
                self.done.insert(*step);
            }
            Entry::Restored => self.restored = true,
            Entry::OwnersNotTold => self.without_owners = true,
        }
    }

    /// Whether something counts as done by the cluster's answer alone.
    #[must_use]
    pub fn was_never_seen(&self) -> bool {
        self.actions.values().any(|tries| tries.last == Some(Outcome::Unseen))
    }

    /// Whether something of this step counts as done by the cluster's answer alone.
    #[must_use]
    pub fn was_never_seen_in(&self, step: u32) -> bool {
        self.actions.iter().any(|((of, _), tries)| *of == step && tries.last == Some(Outcome::Unseen))
    }

    /// The tries of an action.
    #[must_use]
    pub fn tries(&self, step: u32, action: u32) -> Tries {
        self.actions.get(&(step, action)).copied().unwrap_or_default()
    }

    /// Whether an intent was ever written.
    #[must_use]
    pub fn intended_something(&self) -> bool {
        self.actions.values().any(|tries| tries.attempts > 0)
    }

    /// Whether an intent was ever written for an action of this step.
    #[must_use]
    pub fn was_intended(&self, step: u32) -> bool {
        self.actions.iter().any(|((of, _), tries)| *of == step && tries.attempts > 0)
    }

    /// Whether something of the cluster was changed, or may have been.
    #[must_use]
    pub fn changed_something(&self) -> bool {
        self.actions.values().any(|tries| tries.may_have_changed())
    }

    /// Whether the step it stands at was changed in part, or may have been. The steps before it are done.
    #[must_use]
    pub fn is_within_a_step(&self, plan: &Plan) -> bool {
        let at = plan.steps.iter().find(|step| !self.done.contains(&step.number));
        at.is_some_and(|step| {
            let actions = self.actions_of(step.number, &step.work);
            (0..).zip(actions).any(|(place, _)| self.tries(step.number, place).may_have_changed())
        })
    }

    /// The actions that were done or may have been done, by step, for the way back.
    #[must_use]
    pub fn happened(&self, plan: &Plan) -> Vec<Done> {
        let of_step = |step: &interlock::plan::Step| {
            let actions = self.actions_of(step.number, &step.work);
            let happened = (0..)
                .zip(actions)
                .filter(|(place, _)| {
                    let tries = self.tries(step.number, *place);
                    tries.may_have_changed()
                })
                .map(|(_, action)| action.clone())
                .collect::<Vec<_>>();
            (!happened.is_empty()).then_some(Done { step: step.number, actions: happened })
        };
        plan.steps.iter().filter_map(of_step).collect()
    }

    /// What has settings that the run changed, or may have, and that are not put back.
    #[must_use]
    pub fn not_put_back(&self, plan: &Plan) -> BTreeSet<ConfigOn> {
        if !self.changed_something() {
            return BTreeSet::new();
        }
        let left = (0..).zip(&plan.restore).filter(|(place, _)| !self.tries(RESTORE, *place).is_done());
        left.flat_map(|(_, action)| put_back_on(action)).collect()
    }

    /// The actions beside the steps under this number.
    #[must_use]
    pub fn added(&self, step: u32) -> &[Action] {
        self.beside.get(&step).map_or(&[], Vec::as_slice)
    }

    /// Every value that a setting was turned to beside the steps, whether it took effect or not.
    #[must_use]
    pub fn turned_to(&self) -> BTreeSet<String> {
        self.beside.values().flatten().flat_map(settings).filter_map(|change| change.to.clone()).collect()
    }

    /// The values that the run may have left in its settings: what was planned, what each turn of the throttle that may have
    /// been done set, and what was taken over from others. A turn that was broken off stands on some of its brokers only.
    #[must_use]
    pub fn ours(&self, plan: &Plan) -> Ours {
        let mut ours = Ours::default();
        for change in plan.restore.iter().flat_map(settings) {
            ours.add(change, change.from.as_ref());
            let ConfigOn::Broker(broker) = &change.on else { continue };
            let adopted = plan.adopts.iter().filter(|one| one.brokers.contains(broker));
            adopted.flat_map(|one| &one.left).for_each(|value| ours.add(change, Some(value)));
        }
        for (step, actions) in &self.beside {
            let turned = (0..).zip(actions).filter(|(place, _)| self.tries(*step, *place).may_have_changed());
            turned.flat_map(|(_, action)| settings(action)).for_each(|change| ours.add(change, change.to.as_ref()));
        }
        ours
    }

    /// The literal actions of a step, as far as they are fixed.
    #[must_use]
    pub fn actions_of<'a>(&'a self, step: u32, work: &'a Work) -> &'a [Action] {
        match work {
            Work::Act(action) => std::slice::from_ref(action),
            Work::Rule(_) => self.expanded.get(&step).map_or(&[], Vec::as_slice),
            Work::Wait(_) | Work::Capture(_) => &[],
        }
    }
}

/// The settings that an action makes.
fn settings(action: &Action) -> &[ConfigChange] {
    match action {
        Action::Kafka(KafkaAction::SetConfigs { changes }) => changes,
        Action::Kafka(_) | Action::Rocketmq(_) => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use interlock::facts::Facts;

    fn intent(attempt: u32) -> Entry {
        Entry::Intent { step: 1, action: 0, attempt, at: Millis(0) }
    }

    fn outcome(outcome: Outcome) -> Entry {
        Entry::Outcome { step: 1, action: 0, attempt: 1, outcome, facts: Facts::none() }
    }

    #[test]
    fn an_intent_without_outcome_is_open() {
        assert!(!History::read(&[]).tries(1, 0).is_open());
        assert!(History::read(&[intent(1)]).tries(1, 0).is_open());
        assert!(History::read(&[intent(1), outcome(Outcome::Unknown)]).tries(1, 0).is_open());
        let answered = History::read(&[intent(1), outcome(Outcome::Answered)]).tries(1, 0);
        assert!(answered.is_open() && answered.is_answered());
        for settled in [Outcome::Done, Outcome::NotApplied, Outcome::Needless] {
            assert!(!History::read(&[intent(1), outcome(settled)]).tries(1, 0).is_open());
        }
        assert!(History::read(&[intent(1), outcome(Outcome::NotApplied), intent(2)]).tries(1, 0).is_open());
    }

    #[test]
    fn what_was_never_applied_changed_nothing() {
        assert!(!History::read(&[intent(1), outcome(Outcome::NotApplied)]).changed_something());
        assert!(History::read(&[intent(1)]).changed_something());
        assert!(History::read(&[intent(1), outcome(Outcome::Done)]).changed_something());
    }
}
