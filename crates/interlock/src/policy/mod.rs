//! May this person do that, there, now; and which seats must be filled. Default deny: what no grant gives is refused, and
//! what cannot be verified counts as not given.
//!
//! The order of a request: [`Places::serve`], then [`Policy::may`] without a cluster, then its arguments are read through
//! [`Policy::sight`], then `may` again with cluster and names, and for a change once more with the names of its plan.

mod ballot;
mod breaking;
mod control;
mod freezing;
mod grants;
mod named;
mod owners;
mod pattern;
mod people;
mod place;
mod requirement;
mod role;
mod rules;
mod seats;
mod sight;
#[cfg(test)]
mod tests;
mod wanted;

pub use ballot::Voter;
pub use control::{Control, FirstUnlock, Right, Standing, UNDO_WINDOW, UNLOCK_WINDOW};
pub use grants::{Grant, Grantee, Grants, Of, Reach};
pub use owners::{Owner, Owners};
pub use pattern::{LONGEST_PATTERN, NotAPattern, Pattern};
pub use people::{AccountTaken, People};
pub use place::Places;
pub use requirement::{Occasion, WayBack, stricter};
pub use role::{Access, Role};
pub use rules::{Denied, Needs, Policy, names_of};
pub use seats::{Demand, MOST_APPROVERS, NotSeats, SeatRules, Weight, floor, seats};
pub use sight::{Names, Sight};
