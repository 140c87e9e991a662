//! The first five lines: what a push preview shows.

use super::offsets::{moved_in_the_end, movement};
use super::{CardView, glass, topics, votes};
use crate::text::batches::batch_of;
use crate::text::card::{Line, Span};
use crate::text::kinds::{self, family, taken_back};
use crate::text::locale::{Args, Locale};
use crate::text::reassignment::moves_replicas;
use crate::text::sentence::{NAME, WORDS, find, names, why};
use crate::text::{foreign, freezes, numbers};
use interlock::approval::State;
use interlock::cluster::{ClusterKind, Tier};
use interlock::facts::{Fact, Facts};
use interlock::plan::{Effect, Plan, Undo, Work};

/// State and what; size; the worst case or what came of it; votes or progress; what it still owes; ids.
pub(super) fn lines(view: &CardView<'_>) -> Vec<Line> {
    let (plan, locale) = (view.plan.plan(), view.locale);
    let state = Line::plain(locale.text(&state(view))).strong();
    let first = locale.say("card-headline", &Args::new().line("state", state).line("what", what(plan, locale)));
    let lines = [Some(first), Some(size(plan, locale)), third(view), fourth(view), owed(view), Some(ids(view))];
    lines.into_iter().flatten().collect()
}

/// The word for its state. What waits for replicas that are being copied is at work.
fn state(view: &CardView<'_>) -> String {
    let moves = view.progress.and_then(|progress| batch_of(view.plan.plan(), progress.step));
    match moves {
        Some(_) if view.state == State::Waiting => "state-moving".to_owned(),
        _ => format!("state-{}", view.state.key()),
    }
}

/// The freeze that it waits for, and whether its own time lasts so long.
pub(in crate::text) fn frozen(view: &CardView<'_>) -> Option<Line> {
    let freeze = view.frozen?;
    let key = if view.expires_at <= freeze.until { "card-frozen-too-long" } else { "card-frozen" };
    Some(view.locale.say(key, &Args::new().line("freeze", freezes::line(freeze, view.locale))))
}

/// What is still to be put back after the end.
fn owed(view: &CardView<'_>) -> Option<Line> {
    let things: Vec<String> = view.owed.iter().map(|one| one.on.to_string()).collect();
    let still = || view.locale.say("card-owed", &Args::new().line("things", names(view.locale, &things)));
    (!things.is_empty()).then(still)
}

fn third(view: &CardView<'_>) -> Option<Line> {
    if !view.state.has_ended() {
        return Some(worst(view.plan.plan(), view.locale));
    }
    result(view)
}

/// What came of it; none while it is under way.
pub(in crate::text) fn result(view: &CardView<'_>) -> Option<Line> {
    let args = Args::new()
        .count("count", moved_in_the_end(view.plan.plan(), view.history).partitions)
        .line("vetoed-by", votes::people(view.tally.vetoes.iter(), view.locale));
    let stopped_early = view.state == State::Stopped && !may_have_changed(view);
    let key = if stopped_early { "unchanged" } else { "result" };
    let how = match view.state {
        State::Succeeded if view.history.was_never_seen() => "-unseen",
        _ if failed_half_way(view) => "-partly",
        _ => "",
    };
    let key = format!("{key}-{}{how}", view.state.key());
    let own = family(view.plan.plan()).map(|family| view.locale.try_say(&format!("{key}-{family}"), &args));
    let on = || view.locale.try_say(&format!("{key}{}", kinds::on(view.plan.plan())), &args);
    own.flatten().or_else(on).or_else(|| view.locale.try_say(&key, &args))
}

/// Whether it failed with the step it stands at done in part. Moves say so in words of their own.
fn failed_half_way(view: &CardView<'_>) -> bool {
    let plan = view.plan.plan();
    view.state == State::Failed && !moves_replicas(plan) && view.history.is_within_a_step(plan)
}

/// Whether anything may have been changed: as the engine says, else as far as the progress tells. Waits and captures change
/// nothing.
pub(super) fn may_have_changed(view: &CardView<'_>) -> bool {
    if let Some(Fact::Count(changed)) = view.why.facts.get("changed") {
        return *changed != 0;
    }
    let Some(progress) = view.progress else { return true };
    let mut begun = view.plan.plan().steps.iter().filter(|step| step.number <= progress.step);
    begun.any(|step| matches!(step.work, Work::Act(_) | Work::Rule(_)))
}

