//! Commands, completions, buttons, and everybody who is not served.

use super::SOON;
use super::bot::{Bot, bot, message, person, post};
use super::door::{Handed, card};
use crate::desk::RawValue;
use crate::text::{Button, Card};
use discord_model::Fault;
use discord_model::On;
use interlock::principal::{Account, ChatRole, Place};
use serde_json::json;
use std::time::{Duration, Instant};

const CALLBACK: &str = "/interactions/{interaction_id}/{interaction_token}/callback";

fn place(bot: &Bot) -> Place {
    Place::Discord { guild: bot.model.guild().id().get(), channel: bot.ops.id().get(), thread: None }
}

#[tokio::test]
async fn a_command_is_deferred_privately_handed_in_and_answered() {
    let bot = bot().await;
    let role = bot.model.guild().role("operators");
    let alice = bot.model.user("alice").with_role(role).speaking("zh-CN");
    let answer = alice.runs(&bot.ops, "/reset-offset group:billing to:-2h dry-run:true reason:why").await;
    assert!(answer.is_private());
    assert_eq!(answer.text(), "done reset-offset: why");
    let first = bot.model.requests().into_iter().find(|request| request.is("POST", CALLBACK)).unwrap();
    assert_eq!(first.body, json!({"type": 5, "data": {"flags": 64}}));
    let incoming = bot.door.commands().remove(0);
    assert_eq!(incoming.command, "reset-offset");
    assert_eq!(incoming.options["group"], RawValue::Text("billing".into()));
    assert_eq!(incoming.options["dry-run"], RawValue::Flag(true));
    assert_eq!(incoming.locale, "zh-CN");
    assert_eq!(incoming.place, place(&bot));
    let account = Account::Discord(alice.id().get());
    assert_eq!((incoming.principal.account, incoming.principal.person), (account, person(account)));
    assert_eq!(incoming.principal.chat_roles, [ChatRole(role.get())].into());
    bot.model.assert_clean();
}

#[tokio::test]
async fn a_command_in_a_thread_says_so_even_if_the_chat_does_not_tell_what_the_channel_is() {
    let bot = bot().await;
    let alice = bot.model.user("alice");
    let posted = post(&bot.chat, &bot.ops, &card("card"), "m-1").await.unwrap();
    crate::chat::Chat::thread(&*bot.chat, posted, "thread").await.unwrap();
    let thread = message(&bot.ops, posted).thread().unwrap();
    let Place::Discord { guild, channel, .. } = place(&bot) else { panic!("not a place of Discord") };
    let expected = Place::Discord { guild, channel, thread: Some(thread.id().get()) };
    alice.runs(&thread, "/whoami").await.message().read();
    bot.model.gateway().alters("INTERACTION_CREATE", |data| {
        data.as_object_mut().unwrap().remove("channel");
    });
    alice.runs(&thread, "/whoami").await.message().read();
    let places: Vec<Place> = bot.door.commands().into_iter().map(|incoming| incoming.place).collect();
    assert_eq!(places, [expected.clone(), expected]);
}

#[tokio::test]
async fn options_of_unknown_types_are_unreadable_never_absent() {
    let bot = bot().await;
    let options = json!([{"name": "group", "type": 99, "value": "billing"}, {"name": "to", "type": 10, "value": 1.5}]);
    let asked = bot.model.user("alice").forces(&bot.ops, "reset-offset", &options);
    asked.answer().await.unwrap().message().read();
    let incoming = bot.door.commands().remove(0);
    assert_eq!(incoming.options["group"], RawValue::Unreadable);
    assert_eq!(incoming.options["to"], RawValue::Unreadable);
}

#[tokio::test]
async fn suggestions_come_from_the_door_and_a_door_that_breaks_gives_none() {
    let bot = bot().await;
    let alice = bot.model.user("alice");
    // What is not found within a moment is not suggested: on a busy machine people type on.
    let began = Instant::now();
    let choices = loop {
        let found = alice.completes(&bot.ops, "/reset-offset cluster:lab dry-run:true", "group", "bil").await;
        if !found.is_empty() || began.elapsed() > SOON {
            break found;
        }
    };
    assert_eq!(choices.iter().map(|choice| choice.name.as_str()).collect::<Vec<_>>(), ["biling"]);
    let completing = bot.door.wait(1, |handed| match handed {
        Handed::Completing(completing) => Some(completing.clone()),
        _ => None,
    });
    let completing = completing.await.remove(0);
    assert_eq!((completing.command.as_str(), completing.option.as_str()), ("reset-offset", "group"));
    assert_eq!(completing.prefix, "bil");
    let given: Vec<(&str, &str)> = completing.given.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(given, [("cluster", "lab"), ("dry-run", "true")]);
    assert_eq!(completing.place, place(&bot));
    assert_eq!(alice.completes(&bot.ops, "/reset-offset", "group", "break").await, []);
    bot.model.assert_clean();
}

