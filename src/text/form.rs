//! What a person is asked to type before something is done.

use super::locale::Locale;

/// A form with one field of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// At most 100 characters; that of the button that opens it. Parsed as hostile when it comes back.
    pub id: String,
    /// What stands above it: at most 45 characters.
    pub title: String,
    /// What stands above its field: at most 45 characters.
    pub label: String,
    /// The most characters that are taken; at least one is.
    pub longest: usize,
}

/// The most characters of a name that is typed, and of a reason; the commands take as many.
const LONGEST: usize = 300;

impl Form {
    /// In which the name of what cannot be undone is typed.
    #[must_use]
    pub fn confirm(id: &str, locale: Locale) -> Self {
        Self {
            id: id.to_owned(),
            title: locale.text("form-confirm"),
            label: locale.text("form-confirm-name"),
            longest: LONGEST,
        }
    }

    /// In which the reason of a veto is typed.
    #[must_use]
    pub fn reject(id: &str, locale: Locale) -> Self {
        Self {
            id: id.to_owned(),
            title: locale.text("form-reject"),
            label: locale.text("form-reject-reason"),
            longest: LONGEST,
        }
    }
}
