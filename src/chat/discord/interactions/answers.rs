//! Answers to interactions, by their tokens.

use super::super::gateway::Opened;
use super::super::http::{Body, Failed, How, Request};
use super::super::limiter::Route;
use super::super::limits::{COMMAND, FORM_TEXT, REMEMBERED_INTERACTIONS, shortened};
use super::super::messages::body;
use super::super::render::render;
use super::super::uploads::all;
use crate::chat::Stranger;
use crate::text::{Card, Form};
use engine::port::Boxed;
use interlock::principal::Account;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// Flag of a message: only one person sees it.
const PRIVATE: u64 = 1 << 6;
/// Kinds of first answers.
const MESSAGE: u64 = 4;
const DEFERRED: u64 = 5;
const CHOICES: u64 = 8;
const FORM: u64 = 9;
/// Parts of a form, by Discord's numbers, and how its field is called.
const ROW: u64 = 1;
const TEXT_FIELD: u64 = 4;
const LINE: u64 = 1;
const LINES: u64 = 2;
const FIELD: &str = "text";
/// How often the final answer is tried; it replaces a message, so twice is as good as once.
const TRIES: u32 = 4;

/// Interactions that were served.
#[derive(Debug, Default)]
pub(in crate::chat::discord) struct Remembered {
    known: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Remembered {
    /// Whether it was not there yet; from now on it is.
    pub(super) fn is_new(&mut self, interaction: u64) -> bool {
        if !self.known.insert(interaction) {
            return false;
        }
        self.order.push_back(interaction);
        if self.order.len() > REMEMBERED_INTERACTIONS
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}

/// An interaction that wants an answer. The token is a secret: whoever has it answers in our name.
pub(super) struct Asked {
    pub(super) id: u64,
    pub(super) token: String,
    pub(super) locale: String,
}

impl Opened {
    /// Acknowledges, privately; whether to go on. An acknowledgement whose answer was lost may have arrived.
    pub(super) async fn defer(&self, asked: &Asked) -> bool {
        let deferral = Body::Json(json!({"type": DEFERRED, "data": {"flags": PRIVATE}}));
        match self.first_answer(asked, deferral).await {
            Ok(()) => true,
            Err(failed @ Failed::Unknown(_)) => {
                tracing::warn!(interaction = asked.id, ?failed, "an acknowledgement may not have arrived");
                true
            }
            Err(failed) => {
                tracing::warn!(
                    interaction = asked.id,
                    ?failed,
                    "an interaction could not be acknowledged: nothing is done"
                );
                false
            }
        }
    }

    /// Answers somebody who is not served.
    pub(super) async fn turn_away(&self, asked: &Asked, stranger: Stranger, user: Option<u64>) {
        let rendered = render(&self.door.stranger(stranger, user.map(Account::Discord), &asked.locale), None);
        let mut message = rendered.message;
        message["flags"] = json!(PRIVATE);
        let answer = match body(message, all(rendered.uploads)) {
            Body::Form(message, uploads) => Body::Form(json!({"type": MESSAGE, "data": message}), uploads),
            Body::Json(message) => Body::Json(json!({"type": MESSAGE, "data": message})),
            Body::Nothing => Body::Nothing,
        };
        if let Err(failed) = self.first_answer(asked, answer).await {
            tracing::warn!(interaction = asked.id, ?failed, "a refusal could not be told");
        }
    }

    /// Opens a form: it is the whole answer. What is sent with it comes as an interaction of its own.
    pub(super) async fn open_form(&self, asked: &Asked, form: &Form) {
        let style = if form.is_high { LINES } else { LINE };
        let mut field = json!({
            "type": TEXT_FIELD, "custom_id": FIELD, "label": shortened(&form.label, FORM_TEXT), "style": style,
            "min_length": 1, "max_length": form.longest, "required": true,
        });
        if !form.filled.is_empty() {
            field["value"] = json!(form.filled);
        }
        let data = json!({
            "custom_id": form.id, "title": shortened(&form.title, FORM_TEXT),
            "components": [{"type": ROW, "components": [field]}],
        });
        if let Err(failed) = self.first_answer(asked, Body::Json(json!({"type": FORM, "data": data}))).await {
            tracing::warn!(interaction = asked.id, ?failed, "a form could not be opened: nothing is done");
        }
    }

    pub(super) async fn give_choices(&self, asked: &Asked, choices: Value) {
        let answer = Body::Json(json!({"type": CHOICES, "data": {"choices": choices}}));
        if let Err(failed) = self.first_answer(asked, answer).await {
            tracing::debug!(interaction = asked.id, ?failed, "suggestions did not arrive");
        }
    }

    async fn first_answer(&self, asked: &Asked, body: Body) -> Result<(), Failed> {
        let path = format!("/interactions/{}/{}/callback", asked.id, asked.token);
        let route = Route { template: "POST /interactions/{}/{}/callback", about: asked.id };
        self.discord
            .http
            .send(Request { method: Method::POST, path, route, body, how: How::Callback })
            .await
            .map(|_| ())
    }

    /// Waits for the answer and gives it.
    pub(super) async fn answer(self: &Arc<Self>, asked: &Asked, work: Boxed<'_, Card>) {
        let answer = tokio::time::timeout(COMMAND, self.tasks.guard("a command", work)).await;
        let card = answer.ok().flatten().unwrap_or_else(|| self.door.stranger(Stranger::Broken, None, &asked.locale));
        let Err(failed) = self.final_answer(asked, &card).await else { return };
        tracing::error!(interaction = asked.id, ?failed, "an answer could not be given");
        if matches!(failed, Failed::Refused { status: 400, .. }) {
            // The card was wrong, not the way: nobody is left waiting.
            let card = self.door.stranger(Stranger::Broken, None, &asked.locale);
            if let Err(failed) = self.final_answer(asked, &card).await {
                tracing::error!(interaction = asked.id, ?failed, "nor could an apology");
            }
        }
    }

    async fn final_answer(&self, asked: &Asked, card: &Card) -> Result<(), Failed> {
        let mut tries = 1;
        loop {
            let failed = match self.try_final_answer(asked, card).await {
                Ok(()) => return Ok(()),
                Err(failed) => failed,
            };
            let wait = match &failed {
                Failed::Later(wait) | Failed::Overedited(wait) => *wait,
                Failed::Unknown(_) => Duration::from_secs(1),
                Failed::Refused { .. } => return Err(failed),
            };
            if tries >= TRIES {
                return Err(failed);
            }
            tries += 1;
            self.discord.clock.sleep(wait).await;
        }
    }

    async fn try_final_answer(&self, asked: &Asked, card: &Card) -> Result<(), Failed> {
        let rendered = render(card, None);
        let path = format!("/webhooks/{}/{}/messages/@original", self.discord.application, asked.token);
        let route = Route { template: "PATCH /webhooks/{}/{}/messages/@original", about: asked.id };
        let body = body(rendered.message, all(rendered.uploads));
        self.discord.http.send(Request { method: Method::PATCH, path, route, body, how: How::Token }).await.map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interaction_is_new_once() {
        let mut remembered = Remembered::default();
        assert!(remembered.is_new(1));
        assert!(!remembered.is_new(1));
        for id in 2..=REMEMBERED_INTERACTIONS as u64 + 1 {
            assert!(remembered.is_new(id));
        }
        assert_eq!(remembered.known.len(), REMEMBERED_INTERACTIONS);
        assert!(!remembered.is_new(2), "one of the newest");
    }
}
