//! What must not work, or must end well all the same.

mod mistakes;
