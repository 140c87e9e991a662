//! Interactions over plain HTTP: in time, once, of the right kind, as private as first said.

use std::time::Duration;

use discord_model::{Asked, Channel, Discord, Options, Trouble, User, limits};
use serde_json::{Value, json};

use crate::support::{Reply, Rest, discord, refusal, text};

struct Setting {
    discord: Discord,
    rest: Rest,
    ops: Channel,
    alice: User,
}

async fn setting(discord: Discord) -> Setting {
    let rest = Rest::new(&discord);
    let commands = format!("/applications/{}/guilds/{}/commands", discord.application_id(), discord.guild().id());
    let definition = json!({"name": "look", "description": "d", "type": 1});
    assert_eq!(rest.send("PUT", &commands, json!([definition])).await.0, 200);
    Setting { rest, ops: discord.channel("ops"), alice: discord.user("alice"), discord }
}

impl Setting {
    fn asks(&self) -> Asked {
        self.alice.starts(&self.ops, "/look")
    }

    async fn callback(&self, asked: &Asked, body: Value) -> Reply {
        self.rest.send("POST", &format!("/interactions/{}/{}/callback", asked.id(), asked.token()), body).await
    }

    async fn edit(&self, asked: &Asked, content: &str) -> Reply {
        self.rest.send("PATCH", &format!("{}/messages/@original", self.webhook(asked)), text(content)).await
    }

    fn webhook(&self, asked: &Asked) -> String {
        format!("/webhooks/{}/{}", self.discord.application_id(), asked.token())
    }
}

#[tokio::test]
async fn the_first_answer_comes_once() {
    let setting = setting(discord().await).await;
    let asked = setting.asks();
    let reply = json!({"type": 4, "data": text("hello")});
    assert_eq!(refusal(&setting.edit(&asked, "too early").await), (404, 10_015));
    assert_eq!(setting.callback(&asked, reply.clone()).await.0, 204);
    assert_eq!(refusal(&setting.callback(&asked, reply).await), (400, 40_060));
    let troubles = setting.discord.take_troubles();
    assert!(matches!(troubles[..], [Trouble::SecondAnswer { .. }]), "{troubles:?}");
    let answer = asked.answer().await.unwrap();
    assert_eq!((answer.text().as_str(), answer.is_private()), ("hello", false));
    setting.discord.assert_clean();
}

#[tokio::test]
async fn a_late_answer_is_to_an_unknown_interaction() {
    let options = Options { callback_deadline: Duration::from_millis(50), ..Options::default() };
    let setting = setting(Discord::start(options).await.unwrap()).await;
    let asked = setting.asks();
    asked.is_acknowledged().await.unwrap_err();
    let late = setting.callback(&asked, json!({"type": 4, "data": text("late")})).await;
    assert_eq!(refusal(&late), (404, 10_062));
    let troubles = setting.discord.take_troubles();
    assert!(matches!(troubles[..], [Trouble::Unanswered { .. }, Trouble::LateAnswer { .. }]), "{troubles:?}");
    let wrong =
        setting.rest.send("POST", &format!("/interactions/{}/x/callback", asked.id()), json!({"type": 5})).await;
    assert_eq!(refusal(&wrong), (404, 10_062));
}

#[tokio::test]
async fn privacy_is_fixed_at_the_deferral() {
    let setting = setting(discord().await).await;
    let asked = setting.asks();
    setting.callback(&asked, json!({"type": 5, "data": {"flags": 64}})).await;
    let (_, thinking) = setting.rest.get(&format!("{}/messages/@original", setting.webhook(&asked))).await;
    assert_eq!(thinking["flags"], 64 | 128);
    let mut public = text("for alice");
    public["flags"] = json!(0);
    assert_eq!(setting.rest.send("POST", &setting.webhook(&asked), public.clone()).await.0, 200);
    let answer = asked.clone().answer().await.unwrap();
    assert!(answer.is_private());
    assert_eq!(answer.text(), "for alice");
    assert_eq!(answer.follow_ups().len(), 0);
    assert_eq!(setting.rest.send("POST", &setting.webhook(&asked), public).await.0, 200);
    assert!(!answer.follow_ups()[0].look().private);
    let listed = setting.rest.get(&format!("/channels/{}/messages", setting.ops.id())).await.1;
    assert_eq!(listed.as_array().unwrap().len(), 1);
    setting.discord.assert_clean();
}

#[tokio::test]
async fn a_token_lives_for_a_quarter_of_an_hour() {
    let setting = setting(discord().await).await;
    let asked = setting.asks();
    setting.callback(&asked, json!({"type": 5})).await;
    assert_eq!(setting.edit(&asked, "in time").await.0, 200);
    setting.discord.clock().advance(limits::TOKEN_LIFE);
    assert_eq!(refusal(&setting.edit(&asked, "too late").await), (401, 50_027));
    assert_eq!(asked.answer().await.unwrap().text(), "in time");
    setting.discord.assert_clean();
}

#[tokio::test]
async fn an_answer_must_fit_what_was_asked() {
    let setting = setting(discord().await).await;
    let asked = setting.asks();
    for wrong in [json!({"type": 6}), json!({"type": 8, "data": {"choices": []}}), json!({"type": 7, "data": {}})] {
        assert_eq!(refusal(&setting.callback(&asked, wrong.clone()).await), (400, 50_035), "{wrong}");
    }
    assert_eq!(setting.discord.take_troubles().len(), 3);
    let input = json!({"type": 4, "custom_id": "why", "style": 1, "label": "Why"});
    let modal = json!({"custom_id": "m", "title": "T", "components": [{"type": 1, "components": [input]}]});
    assert_eq!(setting.callback(&asked, json!({"type": 9, "data": modal})).await.0, 204);
    let modal = asked.answer().await.unwrap().modal();
    let sent = setting.alice.forges_submit(&modal, json!({"custom_id": "m", "components": []}));
    let again = json!({"type": 9, "data": {"custom_id": "m", "title": "T", "components": [{"type": 1, "components": [input]}]}});
    assert_eq!(refusal(&setting.callback(&sent, again).await), (400, 50_035));
    assert_eq!(setting.discord.take_troubles().len(), 1);
    assert_eq!(setting.callback(&sent, json!({"type": 4, "data": text("done")})).await.0, 204);
    assert_eq!(sent.answer().await.unwrap().text(), "done");
    setting.discord.assert_clean();
}

#[tokio::test]
async fn what_is_left_open_unread_or_unmet_is_not_clean() {
    let setting = setting(discord().await).await;
    let judged = || {
        let discord = setting.discord.clone();
        std::panic::catch_unwind(move || discord.assert_clean()).map_err(|why| *why.downcast::<String>().unwrap())
    };
    judged().unwrap();
    let asked = setting.asks();
    assert!(judged().unwrap_err().contains("no answer in time to: /look"));
    setting.callback(&asked, json!({"type": 5})).await;
    assert!(judged().unwrap_err().contains("deferred and never answered: /look"));
    setting.edit(&asked, "words").await;
    assert!(judged().unwrap_err().contains("unread message: words"));
    assert_eq!(asked.answer().await.unwrap().text(), "words");
    judged().unwrap();
    setting.discord.fails_once(discord_model::On::any(), discord_model::Fault::Status(500));
    assert!(judged().unwrap_err().contains("planned fault never met"));
    assert_eq!(setting.discord.works_again(), 1);
    judged().unwrap();
}
