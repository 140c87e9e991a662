//! What must not work, or must end well all the same.

mod cards;
mod mistakes;
mod floods;
mod names;
mod outages;
mod typed_names;
mod votes;
mod outsiders;
