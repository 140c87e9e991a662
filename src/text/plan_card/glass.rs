//! Broken glass: by whom and why, and whether somebody else has reviewed that.

use super::CardView;
use crate::text::card::{Block, Line};
use crate::text::locale::Args;
use crate::text::sentence::{NAME, WORDS};
use interlock::id::PersonId;

pub(super) fn blocks(view: &CardView<'_>) -> Vec<Block> {
    let Some(glass) = view.glass else { return Vec::new() };
    let who = |person: &PersonId| Line::person(person.as_str(), NAME / 2);
    let broken =
        Args::new().line("who", who(&glass.person)).time("at", glass.at).foreign("reason", &glass.reason, WORDS);
    let reviewed = match &glass.review {
        None => {
            let line = format!("/break-glass operation:{} review:", glass.operation);
            view.locale.say("glass-open", &Args::new().code("line", &line))
        }
        Some(review) => {
            let args = Args::new().line("who", who(&review.person)).time("at", review.at);
            view.locale.say("glass-reviewed", &args.foreign("review", &review.words, WORDS))
        }
    };
    let key = if glass.digest == view.plan.digest() { "glass-broken-by" } else { "glass-broken-earlier" };
    [view.locale.say(key, &broken), reviewed].map(Block::Line).into()
}

/// Who is at work on the same thing, and is waited for.
pub(super) fn waits(view: &CardView<'_>) -> Option<Line> {
    let holder = view.behind?;
    Some(view.locale.say("card-glass-waits", &Args::new().code("operation", holder.as_str())))
}
