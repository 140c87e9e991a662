//! The private answer to a request.

mod group;
mod list;
mod looks;
mod next_step;
pub(super) mod operations;
mod person;
mod report;
mod shared;
mod sheet;
mod topic;

pub use shared::{share_button, shared};

use super::bounds::bounded;
use super::card::{Block, Card, Line, MORE_FILE, Tone};
use super::freezes;
use super::locale::{Args, Locale};
use super::plan_card::{Owners, body, files, head, votes};
use super::sentence::{self, NAME, WORDS, failure, find};
use crate::desk::{Answer, Denied, Done, Recorded};
use engine::History;
use interlock::facts::Facts;
use interlock::freeze::Freeze;
use interlock::plan::{Check, Mistake, Sealed, Seat};
use list::few;

/// The card of an answer. Its footer always names the request, and a refusal may have its next step as a button.
#[must_use]
pub fn answer(answer: &Answer, locale: Locale) -> Card {
    bounded(unbounded(answer, locale))
}

fn unbounded(answer: &Answer, locale: Locale) -> Card {
    let buttons = next_step::button(&answer.done, locale).into_iter().collect();
    Card { footer: Some(footer(answer, locale)), buttons, ..said(&answer.done, locale) }
}

/// The same where not everybody who reads the place may see what it tells of: nothing is attached, and the footer names what would
/// have been.
#[must_use]
pub fn answer_without_files(found: &Answer, locale: Locale) -> Card {
    let card = bounded(Card { is_bare: true, ..unbounded(found, locale) });
    let more = card.whole.iter().map(|_| MORE_FILE);
    let names: Vec<&str> = more.chain(card.files.iter().map(|file| file.name.as_str())).collect();
    let args = Args::new().word("files", names.join(", "));
    let left_out = (!names.is_empty()).then(|| locale.say("footer-not-attached", &args));
    let footer = Line::joined(card.footer.into_iter().chain(left_out), " · ");
    Card { footer: Some(footer), files: Vec::new(), whole: None, ..card }
}

/// What came of a request, without naming the request.
#[must_use]
pub fn said(done: &Done, locale: Locale) -> Card {
    match done {
        Done::Looked(seen) => looks::card(seen, locale),
        Done::Shared => short(Tone::Good, locale.say("answer-shared", &Args::new())),
        Done::Planned { operation, seats } => {
            let args = Args::new().code("operation", operation.as_str()).count("seats", *seats);
            short(Tone::Good, locale.say("answer-planned", &args))
        }
        Done::DryRun(plan) => dry_run(plan, locale),
        Done::AskedBack(plan) => asked_back(plan, locale),
        Done::GlassAskedBack(plan) => glass_asked_back(plan, locale),
        Done::Controlled { operation, what, state } => {
            let word = Line::plain(locale.text(&format!("state-{}", state.key())));
            let args = Args::new().code("operation", operation.as_str()).line("state", word);
            let key = format!("controlled-{what}");
            let said = locale.try_say(&key, &args).unwrap_or_else(|| locale.say("controlled-other", &args));
            short(Tone::Good, said)
        }
        Done::Frozen(freeze) => frozen(freeze, locale),
        Done::Unfrozen { freeze, still } => unfrozen(freeze, still, locale),
        Done::Mistake(found) => mistake(found, locale),
        Done::Refused(checks) => refused(checks, locale),
        Done::Denied(denied) => self::denied(denied, locale),
        Done::Failed { id, said } => failed(id, said, locale),
        Done::Bug => Card {
            headline: vec![locale.say("answer-bug", &Args::new()), locale.say("answer-bug-next", &Args::new())],
            tone: Tone::Bad,
            ..Card::default()
        },
    }
}

/// From now on nothing starts there; what it is not for, and how it ends early.
fn frozen(freeze: &Freeze, locale: Locale) -> Card {
    let args = Args::new().line("freeze", freezes::line(freeze, locale)).code("line", &unfreeze(freeze));
    let headline = ["answer-frozen", "answer-frozen-but", "answer-frozen-next"].map(|key| locale.say(key, &args));
    Card { headline: headline.into(), tone: Tone::Good, ..Card::default() }
}

