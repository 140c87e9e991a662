//! Stories: lab, traffic, judges, the crashable binary

pub mod lab;
