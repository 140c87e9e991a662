//! The words of a line that is still being typed: as the catalogue's reader would take it apart, but nothing is a mistake yet.

/// A word without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Where it begins, in bytes.
    pub(super) start: usize,
    /// What it says.
    pub(super) text: String,
    /// Where in `text` the first colon outside of quotes stands.
    pub(super) colon: Option<usize>,
    /// Whether it reaches to the end of the line: the next character typed would belong to it.
    pub(super) open: bool,
}

impl Word {
    /// The option and its value.
    pub(super) fn option(&self) -> Option<(&str, &str)> {
        let colon = self.colon?;
        Some((self.text.get(..colon)?, self.text.get(colon + 1..)?))
    }
}

/// The words of a line.
pub(super) fn words(line: &str) -> Vec<Word> {
    let mut found = Vec::new();
    let mut current: Option<Word> = None;
    let mut quoted = false;
    let mut characters = line.char_indices();
    while let Some((at, character)) = characters.next() {
        if character == ' ' && !quoted {
            found.extend(current.take().map(|word| Word { open: false, ..word }));
            continue;
        }
        let word = current.get_or_insert_with(|| Word { start: at, text: String::new(), colon: None, open: true });
        match character {
            '"' => quoted = !quoted,
            '\\' if quoted => word.text.extend(characters.next().map(|(_, escaped)| escaped)),
            ':' if !quoted && word.colon.is_none() => {
                word.colon = Some(word.text.len());
                word.text.push(':');
            }
            other => word.text.push(other),
        }
    }
    found.extend(current);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_typed_line_has_words() {
        let found = words("/lag  group:\"two wo");
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].start, found[0].text.as_str(), found[0].open), (0, "/lag", false));
        assert_eq!((found[1].start, found[1].option(), found[1].open), (6, Some(("group", "two wo")), true));
        assert_eq!(words("/lag a:\"x\\\"y\" b:c:d")[1].option(), Some(("a", "x\"y")));
        assert_eq!(words("/lag a:x b:c:d")[2].option(), Some(("b", "c:d")));
        assert!(!words("/lag ")[0].open);
        assert!(words("").is_empty() && words("   ").is_empty());
        assert_eq!(words("\"a:b\"")[0].colon, None);
        assert_eq!(words("x:\"\\").len(), 1, "an escape that is not there yet");
    }
}
