//! Stories: what people see, judged from outside. One target, because each costs a link.

mod arrows;
mod catalogue;
mod stories;
