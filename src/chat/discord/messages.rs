//! Messages and threads: post, edit, find, read.

use super::Discord;
use super::http::{Body, Failed, How, OPENING, Request, refused_here};
use super::limiter::Route;
use super::limits::{MESSAGE_PAGES, PAGE, THREAD_ARCHIVE_MINUTES, THREAD_NAME, shortened};
use super::render::{Upload, is_marker, marker, render, says};
use super::uploads::{Listed, all, prints};
use crate::chat::steering::plain;
use crate::chat::{CardSeen, Lists, MessageRef, Sending};
use crate::text::Card;
use interlock::principal::{Account, Place, Readers};
use interlock::time::Millis;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::PoisonError;
use std::time::Duration;

/// Flag of a message: its embeds are hidden.
const SUPPRESSED: u64 = 1 << 2;
/// Flag of a message: nobody is notified.
const SILENT: u64 = 1 << 12;
/// Discord's clock and ours may differ by so much.
const CLOCKS_APART: Duration = Duration::from_secs(300);
/// Types of channels, by Discord's numbers: messages in the first two are published to other guilds.
const ANNOUNCEMENT: u64 = 5;
const ANNOUNCEMENT_THREAD: u64 = 10;
const PUBLIC_THREAD: u64 = 11;
const PRIVATE_THREAD: u64 = 12;
/// A thread has been created for this message.
const HAS_THREAD: u64 = 160_004;

/// A message with what it carries: a form if there are files.
pub(super) fn body(mut message: Value, listed: Listed) -> Body {
    message["attachments"] = listed.attachments;
    if listed.uploads.is_empty() { Body::Json(message) } else { Body::Form(message, listed.uploads) }
}

/// When what has this id was made: the upper 42 bits are milliseconds since the first second of 2015
/// (Discord's reference, "Snowflakes").
fn posted_at(id: u64) -> Millis {
    const FIRST_SECOND_OF_2015: i64 = 1_420_070_400_000;
    Millis(FIRST_SECOND_OF_2015.saturating_add(i64::try_from(id >> 22).unwrap_or(i64::MAX)))
}

/// An id of Discord's: a number written as text.
pub(super) fn id(value: &Value) -> Option<u64> {
    value.as_str()?.parse().ok()
}

/// A place as it is now, and what tells who can read there.
struct Found {
    place: Place,
    guild: u64,
    /// The channel, or that of the thread.
    channel: Value,
    /// A thread that members are let into one by one.
    is_private: bool,
}

impl Discord {
    /// Posts a message.
    pub(super) async fn post(&self, sending: &Sending<'_>) -> Result<MessageRef, Failed> {
        if !is_marker(sending.marker) {
            return Err(refused_here("the marker is not one of 1 to 25 letters, digits, '-', '_', '.'"));
        }
        let rendered = render(sending.card, Some(sending.marker));
        let mut message = rendered.message;
        message["nonce"] = json!(sending.marker);
        message["enforce_nonce"] = json!(true);
        if !sending.notify {
            message["flags"] = json!(SILENT);
        }
        if let Some(to) = sending.replies_to {
            message["message_reference"] = json!({"message_id": to.to_string(), "fail_if_not_exists": false});
        }
        let files = prints(&rendered.uploads);
        let path = format!("/channels/{}/messages", sending.channel);
        let route = Route { template: "POST /channels/{}/messages", about: sending.channel };
        let body = body(message, all(rendered.uploads));
        let answer = self.http.send(Request { method: Method::POST, path, route, body, how: How::Bot }).await?;
        let posted = id(&answer["id"]).ok_or_else(|| Failed::Unknown("a message without an id".to_owned()))?;
        self.remember(posted, &files, &answer);
        Ok(MessageRef { channel: sending.channel, message: posted })
    }

