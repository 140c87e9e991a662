//! Clocks that tests move.

use engine::port::{Boxed, Clock};
use interlock::time::Millis;
use simulated::HandClock;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// A clock that lives in a file and is shared by all processes that open it: wall clock and monotonic reading in
/// milliseconds. It goes on by sleeping only, and a sleep returns at once.
#[derive(Debug, Clone)]
pub struct FileClock(PathBuf);

impl FileClock {
    /// A new clock in this file.
    ///
    /// # Panics
    /// If the file cannot be written.
    #[must_use]
    pub fn create(path: &Path, now: Millis) -> Self {
        let clock = Self(path.to_owned());
        clock.put(now.0, 0);
        clock
    }

    /// The clock of this file.
    #[must_use]
    pub fn open(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Moves it forward.
    ///
    /// # Panics
    /// If the file cannot be written.
    pub fn advance(&self, by: Duration) {
        let lock = File::create(self.0.with_extension("lock")).expect("the clock's lock");
        lock.lock().expect("the clock's lock");
        let (now, monotonic) = self.get();
        let by = i64::try_from(by.as_millis()).expect("a span");
        self.put(now + by, monotonic + by);
    }

    fn get(&self) -> (i64, i64) {
        let text = fs::read_to_string(&self.0).expect("the clock's file");
        let (now, monotonic) = text.split_once(' ').expect("two readings");
        (now.parse().expect("a number"), monotonic.parse().expect("a number"))
    }

    fn put(&self, now: i64, monotonic: i64) {
        let beside = self.0.with_extension("new");
        fs::write(&beside, format!("{now} {monotonic}")).expect("the clock's file");
        fs::rename(&beside, &self.0).expect("the clock's file");
    }
}

impl Clock for FileClock {
    fn now(&self) -> Millis {
        Millis(self.get().0)
    }

    fn monotonic(&self) -> Duration {
        Duration::from_millis(u64::try_from(self.get().1).expect("never before the start"))
    }

    fn sleep(&self, span: Duration) -> Boxed<'_, ()> {
        Box::pin(async move { self.advance(span) })
    }
}

type Due = (Millis, Box<dyn FnOnce() + Send>);

/// A clock moved by hand, on which things happen at their time: also in the middle of a run that sleeps.
pub struct Agenda {
    hand: HandClock,
    due: Mutex<Vec<Due>>,
}

impl Agenda {
    /// On this clock.
    #[must_use]
    pub fn on(hand: HandClock) -> Self {
        Self { hand, due: Mutex::default() }
    }

    /// This happens after so much time.
    pub fn after(&self, span: Duration, what: impl FnOnce() + Send + 'static) {
        let at = self.hand.now().plus(span);
        self.due.lock().unwrap_or_else(PoisonError::into_inner).push((at, Box::new(what)));
    }

    fn take_due(&self) -> Vec<Due> {
        let now = self.hand.now();
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        due.extract_if(.., |(at, _)| *at <= now).collect()
    }
}

impl Clock for Agenda {
    fn now(&self) -> Millis {
        self.hand.now()
    }

    fn monotonic(&self) -> Duration {
        self.hand.monotonic()
    }

    fn sleep(&self, span: Duration) -> Boxed<'_, ()> {
        Box::pin(async move {
            self.hand.advance(span);
            for (_, what) in self.take_due() {
                what();
            }
        })
    }
}
