//! How long calls may take.

use std::time::Duration;

/// How long calls may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// One look with all its calls.
    pub observe: Duration,
    /// One act.
    pub act: Duration,
}
