//! What people's clients let through, and what they see.

use discord_model::{Discord, permissions};
use serde_json::{Value, json};

use crate::support::{Rest, SOON, discord, messages, path, text};

async fn registered(discord: &Discord) -> Rest {
    let rest = Rest::new(discord);
    let option = |name: &str, kind: u8, required: bool| json!({"type": kind, "name": name, "description": "d", "required": required});
    let mut group = option("group", 3, true);
    group["autocomplete"] = json!(true);
    let mut tier = option("tier", 3, false);
    tier["choices"] = json!([{"name": "Production", "value": "prod"}]);
    let reset = json!({
        "name": "reset-offset", "description": "d",
        "options": [group, tier, option("count", 4, false), option("owner", 6, false), option("dry-run", 5, false)],
    });
    let declare = json!({"type": 1, "name": "declare", "description": "d", "options": [option("title", 3, true)]});
    let incident = json!({"name": "incident", "description": "d", "options": [declare]});
    let timeline = json!({"name": "Add to incident timeline", "type": 3});
    let path = format!("/applications/{}/guilds/{}/commands", discord.application_id(), discord.guild().id());
    let (status, body) = rest.send("PUT", &path, json!([reset, incident, timeline])).await;
    assert_eq!(status, 200, "{body}");
    rest
}

/// What a panicking client says.
fn refused(sends: impl FnOnce() + std::panic::UnwindSafe) -> String {
    *std::panic::catch_unwind(sends).unwrap_err().downcast::<String>().unwrap()
}

#[tokio::test]
async fn a_client_sends_only_what_the_command_takes() {
    let discord = discord().await;
    registered(&discord).await;
    let (ops, alice) = (discord.channel("ops"), discord.user("alice"));
    let lines = [
        ("/nothing", "there is no command"),
        ("/reset-offset tier:Production", "required"),
        ("/reset-offset group:a tier:Staging", "none of the choices"),
        ("/reset-offset group:a topc:b", "topc"),
        ("/reset-offset group:a count:x", "no whole number"),
        ("/reset-offset group:a count:9007199254740993", "out of"),
        ("/incident", "sub-command is missing"),
        ("/incident close", "no sub-command"),
    ];
    for (line, why) in lines {
        let (ops, alice) = (ops.clone(), alice.clone());
        let said = refused(move || drop(alice.starts(&ops, line)));
        assert!(said.contains(why), "{line}: {said}");
    }
    ops.overwrites_member(alice.id(), 0, permissions::VIEW_CHANNEL);
    assert!(refused(move || drop(alice.starts(&ops, "/reset-offset group:a"))).contains("Missing Access"));
    discord.assert_clean();
}

#[tokio::test]
async fn a_private_channel_is_its_readers_until_it_becomes_public() {
    let discord = discord().await;
    let rest = registered(&discord).await;
    let (ops, guild) = (discord.channel("ops"), discord.guild());
    let operators = guild.role("operators");
    let (alice, bob) = (discord.user("alice").with_role(operators), discord.user("bob"));
    let said = rest.says(&ops, "here").await;
    said.read();
    ops.becomes_private(&[operators, guild.bot_role()]);
    alice.reacts(&said, "✅").await;
    let (there, stranger) = (ops.clone(), bob.clone());
    let missing = refused(move || drop(stranger.starts(&there, "/reset-offset group:a")));
    assert!(missing.contains("Missing Access"), "{missing}");
    let (status, shown) = rest.get(&format!("/channels/{}", ops.id())).await;
    let kept_out = json!({"id": guild.id(), "type": 0, "allow": "0", "deny": permissions::VIEW_CHANNEL.to_string()});
    let exceptions = shown["permission_overwrites"].as_array();
    assert!(status == 200 && exceptions.is_some_and(|all| all.contains(&kept_out)), "{shown}");
    ops.becomes_public();
    bob.reacts(&said, "✅").await;
    discord.assert_clean();
}

/// What the gateway told of interactions so far.
fn told(discord: &Discord) -> Value {
    discord.gateway().interactions().last().cloned().unwrap_or(Value::Null)
}

