//! An answer that its reader shares with everybody who reads the place.

use super::looks;
use crate::text::bounds::bounded;
use crate::text::card::{Button, Card, Line};
use crate::text::locale::{Args, Locale};
use crate::text::sentence::NAME;
use interlock::id::{PersonId, RequestId};
use interlock::looks::LookAnswer;
use interlock::time::Millis;

/// What was seen, by whom, and when.
#[must_use]
pub fn shared(answer: &LookAnswer, by: (&PersonId, Millis), locale: Locale) -> Card {
    let (person, at) = by;
    let args = Args::new().line("who", Line::person(person.as_str(), NAME)).time("at", at);
    let seen = looks::card(answer, locale);
    bounded(Card { footer: Some(locale.say("shared-by", &args)), buttons: Vec::new(), ..seen })
}

/// Shares the answer to a request.
#[must_use]
pub fn share_button(request: &RequestId, locale: Locale) -> Button {
    Button { id: format!("share:{request}"), label: locale.text("button-share"), danger: false }
}
