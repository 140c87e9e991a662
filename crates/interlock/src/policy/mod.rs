//! May this person do that, there, now; and which seats must be filled. Default deny.

mod pattern;
mod role;
mod sight;

pub use pattern::{LONGEST_PATTERN, NotAPattern, Pattern};
pub use role::{Access, Role};
pub use sight::{Names, Sight};
