//! What a message says, as a digest: the same for what we send and for what Discord gives back.

use super::super::limits::NONCE;
use super::Rendered;
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

/// SHA-256 in hex of what a message of ours will say; see [`says`].
pub(crate) fn will_say(rendered: &Rendered) -> String {
    let files = rendered.uploads.iter().map(|one| json!([one.name, one.bytes.len()])).collect();
    digest(&rendered.message, files)
}

/// SHA-256 in hex of what a message in Discord's JSON says: its content and embeds, without the marker and without what
/// Discord trims; what can be tapped on it; and which files it has, by name and size. Colours are not part of it.
pub(crate) fn says(message: &Value) -> String {
    let files = list(&message["attachments"]).iter().map(|one| json!([one["filename"], one["size"]])).collect();
    digest(message, files)
}

/// The files come in any order.
fn digest(message: &Value, mut files: Vec<Value>) -> String {
    files.sort_by_key(Value::to_string);
    let embeds: Vec<Value> = list(&message["embeds"]).iter().map(embed).collect();
    let components: Vec<Value> = list(&message["components"]).iter().map(component).collect();
    let said = json!([text(&message["content"]), embeds, components, files]);
    hex::encode(Sha256::digest(said.to_string()))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[][..], Vec::as_slice)
}

/// A row, or what stands in one: what kind it is, what it looks like, what it sends or opens.
fn component(one: &Value) -> Value {
    let within: Vec<Value> = list(&one["components"]).iter().map(component).collect();
    let shown = json!([one["style"], text(&one["label"]), one["emoji"]["name"], one["disabled"] == true]);
    json!([one["type"], shown, one["custom_id"], one["url"], within])
}

fn embed(embed: &Value) -> Value {
    let fields: Vec<Value> =
        list(&embed["fields"]).iter().map(|field| json!([text(&field["name"]), text(&field["value"])])).collect();
    json!([
        text(&embed["author"]["name"]),
        text(&embed["title"]),
        text(&embed["description"]),
        fields,
        text(&embed["footer"]["text"]),
        [&embed["url"], &embed["image"]["url"], &embed["thumbnail"]["url"]],
    ])
}

/// Discord trims texts, and the ends of their lines may come back without spaces.
fn text(value: &Value) -> String {
    let (text, _) = parted(value.as_str().unwrap_or_default());
    text.trim().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::Upload;
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
    fn all_of_the_text_counts_and_no_colour() {
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
    fn what_can_be_tapped_counts_and_what_discord_adds_to_it_does_not() {
        let button = json!({"type": 2, "style": 2, "label": "Details", "custom_id": "details:K7F3QD"});
        let with = |button: &Value| json!({"content": "a", "components": [{"type": 1, "components": [button]}]});
        let mut back = button.clone();
        back["id"] = json!(7);
        back["disabled"] = json!(false);
        let sent = says(&with(&button));
        assert_eq!(sent, says(&with(&back)));
        let forgeries = [
            ("custom_id", json!("details:AAAAAA")),
            ("label", json!("Approve")),
            ("style", json!(4)),
            ("type", json!(3)),
            ("url", json!("https://elsewhere.example")),
            ("disabled", json!(true)),
        ];
        for (key, value) in forgeries {
            let mut forged = button.clone();
            forged[key] = value;
            assert_ne!(says(&with(&forged)), sent, "{key}");
        }
        assert_ne!(says(&json!({"content": "a"})), sent, "a button is gone");
    }

    #[test]
    fn which_files_there_are_counts_and_not_in_which_order() {
        let upload = |name: &str, size| Upload { name: name.to_owned(), bytes: vec![b'x'; size], alt: None };
        let uploads = vec![upload("plan.txt", 9), upload("plan.json", 2)];
        let sent = will_say(&Rendered { message: json!({"content": "a"}), uploads });
        let there = |files: &[(&str, u64)]| {
            let files: Vec<Value> =
                files.iter().map(|(name, size)| json!({"id": "5", "filename": name, "size": size})).collect();
            says(&json!({"content": "a", "attachments": files}))
        };
        assert_eq!(there(&[("plan.json", 2), ("plan.txt", 9)]), sent);
        assert_ne!(there(&[("plan.json", 2), ("plan.txt", 8)]), sent, "another one of its name");
        assert_ne!(there(&[("plan.json", 2)]), sent, "one is gone");
        assert_ne!(there(&[("plan.json", 2), ("plan.txt", 9), ("plan.txt", 9)]), sent, "one more");
    }

    #[test]
    fn markers_are_short_and_plain() {
        assert!(is_marker("ob-1234567890123456789012"));
        for wrong in ["", "two words", "a\nb", "ob-12345678901234567890123", "é"] {
            assert!(!is_marker(wrong), "{wrong:?}");
        }
    }
}
