//! Below the headline: who asked, what moves, what was found, who is affected, the way back.

use super::offsets::{Movement, moved_in_the_end, movement, table, turned_out};
use super::{CardView, Owners, brokers, head, queues, topics};
use crate::text::card::{Block, Line};
use crate::text::kinds;
use crate::text::locale::{Args, Locale};
use crate::text::numbers;
use crate::text::sentence::{NAME, WORDS, check, find, names};
use interlock::facts::{Fact, Facts};
use interlock::plan::{Check, Level, Plan, Row, Rule, Work};

const MOST_FINDINGS: usize = 5;

/// The blocks of a plan, without what only a running operation has.
pub(in crate::text) fn blocks(plan: &Plan, owned: Owners, locale: Locale) -> Vec<Block> {
    let mut blocks = vec![Block::Line(asked(plan, locale))];
    blocks.extend(tables(plan, &plan.impact.rows, locale));
    blocks.extend(moves(plan, movement(plan), locale));
    blocks.extend(later(plan, locale));
    blocks.extend(checks(plan, locale));
    let touched = [Some(affected(plan, locale)), owners(owned, locale)];
    blocks.push(Block::Line(Line::joined(touched.into_iter().flatten(), " · ")));
    blocks.extend(application(plan, locale));
    blocks.push(Block::Line(way_back(plan, locale)));
    blocks
}

/// What changes: offsets, brokers, or queues at masters.
fn tables(plan: &Plan, rows: &[Row], locale: Locale) -> Option<Block> {
    table((plan, rows), locale)
        .or_else(|| brokers::table(plan, locale))
        .or_else(|| queues::table(plan, locale))
        .or_else(|| topics::table(plan, locale))
        .map(Block::Table)
}

/// What is left to say of a plan that has ended: nothing of what it would have moved if it moved nothing.
pub(super) fn of_ended(view: &CardView<'_>, changed: bool) -> Vec<Block> {
    let (plan, locale) = (view.plan.plan(), view.locale);
    let mut blocks = vec![Block::Line(asked(plan, locale))];
    if changed {
        let rows = turned_out(plan, view.history);
        blocks.extend(tables(plan, &rows, locale));
        blocks.extend(application(plan, locale));
    }
    blocks
}

/// Where a step is a rule, the numbers shown are those of the planning.
fn later(plan: &Plan, locale: Locale) -> Option<Block> {
    let counts = |rule: &Rule| !matches!(rule, Rule::RocketmqSeedOffsets(_));
    let bounded = plan.steps.iter().any(|step| matches!(&step.work, Work::Rule(rule) if counts(rule)));
    bounded.then(|| Block::Line(locale.say("moves-taken-anew", &Args::new())))
}

/// What owners of what is affected need: who asked and why, what moves, what they have to do, the way back.
pub(in crate::text) fn for_owners(view: &CardView<'_>) -> Vec<Block> {
    let (plan, locale) = (view.plan.plan(), view.locale);
    let mut blocks = vec![Block::Line(asked(plan, locale))];
    blocks.extend(moves(plan, moved_in_the_end(plan, view.history), locale));
    blocks.extend(application(plan, locale));
    blocks.push(Block::Line(way_back(plan, locale)));
    blocks
}

fn asked(plan: &Plan, locale: Locale) -> Line {
    let who = plan.requesters.iter().map(|one| Line::person(one.person.as_str(), NAME / 2));
    let who = locale.say("card-asked-by", &Args::new().line("who", Line::joined(who.take(3), &locale.comma())));
    let quote = |text: &str| locale.say("quoted", &Args::new().foreign("text", text, WORDS));
    let reason = (!plan.reason.is_empty()).then(|| quote(&plan.reason));
    let ticket = (!plan.ticket.is_empty()).then(|| Line::foreign(&plan.ticket, NAME));
    Line::joined([Some(who), reason, ticket].into_iter().flatten(), " · ")
}

