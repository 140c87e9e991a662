//! Lists of answers: the first ones on the card, all of them in the file of what has no room there.

use crate::text::card::{Block, Line};

/// The first of these, and how many more there are.
pub(super) fn few(mut all: Vec<Block>, most: usize, more: impl FnOnce(usize) -> Line) -> Vec<Block> {
    if all.len() > most {
        let rest = all.split_off(most);
        all.push(Block::More { said: more(rest.len()), rest });
    }
    all
}
