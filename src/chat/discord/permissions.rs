//! What the bot may do: what it lacks, what it should not have, and whom it calls.

use super::Discord;
use super::http::Failed;
use super::limiter::Route;
use super::messages::id;
use crate::chat::ChatError;
use serde_json::Value;
use std::collections::BTreeSet;

const ADMINISTRATOR: u64 = 1 << 3;
const VIEW_CHANNEL: u64 = 1 << 10;
/// What we need in a channel.
const NEEDED: [(u64, &str); 8] = [
    (VIEW_CHANNEL, "VIEW_CHANNEL"),
    (1 << 11, "SEND_MESSAGES"),
    (1 << 38, "SEND_MESSAGES_IN_THREADS"),
    (1 << 35, "CREATE_PUBLIC_THREADS"),
    (1 << 14, "EMBED_LINKS"),
    (1 << 15, "ATTACH_FILES"),
    (1 << 16, "READ_MESSAGE_HISTORY"),
    (1 << 6, "ADD_REACTIONS"),
];
/// What lets a bot change who is heard.
const DANGEROUS: [(u64, &str); 5] = [
    (ADMINISTRATOR, "ADMINISTRATOR"),
    (1 << 28, "MANAGE_ROLES"),
    (1 << 5, "MANAGE_GUILD"),
    (1 << 13, "MANAGE_MESSAGES"),
    (1 << 17, "MENTION_EVERYONE"),
];

/// What the bot may do in a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelRights {
    /// Whether it is an ordinary text channel: announcement channels, forums and threads take no cards.
    pub is_text: bool,
    /// Whether it is in a guild that is served; what is said elsewhere is said to strangers.
    pub is_served: bool,
    /// Permissions that are needed and not there, by Discord's names.
    pub missing: Vec<&'static str>,
}

/// A permission that the bot has and should not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dangerous {
    /// The guild.
    pub guild: u64,
    /// The permission, by Discord's name.
    pub permission: &'static str,
    /// The role that gives it.
    pub role: u64,
}

/// A role that people have though nobody of the guild gave it to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unguarded {
    /// The role.
    pub role: u64,
    /// How people come by it.
    pub how: &'static str,
}

/// The flag of a role that members take themselves in the onboarding of a guild.
const IN_PROMPT: u64 = 1;

/// A role, as far as it matters here.
struct Role {
    id: u64,
    permissions: u64,
}

impl Discord {
    /// What the bot may do in a channel, and what is missing.
    ///
    /// # Errors
    /// [`ChatError`] when it cannot be asked.
    pub async fn missing_permissions(&self, channel: u64) -> Result<ChannelRights, ChatError> {
        let shown =
            self.get(format!("/channels/{channel}"), Route { template: "GET /channels/{}", about: channel }).await?;
        let guild = id(&shown["guild_id"]).ok_or_else(|| ChatError::Wrong("not a channel of a guild".to_owned()))?;
        let roles = self.our_roles(guild).await?;
        let permissions = in_channel(&shown, &roles, Whose { guild, me: self.me().await? });
        let missing = NEEDED.iter().filter(|(bit, _)| permissions & bit == 0).map(|(_, name)| *name).collect();
        Ok(ChannelRights { is_text: shown["type"] == 0, is_served: self.guilds.contains(&guild), missing })
    }

    /// Permissions that the bot has in the guilds it serves and should not have.
    ///
    /// # Errors
    /// [`ChatError`] when they cannot be asked.
    pub async fn dangerous_permissions(&self) -> Result<Vec<Dangerous>, ChatError> {
        let mut found = Vec::new();
        for guild in &self.guilds {
            for role in self.our_roles(*guild).await? {
                let has = DANGEROUS.iter().filter(|(bit, _)| role.permissions & bit != 0);
                found.extend(has.map(|(_, permission)| Dangerous { guild: *guild, permission, role: role.id }));
            }
        }
        Ok(found)
    }

