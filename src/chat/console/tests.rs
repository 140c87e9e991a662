//! The console as a whole.
