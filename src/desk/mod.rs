//! The one path from a request to its answer: authorize, observe in rounds, plan, hand to the engine; looks and controls too.

pub mod answer;
mod audit;
mod ballots;
mod board;
mod breaking;
mod changing;
mod control;
mod directory;
mod drafting;
mod failed;
mod freezing;
mod handle;
mod holders;
mod in_vain;
mod large;
mod listing;
mod look;
mod members;
mod operations;
mod other_messages;
mod owners;
mod recorder;
mod replanner;
mod rooms;
mod rounds;
mod sharing;
mod shown;
mod steer;
mod strangers;
mod submit;
mod throttle;
mod unlock;
mod waiting;
mod weighed;

pub(crate) use drafting::{Wanted, Whole};
pub(crate) use sharing::Shared;
pub(crate) use steer::Tapped;

pub use answer::{Answer, Denied, Done, Incoming, Recorded};
pub use ballots::{APPROVE, Ballots, STOP, VETO};
pub(crate) use changing::{Changing, ShownPlan};
pub use handle::Desk;
pub use interlock::command::RawValue;
pub use recorder::Recorder;
pub use replanner::Replanner;
pub use rooms::{Parts, Rooms, Times};
