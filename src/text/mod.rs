//! Notices, plans, checks and answers → neutral [`Card`]s. Nothing else writes to people.

pub mod card;

pub use card::{Block, Button, Card, CardFile, Line, Mention, Span, Table, Tone};
