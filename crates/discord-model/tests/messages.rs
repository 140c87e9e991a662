//! Messages over plain HTTP: rules, permissions, files, pages, ages.

use std::time::Duration;

use discord_model::{limits, permissions};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{Rest, discord, found, messages, path, refusal, reply, text, violations};

#[tokio::test]
async fn what_breaks_a_limit_is_refused_and_recorded() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    let half = json!({"description": "x".repeat(3_001)});
    let button = json!({"type": 2, "style": 1, "label": "l", "custom_id": "same"});
    let row = json!({"type": 1, "components": [button]});
    let bodies = [
        (text(&"x".repeat(limits::CONTENT + 1)), "/content"),
        (json!({"embeds": [half, half]}), "/embeds"),
        (json!({"components": [row, row], "embeds": [half]}), "/components/1/components/0/custom_id"),
        (json!({"embeds": [{"title": "x".repeat(257)}]}), "/embeds/0/title"),
        (json!({"contents": "misspelt"}), "contents"),
        (json!({"content": "x", "nonce": "n".repeat(26), "allowed_mentions": {}}), "/nonce"),
        (json!({"embeds": vec![json!({"title": "t"}); 11]}), "/embeds"),
    ];
    for (body, place) in bodies {
        let reply = rest.send("POST", &messages(&ops), body).await;
        assert_eq!(refusal(&reply), (400, 50_035), "{place}: {}", reply.1);
        let recorded = violations(&discord);
        assert!(recorded.iter().any(|v| v.contains(place)), "{place}: {recorded:?}");
    }
    assert_eq!(refusal(&rest.post(&ops, " ").await), (400, 50_006));
    assert_eq!(violations(&discord), ["it would be an empty message"]);
    assert!(ops.messages().is_empty());
    assert_eq!(rest.post(&ops, &"x".repeat(limits::CONTENT)).await.0, 200);
}

#[tokio::test]
async fn content_without_allowed_mentions_is_posted_and_recorded() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    let alice = discord.user("alice");
    let body = json!({"content": format!("<@{}>", alice.id())});
    assert_eq!(rest.send("POST", &messages(&ops), body).await.0, 200);
    let message = &ops.messages()[0];
    assert_eq!(message.look().notified_users, [alice.id()]);
    assert!(violations(&discord)[0].contains("allowed_mentions"));
    let edit = json!({"content": "x"});
    assert_eq!(rest.send("PATCH", &path(message), edit).await.0, 200);
    assert!(violations(&discord)[0].contains("allowed_mentions"));
}

#[tokio::test]
async fn mentions_notify_whom_the_message_allows_and_permissions_let() {
    let discord = discord().await;
    let (rest, ops, guild) = (Rest::new(&discord), discord.channel("ops"), discord.guild());
    let (alice, bob) = (discord.user("alice"), discord.user("bob"));
    let (loud, quiet) = (guild.role("loud"), guild.role("quiet"));
    guild.role_is_mentionable(loud, true);
    let content = format!("@everyone <@{}> <@{}> <@&{loud}> <@&{quiet}>", alice.id(), bob.id());
    let allowed = json!({"users": [alice.id()], "roles": [loud, quiet], "parse": ["everyone"]});
    let (_, shown) = rest.send("POST", &messages(&ops), json!({"content": content, "allowed_mentions": allowed})).await;
    let seen = found(&ops, &shown).look();
    assert_eq!((seen.notified_users, seen.notified_roles), (vec![alice.id()], vec![loud]));
    assert!(!seen.notified_everyone);
    assert_eq!(shown["mentions"][0]["username"], "alice");
    discord.assert_clean();
}

#[tokio::test]
async fn a_channel_that_is_hidden_or_read_only_says_so() {
    let discord = discord().await;
    let (rest, ops, guild) = (Rest::new(&discord), discord.channel("ops"), discord.guild());
    let message = rest.says(&ops, "before").await;
    message.read();
    let bot = discord.bot_id();
    ops.overwrites_member(bot, 0, permissions::SEND_MESSAGES);
    assert_eq!(refusal(&rest.post(&ops, "x").await), (403, 50_013));
    ops.overwrites_member(bot, 0, permissions::EMBED_LINKS);
    let embed = json!({"embeds": [{"title": "t"}]});
    assert_eq!(refusal(&rest.send("POST", &messages(&ops), embed).await), (403, 50_013));
    ops.overwrites_member(bot, 0, permissions::READ_MESSAGE_HISTORY);
    assert_eq!(rest.get(&messages(&ops)).await, (200, json!([])));
    assert_eq!(refusal(&rest.get(&path(&message)).await), (403, 50_013));
    ops.overwrites_member(bot, 0, permissions::VIEW_CHANNEL);
    assert_eq!(refusal(&rest.post(&ops, "x").await), (403, 50_001));
    assert_eq!(refusal(&rest.get(&format!("/channels/{}", ops.id())).await), (403, 50_001));
    assert_eq!(refusal(&rest.get("/channels/1").await), (404, 10_003));
    guild.kicks_the_bot();
    let members = format!("/guilds/{}/members/{}", guild.id(), guild.owner().id());
    assert_eq!(refusal(&rest.get(&members).await), (403, 50_001));
    discord.assert_clean();
}

