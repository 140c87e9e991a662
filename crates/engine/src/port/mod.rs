//! The ports through which the engine reaches the world.

mod clock;
mod cluster;
mod journal;
mod members;
mod planner;

pub use clock::Clock;
pub use cluster::{Act, Acted, Backend, Clusters, Observe, Reason};
pub use journal::{Beat, Discharge, Heard, Journal, JournalError, Told, ToldAsRead, Written};
pub use members::{Members, Polled, Unreadable};
pub use planner::{Planner, Replanned};

use std::future::Future;
use std::pin::Pin;

/// A boxed future, so that ports can be `dyn`.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
