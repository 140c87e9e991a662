//! The demo: a whole bot on a simulated fleet, with a store in a temporary folder and a few personas. Nothing of it is
//! left when it ends.

mod growth;
mod personas;
mod replay;
mod stage;
mod told;
mod witness;

pub use growth::{Growth, Replicas, Surveyor, Throttles};
pub use personas::{NoPolicy, PERSONAS, persona, policy, policy_of_two};
pub use replay::{Accountant, Replay, Standing};
pub use stage::{NoStage, Stage, simulated};
pub use told::{Cast, Committed, NotTold, Tale, Witness, tell};
pub use witness::Books;
