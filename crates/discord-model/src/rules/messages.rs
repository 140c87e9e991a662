//! Rules for what a message holds.

use serde_json::Value;

use super::{components, length, list};
use crate::error::FormFault;
use crate::limits;

/// Faults of a message's body (create, edit, callback, follow-up).
pub(crate) fn faults(body: &Value) -> Vec<FormFault> {
    let mut faults = Vec::new();
    if length(body, "content") > limits::CONTENT {
        faults.push(FormFault::too_long("/content", limits::CONTENT));
    }
    embed_faults(list(body, "embeds"), &mut faults);
    components::faults(list(body, "components"), &mut faults);
    nonce_faults(body, &mut faults);
    faults
}

fn embed_faults(embeds: &[Value], faults: &mut Vec<FormFault>) {
    if embeds.len() > limits::EMBEDS {
        faults.push(FormFault::new("/embeds", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length."));
    }
    if embeds.iter().map(embed_length).sum::<usize>() > limits::EMBED_TOTAL {
        faults.push(FormFault::new("/embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000"));
    }
    for (i, embed) in embeds.iter().enumerate() {
        for (key, limit) in [("title", limits::EMBED_TITLE), ("description", limits::EMBED_DESCRIPTION)] {
            if length(embed, key) > limit {
                faults.push(FormFault::too_long(format!("/embeds/{i}/{key}"), limit));
            }
        }
        field_faults(i, list(embed, "fields"), faults);
    }
}

/// A field needs both a name and a value; Discord refuses empty ones.
fn field_faults(embed: usize, fields: &[Value], faults: &mut Vec<FormFault>) {
    for (i, field) in fields.iter().enumerate() {
        for (key, limit) in [("name", limits::EMBED_FIELD_NAME), ("value", limits::EMBED_FIELD_VALUE)] {
            let at = format!("/embeds/{embed}/fields/{i}/{key}");
            match length(field, key) {
                0 => faults.push(FormFault::new(at, "BASE_TYPE_REQUIRED", "This field is required")),
                n if n > limit => faults.push(FormFault::too_long(at, limit)),
                _ => {}
            }
        }
    }
}

/// The characters of an embed that count against the total.
fn embed_length(embed: &Value) -> usize {
    let fields = list(embed, "fields").iter().map(|f| length(f, "name") + length(f, "value")).sum::<usize>();
    let texts = length(embed, "title") + length(embed, "description");
    texts + fields + length(&embed["footer"], "text") + length(&embed["author"], "name")
}

fn nonce_faults(body: &Value, faults: &mut Vec<FormFault>) {
    if length(body, "nonce") > limits::NONCE {
        faults.push(FormFault::too_long("/nonce", limits::NONCE));
    }
    if body["enforce_nonce"] == true && body["nonce"].is_null() {
        faults.push(FormFault::new("/nonce", "BASE_TYPE_REQUIRED", "enforce_nonce is set, a nonce is required"));
    }
}

/// Our own rule: whoever writes content says whom it may notify.
pub(crate) fn lacks_allowed_mentions(body: &Value) -> bool {
    length(body, "content") > 0 && !body["allowed_mentions"].is_object()
}

/// Whether a message would show nothing at all.
pub(crate) fn shows_nothing(content: &str, embeds: &[Value], components: &[Value], files: usize) -> bool {
    content.trim().is_empty() && embeds.iter().all(is_blank) && components.is_empty() && files == 0
}

fn is_blank(embed: &Value) -> bool {
    embed_length(embed) == 0 && embed["image"].is_null() && embed["thumbnail"].is_null()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn embeds_count_together() {
        let half = json!({"description": "x".repeat(3_001)});
        let body = json!({"embeds": [half, half]});
        assert_eq!(faults(&body).iter().map(|f| f.code.as_str()).collect::<Vec<_>>(), ["MAX_EMBED_SIZE_EXCEEDED"]);
        assert_eq!(faults(&json!({"embeds": [half]})), []);
    }

    #[test]
    fn an_enforced_nonce_must_be_there_and_short() {
        assert_eq!(faults(&json!({"nonce": "n".repeat(25), "enforce_nonce": true})), []);
        assert_eq!(faults(&json!({"nonce": "n".repeat(26)})).len(), 1);
        assert_eq!(faults(&json!({"enforce_nonce": true})).len(), 1);
    }

    #[test]
    fn content_without_allowed_mentions_is_told() {
        assert!(lacks_allowed_mentions(&json!({"content": "x"})));
        assert!(!lacks_allowed_mentions(&json!({"content": "x", "allowed_mentions": {"parse": []}})));
        assert!(!lacks_allowed_mentions(&json!({"embeds": []})));
    }
}
