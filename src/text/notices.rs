//! Notices as cards: the card itself, lines of progress, milestones, alerts, and what owners are told.

use super::answers::shared;
use super::batches::batch_of;
use super::bounds::bounded;
use super::by_hand_queues;
use super::card::{Block, Card, CardFile, Line, Tone};
use super::locale::{Args, Locale};
use super::plan_card::{CardView, by_hand_file, head, plan_card, votes, ways};
use super::reassignment::moves_replicas;
use super::sentence::{NAME, WORDS, args, find, why};
use super::vote_told::vote_not_counted;
use engine::{History, Notice};
use interlock::approval::State;
use interlock::facts::{Fact, Facts};
use interlock::id::{OperationId, PersonId};
use interlock::plan::Work;

/// What is told of moves on their way has numbers.
const MOVING: [&str; 2] = ["moving", "move-stalled"];

/// It says why in the words of what was asked for.
const IN_VAIN: &str = "in-vain";

/// What it says leaves open why it was planned again.
const REFUSED_ANEW: &str = "refused-anew";

/// The message for a notice, as the operation is now.
#[must_use]
pub fn notice(notice: &Notice, view: &CardView<'_>) -> Card {
    bounded(card(notice, view))
}

fn card(notice: &Notice, view: &CardView<'_>) -> Card {
    match notice {
        Notice::PostCard { .. } => plan_card(view),
        // These are done, not said; what follows them is about no operation.
        Notice::Seed { .. } | Notice::OpenThread | Notice::Board | Notice::AuditHead { .. } => Card::default(),
        Notice::Reminder { .. } => reminder(view),
        Notice::OwnersBefore => owners(view, "owners-before"),
        Notice::OwnersAfter => owners_after(view),
        Notice::GlassBroken { by, digest, .. } if digest.is_some_and(|digest| digest != view.plan.digest()) => {
            glass_of_earlier(view, by)
        }
        Notice::GlassBroken { by, reason, .. } => glass_broken(view, by, reason),
        Notice::VoteNotCounted { why, .. } => vote_not_counted(view, *why, None),
        Notice::Progress { id, facts } => progress(view, id, facts),
        Notice::Milestone { id, facts } => {
            let card = told(view, id, facts);
            Card { files: by_hand(view, id).into_iter().collect(), tone: Tone::Running, ..card }
        }
        Notice::Alert { id, facts, .. } => alert(view, id, facts),
        Notice::Shared { answer, by, seen_at } => shared(answer, (by, *seen_at), view.locale),
    }
}

/// How to go on by hand: when it has started, and again after each step that changes what is to be done.
fn by_hand(view: &CardView<'_>, id: &str) -> Option<CardFile> {
    let now = || by_hand_file(view.plan.plan(), view.history);
    match id {
        "started" => Some(now()),
        "step-done" | "step-done-unseen" => {
            Some(now()).filter(|now| *now != by_hand_file(view.plan.plan(), &History::default()))
        }
        _ => None,
    }
}

/// What operators are told of a notice that could not be posted where it belongs, with how its operation stands now.
#[must_use]
pub fn undelivered(view: &CardView<'_>, id: &str, facts: &Facts) -> Card {
    let told = told(view, id, facts);
    let state = alert(view, view.state.key(), &Facts::none());
    let headline = told.headline.into_iter().chain(state.headline).collect();
    bounded(Card { headline, tone: Tone::Warning, ..Card::default() })
}

/// The same of a notice that belongs to no operation.
#[must_use]
pub fn undelivered_alone(id: &str, facts: &Facts, locale: Locale) -> Card {
    let line = find(locale, &["notice"], id, facts).unwrap_or_else(|| Line::code(id));
    bounded(Card { headline: vec![line], tone: Tone::Warning, ..Card::default() })
}

/// What is said of an operation whose stored plan is not the one that people saw.
#[must_use]
pub fn plan_unreadable(operation: &OperationId, locale: Locale) -> Card {
    let args = Args::new().code("operation", operation.as_str());
    let headline = ["plan-altered", "plan-altered-next"].map(|key| locale.say(key, &args));
    bounded(Card { headline: headline.into(), tone: Tone::Bad, ..Card::default() })
}

/// What goes on; of moves also how much is left, and how fast.
fn progress(view: &CardView<'_>, id: &str, facts: &Facts) -> Card {
    let mut card = Card { tone: Tone::Running, ..told(view, id, facts) };
    let more = [("left", "progress-left"), ("eta", "progress-eta"), ("throttle", "progress-throttle")];
    let more = more.into_iter().filter(|(fact, _)| MOVING.contains(&id) && facts.get(fact).is_some());
    card.headline.extend(more.map(|(_, key)| view.locale.say(key, &args(view.locale, facts))));
    card
}

/// One line: what happened, and of which operation.
fn told(view: &CardView<'_>, id: &str, facts: &Facts) -> Card {
    let line = words(view, id, facts);
    let args = Args::new().code("operation", view.plan.plan().operation.as_str()).line("told", line);
    Card { headline: vec![view.locale.say("notice-line", &args)], ..Card::default() }
}

/// What came of a step of a plan that moves replicas, in words of its own: its batches are counted, not its steps.
fn of_moves(view: &CardView<'_>, id: &str, facts: &Facts) -> Option<Line> {
    let plan = view.plan.plan();
    let sets_queues = by_hand_queues::topic_of(plan).is_some();
    let Some(Fact::Count(step)) = facts.get("step").filter(|_| moves_replicas(plan) || sets_queues) else {
        return None;
    };
    let step = u32::try_from(*step).ok().and_then(|number| plan.steps.iter().find(|one| one.number == number))?;
    let Work::Act(action) = &step.work else { return None };
    let mut facts = facts.clone();
    if let Some(batch) = batch_of(plan, step.number) {
        facts = facts.with("batch", batch.number).with("batches", batch.all).with("count", batch.partitions);
    }
    let family = format!("notice-{id}");
    find(view.locale, &[family.as_str()], action.key(), &facts)
}

