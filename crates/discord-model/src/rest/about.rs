//! Who the bot is, and where the gateway is.

use serde_json::json;

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use crate::world::World;

fn gateway_url(world: &World) -> String {
    world.told_gateway.clone().unwrap_or_else(|| format!("{}/ws", world.base_url.replacen("http", "ws", 1)))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of all endpoints")]
pub(super) fn gateway(world: &mut World, _call: &Call) -> Outcome {
    Ok(Answer::json(&json!({"url": gateway_url(world)})))
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of all endpoints")]
pub(super) fn gateway_bot(world: &mut World, _call: &Call) -> Outcome {
    let mut told = json!({"url": gateway_url(world), "shards": 1});
    if world.tells_budget {
        told["session_start_limit"] = json!({
            "total": world.sessions.budget.total, "remaining": world.sessions.budget.left,
            "reset_after": 86_400_000, "max_concurrency": 1,
        });
    }
    Ok(Answer::json(&told))
}

pub(super) fn me(world: &mut World, _call: &Call) -> Outcome {
    let mut shown = world.account(world.application.bot)?.show();
    shown["verified"] = json!(true);
    shown["mfa_enabled"] = json!(true);
    Ok(Answer::json(&shown))
}

pub(super) fn user(world: &mut World, call: &Call) -> Outcome {
    Ok(Answer::json(&world.account(call.id("user_id")?)?.show()))
}

pub(super) fn application(world: &mut World, _call: &Call) -> Outcome {
    let bot = world.account(world.application.bot)?;
    let owner = world.guild(world.home)?.owner;
    Ok(Answer::json(&json!({
        "id": world.application.id, "name": bot.name, "icon": null, "description": "", "summary": "",
        "bot_public": false, "bot_require_code_grant": false, "verify_key": "0".repeat(64), "flags": 0,
        "bot": bot.show(), "owner": world.show_user(owner), "team": null, "rpc_origins": [],
        "integration_types_config": {}, "redirect_uris": [], "tags": [],
    })))
}
