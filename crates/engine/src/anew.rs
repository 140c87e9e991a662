//! A plan that is no longer the right one, or whose card is not what was sent: made anew, and asked for anew.

use crate::change::Move;
use crate::inner::Inner;
use crate::notice::{Notice, Seeded, alert, milestone};
use crate::operation::{Operation, Revision, Transition};
use crate::port::Replanned;
use crate::record::Actor;
use interlock::approval::Event;
use interlock::changes::HELD;
use interlock::facts::Facts;
use interlock::plan::{Check, Sealed};

/// What comes of planning anew.
pub(crate) enum Anew {
    /// It is asked for again. The worker's token is for who writes it.
    Ask(Box<Revision>),
    /// It cannot go on.
    Refuse(Box<Move>),
    /// That cannot be told now: the key of a sentence about what it waits for.
    Later(&'static str),
}

impl Inner {
    pub(crate) async fn anew(&self, operation: &Operation, plan: &Sealed, because: (&str, Facts)) -> Anew {
        let (id, facts) = because;
        if operation.replanned >= self.pace.replans {
            let refuse = Move::new(Event::Refuse).because("replanned-too-often", facts.clone());
            return Anew::Refuse(Box::new(refuse.telling(alert("replanned-too-often", facts))));
        }
        match self.ports.planner.plan_again(operation, plan).await {
            Replanned::Plan(new) => Anew::Ask(Box::new(self.revision(operation, *new, (id, facts)))),
            Replanned::Refused(checks) if is_only_busy(&checks) => Anew::Later("anew-held"),
            Replanned::Refused(checks) => {
                let blocks: Vec<String> =
                    checks.iter().filter(|check| check.blocks()).map(|check| check.id.clone()).collect();
                refuse(id, facts.with("checks", blocks))
            }
            Replanned::Mistake(mistake) => refuse(id, facts.with("mistake", mistake.id)),
            Replanned::Denied(denied) => refuse(denied, facts),
            Replanned::Later(id) => Anew::Later(id),
        }
    }

    fn revision(&self, operation: &Operation, plan: Sealed, because: (&str, Facts)) -> Revision {
        let wanted = Move::new(Event::AskAgain).because(because.0, because.1);
        let told = vec![
            milestone(&format!("stale-{}", wanted.why.id), wanted.why.facts.clone()),
            Notice::PostCard { revision: plan.plan().revision },
            Notice::Seed { reactions: Seeded::Votes },
        ];
        let transition: Transition = wanted.telling(told).of(operation, self, Actor::Engine);
        Revision { transition, plan, by_itself: true }
    }
}

/// What another operation holds is waited for.
fn is_only_busy(checks: &[Check]) -> bool {
    checks.iter().filter(|check| check.blocks()).all(|check| check.id == HELD)
}

fn refuse(id: &str, facts: Facts) -> Anew {
    let refuse = Move::new(Event::Refuse).because(id, facts.clone());
    Anew::Refuse(Box::new(refuse.telling(alert("refused-anew", facts))))
}
