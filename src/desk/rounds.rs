//! Rounds: ask what is needed, look, ask again, until there is an answer.

use engine::port::Observe;
use interlock::cluster::{Query, Sections};
use std::collections::BTreeSet;
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::block_in_place;

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
    // Of nothing there is nothing to think long about.
    let mut round = ask(&sections);
    for _ in 0..MOST_ROUNDS {
        match round {
            Round::Done(answer) => return Some(answer),
            Round::Need(queries) => {
                let missing = sections.missing(&queries);
                if missing.is_empty() {
                    return None;
                }
                sections.merge(backend.observe(&missing).await);
                round = aside(|| ask(&sections));
            }
        }
    }
    match round {
        Round::Done(answer) => Some(answer),
        Round::Need(_) => None,
    }
}

/// Does what is pure and may take long on a large cluster aside from the workers that serve everybody: the tasks of this one
/// go on elsewhere meanwhile. A runtime of one thread has no elsewhere.
pub(super) fn aside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => block_in_place(work),
        _ => work(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::port::Boxed;
    use interlock::cluster::Section;
    use interlock::cluster::kafka::KafkaQuery;
    use std::sync::mpsc::{Receiver, channel};
    use std::time::Duration;

    struct Nothing;

    impl Observe for Nothing {
        fn observe<'a>(&'a self, queries: &'a BTreeSet<Query>) -> Boxed<'a, Sections> {
            let mut sections = Sections::empty();
            queries.iter().for_each(|query| sections.put(query.clone(), Section::NotAsked));
            Box::pin(async { sections })
        }
    }

    fn queries() -> BTreeSet<Query> {
        [Query::Kafka(KafkaQuery::Cluster)].into()
    }

    /// Thinks in its second round until somebody else has had a turn; whether somebody had.
    async fn thinks(turn: Receiver<()>) -> bool {
        let mut first = true;
        let think = move |_: &Sections| {
            if std::mem::take(&mut first) {
                return Round::Need(queries());
            }
            Round::Done(turn.recv_timeout(Duration::from_secs(60)).is_ok())
        };
        rounds(&Nothing, think).await.expect("it is done in two rounds")
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn others_go_on_while_one_thinks() {
        let (give, turn) = channel();
        let thinking = tokio::spawn(async move {
            // Queued on the one worker behind this task: it gets its turn only if the worker is free.
            tokio::spawn(async move { give.send(()) });
            thinks(turn).await
        });
        assert!(thinking.await.unwrap(), "a large plan held up everybody");
    }

    #[tokio::test]
    async fn a_runtime_of_one_thread_thinks_where_it_is() {
        let (give, turn) = channel();
        give.send(()).unwrap();
        assert!(thinks(turn).await);
    }

    #[tokio::test]
    async fn who_is_never_satisfied_gets_an_end() {
        let never = |_: &Sections| Round::<()>::Need(queries());
        assert!(rounds(&Nothing, never).await.is_none());
    }
}