#[tokio::test]
async fn a_wrong_token_and_an_unknown_path_are_refused() {
    let discord = discord().await;
    let rest = Rest::new(&discord);
    let wrong = rest.request("GET", "/users/@me").header("authorization", "Bot x");
    let mut request = wrong.build().unwrap();
    request.headers_mut().insert("authorization", "Bot x".parse().unwrap());
    assert_eq!(reqwest::Client::new().execute(request).await.unwrap().status(), 401);
    assert_eq!(rest.get("/users/@me").await.1["id"], discord.bot_id().to_string());
    assert_eq!(rest.get("/nowhere").await.0, 404);
    assert_eq!(violations(&discord), ["the model knows no such path"]);
}

#[tokio::test]
async fn an_enforced_nonce_is_forgotten_after_a_while() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    let body = |enforce: bool| json!({"content": "x", "nonce": "n", "enforce_nonce": enforce, "allowed_mentions": {"parse": []}});
    for enforce in [true, true, false] {
        assert_eq!(rest.send("POST", &messages(&ops), body(enforce)).await.0, 200);
    }
    assert_eq!(ops.messages().len(), 2);
    discord.clock().advance(limits::NONCE_LIFE + Duration::from_secs(1));
    rest.send("POST", &messages(&ops), body(true)).await;
    assert_eq!(ops.messages().len(), 3);
}

#[tokio::test]
async fn an_old_message_has_few_edits_left() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    let message = rest.says(&ops, "0").await;
    discord.clock().advance(limits::OLD_MESSAGE);
    for edit in 0..limits::OLD_MESSAGE_EDITS {
        assert_eq!(rest.send("PATCH", &path(&message), text(&format!("edit {edit}"))).await.0, 200);
    }
    assert_eq!(refusal(&rest.send("PATCH", &path(&message), text("last")).await), (429, 30_046));
    assert_eq!(message.history(), ["0", "edit 0", "edit 1"]);
    assert_eq!(message.text(), "edit 2");
    discord.clock().advance(limits::OLD_MESSAGE_EDIT_LIFE);
    assert_eq!(rest.send("PATCH", &path(&message), text("later")).await.0, 200);
}

#[tokio::test]
async fn only_own_messages_are_edited_or_deleted() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    let theirs = discord.user("alice").says(&ops, "mine").await;
    assert_eq!(refusal(&rest.send("PATCH", &path(&theirs), text("x")).await), (403, 50_005));
    assert_eq!(refusal(&rest.send("DELETE", &path(&theirs), Value::Null).await), (403, 50_013));
    let own = rest.says(&ops, "x").await;
    assert_eq!(rest.send("DELETE", &path(&own), Value::Null).await.0, 204);
    assert!(own.is_deleted());
    assert_eq!(refusal(&rest.get(&path(&own)).await), (404, 10_008));
    let lookalike = ops.webhook_posts("signalbox", "a card", Vec::new());
    assert_eq!(refusal(&rest.send("PATCH", &path(&lookalike), text("x")).await), (403, 50_005));
}

#[tokio::test]
async fn what_others_write_is_not_readable_without_the_intent() {
    let discord = discord().await;
    let (rest, ops, alice) = (Rest::new(&discord), discord.channel("ops"), discord.user("alice"));
    let theirs = alice.says(&ops, "secret").await;
    assert_eq!(rest.get(&path(&theirs)).await.1["content"], "");
    let own = rest.says(&ops, "own").await;
    assert_eq!(rest.get(&path(&own)).await.1["content"], "own");
    let direct = alice.says(&alice.direct_messages(), "hello").await;
    assert_eq!(rest.get(&path(&direct)).await.1["content"], "hello");
}

#[tokio::test]
async fn messages_are_listed_newest_first_in_pages() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    let mut posted = Vec::new();
    for n in 0..5 {
        posted.push(rest.says(&ops, &n.to_string()).await.id());
    }
    let list = async |query: String| {
        let (status, list) = rest.get(&format!("{}?{query}", messages(&ops))).await;
        assert_eq!(status, 200, "{list}");
        list.as_array().unwrap().iter().map(|m| m["content"].as_str().unwrap().to_owned()).collect::<String>()
    };
    assert_eq!(list("limit=2".to_owned()).await, "43");
    assert_eq!(list(format!("limit=2&before={}", posted[3])).await, "21");
    assert_eq!(list(format!("limit=2&after={}", posted[0])).await, "21");
    assert_eq!(refusal(&rest.get(&format!("{}?limit=101", messages(&ops))).await), (400, 50_035));
}