/// What lifts a freeze, to copy.
fn unfreeze(freeze: &Freeze) -> String {
    format!("/unfreeze {} freeze:{} reason:", freeze.on, freeze.id)
}

/// What was lifted, and what still stands there.
fn unfrozen(freeze: &Freeze, still: &[Freeze], locale: Locale) -> Card {
    const MOST: usize = 3;
    let args = Args::new().line("freeze", freezes::line(freeze, locale));
    let lifted = locale.say(if still.is_empty() { "answer-unfrozen" } else { "answer-unfrozen-one" }, &args);
    let stands =
        |one: &Freeze| locale.say("answer-still-frozen", &Args::new().line("freeze", freezes::line(one, locale)));
    let headline = std::iter::once(lifted).chain(still.iter().take(MOST).map(stands)).collect();
    let others = still.iter().skip(MOST).map(stands).map(Block::Line).collect();
    let body = few(others, 0, |more| locale.say("freezes-more", &Args::new().count("more", more)));
    Card { headline, tone: if still.is_empty() { Tone::Good } else { Tone::Warning }, body, ..Card::default() }
}

fn short(tone: Tone, line: Line) -> Card {
    Card { headline: vec![line], tone, ..Card::default() }
}

/// "check group-inactive, request M2WQ7A", and whether the audit log lacks it.
fn footer(answer: &Answer, locale: Locale) -> Line {
    let args = Args::new().code("request", answer.request.as_str());
    let check = match &answer.done {
        Done::Refused(checks) => checks.iter().find(|check| check.blocks()),
        _ => None,
    };
    let line = match check {
        Some(check) => locale.say("footer-check", &args.code("check", &check.id)),
        None => locale.say("footer-request", &args),
    };
    let missing = match answer.recorded {
        Recorded::Yes => None,
        Recorded::NotYet => Some(locale.say("footer-not-yet-recorded", &Args::new())),
        Recorded::No => Some(locale.say("footer-not-recorded", &Args::new())),
    };
    Line::joined(std::iter::once(line).chain(missing), " · ")
}

/// The plan a vote by command would be on, with the line that votes on exactly it.
fn asked_back(plan: &Sealed, locale: Locale) -> Card {
    let of = plan.plan();
    let typed = of.name_to_type().is_some();
    let confirm = if typed { " confirm:" } else { "" };
    let line = format!("/approve operation:{} digest:{}{confirm}", of.operation, plan.digest());
    Card {
        headline: vec![
            locale.say("asked-back", &Args::new().line("what", head::what(of, locale))),
            head::size(of, locale),
            head::worst(of, locale),
            locale.say(if typed { "asked-back-type" } else { "asked-back-next" }, &Args::new().code("line", &line)),
        ],
        tone: Tone::Waiting,
        body: body::blocks(of, Owners::default(), locale),
        ..Card::default()
    }
}

/// The plan whose glass would be broken, with the line that does it.
fn glass_asked_back(plan: &Sealed, locale: Locale) -> Card {
    let of = plan.plan();
    let line = format!("/break-glass operation:{} digest:{} reason: confirm:", of.operation, plan.digest());
    Card {
        headline: vec![
            locale.say("asked-back-glass", &Args::new().line("what", head::what(of, locale))),
            head::size(of, locale),
            head::worst(of, locale),
            locale.say("asked-back-glass-next", &Args::new().code("line", &line)),
        ],
        tone: Tone::Warning,
        body: body::blocks(of, Owners::default(), locale),
        ..Card::default()
    }
}

fn dry_run(plan: &Sealed, locale: Locale) -> Card {
    let of = plan.plan();
    let state = Line::plain(locale.text("state-dry-run")).strong();
    let would = if of.votes.is_empty() {
        locale.say("dry-run-needs-nobody", &Args::new())
    } else {
        let args = Args::new().count("wanted", of.votes.len()).line("who", votes::seats(&of.votes, locale));
        let confirmed = of.votes.iter().all(Seat::is_confirmation);
        locale.say(if confirmed { "dry-run-needs-confirmation" } else { "dry-run-needs" }, &args)
    };
    Card {
        headline: vec![
            locale.say("card-headline", &Args::new().line("state", state).line("what", head::what(of, locale))),
            head::size(of, locale),
            head::worst(of, locale),
            would,
            locale.say("dry-run-nothing", &Args::new()),
        ],
        body: body::blocks(of, Owners::default(), locale),
        files: files(plan, &History::default(), locale),
        ..Card::default()
    }
}

