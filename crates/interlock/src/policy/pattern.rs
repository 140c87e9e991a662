//! Patterns over names: regular expressions that always match the whole name.

use regex::{Regex, RegexBuilder};
use std::fmt;

/// The longest pattern, in characters.
pub const LONGEST_PATTERN: usize = 500;
const MOST_COMPILED_BYTES: usize = 1 << 20;

/// A regular expression, anchored at both ends by construction: `billing.*` does not match `not-billing`.
#[derive(Clone)]
pub struct Pattern {
    source: String,
    regex: Regex,
}

/// A text is not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAPattern {
    /// Nothing there: it would match only the empty name, and no name is empty.
    #[error("is empty")]
    Empty,
    /// Longer than [`LONGEST_PATTERN`].
    #[error("is longer than {LONGEST_PATTERN} characters")]
    TooLong,
    /// Not a regular expression, or one too large.
    #[error("is not a regular expression: {0}")]
    Wrong(String),
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// If the text is empty, too long, or not a regular expression.
    pub fn new(source: &str) -> Result<Self, NotAPattern> {
        if source.is_empty() {
            return Err(NotAPattern::Empty);
        }
        if source.chars().count() > LONGEST_PATTERN {
            return Err(NotAPattern::TooLong);
        }
        // On its own first: `a)|(b` is broken, but would hold together inside of the group below.
        regex_syntax_check(source)?;
        let regex = RegexBuilder::new(&format!("^(?:{source})$"))
            .size_limit(MOST_COMPILED_BYTES)
            .build()
            .map_err(|error| NotAPattern::Wrong(last_line(&error)))?;
        Ok(Self { source: source.to_owned(), regex })
    }

    /// Whether it matches the whole name.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        // `$` matches at the very end only: multi-line mode is off unless the pattern itself turns it on, so the match
        // must also span the name.
        self.regex.find_iter(name).any(|found| found.start() == 0 && found.end() == name.len())
    }

    /// The pattern as written in the settings.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }
}

fn regex_syntax_check(source: &str) -> Result<(), NotAPattern> {
    RegexBuilder::new(source)
        .size_limit(MOST_COMPILED_BYTES)
        .build()
        .map(|_| ())
        .map_err(|error| NotAPattern::Wrong(last_line(&error)))
}

fn last_line(error: &regex::Error) -> String {
    let text = error.to_string();
    text.lines().next_back().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_whole_names_only() {
        let pattern = Pattern::new("billing|orders-.*").unwrap();
        for right in ["billing", "orders-", "orders-eu"] {
            assert!(pattern.matches(right), "{right}");
        }
        for wrong in ["", "billing2", "xbilling", "orders", "not-orders-eu", "billing\n"] {
            assert!(!pattern.matches(wrong), "{wrong:?}");
        }
    }

    #[test]
    fn a_pattern_cannot_break_out_of_its_anchors() {
        assert!(matches!(Pattern::new("a)|(b"), Err(NotAPattern::Wrong(_))));
        assert!(!Pattern::new("(?m)a").unwrap().matches("a\nb"));
        assert!(!Pattern::new("(?x) a # b").is_ok_and(|pattern| pattern.matches("ab")));
    }

    #[test]
    fn what_is_no_pattern() {
        assert_eq!(Pattern::new(""), Err(NotAPattern::Empty));
        assert_eq!(Pattern::new(&"a".repeat(501)), Err(NotAPattern::TooLong));
        for wrong in ["(", "*", "[a", r"\p{Nope}", "(?:(?:a{1000}){1000}){1000}"] {
            assert!(matches!(Pattern::new(wrong), Err(NotAPattern::Wrong(_))), "{wrong}");
        }
    }
}
