//! A fleet that behaves like the real ones, traps included; time is passed in
