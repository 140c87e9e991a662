//! Commands: what can be asked, and one use of it.
//!
//! The catalogue is read from the files of `commands/`; [`parse`] turns what a chat hands over into typed [`Arguments`],
//! [`complete`] suggests values from memory, [`help`] describes. A person's error is a [`Mistake`](crate::plan::Mistake):
//! an id and facts, of which sentences are made elsewhere. Facts `option` and `given` are there wherever they make sense;
//! `given` is what was typed, cut to 200 characters and otherwise untouched: hostile until escaped.

mod catalogue;
mod complete;
mod count;
mod directory;
mod duration;
mod fit;
mod help;
mod instant;
mod line;
mod name;
mod offset_target;
mod option_type;
mod parse;
mod partitions;
mod rate;
mod raw;
mod request;
mod settings;
mod source;
mod topics;

pub use catalogue::{Catalogue, Command, Kind, Localized, OptionSpec};
pub use complete::{Asked, Suggestion, complete};
pub use directory::{ClusterNames, Directory, OpenOperation, View, handle};
pub use duration::parse as parse_duration;
pub(crate) use duration::parse as span;
pub use fit::{misfit, unfit_for_new_group, unfit_for_new_topic};
pub use help::{Help, HelpLine, HelpOption, HelpPage, help};
pub use line::{Line, parse_line, write_line};
pub use name::{did_you_mean, resembles_ascii, skeleton};
pub use option_type::OptionType;
pub use parse::{ParseContext, parse};
pub(crate) use rate::parse as amount;
pub use raw::RawValue;
pub use request::{Arguments, Request, Value};
pub use settings::Settings;
pub use source::{CatalogueError, LONGEST_DESCRIPTION};
pub use topics::is_one_topic;
#[cfg(test)]
pub(crate) use topics::parse as parse_topics;
pub(crate) use topics::{ALL, BUSIEST, MOST_WORDS, star_matches};
