//! Looks: what only reads. Sections + request → what is needed, or the answer as data.

use serde::{Deserialize, Serialize};

/// What a look gave, as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookAnswer {}
