//! The one card that the bot posts, as Discord keeps it: what it says, which files it has, where it is, who reacts to it.

use super::frames;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The card; null while there is none.
#[derive(Debug, Default)]
pub(super) struct Card {
    message: Value,
    /// The emoji under which the bot itself stands.
    seeded: BTreeSet<String>,
    /// The last id that was given.
    ids: u64,
}

/// What a request carries: a message, and the files that come with it by name and size.
pub(super) struct Carried {
    message: Value,
    files: Vec<(String, usize)>,
}

/// The reactions that the bot puts under an open card.
const SEEDED: usize = 2;
const FIRST_ID: u64 = 10_000;

impl Card {
    /// Whether it is posted and has its reactions.
    pub(super) fn is_open(&self) -> bool {
        !self.message.is_null() && self.seeded.len() >= SEEDED
    }

    /// What is answered to a request that is about the card, its thread, its channel or somebody who reacts; none if it is about
    /// none of them.
    pub(super) fn answer(&mut self, method: &Method, path: &str, carried: Carried) -> Option<Response> {
        let parts: Vec<&str> = path.split('/').collect();
        let shown = match (method.as_str(), parts.as_slice()) {
            ("POST", ["channels", frames::CHANNEL, "messages"]) => self.posted(carried),
            ("POST", ["channels", _, "messages"]) => json!({"id": self.id(), "channel_id": frames::CARD}),
            ("POST", [.., "threads"]) => json!({"id": frames::CARD, "type": 11}),
            ("GET", ["channels", _, "messages", frames::CARD]) => self.shown(),
            ("PATCH", ["channels", _, "messages", frames::CARD]) => self.edited(carried),
            ("PUT", [.., "reactions", emoji, "@me"]) => {
                self.seeded.insert((*emoji).to_owned());
                return Some(StatusCode::NO_CONTENT.into_response());
            }
            ("GET", [.., "messages", _, "reactions", APPROVE]) => frames::reacting(),
            ("GET", [.., "messages", _, "reactions", _]) => json!([]),
            ("GET", ["guilds", _, "members", user]) => frames::member(user),
            ("GET", ["guilds", _, "roles"]) => frames::roles(),
            ("GET", ["channels", frames::CHANNEL]) => frames::channel(),
            ("GET", ["users", "@me"]) => json!({"id": frames::BOT, "username": "bot", "bot": true}),
            _ => return None,
        };
        Some(axum::Json(shown).into_response())
    }

    fn id(&mut self) -> String {
        self.ids += 1;
        (FIRST_ID + self.ids).to_string()
    }

    fn posted(&mut self, carried: Carried) -> Value {
        let files = self.files(carried.files);
        self.message = carried.message;
        self.message["attachments"] = files.into();
        self.shown()
    }

    /// An edit keeps the files that it lists by their ids.
    fn edited(&mut self, carried: Carried) -> Value {
        let listed = carried.message["attachments"].as_array().cloned().unwrap_or_default();
        let there = self.message["attachments"].as_array().cloned().unwrap_or_default();
        let mut files: Vec<Value> =
            there.into_iter().filter(|file| listed.iter().any(|one| one["id"] == file["id"])).collect();
        files.extend(self.files(carried.files));
        self.message = carried.message;
        self.message["attachments"] = files.into();
        self.shown()
    }

    fn files(&mut self, files: Vec<(String, usize)>) -> Vec<Value> {
        let kept = files.into_iter().map(|(name, size)| json!({"id": self.id(), "filename": name, "size": size}));
        kept.collect()
    }

    fn shown(&self) -> Value {
        let mut shown = self.message.clone();
        shown["id"] = json!(frames::CARD);
        shown["channel_id"] = json!(frames::CHANNEL);
        shown["author"] = json!({"id": frames::BOT, "username": "bot", "bot": true});
        let people = frames::reacting().as_array().map_or(0, Vec::len);
        let reaction = |emoji: &str, others: usize| {
            json!({"emoji": {"id": null, "name": emoji}, "count_details": {"normal": others + 1, "burst": 0}, "me": true,
                "me_burst": false})
        };
        shown["reactions"] = json!([reaction("✅", people), reaction("❌", 0)]);
        shown
    }
}

/// ✅ in a path.
const APPROVE: &str = "%E2%9C%85";

impl Carried {
    /// What cannot be read is taken for nothing: then the bot's card is not open, which whoever measures notices.
    pub(super) async fn read(request: Request) -> Self {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/form-data") {
            let message = axum::Json::<Value>::from_request(request, &()).await.map_or(Value::Null, |json| json.0);
            return Self { message, files: Vec::new() };
        }
        let mut carried = Self { message: Value::Null, files: Vec::new() };
        let Ok(mut form) = Multipart::from_request(request, &()).await else { return carried };
        while let Ok(Some(field)) = form.next_field().await {
            let name = field.file_name().map(str::to_owned);
            let Ok(bytes) = field.bytes().await else { return carried };
            match name {
                Some(name) => carried.files.push((name, bytes.len())),
                None => carried.message = serde_json::from_slice(&bytes).unwrap_or_default(),
            }
        }
        carried
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn carried(message: Value, files: &[(&str, usize)]) -> Carried {
        Carried { message, files: files.iter().map(|(name, size)| ((*name).to_owned(), *size)).collect() }
    }

    #[test]
    fn an_edit_replaces_what_is_said_and_keeps_the_files_it_lists() {
        let mut card = Card::default();
        card.posted(carried(json!({"content": "one"}), &[("plan.txt", 3), ("more.txt", 9)]));
        let kept = card.message["attachments"][0]["id"].clone();
        let edit = json!({"content": "two", "attachments": [{"id": kept}, {"id": 0, "filename": "plan.png"}]});
        let shown = card.edited(carried(edit, &[("plan.png", 5)]));
        let files: Vec<_> = shown["attachments"].as_array().unwrap().iter().map(|file| &file["filename"]).collect();
        assert_eq!((&shown["content"], files), (&json!("two"), vec![&json!("plan.txt"), &json!("plan.png")]));
    }

    #[test]
    fn it_is_open_when_it_is_posted_and_has_both_reactions() {
        let mut card = Card::default();
        let put = |emoji: &str| format!("channels/30/messages/5000/reactions/{emoji}/@me");
        for (method, path) in [
            (Method::POST, "channels/30/messages".to_owned()),
            (Method::PUT, put("%E2%9C%85")),
            (Method::PUT, put("%E2%9D%8C")),
        ] {
            assert!(!card.is_open());
            assert!(card.answer(&method, &path, carried(json!({}), &[])).is_some());
        }
        assert!(card.is_open());
        assert!(card.answer(&Method::GET, "channels/30/pins", carried(json!({}), &[])).is_none());
    }
}
