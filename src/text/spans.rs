//! Spans through a sentence: what is not our own words is wrapped in private-use delimiters before the sentence is formatted
//! and taken out again after it. The delimiters are taken out of every input first, so nobody can forge them.

use super::card::{Line, Span};
use interlock::time::Millis;

const FOREIGN: char = '\u{e000}';
const CODE: char = '\u{e001}';
const STRONG: char = '\u{e002}';
const TIME: char = '\u{e003}';
const DEADLINE: char = '\u{e004}';
const ACCOUNT: char = '\u{e005}';
const END: char = '\u{e00f}';

fn is_delimiter(character: char) -> bool {
    (FOREIGN..=END).contains(&character)
}

/// A line as text with delimiters.
pub(super) fn wrap(line: &Line) -> String {
    line.0.iter().map(wrap_one).collect()
}

fn wrap_one(span: &Span) -> String {
    let clean = |text: &str| text.chars().filter(|character| !is_delimiter(*character)).collect::<String>();
    match span {
        Span::Plain(text) => clean(text),
        Span::Strong(text) => format!("{STRONG}{}{END}", clean(text)),
        Span::Foreign(text) => format!("{FOREIGN}{}{END}", clean(text)),
        Span::Code(text) => format!("{CODE}{}{END}", clean(text)),
        Span::Account(id) => format!("{ACCOUNT}{id}{END}"),
        Span::Time(at) => format!("{TIME}{}{END}", at.0),
        Span::Deadline(at) => format!("{DEADLINE}{}{END}", at.0),
    }
}

/// The line in a text with delimiters.
pub(super) fn unwrap(text: &str) -> Line {
    let mut line = Line::default();
    let mut rest = text;
    while let Some(start) = rest.find(is_delimiter) {
        if start > 0 {
            line.push(Span::Plain(rest[..start].to_owned()));
        }
        let mut inside = rest[start..].chars();
        let kind = inside.next();
        let inside = inside.as_str();
        let (content, after) = inside.split_once(END).unwrap_or((inside, ""));
        if let Some(span) = kind.and_then(|kind| span(kind, content)) {
            line.push(span);
        }
        rest = after;
    }
    if !rest.is_empty() {
        line.push(Span::Plain(rest.to_owned()));
    }
    line
}

fn span(kind: char, content: &str) -> Option<Span> {
    match kind {
        FOREIGN => Some(Span::Foreign(content.to_owned())),
        CODE => Some(Span::Code(content.to_owned())),
        STRONG => Some(Span::Strong(content.to_owned())),
        ACCOUNT => content.parse().ok().map(Span::Account),
        TIME => content.parse().ok().map(|at| Span::Time(Millis(at))),
        DEADLINE => content.parse().ok().map(|at| Span::Deadline(Millis(at))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let line = Line(vec![
            Span::Plain("a ".to_owned()),
            Span::Foreign("<@1> **b**".to_owned()),
            Span::Account(7),
            Span::Time(Millis(5)),
            Span::Deadline(Millis(6)),
            Span::Plain(" c".to_owned()),
            Span::Code("d".to_owned()),
        ]);
        assert_eq!(unwrap(&wrap(&line)), line);
    }

    #[test]
    fn delimiters_cannot_be_forged() {
        let hostile = Line(vec![Span::Foreign(format!("x{END}y{CODE}z"))]);
        assert_eq!(unwrap(&wrap(&hostile)), Line(vec![Span::Foreign("xyz".to_owned())]));
    }
}
