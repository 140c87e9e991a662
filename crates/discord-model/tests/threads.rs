//! Threads and reactions over plain HTTP.

use discord_model::{Discord, Options, limits, permissions};
use serde_json::{Value, json};

use crate::support::{Rest, discord, messages, path, refusal, text};

#[tokio::test]
async fn a_thread_has_its_messages_id_and_is_made_once() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    let card = rest.says(&ops, "card").await;
    card.read();
    let threads = format!("{}/threads", path(&card));
    let (status, thread) = rest.send("POST", &threads, json!({"name": "op"})).await;
    assert_eq!((status, &thread["id"]), (201, &json!(card.id())));
    assert_eq!(refusal(&rest.send("POST", &threads, json!({"name": "op"})).await), (400, 160_004));
    assert_eq!(ops.threads().len(), 1);
    assert_eq!(card.thread().unwrap().name(), "op");
    assert_eq!(rest.get(&format!("/channels/{}", card.id())).await.1["thread_metadata"]["archived"], false);
    discord.assert_clean();
}

#[tokio::test]
async fn archived_threads_open_by_a_message_and_locked_ones_do_not() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    let card = rest.says(&ops, "card").await;
    rest.send("POST", &format!("{}/threads", path(&card)), json!({"name": "op"})).await;
    let thread = card.thread().unwrap();
    let inside = rest.says(&thread, "progress").await;
    thread.archives(true);
    assert_eq!(refusal(&rest.send("PATCH", &path(&inside), text("x")).await), (400, 50_083));
    let react = format!("{}/reactions/%E2%9C%85/@me", path(&inside));
    assert_eq!(refusal(&rest.send("PUT", &react, Value::Null).await), (400, 50_083));
    rest.says(&thread, "opens it").await;
    assert!(!thread.is_archived());
    thread.locks(true);
    assert_eq!(refusal(&rest.post(&thread, "x").await), (400, 160_005));
    let channel = format!("/channels/{}", thread.id());
    assert_eq!(refusal(&rest.send("PATCH", &channel, json!({"locked": false})).await), (403, 50_013));
    discord.guild().lets_role(discord.guild().bot_role(), permissions::BOT | permissions::MANAGE_THREADS);
    assert_eq!(rest.send("PATCH", &channel, json!({"locked": false, "archived": true})).await.0, 200);
    assert!(thread.is_archived() && !thread.is_locked());
}

#[tokio::test]
async fn threads_are_refused_where_they_cannot_be() {
    let options = Options { active_threads: 1, ..Options::default() };
    let discord = Discord::start(options).await.unwrap();
    let (rest, ops, guild) = (Rest::new(&discord), discord.channel("ops"), discord.guild());
    let start = async |message: &discord_model::Message| {
        let reply = rest.send("POST", &format!("{}/threads", path(message)), json!({"name": "op"})).await;
        refusal(&reply)
    };
    let first = rest.says(&ops, "1").await;
    assert_eq!(start(&first).await.0, 201);
    let second = rest.says(&ops, "2").await;
    assert_eq!(start(&second).await, (400, 160_006));
    let inside = rest.says(&first.thread().unwrap(), "in a thread").await;
    assert_eq!(start(&inside).await, (400, 50_024));
    ops.overwrites_member(discord.bot_id(), 0, permissions::CREATE_PUBLIC_THREADS);
    assert_eq!(start(&second).await, (403, 50_013));
    assert_eq!(refusal(&rest.post(&guild.forum("ideas"), "x").await), (400, 50_008));
    assert_eq!(rest.post(&guild.announcement_channel("news"), "x").await.0, 200);
}

#[tokio::test]
async fn reactors_come_in_pages_and_super_reactions_apart() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    let card = rest.says(&ops, "card").await;
    for n in 0..101 {
        discord.user(&format!("user{n}")).reacts(&card, "✅").await;
    }
    let late = discord.user("late");
    late.super_reacts(&card, "✅").await;
    let reactors = format!("{}/reactions/%E2%9C%85", path(&card));
    let (_, default) = rest.get(&reactors).await;
    assert_eq!(default.as_array().unwrap().len(), 25);
    let (_, first) = rest.get(&format!("{reactors}?limit=100")).await;
    let last = first[99]["id"].as_str().unwrap();
    let (_, second) = rest.get(&format!("{reactors}?limit=100&after={last}")).await;
    assert_eq!((first.as_array().unwrap().len(), second.as_array().unwrap().len()), (100, 1));
    let (_, burst) = rest.get(&format!("{reactors}?type=1")).await;
    assert_eq!(burst[0]["id"], late.id().to_string());
    assert_eq!(card.look().reacted("✅").len(), 102);
    late.unreacts(&card, "✅").await;
    assert_eq!(rest.get(&format!("{reactors}?type=1")).await.1, json!([]));
    card.loses_emoji("✅");
    assert_eq!(card.look().reactions, []);
    discord.assert_clean();
}

