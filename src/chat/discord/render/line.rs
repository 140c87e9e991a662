//! Lines of spans: as markup, and as plain text for footers and attachments.

use super::super::limits::FOREIGN;
use super::escape;
use crate::text::numbers::utc;
use crate::text::{Line, Span};
use interlock::principal::Account;
use interlock::time::Millis;

/// A line as markup.
#[derive(Debug, Default)]
pub(super) struct Markup {
    pub(super) text: String,
    /// Whether a piece of it was too long and only its beginning is there.
    pub(super) cut: bool,
}

/// Renders a line as Discord's markdown.
pub(super) fn markup(line: &Line) -> Markup {
    let mut markup = Markup::default();
    for span in &line.0 {
        let at_start = markup.text.is_empty();
        let (text, cut) = match span {
            Span::Plain(text) => (text.clone(), false),
            Span::Strong(text) => (format!("**{text}**"), false),
            Span::Foreign(text) => bounded(text, |text| escape::markdown(text, at_start)),
            Span::Code(text) => bounded(text, escape::code),
            Span::Account(id) => (format!("<@{id}>"), false),
            Span::Time(at) => (format!("{} ({})", utc(*at), stamp(*at, 'f')), false),
            Span::Deadline(at) => (stamp(*at, 'R'), false),
        };
        markup.text.push_str(&text);
        markup.cut |= cut;
    }
    markup
}

/// Shows at most so much of a text from outside, and says how much is left.
fn bounded(text: &str, show: impl Fn(&str) -> String) -> (String, bool) {
    match text.char_indices().nth(FOREIGN) {
        None => (show(text), false),
        Some((at, _)) => {
            let left = text[at..].chars().count();
            (format!("{}… (+{left})", show(&text[..at])), true)
        }
    }
}

/// Discord's own writing of an instant: `f` a date in the reader's zone, `R` how far off it is, which goes on changing.
fn stamp(at: Millis, style: char) -> String {
    format!("<t:{}:{style}>", at.0.div_euclid(1_000))
}

/// Whether Discord shows a line well only where it knows markup.
pub(super) fn needs_markup(line: &Line) -> bool {
    line.0.iter().any(|span| matches!(span, Span::Account(_)))
}

/// Renders a line without any markup: for footers, where Discord shows none, and for attachments.
pub(super) fn plain(line: &Line) -> String {
    line.0.iter().map(plain_span).collect()
}

fn plain_span(span: &Span) -> String {
    match span {
        Span::Plain(text) | Span::Strong(text) => text.clone(),
        Span::Foreign(text) | Span::Code(text) => escape::visible(text),
        Span::Account(id) => Account::Discord(*id).to_string(),
        Span::Time(at) | Span::Deadline(at) => utc(*at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_become_markup_or_plain_text() {
        let line = Line(vec![
            Span::Plain("op ".into()),
            Span::Code("K7F3QD".into()),
            Span::Strong(" x ".into()),
            Span::Foreign("a_b\n".into()),
            Span::Time(Millis(1_700_000_000_999)),
            Span::Deadline(Millis(1_700_000_060_000)),
            Span::Account(7),
        ]);
        let shown = markup(&line);
        assert_eq!(
            shown.text,
            "op `K7F3QD`** x **a\\_b⏎2023-11-14 22:13:20.999 UTC (<t:1700000000:f>)<t:1700000060:R><@7>"
        );
        assert!(!shown.cut);
        assert_eq!(plain(&line), "op K7F3QD x a_b⏎2023-11-14 22:13:20.999 UTC2023-11-14 22:14:20 UTCdiscord:7");
    }

    #[test]
    fn a_long_text_says_how_much_is_left() {
        let shown = markup(&Line(vec![Span::Foreign("x".repeat(FOREIGN + 7))]));
        assert!(shown.cut);
        assert!(shown.text.ends_with("x… (+7)"));
    }
}
