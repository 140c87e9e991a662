//! What can be wrong with the chain.

/// What is wrong with a chain, or with one entry of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// An entry has a number that the chain never gives: it begins with 1.
    Foreign,
    /// An entry is missing.
    Missing,
    /// An entry's bytes do not have its hash.
    Changed,
    /// An entry's bytes are those of another place.
    Moved,
    /// An entry does not follow from the one before it.
    Unlinked,
    /// The columns for searching do not say what the bytes say.
    Columns,
    /// An entry cannot be read.
    Unreadable,
    /// The stored head is not that of the last entry, or entries lie behind it.
    Head,
    /// The chain is shorter than the outside head says: cut off.
    Truncated,
    /// At the outside head's number there is another entry: rewritten.
    Rewritten,
}

impl Broken {
    /// The key of its sentence.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Foreign => "foreign",
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::Moved => "moved",
            Self::Unlinked => "unlinked",
            Self::Columns => "columns",
            Self::Unreadable => "unreadable",
            Self::Head => "head",
            Self::Truncated => "truncated",
            Self::Rewritten => "rewritten",
        }
    }
}
