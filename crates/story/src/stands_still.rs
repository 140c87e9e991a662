//! Who carries out the first act stands still: before it looks at its permit, right after that look, or between the calls
//! of the act.

use engine::Permit;
use engine::port::{Act, Acted, Backend, Boxed, Clock, Observe};
use interlock::cluster::{Query, Sections};
use interlock::plan::Action;
use interlock::time::Millis;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Passes everything on, the first act when its permit has ended.
pub(crate) struct StandsStill {
    pub(crate) inner: Arc<dyn Backend>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stood: Arc<AtomicBool>,
}

impl Observe for StandsStill {
    fn observe<'a>(&'a self, queries: &'a BTreeSet<Query>) -> Boxed<'a, Sections> {
        self.inner.observe(queries)
    }
}

impl Act for StandsStill {
    fn act<'a>(&'a self, permit: &'a Permit, action: &'a Action) -> Boxed<'a, Acted> {
        Box::pin(async move {
            if !self.stood.swap(true, Ordering::Relaxed) {
                while let Some(left) = permit.left(self.clock.monotonic()) {
                    self.clock.sleep(left).await;
                }
            }
            self.inner.act(permit, action).await
        })
    }
}

/// A clock of a backend whose process is stopped right after it has read the monotonic time, once.
pub(crate) struct StoppedAfterLook {
    pub(crate) inner: Arc<dyn Clock>,
    pub(crate) span: Duration,
    pub(crate) stood: Arc<AtomicBool>,
}

impl Clock for StoppedAfterLook {
    fn now(&self) -> Millis {
        self.inner.now()
    }

    fn monotonic(&self) -> Duration {
        let read = self.inner.monotonic();
        if !self.stood.swap(true, Ordering::Relaxed) {
            // As SIGSTOP does: nothing of this process goes on.
            std::thread::sleep(self.span);
        }
        read
    }

    fn sleep(&self, span: Duration) -> Boxed<'_, ()> {
        self.inner.sleep(span)
    }
}

/// What is done beside the first act, which gets its permit.
pub type Beside = Arc<dyn for<'a> Fn(&'a Permit, &'a dyn Clock) -> Boxed<'a, ()> + Send + Sync>;

/// Passes everything on, and does something beside the first act of a kind.
pub(crate) struct Disturbed {
    pub(crate) inner: Arc<dyn Backend>,
    pub(crate) clock: Arc<dyn Clock>,
    /// [`Action::key`].
    pub(crate) kind: &'static str,
    pub(crate) beside: Beside,
    pub(crate) done: AtomicBool,
}

impl Observe for Disturbed {
    fn observe<'a>(&'a self, queries: &'a BTreeSet<Query>) -> Boxed<'a, Sections> {
        self.inner.observe(queries)
    }
}

impl Act for Disturbed {
    fn act<'a>(&'a self, permit: &'a Permit, action: &'a Action) -> Boxed<'a, Acted> {
        if action.key() != self.kind || self.done.swap(true, Ordering::Relaxed) {
            return self.inner.act(permit, action);
        }
        Box::pin(async move {
            let (acted, ()) = tokio::join!(self.inner.act(permit, action), (self.beside)(permit, self.clock.as_ref()));
            acted
        })
    }
}
