//! Accounts as they are now in the guilds we serve.

use super::Discord;
use super::http::{Failed, refused_here};
use super::limiter::Route;
use super::messages::id;
use crate::chat::MemberNow;
use interlock::principal::{Account, ChatRole};
use interlock::time::Millis;
use serde_json::Value;
use std::collections::BTreeSet;

/// Unknown member, unknown user.
const NOT_THERE: [u64; 2] = [10_007, 10_013];

impl Discord {
    /// An account over all guilds we serve: the roles of those where it is in good standing.
    pub(super) async fn look_up(&self, account: Account) -> Result<MemberNow, Failed> {
        let Account::Discord(user) = account else {
            return Err(refused_here("not an account of Discord"));
        };
        let mut found: Option<(BTreeSet<ChatRole>, String)> = None;
        for guild in &self.guilds {
            let Some(member) = self.member_of(*guild, user).await? else { continue };
            let Some((roles, name)) = counted(&member, self.clock.now()) else { continue };
            let entry = found.get_or_insert_with(|| (BTreeSet::new(), name));
            entry.0.extend(roles);
        }
        Ok(found.map_or(MemberNow::NotCounted, |(roles, name)| MemberNow::Member { roles, name }))
    }

    async fn member_of(&self, guild: u64, user: u64) -> Result<Option<Value>, Failed> {
        let path = format!("/guilds/{guild}/members/{user}");
        match self.get(path, Route { template: "GET /guilds/{}/members/{}", about: guild }).await {
            Ok(member) => Ok(Some(member)),
            Err(failed) if NOT_THERE.iter().any(|code| failed.is(*code)) => Ok(None),
            Err(failed) => Err(failed),
        }
    }
}

/// Roles and name of a member in good standing. What cannot be read does not count.
fn counted(member: &Value, now: Millis) -> Option<(BTreeSet<ChatRole>, String)> {
    let user = &member["user"];
    if member["pending"] == true || user["bot"] == true || is_timed_out(member, now) {
        return None;
    }
    let roles = member["roles"].as_array()?.iter().map(|role| id(role).map(ChatRole)).collect::<Option<_>>()?;
    let names = [&member["nick"], &user["global_name"], &user["username"]];
    let name = names.into_iter().find_map(Value::as_str).unwrap_or_default().to_owned();
    Some((roles, name))
}

fn is_timed_out(member: &Value, now: Millis) -> bool {
    match &member["communication_disabled_until"] {
        Value::Null => false,
        until => {
            let until = until.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
            until.is_none_or(|until| until.as_millisecond() > now.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Millis = Millis(1_700_000_000_000);

    #[test]
    fn a_member_counts_with_roles_and_name() {
        let member = json!({"user": {"id": "7", "username": "bob"}, "nick": null, "roles": ["20", "21"], "pending": false,
            "communication_disabled_until": "2020-01-01T00:00:00+00:00"});
        let expected = ([ChatRole(20), ChatRole(21)].into(), "bob".to_owned());
        assert_eq!(counted(&member, NOW), Some(expected));
    }

    #[test]
    fn who_is_not_in_good_standing_or_cannot_be_read_does_not_count() {
        let good = json!({"user": {"id": "7", "username": "bob"}, "roles": []});
        assert!(counted(&good, NOW).is_some());
        for (key, value) in [
            ("pending", json!(true)),
            ("communication_disabled_until", json!("2030-01-01T00:00:00+00:00")),
            ("communication_disabled_until", json!("soon")),
            ("user", json!({"id": "7", "bot": true})),
            ("roles", json!(["x"])),
            ("roles", json!(null)),
        ] {
            let mut bad = good.clone();
            bad[key] = value;
            assert_eq!(counted(&bad, NOW), None, "{bad}");
        }
    }
}
