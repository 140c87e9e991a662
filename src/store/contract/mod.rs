//! What a store promises, run on SQLite and on PostgreSQL: each case once on either.

mod at_work;
mod audit;
pub(super) mod bed;
mod boards;
mod concurrency;
mod failures;
mod freezes;
mod glass;
mod holds;
mod journal;
mod leases;
mod lists;
mod outbox;
mod reader;
mod schema;
mod throttles;
mod told_voters;
mod votes;

/// Makes of each case a test on SQLite and one on PostgreSQL, each with a database of its own.
macro_rules! contract {
    ($($(#[$meta:meta])* async fn $name:ident($bed:ident: &Bed) $body:block)*) => {
        $($(#[$meta])* async fn $name($bed: &Bed) $body)*

        mod on_sqlite {
            use super::Bed;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $name() {
                    let bed = Bed::sqlite().await;
                    super::$name(&bed).await;
                    bed.clear().await;
                }
            )*
        }

        mod on_postgres {
            use super::Bed;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $name() {
                    let bed = Bed::postgres().await;
                    super::$name(&bed).await;
                    bed.clear().await;
                }
            )*
        }
    };
}
use contract;
