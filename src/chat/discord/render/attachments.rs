//! The files of a message.

use super::super::limits::{ALT_TEXT, ATTACHMENT_BYTES, ATTACHMENTS, MORE_BYTES, REQUEST_BYTES, shortened};
use super::escape;
use crate::text::{CardFile, MORE_FILE};
use sha2::{Digest, Sha256};

/// A file to be attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Upload {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) alt: Option<String>,
}

impl Upload {
    /// By it an attachment that is there already is recognized.
    pub(crate) fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.alt.as_deref().unwrap_or_default());
        hash.update([0]);
        hash.update(&self.bytes);
        hash.finalize().into()
    }
}

/// What is attached, and lines about what could not be, or not as it is.
pub(super) struct Attached {
    pub(super) uploads: Vec<Upload>,
    pub(super) left_out: Vec<String>,
}

/// The card's files, and before them the overflow of its text. What is too large as it is goes compressed, and a line says so.
pub(super) fn attach(files: &[CardFile], more: Option<String>) -> Attached {
    let mut attached = Attached { uploads: Vec::new(), left_out: Vec::new() };
    let mut bytes = 0;
    if let Some(text) = more {
        let text = bounded(text);
        bytes += text.len();
        attached.uploads.push(Upload { name: MORE_FILE.to_owned(), bytes: text.into_bytes(), alt: None });
    }
    for file in files {
        let room = ATTACHMENT_BYTES.min(REQUEST_BYTES - bytes);
        let sent = if file.bytes.len() <= room { Some(file.clone()) } else { file.packed() };
        let fits = sent.filter(|sent| sent.bytes.len() <= room && attached.uploads.len() < ATTACHMENTS);
        let Some(CardFile { name, bytes: sent, alt }) = fits else {
            attached.left_out.push(format!("✂ {} ({} B)", escape::code(&file.name), file.bytes.len()));
            continue;
        };
        if name != file.name {
            attached.left_out.push(format!(
                "{} ({} B) → {}",
                escape::code(&file.name),
                file.bytes.len(),
                escape::code(&name)
            ));
        }
        bytes += sent.len();
        let alt = alt.map(|alt| shortened(&escape::visible(&alt), ALT_TEXT));
        attached.uploads.push(Upload { name: file_name(&name), bytes: sent, alt });
    }
    attached
}

/// A text that is not larger than an attachment may be, and says so if it was.
fn bounded(mut text: String) -> String {
    if text.len() > MORE_BYTES {
        let left = text.len() - MORE_BYTES;
        let at = (0..=MORE_BYTES).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(at);
        text.push_str(&format!("\n… (+{left} B)\n"));
    }
    text
}

/// The name Discord gives a file anyway: letters, digits, dots, dashes.
fn file_name(name: &str) -> String {
    let plain =
        |character: char| if character.is_ascii_alphanumeric() || ".-_".contains(character) { character } else { '_' };
    let name: String = name.chars().take(100).map(plain).collect();
    let name = name.trim_start_matches('.').to_owned();
    if name.is_empty() { "file".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn file(name: &str, size: usize) -> CardFile {
        CardFile { name: name.to_owned(), bytes: vec![b'x'; size], alt: None }
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let mut files: Vec<CardFile> = (0..11).map(|at| file(&format!("f{at}"), 1)).collect();
        files.insert(0, CardFile { name: "huge".to_owned(), bytes: noise(ATTACHMENT_BYTES + 1), alt: None });
        let attached = attach(&files, Some("whole".to_owned()));
        assert_eq!(attached.uploads.len(), ATTACHMENTS);
        assert_eq!(attached.uploads[0].name, MORE_FILE);
        assert_eq!(attached.left_out, ["✂ `huge` (10485761 B)", "✂ `f9` (1 B)", "✂ `f10` (1 B)"]);
    }

    /// Bytes that no packing makes fewer.
    fn noise(size: usize) -> Vec<u8> {
        let block = |at: usize| Sha256::digest(at.to_le_bytes());
        (0..=size / 32).flat_map(block).take(size).collect()
    }

    /// About what a plan of 50,000 moves is.
    #[test]
    fn a_plan_that_is_too_large_as_it_is_is_attached_packed_and_that_is_said() {
        let one = |at: usize| {
            format!(
                "{{\"topic\": \"orders-{}\", \"partition\": {at}, \"from\": [1, 2, 3], \"to\": [4, 2, 3]}},\n",
                at % 700
            )
        };
        let plan: String = (0..250_000).map(one).collect();
        assert!(plan.len() > ATTACHMENT_BYTES);
        let file = CardFile { name: "plan.json".to_owned(), bytes: plan.clone().into_bytes(), alt: None };
        let attached = attach(std::slice::from_ref(&file), None);
        assert_eq!(attached.left_out, [format!("`plan.json` ({} B) → `plan.json.gz`", plan.len())]);
        assert_eq!(attached.uploads[0].name, "plan.json.gz");
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(&attached.uploads[0].bytes[..]).read_to_string(&mut unpacked).unwrap();
        assert_eq!(unpacked, plan, "so its digest can be checked");
        assert_eq!(attach(&[file], None).uploads, attached.uploads, "it is recognized when it is there already");
    }

    #[test]
    fn file_names_are_plain() {
        assert_eq!(file_name("plan.txt"), "plan.txt");
        assert_eq!(file_name("../etc/pass wd\""), "_etc_pass_wd_");
        assert_eq!(file_name(""), "file");
    }

    #[test]
    fn the_overflow_itself_is_bounded_and_says_so() {
        let text = bounded("é".repeat(MORE_BYTES));
        assert!(text.len() < MORE_BYTES + 32 && text.ends_with(&format!("… (+{MORE_BYTES} B)\n")));
    }
}
