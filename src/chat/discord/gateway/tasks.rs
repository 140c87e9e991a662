//! What runs beside: counted, so that the end can wait for it; a panic is logged, not lost.

use futures_util::FutureExt;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::watch;

/// The tasks of an adapter.
#[derive(Debug)]
pub(in crate::chat::discord) struct Tasks {
    running: watch::Sender<usize>,
    /// Where they run, whoever starts them.
    on: Handle,
}

/// Counts a task while it lives.
struct Counted<'a>(&'a Tasks);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.running.send_modify(|running| *running -= 1);
    }
}

impl Tasks {
    /// None yet; they will run on the runtime of the caller.
    pub(in crate::chat::discord) fn here() -> Self {
        Self { running: watch::Sender::new(0), on: Handle::current() }
    }

    /// Runs something here; none if it panicked.
    pub(in crate::chat::discord) async fn guard<T>(
        &self,
        what: &'static str,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        self.running.send_modify(|running| *running += 1);
        let _counted = Counted(self);
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(result) => Some(result),
            Err(panic) => {
                let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
                let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
                tracing::error!(what, said, "a task panicked");
                None
            }
        }
    }

    /// Runs something beside.
    pub(in crate::chat::discord) fn spawn(
        self: &Arc<Self>,
        what: &'static str,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let tasks = Arc::clone(self);
        self.on.spawn(async move {
            tasks.guard(what, work).await;
        });
    }

    /// The runtime on which they run.
    pub(in crate::chat::discord) fn on(&self) -> &Handle {
        &self.on
    }

    /// Waits until nothing runs, at most so long.
    pub(in crate::chat::discord) async fn finished(&self, within: Duration) {
        let mut running = self.running.subscribe();
        if tokio::time::timeout(within, running.wait_for(|running| *running == 0)).await.is_err() {
            tracing::warn!(left = *self.running.borrow(), "tasks were still running at the end");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_ends_only_its_own_task() {
        let tasks = Arc::new(Tasks::here());
        assert_eq!(tasks.guard("test", async { panic!("on purpose") }).await, None::<()>);
        assert_eq!(tasks.guard("test", async { 7 }).await, Some(7));
        tasks.spawn("test", async { panic!("on purpose") });
        tasks.finished(Duration::from_secs(60)).await;
        assert_eq!(*tasks.running.borrow(), 0);
    }
}
