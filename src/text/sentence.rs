//! From ids and facts to sentences.

use super::card::{Line, Span};
use super::locale::{Args, Locale};
use super::numbers;
use interlock::facts::{CLUSTER_KIND, Fact, Facts};
use interlock::plan::Check;

/// Most characters of a name on a card.
pub(super) const NAME: usize = 60;
/// Most characters of free text on a card.
pub(super) const WORDS: usize = 200;
/// Characters of the longest name that Kafka takes.
const WHOLE_NAME: usize = 249;
const SHOWN_NAMES: usize = 3;

/// Facts that name people by their keys.
const PEOPLE: [&str; 4] = ["by", "approved_by", "first", "second"];

/// The facts as arguments: each under its own name, and under `name-count` how many there are: 0 where a fact is missing; names
/// under `name-typed` as the list that an option takes.
pub(super) fn args(locale: Locale, facts: &Facts) -> Args {
    let mut args = Args::new();
    for (name, fact) in &facts.0 {
        let counted = format!("{name}-count");
        args = match fact {
            Fact::Count(number) if is_label(name) => {
                args.line(name, line(locale, name, fact)).number(&counted, *number)
            }
            Fact::Count(count) => args.number(name, *count).number(&counted, *count),
            Fact::Names(names) => args
                .line(name, line(locale, name, fact))
                .line(&format!("{name}-typed"), typed(names))
                .count(&counted, names.len()),
            other => args.line(name, line(locale, name, other)).count(&counted, 1),
        };
    }
    args
}

/// Numbers that name something and count nothing: people type them back, so they stand as they are typed.
pub(super) fn is_label(name: &str) -> bool {
    ["broker", "partition", "revision", "step"].contains(&name)
}

fn line(locale: Locale, name: &str, fact: &Fact) -> Line {
    match fact {
        Fact::Count(number) if is_label(name) => Line::plain(number.to_string()),
        Fact::Text(text) => text_line(locale, name, text),
        Fact::Count(count) => Line::plain(numbers::thousands(*count)),
        Fact::Bytes(amount) => Line::plain(numbers::bytes(*amount)),
        Fact::DurationMs(span) => Line::plain(numbers::duration(locale, *span)),
        Fact::At(at) => Line(vec![Span::Time(*at)]),
        Fact::Names(names) => match name {
            "accepted" | "choices" => codes(names, &locale.comma()),
            _ if PEOPLE.contains(&name) => self::people(locale, names),
            _ => self::names(locale, names),
        },
    }
}

/// All of a short list of ours, to copy from.
fn codes(all: &[String], comma: &str) -> Line {
    Line::joined(all.iter().map(|one| Line::code(one)), comma)
}

/// All of them as they are typed, to copy.
fn typed(names: &[String]) -> Line {
    Line::joined(names.iter().map(|name| Line::foreign(name, WHOLE_NAME)), ",")
}

/// All the names in these facts of which a sentence shows only the first, a line for each fact.
pub(super) fn all_names(locale: Locale, facts: &Facts) -> Vec<Line> {
    let whole = |names: &[String]| {
        let names = names.iter().map(|name| Line::foreign(name, WHOLE_NAME));
        Line::joined(names, &locale.comma())
    };
    let many = facts.0.values().filter_map(|fact| match fact {
        Fact::Names(names) if names.len() > SHOWN_NAMES => Some(whole(names)),
        _ => None,
    });
    many.collect()
}

fn text_line(locale: Locale, name: &str, text: &str) -> Line {
    match name {
        "failure" => word(locale, "failure", text),
        "part" => word(locale, "part", text),
        "thing" | "on" => word(locale, "thing", text),
        "state" => word(locale, "state", text),
        "tier" => word(locale, "tier", text),
        "topic-kind" => word(locale, "topic-kind", text),
        "measure" => word(locale, "measure", text),
        "problem" => word(locale, "problem", text),
        "because" => word(locale, "because", text),
        "operation" | "holder" | "request" | "add" | "freeze" => Line::code(text),
        "expected" | "found" | "left" | "saved" | "before" if text == "none" => Line::plain(locale.text("nothing")),
        "said" | "accepted" | "reason" | "review" => Line::foreign(text, WORDS),
        _ if PEOPLE.contains(&name) => Line::person(text, NAME),
        _ => Line::foreign(text, NAME),
    }
}

/// Our word for a key that stands in a fact; what we have no word for is shown as it is.
fn word(locale: Locale, family: &str, key: &str) -> Line {
    locale.try_say(&format!("{family}-{key}"), &Args::new()).unwrap_or_else(|| Line::foreign(key, NAME))
}

/// Why a cluster did not answer, by the kind of failure.
pub(super) fn failure(locale: Locale, kind: &str) -> Line {
    word(locale, "failure", kind)
}

