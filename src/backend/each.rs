//! Looks: each query by itself, several at a time.

use engine::port::Clock;
use futures_util::StreamExt;
use interlock::cluster::{Answer, Failure, Query, Section, Sections, Seen};
use std::collections::BTreeSet;
use std::future::Future;

/// How many queries are asked at a time.
const AT_ONCE: usize = 8;

/// Asks each query and says when that began and ended.
pub(super) async fn each<Asked>(clock: &dyn Clock, queries: &BTreeSet<Query>, ask: impl Fn(Query) -> Asked) -> Sections
where
    Asked: Future<Output = Result<Answer, Failure>>,
{
    let asked = futures_util::stream::iter(queries.iter().cloned()).map(|query| {
        let asked = ask(query.clone());
        async move {
            let from = clock.now();
            let section = match asked.await {
                Ok(value) => Section::Seen(Seen { from, to: clock.now(), value }),
                Err(failure) => Section::Failed(failure),
            };
            (query, section)
        }
    });
    let mut sections = Sections::empty();
    let mut answered = asked.buffer_unordered(AT_ONCE);
    while let Some((query, section)) = answered.next().await {
        sections.put(query, section);
    }
    sections
}
