//! Which attachments our messages have, so that an edit keeps those that stay instead of sending them again.

use super::limits::REMEMBERED_UPLOADS;
use super::render::Upload;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};

#[derive(Debug, Clone)]
struct Kept {
    id: String,
    name: String,
    digest: [u8; 32],
    /// Its size as Discord tells it.
    size: Value,
}

/// Attachments by message; the oldest are forgotten, and then sent again when they are needed.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    messages: HashMap<u64, Vec<Kept>>,
    order: VecDeque<u64>,
}

/// What an edit lists and sends.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) attachments: Value,
    pub(super) uploads: Vec<Upload>,
}

/// Lists files that are all sent.
pub(super) fn all(uploads: Vec<Upload>) -> Listed {
    let attachments = uploads.iter().enumerate().map(|(at, upload)| listed(at, upload)).collect();
    Listed { attachments, uploads }
}

fn listed(at: usize, upload: &Upload) -> Value {
    let mut entry = json!({"id": at, "filename": upload.name});
    if let Some(alt) = &upload.alt {
        entry["description"] = json!(alt);
    }
    entry
}

impl Uploads {
    /// Lists the files that a message shall have, sending only those it does not have yet.
    pub(super) fn list(&self, message: u64, wanted: Vec<Upload>) -> Listed {
        let known = self.messages.get(&message).map_or(&[][..], Vec::as_slice);
        let mut kept = Vec::new();
        let mut sent = Vec::new();
        for upload in wanted {
            let digest = upload.digest();
            match known.iter().find(|known| known.name == upload.name && known.digest == digest) {
                Some(known) => kept.push(json!({"id": known.id})),
                None => sent.push(upload),
            }
        }
        let mut listed = all(sent);
        if let Some(list) = listed.attachments.as_array_mut() {
            list.splice(0..0, kept);
        }
        listed
    }

    /// A message was read: what somebody took off or exchanged is not there to be kept any more.
    pub(super) fn seen(&mut self, message: u64, answer: &Value) {
        let there = answer["attachments"].as_array().map_or(&[][..], Vec::as_slice);
        if let Some(known) = self.messages.get_mut(&message) {
            known.retain(|one| there.iter().any(|file| file["id"] == one.id.as_str() && file["size"] == one.size));
        }
    }

    /// Remembers what a message has, from Discord's answer and from what was wanted.
    pub(super) fn remember(&mut self, message: u64, wanted: &[(String, [u8; 32])], answer: &Value) {
        let there = answer["attachments"].as_array().map_or(&[][..], Vec::as_slice);
        let kept = wanted.iter().filter_map(|(name, digest)| {
            let found = there.iter().find(|one| one["filename"] == name.as_str())?;
            let (id, size) = (found["id"].as_str()?.to_owned(), found["size"].clone());
            Some(Kept { id, name: name.clone(), digest: *digest, size })
        });
        if self.messages.insert(message, kept.collect()).is_none() {
            self.order.push_back(message);
        }
        if self.order.len() > REMEMBERED_UPLOADS
            && let Some(oldest) = self.order.pop_front()
        {
            self.messages.remove(&oldest);
        }
    }
}

/// What is remembered of files once they are sent.
pub(super) fn prints(uploads: &[Upload]) -> Vec<(String, [u8; 32])> {
    uploads.iter().map(|upload| (upload.name.clone(), upload.digest())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> Upload {
        Upload { name: name.to_owned(), bytes: text.as_bytes().to_vec(), alt: None }
    }

    #[test]
    fn what_is_there_is_kept_and_what_changed_is_sent() {
        let mut uploads = Uploads::default();
        let wanted = [file("plan.txt", "a"), file("plan.json", "{}")];
        let answer =
            json!({"attachments": [{"id": "7", "filename": "plan.txt"}, {"id": "8", "filename": "plan.json"}]});
        uploads.remember(1, &prints(&wanted), &answer);
        let listed = uploads.list(1, vec![file("plan.txt", "a"), file("plan.json", "[]")]);
        assert_eq!(listed.attachments, json!([{"id": "7"}, {"id": 0, "filename": "plan.json"}]));
        assert_eq!(listed.uploads, [file("plan.json", "[]")]);
        assert_eq!(uploads.list(2, wanted.to_vec()).uploads.len(), 2, "another message has none of them");
    }

    #[test]
    fn what_was_taken_off_or_exchanged_is_sent_again() {
        let wanted = [file("plan.txt", "a"), file("plan.json", "{}"), file("by-hand.md", "b")];
        let one = |id: &str, name: &str, size: u64| json!({"id": id, "filename": name, "size": size});
        let whole =
            json!({"attachments": [one("7", "plan.txt", 1), one("8", "plan.json", 2), one("9", "by-hand.md", 1)]});
        let altered = json!({"attachments": [one("7", "plan.txt", 1), one("9", "by-hand.md", 5)]});
        let mut uploads = Uploads::default();
        uploads.remember(1, &prints(&wanted), &whole);
        uploads.seen(1, &whole);
        assert_eq!(uploads.list(1, wanted.to_vec()).uploads, []);
        uploads.seen(1, &altered);
        let listed = uploads.list(1, wanted.to_vec());
        assert_eq!((listed.uploads, &listed.attachments[0]), (wanted[1..].to_vec(), &json!({"id": "7"})));
    }

    #[test]
    fn the_oldest_are_forgotten() {
        let mut uploads = Uploads::default();
        for message in 0..=REMEMBERED_UPLOADS as u64 {
            uploads.remember(message, &[], &Value::Null);
        }
        assert!(!uploads.messages.contains_key(&0) && uploads.messages.len() == REMEMBERED_UPLOADS);
    }
}