/// The first three names "and 5 more".
pub(super) fn names(locale: Locale, names: &[String]) -> Line {
    few(locale, names, |name| Line::foreign(name, NAME))
}

/// The same of people.
fn people(locale: Locale, keys: &[String]) -> Line {
    few(locale, keys, |key| Line::person(key, NAME))
}

fn few(locale: Locale, names: &[String], show: impl Fn(&str) -> Line) -> Line {
    let shown = names.iter().take(SHOWN_NAMES).map(|name| show(name));
    let shown = Line::joined(shown, &locale.comma());
    let more = names.len().saturating_sub(SHOWN_NAMES);
    if more == 0 {
        return shown;
    }
    locale.say("names-and-more", &Args::new().line("names", shown).count("more", more))
}

/// The sentence of the first family that has one for this id; else the id with its facts.
pub(super) fn sentence(locale: Locale, families: &[&str], id: &str, facts: &Facts) -> Line {
    find(locale, families, id, facts).unwrap_or_else(|| unknown(locale, id, facts))
}

/// The sentence of the first family that has one for this id.
pub(super) fn find(locale: Locale, families: &[&str], id: &str, facts: &Facts) -> Option<Line> {
    let args = args(locale, facts);
    let say = |family: &&str| {
        let key = format!("{family}-{id}");
        own(&key, facts).and_then(|own| locale.try_say(&own, &args)).or_else(|| locale.try_say(&key, &args))
    };
    families.iter().find_map(say)
}

/// The key of the same sentence in the words of the cluster's kind; none where the facts name none.
pub(super) fn own(key: &str, facts: &Facts) -> Option<String> {
    match facts.get(CLUSTER_KIND)? {
        Fact::Text(kind) => Some(format!("{key}-{kind}")),
        _ => None,
    }
}

/// An id we have no sentence for, with its facts: data of another version still reads.
fn unknown(locale: Locale, id: &str, facts: &Facts) -> Line {
    const MOST_FACTS: usize = 6;
    let shown = facts.0.iter().take(MOST_FACTS).map(|(name, fact)| {
        let mut shown = Line::foreign(name, NAME);
        shown.push(Span::Plain(" ".to_owned()));
        line(locale, name, fact).0.into_iter().for_each(|span| shown.push(span));
        shown
    });
    let facts = Line::joined(shown, &locale.comma());
    if facts.is_empty() {
        Line::code(id)
    } else {
        locale.say("unknown-id", &Args::new().code("id", id).line("facts", facts))
    }
}

/// What a check found.
pub(super) fn check(locale: Locale, check: &Check) -> Line {
    sentence(locale, &["check", "broken", "mistake"], &check.id, &check.facts)
}

/// What a passed check says.
pub(super) fn passed(locale: Locale, check: &Check) -> Line {
    let key = format!("check-{}.passed", check.id);
    locale.try_say(&key, &args(locale, &check.facts)).unwrap_or_else(|| unknown(locale, &check.id, &check.facts))
}

/// The next step of a person whom a check stopped.
pub(super) fn next(locale: Locale, check: &Check) -> Option<Line> {
    let args = args(locale, &check.facts);
    let key = format!("check-{}", check.id);
    let own = own(&key, &check.facts).and_then(|own| locale.try_say(&format!("{own}.next"), &args));
    own.or_else(|| locale.try_say(&format!("{key}.next"), &args))
}

/// Why something is as it is: a reason, a wait, a broken expectation ("stale-…"), a check. None if there is nothing to say. Where
/// it is the card that is not as it was ("stale-card-gone"), nothing is said of the cluster.
pub(super) fn why(locale: Locale, id: &str, facts: &Facts) -> Option<Line> {
    if id.is_empty() {
        return None;
    }
    if let Some(found) = find(locale, &["why", "wait", "broken", "check", "failed"], id, facts) {
        return Some(found);
    }
    let stale = |family: &str| id.strip_prefix("stale-").and_then(|id| find(locale, &[family], id, facts));
    if let Some(broken) = stale("broken") {
        return Some(locale.say("why-stale", &Args::new().line("because", broken)));
    }
    if let Some(own) = stale("why") {
        return Some(own);
    }
    let bare = id.strip_prefix("wait-").and_then(|id| find(locale, &["wait"], id, facts));
    Some(bare.unwrap_or_else(|| unknown(locale, id, facts)))
}

impl Locale {
    /// What stands between two sentences of a line.
    pub(super) fn space(self) -> &'static str {
        match self {
            Self::EnUs => " ",
            Self::ZhCn => "",
        }
    }

    /// What stands between the items of a list.
    pub(super) fn comma(self) -> String {
        match self {
            Self::EnUs => ", ".to_owned(),
            Self::ZhCn => "、".to_owned(),
        }
    }
}