fn fourth(view: &CardView<'_>) -> Option<Line> {
    let because = || because(view);
    match view.state {
        State::AwaitingApproval => Some(votes::needs(view)),
        State::Queued => frozen(view)
            .or_else(|| glass::waits(view))
            .or_else(because)
            .or_else(|| Some(view.locale.say("card-queued", &Args::new()))),
        State::Running | State::Pausing | State::Stopping => progress(view).or_else(because),
        _ => because().or_else(|| progress(view).filter(|_| !view.state.has_ended())),
    }
}

/// How it came to its state.
pub(in crate::text) fn because(view: &CardView<'_>) -> Option<Line> {
    why(view.locale, &view.why.id, &view.why.facts)
}

fn progress(view: &CardView<'_>) -> Option<Line> {
    let (progress, plan) = (view.progress?, view.plan.plan());
    let step = plan.steps.iter().find(|step| step.number == progress.step)?;
    if let Some(batch) = batch_of(plan, step.number) {
        let args =
            Args::new().count("batch", batch.number).count("batches", batch.all).count("count", batch.partitions);
        return Some(view.locale.say("card-progress-batch", &args));
    }
    let args = Args::new()
        .number("step", i64::from(progress.step))
        .count("steps", plan.steps.len())
        .line("what", work(&step.work, view.locale));
    let line = view.locale.say("card-progress", &args);
    if progress.total == 0 {
        return Some(line);
    }
    let args = Args::new().line("progress", line).count("done", progress.done).count("total", progress.total);
    Some(view.locale.say("card-progress-of", &args))
}

/// What a step does, in a few words.
pub(in crate::text) fn work(work: &Work, locale: Locale) -> Line {
    let key = match work {
        Work::Act(action) => action.key(),
        Work::Rule(_) => "rule",
        Work::Wait(_) => "wait",
        Work::Capture(_) => "capture",
    };
    find(locale, &["step"], key, &Facts::none()).unwrap_or_else(|| Line::code(key))
}

/// What is asked for, in a few words.
pub(in crate::text) fn what(plan: &Plan, locale: Locale) -> Line {
    let args = Args::new()
        .foreign("command", &plan.command, NAME)
        .foreign("cluster", plan.cluster.as_str(), NAME)
        .line("groups", short_names(&plan.impact.groups, locale))
        .line("topics", short_names(&plan.impact.topics, locale))
        .word("brokers", foreign::shown(plan.arguments.get("brokers").map_or("", String::as_str), NAME))
        .line("to", plan.arguments.get("to").map_or_else(Line::default, |to| target(to)))
        .number("from", counted(plan, "from"))
        .code("operation", plan.reverses.as_ref().map_or("", |operation| operation.as_str()));
    let back = plan.reverses.as_ref().and_then(|_| taken_back(plan)).map(str::to_owned);
    let own = (plan.kind == ClusterKind::Rocketmq).then(|| format!("what-{}-rocketmq", plan.command));
    let keys = back.into_iter().chain(own).chain([format!("what-{}", plan.command)]);
    keys.filter_map(|key| locale.try_say(&key, &args)).next().unwrap_or_else(|| locale.say("what-other", &args))
}

/// A number that the planner counted; 0 where it counted none.
fn counted(plan: &Plan, name: &str) -> i64 {
    match plan.impact.facts.get(name) {
        Some(Fact::Count(count)) => *count,
        _ => 0,
    }
}

/// An instant as an instant, everything else as it stands.
fn target(to: &str) -> Line {
    match to.parse::<jiff::Timestamp>() {
        Ok(at) => Line(vec![Span::Time(interlock::time::Millis(at.as_millisecond()))]),
        Err(_) => Line::foreign(to, NAME),
    }
}

/// The first line must stay short: names of 40 characters, two of them.
fn short_names(all: &[String], locale: Locale) -> Line {
    const MOST: usize = 40;
    let short: Vec<String> = all.iter().map(|name| foreign::shown(name, MOST)).collect();
    if short.len() <= 2 {
        return Line::joined(short.iter().map(|name| Line::foreign(name, MOST)), &locale.comma());
    }
    let shown = Line::foreign(&short[0], MOST);
    locale.say("names-and-more", &Args::new().line("names", shown).count("more", all.len() - 1))
}

/// Tier, way back, size and time, as one line.
pub(in crate::text) fn size(plan: &Plan, locale: Locale) -> Line {
    let parts = [
        Some(tier(plan.tier, locale)),
        Some(effect(plan.effect, locale)),
        Some(amount(plan, locale)),
        Some(takes(plan, locale)),
    ];
    Line::joined(parts.into_iter().flatten(), " · ")
}

