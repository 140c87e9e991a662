//! What the lean Discord says: no more than serenity needs to read it.

use serde_json::{Value, json};

/// The only guild.
pub(super) const GUILD: &str = "10";
/// The application, and its bot.
pub(super) const APPLICATION: &str = "2";
/// The person who types everything.
pub(super) const PERSON: &str = "3";
/// Whoever could approve, and does not.
pub(super) const APPROVER: &str = "4";
/// The bot.
pub(super) const BOT: &str = "1";
/// The message that the bot posts as the card of a plan; its thread has the same id.
pub(super) const CARD: &str = "5000";
/// People who react, from this id on.
const FIRST_REACTING: u64 = 1_000;
const REACTING: u64 = 100;
/// Messages of others that they react to, from this id on.
const FIRST_OTHER: u64 = 6_000;
const OTHERS: u64 = 99;
/// The only channel.
pub(super) const CHANNEL: &str = "30";
const LONG_AGO: &str = "2024-01-01T00:00:00.000000+00:00";
const ALL_RIGHTS: &str = "2147483647";

/// The first frame of a connection.
pub(super) fn hello() -> Value {
    json!({"op": 10, "d": {"heartbeat_interval": 41_250}})
}

/// READY, for a gateway at this address.
pub(super) fn ready(url: &str) -> Value {
    json!({
        "v": 10, "user": {"id": BOT, "username": "bot", "discriminator": "0000", "bot": true},
        "guilds": [{"id": GUILD, "unavailable": true}], "session_id": "session", "resume_gateway_url": url,
        "application": {"id": APPLICATION, "flags": 0}, "shard": [0, 1],
    })
}

/// GUILD_CREATE.
pub(super) fn guild() -> Value {
    json!({
        "id": GUILD, "name": "Lab", "owner_id": PERSON, "joined_at": LONG_AGO, "large": false, "member_count": 2,
        "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0,
        "nsfw_level": 0, "premium_tier": 0, "preferred_locale": "en-US", "premium_progress_bar_enabled": false,
        "system_channel_flags": 0, "features": [], "emojis": [], "stickers": [], "threads": [], "presences": [],
        "voice_states": [], "stage_instances": [], "guild_scheduled_events": [],
        "roles": roles(), "members": [member(PERSON)], "channels": [{"id": CHANNEL, "type": 0, "name": "ops"}],
    })
}

/// The roles of the guild: that of everybody.
pub(super) fn roles() -> Value {
    json!([{"id": GUILD, "name": "@everyone", "color": 0, "colors": {"primary_color": 0}, "hoist": false,
        "managed": false, "mentionable": false, "permissions": ALL_RIGHTS, "position": 0}])
}

/// The channel, as it is asked for.
pub(super) fn channel() -> Value {
    json!({"id": CHANNEL, "guild_id": GUILD, "type": 0, "name": "ops", "permission_overwrites": []})
}

/// What is typed, in turn: looks of every kind, and one plan of ten that is made and not kept.
const TYPED: [(&str, &[(&str, &str)]); 10] = [
    ("whoami", &[]),
    ("clusters", &[]),
    ("group", &[("group", "billing"), ("cluster", "orders-kafka")]),
    ("lag", &[("group", "billing"), ("cluster", "orders-kafka")]),
    ("topic", &[("topic", "orders"), ("cluster", "orders-kafka")]),
    ("help", &[]),
    ("health", &[("cluster", "orders-kafka")]),
    ("operations", &[]),
    ("lag", &[("group", "nightly-report"), ("cluster", "orders-kafka")]),
    ("reset-offset", &[("group", "nightly-report"), ("to", "-2h"), ("cluster", "orders-kafka"), ("dry-run", "")]),
];

/// What is typed for a card that stays open.
const PLAN: (&str, &[(&str, &str)]) =
    ("reset-offset", &[("group", "nightly-report"), ("to", "-2h"), ("cluster", "orders-kafka")]);

/// The interaction of this number.
pub(super) fn interaction(number: u64) -> Value {
    let turn = usize::try_from(number).unwrap_or(0) % TYPED.len();
    typed(number, TYPED[turn])
}

/// The interaction of this number, which asks for the card.
pub(super) fn plan(number: u64) -> Value {
    typed(number, PLAN)
}

fn typed(number: u64, (name, options): (&str, &[(&str, &str)])) -> Value {
    let options: Vec<Value> = options.iter().map(option).collect();
    let mut member = member(PERSON);
    member["permissions"] = json!(ALL_RIGHTS);
    json!({
        "id": number.to_string(), "application_id": APPLICATION, "type": 2, "token": format!("token{number}"),
        "version": 1, "guild_id": GUILD, "channel_id": CHANNEL, "locale": "en-US", "guild_locale": "en-US",
        "entitlements": [], "attachment_size_limit": 10_485_760, "app_permissions": ALL_RIGHTS, "context": 0,
        "authorizing_integration_owners": {"0": GUILD}, "member": member,
        "channel": {"id": CHANNEL, "type": 0, "name": "ops", "permissions": ALL_RIGHTS},
        "data": {"id": "40", "name": name, "type": 1, "guild_id": GUILD, "options": options},
    })
}

fn option((name, value): &(&str, &str)) -> Value {
    if *name == "dry-run" {
        return json!({"name": name, "type": 5, "value": true});
    }
    json!({"name": name, "type": 3, "value": value})
}

/// A reaction of this number, and its event: half of them on the card, half on other messages. Whoever put theirs there takes
/// it off the next time.
pub(super) fn reaction(number: u64) -> (&'static str, Value) {
    let (on_card, turn) = (number.is_multiple_of(2), number / 2);
    let user = (FIRST_REACTING + turn % REACTING).to_string();
    let message = if on_card { CARD.to_owned() } else { (FIRST_OTHER + turn % OTHERS).to_string() };
    let mut data = json!({
        "user_id": user, "channel_id": CHANNEL, "message_id": message, "guild_id": GUILD, "burst": false, "type": 0,
        "emoji": {"id": null, "name": "✅"},
    });
    if turn / REACTING % 2 == 1 {
        return ("MESSAGE_REACTION_REMOVE", data);
    }
    data["member"] = member(&user);
    ("MESSAGE_REACTION_ADD", data)
}

/// Everybody who reacts, as one page of them.
pub(super) fn reacting() -> Value {
    (0..REACTING).map(|one| json!({"id": (FIRST_REACTING + one).to_string(), "username": "somebody"})).collect()
}

/// A member of the guild without any role.
pub(super) fn member(user: &str) -> Value {
    json!({
        "user": {"id": user, "username": "somebody", "discriminator": "0", "global_name": null, "avatar": null},
        "roles": [], "deaf": false, "mute": false, "flags": 0, "nick": null, "avatar": null, "pending": false,
        "joined_at": LONG_AGO,
    })
}