#[tokio::test]
async fn an_interaction_carries_who_where_and_what() {
    let discord = discord().await;
    let rest = registered(&discord).await;
    let ops = discord.channel("ops");
    let role = discord.guild().role("operators");
    let alice = discord.user("alice").with_role(role).speaking("zh-CN");
    let bob = discord.user("bob");
    let asked = alice.starts(&ops, "/reset-offset group:billing a tier:Production count:-5 owner:@bob dry-run:true");
    let event = told(&discord);
    let options = event["data"]["options"].as_array().unwrap();
    let values: Vec<&Value> = options.iter().map(|o| &o["value"]).collect();
    assert_eq!(values, [&json!("billing a"), &json!("prod"), &json!(-5), &json!(bob.id()), &json!(true)]);
    assert_eq!(event["data"]["resolved"]["users"][bob.id().to_string()]["username"], "bob");
    assert_eq!((&event["locale"], &event["member"]["roles"]), (&json!("zh-CN"), &json!([role])));
    assert_eq!(event["attachment_size_limit"], 10 * 1024 * 1024);

    let sub = alice.starts(&ops, r#"/incident declare title:"a: b""#);
    let event = told(&discord);
    assert_eq!(event["data"]["options"][0]["name"], "declare");
    assert_eq!(event["data"]["options"][0]["options"][0]["value"], "a: b");

    let forced = alice.forces(&ops, "reset-offset", &json!([{"name": "group", "type": 99, "value": {}}]));
    assert_eq!(told(&discord)["data"]["options"][0]["type"], 99);
    for asked in [asked, sub, forced] {
        let callback = format!("/interactions/{}/{}/callback", asked.id(), asked.token());
        rest.send("POST", &callback, json!({"type": 4, "data": text("ok")})).await;
        assert_eq!(asked.answer().await.unwrap().text(), "ok");
    }
    discord.assert_clean();
}

#[tokio::test]
async fn a_message_command_carries_the_text_that_is_otherwise_hidden() {
    let discord = discord().await;
    let rest = registered(&discord).await;
    let (ops, alice) = (discord.channel("ops"), discord.user("alice"));
    let message = discord.user("bob").says(&ops, "it broke at 03:12").await;
    assert_eq!(rest.get(&path(&message)).await.1["content"], "");
    let using = tokio::spawn(async move { alice.uses("Add to incident timeline", &message).await.text() });
    let event = discord.gateway().wait_for_interaction(0, SOON).await;
    let target = event["data"]["target_id"].as_str().unwrap();
    assert_eq!(event["data"]["resolved"]["messages"][target]["content"], "it broke at 03:12");
    let callback =
        format!("/interactions/{}/{}/callback", event["id"].as_str().unwrap(), event["token"].as_str().unwrap());
    rest.send("POST", &callback, json!({"type": 4, "data": text("added")})).await;
    assert_eq!(using.await.unwrap(), "added");
    discord.assert_clean();
}

#[tokio::test]
async fn only_what_is_there_can_be_clicked() {
    let discord = discord().await;
    let (rest, ops, alice) = (Rest::new(&discord), discord.channel("ops"), discord.user("alice"));
    let button =
        |id: &str, disabled: bool| json!({"type": 2, "style": 1, "label": id, "custom_id": id, "disabled": disabled});
    let row = json!({"type": 1, "components": [button("on", false), button("off", true)]});
    let mut body = text("card");
    body["components"] = json!([row]);
    rest.send("POST", &messages(&ops), body).await;
    let card = ops.wait_for_text("card", SOON).await;
    let buttons = card.look().buttons();
    assert_eq!(
        buttons.iter().map(|b| (b.label.as_str(), b.enabled)).collect::<Vec<_>>(),
        [("on", true), ("off", false)]
    );
    for id in ["off", "none"] {
        let (alice, card) = (alice.clone(), card.clone());
        let clicked = tokio::spawn(async move { alice.clicks(&card, id).await });
        assert!(clicked.await.unwrap_err().is_panic());
    }
    let asked = alice.forges_click(&card, "none");
    let callback = format!("/interactions/{}/{}/callback", asked.id(), asked.token());
    assert_eq!(rest.send("POST", &callback, json!({"type": 6})).await.0, 204);
    assert_eq!(asked.answer().await.unwrap().message().id(), card.id());
    discord.assert_clean();
}

#[tokio::test]
async fn attackers_can_forge_hide_and_delete() {
    let discord = discord().await;
    let (rest, ops, mallory) = (Rest::new(&discord), discord.channel("ops"), discord.user("mallory"));
    let mut body = text("card");
    body["embeds"] = json!([{"title": "Plan"}]);
    rest.send("POST", &messages(&ops), body).await;
    let card = ops.wait_for_text("Plan", SOON).await;
    card.loses_embeds();
    assert_eq!(card.text(), "card");
    card.is_forged("another plan", Vec::new());
    assert_eq!(card.text(), "another plan");
    card.components_are_forged(vec![
        json!({"type": 1, "components": [{"type": 2, "style": 2, "label": "Yes", "custom_id": "y"}]}),
    ]);
    assert_eq!((card.look().buttons()[0].label.as_str(), card.text().as_str()), ("Yes", "another plan"));
    let copy = mallory.reposts(&card, &ops).await;
    assert_eq!((copy.text().as_str(), copy.look().by_bot), ("another plan", false));
    let fake = ops.webhook_posts("signalbox", "card", Vec::new());
    assert!(!fake.look().by_bot);
    ops.deletes_in_bulk(&[&card, &copy]);
    assert!(card.is_deleted() && copy.is_deleted());
    ops.deletes();
    assert!(fake.is_deleted() && ops.is_deleted());
    assert_eq!(rest.post(&ops, "x").await.0, 404);
    discord.assert_clean();
}