/// A notice's own sentence, else a reason's, else the word for a state.
fn words(view: &CardView<'_>, id: &str, facts: &Facts) -> Line {
    if id == IN_VAIN {
        return in_vain(view.locale, facts);
    }
    if let Some(of_moves) = of_moves(view, id, facts) {
        return of_moves;
    }
    if let Some(own) = find(view.locale, &["notice"], id, facts) {
        return own;
    }
    if State::from_key(id).is_some() {
        return find(view.locale, &["state"], id, facts).unwrap_or_else(|| Line::code(id));
    }
    why(view.locale, id, facts).unwrap_or_else(|| Line::code(id))
}

/// Who put which reaction there, and why it had no effect.
fn in_vain(locale: Locale, facts: &Facts) -> Line {
    let key = match facts.get("because") {
        Some(Fact::Text(key)) => key.as_str(),
        _ => "",
    };
    let args = args(locale, facts);
    let own = locale.try_say(&format!("in-vain-{key}"), &args).or_else(|| locale.try_say(key, &args));
    let broken = || key.strip_prefix("check-").and_then(|id| find(locale, &["broken"], id, facts));
    let because = own.or_else(broken).unwrap_or_else(|| Line::code(key));
    locale.say("notice-in-vain", &args.line("because", because))
}

fn alert(view: &CardView<'_>, id: &str, facts: &Facts) -> Card {
    let locale = view.locale;
    let state = Line::plain(locale.text(&format!("state-{}", view.state.key()))).strong();
    let what = head::what(view.plan.plan(), locale);
    let mut headline = vec![locale.say("card-headline", &Args::new().line("state", state).line("what", what))];
    headline.extend(head::result(view));
    let is_of_its_own = State::from_key(id).is_none();
    if is_of_its_own {
        headline.push(words(view, id, facts));
    }
    if !is_of_its_own || id == REFUSED_ANEW {
        headline.extend(head::because(view));
    }
    headline.push(head::ids(view));
    Card {
        headline,
        mentions: view.mentions.to_vec(),
        tone: ways::tone(view.state),
        body: ways::blocks(view).into_iter().chain(ways::approved(view)).collect(),
        ..Card::default()
    }
}

/// What still waits, for whose votes, and whether they would start it.
fn reminder(view: &CardView<'_>) -> Card {
    let (plan, locale) = (view.plan.plan(), view.locale);
    let first = locale.say("reminder", &Args::new().line("what", head::what(plan, locale)));
    Card {
        headline: vec![first, votes::needs(view), head::ids(view)],
        mentions: view.mentions.to_vec(),
        tone: ways::tone(view.state),
        body: head::frozen(view).into_iter().map(Block::Line).collect(),
        footer: Some(votes::footer(view)),
        ..Card::default()
    }
}

fn owners(view: &CardView<'_>, key: &str) -> Card {
    let (plan, locale) = (view.plan.plan(), view.locale);
    let first = locale.say(key, &Args::new().line("what", head::what(plan, locale)));
    Card {
        headline: vec![first, head::worst(plan, locale), head::ids(view)],
        mentions: view.mentions.to_vec(),
        tone: Tone::Waiting,
        body: super::plan_card::body::for_owners(view),
        ..Card::default()
    }
}

/// What whoever could have voted is told: what goes on without them, and why.
fn glass_broken(view: &CardView<'_>, by: &PersonId, reason: &str) -> Card {
    let (plan, locale) = (view.plan.plan(), view.locale);
    let told = Args::new().line("who", Line::person(by.as_str(), NAME / 2)).line("what", head::what(plan, locale));
    let because = Args::new().foreign("reason", reason, WORDS);
    Card {
        headline: vec![
            locale.say("glass-told", &told),
            locale.say("glass-told-because", &because),
            head::worst(plan, locale),
            head::ids(view),
        ],
        mentions: view.mentions.to_vec(),
        tone: Tone::Warning,
        body: ways::blocks(view),
        ..Card::default()
    }
}

/// The same, where it has been planned otherwise since.
fn glass_of_earlier(view: &CardView<'_>, by: &PersonId) -> Card {
    let who = Args::new().line("who", Line::person(by.as_str(), NAME / 2));
    Card {
        headline: vec![view.locale.say("glass-told-earlier", &who), head::ids(view)],
        mentions: view.mentions.to_vec(),
        tone: Tone::Warning,
        ..Card::default()
    }
}

fn owners_after(view: &CardView<'_>) -> Card {
    let (plan, locale) = (view.plan.plan(), view.locale);
    let state = Line::plain(locale.text(&format!("state-{}", view.state.key()))).strong();
    let args = Args::new().line("state", state).line("what", head::what(plan, locale));
    let mut headline = vec![locale.say("owners-after", &args)];
    headline.extend(head::result(view));
    headline.extend(head::because(view));
    headline.push(head::ids(view));
    let said = ways::blocks(view).into_iter().chain(ways::approved(view));
    let body: Vec<Block> = said.chain(super::plan_card::body::for_owners(view)).collect();
    Card { headline, mentions: view.mentions.to_vec(), tone: ways::tone(view.state), body, ..Card::default() }
}