    /// Those of some roles by which nobody is called: not everybody may mention them, or no guild that is served has them.
    ///
    /// # Errors
    /// [`ChatError`] when they cannot be asked.
    pub async fn not_mentionable(&self, roles: &BTreeSet<u64>) -> Result<BTreeSet<u64>, ChatError> {
        let mut silent = roles.clone();
        for guild in &self.guilds {
            let all = self.roles(*guild).await?;
            for role in all.iter().filter(|role| role["mentionable"] == true).filter_map(|role| id(&role["id"])) {
                silent.remove(&role);
            }
        }
        Ok(silent)
    }

    /// Those of some roles that people have without having been given them, as far as a role tells: what a bot hands out for a
    /// reaction looks like any other.
    ///
    /// # Errors
    /// [`ChatError`] when they cannot be asked.
    pub async fn unguarded(&self, roles: &BTreeSet<u64>) -> Result<Vec<Unguarded>, ChatError> {
        let mut found = Vec::new();
        for guild in &self.guilds {
            for shown in self.roles(*guild).await? {
                let Some(role) = id(&shown["id"]).filter(|role| roles.contains(role)) else { continue };
                let ways = [
                    (
                        shown["flags"].as_u64().unwrap_or(0) & IN_PROMPT != 0,
                        "members take it themselves in the onboarding",
                    ),
                    (shown["managed"] == true, "an integration gives it"),
                ];
                found.extend(ways.into_iter().filter(|(is, _)| *is).map(|(_, how)| Unguarded { role, how }));
            }
        }
        Ok(found)
    }

    /// Whether everybody in a guild can see one of its channels: those without any role of their own can.
    pub(super) async fn everybody_sees(&self, guild: u64, channel: &Value) -> Result<bool, Failed> {
        let all = self.roles(guild).await?;
        let everybody =
            all.iter().find(|role| id(&role["id"]) == Some(guild)).and_then(|role| id(&role["permissions"]));
        let everybody = everybody.ok_or_else(unreadable)?;
        is_seen_by_everybody(channel, guild, everybody)
            .ok_or_else(|| Failed::Unknown("exceptions of a channel that cannot be read".to_owned()))
    }

    /// The roles of a guild, as Discord has them.
    async fn roles(&self, guild: u64) -> Result<Vec<Value>, Failed> {
        let roles = format!("/guilds/{guild}/roles");
        match self.get(roles, Route { template: "GET /guilds/{}/roles", about: guild }).await? {
            Value::Array(roles) => Ok(roles),
            _ => Err(unreadable()),
        }
    }

    /// The roles that the bot has in a guild, the one of everybody among them.
    async fn our_roles(&self, guild: u64) -> Result<Vec<Role>, Failed> {
        let me = self.me().await?;
        let member = format!("/guilds/{guild}/members/{me}");
        let member = self.get(member, Route { template: "GET /guilds/{}/members/{}", about: guild }).await?;
        let all = self.roles(guild).await?;
        let ours = member["roles"].as_array().ok_or_else(unreadable)?;
        let has = |role: &&Value| id(&role["id"]) == Some(guild) || ours.contains(&role["id"]);
        let read = |role: &Value| Some(Role { id: id(&role["id"])?, permissions: id(&role["permissions"])? });
        all.iter().filter(has).map(|role| read(role).ok_or_else(unreadable)).collect()
    }
}

fn unreadable() -> Failed {
    Failed::Unknown("roles that cannot be read".to_owned())
}

#[derive(Clone, Copy)]
struct Whose {
    guild: u64,
    me: u64,
}

/// Whether the role of everybody, which has the guild's id and gives these permissions, lets a channel be seen. None where the
/// channel's exceptions cannot be read.
fn is_seen_by_everybody(channel: &Value, guild: u64, permissions: u64) -> Option<bool> {
    let exceptions = channel["permission_overwrites"].as_array()?;
    if permissions & ADMINISTRATOR != 0 {
        return Some(true);
    }
    let bits = match exceptions.iter().find(|one| id(&one["id"]) == Some(guild)) {
        Some(own) => permissions & !id(&own["deny"])? | id(&own["allow"])?,
        None => permissions,
    };
    Some(bits & VIEW_CHANNEL != 0)
}

