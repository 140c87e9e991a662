//! Servers asked side by side: all at once a large cluster would be asked by hundreds of connections in one moment.

use futures_util::future::{Join, Map, Ready, join, ready};
use futures_util::stream::{BufferUnordered, Buffered, Collect, Iter, TryCollect, iter};
use futures_util::{FutureExt, StreamExt, TryStreamExt};
use std::vec::IntoIter;

/// How many servers are asked at a time, by one look or one act.
pub(super) const AT_ONCE: usize = 16;

type Asked<F> = Buffered<Iter<IntoIter<F>>>;

fn asked<F: Future>(all: impl IntoIterator<Item = F>) -> Asked<F> {
    iter(all.into_iter().collect::<Vec<F>>()).buffered(AT_ONCE)
}

/// With its place: who answers last is not waited for by who comes after it.
type Placed<F> = Join<Ready<usize>, F>;
type Told<F> = Vec<(usize, <F as Future>::Output)>;
type InOrder<F> = fn(Told<F>) -> Vec<<F as Future>::Output>;
type All<F> = Map<Collect<BufferUnordered<Iter<IntoIter<Placed<F>>>>, Told<F>>, InOrder<F>>;

/// What becomes of all of them, in their order. One that does not answer keeps no other from being asked.
pub(super) fn all<F: Future>(each: impl IntoIterator<Item = F>) -> All<F> {
    let placed: Vec<Placed<F>> = each.into_iter().enumerate().map(|(place, one)| join(ready(place), one)).collect();
    let in_order: InOrder<F> = |mut told| {
        told.sort_by_key(|(place, _)| *place);
        told.into_iter().map(|(_, one)| one).collect()
    };
    iter(placed).buffer_unordered(AT_ONCE).collect::<Told<F>>().map(in_order)
}

/// What all of them answer, in their order.
///
/// # Errors
/// The first error; nobody is waited for after it.
pub(super) fn all_well<T, E, F>(each: impl IntoIterator<Item = F>) -> TryCollect<Asked<F>, Vec<T>>
where
    F: Future<Output = Result<T, E>>,
{
    asked(each).try_collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::future::join_all;
    use std::cell::Cell;

    /// How many are asked now, and how many were at most.
    #[derive(Default)]
    struct AtWork(Cell<(usize, usize)>);

    impl AtWork {
        /// Takes a moment. Who was asked first answers last.
        async fn ask(&self, number: usize) -> usize {
            let (now, most) = self.0.get();
            self.0.set((now + 1, most.max(now + 1)));
            for _ in number..50 {
                tokio::task::yield_now().await;
            }
            let (now, most) = self.0.get();
            self.0.set((now - 1, most));
            number
        }

        fn most(&self) -> usize {
            self.0.get().1
        }
    }

    #[tokio::test]
    async fn no_more_than_so_many_are_asked_at_a_time_and_answers_keep_their_order() {
        let order: Vec<usize> = (0..40).collect();
        let at_work = AtWork::default();
        assert_eq!(all(order.iter().map(|number| at_work.ask(*number))).await, order);
        assert_eq!(at_work.most(), AT_ONCE);
        let at_work = AtWork::default();
        let well = order.iter().map(|number| async { Ok::<_, ()>(at_work.ask(*number).await) });
        assert_eq!(all_well(well).await, Ok(order.clone()));
        assert_eq!(at_work.most(), AT_ONCE);
        let at_work = AtWork::default();
        assert_eq!(join_all(order.iter().map(|number| at_work.ask(*number))).await, order);
        assert_eq!(at_work.most(), 40, "without the limit all are asked at once");
    }

    #[tokio::test]
    async fn one_that_does_not_answer_keeps_no_other_from_being_asked() {
        let asked = Cell::new(0);
        let each = (0..40).map(|number| {
            let asked = &asked;
            async move {
                asked.set(asked.get() + 1);
                if number == 0 {
                    std::future::pending::<()>().await;
                }
            }
        });
        assert!(tokio::time::timeout(std::time::Duration::from_millis(50), all(each)).await.is_err());
        assert_eq!(asked.get(), 40);
    }

    #[tokio::test]
    async fn an_error_ends_it() {
        let asked = (0..40).map(|number| async move { if number == 3 { Err(number) } else { Ok(()) } });
        assert_eq!(all_well(asked).await, Err(3));
    }

    /// The others ask by these two, and so by this limit.
    #[test]
    fn nobody_asks_side_by_side_in_another_way() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/backend/rocketmq");
        let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        let others: Vec<_> = files.iter().filter(|path| !path.ends_with("side_by_side.rs")).collect();
        assert!(others.len() > 10, "the files are where they are looked for");
        for path in others {
            let source = std::fs::read_to_string(path).unwrap();
            for way in ["join_all", "FuturesUnordered", "JoinSet", "buffer"] {
                assert!(!source.contains(way), "{}: {way}", path.display());
            }
        }
    }
}
