//! A real serenity bot and people around it.

use discord_model::Silence;
use serenity::all::{ChannelId, CreateAllowedMentions, CreateMessage, Nonce};

use crate::bot::{self, Bot};
use crate::support::{SOON, discord};

#[tokio::test]
async fn a_command_is_deferred_and_answered_and_votes_arrive() {
    let discord = discord().await;
    let bot = Bot::start(&discord).await;
    let (ops, alice) = (discord.channel("ops"), discord.user("alice"));

    let answer = alice.runs(&ops, "/plan group:billing").await;
    assert!(answer.is_private());
    assert_eq!(answer.text(), "Posted.");

    let card = ops.wait_for_text("Waiting for approval: billing", SOON).await;
    let seen = card.look();
    assert_eq!(seen.text, "Waiting for approval: billing\nChecks\npassed: 14");
    assert_eq!(seen.file("plan.txt").unwrap().text(), "the plan");
    assert_eq!(seen.file("plan.txt").unwrap().description.as_deref(), Some("the plan in words"));
    assert_eq!(seen.reacted("✅"), [discord.bot_id()]);
    assert_eq!(card.thread().unwrap().name(), "billing");

    alice.reacts(&card, "✅").await;
    let vote = ops.wait_for_text("vote of", SOON).await;
    assert_eq!(vote.text(), format!("vote of <@{}>: ✅", alice.id()));
    assert_eq!(vote.look().notified_users, []);

    let more = ops.wait_for_text("One more.", SOON).await;
    assert!(more.look().private);
    assert_eq!(discord.gateway().identifies(), 1);
    assert!(discord.requests().iter().any(|r| r.is("GET", "/gateway") && r.status == Some(200)));
    discord.assert_clean();
    bot.stop().await;
}

#[tokio::test]
async fn options_complete_buttons_open_modals_and_modals_change_the_card() {
    let discord = discord().await;
    let bot = Bot::start(&discord).await;
    let (ops, alice) = (discord.channel("ops"), discord.user("alice").speaking("zh-CN"));

    let choices = alice.completes(&ops, "/plan", "group", "bill").await;
    assert_eq!(choices.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["billing"]);

    let answer = alice.runs(&ops, "/plan group:billing dry-run:true").await;
    assert_eq!(answer.text(), "Posted.");
    let card = ops.wait_for_text("Waiting", SOON).await;
    let modal = alice.presses(&card, "Reject…").await.modal();
    assert_eq!((modal.title.as_str(), modal.fields[0].label.as_str()), ("Reject", "Why"));
    let answer = alice.submits(&modal, &[("reason", "too risky")]).await;
    assert_eq!(answer.message().id(), card.id());
    assert_eq!(card.look().content, "Rejected: too risky");
    assert_eq!(card.look().buttons(), []);
    assert_eq!(card.history().len(), 1);

    let commands = bot::commands(&bot, &discord).await;
    assert_eq!(commands.len(), 2);
    assert_eq!(commands[0].description_localizations.as_ref().unwrap()["zh-CN"], "制定计划");
    ops.wait_for_text("One more.", SOON).await;
    discord.assert_clean();
    bot.stop().await;
}

#[tokio::test]
async fn who_says_nothing_within_the_deadline_is_reported() {
    let options = discord_model::Options {
        callback_deadline: std::time::Duration::from_millis(200),
        ..discord_model::Options::default()
    };
    let discord = discord_model::Discord::start(options).await.unwrap();
    let bot = Bot::start(&discord).await;
    let silence = discord.user("alice").tries(&discord.channel("ops"), "/sleep").await.unwrap_err();
    assert!(matches!(silence, Silence::NoFirstAnswer(_)), "{silence}");
    assert_eq!(discord.take_troubles().len(), 1);
    discord.assert_clean();
    bot.stop().await;
}

#[tokio::test]
async fn one_nonce_is_one_message() {
    let discord = discord().await;
    let bot = Bot::start(&discord).await;
    let ops = discord.channel("ops");
    let channel = ChannelId::new(ops.id().get());
    let message = |text: &str| {
        CreateMessage::new()
            .content(text)
            .nonce(Nonce::String("one".to_owned()))
            .enforce_nonce(true)
            .allowed_mentions(CreateAllowedMentions::new())
    };
    let first = channel.send_message(&bot.http, message("first")).await.unwrap();
    let second = channel.send_message(&bot.http, message("second")).await.unwrap();
    assert_eq!(first.id, second.id);
    assert_eq!(ops.messages().iter().map(|m| m.text()).collect::<Vec<_>>(), ["first"]);
    discord.assert_clean();
    bot.stop().await;
}

#[tokio::test]
async fn a_cut_gateway_is_resumed_and_votes_cast_meanwhile_arrive() {
    let discord = discord().await;
    let bot = Bot::start(&discord).await;
    let (ops, alice) = (discord.channel("ops"), discord.user("alice"));
    alice.runs(&ops, "/plan group:billing").await.message().read();
    let card = ops.wait_for_text("Waiting", SOON).await;
    ops.wait_for_text("One more.", SOON).await;
    discord.gateway().goes_down();
    discord.gateway().is(|sessions| sessions.iter().all(|s| !s.connected), SOON).await;
    alice.reacts(&card, "✅").await;
    discord.gateway().comes_back();
    ops.wait_for_text("vote of", SOON).await;
    assert_eq!(discord.gateway().identifies(), 1);
    assert_eq!(discord.gateway().sessions()[0].resumes, 1);
    discord.assert_clean();
    bot.stop().await;
}

#[tokio::test]
async fn an_interaction_delivered_twice_is_answered_once() {
    let discord = discord().await;
    let bot = Bot::start(&discord).await;
    let (ops, alice) = (discord.channel("ops"), discord.user("alice"));
    discord.gateway().holds_events();
    let asked = alice.starts(&ops, "/plan group:billing");
    discord.gateway().releases(discord_model::gateway::Release::Twice);
    assert_eq!(asked.answer().await.unwrap().text(), "Posted.");
    let callback = "/interactions/{interaction_id}/{interaction_token}/callback";
    discord.wait_for_request(|r| r.is("POST", callback) && r.status == Some(400), SOON).await;
    let troubles = discord.take_troubles();
    assert!(matches!(troubles[..], [discord_model::Trouble::SecondAnswer { .. }]), "{troubles:?}");
    ops.wait_for_text("One more.", SOON).await;
    ops.wait_for_text("Waiting", SOON).await;
    discord.assert_clean();
    bot.stop().await;
}