/// How much changes: bytes that are copied, else partitions.
fn amount(plan: &Plan, locale: Locale) -> Line {
    match (plan.impact.facts.get("bytes"), plan.impact.facts.get("queues")) {
        (Some(Fact::Bytes(copied)), _) if moves_replicas(plan) => Line::plain(numbers::bytes(*copied)),
        (_, Some(Fact::Count(queues))) => locale.say("size-queues", &Args::new().number("count", *queues)),
        _ => topics::amount(plan, locale).unwrap_or_else(|| {
            let key = if plan.kind == ClusterKind::Rocketmq { "size-queues" } else { "size-partitions" };
            locale.say(key, &Args::new().count("count", movement(plan).partitions))
        }),
    }
}

/// The tier, as a word.
pub(in crate::text) fn tier(tier: Tier, locale: Locale) -> Line {
    Line::plain(locale.text(match tier {
        Tier::Development => "tier-development",
        Tier::Staging => "tier-staging",
        Tier::Production => "tier-production",
    }))
}

/// Whether it can be undone; the word that must be seen is emphasized.
pub(in crate::text) fn effect(effect: Effect, locale: Locale) -> Line {
    match effect {
        Effect::Safe => Line::plain(locale.text("effect-safe")),
        Effect::Reversible => Line::plain(locale.text("effect-reversible")),
        Effect::Irreversible => Line::plain(locale.text("effect-irreversible")).strong(),
    }
}

/// How long it takes, and how long it waits for others first at most.
fn takes(plan: &Plan, locale: Locale) -> Line {
    let args = Args::new().word("duration", numbers::duration(locale, plan.estimate.duration_ms));
    let waits = plan.steps.iter().filter_map(|step| match &step.work {
        Work::Wait(wait) => Some(wait.deadline_ms),
        _ => None,
    });
    match waits.reduce(u64::saturating_add) {
        None => locale.say("about", &args),
        Some(at_most) => locale.say("about-after-wait", &args.word("wait", numbers::duration(locale, at_most))),
    }
}

/// "If this goes wrong: …; back in about …".
pub(in crate::text) fn worst(plan: &Plan, locale: Locale) -> Line {
    let sum = movement(plan);
    let args = Args::new()
        .number("replayed", sum.replayed)
        .number("skipped", sum.skipped)
        .number("records", counted(plan, "records"))
        .line("topics", names(locale, &plan.impact.topics))
        .line("groups", names(locale, &plan.impact.groups));
    let key = format!("worst-{}", plan.impact.worst_case);
    let own = locale.try_say(&format!("{key}{}", kinds::on(plan)), &args);
    let worst =
        own.or_else(|| locale.try_say(&key, &args)).unwrap_or_else(|| Line::foreign(&plan.impact.worst_case, WORDS));
    let args = Args::new().line("worst", worst).word("duration", numbers::duration(locale, plan.estimate.way_back_ms));
    if plan.effect == Effect::Irreversible {
        return locale.say("card-worst-no-way-back", &args);
    }
    locale.say(if moves_replicas(plan) { "card-worst-moves" } else { "card-worst" }, &args)
}

/// Operation, digest, and when it ends.
pub(in crate::text) fn ids(view: &CardView<'_>) -> Line {
    let args = Args::new()
        .code("operation", view.plan.plan().operation.as_str())
        .code("digest", &view.plan.digest().short())
        .deadline("ends", view.expires_at);
    let open = matches!(view.state, State::AwaitingApproval | State::Queued) && view.newer.is_none();
    view.locale.say(if open { "card-ids-ends" } else { "card-ids" }, &args)
}

/// Whether any step can be taken back.
pub(super) fn has_way_back(plan: &Plan) -> bool {
    let lasting = |undo: &Undo| {
        matches!(undo, Undo::Literal { .. } | Undo::Inverse { .. } | Undo::Captured { .. } | Undo::WhileEmpty { .. })
    };
    plan.steps.iter().any(|step| lasting(&step.undo))
        && !plan.steps.iter().any(|step| matches!(step.undo, Undo::Irreversible { .. }))
}

/// Whether the plan changes offsets only: then records and other groups are not touched.
pub(super) fn changes_offsets_only(plan: &Plan) -> bool {
    plan.steps.iter().all(|step| match &step.work {
        Work::Act(action) => action.group().is_some(),
        Work::Rule(_) | Work::Wait(_) | Work::Capture(_) => true,
    })
}
