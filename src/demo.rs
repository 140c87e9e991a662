//! The demo: a whole bot on a simulated fleet, with a store in a temporary folder and a few personas. Nothing of it is
//! left when it ends.

mod personas;
mod stage;
mod told;
mod witness;

pub use personas::{PERSONAS, persona, policy};
pub use stage::{NoStage, Stage, simulated};
pub use told::{Committed, NotTold, Tale, Witness, tell};
pub use witness::Books;
