//! What a person is asked to type before something is done.

use super::locale::Locale;

/// A form with one field.
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
    /// What stands in the field before anything is typed.
    pub filled: String,
    /// Whether the field is as high as a few lines.
    pub is_high: bool,
}

/// The most characters of a name that is typed, and of a reason; the commands take as many.
const LONGEST: usize = 300;
/// The most characters of a whole command; more fit into no form.
pub const LONGEST_FORM: usize = 4_000;

impl Form {
    /// In which the name of what cannot be undone is typed.
    #[must_use]
    pub fn confirm(id: &str, locale: Locale) -> Self {
        Self {
            id: id.to_owned(),
            title: locale.text("form-confirm"),
            label: locale.text("form-confirm-name"),
            longest: LONGEST,
            filled: String::new(),
            is_high: false,
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
            filled: String::new(),
            is_high: false,
        }
    }
    /// In which a plan is asked for otherwise, with the command as it was typed in it; none if that does not fit.
    #[must_use]
    pub fn change(id: &str, line: String, locale: Locale) -> Option<Self> {
        Self::takes(&line).then(|| Self {
            id: id.to_owned(),
            title: locale.text("form-change"),
            label: locale.text("form-change-line"),
            longest: LONGEST_FORM,
            filled: line,
            is_high: true,
        })
    }

    /// Whether a command fits into a form.
    #[must_use]
    pub fn takes(line: &str) -> bool {
        line.encode_utf16().count() <= LONGEST_FORM
    }
}
