//! The terminal this process has, if any.

use crate::text::Drawing;
use std::ffi::OsStr;
use std::io::IsTerminal;

/// The columns where nobody says how many there are.
const USUAL_WIDTH: usize = 80;

/// Whether somebody sits there: lines can be edited only then.
pub(super) fn is_interactive() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && !is_dumb()
}

/// How to draw for standard output as it is now.
pub(super) fn drawing() -> Drawing {
    let is_terminal = std::io::stdout().is_terminal();
    let size = is_terminal.then(crossterm::terminal::size).and_then(Result::ok);
    let width = size.map_or(USUAL_WIDTH, |(columns, _)| usize::from(columns));
    // A terminal that does not know says 0.
    let width = if width == 0 { USUAL_WIDTH } else { width };
    let colour = coloured(is_terminal && !is_dumb(), std::env::var_os("NO_COLOR").as_deref());
    Drawing { width: width.clamp(30, 120), colour }
}

/// Colour is for terminals, and NO_COLOR, set to anything, turns it off.
fn coloured(is_terminal: bool, no_color: Option<&OsStr>) -> bool {
    is_terminal && no_color.is_none_or(OsStr::is_empty)
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_for_terminals_that_want_it() {
        assert!(coloured(true, None) && coloured(true, Some(OsStr::new(""))));
        assert!(!coloured(false, None) && !coloured(true, Some(OsStr::new("1"))));
    }

    #[test]
    fn the_width_is_bounded_whatever_the_terminal_says() {
        assert!((30..=120).contains(&drawing().width));
    }
}
