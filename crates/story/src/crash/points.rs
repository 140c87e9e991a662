//! Points of a run, and what happens there.

use engine::port::Boxed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// On which side of its effect a call is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// Nothing of it happened.
    Before,
    /// It happened, and nobody was told.
    After,
}

/// A point of a run: the so-manyth call of a kind, before or after it took effect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Point {
    /// The kind: "journal", "act" or "chat" for any call of that port, or its label ("write intent").
    pub kind: String,
    /// Which of them, from 1.
    pub number: u64,
    /// The side.
    pub side: Side,
}

impl Point {
    /// Just before the so-manyth call of a kind.
    #[must_use]
    pub fn before(kind: &str, number: u64) -> Self {
        Self { kind: kind.to_owned(), number, side: Side::Before }
    }

    /// Just after the so-manyth call of a kind.
    #[must_use]
    pub fn after(kind: &str, number: u64) -> Self {
        Self { kind: kind.to_owned(), number, side: Side::After }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = if self.side == Side::Before { "before" } else { "after" };
        write!(f, "{side} {} {}", self.kind, self.number)
    }
}

/// What happens at a point. The call goes on when the future it gives is ready.
pub type Deed = Box<dyn Fn() -> Boxed<'static, ()> + Send + Sync>;

/// The calls of one life, counted, and the points at which something happens.
#[derive(Default)]
pub struct Points {
    deeds: Vec<(Point, Deed)>,
    counts: Mutex<BTreeMap<String, u64>>,
    /// Kind and label of each call.
    calls: Mutex<Vec<(String, String)>>,
}

impl Points {
    /// Counts only.
    #[must_use]
    pub fn none() -> Arc<Self> {
        Arc::default()
    }

    /// One thing happens.
    #[must_use]
    pub fn at(point: Point, deed: Deed) -> Arc<Self> {
        Self::all(vec![(point, deed)])
    }

    /// All of these happen.
    #[must_use]
    pub fn all(deeds: Vec<(Point, Deed)>) -> Arc<Self> {
        Arc::new(Self { deeds, ..Self::default() })
    }

    /// How many calls of a kind there were.
    #[must_use]
    pub fn count(&self, kind: &str) -> u64 {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).get(kind).copied().unwrap_or_default()
    }

    /// The labels of all calls, in order.
    #[must_use]
    pub fn calls(&self) -> Vec<String> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.iter().map(|(_, label)| label.clone()).collect()
    }

    /// How many calls of a kind there were before the so-manyth one with this label, from 1; all if there were fewer.
    #[must_use]
    pub fn count_before(&self, kind: &str, (label, number): (&str, usize)) -> usize {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (0..).zip(calls.iter()).filter(|(_, call)| call.1 == label).nth(number.saturating_sub(1));
        let until = place.map_or(calls.len(), |(place, _)| place);
        calls.iter().take(until).filter(|call| call.0 == kind).count()
    }

    /// A call of a port (`kind`) with this label.
    pub async fn around<T>(&self, kind: &str, label: &str, call: impl Future<Output = T>) -> T {
        let numbers = [(kind, self.next(kind)), (label, self.next(label))];
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push((kind.to_owned(), label.to_owned()));
        self.reach(&numbers, Side::Before).await;
        let done = call.await;
        self.reach(&numbers, Side::After).await;
        done
    }

    fn next(&self, kind: &str) -> u64 {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(kind.to_owned()).or_default();
        *count += 1;
        *count
    }

    async fn reach(&self, numbers: &[(&str, u64)], side: Side) {
        for (point, deed) in &self.deeds {
            if point.side == side && numbers.contains(&(point.kind.as_str(), point.number)) {
                deed().await;
            }
        }
    }
}

/// The house stands still for good at the point, and whoever waits for this is told. Who then drops the house and its
/// runtime has taken away everything a killed process would not have: its tasks, its memory, its open transactions.
#[must_use]
pub fn vanish(told: &Arc<Notify>) -> Deed {
    let told = told.clone();
    Box::new(move || {
        told.notify_one();
        Box::pin(std::future::pending())
    })
}
