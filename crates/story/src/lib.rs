//! Stories: lab, traffic, judges, the crashable binary