/// Permissions in a channel: the roles', then the channel's exceptions for everybody, for the roles, for the member.
fn in_channel(channel: &Value, roles: &[Role], whose: Whose) -> u64 {
    let base = roles.iter().fold(0, |bits, role| bits | role.permissions);
    if base & ADMINISTRATOR != 0 {
        return u64::MAX;
    }
    let exceptions = channel["permission_overwrites"].as_array().map_or(&[][..], Vec::as_slice);
    let bits = |value: &Value| id(value).unwrap_or(0);
    let of = |wanted: &dyn Fn(u64) -> bool| {
        let matching = exceptions.iter().filter(|one| id(&one["id"]).is_some_and(wanted));
        matching.fold((0, 0), |(deny, allow), one| (deny | bits(&one["deny"]), allow | bits(&one["allow"])))
    };
    let everybody = of(&|id| id == whose.guild);
    let ours = of(&|id| id != whose.guild && roles.iter().any(|role| role.id == id));
    let mine = of(&|id| id == whose.me);
    [everybody, ours, mine].into_iter().fold(base, |bits, (deny, allow)| bits & !deny | allow)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const WHOSE: Whose = Whose { guild: 1, me: 9 };

    fn roles(permissions: u64) -> Vec<Role> {
        vec![Role { id: 1, permissions: 1 << 10 }, Role { id: 2, permissions }]
    }

    #[test]
    fn exceptions_apply_from_everybody_to_the_member() {
        let exception =
            |id: &str, deny: u64, allow: u64| json!({"id": id, "deny": deny.to_string(), "allow": allow.to_string()});
        let send = 1 << 11;
        let channel = |list: Value| json!({"permission_overwrites": list});
        let sends = |list: Value| in_channel(&channel(list), &roles(send), WHOSE) & send != 0;
        assert!(sends(json!([])));
        assert!(!sends(json!([exception("1", send, 0)])));
        assert!(sends(json!([exception("1", send, 0), exception("2", 0, send)])));
        assert!(!sends(json!([exception("2", 0, send), exception("9", send, 0)])));
        assert!(sends(json!([exception("5", send, 0)])), "somebody else's");
    }

    #[test]
    fn a_channel_is_seen_by_everybody_unless_their_role_or_the_channel_hides_it() {
        let exception =
            |id: &str, deny: u64, allow: u64| json!({"id": id, "deny": deny.to_string(), "allow": allow.to_string()});
        let seen = |permissions: u64, list: Value| {
            is_seen_by_everybody(&json!({"permission_overwrites": list}), WHOSE.guild, permissions)
        };
        let (sees, hidden, shown) = (VIEW_CHANNEL, exception("1", VIEW_CHANNEL, 0), exception("1", 0, VIEW_CHANNEL));
        let others = [exception("2", 0, VIEW_CHANNEL), exception("9", VIEW_CHANNEL, 0)];
        for (permissions, list, is_seen) in [
            (sees, json!([]), true),
            (0, json!([]), false),
            (sees, json!([hidden]), false),
            (0, json!([shown]), true),
            (sees, json!(others), true),
            (0, json!(others), false),
            (ADMINISTRATOR, json!([hidden]), true),
        ] {
            assert_eq!(seen(permissions, list.clone()), Some(is_seen), "{permissions} {list}");
        }
        assert_eq!(seen(sees, json!(null)), None);
        assert_eq!(seen(sees, json!([{"id": "1", "deny": 1024, "allow": "0"}])), None, "a number is no text");
        assert_eq!(is_seen_by_everybody(&json!({}), WHOSE.guild, sees), None);
    }

    #[test]
    fn an_administrator_may_everything() {
        assert_eq!(in_channel(&json!({}), &roles(ADMINISTRATOR), WHOSE), u64::MAX);
    }
}
