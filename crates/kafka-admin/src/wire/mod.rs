//! The wire: layouts, the check of every length, requests with their answers, frames.

pub(crate) mod call;
pub(crate) mod codec;
pub(crate) mod frame;
pub(crate) mod shape;
pub(crate) mod shapes;
pub(crate) mod shapes_layout;
pub(crate) mod walk;

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod corpus_layout;
#[cfg(test)]
mod tests;
