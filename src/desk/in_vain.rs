//! Reactions that had no effect are answered where they were put: in the operation's thread.

use super::answer::Done;
use super::handle::Desk;
use super::steer::Tapped;
use engine::port::{Journal, Told};
use engine::{Notice, Operation, Record};
use interlock::facts::Facts;
use interlock::principal::Account;

/// The facts that are for the person alone: what a cluster said, and names that were perhaps meant.
const PRIVATE: [&str; 3] = ["said", "suggestions", "did-you-mean"];

impl Desk {
    /// A control reaction had no effect, because of who put it there or how things stand.
    pub(super) async fn steered_in_vain(&self, operation: &Operation, by: (&Tapped<'_>, &str), done: &Done) {
        let (tapped, control) = by;
        let why = match done {
            Done::Denied(denied) => denied.id,
            Done::Mistake(mistake) => mistake.id.as_str(),
            _ => return,
        };
        if !self.admits("reaction", Some(tapped.account)) {
            return;
        }
        let record = Record {
            what: "denied".to_owned(),
            actor: self.actor_of(tapped.account),
            operation: Some(operation.id.clone()),
            request: None,
            digest: Some(operation.digest),
            facts: Facts::none().with("command", "reaction").with("control", control).with("denied", why),
        };
        self.recorder.note(record, self.rooms.clock.now());
        self.tell_in_vain(operation, (tapped.account, tapped.emoji), done).await;
    }

    /// A reaction that asks for a plan brought none. That it was asked for is recorded already.
    pub(crate) async fn planned_in_vain(&self, operation: &Operation, by: (Account, &str), done: &Done) {
        if self.admits("reaction-for-a-plan", Some(by.0)) {
            self.tell_in_vain(operation, by, done).await;
        }
    }

    async fn tell_in_vain(&self, operation: &Operation, by: (Account, &str), done: &Done) {
        let (account, emoji) = by;
        let Some((because, facts)) = because(done) else { return };
        let shown = facts.0.into_iter().filter(|(name, _)| !PRIVATE.contains(&name.as_str()));
        let facts = Facts(shown.collect())
            .with("by", self.rooms.policy.people.person(account).as_str())
            // As text: the sign that asks for a picture is one of those that are shown as a number.
            .with("control", emoji.trim_end_matches('\u{fe0f}'))
            .with("because", because);
        let notice = Notice::Milestone { id: "in-vain".to_owned(), facts };
        let at = self.rooms.clock.now();
        let told = Told { operation: operation.id.clone(), at, notices: vec![notice], records: Vec::new() };
        if let Err(error) = self.rooms.store.tell(&told).await {
            tracing::warn!(%error, "that a reaction had no effect cannot be told");
        }
    }
}

/// Why something had no effect: the key of a sentence, and its facts.
fn because(done: &Done) -> Option<(String, Facts)> {
    Some(match done {
        Done::Denied(denied) => (format!("denied-{}", denied.id), Facts::none()),
        Done::Mistake(mistake) => (format!("mistake-{}", mistake.id), mistake.facts.clone()),
        Done::Refused(checks) => {
            let check = checks.iter().find(|check| check.blocks())?;
            (format!("check-{}", check.id), check.facts.clone())
        }
        Done::Failed { id, .. } => match id.strip_prefix("cluster-") {
            Some(failure) => ("failed-cluster".to_owned(), Facts::none().with("failure", failure)),
            None => (format!("failed-{id}"), Facts::none()),
        },
        Done::Bug => ("answer-bug".to_owned(), Facts::none()),
        Done::Looked(_)
        | Done::Shared
        | Done::Planned { .. }
        | Done::DryRun(_)
        | Done::AskedBack(_)
        | Done::GlassAskedBack(_)
        | Done::Controlled { .. }
        | Done::Frozen(_)
        | Done::Unfrozen { .. } => return None,
    })
}
