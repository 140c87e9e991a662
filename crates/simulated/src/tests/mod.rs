//! Behaviour of the fleet as its users see it.
