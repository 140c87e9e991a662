//! Markup within a line: bold, code, links, mentions, instants, backslashes.

use crate::reader::Reader;
use crate::stamp;

/// What a piece of text is, beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Look {
    /// Text.
    #[default]
    Plain,
    /// Who or what is called.
    Mention,
    /// What opens.
    Link,
    /// An instant.
    Stamp,
}

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Style {
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) underlined: bool,
    pub(crate) struck: bool,
    /// Of fixed width.
    pub(crate) code: bool,
    pub(crate) look: Look,
}

/// A piece of text of one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub(crate) text: String,
    pub(crate) style: Style,
}

/// The pieces of a line of markup.
pub(crate) fn runs(text: &str, style: Style, reader: &Reader) -> Vec<Run> {
    let mut found = Found { runs: Vec::new(), reader };
    found.read(text, style);
    found.runs
}

struct Found<'a> {
    runs: Vec<Run>,
    reader: &'a Reader,
}

/// What a mark makes of a style.
type Change = fn(&mut Style);

/// The marks around a piece, the longer before the shorter.
const AROUND: [(&str, Change); 5] = [
    ("**", |style| style.bold = true),
    ("__", |style| style.underlined = true),
    ("~~", |style| style.struck = true),
    ("*", |style| style.italic = true),
    ("_", |style| style.italic = true),
];

impl Found<'_> {
    fn push(&mut self, text: &str, style: Style) {
        match self.runs.last_mut() {
            Some(last) if last.style == style => last.text.push_str(text),
            _ => self.runs.push(Run { text: text.to_owned(), style }),
        }
    }

    fn read(&mut self, text: &str, style: Style) {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let taken = match first {
                '\\' => self.escaped(rest, style),
                '`' => self.code(rest, style),
                '<' => self.angle(rest, style),
                '[' => self.masked(rest, style),
                '*' | '_' | '~' => self.around(rest, style),
                'h' => self.address(rest, style),
                _ => None,
            };
            let taken = taken.unwrap_or_else(|| {
                self.push(&rest[..first.len_utf8()], style);
                first.len_utf8()
            });
            rest = &rest[taken..];
        }
    }

    /// A backslash before punctuation is not shown, and the punctuation is.
    fn escaped(&mut self, rest: &str, style: Style) -> Option<usize> {
        let next = rest[1..].chars().next().filter(char::is_ascii_punctuation)?;
        self.push(&rest[1..1 + next.len_utf8()], style);
        Some(2)
    }

    fn code(&mut self, rest: &str, style: Style) -> Option<usize> {
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        let inner = &rest[ticks..];
        let end = closing_ticks(inner, ticks)?;
        let shown = inner[..end].strip_prefix(' ').filter(|text| text.starts_with('`')).unwrap_or(&inner[..end]);
        let shown = shown.strip_suffix(' ').filter(|text| text.ends_with('`')).unwrap_or(shown);
        self.push(shown, Style { code: true, ..style });
        Some(ticks + end + ticks)
    }

    fn around(&mut self, rest: &str, style: Style) -> Option<usize> {
        let (mark, change) = AROUND.into_iter().find(|(mark, _)| rest.starts_with(mark))?;
        let inner = &rest[mark.len()..];
        let end = closing(inner, mark)?;
        if end == 0 || (mark.len() == 1 && inner.starts_with(' ')) {
            return None;
        }
        let mut changed = style;
        change(&mut changed);
        self.read(&inner[..end], changed);
        Some(mark.len() + end + mark.len())
    }

    /// `<@1>`, `<@&1>`, `<#1>`, `<t:1:R>`, `</name:1>`.
    fn angle(&mut self, rest: &str, style: Style) -> Option<usize> {
        let end = rest.find('>')?;
        let inner = &rest[1..end];
        let id = |text: &str| text.parse::<u64>().ok();
        let name = |id: u64, else_: &str| self.reader.names.get(&id).cloned().unwrap_or_else(|| else_.to_owned());
        let (text, look) = if let Some(role) = inner.strip_prefix("@&") {
            (format!("@{}", name(id(role)?, "unknown-role")), Look::Mention)
        } else if let Some(user) = inner.strip_prefix('@') {
            let user = id(user.strip_prefix('!').unwrap_or(user))?;
            (format!("@{}", name(user, "unknown-user")), Look::Mention)
        } else if let Some(channel) = inner.strip_prefix('#') {
            (format!("#{}", name(id(channel)?, "unknown")), Look::Mention)
        } else if let Some((command, _)) = inner.strip_prefix('/').and_then(|inner| inner.rsplit_once(':')) {
            (format!("/{command}"), Look::Mention)
        } else {
            (stamp::worded(inner.strip_prefix("t:")?, self.reader)?, Look::Stamp)
        };
        self.push(&text, Style { look, ..style });
        Some(end + 1)
    }

    /// `[words](https://…)`.
    fn masked(&mut self, rest: &str, style: Style) -> Option<usize> {
        let words = rest[1..].find("](")?;
        let target = &rest[1 + words + 2..];
        let end = target.find(')')?;
        let opens = ["https://", "http://"].iter().any(|scheme| target[..end].starts_with(scheme));
        if !opens || words == 0 {
            return None;
        }
        self.read(&rest[1..=words], Style { look: Look::Link, ..style });
        Some(1 + words + 2 + end + 1)
    }

    fn address(&mut self, rest: &str, style: Style) -> Option<usize> {
        let after = rest.strip_prefix("https://").or_else(|| rest.strip_prefix("http://"))?;
        if after.chars().next().is_none_or(char::is_whitespace) {
            return None;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        self.push(&rest[..end], Style { look: Look::Link, ..style });
        Some(end)
    }
}

/// Where a run of exactly so many backticks begins.
fn closing_ticks(text: &str, ticks: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let begin = at + found;
        let run = text[begin..].len() - text[begin..].trim_start_matches('`').len();
        if run == ticks && begin > 0 {
            return Some(begin);
        }
        at = begin + run;
    }
    None
}

/// Where the mark stands again, outside of code and not behind a backslash.
fn closing(text: &str, mark: &str) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let first = rest.chars().next()?;
        if first == '\\' {
            at += 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
        } else if first == '`' {
            let ticks = rest.len() - rest.trim_start_matches('`').len();
            at += closing_ticks(&rest[ticks..], ticks).map_or(ticks, |end| ticks + end + ticks);
        } else if rest.starts_with(mark) {
            // Of several in a row the last ones close.
            let row = rest.len() - rest.trim_start_matches(first).len();
            if row >= mark.len() && (mark.len() > 1 || row != 2) {
                return Some(at + row - mark.len());
            }
            at += row;
        } else {
            at += first.len_utf8();
        }
    }
    None
}
