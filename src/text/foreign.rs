//! Text from outside, made showable: one line, bounded, nothing invisible.

/// The text with at most `most` characters, "…" where it was cut. Line breaks become "⏎", other controls and everything
/// invisible (zero-width, direction, private use) are shown as `\u{…}`: a look-alike must look different.
#[must_use]
pub fn shown(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut length = 0;
    let mut after_break = false;
    for character in text.chars() {
        if is_break(character) {
            if after_break {
                continue;
            }
            after_break = true;
        } else {
            after_break = false;
        }
        let piece = piece(character);
        length += piece.chars().count();
        if length > most {
            return cut(&out, most);
        }
        out.push_str(&piece);
    }
    out
}

fn piece(character: char) -> String {
    if is_break(character) {
        "⏎".to_owned()
    } else if character == '\t' {
        " ".to_owned()
    } else if is_invisible(character) {
        format!("\\u{{{:x}}}", u32::from(character))
    } else {
        character.to_string()
    }
}

fn cut(text: &str, most: usize) -> String {
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

fn is_break(character: char) -> bool {
    matches!(character, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Controls, format characters, fillers that look like nothing, and the private use area (our delimiters among it).
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(u32::from(character),
            0xad | 0x34f | 0x61c | 0x115f | 0x1160 | 0x17b4 | 0x17b5 | 0x180b..=0x180e | 0x200b..=0x200f
            | 0x202a..=0x202e | 0x2060..=0x206f | 0x2800 | 0x3164 | 0xfe00..=0xfe0e | 0xfeff | 0xffa0
            | 0xfff0..=0xfffb | 0xe000..=0xf8ff | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff | 0xf0000..=0x10ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_become_one_mark() {
        assert_eq!(shown(&"\n".repeat(4_096), 40), "⏎");
        assert_eq!(shown("a\r\nb", 40), "a⏎b");
    }

    #[test]
    fn the_invisible_is_shown() {
        assert_eq!(shown("pay\u{200b}ments", 40), "pay\\u{200b}ments");
        assert_eq!(shown("\u{202e}x\u{7}\u{e000}", 40), "\\u{202e}x\\u{7}\\u{e000}");
    }

    #[test]
    fn it_is_never_longer_than_asked() {
        for most in 1..12 {
            assert!(shown("abc\u{200b}def\ng", most).chars().count() <= most);
        }
        assert_eq!(shown("abcdef", 4), "abc…");
        assert_eq!(shown("abcd", 4), "abcd");
    }
}
