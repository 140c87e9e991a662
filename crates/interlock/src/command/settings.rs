//! Settings as people write them: `retention.ms=7d min.insync.replicas=2 cleanup.policy=default`.

use super::parse::given;
use crate::facts::Facts;
use crate::plan::Mistake;
use std::collections::BTreeMap;

/// Settings by key; none where the setting is taken away, so that the default counts.
pub type Settings = BTreeMap<String, Option<String>>;

/// The most settings that one request makes.
const MOST: usize = 20;
/// The word for a setting that is taken away.
const DEFAULT: &str = "default";

/// Reads settings with spaces between them, each key once.
///
/// # Errors
/// `not-settings`, `setting-twice`, `too-many-settings`.
pub(super) fn parse(text: &str) -> Result<Settings, Mistake> {
    let wrong = || Mistake::new("not-settings", given(text));
    let mut settings = Settings::new();
    for word in text.split_whitespace() {
        let (key, value) = word.split_once('=').ok_or_else(wrong)?;
        if !is_word(key) || !is_word(value) {
            return Err(wrong());
        }
        let value = (value != DEFAULT).then(|| value.to_owned());
        if settings.insert(key.to_owned(), value).is_some() {
            return Err(Mistake::new("setting-twice", given(text).with("key", key)));
        }
    }
    if settings.len() > MOST {
        return Err(Mistake::new("too-many-settings", Facts::none().with("count", settings.len()).with("most", MOST)));
    }
    if settings.is_empty() { Err(wrong()) } else { Ok(settings) }
}

/// Keys and values are plain words of ASCII, as Kafka's own are.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-,:".contains(&byte))
}

/// The one writing of settings.
pub(super) fn canonical(settings: &Settings) -> String {
    let one = |(key, value): (&String, &Option<String>)| format!("{key}={}", value.as_deref().unwrap_or(DEFAULT));
    settings.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_and_written() {
        let read = parse("retention.ms=7d  cleanup.policy=compact,delete min.insync.replicas=default").unwrap();
        assert_eq!(read["retention.ms"], Some("7d".to_owned()));
        assert_eq!(read["min.insync.replicas"], None);
        let written = canonical(&read);
        assert_eq!(written, "cleanup.policy=compact,delete min.insync.replicas=default retention.ms=7d");
        assert_eq!(parse(&written), Ok(read));
    }

    #[test]
    fn the_rest_is_refused() {
        let many: String = (0..21).map(|number| format!("k{number}=1 ")).collect();
        for (text, id) in [
            ("", "not-settings"),
            ("retention.ms", "not-settings"),
            ("=1", "not-settings"),
            ("a=", "not-settings"),
            ("a=b=c", "not-settings"),
            ("a=\u{202e}b", "not-settings"),
            ("a=1 a=2", "setting-twice"),
            (&many, "too-many-settings"),
        ] {
            assert_eq!(parse(text).map_err(|mistake| mistake.id), Err(id.to_owned()), "{text:?}");
        }
    }
}
