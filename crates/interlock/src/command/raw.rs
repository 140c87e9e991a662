//! Options as a chat hands them over.

/// An option's value as a chat hands it over. Nothing in it is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RawValue {
    /// Text; also what the console gives for everything.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Flag(bool),
    /// Something the chat's library could not read: a mistake, never "absent".
    Unreadable,
}

impl From<&str> for RawValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
