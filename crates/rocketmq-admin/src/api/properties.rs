//! Settings as Java writes properties: `key=value` lines.

use std::collections::BTreeMap;

use crate::error::{Error, Result};

/// Settings by key.
pub type Settings = BTreeMap<String, String>;

/// Reads what `MixAll.properties2String` wrote: it escapes nothing.
pub(crate) fn read(text: &str) -> Result<Settings, String> {
    let line = |line: &str| {
        let (key, value) = line.split_once('=').ok_or_else(|| format!("no setting: {line:?}"))?;
        Ok((key.to_owned(), value.to_owned()))
    };
    text.lines().filter(|line| !line.is_empty()).map(line).collect()
}

/// Writes what `java.util.Properties.load` reads.
///
/// # Errors
/// [`Error::Invalid`] for nothing, and for keys and values that would arrive as something else.
pub(crate) fn write(settings: &Settings) -> Result<String> {
    if settings.is_empty() {
        return Err(Error::Invalid("no setting".to_owned()));
    }
    let mut text = String::new();
    for (key, value) in settings {
        let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if !is_key {
            return Err(Error::Invalid(format!("no key of a setting: {key:?}")));
        }
        // Properties are Latin-1; spaces at the ends and line breaks are not part of a value.
        if value.trim() != value || !value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            return Err(Error::Invalid(format!("{key}: no value of a setting: {value:?}")));
        }
        text.push_str(key);
        text.push('=');
        text.push_str(&value.replace('\\', "\\\\"));
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn lines_are_read() {
        let text = "namesrvAddr=127.0.0.1:9876;127.0.0.1:9877\nempty=\nwithEquals=a=b\n";
        let wanted =
            settings(&[("namesrvAddr", "127.0.0.1:9876;127.0.0.1:9877"), ("empty", ""), ("withEquals", "a=b")]);
        assert_eq!(read(text), Ok(wanted));
        assert_eq!(read("nonsense\n"), Err("no setting: \"nonsense\"".to_owned()));
    }

    #[test]
    fn settings_are_written_as_java_reads_them() {
        let written = write(&settings(&[("path", "C:\\store"), ("brokerPermission", "4")])).unwrap();
        assert_eq!(written, "brokerPermission=4\npath=C:\\\\store\n");
        for (key, value) in
            [("", "1"), ("a b", "1"), ("#a", "1"), ("a", "1\nb=2"), ("a", " 1"), ("a", "ü"), ("a", "\t")]
        {
            assert!(write(&settings(&[(key, value)])).is_err(), "{key:?}={value:?}");
        }
        assert!(write(&settings(&[])).is_err());
    }
}
