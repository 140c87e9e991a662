//! Secrets: never in the settings themselves, only referred to by `file:PATH` or `env:NAME`.

use secrecy::SecretString;
use std::io::Read;
use std::path::{Path, PathBuf};

/// A secret is short; what is longer is another file.
const LONGEST_SECRET: u64 = 64 * 1024;

/// Where references are looked up.
pub(super) struct Surroundings<'s> {
    /// The folder of the settings: relative paths begin there.
    pub(super) folder: &'s Path,
    /// The environment.
    pub(super) environment: &'s dyn Fn(&str) -> Option<String>,
}

impl Surroundings<'_> {
    /// A path of the settings.
    pub(super) fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }

    /// The secret behind a reference. Errors name the reference, never the content.
    pub(super) fn secret(&self, reference: &str) -> Result<SecretString, String> {
        let content = if let Some(path) = reference.strip_prefix("file:") {
            self.read(path)?
        } else if let Some(name) = reference.strip_prefix("env:") {
            (self.environment)(name).ok_or_else(|| format!("the environment has no {name}"))?
        } else {
            return Err("is not a reference: write file:PATH or env:NAME, never the secret itself".to_owned());
        };
        let secret = content.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err(format!("the secret behind {reference} is empty"));
        }
        Ok(SecretString::from(secret))
    }

    /// A file of the settings: a certificate, or what a reference leads to.
    pub(super) fn read(&self, path: &str) -> Result<String, String> {
        let path = self.path(path);
        let cannot = |error: std::io::Error| format!("{} cannot be read: {}", path.display(), error.kind());
        let file = std::fs::File::open(&path).map_err(cannot)?;
        let mut text = String::new();
        file.take(LONGEST_SECRET + 1).read_to_string(&mut text).map_err(cannot)?;
        if text.len() as u64 > LONGEST_SECRET {
            return Err(format!("{} is longer than {LONGEST_SECRET} bytes", path.display()));
        }
        Ok(text)
    }
}
