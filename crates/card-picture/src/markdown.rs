//! Markup of a whole text: its lines, headings, small print, quotes and blocks of code.

use crate::inline::{Run, Style, runs};
use crate::reader::Reader;

/// How large the words of a line are beside those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    /// As the rest.
    Usual,
    /// `#` to `###`: 1 to 3.
    Heading(u8),
    /// `-#`.
    Small,
    /// `>`.
    Quote,
}

/// A part of a text, below the one before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// A line.
    Line(Weight, Vec<Run>),
    /// A block of fixed width.
    Code(Vec<String>),
}

const FENCE: &str = "```";

/// The parts of a text.
pub(crate) fn parts(text: &str, reader: &Reader) -> Vec<Part> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, block, after)) = fenced(rest) {
        lines(before.strip_suffix('\n').unwrap_or(before), reader, &mut found);
        found.push(Part::Code(block.lines().map(str::to_owned).collect()));
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    lines(rest, reader, &mut found);
    found
}

/// What stands before a block of code, in it, and after it.
fn fenced(text: &str) -> Option<(&str, &str, &str)> {
    let begin = text.find(FENCE)?;
    let inner = &text[begin + FENCE.len()..];
    let end = inner.find(FENCE).filter(|end| *end > 0)?;
    let block = &inner[..end];
    // A word alone on the first line is the name of a language.
    let is_language = |word: &str| word.chars().all(|one| one.is_ascii_alphanumeric() || "_+-.#".contains(one));
    let block = block.split_once('\n').filter(|(word, _)| is_language(word)).map_or(block, |(_, rest)| rest);
    Some((&text[..begin], block.trim_matches('\n'), &inner[end + FENCE.len()..]))
}

fn lines(text: &str, reader: &Reader, found: &mut Vec<Part>) {
    if text.is_empty() {
        return;
    }
    for line in text.split('\n') {
        let (weight, words) = weighed(line);
        let style = Style { bold: matches!(weight, Weight::Heading(_)), ..Style::default() };
        found.push(Part::Line(weight, runs(words, style, reader)));
    }
}

fn weighed(line: &str) -> (Weight, &str) {
    let marks =
        [("# ", Weight::Heading(1)), ("## ", Weight::Heading(2)), ("### ", Weight::Heading(3)), ("-# ", Weight::Small)];
    let marks = marks.into_iter().chain([("> ", Weight::Quote)]);
    let mut found = marks.filter_map(|(mark, weight)| Some((weight, line.strip_prefix(mark)?)));
    found.next().unwrap_or((Weight::Usual, line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inline::Look;
    use crate::reader::Language;
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    fn read(text: &str) -> Vec<Part> {
        let names = [(7, "approvers".to_owned()), (8, "alice".to_owned())].into();
        let reader = Reader {
            language: Language::English,
            zone: TimeZone::UTC,
            now: Timestamp::from_second(1_000).unwrap(),
            names,
        };
        parts(text, &reader)
    }

    /// The words of a line, each with a letter for what it is.
    fn marked(text: &str) -> String {
        let Part::Line(_, runs) = read(text).remove(0) else { panic!("a block") };
        let letter = |style: Style| {
            let faces = [(style.bold, "b"), (style.italic, "i"), (style.underlined, "u"), (style.struck, "s")];
            let faces: String = faces.iter().filter(|(is, _)| *is).map(|(_, letter)| *letter).collect();
            let look = match style.look {
                Look::Plain => "",
                Look::Mention => "m",
                Look::Link => "l",
                Look::Stamp => "t",
            };
            format!("{faces}{}{look}", if style.code { "c" } else { "" })
        };
        runs.iter().map(|run| format!("{}({})", letter(run.style), run.text)).collect()
    }

    #[test]
    fn markup_is_read_as_a_client_reads_it() {
        for (text, shown) in [
            ("a **b** c", "(a )b(b)( c)"),
            ("***b***", "bi(b)"),
            ("*a* _b_ __c__ ~~d~~", "i(a)( )i(b)( )u(c)( )s(d)"),
            ("op `K7F3QD` · `` a`b ``", "(op )c(K7F3QD)( · )c( a`b )"),
            ("**`x`**", "bc(x)"),
            ("\\*\\*no\\*\\* a\\_b \\<@8\\> \\`c\\`", "(**no** a_b <@8> `c`)"),
            ("<@&7> <@8> <@!8> <@9>", "m(@approvers)( )m(@alice)( )m(@alice)( )m(@unknown-user)"),
            ("ends <t:4600:R>", "(ends )t(in 1 hour)"),
            ("[a](https://b.example) https://c.example d", "l(a)( )l(https://c.example)( d)"),
            ("[a](javascript:b) https\\://x", "([a](javascript:b) https://x)"),
            ("2 * 3 * 4, a `", "(2 * 3 * 4, a `)"),
        ] {
            assert_eq!(marked(text), shown, "{text}");
        }
    }

    #[test]
    fn blocks_stand_between_lines() {
        let found = read("### Checks\na\n```\np lag\n0  12\n```+ 2\nb\n-# small");
        let weights: Vec<Option<Weight>> = found
            .iter()
            .map(|part| match part {
                Part::Line(weight, _) => Some(*weight),
                Part::Code(_) => None,
            })
            .collect();
        let usual = Some(Weight::Usual);
        assert_eq!(weights, [Some(Weight::Heading(3)), usual, None, usual, usual, Some(Weight::Small)]);
        assert_eq!(found[2], Part::Code(vec!["p lag".to_owned(), "0  12".to_owned()]));
        assert_eq!(read("```rust\nlet a\n```"), [Part::Code(vec!["let a".to_owned()])]);
        assert_eq!(read("```\n  a\n```"), [Part::Code(vec!["  a".to_owned()])]);
    }
}
