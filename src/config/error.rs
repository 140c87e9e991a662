//! What is wrong with settings: every error, each with its place.

use interlock::command::did_you_mean;
use std::cell::RefCell;
use std::fmt;
use std::ops::Range;

/// One error of the settings. Lines and columns count from 1, columns in characters; both are 0 for the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SettingsError {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// The key, as `cluster[1].tier`; empty for the file as a whole.
    pub key: String,
    /// What is wrong, and what would be right. Never a secret.
    pub what: String,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line > 0 {
            write!(f, "line {}, column {}: ", self.line, self.column)?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.what)
    }
}

impl std::error::Error for SettingsError {}

impl SettingsError {
    /// An error of the file as a whole.
    pub(super) fn of_file(what: String) -> Self {
        Self { line: 0, column: 0, key: String::new(), what }
    }
}

/// Collects errors while settings are read.
#[derive(Debug)]
pub(super) struct Problems<'d> {
    text: &'d str,
    found: RefCell<Vec<SettingsError>>,
}

/// Where in the file something stands, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) span: Range<usize>,
    pub(super) key: String,
}

impl<'d> Problems<'d> {
    pub(super) fn new(text: &'d str) -> Self {
        Self { text, found: RefCell::default() }
    }

    /// Notes an error.
    pub(super) fn add(&self, spot: &Spot, what: impl Into<String>) {
        let before = self.text.get(..spot.span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        self.found.borrow_mut().push(SettingsError { line, column, key: spot.key.clone(), what: what.into() });
    }

    /// Every error, in the order of the file.
    pub(super) fn into_errors(self) -> Vec<SettingsError> {
        let mut errors = self.found.into_inner();
        errors.sort();
        errors.dedup();
        errors
    }
}

/// "; did you mean …?", if there is something near.
pub(super) fn near<'n>(given: &str, known: impl IntoIterator<Item = &'n str>) -> String {
    match did_you_mean(given, known).as_slice() {
        [] => String::new(),
        names => format!("; did you mean {}?", names.join(" or ")),
    }
}
