//! The table of endpoints. Templates are spelt as in Discord's document, so that bodies can be held against it.

use std::collections::BTreeMap;

use super::{Outcome, about, channels, commands, guilds, interactions, messages, reactions, threads, webhooks};
use crate::world::World;

use super::call::Call;

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Auth {
    /// The bot, with its token.
    Bot,
    /// Whoever knows the path (interaction tokens are part of it).
    Path,
}

/// One endpoint.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) method: &'static str,
    pub(crate) template: &'static str,
    pub(crate) auth: Auth,
    pub(crate) run: fn(&mut World, &Call) -> Outcome,
}

const fn bot(method: &'static str, template: &'static str, run: fn(&mut World, &Call) -> Outcome) -> Endpoint {
    Endpoint { method, template, auth: Auth::Bot, run }
}

const fn open(method: &'static str, template: &'static str, run: fn(&mut World, &Call) -> Outcome) -> Endpoint {
    Endpoint { method, template, auth: Auth::Path, run }
}

const GUILD_COMMANDS: &str = "/applications/{application_id}/guilds/{guild_id}/commands";
const COMMANDS: &str = "/applications/{application_id}/commands";
const CHANNEL: &str = "/channels/{channel_id}";
const MESSAGES: &str = "/channels/{channel_id}/messages";
const MESSAGE: &str = "/channels/{channel_id}/messages/{message_id}";
const MY_REACTION: &str = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/@me";
const REACTION: &str = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}/{user_id}";
const REACTIONS: &str = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}";
const ALL_REACTIONS: &str = "/channels/{channel_id}/messages/{message_id}/reactions";
const CALLBACK: &str = "/interactions/{interaction_id}/{interaction_token}/callback";
const WEBHOOK: &str = "/webhooks/{webhook_id}/{webhook_token}";
const ORIGINAL: &str = "/webhooks/{webhook_id}/{webhook_token}/messages/@original";
const FOLLOWUP: &str = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}";

/// All of them; fixed segments stand before parameters that would match them.
static ENDPOINTS: &[Endpoint] = &[
    open("GET", "/gateway", about::gateway),
    bot("GET", "/gateway/bot", about::gateway_bot),
    bot("GET", "/users/@me", about::me),
    bot("POST", "/users/@me/channels", channels::open_dm),
    bot("GET", "/users/{user_id}", about::user),
    bot("GET", "/applications/@me", about::application),
    bot("GET", "/oauth2/applications/@me", about::application),
    bot("GET", GUILD_COMMANDS, commands::list),
    bot("PUT", GUILD_COMMANDS, commands::overwrite),
    bot("GET", COMMANDS, commands::list),
    bot("PUT", COMMANDS, commands::overwrite),
    bot("GET", "/guilds/{guild_id}", guilds::guild),
    bot("GET", "/guilds/{guild_id}/channels", guilds::channels),
    bot("GET", "/guilds/{guild_id}/roles", guilds::roles),
    bot("GET", "/guilds/{guild_id}/members", guilds::members),
    bot("GET", "/guilds/{guild_id}/members/{user_id}", guilds::member),
    bot("GET", "/guilds/{guild_id}/threads/active", threads::active),
    bot("GET", CHANNEL, channels::get),
    bot("PATCH", CHANNEL, channels::change),
    bot("GET", MESSAGES, messages::list),
    bot("POST", MESSAGES, messages::create),
    bot("GET", MESSAGE, messages::get),
    bot("PATCH", MESSAGE, messages::edit),
    bot("DELETE", MESSAGE, messages::delete),
    bot("POST", "/channels/{channel_id}/messages/{message_id}/threads", threads::from_message),
    bot("POST", "/channels/{channel_id}/threads", threads::without_message),
    bot("POST", "/channels/{channel_id}/typing", channels::typing),
    bot("PUT", MY_REACTION, reactions::add),
    bot("DELETE", MY_REACTION, reactions::remove_own),
    bot("DELETE", REACTION, reactions::remove),
    bot("GET", REACTIONS, reactions::list),
    bot("DELETE", REACTIONS, reactions::clear),
    bot("DELETE", ALL_REACTIONS, reactions::clear),
    open("POST", CALLBACK, interactions::callback),
    open("POST", WEBHOOK, webhooks::follow_up),
    open("GET", ORIGINAL, webhooks::get),
    open("PATCH", ORIGINAL, webhooks::edit),
    open("DELETE", ORIGINAL, webhooks::delete),
    open("GET", FOLLOWUP, webhooks::get),
    open("PATCH", FOLLOWUP, webhooks::edit),
    open("DELETE", FOLLOWUP, webhooks::delete),
    open("GET", "/attachments/{channel_id}/{attachment_id}/{filename}", messages::attachment),
];

/// The endpoint of a path, with its parameters.
pub(crate) fn find(method: &str, path: &str) -> Option<(&'static Endpoint, BTreeMap<String, String>)> {
    let candidates = ENDPOINTS.iter().filter(|e| e.method == method);
    candidates.into_iter().find_map(|e| Some((e, parameters(e.template, path)?)))
}

fn parameters(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let (mut wanted, mut given) = (template.split('/'), path.trim_end_matches('/').split('/'));
    let mut parameters = BTreeMap::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(parameters),
            (Some(part), Some(text)) => match part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
                Some(name) => drop(parameters.insert(name.to_owned(), decode(text))),
                None if part == decode(text) => {}
                None => return None,
            },
            _ => return None,
        }
    }
}

/// Undoes percent-encoding.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = tail.get(..2).and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        match (first, code) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_segments_come_before_parameters() {
        let template = |method, path| find(method, path).map(|(e, _)| e.template);
        assert_eq!(template("PATCH", "/webhooks/1/t/messages/@original"), Some(ORIGINAL));
        assert_eq!(template("PATCH", "/webhooks/1/t/messages/%40original"), Some(ORIGINAL));
        assert_eq!(template("PATCH", "/webhooks/1/t/messages/7"), Some(FOLLOWUP));
        assert_eq!(template("PUT", "/channels/1/messages/2/reactions/%E2%9C%85/@me"), Some(MY_REACTION));
        assert_eq!(template("GET", "/channels/1/nothing"), None);
    }

    #[test]
    fn parameters_are_decoded() {
        let found = find("GET", "/channels/1/messages/2/reactions/%E2%9C%85");
        assert_eq!(found.and_then(|(_, p)| p.get("emoji_name").cloned()).as_deref(), Some("✅"));
    }
}