/// What is wrong with what was typed, what was perhaps meant, and what would be right.
fn mistake(found: &Mistake, locale: Locale) -> Card {
    let facts = &found.facts;
    let args = sentence::args(locale, facts);
    let whole = found.id == "not-built-yet" && facts.get("option").is_none();
    let id = if whole { "command-not-built-yet" } else { found.id.as_str() };
    let said = sentence::sentence(locale, &["mistake", "check"], id, facts);
    let hint = |fact: &str, key: &str| facts.get(fact).map(|_| locale.say(key, &args));
    let meant = hint("suggestions", "suggestions").or_else(|| hint("did-you-mean", "did-you-mean"));
    let forms = hint("accepted", "accepted").or_else(|| hint("choices", "choices"));
    let key = format!("mistake-{id}");
    let own = sentence::own(&key, facts).and_then(|own| locale.try_say(&format!("{own}.next"), &args));
    let next = own.or_else(|| locale.try_say(&format!("{key}.next"), &args));
    Card {
        headline: [Some(said), meant, forms, next].into_iter().flatten().collect(),
        tone: Tone::Warning,
        ..Card::default()
    }
}

/// Not now, why, and the next step. Who asks reads it alone.
fn refused(checks: &[Check], locale: Locale) -> Card {
    const MOST: usize = 4;
    let mut blocking = checks.iter().filter(|check| check.blocks()).map(Check::in_private);
    let first = blocking.next();
    let first = first.as_ref();
    let why =
        first.map_or_else(|| locale.say("refused-without-check", &Args::new()), |check| sentence::check(locale, check));
    let not_now = Line::plain(locale.text("not-now")).strong();
    let mut headline = vec![locale.say("refused", &Args::new().line("not-now", not_now).line("why", why))];
    headline.extend(first.and_then(|check| sentence::next(locale, check)));
    let also = blocking.map(|check| {
        let args = Args::new().line("why", sentence::check(locale, &check)).code("check", &check.id);
        Block::Line(locale.say("refused-also", &args))
    });
    let body = few(also.collect(), MOST, |more| locale.say("refused-more", &Args::new().count("more", more)));
    Card { headline, tone: Tone::Warning, body, ..Card::default() }
}

fn denied(denied: &Denied, locale: Locale) -> Card {
    let vote = || {
        let why = find(locale, &["not-counted"], denied.id, &Facts::none())?;
        Some(locale.say("denied-vote", &Args::new().line("why", why)))
    };
    let own = find(locale, &["denied"], denied.id, &Facts::none());
    let said = own.or_else(vote).unwrap_or_else(|| Line::code(denied.id));
    let needs = denied.needs.as_ref().map(|role| locale.say("denied-needs", &Args::new().foreign("role", role, NAME)));
    Card { headline: [Some(said), needs].into_iter().flatten().collect(), tone: Tone::Warning, ..Card::default() }
}

fn failed(id: &str, said: &str, locale: Locale) -> Card {
    let why = match id.strip_prefix("cluster-") {
        Some(kind) => locale.say("failed-cluster", &Args::new().line("failure", failure(locale, kind))),
        None => find(locale, &["failed"], id, &Facts::none()).unwrap_or_else(|| Line::code(id)),
    };
    let words = (!said.is_empty()).then(|| locale.say("failed-said", &Args::new().foreign("said", said, WORDS)));
    let unchanged = locale.say("failed-nothing-changed", &Args::new());
    Card {
        headline: [Some(why), words, Some(unchanged)].into_iter().flatten().collect(),
        tone: Tone::Bad,
        ..Card::default()
    }
}
