//! The wire: which requests there are, their headers in both forms, frames.

pub(crate) mod api;
pub(crate) mod binary;
pub(crate) mod frame;
pub(crate) mod header;
pub(crate) mod request;

#[cfg(test)]
mod tests;
