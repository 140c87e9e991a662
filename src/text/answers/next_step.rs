//! The next step after a refusal as something to tap, where there is one that needs no typing.

use crate::desk::Done;
use crate::text::card::Button;
use crate::text::locale::Locale;
use interlock::changes::HELD;
use interlock::facts::{Fact, Facts};
use interlock::id::OperationId;

/// Mistakes about an operation that has moved on: how it stands is what to look at next.
const OF_AN_OPERATION: [&str; 9] = [
    "another-plan",
    "changed-meanwhile",
    "changed-too-often",
    "nothing-changed",
    "nothing-to-resume",
    "not-possible-now",
    "not-to-be-changed",
    "too-long-for-form",
    "voting-closed",
];

/// The button; a person in a hurry has one thing to tap.
pub(super) fn button(done: &Done, locale: Locale) -> Option<Button> {
    let (id, label) = match done {
        Done::Mistake(mistake) => after(&mistake.id, &mistake.facts)?,
        Done::Refused(checks) => {
            let first = checks.iter().find(|check| check.blocks()).filter(|check| check.id == HELD)?;
            (details(&first.facts)?, "button-details")
        }
        _ => return None,
    };
    Some(Button { id, label: locale.text(label), danger: false })
}

fn after(mistake: &str, facts: &Facts) -> Option<(String, &'static str)> {
    let look = |name: &str| format!("look:{name}");
    Some(match mistake {
        "form-late" => (format!("change:{}:{}", text(facts, "operation")?, text(facts, "digest")?), "button-change"),
        "not-an-operation" | "too-many-plans" | "unknown-operation" => (look("operations"), "button-operations"),
        "not-frozen" | "unknown-cluster" | "which-freeze" => (look("clusters"), "button-clusters"),
        "empty-line" | "no-slash" | "unknown-command" => (look("help"), "button-help"),
        one if OF_AN_OPERATION.contains(&one) => (details(facts)?, "button-details"),
        _ => return None,
    })
}

fn details(facts: &Facts) -> Option<String> {
    let operation: OperationId = text(facts, "operation")?.parse().ok()?;
    Some(format!("details:{operation}"))
}

fn text<'f>(facts: &'f Facts, name: &str) -> Option<&'f str> {
    match facts.get(name) {
        Some(Fact::Text(text)) => Some(text),
        _ => None,
    }
}
