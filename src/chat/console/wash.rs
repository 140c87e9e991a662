//! The last gate before the terminal.

use crate::text::foreign::shown;

/// The text with nothing in it that a terminal obeys but line feeds and, where colour is wanted, the simplest of SGR:
/// one number of at most two digits. Everything else is shown as its code.
pub(super) fn washed(text: &str, colour: bool) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| washed_line(line, colour)).collect();
    lines.join("\n")
}

fn washed_line(line: &str, colour: bool) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find('\u{1b}') {
        let (before, from) = rest.split_at(at);
        out.push_str(&shown(before, usize::MAX));
        match sgr(from) {
            Some(length) => {
                if colour {
                    out.push_str(&from[..length]);
                }
                rest = &from[length..];
            }
            None => {
                out.push_str("\\u{1b}");
                rest = &from[1..];
            }
        }
    }
    out.push_str(&shown(rest, usize::MAX));
    out
}

/// The length of the sequence at the beginning.
fn sgr(text: &str) -> Option<usize> {
    let number = text.strip_prefix("\u{1b}[")?;
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let ended = number.as_bytes().get(digits) == Some(&b'm');
    ((1..=2).contains(&digits) && ended).then_some(digits + 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_pass() {
        let painted = "\u{1b}[1mgood\u{1b}[0m\n\u{1b}[31m│\u{1b}[0m";
        assert_eq!(washed(painted, true), painted);
        assert_eq!(washed(painted, false), "good\n│");
        for hostile in [
            "\u{1b}[2J",
            "\u{1b}]0;title\u{7}",
            "\u{1b}[31;5m",
            "\u{1b}[m",
            "\u{1b}[111m",
            "\u{9b}31m",
            "a\rb",
            "\u{1b}",
            "\u{1b}[3",
            "\u{202e}x",
            "\u{1b}\u{1b}[8mx\u{8}",
        ] {
            for colour in [true, false] {
                let text = washed(hostile, colour).replace("\u{1b}[8m", "");
                assert!(!text.chars().any(|one| one.is_control() || one == '\u{202e}'), "{hostile:?} gives {text:?}");
            }
        }
    }
}
