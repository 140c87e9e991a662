//! The fifteen mistakes that others made with approvals by reaction; each by its number.

mod approvals;
mod failures;
mod secrets;