fn moves(plan: &Plan, sum: Movement, locale: Locale) -> Vec<Block> {
    let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let lines = [
        ("moves-replayed", sum.replayed),
        ("moves-skipped", sum.skipped),
        ("moves-first", count(sum.without_commit)),
        ("moves-clamped", count(sum.clamped)),
    ];
    let say =
        |key: &str, count: i64| locale.say(&format!("{key}{}", kinds::on(plan)), &Args::new().number("count", count));
    let lines = lines.map(|(key, count)| (count > 0).then(|| say(key, count)));
    let line = Line::joined(
        lines.into_iter().flatten().chain(brokers::moves(plan, locale)).chain(topics::moves(plan, locale)),
        locale.space(),
    );
    if line.is_empty() { Vec::new() } else { vec![Block::Line(line)] }
}

fn checks(plan: &Plan, locale: Locale) -> Vec<Block> {
    let at = |level: Level| plan.checks.iter().filter(move |check| check.level == level);
    let args = Args::new().count("passed", at(Level::Pass).count()).count("warnings", at(Level::Warn).count());
    let mut blocks = vec![Block::Line(locale.say("card-checks", &args))];
    let findings: Vec<&Check> = at(Level::Consent).chain(at(Level::Warn)).collect();
    blocks.extend(findings.iter().take(MOST_FINDINGS).map(|one| Block::Line(finding(one, locale))));
    let more = findings.len().saturating_sub(MOST_FINDINGS);
    if more > 0 {
        blocks.push(Block::Line(locale.say("card-more-findings", &Args::new().count("more", more))));
    }
    blocks
}

fn finding(found: &Check, locale: Locale) -> Line {
    let key = if found.level == Level::Consent { "card-consent" } else { "card-warning" };
    locale.say(key, &Args::new().line("finding", check(locale, found)))
}

fn affected(plan: &Plan, locale: Locale) -> Line {
    if let (Some(Fact::Count(groups)), Some(Fact::Count(members))) =
        (plan.impact.facts.get("reading-groups"), plan.impact.facts.get("reading-members"))
    {
        let count = |count: &i64| usize::try_from(*count).unwrap_or(usize::MAX);
        let args = Args::new().count("groups", count(groups)).count("members", count(members));
        return locale.say("card-affected-readers", &args.line("topics", names(locale, &plan.impact.topics)));
    }
    if plan.impact.groups.is_empty() {
        return locale.say("card-affected-topics", &Args::new().line("topics", names(locale, &plan.impact.topics)));
    }
    let args = Args::new()
        .line("groups", names(locale, &plan.impact.groups))
        .count("clients-count", plan.impact.clients.len())
        .line("clients", names(locale, &plan.impact.clients));
    locale.say(if plan.impact.clients.is_empty() { "card-affected-no-clients" } else { "card-affected" }, &args)
}

/// How many of the owners have been told, or that they will be; none where nobody in the settings owns any of it.
fn owners(owners: Owners, locale: Locale) -> Option<Line> {
    let args = Args::new().count("owners", owners.all);
    match owners.told {
        _ if owners.all == 0 => None,
        None => Some(locale.say("card-owners", &args)),
        Some(told) => Some(locale.say("card-owners-told", &args.count("told", told))),
    }
}

fn application(plan: &Plan, locale: Locale) -> Option<Block> {
    const MOST: usize = 3;
    let needs = plan.impact.needs_from_application.iter().take(MOST);
    let needs = needs.map(|id| find(locale, &["application"], id, &Facts::none()).unwrap_or_else(|| Line::code(id)));
    let needs = Line::joined(needs, &locale.comma());
    (!needs.is_empty())
        .then(|| Block::Line(locale.say("card-needs-from-application", &Args::new().line("needs", needs))))
}

fn way_back(plan: &Plan, locale: Locale) -> Line {
    if !head::has_way_back(plan) {
        return locale.say("card-no-way-back", &Args::new());
    }
    let bytes = match plan.impact.facts.get("bytes") {
        Some(Fact::Bytes(bytes)) => numbers::bytes(*bytes),
        _ => String::new(),
    };
    let args = Args::new().word("duration", numbers::duration(locale, plan.estimate.way_back_ms)).word("bytes", bytes);
    locale.say(kinds::way_back(plan), &args)
}
