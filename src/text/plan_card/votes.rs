//! Who must vote, who has, and whose vote does not count.

use super::CardView;
use crate::text::card::Line;
use crate::text::locale::{Args, Locale};
use crate::text::sentence::{NAME, names};
use interlock::approval::{State, Tally};
use interlock::id::PersonId;
use interlock::plan::Seat;

const MOST_PEOPLE: usize = 6;
/// A name that is to be typed stands there whole: it is copied from the card.
const WHOLE_NAME: usize = 300;

/// "Needs 3 (0 so far): 2 approvers + an owner of orders".
pub(in crate::text) fn needs(view: &CardView<'_>) -> Line {
    let locale = view.locale;
    if view.seats.is_empty() {
        return locale.say("card-needs-nobody", &Args::new());
    }
    let args = Args::new()
        .count("wanted", view.seats.len())
        .count("filled", view.tally.filled())
        .line("who", seats(view.seats, locale));
    if is_confirmed_only(view) {
        return locale.say("card-needs-confirmation", &args);
    }
    let stricter = view.seats != view.plan.plan().votes;
    locale.say(if stricter { "card-needs-more" } else { "card-needs" }, &args)
}

/// The seats in words.
pub(in crate::text) fn seats(all: &[Seat], locale: Locale) -> Line {
    let approvers = all.iter().filter(|seat| matches!(seat, Seat::Approver)).count();
    let approver = (approvers > 0).then(|| locale.say("seat-approvers", &Args::new().count("count", approvers)));
    let others = all.iter().filter_map(|seat| match seat {
        Seat::Approver => None,
        Seat::Confirmation { .. } => Some(locale.say("seat-confirmation", &Args::new())),
        Seat::Owner { of, .. } => Some(locale.say("seat-owner", &Args::new().line("of", names(locale, of)))),
    });
    Line::joined(approver.into_iter().chain(others), " + ")
}

/// "Votes: 1 of 2: bob · not counted: alice (asked for it)".
pub(in crate::text) fn footer(view: &CardView<'_>) -> Line {
    let (locale, tally) = (view.locale, view.tally);
    if view.seats.is_empty() && tally.vetoes.is_empty() {
        return locale.say("votes-none-needed", &Args::new());
    }
    let first = if tally.filled() == 0 && is_confirmed_only(view) {
        locale.say("votes-unconfirmed", &Args::new())
    } else {
        counted(tally, view.history.started.is_some(), locale)
    };
    let mut parts = vec![first];
    parts.extend(beside(tally, locale));
    if view.state == State::AwaitingApproval {
        parts.push(match view.plan.plan().name_to_type() {
            Some(name) => locale.say("votes-how-typed", &Args::new().foreign("name", name, WHOLE_NAME)),
            None if is_confirmed_only(view) => locale.say("votes-how-confirm", &Args::new()),
            None => locale.say("votes-how", &Args::new()),
        });
    }
    Line::joined(parts, " · ")
}

/// Whether nobody else must agree: who asked confirms it.
fn is_confirmed_only(view: &CardView<'_>) -> bool {
    !view.seats.is_empty() && view.seats.iter().all(Seat::is_confirmation)
}

/// Who fills seats, who vetoes, and whose vote does not count. At the start votes are read for the last time: what is taken
/// back later is not.
pub(in crate::text) fn standing(tally: &Tally, has_started: bool, locale: Locale) -> Vec<Line> {
    let mut parts = vec![counted(tally, has_started, locale)];
    parts.extend(beside(tally, locale));
    parts
}

/// What is said beside the seats that are filled.
fn beside(tally: &Tally, locale: Locale) -> Vec<Line> {
    let mut parts = Vec::new();
    if !tally.vetoes.is_empty() {
        let args = Args::new().line("who", people(tally.vetoes.iter(), locale));
        parts.push(locale.say("votes-vetoed", &args));
    }
    if let Some(breaker) = tally.skipped_by() {
        parts.push(locale.say("votes-skipped", &Args::new().line("who", person(breaker))));
    }
    parts.extend(uncounted(tally, locale));
    if tally.cannot_verify {
        parts.push(locale.say("votes-cannot-verify", &Args::new()));
    }
    parts
}

fn counted(tally: &Tally, has_started: bool, locale: Locale) -> Line {
    let args = filled(tally, locale);
    match tally.filled() {
        0 => locale.say("votes-none", &Args::new()),
        _ if has_started => locale.say("votes-at-start", &args),
        _ => locale.say("votes-counted", &args),
    }
}

/// How many seats are filled, and by whom.
fn filled(tally: &Tally, locale: Locale) -> Args {
    Args::new()
        .count("filled", tally.filled())
        .count("wanted", tally.seats.len())
        .line("who", people(tally.seats.iter().flatten(), locale))
}

fn uncounted(tally: &Tally, locale: Locale) -> Option<Line> {
    let Tally { uncounted, .. } = tally;
    if uncounted.is_empty() {
        return None;
    }
    let shown = uncounted.iter().take(MOST_PEOPLE).map(|one| {
        let why = Line::plain(locale.text(&format!("not-counted-{}", one.why.key())));
        locale.say("votes-uncounted-one", &Args::new().line("who", person(&one.person)).line("why", why))
    });
    let who = limited(shown, uncounted.len(), locale);
    Some(locale.say("votes-uncounted", &Args::new().line("who", who)))
}

/// People, at most six.
pub(super) fn people<'a>(all: impl Iterator<Item = &'a PersonId>, locale: Locale) -> Line {
    let shown: Vec<Line> = all.map(person).collect();
    let count = shown.len();
    limited(shown.into_iter().take(MOST_PEOPLE), count, locale)
}

fn limited(shown: impl Iterator<Item = Line>, count: usize, locale: Locale) -> Line {
    let names = Line::joined(shown, &locale.comma());
    if count <= MOST_PEOPLE {
        return names;
    }
    locale.say("names-and-more", &Args::new().line("names", names).count("more", count - MOST_PEOPLE))
}

fn person(person: &PersonId) -> Line {
    Line::person(person.as_str(), NAME / 2)
}