fn upload(payload: &Value, files: &[(&'static str, Vec<u8>)]) -> Form {
    let form = Form::new().text("payload_json", payload.to_string());
    files.iter().enumerate().fold(form, |form, (i, (name, bytes))| {
        form.part(format!("files[{i}]"), Part::bytes(bytes.clone()).file_name(*name))
    })
}

#[tokio::test]
async fn files_are_kept_and_an_edit_keeps_those_it_lists() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    let payload = json!({
        "attachments": [{"id": 0, "description": "plan"}, {"id": 1}],
        "embeds": [{"image": {"url": "attachment://b.png"}}],
    });
    let form = upload(&payload, &[("a.txt", b"A".to_vec()), ("b.png", b"B".to_vec())]);
    let (status, shown) = reply(rest.request("POST", &messages(&ops)).multipart(form).send().await.unwrap()).await;
    assert_eq!(status, 200, "{shown}");
    let url = shown["attachments"][1]["url"].as_str().unwrap();
    assert_eq!(shown["embeds"][0]["image"]["url"], url);
    assert_eq!(reqwest::get(url).await.unwrap().bytes().await.unwrap(), "B");

    let message = found(&ops, &shown);
    assert_eq!(message.file("a.txt").unwrap().description.as_deref(), Some("plan"));
    let keep = json!({"attachments": [{"id": shown["attachments"][0]["id"]}]});
    assert_eq!(rest.send("PATCH", &path(&message), keep).await.0, 200);
    assert_eq!(message.look().files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["a.txt"]);
    discord.assert_clean();
    let unknown = json!({"attachments": [{"id": "7"}]});
    assert_eq!(refusal(&rest.send("PATCH", &path(&message), unknown).await), (400, 50_035));
}

#[tokio::test]
async fn files_beyond_the_limits_are_refused() {
    let discord = discord().await;
    let (rest, ops) = (Rest::new(&discord), discord.channel("ops"));
    let send = async |files: &[(&'static str, Vec<u8>)]| {
        let form = upload(&json!({}), files);
        refusal(&reply(rest.request("POST", &messages(&ops)).multipart(form).send().await.unwrap()).await)
    };
    assert_eq!(send(&[("big", vec![0; limits::ATTACHMENT_BYTES + 1])]).await, (413, 40_005));
    assert_eq!(send(&vec![("f", vec![0]); limits::ATTACHMENTS + 1]).await, (400, 50_035));
    let nine = vec![0; 9 * 1024 * 1024];
    assert_eq!(send(&[("1", nine.clone()), ("2", nine.clone()), ("3", nine)]).await, (413, 40_005));
    assert_eq!(violations(&discord).len(), 3);
    let fits = vec![0; limits::ATTACHMENT_BYTES];
    assert_eq!(send(&[("fits", fits)]).await, (200, 0));
}

#[tokio::test]
async fn direct_messages_reach_who_takes_them() {
    let discord = discord().await;
    let (rest, alice) = (Rest::new(&discord), discord.user("alice"));
    let (_, channel) = rest.send("POST", "/users/@me/channels", json!({"recipient_id": alice.id()})).await;
    assert_eq!(channel["id"], alice.direct_messages().id().to_string());
    let direct = alice.direct_messages();
    let told = rest.says(&direct, "hello").await;
    assert_eq!((direct.bot_messages().len(), told.look().text.as_str()), (1, "hello"));
    alice.closes_direct_messages(true);
    assert_eq!(refusal(&rest.post(&direct, "again").await), (403, 50_007));
    discord.assert_clean();
}

#[tokio::test]
async fn commands_keep_their_ids_and_bad_names_are_refused() {
    let discord = discord().await;
    let rest = Rest::new(&discord);
    let path = format!("/applications/{}/guilds/{}/commands", discord.application_id(), discord.guild().id());
    let command = |name: &str| json!({"name": name, "description": "d", "contexts": [0], "integration_types": [0]});
    let (status, first) = rest.send("PUT", &path, json!([command("one"), command("two")])).await;
    assert_eq!(status, 200, "{first}");
    let (_, second) = rest.send("PUT", &path, json!([command("two"), command("three")])).await;
    assert_eq!(second[0]["id"], first[1]["id"]);
    assert_eq!(second[0]["version"], first[1]["version"]);
    let mut localized = command("three");
    localized["description_localizations"] = json!({"zh-CN": "三"});
    rest.send("PUT", &path, json!([localized])).await;
    assert_eq!(rest.get(&path).await.1[0]["description_localizations"], Value::Null);
    let (_, full) = rest.get(&format!("{path}?with_localizations=true")).await;
    assert_eq!(full[0]["description_localizations"]["zh-CN"], "三");
    assert_eq!(full.as_array().unwrap().len(), 1);
    discord.assert_clean();
    assert_eq!(refusal(&rest.send("PUT", &path, json!([command("Bad Name")])).await), (400, 50_035));
    assert_eq!(refusal(&rest.send("PUT", &path, json!([command("a"), command("a")])).await), (400, 50_035));
    assert_eq!(discord.violations().len(), 2);
}
