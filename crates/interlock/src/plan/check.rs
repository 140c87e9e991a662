//! Findings about a wanted change, and mistakes of the person who wants it.

use crate::facts::Facts;
use serde::{Deserialize, Serialize};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Pass,
    /// People should know.
    Warn,
    /// Goes on only with an extra seat filled by somebody named.
    Consent,
    /// Does not go on; nobody can override it.
    Block,
}

/// A named finding with its evidence. Sentences about it are made elsewhere, from the id and the facts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Its id in kebab-case ("group-inactive"); part of the product's vocabulary, never renamed lightly.
    pub id: String,
    /// Its weight.
    pub level: Level,
    /// The evidence.
    pub facts: Facts,
    /// What is for the eyes of whoever asks alone, instead of facts of the same name: hosts. It is part of no plan, and never
    /// stored.
    #[serde(skip)]
    pub private: Facts,
}

impl Check {
    /// A finding.
    #[must_use]
    pub fn new(level: Level, id: &str, facts: Facts) -> Self {
        Self { id: id.to_owned(), level, facts, private: Facts::none() }
    }

    /// The same, with what is told to whoever asks alone.
    #[must_use]
    pub fn privately(self, private: Facts) -> Self {
        Self { private, ..self }
    }

    /// The finding as whoever asks may read it, in private.
    #[must_use]
    pub fn in_private(&self) -> Self {
        let mut facts = self.facts.clone();
        facts.0.extend(self.private.0.clone());
        Self { facts, ..self.clone() }
    }

    /// A passed check.
    #[must_use]
    pub fn pass(id: &str) -> Self {
        Self::new(Level::Pass, id, Facts::none())
    }

    /// Whether it forbids the change.
    #[must_use]
    pub fn blocks(&self) -> bool {
        self.level == Level::Block
    }
}

/// A person's mistake: an unknown name, a time that does not exist. Told to the person, with a way forward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mistake {
    /// Its id in kebab-case ("unknown-topic").
    pub id: String,
    /// What the sentence about it needs.
    pub facts: Facts,
}

impl Mistake {
    /// A mistake.
    #[must_use]
    pub fn new(id: &str, facts: Facts) -> Self {
        Self { id: id.to_owned(), facts }
    }
}
