//! What somebody is told alone whose approval of a plan does not count.

use super::bounds::bounded;
use super::card::{Card, Line, Tone};
use super::locale::Args;
use super::plan_card::{CardView, head};
use interlock::approval::NotCounted;

/// Which plan, why it does not count, in the words of the card, what to do, and where the card stands.
#[must_use]
pub fn vote_not_counted(view: &CardView<'_>, why: NotCounted, link: Option<&str>) -> Card {
    let (plan, locale) = (view.plan.plan(), view.locale);
    let because = Line::plain(locale.text(&format!("not-counted-{}", why.key())));
    let args = Args::new().line("why", because).line("what", head::what(plan, locale));
    let next = locale.try_say(&format!("vote-told-{}", why.key()), &Args::new());
    let card = link.map(|link| locale.say("vote-told-card", &Args::new().word("link", link)));
    let headline = [Some(locale.say("vote-told", &args)), next, Some(head::ids(view)), card];
    bounded(Card { headline: headline.into_iter().flatten().collect(), tone: Tone::Warning, ..Card::default() })
}
