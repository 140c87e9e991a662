//! `/operations`, `/status` and `/audit`.

use super::list::few;
use crate::text::card::{Block, Card, Line, Tone};
use crate::text::foreign::shown;
use crate::text::freezes;
use crate::text::locale::{Args, Locale};
use crate::text::plan_card::votes::{seats, standing};
use crate::text::plan_card::ways::tone;
use crate::text::sentence::{NAME, find, names, why};
use interlock::facts::Facts;
use interlock::looks::{
    AuditEntry, AuditPage, AuditVerified, OperationLine, OperationStatus, OperationsList, StepLine,
};
use interlock::plan::Seat;

const MOST: usize = 10;

pub(super) fn list(list: &OperationsList, locale: Locale) -> Card {
    let waiting = list.waiting_for_me.len() + list.reviews.len();
    let headline = match (waiting, list.others.len()) {
        (0, 0) => locale.say("operations-none", &Args::new()),
        (0, _) => locale.say("operations-none-waiting", &Args::new()),
        _ => locale.say("operations-waiting", &Args::new().count("count", waiting)),
    };
    let mut body = sections(list, locale);
    body.extend(list.is_cut.then(|| Block::Line(locale.say("operations-cut", &Args::new()))));
    let tone = if waiting > 0 { Tone::Waiting } else { Tone::Neutral };
    Card { headline: vec![headline], tone, body, ..Card::default() }
}

/// The first of each section, and how many more there are.
fn sections(list: &OperationsList, locale: Locale) -> Vec<Block> {
    let more = |count: usize| locale.say("operations-more", &Args::new().count("more", count));
    let all = [
        ("operations-for-me", &list.waiting_for_me),
        ("operations-reviews", &list.reviews),
        ("operations-others", &list.others),
    ];
    let (mut body, mut rest, mut hidden) = (Vec::new(), Vec::new(), 0);
    for (heading, lines) in all {
        let (first, others) = lines.split_at(lines.len().min(MOST));
        body.extend(section(heading, first, locale));
        rest.extend(section(heading, others, locale));
        hidden += others.len();
    }
    let unread = (list.left_out > 0).then(|| Block::Line(more(list.left_out)));
    if hidden == 0 {
        body.extend(unread);
    } else {
        rest.extend(unread);
        body.push(Block::More { said: more(list.left_out + hidden), rest });
    }
    body
}

fn section(heading: &str, lines: &[OperationLine], locale: Locale) -> Vec<Block> {
    if lines.is_empty() {
        return Vec::new();
    }
    let heading = Block::Heading(Line::plain(locale.text(heading)));
    std::iter::once(heading).chain(lines.iter().map(|one| Block::Line(line(one, locale)))).collect()
}

/// An operation in a list.
pub(in crate::text) fn line(one: &OperationLine, locale: Locale) -> Line {
    let state = Line::plain(locale.text(&format!("state-{}", one.state.key())));
    let args = Args::new()
        .code("operation", one.operation.as_str())
        .line("state", state)
        .foreign("command", &one.command, NAME)
        .line("about", names(locale, &one.about))
        .foreign("cluster", one.cluster.as_str(), NAME)
        .line("who", Line::person(&one.asked_by, NAME / 2));
    if !one.is_readable {
        return locale.say("operation-line-unreadable", &args);
    }
    let line = match one.expires_at {
        Some(at) => locale.say("operation-line-ends", &args.deadline("at", at)),
        None => locale.say("operation-line", &args.time("at", one.updated_at)),
    };
    let frozen = one.frozen.as_ref().map(|freeze| {
        let args = Args::new().line("thing", freezes::thing(&freeze.on, locale)).deadline("until", freeze.until);
        locale.say("operation-frozen", &args)
    });
    Line::joined(std::iter::once(line).chain(frozen), &locale.comma())
}

