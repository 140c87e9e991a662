//! How many columns a text takes in a terminal: East Asian wide characters and emoji two, combining marks none.

/// The columns of a text.
#[must_use]
pub fn columns(text: &str) -> usize {
    text.chars().map(columns_of).sum()
}

/// The columns of one character.
#[must_use]
pub fn columns_of(character: char) -> usize {
    match u32::from(character) {
        0x300..=0x36f
        | 0x483..=0x489
        | 0x591..=0x5bd
        | 0x610..=0x61a
        | 0x64b..=0x65f
        | 0x1ab0..=0x1aff
        | 0x1dc0..=0x1dff
        | 0x200b..=0x200f
        | 0x20d0..=0x20ff
        | 0xfe00..=0xfe0f
        | 0xfe20..=0xfe2f => 0,
        0x1100..=0x115f
        | 0x231a..=0x231b
        | 0x23e9..=0x23f3
        | 0x2614..=0x2615
        | 0x26a0..=0x26a1
        | 0x2705
        | 0x274c
        | 0x2e80..=0x303e
        | 0x3041..=0x33ff
        | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff
        | 0xa000..=0xa4cf
        | 0xa960..=0xa97f
        | 0xac00..=0xd7a3
        | 0xf900..=0xfaff
        | 0xfe30..=0xfe6f
        | 0xff00..=0xff60
        | 0xffe0..=0xffe6
        | 0x1f300..=0x1f64f
        | 0x1f680..=0x1f6ff
        | 0x1f900..=0x1faff
        | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// The text in at most so many columns, "…" where it was cut.
#[must_use]
pub fn fit(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for character in text.chars() {
        used += columns_of(character);
        if used + 1 > most {
            break;
        }
        out.push(character);
    }
    if most > 0 {
        out.push('…');
    }
    out
}

/// The text broken into lines of at most so many columns: at spaces, else between wide characters, else anywhere.
#[must_use]
pub fn wrap(text: &str, most: usize) -> Vec<String> {
    let most = most.max(2);
    // Nearly every line of a long plan: a column for each byte, and nothing to break.
    if text.len() <= most && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return vec![text.trim_end().to_owned()];
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for word in pieces(text) {
        let wanted = columns(word.trim_end());
        if used > 0 && used + wanted > most {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
            used = 0;
        }
        for character in word.chars() {
            if used == 0 && character == ' ' && !lines.is_empty() {
                continue;
            }
            let columns = columns_of(character);
            if used + columns > most {
                if character == ' ' {
                    continue;
                }
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(character);
            used += columns;
        }
    }
    if !line.trim_end().is_empty() || lines.is_empty() {
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// Words with the spaces after them; wide characters are words of their own, with closing punctuation kept to them.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (place, character) in text.char_indices() {
        if before.is_some_and(|before| breaks_between(before, character)) {
            pieces.push(&text[start..place]);
            start = place;
        }
        before = Some(character);
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

fn breaks_between(before: char, after: char) -> bool {
    const CLOSING: &str = "，。、；：？！）》」』”’…";
    const OPENING: &str = "（《「『“‘";
    if after == ' ' || CLOSING.contains(after) || OPENING.contains(before) {
        return false;
    }
    before == ' ' || columns_of(before) == 2 || columns_of(after) == 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_count_two() {
        assert_eq!(columns("ab"), 2);
        assert_eq!(columns("重置 a"), 6);
        assert_eq!(columns("e\u{301}"), 1);
    }

    #[test]
    fn fitting_cuts_with_an_ellipsis() {
        assert_eq!(fit("orders", 6), "orders");
        assert_eq!(fit("orders", 4), "ord…");
        assert_eq!(fit("重置位点", 5), "重置…");
    }

    #[test]
    fn lines_break_at_words_and_between_wide_characters() {
        assert_eq!(wrap("reset the offsets", 10), ["reset the", "offsets"]);
        assert_eq!(wrap("重置消费位点。", 6), ["重置消", "费位", "点。"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("", 10), [""]);
        assert_eq!(wrap("  two words  ", 13), ["  two words"]);
        assert_eq!(wrap("  two words  ", 10), ["  two", "words"]);
    }

    #[test]
    fn no_line_is_wider_than_asked() {
        for most in 2..20 {
            for line in wrap("Wait for 组 billing-群组-long-long-name, then 重置 to 2026-11-23T02:00:00Z", most) {
                assert!(columns(&line) <= most, "{line:?} at {most}");
            }
        }
    }
}
