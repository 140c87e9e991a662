//! Freezes in words: what is frozen, until when, by whom and why.

use super::card::Line;
use super::locale::{Args, Locale};
use super::plan_card::head::tier;
use super::sentence::{NAME, WORDS};
use interlock::freeze::{Freeze, FreezeOn};

/// All there is to know of a freeze.
pub(super) fn line(freeze: &Freeze, locale: Locale) -> Line {
    let args = Args::new()
        .line("thing", thing(&freeze.on, locale))
        .deadline("until", freeze.until)
        .line("who", Line::person(freeze.person.as_str(), NAME / 2))
        .foreign("reason", &freeze.reason, WORDS)
        .code("freeze", freeze.id.as_str());
    locale.say("freeze-line", &args)
}

/// The cluster by its name, or all of a tier.
pub(super) fn thing(on: &FreezeOn, locale: Locale) -> Line {
    match on {
        FreezeOn::Cluster(name) => Line::foreign(name.as_str(), NAME),
        FreezeOn::Tier(of) => locale.say("freeze-tier", &Args::new().line("tier", tier(*of, locale))),
    }
}