#[tokio::test]
async fn a_button_is_answered_privately() {
    let bot = bot().await;
    let button = Button { id: "details:K7F3QD".into(), label: "Details".into(), danger: false };
    let shown = Card { buttons: vec![button], ..card("card") };
    let posted = post(&bot.chat, &bot.ops, &shown, "m-1").await.unwrap();
    let alice = bot.model.user("alice");
    let answer = alice.presses(&message(&bot.ops, posted), "Details").await;
    assert!(answer.is_private());
    assert_eq!(answer.text(), "clicked details:K7F3QD");
    let clicked = bot.door.wait(1, |handed| match handed {
        Handed::Clicked(clicked) => Some(clicked.clone()),
        _ => None,
    });
    let clicked = clicked.await.remove(0);
    assert_eq!(clicked.message, posted);
    assert_eq!(clicked.principal.account, Account::Discord(alice.id().get()));
    bot.model.assert_clean();
}

#[tokio::test]
async fn a_button_may_open_a_form_and_what_is_typed_into_it_is_handed_in() {
    let bot = bot().await;
    let button = Button { id: "form:K7F3QD".into(), label: "Approve…".into(), danger: false };
    let shown = Card { buttons: vec![button], ..card("card") };
    let posted = post(&bot.chat, &bot.ops, &shown, "m-1").await.unwrap();
    let role = bot.model.guild().role("approvers");
    let alice = bot.model.user("alice").with_role(role).speaking("zh-CN");
    let form = alice.presses(&message(&bot.ops, posted), "Approve…").await.modal();
    assert_eq!((form.custom_id.as_str(), form.title.as_str()), ("form:K7F3QD", "form zh-CN"));
    let [field] = &form.fields[..] else { panic!("one field: {form:?}") };
    assert_eq!((field.label.as_str(), field.required, field.min, field.max), ("name", true, 1, 20));
    let answer = alice.submits(&form, &[("text", "@everyone orders ")]).await;
    assert!(answer.is_private());
    assert_eq!(answer.text(), "filled form:K7F3QD with @everyone orders ");
    let filled = bot.door.wait(1, |handed| match handed {
        Handed::Filled(filled) => Some(filled.clone()),
        _ => None,
    });
    let filled = filled.await.remove(0);
    assert_eq!((filled.text.as_deref(), filled.place.clone()), (Some("@everyone orders "), place(&bot)));
    assert_eq!(filled.principal.account, Account::Discord(alice.id().get()));
    assert_eq!(filled.principal.chat_roles, [ChatRole(role.get())].into());

    // What is sent in the name of a form may be of any shape.
    let field = |value: &str| json!({"type": 1, "components": [{"type": 4, "custom_id": "text", "value": value}]});
    for rows in [json!([]), json!([field("a"), field("b")])] {
        let data = json!({"custom_id": "form:K7F3QD", "components": rows});
        let answer = alice.forges_submit(&form, data).answer().await.unwrap();
        assert_eq!(answer.text(), "filled form:K7F3QD with ");
    }
    let foreign = bot.model.new_guild("elsewhere");
    alice.joins(&foreign);
    let away = alice.reposts(&message(&bot.ops, posted), &foreign.text_channel("general")).await;
    let refused = alice.forges_click(&away, "form:K7F3QD").answer().await.unwrap();
    assert_eq!(refused.text(), "no: ForeignGuild zh-CN");
    bot.model.assert_clean();
}

/// The click is acknowledged instead while there is time for that, and answered like any other.
#[tokio::test]
async fn a_form_that_takes_too_long_is_not_opened() {
    let bot = bot().await;
    let button = Button { id: "form:slow".into(), label: "Change".into(), danger: false };
    let shown = Card { buttons: vec![button], ..card("card") };
    let posted = post(&bot.chat, &bot.ops, &shown, "m-1").await.unwrap();
    let answer = bot.model.user("alice").presses(&message(&bot.ops, posted), "Change").await;
    assert!(answer.is_private());
    assert_eq!(answer.text(), "clicked form:slow");
    bot.model.assert_clean();
}

