//! What a layout is judged by.

use std::collections::BTreeSet;

/// What can be wrong with how a message looks, and what of it is counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// Characters that no face has: a reader would see boxes.
    pub missing: BTreeSet<char>,
    /// Lines of blocks of code that are wider than their block and break: their columns no longer stand below each other.
    pub broken: Vec<String>,
    /// What crosses the edge of what it stands in.
    pub outside: Vec<String>,
    /// All lines of blocks of code, as they were sent.
    pub code: Vec<String>,
}

impl Facts {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn are_well(&self) -> bool {
        self.missing.is_empty() && self.broken.is_empty() && self.outside.is_empty()
    }
}
