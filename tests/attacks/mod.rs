//! What must not work, or must end well all the same.

mod addresses;
mod cards;
mod changed;
mod floods;
mod glass;
mod heads;
mod mistakes;
mod names;
mod outages;
mod outsiders;
mod typed_names;
mod votes;
