//! Reactions: put one, read who reacted.

use super::Discord;
use super::http::{Body, Failed, How, Request};
use super::limiter::Route;
use super::limits::{PAGE, REACTION_PAGES};
use super::messages::id;
use crate::chat::{Lists, MessageRef};
use interlock::principal::Account;
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

/// No such emoji: nobody reacted with it.
const UNKNOWN_EMOJI: u64 = 10_014;
/// The lists of people, by Discord's numbers.
const ORDINARY: u8 = 0;
const BURST: u8 = 1;

/// An emoji for a path.
fn encoded(emoji: &str) -> String {
    emoji.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

impl Discord {
    /// Puts our reaction under a message.
    pub(super) async fn react(&self, message: MessageRef, emoji: &str) -> Result<(), Failed> {
        let at = address(message, emoji);
        let route = Route { template: "PUT /channels/{}/messages/{}/reactions/{}/@me", about: message.channel };
        let request =
            Request { method: Method::PUT, path: format!("{at}/@me"), route, body: Body::Nothing, how: How::Bot };
        self.http.send(request).await.map(|_| ())
    }

    /// Everybody who reacts with an emoji, in either way or in one of them.
    pub(super) async fn reactors(
        &self,
        message: MessageRef,
        emoji: &str,
        lists: Lists,
    ) -> Result<BTreeSet<Account>, Failed> {
        let me = self.me().await?;
        let mut found = BTreeSet::new();
        let wanted = [(ORDINARY, lists.ordinary), (BURST, lists.burst)];
        for (kind, _) in wanted.into_iter().filter(|(_, wanted)| *wanted) {
            match self.list_reactors(message, emoji, kind).await {
                Ok(users) => found.extend(users.iter().filter_map(|user| person(user, me))),
                Err(failed) if failed.is(UNKNOWN_EMOJI) => {}
                Err(failed) => return Err(failed),
            }
        }
        Ok(found)
    }

    /// One list, read to its end.
    async fn list_reactors(&self, message: MessageRef, emoji: &str, kind: u8) -> Result<Vec<Value>, Failed> {
        let mut users: Vec<Value> = Vec::new();
        let mut after = 0;
        for _ in 0..REACTION_PAGES {
            let path = format!("{}?limit={PAGE}&type={kind}&after={after}", address(message, emoji));
            let route = Route { template: "GET /channels/{}/messages/{}/reactions/{}", about: message.channel };
            let Value::Array(page) = self.get(path, route).await? else {
                return Err(Failed::Unknown("no list of people".to_owned()));
            };
            let last = page.iter().filter_map(|user| id(&user["id"])).max();
            let full = page.len() >= PAGE;
            users.extend(page);
            match last {
                Some(last) if full && last > after => after = last,
                _ => return Ok(users),
            }
        }
        Err(Failed::Unknown("more people than are ever read".to_owned()))
    }
}

fn address(message: MessageRef, emoji: &str) -> String {
    format!("/channels/{}/messages/{}/reactions/{}", message.channel, message.message, encoded(emoji))
}

/// A person's account; bots and ourselves are none.
fn person(user: &Value, me: u64) -> Option<Account> {
    let id = id(&user["id"])?;
    (id != me && user["bot"] != true).then_some(Account::Discord(id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bots_and_ourselves_do_not_react() {
        assert_eq!(person(&json!({"id": "7"}), 5), Some(Account::Discord(7)));
        assert_eq!(person(&json!({"id": "7", "bot": true}), 5), None);
        assert_eq!(person(&json!({"id": "5"}), 5), None);
        assert_eq!(person(&json!({"id": "x"}), 5), None);
    }

    #[test]
    fn an_emoji_is_written_byte_by_byte() {
        assert_eq!(encoded("✅"), "%E2%9C%85");
        assert_eq!(encoded("../@me"), "%2E%2E%2F%40%6D%65");
    }
}
