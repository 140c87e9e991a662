//! Rounds: ask what is needed, look, ask again, until there is an answer.

use engine::port::Observe;
use interlock::cluster::{Query, Sections};
use std::collections::BTreeSet;

/// The most rounds of one plan or look.
const MOST_ROUNDS: usize = 6;

/// What a pure part says after one round.
pub(super) enum Round<T> {
    /// It has to see more.
    Need(BTreeSet<Query>),
    /// It is done.
    Done(T),
}

/// Asks round by round; none if it is never satisfied, which is a bug of the asker.
pub(super) async fn rounds<T>(backend: &dyn Observe, mut ask: impl FnMut(&Sections) -> Round<T>) -> Option<T> {
    let mut sections = Sections::empty();
    for _ in 0..=MOST_ROUNDS {
        match ask(&sections) {
            Round::Done(answer) => return Some(answer),
            Round::Need(queries) => {
                let missing = sections.missing(&queries);
                if missing.is_empty() {
                    return None;
                }
                sections.merge(backend.observe(&missing).await);
            }
        }
    }
    None
}