    fn remember(&self, message: u64, files: &[(String, [u8; 32])], answer: &Value) {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner).remember(message, files, answer);
    }

    fn list(&self, message: u64, wanted: Vec<Upload>) -> Listed {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner).list(message, wanted)
    }

    /// Replaces a message by a card.
    pub(super) async fn replace(&self, message: MessageRef, card: &Card) -> Result<(), Failed> {
        let rendered = render(card, None);
        let files = prints(&rendered.uploads);
        let body = body(rendered.message, self.list(message.message, rendered.uploads));
        let path = format!("/channels/{}/messages/{}", message.channel, message.message);
        let route = Route { template: "PATCH /channels/{}/messages/{}", about: message.channel };
        let answer = self.http.send(Request { method: Method::PATCH, path, route, body, how: How::Bot }).await?;
        self.remember(message.message, &files, &answer);
        Ok(())
    }

    /// Looks for a message of ours with a marker, from the newest message of a channel back to those of an instant.
    pub(super) async fn search(&self, channel: u64, wanted: &str, since: Millis) -> Result<Option<MessageRef>, Failed> {
        let me = self.me().await?;
        let since = since.minus(CLOCKS_APART);
        let mut before = String::new();
        for _ in 0..MESSAGE_PAGES {
            let path = format!("/channels/{channel}/messages?limit={PAGE}{before}");
            let route = Route { template: "GET /channels/{}/messages", about: channel };
            let answer = self.get(path, route).await?;
            let messages = answer.as_array().ok_or_else(|| Failed::Unknown("no list of messages".to_owned()))?;
            if let Some(found) = messages.iter().find(|one| is_ours(one, me) && marker(one) == Some(wanted)) {
                return Ok(id(&found["id"]).map(|message| MessageRef { channel, message }));
            }
            match messages.iter().filter_map(|one| id(&one["id"])).min() {
                Some(oldest) if messages.len() >= PAGE && posted_at(oldest) >= since => {
                    before = format!("&before={oldest}");
                }
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    /// A message as it stands now.
    pub(super) async fn seen(&self, message: MessageRef) -> Result<CardSeen, Failed> {
        let me = self.me().await?;
        let path = format!("/channels/{}/messages/{}", message.channel, message.message);
        let route = Route { template: "GET /channels/{}/messages/{}", about: message.channel };
        let answer = self.get(path, route).await?;
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner).seen(message.message, &answer);
        Ok(CardSeen {
            ours: is_ours(&answer, me),
            suppressed: answer["flags"].as_u64().unwrap_or(0) & SUPPRESSED != 0,
            says: says(&answer),
            reacted: reacted(&answer),
        })
    }

    /// Where a channel or thread is now; see [`crate::chat::Chat::place`].
    pub(super) async fn place_now(&self, channel: u64) -> Result<Option<Place>, Failed> {
        Ok(self.found_now(channel).await?.map(|found| found.place))
    }

    /// The same, and who can read there; see [`crate::chat::Chat::place_and_readers`].
    pub(super) async fn place_and_readers_now(&self, channel: u64) -> Result<Option<(Place, Readers)>, Failed> {
        let Some(found) = self.found_now(channel).await? else { return Ok(None) };
        let is_open = !found.is_private && self.everybody_sees(found.guild, &found.channel).await?;
        Ok(Some((found.place, if is_open { Readers::Everybody } else { Readers::Chosen })))
    }

    async fn found_now(&self, channel: u64) -> Result<Option<Found>, Failed> {
        let shown = self.channel(channel).await?;
        let Some(guild) = id(&shown["guild_id"]) else { return Ok(None) };
        match shown["type"].as_u64() {
            Some(ANNOUNCEMENT | ANNOUNCEMENT_THREAD) => Ok(None),
            Some(kind @ (PUBLIC_THREAD | PRIVATE_THREAD)) => {
                let Some(parent) = id(&shown["parent_id"]) else { return Ok(None) };
                let place = Place::Discord { guild, channel: parent, thread: Some(channel) };
                let channel = self.channel(parent).await?;
                let published = channel["type"] == ANNOUNCEMENT;
                Ok((!published).then_some(Found { place, guild, channel, is_private: kind == PRIVATE_THREAD }))
            }
            Some(_) => {
                let place = Place::Discord { guild, channel, thread: None };
                Ok(Some(Found { place, guild, channel: shown, is_private: false }))
            }
            None => Err(Failed::Unknown("a channel without a type".to_owned())),
        }
    }

    async fn channel(&self, channel: u64) -> Result<Value, Failed> {
        self.get(format!("/channels/{channel}"), Route { template: "GET /channels/{}", about: channel }).await
    }

    /// The channel of the direct messages with an account; it is there also if they take none.
    pub(super) async fn direct_messages(&self, account: Account) -> Result<u64, Failed> {
        let Account::Discord(user) = account else {
            return Err(refused_here("not an account of Discord"));
        };
        let (path, route) = ("/users/@me/channels".to_owned(), Route { template: OPENING, about: 0 });
        let body = Body::Json(json!({"recipient_id": user.to_string()}));
        let answer = self.http.send(Request { method: Method::POST, path, route, body, how: How::Bot }).await?;
        id(&answer["id"]).ok_or_else(|| Failed::Unknown("direct messages without an id".to_owned()))
    }

    /// Opens a message's thread; one that is open has the message's id.
    pub(super) async fn open_thread(&self, message: MessageRef, name: &str) -> Result<u64, Failed> {
        let path = format!("/channels/{}/messages/{}/threads", message.channel, message.message);
        let route = Route { template: "POST /channels/{}/messages/{}/threads", about: message.channel };
        let body = Body::Json(json!({"name": thread_name(name), "auto_archive_duration": THREAD_ARCHIVE_MINUTES}));
        match self.http.send(Request { method: Method::POST, path, route, body, how: How::Bot }).await {
            Ok(answer) => id(&answer["id"]).ok_or_else(|| Failed::Unknown("a thread without an id".to_owned())),
            Err(failed) if failed.is(HAS_THREAD) => Ok(message.message),
            Err(failed) => Err(failed),
        }
    }

    /// Asks for something.
    pub(super) async fn get(&self, path: String, route: Route) -> Result<Value, Failed> {
        self.http.send(Request { method: Method::GET, path, route, body: Body::Nothing, how: How::Bot }).await
    }

    /// Our own user id.
    pub(super) async fn me(&self) -> Result<u64, Failed> {
        let ask = || async {
            let answer = self.get("/users/@me".to_owned(), Route { template: "GET /users/@me", about: 0 }).await?;
            id(&answer["id"]).ok_or_else(|| Failed::Unknown("the chat does not say who we are".to_owned()))
        };
        self.me.get_or_try_init(ask).await.copied()
    }
}

/// Webhooks choose their names, but never have our id; a message of ours is by our account and through no webhook.
fn is_ours(message: &Value, me: u64) -> bool {
    id(&message["author"]["id"]) == Some(me) && message["webhook_id"].is_null()
}

/// By emoji, which lists have anybody but us in them. A message on which nobody reacted has no such field (Discord's
/// reference, "Message Object"); one that cannot be read says nothing. Custom emoji are none that we ever wait for.
fn reacted(message: &Value) -> Option<BTreeMap<String, Lists>> {
    let Some(all) = message.get("reactions") else { return Some(BTreeMap::new()) };
    let unicode = all.as_array()?.iter().filter(|one| one["emoji"]["id"].is_null());
    let mut told: BTreeMap<String, Lists> = BTreeMap::new();
    for one in unicode {
        let found = lists(one)?;
        // Whether it comes with and without its variation selector is not known: neither hides the other.
        let all = told.entry(plain(one["emoji"]["name"].as_str()?)).or_insert(Lists::NONE);
        *all = Lists { ordinary: all.ordinary || found.ordinary, burst: all.burst || found.burst };
    }
    Some(told)
}

fn lists(reaction: &Value) -> Option<Lists> {
    let count = |kind: &str| reaction["count_details"][kind].as_u64();
    let by_burst = reaction["me_burst"] == true;
    let ordinarily = reaction["me"] == true && !by_burst;
    Some(Lists { ordinary: count("normal")? > u64::from(ordinarily), burst: count("burst")? > u64::from(by_burst) })
}

/// A thread's name: one line, not empty.
fn thread_name(name: &str) -> String {
    let line: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.trim();
    if line.is_empty() { "…".to_owned() } else { shortened(line, THREAD_NAME) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threads_name_is_one_line_that_is_not_empty() {
        assert_eq!(thread_name(" reset\nbilling "), "reset billing");
        assert_eq!(thread_name("\n"), "…");
        assert_eq!(thread_name(&"x".repeat(120)).chars().count(), THREAD_NAME);
    }

    #[test]
    fn a_message_tells_which_lists_have_somebody_but_us_in_them() {
        let list = |emoji: &str, normal: u64, burst: u64, me: bool| {
            json!({"emoji": {"id": null, "name": emoji}, "count_details": {"normal": normal, "burst": burst}, "me": me,
                "me_burst": false})
        };
        let message = json!({"reactions": [list("✅", 201, 0, true), list("❌", 1, 0, true), list("⏸\u{fe0f}", 1, 2, false),
            {"emoji": {"id": "7", "name": null}}]});
        let (ordinary, both) = (Lists { burst: false, ..Lists::ALL }, Lists::ALL);
        let expected =
            [("✅", ordinary), ("❌", Lists::NONE), ("⏸", both)].map(|(emoji, lists)| (emoji.to_owned(), lists));
        assert_eq!(reacted(&message), Some(BTreeMap::from(expected)));
        assert_eq!(reacted(&json!({})), Some(BTreeMap::new()), "nobody reacted");
    }

    #[test]
    fn what_a_message_does_not_tell_readably_is_not_taken_for_empty() {
        let without_details = json!({"emoji": {"id": null, "name": "❌"}, "count": 1, "me": true});
        for reactions in [json!(null), json!({}), json!([without_details])] {
            let reacted = reacted(&json!({"reactions": reactions}));
            let seen = CardSeen { ours: true, suppressed: false, says: String::new(), reacted };
            assert_eq!(seen.lists("❌"), Lists::ALL, "{seen:?}");
        }
    }

    #[test]
    fn a_webhooks_message_is_never_ours() {
        assert!(is_ours(&json!({"author": {"id": "5"}}), 5));
        assert!(!is_ours(&json!({"author": {"id": "6"}}), 5));
        assert!(!is_ours(&json!({"author": {"id": "5"}, "webhook_id": "9"}), 5));
    }
}
