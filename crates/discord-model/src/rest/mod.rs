//! REST: one pipeline for every request — read, meet a fault, pass the token and the buckets, be held against the
//! document, act on the state, answer, be written down.

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod buckets;
pub(crate) mod call;
pub(crate) mod endpoints;

mod about;
mod channels;
mod commands;
mod guilds;
mod interactions;
mod messages;
mod reactions;
mod threads;
mod webhooks;
mod write;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::response::Response;

use crate::discord::Inner;
use crate::document;
use crate::error::{self, ApiError};
use crate::faults::{Fault, Met};
use crate::line::Cutter;
use crate::requests;
use crate::trouble::Trouble;
use crate::world::World;
use answer::Answer;
use call::Call;
use endpoints::Auth;

/// What an endpoint gives back.
pub(crate) type Outcome = Result<Answer, ApiError>;

/// Answers one request.
pub(crate) async fn handle(
    State(inner): State<Arc<Inner>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    request: Request,
) -> Response {
    let token = request.headers().get(AUTHORIZATION).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let call = match body::read(request).await {
        Ok(call) => call,
        Err(refused) => return unreadable(&inner, &refused).into_response(),
    };
    let text = call.body.to_string();
    let met = Met { method: &call.method, template: call.template(), body: &text, parameters: &call.parameters };
    let fault = inner.change(|world| world.faults.meet(&met));
    match fault {
        None => inner.change(|world| serve(world, &call, token.as_deref())).into_response(),
        Some(Fault::Held) => {
            inner.change(|world| note(world, &call, false, None));
            let free = |world: &World| (!world.faults.holds(&met)).then_some(());
            while inner.wait(Duration::from_secs(60), free).await.is_none() {}
            inner.change(|world| serve(world, &call, token.as_deref())).into_response()
        }
        Some(fault) => under(fault, &inner, &cutter, &call, token.as_deref()).await,
    }
}

/// A body that is too large or no JSON.
fn unreadable(inner: &Inner, refused: &ApiError) -> Answer {
    let (request, what) = ("a request".to_owned(), refused.message.to_owned());
    inner.change(|world| world.trouble(Trouble::Violation { request, what }));
    Answer::from(refused.clone())
}

/// Answers under a fault.
async fn under(fault: Fault, inner: &Inner, cutter: &Cutter, call: &Call, token: Option<&str>) -> Response {
    let apply = || inner.change(|world| serve(world, call, token));
    let refuse = |answer: Answer| {
        inner.change(|world| note(world, call, false, Some(answer.status)));
        answer
    };
    match fault {
        Fault::RateLimited { retry_after, global } => {
            refuse(Answer::too_many(retry_after, if global { "global" } else { "user" })).into_response()
        }
        Fault::Status(status) => refuse(Answer::bare(status)).into_response(),
        Fault::NoAnswer => {
            inner.change(|world| note(world, call, false, None));
            std::future::pending().await
        }
        Fault::Unreachable => {
            inner.change(|world| note(world, call, false, None));
            cutter.cut();
            Answer::bare(500).into_response()
        }
        Fault::AnswerLost => {
            let answer = apply();
            cutter.cut();
            answer.into_response()
        }
        Fault::HalfAnswer => apply().into_half_response(),
        Fault::Slow(time) => {
            let answer = apply();
            tokio::time::sleep(time).await;
            answer.into_response()
        }
        // Whoever met it has waited for its end.
        Fault::Held => apply().into_response(),
    }
}

/// Serves a request whole and writes it down.
fn serve(world: &mut World, call: &Call, token: Option<&str>) -> Answer {
    let answer = match world.buckets.pass(call) {
        Err(limited) => {
            if world.buckets.is_strict() {
                violation(world, call, "about rates: it was sent although its bucket was empty");
            }
            *limited
        }
        Ok(headers) => act(world, call, token).unwrap_or_else(Answer::from).with_headers(&headers),
    };
    note(world, call, true, Some(answer.status));
    answer
}

fn act(world: &mut World, call: &Call, token: Option<&str>) -> Outcome {
    let Some(endpoint) = call.endpoint else {
        violation(world, call, "the model knows no such path");
        return Err(error::NOT_FOUND);
    };
    let known = world.application.token.as_ref().is_some_and(|t| token == Some(format!("Bot {t}").as_str()));
    if endpoint.auth == Auth::Bot && !known {
        return Err(error::UNAUTHORIZED);
    }
    check_document(world, call)?;
    (endpoint.run)(world, call)
}

/// Holds a body against the document; a body where the document has none is a violation too.
fn check_document(world: &mut World, call: &Call) -> Result<(), ApiError> {
    if call.body.is_null() {
        return Ok(());
    }
    match document::complaints(&call.method, call.template(), &call.body) {
        Ok(faults) if faults.is_empty() => Ok(()),
        Ok(faults) => {
            faults.iter().for_each(|fault| violation(world, call, &fault.words()));
            Err(error::invalid_form(faults))
        }
        Err(why) => {
            violation(world, call, &why);
            Err(error::BAD_JSON)
        }
    }
}

/// Records a broken rule.
pub(crate) fn violation(world: &mut World, call: &Call, what: &str) {
    let request = format!("{} {}", call.method, call.template());
    world.trouble(Trouble::Violation { request, what: what.to_owned() });
}

/// Records form faults and makes the refusal of them.
pub(crate) fn refuse_form(world: &mut World, call: &Call, faults: Vec<error::FormFault>) -> Result<(), ApiError> {
    if faults.is_empty() {
        return Ok(());
    }
    faults.iter().for_each(|fault| violation(world, call, &fault.words()));
    Err(error::invalid_form(faults))
}

fn note(world: &mut World, call: &Call, applied: bool, status: Option<u16>) {
    let mut parameters = call.parameters.clone();
    parameters.retain(|name, _| !name.ends_with("_token"));
    let request = requests::Request {
        method: call.method.clone(),
        template: call.template().to_owned(),
        parameters,
        query: call.query.clone(),
        body: call.body.clone(),
        files: call.files.iter().map(|f| f.filename.clone()).collect(),
        at_ms: world.now_ms(),
        applied,
        status,
    };
    world.requests.push(request);
}
