//! Notices, plans, checks and answers → neutral [`Card`]s. Nothing else writes to people.
//!
//! Sentences stand in `locales/` (Fluent). What comes from outside never becomes part of our own words: it travels through
//! the sentences in private-use delimiters and comes out as [`Span::Foreign`], [`Span::Code`] or [`Span::Time`].

mod answers;
mod audit_head;
mod batches;
mod board;
mod bounds;
pub mod by_hand;
mod by_hand_moves;
mod by_hand_queues;
mod by_hand_rocketmq;
mod by_hand_rocketmq_topics;
mod by_hand_topics;
pub mod card;
pub mod console;
pub mod foreign;
mod form;
mod freezes;
mod kinds;
mod layout_words;
mod locale;
mod notices;
pub mod numbers;
mod opening;
mod packed;
mod picture;
mod plan_card;
mod plan_text;
mod queues_words;
pub mod reassignment;
mod rocketmq_topic_words;
mod rocketmq_words;
mod sentence;
mod spans;
pub mod table;
pub mod terminal;
mod topic_words;
pub mod vocabulary;
mod vote_told;
pub mod width;

#[cfg(test)]
mod tests;

pub use answers::{answer, answer_without_files, said, share_button, shared};
pub use audit_head::{HeadView, audit_head};
pub use board::{board, board_ended};
pub use card::{Block, Button, Card, CardFile, Line, MORE, MORE_FILE, Mention, Span, Table, Tone, Whole};
pub use console::{Drawing, console};
pub use form::{Form, LONGEST_FORM};
pub use locale::Locale;
pub use notices::{notice, plan_unreadable, undelivered, undelivered_alone};
pub use opening::demo_opening;
pub use packed::{MOST_FILE_BYTES, packed};
pub use plan_card::{CardView, Newer, Owners, Progress, plan_card};
pub use plan_text::plan_text;
pub use vote_told::vote_not_counted;
