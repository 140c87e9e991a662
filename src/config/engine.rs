//! `[engine]`: how fast work goes. Every time has a floor below which it would only do harm.

use super::reader::Section;
use engine::{BadPace, Pace};
use std::time::Duration;

const MS: fn(u64) -> Duration = Duration::from_millis;

/// Reads the pace; what is left out is as by default.
pub(super) fn pace(section: &Section<'_>) -> Pace {
    let usual = Pace::default();
    let number = |key, bounds, usual: u32| {
        section.number(key, bounds).map_or(usual, |number| u32::try_from(number).unwrap_or(usual))
    };
    let pace = Pace {
        lease: section.duration("lease", MS(1_000)).unwrap_or(usual.lease),
        act_deadline: section.duration("act_deadline", MS(200)).unwrap_or(usual.act_deadline),
        tick: section.duration("tick", MS(10)).unwrap_or(usual.tick),
        retry: section.duration("retry", MS(100)).unwrap_or(usual.retry),
        patience: section.duration("patience", MS(1_000)).unwrap_or(usual.patience),
        owners_patience: section.duration("owners_patience", MS(1_000)).unwrap_or(usual.owners_patience),
        votes_every: section.duration("votes_every", MS(1_000)).unwrap_or(usual.votes_every),
        attempts: number("attempts", 1..=10, usual.attempts),
        replans: number("replans", 0..=3, usual.replans),
    };
    match pace.checked() {
        Ok(pace) => pace,
        Err(BadPace::ActOutlastsLease) => {
            section.wrong_at(&section.at("act_deadline"), "must be shorter than the lease");
            usual
        }
        Err(error) => {
            section.wrong(error.to_string());
            usual
        }
    }
}
