//! Text of others, shown literally: no markup, no mention, no link, nothing invisible.

use crate::text::foreign::shown;
use interlock::command::resembles_ascii;

/// What [`shown`] lets through and still deceives: spaces that are none, and combining marks, with which the composed and
/// the decomposed writing of a name look alike.
fn deceives(character: char) -> bool {
    (character.is_whitespace() && character != ' ')
        || matches!(character,
            '\u{fe0f}' | '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// A word that is written in ASCII letters and in such of other scripts as look like them.
fn is_disguised(word: &str) -> bool {
    word.chars().any(|one| one.is_ascii_alphabetic()) && word.chars().any(resembles_ascii)
}

/// The text on one line with everything invisible written out, spaces at its ends and letters in disguise too.
pub(super) fn visible(text: &str) -> String {
    let text = shown(text, usize::MAX);
    let inner = text.trim_matches(' ');
    let start = text.len() - text.trim_start_matches(' ').len();
    let mut visible = String::with_capacity(text.len());
    let mut at = 0;
    for word in text.split_inclusive(|one: char| !one.is_alphanumeric()) {
        let disguised = is_disguised(word);
        for character in word.chars() {
            let outer = character == ' ' && (at < start || at >= start + inner.len());
            if outer || deceives(character) || (disguised && resembles_ascii(character)) {
                visible.extend(character.escape_unicode());
            } else {
                visible.push(character);
            }
            at += character.len_utf8();
        }
    }
    visible
}

/// Visible text such that Discord's markdown shows it as it is. `at_start`: nothing stands before it on its line.
pub(super) fn markdown(text: &str, at_start: bool) -> String {
    let text = visible(text);
    let mut shown = String::with_capacity(text.len() + 8);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    for (at, character) in text.char_indices() {
        match character {
            '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '>' | '[' | ']' => shown.push('\\'),
            // A link needs "://".
            ':' if text[at..].starts_with("://") => shown.push('\\'),
            '#' | '-' | '+' if at_start && at == 0 => shown.push('\\'),
            '.' | ')' if at_start && at > 0 && at == digits => shown.push('\\'),
            _ => {}
        }
        shown.push(character);
        if character == '@' {
            // Splits @everyone, @here and <@…> for every parser, the server's included.
            shown.push('\u{200b}');
        }
    }
    shown
}

/// Visible text in a fixed-width face. Single backticks survive; longer runs are written out.
pub(super) fn code(text: &str) -> String {
    let text = visible(text);
    if text.is_empty() {
        return "` `".to_owned();
    }
    if !text.contains('`') {
        return format!("`{text}`");
    }
    if text.contains("``") {
        return format!("`{}`", text.replace('`', "\\u{60}"));
    }
    format!("`` {text} ``")
}

/// Visible text inside of a block of fixed width.
pub(super) fn cell(text: &str) -> String {
    visible(text).replace('`', "\\u{60}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_literally() {
        for (name, shown) in [
            ("orders.v2", "orders.v2"),
            ("my_topic", "my\\_topic"),
            ("**bold**", "\\*\\*bold\\*\\*"),
            ("[click](https://evil.example)", "\\[click\\](https\\://evil.example)"),
            ("<t:0:R>", "\\<t:0:R\\>"),
            ("</audit:1>", "\\</audit:1\\>"),
            ("||spoiler||", "\\|\\|spoiler\\|\\|"),
            ("a`b", "a\\`b"),
            ("two\nlines", "two⏎lines"),
            ("\u{202e}abc", "\\\\u{202e}abc"),
            ("zero\u{200b}width", "zero\\\\u{200b}width"),
            ("end ", "end\\\\u{20}"),
            ("e\u{301}", "e\\\\u{301}"),
            ("bill\u{456}ng-eu", "bill\\\\u{456}ng-eu"),
            ("сделать backup", "сделать backup"),
            ("café", "café"),
        ] {
            assert_eq!(markdown(name, false), shown, "{name:?}");
        }
    }

    #[test]
    fn mentions_are_broken_for_every_parser() {
        for name in ["@everyone", "@here", "<@1>", "<@!1>", "<@&1>"] {
            let shown = markdown(name, false);
            assert!(!shown.contains("@everyone") && !shown.contains("@here"), "{shown:?}");
            assert!(!shown.contains("<@") || shown.contains("<@\u{200b}"), "{shown:?}");
        }
        assert_eq!(markdown("<#5>", false), "\\<#5\\>");
    }

    #[test]
    fn nothing_at_the_start_of_a_line_makes_a_list_or_heading() {
        for (name, shown) in [("# a", "\\# a"), ("- a", "\\- a"), ("> a", "\\> a"), ("1. a", "1\\. a"), ("a-b", "a-b")]
        {
            assert_eq!(markdown(name, true), shown);
        }
        assert_eq!(markdown("-# a", true), "\\-# a");
    }

    #[test]
    fn code_never_ends_early() {
        assert_eq!(code("plain"), "`plain`");
        assert_eq!(code("a`b"), "`` a`b ``");
        assert_eq!(code("a```b"), "`a\\u{60}\\u{60}\\u{60}b`");
        assert_eq!(code("a\nb"), "`a⏎b`");
        assert_eq!(cell("```\n"), "\\u{60}\\u{60}\\u{60}⏎");
    }
}