#[tokio::test]
async fn people_who_react_while_no_event_tells_of_it_stand_there_once() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    let card = rest.says(&ops, "card").await;
    let (bob, carol) = (discord.user("bob"), discord.user("carol"));
    bob.reacts(&card, "✅").await;
    card.has_reactors("✅", &[bob.id(), carol.id()]);
    assert_eq!(card.look().reacted("✅"), [bob.id(), carol.id()]);
    let (_, shown) = rest.get(&path(&card)).await;
    assert_eq!(shown["reactions"][0]["count_details"], json!({"normal": 2, "burst": 0}));
    discord.assert_clean();
}

#[tokio::test]
async fn twenty_emoji_and_no_more() {
    let discord = discord().await;
    let (rest, ops, alice) = (Rest::new(&discord), discord.channel("ops"), discord.user("alice"));
    let card = rest.says(&ops, "card").await;
    for n in 0..limits::REACTION_KINDS {
        let emoji = char::from_u32(0x1F600 + u32::try_from(n).unwrap()).unwrap();
        alice.reacts(&card, &emoji.to_string()).await;
    }
    let add = async |emoji: &str| {
        refusal(&rest.send("PUT", &format!("{}/reactions/{emoji}/@me", path(&card)), Value::Null).await)
    };
    assert_eq!(add("%E2%9C%85").await, (400, 30_010));
    assert_eq!(add("%F0%9F%98%80").await, (204, 0));
    assert_eq!(add("abc").await, (400, 10_014));
    ops.overwrites_member(discord.bot_id(), 0, permissions::ADD_REACTIONS);
    card.loses_reactions();
    assert_eq!(add("%E2%9C%85").await, (403, 50_013));
    alice.reacts(&card, "✅").await;
    assert_eq!(add("%E2%9C%85").await, (204, 0));
}

#[tokio::test]
async fn emoji_are_the_same_with_and_without_the_picture_sign() {
    let discord = discord().await;
    let (rest, ops, alice) = (Rest::new(&discord), discord.channel("ops"), discord.user("alice"));
    let card = rest.says(&ops, "card").await;
    rest.send("PUT", &format!("{}/reactions/%E2%8F%B8%EF%B8%8F/@me", path(&card)), Value::Null).await;
    alice.reacts(&card, "⏸").await;
    assert_eq!(card.look().reacted("⏸️"), [discord.bot_id(), alice.id()]);
    discord.assert_clean();
}

#[tokio::test]
async fn members_are_looked_up_one_by_one() {
    let discord = discord().await;
    let (rest, guild) = (Rest::new(&discord), discord.guild());
    let role = guild.role("approvers");
    let alice = discord.user("alice").with_role(role);
    let member = format!("/guilds/{}/members/{}", guild.id(), alice.id());
    assert_eq!(rest.get(&member).await.1["roles"], json!([role]));
    alice.is_pending(true);
    alice.is_timed_out(std::time::Duration::from_secs(60));
    let (_, shown) = rest.get(&member).await;
    assert_eq!(shown["pending"], true);
    assert!(shown["communication_disabled_until"].is_string());
    alice.is_banned();
    assert_eq!(refusal(&rest.get(&member).await), (404, 10_007));
    alice.joins(&guild);
    assert_eq!(refusal(&rest.get(&member).await), (404, 10_007));
    assert_eq!(refusal(&rest.get(&format!("/guilds/{}/members", guild.id())).await), (403, 50_001));
    let (_, roles) = rest.get(&format!("/guilds/{}/roles", guild.id())).await;
    assert!(roles.as_array().unwrap().iter().any(|r| r["name"] == "approvers"));
    assert_eq!(rest.get(&messages(&discord.channel("ops"))).await.1, json!([]));
    discord.assert_clean();
}