pub(super) fn status(status: &OperationStatus, locale: Locale) -> Card {
    let state = Line::plain(locale.text(&format!("state-{}", status.line.state.key()))).strong();
    let args = Args::new()
        .line("state", state)
        .code("operation", status.line.operation.as_str())
        .foreign("command", &status.line.command, NAME)
        .line("about", names(locale, &status.line.about))
        .foreign("cluster", status.line.cluster.as_str(), NAME);
    let because = why(locale, &status.why, &status.why_facts);
    let votes = Line::joined(standing(&status.tally, status.has_started, locale), " · ");
    let asked =
        Args::new().line("who", Line::person(&status.line.asked_by, NAME / 2)).time("at", status.line.updated_at);
    let mut body = vec![Block::Line(locale.say("status-asked", &asked))];
    let steps = status.steps.iter().map(|one| Block::Line(step(one, locale))).collect();
    body.extend(few(steps, MOST, |more| locale.say("status-more-steps", &Args::new().count("more", more))));
    if let Some(operation) = &status.reverses {
        body.push(Block::Line(locale.say("status-reverses", &Args::new().code("operation", operation.as_str()))));
    }
    let plan = Args::new().number("revision", i64::from(status.revision)).code("digest", &status.digest);
    body.push(Block::Line(locale.say("status-plan", &plan)));
    let frozen = status.line.frozen.as_ref().map(|freeze| freezes::line(freeze, locale));
    let ends = status.line.expires_at.map(|at| locale.say("status-ends", &Args::new().deadline("at", at)));
    Card {
        headline: [
            Some(locale.say("status-headline", &args)),
            because,
            Some(votes),
            open_seats(status, locale),
            frozen,
            ends,
        ]
        .into_iter()
        .flatten()
        .collect(),
        tone: tone(status.line.state),
        body,
        ..Card::default()
    }
}

/// The seats that nobody fills yet.
fn open_seats(status: &OperationStatus, locale: Locale) -> Option<Line> {
    let filled = status.tally.seats.iter().map(Option::is_some).chain(std::iter::repeat(false));
    let open: Vec<Seat> =
        status.seats.iter().zip(filled).filter(|(_, filled)| !filled).map(|(seat, _)| seat.clone()).collect();
    let is_asked = status.line.state.is_open_to_votes() && !open.is_empty();
    is_asked
        .then(|| locale.say("status-open", &Args::new().count("count", open.len()).line("who", seats(&open, locale))))
}

fn step(one: &StepLine, locale: Locale) -> Line {
    let what = find(locale, &["step"], &one.what, &Facts::none()).unwrap_or_else(|| Line::code(&one.what));
    let args = Args::new().number("step", i64::from(one.number)).line("what", what);
    locale.say(if one.done { "status-step-done" } else { "status-step-open" }, &args)
}

pub(super) fn audit_page(page: &AuditPage, locale: Locale) -> Card {
    let unsearched = page
        .unsearched_before
        .map(|seq| Block::Line(locale.say("audit-unsearched", &Args::new().word("seq", seq.to_string()))));
    if page.entries.is_empty() {
        let headline = vec![locale.say("audit-none", &Args::new())];
        return Card { headline, body: unsearched.into_iter().collect(), ..Card::default() };
    }
    let args = Args::new().count("count", page.entries.len());
    let mut body: Vec<Block> = page.entries.iter().take(2 * MOST).map(|one| Block::Line(entry(one, locale))).collect();
    let more = page.left_out + page.entries.len().saturating_sub(2 * MOST);
    body.extend((more > 0).then(|| Block::Line(locale.say("audit-more", &Args::new().count("more", more)))));
    body.extend(unsearched);
    Card { headline: vec![locale.say("audit-headline", &args)], body, ..Card::default() }
}

fn entry(one: &AuditEntry, locale: Locale) -> Line {
    let who = if one.who.is_empty() { Line::plain(locale.text("audit-bot")) } else { Line::person(&one.who, NAME / 2) };
    let about = one.operation.as_ref().map(|id| id.as_str()).or(one.request.as_ref().map(|id| id.as_str()));
    let args = Args::new()
        .word("seq", one.seq.to_string())
        .time("at", one.at)
        .foreign("what", &one.what, NAME)
        .line("who", who)
        .code("about", about.unwrap_or("-"));
    locale.say("audit-entry", &args)
}

pub(super) fn audit_verified(found: &AuditVerified, locale: Locale) -> Card {
    match found {
        AuditVerified::Whole { entries, head, compared } => {
            let args = Args::new().number("entries", *entries).code("head", &shown(head, 64));
            let second = match compared {
                Some(outside) => locale.say(
                    "audit-compared",
                    &Args::new().word("seq", outside.seq.to_string()).foreign("kept", &outside.kept, NAME),
                ),
                None => locale.say("audit-not-compared", &Args::new()),
            };
            let headline = vec![locale.say("audit-whole", &args), locale.say("audit-head", &args), second];
            Card { headline, tone: Tone::Good, ..Card::default() }
        }
        AuditVerified::Broken { seq, why } => {
            let why = find(locale, &["audit-broken"], why, &Facts::none()).unwrap_or_else(|| Line::code(why));
            let args = Args::new().word("seq", seq.to_string()).line("why", why);
            let headline = vec![locale.say("audit-broken", &args), locale.say("audit-broken-next", &args)];
            Card { headline, tone: Tone::Bad, ..Card::default() }
        }
    }
}
