//! What must not work, or must end well all the same.

mod addresses;
mod cards;
mod floods;
mod glass;
mod mistakes;
mod names;
mod outages;
mod outsiders;
mod typed_names;
mod votes;
