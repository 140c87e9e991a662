//! The last word of the command line.

use std::io::Write;

/// To the person at the terminal.
#[expect(clippy::print_stderr, reason = "the command line speaks to a person")]
pub(super) fn error(words: &str) {
    eprintln!("{words}");
}

/// To the standard output, as it is.
///
/// # Errors
/// If nobody reads it.
pub(super) fn output(words: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(words.as_bytes())?;
    out.flush()
}
