//! A stateful Discord for tests: REST and gateway, its limits, its published document
