//! What a message says, as a digest: the same for what we send and for what Discord gives back.

use super::super::limits::NONCE;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Before the marker in a footer.
const IN_FOOTER: &str = " · ref ";
/// Before the marker below a content.
const BELOW: &str = "\n-# ref ";
/// Before the marker where nothing else stands.
const ALONE: &str = "ref ";

/// Whether a text can be a marker: what survives every way through Discord unchanged.
pub(crate) fn is_marker(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=NONCE).contains(&text.len()) && text.bytes().all(fits)
}

/// A footer with the marker at its end.
pub(super) fn footer_with(footer: &str, marker: &str) -> String {
    if footer.is_empty() { format!("{ALONE}{marker}") } else { format!("{footer}{IN_FOOTER}{marker}") }
}

/// A content with the marker in small print below it.
pub(super) fn content_with(content: &str, marker: &str) -> String {
    format!("{content}{BELOW}{marker}")
}

/// A text without the marker at its end, and the marker.
fn parted(text: &str) -> (&str, Option<&str>) {
    for before in [IN_FOOTER, BELOW] {
        if let Some((rest, marker)) = text.rsplit_once(before).filter(|(_, marker)| is_marker(marker)) {
            return (rest, Some(marker));
        }
    }
    match text.strip_prefix(ALONE).filter(|marker| is_marker(marker)) {
        Some(marker) => ("", Some(marker)),
        None => (text, None),
    }
}

/// The marker of a message in Discord's JSON.
pub(crate) fn marker(message: &Value) -> Option<&str> {
    let footer = message["embeds"][0]["footer"]["text"].as_str().and_then(|text| parted(text).1);
    footer.or_else(|| message["content"].as_str().and_then(|text| parted(text).1))
}

/// SHA-256 in hex of what a message in Discord's JSON says: its content and embeds, without the marker and without what
/// Discord trims. Colours, pictures and files are not part of it.
pub(crate) fn says(message: &Value) -> String {
    let embeds = message["embeds"].as_array().map_or(&[][..], Vec::as_slice);
    let said = json!([text(&message["content"]), embeds.iter().map(embed).collect::<Vec<_>>()]);
    hex::encode(Sha256::digest(said.to_string()))
}

fn embed(embed: &Value) -> Value {
    let fields = embed["fields"].as_array().map_or(&[][..], Vec::as_slice);
    let fields: Vec<Value> = fields.iter().map(|field| json!([text(&field["name"]), text(&field["value"])])).collect();
    json!([
        text(&embed["author"]["name"]),
        text(&embed["title"]),
        text(&embed["description"]),
        fields,
        text(&embed["footer"]["text"]),
    ])
}

/// Discord trims texts, and the ends of their lines may come back without spaces.
fn text(value: &Value) -> String {
    let (text, _) = parted(value.as_str().unwrap_or_default());
    text.trim().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marker_is_found_and_is_not_part_of_what_is_said() {
        let bare = json!({"content": "Waiting", "embeds": [{"description": "d", "footer": {"text": "votes"}}]});
        let mut marked = bare.clone();
        marked["embeds"][0]["footer"]["text"] = json!(footer_with("votes", "ob-17"));
        assert_eq!(marker(&marked), Some("ob-17"));
        assert_eq!(marker(&bare), None);
        assert_eq!(says(&bare), says(&marked));
        let below = json!({"content": content_with("Done", "ob-18"), "embeds": []});
        assert_eq!(marker(&below), Some("ob-18"));
        assert_eq!(says(&below), says(&json!({"content": "Done"})));
        let alone = json!({"content": "Done", "embeds": [{"footer": {"text": footer_with("", "ob-19")}}]});
        assert_eq!(marker(&alone), Some("ob-19"));
    }

    #[test]
    fn only_the_text_counts_and_all_of_it() {
        let card = json!({"content": "a ", "embeds": [{"title": "t", "description": "x \ny", "color": 1}]});
        let back =
            json!({"content": "a", "embeds": [{"type": "rich", "title": "t", "description": "x\ny", "color": 2}]});
        assert_eq!(says(&card), says(&back));
        for (at, key) in [(0, "title"), (0, "description")] {
            let mut forged = back.clone();
            forged["embeds"][at][key] = json!("forged");
            assert_ne!(says(&forged), says(&back), "{key}");
        }
        let mut more = back.clone();
        more["embeds"] = json!([back["embeds"][0], {"description": "APPROVED"}]);
        assert_ne!(says(&more), says(&back));
    }

    #[test]
    fn markers_are_short_and_plain() {
        assert!(is_marker("ob-1234567890123456789012"));
        for wrong in ["", "two words", "a\nb", "ob-12345678901234567890123", "é"] {
            assert!(!is_marker(wrong), "{wrong:?}");
        }
    }
}