#[tokio::test]
async fn direct_messages_foreign_guilds_and_bots_are_refused_privately_and_nothing_is_handed_in() {
    let bot = bot().await;
    let alice = bot.model.user("alice");
    let dm = alice.forces(&alice.direct_messages(), "whoami", &json!([])).answer().await.unwrap();
    assert_eq!(dm.text(), "no: DirectMessage en-US");
    let foreign = bot.model.new_guild("elsewhere");
    alice.joins(&foreign);
    let there = alice.forces(&foreign.text_channel("general"), "whoami", &json!([])).answer().await.unwrap();
    assert_eq!(there.text(), "no: ForeignGuild en-US");
    assert!(there.is_private());
    let other = bot.model.other_bot("other").forces(&bot.ops, "whoami", &json!([])).answer().await.unwrap();
    assert_eq!(other.text(), "no: Bot en-US");
    assert!(bot.door.commands().is_empty());
    bot.model.assert_clean();
}

#[tokio::test]
async fn an_interaction_that_serenity_cannot_read_is_refused_within_time() {
    let bot = bot().await;
    bot.model.gateway().alters("INTERACTION_CREATE", |data| {
        data.as_object_mut().unwrap().remove("attachment_size_limit");
    });
    let alice = bot.model.user("alice").speaking("zh-CN");
    let answer = alice.runs(&bot.ops, "/whoami").await;
    assert!(answer.is_private());
    assert_eq!(answer.text(), "no: Unreadable zh-CN");
    assert_eq!(alice.completes(&bot.ops, "/lag", "group", "b").await, []);
    assert!(bot.door.all().iter().all(|handed| matches!(handed, Handed::Connected)));
    bot.model.assert_clean();
}

#[tokio::test]
async fn an_interaction_delivered_twice_is_served_once() {
    let bot = bot().await;
    let alice = bot.model.user("alice");
    let asked = alice.starts(&bot.ops, "/whoami");
    asked.is_delivered_again();
    asked.clone().answer().await.unwrap().message().read();
    asked.is_delivered_again();
    alice.runs(&bot.ops, "/help").await.message().read();
    let names: Vec<String> = bot.door.commands().into_iter().map(|incoming| incoming.command).collect();
    assert_eq!(names, ["whoami", "help"]);
    bot.model.assert_clean();
}

#[tokio::test]
async fn when_we_break_the_person_hears_so_and_the_next_one_is_served() {
    let bot = bot().await;
    let alice = bot.model.user("alice");
    let answer = alice.runs(&bot.ops, "/reset-offset group:g to:latest reason:break").await;
    assert_eq!(answer.text(), "no: Broken en-US");
    assert_eq!(alice.runs(&bot.ops, "/whoami").await.text(), "done whoami: ");
    bot.model.assert_clean();
}

#[tokio::test]
async fn a_command_that_could_not_be_acknowledged_is_not_carried_out_and_one_that_may_have_been_is() {
    let bot = bot().await;
    let alice = bot.model.user("alice");
    bot.model.fails_once(On::path("POST", CALLBACK), Fault::Status(404));
    assert!(alice.tries(&bot.ops, "/whoami").await.is_err());
    assert!(bot.door.commands().is_empty());
    bot.model.fails_once(On::path("POST", CALLBACK), Fault::AnswerLost);
    assert_eq!(alice.runs(&bot.ops, "/help").await.text(), "done help: ");
    assert_eq!(bot.door.commands().len(), 1);
    bot.model.take_troubles();
}

#[tokio::test]
async fn the_final_answer_is_given_again_until_it_is_there() {
    let bot = bot().await;
    let original = "/webhooks/{webhook_id}/{webhook_token}/messages/@original";
    bot.model.fails_once(On::path("PATCH", original), Fault::Status(502));
    let wait = Fault::RateLimited { retry_after: Duration::from_millis(300), global: false };
    bot.model.fails_once(On::path("PATCH", original), wait);
    assert_eq!(bot.model.user("alice").runs(&bot.ops, "/whoami").await.text(), "done whoami: ");
    bot.model.assert_clean();
}

#[tokio::test]
async fn hostile_text_in_an_answer_is_shown_as_it_is() {
    let bot = bot().await;
    let hostile = "@everyone <@1> [a](https://evil.example)";
    let options = json!([
        {"name": "group", "type": 3, "value": "g"}, {"name": "to", "type": 3, "value": "latest"},
        {"name": "reason", "type": 3, "value": hostile},
    ]);
    let answer = bot.model.user("alice").forces(&bot.ops, "reset-offset", &options).answer().await.unwrap();
    let seen = answer.look();
    assert!(!seen.notified_everyone && seen.notified_users.is_empty());
    assert_eq!(seen.content, "done reset-offset: @\u{200b}everyone \\<@\u{200b}1\\> \\[a\\](https\\://evil.example)");
    bot.model.wait_for_request(|request| request.is("POST", CALLBACK), SOON).await;
    bot.model.assert_clean();
}
